"""Lives that a judge looks at: what it says of them is in the report, and so is what it failed to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from personabench.live.engines import LocalEngine
from personabench.live.judges import judge_version
from personabench.live.plan import LivePlan, digest_of
from personabench.live.running import live, read_episodes
from personabench.live.scores import Lived
from personabench.live.tables import facts_of, tables_of
from personabench.report.table import Table
from tests.personabench.live.making import benchmark

pytestmark = pytest.mark.anyio
SETTINGS = ("none", "gold-drafts-k1")


class Judging:
    """A model that is content with every reply, and gives each profile the next of these texts."""

    model = "judging"

    def __init__(self, *similarities: str) -> None:
        self.similarities = list(similarities)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        text = '{"helpfulness": 8, "personalization": 6}'
        if body["response_format"]["json_schema"]["name"] == "similarity":
            text = self.similarities.pop(0)
        return {"choices": [{"message": {"content": text}}]}


def _similar(mark: int) -> str:
    return json.dumps({"consistency": mark, "restored": mark})


def _plan(**more: object) -> LivePlan:
    given = {"digest": digest_of(benchmark()), "settings": SETTINGS, "sessions": 3, "model": "local", **more}
    return LivePlan.model_validate(given)


async def _judged(out: Path, judge: Judging, plan: LivePlan) -> Lived:
    await live(plan, benchmark(), out, LocalEngine(), upstream=judge)
    _, episodes, people = read_episodes(out)
    return Lived(episodes=episodes, people=people)


def _table(plan: LivePlan, lived: Lived) -> Table:
    return next(table for table in tables_of(plan, lived) if table.title == "What the judge makes of it")


def _row(table: Table, setting: str) -> dict[str, str]:
    return next(dict(zip(table.columns, row, strict=True)) for row in table.rows if row[0] == setting)


async def test_the_report_tells_how_like_the_truth_profiles_are_judged_and_how_often_the_judge_failed(
    tmp_path: Path,
) -> None:
    judge = Judging(_similar(4), _similar(6), _similar(8), "rubbish")
    plan = _plan(judged=True)
    lived = await _judged(tmp_path, judge, plan)
    wishes = sum(one.scene is not None for one in lived.of("gold-drafts-k1"))
    similar = lived.similarity("gold-drafts-k1")
    assert (similar.mean, similar.clusters) == (6, 3)
    assert similar.interval is not None
    assert 4 <= similar.interval.low < 6 < similar.interval.high <= 8
    failed, share = lived.unjudged("gold-drafts-k1")
    assert (failed, share.n) == (1, wishes + 4)
    table = _table(plan, lived)
    learned, nothing = _row(table, "gold-drafts-k1"), _row(table, "none")
    assert learned["profile similarity"] == f"6.00 [{similar.interval.low:.2f}, {similar.interval.high:.2f}]"
    assert learned["judge failures"] == f"1 of {wishes + 4}"
    assert learned["their share"].startswith(f"{1 / (wishes + 4):.3f} [0.000, ")
    assert nothing["profile similarity"] == "–", "what keeps no fields has no profile"
    assert nothing["judge failures"] == f"0 of {wishes}"
    assert nothing["satisfaction"] == "7.00 [7.00, 7.00]"


async def test_who_judged_is_kept_with_what_was_judged_and_where_it_is_not_the_model_is_named(tmp_path: Path) -> None:
    plan = _plan(judged=True, settings=("none",), people=1)
    lived = await _judged(tmp_path, Judging(), plan)
    judge = f"judging {judge_version()}"
    assert [one.judge for one in lived.people] == [judge]
    assert f"judge: {judge}" in _table(plan, lived).notes
    assert ("judge", judge) in facts_of(plan, lived)
    older = replace(lived, people=[one.model_copy(update={"judge": None}) for one in lived.people])
    assert "judge: local" in _table(plan, older).notes


async def test_without_a_judge_nothing_in_the_report_speaks_of_one(tmp_path: Path) -> None:
    plan = _plan(settings=("none",), people=1)
    await live(plan, benchmark(), tmp_path, LocalEngine())
    _, episodes, people = read_episodes(tmp_path)
    assert people[0].judge is None
    lived = Lived(episodes=episodes, people=people)
    assert "judge" not in f"{facts_of(plan, lived)} {tables_of(plan, lived)}"
