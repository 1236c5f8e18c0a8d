"""Do facts that no field fits end in a learned one, and the same thing told twice in one field? 64 facts of our own.

Every fact is told in a short session among other talk, 34 of them a second time in other words; with them come things
that must not be learned: of other people, supposed, quoted. `--drafts gold` measures the gate alone: a scripted drafter
proposes each, under another path the second time. `--drafts words` measures what forms for small models get from the
words where the model fills in nothing. With a model, whatever it proposes goes the same way. `--consolidate` merges
afterwards what consolidation finds to be one, and tells users of their own of different things that are near.

    python -m benchmarks.learned_fields --drafts gold --verbose
    python -m benchmarks.learned_fields --model local
    python -m benchmarks.learned_fields --apart
    python -m benchmarks.learned_fields --drafts gold --set later --consolidate --embedder local
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipersona import AIPersona
from aipersona.optimizer.draft import Drafter, ScriptedFunction
from aipersona.optimizer.slots_strategy import SlotsDrafter
from aipersona.settings import Settings
from benchmarks.learned_fields.apart import apart
from benchmarks.learned_fields.consolidated import Consolidated, consolidated, consolidation_lines
from benchmarks.learned_fields.outcomes import Outcome, interval, lost_for, merged, outcomes, pairs
from benchmarks.learned_fields.telling import (
    GoldDrafter,
    NothingFilled,
    Telling,
    near_tellings,
    read_facts,
    tellings,
)

SETS = ("facts", "kept_aside", "later")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The command line; without a model the drafts are gold, or of the words alone."""

    drafts: str | None
    model: str | None
    base_url: str | None
    strategy: str
    every: int
    facts: int | None
    set: str
    apart: bool
    verbose: bool
    consolidate: bool = False
    says_same: bool = False
    embedder: str = "none"


async def learn(asked: Asked, told: Sequence[Telling]) -> tuple[list[Outcome], GoldDrafter]:
    """Learn the sessions of all users into a store in memory, and read what became of them.

    The drafter of gold drafts is given back in any case, with what it was shown.
    """
    gold = GoldDrafter({telling.session.session_id: telling.told for telling in told})
    async with engine(asked, gold) as ai:
        await _tell(ai, asked, told)
        return await outcomes(ai, told), gold


async def learn_and_consolidate(asked: Asked, told: Sequence[Telling], near: Sequence[Telling]) -> Consolidated:
    """The same, with different things that are near told to users of their own; then consolidate what was learned."""
    everything = (*told, *near)
    gold = GoldDrafter({telling.session.session_id: telling.told for telling in everything})
    async with engine(asked, gold) as ai:
        await _tell(ai, asked, everything)
        return await consolidated(ai, told, near, says_same=asked.says_same)


def engine(asked: Asked, gold: GoldDrafter) -> AIPersona:
    """A store in memory, and the drafts that were asked for."""
    given = {"base_url": asked.base_url, "strategy": asked.strategy, "embedder": asked.embedder}
    drafter: Drafter | ScriptedFunction | None = None
    if asked.drafts == "gold":
        drafter = gold
    elif asked.drafts == "words":
        drafter = SlotsDrafter(NothingFilled())
    return AIPersona(":memory:", model=asked.model, drafter=drafter, settings=Settings.model_validate(given))


async def _tell(ai: AIPersona, asked: Asked, told: Sequence[Telling]) -> None:
    for telling in told:
        await ai.observe(telling.session)
    for user in dict.fromkeys(telling.user for telling in told):
        await ai.learn(user, every=asked.every)


def first(told: Sequence[Telling], facts: int | None) -> list[Telling]:
    """The tellings of the first facts, so many in all, the same number of each user's, and everything that is none."""
    users = list(dict.fromkeys(telling.user for telling in told))
    each = dict.fromkeys(users, 0)
    kept: set[tuple[str, str]] = set()
    for telling in told:
        if (
            telling.fact is not None
            and telling.time == 1
            and (facts is None or each[telling.user] < facts / len(users))
        ):
            each[telling.user] += 1
            kept.add((telling.user, telling.fact))
    return [one for one in told if one.fact is None or (one.user, one.fact) in kept]


def table(found: Sequence[Outcome]) -> Iterator[str]:
    """Shares by language: of tellings for what became of them, of pairs, of what must not be learned."""
    yield "| facts told | n | learned, right | learned, wrong value | in a schema field | lost |"
    yield "|---|---|---|---|---|---|"
    groups = {"English": ("en",), "Chinese": ("zh",), "all": ("en", "zh")}
    for title, languages in groups.items():
        for time, when in ((1, "first"), (2, "again")):
            those = [o for o in found if o.telling.fact is not None and o.telling.language in languages]
            those = [o for o in those if o.telling.time == time]
            cells = [_share(sum(o.became == b for o in those), len(those)) for b in _COLUMNS]
            yield f"| {title}, {when} | {len(those)} | {' | '.join(cells)} |"


_COLUMNS = ("learned", "wrong value", "schema", "lost")


