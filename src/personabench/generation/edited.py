"""What a stage that was edited by hand must still be, for the next one to be made of it: names that are known, each
person once, facts that their lives have. Whatever is not, is named with its file, the person and what there is.

What a wish must be like is for the filter to see to, which takes out and counts.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from personabench.errors import BrokenResults
from personabench.generation.life import Life
from personabench.generation.material.countries import countries
from personabench.generation.outline import Outline
from personabench.generation.people.ages import BANDS, age_on
from personabench.generation.people.drawing import DRAWN_ON
from personabench.generation.people.start import is_language
from personabench.generation.query import Planned
from personabench.generation.scene import BY_NAME
from personabench.generation.seed import Seed
from personabench.generation.wishing import worlds_lack

YOUNGEST, OLDEST = BANDS[0][0], BANDS[-1][1]


def check_seeds(file: Path, seeds: Sequence[Seed]) -> None:
    """Raises: BrokenResults."""
    _once(file, (seed.person_id for seed in seeds))
    for seed in seeds:
        _known(file, seed.person_id, "country", seed.country, countries())
        age = age_on(DRAWN_ON, seed.born)
        if not YOUNGEST <= age <= OLDEST:
            raise BrokenResults(file, f"{seed.person_id}: is {age} on {DRAWN_ON}; {YOUNGEST} to {OLDEST} can be lived")
        if not seed.languages:
            raise BrokenResults(file, f"{seed.person_id}: speaks no language")
        for tag in seed.languages:
            if not is_language(tag):
                raise BrokenResults(file, f"{seed.person_id}: there is no language {tag!r}; languages are BCP 47 tags")


def check_lives(file: Path, lives: Sequence[Life]) -> None:
    """Raises: BrokenResults."""
    _once(file, (life.person_id for life in lives))
    for life in lives:
        _known(file, life.person_id, "country", life.seed.country, countries())
        facts = [fact.fact_id for fact in life.facts]
        _once(file, facts)
        named = [one for event in life.events for one in (*event.began, *event.ended)]
        _facts(file, life.person_id, [*named, *(fact.replaces for fact in life.facts if fact.replaces)], facts)


def check_outlines(file: Path, outlines: Sequence[Outline], lives: Sequence[Life]) -> None:
    """Raises: BrokenResults."""
    _once(file, (one.person_id for one in outlines))
    by_person = {one.person_id: one for one in outlines}
    _people(file, by_person, lives)
    for life in lives:
        if life.person_id not in by_person:
            raise BrokenResults(file, f"{life.person_id}: has no line")
        for session in by_person[life.person_id].sessions:
            who = f"{life.person_id}, session {session.number}"
            _known(file, who, "scene", session.scene, BY_NAME)
            _facts(file, who, [one for telling in session.tellings for one in telling.of], _ids(life))


def check_written(file: Path, sessions: Sequence[Planned], lives: Sequence[Life]) -> None:
    """Raises: BrokenResults."""
    _once(file, (session.session_id for session in sessions))
    _people(file, {session.person_id for session in sessions}, lives)


def check_sessions(file: Path, sessions: Sequence[Planned], lives: Sequence[Life]) -> None:
    """What is to be lived, which no filter goes over any more.

    Raises: BrokenResults.
    """
    check_written(file, sessions, lives)
    ids = {life.person_id: _ids(life) for life in lives}
    for session in sessions:
        told = [one for telling in session.tellings for one in telling.of]
        query = session.query
        if query is not None:
            _known(file, session.session_id, "scene", query.scene, BY_NAME)
            if (lacking := worlds_lack(query)) is not None:
                raise BrokenResults(file, f"{session.session_id}: {lacking}")
            told += [need.fact for need in query.needs]
        _facts(file, session.session_id, told, ids[session.person_id])


def _ids(life: Life) -> set[str]:
    return {fact.fact_id for fact in life.facts} | {seeming.seeming_id for seeming in life.seemings}


def _once(file: Path, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BrokenResults(file, f"{name!r} stands there twice")
        seen.add(name)


def _people(file: Path, named: Collection[str], lives: Sequence[Life]) -> None:
    known = {life.person_id for life in lives}
    for person in sorted(named):
        _known(file, person, "person", person, known)


def _facts(file: Path, who: str, named: Iterable[str], known: Collection[str]) -> None:
    for one in named:
        if one not in known:
            raise BrokenResults(file, f"{who}: this life has no {one!r}")


def _known(file: Path, who: str, what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise BrokenResults(file, f"{who}: there is no {what} {name!r}; {hint}there are: {', '.join(sorted(known))}")
