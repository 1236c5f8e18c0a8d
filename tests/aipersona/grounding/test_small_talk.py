"""What is no more than talk is not worth a model's time; one word beyond it is."""

from __future__ import annotations

import pytest

from aipersona.grounding.small_talk import is_small_talk


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "I'm doing well, thanks!",
        "Thanks, I really appreciate your help with that.",
        "I was just wondering, how do the tides work?",
        "I’m curious what causes thunder.",
        "It makes me wonder how whales sleep.",
        "That's really interesting, but I have to go now.",
        "Just getting through the day.",
        "好的，谢谢你的帮助！",
        "我明白了",
    ],
)
def test_talk_of_the_talk_is_small_talk(sentence: str) -> None:
    assert is_small_talk(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "I'm vegan, thanks!",
        "I work nights.",
        "I'm looking for work",
        "I'm on leave this week.",
        "I go out most nights",
        "I'm happy with him",
        "I want short answers.",
        "I was wondering, as a nurse in Leeds, what can be done?",
        "I'm curious what a vegan like me can eat.",
        "I like to run",
        "I was wondering what I should do with my two dogs",
        "It makes me think of how much I like thunderstorms",
        "I was wondering whether my lease ends in May",
        "I spent 5 today",
        "I have to go to Oslo now.",
        "谢谢，我搬家了",
        "我吃素",
    ],
)
def test_what_says_more_is_not(sentence: str) -> None:
    assert not is_small_talk(sentence)
