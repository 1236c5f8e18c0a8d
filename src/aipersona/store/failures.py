"""What goes wrong in a database, as errors of ours that show nothing of what is stored."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from aipersona.errors import InvalidInput, StoreUnavailable

_PLAIN = ("disk", "locked", "unable to open", "readonly", "not a database", "malformed", "permission", "no such table")
"""Words of the causes that a database states without a row's content."""

_BY_STATE = {
    "28": "the server does not let this user in",
    "3D": "there is no such database",
    "25006": "the database is read-only",
    "42501": "permission denied",
    "42P01": "no such table",
    "53100": "the disk is full",
    "53200": "the server is out of memory",
    "53300": "the server has too many connections",
    "55P03": "a lock was not given in time",
    "57014": "the server cancelled it",
    "57P": "the server is starting or stopping",
    "08": "connection lost",
}
"""Causes by SQLSTATE or its beginning: what PostgreSQL says in words may quote rows."""
_BY_WORDS = {
    "authentication failed": _BY_STATE["28"],
    "does not exist": "there is no such database or user",
    "too many clients": _BY_STATE["53300"],
    "starting up": _BY_STATE["57P"],
    "shutting down": _BY_STATE["57P"],
}
"""Causes of a connection that was not made, which has no SQLSTATE."""
_UNDONE = ("40001", "40P01")
_TOO_LONG = "54000"


class Contended(StoreUnavailable):
    """The database undid a transaction for the sake of another one; begun again it may pass."""


@contextmanager
def named(doing: str, url: sa.URL) -> Generator[None]:
    """Failures of a database with what was being done, the cause and where; the driver's text only where it is plain.

    Raises: StoreUnavailable; Contended; InvalidInput for names that are too long together for an index.
    """
    kind: type[StoreUnavailable | InvalidInput] = StoreUnavailable
    try:
        yield
    except DBAPIError as error:
        if url.get_backend_name() == "postgresql":
            kind, cause = _of_postgres(error)
        else:
            cause = _of_sqlite(error)
    except SQLAlchemyError as error:
        cause = type(error).__name__
    except ValidationError as error:
        cause = f"a stored {error.title} does not parse"
    else:
        return
    where = f" ({url.database})" if url.database else ""
    raise kind(f"cannot {doing} the database: {cause}{where}") from None


def _of_sqlite(error: DBAPIError) -> str:
    cause = next(iter(str(error.orig).splitlines()), "")
    if isinstance(error, IntegrityError | DataError) or not _is_plain(cause):
        return "connection lost" if error.connection_invalidated else "rejected"
    return cause


def _of_postgres(error: DBAPIError) -> tuple[type[StoreUnavailable | InvalidInput], str]:
    state = getattr(error.orig, "sqlstate", None)
    if state in _UNDONE:
        return Contended, "another writer was in the way"
    if state == _TOO_LONG:
        return InvalidInput, "the names of tenant, user, session and embedder take more than 2,600 bytes together"
    if state is not None:
        return StoreUnavailable, next(
            (told for begin, told in _BY_STATE.items() if state.startswith(begin)), "rejected"
        )
    if error.connection_invalidated:
        return StoreUnavailable, _BY_STATE["08"]
    if not isinstance(error, OperationalError):
        return StoreUnavailable, "rejected"
    words = str(error.orig)
    return StoreUnavailable, next(
        (told for word, told in _BY_WORDS.items() if word in words), "the server does not answer"
    )


def _is_plain(text: str) -> bool:
    return any(word in text.lower() for word in _PLAIN)
