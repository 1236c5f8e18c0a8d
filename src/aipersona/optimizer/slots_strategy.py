"""The `slots` strategy: forms for small local models.

In: the new sessions. Code picks the sentences in which the user may be stating something about themselves; the model
fills one small form for each; code turns the filled slots into drafts with the sentence as their quote, and adds what
the words plainly say of things that no slot asks for. No old
profile is shown (a small model copies it), and the gate is asked to be strict: every value must stand in the words.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from pydantic import JsonValue

from aipersona.grounding import words_of
from aipersona.grounding.small_talk import is_small_talk
from aipersona.grounding.statements import own_statements
from aipersona.grounding.text_work import is_of_the_speaker, works_on_text
from aipersona.optimizer.draft import Doubted, DraftEdit, DraftRequest, Drafts
from aipersona.optimizer.filling import Statement, read_form
from aipersona.optimizer.forms import Form, form_for
from aipersona.optimizer.offering import offered
from aipersona.optimizer.plain_orders import plain_orders
from aipersona.optimizer.tastes import NAMED
from aipersona.optimizer.unasked import unasked
from aipersona.persona.model import Persona
from aipersona.persona.revisions import ModelCall
from aipersona.prompts import prompt
from aipersona.relevance import share_named
from aipersona.sessions.model import Session

MOST_NOTED = 2
ANSWER_TOKENS = 200
SHORT_ANSWER = 60
"""A message of at most so many characters may be the answer to the question before it, which is then shown."""


class Filled(Protocol):
    """A filled form and what it cost."""

    @property
    def text(self) -> str: ...
    @property
    def prompt_tokens(self) -> int: ...
    @property
    def completion_tokens(self) -> int: ...


class FormFiller(Protocol):
    """A model that answers with JSON of a given schema."""

    @property
    def model_name(self) -> str: ...

    async def complete_json(
        self, messages: Sequence[Mapping[str, str]], json_schema: Mapping[str, JsonValue], *, max_tokens: int
    ) -> Filled:
        """One JSON document that fits the schema.

        Raises: ModelError.
        """
        ...


class SlotsDrafter:
    """Drafts by one small form for each statement of the user's about themselves."""

    def __init__(self, filler: FormFiller) -> None:
        self._filler = filler

    async def draft(self, request: DraftRequest) -> Drafts:
        day = max((session.day for session in request.sessions), default=date.min)
        form = form_for(offered(request.schema, request.persona, request.sessions, day))
        edits: list[DraftEdit] = []
        doubted: list[Doubted] = []
        calls: list[ModelCall] = []
        for session in request.sessions:
            for statement in statements_of(session):
                started = time.perf_counter()
                asked = form.asked(_noted(statement, form, request.persona) + statement.shown)
                filled = await self._filler.complete_json(asked, form.schema, max_tokens=ANSWER_TOKENS)
                calls.append(_call(self._filler, asked, filled, time.perf_counter() - started))
                read = read_form(filled.text, form, statement, request.persona, model=self._filler.model_name)
                edits.extend(read.drafts)
                edits.extend(unasked(statement, request.schema, read.drafts))
                doubted.extend(read.doubted)
            edits.extend(plain_orders(session, request.schema))
        return Drafts(edits=tuple(edits), doubted=tuple(doubted), calls=tuple(calls), strict=True)


def statements_of(session: Session) -> Iterator[Statement]:
    """What the user says about themselves in a session, sentence by sentence, in order."""
    question, on_text = "", False
    for turn in session.turns:
        if not session.is_by_user(turn):
            question = _last_question(turn.content) if turn.role == "assistant" else ""
            continue
        answers = question if question and len(turn.content) <= SHORT_ANSWER else ""
        found = [turn.content[span.start : span.end] for span in own_statements(turn.content)]
        if not found and answers and not turn.content.rstrip().endswith(("?", "？")):
            found = [turn.content.strip()]
        on_text = on_text or works_on_text(turn.content)
        if on_text:
            found = [words for words in found if is_of_the_speaker(words)]
        if is_small_talk(answers):
            found = [words for words in found if not is_small_talk(words)]
        for words in found:
            shown = f"(asked: {answers}) {words}" if answers else words
            yield Statement(session=session, turn=turn, words=words, shown=shown)
        question = ""


def _noted(statement: Statement, form: Form, persona: Persona) -> str:
    """What is known already of the things that the statement names, so that "it is done" can be seen as the end of it.

    Only what the words themselves name: a small model takes any other old value for a new one.
    """
    said, day = words_of(statement.words), statement.session.day_of(statement.turn)
    named: list[tuple[float, str]] = []
    for claim in persona.all_holding(day):
        share, slot = share_named(claim, said), form.slot_of(claim)
        if slot is not None and share >= NAMED:
            value = next(iter(claim.row.values()), "") if claim.kind == "records" else claim.value
            named.append((share, f"{slot.name}: {value}"))
    named.sort(key=lambda pair: -pair[0])
    return f"(noted before: {'; '.join(text for _, text in named[:MOST_NOTED])}) " if named else ""


def _last_question(text: str) -> str:
    """The question with which a message ends, if it does."""
    ending = text.strip()
    if not ending.endswith(("?", "？")):
        return ""
    start = max(ending.rfind(mark, 0, len(ending) - 1) for mark in ".!?。！？\n")
    return ending[start + 1 :].strip()[:200]


def _call(filler: FormFiller, asked: Sequence[Mapping[str, str]], filled: Filled, seconds: float) -> ModelCall:
    return ModelCall(
        purpose="draft",
        model=filler.model_name,
        prompt=prompt("slots").label,
        prompt_tokens=filled.prompt_tokens,
        completion_tokens=filled.completion_tokens,
        prompt_characters=sum(len(message["content"]) for message in asked),
        seconds=seconds,
    )
