"""When work is due, and when what failed is tried again: pure arithmetic over settings and moments.

Moments carry a time zone. In: the settings, a moment, what happened. Out: rules for the store, moments, None for never.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aipersona.errors import AIPersonaError
from aipersona.settings import Settings
from aipersona.store.work import ConsolidateRule, Kind, LearnRule, Rule

STALE = timedelta(days=28)
"""After so long a user is consolidated though nothing changed: inferences fade with time alone."""
NIGHT = timedelta(hours=4)
"""How long a night's consolidation goes on; whoever is left then comes first in the next."""
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)


def rules(settings: Settings, every: int, now: datetime) -> list[Rule]:
    """What makes users due, the more urgent kind first."""
    found: list[Rule] = [learn_rule(settings, every, now)]
    began = night(settings, now)
    if settings.nightly and now < began + NIGHT:
        found.append(ConsolidateRule(now=now, night=began, stale=now - STALE))
    return found


def learn_rule(settings: Settings, every: int, now: datetime) -> LearnRule:
    """What makes users due to be learned for."""
    return LearnRule(now=now, every=every, idle_since=idle_since(settings, now))


def rule_of(kind: Kind, settings: Settings, every: int, now: datetime) -> Rule | None:
    """What makes users due for one kind of work; None if this is not the time for it."""
    return next((rule for rule in rules(settings, every, now) if rule.kind == kind), None)


def idle_since(settings: Settings, now: datetime) -> datetime:
    """What has not grown since then is idle."""
    return now - timedelta(minutes=settings.idle_minutes)


def night(settings: Settings, now: datetime) -> datetime:
    """When the consolidation of the latest night began."""
    today = datetime.combine(now.astimezone(UTC), settings.consolidate_at.replace(tzinfo=None), UTC)
    return today if today <= now else today - timedelta(days=1)


def again_at(error: Exception, attempts: int, most: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` tries that failed, the last with this error; None: never by itself.

    The wait begins at ten seconds and triples up to an hour. What trying again cannot mend is not tried again; an error
    that is none of ours says nothing about that, and is.
    """
    passes = error.passes if isinstance(error, AIPersonaError) else True
    if not passes or attempts >= most:
        return None
    return now + min(LONGEST_WAIT, FIRST_WAIT * 3 ** (min(attempts, 10) - 1))


def code_of(error: BaseException) -> str:
    """A name for an error that shows nothing of what it says."""
    return error.code if isinstance(error, AIPersonaError) else type(error).__name__[:64]
