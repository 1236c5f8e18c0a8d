"""Consent: a change that a model proposes is the user's own once they said yes to exactly that change."""

from __future__ import annotations

from typing import Protocol

from aipersona.errors import NotAllowed, RevisionConflict, UnknownQuestion
from aipersona.mcp_door.asking import Ask, Form
from aipersona.mcp_door.whose import Whose
from aipersona.mcp_door.wording import TAKE, YES, consent_form, settling_form
from aipersona.persona.revisions import Revision


class Make(Protocol):
    """Makes a change, on the revision `expected` alone where it is given; with `dry_run` it is only shown."""

    async def __call__(self, *, expected: int | None = None, dry_run: bool = False) -> Revision: ...


async def agreed(whose: Whose, make: Make, ask: Ask, *, purpose: str) -> Revision:
    """Show the user what would change and commit it on their yes, on the revision that they saw.

    If something else is committed meanwhile, the words are made again; the user is asked again
    where they are others, or where another change would be made than the one that was asked about.

    Raises: NotAllowed where the user said no; CannotAsk; what `make` raises.
    """
    asked: Form | None = None
    while True:
        shown = await make(dry_run=True)
        form = consent_form(shown, await whose.view(revision=shown.number - 1), purpose=purpose)
        if asked is None or not form.asks_as(asked):
            if await ask(form) != YES:
                raise NotAllowed("the user did not say yes, so nothing was changed; leave it at that")
            asked = form
        try:
            return await make(expected=shown.number - 1)
        except RevisionConflict:
            continue


async def settled(whose: Whose, question_id: str, ask: Ask) -> Revision:
    """Have the user settle an open question and commit their choice, on the revision that they saw.

    Raises: UnknownQuestion; NotAllowed where they made no choice; CannotAsk.
    """
    asked: Form | None = None
    choice: str | None = None
    while True:
        view = await whose.view()
        question = view.persona.question(question_id)
        if question is None:
            raise UnknownQuestion(whose.user_id, question_id)
        form = settling_form(question, view, whose.ai.schema)
        if asked is None or not form.asks_as(asked):
            choice = await ask(form)
            if choice is None:
                raise NotAllowed("the user made no choice, so the question stays open; leave it at that")
            asked = form
        try:
            accept = choice == TAKE
            return await whose.ai.answer(whose.user_id, question_id, accept=accept, expected=view.revision)
        except RevisionConflict:
            continue
