"""What became of updates and removals: correct, wrong, omitted, and whether anything tells of the loss."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import JsonValue
from typer import Typer
from typer.testing import CliRunner

from aipersona import AIPersona, DraftEdit, DraftRequest, read_sessions
from personabench.oracle.__main__ import run
from personabench.oracle.changes import ChangeCount, Judged, count_changes, judge_changes
from personabench.oracle.compare import compare
from personabench.oracle.drafts import OracleDrafter
from personabench.oracle.gold import read_gold
from tests.personabench.test_oracle import USERS, WEEKLY, Details, activity, write_life

TASTES, TODOS, BUDGETS = "preferences.tastes", "agenda.todos", "finances.budgets"


def taste(item: str, stance: str = "like", **more: JsonValue) -> Details:
    return {"item": item, "preference": stance, "subcategory": "artists", **more}


def todo(task: str) -> Details:
    return activity("todo_list", task_type="work_tasks", description=task)


def event(days: int) -> Details:
    return activity("calendar_event", event_type="work", event_name="Product demo", date=f"+{days} days")


LIFE: Sequence[tuple[str, str | None, Details, str]] = (
    ("2025-06-02", "preference add", taste("Bill Evans"), "I really like Bill Evans."),
    ("2025-06-02", "activity add", todo("Update design blog"), "I need to update the design blog soon."),
    ("2025-06-02", "goal add", {"subcategory": "coffee", "item": 25}, "I want to spend under $25 per week on coffee."),
    ("2025-06-02", "activity add", event(3), "I have a product demo in 3 days."),
    ("2025-06-03", "activity update", event(4), "My product demo got moved to June 7th."),
    ("2025-06-03", "goal update", {"subcategory": "coffee", "item": 40},
     "I allow $40 per week for coffee now, $60 on holidays."),
    ("2025-06-04", "activity delete", todo("Update design blog"), "I finished updating the design blog."),
    ("2025-06-04", "preference update", taste("Yo-Yo Ma", old_item="Bill Evans"),
     "I used to love Bill Evans, but now I'm really into Yo-Yo Ma."),
    ("2025-06-06", "preference update", taste("Yo-Yo Ma", "dislike"), "I have come to dislike Yo-Yo Ma."),
)  # fmt: skip
MOVED, RAISED, FINISHED, REPLACED, TURNED = (f"session_{number:04}" for number in range(5, 10))
WORDS = {f"session_{number:04}": words for number, (_, _, _, words) in enumerate(LIFE, start=1)}


def draft(op: str, path: str, value: JsonValue, session_id: str, quote: str | None = None) -> DraftEdit:
    return DraftEdit.model_validate(
        {
            "op": op,
            "path": path,
            "value": value,
            "session_id": session_id,
            "turns": (2,),
            "quote": quote or WORDS[session_id],
        }
    )


async def judged(
    place: Path, *, without: Sequence[str] = (), more: Sequence[DraftEdit] = (), every: int = 3
) -> dict[str, Judged]:
    """By session: what becomes of LIFE with a learner that misses the gold of some sessions and proposes its own."""
    folder = write_life(place, LIFE)
    gold = OracleDrafter(read_gold(folder))

    def drafter(request: DraftRequest) -> list[DraftEdit]:
        ids = {session.session_id for session in request.sessions}
        told = [one for one in gold(request) if one.session_id not in without and one not in gold.decoys]
        return told + [one for one in more if one.session_id in ids]

    async with AIPersona(place / "p.db", drafter=drafter) as ai:
        for session in read_sessions(folder, user_id="ana"):
            await ai.observe(session)
        await ai.learn("ana", every=every)
    found = await judge_changes(folder, database=place / "p.db", user="ana")
    return {one.session_id: one for one in found}


def outcome(one: Judged) -> tuple[str, str]:
    return one.then, one.end


@pytest.mark.anyio
@pytest.mark.parametrize("every", [1, 3, 50])
async def test_with_the_gold_every_change_is_correct_however_often_it_is_learned_from(
    tmp_path: Path, every: int
) -> None:
    found = await judged(tmp_path, every=every)

    assert {session_id: outcome(one) for session_id, one in found.items()} == {
        MOVED: ("correct", "correct"),
        RAISED: ("correct", "correct"),
        FINISHED: ("correct", "correct"),
        REPLACED: ("correct", "overtaken"),
        TURNED: ("correct", "correct"),
    }
    assert all(one.learned_before and not one.traces for one in found.values())


@pytest.mark.anyio
async def test_a_change_that_nobody_took_up_is_omitted_and_without_a_trace_silently(tmp_path: Path) -> None:
    found = await judged(tmp_path, without=(MOVED, RAISED, FINISHED, REPLACED))

    assert {one.then for one in found.values()} == {"omitted"}
    assert outcome(found[REPLACED]) == ("omitted", "overtaken")
    assert found[TURNED].traces == ("nothing_to_change",), "what it updates was never learned"
    assert count_changes(found.values(), "then") == ChangeCount(omitted=5, silent=4)


@pytest.mark.anyio
async def test_a_rejected_proposal_for_the_field_is_a_trace_of_what_was_lost(tmp_path: Path) -> None:
    unfounded = draft("remove", TODOS, {"task": "Update design blog"}, FINISHED, "The blog is done.")
    elsewhere = draft("add", "personality.interests", "coffee", RAISED, "Coffee is my life.")
    found = await judged(tmp_path, without=(FINISHED, RAISED), more=[unfounded, elsewhere])

    assert found[FINISHED].traces == ("quote_not_found",)
    assert found[RAISED].traces == ()
    count = count_changes(found.values(), "end")
    assert (count.omitted, count.silent) == (2, 1)


@pytest.mark.anyio
async def test_the_old_value_held_beside_the_new_is_wrong(tmp_path: Path) -> None:
    beside = draft("add", TASTES, {"item": "Yo-Yo Ma", "stance": "like"}, REPLACED)
    found = await judged(tmp_path, without=(REPLACED,), more=[beside])

    assert found[REPLACED].then == "wrong"
    assert outcome(found[TURNED]) == ("correct", "correct")


@pytest.mark.anyio
async def test_another_value_than_the_golds_in_the_place_of_the_old_one_is_wrong(tmp_path: Path) -> None:
    other = draft("update", BUDGETS, {"category": "coffee", "limit": "$60 per week"}, RAISED)
    found = await judged(tmp_path, without=(RAISED,), more=[other])

    assert outcome(found[RAISED]) == ("wrong", "wrong")


@pytest.mark.anyio
async def test_an_old_value_that_is_only_taken_away_is_wrong_where_a_new_one_was_said(tmp_path: Path) -> None:
    gone = draft("remove", TASTES, {"item": "Bill Evans"}, REPLACED)
    found = await judged(tmp_path, without=(REPLACED,), more=[gone])

    assert found[REPLACED].then == "wrong"


@pytest.mark.anyio
async def test_what_was_never_learned_cannot_be_removed_but_its_new_value_can_be_learned(tmp_path: Path) -> None:
    found = await judged(tmp_path, without=("session_0001", "session_0002"))

    assert outcome(found[FINISHED]) == ("nothing to remove", "nothing to remove")
    assert found[REPLACED].then == "correct"
    assert not found[REPLACED].learned_before
    assert count_changes(found.values(), "then") == ChangeCount(correct=4, unlearned=1, nothing_to_remove=1)


@pytest.mark.anyio
async def test_an_update_of_something_never_learned_that_is_missed_too_is_omitted(tmp_path: Path) -> None:
    found = await judged(tmp_path, without=("session_0001", REPLACED, TURNED))

    assert outcome(found[REPLACED]) == ("omitted", "overtaken")
    assert outcome(found[TURNED]) == ("omitted", "omitted")


@pytest.mark.anyio
async def test_what_is_made_good_later_is_omitted_right_after_the_session_and_correct_at_the_end(
    tmp_path: Path,
) -> None:
    before = await judged(tmp_path, without=(FINISHED,))
    async with AIPersona(tmp_path / "p.db") as ai:
        await ai.forget("ana", TODOS)

    after = await judge_changes(tmp_path / "ana", database=tmp_path / "p.db", user="ana")

    assert outcome(before[FINISHED]) == ("omitted", "omitted")
    assert {one.session_id: outcome(one) for one in after}[FINISHED] == ("omitted", "correct")


@pytest.mark.anyio
async def test_a_row_belongs_to_the_name_of_the_gold_that_shares_most_words_with_it(tmp_path: Path) -> None:
    life = [
        ("2025-06-02", "activity add", todo("Update design"), "I need to update the design."),
        ("2025-06-02", "activity add", todo("Update design blog"), "I need to update the design blog soon."),
        ("2025-06-03", "activity delete", todo("Update design"), "I finished updating the design."),
    ]
    folder = write_life(tmp_path, life)
    await compare(folder, every=3, database=tmp_path / "p.db")

    (only,) = await judge_changes(folder, database=tmp_path / "p.db", user="ana")

    assert outcome(only) == ("correct", "correct")


@pytest.mark.anyio
async def test_a_persona_without_a_revision_has_omitted_everything_or_had_nothing_to_remove(tmp_path: Path) -> None:
    folder = write_life(tmp_path, LIFE)
    async with AIPersona(tmp_path / "p.db") as ai:
        for session in read_sessions(folder, user_id="ana"):
            await ai.observe(session)

    found = await judge_changes(folder, database=tmp_path / "p.db", user="ana")

    assert count_changes(found, "then") == ChangeCount(omitted=4, silent=4, nothing_to_remove=1)


@pytest.mark.anyio
async def test_only_the_first_sessions_are_judged_where_these_were_lived(tmp_path: Path) -> None:
    await judged(tmp_path)
    first = {f"session_{number:04}" for number in range(1, 7)}

    found = await judge_changes(tmp_path / "ana", database=tmp_path / "p.db", user="ana", sessions=first)

    assert [one.session_id for one in found] == [MOVED, RAISED]


def test_the_command_tells_which_changes_were_missed(tmp_path: Path) -> None:
    asyncio.run(judged(tmp_path, without=(FINISHED,)))
    app = Typer()
    app.command()(run)

    said = CliRunner().invoke(app, [str(tmp_path / "ana"), "--against", str(tmp_path / "p.db")])

    assert said.exit_code == 0
    assert f"{FINISHED} to-dos, removal: then omitted, at the end omitted; no trace in the log" in said.output


@pytest.mark.anyio
@pytest.mark.parametrize("user", USERS)
async def test_with_the_gold_of_memora_every_change_is_correct(user: str, tmp_path: Path) -> None:
    if not (WEEKLY / user).is_dir():
        pytest.skip(f"no Memora data at {WEEKLY} (AIPERSONA_SHARED_DATA names another place)")
    await compare(WEEKLY / user, every=3, database=tmp_path / "p.db")

    found = await judge_changes(WEEKLY / user, database=tmp_path / "p.db", user=user)

    assert len(found) >= 20
    assert {verdict for one in found for verdict in outcome(one)} <= {"correct", "overtaken"}
