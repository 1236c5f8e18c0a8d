"""Usage: how often language models were asked to learn, with how many tokens, and what that costs.

Added up from the calls that revisions hold. What made no revision (a dry run, a chat, a draft that failed) is not in
it: the metrics count those too. Costs are in US dollars, by the list prices of the package genai-prices on the day of
the call, as if no provider had cached anything.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from aipersona.persona.revisions import Revision
from aipersona.store.protocol import CallSum

GroupT = TypeVar("GroupT", bound=Hashable)

Priced = tuple[CallSum, float | None]
"""Calls, and what they cost if that is known."""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Calls, their tokens, and their cost in US dollars: of those whose price is known, None where none is."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    unpriced: int = 0
    """Calls that are not in the cost: the price of their model is not known."""


@dataclass(frozen=True, kw_only=True)
class ModelSpent(Spent):
    model: str


@dataclass(frozen=True, kw_only=True)
class DaySpent(Spent):
    day: date


@dataclass(frozen=True, kw_only=True)
class RevisionSpent(Spent):
    revision: int
    at: datetime
    cause: str


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What learning from one user took: in all, by model, and by revision, those without calls left out."""

    user_id: str
    total: Spent
    by_model: tuple[ModelSpent, ...]
    by_revision: tuple[RevisionSpent, ...]


@dataclass(frozen=True, kw_only=True)
class TenantUsage:
    """What learning from all users of a tenant took: in all, by model, and by day."""

    tenant: str
    total: Spent
    by_model: tuple[ModelSpent, ...]
    by_day: tuple[DaySpent, ...]


def usage_of(user_id: str, revisions: Iterable[Revision]) -> Usage:
    """What the revisions of a user say."""
    rows: list[Priced] = []
    made: list[RevisionSpent] = []
    for revision in revisions:
        own = [
            priced(CallSum(revision.at.date(), call.model, 1, call.prompt_tokens, call.completion_tokens))
            for call in revision.calls
        ]
        if own:
            rows.extend(own)
            made.append(RevisionSpent(revision=revision.number, at=revision.at, cause=revision.cause, **_added(own)))
    return Usage(user_id=user_id, total=Spent(**_added(rows)), by_model=_by_model(rows), by_revision=tuple(made))


def usage_of_tenant(tenant: str, sums: Iterable[CallSum]) -> TenantUsage:
    """What the sums of a tenant say."""
    rows = [priced(one) for one in sums]
    days = _grouped((row[0].day, row) for row in rows)
    return TenantUsage(
        tenant=tenant,
        total=Spent(**_added(rows)),
        by_model=_by_model(rows),
        by_day=tuple(DaySpent(day=day, **_added(found)) for day, found in sorted(days.items())),
    )


def priced(calls: CallSum) -> Priced:
    """Calls with their cost in US dollars, each taken to be as long as the average one.

    A model has no price where the prices do not know its provider or its name, and one that runs here has none.
    """
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    provider, found, name = calls.model.partition(":")
    if not found:
        return calls, None
    noon = datetime.combine(calls.day, time(12), UTC)
    tokens_in, tokens_out = (
        max(1, round(tokens / calls.calls)) for tokens in (calls.prompt_tokens, calls.completion_tokens)
    )
    try:
        one = calc_price(
            Tokens(input_tokens=tokens_in, output_tokens=tokens_out),
            name,
            provider_id=provider,
            genai_request_timestamp=noon,
        )
    except LookupError:
        return calls, None
    cost_in = float(one.input_price) / tokens_in * calls.prompt_tokens
    return calls, cost_in + float(one.output_price) / tokens_out * calls.completion_tokens


def _added(rows: Iterable[Priced]) -> dict[str, Any]:
    """The fields of a Spent."""
    rows = list(rows)
    known = [cost for _, cost in rows if cost is not None]
    return {
        "calls": sum(one.calls for one, _ in rows),
        "prompt_tokens": sum(one.prompt_tokens for one, _ in rows),
        "completion_tokens": sum(one.completion_tokens for one, _ in rows),
        "cost": sum(known) if known else None,
        "unpriced": sum(one.calls for one, cost in rows if cost is None),
    }


def _by_model(rows: Iterable[Priced]) -> tuple[ModelSpent, ...]:
    groups = _grouped((row[0].model, row) for row in rows)
    return tuple(ModelSpent(model=model, **_added(found)) for model, found in sorted(groups.items()))


def _grouped(rows: Iterable[tuple[GroupT, Priced]]) -> dict[GroupT, list[Priced]]:
    groups: dict[GroupT, list[Priced]] = {}
    for group, row in rows:
        groups.setdefault(group, []).append(row)
    return groups
