"""`aipersona serve` and other servers as processes of a measurement, which end with it."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx2

UNLIMITED = {"AIPERSONA_RATE_LIMIT": "10000000/minute"}


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def started(stack: ExitStack, *command: str, url: str, **environment: str) -> subprocess.Popen[bytes]:
    """A process of this Python that is ended with the stack; waits until it answers."""
    process = subprocess.Popen([sys.executable, *command], env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    for _ in range(600):
        try:
            httpx2.post(url, trust_env=False, timeout=5)
            return process
        except httpx2.TransportError:
            time.sleep(0.1)
    raise SystemExit("a server did not start")


def serving(stack: ExitStack, database: Path, *options: str, **environment: str) -> tuple[str, subprocess.Popen[bytes]]:
    """The address of `aipersona serve` on a database, and its process."""
    url = f"http://127.0.0.1:{free_port()}"
    command = ("-m", "aipersona.cli", "serve", "--port", url.rpartition(":")[2], *options)
    told = {"AIPERSONA_DATABASE": str(database), **UNLIMITED, **environment}
    return url, started(stack, *command, url=url, **told)


def resident(process: subprocess.Popen[bytes]) -> float:
    """MiB that a process holds in memory."""
    kilobytes = Path(f"/proc/{process.pid}/status").read_text().partition("VmRSS:")[2].split()[0]
    return int(kilobytes) / 1024


def percentile(values: Sequence[float], share: int) -> float:
    return statistics.quantiles(values, n=100)[share - 1]
