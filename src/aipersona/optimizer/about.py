"""Whose fact the words behind a draft state, and whether they are meant.

In: a grounded draft and its field. Out: nothing, or the reason why the words do not state it about the user. Where a
value stands in another sentence than the quote's, that sentence must say it of the user, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aipersona.grounding import Span, Stance, find_quote, own_spans, read_stance, words_of
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
_LIVING = re.compile(
    r"""\b(?:liv(?:e|es|ed|ing)|based|mov(?:e|ed|ing)|relocat\w+|home|settl\w+|resid\w+|hometown|flat|apartment|house|
    rent(?:ing)?|address)\b|住|搬|定居|移居|安家|落户|家在""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words of living somewhere or moving there. Only they state a residence: one works and eats in many places."""

_MADE_UP = re.compile(
    r"""\brole-?play\w*|\bpretend\w*|\bapril\ fools?\b|\bwas\ going\ to\ say\b|\bthe\ song\ goes\b
    |\bquote\ of\ the\ day\b|\bthe\ quiz\b
    |\b(?:for|in|write|writing)\ (?:a|an|my|the)\ (?:\w+\ )?(?:character|novel|story|screenplay|poem|quiz)\b
    |\bi(?:['’]ve|['’]d)?\ (?:almost|nearly)\ (?:went|became|turned|moved|got|bought|quit|took|was|said)\b
    |\bi\ (?:dream(?:t|ed)|had\ a\ dream)\ (?:that|i\b|about\ being)
    |(?:\.\.\.|…|,)\s*(?:NOT\b|yeah,?\ right)|我差点|险些|梦见|梦到|扮演|主角|写(?:一|个|一个|一篇)?(?:故事|小说)""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words that make what is said beside them a fiction, a dream, a joke or a near miss."""

_STATE = re.compile(
    r"""(?:\b(?:am|are|is|was|were|be|been|being|became|become|becoming|went|go|going|gone|turned|eat|eating|follow|following|
    keep|keeping|work|working|as|switched|started|stay|stayed|diet|job|occupation|on|now|still)|['’](?:m|re|ve)|^)
    (?:\W+(?!with\b|to\b|for\b|like\b)\w+){0,3}\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
_OTHER_VERB = re.compile(
    r"\b(?:dating|married|talking|cooking|buying|looking|making|ordering|seeing|meeting|love|like|have(?! be)|"
    r"had(?! be)|met|feel|hired|"
    r"interview\w*|babysit|team|guests?|kid|half)\b|嫁|娶|房东|同事|认识|遇到",
    re.IGNORECASE,
)
_OF_A_THING = re.compile(
    r"\s+(?:food|cake|restaurants?|guests?|recipes?|dish(?:es)?|meals?|menu|cheese|burgers?|options?|places?|friends?|"
    r"cookbook|festival|caf[eé]s?)\b",
    re.IGNORECASE,
)


def check_about_user(grounded: Grounded, spec: FieldSpec) -> None:
    """The clauses that state the value must be about the user, and meant.

    Raises: NotAccepted with `not_about_user` or `not_asserted`.
    """
    places = list(_places(grounded, spec))
    for text, span in places:
        _check_clause(read_stance(text, span), text, span, grounded, spec, literal=True)
    if not places:
        stance = read_stance(grounded.text, grounded.span)
        _check_clause(stance, grounded.text, grounded.span, grounded, spec, literal=False)
    going = grounded.draft.op in ("remove", "end")
    if _MADE_UP.search(grounded.text[: grounded.span.end + 20]):
        raise NotAccepted("not_asserted", "made up, or not quite")
    if spec.identity and not going and not all(_says_who(text, span) for text, span in places):
        raise NotAccepted("not_about_user", "said of something else")
    if spec.residence and not going and not (_LIVING.search(grounded.own_words) or _is_bare(grounded, spec)):
        raise NotAccepted("not_asserted", "no word of living or moving there")


def _says_who(text: str, span: Span) -> bool:
    """Whether a value is said of the person: as what they are, became or eat, not of a dish, a guest or a spouse."""
    touched, _ = sentences_around(text, span)
    before = text[touched[0].start if touched else 0 : span.start][-60:]
    if _OF_A_THING.match(text, span.end) or _OTHER_VERB.search(re.split(r"[,;，；]|\b(?:and|but)\b", before)[-1]):
        return False
    return _is_han(text[span.start : span.end]) or _STATE.search(before) is not None


def _is_han(text: str) -> bool:
    return any("\u3400" <= character <= "\u9fff" for character in text)


def _check_clause(stance: Stance, text: str, span: Span, grounded: Grounded, spec: FieldSpec, *, literal: bool) -> None:
    """One clause. Where the value is not in it to the letter, a denial or a past may be what it was inferred from."""
    draft = grounded.draft
    going = draft.op in ("remove", "end")
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


def _places(grounded: Grounded, spec: FieldSpec) -> Iterator[tuple[str, Span]]:
    """Where the value stands to the letter: in the quote, else anywhere in its turn and the other turns named."""
    at = value_span(grounded, spec)
    if at != grounded.span or any(_is_all_of(grounded, text) for text in _stated(grounded, spec)):
        yield grounded.text, at
        return
    for text in _stated(grounded, spec):
        found = [(where, span) for where in (grounded.text, *grounded.elsewhere) for span in _all_of(where, text)]
        if found:
            yield from found
            return


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
