"""Stages edited by hand: what cannot go on is named with its file, its person and what there is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from personabench.errors import BrokenResults
from personabench.generation.filtering import Rejected
from personabench.generation.generating import Generated, generate
from personabench.generation.plan import Plan
from personabench.generation.stages import PEOPLE, QUERIES, REJECTED, SCENES, SEEDS, SESSIONS, read_items
from personabench.generation.writers.scripted import ScriptedWriter
from personabench.generation.writing import Scripted

PLAN = Plan(people=2, sessions=5, seed=7)

pytestmark = pytest.mark.anyio


async def _generate(out: Path) -> Generated:
    return await generate(PLAN, out, Scripted(ScriptedWriter()))


@pytest.fixture(scope="module")
async def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made") / "b"
    await _generate(out)
    return out


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "b")


def edit(file: Path, place: str, value: object) -> None:
    """Put a value at a place of the first line of a stage: names and numbers with points between."""
    lines = file.read_text("utf-8").splitlines()
    first: Any = json.loads(lines[0])
    *way, last = (int(name) if name.isdigit() else name for name in place.split("."))
    inner = first
    for name in way:
        inner = inner[name]
    inner[last] = value
    file.write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n", "utf-8")


@pytest.mark.parametrize(
    ("stage", "place", "value", "named"),
    [
        (SEEDS, "country", "XX", "p0001: there is no country 'XX'; .*IT"),
        (SEEDS, "languages", ["xx"], "p0001: there is no language 'xx'"),
        (SEEDS, "languages", [], "p0001: speaks no language"),
        (SEEDS, "born", "2020-01-01", "p0001: is 5 on .*16 to 90"),
        (SEEDS, "person_id", "p0002", "'p0002' stands there twice"),
        (PEOPLE, "events.0.ended", ["f"], "p0001: this life has no 'f'"),
        (PEOPLE, "facts.1.fact_id", "p0001.f1", "'p0001.f1' stands there twice"),
        (SCENES, "sessions.0.scene", "gifts", "session 1: there is no scene 'gifts'; .*'gift'"),
        (SCENES, "sessions.0.tellings.0.of", ["f"], "session 1: this life has no 'f'"),
        (SCENES, "person_id", "p0003", "there is no person 'p0003'"),
        (QUERIES, "person_id", "p0003", "there is no person 'p0003'"),
        (QUERIES, "session_id", "p0001-s002", "'p0001-s002' stands there twice"),
        (SESSIONS, "query.scene", "gifts", "p0001-s001: there is no scene 'gifts'"),
    ],
)
async def test_what_the_next_stage_cannot_be_made_of_is_named(
    folder: Path, stage: str, place: str, value: object, named: str
) -> None:
    edit(folder / stage, place, value)
    with pytest.raises(BrokenResults, match=rf"{stage}: .*{named}"):
        await _generate(folder)


async def test_a_person_whose_scenes_were_deleted_is_named(folder: Path) -> None:
    lines = (folder / SCENES).read_text("utf-8").splitlines()
    (folder / SCENES).write_text(lines[0] + "\n", "utf-8")
    with pytest.raises(BrokenResults, match="p0002: has no line"):
        await _generate(folder)


async def test_a_wish_in_a_world_that_is_none_is_taken_out_like_any_that_does_not_hold(folder: Path) -> None:
    edit(folder / QUERIES, "query.worlds", ["moon"])
    assert (await _generate(folder)).rejected == {"schema": 1}
    assert "there is no world 'moon'" in read_items(folder / REJECTED, Rejected)[0].detail
