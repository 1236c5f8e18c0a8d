"""What is to be lived: which people of a generated benchmark, under which settings, with which assistant."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from personabench.errors import BenchError
from personabench.generation.stages import PEOPLE, SESSIONS
from personabench.live.memory import check_installed, check_setting, needs_embedder, needs_model

ASSISTANTS = ("policy", "model")
SIMULATORS = ("scripted", "model")


class LivePlan(BaseModel):
    """The same plan goes on where it was stopped. The first `people` and `sessions` are lived; None: all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: str
    """SHA-256 of the people and the sessions of the benchmark."""
    settings: tuple[str, ...]
    assistant: str = "policy"
    simulator: str = "scripted"
    people: Annotated[int, Field(ge=1)] | None = None
    sessions: Annotated[int, Field(ge=1)] | None = None
    budget: Annotated[int, Field(ge=1)] = 1000
    model: str | None = None
    embedder: str | None = None
    judged: bool = False

    def check(self) -> None:
        """Raises: BenchError for a plan that cannot be lived."""
        if not self.settings:
            raise BenchError("no setting is named: --settings none,golden,aipersona-k3")
        for setting in self.settings:
            check_setting(setting)
            if needs_model(setting) and self.model is None:
                raise BenchError(f"the setting {setting!r} needs a model: --model local")
            if needs_embedder(setting) and self.embedder is None:
                raise BenchError(f"the setting {setting!r} needs an embedder: --embedder local, or openai:MODEL")
            check_installed(setting)
        for what, name, known in (
            ("assistant", self.assistant, ASSISTANTS),
            ("simulator", self.simulator, SIMULATORS),
        ):
            if name not in known:
                raise BenchError(f"there is no {what} {name!r}; there are: {', '.join(known)}")
            if name == "model" and self.model is None:
                raise BenchError(f"the {what} 'model' needs one: --model local")
        if self.judged and self.model is None:
            raise BenchError("a judge needs a model: --model local")


def digest_of(folder: Path) -> str:
    """What tells one generated benchmark from another.

    Raises: BenchError where the folder holds none.
    """
    found = hashlib.sha256()
    for name in (PEOPLE, SESSIONS):
        try:
            found.update((folder / name).read_bytes())
        except OSError:
            raise BenchError(f"{folder} holds no {name}: `personabench generate` makes one") from None
    return found.hexdigest()


def differences(now: LivePlan, then: LivePlan) -> Sequence[str]:
    """What differs between two plans, for people."""
    old, new = then.model_dump(), now.model_dump()
    return [f"{name} {new[name]!r} instead of {old[name]!r}" for name in new if new[name] != old[name]]
