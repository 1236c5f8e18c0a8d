"""personabench generate: the five stages, each from the file of the one before.

In: a plan and a writer. Out: a folder (see `stages`), the same one for the same plan. What stands is kept; the fourth
stage, which may ask a model, goes on with the person that it was stopped at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from personabench.errors import OtherRun
from personabench.generation.card import card
from personabench.generation.edited import check_lives, check_outlines, check_seeds, check_sessions, check_written
from personabench.generation.filtering import Rejected, filtered
from personabench.generation.life import Life
from personabench.generation.material.countries import countries, proper
from personabench.generation.outline import Outline, outline
from personabench.generation.people import coverage, draw_seeds, live
from personabench.generation.plan import Plan
from personabench.generation.query import Planned
from personabench.generation.seed import Seed
from personabench.generation.stages import (
    ANSWERS,
    CARD,
    COVERAGE,
    PEOPLE,
    PLAN,
    QUERIES,
    REJECTED,
    SCENES,
    SEEDS,
    SESSIONS,
    Stages,
    line_of,
    read_items,
    write_items,
    write_whole,
)
from personabench.generation.wishing import Unplayable, wish
from personabench.generation.worded import Worded, worded_in_all
from personabench.generation.writers.scripted import free_texts
from personabench.generation.writing import SessionWriter

Progress = Callable[[int, int, str], None]
"""Called with people done, people in all, and the stage."""


@dataclass(frozen=True, kw_only=True)
class Generated:
    """How many sessions there are, how many of them with a wish, what was taken out, by reason, and what a model made
    of the words; None where none wrote them."""

    sessions: int
    wishes: int
    rejected: dict[str, int]
    worded: Worded | None = None


async def generate(
    plan: Plan, out: Path, writer: SessionWriter, *, progress: Progress = lambda done, total, what: None
) -> Generated:
    """Make what is not there yet.

    Raises: OtherRun where the folder holds another plan; BrokenResults for a file that was broken by hand; ModelDown.
    """
    _begin(plan, out)
    stages = Stages(out)
    if not stages.stands(SEEDS, [PLAN]):
        write_items(out / SEEDS, draw_seeds(plan.people, plan.seed))
        stages.made(SEEDS, [PLAN])
    seeds = read_items(out / SEEDS, Seed)
    check_seeds(out / SEEDS, seeds)
    write_whole(out / COVERAGE, coverage(seeds).as_markdown())
    if not stages.stands(PEOPLE, [PLAN, SEEDS]):
        write_items(
            out / PEOPLE, [live(seed, begins=plan.begins, ends=plan.ends, seed_number=plan.seed) for seed in seeds]
        )
        stages.made(PEOPLE, [PLAN, SEEDS])
    lives = read_items(out / PEOPLE, Life)
    check_lives(out / PEOPLE, lives)
    if not stages.stands(SCENES, [PLAN, PEOPLE]):
        write_items(out / SCENES, [outline(life, plan) for life in lives])
        stages.made(SCENES, [PLAN, PEOPLE])
    outlines = read_items(out / SCENES, Outline)
    check_outlines(out / SCENES, outlines, lives)
    if not stages.stands(QUERIES, [PLAN, PEOPLE, SCENES]):
        made_from = stages.digest([PLAN, PEOPLE, SCENES])
        await _write(plan, out, lives, outlines, writer, progress, made_from=made_from)
        stages.made(QUERIES, [PLAN, PEOPLE, SCENES])
    if not stages.stands(SESSIONS, [PEOPLE, QUERIES]):
        _filter(out, lives)
        stages.made(SESSIONS, [PEOPLE, QUERIES])
    sessions = read_items(out / SESSIONS, Planned)
    check_sessions(out / SESSIONS, sessions, lives)
    rejected = read_items(out / REJECTED, Rejected)
    write_whole(out / CARD, card(plan, writer.name, lives, sessions, rejected))
    return Generated(
        sessions=len(sessions),
        wishes=sum(session.query is not None for session in sessions),
        rejected=dict(Counter(one.reason for one in rejected)),
        worded=worded_in_all(session.worded for session in sessions),
    )


def _begin(plan: Plan, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    text = plan.model_dump_json(indent=2) + "\n"
    file = out / PLAN
    if file.exists() and file.read_text("utf-8") != text:
        raise OtherRun(f"{out} holds another plan ({PLAN}): name another folder with --out")
    if not file.exists():
        if any(not one.name.startswith(ANSWERS) for one in out.iterdir()):
            raise OtherRun(f"{out} is not empty and holds no {PLAN}: name another folder with --out")
        write_whole(file, text)


async def _write(
    plan: Plan,
    out: Path,
    lives: Sequence[Life],
    outlines: Sequence[Outline],
    writer: SessionWriter,
    progress: Progress,
    *,
    made_from: str,
) -> None:
    """Stage 4, person by person: a person whose sessions are all there is not written again, unless what they are
    written from was edited meanwhile."""
    by_person = {one.person_id: one for one in outlines}
    part = out / f"{QUERIES}.{made_from[:12]}.begun"
    done = _begun(part, by_person)
    with part.open("w", encoding="utf-8") as file:
        for number, life in enumerate(lives):
            progress(number, len(lives), "writing")
            sessions = done.get(life.person_id)
            if sessions is None:
                sessions = await _written(plan, life, by_person[life.person_id], writer)
            file.writelines(line_of(session) for session in sessions)
            file.flush()
    part.replace(out / QUERIES)


def _begun(part: Path, outlines: dict[str, Outline]) -> dict[str, list[Planned]]:
    """The people whose sessions an interrupted run had written to the last one, from what they are written from now."""
    for other in set(part.parent.glob(f"{QUERIES}.*begun")) - {part}:
        other.unlink()
    if not part.exists():
        return {}
    whole = part.read_text("utf-8").rpartition("\n")[0]
    part.write_text(whole + "\n", "utf-8")
    by_person: dict[str, list[Planned]] = {}
    for session in read_items(part, Planned):
        by_person.setdefault(session.person_id, []).append(session)
    return {
        person: sessions
        for person, sessions in by_person.items()
        if person in outlines and len(sessions) == len(outlines[person].sessions)
    }


async def _written(plan: Plan, life: Life, outlined: Outline, writer: SessionWriter) -> list[Planned]:
    texts = free_texts(life.seed.written_in)
    cities = proper(countries()[life.seed.country].cities, life.seed.written_in)
    written: list[Planned] = []
    for one in outlined.sessions:
        session = Planned(
            person_id=life.person_id,
            session_id=f"{life.person_id}-s{one.number:03}",
            number=one.number,
            at=one.at,
            tellings=one.tellings,
        )
        try:
            session = session.model_copy(update={"query": wish(life, one, plan, texts, cities)})
        except Unplayable as why:
            session = session.model_copy(update={"unplayable": str(why)})
        written.append(await writer.write(life, session, plan.dice(life.person_id, f"words {one.number}")))
    return written


def _filter(out: Path, lives: Sequence[Life]) -> None:
    sessions = read_items(out / QUERIES, Planned)
    check_written(out / QUERIES, sessions, lives)
    by_person: dict[str, list[Planned]] = {}
    for session in sessions:
        by_person.setdefault(session.person_id, []).append(session)
    rejected: list[Rejected] = []
    kept = [session for life in lives for session in filtered(life, by_person.get(life.person_id, []), rejected)]
    write_items(out / REJECTED, rejected)
    write_items(out / SESSIONS, kept)
