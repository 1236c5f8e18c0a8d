"""Whether a text names a value, without a judge.

A value is found where one of its wordings is. How a wording is looked for:

- One word, number, day or time is found as a whole word: "coffee" in "Coffees!" but not in "coffeehouse". It is found
  in "coffee table", too: telling a compound from a mention takes a lexicon, and a list of exceptions would be tuned.
- A name (two or more content words, all capitalised) is found where they stand next to each other and in order:
  "Bill Evans" not in "Bill and Gil Evans".
- Other words are found in any order and with endings in -ing and -ed, close together on one line: at most half as
  many other content words, rounded up, stand in between. Words scattered over a page name nothing. Of six or more
  words one in five may be missing, since long values are retold, but never a number, a day or a word that denies.
- Scripts without spaces are found as the same run of characters.
- A wording of stop words only ("The Who", "It") is found in the case in which it is written.

A line is the widest frame: the next one of a list is about something else. What a line says of a value does not matter:
"no longer likes Bill Evans" names Bill Evans. `is_over` tells whether the sentence says that it is over, by a
short list of words and by a past day after "until"; it is for a second look, never for the main figure, which would
else reward the phrases on this list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise

from personabench.datasets.model import Value
from personabench.scores.figures import DAY, days_of
from personabench.scores.pages import Page, read_page

LONG = 6
"""From how many content words on a wording may miss some of them: one in five."""

SENTENCE = 300
"""How many characters on either side of a mention are taken for its sentence at most."""

_DENYING = frozenset({"no", "not", "never", "without", "dont", "doesnt", "isnt", "cannot", "cant", "except"})
_OVER = re.compile(
    r"\bno longer\b|\bany ?more\b|\bused to\b|\bformer(?:ly)?\b|\bpreviously\b|\bended\b|\b(?:is|are|was) over\b"
    r"|\bcancell?ed\b|\bstopped\b|\bgone off\b|\boutdated\b|\breplaced by\b|不再|曾经|曾經|已结束|已結束|已取消",
    re.IGNORECASE,
)
_UNTIL = re.compile(rf"\b(?:until|till|ended on)\s+(?:{DAY})", re.IGNORECASE)
_DIVIDES = re.compile(r"[,;:|/()\[\]{}!?，、。；：！？（）]")
_SENTENCE_END = re.compile(r"[.!?;](?=\s)|[。！？；]")


Mention = frozenset[int]
"""One place where a value is named: the positions of its tokens on the page."""


def is_found(text: str | Page, value: Value | str) -> bool:
    """Whether a text names a value in any of its wordings."""
    return bool(mentions(read_page(text) if isinstance(text, str) else text, value))


def mentions(page: Page, value: Value | str) -> tuple[Mention, ...]:
    """Where a page names a value, in order; nowhere if no wording has letters, digits or signs."""
    wordings = value.wordings if isinstance(value, Value) else (value,)
    found = {mention for wording in wordings for mention in _find(page, wording)}
    return tuple(sorted(found, key=sorted))


def is_over(page: Page, mention: Mention, *, day: date) -> bool:
    """Whether the sentence of a mention says that something is over, such as "until" a day before `day`."""
    first, last = page.tokens[min(mention)], page.tokens[max(mention)]
    line = page.lines[first.line]
    near = max(0, first.start - SENTENCE)
    start = max((end.end() for end in _SENTENCE_END.finditer(line, near, first.start)), default=near)
    stop = _SENTENCE_END.search(line, last.end, last.end + SENTENCE)
    sentence = line[start : stop.start() if stop else last.end + SENTENCE]
    return bool(_OVER.search(sentence)) or any(_is_past(until, day) for until in _UNTIL.finditer(sentence))


def says_over(text: str) -> bool:
    """Whether a text says of anything that it is over, by the same short list of words."""
    return _OVER.search(text) is not None


def keys_of(value: Value) -> frozenset[tuple[str, ...]]:
    """A key for each wording; values that share one are the same up to how it is written."""
    return frozenset(key for wording in value.wordings if (key := _key(wording)))


def _key(wording: str) -> tuple[str, ...]:
    tokens = _read_wording(wording).tokens
    content = [token for token in tokens if token.content] or tokens
    return tuple(str(sorted(map(str, token.days))) if token.days else min(token.forms) for token in content)


_read_wording = lru_cache(maxsize=4096)(read_page)


def _find(page: Page, text: str) -> list[Mention]:
    wording = _read_wording(text)
    wanted = [place for place, token in enumerate(wording.tokens) if token.content]
    if not wanted:
        return _in_a_row(page, wording, range(len(wording.tokens)), exactly=True)
    units = _units(wording, wanted)
    if len(units) == 1 or all(wording.tokens[place].raw[0].isupper() for place in wanted):
        return _in_a_row(page, wording, wanted)
    return _close_together(page, wording, units)


def _units(wording: Page, wanted: Sequence[int]) -> list[list[int]]:
    """Tokens that must follow each other: runs of characters without a space; else one each."""
    units: list[list[int]] = []
    for place in wanted:
        last = units[-1][-1] if units else None
        run = last is not None and wording.tokens[last].kind == wording.tokens[place].kind == "wide_character"
        if run and last is not None and wording.between(last, place) == "":
            units[-1].append(place)
        else:
            units.append([place])
    return units


def _in_a_row(page: Page, wording: Page, wanted: Sequence[int], *, exactly: bool = False) -> list[Mention]:
    """Where tokens of a wording follow each other on a line, in order; `exactly`: in the same case, too.

    In between may stand stop words, unless `exactly`; a comma or the like only where the wording has one there.
    """
    if not wanted:
        return []
    rows: list[Mention] = []
    for place in page.where(wording.tokens[wanted[0]], loosely=False):
        row = [place]
        for before, at in pairwise(wanted):
            step = row[-1] + 1
            while not exactly and step < len(page.tokens) and not page.tokens[step].content:
                step += 1
            if step == len(page.tokens) or not page.tokens[step].agrees(wording.tokens[at], loosely=False):
                break
            gap = page.between(row[-1], step)
            if gap is None or (_DIVIDES.search(gap) and not _DIVIDES.search(wording.between(before, at) or "")):
                break
            row.append(step)
        raw = [page.tokens[at].raw for at in row]
        if len(row) == len(wanted) and (not exactly or raw == [wording.tokens[at].raw for at in wanted]):
            rows.append(frozenset(row))
    return rows


def _close_together(page: Page, wording: Page, units: Sequence[Sequence[int]]) -> list[Mention]:
    """The stretches of a line, from left to right, that hold enough of the units within the width allowed."""
    size = sum(len(unit) for unit in units)
    width = size + (size + 1) // 2
    heads = [wording.tokens[unit[0]] for unit in units]
    needed = len(units) - (len(units) // 5 if len(units) >= LONG else 0)
    required = {n for n, head in enumerate(heads) if head.kind != "word" or head.forms & _DENYING}
    places = [_places(page, wording, unit) for unit in units]
    events = sorted((min(place), n, place) for n, found in enumerate(places) for place in found)
    stretches: list[Mention] = []
    first, inside = 0, Counter[int]()

    def drop_first() -> None:
        nonlocal first
        inside[events[first][1]] -= 1
        first += 1

    for last, (_, n, place) in enumerate(events):
        inside[n] += 1
        end = page.tokens[max(place)]
        while page.tokens[events[first][0]].line != end.line or end.rank - page.tokens[events[first][0]].rank >= width:
            drop_first()
        if len(+inside) >= needed and all(inside[m] for m in required):
            while inside[events[first][1]] > 1:
                drop_first()
            stretches.append(frozenset[int]().union(*(event[2] for event in events[first : last + 1])))
            first, inside = last + 1, Counter[int]()
    return stretches


def _places(page: Page, wording: Page, unit: Sequence[int]) -> list[Mention]:
    if len(unit) > 1:
        return _in_a_row(page, wording, unit)
    return [frozenset({place}) for place in page.where(wording.tokens[unit[0]], loosely=True)]


def _is_past(until: re.Match[str], day: date) -> bool:
    """Whether every day that "until" may name lies before; one without a year tells nothing."""
    how = until.lastgroup or ""
    days = days_of(how, until.group(how))
    today = (day.year, day.month, day.day)
    return bool(days) and all(year is not None and (year, month, nth) < today for year, month, nth in days)
