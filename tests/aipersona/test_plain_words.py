"""What is said in plain words is learned although a small model noted nothing of it; talk of everyday is not."""

from __future__ import annotations

import pytest

from aipersona.optimizer.plain_words import plain_appointments, plain_duties, plainly_liked


@pytest.mark.parametrize(
    ("sentence", "things"),
    [
        ("I really love tidal pools", ["tidal pools"]),
        ("By the way, I can't stand cilantro.", ["cilantro"]),
        ("I've really grown to love alpine lakes when I travel", ["alpine lakes"]),
        ("I enjoy both, but lately I've been really into memoirs; real life has a pull", ["memoirs"]),
        ("I used to love the 70s, but lately I'm really into the 2000s", ["the 2000s"]),
        ("it reminds me how much I enjoy listening to Satie", ["Satie"]),
        ("I really enjoy reading about volcanoes, so calming", ["volcanoes"]),
        ("我特别喜欢爵士乐，你呢", ["爵士乐"]),
        ("我讨厌香菜。", ["香菜"]),
    ],
)
def test_a_thing_that_is_plainly_liked_or_disliked_is_named(sentence: str, things: list[str]) -> None:
    assert list(plainly_liked(sentence)) == things


@pytest.mark.parametrize(
    "sentence",
    [
        "I like that idea",
        "I love how it sounds",
        "I'd love to go there",
        "I love it when you explain things",
        "I enjoy talking with you",
        "Do I like jazz?",
        "My brother loves jazz",
        "I like the way this works",
        "我喜欢你的建议",
        "我喜欢这个",
    ],
)
def test_talk_names_nothing_liked(sentence: str) -> None:
    assert list(plainly_liked(sentence)) == []


@pytest.mark.parametrize(
    ("sentence", "task"),
    [
        ("I still need to renew my passport.", "renew my passport"),
        ("That's true; I actually have to call the plumber, so I can't stay", "call the plumber"),
        ("I've got to water the plants", "water the plants"),
        ("I must remember to buy stamps", "remember to buy stamps"),
        ("我得在三月底之前交税表。", "交税表"),
        ("我明天必须去取包裹", "取包裹"),
    ],
)
def test_a_duty_is_a_verb_and_what_it_is_done_to(sentence: str, task: str) -> None:
    assert list(plain_duties(sentence)) == [task]


@pytest.mark.parametrize(
    "sentence",
    [
        "I need to go now, but this was fun",
        "I have to admit that I was wrong",
        "I need to think about it",
        "I have to say something",
        "I need to understand quantum computing better",
        "Do I need to renew my passport?",
        "You need to renew your passport",
        "I need to get going",
        "She said I need to call them",
        "I need to add some meeting notes",
        "I need to update my notes titled 'Growth'",
        "我得走了",
        "我得承认你是对的",
        "我需要你的帮助",
    ],
)
def test_talk_is_no_duty(sentence: str) -> None:
    assert list(plain_duties(sentence)) == []


def test_an_appointment_is_what_one_has_ahead() -> None:
    assert list(plain_appointments("I have Dad's birthday coming up on July 27th")) == ["Dad's birthday"]
    assert list(plain_appointments("I have a dentist appointment on Monday")) == ["dentist appointment"]
    for talk in (
        "I have a lot on my plate today",
        "I have been in Rome",
        "I have no idea at all",
        "I have to go today",
    ):
        assert list(plain_appointments(talk)) == []
