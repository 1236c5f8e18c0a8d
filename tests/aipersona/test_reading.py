"""Reading sessions from files: three formats, and everything that can be wrong with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona.errors import InvalidSession
from aipersona.sessions.model import Session
from aipersona.sessions.reading import Format, detect, read_sessions

SECRET = "zanzibar-7731"
"""Something said: it may stand in no error."""


def line(*turns: Any, **more: Any) -> dict[str, Any]:
    said = list(turns) or [{"role": "user", "content": "hello"}]
    return {"user_id": "ann", "session_id": "s1", "started_at": "2025-03-01T12:00:00+01:00", "turns": said, **more}


def user(content: Any = SECRET, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": content, **more}


def written(folder: Path, *lines: Any, name: str = "chat.jsonl") -> Path:
    """A file with these lines: bytes and text as they are, all else as JSON."""
    file = folder / name
    raw = [x if isinstance(x, bytes) else (x if isinstance(x, str) else json.dumps(x)).encode() for x in lines]
    file.write_bytes(b"\n".join(raw) + b"\n")
    return file


def read(path: Path, **how: Any) -> list[Session]:
    return list(read_sessions(path, **how))


def refused(path: Path, **how: Any) -> InvalidSession:
    """The error that reading this ends with; it shows nothing of what was said and can be printed."""
    with pytest.raises(InvalidSession) as caught:
        read(path, **how)
    assert SECRET not in str(caught.value)
    str(caught.value).encode()
    assert caught.value.source is not None
    return caught.value


# --- jsonl


def test_a_line_is_a_session(tmp_path: Path) -> None:
    call = {"name": "weather", "arguments": {"city": "Lisbon"}, "result": [1, None]}
    turns = [
        user("hi", at="2025-03-01T12:00:05+01:00"),
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "user", "content": "not me", "speaker": "Bob"},
    ]
    (one, two) = read(written(tmp_path, line(*turns, speaker="Ann"), "", line(session_id="s2")))
    assert (one.user_id, one.session_id, one.speaker) == ("ann", "s1", "Ann")
    assert one.started_at == datetime(2025, 3, 1, 11, tzinfo=UTC)
    assert one.started_at.utcoffset() == timedelta(hours=1)
    assert [t.number for t in one.turns] == [1, 2, 3]
    assert one.turns[1].tool_calls[0].result == [1, None]
    assert [t.number for t in one.user_turns] == [1]
    assert two.session_id == "s2"


def test_turns_keep_the_numbers_they_have(tmp_path: Path) -> None:
    (told,) = read(written(tmp_path, line(user(number=4), user(number=9))))
    assert [t.number for t in told.turns] == [4, 9]


def test_a_session_written_by_us_is_read_back_the_same(tmp_path: Path) -> None:
    (told,) = read(written(tmp_path, line(user("茶\u2028x", at=1740830400.5, speaker="ann"), speaker="ann")))
    assert read(written(tmp_path, told.model_dump_json(), name="again.jsonl")) == [told]


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (f"{SECRET} is no JSON", "not JSON at column 1"),
        (f'{{"content": "{SECRET}"', "not JSON at column"),
        (json.dumps([SECRET]), "a line holds one session as a JSON object"),
        (json.dumps(SECRET), "a line holds one session as a JSON object"),
        ("null", "a line holds one session as a JSON object"),
        (f'{{"user_id": "{SECRET}", "x": '.encode() + b"\xff}", "not UTF-8 at byte"),
        (line(user()) | {"user_id": None}, "user_id: Input should be a valid string"),
        ({k: v for k, v in line(user()).items() if k != "user_id"}, "user_id is missing"),
        ({k: v for k, v in line(user()).items() if k != "turns"}, "turns is missing"),
        (line(user()) | {"user_id": ""}, "user_id: String should have at least 1 character"),
        (line(user()) | {"user_id": f"a\0{SECRET}"}, "user_id: has a NUL character at character 1"),
        (line(user()) | {"session_id": 5}, "session_id: Input should be a valid string"),
        (line(user()) | {"turns": {"1": SECRET}}, "turns is not a list"),
        (line(user()) | {"started_at": SECRET}, "started_at is not a time such as"),
        (line(user()) | {"started_at": True}, "started_at is not a time such as"),
        (line(user()) | {"started_at": None}, "started_at is not a time such as"),
        (line(user()) | {"started_at": 10**40}, "started_at is not a time such as"),
        (line(user()) | {"started_at": 1e300}, "started_at is not a time such as"),
        ('{"user_id":"ann","session_id":"s1","started_at":NaN,"turns":[]}', "started_at is not a time such as"),
        (line(user(at="yesterday")), "turn 1: at is not a time such as"),
        (line(SECRET), "turn 1 is not a JSON object"),
        (line(user(), {"role": "narrator", "content": SECRET}), "turn 2: role: Input should be 'user'"),
        (line({"content": SECRET}), "turn 1: role: Field required"),
        (line({"role": "user"}), "turn 1: content: Field required"),
        (line(user(5)), "turn 1: content: Input should be a valid string"),
        (line(user([SECRET])), "turn 1: content: Input should be a valid string"),
        (line(user(None)), "turn 1: content: Input should be a valid string"),
        (line(user(speaker=5)), "turn 1: speaker: Input should be a valid string"),
        (line(user(speaker=[SECRET])), "turn 1: speaker: Input should be a valid string"),
        (line(user(number="first")), "turn 1: number: Input should be a valid integer"),
        (line(user(number=10**40)), "turn 1: number: Input should be less than"),
        (line(user(number=0)), "turn 1: number: Input should be greater"),
        (line(user(number=2), user(number=1)), "turns are out of order or numbered twice"),
        (line(user(at="2025-03-02"), user(at="2025-03-01")), "turns are out of order: a turn is dated before"),
        (line(user(SECRET * 160_000)), "turn 1: content: String should have at most 1000000 characters"),
        (line(user(f"{SECRET} \ud83d")), "turn 1: content: "),
        (line(user(f"nul \0 {SECRET}")), "turn 1: content: has a NUL character at character 4"),
        (line(user(tool_calls=[{"name": "x", "arguments": {"y": f"{SECRET}\ud800"}}])), "turn 1: tool_calls.0.argum"),
        (line(user(tool_calls=[{"name": "x", "arguments": SECRET}])), "turn 1: tool_calls.0.arguments: "),
        (line(user(tool_calls=[SECRET])), "turn 1: tool_calls.0: "),
        (line(user()) | {"moood": SECRET}, "moood: Extra inputs are not permitted"),
        (line(user()) | {f"{SECRET} \ud800": 1}, "Input should be a valid string, unable to parse"),
        (line(user(**{f"said: {SECRET}": 1})), "turn 1: ?: Extra inputs are not permitted"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("9" * 5000, "a number has too many digits"),
    ],
)
def test_a_bad_line_is_named_with_its_file_and_cause_and_not_its_content(tmp_path: Path, raw: Any, cause: str) -> None:
    file = written(tmp_path, line(session_id="fine"), "", raw)
    error = refused(file, format="jsonl")
    assert (error.source, error.line) == (str(file), 3)
    assert error.cause.startswith(cause)
    assert str(error) == f"{file}:3: {error.cause}"


def test_the_sessions_before_a_bad_line_are_read(tmp_path: Path) -> None:
    reading = read_sessions(written(tmp_path, line(), "no JSON"))
    assert next(reading).session_id == "s1"
    with pytest.raises(InvalidSession):
        next(reading)


@pytest.mark.parametrize("cut", [1, 40, 90, -1])
def test_a_file_that_ends_in_the_middle_of_a_line_says_so(tmp_path: Path, cut: int) -> None:
    file = written(tmp_path, line())
    last = json.dumps(line(user("我住在里斯本")), ensure_ascii=False).encode()
    file.write_bytes(file.read_bytes() + last[:cut])
    error = refused(file)
    assert error.line == 2
    assert error.cause.endswith("the file ends in the middle of this line")


def test_a_file_that_ends_in_the_middle_of_a_character_says_so(tmp_path: Path) -> None:
    whole = json.dumps(line(user("茶")), ensure_ascii=False).encode()
    file = tmp_path / "chat.jsonl"
    file.write_bytes(whole[: whole.index("茶".encode()) + 2])
    assert refused(file).cause.endswith("the file ends in the middle of this line")


def test_a_last_line_without_a_newline_is_a_line(tmp_path: Path) -> None:
    file = tmp_path / "chat.jsonl"
    file.write_text(json.dumps(line()))
    assert len(read(file)) == 1


def test_a_byte_order_mark_and_windows_line_ends_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "chat.jsonl"
    text = json.dumps(line())
    file.write_bytes(b"\xef\xbb\xbf" + f"{text}\r\n\r\n{text}\r\n".encode())
    assert len(read(file)) == 2


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "chat.jsonl"
    file.write_bytes(json.dumps(line()).encode("utf-16"))
    assert refused(file).cause.startswith("not UTF-8 at byte 0")


def test_an_empty_file_holds_no_sessions(tmp_path: Path) -> None:
    for content in (b"", b"\n \n\t\n"):
        (tmp_path / "chat.jsonl").write_bytes(content)
        assert read(tmp_path / "chat.jsonl") == []


def test_a_session_may_have_no_turns(tmp_path: Path) -> None:
    (told,) = read(written(tmp_path, line() | {"turns": []}))
    assert told.turns == ()


def test_times_without_a_zone_are_utc_and_that_is_said_once(tmp_path: Path) -> None:
    said: list[str] = []
    naive = line(user(at="2025-03-01T13:00:00"), user(at="2025-03-01T14:00:00"), started_at="2025-03-01T12:00:00")
    found = read(written(tmp_path, naive, naive), notice=said.append)
    assert [t.at for t in found[0].turns] == [datetime(2025, 3, 1, hour, tzinfo=UTC) for hour in (13, 14)]
    assert found[1].started_at == datetime(2025, 3, 1, 12, tzinfo=UTC)
    assert said == ["times without a zone are taken as UTC"]
    assert read(written(tmp_path, naive)) == found[:1]


def test_unix_times_and_days_are_times(tmp_path: Path) -> None:
    found = read(written(tmp_path, line(started_at=1740830400), line(started_at=0.5), line(started_at="2025-03-01")))
    assert [f.started_at for f in found] == [
        datetime(2025, 3, 1, 12, tzinfo=UTC),
        datetime(1970, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC),
        datetime(2025, 3, 1, tzinfo=UTC),
    ]


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    written(tmp_path, line(session_id="b"), name="b.jsonl")
    written(tmp_path, line(session_id="a1"), line(session_id="a2"), name="a.jsonl")
    (tmp_path / "notes.txt").write_text(SECRET)
    assert [f.session_id for f in read(tmp_path)] == ["a1", "a2", "b"]


def test_a_folder_named_like_a_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").mkdir()
    assert refused(tmp_path, format="jsonl").cause.startswith("cannot be read: ")


@pytest.mark.parametrize("format", ["auto", "jsonl", "openai", "memora"])
def test_a_folder_with_nothing_to_read_is_refused(tmp_path: Path, format: Format) -> None:
    (tmp_path / "notes.txt").write_text(SECRET)
    assert refused(tmp_path, format=format, user_id="ann").cause.startswith("the folder holds no file ")


@pytest.mark.parametrize("format", ["auto", "jsonl", "openai", "memora"])
def test_a_path_that_is_not_there_is_refused(tmp_path: Path, format: Format) -> None:
    assert refused(tmp_path / "nothing", format=format).cause == "there is no such file or folder"
    assert refused(tmp_path / ("x" * 5000), format=format)


# --- openai


def messages(*found: Any, **more: Any) -> dict[str, Any]:
    return {"user_id": "ann", "id": "c1", "created": 1740830400, "messages": list(found), **more}


def test_a_conversation_of_chat_messages_is_a_session(tmp_path: Path) -> None:
    call = {"id": "x", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Lisbon"}'}}
    parts = [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "x"}}, {"text": "here"}]
    found = messages(
        {"role": "developer", "content": "be brief"},
        {"role": "user", "content": parts, "name": "ann"},
        {"role": "assistant", "content": None, "tool_calls": [call], "refusal": None},
        {"role": "tool", "tool_call_id": "x", "content": "sunny"},
    )
    (told,) = read(written(tmp_path, found))
    assert (told.user_id, told.session_id) == ("ann", "c1")
    assert told.started_at == datetime(2025, 3, 1, 12, tzinfo=UTC)
    assert [t.role for t in told.turns] == ["system", "user", "assistant", "tool"]
    assert [t.content for t in told.turns] == ["be brief", "look\nhere", "", "sunny"]
    assert told.turns[2].tool_calls[0].arguments == {"city": "Lisbon"}
    assert [t.number for t in told.user_turns] == [2]


def test_a_list_of_messages_takes_its_user_from_the_call_and_its_day_from_the_file(tmp_path: Path) -> None:
    said: list[str] = []
    file = written(tmp_path, [user("hi")], name="chat_7.json")
    (told,) = read(file, user_id="ann", notice=said.append)
    assert (told.user_id, told.session_id) == ("ann", "chat_7")
    assert told.started_at == datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
    assert said == ["conversations without a time are dated by their file"]


def test_conversations_without_an_id_are_named_by_file_and_line(tmp_path: Path) -> None:
    file = written(tmp_path, {"messages": []}, {"messages": [], "user": "bob"})
    assert [(f.user_id, f.session_id) for f in read(file, user_id="ann")] == [("ann", "chat:1"), ("bob", "chat:2")]


def test_files_are_read_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for n in (10, 9, 1):
        written(tmp_path, messages(id=None), name=f"chat_{n}.json")
    assert [f.session_id for f in read(tmp_path)] == ["chat_1", "chat_9", "chat_10"]


@pytest.mark.parametrize("arguments", ["not JSON", "[" * 100_000, "9" * 5000, '{"half": '])
def test_arguments_of_a_call_that_are_not_json_are_kept_as_text(tmp_path: Path, arguments: str) -> None:
    call = {"function": {"name": "weather", "arguments": arguments}}
    (told,) = read(written(tmp_path, messages({"role": "assistant", "content": "", "tool_calls": [call]})))
    assert told.turns[0].tool_calls[0].arguments == {"text": arguments}


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ({"messages": [user()], "created": 1}, "user_id is missing, and no user was named"),
        (messages() | {"messages": SECRET}, "no list of messages"),
        (SECRET, "no list of messages"),
        (messages(SECRET), "message 1 is not a JSON object"),
        (messages(user(), {"role": "narrator", "content": SECRET}), "turn 2: role: Input should be 'user'"),
        (messages({"role": [SECRET], "content": ""}), "turn 1: role: "),
        (messages(user(5)), "turn 1: content: Input should be a valid string"),
        (messages(user({"text": SECRET})), "turn 1: content: Input should be a valid string"),
        (messages(user([{"type": "text", "text": {"value": SECRET}}])), "turn 1: content: Input should be a valid str"),
        (messages(user(name=5)), "turn 1: speaker: Input should be a valid string"),
        (messages(user(), user_id=5), "user_id: Input should be a valid string"),
        (messages(user(), created=SECRET), "started_at is not a time such as"),
        (messages(user(tool_calls=[{"function": SECRET}])), "message 1: a tool call without a function"),
        (messages(user(tool_calls=[{"function": {"arguments": "{}"}}])), "turn 1: tool_calls.0.name: "),
        (
            messages(user(tool_calls=[{"function": {"name": "x", "arguments": '{"a": "\\ud800"}'}}])),
            "turn 1: tool_calls",
        ),
        (messages(user("half \ud83d")), "turn 1: content: "),
    ],
)
@pytest.mark.parametrize("name", ["chat.json", "chat.jsonl"])
def test_a_bad_conversation_is_named_with_its_cause(tmp_path: Path, name: str, value: Any, cause: str) -> None:
    file = written(tmp_path, json.dumps(value), name=name)
    error = refused(file, format="openai")
    assert (error.source, error.line) == (str(file), None if name == "chat.json" else 1)
    assert error.cause.startswith(cause)


def test_a_json_file_that_does_not_parse_names_the_line(tmp_path: Path) -> None:
    file = written(tmp_path, "{", '"messages": [,', name="chat.json")
    assert refused(file, format="openai").line == 2


# --- memora


def memora(n: int, date: Any = "2025-06-01", **more: Any) -> dict[str, Any]:
    said = [
        {"turn": 1, "speaker": "user_agent", "message": f"hello {n}"},
        {"turn": 2, "speaker": "ai_agent", "message": "hi"},
    ]
    return {"session_id": n, "date": date, "conversation": said, **more}


def memora_folder(tmp_path: Path, *found: Any) -> Path:
    folder = tmp_path / "ann" / "conversations"
    folder.mkdir(parents=True)
    for n, value in enumerate(found, start=1):
        (folder / f"session_{n:04}.json").write_text(json.dumps(value))
    return folder.parent


def test_a_folder_of_memora_files_is_one_users_sessions_in_order(tmp_path: Path) -> None:
    folder = memora_folder(tmp_path, memora(1), memora(2), memora(3, "2025-06-02"))
    found = read(folder)
    assert [(f.user_id, f.session_id) for f in found] == [("ann", f"session_000{n}") for n in (1, 2, 3)]
    assert [f.started_at.isoformat() for f in found] == [
        "2025-06-01T09:00:00+00:00", "2025-06-01T09:01:00+00:00", "2025-06-02T09:00:00+00:00"
    ]  # fmt: skip
    assert [t.role for t in found[0].turns] == ["user", "assistant"]
    assert [t.content for t in found[1].user_turns] == ["hello 2"]
    assert [f.user_id for f in read(folder / "conversations", user_id="bob")] == ["bob"] * 3


def test_a_single_memora_file_needs_a_user(tmp_path: Path) -> None:
    file = memora_folder(tmp_path, memora(1)) / "conversations" / "session_0001.json"
    assert "name the user" in refused(file).cause
    assert [f.user_id for f in read(file, user_id="bob")] == ["bob"]


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ([SECRET], "not a Memora session: no conversation"),
        ({"conversation": SECRET}, "not a Memora session: no conversation"),
        (memora(1, SECRET), "date is not a day such as"),
        (memora(1, None), "date is not a day such as"),
        (memora(1, 20250601), "date is not a day such as"),
        (memora(1, [[SECRET]]), "date is not a day such as"),
        (memora(1) | {"session_id": None}, "session_id is missing"),
        (memora(1) | {"session_id": [SECRET]}, "session_id is missing"),
        (memora(1) | {"conversation": [SECRET]}, "turn 1 is not a JSON object"),
        (memora(1) | {"conversation": [{"speaker": "user", "message": 5}]}, "turn 1: content: "),
        (memora(1) | {"conversation": [{"speaker": SECRET, "message": "x"}]}, "turn 1: role: Input should be 'user'"),
        (memora(1) | {"conversation": [{"turn": "x", "speaker": "user", "message": ""}]}, "turn 1: number: "),
    ],
)
def test_a_bad_memora_file_is_named_with_its_cause(tmp_path: Path, value: Any, cause: str) -> None:
    folder = memora_folder(tmp_path, memora(1), value)
    error = refused(folder, format="memora")
    assert error.source == str(folder / "conversations" / "session_0002.json")
    assert error.cause.startswith(cause)


# --- which format


@pytest.mark.parametrize(
    ("name", "lines", "format"),
    [
        ("a.jsonl", [line()], "jsonl"),
        ("a.jsonl", [messages()], "openai"),
        ("a.json", [[user("hi")]], "openai"),
        ("a.json", [json.dumps(messages(user("hi")), indent=2)], "openai"),
        ("a.json", [json.dumps(memora(1), indent=2)], "memora"),
        ("a.jsonl", ["no JSON"], "jsonl"),
        ("a.jsonl", [], "jsonl"),
    ],
)
def test_the_format_is_told_by_the_first_object(
    tmp_path: Path, name: str, lines: Sequence[Any], format: Format
) -> None:
    assert detect(written(tmp_path, *lines, name=name)) == format


# --- any bytes


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("\ud800"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("\udfff"), inner, max_size=3)
    ),
    max_leaves=5,
)
keys = (
    "user_id", "session_id", "started_at", "turns", "messages", "conversation", "date", "role", "content", "speaker",
    "name", "at", "number", "tool_calls", "function", "arguments", "text", "user", "created", "message", "turn", "id",
)  # fmt: skip
good = st.sampled_from(("ann", "user", "assistant", "2025-03-01T12:00:00", "{}", 1, 1740830400))
objects = st.recursive(
    good | json_like,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(keys), inner, max_size=8),
    max_leaves=20,
)
bases = st.sampled_from((line(), messages(user("hi")), memora(1)))
changes: st.SearchStrategy[dict[str, Any]] = st.dictionaries(st.sampled_from(keys), objects, max_size=2)
nearly_good = st.tuples(bases, changes).map(lambda drawn: {**drawn[0], **drawn[1]})
contents = st.binary(max_size=200) | st.lists(
    (objects | nearly_good).map(lambda value: json.dumps(value).encode()),
    max_size=3,
).map(b"\n".join)


@given(contents, st.sampled_from(("a.jsonl", "a.json", "session_1.json")), st.sampled_from((None, "ann")))
@pytest.mark.parametrize("format", ["auto", "jsonl", "openai", "memora"])
def test_any_bytes_give_sessions_or_an_error_that_can_be_shown(
    tmp_path_factory: pytest.TempPathFactory, format: Format, content: bytes, name: str, user_id: str | None
) -> None:
    folder = tmp_path_factory.getbasetemp() / f"bytes-{format}"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    try:
        found = read(folder / name, format=format, user_id=user_id)
    except InvalidSession as error:
        str(error).encode()
        return
    for told in found:
        assert Session.model_validate_json(told.model_dump_json()) == told
        assert told.started_at.tzinfo is not None
        assert isinstance(told.started_at.astimezone(timezone(timedelta(0))), datetime)
