"""Whether a context holds the values that the gold calls of a request need."""

from __future__ import annotations

from datetime import date

import pytest

from personabench.datasets.model import GoldCall, Probe, Value
from personabench.scores.call_values import needed_values, values_shown
from personabench.scores.outcomes import NotApplicable, Scored

MEMORY = "[April 1, 2025] Patricia told Gary: 'All the way up at 44, and dark green.' She adjusted the driver's."


def _probe(*live: str) -> Probe:
    return Probe(
        probe_id="p",
        user_id="u",
        kinds=("calls",),
        group="g",
        query="Adjust it.",
        day=date(2026, 1, 1),
        live=tuple(Value(text=text) for text in live),
    )


def test_what_is_needed_is_what_the_memory_states_and_the_request_does_not() -> None:
    arguments = {"seat": "driver", "value": 44, "color": "dark_green", "enabled": True, "speed": 3}
    calls = (GoldCall(name="set_seat", arguments=arguments),)
    needed = needed_values(calls, "Patricia got into the driver's seat.", MEMORY)
    assert [value.text for value in needed] == ["44", "dark green"]


@pytest.mark.parametrize(
    ("context", "shown"),
    [
        ("2025-04-01 Patricia: the headrest all the way up at 44, please", 1.0),
        ("It was 144 kilometres.", 0.0),
        ("at 44%", 1.0),
    ],
)
def test_a_number_stands_as_a_number_of_its_own(context: str, shown: float) -> None:
    assert values_shown(context, _probe("44")) == Scored(value=shown)


def test_every_value_must_be_there() -> None:
    assert values_shown("She likes white light.", _probe("white", "30")) == Scored(value=0.0)
    assert values_shown("She likes white light, at 30.", _probe("white", "30")) == Scored(value=1.0)


def test_a_call_that_only_switches_on_cannot_be_scored_so() -> None:
    assert isinstance(values_shown("anything", _probe()), NotApplicable)
