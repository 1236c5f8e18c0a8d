"""Facts that no slot of a form asks for: what the words say plainly of one's own things is learned, nothing else."""

from __future__ import annotations

import pytest

from aipersona.optimizer.own_things import own_things
from tests.aipersona.kit import said
from tests.aipersona.scripted_forms import learned

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("words", "path", "value"),
    [
        ("My locker at the gym is number 41 and I always fumble with it.", "life.gym_locker", "41"),
        ("By the way, my cello is a 1923 Thibouville.", "life.cello", "1923 Thibouville"),
        ("My blog's called Salt and Slate.", "life.blog", "Salt and Slate"),
        ("I bake with a sourdough starter that is called Gerald.", "life.sourdough_starter", "Gerald"),
        ("I was born in Oaxaca, so mole is a serious matter.", "demographics.birthplace", "Oaxaca"),
        ("I drive a Skoda Octavia.", "life.car", "Skoda Octavia"),
        ("我的车牌是沪A58K21。", "life.车牌", "沪A58K21"),
        ("我属兔。", "demographics.chinese_zodiac", "兔"),
    ],
)
async def test_a_thing_of_ones_own_is_learned_under_its_name(words: str, path: str, value: str) -> None:
    assert await learned(said(words)) == {path: value}


@pytest.mark.parametrize(
    "words",
    [
        "My day is going well, thank you.",
        "My meeting is on Friday.",
        "My neighbour's locker is number 41.",
        "My sister is a Capricorn.",
        "My old car was a Skoda.",
        "My dream car is a Porsche 911.",
        "My locker is not number 41.",
        "Is my locker number 41?",
        "If I win, my car is a Porsche 911.",
        "Imagine I'm a pirate and my ship is the Black Gull.",
        'Can you proofread this? "My locker at the pool is number 88."',
        "My goal is to spend no more than $175 per week.",
        "My lunch was $14.",
        "My opinion is that ChatGPT is overrated.",
        "My eldest is 9, and the youngest is 7.",
        "My password is hunter2.",
        "My credit card is 4111 1111 1111 1111.",
        "My code is in Java.",
        "My query is SELECT 1.",
        "My hero is called Arthon and his sword is blue.",
        "My camera is a Canon or a Nikon.",
        "I thought my camera is a Canon.",
        "I was born in May.",
        "I drive a BMW in the game.",
        "I'm writing this for my mother: my car is a Fiat.",
        "我的密码是123456。",
        "我的下一辆车是保时捷。",
        "My ability scores are 15 strength, 14 wisdom and 8 charisma.",
        "我的想法是用Python写。",
        "我同事的车牌是京A66666。",
        "如果我有钱，我的车是保时捷。",
    ],
)
async def test_what_passes_or_is_not_the_users_or_not_meant_is_not_learned(words: str) -> None:
    assert await learned(said(words)) == {}


async def test_a_thing_that_a_declared_field_is_for_is_left_to_the_forms() -> None:
    assert await learned(said("My education is a BSc from Bristol.")) == {}


async def test_what_a_slot_holds_already_is_not_learned_a_second_time() -> None:
    fill = '{"facts": [{"slot": "employer", "value": "Siemens AG"}]}'
    assert await learned(said("My company car pool is Siemens AG."), fill=fill) == {
        "demographics.employer": "Siemens AG"
    }


async def test_the_same_thing_told_again_changes_its_field() -> None:
    first = said("My espresso machine is a Rancilio Silvia.", sid="s1")
    second = said("My new espresso machine is a Lelit Anna.", sid="s2", day="2026-04-01")
    assert await learned(first, second) == {"life.espresso_machine": "Lelit Anna"}


@pytest.mark.parametrize("text", ["", "my", "my is", "我的是", "my x is ", "my " * 600, "我的" * 600, "i a " * 400])
def test_any_text_is_read_for_things(text: str) -> None:
    assert [own for own in own_things(text) if not own.value] == []
