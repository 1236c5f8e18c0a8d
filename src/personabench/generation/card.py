"""The data card of a generated benchmark: what is in it, how it was made, and what it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from aipersona import __version__
from personabench.generation.filtering import Rejected
from personabench.generation.life import Life
from personabench.generation.plan import FORMAT, Plan
from personabench.generation.query import Planned
from personabench.generation.worded import NEARLY, Worded, worded_in_all


def card(
    plan: Plan, writer: str, lives: Sequence[Life], sessions: Sequence[Planned], rejected: Sequence[Rejected]
) -> str:
    """The card as Markdown."""
    queries = [session.query for session in sessions if session.query is not None]
    facts = sum(len(life.facts) for life in lives)
    changes = sum(len(life.events) for life in lives)
    parts = [
        f"""# A PersonaBench of {plan.people} people

Made by personabench {__version__} (format {FORMAT}), writer `{writer}`, seed {plan.seed}. Every person is made up.

    personabench generate --people {plan.people} --sessions {plan.sessions} --scenes {plan.scenes} \
--seed {plan.seed}{_written_by(plan)} --out DIR

- {len(lives)} people between {plan.begins} and {plan.ends}; {len(sessions)} sessions, {len(queries)} with a wish.
- The hidden truth: {facts} dated facts, {changes} events that change them, and
  {sum(len(life.seemings) for life in lives)} things that only seem to.
- `2-people.jsonl` is the gold: what held when. `5-sessions.jsonl` is what the people say and want. Neither is to be
  shown to the system that is measured; the simulator says it, session by session.

Who the people are: `coverage.md`.
""",
        _table("What changes", "event", Counter(event.kind for life in lives for event in life.events)),
        _table("What only seems to", "kind", Counter(seeming.kind for life in lives for seeming in life.seemings)),
        _table("Scenes", "scene", Counter(query.scene for query in queries)),
        _table("What comes up by itself", "how", Counter(one.how for session in sessions for one in session.tellings)),
        _table("What must not be used", "why", Counter(avoid.why for query in queries for avoid in query.avoids)),
        _table("Taken out", "reason", Counter(one.reason for one in rejected)),
        _words(worded_in_all(session.worded for session in sessions)),
        """## What it is not

People here change more often than people do, tell what matters to them sooner, and live in a world that has what they
look for. The scripted writer has a limited number of phrasings for each thing, in English and Chinese; whoever's first
language is another one writes in English. Use it to compare systems with each other, not to say how well one would
know a real person.
""",
    ]
    return "\n".join(part for part in parts if part)


def _written_by(plan: Plan) -> str:
    """The options that name the writer; none for the scripted one."""
    writer, _, model = plan.writer.partition(" ")
    return f" --writer {writer} --model {model}" if model else ""


def _words(worded: Worded | None) -> str:
    """How much of what is said is a model's; nothing where none wrote."""
    if worded is None or not worded.texts:
        return ""
    came = (
        ("in words of its own", worded.own),
        ("nearly as it was", worded.nearly),
        ("as it was", worded.same),
        ("nothing of use came back: stays as it was", worded.kept),
        ("nothing of use came back: has no words and is taken out", worded.lost),
    )
    rows = "\n".join(f"| {what} | {number:,} | {number / worded.texts:.1%} |" for what, number in came)
    return f"""## How much of the words is the model's

The model was shown {worded.texts:,} phrases of the scripted writer and was to write each anew; it was asked for
{worded.again:,} of them more than once. Nearly as it was: alike by {NEARLY} of 100 (rapidfuzz's ratio); as it was: the
same but for capitals, spaces and punctuation. Counted before anything is taken out. Thanks, small talk and giving up
are the scripted writer's.

| what came of a phrase | number | share |
|---|---:|---:|
{rows}
"""


def _table(title: str, what: str, counts: Mapping[str, int]) -> str:
    rows = _rows(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return f"## {title}\n\n| {what} | number |\n|---|---:|\n{rows}\n" if counts else f"## {title}\n\nNothing.\n"


def _rows(items: Iterable[tuple[str, int]]) -> str:
    return "\n".join(f"| {name} | {number:,} |" for name, number in items)
