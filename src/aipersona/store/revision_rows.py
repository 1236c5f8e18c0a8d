"""Revisions, and the entries that they wrote, as rows."""

from __future__ import annotations

import sqlalchemy as sa

from aipersona.errors import RevisionConflict, UnknownRevision
from aipersona.persona.claims import Claim, Entry, LearnedField, Question
from aipersona.persona.edits import RestoreEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision
from aipersona.store import tables as t
from aipersona.store.protocol import UserKey
from aipersona.store.user_rows import advance, head
from aipersona.store.work import kind_of
from aipersona.store.work_rows import forget

_TYPES: dict[str, type[Claim | Question | LearnedField]] = {
    "claim": Claim,
    "question": Question,
    "field": LearnedField,
}
_ENTRIES = sa.select(t.entries.c.type, t.entries.c.body).where(t.of_user(t.entries))
_BELIEVED = _ENTRIES.where(t.entries.c.retired.is_(None))
_BELIEVED_THEN = _ENTRIES.where(
    t.entries.c.recorded <= sa.bindparam("then"),
    sa.or_(t.entries.c.retired.is_(None), t.entries.c.retired > sa.bindparam("then")),
)
_BODIES = (
    sa.select(t.revisions.c.body)
    .where(t.of_user(t.revisions), t.revisions.c.number > sa.bindparam("after"))
    .order_by(t.revisions.c.number)
)
_ADD_REVISION = sa.insert(t.revisions)
_ADD_ENTRIES = sa.insert(t.entries)
_RETIRE = (
    sa.update(t.entries)
    .where(
        t.of_user(t.entries),
        t.entries.c.entry_id.in_(sa.bindparam("some", expanding=True)),
        t.entries.c.retired.is_(None),
    )
    .values(retired=sa.bindparam("at"))
)
_THESE = sa.and_(t.of_user(t.sessions), t.sessions.c.session_id.in_(sa.bindparam("some", expanding=True)))
_LEARN_THESE = sa.update(t.sessions).where(_THESE, t.sessions.c.learned.is_(None)).values(learned=sa.bindparam("at"))
_COUNT_THESE = sa.select(sa.func.count()).select_from(t.sessions).where(_THESE)


def load(connection: sa.Connection, key: UserKey, revision: int | None) -> Persona:
    """What is believed at a revision.

    Raises: UnknownRevision.
    """
    latest = head(connection, key).revision
    number = latest if revision is None else revision
    if not 0 <= number <= latest:
        raise UnknownRevision(key.user_id, number, latest)
    if number == latest:
        rows = connection.execute(_BELIEVED, t.asked(key))
    else:
        rows = connection.execute(_BELIEVED_THEN, t.asked(key, then=number))
    entries = (_TYPES[row.type].model_validate_json(row.body) for row in rows)
    return Persona(user_id=key.user_id, revision=number, entries={entry.id: entry for entry in entries})


def commit(
    connection: sa.Connection, key: UserKey, revision: Revision, change: RestoreEdit, identity: str | None
) -> None:
    """Write a revision and what it changes in the entries; what failed of its kind of work is over.

    Raises: RevisionConflict.
    """
    expected = revision.number - 1
    if not advance(connection, key, expected, identity):
        raise RevisionConflict(key.user_id, expected, head(connection, key).revision)
    _mark_learned(connection, key, revision)
    if (kind := kind_of(revision)) is not None:
        forget(connection, key, kind)
    connection.execute(_ADD_REVISION, t.owned(key, number=revision.number, body=revision.model_dump_json()))
    gone = [*change.drop, *(entry.id for entry in change.put)]
    for some in t.in_batches(gone):
        connection.execute(_RETIRE, t.asked(key, some=some, at=revision.number))
    if change.put:
        connection.execute(_ADD_ENTRIES, [_entry_row(key, entry, revision.number) for entry in change.put])


def revisions(connection: sa.Connection, key: UserKey, after: int, limit: int | None) -> list[Revision]:
    """The user's revisions behind `after`, oldest first."""
    found = connection.execute(_BODIES.limit(limit), t.asked(key, after=after)).scalars()
    return [Revision.model_validate_json(body) for body in found]


def _mark_learned(connection: sa.Connection, key: UserKey, revision: Revision) -> None:
    """Give the sessions to this revision; the ones that another revision has are a conflict."""
    for some in t.in_batches(revision.session_ids):
        marked = connection.execute(_LEARN_THESE, t.asked(key, some=some, at=revision.number)).rowcount
        if marked != len(some):
            there = connection.execute(_COUNT_THESE, t.asked(key, some=some)).scalar_one()
            if there != marked:
                raise RevisionConflict(key.user_id, expected := revision.number - 1, expected)


def _entry_row(key: UserKey, entry: Entry, revision: int) -> dict[str, object]:
    if isinstance(entry, Claim):
        type_, path = "claim", entry.path
    elif isinstance(entry, Question):
        type_, path = "question", entry.path
    else:
        type_, path = "field", entry.spec.path
    return t.owned(key, entry_id=entry.id, recorded=revision, retired=None, type=type_, path=path,
                   body=entry.model_dump_json())  # fmt: skip
