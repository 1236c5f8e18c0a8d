"""A shell with an empty folder, and one whose model is a stub on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aipersona.cli.shell import STORY, Shell
from tests.aipersona.cli.stub_openai import Stub, serving


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell without a model and without a database."""
    for name in ("AIPERSONA_MODEL", "AIPERSONA_BASE_URL", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return Shell(tmp_path)


@pytest.fixture
def shell(bare: Shell, stub: Stub) -> Shell:
    """A shell with the stub as its model and without a database."""
    return Shell(bare.folder, ["--model", "openai:stub", "--base-url", stub.url])


@pytest.fixture
def learned(shell: Shell) -> Shell:
    """A shell after alice's five sessions were learned, two at a time."""
    shell.ok("learn", shell.write(*STORY), "--user", "alice", "--every", "2")
    return shell
