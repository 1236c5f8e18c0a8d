"""Gold drafts for parts of documents: in the gold's words where the user says nearly that, else in the user's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import JsonValue

from aipersona import DraftEdit, DraftRequest, read_sessions
from aipersona.persona.model import Persona
from aipersona.schema.sources import builtin_schema
from personabench.oracle.documents import DocumentDrafter

Told = tuple[str, dict[str, JsonValue], str]


def drafted(place: Path, sessions: Sequence[Told]) -> tuple[list[DraftEdit], int]:
    """What is drafted for sessions, each an operation, its details and the user's words, and how much is unsaid."""
    folder = place / "ana"
    (folder / "conversations").mkdir(parents=True)
    for number, (operation, details, words) in enumerate(sessions, start=1):
        conversation = [
            {"turn": 1, "speaker": "ai_agent", "message": "Hello!"},
            {"turn": 2, "speaker": "user_agent", "message": words, "share_memory": True},
        ]
        session = {
            "session_id": number,
            "session_type": "activity",
            "operation": operation,
            "operation_details": {"item": "email_writeup_1", **details},
            "date": "2025-06-02",
            "conversation": conversation,
        }
        (folder / "conversations" / f"session_{number:04}.json").write_text(json.dumps(session))
    drafter = DocumentDrafter(folder)
    read = tuple(read_sessions(folder, format="memora", user_id="ana"))
    request = DraftRequest(persona=Persona(user_id="ana"), sessions=read, schema=builtin_schema())
    return drafter(request), drafter.unsaid


def texts(place: Path, gold: list[str], words: str) -> list[str]:
    """The texts that are drafted for the key points of one mail."""
    content: dict[str, JsonValue] = {"content_data": {"key_points": list[JsonValue](gold)}}
    edits, _ = drafted(place, [("add", content, words)])
    return [str(edit.value["text"]) for edit in edits if isinstance(edit.value, dict)]


@pytest.mark.parametrize(
    ("gold", "words"),
    [
        ("Sales rise within 2 years", "I'd say that sales rise within the first two years."),
        ("Review the plans of the harbour", "The points are reviewing the harbour plans and lunch."),
    ],
)
def test_what_the_user_says_in_nearly_the_same_words_is_drafted_in_those_of_the_gold(
    tmp_path: Path, gold: str, words: str
) -> None:
    assert texts(tmp_path, [gold], words) == [gold]


@pytest.mark.parametrize(
    ("gold", "words", "own"),
    [
        (
            "Finance to model the savings from new contracts. (Owner: Sarah Chen)",
            "Well, Finance, headed by Sarah Chen, will model the savings from new contracts by Friday.",
            "Finance, headed by Sarah Chen, will model the savings from new contracts by Friday",
        ),
        (
            "Market analysis shows 40% growth in therapy apps over the next 18 months",
            "We break even within 24 months, market analysis shows a 40% growth in therapy apps, and talks go on.",
            "market analysis shows a 40% growth in therapy apps",
        ),
        (
            "Proposed $2M investment in welding robots to raise throughput by 35% and cut defects",
            "The points are the proposed $2M investment in welding robots, and the deadline.",
            "proposed $2M investment in welding robots",
        ),
    ],
)
def test_what_the_gold_says_beyond_the_user_is_not_drafted(tmp_path: Path, gold: str, words: str, own: str) -> None:
    assert texts(tmp_path, [gold], words) == [own]


def test_what_is_said_over_two_sentences_is_taken_from_both(tmp_path: Path) -> None:
    gold = ["Amal Haddad, Finance Director", "Ken Ito, Plant Manager"]
    words = "We were Amal Haddad and Ken Ito. They are Finance Director and Plant Manager."
    assert texts(tmp_path, gold, words) == gold


def test_a_part_is_taken_away_in_the_words_in_which_it_was_drafted(tmp_path: Path) -> None:
    gold = "Proposed $2M investment in welding robots to raise throughput by 35% and cut defects"
    content: dict[str, JsonValue] = {"content_data": {"key_points": [gold]}}
    gone: dict[str, JsonValue] = {
        "content_data": {"key_points": list[JsonValue]()},
        "memory_deletes": [{"field": "key_points", "removed_item": gold}],
    }
    words = "The points are the proposed $2M investment in welding robots, and the deadline."
    edits, unsaid = drafted(tmp_path, [("add", content, words), ("delete", gone, f"Please remove '{gold}'.")])
    assert [edit.op for edit in edits] == ["add", "remove"]
    assert edits[0].value == edits[1].value
    assert unsaid == 0


def test_a_part_that_nobody_states_is_counted(tmp_path: Path) -> None:
    content: dict[str, JsonValue] = {"content_data": {"key_points": ["Budget approved by the board"]}}
    assert drafted(tmp_path, [("add", content, "Let's write about the weather.")]) == ([], 1)
