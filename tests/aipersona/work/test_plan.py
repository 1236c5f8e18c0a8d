"""When work is due, and when what failed is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from aipersona.errors import AIPersonaError, InvalidSchema, ModelRefused, ModelUnavailable, StoreUnavailable
from aipersona.settings import Settings
from aipersona.work import plan

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "began"),
    [
        (datetime(2026, 6, 1, 3, tzinfo=UTC), datetime(2026, 6, 1, 3, tzinfo=UTC)),
        (datetime(2026, 6, 1, 2, 59, tzinfo=UTC), datetime(2026, 5, 31, 3, tzinfo=UTC)),
        (NOON, datetime(2026, 6, 1, 3, tzinfo=UTC)),
        (datetime(2026, 6, 1, 1, tzinfo=timezone(timedelta(hours=9))), datetime(2026, 5, 31, 3, tzinfo=UTC)),
    ],
)
def test_a_night_begins_at_its_time_in_utc(now: datetime, began: datetime) -> None:
    assert plan.night(Settings(consolidate_at=time(3)), now) == began


def test_nobody_is_consolidated_by_day_or_where_it_is_switched_off() -> None:
    def kinds(now: datetime, *, nightly: bool = True) -> list[str]:
        return [rule.kind for rule in plan.rules(Settings(nightly=nightly), 3, now)]

    assert kinds(NOON) == ["learn"]
    assert kinds(NOON.replace(hour=4)) == ["learn", "consolidate"]
    assert kinds(NOON.replace(hour=4), nightly=False) == ["learn"]
    assert plan.rule_of("consolidate", Settings(), 3, NOON) is None


def test_a_user_is_idle_after_the_minutes_of_the_settings() -> None:
    rule = plan.learn_rule(Settings(idle_minutes=10), 5, NOON)
    assert (rule.every, rule.idle_since) == (5, NOON - timedelta(minutes=10))


def test_the_waits_triple_up_to_an_hour_and_end_after_so_many_tries() -> None:
    busy = ModelRefused("busy", answered=429)
    waits = [plan.again_at(busy, tries, 20, NOON) for tries in (*range(1, 8), 19)]
    assert [(wait - NOON).total_seconds() for wait in waits if wait] == [10, 30, 90, 270, 810, 2430, 3600, 3600]
    assert plan.again_at(busy, 20, 20, NOON) is None


@pytest.mark.parametrize(
    "error", [ModelRefused("key", answered=401), ModelUnavailable("none", passes=False), InvalidSchema("no")]
)
def test_what_trying_again_cannot_mend_is_not_tried_again(error: AIPersonaError) -> None:
    assert plan.again_at(error, 1, 5, NOON) is None


def test_an_error_is_named_without_what_it_says() -> None:
    assert plan.again_at(KeyError("alice lives in Lisbon"), 1, 5, NOON) is not None
    assert plan.code_of(KeyError("alice lives in Lisbon")) == "KeyError"
    assert plan.code_of(StoreUnavailable("locked")) == "store_unavailable"
