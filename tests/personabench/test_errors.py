"""The errors: what is raised in a worker is what its parent tells."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from personabench.errors import BenchError, BrokenWorld, MissingExtra, UnknownSystem


@pytest.mark.parametrize(
    "error",
    [
        BenchError("no setting is named"),
        BrokenWorld(Path("world.yaml"), "is missing", line=3),
        MissingExtra("the system 'mem0'", "mem0ai", "peers"),
        UnknownSystem("men0", ["mem0"]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_whole_out_of_another_process(error: BenchError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))
