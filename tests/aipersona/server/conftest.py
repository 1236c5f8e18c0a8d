"""A stub upstream and a server before it, for the tests of the proxy."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.aipersona.server.proxied import Served, answering, serving
from tests.aipersona.server.upstream import Stub


@pytest.fixture
def stub() -> Generator[Stub]:
    with answering() as made:
        yield made


@pytest.fixture
def served(stub: Stub) -> Generator[Served]:
    with serving(stub) as made:
        yield made
