"""Taking in sessions from files: stored in hundreds, each one once, up to the first that cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from aipersona.errors import AIPersonaError, InvalidInput, InvalidSession, SessionChanged, StoreError

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.sessions.reading import Located

Form = Literal["auto", "jsonl", "openai", "memora"]

NAMED = 10
"""How many users of a file an error names."""
BATCH = 100
"""How many sessions are stored at once."""


@dataclass(kw_only=True)
class Taken:
    """What a file brought so far, and what was learned of it."""

    path: Path
    new: int = 0
    seen: int = 0
    others: Counter[str] = field(default_factory=Counter[str])
    strangers: Counter[str] = field(default_factory=Counter[str])
    revisions: int = 0
    learned: int = 0
    pending: int = 0
    users: set[str] = field(default_factory=set[str])
    """Whose sessions were stored or seen."""
    refused: dict[str, AIPersonaError] = field(default_factory=dict[str, AIPersonaError])
    """Of whom a session is stored with other content; none of theirs behind it was stored."""


async def take_in(ai: AIPersona, taken: Taken, user: str | None, format: Form) -> None:
    """Store the user's sessions of the file, or without a user everybody's, up to the first one that cannot be.

    Of everybody, a session that is stored with other content is in the way of its user's alone, who then is `refused`.

    Raises: InvalidSession at the first line that cannot be used; InvalidInput if none is the user's; StoreUnavailable.
    """
    from aipersona.cli import printing
    from aipersona.sessions.reading import locate_everybody, locate_sessions

    def notice(said: str) -> None:
        printing.note(f"note: {said}")

    with printing.console(stderr=True).status("reading sessions") as status:
        if user is None:
            found = locate_everybody(taken.path, format=format, notice=notice)
        else:
            found = locate_sessions(taken.path, format=format, user_id=user, notice=notice)
        for batch in _batches(found, taken, user):
            try:
                await _keep(ai, taken, batch)
            except (SessionChanged, StoreError):
                for one in batch:  # none of a batch is stored if one cannot be: those before that one shall be
                    await _keep_one(ai, taken, one, alone=user is not None)
            status.update(f"reading sessions: {taken.new + taken.seen}")
    if not taken.new and not taken.seen:
        if taken.refused:
            return
        raise InvalidInput(f"{taken.path}: {_whose(taken, user)}")
    if taken.strangers:
        never = f"{user!r} never does" if user is not None else "the user of the session never does"
        printing.note(
            f"note: in {taken.strangers.total()} turns somebody else speaks and {never} "
            f"({', '.join(repr(name) for name, _ in taken.strangers.most_common(NAMED))}); a session's `speaker` says "
            "under which name the user speaks"
        )


def _batches(found: Iterable[Located], taken: Taken, user: str | None) -> Iterator[list[Located]]:
    """The user's sessions, `BATCH` at a time; the ones before a line that cannot be used come before its error."""
    batch: list[Located] = []
    unusable: InvalidSession | None = None
    try:
        for one in found:
            if user is not None and one.session.user_id != user:
                taken.others[one.session.user_id] += 1
                continue
            if one.session.user_id in taken.refused:
                continue
            batch.append(one)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except InvalidSession as error:
        unusable = error
    if batch:
        yield batch
    if unusable is not None:
        raise unusable


async def _keep_one(ai: AIPersona, taken: Taken, one: Located, *, alone: bool) -> None:
    """Store a session.

    Raises: InvalidSession for one that is stored with other content, if its user is `alone`; StoreUnavailable, which
    notes where it stands.
    """
    if one.session.user_id in taken.refused:
        return
    try:
        await _keep(ai, taken, [one])
    except SessionChanged as error:
        changed = InvalidSession(str(error), source=str(one.source), line=one.line)
        if alone:
            raise changed from None
        taken.refused[one.session.user_id] = changed
    except StoreError as error:
        where = f"{one.source}:{one.line}" if one.line is not None else str(one.source)
        error.add_note(f"{where}: this session was not stored, nor any after it")
        raise


async def _keep(ai: AIPersona, taken: Taken, batch: Sequence[Located]) -> None:
    """Store sessions, all or none, and count them, also when this is cancelled."""
    import asyncio

    storing = asyncio.ensure_future(ai.observe_all(one.session for one in batch))
    try:
        await asyncio.wait({storing})
    finally:
        await asyncio.wait({storing})
        if storing.exception() is None:
            _count(taken, batch, storing.result())
    storing.result()


def _count(taken: Taken, batch: Sequence[Located], stored: Sequence[bool]) -> None:
    for one, new in zip(batch, stored, strict=True):
        taken.new += new
        taken.seen += not new
        taken.users.add(one.session.user_id)
        turns = one.session.turns if not one.session.user_turns else ()
        taken.strangers.update(turn.speaker for turn in turns if turn.role == "user" and turn.speaker)


def _whose(taken: Taken, user: str | None) -> str:
    if not taken.others:
        return "it holds no sessions"
    named = ", ".join(f"{name!r} ({count})" for name, count in taken.others.most_common(NAMED))
    more = f" and {len(taken.others) - NAMED} more" if len(taken.others) > NAMED else ""
    return f"none of its sessions is of user {user!r}; it holds those of {named}{more}"


def kept(taken: Taken) -> str:
    """What stays when a command is cut off."""
    from aipersona.cli.wording import counted

    sessions = counted(taken.new + taken.seen, "session")
    if taken.pending:
        return f"{sessions} stored, {taken.learned} of {taken.pending} pending ones learned: this is kept,"
    return f"{sessions} stored: this is kept,"
