"""Committing a revision on whatever revision is the latest, however many writers there are."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from aipersona.errors import RevisionConflict
from aipersona.persona.apply import apply, diff
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision
from aipersona.store.protocol import Store, UserKey
from aipersona.telemetry.meters import count_revision

TRIES = 200
"""How often a writer starts over when others were first: forty on one user never need a quarter of it."""


async def commit_on_head(
    store: Store,
    key: UserKey,
    build: Callable[[Persona], Awaitable[Revision | None]],
    *,
    expected: int | None = None,
) -> Revision | None:
    """Build a revision on the latest persona and commit it; if another writer was first, build it again on theirs.

    `build` gives None when there is nothing to commit any more. What was built on the persona of a user who was erased
    meanwhile is built again, on whoever has the name now. With `expected` it is built on that revision or not at all.

    Raises: RevisionConflict after `TRIES` lost races, or where the latest is not the one expected; whatever `build`
    raises.
    """
    for attempt in range(TRIES):
        identity = (await store.head(key)).identity
        persona = await store.load(key)
        if expected is not None and persona.revision != expected:
            raise RevisionConflict(key.user_id, expected, persona.revision)
        revision = await build(persona)
        if revision is None:
            return None
        change = diff(persona, apply(persona, revision.edits, revision=revision.number))
        try:
            await store.commit(key, revision, change, identity=identity)
        except RevisionConflict:
            if attempt == TRIES - 1:
                raise
            await asyncio.sleep(random.uniform(0, 0.002 * min(attempt + 1, 25)))
        else:
            count_revision(
                key.tenant,
                revision.author,
                sessions=len(revision.session_ids),
                accepted=[edit.op for edit in revision.edits],
                rejected=[one.reason for one in revision.rejected],
            )
            return revision
    return None
