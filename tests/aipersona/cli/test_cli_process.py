"""What only a process of its own shows: signals, pipes, encodings, what is imported."""

from __future__ import annotations

import signal
import subprocess
import sys

import aipersona
from tests.aipersona.cli.shell import STORY, Shell
from tests.aipersona.cli.stub_openai import Stub

IMPORTED = "import atexit; atexit.register(lambda: print('IMPORTED', *sys.modules, file=sys.stderr))"


def test_ctrl_c_keeps_what_was_learned_and_the_same_command_goes_on(shell: Shell, stub: Stub) -> None:
    path = shell.write(*STORY)
    command = ("learn", path, "--user", "alice", "--every", "2")
    stub.held = 2
    with shell.start(*command) as process:
        assert [stub.arrived.get(timeout=60), stub.arrived.get(timeout=60)] == [1, 2]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    stub.release.set()
    assert process.returncode == 130
    assert out == b""
    said = "interrupted; 5 sessions stored, 2 of 5 pending ones learned: this is kept, and the same command goes on"
    assert said in err.decode()
    assert b"Traceback" not in err
    assert shell.sessions("alice") == 5
    assert len(shell.revisions("alice")) == 1
    assert "3 sessions learned in 2 revisions" in shell.ok(*command).out
    learned = [name for revision in shell.revisions("alice") for name in revision["session_ids"]]
    assert learned == ["s1", "s2", "s3", "s4", "s5"]


def test_ctrl_c_in_a_dry_run_stores_nothing(shell: Shell, stub: Stub) -> None:
    stub.held = 1
    with shell.start("learn", shell.write(*STORY), "--user", "alice", "--dry-run") as process:
        assert stub.arrived.get(timeout=60) == 1
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    stub.release.set()
    assert process.returncode == 130
    assert err == b"interrupted; nothing was stored\n"
    assert not shell.database.exists()


def test_a_reader_that_leaves_early_is_no_error(learned: Shell) -> None:
    for command in (["log", "alice"], ["export", "alice"]):
        with learned.start(*command) as process:
            assert process.stdout is not None
            process.stdout.close()
            assert process.stderr is not None
            assert process.stderr.read() == b""
            process.wait(60)


def test_a_full_output_is_an_error_in_one_line(learned: Shell) -> None:
    done = learned.process("export", "alice", prepare="sys.stdout = open('/dev/full', 'w')")
    assert done.code == 1
    assert done.err == "error: cannot write the output: No space left on device\n"


def test_a_terminal_without_unicode_gets_all_that_it_can_show(learned: Shell) -> None:
    learned.ok("set", "alice", "preferences.diet", "素食")
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert "\\u7d20\\u98df" in learned.process("show", "alice", **plain).out
    assert learned.process("show", "alice", "--json", **plain).json["persona"]["preferences"]["diet"] == "素食"


def test_help_waits_for_no_engine(bare: Shell) -> None:
    done = bare.process("--help", prepare=IMPORTED)
    assert done.code == 0
    assert "learn" in done.out
    imported = {name.partition(".")[0] for name in done.err.partition("IMPORTED")[2].split()}
    assert not imported & {"pydantic", "sqlalchemy", "rich", "asyncio", "httpx2", "pydantic_ai"}


def test_the_version_is_the_package_s(bare: Shell) -> None:
    assert bare.process("--version").out == f"{aipersona.__version__}\n"


def test_python_m_is_the_same_command(bare: Shell) -> None:
    done = subprocess.run([sys.executable, "-m", "aipersona.cli", "--version"], capture_output=True, check=True)
    assert done.stdout.decode() == f"{aipersona.__version__}\n"


def test_an_unknown_command_is_a_usage_error(bare: Shell) -> None:
    assert bare.run("lern").code == 2
    assert bare.run("show").code == 2
