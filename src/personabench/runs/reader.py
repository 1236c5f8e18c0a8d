"""The reader: the shared model, plainly asked, from nothing but what a system returned and the question.

It is the same for every system, so that a difference between them is one of their contexts. A choice and an answer
are one prompt each. Tools are told as signatures in the system's message, and the calls come as JSON of the tools' own
schemas, which also models without native tool calls can give. Prompts are the files in `prompts/`.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

from personabench.datasets import GoldCall, Probe, ProbeKind
from personabench.prompts import rendered, versions
from personabench.scores.answers import answer_outcome
from personabench.scores.calls import score_calls
from personabench.scores.choice import choice_outcome
from personabench.scores.outcomes import Failed, NotApplicable, Outcome, Scored

READ: tuple[ProbeKind, ...] = ("choice", "answer", "calls")
"""The kinds of probes that take a reader."""

NOTHING = "(nothing)"
LONGEST = 512
"""Tokens of a reply at most."""

MOST_CALLS = 12

Post = Callable[[dict[str, Any]], tuple[int, Mapping[str, Any]]]
"""Asks the model: the body of a request to /chat/completions in, the HTTP status and the body of the answer out."""

_HERE = "personabench.runs"


class Reads(Protocol):
    """What scores probes from contexts by what a model makes of them."""

    def read(self, kind: ProbeKind, probe: Probe, context: str) -> Mapping[str, Outcome]: ...


class Reader:
    """Answers probes from contexts; `tools` are those that the data set's calls may name."""

    def __init__(self, post: Post, *, tools: Sequence[Mapping[str, object]] = (), seed: int = 0) -> None:
        self._post, self._tools, self._seed = post, tools, seed

    def read(self, kind: ProbeKind, probe: Probe, context: str) -> Mapping[str, Outcome]:
        """The scores of one kind by name, or an outcome that is none under the name of the kind; blocks meanwhile."""
        if kind == "calls":
            return self._calls(probe, context)
        values = {"day": f"{probe.day:%A, %d %B %Y}", "context": context or NOTHING, "query": asked(probe)}
        if kind == "choice":
            values["choices"] = "\n".join(
                f"({label}) {choice}" for label, choice in zip(string.ascii_uppercase, probe.choices, strict=False)
            )
        reply = self._ask([{"role": "user", "content": rendered(_HERE, kind, values)}])
        if isinstance(reply, Failed):
            return {kind: reply}
        return {kind: choice_outcome(reply, probe) if kind == "choice" else answer_outcome(reply, probe)}

    def _calls(self, probe: Probe, context: str) -> Mapping[str, Outcome]:
        if not self._tools:
            return {"calls": NotApplicable(reason="the data set names no tools")}
        values = {"day": f"{probe.day:%A, %d %B %Y}", "context": context or NOTHING, "query": asked(probe)}
        messages = [
            {"role": "system", "content": rendered(_HERE, "calls", {"tools": "\n".join(map(signature, self._tools))})},
            {"role": "user", "content": rendered(_HERE, "request", values)},
        ]
        reply = self._ask(messages, schema=calls_schema(self._tools))
        if isinstance(reply, Failed):
            return {"calls": reply}
        made = read_calls(reply)
        if made is None:
            return {"calls": Failed(who="reader", reason="calls unreadable")}
        return scored_calls(made, probe, self._tools)

    def _ask(self, messages: list[dict[str, str]], *, schema: Mapping[str, object] | None = None) -> str | Failed:
        body: dict[str, Any] = {
            "messages": messages,
            "temperature": 0,
            "seed": self._seed,
            "max_completion_tokens": LONGEST,
        }
        if schema is not None:
            body["response_format"] = {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}
        status, made = self._post(body)
        if status != 200:
            return Failed(who="reader", reason=f"the model answers {status}")
        text = made["choices"][0]["message"].get("content")
        return text if isinstance(text, str) and text.strip() else Failed(who="reader", reason="empty reply")


def scored_calls(
    made: Sequence[GoldCall], probe: Probe, tools: Sequence[Mapping[str, object]]
) -> Mapping[str, Outcome]:
    """Whether the calls are the gold ones, and how many of the arguments are right."""
    score = score_calls(made, probe.calls, tools=tools)
    shares = {"arguments_precision": score.precision, "arguments_recall": score.recall}
    found: dict[str, Outcome] = {name: Scored(value=share) for name, share in shares.items() if share is not None}
    return {"calls": score.outcome, **found}


def reader_version() -> str:
    """Name, version and hash of each prompt, such as "answer@1:1a2b3c4d"."""
    return versions(_HERE, ("answer", "calls", "choice", "request"))


def signature(tool: Mapping[str, object]) -> str:
    """A tool as a line: its name, its arguments with their types or choices, and what it does."""
    parameters = _object(tool.get("parameters"))
    needed = cast("Sequence[object]", parameters.get("required") or ())
    arguments = ", ".join(
        f"{name}{'' if name in needed else '?'}: {_type(_object(schema))}"
        for name, schema in _object(parameters.get("properties")).items()
    )
    return f"{tool['name']}({arguments}): {tool.get('description', '')}".rstrip(": ")


def calls_schema(tools: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """The JSON schema of a list of calls of any of the tools."""
    each = [
        {
            "type": "object",
            "properties": {"name": {"const": tool["name"]}, "arguments": tool["parameters"]},
            "required": ["name", "arguments"],
            "additionalProperties": False,
        }
        for tool in tools
    ]
    calls = {"type": "array", "items": {"anyOf": each}, "maxItems": MOST_CALLS}
    return {"type": "object", "properties": {"calls": calls}, "required": ["calls"], "additionalProperties": False}


def read_calls(reply: str) -> list[GoldCall] | None:
    """The calls that a reply makes, or None where it cannot be read."""
    try:
        calls: Any = json.loads(reply)["calls"]
        return [GoldCall(name=str(call["name"]), arguments=dict(call["arguments"])) for call in calls]
    except (ValueError, KeyError, TypeError):
        return None


def asked(probe: Probe) -> str:
    """A request or question, and who asks, where several people talk."""
    return f"{probe.query}\n(asked by {probe.speaker})" if probe.speaker else probe.query


def _type(schema: Mapping[str, object]) -> str:
    choices = schema.get("enum")
    return json.dumps(choices, ensure_ascii=False) if choices else str(schema.get("type", "any"))


def _object(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
