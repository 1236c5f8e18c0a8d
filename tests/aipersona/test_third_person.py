"""Questions without a first person: the user's where their past answers them, the world's elsewhere."""

from __future__ import annotations

import pytest

from aipersona import AIPersona
from aipersona.purpose import gist_of, read_purpose
from aipersona.recall import best_passage
from aipersona.schema.sources import builtin_schema
from tests.aipersona.kit import engine, said

pytestmark = pytest.mark.anyio

SCHEMA = builtin_schema()


async def lived() -> AIPersona:
    """A user who has told of an operation, a race, a friend and a gift; who lives in Porto with Bruno."""
    ai = engine()
    await ai.set("alice", "demographics.name", "Alice")
    await ai.set("alice", "demographics.residence.city", "Porto")
    await ai.set("alice", "demographics.household", {"who": "son", "name": "Bruno"})
    await ai.observe(said("I had knee surgery two years ago, and my blood pressure was 131 over 84 then.", sid="s1"))
    await ai.observe(said("The electrician charged 95 euros for the new sockets in the hall.", sid="s2"))
    await ai.observe(said("Ilona brought a walnut cake to the picnic at the lake.", sid="s3"))
    await ai.observe(
        said(
            "Tell me of old clocks.",
            ("assistant", "The clock tower of Velden was designed by the smith Aurel Hint for the salt guild in 1531."),
            sid="s4",
        )
    )
    await ai.observe(said("老周送了我一把二胡，我每周四去文化馆练习。", sid="s5"))
    return ai


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("What surgery did the patient have two years ago?", "knee surgery"),
        ("What was the patient's blood pressure?", "131 over 84"),
        ("How much did the electrician charge?", "95 euros"),
        ("What did Ilona bring to the picnic?", "walnut cake"),
        ("Which smith designed the clock tower of Velden for the salt guild?", "Aurel Hint"),
        ("What was the charge for those new sockets? Give the value in euros.", "95 euros"),
        ("老周送了什么？", "二胡"),
        ("用户每周四去哪里练习？", "文化馆"),
    ],
)
async def test_a_question_that_the_past_answers_gets_the_turns_that_do(query: str, told: str) -> None:
    context = await (await lived()).context("alice", query)
    assert told in context.text


@pytest.mark.parametrize(
    "query",
    [
        "Who won the first race around the lake of Geneva?",
        "What is knee surgery?",
        "When was the electric socket invented?",
        "How do clock towers work?",
        "What should the patient eat before surgery?",
        "In the film Coma, what surgery did the patient have?",
        "Where does walnut cake come from?",
        'Translate "I had knee surgery two years ago" into French.',
        "If the electrician charges 95 euros for 2 hours, what is the hourly rate?",
        "二胡是谁发明的？",
        "病人手术后应该吃什么药？",
    ],
)
async def test_a_question_about_the_world_gets_nothing_where_it_only_shares_words_with_the_past(query: str) -> None:
    context = await (await lived()).context("alice", query)
    assert context.turns == ()
    assert "Porto" not in context.text


async def test_a_particular_of_the_world_brings_the_turns_that_tell_it_and_no_facts() -> None:
    context = await (await lived()).context("alice", "How much did the electrician charge?")
    assert context.turns == (("s2", 1),)
    assert "Porto" not in context.text


async def test_somebody_of_whom_the_past_tells_is_taken_for_the_user() -> None:
    context = await (await lived()).context("alice", "What surgery did the patient have?")
    assert "Porto" in context.text


@pytest.mark.parametrize("query", ["Where does Alice live?", "Which school does Bruno go to?", "Who's Bruno?"])
async def test_a_question_about_the_user_or_their_people_by_name_is_personal(query: str) -> None:
    assert "Porto" in (await (await lived()).context("alice", query)).text


@pytest.mark.parametrize("query", ["Who was Alice Walker?", "When did Giordano Bruno die?", "When was Alice founded?"])
async def test_a_namesake_is_not_the_user(query: str) -> None:
    assert "Porto" not in (await (await lived()).context("alice", query)).text


async def test_the_assistants_words_tell_nothing_of_a_friend() -> None:
    ai = engine()
    await ai.observe(said("Hello!", ("assistant", "Ilona brought a walnut cake to the picnic."), sid="s1"))
    assert (await ai.context("alice", "What did Ilona bring to the picnic?")).turns == ()


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("What surgery did the patient have?", "somebody"),
        ("What is the user's favourite tea?", "somebody"),
        ("What did the patient in the film have?", "spoken_of"),
        ("Who wrote that budget report?", "spoken_of"),
        ("Where does Ilona work?", "spoken_of"),
        ("Which painter taught at the academy in Vienna?", "particular"),
        ("Why do cats purr?", "nothing"),
        ("What is type 2 diabetes?", "nothing"),
        ("那份报告是谁写的？", "spoken_of"),
        ("患者的血压是多少？", "somebody"),
        ("彩虹是怎么形成的？", "nothing"),
    ],
)
def test_what_a_question_without_a_first_person_asks_for(query: str, asks: str) -> None:
    assert read_purpose(query, SCHEMA).asks == asks


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("What was the patient's iron level? Give the value in mg (e.g. 12 mg).", {"iron", "level"}),
        ("At noon Ann sat in the car with Tom. She told the car: 'Fold the left mirror.'", {"fold", "left", "mirror"}),
        ("Tom asked the car for seat heating.", {"seat", "heat"}),
        ("用户的血压是多少？", {"血压"}),
    ],
)
def test_the_gist_of_a_query_is_what_is_asked(query: str, words: set[str]) -> None:
    assert gist_of(query) == words


def test_the_best_passage_holds_most_of_the_words() -> None:
    text = "A mirror. " + "Nothing here at all. " * 20 + "The left mirror folds by itself."
    best = best_passage(text, {"left", "mirror", "fold"}, 60)
    assert text[best.start : best.end].startswith("left mirror fold")
    assert best.words == 3
    assert best_passage(text, {"absent"}, 60).words == 0
    assert best_passage("上海电梯换新", {"电梯", "梯换", "换新"}, 10).words == 3
