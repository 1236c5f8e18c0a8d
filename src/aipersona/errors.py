"""Every way in which aipersona fails, as one tree.

    AIPersonaError                    500  anything below
    ├── InvalidInput                  422  what came in cannot be used as it is
    │   ├── InvalidSession            422  a session, a turn or a line of a file (knows file and line)
    │   ├── InvalidValue              422  a value that does not fit its field's type
    │   ├── InvalidEdit               422  an edit that cannot be applied to this persona
    │   ├── InvalidSchema             422  a schema that contradicts itself
    │   └── InvalidToolsFile          422  the file that names the tools of a chat (knows file and server)
    ├── NotFound                      404
    │   ├── UnknownUser               404
    │   ├── UnknownField              404  a path that is neither declared nor learned (knows near ones)
    │   ├── UnknownRevision           404
    │   └── UnknownQuestion           404
    ├── Conflict                      409
    │   ├── SessionChanged            409  a session seen before, with other content
    │   └── RevisionConflict          409  another writer committed first
    ├── NotAllowed                    403  the sensitivity policy forbids it
    ├── StoreError                    503
    │   ├── StoreUnavailable          503  cannot be opened, read or written (disk full, locked, down)
    │   └── StoreTooNew               503  written by a newer version of aipersona
    ├── ToolsUnavailable              503  tools that need an extra that is not installed
    ├── WorkUnavailable               503  no worker can run here: no extra, no file, or another one is at work
    ├── WorkersUnavailable            503  the machines that are to learn: no Ray, no cluster, a worker that died
    └── ModelError                    502
        ├── ModelUnavailable          503  no model, no key, no server, not pulled
        ├── ModelPullFailed           502  a model file could not be brought here whole
        ├── ModelRefused              502  the provider answered with an error
        ├── ContextExceeded           422  prompt and answer do not fit into the model's context
        └── ModelOutputInvalid        502  the answer does not parse, after the retries

Errors carry data as attributes; their messages say what happened, to what, and what to do. A message holds paths,
identifiers and numbers, never what a user said or what a persona holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LATER = (408, 409, 425, 429)
"""HTTP statuses of requests that may be sent again later."""

_KEY = re.compile(r"[0-9]+|[A-Za-z_][A-Za-z0-9_]{0,31}")


class AIPersonaError(Exception):
    """The root of the tree; `status` is the HTTP status that fits, `code` a stable machine-readable name.

    `passes` says whether the same may work later without anybody mending anything.
    """

    status = 500
    passes: bool = False

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process boundaries whole, whatever their constructors take."""
        return _revived, (type(self), self.args, dict(self.__dict__))

    @property
    def code(self) -> str:
        """The class name in snake_case, as it appears in JSON output."""
        name = type(self).__name__
        return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


def _revived(kind: type[AIPersonaError], args: tuple[object, ...], data: dict[str, object]) -> AIPersonaError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(data)
    return error


class InvalidInput(AIPersonaError):
    status = 422


class InvalidSession(InvalidInput):
    """A session that cannot be read; `source` is the file, `line` counts from 1."""

    def __init__(self, cause: str, *, source: str | None = None, line: int | None = None) -> None:
        self.cause, self.source, self.line = cause, source, line
        where = ":".join(str(part) for part in (source, line) if part is not None)
        super().__init__(f"{where}: {cause}" if where else cause)


class InvalidValue(InvalidInput):
    def __init__(self, cause: str, *, path: str | None = None) -> None:
        self.cause, self.path = cause, path
        super().__init__(f"{path}: {cause}" if path else cause)


class InvalidEdit(InvalidInput):
    pass


class InvalidSchema(InvalidInput):
    pass


class InvalidToolsFile(InvalidInput):
    """`server` is the name of the one that cannot be used, if it is one."""

    def __init__(self, cause: str, *, file: str, server: str | None = None) -> None:
        self.cause, self.file, self.server = cause, file, server
        where = f"{file}, server {server!r}" if server is not None else file
        super().__init__(f"the tools file {where}: {cause}")


class NotFound(AIPersonaError):
    status = 404


class UnknownUser(NotFound):
    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        super().__init__(f"no user {user_id!r} in this database; `aipersona users` lists them")


