"""Steering: what a user orders in words about what is known of them, done at once as their own correction.

"Remember ...", "that's wrong, I ...", "forget ...", "what do you know about me", "why do you think that": a model hears
it in any language and calls one of four tools. Code sees to it that it was the user: what is to be remembered or
forgotten must stand in the words of their last message, and is done only before the model has read what other tools
return, so that no page, mail or tool result can have it done.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from aipersona.claim_lines import claim_lines
from aipersona.clarifying import claim_by_id, just_asked, says_no, says_so
from aipersona.commits import commit_on_head
from aipersona.corrections import Corrections
from aipersona.errors import InvalidEdit, ModelError, UnknownField, UnknownQuestion
from aipersona.grounding import own_spans, words_of
from aipersona.optimizer.draft import DraftEdit, Drafter, DraftRequest
from aipersona.optimizer.gate import Gate
from aipersona.optimizer.ground import NotAccepted, ground
from aipersona.optimizer.judge import Statement, told
from aipersona.optimizer.policy import Policy
from aipersona.persona.claims import Claim, Evidence, plain_text
from aipersona.persona.edits import AddEdit, ConfirmEdit, EndEdit, RemoveEdit, SetEdit, UpdateEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision
from aipersona.relevance import share_named
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.sessions.model import Session, Turn
from aipersona.store.protocol import Store, UserKey

NAMED = 0.6
"""The share of a value's words that must be said for it to be meant."""

MOST_SHOWN = 60
"""How many values are told at most."""

_EVERYTHING = re.compile(
    r"\beverything\b|\b(?:all|anything) (?:of it|about me)\b"
    r"|\b(?:all|anything) (?:that )?you(?:'ve| have)? (?:know|learned|remember|stored)\b"
    r"|\balles\b|\btudo\b|\btout\b|\btutto\b|\bwszystko\b|\bвсё?\b|一切|全部|所有|すべて|全て|전부|모두",
    re.IGNORECASE,
)
"""Words for all that is known, in some languages."""

