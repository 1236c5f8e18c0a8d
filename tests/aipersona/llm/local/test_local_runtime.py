import asyncio
import importlib.util
import json
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from pydantic import JsonValue
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from aipersona.errors import ContextExceeded, ModelOutputInvalid, ModelUnavailable
from aipersona.llm.local.pull import default_model
from aipersona.llm.local.runtime import Completion, LocalServer, Message, shared_server

needs_llamacpp = pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None, reason="the extra `local` is missing"
)

SCHEMA: dict[str, JsonValue] = {
    "type": "object",
    "properties": {
        "city": {"anyOf": [{"type": "string", "maxLength": 30}, {"type": "null"}]},
        "job": {"anyOf": [{"type": "string", "maxLength": 30}, {"type": "null"}]},
    },
    "required": ["city", "job"],
    "additionalProperties": False,
}
FORM: list[Message] = [
    {"role": "system", "content": "Fill in where the user lives and what the user works as; null where not told."},
    {"role": "user", "content": "I moved to Oslo to be a nurse."},
    {"role": "assistant", "content": '{"city": "Oslo", "job": "nurse"}'},
]
OTHER_FORM: list[Message] = [{"role": "system", "content": "Copy the city and the job from the text of the user."}]


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    model = default_model()
    if model is None:
        pytest.skip("no local model has been pulled")
    with LocalServer(model.path, n_ctx=1024) as server:
        yield server


def ask(server: LocalServer, text: str, form: list[Message] = FORM, max_tokens: int = 60) -> Completion:
    messages = [*form, {"role": "user", "content": text}]
    return asyncio.run(server.complete_json(messages, SCHEMA, max_tokens=max_tokens))


def test_a_file_that_is_missing_or_no_gguf_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"no model file .*none\.gguf"):
        LocalServer(tmp_path / "none.gguf").start()
    notes = tmp_path / "notes.gguf"
    notes.write_text("just some notes, long enough for a header")
    with pytest.raises(ModelUnavailable, match="not a GGUF file"):
        LocalServer(notes).start()


def test_without_the_extra_the_error_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    with pytest.raises(ModelUnavailable, match=r"pip install 'aipersona\[local\]'"):
        LocalServer(tmp_path / "any.gguf").start()


@needs_llamacpp
@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="this system does not tell how much memory is free")
def test_a_model_larger_than_the_memory_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    huge = tmp_path / "huge.gguf"
    huge.write_bytes(b"GGUF" + bytes(20))
    os.truncate(huge, 1 << 43)
    with pytest.raises(ModelUnavailable, match="GB of memory"):
        LocalServer(huge).start()


@needs_llamacpp
def test_a_broken_file_gives_the_reason_of_the_library_and_prints_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\xff" * 40)
    with pytest.raises(ModelUnavailable, match=r"llama\.cpp cannot run .*broken\.gguf.*gguf"):
        LocalServer(broken).start()
    assert capfd.readouterr() == ("", "")


def test_a_server_that_was_not_started_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="not started"):
        _ = LocalServer(tmp_path / "any.gguf").base_url


@pytest.mark.local_model
def test_an_answer_fits_the_schema_and_repeats_exactly_whatever_was_asked_before(server: LocalServer) -> None:
    texts = ["I live in Porto since May, and I work as a baker.", "I live in Porto. My sister is a doctor in Rome."]
    first = [ask(server, text) for text in texts]
    other = ask(server, texts[0], OTHER_FORM)
    again = [ask(server, text) for text in reversed(texts)][::-1]
    assert json.loads(first[0].text) == {"city": "Porto", "job": "baker"}
    assert [answer.text for answer in again] == [answer.text for answer in first]
    assert ask(server, texts[0], OTHER_FORM).text == other.text
    assert all(answer.exact for answer in [*first, *again, other])


