"""The systems that can be measured, behind one small protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from aipersona import __version__
from personabench.errors import MissingExtra, UnknownSystem
from personabench.systems.protocol import (
    Embed,
    HoldsMemories,
    HoldsPersonas,
    ModelAccess,
    RanksSessions,
    Retrieved,
    Setting,
    System,
)

Need = Literal["model", "embedder"]
OURS = "aipersona"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Where a system's class is, which package's version tells what was measured, and what it cannot do without.

    `datasets` are those that it can be measured on; empty means all.
    """

    home: str
    package: str = OURS
    needs: tuple[Need, ...] = ()
    datasets: tuple[str, ...] = ()


SYSTEMS = {
    "aipersona": Entry(home="personabench.systems.ours:Learned", needs=("model",)),
    "aipersona-edits": Entry(home="personabench.systems.ours:LearnedByEdits", needs=("model",)),
    "aipersona-recall": Entry(home="personabench.systems.ours:Past"),
    "oracle": Entry(home="personabench.systems.ours:Oracle", datasets=("memora",)),
    "none": Entry(home="personabench.systems.baselines:Nothing"),
    "gold-memory": Entry(home="personabench.systems.baselines:GoldMemory", datasets=("vehiclemembench",)),
    "full-history": Entry(home="personabench.systems.baselines:FullHistory"),
    "bm25": Entry(home="personabench.systems.baselines:Words"),
    "embedding": Entry(home="personabench.systems.baselines:Vectors", needs=("embedder",)),
    "mem0": Entry(home="personabench.systems.mem0:Mem0", package="mem0ai", needs=("model", "embedder")),
    "langmem": Entry(home="personabench.systems.langmem:LangMem", package="langmem", needs=("model", "embedder")),
}
"""Names to the classes that are opened with a `Setting`."""


def entry_of(name: str) -> Entry:
    """What is known of a system before it is opened.

    Raises: UnknownSystem.
    """
    if name not in SYSTEMS:
        raise UnknownSystem(name, SYSTEMS)
    return SYSTEMS[name]


def version_of(name: str) -> str:
    """The version of the package that a system comes from, such as "mem0ai 2.2.1".

    Raises: UnknownSystem; MissingExtra where the package is not installed.
    """
    package = entry_of(name).package
    if package == OURS:
        return f"{OURS} {__version__}"
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        raise MissingExtra(f"the system {name!r}", package, "peers") from None


def opener(name: str) -> Callable[[Setting], System]:
    """What opens a system for one person.

    Raises: UnknownSystem.
    """
    module, _, attribute = entry_of(name).home.partition(":")
    found: Any = getattr(import_module(module), attribute)
    return found


__all__ = [
    "SYSTEMS",
    "Embed",
    "Entry",
    "HoldsMemories",
    "HoldsPersonas",
    "ModelAccess",
    "RanksSessions",
    "Retrieved",
    "Setting",
    "System",
    "entry_of",
    "opener",
    "version_of",
]
