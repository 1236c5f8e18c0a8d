"""What a query asks for: something of the user's life, something for which it matters, or nothing personal."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona import FieldSpec, Schema
from aipersona.purpose import implied_words, read_purpose
from aipersona.purpose.kinds import Asks
from aipersona.schema.sources import builtin_schema

SCHEMA = builtin_schema()


def personal(query: str, schema: Schema = SCHEMA) -> bool:
    return read_purpose(query, schema).personal


@pytest.mark.parametrize(
    "query",
    [
        'Translate "I live in Lisbon and I love my dog" into French.',
        "Rewrite this politely: I can't come tonight, my son is ill.",
        "Proofread this email.\n\nHi Ana, I moved to Porto last week and my wife started a new job.",
        "Explain the given idiom.\nto eat like a bird",
        "Answer the following question.\nWhat should I eat tonight?",
        "把“我住在上海”翻译成英文。",
        "润色下面这段话：我今天带女儿去看医生。",
    ],
)
def test_what_a_query_brings_along_to_be_worked_on_says_nothing_of_the_user(query: str) -> None:
    assert not personal(query)


def test_a_question_beside_a_material_still_counts() -> None:
    assert personal('My friend wrote: "Dinner on Friday?" Am I free then?')
    assert personal("Here is the invitation: dinner at eight.\n\nWhat should I wear?")


@pytest.mark.parametrize(
    "query",
    [
        "Can you tell me how far away the moon is?",
        "I'd like to know who wrote Emma.",
        "Explain inflation to me like I'm ten.",
        "I always forget which planet is the largest.",
        "请告诉我月球有多远。",
        "我一直不懂为什么天是蓝的。",
    ],
)
def test_who_only_receives_an_answer_asks_nothing_of_their_own(query: str) -> None:
    assert not personal(query)


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("I have 20 apples and give away 5, how many do I keep?", False),
        ("A nurse works 8 hours a day for 5 days. How many hours is that?", False),
        ("小明有12本书，借给同学3本，还剩几本？", False),
        ("I spent 20 and 30 euros on lunch, how much of my budget is left?", True),
        ("I spent 20 euros on 2 lunches this month, how much may I still spend this month?", True),
    ],
)
def test_a_story_with_its_own_numbers_is_a_sum_unless_it_asks_about_the_users_own(query: str, asks: bool) -> None:
    assert personal(query) is asks


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("How do I sort my_list in Python?", False),
        ("Why does my loop in Python never end?", False),
        ("Write a class Recipe with a method cook(meal).", False),
        ("How should we structure our database?", True),
        ("Which Python course is right for me?", True),
        ("怎么用Python读取一个文件？", False),
    ],
)
def test_work_on_machines_is_anybodys_unless_what_is_worked_on_lasts(query: str, asks: bool) -> None:
    assert personal(query) is asks


@pytest.mark.parametrize(
    "query",
    ["What's another word for tired?", "How do you spell restaurant?", "“吃醋”是什么意思？", "“牛奶”用法语怎么说？"],
)
def test_words_about_words_ask_nothing_of_the_user(query: str) -> None:
    assert not personal(query)


@pytest.mark.parametrize(
    ("asked_of_the_world", "asked_of_the_user"),
    [
        ("When was Easter in 1990?", "When is the dentist?"),
        ("Who is the mother of Hamlet?", "A present for mum"),
        ("Why does it rain?", "Will it rain tomorrow?"),
        ("Which restaurant was the first in Paris?", "Which restaurant tonight?"),
        ("Is coffee a fruit?", "Any good coffee around here?"),
        ("What do koalas eat?", "What to eat before a run?"),
        ("狗为什么摇尾巴？", "给狗买什么？"),
        ("牛奶的化学成分是什么？", "早饭吃什么？"),
        ("雨是怎么形成的？", "要带伞吗？"),
        ("孔子的女儿叫什么？", "女儿的生日怎么过？"),
    ],
)
def test_the_world_is_told_from_the_users_here_and_now(asked_of_the_world: str, asked_of_the_user: str) -> None:
    assert not personal(asked_of_the_world)
    assert personal(asked_of_the_user)


@pytest.mark.parametrize(
    ("for_anybody", "for_the_user"),
    [
        ("Write a poem about the sea.", "Write a poem for my wife."),
        ("A story about a dragon", "A story for Clara"),
        ("Write a letter from Napoleon to Josephine.", "Write a letter to the landlord."),
        ("Create a quiz about horror films.", "Create a menu for Sunday."),
        ("Suggest a name for a variable that counts rows.", "Suggest a film."),
        ("写一首关于大海的诗", "写一封辞职信"),
    ],
)
def test_what_is_made_up_for_anybody_is_told_from_what_is_made_for_the_user(
    for_anybody: str, for_the_user: str
) -> None:
    assert not personal(for_anybody)
    assert personal(for_the_user)


def test_a_question_goes_on_from_what_the_user_told() -> None:
    assert not personal("What is the best way to practise it?")
    assert personal("I finished the first lesson. What is the best way to practise it?")


@pytest.mark.parametrize(
    "query", ["", "  ", "chess", "Acme?", "Which instrument?", "hm", "Saya mau makan di mana malam ini?"]
)
def test_where_nothing_shows_what_is_wanted_what_is_known_may_be(query: str) -> None:
    assert personal(query)


def test_a_schemas_own_words_are_fields_of_life() -> None:
    schema = Schema(name="garden", fields=(FieldSpec(path="garden.beds", description="beds", cues=("tulips",)),))
    query = "Recommend tulips in a shade of deep red or violet."
    assert personal(query, schema)
    assert not personal(query, Schema(name="empty", fields=()))


def test_a_word_stands_for_the_fields_of_its_matter() -> None:
    assert "cook" in implied_words("Somewhere nice for brunch?")
    assert implied_words("The theorem of Pythagoras") == frozenset()


@given(st.text(max_size=200))
def test_any_text_has_a_purpose(text: str) -> None:
    assert read_purpose(text, SCHEMA).asks in get_args(Asks)
