"""What a closed database of personas holds, and, where the data set has gold for it, how right that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from aipersona import AIPersona
from personabench.datasets import Person
from personabench.oracle.changes import judge_changes
from personabench.oracle.gold import read_gold
from personabench.oracle.held import score_held
from personabench.oracle.score import Count, score
from personabench.runs.records import FieldCount, FieldFigures, HeldFigures, PersonaFigures


async def persona_figures(database: Path, users: Sequence[str], person: Person) -> PersonaFigures:
    """The figures over all users that one person of a data set stands for, on the day of the last session or probe."""
    day = max([session.day for session in person.sessions] + [probe.day for probe in person.probes])
    claims = revisions = edits = 0
    rejected: Counter[str] = Counter()
    prompts: set[str] = set()
    async with AIPersona(database) as ai:
        for user in users:
            view = await ai.persona(user, as_of=day)
            log = await ai.log(user)
            claims += len(list(view.persona.all_holding(day)))
            revisions += len(log)
            edits += sum(len(revision.edits) for revision in log)
            rejected.update(one.reason for revision in log for one in revision.rejected)
            prompts.update(call.prompt for revision in log for call in revision.calls)
    return PersonaFigures(
        claims=claims,
        revisions=revisions,
        edits=edits,
        rejected=dict(sorted(rejected.items())),
        prompts=tuple(sorted(prompts)),
    )


async def field_figures(database: Path, user: str, person: Person, *, dataset: str, data: Path) -> FieldFigures | None:
    """A learned persona against the gold, field by field; None for a data set that says nothing of fields."""
    if dataset != "memora":
        return None
    sessions = {session.session_id for session in person.sessions}
    folder = _folder(data, person)
    found = await score(folder, database=database, user=user, sessions=sessions)
    return FieldFigures(
        ever={line.field.label: _plain(line.ever) for line in found.fields},
        end={line.field.label: _plain(line.end) for line in found.fields},
        dead=found.dead,
        gone=found.gone,
        without_memory=found.without_memory,
        written_without_memory=len(found.written_without_memory),
        changes=await judge_changes(folder, database=database, user=user, sessions=sessions),
    )


def held_figures(memories: Sequence[str], person: Person, *, dataset: str, data: Path) -> HeldFigures | None:
    """What memories hold of the gold; None for a data set that says nothing of values."""
    if dataset != "memora":
        return None
    folder = _folder(data, person)
    gold = read_gold(folder).within({session.session_id for session in person.sessions})
    return HeldFigures(**asdict(score_held(folder, gold, memories)))


def _folder(data: Path, person: Person) -> Path:
    """Where the gold of a person stands, below the data or there itself."""
    own = data / person.user_id
    return own if own.is_dir() else data


def _plain(count: Count) -> FieldCount:
    return FieldCount(gold=count.gold, learned=count.learned, right=count.right)
