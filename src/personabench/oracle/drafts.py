"""Gold operations as drafts for the optimizer's gate: the seam at which a model's proposals come in.

Values are given as a model would give them, in the user's words ("$525 per week", "next Tuesday"), so that typing and
dates are the engine's work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from aipersona import Claim, DraftEdit, DraftRequest, Session
from personabench.oracle.gold import Budget, Event, Expense, Gold, Operation, StepGoal, Steps, Taste, Todo
from personabench.oracle.words import content_words


class OracleDrafter:
    """Proposes the gold of the sessions it is shown, and decoys that must be rejected; `decoys` are those offered."""

    def __init__(self, gold: Gold) -> None:
        self._gold: defaultdict[str, list[Operation]] = defaultdict(list)
        for operation in gold.operations:
            self._gold[operation.session_id].append(operation)
        self.decoys: list[DraftEdit] = []

    def __call__(self, request: DraftRequest) -> list[DraftEdit]:
        proposed: list[DraftEdit] = []
        held = [
            c for c in request.persona.claims if c.valid_to is None and c.path in ("preferences.tastes", "agenda.todos")
        ]
        for session in request.sessions:
            for operation in self._gold[session.session_id]:
                proposed.extend(drafts_of(operation))
            decoys = list(decoys_of(session, held))
            self.decoys.extend(decoys)
            proposed.extend(decoys)
        return proposed


def drafts_of(operation: Operation) -> list[DraftEdit]:
    """The drafts of one operation, in order; a taste that replaces another removes the other first."""
    op = {"add": "add", "update": "update", "delete": "remove"}[operation.action]
    thing, named = operation.thing, operation.action == "delete"
    match thing:
        case Taste():
            return _taste(operation, thing)
        case StepGoal():
            return [
                _draft(operation, op, "agenda.goals", {"what": "daily steps", "target": f"{thing.steps} steps per day"})
            ]
        case Budget():
            row: dict[str, JsonValue] = {"category": thing.category, "limit": f"${thing.dollars} per week"}
            return [_draft(operation, op, "finances.budgets", row)]
        case Expense():
            row = {"what": thing.what, "amount": f"${thing.dollars:.2f}"}
            return [_draft(operation, op, "finances.expenses", {**row, **_said_date(operation)})]
        case Steps():
            return [_draft(operation, op, "activity.steps", {"count": thing.count})]
        case Todo():
            row = {"task": thing.task}
            return [_draft(operation, op, "agenda.todos", row if named else {**row, "area": thing.area})]
        case Event():
            row = {"event": thing.event}
            if not named:
                row = {**row, "kind": thing.kind, "date": thing.day.isoformat(), **_said_date(operation)}
            return [_draft(operation, op, "agenda.calendar", row)]


def _taste(operation: Operation, taste: Taste) -> list[DraftEdit]:
    path = "preferences.tastes"
    row: dict[str, JsonValue] = {"item": taste.item, "stance": taste.stance, "category": taste.category}
    if operation.action == "delete":
        return [_draft(operation, "remove", path, {"item": taste.item})]
    if taste.replaces is not None:
        return [_draft(operation, "remove", path, {"item": taste.replaces}), _draft(operation, "add", path, row)]
    if operation.action == "update":
        return [_draft(operation, "update", path, {"item": taste.item, "stance": taste.stance})]
    return [_draft(operation, "add", path, row)]


def _said_date(operation: Operation) -> dict[str, JsonValue]:
    """The date column in the words that name the day; without such words the engine's own default counts."""
    return {"date": operation.said.phrase} if operation.said is not None else {}


def _draft(operation: Operation, op: str, path: str, row: dict[str, JsonValue]) -> DraftEdit:
    return DraftEdit.model_validate(
        {
            "op": op,
            "path": path,
            "value": row,
            "session_id": operation.session_id,
            "turns": (operation.turn,),
            "quote": operation.quote,
        }
    )


def decoys_of(session: Session, held: Sequence[Claim]) -> Iterator[DraftEdit]:
    """Proposals that no gate may accept, from one session.

    A taste in words of the assistant; one in words that nobody said; and the removal of the first row of `held` that
    the session does not speak of, with words that the user did say.
    """
    said = "\n".join(turn.content for turn in session.user_turns)
    for turn in session.turns:
        if turn.role == "assistant" and turn.content not in said:
            yield _decoy(session, turn.number, turn.content)
            break
    for turn in session.user_turns[:1]:
        yield _decoy(session, turn.number, "I cannot get enough of zebrafish tattoos.")
        spoken_of = content_words("\n".join(turn.content for turn in session.turns))
        for claim in held:
            name = claim.row.get("item") or claim.row.get("task")
            if content_words(str(name)).isdisjoint(spoken_of):
                yield DraftEdit(
                    op="remove",
                    path=claim.path,
                    value={"id": claim.record_id},
                    session_id=session.session_id,
                    turns=(turn.number,),
                    quote=turn.content,
                )
                break


def _decoy(session: Session, turn: int, quote: str) -> DraftEdit:
    return DraftEdit(
        op="add",
        path="preferences.tastes",
        value={"item": "zebrafish tattoos", "stance": "like", "category": "decoy"},
        session_id=session.session_id,
        turns=(turn,),
        quote=quote,
    )
