"""The folder of results: one run each, appended to line by line, taken up where it was left.

    manifest.json   what was measured          answers.db   the model's answers, so that nothing is asked twice
    results.jsonl   a line for each probe      units/       what the systems keep, a folder for each unit
    units.jsonl     a line for each finished unit

A line is written whole or it is not there: what an interruption tore off is cut away when the folder is opened again.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from pydantic import ValidationError

from personabench.errors import BrokenResults, OtherRun
from personabench.runs.plan import Manifest
from personabench.runs.records import ProbeRecord, Record, RecordT, UnitRecord

MANIFEST = "manifest.json"
RESULTS = "results.jsonl"
UNITS = "units.jsonl"
ANSWERS = "answers.db"
LOCK = "run.lock"


class RunFolder:
    """The results of one run, and what of it is done. Open it with `open_folder`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._asked = {(line.system, line.user, line.probe) for line in read_lines(path / RESULTS, ProbeRecord)}
        self._finished = {(line.system, line.user) for line in read_lines(path / UNITS, UnitRecord)}

    def is_finished(self, system: str, user: str) -> bool:
        return (system, user) in self._finished

    def is_asked(self, system: str, user: str, probe: str) -> bool:
        return (system, user, probe) in self._asked

    def fresh_unit(self, system: str, user: str) -> tuple[Path, bool]:
        """An empty folder for a unit, and whether there was one already: half a state is no beginning."""
        folder = self.path / "units" / quote(system, safe="") / quote(user, safe="")
        was_there = folder.exists()
        if was_there:
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        return folder, was_there

    def add_probe(self, record: ProbeRecord) -> None:
        append_line(self.path / RESULTS, record)
        self._asked.add((record.system, record.user, record.probe))

    def add_unit(self, record: UnitRecord) -> None:
        append_line(self.path / UNITS, record)
        self._finished.add((record.system, record.user))


@contextmanager
def open_folder(path: Path, manifest: Manifest) -> Generator[RunFolder]:
    """Begin a run in a folder, or take up the one that is there; nobody else may write meanwhile.

    Raises: OtherRun where the folder holds another run, or another process writes; BrokenResults.
    """
    path.mkdir(parents=True, exist_ok=True)
    with locked(path):
        begun = path / MANIFEST
        if begun.exists():
            if differences := manifest.differences(read_manifest(path)):
                cause = "; ".join(f"now {difference}" for difference in differences)
                raise OtherRun(f"{path} holds a run with other arguments ({cause}): name another folder with --out")
        elif (path / RESULTS).exists():
            raise BrokenResults(begun, "is missing beside results")
        else:
            text = json.dumps(manifest.model_dump(mode="json"), indent=2, ensure_ascii=False)
            part = begun.with_suffix(".part")
            part.write_text(text + "\n", "utf-8")
            part.replace(begun)
        for name in (RESULTS, UNITS):
            cut_torn_line(path / name)
        yield RunFolder(path)


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold a lock that the operating system drops with the process."""
    lock = sqlite3.connect(path / LOCK, timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise OtherRun(f"another process is writing to {path}") from None
        yield
    finally:
        lock.close()


def read_manifest(path: Path) -> Manifest:
    """The manifest of a folder of results.

    Raises: BrokenResults.
    """
    file = path / MANIFEST
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise BrokenResults(file, "is missing: this is no folder of results") from None
    except ValidationError as error:
        raise BrokenResults(file, _cause(error)) from None


def read_lines(path: Path, kind: type[RecordT]) -> list[RecordT]:
    """The records of a file, none where it is not there yet; what stands after the last line end does not count.

    Raises: BrokenResults.
    """
    if not path.exists():
        return []
    records: list[RecordT] = []
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        try:
            records.append(kind.model_validate_json(line))
        except ValidationError as error:
            raise BrokenResults(path, _cause(error), line=number) from None
    return records


def append_line(path: Path, record: Record) -> None:
    """Write one record with a single call, so that other readers see it whole."""
    with path.open("ab", buffering=0) as file:
        file.write(record.model_dump_json(exclude_defaults=True).encode() + b"\n")


def cut_torn_line(path: Path) -> None:
    """Cut away what stands after the last line end."""
    if path.exists():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with path.open("r+b") as file:
                file.truncate(whole)


def _cause(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"is not as written: {where + ': ' if where else ''}{first['msg']}"
