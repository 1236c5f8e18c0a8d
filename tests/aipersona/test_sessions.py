"""What a session may be, and whose words count as the user's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from aipersona.sessions.model import MAX_TURN_CHARACTERS, Session, ToolCall, Turn, utc

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


def turn(number: int = 1, content: str = "hello", **more: Any) -> Turn:
    return Turn.model_validate({"number": number, "role": "user", "content": content, **more})


def session(*turns: Turn, **more: Any) -> Session:
    return Session.model_validate({"user_id": "ann", "session_id": "s1", "started_at": NOW, "turns": turns, **more})


# --- whose words


def test_only_the_described_users_turns_count_as_theirs() -> None:
    told = session(
        turn(1, "mine"),
        turn(2, "mine, by name", speaker="ann"),
        turn(3, "somebody else's", speaker="Bob"),
        turn(4, "the assistant's", role="assistant", speaker="ann"),
        turn(5, "a tool's", role="tool", speaker="ann"),
        turn(6, "the system's", role="system", speaker="ann"),
        turn(7, "mine, loudly", speaker=" ANN "),
    )
    assert [t.number for t in told.user_turns] == [1, 2, 7]


def test_the_name_among_the_speakers_counts_where_it_is_not_the_user_id() -> None:
    told = session(turn(1, speaker="Ann-Marie"), turn(2, speaker="ann"), turn(3), speaker="Ann-Marie")
    assert [t.number for t in told.user_turns] == [1, 3]


def test_a_name_is_the_same_in_any_case() -> None:
    told = session(turn(1, speaker="STRASSE"), turn(2, speaker="Strasser"), speaker="straße")
    assert [t.number for t in told.user_turns] == [1]


def test_a_turn_is_found_by_its_number() -> None:
    told = session(turn(2, "two"), turn(5, "five"))
    assert told.turn(5) == turn(5, "five")
    assert told.turn(3) is None


# --- times


def test_the_day_of_a_turn_is_the_day_in_its_own_time_zone() -> None:
    tokyo = timezone(timedelta(hours=9))
    told = session(turn(1), turn(2, at=datetime(2025, 3, 1, 16, tzinfo=UTC).astimezone(tokyo)))
    assert told.day == date(2025, 3, 1)
    assert told.day_of(told.turns[0]) == date(2025, 3, 1)
    assert told.day_of(told.turns[1]) == date(2025, 3, 2)


def test_a_time_in_the_hour_that_a_clock_change_repeats_equals_itself_in_another_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = session(started_at=datetime(2025, 10, 26, 2, 30, tzinfo=berlin))
    second = session(started_at=datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=berlin))
    assert first == session(started_at=datetime(2025, 10, 26, 0, 30, tzinfo=UTC))
    assert second == session(started_at=datetime(2025, 10, 26, 1, 30, tzinfo=UTC))
    assert first != second


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),
    st.integers(-86399, 86399).map(lambda seconds: timezone(timedelta(seconds=seconds))),
)
def test_every_moment_survives_json_and_iso_text(naive: datetime, zone: timezone) -> None:
    told = session(turn(at=naive.replace(tzinfo=zone)), started_at=naive.replace(tzinfo=zone))
    assert told.started_at == naive.replace(tzinfo=zone)
    assert Session.model_validate_json(told.model_dump_json()) == told
    assert datetime.fromisoformat(told.started_at.isoformat()) == told.started_at


def test_a_moment_outside_the_calendar_is_refused() -> None:
    with pytest.raises(ValidationError, match="outside the calendar"):
        session(started_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(seconds=1))))


def test_a_time_without_a_zone_is_refused_here_and_read_as_utc_by_utc() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        session(started_at=datetime(2025, 3, 1))
    assert utc(datetime(2025, 3, 1, 12)) == NOW
    assert utc(NOW.astimezone(timezone(timedelta(hours=2)))) == NOW


# --- what is refused


@pytest.mark.parametrize(
    ("values", "cause"),
    [
        ({"turns": (turn(2), turn(1))}, "out of order or numbered twice"),
        ({"turns": (turn(1), turn(1))}, "out of order or numbered twice"),
        ({"turns": (turn(1, at=NOW), turn(2), turn(3, at=NOW - timedelta(seconds=1)))}, "dated before the one"),
        ({"user_id": ""}, "at least 1"),
        ({"user_id": "x" * 257}, "at most 256"),
        ({"session_id": "a\0"}, "NUL"),
        ({"session_id": 7}, "valid string"),
        ({"speaker": ""}, "at least 1"),
        ({"mood": "fine"}, "Extra inputs"),
    ],
)
def test_a_session_that_cannot_be_used_is_refused(values: dict[str, Any], cause: str) -> None:
    with pytest.raises(ValidationError, match=cause):
        session(**values)


@pytest.mark.parametrize(
    ("values", "cause"),
    [
        ({"number": 0}, "greater than or equal to 1"),
        ({"number": 2**31}, "less than"),
        ({"number": 10**30}, "less than"),
        ({"role": "narrator"}, "'user', 'assistant', 'tool' or 'system'"),
        ({"content": 5}, "valid string"),
        ({"content": b"bytes"}, "valid string"),
        ({"content": "nul \0"}, "NUL character at character 4"),
        ({"content": "half \ud83d"}, "surrogates|unicode"),
        ({"content": "x" * (MAX_TURN_CHARACTERS + 1)}, "at most 1000000"),
        ({"speaker": 5}, "valid string"),
        ({"tool_calls": (ToolCall(name="x"), "no call")}, "instance of ToolCall"),
    ],
)
def test_a_turn_that_cannot_be_used_is_refused_without_showing_it(values: dict[str, Any], cause: str) -> None:
    with pytest.raises(ValidationError, match=cause) as caught:
        turn(**values)
    assert "input_value" not in str(caught.value)


@pytest.mark.parametrize("value", ["\ud800", "\0", float("nan"), -float("inf"), {"\udfff": 1}, [[2**1023]]])
def test_a_tool_call_that_json_cannot_carry_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        ToolCall(name="weather", arguments={"city": value})
    with pytest.raises(ValidationError):
        ToolCall(name="weather", result=value)


def test_the_longest_turn_is_kept_whole() -> None:
    assert len(turn(content="茶" * MAX_TURN_CHARACTERS).content) == MAX_TURN_CHARACTERS


def test_a_session_cannot_be_changed() -> None:
    told = session(turn())
    with pytest.raises(ValidationError, match="frozen"):
        told.user_id = "bob"  # pyright: ignore[reportAttributeAccessIssue]


# --- growth


def test_an_open_session_goes_on_and_a_closed_one_does_not() -> None:
    short, long = session(turn(1)), session(turn(1), turn(2))
    assert long.goes_on_from(short, closed=False)
    assert not long.goes_on_from(short, closed=True)
    assert short.goes_on_from(short, closed=True)
    assert not short.goes_on_from(long, closed=False)
    assert not session(turn(1, "other"), turn(2)).goes_on_from(short, closed=False)
