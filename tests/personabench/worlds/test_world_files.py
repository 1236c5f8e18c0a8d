"""Worlds from files: what can be written there, and what is said of what cannot."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from pydantic import JsonValue

from personabench.errors import BrokenWorld, UnknownTool, UnknownWorld
from personabench.worlds.files import read_world
from personabench.worlds.protocol import Refused

WRITTEN = """
worlds: [calendar, messages]
seed: 7
day: 2026-05-04
currency: JPY
tools: [list_events, send_message]
rows:
  contacts:
    - {name: Ana, relation: sister}
  events:
    - {title: Dentist, day: 2026-05-09, time: 18:30, place: null, paid: true, hours: 1.5, people: 2}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "world.yaml"


def test_a_world_file_opens_as_it_is_written_with_days_and_times_as_text(file: Path) -> None:
    file.write_text(WRITTEN, "utf-8")
    read = read_world(file)
    assert (read.names, read.setup.seed, read.setup.day) == (("calendar", "messages"), 7, date(2026, 5, 4))
    worlds = read.open()
    assert [tool.__name__ for tool in worlds.tools] == ["list_events", "send_message"]
    event: dict[str, JsonValue] = {"title": "Dentist", "day": "2026-05-09", "time": "18:30", "place": None}
    event = {**event, "paid": True, "hours": 1.5, "people": 2, "event_id": "event-1"}
    assert worlds.call("list_events", {"day": "2026-05-09"}) == [event]
    with pytest.raises(Refused, match="there is no tool 'find_contact'"):
        worlds.tool("find_contact")


def test_a_world_file_may_be_json_and_say_only_what_it_must(file: Path) -> None:
    file.write_text(json.dumps({"worlds": ["music"], "day": "2026-05-04"}), "utf-8")
    read = read_world(file)
    assert (read.setup.seed, read.setup.currency, read.tools) == (0, "EUR", None)
    assert [tool.__name__ for tool in read.open().tools] == ["play_music"]


@pytest.mark.parametrize(
    ("written", "cause"),
    [
        ("", "is no object with worlds and day"),
        ("[calendar]", "is no object with worlds and day"),
        ("day: 2026-05-04", "worlds: is needed"),
        ("worlds: [music]", "day: is needed"),
        ("worlds: []\nday: 2026-05-04", "worlds: Tuple should have at least 1 item"),
        ("worlds: music\nday: 2026-05-04", "worlds: Input should be a valid array"),
        ("worlds: [music]\nday: 2026-02-30", "day: Input should be a valid date"),
        ("worlds: [music]\nday: today", "day: Input should be a valid date"),
        ("worlds: [music]\nday: 20260504", "day: "),
        ("worlds: [music]\nday: 2026-05-04\nseed: x", "seed: Input should be a valid integer"),
        ("worlds: [music]\nday: 2026-05-04\ncurrency: euros", "currency: String should match"),
        ("worlds: [music]\nday: 2026-05-04\ntools: play_music", "tools: Input should be a valid array"),
        ("worlds: [music]\nday: 2026-05-04\nseeds: 4", "seeds: is not known; known: worlds, seed, day"),
        ("worlds: [music]\nday: 2026-05-04\nrows: [a]", "rows: is no object"),
        ("worlds: [music]\nday: 2026-05-04\nrows: {playing: {room: study}}", "rows.playing: Input should be a valid"),
        ("worlds: [music]\nday: 2026-05-04\nrows: {playing: [jazz]}", "rows.playing.0: is no object"),
        (
            "worlds: [music]\nday: 2026-05-04\nrows: {contacts: []}",
            "rows.contacts: no world here keeps it; kept: playing",
        ),
        (
            "worlds: [search]\nday: 2026-05-04\nrows: {lookups: []}",
            "rows.lookups: no world here keeps it; kept: nothing",
        ),
        ("worlds: [music]\nday: 2026-05-04\nrows: {playing: [{room: !!set {a}}]}", "holds what JSON cannot"),
        ("worlds: [music\nday: 2026-05-04", "is neither YAML nor JSON"),
        ("worlds: !!python/object/apply:os.getcwd []", "is neither YAML nor JSON"),
        ("worlds: &a [*a]\nday: 2026-05-04", "holds what JSON cannot"),
    ],
)
def test_what_no_world_can_begin_with_is_said_with_the_file_and_the_place(file: Path, written: str, cause: str) -> None:
    file.write_text(written, "utf-8")
    with pytest.raises(BrokenWorld) as broken:
        read_world(file)
    assert str(broken.value).startswith(str(file))
    assert cause in str(broken.value)


def test_a_line_that_is_no_yaml_is_named(file: Path) -> None:
    file.write_text("worlds: [music]\nday: '2026\n", "utf-8")
    with pytest.raises(BrokenWorld, match=r"world\.yaml:3: is neither YAML nor JSON"):
        read_world(file)


def test_a_row_is_never_quoted_in_an_error(file: Path) -> None:
    file.write_text("worlds: [messages]\nday: 2026-05-04\nrows: {contacts: [Gwendolyn]}", "utf-8")
    with pytest.raises(BrokenWorld) as broken:
        read_world(file)
    assert "Gwendolyn" not in str(broken.value)


def test_an_unknown_world_and_an_unknown_tool_are_named_with_those_that_were_meant(file: Path) -> None:
    file.write_text("worlds: [musik]\nday: 2026-05-04", "utf-8")
    with pytest.raises(UnknownWorld, match="unknown world 'musik'; did you mean 'music'"):
        read_world(file)
    file.write_text("worlds: [music]\nday: 2026-05-04\ntools: [play_musik]", "utf-8")
    with pytest.raises(UnknownTool, match="unknown tool 'play_musik'; did you mean 'play_music'"):
        read_world(file)


def test_a_file_that_is_not_there_or_no_text_is_named(file: Path) -> None:
    with pytest.raises(BrokenWorld, match="No such file"):
        read_world(file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BrokenWorld, match="is not UTF-8"):
        read_world(file)
