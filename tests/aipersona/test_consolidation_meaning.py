"""Learned fields that mean one thing in other words become one where an embedder says so; near things stay apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pytest

from aipersona.embedding import ScriptedEmbedder
from aipersona.errors import ModelUnavailable
from aipersona.optimizer.consolidation.meaning import UNRELATED, Likeness
from tests.aipersona.diary import Diary
from tests.aipersona.kit import propose

if TYPE_CHECKING:
    from aipersona.embedding.protocol import Floats

pytestmark = pytest.mark.anyio

WATCH = {"watch": ("watch", "timepiece", "wrist", "wear")}
PIPES = {"wind": ("flute", "clarinet"), "flute": ("flute",), "clarinet": ("clarinet",)}
PHONES = {"phone": ("phone",)}
LOCKERS = {"locker": ("my parcel locker", "my delivery locker")}

Told = tuple[str, str, str]
"""Words, path and value."""

SEIKO: Told = ("I wear a Seiko 5.", "life.watch", "Seiko 5")
JUNGHANS: Told = ("I have a Junghans on my wrist now.", "life.timepiece", "Junghans")


async def who_told(*told: Told, embedder: ScriptedEmbedder | None) -> Diary:
    """Someone who told these things, one a month; each was learned as it was proposed."""
    diary = Diary(**({"embedder": embedder} if embedder else {"embedder": "none"}))
    for month, (words, path, value) in enumerate(told, start=1):
        day = f"2026-0{month}-10"
        await diary.told(words, propose(path, value, words, sid=day), day=day, sid=day)
    return diary


def meanings(topics: Mapping[str, Sequence[str]]) -> ScriptedEmbedder:
    return ScriptedEmbedder(topics)


async def learned(diary: Diary) -> list[str]:
    return [field.spec.path for field in (await diary.ai.persona("alice")).persona.learned]


async def stay_apart(diary: Diary) -> bool:
    """Whether what was learned as two fields is two after consolidation."""
    assert len(await learned(diary)) == 2
    report = await diary.ai.consolidate("alice")
    return report.revision is None and len(await learned(diary)) == 2


async def test_two_names_of_one_thing_become_one_that_holds_what_was_told_last() -> None:
    diary = await who_told(SEIKO, JUNGHANS, embedder=meanings(WATCH))
    assert await learned(diary) == ["life.watch", "life.timepiece"]
    report = await diary.ai.consolidate("alice")
    assert [(one.path, one.into) for one in report.merged] == [("life.timepiece", "life.watch")]
    view = await diary.ai.persona("alice")
    assert view.nested == {"life": {"watch": "Junghans"}}
    assert [claim.value for claim in view.persona.history("life.timepiece")] == ["Seiko 5", "Junghans"]
    assert (await diary.ai.persona("alice", as_of="2026-01-20")).value("life.watch") == "Seiko 5"
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_without_an_embedder_the_words_have_to_do() -> None:
    assert await stay_apart(await who_told(SEIKO, JUNGHANS, embedder=None))


async def test_an_embedder_that_fails_leaves_it_to_the_words_until_it_answers_again() -> None:
    embedder = FailingEmbedder(WATCH)
    diary = await who_told(SEIKO, JUNGHANS, embedder=embedder)
    embedder.fails = True
    assert await stay_apart(diary)
    embedder.fails = False
    assert len((await diary.ai.consolidate("alice")).merged) == 1


async def test_a_revert_parts_them_again_for_good() -> None:
    diary = await who_told(SEIKO, JUNGHANS, embedder=meanings(WATCH))
    report = await diary.ai.consolidate("alice")
    await diary.ai.revert("alice", report.revision or 0)
    assert await stay_apart(diary)


async def test_things_that_their_own_words_name_stay_apart_however_near_they_are() -> None:
    flute: Told = ("My flute is a Muramatsu.", "life.flute", "Muramatsu")
    clarinet: Told = ("My clarinet is a Buffet now.", "life.clarinet", "Buffet")
    assert await stay_apart(await who_told(flute, clarinet, embedder=meanings(PIPES)))


async def test_what_is_told_beside_the_other_thing_is_another_thing() -> None:
    beside: Told = ("I have a Junghans on my wrist, too.", "life.timepiece", "Junghans")
    assert await stay_apart(await who_told(SEIKO, beside, embedder=meanings(WATCH)))


async def test_words_that_each_name_another_season_tell_of_two_things() -> None:
    summer: Told = ("In summer I wear a Seiko 5.", "life.watch", "Seiko 5")
    winter: Told = ("In winter I have a Junghans on my wrist now.", "life.timepiece", "Junghans")
    assert await stay_apart(await who_told(summer, winter, embedder=meanings(WATCH)))


async def test_two_values_of_one_session_are_two_things() -> None:
    diary = Diary(embedder=meanings(WATCH))
    words = "I wear a Seiko 5, and a Junghans on my wrist now."
    both = (propose("life.watch", "Seiko 5", words), propose("life.timepiece", "Junghans", words))
    await diary.told(words, *both, day="2026-01-10", sid="s1")
    assert await stay_apart(diary)


async def test_a_value_that_is_told_again_after_the_other_one_still_holds_beside_it() -> None:
    again: Told = ("I still wear a Seiko 5.", "life.watch", "Seiko 5")
    assert await stay_apart(await who_told(SEIKO, JUNGHANS, again, embedder=meanings(WATCH)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("life.work_phone", "Nokia"), ("life.private_phone", "Fairphone")),
        (("life.phone", "Nokia"), ("life.phone_colour", "green")),
        (("life.phone", "Nokia"), ("life.phone_dealer", "Fona")),
        (("life.phone_number", "5512"), ("life.phone_shop", "Fona")),
        (("life.phone_2024", "Nokia"), ("life.phone_2025", "Fairphone")),
    ],
)
async def test_names_and_values_that_tell_like_things_apart_are_heard(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    told = [(f"It was about a phone, it is {value} now.", path, value) for path, value in (first, second)]
    assert await stay_apart(await who_told(*told, embedder=meanings(PHONES)))


async def test_a_change_without_a_word_of_it_must_be_plain() -> None:
    topics = {"watch": ("watch", "timepiece"), "wear": ("wear", "wrist", "timepiece")}
    told: Told = ("Strapped to my wrist is a Junghans.", "life.timepiece", "Junghans")
    assert await stay_apart(await who_told(SEIKO, told, embedder=meanings(topics)))
    changed = ("Strapped to my wrist is a Junghans now.", "life.timepiece", "Junghans")
    diary = await who_told(SEIKO, changed, embedder=meanings(topics))
    assert len((await diary.ai.consolidate("alice")).merged) == 1


async def test_words_that_the_embedder_cannot_read_must_have_something_in_common() -> None:
    three: Told = ("我的快递都放在三号柜。", "life.parcel_locker", "三号柜")
    five: Told = ("以后我的快递放五号柜。", "life.delivery_locker", "五号柜")
    other: Told = ("现在健身时东西锁在五号柜。", "life.delivery_locker", "五号柜")
    diary = await who_told(three, five, embedder=meanings(LOCKERS))
    assert len((await diary.ai.consolidate("alice")).merged) == 1
    assert await stay_apart(await who_told(three, other, embedder=meanings(LOCKERS)))


async def test_nothing_is_embedded_where_there_is_nothing_to_compare() -> None:
    embedder = meanings(WATCH)
    diary = await who_told(SEIKO, embedder=embedder)
    embedder.embedded.clear()
    await diary.ai.consolidate("alice")
    assert embedder.embedded == []


async def test_the_words_of_fields_that_have_nothing_to_do_with_each_other_are_not_read() -> None:
    embedder = meanings({**WATCH, **PIPES})
    diary = await who_told(SEIKO, ("My flute is a Muramatsu.", "life.flute", "Muramatsu"), embedder=embedder)
    embedder.embedded.clear()
    await diary.ai.consolidate("alice")
    assert set(embedder.embedded) == {*UNRELATED, "my watch", "my flute"}


def test_likeness_begins_where_things_are_unrelated() -> None:
    def near(a: str, b: str) -> float | None:
        return None if "?" in (a, b) else 0.6 if {a, b} & set(UNRELATED) else 0.8

    likeness = Likeness(near)
    assert likeness("my watch", "my timepiece") == pytest.approx(0.5)
    assert likeness("my watch", "my sofa") == pytest.approx(0)
    assert likeness("my watch", "?") is None
    assert likeness.best(["?", "my watch"], ["my timepiece", "my sofa"]) == pytest.approx(0.5)
    assert likeness.best(["?"], ["my sofa"]) is None


class FailingEmbedder(ScriptedEmbedder):
    """One that can be switched off."""

    fails = False

    def embed(self, texts: Sequence[str]) -> Floats:
        if self.fails:
            raise ModelUnavailable("it is switched off")
        return super().embed(texts)
