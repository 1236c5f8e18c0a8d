"""Writing on the desk: one row of the persona as a typed edit through the gate, committed as one revision.

What the user said themselves is their own correction (`user_edit`), with their words as evidence. What a model made up,
or read somewhere, is the assistant's own (`tool`): it shows as such, and gives way to all else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from pydantic_ai.tools import RunContext

from aipersona.commits import commit_on_head
from aipersona.desk.said import Said, Words
from aipersona.grounding import words_of
from aipersona.optimizer.draft import DraftEdit, Op
from aipersona.optimizer.gate import Gate
from aipersona.optimizer.ground import NotAccepted
from aipersona.optimizer.judge import Statement
from aipersona.optimizer.policy import Policy
from aipersona.persona.claims import RANK, Claim, Row, plain_text
from aipersona.persona.edits import AskEdit, ConfirmEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.sessions.model import Session
from aipersona.steering import Changed, lines_of
from aipersona.store.protocol import Store, UserKey
from aipersona.tools.heard import Heard

MOST_TOLD = 40
"""How many rows are told at most."""


class Refused(Exception):
    """What was asked for is not done; the text tells the model why, and what to do."""


@dataclass(kw_only=True)
class Pad:
    """What the tools of the desk write on, for one user and one message."""

    store: Store
    key: UserKey
    schema: Schema
    policy: Policy
    clock: Callable[[], datetime]
    session: Session
    heard: Heard
    changes: list[Changed] = field(default_factory=list[Changed])
    failures: list[str] = field(default_factory=list[str])
    """Why what was asked for was not done."""
    _identity: str | None = None

    async def begin(self) -> None:
        """Remember whose desk it is: what a model is slow to ask for is not written for a user erased meanwhile."""
        self._identity = (await self.store.head(self.key)).identity

    @property
    def words(self) -> Words:
        return Words(self.session)

    @property
    def day(self) -> date:
        return self.words.day

    async def persona(self) -> Persona:
        return await self.store.load(self.key)

    async def rows(self, path: str) -> list[Claim]:
        """The rows that hold."""
        return list((await self.persona()).holding(path, self.day))

    def told(self, rows: Sequence[Claim], nothing: str) -> str:
        """Rows as the model reads them; where one is not from the user, it has heard others."""
        if any(RANK[claim.authority] < RANK["told"] for claim in rows):
            self.heard.others = True
        more = f"\n({len(rows) - MOST_TOLD} more)" if len(rows) > MOST_TOLD else ""
        return "\n".join(map(line_of, rows[:MOST_TOLD])) + more or nothing

    def is_theirs(self, ctx: RunContext[object]) -> bool:
        """Whether what is asked for can only be the user's wish: the model has read nobody else."""
        return not self.heard.from_others(ctx)

    async def add(self, path: str, said: Said, *, tool: str) -> str:
        """Add a row, or confirm the one that is there."""
        return await self._commit("set", path, said, tool)

    async def update(self, claim: Claim, said: Said, *, tool: str) -> str:
        """Change columns of a row."""
        return await self._commit("update", claim.path, _of(claim, said), tool)

    async def remove(self, claim: Claim, said: Said, *, tool: str) -> str:
        """End a row."""
        gone = f"{claim.path} no longer: {_plain(claim)}"
        return await self._commit("remove", claim.path, _of(claim, replace(said, row={})), tool, lines=(gone,))

    def refused(self, why: str) -> str:
        """The answer of a tool that does nothing."""
        self.failures.append(why)
        return f"Not done: {why}."

    async def _commit(self, op: Op, path: str, said: Said, tool: str, lines: Sequence[str] = ()) -> str:
        async def build(persona: Persona) -> Revision | None:
            if (await self.store.head(self.key)).identity != self._identity:
                raise Refused("the user was erased meanwhile")
            gate = Gate(persona, self.schema, self.policy)
            try:
                edits = gate.state(self._statement(op, path, said, persona))
            except NotAccepted as why:
                raise Refused(_REASONS.get(why.reason, why.detail or why.reason.replace("_", " "))) from None
            if said.authority == "tool" and any(isinstance(edit, ConfirmEdit) for edit in edits):
                raise Refused(_REASONS["already_known"])
            if any(isinstance(edit, AskEdit) for edit in edits):
                raise Refused("the user told it otherwise, and only their own words change that; ask them")
            return Revision(
                number=persona.revision + 1,
                at=self.clock(),
                author="user" if said.authority == "user_edit" else "application",
                cause="chat" if said.authority == "user_edit" else f"tool {tool}",
                edits=tuple(edits),
            )

        revision = await commit_on_head(self.store, self.key, build)
        assert revision is not None
        changed = Changed(revision=revision.number, lines=tuple(lines or lines_of(revision)))
        self.changes.append(changed)
        own = "" if said.authority == "user_edit" else "; kept as your own, not as the user's word"
        out = f"; left out, the user did not say it: {', '.join(said.left_out)}" if said.left_out else ""
        return f"Done: {'; '.join(changed.lines)} (revision {revision.number} can be undone{own}{out})"

    def _statement(self, op: Op, path: str, said: Said, persona: Persona) -> Statement:
        at = self.session.turns[-1].at or self.session.started_at
        return Statement(
            draft=DraftEdit(op=op, path=path, value=said.row, session_id=self.session.session_id),
            authority=said.authority,
            evidence=said.evidence,
            # What the user says now is said after what it changes, whatever clock that had.
            said_at=max([at, *(claim.said_at for claim in persona.history(path))]) if said.evidence else at,
            day=self.day,
        )


_REASONS = {
    "already_known": "it is there already",
    "weaker_authority": "the user told it otherwise or took it back, and only their own words change that; ask them",
    "sensitive": "special categories of personal data are not kept",
}
"""What the gate's reasons mean for a model that has to go on."""


def _of(claim: Claim, said: Said) -> Said:
    return replace(said, row={"id": claim.record_id, **said.row})


def line_of(claim: Claim) -> str:
    """A row as the model reads it: its id, when it is, and what."""
    mark = "" if RANK[claim.authority] >= RANK["told"] else " (not from the user)"
    return f"[{claim.record_id}] {_plain(claim)}{mark}"


def _plain(claim: Claim) -> str:
    row: Row = claim.row
    when = " ".join(str(row[name]) for name in ("date", "time", "due") if row.get(name))
    what = "; ".join(plain_text(value) for name, value in row.items() if name not in ("date", "time", "due") and value)
    return " ".join(part for part in (when, what) if part)


_ANY = frozenset({"all", "any", "anything", "everything", "none", "null", "n/a"})


def wanted_words(about: str) -> frozenset[str]:
    """The words that a row should have; none where a model writes that it wants all of them."""
    return frozenset[str]() if about.strip().lower() in _ANY else words_of(about)


def columns_of(schema: Schema, path: str, *needed: str) -> FieldSpec | None:
    """The record field at a path, if the schema has it with these columns: an application may bring its own."""
    spec = schema.get(path)
    return spec if spec is not None and spec.kind == "records" and set(needed) <= spec.columns.keys() else None
