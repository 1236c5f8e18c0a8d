"""Readers of data sets: a directory in its published form goes in, people with sessions and probes come out.

    load("memora", Path("data/memora/weekly"))  ->  Dataset

A data set is one module here with `read(directory: Path) -> Dataset`, named in `READERS`.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from personabench.datasets.model import Dataset, GoldCall, Person, Probe, ProbeKind, Value
from personabench.errors import BrokenDataset, UnknownDataset

READERS = (
    "memora",
    "vehiclemembench",
    "realmem",
    "bfcl_memory",
    "longmemeval",
    "precisionmembench",
    "locomo",
    "halumem",
    "carmem",
    "beam",
    "personamem",
    "prefeval",
    "memdaily",
    "ai_persona",
    "use_gate",
)
"""The data sets that can be read, by the names of their modules."""


def load(name: str, directory: Path) -> Dataset:
    """Read a data set from a local directory.

    Raises: UnknownDataset; BrokenDataset naming the file and the cause.
    """
    if name not in READERS:
        raise UnknownDataset(name, READERS)
    if not directory.is_dir():
        raise BrokenDataset(directory, "is not a directory")
    return import_module(f"personabench.datasets.{name}").read(directory)


__all__ = ["READERS", "Dataset", "GoldCall", "Person", "Probe", "ProbeKind", "Value", "load"]
