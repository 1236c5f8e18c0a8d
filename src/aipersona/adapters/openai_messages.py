"""What requests to OpenAI-compatible servers and their answers say: both forms, Chat Completions and Responses.

In: the JSON of a request's body, or the objects of a response. Out: what the user and the assistant said, with calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from aipersona.adapters.history import Said, noted, speaker_of, storable
from aipersona.sessions.openai_parts import arguments_of, items_of, text_of

Body = Mapping[str, Any]

_NOTHING: Body = {}


@dataclass(kw_only=True)
class Calls:
    """Calls of tools by their id, and what came back."""

    made: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Name and arguments, as JSON."""
    results: dict[str, Any] = field(default_factory=dict[str, Any])

    def noted(self) -> list[Any]:
        """The calls as a turn keeps them."""
        return [
            kept
            for id_, (name, arguments) in self.made.items()
            for kept in noted(name, arguments_of(arguments), self.results.get(id_))
        ]

    def add(self, more: Calls) -> None:
        self.made.update(more.made)
        self.results.update(more.results)


@dataclass(kw_only=True)
class Asked:
    """What a request tells: all that was said, up to the user's newest message, and what was done for that so far."""

    history: list[Said] = field(default_factory=list[Said])
    texts: list[str] = field(default_factory=list[str])
    calls: Calls = field(default_factory=Calls)

    @property
    def messages(self) -> list[str]:
        """The user's messages, the newest last."""
        return [said.content for said in self.history if said.role == "user"]


@dataclass(kw_only=True)
class Answer:
    """What a response says. With calls it is not the last one: their results are sent next."""

    text: str = ""
    calls: Calls = field(default_factory=Calls)
    id: str | None = None


class Form(Protocol):
    """One of the two forms."""

    def asked(self, body: Body) -> Asked: ...

    def told(self, body: Body, text: str) -> Body:
        """The body with a text at the end of its instructions."""
        ...

    def answer(self, response: Any) -> Answer: ...

    def streamed(self, events: Sequence[Any]) -> Answer: ...


class ChatCompletions:
    """`messages`, the first of which are the instructions."""

    def asked(self, body: Body) -> Asked:
        return _asked(items_of(body.get("messages")))

    def told(self, body: Body, text: str) -> Body:
        messages: list[Any] = list(body.get("messages") or ())
        first: Any = messages[0] if messages else None
        if isinstance(first, Mapping) and cast("Body", first).get("role") in ("system", "developer"):
            # One message, since the templates of many models know no second one.
            own: Any = cast("Body", first).get("content")
            joined = f"{own}\n\n{text}" if isinstance(own, str) else [*(own or ()), {"type": "text", "text": text}]
            messages[0] = {**first, "content": joined}
        else:
            messages.insert(0, {"role": "system", "content": text})
        return {**body, "messages": messages}

    def answer(self, response: Any) -> Answer:
        message = response.choices[0].message
        calls = Calls()
        for call in message.tool_calls or ():
            function = getattr(call, "function", None)
            calls.made[call.id] = (function.name, function.arguments) if function else (call.custom.name, "")
        return Answer(text=message.content or message.refusal or "", calls=calls)

    def streamed(self, events: Sequence[Any]) -> Answer:
        texts: list[str] = []
        made: dict[int, tuple[str, str, str]] = {}
        for choice in (choice for event in events for choice in event.choices if choice.index == 0):
            texts.append(choice.delta.content or choice.delta.refusal or "")
            for call in choice.delta.tool_calls or ():
                id_, name, arguments = made.get(call.index, ("", "", ""))
                function = call.function
                made[call.index] = (
                    call.id or id_,
                    (function.name if function else None) or name,
                    arguments + ((function.arguments if function else None) or ""),
                )
        return Answer(text="".join(texts), calls=Calls(made={id_: call for id_, *call in made.values()}))  # pyright: ignore[reportArgumentType]


class Responses:
    """`instructions` and `input`; what came before may be held by the server."""

    def asked(self, body: Body) -> Asked:
        given = body.get("input")
        return _asked([{"role": "user", "content": given}] if isinstance(given, str) else items_of(given))

    def told(self, body: Body, text: str) -> Body:
        own = body.get("instructions")
        return {**body, "instructions": f"{own}\n\n{text}" if own else text}

    def answer(self, response: Any) -> Answer:
        calls = Calls()
        for item in response.output:
            if item.type == "function_call":
                calls.made[item.call_id] = (item.name, item.arguments)
        return Answer(text=response.output_text, calls=calls, id=response.id)

    def streamed(self, events: Sequence[Any]) -> Answer:
        ended = [event for event in events if event.type in ("response.completed", "response.incomplete")]
        return self.answer(ended[-1].response) if ended else Answer()


FORMS: Mapping[str, Form] = {"/chat/completions": ChatCompletions(), "/responses": Responses()}
"""By the path of the request."""


def _asked(items: Iterable[Body]) -> Asked:
    asked = Asked()
    for item in items:
        role, kind = item.get("role"), item.get("type")
        if role == "user":
            if asked.texts or asked.calls.made:
                answered = Said(role="assistant", content="\n\n".join(asked.texts), calls=tuple(asked.calls.noted()))
                asked = Asked(history=[*asked.history, answered])
            if text := storable(text_of(item.get("content"))):
                asked.history.append(Said(role="user", content=text, speaker=speaker_of(item.get("name"))))
        elif role == "assistant":
            if text := storable(text_of(item.get("content"))):
                asked.texts.append(text)
            for call in items_of(item.get("tool_calls")):
                function: Any = call.get("function") or call.get("custom") or _NOTHING
                asked.calls.made[str(call.get("id"))] = (str(function.get("name")), function.get("arguments") or "")
        elif role == "tool":
            asked.calls.results[str(item.get("tool_call_id"))] = text_of(item.get("content"))
        elif kind == "function_call":
            asked.calls.made[str(item.get("call_id"))] = (str(item.get("name")), item.get("arguments") or "")
        elif kind == "function_call_output":
            asked.calls.results[str(item.get("call_id"))] = text_of(item.get("output"))
    return asked
