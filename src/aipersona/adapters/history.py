"""What of a conversation's history is new: applications send it again with every message, and it is stored once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import JsonValue, ValidationError

from aipersona.sessions.model import MAX_NAME_CHARACTERS, MAX_TURN_CHARACTERS, ToolCall, Turn

MOST_CHARACTERS = 8_000
"""How much of an argument or a result of a call is kept."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the user said, or what the assistant answered between two messages of theirs, with the calls it made.

    `speaker` names who speaks in the user's role, where that may be another person or another agent: what one says who
    is not called like the user is nobody's evidence.
    """

    role: Literal["user", "assistant"]
    content: str
    calls: tuple[ToolCall, ...] = ()
    speaker: str | None = None

    @property
    def is_empty(self) -> bool:
        return not self.content.strip() and not self.calls


def storable(text: str) -> str:
    """The text as a session can hold it: without NUL characters and lone surrogates, and not beyond any measure."""
    return text[:MAX_TURN_CHARACTERS].replace("\0", "").encode(errors="replace").decode()


def speaker_of(name: object) -> str | None:
    """A speaker's name as a turn can hold it; None where nobody is named."""
    return storable(name)[:MAX_NAME_CHARACTERS] or None if isinstance(name, str) else None


def noted(name: str, arguments: Any, result: Any = None) -> tuple[ToolCall, ...]:
    """A call as a turn keeps it, long values cut; none where it has no name that can be kept."""
    from aipersona.tools.acting import shortened  # brings pydantic-ai, which a client without tools does not need

    given: dict[str, Any] = {str(k): v for k, v in arguments.items()} if isinstance(arguments, dict) else {}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    kept: dict[str, JsonValue] = {key: shortened(value, MOST_CHARACTERS) for key, value in given.items()}
    try:
        return (ToolCall(name=name, arguments=kept, result=shortened(result, MOST_CHARACTERS)),)
    except ValidationError:
        return ()


def unheard(turns: Sequence[Turn], history: Sequence[Said]) -> Sequence[Said]:
    """What comes in a history after the turns that are stored.

    A history may begin later than the turns, or earlier. They meet where the user's messages are the same; what the
    assistant said may have been edited on the way. A message sent once more, to be answered anew, is not new.
    """
    met = meeting(turns, [said.content for said in history if said.role == "user"])
    if not met:
        return history
    places = [place for place, said in enumerate(history) if said.role == "user"]
    rest = history[places[met - 1] + 1 :]
    answered = any(turn.role == "assistant" for turn in turns[_last_message(turns) :])
    return rest[1:] if answered and rest and rest[0].role == "assistant" else rest


def meeting(turns: Sequence[Turn], messages: Sequence[str]) -> int:
    """How many of the user's messages, from the first on, are told by the turns; the last of both is then the same."""
    known = [turn.content for turn in turns if turn.role == "user"]
    if not known:
        return 0
    if messages[: len(known)] == known:
        return len(known)
    for count in range(len(messages), 0, -1):
        common = min(count, len(known))
        if messages[count - common : count] == known[-common:]:
            return count
    return 0


def is_anew(turns: Sequence[Turn], before: Sequence[str], message: str) -> bool:
    """Whether a message, which comes after these others of the user, is the turns' last one again, to be answered anew.

    One that is sent without any before it is so only where it began the conversation: else it is said once more.
    """
    known = sum(turn.role == "user" for turn in turns)
    return bool(before or known == 1) and meeting(turns, [*before, message]) == len(before) + 1


def continues(turns: Sequence[Turn], messages: Sequence[str]) -> bool:
    """Whether messages of a user, the newest last, go on from these turns, or repeat their last one."""
    if meeting(turns, messages[:-1]):
        return True
    known = [turn.content for turn in turns if turn.role == "user"]
    waits = bool(turns) and turns[-1].role == "user"
    return known == list(messages) and (len(messages) > 1 or waits)


def _last_message(turns: Sequence[Turn]) -> int:
    return max(place for place, turn in enumerate(turns) if turn.role == "user")
