"""The errors of personabench: every one names what it is about and what can be done."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path


class BenchError(Exception):
    """Anything that stops a measurement and is not a defect of personabench itself.

    It can be raised in another process than the one that reports it.
    """

    def __reduce__(self) -> tuple[Callable[..., BenchError], tuple[object, ...]]:
        return _as_it_was, (type(self), self.args, self.__dict__)


def _as_it_was(kind: type[BenchError], args: tuple[object, ...], state: dict[str, object]) -> BenchError:
    """An error made again without its own arguments, which its message was made from."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class BrokenDataset(BenchError):
    """A file of a data set that is missing or not as published."""

    def __init__(self, path: Path, cause: str, *, line: int | None = None) -> None:
        self.path, self.line = path, line
        super().__init__(f"{path}{f':{line}' if line else ''}: {cause}")


class UnknownDataset(BenchError):
    """A data set that there is no reader for."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("data set", name, known))


class UnknownSystem(BenchError):
    """A system that there is no adapter for."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("system", name, known))


class UnknownWorld(BenchError):
    """A world that is not in the catalogue."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("world", name, known))


class UnknownTool(BenchError):
    """A tool that none of the opened worlds has."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("tool", name, known))


class BrokenWorld(BenchError):
    """A world file that is missing or says what no world can begin with."""

    def __init__(self, path: Path, cause: str, *, line: int | None = None) -> None:
        self.path, self.line = path, line
        super().__init__(f"{path}{f':{line}' if line else ''}: {cause}")


class MissingExtra(BenchError):
    """What was asked for needs a package that an extra of aipersona brings."""

    def __init__(self, what: str, package: str, extra: str) -> None:
        super().__init__(f"{what} needs {package}: pip install 'aipersona[{extra}]'")


class ModelDown(BenchError):
    """The model cannot be reached: the run stops, and goes on with the same command once it can."""


class OtherRun(BenchError):
    """The folder of results holds a run with other arguments, or another process is writing to it."""


class BrokenResults(BenchError):
    """A folder of results that is not as it was written."""

    def __init__(self, path: Path, cause: str, *, line: int | None = None) -> None:
        self.path, self.line = path, line
        super().__init__(f"{path}{f':{line}' if line else ''}: {cause}")


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"unknown {what} {name!r}; {hint}known: {', '.join(names)}"
