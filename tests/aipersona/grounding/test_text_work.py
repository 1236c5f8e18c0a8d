"""What is dictated for a text is not said of the speaker; what they say beside it may be."""

from __future__ import annotations

import pytest

from aipersona.grounding.text_work import asks_for_a_change, is_of_the_speaker, wants_of_others, works_on_text


@pytest.mark.parametrize(
    "message",
    [
        "Can you help me draft an email to my landlord?",
        "I need to add some meeting notes.",
        "I need to update the project proposal titled 'Blue Harbour'",
        "The email's purpose is to invite the board.",
        "帮我写一封邮件给房东",
    ],
)
def test_work_on_a_text_is_seen(message: str) -> None:
    assert works_on_text(message)


@pytest.mark.parametrize("message", ["I moved to Porto.", "I got an email from Ana", "I need to renew my passport"])
def test_other_talk_is_no_such_work(message: str) -> None:
    assert not works_on_text(message)


@pytest.mark.parametrize(
    "sentence",
    [
        "The title of my project proposal is 'Blue Harbour'.",
        "The proposed budget for this project is $750,000.",
        "We approved a capital investment of $4.2M.",
        "Ada Moss, our CEO, will be leading this project.",
        "Please update the budget from $500 to $600.",
        "I need to update the key points.",
        "I'd like the recipients to reply by Friday.",
        "I need them to review it.",
    ],
)
def test_what_is_said_of_the_text_is_not_of_the_speaker(sentence: str) -> None:
    assert not is_of_the_speaker(sentence)


@pytest.mark.parametrize(
    "sentence", ["By the way, I moved to Porto.", "I need to renew my passport this week.", "我搬到成都了"]
)
def test_what_is_said_beside_it_may_be(sentence: str) -> None:
    assert is_of_the_speaker(sentence)


def test_requests_and_wishes_for_others_are_told_from_tasks() -> None:
    assert asks_for_a_change("I need to remove some information from my proposal titled 'X'")
    assert not asks_for_a_change("I need to send my sister a present")
    assert wants_of_others("I want them to sign it")
    assert not wants_of_others("I want to sign it")
