"""Processes in tests: none outlives its test, and none is waited for by a test that failed."""

from __future__ import annotations

import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager


@contextmanager
def running(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, given: bool = False
) -> Generator[subprocess.Popen[bytes]]:
    """A command with its output and errors in pipes, and its input too if it is `given` one.

    It is waited for at the end, and killed where the test fails before: it may run until it is told to end.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe if given else None, stdout=pipe, stderr=pipe, env=env) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise
