"""What is said in plain words is learned although a small model noted nothing of it; talk of everyday is not."""

from __future__ import annotations

import pytest

from aipersona.optimizer.plain_words import (
    is_set_up,
    plain_appointments,
    plain_duties,
    plain_employers,
    plainly_liked,
)


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
        ("I prefer tea to coffee", ["tea"]),
        ("I didn't expect much, but I love Lisbon", ["Lisbon"]),
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
        "I like the second version better",
        "I prefer option B",
        "I love the ending of the story",
        "I hate bugs like this one",
        "我喜欢第二个版本。",
        "I'm not sure I like rap",
        "It's not that I hate tea",
        "The prompt is: I love dogs",
        "Write a tweet saying I love tacos",
        "What song is this: I need the sun, I love rain",
        "I'm writing for my mother: I love gardening",
        "bob,I love jazz",
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
        ("I have to write the annual report by Friday", "write the annual report by Friday"),
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
        "I need to center a div",
        "I need to convert 5 miles to km",
        "I need to gather my thoughts",
        "Remind me why I need to renew my passport",
        "我得走了",
        "我得回家了",
        "我需要一个表格",
        "我需要翻译一段话。",
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
        "I have a headache today",
        "I got a new phone today",
        "I have five euros in my wallet",
        "I forgot whether I have a meeting on Friday",
    ):
        assert list(plain_appointments(talk)) == []


LOVE = "I love jazz."


@pytest.mark.parametrize(
    ("content", "earlier"),
    [
        (LOVE, "Let's role-play. You're a barista."),
        (LOVE, "In our D&D game, I'm a dwarf."),
        (LOVE, "I'm going to play Elizabeth Bennet."),
        (LOVE, "Translate into French:"),
        (LOVE, "I'll send sentences, you correct the grammar."),
        (LOVE, "我们来角色扮演吧，你是店员。"),
        (f"Examples for my class:\n1. {LOVE}", ""),
        (f"Hi Sam,\n{LOVE}\nBest regards,\nBob\n\nCan you summarize that?", ""),
        (f"I found this on a forum:\n{LOVE}\nIs that normal?", ""),
        (f"Here's a joke: {LOVE}", ""),
        (f"用“喜欢”造句：{LOVE}", ""),
    ],
)
def test_a_game_or_a_text_to_work_on_is_set_up(content: str, earlier: str) -> None:
    assert is_set_up(content, LOVE, [earlier])


@pytest.mark.parametrize(
    "earlier", ["", "I play the guitar.", "Can you translate 'dog'?", "I watched a game last night."]
)
def test_ordinary_talk_sets_up_nothing(earlier: str) -> None:
    assert not is_set_up(LOVE, LOVE, [earlier])


@pytest.mark.parametrize(
    "piece", ["a ", " ", "i love ", "i need to call ", "here is ", "not ", "please what ", "我喜欢", "\n"]
)
def test_any_long_text_is_read(piece: str) -> None:
    text = piece * (10_000 // len(piece))
    assert list(plain_appointments(text)) == []
    assert not is_set_up(text, LOVE, [text])
    assert all(len(one) <= 100 for one in [*plainly_liked(text), *plain_duties(text)])


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("I work at Home Depot.", ["Home Depot"]),
        ("I started at Bank of America in May", ["Bank of America"]),
        ("I work at Home Depot 3 days a week", []),
        ("I work at Pier 39", []),
    ],
)
def test_an_employer_is_named_whole_or_not_at_all(sentence: str, names: list[str]) -> None:
    assert list(plain_employers(sentence)) == names


@pytest.mark.parametrize(
    ("sentence", "tasks"),
    [
        ("我明天得交房租。", ["交房租"]),
        ("我得先给车加油。", ["给车加油"]),
        ("我得了感冒。", []),
        ("我得奖了。", []),
        ("我得到了一份新工作。", []),
    ],
)
def test_what_somebody_got_is_no_duty(sentence: str, tasks: list[str]) -> None:
    assert list(plain_duties(sentence)) == tasks
