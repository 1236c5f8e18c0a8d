"""How much of the words is a model's: what came back as it was is counted, however a run ended."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

from personabench.cli import app
from personabench.endpoint import Answers, Upstream, UpstreamDown
from personabench.errors import ModelDown
from personabench.generation.generating import Generated, generate
from personabench.generation.life import Life
from personabench.generation.plan import Plan
from personabench.generation.query import Planned
from personabench.generation.stages import CARD
from personabench.generation.worded import Worded, likeness
from personabench.generation.writers.model import ModelWriter
from personabench.generation.writers.scripted import ScriptedWriter
from personabench.generation.writers.scripted.days import day_forms
from personabench.generation.writing import Scripted
from tests.personabench.live.making import people

pytestmark = pytest.mark.anyio
PLAN = Plan(people=2, sessions=3, seed=7, writer="model parrot")
ASIDE = {
    "en": "As I was saying to a friend of mine only the other day, ",
    "zh": "前几天我跟一个朋友聊起来的时候正好说到这件事，",
}
RUBBISH = "{room}"


class Parrot:
    """A model that gives back what `say` makes of each text that it is shown: of its number, and whether it is new."""

    model = "parrot"

    def __init__(self, say: Callable[[int, str, bool], str], *, left: int | None = None) -> None:
        self._say, self.left, self.asked = say, left, 0

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if self.left == self.asked:
            raise UpstreamDown("gone")
        self.asked += 1
        prompt = body["messages"][0]["content"]
        shown = re.findall(r"^(\d+)\. (.*)$", prompt.partition("The messages:\n")[2], re.MULTILINE)
        texts = [self._say(int(number), text, "(Try" not in prompt) for number, text in shown]
        return {"choices": [{"message": {"content": json.dumps({"texts": texts})}}]}


def _aside(text: str) -> str:
    return ASIDE["zh" if re.search(r"[\u4e00-\u9fff]", text) else "en"] + text


def _mixed(number: int, text: str, new: bool) -> str:
    """The first text in other words, the second only when asked for again, the others as they were."""
    if number == 2 and new:
        return RUBBISH
    return _aside(text) if number == 1 else text


def _session() -> tuple[Life, Planned]:
    return next(
        (life, session)
        for life, sessions in people()
        for session in sessions
        if session.query is not None and session.query.needs and session.tellings and life.seed.written_in == "en"
    )


async def _worded(say: Callable[[int, str, bool], str]) -> tuple[Worded, Planned]:
    life, session = _session()
    written = await ModelWriter(Parrot(say), Answers(None)).write(life, session, Random(2))
    assert written.worded is not None
    return written.worded, written


def _phrases() -> int:
    """How many texts there are to write."""
    life, session = _session()
    drafted = Scripted(ScriptedWriter()).written(life, session, Random(2))
    assert drafted.query is not None
    return len(drafted.tellings) + 2 + 2 * len(drafted.query.needs)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I moved to Porto on 3 May, and I eat vegan now.", "same"),
        ("i moved to Porto  on 3 May and I eat vegan now", "same"),
        ("I've moved to Porto on 3 May, and I eat vegan now!", "nearly"),
        ("Porto is where I live since 3 May. I've gone vegan, too.", "own"),
    ],
)
def test_a_text_is_like_its_phrase_whatever_its_capitals_and_punctuation(text: str, found: str) -> None:
    assert likeness(text, "I moved to Porto on 3 May, and I eat vegan now.") == found


def test_chinese_is_compared_by_its_characters() -> None:
    assert likeness("我住在杭州,现在吃素。", "我住在杭州，现在吃素") == "same"
    assert likeness("杭州是我现在的家，我不吃肉了。", "我住在杭州，现在吃素") == "own"


async def test_a_model_that_gives_everything_back_wrote_nothing() -> None:
    worded, written = await _worded(lambda number, text, new: text)
    assert worded == Worded(same=_phrases())
    assert written.query is not None


async def test_what_is_in_other_words_nearly_as_it_was_and_of_no_use_is_told_apart() -> None:
    worded, _ = await _worded(lambda number, text, new: _aside(text))
    assert worded == Worded(own=_phrases())
    worded, _ = await _worded(lambda number, text, new: f"{text} ok" if len(text) > 60 else _aside(text))
    assert worded.nearly > 0
    assert worded.own == _phrases() - worded.nearly
    worded, written = await _worded(lambda number, text, new: RUBBISH)
    assert written.query is not None
    stay = 2 * len(written.query.needs)
    assert worded == Worded(kept=stay, lost=_phrases() - stay, again=_phrases())
    assert all(need.answer for need in written.query.needs)
    worded, _ = await _worded(lambda number, text, new: RUBBISH if number == 2 and new else text)
    assert worded == Worded(same=_phrases(), again=1)


async def _generate(out: Path, parrot: Parrot) -> Generated:
    return await generate(PLAN, out, ModelWriter(parrot, Answers(None)))


async def test_the_card_tells_how_much_the_model_wrote_also_of_what_was_written_before(tmp_path: Path) -> None:
    first = await _generate(tmp_path / "whole", Parrot(_mixed))
    worded = first.worded
    assert worded is not None
    assert worded.own > 0 < worded.same
    assert worded.again > 0
    card = (tmp_path / "whole" / CARD).read_text("utf-8")
    assert f"was shown {worded.texts} phrases" in card
    assert f"{worded.again} of them more than once" in card
    assert f"| in words of its own | {worded.own} | {worded.own / worded.texts:.1%} |" in card
    assert f"| as it was | {worded.same} |" in card
    assert await _generate(tmp_path / "whole", Parrot(_mixed, left=0)) == first, "nothing is written, and all counts"
    with pytest.raises(ModelDown):
        await _generate(tmp_path / "torn", Parrot(_mixed, left=7))
    assert await _generate(tmp_path / "torn", Parrot(_mixed)) == first
    assert (tmp_path / "torn" / CARD).read_text("utf-8") == card


async def test_where_no_model_writes_nothing_is_counted(tmp_path: Path) -> None:
    plan = PLAN.model_copy(update={"writer": "scripted"})
    assert (await generate(plan, tmp_path, Scripted(ScriptedWriter()))).worded is None
    assert "the model" not in (tmp_path / CARD).read_text("utf-8")


def test_the_command_says_how_much_the_model_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def opened(name: str, *, base_url: str | None = None) -> Generator[Upstream]:
        yield Parrot(lambda number, text, new: text)

    monkeypatch.setattr("personabench.runs.open_upstream", opened)
    given = ["generate", "--people", "1", "--sessions", "2", "--writer", "model", "--model", "parrot"]
    result = CliRunner().invoke(app, [*given, "--out", str(tmp_path)])
    assert result.exit_code == 0
    said = re.search(
        r"in the model's own words: 0 of (\d+) texts; nearly as they were 0, as they were (\d+)", result.stdout
    )
    assert said is not None
    assert said[1] == said[2] != "0"


@pytest.mark.parametrize(("other", "kept"), [(0, True), (1, False)])
async def test_the_day_of_a_wish_may_be_said_otherwise_but_is_no_other_day(other: int, kept: bool) -> None:
    life, session = next(
        (life, session)
        for life, sessions in people()
        for session in sessions
        if session.query is not None and "day" in session.query.given and life.seed.written_in == "en"
    )
    assert session.query is not None
    day = date.fromisoformat(str(session.query.given["day"]))
    american = life.seed.country == "US"
    ways = [way for some in day_forms(day, session.day, "en", american=american).values() for way in some]
    said = re.compile("|".join(map(re.escape, sorted(ways, key=len, reverse=True))))
    instead = day_forms(day + timedelta(days=other), session.day, "en", american=american)["noun"][-1]
    parrot = Parrot(lambda number, text, new: said.sub(instead, text))
    written = await ModelWriter(parrot, Answers(None)).write(life, session, Random(2))
    assert written.query is not None
    assert (instead in written.query.neutral) is kept
    assert bool(written.query.neutral) is kept, "what is asked for on another day than the gold's is not kept"
