"""What tools of servers are called in a chat: the server's name before the tool's, so that none stands for another."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from hashlib import sha256

LONGEST = 64
"""How long a name may be, for every provider of models."""

_OTHER = re.compile(r"[^A-Za-z0-9_-]")


def public_name(server: str, tool: str, taken: Collection[str]) -> str:
    """`server__tool` in letters that every provider takes; numbered where that is taken already."""
    plain = _OTHER.sub("_", f"{server}__{tool}")
    if len(plain) > LONGEST:
        plain = f"{plain[: LONGEST - 9]}_{sha256(f'{server}__{tool}'.encode()).hexdigest()[:8]}"
    return next(name for name in _numbered(plain) if name not in taken)


def _numbered(name: str) -> Iterable[str]:
    yield name
    number = 2
    while True:
        end = f"_{number}"
        yield f"{name[: LONGEST - len(end)]}{end}"
        number += 1