_ALL = frozenset({"", "everything", "all"})
"""How a model names all that is known."""


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What the user changed in words: the revision that did it, and what it did, a line each."""

    revision: int
    lines: tuple[str, ...]


@dataclass(kw_only=True)
class Steering:
    """The orders of one user in the running session, whose last turn is the message that is being answered."""

    store: Store
    key: UserKey
    schema: Schema
    policy: Policy
    clock: Callable[[], datetime]
    drafter: Callable[[], Drafter]
    session: Session
    changes: list[Changed] = field(default_factory=list[Changed])
    failures: list[str] = field(default_factory=list[str])
    """Why orders came to nothing."""

    async def remember(self) -> str:
        """Remember or correct what the user's last message says about themselves, because they just asked for it:
        "remember that I ...", "note that my ...", "that's wrong, I ...".
        """
        revision, refused = await self._take_message()
        if revision is not None:
            return self._done("Remembered", revision)
        return self._not_done(refused or "nothing in the message is something to keep about the user")

    async def forget(self, what: str) -> str:
        """Forget something that is known about the user, because they just asked for it: "forget that I ...".

        Args:
            what: what to forget: the path of a field, or the value in a few words
        """
        persona = await self.store.load(self.key)
        words, everything = words_of(self._said), _EVERYTHING.search(self._said) is not None
        found = [c for c in self._meant(what, persona) if everything or self._is_named(c, words, persona)]
        if not found:
            return self._not_done("nothing that is known fits what the user said; ask them what they mean")
        if not everything and any(claim.kind == "scalar" for claim in found):
            # "That's wrong, I live in Porto" is a new value, whatever a model hears in it.
            revision, _ = await self._take_message(only=frozenset(claim.path for claim in found))
            if revision is not None:
                return self._done("Corrected", revision)
        if everything and what.strip().lower() in _ALL:
            found = [claim for claim in persona.claims if not claim.retracted]  # what is over, too
            targets = dict.fromkeys((claim.path, None) for claim in found)
        else:
            targets = dict.fromkeys((claim.path, _item(claim)) for claim in found)
        corrections = Corrections(self.store, self.schema, self.policy, self.clock)
        try:
            return self._done("Forgotten", await corrections.forget_all(self.key, list(targets)))
        except (InvalidEdit, UnknownField) as error:
            return self._not_done(str(error))

    async def _take_message(self, only: frozenset[str] | None = None) -> tuple[Revision | None, str]:
        """Commit what the last message says as the user's own correction: all of it, or new values at these paths.

        None where nothing came of it, with the reasons.
        """
        identity = (await self.store.head(self.key)).identity
        persona = await self.store.load(self.key)
        request = DraftRequest(
            # Shown the old value, a small model hears that it is over and misses the new one.
            persona=persona if only is None else Persona(user_id=persona.user_id),
            sessions=(self.session.model_copy(update={"turns": (_without_order(self._turn),)}),),
            schema=self.policy.kept(self._known(persona)),
        )
        try:
            drafts = await self.drafter().draft(request)
        except ModelError as error:
            return None, str(error)
        wanted = [d for d in drafts.edits if only is None or (d.path in only and d.op in ("set", "add", "update"))]
        refused: list[str] = []

        async def build(persona: Persona) -> Revision | None:
            if (await self.store.head(self.key)).identity != identity:
                return None  # erased meanwhile: what was drafted is of nobody any more
            refused.clear()
            gate = Gate(persona, self.schema, self.policy)
            for draft in wanted:
                try:
                    grounded = ground(draft, {self.session.session_id: self.session})
                    statement = told(grounded, strict=drafts.strict)
                    gate.state(replace(statement, authority="user_edit"))
                except NotAccepted as why:
                    refused.append(f"{draft.path}: {why.reason.replace('_', ' ')}")
            edits = gate.verdict().edits
            if not edits:
                return None
            return Revision(
                number=persona.revision + 1,
                at=self.clock(),
                author="user",
                cause="chat",
                edits=edits,
                calls=drafts.calls,
            )

        return await commit_on_head(self.store, self.key, build), "; ".join(dict.fromkeys(refused))

    async def what_is_known(self, about: str = "") -> str:
        """What is known about the user, for when they ask what you know about them.

        Args:
            about: a topic, the path of a field, or nothing for everything
        """
        persona = await self.store.load(self.key)
        held = list(persona.all_holding(self._day))
        if about.strip():
            meant = {claim.id for claim in self._meant(about, persona)}
            held = [claim for claim in held if claim.id in meant] or held
        lines = [line.text for line in claim_lines(held[:MOST_SHOWN], self._known(persona), self._day)]
        return "\n".join(lines) or "Nothing is known about the user yet."

    async def why_is_it_known(self, what: str) -> str:
        """Why something is known about the user: their own words and the day, for when they ask why you think that.

        Args:
            what: the path of a field, or the value in a few words
        """
        persona = await self.store.load(self.key)
        lines = [_reason(claim) for claim in self._meant(what, persona)]
        return "\n".join(lines) or "Nothing like that is known about the user."

    async def settle(self, holds: bool) -> str:
        """Settle what you have just asked the user about what is known of them, because their message answers it.
        If it gives another value, use remember instead.

        Args:
            holds: whether the value that you asked about is right
        """
        asked = just_asked(self.session)
        if asked is None:
            return self._not_done("nothing was asked that this message answers")
        about, said = str(asked.arguments["about"]), self._said
        persona = await self.store.load(self.key)
        if asked.arguments["kind"] == "conflict":
            question = persona.question(about)
            if question is None:
                return self._not_done("the question is not open any more")
            stands = [claim.value for claim in persona.holding(question.path, self._day)]
            kept = says_no(said) or any(says_so(said, value) for value in stands)
            if not (says_so(said, question.proposed) if holds else kept):
                return self._not_done("the user's message does not say so; use remember if it gives a value")
            corrections = Corrections(self.store, self.schema, self.policy, self.clock)
            try:
                return self._done("Settled", await corrections.answer(self.key, about, accept=holds))
            except (UnknownQuestion, InvalidEdit) as error:
                return self._not_done(str(error))
        claim = claim_by_id(persona, about)
        if claim is None or not claim.covers(self._day):
            return self._not_done("what was asked about is not known any more")
        if not holds:
            return self._not_done("the user has to say what is right; ask them, or forget it if they want so")
        if not says_so(said, claim.value):
            return self._not_done("the user's message does not say so; use remember if it gives a value")
        revision = await commit_on_head(self.store, self.key, self._still_so(claim))
        return self._done("Confirmed", revision) if revision is not None else self._not_done("it is not known any more")

    def _still_so(self, claim: Claim) -> Callable[[Persona], Awaitable[Revision | None]]:
        """What says the same value once more, in the user's words."""
        now = self.clock()
        first = own_spans(self._turn.content)[0]
        evidence = Evidence(
            session_id=self.session.session_id,
            turn=self._turn.number,
            quote=self._turn.content[first.start : first.end],
            speaker=self._turn.speaker,
            at=self._turn.at or self.session.started_at,
        )

        async def build(persona: Persona) -> Revision | None:
            if claim_by_id(persona, claim.id) is None:
                return None
            op = "add" if claim.kind == "set" else "set"
            draft = DraftEdit(op=op, path=claim.path, value=claim.value, session_id=self.session.session_id)
            gate = Gate(persona, self.schema, self.policy)
            statement = Statement(
                draft=draft, authority="user_edit", evidence=(evidence,), said_at=max(now, evidence.at), day=self._day
            )
            try:
                gate.state(statement)
            except NotAccepted:
                return None
            number = persona.revision + 1
            return Revision(number=number, at=now, author="user", cause="chat", edits=gate.verdict().edits)

        return build

    @property
    def tools(self) -> Sequence[Callable[..., object]]:
        always = (self.remember, self.forget, self.what_is_known, self.why_is_it_known)
        return (*always, self.settle) if just_asked(self.session) is not None else always

    @property
    def _turn(self) -> Turn:
        return self.session.turns[-1]

    @property
    def _said(self) -> str:
        """The user's own words in their last message."""
        return " ".join(self._turn.content[span.start : span.end] for span in own_spans(self._turn.content))

    @property
    def _day(self) -> date:
        return self.session.day_of(self._turn)

    def _known(self, persona: Persona) -> Schema:
        return self.schema.with_learned(entry.spec for entry in persona.learned)

    def _meant(self, what: str, persona: Persona) -> list[Claim]:
        """The claims that hold and that a path, a field's name or a value's words mean."""
        held = list(persona.all_holding(self._day))
        path = what.strip().strip(".").lower()
        found = [claim for claim in held if claim.path == path or claim.path.startswith(f"{path}.")]
        if found or path in _ALL:
            return found or held
        said = words_of(what)
        known = self._known(persona)
        return [c for c in held if share_named(c, said) >= NAMED or _names(known.field(c.path), said)]

    def _is_named(self, claim: Claim, said: frozenset[str], persona: Persona) -> bool:
        """Whether words name a value, in part at least, or its field: what the user asks for is theirs to name."""
        spec = self._known(persona).field(claim.path)
        return share_named(claim, said) > 0 or _names(spec, said) or bool(words_of(spec.description) & said - _USER)

    def _done(self, what: str, revision: Revision) -> str:
        changed = Changed(revision=revision.number, lines=tuple(lines_of(revision)))
        self.changes.append(changed)
        return f"{what}: {'; '.join(changed.lines)} (revision {revision.number} can be undone)"

    def _not_done(self, why: str) -> str:
        self.failures.append(why)
        return f"Not done: {why}."


