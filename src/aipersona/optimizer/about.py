"""Whose fact the words behind a draft state, and whether they are meant.

In: a grounded draft and its field. Out: nothing, or the reason why the words do not state it about the user. Where a
value stands in another sentence than the quote's, that sentence must say it of the user, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipersona.grounding import Span, Stance, find_quote, own_spans, read_stance, words_of
from aipersona.grounding.identities import says_who
from aipersona.grounding.made_up import is_made_up
from aipersona.grounding.own_words import only_own
from aipersona.grounding.residences import says_lives, says_living
from aipersona.grounding.sentences import sentences_around
from aipersona.optimizer.draft import texts_of
from aipersona.optimizer.ground import Grounded, NotAccepted
from aipersona.schema.fields import FieldSpec

_DISLIKED = re.compile(
    r"\b(?:dislik|hat(?:e|ed|ing)\b|loath|detest|despis|avoid|not\b|never\b|\w+n['’]t\b)|不|讨厌|没|受不了",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:but|now|nowadays|lately|recently|however|these days|since then)\b|但|可是|不过|现在|如今|最近|后来",
    re.IGNORECASE,
)
_MINE = re.compile(r"(?:my|our)\b|我|咱", re.IGNORECASE)


def check_about_user(grounded: Grounded, spec: FieldSpec) -> None:
    """The clauses that state the value must be about the user, and meant.

    Where the quote holds the value more than once, one place that states it is enough; where it stands only beside the
    quote, no place may say it of somebody else.

    Raises: NotAccepted with `not_about_user` or `not_asserted`.
    """
    quoted = _quoted_places(grounded, spec)
    beside = () if quoted else _places_beside(grounded, spec)
    if quoted:
        _check_any(quoted, grounded, spec)
    for span, text in beside:
        _check_place(text, span, grounded, spec)
    if not quoted and not beside:
        stance = read_stance(grounded.text, grounded.span)
        _check_clause(stance, grounded.text, grounded.span, grounded, spec, literal=False)
        if is_made_up(grounded.text, grounded.span):
            raise NotAccepted("not_asserted", "made up, or not quite")
        if spec.residence and not _going(grounded) and not says_living(grounded.own_words):
            raise NotAccepted("not_asserted", "no word of living or moving there")


def check_stated_by(grounded: Grounded, spec: FieldSpec) -> None:
    """The words must hold one that such a fact is stated by, unless they are nothing but the value.

    Raises: NotAccepted with `not_asserted`.
    """
    if not spec.stated_by or _going(grounded) or _is_bare(grounded, spec):
        return
    said = grounded.text[grounded.span.start : grounded.span.end].replace("’", "'")
    if re.search(spec.stated_by, said, re.IGNORECASE) is None:
        raise NotAccepted("not_asserted", "no word that states it")


def _check_any(spans: Sequence[Span], grounded: Grounded, spec: FieldSpec) -> None:
    failed: list[NotAccepted] = []
    for span in spans:
        try:
            _check_place(grounded.text, span, grounded, spec)
        except NotAccepted as why:
            failed.append(why)
    if len(failed) == len(spans):
        raise failed[0]


def _check_place(text: str, span: Span, grounded: Grounded, spec: FieldSpec) -> None:
    """One place where the value stands to the letter."""
    _check_clause(read_stance(text, span), text, span, grounded, spec, literal=True)
    if is_made_up(text, span):
        raise NotAccepted("not_asserted", "made up, or not quite")
    if _going(grounded):
        return
    if spec.identity and not says_who(only_own(text), span):
        raise NotAccepted("not_about_user", "said of something else")
    if spec.residence and not (says_lives(only_own(text), span, grounded.own_words) or _is_bare(grounded, spec)):
        raise NotAccepted("not_asserted", "no word of living or moving there")


def _going(grounded: Grounded) -> bool:
    return grounded.draft.op in ("remove", "end")


def _check_clause(stance: Stance, text: str, span: Span, grounded: Grounded, spec: FieldSpec, *, literal: bool) -> None:
    """One clause. Where the value is not in it to the letter, a denial or a past may be what it was inferred from."""
    draft, going = grounded.draft, _going(grounded)
    if stance.mood in ("hypothetical", "joking", "reported"):
        raise NotAccepted("not_asserted", stance.mood)
    if not spec.requested:
        if stance.subject == "other" and not (spec.others and _MINE.match(stance.whose or "")):
            raise NotAccepted("not_about_user")
        if stance.mood == "asked":
            raise NotAccepted("not_asserted", stance.mood)
    if stance.mood == "wished" and not spec.intent and not _is_stance(spec) and not going and not spec.requested:
        raise NotAccepted("not_asserted", stance.mood)
    if going or not literal:
        return
    over = stance.mood == "past" and not (_is_stance(spec) and _came_to_like(text, span))
    ended = draft.valid_to is not None and draft.valid_to <= grounded.day
    if over and not ended and not _takes_back(grounded, spec):
        raise NotAccepted("not_asserted", stance.mood)
    if stance.mood == "negated" and not _takes_back(grounded, spec):
        raise NotAccepted("not_asserted", stance.mood)
    if stance.visiting and spec.residence:
        raise NotAccepted("not_asserted", "visiting")


def value_span(grounded: Grounded, spec: FieldSpec) -> Span:
    """Where in the quote the value stands; the whole quote if it stands nowhere to the letter."""
    for text in _stated(grounded, spec):
        if found := find_quote(grounded.text[grounded.span.start : grounded.span.end], text):
            return Span(grounded.span.start + found.start, grounded.span.start + found.end)
    return grounded.span


def _quoted_places(grounded: Grounded, spec: FieldSpec) -> list[Span]:
    """Where the value stands in the quote to the letter."""
    at = value_span(grounded, spec)
    if at == grounded.span:
        return [at] if any(_is_all_of(grounded, text) for text in _stated(grounded, spec)) else []
    value = grounded.text[at.start : at.end]
    return [span for span in _all_of(grounded.text, value) if grounded.span.covers(span)] or [at]


def _places_beside(grounded: Grounded, spec: FieldSpec) -> tuple[tuple[Span, str], ...]:
    """Where the value stands elsewhere in the turn of the quote, or in the other turns named."""
    for value in _stated(grounded, spec):
        texts = (grounded.text, *grounded.elsewhere)
        if found := tuple((span, text) for text in texts for span in _all_of(text, value)):
            return found
    return ()


def _all_of(text: str, value: str) -> Iterator[Span]:
    """Where a value stands in the user's own part of a text."""
    start, own = 0, own_spans(text)
    while found := find_quote(text[start:], value):
        span = found.moved(start)
        if any(part.meets(span) for part in own):
            yield span
        start = span.end


