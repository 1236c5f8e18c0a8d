"""Memories of any form are measured by one ruler: what they name of the gold, what is dead in them, what is no gold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from personabench.oracle.gold import read_gold
from personabench.oracle.held import Held, score_held
from tests.personabench.test_changes import LIFE
from tests.personabench.test_oracle import write_life


def held(place: Path, memories: Sequence[str], *, sessions: int | None = None) -> Held:
    folder = write_life(place, LIFE)
    gold = read_gold(folder)
    if sessions is not None:
        gold = gold.within({f"session_{number:04}" for number in range(1, sessions + 1)})
    return score_held(folder, gold, memories)


def test_nothing_held_is_nothing_held(tmp_path: Path) -> None:
    found = held(tmp_path, [])
    assert (found.memories, found.held, found.ever_held, found.dead_held, found.false) == (0, 0, 0, 0, 0)
    assert found.live
    assert found.dead


def test_a_memory_in_its_own_words_holds_the_value_that_it_names(tmp_path: Path) -> None:
    found = held(tmp_path, ["User dislikes Yo-Yo Ma", "Spends at most $40 a week on coffee"])
    assert found.held == 2
    assert found.false == 0


def test_an_amount_must_be_that_of_the_gold(tmp_path: Path) -> None:
    found = held(tmp_path, ["Spends at most $41 a week on coffee"])
    assert found.held == 0
    assert found.false == 1


@pytest.mark.parametrize(
    ("memory", "dead"),
    [
        ("User loves Bill Evans", 1),
        ("User no longer likes Bill Evans", 0),
        ("User dislikes Bill Evans", 0),
        ("User went from Bill Evans to Yo-Yo Ma", 0),
        ("User likes jazz", 0),
    ],
)
def test_a_dead_value_is_held_where_nothing_says_that_it_is_over(tmp_path: Path, memory: str, dead: int) -> None:
    assert held(tmp_path, [memory]).dead_held == dead


def test_only_the_sessions_lived_through_count(tmp_path: Path) -> None:
    first = held(tmp_path, ["User loves Bill Evans"], sessions=2)
    assert (first.live, first.held, first.dead, first.dead_held) == (2, 1, 0, 0)


def test_a_memory_of_no_gold_value_is_counted(tmp_path: Path) -> None:
    assert held(tmp_path, ["User asked about tides", "User likes Bill Evans"]).false == 1
