"""The five stages together: the same files for the same plan, taken up again, and nothing kept that is wrong."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from personabench.cli import app
from personabench.errors import BrokenResults, OtherRun
from personabench.generation.filtering import Rejected, filtered, leaked
from personabench.generation.generating import Generated, generate
from personabench.generation.life import Life
from personabench.generation.plan import Plan
from personabench.generation.query import Planned
from personabench.generation.scene import BY_NAME
from personabench.generation.solving import is_solved
from personabench.generation.stages import (
    CARD,
    COVERAGE,
    PEOPLE,
    QUERIES,
    REJECTED,
    SCENES,
    SEEDS,
    SESSIONS,
    read_items,
)
from personabench.generation.writers.scripted import ScriptedWriter
from personabench.generation.writing import Scripted

PLAN = Plan(people=3, sessions=12, scenes=20, seed=7)
FILES = (SEEDS, PEOPLE, SCENES, QUERIES, SESSIONS, REJECTED, COVERAGE, CARD)

pytestmark = pytest.mark.anyio


async def _generate(out: Path, plan: Plan = PLAN) -> Generated:
    return await generate(plan, out, Scripted(ScriptedWriter()))


def _read(out: Path) -> tuple[dict[str, Life], list[Planned]]:
    return {life.person_id: life for life in read_items(out / PEOPLE, Life)}, read_items(out / SESSIONS, Planned)


async def test_the_same_plan_makes_the_same_files_byte_for_byte(tmp_path: Path) -> None:
    first = await _generate(tmp_path / "a")
    second = await _generate(tmp_path / "b")
    assert first == second
    assert first.sessions == 36
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


async def test_another_seed_makes_other_people(tmp_path: Path) -> None:
    await _generate(tmp_path / "a")
    await _generate(tmp_path / "b", PLAN.model_copy(update={"seed": 8}))
    assert (tmp_path / "a" / PEOPLE).read_bytes() != (tmp_path / "b" / PEOPLE).read_bytes()


async def test_a_folder_with_another_plan_or_with_something_else_is_left_alone(tmp_path: Path) -> None:
    await _generate(tmp_path / "a")
    with pytest.raises(OtherRun, match="another plan"):
        await _generate(tmp_path / "a", PLAN.model_copy(update={"people": 4}))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.txt").write_text("mine")
    with pytest.raises(OtherRun, match="not empty"):
        await _generate(tmp_path / "b")


async def test_what_a_model_answered_may_lie_in_the_folder_already(tmp_path: Path) -> None:
    (tmp_path / "answers.db").write_bytes(b"")
    assert (await _generate(tmp_path)).sessions == 36


async def test_with_few_sessions_nobody_tells_everything_at_once(tmp_path: Path) -> None:
    await _generate(tmp_path, PLAN.model_copy(update={"sessions": 2}))
    _, sessions = _read(tmp_path)
    assert max(sum(telling.how == "is" for telling in session.tellings) for session in sessions) == 8


async def test_a_stage_that_was_edited_stays_and_what_comes_after_it_is_made_anew(tmp_path: Path) -> None:
    await _generate(tmp_path)
    before = (tmp_path / SESSIONS).read_text("utf-8")
    lines = (tmp_path / PEOPLE).read_text("utf-8").splitlines()
    name = json.loads(lines[0])["seed"]["name"]
    edited = "\n".join([lines[0].replace(f'"{name}"', '"Zebedee"'), *lines[1:]]) + "\n"
    (tmp_path / PEOPLE).write_text(edited, "utf-8")
    await _generate(tmp_path)
    assert (tmp_path / PEOPLE).read_text("utf-8") == edited
    assert (tmp_path / SESSIONS).read_text("utf-8") != before
    assert "Zebedee" in (tmp_path / SESSIONS).read_text("utf-8")


async def test_writing_goes_on_with_the_person_that_it_was_stopped_at(tmp_path: Path) -> None:
    await _generate(tmp_path / "whole")
    written: list[str] = []

    class Stopped(Scripted):
        async def write(self, life: Life, session: Planned, dice: Random) -> Planned:
            if len(written) == 20:
                raise KeyboardInterrupt
            written.append(session.session_id)
            return await super().write(life, session, dice)

    with pytest.raises(KeyboardInterrupt):
        await generate(PLAN, tmp_path / "torn", Stopped(ScriptedWriter()))
    again: list[str] = []

    class Watched(Scripted):
        async def write(self, life: Life, session: Planned, dice: Random) -> Planned:
            again.append(session.person_id)
            return await super().write(life, session, dice)

    await generate(PLAN, tmp_path / "torn", Watched(ScriptedWriter()))
    assert set(again) == {"p0002", "p0003"}, "the first person was written to the end and is not written again"
    assert (tmp_path / "torn" / SESSIONS).read_bytes() == (tmp_path / "whole" / SESSIONS).read_bytes()


async def test_what_was_written_before_a_life_was_edited_is_written_anew(tmp_path: Path) -> None:
    class Stopped(Scripted):
        async def write(self, life: Life, session: Planned, dice: Random) -> Planned:
            if life.person_id == "p0002":
                raise KeyboardInterrupt
            return await super().write(life, session, dice)

    with pytest.raises(KeyboardInterrupt):
        await generate(PLAN, tmp_path, Stopped(ScriptedWriter()))
    name = read_items(tmp_path / PEOPLE, Life)[0].seed.name
    text = (tmp_path / PEOPLE).read_text("utf-8")
    (tmp_path / PEOPLE).write_text(text.replace(f'"{name}"', '"Zebedee"'), "utf-8")
    await _generate(tmp_path)
    assert "Zebedee" in (tmp_path / SESSIONS).read_text("utf-8")


async def test_a_line_that_was_broken_by_hand_is_named(tmp_path: Path) -> None:
    await _generate(tmp_path)
    with (tmp_path / PEOPLE).open("a", encoding="utf-8") as file:
        file.write('{"seed": 1}\n')
    with pytest.raises(BrokenResults, match=rf"{re.escape(PEOPLE)}:4"):
        await _generate(tmp_path)


async def test_every_wish_can_be_fulfilled_and_its_neutral_twin_gives_nothing_away(tmp_path: Path) -> None:
    await _generate(tmp_path)
    lives, sessions = _read(tmp_path)
    wishes = [(session, session.query) for session in sessions if session.query is not None]
    assert len(wishes) > 30
    for session, query in wishes:
        assert is_solved(query, session.day), query.query_id
        assert leaked(lives[session.person_id], query) is None, query.neutral
        assert {need.parameter for need in query.needs} <= {asked.parameter for asked in BY_NAME[query.scene].asked}
        right = {str(need.value) for need in query.needs}
        assert not right & {str(avoid.value) for avoid in query.avoids}, "what is right is not to be avoided"


async def test_what_is_told_holds_when_it_is_told(tmp_path: Path) -> None:
    await _generate(tmp_path)
    lives, sessions = _read(tmp_path)
    hows: set[str] = set()
    for session in sessions:
        life = lives[session.person_id]
        for telling in session.tellings:
            hows.add(telling.how)
            if telling.how != "seems":
                assert all(life.fact(one).holds_on(session.day) == (telling.how != "ended") for one in telling.of)
    assert hows >= {"is", "became", "seems"}


async def test_some_sessions_fall_into_trips_and_the_right_city_is_then_the_one_visited(tmp_path: Path) -> None:
    await _generate(tmp_path, PLAN.model_copy(update={"people": 8, "sessions": 20}))
    _, sessions = _read(tmp_path)
    away = [need for s in sessions if s.query for need in s.query.needs if need.path == "situation.location"]
    assert away


async def test_a_wish_made_on_a_visit_is_for_a_day_of_the_visit(tmp_path: Path) -> None:
    await _generate(tmp_path, Plan(people=12, sessions=20, seed=11))
    lives, sessions = _read(tmp_path)
    days: list[bool] = []
    for session in sessions:
        query = session.query
        if query is None or "day" not in query.given:
            continue
        wanted = date.fromisoformat(str(query.given["day"]))
        for need in query.needs:
            if need.path == "situation.location":
                days.append(session.day < wanted and lives[session.person_id].fact(need.fact).holds_on(wanted))
    assert len(days) > 3
    assert all(days)


async def test_what_does_not_hold_is_taken_out_with_its_reason(tmp_path: Path) -> None:
    await _generate(tmp_path)
    lives, sessions = _read(tmp_path)
    session = next(s for s in sessions if s.query is not None and any(n.parameter == "city" for n in s.query.needs))
    life, query = lives[session.person_id], session.query
    assert query is not None
    city = next(str(need.value) for need in query.needs if need.parameter == "city")

    def reasons(*changed: Planned) -> list[str]:
        rejected: list[Rejected] = []
        assert all(one.query is None for one in list(filtered(life, changed, rejected))[-1:])
        return [one.reason for one in rejected]

    def with_query(**update: object) -> Planned:
        return session.model_copy(update={"query": query.model_copy(update=update)})

    assert reasons(with_query(neutral=f"{query.neutral} In {city}.")) == ["leak"]
    assert reasons(with_query(neutral="")) == ["unwritten"]
    assert reasons(with_query(scene="a_walk_on_the_moon")) == ["schema"]
    other = tuple(need.model_copy(update={"value": "Atlantis"}) for need in query.needs)
    assert reasons(with_query(needs=other)) == ["contradiction"]
    calls = tuple(call.model_copy(update={"arguments": {**call.arguments, "city": "Atlantis"}}) for call in query.calls)
    assert reasons(with_query(calls=calls)) == ["contradiction"], "the gold calls do what the person does not need"
    for goal in (query.goal.where[:-1], ()):
        update = {"goal": query.goal.model_copy(update={"where": goal})}
        assert reasons(with_query(**update)) == ["contradiction"], "what is wrong would reach it"
    assert reasons(with_query(goal=query.goal.model_copy(update={"tool": "take_a_walk"}))) == ["unsolvable"]
    assert reasons(session, session) == ["near duplicate"]
    assert reasons(session.model_copy(update={"query": None, "unplayable": "closed"})) == ["unplayable"]


async def test_the_card_says_how_to_make_it_again_and_what_was_taken_out(tmp_path: Path) -> None:
    await _generate(tmp_path)
    card = (tmp_path / CARD).read_text("utf-8")
    assert "personabench generate --people 3 --sessions 12 --scenes 20 --seed 7 --out DIR" in card
    assert "scripted-2" in card
    assert str(tmp_path) not in card


@pytest.mark.parametrize(("option", "most"), [("people", 100_000), ("sessions", 1_000), ("scenes", 1_000)])
def test_more_than_can_be_generated_is_refused_in_a_line(tmp_path: Path, option: str, most: int) -> None:
    result = CliRunner().invoke(app, ["generate", f"--{option}", str(most + 1), "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr == f"error: --{option} {most + 1}: Input should be less than or equal to {most}\n"
