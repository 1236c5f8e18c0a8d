"""The examples of the adapters run as they are written, and the documentation shows their lines."""

from __future__ import annotations

import asyncio
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from agents import set_tracing_disabled

from tests.aipersona.adapters.scripted_openai import Server
from tests.aipersona.adapters.stage import KNOWN, MOVED, kept, persona
from tests.aipersona.adapters.test_langgraph import model as langchain_model
from tests.aipersona.adapters.test_openai_agents import model as agents_model
from tests.aipersona.adapters.test_openai_agents import told
from tests.aipersona.adapters.test_pydantic_ai import Scripted

ROOT = Path(__file__).parents[3]
NAMES = ["pydantic_ai_agent", "openai_agent", "langchain_agent", "openai_client"]


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", ROOT / "examples" / "adapters" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def instructions(name: str) -> list[str]:
    """What the model of an example was told, by request, after it ran; what was said is one session a day."""
    ai = persona()
    heard: list[str]
    if name == "pydantic_ai_agent":
        script = Scripted()
        asyncio.run(example(name).talk(ai, script.model))
        heard = script.told
    elif name == "openai_agent":
        scripted = agents_model("At home.", "At the hall.")
        set_tracing_disabled(True)
        asyncio.run(example(name).talk(ai, scripted))
        set_tracing_disabled(False)
        heard = [told(call) for call in scripted.calls]
    elif name == "langchain_agent":
        chat = langchain_model("At home.", "At the hall.")
        example(name).talk(ai, chat)
        heard = chat.told
    else:
        server = Server(["At home.", "At the hall."])
        example(name).talk(ai, server.sync(), "m")
        heard = server.systems
    days = list(ai.sync.run(lambda: kept(ai)).values())
    ai.sync.close()
    assert [day[0] for day in days] == [("user", MOVED), ("user", "And where do I eat tonight?")]
    assert [len(day) for day in days] == [2, 2]
    return heard


@pytest.mark.parametrize("name", NAMES)
def test_after_the_first_day_the_model_knows_where_the_user_lives(name: str) -> None:
    monday, tuesday = instructions(name)
    assert KNOWN not in monday
    assert KNOWN in tuesday
    assert tuesday.startswith("You plan evenings.\n\nYou know the user")


@pytest.mark.parametrize("name", NAMES)
def test_the_documentation_shows_at_most_ten_lines_of_each_and_they_are_the_example_s(name: str) -> None:
    page = (ROOT / "docs" / "adapters.md").read_text()
    (block,) = re.findall(rf"\(\.\./examples/adapters/{name}\.py\).*?```python\n(.*?)```", page, re.DOTALL)
    lines = [line.strip() for line in block.splitlines() if line.strip()]
    written = {line.strip() for line in (ROOT / "examples" / "adapters" / f"{name}.py").read_text().splitlines()}
    assert 3 <= len(lines) <= 10
    assert [line for line in lines if line not in written] == []
