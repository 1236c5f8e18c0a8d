"""Recall by words, meaning and time: what a question brings back, and what it never does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona import Session, Turn
from aipersona.embedding import ScriptedEmbedder
from aipersona.recall import Asked, Recalled, TurnIndex

TODAY = date(2025, 7, 16)
TOPICS = {
    "car": ("car", "vehicle", "garage", "brakes"),
    "food": ("dinner", "cook", "recipe", "vegetarian", "meal"),
    "trip": ("trip", "flight", "hotel", "travel"),
}
EMBEDDER = ScriptedEmbedder(TOPICS)


def session(session_id: str, *said: str, day: date = date(2025, 6, 1)) -> Session:
    turns = tuple(Turn(number=n, role="user" if n % 2 else "assistant", content=text) for n, text in enumerate(said, 1))
    return Session(
        user_id="alice",
        session_id=session_id,
        started_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        turns=turns,
    )


def index_of(sessions: Sequence[Session], *, vectors: bool = True) -> TurnIndex:
    index = TurnIndex()
    for each in sessions:
        index.add(each, vectors_of(each) if vectors else None)
    return index


def vectors_of(each: Session) -> dict[int, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    return dict(zip((t.number for t in each.turns), EMBEDDER.embed([t.content for t in each.turns]), strict=True))


def ask(index: TurnIndex, text: str, *, running: str | None = None, until: date | None = None) -> Recalled:
    vector = EMBEDDER.embed_question(text)
    return index.recall(Asked(text=text, day=TODAY, vector=vector, running=running, until=until), limit=10, sessions=10)


SESSIONS = (
    session("garage", "My vehicle stays in the garage on Elm Street", "Noted."),
    session("diet", "I became vegetarian this spring", "Good for you."),
    session("paris", "We booked the flight to Paris", "Enjoy it."),
    session("chess", "I play chess on Sundays", "Nice."),
)


def test_a_turn_is_found_by_its_meaning_where_no_word_is_shared() -> None:
    found = ask(index_of(SESSIONS), "which recipe suits me?")
    assert (found.turns[0].session_id, found.turns[0].turn) == ("diet", 1)
    assert found.sessions[0].session_id == "diet"


def test_a_wish_answers_without_a_shared_word_where_wishes_are_asked_for_and_never_the_assistant_s() -> None:
    talk = session("seat", "I prefer the chair at level 3", "I like to set a chair to level 4, by the way")
    index = index_of((*SESSIONS, talk), vectors=False)

    def found(*, wishes: bool) -> list[str]:
        asked = Asked(text="I went to the garage on Sundays", day=TODAY, wishes=wishes)
        return [turn.content for turn in index.recall(asked).turns]

    assert [content for content in found(wishes=True) if "level" in content] == ["I prefer the chair at level 3"]
    assert not any("level" in content for content in found(wishes=False))


def test_the_user_s_own_name_is_no_word_of_the_question() -> None:
    index = TurnIndex()
    for name, said in (("bye", "Speak soon, Dorothy Smith, good old Dorothy."), ("panel", "The panel is blue.")):
        index.add(session(name, said).model_copy(update={"speaker": "Dorothy Smith"}))
    found = index.recall(Asked(text="Dorothy Smith looked at the panel", day=TODAY))
    assert [turn.session_id for turn in found.turns] == ["panel"]
    assert index.recall(Asked(text="Dorothy Smith", day=TODAY)).turns[0].session_id == "bye"


def test_without_vectors_words_alone_decide_and_what_shares_none_is_left_out() -> None:
    index = index_of(SESSIONS, vectors=False)
    found = index.recall(Asked(text="Do I play chess?", day=TODAY), limit=10)
    assert [turn.session_id for turn in found.turns] == ["chess"]
    assert index.recall(Asked(text="which recipe suits me?", day=TODAY)).turns == ()


def test_words_alone_rank_as_the_word_search_does_where_no_session_stands_out() -> None:
    index = index_of(SESSIONS, vectors=False)
    by_words = index.search("flight to Paris")
    assert [t.session_id for t in index.recall(Asked(text="flight to Paris", day=TODAY)).turns] == [
        t.session_id for t in by_words
    ]


def test_a_turn_whose_vector_has_not_come_in_is_ranked_by_its_words_and_not_punished() -> None:
    index = index_of(SESSIONS)
    index.add(session("new", "The garage changed the brakes of my car for 300 EUR", "Good."))
    found = ask(index, "what did the brakes of my car cost?")
    assert found.turns[0].session_id == "new"
    assert found.sessions[0].session_id == "new"


def test_turns_without_vectors_are_told_until_their_vectors_are_put() -> None:
    index = index_of(SESSIONS[:1], vectors=False)
    assert [(each.session_id, each.turn) for each in index.without_vectors()] == [("garage", 1), ("garage", 2)]
    index.put(
        "garage", {1: np.ones(3, dtype=np.float32), 2: np.zeros(3, dtype=np.float32), 9: np.ones(3, dtype=np.float32)}
    )
    assert index.without_vectors() == []
    index.put("unknown", {1: np.ones(3, dtype=np.float32)})


def test_a_vector_of_other_dimensions_is_refused() -> None:
    index = index_of(SESSIONS)
    with pytest.raises(ValueError, match="3 dimensions"):
        index.put("garage", {1: np.ones(4, dtype=np.float32)})


def test_a_question_that_the_embedder_cannot_read_is_answered_by_words() -> None:
    index = index_of((*SESSIONS, session("zh", "我搬到了杭州", "好的")))
    found = index.recall(Asked(text="我搬到哪里了?", day=TODAY, vector=np.zeros(3, dtype=np.float32)))
    assert [turn.session_id for turn in found.turns] == ["zh"]


def test_the_running_session_never_comes_back_but_says_what_the_question_is_about() -> None:
    sessions = (
        session("a", "The trip needs a visa, I asked the consulate in Bonn", "Right."),
        session("b", "My car needs new brakes, the garage asked for a deposit", "Right."),
        session("c", "For the meal I need a pan", "Right."),
        session("now", "Let us go on with the car and the garage", "Sure."),
    )
    index = index_of(sessions)
    alone, running = ask(index, "what was asked for?"), ask(index, "what was asked for?", running="now")
    assert "now" in {found.session_id for found in alone.sessions}
    assert "now" not in {found.session_id for found in (*running.turns, *running.sessions)}
    assert running.sessions[0].session_id == "b"


def test_what_was_said_before_may_come_from_outside_the_index() -> None:
    index = index_of(SESSIONS)
    before = ["about my vehicle"]
    found = index.recall(
        Asked(
            text="where was it again?",
            day=TODAY,
            vector=EMBEDDER.embed_question("where was it again?"),
            before=before,
            before_vectors=list(EMBEDDER.embed(before)),
        ),
        sessions=1,
    )
    assert found.sessions[0].session_id == "garage"


def test_excluded_sessions_and_later_days_stay_out() -> None:
    index = index_of((*SESSIONS, session("later", "Dinner: a new recipe", "Yes.", day=date(2025, 7, 1))))
    assert ask(index, "a recipe for dinner").turns[0].session_id == "later"
    found = ask(index, "a recipe for dinner", until=date(2025, 6, 30))
    assert "later" not in {turn.session_id for turn in found.turns}
    asked = Asked(text="a recipe", day=TODAY, vector=EMBEDDER.embed_question("a recipe"), exclude=["later", "diet"])
    assert {"later", "diet"}.isdisjoint(turn.session_id for turn in index.recall(asked).turns)


def test_where_everything_is_excluded_nothing_comes_back() -> None:
    index = index_of(SESSIONS)
    asked = Asked(text="a recipe", day=TODAY, exclude=[each.session_id for each in SESSIONS])
    assert index.recall(asked, sessions=5) == Recalled()
    assert TurnIndex().recall(asked) == Recalled()


def test_a_time_in_the_question_prefers_sessions_of_that_time() -> None:
    june = session("june", "We cooked dinner for friends", "Nice.", day=date(2025, 6, 10))
    last_week = session("last week", "We cooked dinner for friends", "Nice.", day=date(2025, 7, 9))
    index = index_of((*SESSIONS, june, last_week))
    assert ask(index, "what dinner did I cook in June?").sessions[0].session_id == "june"
    assert ask(index, "what dinner did I cook last week?").sessions[0].session_id == "last week"


def test_the_later_of_two_equal_turns_comes_first() -> None:
    index = index_of([session(str(n), "We cooked dinner for friends") for n in range(4)])
    assert [turn.session_id for turn in ask(index, "dinner for friends").turns] == ["3", "2", "1", "0"]


def test_close_leaves_out_turns_that_share_a_word_only_by_chance() -> None:
    others = [session(f"n{n}", f"My car has fault number {n}") for n in range(30)]
    index = index_of((*others, session("diet", "I became vegetarian"), session("tonight", "The match is on tonight")))
    text = "what recipe should I cook tonight for my old friends from Bonn"
    asked = Asked(text=text, day=TODAY, vector=EMBEDDER.embed_question(text), close=True)
    assert [turn.session_id for turn in index.recall(asked).turns] == ["diet"]


def test_a_session_that_goes_on_is_indexed_as_if_it_had_come_whole() -> None:
    whole = session("x", "My car is blue", "Noted.", "The trip is in May", "Fine.")
    grown = TurnIndex()
    grown.add(whole.model_copy(update={"turns": whole.turns[:2]}), vectors_of(whole))
    grown.add(SESSIONS[0], vectors_of(SESSIONS[0]))
    grown.add(whole, vectors_of(whole))
    once = index_of((whole, SESSIONS[0]))
    for text in ("when is the trip?", "what color is my car?"):
        assert {(t.session_id, t.turn): round(t.score, 5) for t in ask(grown, text).turns} == {
            (t.session_id, t.turn): round(t.score, 5) for t in ask(once, text).turns
        }


WORDS = st.lists(
    st.sampled_from(("car", "garage", "dinner", "recipe", "trip", "hotel", "chess", "Bonn", "asked")),
    min_size=1,
    max_size=6,
)


@given(st.lists(st.lists(WORDS.map(" ".join), min_size=1, max_size=3), min_size=1, max_size=12), WORDS, st.data())
def test_whatever_was_said_the_answer_holds_only_allowed_turns_in_order(
    said: list[list[str]], words: list[str], data: st.DataObject
) -> None:
    sessions = [session(str(n), *texts, day=TODAY - timedelta(days=n)) for n, texts in enumerate(said)]
    index = TurnIndex()
    for each in sessions:
        index.add(each, data.draw(st.sampled_from([None, vectors_of(each)])))
    out = data.draw(st.sets(st.sampled_from([each.session_id for each in sessions])))
    text = " ".join(words)
    found = index.recall(
        Asked(text=text, day=TODAY, vector=EMBEDDER.embed_question(text), exclude=sorted(out)), limit=5, sessions=5
    )
    assert out.isdisjoint(each.session_id for each in (*found.turns, *found.sessions))
    assert [t.score for t in found.turns] == sorted((t.score for t in found.turns), reverse=True)
    assert [s.score for s in found.sessions] == sorted((s.score for s in found.sessions), reverse=True)
    assert len({(t.session_id, t.turn) for t in found.turns}) == len(found.turns) <= 5
    assert all(0 <= each.score <= 1 for each in found.sessions)
    assert len(found.sessions) == min(5, len(sessions) - len(out))
