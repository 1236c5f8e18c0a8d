"""The oracle replay and the score: on a small life written here, and on Memora's users where the data is at hand."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from pydantic import JsonValue
from typer import Typer
from typer.testing import CliRunner

from aipersona import AIPersona, DraftEdit, DraftRequest, read_sessions
from personabench.oracle import __file__ as package
from personabench.oracle.__main__ import run
from personabench.oracle.compare import Check, compare
from personabench.oracle.drafts import OracleDrafter, drafts_of
from personabench.oracle.gold import read_gold
from personabench.oracle.naive import replay
from personabench.oracle.said_days import said_day
from personabench.oracle.score import Count, Score, score
from personabench.oracle.words import overlap

ROOT = Path(__file__).parents[2]
WEEKLY = Path(os.environ.get("AIPERSONA_SHARED_DATA", ROOT / ".." / "shared" / "data")) / "memora" / "weekly"
USERS = (
    "business_executive",
    "creative_designer",
    "financial_analyst",
    "management_consultant",
    "marketing_manager",
    "startup_founder",
)

Details = dict[str, JsonValue]


def activity(category: str, **item: JsonValue) -> Details:
    return {"category": category, "item": item}


LIFE: Sequence[tuple[str, str | None, Details, str]] = (
    ("2025-06-02", "preference add", {"item": "Bill Evans", "preference": "like", "subcategory": "artists"},
     "I really like Bill Evans."),
    ("2025-06-02", "activity add", activity("todo_list", task_type="work_tasks", description="Update design blog"),
     "I need to update the design blog soon."),
    ("2025-06-02", None, {}, "How do tides work?"),
    ("2025-06-03", "goal add", {"subcategory": "coffee", "item": 25}, "I want to spend under $25 per week on coffee."),
    ("2025-06-03", "goal add", {"subcategory": "daily_steps", "item": 9000}, "I want to walk 9,000 steps every day."),
    ("2025-06-03", "activity add", activity("food_expenses", expense_type="dinner", amount=18.5),
     "I spent $18.50 on dinner last night."),
    ("2025-06-03", "activity add", {"item": "note_1", "content_data": {"title": "x"}}, "Here is my long note."),
    ("2025-06-04", "activity add", activity("step_tracker", activity_type="daily_steps", step_count=7108),
     "I walked 7,108 steps today."),
    ("2025-06-04", "activity add",
     activity("calendar_event", event_type="work_meetings", event_name="Product demo", date="+3 days"),
     "I have a product demo in 3 days."),
    ("2025-06-04", "activity update",
     activity("calendar_event", event_type="work_meetings", event_name="Product demo", date="+21 days"),
     "My product demo got moved to next Tuesday."),
    ("2025-06-05", "activity delete", activity("todo_list", task_type="work_tasks", description="Update design blog"),
     "I finished updating the design blog."),
    ("2025-06-05", "preference update",
     {"item": "Yo-Yo Ma", "preference": "like", "subcategory": "artists", "old_item": "Bill Evans"},
     "I used to love Bill Evans, but now I'm really into Yo-Yo Ma."),
)  # fmt: skip


def write_life(place: Path, life: Sequence[tuple[str, str | None, Details, str]] = LIFE) -> Path:
    """A user's folder of Memora files: each session a greeting, the words, an answer."""
    folder = place / "ana"
    (folder / "conversations").mkdir(parents=True)
    for number, (day, operation, details, words) in enumerate(life, start=1):
        kind, _, action = (operation or "no_memory").partition(" ")
        said = [("ai_agent", "Hello, what is on your mind?"), ("user_agent", words), ("ai_agent", "Good to know!")]
        turns = [
            {"turn": n, "speaker": who, "message": text, "share_memory": who == "user_agent" and operation is not None}
            for n, (who, text) in enumerate(said, start=1)
        ]
        file = {
            "session_id": number,
            "session_type": kind,
            "operation": action or None,
            "operation_details": details,
            "date": day,
            "conversation": turns,
        }
        (folder / "conversations" / f"session_{number:04}.json").write_text(json.dumps(file))
    return folder


def named(checks: Sequence[Check], name: str) -> Check:
    return next(check for check in checks if check.name.startswith(name))


