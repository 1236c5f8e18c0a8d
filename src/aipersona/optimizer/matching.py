"""Which row of a record field a draft means: by id, by its key columns, or by the nearest wording."""

from __future__ import annotations

import re
from datetime import date

from pydantic import JsonValue
from rapidfuzz import fuzz

from aipersona.grounding import words_of
from aipersona.persona.claims import Claim, Row, value_key
from aipersona.persona.model import Persona
from aipersona.schema.fields import FieldSpec
from aipersona.values import read_when

SAME_THING = 90
"""Similarity (0 to 100) of the naming columns from which two wordings mean one row, if no other row comes close."""

PART = 2
"""Words that a shorter name must have at least to stand for a longer one."""

CLEARLY_BETTER = 5
"""By how much the nearest row must beat the next one."""

SPOKEN_OF = 0.75
"""The share of a row's naming words that a statement must hold to be about it."""

ROOT = 5
"""The least letters that two forms of a word share."""


def match_row(persona: Persona, spec: FieldSpec, value: JsonValue, day: date, *, leaving: bool = False) -> Claim | None:
    """The row that holds on `day` and that `value` names; None if it is none, or more than one alike.

    What is `leaving` may be named more shortly or at more length than when it came ("Nicholas Ray", whose films the
    user liked), as long as only one row can be meant; what comes may not, since "jazz clubs" are not jazz.
    """
    rows = persona.holding(spec.path, day)
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return next((claim for claim in rows if claim.record_id == value["id"]), None)
    if not spec.key:
        return _same_row(rows, value)
    rows = tuple(claim for claim in rows if _of_the_same_whole(claim.row, value, spec))
    wanted = _name_of(value, spec)
    if not wanted:
        return None
    exact = [claim for claim in rows if _agrees(claim.row, value, spec)]
    if len(exact) == 1:
        return exact[0]
    if exact:
        return None
    scored = sorted(
        ((_likeness(*_bare(wanted, _name_of(claim.row, spec), spec)), claim) for claim in rows),
        key=lambda pair: -pair[0],
    )
    if not scored or scored[0][0] < SAME_THING:
        return _only_part(wanted, rows, spec) if leaving else None
    if len(scored) > 1 and scored[0][0] - scored[1][0] < CLEARLY_BETTER:
        return None
    return scored[0][1]


def _only_part(wanted: str, rows: tuple[Claim, ...], spec: FieldSpec) -> Claim | None:
    """The only row whose name holds all words that were said, two at least, or none but words that were said."""
    said = words_of(wanted)
    found: list[Claim] = []
    for claim in rows:
        name = words_of(_name_of(claim.row, spec))
        if name and ((said <= name and len(said) >= PART) or name <= said):
            found.append(claim)
    return found[0] if len(found) == 1 else None


def _same_row(rows: tuple[Claim, ...], value: JsonValue) -> Claim | None:
    """In a field without a key, rows are events: only one that agrees in all that is given is the same."""
    if not isinstance(value, dict) or not value:
        return None
    given = {name: wanted for name, wanted in value.items() if wanted is not None}
    same = [c for c in rows if all(value_key(c.row.get(name)) == value_key(wanted) for name, wanted in given.items())]
    return same[0] if len(same) == 1 else None


def _agrees(row: Row, value: JsonValue, spec: FieldSpec) -> bool:
    if isinstance(value, str):
        return any(value_key(row.get(column)) == value_key(value) for column in spec.key)
    if not isinstance(value, dict):
        return False
    given = [column for column in spec.key if value.get(column) is not None]
    return bool(given) and all(value_key(row.get(column)) == value_key(value[column]) for column in given)


def _of_the_same_whole(row: Row, value: JsonValue, spec: FieldSpec) -> bool:
    """Whether a row belongs to what the leading key columns name: "recipients" of one mail are not those of another."""
    if not isinstance(value, dict) or value.get(spec.key[-1]) is None:
        return True
    given = [column for column in spec.key[:-1] if value.get(column) is not None and row.get(column) is not None]
    return all(_likeness(str(row[column]), str(value[column])) >= SAME_THING for column in given)


