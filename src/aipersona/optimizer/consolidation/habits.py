"""Habits that the rows of record fields show when they are counted, without a model.

| a record field with | shows |
|---|---|
| a text and a day, no key (expenses) | what comes again in a rhythm, and what it usually costs |
| a number and a day, no text, no key (steps) | how much it usually is on a day |
| a day on which a row is over (a calendar) | which event comes again in a rhythm, and at what time of day |

Wordings are one thing if they have the same content words, or one has those of the other that is used alone: "iced
coffee" is coffee where there is also "coffee".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from aipersona.grounding import words_of
from aipersona.optimizer.consolidation.grounds import LEAST, are_enough, is_ground
from aipersona.optimizer.consolidation.phrasing import Phrase, amount_a_day, how_often, with_price
from aipersona.optimizer.consolidation.rhythms import rhythm_of
from aipersona.persona.claims import Claim
from aipersona.persona.model import Persona
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.values import parse_clock_times

LONGEST = 60
"""Characters that a text may have that names what somebody does again and again."""

LATELY = timedelta(days=60)
"""How far before its last day an amount is taken into account."""

MOST = 60
"""Claims that a habit rests on at most, the latest."""


@dataclass(frozen=True, kw_only=True)
class Habit:
    """A regularity: of what, since when, in words, and the claims that show it.

    `pattern` is the same however what is said of it changes; `words` are the content words of what it is about.
    """

    pattern: str
    words: frozenset[str]
    phrase: Phrase
    since: date
    claims: tuple[Claim, ...]

    @property
    def value(self) -> str:
        return self.phrase.text


@dataclass(frozen=True, kw_only=True)
class _Happening:
    on: date
    words: frozenset[str]
    text: str
    claim: Claim


def habits(persona: Persona, schema: Schema, day: date) -> Iterator[Habit]:
    """The habits that are known on `day`, field by field."""
    for spec in schema.fields:
        dated = _dated(spec)
        if spec.kind != "records" or dated is None or spec.sensitivity == "special":
            continue
        text = next((name for name, column in spec.columns.items() if column.required and column.type == "str"), None)
        if spec.columns[dated].over_after and text is not None:
            yield from _events(_over(persona, spec, dated, text, day), spec)
        elif not spec.key and text is not None:
            yield from _purchases(_logged(persona, spec, dated, text, day), spec)
        elif not spec.key:
            yield from _amounts(_logged(persona, spec, dated, None, day), spec)


def _dated(spec: FieldSpec) -> str | None:
    return next((name for name, column in spec.columns.items() if column.type == "date"), None)


def _price(rows: Sequence[Claim], spec: FieldSpec) -> tuple[float, str] | None:
    """The median of the amounts of money in rows, and its currency, the one that most of them are in."""
    column = next((name for name, column in spec.columns.items() if column.type == "money"), None)
    found: defaultdict[str, list[float]] = defaultdict(list)
    for claim in rows:
        money = claim.row.get(column) if column is not None else None
        if isinstance(money, dict) and isinstance(amount := money.get("amount"), int | float):
            found[str(money.get("currency") or "")].append(amount)
    currency = max(found, key=lambda name: len(found[name]), default=None)
    return None if currency is None else (float(median(found[currency])), currency)


def _logged(persona: Persona, spec: FieldSpec, dated: str, text: str | None, day: date) -> list[_Happening]:
    """The rows that hold, each on its day."""
    rows = (claim for claim in persona.holding(spec.path, day) if is_ground(claim, day))
    return list(_happenings(rows, dated, text, day))


def _over(persona: Persona, spec: FieldSpec, dated: str, text: str, day: date) -> list[_Happening]:
    """The appointments that came about: the versions of a row that still held on their own day."""
    rows = (claim for claim in persona.by_path.get(spec.path, ()) if is_ground(claim, day))
    found = _happenings(rows, dated, text, day)
    return [one for one in found if one.claim.valid_to is None or one.claim.valid_to > one.on]


def _happenings(rows: Iterator[Claim], dated: str, text: str | None, day: date) -> Iterator[_Happening]:
    for claim in rows:
        written = claim.row.get(text) if text is not None else ""
        on = claim.row.get(dated)
        if isinstance(on, str) and isinstance(written, str) and len(written) <= LONGEST:
            happened = date.fromisoformat(on[:10])
            if happened <= day:
                yield _Happening(on=happened, words=words_of(written), text=" ".join(written.split()), claim=claim)


def _purchases(rows: Sequence[_Happening], spec: FieldSpec) -> Iterator[Habit]:
    until = max((row.on for row in rows), default=date.min)
    for words, group in _groups(rows).items():
        rhythm = rhythm_of([row.on for row in group], until)
        if rhythm is None or not are_enough(claims := _claims(group, rhythm.since)):
            continue
        phrase = how_often(_subject(group, words), rhythm)
        lately = [row.claim for row in group if rhythm.days[-1] - row.on <= LATELY]
        price = _price(lately, spec)
        yield Habit(
            pattern=_pattern(spec, words),
            words=words,
            phrase=with_price(phrase, *price) if price is not None else phrase,
            since=rhythm.since,
            claims=claims,
        )


def _events(rows: Sequence[_Happening], spec: FieldSpec) -> Iterator[Habit]:
    until = max((row.on for row in rows), default=date.min)
    for words, group in _groups(rows).items():
        rhythm = rhythm_of([row.on for row in group], until)
        if rhythm is None or not are_enough(claims := _claims(group, rhythm.since)):
            continue
        phrase = how_often(_subject(group, words), rhythm, at=_time_of_day(claims, spec))
        yield Habit(pattern=_pattern(spec, words), words=words, phrase=phrase, since=rhythm.since, claims=claims)


def _amounts(rows: Sequence[_Happening], spec: FieldSpec) -> Iterator[Habit]:
    column = next((name for name, c in spec.columns.items() if c.required and c.type in ("int", "float")), None)
    if column is None or not rows:
        return
    last = max(row.on for row in rows)
    lately = [row for row in rows if last - row.on <= LATELY]
    by_day: defaultdict[date, float] = defaultdict(float)
    for row in lately:
        amount = row.claim.row.get(column)
        by_day[row.on] += amount if isinstance(amount, int | float) else 0
    claims = _claims(lately, date.min)
    if len(by_day) < LEAST or not are_enough(claims):
        return
    name = spec.path.rpartition(".")[2].replace("_", " ")
    yield Habit(
        pattern=_pattern(spec, frozenset()),
        words=words_of(name),
        phrase=amount_a_day(name, median(by_day.values())),
        since=min(by_day),
        claims=claims,
    )


def _groups(rows: Sequence[_Happening]) -> Mapping[frozenset[str], list[_Happening]]:
    """The rows by what they are about."""
    counts = Counter(row.words for row in rows if row.words)
    names = sorted(counts, key=lambda words: (len(words), -counts[words], sorted(words)))
    meant = {words: next(name for name in names if name <= words) for words in counts}
    found: defaultdict[frozenset[str], list[_Happening]] = defaultdict(list)
    for row in rows:
        if row.words:
            found[meant[row.words]].append(row)
    return found


def _subject(group: Sequence[_Happening], words: frozenset[str]) -> str:
    """The wording met most, of those that say no more than what all have in common."""
    wordings = Counter(row.text for row in group if row.words == words)
    return max(wordings, key=lambda text: (wordings[text], -len(text), text))


def _claims(group: Sequence[_Happening], since: date) -> tuple[Claim, ...]:
    latest = sorted((row for row in group if row.on >= since), key=lambda row: (row.on, row.claim.id))[-MOST:]
    return tuple(row.claim for row in latest)


def _pattern(spec: FieldSpec, words: frozenset[str]) -> str:
    return f"{spec.path}: {' '.join(sorted(words))}".strip()


def _time_of_day(claims: Sequence[Claim], spec: FieldSpec) -> str:
    """The time that every row gives in the same column; empty where they differ or give none."""
    for name, column in spec.columns.items():
        said = {str(claim.row.get(name) or "") for claim in claims}
        if column.type == "str" and not column.required and len(said) == 1 and parse_clock_times(text := said.pop()):
            return text
    return ""
