"""The tree of errors: what each carries, and that they travel."""

from __future__ import annotations

import pickle

import pytest

from aipersona import errors
from aipersona.errors import AIPersonaError

MADE: list[AIPersonaError] = [
    errors.InvalidSession("a cause", source="file.jsonl", line=3),
    errors.InvalidValue("a cause", path="home.city"),
    errors.InvalidEdit("a cause"),
    errors.InvalidToolsFile("a cause", file="tools.json", server="town"),
    errors.UnknownUser("ann"),
    errors.UnknownField("home.cty", ["home.city"]),
    errors.UnknownRevision("ann", 5, 3),
    errors.UnknownQuestion("ann", "1.0"),
    errors.SessionChanged("ann", "s1"),
    errors.RevisionConflict("ann", 1, 2),
    errors.StoreUnavailable("cannot read the database"),
    errors.ModelOutputInvalid("does not parse"),
    errors.ModelUnavailable("no model", passes=False),
    errors.ModelRefused("it answered", answered=401),
    errors.WorkUnavailable("another worker", passes=True),
]


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_an_error_crosses_a_process_boundary_whole(error: AIPersonaError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.__dict__) == (type(error), str(error), error.__dict__)


def test_every_error_has_a_status_and_a_code_of_its_own() -> None:
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AIPersonaError)]
    assert len(found) > 15
    assert all(400 <= kind.status < 600 for kind in found)
    assert errors.SessionChanged("ann", "s1").code == "session_changed"
    assert errors.InvalidSession("x").code == "invalid_session"


def test_what_may_work_later_is_told_from_what_somebody_must_mend() -> None:
    later: list[AIPersonaError] = [errors.ModelRefused("busy", answered=429), errors.ModelRefused("down", answered=503)]
    later += [errors.ModelUnavailable("out of reach"), errors.ModelOutputInvalid("does not parse")]
    later += [errors.WorkUnavailable("another worker", passes=True)]
    mended = [errors.ModelRefused("no such key", answered=401), errors.ModelUnavailable("no model", passes=False)]
    assert all(
        error.passes for error in (*later, errors.StoreUnavailable("locked"), errors.RevisionConflict("a", 1, 2))
    )
    assert not any(error.passes for error in (*mended, errors.ContextExceeded(9, 8), errors.InvalidInput("no")))


def test_an_invalid_session_says_where() -> None:
    assert str(errors.InvalidSession("not JSON", source="a.jsonl", line=3)) == "a.jsonl:3: not JSON"
    assert str(errors.InvalidSession("not JSON", source="a.json")) == "a.json: not JSON"
    assert str(errors.InvalidSession("not JSON")) == "not JSON"