def _share(count: int, of: int) -> str:
    return f"{count} ({count / of:.0%})" if of else "none"


def _shown(count: int, of: int) -> str:
    low, high = interval(count, of)
    return f"{count} of {of}" + (f" ({count / of:.1%}, 95 % {low:.1%} to {high:.1%})" if of else "")


def lines(found: Sequence[Outcome]) -> Iterator[str]:
    """What the table does not show."""
    facts = [one for one in found if one.telling.fact is not None]
    others = [one for one in found if one.telling.fact is None]
    both, wrong = pairs(found), merged(found)
    yield f"in a learned field with the right value: {_shown(sum(o.became == 'learned' for o in facts), len(facts))}"
    reasons = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in lost_for(found).most_common())
    yield f"lost for: {reasons or 'nothing is lost'}"
    yield f"must not be learned, learned: {_shown(sum(bool(o.learned) for o in others), len(others))}"
    yield f"told twice and learned twice, in two fields: {_shown(sum(pair.split for pair in both), len(both))}"
    fields = len({(o.telling.user, o.path) for o in facts if o.became == "learned"})
    yield f"fields that hold different things: {len(wrong)} of {fields}"
    more = sum(len(o.learned) for o in facts) - sum(o.became == "learned" for o in facts)
    yield f"other values in learned fields: {more}"


def shown_again(found: Sequence[Outcome], gold: GoldDrafter) -> str:
    """At how many second tellings a model would have been shown the field of the first."""
    paths = {(o.telling.user, o.telling.fact): o.path for o in found if o.telling.time == 1 and o.became == "learned"}
    again = [o.telling for o in found if o.telling.time == 2 and (o.telling.user, o.telling.fact) in paths]
    shown = sum(paths[one.user, one.fact] in gold.shown[one.session.session_id] for one in again)
    return f"second tellings with which the field of the first is shown to a model: {_shown(shown, len(again))}"


def details(found: Sequence[Outcome]) -> Iterator[str]:
    """Everything that went wrong, one a line."""
    for one in found:
        who = f"{one.telling.user}, {one.telling.name}, {one.telling.time}"
        values = "; ".join(f"{path} = {value}" for path, value in one.learned)
        if one.telling.fact is None and one.learned:
            yield f"learned, but must not be: {who}: {values}"
        elif one.telling.fact is not None and one.became != "learned":
            yield f"{one.became}: {who}: {one.path or ', '.join(one.reasons) or 'not proposed'} {values}"
        elif one.telling.fact is not None and len(one.learned) > 1:
            yield f"more than one: {who}: {values}"
    yield from (f"split: {pair.user}, {pair.fact}: {' / '.join(pair.paths)}" for pair in pairs(found) if pair.split)
    yield from (f"different things in one: {user}, {path}: {', '.join(facts)}" for user, path, facts in merged(found))


def asked_for() -> Asked:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--drafts", choices=["gold", "words"], help="what facts.yaml says, or what the words say")
    what.add_argument("--apart", action="store_true", help="every fact of all files told after every other (minutes)")
    what.add_argument("--model", help="local, or a provider's, such as openai:gpt-5-mini")
    parser.add_argument("--base-url", help="an OpenAI-compatible server to ask")
    parser.add_argument("--strategy", choices=["auto", "edits", "slots"], default="auto")
    parser.add_argument("--every", type=int, default=3, help="sessions per update")
    parser.add_argument("--facts", type=int, help="only so many facts")
    parser.add_argument("--set", choices=SETS, default="facts", help="which YAML file")
    parser.add_argument("--consolidate", action="store_true", help="what consolidation makes of it, instead")
    parser.add_argument("--says-same", action="store_true", help="and a scripted model says that all these are one")
    parser.add_argument("--embedder", default="none", help="by which consolidation compares meanings: none, local")
    parser.add_argument("--verbose", action="store_true", help="list what went wrong")
    given = parser.parse_args()
    return Asked(
        drafts=given.drafts,
        model=given.model,
        base_url=given.base_url,
        strategy=given.strategy,
        every=given.every,
        facts=given.facts,
        set=given.set,
        apart=given.apart,
        consolidate=given.consolidate,
        says_same=given.says_same,
        embedder=given.embedder,
        verbose=given.verbose,
    )


def main() -> None:
    asked = asked_for()
    if asked.apart:
        both = apart([read_facts(name) for name in SETS])
        print(f"different things told one after the other, in one field: {_shown(len(both.merged), both.pairs)}")
        print("\n".join(both.merged))
        return
    facts = read_facts(asked.set)
    told = first(list(tellings(facts)), asked.facts)
    if asked.consolidate:
        after = asyncio.run(learn_and_consolidate(asked, told, list(near_tellings(facts))))
        print("\n".join(consolidation_lines(after)))
        return
    found, gold = asyncio.run(learn(asked, told))
    print("\n".join((*table(found), "", *lines(found))))
    if gold.shown:
        print(shown_again(found, gold))
    if asked.verbose:
        print("\n" + "\n".join(details(found)))


if __name__ == "__main__":
    main()
