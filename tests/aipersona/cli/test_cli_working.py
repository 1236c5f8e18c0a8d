"""`aipersona worker` and `aipersona work`."""

from __future__ import annotations

import signal

import pytest

from tests.aipersona.cli.shell import STORY, Shell
from tests.aipersona.cli.stub_openai import Stub

PLAIN = {"AIPERSONA_NIGHTLY": "false", "AIPERSONA_IDLE_MINUTES": "0.0001"}


@pytest.fixture
def refused(shell: Shell, stub: Stub) -> Shell:
    """A shell after alice's five sessions were stored, while the model refuses its key."""
    stub.statuses[1] = 401
    assert shell.run("learn", shell.write(*STORY), "--user", "alice").code == 1
    assert stub.arrived.get(timeout=60) == 1
    return shell


def worked(shell: Shell, stub: Stub, *drafts: int) -> str:
    """What a worker says that is stopped after it asked for these drafts."""
    with shell.start("worker", **PLAIN) as process:
        assert [stub.arrived.get(timeout=60) for _ in drafts] == list(drafts)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, b"")
    return err.decode()


def test_a_worker_learns_until_it_is_stopped_and_what_failed_is_listed_and_retried(refused: Shell, stub: Stub) -> None:
    assert "1 user due\n  tenant   user\n  default  alice\n" in refused.ok("work").out
    said = worked(refused, stub, 1)
    assert "stopped; 0 sessions learned in 0 revisions, 0 users consolidated, 1 failure, 1 given up" in said
    listed = refused.ok("work").out
    assert "nobody is due\ngiven up\n  tenant   user   work   error          tries  last" in listed
    assert "  default  alice  learn  model_refused  1      20" in listed
    (failure,) = refused.ok("work", "--json").json["failures"]
    assert (failure["user_id"], failure["error"], failure["again_at"]) == ("alice", "model_refused", None)
    assert refused.ok("work", "retry", "bob").out == "0 failures will be tried again\n"
    assert refused.ok("work", "retry", "--json").json == {"retried": 1}
    stub.statuses.clear()
    said = worked(refused, stub, 1, 2)
    assert "stopped; 5 sessions learned in 2 revisions" in said
    assert "vegetarian" not in said
    assert len(refused.revisions("alice")) == 2
    assert refused.ok("work", "--json").json == {"due": [], "failures": []}


def test_a_worker_without_a_model_says_so(bare: Shell) -> None:
    done = bare.run("worker")
    assert done.code == 1
    assert done.err.startswith("error: no model is named")
