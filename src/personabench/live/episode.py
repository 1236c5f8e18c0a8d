"""One session lived with an assistant: the talk, what was done in the world, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pydantic import JsonValue

from aipersona import Session, ToolCall, Turn
from personabench.generation.life import Life
from personabench.generation.query import Planned
from personabench.generation.scene import BY_NAME
from personabench.generation.solving import world_of
from personabench.live.assistant import Acted, Assistant, Made, Understood
from personabench.live.outcome import Outcome, misused, outcome_of
from personabench.live.records import EpisodeRecord
from personabench.live.user import Simulator

MOST_TURNS = 12
"""Messages of a user in one session, whatever the simulator does."""


@dataclass(frozen=True, kw_only=True)
class ContextText:
    text: str
    tokens: int


@dataclass(frozen=True, kw_only=True)
class Lived:
    """The session as it went, and its record without what only the memory can add."""

    session: Session
    record: EpisodeRecord
    first_reply: str = ""


async def live_session(
    life: Life, planned: Planned, user: Simulator, assistant: Assistant, context: ContextText, *, setting: str
) -> Lived:
    """Play a session to its end.

    Raises: ModelDown.
    """
    talk = _Talk(planned)
    says = await user.open()
    talk.add("user", says.text)
    query = planned.query
    record = EpisodeRecord(
        setting=setting,
        person=life.person_id,
        number=planned.number,
        day=planned.day,
        scene=query.scene if query is not None else None,
        tokens=context.tokens,
    )
    if query is None:
        talk.add("assistant", "Noted." if life.seed.written_in == "en" else "好的。")
        return Lived(session=talk.session, record=record)
    scene, world = BY_NAME[query.scene], world_of(query, planned.day)
    before = world.state
    heard: dict[str, JsonValue] = dict(says.tells)
    calls: list[Made] = []
    outcome = Outcome(acted=False, reached=False, wrong=())
    turns = first = questions = model_tokens = 0
    first_reply = ""
    gave_up = False
    while turns < MOST_TURNS:
        turns += 1
        understood = Understood(
            tools=scene.tools, asked=scene.asked, given=query.given, heard=heard, written=life.seed.written_in
        )
        acted = await assistant.reply(talk.turns, context.text, world, understood)
        calls.extend(acted.calls)
        model_tokens += acted.tokens
        talk.add("assistant", acted.text or "…", acted.calls)
        outcome = outcome_of(query, before, world.state)
        questions += bool(acted.asks) or (acted.asks is None and _is_question(acted.text))
        if turns == 1:
            first, first_reply = outcome.reached, _told(acted)
        says = await user.hear(acted, outcome)
        talk.add("user", says.text)
        heard.update(says.tells)
        if says.mood != "goes on":
            gave_up = says.mood == "gave up"
            break
    wrong = misused(query, calls, life)
    return Lived(
        session=talk.session,
        record=record.model_copy(
            update={
                "reached": outcome.reached,
                "first_try": bool(first),
                "gave_up": gave_up,
                "turns": turns,
                "questions": questions,
                "needs": len(query.needs),
                "right": len(query.needs) - len(set(outcome.wrong)),
                "calls": len(calls),
                "misused": tuple(sorted({avoid.why for avoid in wrong})),
                "model_tokens": model_tokens,
            }
        ),
        first_reply=first_reply,
    )


def _told(acted: Acted) -> str:
    """A reply as somebody sees it who sees the calls, too."""
    calls = [f"[{call.tool}({', '.join(f'{n}: {v}' for n, v in call.arguments.items())})]" for call in acted.calls]
    return "\n".join([*calls, acted.text])


def _is_question(text: str) -> bool:
    return "?" in text or "？" in text


class _Talk:
    """The turns of a session, a minute apart."""

    def __init__(self, planned: Planned) -> None:
        self._planned = planned
        self.turns: list[Turn] = []

    def add(self, role: str, content: str, calls: tuple[Made, ...] = ()) -> None:
        number = len(self.turns) + 1
        self.turns.append(
            Turn(
                number=number,
                role="user" if role == "user" else "assistant",
                content=content,
                at=self._planned.at + timedelta(minutes=number),
                tool_calls=tuple(
                    ToolCall(
                        name=call.tool,
                        arguments=dict(call.arguments),
                        result=call.result if call.error is None else {"error": call.error},
                    )
                    for call in calls
                ),
            )
        )

    @property
    def session(self) -> Session:
        return Session(
            user_id=self._planned.person_id,
            session_id=self._planned.session_id,
            started_at=self._planned.at,
            turns=tuple(self.turns),
        )
