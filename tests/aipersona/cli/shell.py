"""Running the command line in tests: in this process, or in one of its own; and the session files that it reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from aipersona.cli.app import app
from tests.aipersona.processes import running

BEFORE_MAIN = "import sys; from aipersona.cli import main; sys.argv[0] = 'aipersona'; {}; main()"


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Shell:
    """A folder with a database in it, and commands that use it; `before` are options that stand before each one."""

    folder: Path
    before: list[str] = field(default_factory=list[str])

    @property
    def database(self) -> Path:
        return self.folder / "people.db"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AIPERSONA_DATABASE": str(self.database),
            "AIPERSONA_MODELS_DIR": str(self.folder / "models"),
            "AIPERSONA_EMBEDDER": "none",
            "NO_PROXY": "127.0.0.1",
        }

    def run(self, *arguments: str, input: str | None = None) -> Done:
        """A command in this process; an exception that would be a traceback is one here too."""
        result = CliRunner().invoke(app, [*self.before, *arguments], input=input, env=self.environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(code=result.exit_code, out=result.stdout, err=result.stderr)

    def ok(self, *arguments: str, input: str | None = None) -> Done:
        """A command that must end well."""
        done = self.run(*arguments, input=input)
        assert done.code == 0, done
        return done

    def start(
        self, *arguments: str, prepare: str = "pass", **more: str
    ) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """A command in a process of its own; `prepare` is Python that runs in it before."""
        command = [sys.executable, "-c", BEFORE_MAIN.format(prepare), *self.before, *arguments]
        return running(command, env={**_plain(os.environ), **self.environment, **more})

    def process(self, *arguments: str, prepare: str = "pass", **more: str) -> Done:
        """A command in a process of its own, waited for."""
        with self.start(*arguments, prepare=prepare, **more) as process:
            out, err = process.communicate(timeout=60)
        return Done(code=process.returncode, out=out.decode(), err=err.decode())

    def write(self, *lines: str, name: str = "sessions.jsonl", end: str = "\n") -> str:
        """A file of these lines; its path."""
        path = self.folder / name
        path.write_bytes(("\n".join(lines) + end).encode())
        return str(path)

    def sessions(self, user: str) -> int:
        """How many sessions of a user are stored."""
        found: Sequence[dict[str, Any]] = self.ok("users", "--json").json["users"] if self.database.exists() else []
        return next((one["sessions"] for one in found if one["user_id"] == user), 0)

    def revisions(self, user: str) -> list[dict[str, Any]]:
        """The revisions of a user."""
        return self.ok("log", user, "--json").json["revisions"]

    def persona(self, user: str, *how: str) -> dict[str, Any]:
        """The nested dictionary."""
        return self.ok("show", user, "--json", *how).json["persona"]


def _plain(environment: Any) -> dict[str, str]:
    """The environment without what would colour, widen or configure the output."""
    return {k: v for k, v in environment.items() if not k.startswith(("AIPERSONA_", "COLUMNS", "FORCE_", "NO_COLOR"))}


def session(session_id: str, day: str, *said: str, user: str = "alice", **more: object) -> str:
    """A line of a session file: the user's turns at ten o'clock of a day."""
    turns = [{"role": "user", "content": content} for content in said]
    at = day if "T" in day else f"{day}T10:00:00+00:00"
    whole = {"user_id": user, "session_id": session_id, "started_at": at, "turns": turns, **more}
    return json.dumps(whole, ensure_ascii=False)


STEAK = session("s1", "2026-01-05", "I eat steak every week, I love it.")
VEGETARIAN = session("s2", "2026-03-05", "I became vegetarian in February.")
LISBON = session("s3", "2026-03-05", "We moved to Lisbon last weekend!")
FRIEND = session("s4", "2026-03-06", "My friend Ana is vegan.", "I spent 4.50 EUR on coffee today.")
BOOKS = session("s5", "2026-03-07", "I spent 20 EUR on books today.")
BOB = session("b1", "2026-03-05", "I play padel a lot.", user="bob")
STORY = [STEAK, VEGETARIAN, LISBON, FRIEND, BOOKS, BOB]
"""Five sessions of alice, one of bob."""
