"""Made-up users of any size, the same every time: sessions of plain talk, and personas with many fields."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from aipersona import Session, Turn

SYLLABLES = [a + b for a in "bklmnprstv" for b in "aio"][:20]
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES[:12]]
"""4,800 words, used as often as words are: the n-th about 1/n as often as the first (Zipf)."""
WEIGHTS = [1 / (rank + 2.7) for rank in range(len(WORDS))]
START = datetime(2024, 1, 1, 9, tzinfo=UTC)


def sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, WEIGHTS, k=words)).capitalize() + "."


def sessions(user: str, count: int, turns: int, *, seed: int = 7, words: int = 18) -> Iterator[Session]:
    """`count` sessions of `turns` turns each, one an hour, of about `words` words a turn."""
    rng = random.Random(seed)
    for number in range(count):
        yield Session(
            user_id=user,
            session_id=f"{user}-{number:06}",
            started_at=START + timedelta(hours=number),
            turns=tuple(
                Turn(number=n, role="user" if n % 2 else "assistant", content=sentence(rng, words))
                for n in range(1, turns + 1)
            ),
        )