@pytest.mark.anyio
@pytest.mark.parametrize("every", [1, 3, 50])
async def test_a_small_life_replays_without_a_difference_however_often_it_is_learned_from(
    tmp_path: Path, every: int
) -> None:
    found = await compare(write_life(tmp_path), every=every)

    assert [(c.name, c.misses) for c in found.checks if not c.passed] == []
    assert named(found.checks, "operations").of == 10
    assert named(found.checks, "removals").of == 2
    assert found.documents == 1


@pytest.mark.anyio
async def test_where_the_gold_and_the_words_name_different_days_the_words_count_and_it_is_said(tmp_path: Path) -> None:
    found = await compare(write_life(tmp_path), every=3)

    assert list(found.contradicted) == [
        "session_0006: gold 2025-06-03, said 'last night' on 2025-06-03: 2025-06-02",
        "session_0010: gold 2025-06-25, said 'next Tuesday' on 2025-06-04: 2025-06-10",
    ]


@pytest.mark.anyio
async def test_gold_that_the_words_do_not_support_fails_the_replay_and_is_named(tmp_path: Path) -> None:
    steps = activity("step_tracker", activity_type="daily_steps", step_count=7108)
    folder = write_life(tmp_path, [*LIFE, ("2025-06-05", "activity add", steps, "I walked a lot today.")])

    found = await compare(folder, every=3)

    assert not found.passed
    assert named(found.checks, "operations").right == named(found.checks, "operations").of - 1
    assert "value_not_in_quote" in named(found.checks, "operations").misses[0]
    assert not named(found.checks, "persona equal at the end").passed


def test_the_naive_replay_gives_the_last_state_as_plain_rows(tmp_path: Path) -> None:
    state = replay(read_gold(write_life(tmp_path)).operations)

    assert list(state["preferences.tastes"]) == ["Yo-Yo Ma"]
    assert state["agenda.todos"] == {}
    assert state["agenda.calendar"]["Product demo"]["date"] == "2025-06-10"
    assert [row["date"] for row in state["finances.expenses"].values()] == ["2025-06-02"]


def test_nothing_that_the_naive_replay_is_made_of_imports_aipersona() -> None:
    for name in ("gold", "naive", "said_days", "words"):
        tree = ast.parse((Path(package).parent / f"{name}.py").read_text())
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not any(module.partition(".")[0] == "aipersona" for module in imported), name


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("The demo is tomorrow.", date(2025, 6, 5)),
        ("I paid last night.", date(2025, 6, 3)),
        ("It is in 12 days.", date(2025, 6, 16)),
        ("Her birthday is July 8th.", date(2025, 7, 8)),
        ("Her birthday was May 8th.", date(2026, 5, 8)),
        ("It moved to Wednesday.", date(2025, 6, 11)),
        ("It moved to next Tuesday instead of this Thursday.", date(2025, 6, 10)),
    ],
)
def test_days_are_read_from_words_as_seen_from_the_day_they_were_said(words: str, day: date) -> None:
    found = said_day(words, date(2025, 6, 4))

    assert found is not None
    assert found.day == day


def test_words_without_a_day_name_none() -> None:
    assert said_day("I may go some time.", date(2025, 6, 4)) is None


def test_names_match_by_their_content_words_in_any_number_and_order() -> None:
    assert overlap("Read non-work books", "a non-work book to read") == 1
    assert overlap("1990s", "90s music") == 1
    assert overlap("Plan weekend activities", "plan vacation days") < 0.6
    assert overlap("", "anything") == 0


@pytest.mark.anyio
async def test_a_persona_learned_from_the_gold_scores_full_marks(tmp_path: Path) -> None:
    folder = write_life(tmp_path)
    await compare(folder, every=3, database=tmp_path / "p.db")

    found = await score(folder, database=tmp_path / "p.db", user="ana")

    assert all(line.ever.right == line.ever.gold == line.ever.learned for line in found.fields)
    assert all(line.end.right == line.end.gold == line.end.learned for line in found.fields)
    assert sum(line.ever.gold for line in found.fields) == 9
    assert (found.dead, found.gone) == (2, 2)
    assert (found.written_without_memory, found.without_memory) == ((), 1)
    assert (found.learned_from, found.sessions, found.documents) == (12, 12, 1)


