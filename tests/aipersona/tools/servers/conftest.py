"""A town that speaks HTTP on the loopback, for all the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.aipersona.tools.servers.town import serving


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as url:
        yield url