def _is_all_of(grounded: Grounded, text: str) -> bool:
    return find_quote(text, grounded.text[grounded.span.start : grounded.span.end]) is not None


def _stated(grounded: Grounded, spec: FieldSpec) -> list[str]:
    """The texts of the value, longest first. Columns that classify a row do not say where it is stated."""
    value = grounded.draft.value
    if isinstance(value, dict):
        value = {name: inner for name, inner in value.items() if name not in spec.columns or spec.columns[name].said}
    return sorted(texts_of(value), key=len, reverse=True)


def _is_bare(grounded: Grounded, spec: FieldSpec) -> bool:
    """Whether the message is nothing but the value: the answer to a question."""
    value = words_of(" ".join(_stated(grounded, spec)))
    return bool(value) and words_of(grounded.text) <= value


def _is_stance(spec: FieldSpec) -> bool:
    """Whether rows say how the user stands to a thing ("I'd love to see Rome" says it, too)."""
    return spec.kind == "records" and any(column.type == "enum" and not column.said for column in spec.columns.values())


def _takes_back(grounded: Grounded, spec: FieldSpec) -> bool:
    """Whether the draft itself says what the negation says: a dislike, a value with "no" in it."""
    value = grounded.draft.value
    if _is_stance(spec):
        return not isinstance(value, dict) or "like" not in {str(part).casefold() for part in value.values()}
    return spec.kind == "records" or any(
        re.match(r"(?i)(no|not|non|never|without)\b|不|没|无|非", t) for t in texts_of(value)
    )


def _came_to_like(text: str, span: Span) -> bool:
    """Whether the sentence tells of a dislike given up: "I used to hate X, but now I enjoy it"."""
    touched, _ = sentences_around(text, span)
    if not touched or not _DISLIKED.search(text[touched[0].start : span.start]):
        return False
    turn = _NOW.search(text, span.end, touched[-1].end)
    if turn is None:
        return False
    since = read_stance(text, Span(turn.end(), min(turn.end() + 2, touched[-1].end)))
    return since.subject != "other" and since.mood in ("asserted", "wished")
