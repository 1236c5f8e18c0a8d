"""Which free replies are accepted."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personabench.datasets.model import Probe
from personabench.scores.answers import abstains, answer_outcome, answer_shown, is_accepted, structured_answer
from personabench.scores.outcomes import NotApplicable, Scored


def probe(*answers: str, absent: bool = False) -> Probe:
    return Probe(
        probe_id="1",
        user_id="ann",
        kinds=("answer",),
        group="g",
        query="q",
        day=date(2025, 6, 7),
        answers=answers,
        absent=absent,
    )


@pytest.mark.parametrize(
    ("reply", "answers"),
    [
        ("It was about ten years ago.", ("10", "ten")),
        ("TYPE 2 DIABETES", ("Diabetes",)),
        ("April 1,2024", ("April 1, 2024",)),
        ("at 03:00 p.m.", ("03:00 PM",)),
        ("a follow-up", ("followup",)),
        ("the user’s *notebook*", ("Notebook",)),
        ("她喜欢喝咖啡的", ("咖啡",)),
        ("{'answer': 'ten years', 'context': 'said in June'}", ("ten",)),
        ('Sure: {"answer": 10, "context": "x"}', ("10",)),
    ],
)
def test_an_accepted_answer_in_the_reply_is_accepted(reply: str, answers: tuple[str, ...]) -> None:
    if reply.startswith("April"):
        # Only the comma goes, as on the leaderboard; the space that it left out is missed.
        assert not is_accepted(reply, answers)
        assert is_accepted("April 1 2024", answers)
    else:
        assert is_accepted(reply, answers)


@pytest.mark.parametrize(
    ("reply", "answers"),
    [
        ("often", ("ten",)),
        ("110 times", ("10",)),
        ("", ("ten",)),
        ("ten", ()),
        ("anything at all", ("...",)),
        ("{'answer': 'unknown', 'context': 'not ten'}", ("ten",)),
    ],
)
def test_other_replies_are_not(reply: str, answers: tuple[str, ...]) -> None:
    assert not is_accepted(reply, answers)


def test_quirks_of_the_leaderboard_are_kept() -> None:
    assert is_accepted("1.5", ("15",))


def test_the_last_structured_answer_counts() -> None:
    assert structured_answer('{\'answer\': \'a\'} no: {"answer": "it\'s \\"b\\""}') == 'it\'s "b"'
    assert structured_answer("{'answer': 'it's late', 'context': ''}") == "it's late"
    assert structured_answer("no such thing") is None


@pytest.mark.parametrize(
    "reply",
    [
        *("I don't know.", "You have not mentioned that.", "There is no information about it.", "不知道"),
        *("The conversations do not say.", "You didn’t tell me that.", "Unknown.", "{'answer': 'I do not know'}"),
    ],
)
def test_a_reply_that_knows_no_answer_abstains(reply: str) -> None:
    assert abstains(reply)
    assert answer_outcome(reply, probe(absent=True)) == Scored(value=1.0)


@pytest.mark.parametrize("reply", ["In Paris.", "You know it: Paris.", "He moved for unknown reasons to Paris.", ""])
def test_a_reply_that_answers_does_not_abstain(reply: str) -> None:
    assert not abstains(reply)
    assert answer_outcome(reply, probe(absent=True)) == Scored(value=0.0)


def test_without_accepted_answers_there_is_nothing_to_score() -> None:
    assert answer_outcome("ten", probe()) == NotApplicable(reason="no accepted answers")
    assert answer_outcome("ten", probe("Ten")) == Scored(value=1.0)
    assert answer_outcome("nine", probe("Ten")) == Scored(value=0.0)


def test_an_answer_may_stand_anywhere_in_a_context_whatever_else_looks_like_a_reply() -> None:
    assert answer_shown('They said: {"answer": "nine"}\n- my notebook, ten years old', probe("Ten")) == Scored(
        value=1.0
    )
    assert answer_shown("often", probe("Ten")) == Scored(value=0.0)


@given(st.text(alphabet="abc def,.", min_size=1).filter(lambda text: text.strip(" ,.")), st.text(alphabet="xyz ,."))
def test_an_answer_between_other_words_is_accepted(answer: str, around: str) -> None:
    assert is_accepted(f"{around} {answer} {around}", [answer])
