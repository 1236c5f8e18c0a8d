"""The paper's judged metrics: Persona Satisfaction and Persona Profile Similarity, by a named judge with a version.

A judge is a model with a prompt; what it fails to judge counts as a failure and as nothing else. The benchmark's own
scores need none (`scores`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from personabench.endpoint.upstream import Upstream, UpstreamDown, UpstreamRefused
from personabench.errors import ModelDown
from personabench.prompts import rendered, versions

_HERE = "personabench.live"
PROMPTS = ("satisfaction", "similarity")


class _Satisfaction(BaseModel):
    helpfulness: int = Field(ge=1, le=10)
    personalization: int = Field(ge=1, le=10)


class _Similarity(BaseModel):
    consistency: int = Field(ge=1, le=10)
    restored: int = Field(ge=1, le=10)


@dataclass
class Judge:
    """Judges with one model, and counts what it could not judge."""

    upstream: Upstream
    failures: int = field(default=0)

    @property
    def name(self) -> str:
        """With the versions of its prompts: figures of judges of the same name are alike."""
        return f"{self.upstream.model} {judge_version()}"

    async def satisfaction(self, person: str, wish: str, reply: str) -> float | None:
        """The mean of helpfulness and personalization of a first reply, 1 to 10; None where it was not judged.

        Raises: ModelDown.
        """
        found = await self._ask("satisfaction", {"person": person, "wish": wish, "reply": reply}, _Satisfaction)
        return fmean((found.helpfulness, found.personalization)) if found is not None else None

    async def similarity(self, truth: str, held: str) -> float | None:
        """The mean of consistency and restored detail, 1 to 10; None where it was not judged.

        Raises: ModelDown.
        """
        found = await self._ask("similarity", {"truth": truth, "held": held or "(nothing)"}, _Similarity)
        return fmean((found.consistency, found.restored)) if found is not None else None

    async def _ask(self, name: str, values: Mapping[str, str], kind: Any) -> Any:
        body = {
            "messages": [{"role": "user", "content": rendered(_HERE, name, values)}],
            "temperature": 0,
            "max_tokens": 60,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": name, "schema": _strict(kind.model_json_schema())},
            },
        }
        try:
            made = await asyncio.to_thread(self.upstream.post, "/chat/completions", body)
            return kind.model_validate_json(made["choices"][0]["message"]["content"])
        except UpstreamDown as down:
            raise ModelDown(str(down)) from None
        except (UpstreamRefused, ValidationError, KeyError, IndexError, TypeError):
            self.failures += 1
            return None


def judge_version() -> str:
    """Name, version and hash of each prompt that a judge is asked with."""
    return versions(_HERE, PROMPTS)


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema as strict providers and grammars want it."""
    properties = {
        name: {key: value for key, value in one.items() if key in ("type", "minimum", "maximum")}
        for name, one in schema["properties"].items()
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
