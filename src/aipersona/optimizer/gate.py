"""From drafts to the edits of one revision: ground each, judge it against all accepted before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aipersona.optimizer.draft import DraftEdit, Drafts
from aipersona.optimizer.fields import field_meant, is_special_path
from aipersona.optimizer.ground import NotAccepted, ground, rejected
from aipersona.optimizer.judge import Statement, judge, told
from aipersona.optimizer.policy import Policy
from aipersona.persona.apply import apply
from aipersona.persona.edits import Edit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import ModelCall, Rejected
from aipersona.schema.fields import Schema
from aipersona.sessions.model import Session


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of proposals: the edits to commit and the persona after them, and what was rejected."""

    edits: tuple[Edit, ...]
    persona: Persona
    rejected: tuple[Rejected, ...] = ()
    calls: tuple[ModelCall, ...] = ()


def judge_drafts(
    drafts: Drafts, persona: Persona, sessions: Sequence[Session], schema: Schema, policy: Policy
) -> Verdict:
    """Put each draft through the gate, in the order in which things were said. Nothing is committed."""
    by_id = {session.session_id: session for session in sessions}
    order = {session_id: index for index, session_id in enumerate(by_id)}
    gate = Gate(persona, schema, policy)
    for draft in sorted(drafts.edits, key=lambda d: (order.get(d.session_id, 0), min(d.turns, default=0))):
        gate.take(draft, by_id, strict=drafts.strict)
    for doubted in drafts.doubted:
        gate.refuse(doubted.draft, NotAccepted("not_asserted", doubted.why))
    return gate.verdict(drafts.calls)


class Gate:
    """Collects the edits of one revision; each statement is judged against the persona with the ones before it."""

    def __init__(self, persona: Persona, schema: Schema, policy: Policy) -> None:
        self._before, self._schema, self._policy = persona, schema, policy
        self._persona = persona
        self._edits: list[Edit] = []
        self._rejected: list[Rejected] = []

    def take(self, draft: DraftEdit, sessions: dict[str, Session], *, strict: bool) -> None:
        """Ground and judge one draft; a rejection is kept with its reason."""
        try:
            statement = told(ground(draft, sessions), strict=strict)
            self.state(statement)
        except NotAccepted as why:
            self.refuse(draft, why)

    def refuse(self, draft: DraftEdit, why: NotAccepted) -> None:
        """Keep a draft among what was rejected."""
        self._rejected.append(rejected(draft, why, only=self._redacted(draft.path)))

    def state(self, statement: Statement) -> list[Edit]:
        """Judge one statement and apply what it leads to.

        Raises: NotAccepted.
        """
        edits = judge(statement, self._persona, self._schema, self._policy)
        self._persona = apply(self._persona, edits, revision=self._before.revision + 1, first=len(self._edits))
        self._edits.extend(edits)
        return edits

    def verdict(self, calls: tuple[ModelCall, ...] = ()) -> Verdict:
        return Verdict(edits=tuple(self._edits), persona=self._persona, rejected=tuple(self._rejected), calls=calls)

    def _redacted(self, path: str) -> str | None:
        """The path under which a rejected edit is kept if policy forbids to keep its value, otherwise None.

        That holds whatever it was rejected for, and for paths that are no field, which may say it all themselves.
        """
        known = self._schema.with_learned(entry.spec for entry in self._persona.learned)
        spec = field_meant(path, known)
        if spec is not None:
            return None if self._policy.keeps(spec) else spec.path
        special = is_special_path(path, known) and not self._policy.allows(path)
        return path.strip().lower().partition(".")[0] if special else None
