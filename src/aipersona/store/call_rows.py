"""The calls of models that revisions hold, added up by the database: no revision is read for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from aipersona.store import tables as t
from aipersona.store.protocol import CallSum

DAY = len("2026-03-01")


def calls(connection: sa.Connection, tenant: str, since: date | None, until: date | None) -> list[CallSum]:
    """The calls of a tenant's revisions, by day and model."""
    each = (_postgresql if connection.dialect.name == "postgresql" else _sqlite)().where(t.revisions.c.tenant == tenant)
    row = each.subquery("each_call").c
    days = sa.func.substr(row.at, 1, DAY)
    by_day = sa.select(days.label("day"), row.model, row.tokens_in, row.tokens_out)
    if since is not None:
        by_day = by_day.where(days >= since.isoformat())
    if until is not None:
        by_day = by_day.where(days <= until.isoformat())
    one = by_day.subquery("one").c
    found = connection.execute(
        sa.select(one.day, one.model, sa.func.count(), sa.func.sum(one.tokens_in), sa.func.sum(one.tokens_out))
        .group_by(one.day, one.model)
        .order_by(one.day, one.model)
    )
    return [CallSum(date.fromisoformat(row[0]), row[1], row[2], row[3], row[4]) for row in found]


def _sqlite() -> sa.Select[Any, Any, Any, Any]:
    """Each call: when its revision was made, its model and its tokens."""
    body = t.revisions.c.body
    call = sa.func.json_each(body, "$.calls").table_valued("value", name="call")
    model, *tokens = (
        sa.func.json_extract(call.c.value, f"$.{name}") for name in ("model", "prompt_tokens", "completion_tokens")
    )
    return _each(call, sa.func.json_extract(body, "$.at"), model, *tokens)


def _postgresql() -> sa.Select[Any, Any, Any, Any]:
    """The same."""
    body = sa.cast(t.revisions.c.body, sa.JSON)
    call = sa.func.json_array_elements(body["calls"]).table_valued(sa.column("value", sa.JSON), name="call")
    value = call.c.value
    tokens = (value[name].as_integer() for name in ("prompt_tokens", "completion_tokens"))
    return _each(call, body["at"].as_string(), value["model"].as_string(), *tokens)


def _each(
    call: sa.TableValuedAlias, at: Any, model: Any, tokens_in: Any, tokens_out: Any
) -> sa.Select[Any, Any, Any, Any]:
    return sa.select(
        at.label("at"), model.label("model"), tokens_in.label("tokens_in"), tokens_out.label("tokens_out")
    ).select_from(t.revisions.join(call, sa.true()))
