"""What consolidation makes of the facts that were learned twice, and of different things that are near."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipersona import AIPersona, SameField
from benchmarks.learned_fields.outcomes import Outcome, Pair, interval, merged, outcomes, pairs
from benchmarks.learned_fields.telling import Telling


@dataclass(frozen=True, kw_only=True)
class Consolidated:
    """What became of the tellings before and after; `newest` counts the facts of which the value told last holds."""

    before: tuple[Outcome, ...]
    after: tuple[Outcome, ...]
    near: tuple[Outcome, ...]
    newest: int
    joined: int


async def consolidated(
    ai: AIPersona, told: Sequence[Telling], near: Sequence[Telling], *, says_same: bool = False
) -> Consolidated:
    """Consolidate every user on the day of the last session.

    With `says_same` a scripted model says of everything that was told twice, and of all near things, that it is one.
    """
    before = await outcomes(ai, told)
    pairs_of: dict[str, list[SameField]] = {}
    if says_same:
        for pair in pairs(before):
            if pair.split:
                pairs_of.setdefault(pair.user, []).append(SameField(path=pair.paths[0], other=pair.paths[1]))
        by_user: dict[str, list[str]] = {}
        for one in await outcomes(ai, near):
            if one.path:
                by_user.setdefault(one.telling.user, []).append(one.path)
        pairs_of |= {user: [SameField(path=p[0], other=p[1])] for user, p in by_user.items() if len(p) == 2}
    for user in dict.fromkeys(telling.user for telling in (*told, *near)):
        said = pairs_of.get(user, [])
        await ai.consolidate(
            user,
            as_of=max(telling.session.day for telling in (*told, *near)),
            inferrer=(lambda _, said=said: said) if says_same else None,
        )
    after = await outcomes(ai, told)
    split = {(pair.user, pair.fact) for pair in pairs(before) if pair.split}
    joined = [pair for pair in pairs(after) if not pair.split and (pair.user, pair.fact) in split]
    last = {(one.telling.user, one.telling.fact): one for one in after if one.telling.time == 2}
    newest = [await _is_newest(ai, pair, last[pair.user, pair.fact]) for pair in joined]
    return Consolidated(
        before=tuple(before),
        after=tuple(after),
        near=tuple(await outcomes(ai, near)),
        newest=sum(newest),
        joined=len(joined),
    )


async def _is_newest(ai: AIPersona, pair: Pair, last: Outcome) -> bool:
    """Whether the one value that holds is the one told last, and the other one is kept."""
    view = (await ai.persona(pair.user)).persona
    holding = view.holding(pair.paths[0], max(claim.said_at.date() for claim in view.claims))
    told_in = {evidence.session_id for claim in holding for evidence in claim.evidence}
    return len(holding) == 1 and last.telling.session.session_id in told_in


def consolidation_lines(found: Consolidated) -> Iterator[str]:
    """Shares by language: split before and after; then what became one and is not."""
    for title, languages in {"English": ("en",), "Chinese": ("zh",), "all": ("en", "zh")}.items():
        before, after = (_split(each, languages) for each in (found.before, found.after))
        yield f"in two fields, {title}: {before} before, {after} after consolidation"
    yield f"of what became one, the value told last holds alone: {found.newest} of {found.joined}"
    wrong = merged(found.after)
    yield f"fields that hold different things after it: {len(wrong)} (before {len(merged(found.before))})"
    two = {one.telling.name for one in found.near if one.became != "learned"}
    yield (
        f"different things near to each other, in one field: "
        f"{_share(len(merged(found.near)), len({one.telling.name for one in found.near} - two))}"
    )
    yield from (f"  not learned both: {name}" for name in sorted(two))
    yield from (f"  different in one: {user}, {path}: {', '.join(facts)}" for user, path, facts in wrong)
    yield from (f"  different in one: {path}: {', '.join(facts)}" for _, path, facts in merged(found.near))
    yield from (f"  still split: {p.user}, {p.fact}: {' / '.join(p.paths)}" for p in pairs(found.after) if p.split)


def _split(found: Sequence[Outcome], languages: tuple[str, ...]) -> str:
    both = pairs([one for one in found if one.telling.language in languages])
    return _share(sum(pair.split for pair in both), len(both))


def _share(count: int, of: int) -> str:
    low, high = interval(count, of)
    return f"{count} of {of}" + (f" ({count / of:.1%}, 95 % {low:.1%} to {high:.1%})" if of else "")
