"""Which sentences a small model is asked about."""

from __future__ import annotations

from datetime import UTC, datetime

from aipersona import Session, Turn
from aipersona.optimizer.slots_strategy import statements_of


def shown(question: str, answer: str) -> list[str]:
    turns = (Turn(number=1, role="assistant", content=question), Turn(number=2, role="user", content=answer))
    started = datetime(2026, 3, 14, tzinfo=UTC)
    session = Session(user_id="a", session_id="s", started_at=started, turns=turns)
    return [statement.shown for statement in statements_of(session)]


def test_a_bare_answer_is_read_with_its_question_unless_both_are_small_talk() -> None:
    assert shown("Are you a vegetarian?", "Yes, I am.") == ["(asked: Are you a vegetarian?) Yes, I am."]
    assert shown("How's your day going so far?", "I'm doing well, thanks.") == []


def test_of_a_message_only_what_is_more_than_small_talk_is_read() -> None:
    said = "Thanks, I appreciate that! I was wondering, how do tides work? By the way, I moved to Porto."
    assert shown("Here is your list.", said) == ["By the way, I moved to Porto."]


def test_what_is_dictated_for_a_text_is_not_asked_about_but_what_is_said_beside_it_is() -> None:
    turns = (
        "I need to update the project proposal titled 'Blue Harbour'.",
        "The proposed budget is $750,000. Ada Moss, our CEO, will lead it.",
        "By the way, I moved to Porto.",
    )
    made = tuple(Turn(number=n, role="user", content=text) for n, text in enumerate(turns, start=1))
    session = Session(user_id="a", session_id="s", started_at=datetime(2026, 3, 14, tzinfo=UTC), turns=made)
    assert [statement.words for statement in statements_of(session)] == ["By the way, I moved to Porto."]
