"""The folder of a generated benchmark: one file for each stage, which can be read, edited and taken up again.

    plan.json        what was asked for
    1-seeds.jsonl    who the people are to begin with, a line each
    2-people.jsonl   their dated lives, the hidden truth, a line each
    3-scenes.jsonl   their sessions before a word is written, a line each
    4-queries.jsonl  their sessions with words and wishes, a line for each session
    5-sessions.jsonl the same as far as it holds: the benchmark
    rejected.jsonl   what did not hold, and why
    coverage.md      who the people are, counted
    card.md          the data card
    stages.json      which file each stage was made from
    answers.db       what a model answered, where one writes, so that nothing is asked twice

A stage is made anew when what it reads has changed, by another plan or by hand; a file that was edited itself stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from personabench.errors import BrokenResults

PLAN = "plan.json"
SEEDS = "1-seeds.jsonl"
PEOPLE = "2-people.jsonl"
SCENES = "3-scenes.jsonl"
QUERIES = "4-queries.jsonl"
SESSIONS = "5-sessions.jsonl"
REJECTED = "rejected.jsonl"
COVERAGE = "coverage.md"
CARD = "card.md"
STAGES = "stages.json"
ANSWERS = "answers.db"

Item = TypeVar("Item", bound=BaseModel)


class Stages:
    """Which stages of a folder stand, by the digests of what they were made from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, str] = {}
        file = folder / STAGES
        if file.exists():
            try:
                self._made = {str(name): str(digest) for name, digest in json.loads(file.read_text("utf-8")).items()}
            except (ValueError, AttributeError):
                raise BrokenResults(file, "is not as written") from None

    def stands(self, name: str, reads: Sequence[str]) -> bool:
        """Whether a stage's file is there and was made from what it would read now."""
        return (self.folder / name).exists() and self._made.get(name) == self.digest(reads)

    def made(self, name: str, reads: Sequence[str]) -> None:
        """Take note of a stage that was just made."""
        self._made[name] = self.digest(reads)
        write_whole(self.folder / STAGES, json.dumps(self._made, indent=2, sort_keys=True) + "\n")

    def digest(self, reads: Sequence[str]) -> str:
        """SHA-256 of the files that a stage reads, one after the other."""
        found = hashlib.sha256()
        for name in reads:
            found.update(name.encode() + b"\0")
            found.update(hashlib.sha256((self.folder / name).read_bytes()).digest())
        return found.hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole or as it was."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, "utf-8")
    part.replace(path)


def write_items(path: Path, items: Iterable[BaseModel]) -> None:
    """Write a line for each item."""
    write_whole(path, "".join(line_of(item) for item in items))


def line_of(item: BaseModel) -> str:
    return item.model_dump_json(exclude_defaults=True) + "\n"


def read_items(path: Path, kind: type[Item]) -> list[Item]:
    """The items of a file.

    Raises: BrokenResults, with the line that is not one.
    """
    if not path.exists():
        raise BrokenResults(path, "is missing")
    items: list[Item] = []
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenResults(path, f"is not UTF-8 (byte {error.start})") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            items.append(kind.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise BrokenResults(path, f"{where + ': ' if where else ''}{first['msg']}", line=number) from None
    return items
