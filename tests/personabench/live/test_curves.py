"""The charts of lives: nothing that was measured is drawn where it was not, or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from personabench.live.curves import LONGEST, pictures_of
from personabench.live.plan import LivePlan
from personabench.live.records import EpisodeRecord, Held, Learned, PersonRecord
from personabench.live.scores import Lived

DAY = date(2024, 1, 8)
PEOPLE = ("p1", "p2", "p3")


def _episode(setting: str, person: str, *, reached: bool) -> EpisodeRecord:
    held = Held(right=1, missing=0, wrong=0)
    return EpisodeRecord(
        setting=setting, person=person, number=1, day=DAY, scene="errand", reached=reached, turns=1, held=held
    )


def _person(person: str, *days: int) -> PersonRecord:
    learned = tuple(Learned(fact=f"f{took}", happened=DAY, told=DAY, known=DAY + timedelta(days=took)) for took in days)
    return PersonRecord(setting="new", person=person, learned=learned)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    pytest.importorskip("altair")
    pytest.importorskip("vl_convert")
    specs: dict[str, Any] = {}

    def keep(name: str, chart: Any) -> None:
        specs[name] = chart.to_dict()

    monkeypatch.setattr("personabench.live.curves.picture_of", keep)
    episodes = [
        _episode(setting, person, reached=setting == "new") for setting in ("golden", "new") for person in PEOPLE
    ]
    lived = Lived(episodes=episodes, people=[_person(person, 10, LONGEST + 80) for person in PEOPLE])
    pictures_of(LivePlan(digest="0" * 64, settings=("golden", "new")), lived)
    return specs


def test_what_took_longer_than_the_chart_shows_is_not_drawn_as_known_at_its_end(drawn: dict[str, Any]) -> None:
    rows = [row for row in drawn["staleness"]["data"]["values"] if row["setting"] == "new"]
    assert [(row["days"], row["share"]) for row in rows] == [(0, 0.0), (10, 0.5), (LONGEST, 0.5)]


def test_a_setting_that_does_better_than_golden_stays_inside_the_chart(drawn: dict[str, Any]) -> None:
    bars = drawn["win-rate"]["layer"][0]
    assert bars["encoding"]["x"]["scale"]["domain"] == [0, 1.0]