_ORDER = re.compile(
    r"^\W*(?:(?:please|hey|hi|ok(?:ay)?|also|and|so|no|well|actually|sorry|wait)\W+)*"
    r"(?:(?:(?:can|could|would|will) you (?:please )?)?(?:remember|note(?: down)?|keep in mind|save"
    r"|don['’]t forget|memori[sz]e|make a note)\b(?:\s*[:,–-]|\s+that\b|\s+for (?:later|next time|the future)[:,]?)?\s+"
    r"|(?:that|this|it|which)(?:['’]s| is| was) (?:wrong|not (?:right|true|correct)|incorrect|outdated|a mistake)\W+"
    r"|(?:you['’]re|you are) (?:wrong|mistaken)\W+|wrong\W+)"
    r"|^\W*(?:请|麻烦)?(?:你)?(?:帮我)?(?:记住|记得|记一下|记下来?|别忘了)[，,：:\s]*"
    r"|^\W*(?:这)?(?:不对|错了|你?记错了)[，,。！!\s]*",
    re.IGNORECASE,
)
"""The order before what is to be remembered. A small model fills in nothing where a sentence begins so."""


_USER = words_of("the user's own; a person, a thing, something")
"""Words of descriptions that name no field."""


def _without_order(turn: Turn) -> Turn:
    said = _ORDER.sub("", turn.content, count=1)
    return turn.model_copy(update={"content": said}) if any(map(str.isalnum, said)) else turn


def _names(spec: FieldSpec, said: frozenset[str]) -> bool:
    """Whether words name a field: its last name, or another one of its names."""
    return any(words and words <= said for words in map(words_of, (spec.path.rpartition(".")[2], *spec.names)))


def _item(claim: Claim) -> str | None:
    """What names one value among others at its path; None for the only one."""
    if claim.kind == "records":
        return claim.record_id
    return plain_text(claim.value) if claim.kind == "set" else None


def lines_of(revision: Revision) -> list[str]:
    """What a revision did, a line each."""
    found: list[str] = []
    for edit in revision.edits:
        if isinstance(edit, SetEdit | AddEdit | ConfirmEdit):
            found.append(f"{edit.path} = {plain_text(edit.value)}")
        elif isinstance(edit, UpdateEdit):
            found.append(f"{edit.path}, row {edit.record_id}: {plain_text(dict(edit.changes))}")
        elif isinstance(edit, RemoveEdit | EndEdit):
            found.append(f"{edit.path} no longer")
    return list(dict.fromkeys(found))


def _reason(claim: Claim) -> str:
    value = f"{claim.path} = {plain_text(claim.value)}"
    if not claim.evidence:
        return f"- {value}: {claim.authority.replace('_', ' ')}, {claim.said_at:%Y-%m-%d}"
    last = claim.evidence[-1]
    return f"- {value}: on {last.at:%Y-%m-%d} the user said “{last.quote}”"