async def learned(place: Path, *, without: str, more: Sequence[DraftEdit]) -> Score:
    """The score of a learner that misses the gold at a path and proposes more of its own."""
    folder = write_life(place)
    gold = OracleDrafter(read_gold(folder))

    def drafter(request: DraftRequest) -> list[DraftEdit]:
        ids = {session.session_id for session in request.sessions}
        own = [draft for draft in more if draft.session_id in ids]
        return [draft for draft in gold(request) if draft.path != without] + own

    async with AIPersona(place / "p.db", drafter=drafter) as ai:
        for session in read_sessions(folder, user_id="ana"):
            await ai.observe(session)
        await ai.learn("ana")
    return await score(folder, database=place / "p.db", user="ana")


@pytest.mark.anyio
async def test_what_a_learner_omits_makes_up_or_keeps_too_long_is_counted(tmp_path: Path) -> None:
    found = await learned(
        tmp_path,
        without="agenda.todos",
        more=[
            DraftEdit(op="add", path="agenda.todos", value={"task": "go home"}, session_id="session_0009", turns=(2,),
                      quote="I have a product demo in 3 days."),
            DraftEdit(op="add", path="personality.interests", value="tides", session_id="session_0003", turns=(2,),
                      quote="tides"),
            DraftEdit(op="add", path="preferences.tastes", value={"item": "long note", "stance": "like"},
                      session_id="session_0007", turns=(2,), quote="Here is my long note."),
        ],
    )  # fmt: skip
    by_label = {line.field.label: line for line in found.fields}

    assert by_label["to-dos"].ever == Count(gold=1, learned=1, right=0)
    assert by_label["to-dos"].end == Count(gold=0, learned=1, right=0)
    assert by_label["preferences"].ever == Count(gold=2, learned=2, right=2)
    assert found.rows_of_documents == 1


@pytest.mark.anyio
async def test_a_thing_gone_off_may_be_held_as_a_dislike(tmp_path: Path) -> None:
    dislike = DraftEdit(
        op="update",
        path="preferences.tastes",
        value={"item": "Bill Evans", "stance": "dislike"},
        session_id="session_0012",
        turns=(2,),
        quote=LIFE[-1][3],
    )
    gold = read_gold(write_life(tmp_path / "gold"))
    told = [*drafts_of(gold.operations[0]), *drafts_of(gold.operations[-1])[1:]]

    found = await learned(tmp_path, without="preferences.tastes", more=[*told, dislike])
    tastes = next(line for line in found.fields if line.field.label == "preferences")

    assert tastes.end == Count(gold=1, learned=1, right=1)
    assert tastes.ever == Count(gold=2, learned=2, right=2)
    assert found.gone == found.dead


def test_the_command_prints_the_table_and_its_exit_code_says_whether_all_is_right(tmp_path: Path) -> None:
    app = Typer()
    app.command()(run)
    good = write_life(tmp_path / "good")
    steps = activity("step_tracker", activity_type="daily_steps", step_count=7108)
    bad = write_life(tmp_path / "bad", [("2025-06-05", "activity add", steps, "I walked a lot today.")])

    right, wrong = CliRunner().invoke(app, [str(good)]), CliRunner().invoke(app, [str(bad)])
    nowhere = CliRunner().invoke(app, [str(tmp_path / "nowhere")])

    assert right.exit_code == 0
    assert "10/10 100.0 %" in right.output
    assert wrong.exit_code == 1
    assert "value_not_in_quote" in wrong.output
    assert nowhere.exit_code == 2


@pytest.mark.anyio
@pytest.mark.parametrize("user", USERS)
async def test_the_gold_of_a_user_of_memora_replays_without_a_difference(user: str) -> None:
    if not (WEEKLY / user).is_dir():
        pytest.skip(f"no Memora data at {WEEKLY} (AIPERSONA_SHARED_DATA names another place)")

    found = await compare(WEEKLY / user, every=3)

    assert [(check.name, check.misses) for check in found.checks if not check.passed] == []
