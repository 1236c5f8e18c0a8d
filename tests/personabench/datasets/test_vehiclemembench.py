"""VehicleMemBench's reader, on a car shared by three people written here, and on the data where it is at hand."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from personabench.datasets import BrokenDataset, Dataset, GoldCall, load

ROOT = Path(__file__).parents[3]
REAL = Path(os.environ.get("AIPERSONA_SHARED_DATA", ROOT / ".." / "shared" / "data")) / "vehiclemembench"

HISTORY = """\
[2025-05-02 08:10] Ann Lee: I like my seat at two.
[2025-05-01 18:00] Bo Lee: Dim the roof light: it blinds me.
[2025-05-01 18:01] Ann Lee: Sure.

[2025-05-04 07:00] Bo Kim: Good\u2028morning.
"""
TOOLS: list[dict[str, Any]] = [
    {"name": name, "description": name, "parameters": {"type": "object", "properties": {}}}
    for name in ("seat_set", "light_switch")
]


def question(query: str = "At 9:00 AM, Ann got in. She told the car: 'My seat.'", **more: Any) -> dict[str, Any]:
    return {
        "query": query,
        "new_answer": ['seat_set(position=2, side="driver")'],
        "reasoning_type": "state_shift",
        "gold_memory": "[May 2, 2025] At 8:10 AM, Ann set her seat to two.\n[May 3, 2025] At 9:00 AM, nothing.",
        **more,
    }


def write(
    place: Path, *questions: dict[str, Any], history: str = HISTORY, tools: object = TOOLS, **more: object
) -> Path:
    (place / "history").mkdir()
    (place / "qa_data").mkdir()
    (place / "functions_schema.json").write_text(json.dumps(tools))
    (place / "history" / "history_3.txt").write_text(history)
    (place / "qa_data" / "qa_3.json").write_text(json.dumps({"related_to_vehicle_preference": questions, **more}))
    return place


def read(place: Path, *questions: dict[str, Any], **more: Any) -> Dataset:
    return load("vehiclemembench", write(place, *questions, **more))


def test_a_group_is_one_person_whose_sessions_are_days_with_every_turn_by_its_speaker(tmp_path: Path) -> None:
    [person] = read(tmp_path).people
    assert (person.user_id, person.speakers) == ("group_3", ("Ann Lee", "Bo Lee", "Bo Kim"))
    assert [session.session_id for session in person.sessions] == ["2025-05-01", "2025-05-02", "2025-05-04"]
    first = person.sessions[0]
    assert first.started_at == datetime(2025, 5, 1, 18, 0, tzinfo=UTC)
    assert [(turn.role, turn.speaker, turn.content) for turn in first.turns] == [
        ("user", "Bo Lee", "Dim the roof light: it blinds me."),
        ("user", "Ann Lee", "Sure."),
    ]
    assert person.sessions[2].turns[0].content == "Good\u2028morning."


def test_a_request_is_asked_on_the_day_after_the_last_session_with_its_calls_and_the_days_of_its_memory(
    tmp_path: Path,
) -> None:
    dataset = read(tmp_path, question())
    [probe] = dataset.people[0].probes
    assert (probe.probe_id, probe.kinds, probe.group) == ("group_3/1", ("calls", "recall"), "state_shift")
    assert (probe.day, probe.sessions, probe.speaker) == (date(2025, 5, 5), None, "Ann Lee")
    assert probe.calls == (GoldCall(name="seat_set", arguments={"position": 2, "side": "driver"}),)
    assert probe.evidence_sessions == ("2025-05-02",)
    assert [tool["name"] for tool in dataset.tools] == ["seat_set", "light_switch"]
    assert probe.memory == "[May 2, 2025] At 8:10 AM, Ann set her seat to two.\n[May 3, 2025] At 9:00 AM, nothing."
    assert dataset.assistant == "the assistant of a car that several people share"
    assert dataset.left_out == {"gold memories of days without a session": 1}


def test_arguments_are_json_values_in_order_of_the_calls(tmp_path: Path) -> None:
    written = ["light_switch(on=true, off=False, who=null, at=-1.5, all=[1, true], by={'a': null})", " seat_set() "]
    [probe] = read(tmp_path, question(new_answer=written)).people[0].probes
    assert probe.calls == (
        GoldCall(
            name="light_switch",
            arguments={"on": True, "off": False, "who": None, "at": -1.5, "all": [1, True], "by": {"a": None}},
        ),
        GoldCall(name="seat_set"),
    )


@pytest.mark.parametrize(
    ("query", "speaker"),
    [
        ("At 7:00 AM, Ann drove Bo Kim. He said: 'Music.'", "Ann Lee"),
        ("Bo Kim said: 'It's Ann's turn.' Bo Lee asked the car: 'Lights.'", "Bo Lee"),
        ("Bo Kim drove Ann. He asked her: 'Lights?' Ann said yes.", "Bo Kim"),
        ("Ann was in the back. It was dark. She asked the car: 'A bit more light, for Bo Kim", "Ann Lee"),
        ("Bo asked the car: 'Lights.'", None),
        ("Somebody told the car: 'Ann Lee wants light.'", None),
    ],
)
def test_who_asks_is_read_from_the_narration_and_never_guessed(tmp_path: Path, query: str, speaker: str | None) -> None:
    dataset = read(tmp_path, question(query))
    assert dataset.people[0].probes[0].speaker == speaker
    assert dataset.left_out.get("requests that do not tell who makes them", 0) == (speaker is None)


def test_questions_under_other_keys_are_counted(tmp_path: Path) -> None:
    assert read(tmp_path, other=[question(), question()]).left_out == {"questions under 'other'": 2}


@pytest.mark.parametrize(
    "call",
    [
        "seat_set(2)",
        "seat_set(position=__import__('os'))",
        "seat_set(position=2",
        "seat_set(position=two)",
        "seat_set(position=1, position=2)",
        "seat_set(**{'position': 2})",
        "seat_set(position=(1, 2))",
        "seat_set(position={[]})",
        "car.seat_set(position=2)",
        "seat_set",
        "",
        "(" * 3000,
    ],
)
def test_what_is_no_call_with_literal_arguments_is_refused(tmp_path: Path, call: str) -> None:
    with pytest.raises(BrokenDataset, match=r"qa_3\.json: question 1: new_answer is not a call such as"):
        read(tmp_path, question(new_answer=[call]))


BROKEN_FILES: list[tuple[dict[str, Any], str]] = [
    ({"history": "[2025-05-01 18:00] Ann Lee: Hi.\nBye."}, r"history_3\.txt:2: is not of the form"),
    ({"history": "[2025-02-30 18:00] Ann Lee: Hi."}, r"history_3\.txt:1: there is no such time"),
    ({"history": "[9999-12-31 18:00] Ann Lee: Hi."}, r"history_3\.txt:1: there is no such time"),
    ({"history": "\n"}, r"history_3\.txt: holds no line"),
    ({"history": "[2025-05-01 18:00]  : Hi."}, r"history_3\.txt:1: is not of the form"),
    ({"history": f"[2025-05-01 18:00] {'A' * 300}: Hi."}, r"history_3\.txt: .*256 characters"),
    ({"tools": {}}, r"functions_schema\.json: the file is not a list"),
    ({"tools": [{"parameters": {}}]}, r"functions_schema\.json: tool 1: name is not a text"),
    ({"tools": [{"name": "seat_set"}]}, r"functions_schema\.json: tool 1: parameters is not an object"),
    ({"related_to_vehicle_preference": {}}, r"qa_3\.json: related_to_vehicle_preference is not a list"),
]


@pytest.mark.parametrize(("broken", "message"), BROKEN_FILES)
def test_a_broken_file_is_named_with_the_place_and_the_cause(
    tmp_path: Path, broken: dict[str, Any], message: str
) -> None:
    with pytest.raises(BrokenDataset, match=message):
        read(tmp_path, **broken)


BROKEN_QUESTIONS: list[tuple[dict[str, Any], str]] = [
    ({"query": None}, "question 1: query is not a text"),
    ({"new_answer": []}, "question 1: new_answer names no call"),
    ({"new_answer": "seat_set()"}, "question 1: new_answer is not a list"),
    ({"new_answer": ["roof_open()"]}, "question 1: new_answer calls roof_open, which is no tool"),
    ({"gold_memory": "Last May, she did."}, "question 1: gold_memory has a line without a day"),
    ({"gold_memory": "[May 32, 2025] She did."}, "question 1: gold_memory has a line without a day"),
    ({"reasoning_type": 1}, "question 1: reasoning_type is not a text"),
]


@pytest.mark.parametrize(("broken", "message"), BROKEN_QUESTIONS)
def test_a_broken_question_is_named_with_its_number(tmp_path: Path, broken: dict[str, Any], message: str) -> None:
    with pytest.raises(BrokenDataset, match=message):
        read(tmp_path, question(**broken))


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("qa_data/qa_3.json", None, "No such file"),
        ("history/history_3.txt", None, "No such file"),
        ("qa_data/qa_3.json", b"{", "is not JSON"),
        ("qa_data/qa_3.json", b"\x80\x04.", "is a Python pickle"),
        ("history/history_3.txt", b"\xff", "is not UTF-8"),
    ],
)
def test_a_missing_or_unreadable_file_is_named(tmp_path: Path, name: str, content: bytes | None, cause: str) -> None:
    write(tmp_path, question())
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BrokenDataset, match=f"{name}: {cause}"):
        load("vehiclemembench", tmp_path)


def test_a_directory_without_groups_is_refused(tmp_path: Path) -> None:
    (tmp_path / "functions_schema.json").write_text("[]")
    with pytest.raises(BrokenDataset, match=r"holds neither history/history_N\.txt nor qa_data/qa_N\.json"):
        load("vehiclemembench", tmp_path)


def test_the_published_groups_are_read_whole() -> None:
    if not REAL.is_dir():
        pytest.skip(f"no VehicleMemBench data at {REAL} (AIPERSONA_SHARED_DATA names another place)")
    dataset = load("vehiclemembench", REAL)
    assert [person.user_id for person in dataset.people] == [f"group_{number}" for number in range(1, 11)]
    days = [len(person.sessions) for person in dataset.people]
    assert days == [46, 42, 46, 56, 49, 47, 44, 46, 53, 43]
    assert sum(len(session.turns) for person in dataset.people for session in person.sessions) == 27_313
    assert [len(person.speakers) for person in dataset.people] == [3, 3, 3, 3, 4, 3, 3, 3, 3, 3]
    probes = [probe for person in dataset.people for probe in person.probes]
    assert Counter(probe.group for probe in probes) == {
        "preference_conflict": 28,
        "conditional_constraint": 20,
        "coreference_resolution": 19,
        "error_correction": 17,
        "state_shift": 16,
    }
    assert Counter(len(probe.calls) for probe in probes) == {1: 89, 2: 10, 3: 1}
    assert len(dataset.tools) == 111
    assert all(probe.speaker and probe.evidence_sessions for probe in probes)
    assert sum(len((probe.memory or "").split("\n")) for probe in probes) == 206
    assert dataset.left_out == {}
