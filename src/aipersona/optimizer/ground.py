"""Grounding: does a quote really stand in the user's own words, and do these words support the value?

In: a draft and the sessions it was made from. Out: the evidence with what is known about the words, or a rejection.
Assistant turns, tool results, system prompts, other speakers and pasted or quoted text are never evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from aipersona.grounding import Span, find_quote, own_spans, stands_in_own_words
from aipersona.grounding.sentences import sentences_around
from aipersona.optimizer.draft import DraftEdit, texts_of
from aipersona.persona.claims import Evidence
from aipersona.persona.revisions import Rejected, RejectionReason
from aipersona.sessions.model import Session, Turn


@dataclass(frozen=True, kw_only=True)
class Grounded:
    """A draft whose quote was found: `text[span]` is the quote where it stands in the turn.

    `said` is the user's own part of the sentences that the quote touches, `beside` that of the other sentences of the
    turn in which the value stands; `elsewhere` are the other turns of the user
    that the draft names. `spoken_of` is what anyone said in the session until then, which tells what the words can
    refer to, and is no evidence.
    """

    draft: DraftEdit
    evidence: Evidence
    text: str
    span: Span
    day: date
    said: str
    beside: str
    elsewhere: tuple[str, ...]
    spoken_of: str

    @property
    def own_words(self) -> str:
        """All the user's own words that may support the value."""
        return "\n".join((self.said, self.beside, *(_own_words(text) for text in self.elsewhere)))


class NotAccepted(Exception):
    """A draft fails a check; `reason` and `detail` say which, and carry no content."""

    def __init__(self, reason: RejectionReason, detail: str = "") -> None:
        self.reason: RejectionReason = reason
        self.detail = detail
        super().__init__(reason)


def rejected(draft: DraftEdit, why: NotAccepted, *, only: str | None = None) -> Rejected:
    """The draft as it is kept when it was not accepted; of what policy forbids to keep, `only` this path."""
    return Rejected(
        op=draft.op,
        path=draft.path if only is None else only,
        value=draft.value if only is None else None,
        session_id=draft.session_id,
        quote=(draft.quote or None) if only is None else None,
        reason=why.reason,
        detail=why.detail,
    )


def ground(draft: DraftEdit, sessions: Mapping[str, Session]) -> Grounded:
    """The draft with its evidence.

    A quote that stands in another of the user's own turns of that session than the draft names is taken from there.

    Raises: NotAccepted.
    """
    session = sessions.get(draft.session_id)
    if session is None:
        raise NotAccepted("unknown_session")
    if not any(character.isalnum() for character in draft.quote):
        raise NotAccepted("no_quote")
    named = [session.turn(number) for number in draft.turns]
    if None in named:
        raise NotAccepted("unknown_turn")
    failure: RejectionReason = "quote_not_found"
    for turn in _turns_to_try(session, [turn for turn in named if turn is not None]):
        if find_quote(turn.content, draft.quote) is None:
            continue
        if not session.is_by_user(turn):
            failure = "not_said_by_user"
            continue
        span = stands_in_own_words(turn.content, draft.quote)
        if span is None:
            failure = "not_own_words"
            continue
        evidence = Evidence(
            session_id=session.session_id,
            turn=turn.number,
            quote=turn.content[span.start : span.end],
            speaker=turn.speaker,
            at=turn.at or session.started_at,
        )
        others = [t for t in named if t is not None and t.number != turn.number and session.is_by_user(t)]
        return Grounded(
            draft=draft,
            evidence=evidence,
            text=turn.content,
            span=span,
            day=session.day_of(turn),
            said=_own_words(turn.content, span),
            beside=_beside(turn.content, span, draft),
            elsewhere=tuple(other.content for other in others),
            spoken_of="\n".join(t.content for t in session.turns if t.number <= turn.number),
        )
    raise NotAccepted(failure)


def _own_words(text: str, quoted: Span | None = None) -> str:
    """The user's own part of a text, or of those of its sentences that a quote touches."""
    own = own_spans(text)
    if quoted is None:
        return " ".join(text[span.start : span.end] for span in own)
    touched, _ = sentences_around(text, quoted)
    parts = (Span(max(s.start, o.start), min(s.end, o.end)) for s in touched for o in own)
    return " ".join(text[part.start : part.end] for part in parts if part.start < part.end)


def _beside(text: str, quoted: Span, draft: DraftEdit) -> str:
    """The sentences beside the quote's in which the value stands to the letter: "I saw Heat. I loved it"."""
    touched, _ = sentences_around(text, quoted)
    sentences: list[str] = []
    for value in texts_of(draft.value):
        found = find_quote(text, value)
        if found is not None and not any(sentence.meets(found) for sentence in touched):
            sentences.append(_own_words(text, found))
    return " ".join(sentences)


def _turns_to_try(session: Session, named: list[Turn]) -> Iterator[Turn]:
    """The named turns, then the user's others, then everyone else's (only to say whose words they were)."""
    yield from named
    yield from (turn for turn in session.turns if turn not in named and session.is_by_user(turn))
    yield from (turn for turn in session.turns if turn not in named and not session.is_by_user(turn))
