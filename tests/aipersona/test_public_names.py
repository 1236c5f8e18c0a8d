"""What the package offers by name, and that naming it costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import aipersona


@pytest.mark.parametrize("name", aipersona.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    found = getattr(aipersona, name)
    assert name == "__version__" or getattr(found, "__name__", name) == name


def test_the_public_names_are_listed_in_order_and_once() -> None:
    assert aipersona.__all__ == sorted(set(aipersona.__all__))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = aipersona.Nothing


def modules_after(statement: str) -> set[str]:
    """The modules that are loaded after a statement in a fresh interpreter, by their first word."""
    code = f"{statement}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


HEAVY = {"sqlalchemy", "alembic", "pydantic", "pydantic_ai", "numpy", "openai", "httpx2", "yaml", "rapidfuzz", "rich"}


AGENTS = {"agents", "langchain", "langchain_core", "langgraph"}


def test_importing_the_package_alone_loads_none_of_what_it_is_built_on() -> None:
    loaded = modules_after("import aipersona")
    assert "aipersona" in loaded
    assert not (HEAVY | AGENTS) & loaded


def test_the_engine_loads_no_model_library_before_one_is_asked() -> None:
    loaded = modules_after("from aipersona import AIPersona; AIPersona(':memory:')")
    assert not {"pydantic_ai", "openai", "alembic", *AGENTS} & loaded


@pytest.mark.parametrize(
    ("adapter", "its_own"),
    [
        ("conversation", set[str]()),
        ("openai_client", {"openai"}),
        ("pydantic_ai", {"pydantic_ai", "openai"}),
        ("openai_agents", {"pydantic_ai", "openai", "agents"}),
        ("langgraph", {"pydantic_ai", "openai", "langchain", "langchain_core", "langgraph"}),
    ],
)
def test_an_adapter_loads_its_own_library_and_no_other_s(adapter: str, its_own: set[str]) -> None:
    loaded = modules_after(f"import aipersona.adapters.{adapter}")
    assert loaded & {"pydantic_ai", "openai", *AGENTS} <= its_own


@pytest.mark.parametrize(
    ("adapter", "library", "extra"), [("openai_agents", "agents", "agents"), ("langgraph", "langchain", "langgraph")]
)
def test_an_adapter_without_its_library_names_the_extra(adapter: str, library: str, extra: str) -> None:
    code = f"import sys; sys.modules[{library!r}] = None; import aipersona.adapters.{adapter}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(f"needs its extra: pip install 'aipersona[{extra}]'")
