"""What of a row the user said themselves: whose word it is, and which of its columns stand in their words.

A row whose naming words all stand in the user's own words of the message is the user's; of its other columns only
those are kept that stand there, too, and the words decide which day and time are meant. Every other row is the
assistant's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from aipersona.grounding import Span, own_spans, supported, words_of
from aipersona.grounding.sentences import sentences
from aipersona.persona.claims import Authority, Evidence, Row, plain_text
from aipersona.schema.fields import FieldSpec
from aipersona.sessions.model import Session, Turn
from aipersona.values import ClockTime, parse_clock_times, parse_day, read_clock_times, read_when

_ASKS = re.compile(r"[?？]\s*$")
_NO = re.compile(r"^\W*(?:no|nope|not|never|don['’]?t|stop|nein|non|nee|não|нет|不|别|没)\b", re.IGNORECASE)
"""Who says no to a question does not say again what they said before it."""

LONGEST = 300
"""Characters of a quote at most, unless a single sentence is longer."""

KIND_OF_EVENT = re.compile(r"\b(?:meeting|appointment|event|reminder|task)s?\b|会议|预约", re.IGNORECASE)
"""Words that say what kind of thing is written: the user need not say them."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A row as it may be written, whose word it is, and the columns that were left out of it."""

    row: Row
    authority: Authority
    evidence: tuple[Evidence, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """The user's own words in the last message of a session and, where it answers a question, in the one before."""

    session: Session
    turns: tuple[Turn, ...] = field(init=False)

    def __post_init__(self) -> None:
        *before, last = self.session.turns
        answers = bool(before) and before[-1].role == "assistant" and _ASKS.search(before[-1].content) is not None
        answers = answers and _NO.match(last.content) is None
        asked = [turn for turn in before if self.session.is_by_user(turn)][-1:] if answers else []
        object.__setattr__(self, "turns", (last, *asked))

    @property
    def day(self) -> date:
        """The day on which the last message was said."""
        return self.session.day_of(self.turns[0])

    @property
    def all(self) -> str:
        return "\n".join(map(_own, self.turns))

    def hold(self, naming: str) -> bool:
        """Whether all that a text names stands in the words."""
        bare = KIND_OF_EVENT.sub(" ", naming)
        return supported(bare if words_of(bare) else naming, self.all)

    def evidence(self, naming: str) -> Evidence:
        """The sentences that name something, of the turn in which they stand."""
        turn, span = next(
            ((turn, span) for turn in self.turns if (span := _naming(turn, words_of(naming))) is not None),
            (self.turns[0], Span(0, len(self.turns[0].content))),
        )
        return Evidence(
            session_id=self.session.session_id,
            turn=turn.number,
            quote=turn.content[span.start : span.end],
            speaker=turn.speaker,
            at=turn.at or self.session.started_at,
        )


def row_said(words: Words, row: Row, naming: str, spec: FieldSpec) -> Said | None:
    """The row as far as the user said it, with the days and times that their words name; None if it is not theirs.

    `naming` is the column that names it.
    """
    name = str(row[naming])
    if not words.hold(name):
        return None
    quoted = words.evidence(name)
    kept: Row = {naming: row[naming]}
    for column, spec_of in spec.columns.items():
        given = row.get(column)
        if spec_of.type == "date":
            day = day_meant(given, words.all, quoted.quote, words.day)
            kept.update({column: day.isoformat()} if day is not None else {})
        elif column == "time":
            at = time_meant(given, words.all, quoted.quote)
            kept.update({column: at} if at is not None else {})
        elif given is not None and column != naming and supported(plain_text(given), words.all):
            kept[column] = given
    left_out = tuple(column for column in row if column not in kept)
    return Said(row=kept, authority="user_edit", evidence=(quoted,), left_out=left_out)


def changes_said(words: Words, given: Row, spec: FieldSpec) -> Row | None:
    """New values for columns of a row that the words name; None where they do not hold one of those given."""
    new: Row = {}
    for column, value in given.items():
        if spec.columns[column].type == "date":
            day = day_meant(value, words.all, "", words.day)
            said = day.isoformat() if day is not None else None
        elif column == "time":
            said = time_meant(value, words.all, "")
        else:
            said = plain_text(value) if supported(plain_text(value), words.all) else None
        if said is None:
            return None
        new[column] = said
    return new


def day_meant(given: object, words: str, quote: str, today: date) -> date | None:
    """The day that is meant: the only one that the words name, or which of several was given.

    Where none is given, the one that the quote itself names; None for one that the words do not hold.
    """
    if not given:
        ahead = [day for day in days_in(quote, today) if day >= today]
        return ahead[0] if len(ahead) == 1 else None
    named, read = days_in(words, today), read_day(str(given), today)
    if len(named) == 1 or read in named:
        return read if read in named else named[0]
    spans = [found.value.interval for found in read_when(words, today) if not named]
    within = (s.start is not None and s.end is not None and read is not None and s.start <= read < s.end for s in spans)
    return read if any(within) else None


def days_in(text: str, today: date) -> list[date]:
    """The days that a text names, each once. One that has passed and comes again ("the 20th") is the next of it."""
    days: dict[date, None] = {}
    for found in read_when(text, today):
        point = found.value.point
        if point is None or point.precision != "day" or found.value.kind == "recurring":
            continue
        day = point.day
        if day < today:
            piece = _LEAD.sub("", text[found.start : found.end])
            again = read_when(f"until {piece}", today)
            day = next((a.value.point.day for a in again if a.value.point and a.value.point.day >= today), day)
        days[day] = None
    return list(days)


def read_day(text: str, today: date) -> date | None:
    """The day that a text is, in ISO form or in words ("next Friday"); None if it is none."""
    try:
        day = parse_day(text, today)
    except ValueError:
        return None
    return next(iter(days_in(text, today)), day) if day < today else day


def time_meant(given: object, words: str, quote: str) -> str | None:
    """The time of day that is meant, as HH:MM or a stretch of them: the given one where the words hold it, or theirs.

    Where none is given, the only one that the quote names.
    """
    if not given:
        said = _times(found.value for found in read_clock_times(quote))
        return said[0] if len(said) == 1 else None
    named = [found.value for found in read_clock_times(words)]
    wanted = parse_clock_times(str(given))
    meant = [next((n if n.sure else w for n in named if n.agrees(w)), None) for w in wanted]
    if meant and None not in meant:
        return "-".join(_times(one for one in meant if one is not None))
    said = _times(named)
    return said[0] if len(said) == 1 else None


def read_time(text: str) -> str | None:
    """A time of day, or a stretch of them, as HH:MM; None if it is none. An hour from one to six is past noon."""
    return "-".join(_times(parse_clock_times(text))) or None


_LEAD = re.compile(r"^(?:on|at|by|for)\s+", re.IGNORECASE)


def _times(found: Iterable[ClockTime]) -> list[str]:
    plain = (
        one.at.replace(hour=one.at.hour + 12) if not one.sure and 1 <= one.at.hour <= 6 else one.at for one in found
    )
    return list(dict.fromkeys(f"{at:%H:%M}" for at in plain))


def _own(turn: Turn) -> str:
    return " ".join(turn.content[span.start : span.end] for span in own_spans(turn.content))


def _naming(turn: Turn, naming: frozenset[str]) -> Span | None:
    """From the first to the last sentence of the user's own that shares words with a name, if that is not too long."""
    text = turn.content
    found: list[Span] = []
    for own in own_spans(text):
        for sentence in sentences(text[own.start : own.end]):
            here = sentence.moved(own.start)
            if naming & words_of(text[here.start : here.end]):
                found.append(here)
        if found:
            whole = Span(found[0].start, found[-1].end)
            return whole if whole.end - whole.start <= LONGEST else found[0]
    return None
