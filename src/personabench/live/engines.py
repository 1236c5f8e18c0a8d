"""Where units are lived: one after the other in this process, or side by side on Ray. The numbers are the same.

A unit depends on nothing but its spec, so that a machine elsewhere can live it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from importlib import import_module
from random import Random
from typing import Any, Protocol

from pydantic import SecretStr

from aipersona import AIPersona
from aipersona.settings import Settings
from personabench.endpoint import RemoteUpstream, Upstream, UpstreamDown, UpstreamRefused
from personabench.errors import BenchError, MissingExtra, ModelDown
from personabench.generation.life import Life
from personabench.generation.query import Planned
from personabench.generation.writers.scripted import ScriptedWriter
from personabench.live.assistant import Assistant
from personabench.live.judges import Judge
from personabench.live.model_assistant import ModelAssistant
from personabench.live.model_user import ModelUser
from personabench.live.plan import LivePlan
from personabench.live.policy import RulePolicy
from personabench.live.records import EpisodeRecord, PersonRecord
from personabench.live.unit import Around, live_person, scripted_user
from personabench.live.user import Simulator
from personabench.systems import Embed, ModelAccess

UnitResult = tuple[list[EpisodeRecord], PersonRecord]


@dataclass(frozen=True, kw_only=True)
class UnitSpec:
    """All that one unit is made of; `model` and `embedder` are addresses, so that it can be lived elsewhere."""

    setting: str
    life: Life
    sessions: tuple[Planned, ...]
    assistant: str
    simulator: str
    budget: int
    model: ModelAccess | None = None
    embedder: ModelAccess | None = None
    model_name: str | None = None
    judged: bool = False


class Engine(Protocol):
    """Lives units; they come as they end.

    Raises: BenchError.
    """

    def check(self, plan: LivePlan) -> None:
        """Raises: BenchError for a plan whose units cannot be lived there."""
        ...

    def live(self, specs: Sequence[UnitSpec]) -> AsyncGenerator[UnitResult]: ...


class LocalEngine:
    """One unit after the other."""

    def check(self, plan: LivePlan) -> None: ...

    async def live(self, specs: Sequence[UnitSpec]) -> AsyncGenerator[UnitResult]:
        for spec in specs:
            yield await live_unit(spec)


_RAY = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0"}
"""No word to anybody about its use; and workers run by this interpreter, not by another `uv run` of a copy."""


REACHED_WITHIN = 10.0
"""Seconds for the head of a cluster to take a connection."""

HERE = "local"
"""Ray's word for a cluster of its own on this machine, whatever runs here already and whatever the environment says."""


class RayEngine:
    """Units on Ray: of this machine, or of the cluster at an address."""

    def __init__(self, address: str | None = None) -> None:
        self._address = address or HERE

    def check(self, plan: LivePlan) -> None:
        if self._address != HERE and (plan.model or plan.embedder):
            raise BenchError(
                f"workers of the Ray cluster at {self._address!r} cannot reach the model or the embedder, whose address"
                " is open to this machine only: leave out --ray-address, or live settings that need neither and leave"
                " out --model and --embedder"
            )

    async def live(self, specs: Sequence[UnitSpec]) -> AsyncGenerator[UnitResult]:
        for name, value in _RAY.items():
            os.environ.setdefault(name, value)
        try:
            ray: Any = import_module("ray")
        except ImportError:
            raise MissingExtra("the engine 'ray'", "ray", "ray") from None
        started = not ray.is_initialized()
        if started:
            _require_reached(self._address)
            ray.init(address=self._address, log_to_driver=False, include_dashboard=False)
        try:
            remote: Any = ray.remote(_live_unit_there)
            waiting: list[Any] = [remote.remote(spec) for spec in specs]
            while waiting:
                ended, waiting = ray.wait(waiting, num_returns=1)
                yield ray.get(ended[0])
        finally:
            if started:
                ray.shutdown()


def _require_reached(address: str) -> None:
    """Ray itself tries for many minutes.

    Raises: BenchError where nothing answers at HOST:PORT.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not (host and port.isdigit()):
        return
    try:
        socket.create_connection((host, int(port)), REACHED_WITHIN).close()
    except (OSError, OverflowError, UnicodeError):
        raise BenchError(f"the Ray cluster at {address!r} cannot be reached") from None


def engine_of(name: str, address: str | None = None) -> Engine:
    """Raises: BenchError for what is no engine."""
    match name:
        case "local" if address is not None:
            raise BenchError("--ray-address is for --engine ray")
        case "local":
            return LocalEngine()
        case "ray":
            return RayEngine(address)
        case _:
            raise BenchError(f"there is no engine {name!r}; there are: local, ray")


async def live_unit(spec: UnitSpec) -> UnitResult:
    """Live one unit, whatever process this is.

    Raises: BenchError.
    """
    phrases = ScriptedWriter()
    scripted = scripted_user(phrases)

    async with AsyncExitStack() as stack:
        upstream: Upstream | None = None
        if spec.model is not None:
            upstream = stack.enter_context(closing(_upstream_at(spec.model)))
        embed: Embed | None = None
        if spec.embedder is not None:
            embed = _embed_by(stack.enter_context(closing(_upstream_at(spec.embedder))))

        def worded(life: Life, planned: Planned, dice: Random) -> Simulator:
            assert upstream is not None
            return ModelUser(scripted(life, planned, dice), life, planned, upstream)

        assistant: Assistant = RulePolicy()
        if spec.assistant == "model":
            ai = await stack.enter_async_context(_engine(spec))
            assistant = ModelAssistant(ai)
        around = Around(
            assistant=assistant,
            simulator=worded if spec.simulator == "model" else scripted,
            budget=spec.budget,
            model=spec.model,
            embed=embed,
            judge=Judge(upstream) if spec.judged and upstream is not None else None,
        )
        return await live_person(spec.setting, spec.life, spec.sessions, around)


def _upstream_at(access: ModelAccess) -> RemoteUpstream:
    """The model behind an endpoint's address."""
    return RemoteUpstream(access.model, access.base_url, access.api_key)


def _embed_by(upstream: Upstream) -> Embed:
    """The embedder of an endpoint, which keeps its vectors. It raises ModelDown where there are none."""

    def embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
        try:
            made = upstream.post("/embeddings", {"input": list(texts)})
        except UpstreamDown as down:
            raise ModelDown(str(down)) from None
        except UpstreamRefused as refused:
            raise ModelDown(f"the embedder answers {refused.status}") from None
        return [one["embedding"] for one in made["data"]]

    return embed


def is_beside(model: str | None) -> bool:
    """Whether an assistant with this model is asked beside the run's endpoint, which counts no tokens of it then."""
    return model is not None and model.partition(":")[0] == "local"


def _engine(spec: UnitSpec) -> AIPersona:
    """An engine with the model of the run that knows nobody. The local model runs beside it: its tool calls take more
    than an OpenAI-compatible address gives."""
    if is_beside(spec.model_name):
        return AIPersona(":memory:", model=spec.model_name, embedder="none")
    assert spec.model is not None
    settings = Settings.model_construct(
        model=spec.model.model, base_url=spec.model.base_url, api_key=SecretStr(spec.model.api_key)
    )
    return AIPersona(":memory:", settings=settings, embedder="none")


def _live_unit_there(spec: UnitSpec) -> UnitResult:
    import asyncio

    return asyncio.run(live_unit(spec))
