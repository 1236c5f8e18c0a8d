"""Running a model file: llama.cpp behind an OpenAI-compatible address, and exact, grammar-bound JSON from it."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import importlib.util
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from pydantic import JsonValue

from aipersona.errors import ContextExceeded, ModelOutputInvalid, ModelRefused, ModelUnavailable
from aipersona.llm.local.pull import is_gguf

Message = Mapping[str, str]
"""A chat message: `role` and `content`."""

_CACHE_MIB = 256
_TRIES = 3
_FORMS = 64
_HERE = "\ue000here\ue001"


@dataclass(frozen=True, kw_only=True, slots=True)
class Completion:
    """A complete answer; `cached_tokens` of `prompt_tokens` were reused, `exact` says that a repeat gives the same."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    seconds: float
    exact: bool


@dataclass(frozen=True, slots=True)
class _Form:
    """The tokens before and after the last message's content, the same for every prompt of one form."""

    head: list[int]
    tail: list[int]


class LocalServer:
    """One loaded model in a process of its own; a context manager, or `start` and `stop`.

    `path` is a GGUF file, `n_ctx` the tokens of prompt and answer together, `port` 0 for a free one, `threads` the
    cores to use. Other clients (an OpenAI SDK) may use `base_url` with `api_key` at the same time.
    """

    def __init__(self, path: Path, *, n_ctx: int = 8192, port: int = 0, threads: int | None = None) -> None:
        self.path = path
        self.n_ctx = n_ctx
        self.api_key = secrets.token_urlsafe(24)
        self.model_name = path.stem
        self._port = port
        self._threads = threads or _cores()
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0
        self._address = ""
        self._turn = threading.Lock()
        self._forms: dict[str, _Form] = {}
        self._primed: set[str] = set()

    @property
    def base_url(self) -> str:
        """The OpenAI-compatible address, http://127.0.0.1:PORT/v1."""
        return f"{self._running()}/v1"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process, None where it is not started."""
        return self._process.pid if self._process is not None else None

    def start(self) -> LocalServer:
        """Load the model; blocks for seconds, raises ModelUnavailable."""
        if self.alive:
            return self
        self.stop()
        if importlib.util.find_spec("xllamacpp") is None:
            raise ModelUnavailable("the local model needs llama.cpp: pip install 'aipersona[local]'", passes=False)
        if not self.path.is_file():
            raise ModelUnavailable(
                f"no model file {str(self.path)!r}; pull a model, or give the path of a GGUF file", passes=False
            )
        if not is_gguf(self.path):
            raise ModelUnavailable(f"{str(self.path)!r} is not a GGUF file", passes=False)
        _check_memory(self.path)
        with tempfile.TemporaryFile("w+", errors="replace") as complaints:
            self._process = process = subprocess.Popen(
                [sys.executable, "-P", "-m", "aipersona.llm.local.llamacpp"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                # With a busy neighbour, threads that spin while they wait bring llama.cpp to a standstill.
                env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ},
            )
            self._owner = os.getpid()
            assert process.stdin is not None
            assert process.stdout is not None
            wanted = {
                "path": str(self.path),
                "name": self.model_name,
                "n_ctx": self.n_ctx,
                "port": self._port,
                "threads": self._threads,
                "api_key": self.api_key,
                "cache_mib": _CACHE_MIB,
            }
            try:
                with contextlib.suppress(BrokenPipeError):
                    print(json.dumps(wanted), file=process.stdin, flush=True)
                answer = process.stdout.readline()
            except BaseException:
                self.stop()
                raise
            if not answer:
                code = process.wait()
                self.stop()
                complaints.seek(0)
                raise ModelUnavailable(self._why(code, complaints.read()))
        self._address = json.loads(answer)["address"]
        self._primed.clear()
        return self

    def stop(self) -> None:
        """End the process and free its memory; harmless when it does not run."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def __enter__(self) -> LocalServer:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    async def complete_json(
        self,
        messages: Sequence[Message],
        json_schema: Mapping[str, JsonValue],
        *,
        max_tokens: int,
        temperature: float = 0,
        seed: int = 0,
        repeatable: bool = True,
    ) -> Completion:
        """Ask for one JSON document that fits the schema.

        Everything before the last message's content is kept computed between calls, so forms should put instructions
        and examples first and only what varies into the last message. At temperature 0 the same messages give the
        same answer, whatever was asked before; `exact` is False where another client of the same server came between.
        Not `repeatable`, nothing is computed again that any beginning of the last prompt has in common with this one:
        what fits a conversation, where every prompt goes on from another; the answer may then differ in a close call.
        Control tokens written in the last message are plain text. Objects of the schema should say
        `additionalProperties: false`, or the model adds keys. A schema that llama.cpp cannot use binds nothing, so the
        answer is still to be validated. Raises ContextExceeded, ModelOutputInvalid (not JSON, or longer than
        `max_tokens`), ModelRefused, ModelUnavailable.
        """
        began = time.perf_counter()
        async with self._client() as client, self._own_turn():
            key = json.dumps([dict(message) for message in messages[:-1]] + [messages[-1]["role"]])
            form = self._forms.get(key) or await self._form(client, key, messages, keep=repeatable)
            content = await self._tokens(client, messages[-1]["content"], special=False)
            prompt = [*form.head, *content, *form.tail]
            if len(prompt) + max_tokens > self.n_ctx:
                raise ContextExceeded(len(prompt) + max_tokens, self.n_ctx)
            request = {
                "prompt": prompt,
                "json_schema": dict(json_schema),
                "n_predict": max_tokens,
                "temperature": temperature,
                "seed": seed,
                "cache_prompt": True,
            }
            answer: dict[str, Any] = {}
            exact = False
            for _ in range(_TRIES if repeatable else 1):
                if repeatable:
                    await self._prime(client, key, form)
                answer = await self._post(client, "/completion", request)
                exact = repeatable and answer["timings"]["cache_n"] == len(form.head)
                if exact:
                    break
        if answer["stop_type"] == "limit":
            raise ModelOutputInvalid(f"the answer of {self.model_name!r} does not end within {max_tokens} tokens")
        if not _is_json(answer["content"]):
            raise ModelOutputInvalid(f"the answer of {self.model_name!r} is not JSON")
        return Completion(
            text=answer["content"],
            prompt_tokens=len(prompt),
            completion_tokens=answer["tokens_predicted"],
            cached_tokens=answer["timings"]["cache_n"],
            seconds=time.perf_counter() - began,
            exact=exact,
        )

    async def count_tokens(self, text: str) -> int:
        """How many tokens of this model a text has; control tokens written in it count as plain text."""
        async with self._client() as client:
            return len(await self._tokens(client, text, special=False))

    async def _form(self, client: httpx2.AsyncClient, key: str, messages: Sequence[Message], *, keep: bool) -> _Form:
        marked = [*(dict(message) for message in messages[:-1]), {"role": messages[-1]["role"], "content": _HERE}]
        rendered = (await self._post(client, "/apply-template", {"messages": marked}))["prompt"]
        head, found, tail = rendered.rpartition(_HERE)
        if not found:
            raise ModelUnavailable(f"the chat template of {self.model_name!r} leaves the last message out")
        form = _Form(
            await self._tokens(client, head, special=True, beginning=True),
            await self._tokens(client, tail, special=True),
        )
        while keep and len(self._forms) >= _FORMS:
            oldest = next(iter(self._forms))
            del self._forms[oldest]
            self._primed.discard(oldest)
        if keep:
            self._forms[key] = form
        return form

    async def _prime(self, client: httpx2.AsyncClient, key: str, form: _Form) -> None:
        """Bring the server to the state in which exactly the form's head is computed, always by the same steps.

        The floats of a token's state depend on which tokens were computed together with it, so what may be reused is
        a head that was computed from nothing and cut back to its own length, never a longer common beginning.
        """
        head = {"prompt": form.head, "n_predict": 0}
        known = key in self._primed
        # A step that is cancelled leaves a state that looks right and is not, so the head counts only when all is done.
        self._primed.discard(key)
        warm = {**head, "cache_prompt": True}
        found = await self._post(client, "/completion", warm) if known else None
        if found is None or found["timings"]["cache_n"] != len(form.head) - 1:
            await self._post(client, "/completion", {**head, "cache_prompt": False})
            await self._post(client, "/completion", warm)
        self._primed.add(key)

    async def _tokens(
        self, client: httpx2.AsyncClient, text: str, *, special: bool, beginning: bool = False
    ) -> list[int]:
        request = {"content": text, "parse_special": special, "add_special": beginning}
        return (await self._post(client, "/tokenize", request))["tokens"]

    async def _post(self, client: httpx2.AsyncClient, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            response = await client.post(f"{self._running()}{path}", json=body)
        except httpx2.TransportError as error:
            self._running()
            raise ModelUnavailable(f"the local model does not answer: {type(error).__name__}") from error
        if response.status_code == 200:
            return response.json()
        problem = response.json().get("error", {})
        if problem.get("type") == "exceed_context_size_error":
            raise ContextExceeded(problem["n_prompt_tokens"], problem["n_ctx"])
        raise ModelRefused(f"llama.cpp answers {response.status_code} ({problem.get('type')}) to {path}")

    def _client(self) -> httpx2.AsyncClient:
        # Proxies of the environment are for other machines.
        return httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {self.api_key}"},
            timeout=httpx2.Timeout(None, connect=5.0),
            trust_env=False,
            verify=False,
        )

    @contextlib.asynccontextmanager
    async def _own_turn(self) -> AsyncGenerator[None]:
        # One server serves many event loops and threads, so an asyncio.Lock will not do.
        while not self._turn.acquire(blocking=False):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        try:
            yield
        finally:
            self._turn.release()

    def _running(self) -> str:
        if self._process is None:
            raise ModelUnavailable(f"the server of {self.model_name!r} is not started")
        if (code := self._process.poll()) is not None:
            raise ModelUnavailable(self._why(code, ""))
        return self._address

    def _why(self, code: int, complaints: str) -> str:
        complaints = complaints.strip()
        lines = [re.sub(r"^[\d.]+ E ", "", line).strip() for line in complaints.splitlines()]
        if "couldn't bind" in complaints:
            return f"port {self._port} is in use; port 0 takes a free one"
        if not complaints:
            hint = "; most likely memory ran out" if code == -9 else ""
            return f"the process of {self.model_name!r} ended with {code}{hint}; start it again"
        if "insufficient memory" in complaints or "failed to allocate" in complaints:
            return (
                f"{str(self.path)!r} with n_ctx={self.n_ctx} does not fit into memory: "
                "lower n_ctx, free memory, or use a smaller model"
            )
        return f"llama.cpp cannot run {str(self.path)!r}: {next(line for line in lines if line)}"


_shared: dict[tuple[Path, int], LocalServer] = {}
_shared_lock = threading.Lock()


def shared_server(path: Path, n_ctx: int = 8192) -> LocalServer:
    """The one server of this process for a model, started at the first call and ended with the process.

    Blocks while it loads (from async code: asyncio.to_thread); a server whose process died is started anew.
    """
    with _shared_lock:
        if not _shared:
            atexit.register(_stop_shared)
        server = _shared.setdefault((path.resolve(), n_ctx), LocalServer(path, n_ctx=n_ctx))
        return server.start()


def _stop_shared() -> None:
    while _shared:
        _, server = _shared.popitem()
        server.stop()


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _cores() -> int:
    if sys.platform != "win32" and hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check_memory(path: Path) -> None:
    """Refuse a file that is larger than the memory that can be had, where the system tells (Linux)."""
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    except OSError:
        return
    if found and int(found[1]) * 1024 < path.stat().st_size:
        raise ModelUnavailable(
            f"{str(path)!r} needs at least {path.stat().st_size / 1e9:.1f} GB of memory, "
            f"{int(found[1]) * 1024 / 1e9:.1f} GB can be had; use a smaller model, or another provider"
        )
