"""Consolidation: habits from rows, with at least three pieces of evidence; how they change, end and are undone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from aipersona import AIPersona, Policy
from aipersona.errors import UnknownUser
from tests.aipersona.diary import COFFEE, HABITS, Diary, days, drinker, values
from tests.aipersona.kit import NOON, propose

pytestmark = pytest.mark.anyio


async def test_what_is_bought_on_most_days_becomes_a_habit_with_its_words_and_days() -> None:
    diary = await drinker()
    report = await diary.ai.consolidate("alice")
    assert [(one.path, one.value, one.since) for one in report.inferred] == [(HABITS, COFFEE, date(2026, 5, 18))]
    (claim,) = await diary.claims()
    assert (claim.authority, claim.valid_from, claim.said_at.date()) == (
        "inferred",
        date(2026, 5, 18),
        date(2026, 5, 25),
    )
    assert len({evidence.session_id for evidence in claim.evidence}) == 8
    story = await diary.ai.why("alice", HABITS)
    assert "I spent 4.80 EUR on coffee today" in story.steps[0].claim.evidence[0].quote
    revision = (await diary.ai.log("alice"))[-1]
    assert (revision.number, revision.author, revision.cause) == (report.revision, "optimizer", "consolidation")


async def test_twice_is_once() -> None:
    diary = await drinker()
    first = await diary.ai.consolidate("alice")
    before = (await diary.ai.persona("alice")).persona
    again = await diary.ai.consolidate("alice")
    assert (first.revision, again.revision, again.inferred) == (9, None, ())
    assert (await diary.ai.persona("alice")).persona.entries == before.entries
    assert len(await diary.ai.log("alice")) == 9


async def test_a_dry_run_shows_the_revision_and_commits_none() -> None:
    diary = await drinker()
    report = await diary.ai.consolidate("alice", dry_run=True)
    assert report.revision is None
    assert report.proposed is not None
    assert values(report) == [COFFEE]
    assert await diary.habits() == []
    assert len(await diary.ai.log("alice")) == 8


async def test_three_pieces_of_evidence_are_needed() -> None:
    diary = await drinker(count=2)
    assert (await diary.ai.consolidate("alice")).revision is None
    await diary.spent("2026-05-20")
    assert values(await diary.ai.consolidate("alice")) == [COFFEE]


async def test_repetition_of_one_sessions_words_is_not_three_pieces_of_evidence() -> None:
    diary = Diary()
    words = "I spent 4.80 EUR on coffee on Monday, on Tuesday, on Wednesday and on Thursday."
    rows: list[JsonValue] = [{"what": "coffee", "amount": "4.80 EUR", "date": day} for day in days("2026-05-18", 4)]
    edits = [propose("finances.expenses", row, words, op="add", sid="all") for row in rows]
    await diary.told(words, *edits, day="2026-05-21", sid="all")
    assert len((await diary.ai.persona("alice")).claims("finances.expenses")) == 4
    assert (await diary.ai.consolidate("alice")).inferred == ()
    await diary.spent("2026-05-22")
    assert (await diary.ai.consolidate("alice")).inferred == ()
    await diary.spent("2026-05-23")
    assert values(await diary.ai.consolidate("alice")) == [COFFEE]


async def test_what_comes_without_a_rhythm_is_no_habit() -> None:
    diary = Diary()
    for day in ("2026-01-03", "2026-01-05", "2026-01-27", "2026-05-29"):
        await diary.spent(day, "a taxi", "20 EUR")
    for day in days("2026-02-01", 17, 7):
        await diary.spent(day, "the cinema", "11 EUR")
    assert values(await diary.ai.consolidate("alice")) == ["the cinema on most Sundays, about 11 EUR each"]


async def test_more_of_the_same_confirms_and_a_new_price_is_said_anew() -> None:
    diary = await drinker()
    await diary.ai.consolidate("alice")
    await diary.spent("2026-05-26", amount="5 EUR")
    (confirmed,) = (await diary.ai.consolidate("alice")).inferred
    assert (confirmed.value, confirmed.confirmed, len(confirmed.claims)) == (COFFEE, True, 9)
    assert [claim.confirmations for claim in await diary.claims()] == [1]
    for day in days("2026-05-27", 12):
        await diary.spent(day, amount="7 EUR")
    diary.now = NOON + timedelta(days=10)
    report = await diary.ai.consolidate("alice")
    assert [(one.value, one.reason) for one in report.ended] == [(COFFEE, "changed")]
    assert await diary.habits() == ["coffee on most days, about 7 EUR each"]
    assert (await diary.ai.persona("alice", as_of="2026-05-31")).value(HABITS) == [COFFEE]
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_support_gone_pattern_ended() -> None:
    diary = await drinker(count=3)
    await diary.ai.consolidate("alice")
    await diary.ai.forget("alice", "finances.expenses", item="2.0")
    report = await diary.ai.consolidate("alice")
    assert [(one.value, one.reason) for one in report.ended] == [(COFFEE, "no longer supported")]
    assert await diary.habits() == []
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_a_habit_that_still_has_enough_support_lets_go_of_the_words_that_were_taken_back() -> None:
    diary = await drinker()
    await diary.ai.consolidate("alice")
    await diary.ai.forget("alice", "finances.expenses", item="2.0")
    await diary.ai.consolidate("alice")
    (claim,) = await diary.claims()
    assert claim.value == COFFEE
    assert "coffee-2026-05-19" not in {evidence.session_id for evidence in claim.evidence}
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_a_habit_ends_when_others_of_its_kind_are_told_of_and_it_is_not() -> None:
    diary = await drinker(first="2026-05-01")
    diary.now = datetime(2026, 5, 9, 12, tzinfo=UTC)
    await diary.ai.consolidate("alice")
    await diary.spent("2026-05-30", "books", "20 EUR")
    diary.now = NOON
    assert [one.reason for one in (await diary.ai.consolidate("alice")).ended] == ["no longer supported"]


async def test_a_habit_that_ended_is_back_when_later_learned_words_show_that_it_went_on() -> None:
    diary = await drinker(first="2026-05-01")
    diary.now = datetime(2026, 5, 9, 12, tzinfo=UTC)
    await diary.ai.consolidate("alice")
    await diary.spent("2026-05-20", "books", "20 EUR")
    diary.now = datetime(2026, 5, 20, 12, tzinfo=UTC)
    assert len((await diary.ai.consolidate("alice")).ended) == 1
    for day in days("2026-05-09", 12):
        await diary.spent(day)
    report = await diary.ai.consolidate("alice")
    assert [(one.value, one.since) for one in report.inferred] == [(COFFEE, date(2026, 5, 20))]
    assert await diary.habits() == [COFFEE]
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_rows_from_long_ago_show_no_habit_of_today() -> None:
    diary = await drinker()
    diary.now = NOON + timedelta(days=300)
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_only_what_the_user_said_in_sessions_is_evidence() -> None:
    diary = await drinker(count=2)
    for day, authority in zip(days("2026-05-20", 6), ("imported", "tool", "user_edit") * 2, strict=True):
        row: JsonValue = {"what": "coffee", "amount": "4.80 EUR", "date": day}
        await diary.ai.set("alice", "finances.expenses", row, authority=authority)
    assert len(await diary.claims("finances.expenses")) == 8
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_a_habit_whose_end_was_undone_stays() -> None:
    diary = await drinker(count=3)
    await diary.ai.consolidate("alice")
    await diary.ai.forget("alice", "finances.expenses", item="2.0")
    report = await diary.ai.consolidate("alice")
    await diary.ai.revert("alice", report.revision or 0)
    assert await diary.habits() == [COFFEE]
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_an_inferred_pattern_never_replaces_what_was_told() -> None:
    diary = await drinker()
    words = "I drink one coffee every morning."
    await diary.told(
        words, propose(HABITS, "coffee every morning", words, op="add", sid="t"), day="2026-05-26", sid="t"
    )
    assert (await diary.ai.consolidate("alice")).revision is None
    assert await diary.habits() == ["coffee every morning"]


async def test_what_is_told_later_takes_the_place_of_what_was_inferred() -> None:
    diary = await drinker()
    await diary.ai.consolidate("alice")
    words = "I drink one coffee every morning."
    await diary.told(
        words, propose(HABITS, "coffee every morning", words, op="add", sid="t"), day="2026-05-26", sid="t"
    )
    assert [one.reason for one in (await diary.ai.consolidate("alice")).ended] == ["told by the user"]
    assert await diary.habits() == ["coffee every morning"]


async def test_revert_brings_back_exactly_the_former_persona() -> None:
    diary = await drinker()
    before = (await diary.ai.persona("alice")).persona.entries
    report = await diary.ai.consolidate("alice")
    await diary.ai.revert("alice", report.revision or 0)
    assert (await diary.ai.persona("alice")).persona.entries == before


async def test_what_was_reverted_is_not_inferred_again_until_the_revert_is_reverted() -> None:
    diary = await drinker()
    report = await diary.ai.consolidate("alice")
    undo = await diary.ai.revert("alice", report.revision or 0)
    for day in days("2026-05-26", 4):
        await diary.spent(day, amount="7.10 EUR")
    assert (await diary.ai.consolidate("alice")).revision is None
    await diary.ai.revert("alice", undo.number)
    assert await diary.habits() == [COFFEE]
    assert (await diary.ai.consolidate("alice")).inferred[0].confirmed


async def test_what_the_user_forgot_is_not_inferred_again() -> None:
    diary = await drinker()
    await diary.ai.consolidate("alice")
    await diary.ai.forget("alice", HABITS, item=COFFEE)
    for day in days("2026-05-26", 5):
        await diary.spent(day, amount="9 EUR")
    assert (await diary.ai.consolidate("alice")).revision is None
    assert await diary.habits() == []


async def test_a_habit_that_the_user_ended_needs_new_evidence() -> None:
    diary = await drinker()
    await diary.ai.consolidate("alice")
    words = "I have stopped drinking coffee on most days, no more of that."
    gone = propose(HABITS, COFFEE, words, op="remove", sid="t")
    await diary.told(words, gone, day="2026-05-26", sid="t")
    assert await diary.habits() == []
    assert (await diary.ai.consolidate("alice")).revision is None
    for day in days("2026-05-28", 4):
        await diary.spent(day)
    (again,) = (await diary.ai.consolidate("alice")).inferred
    assert len(again.claims) == 4
    assert again.since == date(2026, 5, 26)


async def test_steps_and_appointments_show_habits_too() -> None:
    diary = Diary()
    for number, day in enumerate(days("2026-05-20", 6)):
        words = f"I walked {9000 + 400 * number} steps today."
        row: JsonValue = {"count": 9000 + 400 * number}
        await diary.told(words, propose("activity.steps", row, words, op="add", sid=day), day=day, sid=day)
    for number, day in enumerate(days("2026-05-05", 4, 7)):
        words, sid = f"I have padel with Ana on {day} at 18:00.", f"padel{number}"
        event: JsonValue = {"event": "padel with Ana", "date": day, "time": "18:00"}
        said_on = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
        await diary.told(words, propose("agenda.calendar", event, words, op="add", sid=sid), day=said_on, sid=sid)
    assert sorted(str(value) for value in values(await diary.ai.consolidate("alice"))) == [
        "about 10000 steps a day",
        "padel with Ana on most Tuesdays at 18:00",
    ]


async def test_an_appointment_that_is_put_off_again_and_again_is_no_habit() -> None:
    diary = Diary()
    for number, day in enumerate(days("2026-05-05", 4, 7)):
        words, sid = f"The dentist is on {day}.", f"d{number}"
        event: JsonValue = {"event": "dentist", "date": day}
        edit = propose("agenda.calendar", event, words, op="add", sid=sid)
        await diary.told(words, edit, day=f"2026-05-0{number + 1}", sid=sid)
    assert (await diary.ai.consolidate("alice")).inferred == ()


async def test_a_chinese_habit_is_told_in_chinese() -> None:
    diary = Diary()
    for day in days("2026-05-20", 5):
        words = "今天我买咖啡花了28元。"
        row: JsonValue = {"what": "咖啡", "amount": "28 CNY"}
        await diary.told(words, propose("finances.expenses", row, words, op="add", sid=day), day=day, sid=day)
    assert values(await diary.ai.consolidate("alice")) == ["咖啡，几乎每天，每次约 28 CNY"]


async def test_what_is_of_a_special_category_is_not_inferred() -> None:
    diary = Diary()
    for day in days("2026-05-20", 5):
        await diary.spent(day, "the church collection", "5 EUR")
    report = await diary.ai.consolidate("alice")
    assert report.revision is None
    assert [(refused.reason, refused.value) for refused in report.rejected] == [("sensitive", None)]
    allowed = await drinker(policy=Policy(special=True))
    assert values(await allowed.ai.consolidate("alice")) == [COFFEE]


async def test_a_custom_schema_without_such_fields_gets_no_habits() -> None:
    from aipersona.schema.fields import build
    from aipersona.schema.sources import builtin_schema

    fields = [spec for spec in builtin_schema().fields if spec.inferred is None]
    diary = await drinker(schema=build("mine", fields))
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_nobody_is_consolidated_who_was_never_seen() -> None:
    with pytest.raises(UnknownUser):
        await Diary().ai.consolidate("nobody")


async def test_a_habit_fades_and_does_not_come_back_from_the_same_old_rows() -> None:
    diary = await drinker()
    await diary.ai.consolidate("alice")
    diary.now = NOON + timedelta(days=300)
    assert [one.reason for one in (await diary.ai.consolidate("alice")).ended] == ["faded"]
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_what_the_user_kept_from_fading_stays() -> None:
    diary = await drinker()
    await diary.ai.consolidate("alice")
    diary.now = NOON + timedelta(days=300)
    report = await diary.ai.consolidate("alice")
    await diary.ai.revert("alice", report.revision or 0)
    assert (await diary.ai.consolidate("alice")).revision is None
    assert await diary.habits() == [COFFEE]


async def test_export_and_import_carry_it(tmp_path: Path) -> None:
    diary = await drinker()
    report = await diary.ai.consolidate("alice")
    file = tmp_path / "alice.jsonl"
    file.write_text("\n".join([line async for line in diary.ai.export("alice")]), "utf-8")
    other = Diary()
    await other.ai.import_(file)
    assert (await other.ai.persona("alice")).persona == (await diary.ai.persona("alice")).persona
    assert (await other.ai.consolidate("alice")).revision is None
    await other.ai.revert("alice", report.revision or 0)
    assert await other.habits() == []


async def test_it_is_kept_in_a_database_and_blocking_too(tmp_path: Path) -> None:
    async with AIPersona(tmp_path / "a.db", drafter=lambda _: [], clock=lambda: NOON) as ai:
        other = await drinker()
        file = tmp_path / "alice.jsonl"
        file.write_text("\n".join([line async for line in other.ai.export("alice")]), "utf-8")
        await ai.import_(file)
    with AIPersona(tmp_path / "a.db", clock=lambda: NOON).sync as blocking:
        assert values(blocking.consolidate("alice")) == [COFFEE]
    async with AIPersona(tmp_path / "a.db", clock=lambda: NOON) as ai:
        (claim,) = (await ai.persona("alice")).claims(HABITS)
        assert claim.support is not None
        assert claim.support.pattern.startswith("finances.expenses: ")


async def test_a_day_of_the_past_is_consolidated_as_it_was() -> None:
    diary = await drinker()
    assert (await diary.ai.consolidate("alice", as_of="2026-05-19")).revision is None
    (one,) = (await diary.ai.consolidate("alice", as_of="2026-05-22")).inferred
    assert len(one.claims) == 5
