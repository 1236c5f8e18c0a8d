"""Export and import: everything kept about a user as lines of JSON, and back, checked.

The first line says what the file is; then a line for each session and each revision, in order. The persona itself is
not in it: it is the fold of the revisions. The last line counts them, and its digest covers every line before it. In
files of version 1 the digest is that of the persona alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from pydantic import JsonValue, TypeAdapter, ValidationError

from aipersona.errors import Conflict, InvalidInput, SessionChanged, UnknownUser, first_cause
from aipersona.persona.apply import apply, diff
from aipersona.persona.edits import SettleEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision, fold
from aipersona.sessions.model import Name, Session
from aipersona.sessions.reading import lines_of
from aipersona.store.protocol import Store, UserKey, UserSummary

FORMAT = "aipersona-user"
VERSION = 2
READ = (1, VERSION)
"""The versions that come in."""

_USER_ID: TypeAdapter[str] = TypeAdapter(Name)


async def export_lines(open_store: Callable[[], Awaitable[Store]], key: UserKey) -> AsyncIterator[str]:
    """The lines of a user's export, without line ends.

    Raises: UnknownUser.
    """
    store = await open_store()
    if (await store.head(key)).identity is None:
        raise UnknownUser(key.user_id)
    seen = _Seen()
    yield seen.line("header", {"format": FORMAT, "version": VERSION, "user_id": key.user_id})
    sessions = await store.sessions(key)
    for stored in sessions:
        yield seen.line("session", {"closed": stored.closed, "session": stored.session.model_dump(mode="json")})
    revisions = await store.revisions(key)
    for revision in revisions:
        yield seen.line("revision", revision.model_dump(mode="json"))
    yield seen.line("end", {"sessions": len(sessions), "revisions": len(revisions), "digest": seen.digest})


async def import_file(store: Store, tenant: str, file: Path, *, user_id: str | None) -> UserSummary:
    """Take in an export. The whole file is read and checked before anything is written; seen parts are not doubled.

    Raises: InvalidInput naming file and line; Conflict if the user has revisions that the file does not begin with, or
    one of its sessions with other content.
    """
    owner, sessions, revisions = _read(file)
    key = UserKey(tenant, user_id or owner)
    known = await store.revisions(key)
    if known != revisions[: len(known)]:
        raise Conflict(f"user {key.user_id!r} has revisions that are not in the file; import under another id")
    mine = [(_of(key, session), closed) for session, closed in sessions]
    there = {stored.session.session_id: stored for stored in await store.sessions(key)}
    for session, _ in mine:
        before = there.get(session.session_id)
        if before is not None and not session.goes_on_from(before.session, closed=before.closed):
            raise SessionChanged(key.user_id, session.session_id)
    for session, closed in mine:
        await store.observe(key, session, closed=closed)
    persona = await store.load(key)
    for revision in revisions[len(known) :]:
        after = apply(persona, revision.edits, revision=revision.number)
        await store.commit(key, revision, diff(persona, after))
        persona = after
    summary = await store.user(key)
    assert summary is not None
    return summary


def _of(key: UserKey, session: Session) -> Session:
    """The session under the user's id here; whoever spoke in it as the user still does."""
    if session.user_id == key.user_id:
        return session
    return session.model_copy(update={"user_id": key.user_id, "speaker": session.speaker or session.user_id})


async def copy_user(source: Store, target: Store, key: UserKey) -> None:
    """Bring everything kept about a user into a store that has nothing of theirs; one never seen stays unseen."""
    for stored in await source.sessions(key):
        await target.observe(key, stored.session, closed=stored.closed)
    persona = Persona(user_id=key.user_id)
    for revision in await source.revisions(key):
        after = apply(persona, revision.edits, revision=revision.number)
        await target.commit(key, revision, diff(persona, after))
        persona = after


def digest(persona: Persona) -> str:
    """SHA-256 of all that is believed, closed and retracted claims included."""
    entries = [persona.entries[key].model_dump(mode="json") for key in sorted(persona.entries)]
    return hashlib.sha256(json.dumps(entries, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class _Seen:
    """The digest of lines: by their content, whatever the order of their keys and the space in them."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 of all lines taken in so far."""
        return self._sha.hexdigest()

    def take(self, line: JsonValue) -> None:
        self._sha.update(json.dumps(line, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")

    def line(self, kind: str, body: dict[str, JsonValue]) -> str:
        """Take in a line that is written, and give its text."""
        line: JsonValue = {"kind": kind, **body}
        self.take(line)
        return json.dumps(line, ensure_ascii=False)


def _read(file: Path) -> tuple[str, list[tuple[Session, bool]], list[Revision]]:
    owner: str | None = None
    sessions: list[tuple[Session, bool]] = []
    revisions: list[Revision] = []
    seen, version, ended = _Seen(), VERSION, False
    for number, value in lines_of(file):
        where = f"{file}:{number}"
        body = value if isinstance(value, dict) and not ended else {}
        covered = seen.digest
        seen.take(value)
        try:
            match body.pop("kind", None):
                case "header" if owner is None and body.get("format") == FORMAT:
                    version = _version(where, body.get("version"))
                    owner = _USER_ID.validate_python(body.get("user_id"))
                case "session" if owner is not None:
                    session = Session.model_validate_json(json.dumps(body.get("session")))
                    if session.user_id != owner:
                        raise InvalidInput(f"{where}: a session of another user than the header names")
                    sessions.append((session, body.get("closed") is not False))
                case "revision" if owner is not None:
                    revisions.append(Revision.model_validate_json(json.dumps(body)))
                case "end" if owner is not None:
                    ended = True
                    _check_counts(where, sessions if version > 1 else None, revisions, body)
                    if body.get("digest") != (covered if version > 1 else _digest_1(owner, revisions)):
                        raise InvalidInput(f"{where}: the file is not what was exported")
                case _:
                    raise InvalidInput(f"{where}: not a line of an aipersona export")
        except ValidationError as error:
            raise InvalidInput(f"{where}: {first_cause(error)}") from None
    if owner is None or not ended:
        raise InvalidInput(f"{file}: the export is not complete")
    if not sessions and not revisions:
        raise InvalidInput(f"{file}: the export holds nothing")
    return owner, sessions, revisions


def _version(where: str, given: JsonValue) -> int:
    if not isinstance(given, int) or given not in READ:
        shown = given if isinstance(given, int) else type(given).__name__
        raise InvalidInput(f"{where}: export version {shown}, this reads {READ[0]} to {READ[-1]}")
    return given


def _check_counts(
    where: str, sessions: list[tuple[Session, bool]] | None, revisions: list[Revision], body: dict[str, JsonValue]
) -> None:
    if [revision.number for revision in revisions] != list(range(1, len(revisions) + 1)):
        raise InvalidInput(f"{where}: revisions are missing or out of order")
    if body.get("revisions") != len(revisions) or (sessions is not None and body.get("sessions") != len(sessions)):
        raise InvalidInput(f"{where}: lines are missing")


def _digest_1(owner: str, revisions: list[Revision]) -> str:
    """The digest in files of version 1: of the persona, without what questions left behind when they were settled."""
    numbered = ((revision, index, edit) for revision in revisions for index, edit in enumerate(revision.edits))
    settled = {f"{revision.number}.{index}" for revision, index, edit in numbered if isinstance(edit, SettleEdit)}
    persona = fold(owner, revisions)
    kept = {key: entry for key, entry in persona.entries.items() if key not in settled}
    return digest(replace(persona, entries=kept))
