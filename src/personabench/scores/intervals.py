"""Means with intervals that know that the probes of one user are not independent: a bootstrap over users.

Users are drawn with replacement, with all their values; the mean of a draw is that of all its values. The interval is
the span between the 2.5th and the 97.5th percentile of the means of many draws. (Field and Welsh, Bootstrapping
clustered data, 2007.) With few users it is too narrow, and the note says so; with fewer than three there is none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 10_000
FEWEST_USERS = 3
FEW_USERS = 10
_AT_ONCE = 2_000_000
"""How many numbers one batch of draws may take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A 95 % interval, low <= high."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """The mean of n values of so many users, and its interval; mean None where n is 0; `note` is a caution."""

    n: int
    clusters: int
    mean: float | None
    interval: Interval | None
    note: str | None


def cluster_interval(values: Mapping[str, Sequence[float]], *, seed: int, draws: int = DRAWS) -> Estimate:
    """The mean over all values, by user, and its interval; users without values don't count.

    The same for the same values and seed, in whatever order users and their values come.
    """
    parts = {user: (math.fsum(of_user), len(of_user)) for user, of_user in values.items()}
    return cluster_share(parts, seed=seed, draws=draws)


def cluster_share(parts: Mapping[str, tuple[float, int]], *, seed: int, draws: int = DRAWS) -> Estimate:
    """The share that the parts of all users are of their wholes, by user (part, whole), and its interval.

    n is the sum of the wholes; users whose whole is 0 don't count.
    """
    users = sorted(user for user, (_, whole) in parts.items() if whole)
    sums = np.array([parts[user][0] for user in users], dtype=np.float64)
    sizes = np.array([parts[user][1] for user in users], dtype=np.float64)
    n = int(sizes.sum())
    mean = math.fsum(sums) / n if n else None
    if mean is None:
        return Estimate(n=0, clusters=0, mean=None, interval=None, note="nothing was scored")
    if len(users) < FEWEST_USERS:
        note = f"no interval: it takes {FEWEST_USERS} users, here are {len(users)}"
        return Estimate(n=n, clusters=len(users), mean=mean, interval=None, note=note)
    means = _draw_means(sums, sizes, np.random.default_rng(seed), draws)
    low, high = (float(edge) for edge in np.quantile(means, (0.025, 0.975)))
    note = f"{len(users)} users: the interval is rather too narrow" if len(users) < FEW_USERS else None
    # One rounding apart, where all values are the same.
    interval = Interval(low=min(low, mean), high=max(high, mean))
    return Estimate(n=n, clusters=len(users), mean=mean, interval=interval, note=note)


def paired_difference(
    one: Mapping[tuple[str, str], float], other: Mapping[tuple[str, str], float], *, seed: int, draws: int = DRAWS
) -> Estimate:
    """Mean and interval of one minus other, over the probes that both have; keys are user id and probe id."""
    values: dict[str, list[float]] = {}
    for key in sorted(one.keys() & other.keys()):
        values.setdefault(key[0], []).append(one[key] - other[key])
    return cluster_interval(values, seed=seed, draws=draws)


def _draw_means(sums: np.ndarray, sizes: np.ndarray, generator: np.random.Generator, draws: int) -> np.ndarray:
    """The mean of each draw of as many users as there are; in batches, so that memory does not grow with the users."""
    users = len(sums)
    batch = max(1, _AT_ONCE // users)
    parts: list[np.ndarray] = []
    for start in range(0, draws, batch):
        picked = generator.integers(0, users, size=(min(batch, draws - start), users))
        parts.append(sums[picked].sum(axis=1) / sizes[picked].sum(axis=1))
    return np.concatenate(parts)
