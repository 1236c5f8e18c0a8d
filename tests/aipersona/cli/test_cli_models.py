from __future__ import annotations

import pytest

from tests.aipersona.cli.shell import Shell


def test_models_that_can_be_pulled_are_listed_with_the_command(bare: Shell) -> None:
    out = bare.ok("models", "list").out
    assert "aipersona models pull qwen3-4b-instruct-2507" in out
    assert "here" not in out
    assert all(not model["here"] for model in bare.ok("models", "list", "--json").json["models"])


def test_a_file_of_ones_own_becomes_the_local_model(bare: Shell) -> None:
    file = bare.folder / "mine.gguf"
    file.write_bytes(b"GGUF" + bytes(40))
    done = bare.ok("models", "pull", "--path", str(file))
    assert done.out == f"mine is here (0.0 GB): {file}; use it with --model local\n"
    line = bare.ok("models", "list").out.splitlines()[1]
    assert line.startswith("mine ")
    assert "here, used by `local`" in line
    assert line.endswith(str(file))
    assert bare.ok("models", "list", "--json").json["models"][0]["path"] == str(file)


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [(["--path", "nowhere.gguf"], "no file"), (["no-such-model"], "no model 'no-such-model' in the catalog")],
)
def test_what_cannot_be_pulled_is_an_error(bare: Shell, arguments: list[str], cause: str) -> None:
    done = bare.run("models", "pull", *arguments)
    assert (done.code, done.out) == (1, "")
    assert cause in done.err


def test_a_name_and_a_path_are_one_too_many(bare: Shell) -> None:
    assert bare.run("models", "pull", "some", "--path", "mine.gguf").code == 2