def _name_of(value: JsonValue, spec: FieldSpec) -> str:
    """The wording of what tells rows apart: the last key column, or all that are given where that one is not."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return ""
    if value.get(spec.key[-1]) is not None:
        return str(value[spec.key[-1]])
    return " ".join(str(value[column]) for column in spec.key if value.get(column) is not None)


_KIND_OF_EVENT = re.compile(r"\b(?:meeting|appointment|event|session|call)s?\b|会议|预约|约会", re.IGNORECASE)


def _bare(a: str, b: str, spec: FieldSpec) -> tuple[str, str]:
    """Two names of events without the word for the kind of event, where only one of them has such a word.

    The "portfolio review" is the "portfolio review meeting"; a budget meeting is no budget call.
    """
    if not any(column.over_after for column in spec.columns.values()):
        return a, b
    bare_a, bare_b = _KIND_OF_EVENT.sub(" ", a), _KIND_OF_EVENT.sub(" ", b)
    if (bare_a == a) == (bare_b == b) or not words_of(bare_a) or not words_of(bare_b):
        return a, b
    return bare_a, bare_b


def _likeness(a: str, b: str) -> float:
    """How alike two wordings are, 0 to 100: by their letters, or by the content words that they share (Dice)."""
    words_a, words_b = words_of(a), words_of(b)
    if {word for word in words_a if word.isdigit()} != {word for word in words_b if word.isdigit()}:
        return 0.0
    shared = 200 * len(words_a & words_b) / (len(words_a) + len(words_b)) if words_a or words_b else 0.0
    return max(shared, fuzz.token_sort_ratio(a.casefold(), b.casefold()))


def row_spoken_of(persona: Persona, spec: FieldSpec, words: str, day: date) -> Claim | None:
    """The only row that holds on `day` and whose name stands in words as good as whole; None if it is none or two."""
    found = [claim for claim in persona.holding(spec.path, day) if share_spoken_of(claim, words, day) >= SPOKEN_OF]
    return found[0] if len(found) == 1 else None


def share_spoken_of(claim: Claim, words: str, day: date) -> float:
    """The share (0 to 1) of a row's name that words speak of, in any form ("attend the conference", its "attendance").

    Words of the name that only say when ("this week") do not count. All of it is spoken of, too, where all that the
    words say to be finished, two words at least, stands in a longer name.
    """
    name = str(next(iter(claim.row.values()), ""))
    for found in reversed(read_when(name, day)):
        name = f"{name[: found.start]} {name[found.end :]}"
    naming, said = words_of(_REMINDING.sub("", _SOME_TIME.sub("", name))), words_of(words)
    finished = _FINISHED.search(words.replace("’", "'"))
    done = words_of(finished["what"]) if finished is not None else frozenset[str]()
    if len(done) >= PART and all(any(same_root(word, other) for other in naming) for word in done):
        return 1.0
    return sum(any(same_root(word, other) for other in said) for word in naming) / len(naming) if naming else 0.0


_FINISHED = re.compile(
    r"\b(?:i|we)(?:'ve| have)?\s+(?:(?:just|already|finally|actually|also)\s+)*"
    r"(?:finished|completed|done with|wrapped up|got done)\s+(?:with\s+)?(?P<what>[^,;.!?]{3,80})",
    re.IGNORECASE,
)
_SOME_TIME = re.compile(
    r"\b(?:later|soon(?:ish)?|some ?(?:time|day)|eventually|again|at some point|first thing|when i can)\b"
    r"|稍后|回头|待会儿?",
    re.IGNORECASE,
)
"""Words of a task that only say when, and name no day."""
_REMINDING = re.compile(r"^\s*(?:to\s+)?(?:remember|make sure|don't forget|be sure|try)\s+(?:to\s+)?", re.IGNORECASE)


def same_root(a: str, b: str) -> bool:
    """Whether two words are forms of one: they begin alike, and neither is much longer."""
    short, long = sorted((a, b), key=len)
    return a == b or (len(short) >= ROOT and 3 * len(short) >= 2 * len(long) and long.startswith(short))
