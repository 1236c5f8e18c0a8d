"""Whether a context holds the values that the gold calls of a request need."""

from __future__ import annotations

from datetime import date

import pytest

from personabench.datasets.model import GoldCall, Probe
from personabench.scores.call_values import needed_values, values_shown
from personabench.scores.outcomes import NotApplicable, Scored


def _probe(query: str, **arguments: object) -> Probe:
    call = GoldCall(name="set_seat", arguments=arguments)
    return Probe(
        probe_id="p", user_id="u", kinds=("calls",), group="g", query=query, day=date(2026, 1, 1), calls=(call,)
    )


def test_what_the_request_says_itself_is_not_needed() -> None:
    probe = _probe("Gary got into the driver's seat.", seat="driver", value=44, color="dark_green", enabled=True)
    assert list(needed_values(probe)) == [44, "dark green"]


@pytest.mark.parametrize(
    ("context", "shown"),
    [
        ("2025-04-01 Patricia: the headrest all the way up at 44, please", 1.0),
        ("It was 144 kilometres.", 0.0),
        ("2044-01-01 44.5 degrees", 0.0),
        ("at 44%", 1.0),
    ],
)
def test_a_number_stands_as_a_number_of_its_own(context: str, shown: float) -> None:
    assert values_shown(context, _probe("Adjust the headrest.", value=44)) == Scored(value=shown)


def test_every_value_must_be_there() -> None:
    probe = _probe("Light, please.", color="white", brightness=30)
    assert values_shown("She likes white light.", probe) == Scored(value=0.0)
    assert values_shown("She likes white light, at 30.", probe) == Scored(value=1.0)


def test_a_call_that_only_switches_on_cannot_be_scored_so() -> None:
    assert isinstance(values_shown("anything", _probe("It's dark.", enabled=True)), NotApplicable)
