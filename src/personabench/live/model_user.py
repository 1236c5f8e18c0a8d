"""A user whose words are a model's: what they want, and when they are satisfied, follows from the plan all the same.

What the scripted user would say is said anew, fitting what the assistant said last. Where every value that it has to
tell does not stand in what the model makes of it, however often it is asked, the planned words are said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from pydantic import BaseModel, JsonValue, ValidationError

from personabench.endpoint.upstream import Upstream, UpstreamDown, UpstreamRefused
from personabench.errors import ModelDown
from personabench.generation.life import Life
from personabench.generation.query import Planned
from personabench.live.answering import is_said
from personabench.live.assistant import Acted
from personabench.live.outcome import Outcome
from personabench.live.user import Says, Simulator
from personabench.prompts import rendered

TRIES = 2
LONGEST = 400
"""Characters of a message."""


class _Text(BaseModel):
    text: str


class ModelUser:
    """Words the messages of another simulator."""

    def __init__(self, planned: Simulator, life: Life, session: Planned, upstream: Upstream) -> None:
        self._planned, self._life, self._session, self._upstream = planned, life, session, upstream

    async def open(self) -> Says:
        return await self._planned.open()

    async def hear(self, acted: Acted, outcome: Outcome) -> Says:
        says = await self._planned.hear(acted, outcome)
        if says.mood != "goes on":
            return says
        for attempt in range(TRIES):
            text = await asyncio.to_thread(self._worded, says.text, acted.text, attempt)
            if text and self._tells(text, says.tells):
                return Says(text=text, tells=says.tells, mood=says.mood)
        return says

    def _worded(self, text: str, heard: str, attempt: int) -> str:
        """Raises: ModelDown."""
        values = {"text": text, "heard": heard[:LONGEST], "again": "" if attempt == 0 else "Keep every detail."}
        schema = {
            "type": "object",
            "properties": {"text": {"type": "string", "maxLength": LONGEST}},
            "required": ["text"],
            "additionalProperties": False,
        }
        body = {
            "messages": [{"role": "user", "content": rendered("personabench.live", "user", values)}],
            "temperature": 0,
            "max_tokens": 160,
            "response_format": {"type": "json_schema", "json_schema": {"name": "text", "schema": schema}},
        }
        try:
            made = self._upstream.post("/chat/completions", body)
            return " ".join(_Text.model_validate_json(made["choices"][0]["message"]["content"]).text.split())
        except UpstreamDown as down:
            raise ModelDown(str(down)) from None
        except (UpstreamRefused, ValidationError, KeyError, IndexError, TypeError):
            return ""

    def _tells(self, text: str, values: Mapping[str, JsonValue]) -> bool:
        written = self._life.seed.written_in
        return all(is_said(value, text, written) for value in values.values())