class UnknownField(NotFound):
    """`near` holds the known paths most like the one asked for, best first."""

    def __init__(self, path: str, near: Sequence[str] = ()) -> None:
        self.path, self.near = path, tuple(near)
        hint = f"; did you mean {', '.join(self.near)}?" if near else "; `aipersona fields` lists them"
        super().__init__(f"unknown field {path!r}{hint}")


class UnknownRevision(NotFound):
    def __init__(self, user_id: str, revision: int, head: int) -> None:
        self.user_id, self.revision, self.head = user_id, revision, head
        super().__init__(f"user {user_id!r} has no revision {revision}; the latest is {head}")


class UnknownQuestion(NotFound):
    def __init__(self, user_id: str, question_id: str) -> None:
        self.user_id, self.question_id = user_id, question_id
        super().__init__(f"user {user_id!r} has no open question {question_id!r}")


class Conflict(AIPersonaError):
    status = 409


class SessionChanged(Conflict):
    def __init__(self, user_id: str, session_id: str) -> None:
        self.user_id, self.session_id = user_id, session_id
        super().__init__(
            f"session {session_id!r} of user {user_id!r} is stored with other content; "
            "sessions are evidence and cannot be changed: give the new one its own session_id"
        )


class RevisionConflict(Conflict):
    passes = True

    def __init__(self, user_id: str, expected: int, found: int) -> None:
        self.user_id, self.expected, self.found = user_id, expected, found
        super().__init__(f"user {user_id!r} is at revision {found}, not {expected}; read again and retry")


class NotAllowed(AIPersonaError):
    status = 403


class StoreError(AIPersonaError):
    status = 503


class StoreUnavailable(StoreError):
    passes = True


class StoreTooNew(StoreError):
    pass


class ToolsUnavailable(AIPersonaError):
    status = 503


class WorkUnavailable(AIPersonaError):
    """It passes where another worker may end, or a database answer again."""

    status = 503

    def __init__(self, message: str, *, passes: bool = False) -> None:
        self.passes = passes
        super().__init__(message)


class WorkersUnavailable(AIPersonaError):
    status = 503


class ModelError(AIPersonaError):
    status = 502
    passes = True


class ModelUnavailable(ModelError):
    """A model that was not set up, rather than out of reach, does not pass."""

    status = 503

    def __init__(self, message: str, *, passes: bool = True) -> None:
        self.passes = passes
        super().__init__(message)


class ModelPullFailed(ModelError):
    pass


class ModelRefused(ModelError):
    """`answered` is the provider's HTTP status; a request that it will never take (a refused key) does not pass."""

    def __init__(self, message: str, *, answered: int | None = None) -> None:
        self.answered = answered
        self.passes = answered is None or answered >= 500 or answered in _LATER
        super().__init__(message)


class ContextExceeded(ModelError):
    """`needed` and `n_ctx` in tokens."""

    status = 422
    passes = False

    def __init__(self, needed: int, n_ctx: int) -> None:
        self.needed, self.n_ctx = needed, n_ctx
        super().__init__(
            f"prompt and answer need {needed} tokens, the context has {n_ctx}: send less at once, or raise n_ctx"
        )


class ModelOutputInvalid(ModelError):
    pass


def told_clients(error: AIPersonaError) -> str:
    """The message, but for a database's: that says where it lies."""
    return "the database cannot be used now" if isinstance(error, StoreError) else str(error)


def first_cause(error: ValueError) -> str:
    """What a validation error says first, without the input. Keys that do not look like names are input, too."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return str(error)
    cause = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(part for part in map(str, cause["loc"]) if is_name(part))
    message = cause["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def is_name(part: str) -> bool:
    """Whether a part of where something stands is a number or looks like a name of ours; anything else is input."""
    return _KEY.fullmatch(part) is not None


def place_of(error: BaseException) -> str:
    """Module and line from which an exception came."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    return f"{where.tb_frame.f_globals.get('__name__')}:{where.tb_lineno}" if where is not None else "?"


def unforeseen(error: BaseException) -> str:
    """A defect, by its kind and place: its own words may hold what was said."""
    return f"unforeseen {type(error).__name__} at {place_of(error)}"
