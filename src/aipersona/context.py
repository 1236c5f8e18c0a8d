"""The context: what the model is told about the user for one query, under a token budget, without a model call.

    prefix    core fields in the schema's order: the same from query to query, so that prompt caches hit; for a query
              that asks for nothing personal only the name, languages, and what the user ordered about answers
    figures   what the query asks to add up, count or compare, computed from the records
    relevant  other fields and rows that the query calls for, by their words and cues, or implies
    recalled  what was said before, by the words of the query; not the turns whose every statement has ended, nor,
              unless the query asks of the past, those from before a core value began that the query calls for

A query that asks for nothing personal (`read_purpose`) gets the short prefix and nothing else; one that asks for a
particular of the world, the turns that tell it, too. Each value comes with
since when it holds; a stale one, and an open question, are marked.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from aipersona.claim_lines import Line, claim_lines
from aipersona.figures import figures
from aipersona.grounding import words_of
from aipersona.implied import implied_claims
from aipersona.persona.claims import Claim, plain_text
from aipersona.persona.model import Persona
from aipersona.purpose import gist_of, is_told, read_purpose, tells
from aipersona.recall import RecalledTurn, best_passage
from aipersona.relevance import asks_of_the_past, called_for, fits, names_what_is_over
from aipersona.schema.fields import FieldSpec, Schema

ROWS = 40
"""How many rows of one record field a context lists at most; `persona_query` reads them all."""

TURNS = 8
"""How many recalled turns a context holds at most, up to `ROOMY` tokens."""

ROOMY = 1000
"""A budget of more tokens is meant to be used: it holds turns that are not close to the query, too, first those that
tell how somebody wants something."""

EACH = 33
"""About how many tokens a recalled turn of talk takes; a roomy budget is filled with turns."""

UNCLEAR = "Unclear, ask if it matters:"

SAID_BEFORE = "Said before, may no longer hold:"

QUOTE = 300
"""How many characters of a recalled turn a context holds at most where there are `TURNS` of them, more of fewer."""

NOTE = 20
"""About how many tokens it takes to say when a turn was said, and by whom."""


_SENTENCE_END = re.compile(r"[.?!] |[。？！]")


@dataclass(frozen=True, kw_only=True)
class Context:
    """The text for the model, how many tokens it takes about, and what it was made of.

    `claims` are the ids of those shown, `fields` the paths that something is told of, what was computed included.
    """

    text: str
    tokens: int
    claims: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    turns: tuple[tuple[str, int], ...] = ()


def most_turns(budget: int) -> int:
    """How many recalled turns a context of so many tokens holds at most."""
    return TURNS if budget <= ROOMY else budget // EACH


def count_tokens(text: str) -> int:
    """About how many tokens a text takes, rather too many than too few: no tokenizer is right for every model."""
    wide = 0 if text.isascii() else sum(1 for character in text if character >= "\u2e80")
    return wide + math.ceil((len(text) - wide) / 3.5)


def render_context(
    persona: Persona, schema: Schema, query: str, *, day: date, budget: int, recalled: Sequence[RecalledTurn] = ()
) -> Context:
    """The context for a query, of at most `budget` tokens; lines that do not fit are left out, later ones first."""
    known = schema.with_learned(entry.spec for entry in persona.learned)
    page = _Page(budget)
    purpose = read_purpose(query, known, lambda: _names(persona, known, day))
    gist = gist_of(query)
    telling = [turn for turn in recalled if tells(turn, purpose, gist)] if purpose.of_the_past else []
    personal = purpose.personal or (
        purpose.asks == "somebody" and (bool(telling) or is_told(persona, known, gist, day))
    )
    fields = [spec for spec in known.core if personal or is_for_every_answer(spec)]
    core = [claim for spec in fields for claim in persona.holding(spec.path, day)]
    page.section("About the user:", claim_lines(core, known, day))
    if not personal:
        page.turns(SAID_BEFORE, _current(telling, persona, known, query, day, page.most), gist)
        return page.context()
    worked_out = figures(query, persona, known, day)
    added_up = {q.path for figure in worked_out for q in figure.queries}
    page.section(
        "Worked out from what the user told:",
        [Line(text=f"- {figure.text}", fields=tuple(q.path for q in figure.queries)) for figure in worked_out],
    )
    relevant = [claim for claim in _relevant(persona, known, query, day) if claim.path not in added_up]
    page.section("What may matter here:", claim_lines(relevant, known, day))
    questions = [q for q in persona.questions if q.path in {claim.path for claim in (*core, *relevant)}]
    page.section(
        UNCLEAR,
        [
            Line(text=f"- {q.path}: {plain_text(q.proposed)} (not from the user; conflicts with the above)")
            for q in questions
        ],
    )
    page.turns(SAID_BEFORE, _current(recalled, persona, known, query, day, page.most), gist)
    return page.context()


def _names(persona: Persona, schema: Schema, day: date) -> list[str]:
    """What the user and those in their life are called: values of fields and columns called name."""
    rows = [spec.path for spec in schema.fields if "name" in spec.columns]
    called = [plain_text(claim.row.get("name")) for path in rows for claim in persona.holding(path, day)]
    own = [spec.path for spec in schema.core if spec.path.rpartition(".")[2] == "name"]
    return [*called, *(plain_text(claim.value) for path in own for claim in persona.holding(path, day))]


def is_for_every_answer(spec: FieldSpec) -> bool:
    """Whether a core field matters whatever is asked: the name, a language, an order about answers."""
    return spec.requested or spec.type == "language" or spec.path.rpartition(".")[2] == "name"


def _relevant(persona: Persona, schema: Schema, query: str, day: date) -> list[Claim]:
    """Claims outside the core that the query calls for, most first, then those that it implies; `ROWS` of one field."""
    shown: Counter[str] = Counter()
    found: dict[str, Claim] = {}
    core = {spec.path for spec in schema.core}
    for claim in (*called_for(persona, schema, query, day), *implied_claims(persona, schema, query, day)):
        if claim.path not in core and claim.id not in found and shown[claim.path] < ROWS:
            shown[claim.path] += 1
            found[claim.id] = claim
    return list(found.values())


def _current(
    recalled: Sequence[RecalledTurn], persona: Persona, schema: Schema, query: str, day: date, most: int
) -> list[RecalledTurn]:
    """The recalled turns without what no longer holds, and, unless the query asks of the past, what no longer fits;
    `most` of them."""
    words = words_of(query)
    of_the_past = asks_of_the_past(query)
    is_over = any(not claim.covers(day) for claim in persona.claims)

    def still(turn: RecalledTurn) -> bool:
        if persona.is_outdated(turn.session_id, turn.turn, day):
            return False
        if of_the_past:
            return True
        over = is_over and names_what_is_over(turn.content, persona, schema, day)
        return not over and fits(turn.at, persona, schema, words, day)

    return list(islice(filter(still, recalled), most))


def _excerpt(text: str, gist: Collection[str], length: int) -> str:
    """At most `length` characters of a text: the beginning, unless another part says more of what is asked."""
    if len(text) <= length:
        return text
    best = best_passage(text, gist, length - 2)
    if best.end <= length - 1:
        return f"{text[: length - 1]}…"
    # what comes before is shown as well, from the beginning of a sentence if there is one near, else of a word
    earliest = max(0, best.start - (length - 2 - (best.end - best.start)) // 2)
    begins = [found.end() for found in _SENTENCE_END.finditer(text, earliest, best.start)]
    start = begins[0] if begins else text.find(" ", earliest, best.start) + 1 or best.start
    end = start + length - 2
    return f"…{text[start:end]}…" if end < len(text) else f"…{text[start:]}"


class _Page:
    """Lines under a budget. A heading is written only with its first line."""

    def __init__(self, budget: int) -> None:
        self._left, self.most = budget, most_turns(budget)
        self._lines: list[str] = []
        self._claims: list[str] = []
        self._fields: list[str] = []
        self._turns: list[tuple[str, int]] = []

    def section(self, heading: str, lines: Iterable[Line]) -> None:
        for line in lines:
            if self._write(heading, line.text, under=line.heading):
                self._claims.extend(claim.id for claim in line.claims)
                self._fields.extend((*line.fields, *(claim.path for claim in line.claims)))

    def turns(self, heading: str, recalled: Sequence[RecalledTurn], gist: Collection[str]) -> None:
        for place, turn in enumerate(recalled):
            said = " ".join(turn.content.split())
            if len(said) > QUOTE:
                share = (self._left / (len(recalled) - place) - NOTE) * QUOTE / count_tokens(said[:QUOTE])
                most = QUOTE * (self.most // len(recalled))
                said = _excerpt(said, gist, min(most, max(QUOTE, int(share))))
            if self._write(heading, f"- {turn.at:%Y-%m-%d} {turn.who}: {said}"):
                self._turns.append((turn.session_id, turn.turn))

    def _write(self, heading: str, line: str, *, under: str | None = None) -> bool:
        above = (heading, under) if under is not None else (heading,)
        lines = [*(one for one in above if one not in self._lines), line]
        cost = count_tokens("\n".join(lines)) + 1
        if cost > self._left:
            return False
        self._left -= cost
        self._lines.extend(lines)
        return True

    def context(self) -> Context:
        text = "\n".join(self._lines)
        return Context(
            text=text,
            tokens=count_tokens(text),
            claims=tuple(self._claims),
            fields=tuple(dict.fromkeys(self._fields)),
            turns=tuple(self._turns),
        )
