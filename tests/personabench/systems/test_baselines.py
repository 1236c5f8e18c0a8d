"""The systems to be better than: what they return, in which order, within the budget."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from personabench.datasets import Person
from personabench.errors import BenchError, MissingExtra, UnknownSystem
from personabench.systems import SYSTEMS, Entry, Retrieved, Setting, opener, version_of
from personabench.systems.tokens import count_tokens, fitting
from tests.personabench.runs.made import person, probe

pytestmark = pytest.mark.anyio


def by_letter(texts: Sequence[str]) -> list[list[float]]:
    return [[float(text.lower().count("o")), float(text.lower().count("t")), 1.0] for text in texts]


async def ask(name: str, whom: Person, query: str, *, budget: int = 1000) -> Retrieved:
    setting = Setting(person=whom, folder=Path(), dataset="made", data=Path(), embed=by_letter)
    system = opener(name)(setting)
    for session in whom.sessions:
        await system.observe(session)
    await system.settle()
    retrieved = await system.context(probe("ann", "x", query=query), budget=budget)
    await system.aclose()
    return retrieved


async def test_nothing_knows_nothing_and_ranks_nothing() -> None:
    assert await ask("none", person("ann"), "What do I drink?") == Retrieved(text="")


async def test_the_gold_memory_is_what_the_data_set_says_as_far_as_it_fits() -> None:
    setting = Setting(person=person("ann"), folder=Path(), dataset="vehiclemembench", data=Path())
    system = opener("gold-memory")(setting)
    asked = probe("ann", "x", memory="Ann drinks oolong.\nShe takes no sugar.")
    assert await system.context(asked, budget=1000) == Retrieved(text="Ann drinks oolong.\nShe takes no sugar.")
    assert await system.context(asked, budget=8) == Retrieved(text="Ann drinks oolong.")
    with pytest.raises(BenchError, match="no gold memory for 'ann/y'"):
        await system.context(probe("ann", "y"), budget=1000)


async def test_the_full_history_is_the_past_in_order() -> None:
    found = await ask("full-history", person("ann"), "What do I drink?")
    assert found.text.splitlines()[0] == "2025-06-02 user: I drink espresso."
    assert found.text.splitlines()[-1] == "2025-06-04 assistant: The moon pulls."
    assert found.sessions == ("s3", "s2", "s1")


async def test_of_a_history_too_long_the_newest_part_is_kept() -> None:
    found = await ask("full-history", person("ann"), "What do I drink?", budget=25)
    assert found.text == "2025-06-04 user: How do tides work?\n2025-06-04 assistant: The moon pulls."
    assert found.sessions == ("s3",)
    assert count_tokens(found.text) <= 25


async def test_words_find_the_turns_and_the_sessions_that_hold_them() -> None:
    found = await ask("bm25", person("ann"), "Do I drink oolong?")
    assert found.text.splitlines()[0] == "2025-06-03 user: I gave up espresso, I drink oolong now."
    assert found.sessions == ("s2", "s1")
    assert found.turns == (("s2", 1), ("s1", 1))


async def test_words_that_nobody_said_find_nothing_which_is_not_the_same_as_not_looking() -> None:
    found = await ask("bm25", person("ann"), "zither")
    assert (found.text, found.sessions) == ("", ())


async def test_vectors_find_what_is_nearest() -> None:
    found = await ask("embedding", person("ann"), "ooooooooo")
    assert found.text.splitlines()[0] == "2025-06-03 user: I gave up espresso, I drink oolong now."
    assert found.sessions is not None
    assert set(found.sessions) == {"s1", "s2", "s3"}


@pytest.mark.parametrize("name", ["full-history", "bm25", "embedding"])
@pytest.mark.parametrize("budget", [1, 12, 20, 40, 100])
async def test_no_system_goes_beyond_the_budget(name: str, budget: int) -> None:
    found = await ask(name, person("ann"), "What do I drink? espresso oolong tides", budget=budget)
    assert count_tokens(found.text) <= budget


def test_tokens_are_counted_by_letters_and_by_characters_of_east_asian_scripts() -> None:
    assert [count_tokens(text) for text in ("", "seven c", "我喜欢茶", "abc 茶")] == [0, 2, 4, 3]


def test_lines_are_taken_until_one_does_not_fit() -> None:
    assert fitting(["aaaaaaa", "b" * 70, "c"], 6) == ["aaaaaaa"]


def test_an_unknown_system_is_named_with_a_near_one() -> None:
    with pytest.raises(UnknownSystem, match="did you mean 'bm25'"):
        opener("bm26")


def test_a_system_whose_package_is_missing_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SYSTEMS, "far", Entry(home="nowhere:X", package="no-such-package"))
    with pytest.raises(MissingExtra, match=r"pip install 'aipersona\[peers\]'"):
        version_of("far")


@pytest.mark.parametrize("name", [name for name, entry in SYSTEMS.items() if entry.package == "aipersona"])
def test_every_system_of_ours_can_be_found(name: str) -> None:
    assert callable(opener(name))
