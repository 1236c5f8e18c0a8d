"""Learned fields that a model says are one: code merges those that nothing tells apart, and no others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from aipersona import InferRequest, SameField, ScriptedEmbedder
from aipersona.optimizer.consolidation.inferring import InferringFunction, render
from aipersona.optimizer.consolidation.same_fields import MOST_FIELDS
from tests.aipersona.diary import Diary
from tests.aipersona.kit import propose

pytestmark = pytest.mark.anyio

Told = tuple[str, str, str]
"""Words, path and value."""

LICHESS: Told = ("My rating on Lichess is 1740.", "life.chess_rating", "1740")
ELO: Told = ("I've climbed to 1810 by now, blunders and all.", "life.lichess_elo", "1810")
FIDE: Told = ("They have me at 1795 since the tournament.", "life.dwz", "1795")


async def who_told(*told: Told, embedder: ScriptedEmbedder | None = None) -> Diary:
    """Someone who told these things, one a month."""
    diary = Diary(**({"embedder": embedder} if embedder else {"embedder": "none"}))
    for month, (words, path, value) in enumerate(told, start=1):
        day = f"2026-0{month}-10"
        await diary.told(words, propose(path, value, words, sid=day), day=day, sid=day)
    return diary


def says_same(*pairs: tuple[str, str]) -> InferringFunction:
    return lambda _: [SameField(path=path, other=other) for path, other in pairs]


async def learned(diary: Diary) -> list[str]:
    return [field.spec.path for field in (await diary.ai.persona("alice")).persona.learned]


async def test_what_only_knowledge_of_the_world_says_to_be_one_becomes_one_as_a_model_says() -> None:
    diary = await who_told(LICHESS, ELO)
    assert len(await learned(diary)) == 2
    assert (await diary.ai.consolidate("alice")).merged == ()
    report = await diary.ai.consolidate("alice", inferrer=says_same(("life.lichess_elo", "life.chess_rating")))
    assert [(one.path, one.into) for one in report.merged] == [("life.lichess_elo", "life.chess_rating")]
    persona = (await diary.ai.persona("alice")).persona
    assert [claim.value for claim in persona.by_path["life.chess_rating"] if claim.valid_to is None] == [1810]


async def test_three_names_become_one_whichever_pairs_are_named() -> None:
    diary = await who_told(LICHESS, ELO, FIDE)
    pairs = (("life.dwz", "life.lichess_elo"), ("life.lichess_elo", "life.chess_rating"))
    report = await diary.ai.consolidate("alice", inferrer=says_same(*pairs))
    assert len(report.merged) == 2
    assert await learned(diary) == ["life.chess_rating"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("My work phone is a Nokia.", "life.work_phone", "Nokia"), ("I have a Sony.", "life.private_phone", "Sony")),
        (LICHESS, ("My club is Rook End.", "life.chess_club", "Rook End")),
        (
            ("Our choir is the Larks.", "life.choir", "Larks"),
            ("Ada Byrne leads it now.", "life.choir_conductor", "Ada Byrne"),
        ),
        (("My flute is a Muramatsu.", "life.flute", "Muramatsu"), ("I also have a Sankyo.", "life.pipe", "Sankyo")),
    ],
)
async def test_what_names_values_or_words_tell_apart_stays_two_whatever_a_model_says(first: Told, second: Told) -> None:
    diary = await who_told(first, second)
    assert len(await learned(diary)) == 2
    report = await diary.ai.consolidate("alice", inferrer=says_same((first[1], second[1])))
    assert report.merged == ()
    assert [(one.op, one.reason) for one in report.rejected] == [("merge", "not_asserted")]


async def test_a_model_that_is_wrong_is_refused_where_the_words_fit_each_its_own_name() -> None:
    soap: Told = ("I wash with Aleppo soap.", "preferences.soap", "Aleppo")
    cream: Told = ("My hands get Neutrogena cream now.", "preferences.hand_cream", "Neutrogena")
    apart = ScriptedEmbedder({"soap": ("soap",), "cream": ("cream",)})
    diary = await who_told(soap, cream, embedder=apart)
    report = await diary.ai.consolidate("alice", inferrer=says_same((soap[1], cream[1])))
    assert report.merged == ()
    assert report.rejected[0].detail.endswith("each name fits its own words better")
    alike = ScriptedEmbedder({"care": ("soap", "cream")})
    diary = await who_told(soap, cream, embedder=alike)
    assert len((await diary.ai.consolidate("alice", inferrer=says_same((soap[1], cream[1])))).merged) == 1


async def test_a_model_is_not_believed_where_the_words_tell_of_no_change() -> None:
    diary = await who_told(LICHESS, ("They have me at 1795 in the club.", "life.dwz", "1795"))
    report = await diary.ai.consolidate("alice", inferrer=says_same(("life.dwz", "life.chess_rating")))
    assert report.merged == ()
    assert report.rejected[0].detail.endswith("the words tell of no change")


async def test_fields_that_nobody_learned_are_refused_without_being_repeated() -> None:
    diary = await who_told(LICHESS, ELO)
    pairs = (("life.chess_rating", "demographics.city"), ("life.chess_rating", "life.chess_rating"), ("x", "y"))
    report = await diary.ai.consolidate("alice", inferrer=says_same(*pairs))
    assert [(one.path, one.reason) for one in report.rejected] == [
        ("life.chess_rating", "unknown_field"),
        ("life.chess_rating", "unknown_field"),
        ("", "unknown_field"),
    ]


async def test_a_merge_that_was_reverted_is_not_made_again() -> None:
    diary = await who_told(LICHESS, ELO)
    same = says_same(("life.lichess_elo", "life.chess_rating"))
    report = await diary.ai.consolidate("alice", inferrer=same)
    assert report.revision is not None
    await diary.ai.revert("alice", report.revision)
    await diary.told(ELO[0], propose(ELO[1], "1810", ELO[0], sid="again"), day="2026-05-10", sid="again")
    assert (await diary.ai.consolidate("alice", inferrer=same)).merged == ()


async def test_a_model_is_asked_once_about_the_same_fields_and_sees_the_words_that_told_them() -> None:
    asked: list[str] = []

    def reads(request: InferRequest) -> Sequence[SameField]:
        asked.append(render(request))
        return []

    diary = await who_told(LICHESS)
    await diary.ai.consolidate("alice", inferrer=reads)
    assert asked == [], "one field is the same as no other"
    diary = await who_told(LICHESS, ELO)
    await diary.ai.consolidate("alice", inferrer=reads)
    assert 'life.chess_rating = "1740", told as "My rating on Lichess is 1740"' in asked[0]
    assert asked[0].count("told as") == 3


async def test_a_model_is_shown_so_many_fields_at_most() -> None:
    shown: list[int] = []

    def counts(request: InferRequest) -> Sequence[SameField]:
        shown.append(len(request.learned))
        return []

    diary = Diary(embedder="none")
    kinds = ("boat", "lamp", "drum", "kite", "tent", "rug", "vase")
    for number in range(MOST_FIELDS + 3):
        thing = f"{kinds[number % len(kinds)]}{chr(97 + number // len(kinds))}x"
        words = f"My {thing} is a Model{number}."
        day, sid = f"2026-0{1 + number // 28}-{1 + number % 28:02}", f"s{number}"
        await diary.told(words, propose(f"life.{thing}", f"Model{number}", words, sid=sid), day=day, sid=sid)
    await diary.ai.consolidate("alice", inferrer=counts)
    assert shown == [MOST_FIELDS]