@pytest.mark.local_model
def test_what_a_form_always_says_is_computed_once(server: LocalServer) -> None:
    ask(server, "Hello!")
    ask(server, "Hello!", OTHER_FORM)
    answer = ask(server, "Good evening!")
    assert answer.cached_tokens > answer.prompt_tokens / 2
    assert 0 < answer.completion_tokens < 60


@pytest.mark.local_model
def test_a_conversation_goes_on_from_what_its_prompts_have_in_common(server: LocalServer) -> None:
    before = ask(server, "I live in Porto.")
    turns: list[Message] = [
        *FORM,
        {"role": "user", "content": "I live in Porto. I work there, too."},
        {"role": "assistant", "content": before.text},
        {"role": "user", "content": "I moved on to Rome as a cook."},
    ]
    asked = [
        asyncio.run(server.complete_json(turns[:length], SCHEMA, max_tokens=60, repeatable=False)) for length in (4, 6)
    ]
    assert asked[1].cached_tokens > asked[0].prompt_tokens / 2
    assert not asked[1].exact
    assert json.loads(asked[1].text) == {"city": "Rome", "job": "cook"}
    assert ask(server, "I live in Porto.").text == before.text, "and what repeats exactly still does"


@pytest.mark.local_model
def test_questions_from_many_threads_are_all_answered(server: LocalServer) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(ask, [server] * 3, ["I live in Bern."] * 3))
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.local_model
def test_control_tokens_in_a_text_are_plain_text(server: LocalServer) -> None:
    assert asyncio.run(server.count_tokens("<|im_end|>")) > 1
    assert asyncio.run(server.count_tokens("")) == 0


@pytest.mark.local_model
def test_an_answer_that_does_not_fit_is_an_error(server: LocalServer) -> None:
    with pytest.raises(ModelOutputInvalid, match="does not end within 3 tokens"):
        ask(server, "I live in Porto.", max_tokens=3)
    with pytest.raises(ContextExceeded) as failure:
        ask(server, "word " * 2000)
    assert failure.value.n_ctx == 1024
    assert failure.value.needed > 2000


@pytest.mark.local_model
def test_nobody_without_the_key_is_served(server: LocalServer) -> None:
    answer = httpx2.post(f"{server.base_url}/chat/completions", json={"messages": [*FORM]}, trust_env=False)
    assert answer.status_code == 401


@pytest.mark.local_model
def test_an_openai_client_streams_a_chat(server: LocalServer) -> None:
    async def chat() -> list[str]:
        async with httpx2.AsyncClient(trust_env=False) as client:
            provider = OpenAIProvider(base_url=server.base_url, api_key=server.api_key, http_client=client)
            agent = Agent(OpenAIChatModel(server.model_name, provider=provider))
            async with agent.run_stream("Count from 1 to 5.", model_settings={"max_tokens": 30}) as run:
                return [piece async for piece in run.stream_text(delta=True, debounce_by=None)]

    pieces = asyncio.run(chat())
    assert len(pieces) > 1
    assert "3" in "".join(pieces)


@pytest.mark.local_model
def test_a_port_in_use_is_named(server: LocalServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]
        with pytest.raises(ModelUnavailable, match=f"port {port} is in use"):
            LocalServer(server.path, n_ctx=512, port=port).start()


@pytest.mark.local_model
def test_a_shared_server_is_one_and_comes_back_after_its_process_died(server: LocalServer) -> None:
    shared = shared_server(server.path, 512)
    assert shared_server(server.path, 512) is shared
    address = shared.base_url
    assert shared.pid is not None
    os.kill(shared.pid, signal.SIGKILL)
    while shared.alive:
        pass
    with pytest.raises(ModelUnavailable, match="ended with -9; most likely memory ran out"):
        asyncio.run(shared.count_tokens("hello"))
    assert shared_server(server.path, 512) is shared
    assert shared.base_url != address
    assert asyncio.run(shared.count_tokens("hello")) == 1
    shared.stop()
