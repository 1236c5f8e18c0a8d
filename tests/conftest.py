"""What every test shares: asyncio for the async ones, and property tests that draw the same examples each time.

`--hypothesis-profile=searching` draws many new ones.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

common = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same_every_time", common, derandomize=True, max_examples=40)
settings.register_profile("searching", common, max_examples=2000)
settings.load_profile("same_every_time")

os.environ["AIPERSONA_EMBEDDER"] = "none"  # only tests that name an embedder load one


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def ray_here() -> Generator[None]:
    """Ray on this machine, started once for all tests: it takes nine seconds and a gigabyte."""
    if find_spec("ray") is None:
        pytest.skip("ray is not installed (extra ray)")
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_ENABLE_UV_RUN_RUNTIME_ENV="0")
    ray: Any = import_module("ray")
    ray.init(address="local", num_cpus=2, log_to_driver=False, include_dashboard=False)
    yield
    ray.shutdown()


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tell at once why a test failed: a run that is cut off comes to no summary."""
    if report.failed and report.longrepr is not None:
        lines = report.longreprtext.splitlines()[-30:]
        print(f"\n{report.nodeid} failed at {report.when}:", *lines, sep="\n", file=sys.__stdout__, flush=True)
