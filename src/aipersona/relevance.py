"""What of a persona a text touches: the claims whose words, or whose field's words, come up in it."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime

from aipersona.grounding import words_of
from aipersona.persona.claims import Claim, plain_text
from aipersona.persona.model import Persona
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.sessions.model import Session

VALUE_WEIGHT = 3
"""How much more a word of the value itself says than one of its field's name, description or cues."""

ENOUGH = 0.4
"""The share of the best claim's score that another one needs to be called for by the same query."""

NAMED = 0.8
"""The share of the words of a whole's name that a query must have to name it."""

LONG = 8
"""From how many words on a text named by them is retold: a share of `NAMED` of them names it, with all its numbers."""

MOST_TOUCHED = 8
"""How many claims new sessions are shown beside at most: the prompt must not grow with the user's past."""


def relevant_claims(persona: Persona, schema: Schema, words: Collection[str], day: date) -> list[tuple[float, Claim]]:
    """The claims that hold on `day` and share words with a text, with their scores, best first, the latest said first.

    A word of the value counts most, the less the more values have it; then one of the field's name, of its description
    or cues. Claims of fields that the schema does not have are left out: they may be such as are not to be shown.
    Takes time by what matches, not by what is known.
    """
    by_value: defaultdict[str, float] = defaultdict(float)
    by_field: Counter[str] = Counter()
    paths: set[str] = set()
    for word in words:
        held = persona.claims_by_word.get(word, ())
        for claim in held:
            by_value[claim.id] += VALUE_WEIGHT / math.sqrt(len(held))
            paths.add(claim.path)
        for path in schema.paths_by_word.get(word, ()):
            by_field[path] += 2 if word in schema.name_words[path] else 1
    scored = [
        (by_value[claim.id] + by_field[path], claim)
        for path in (paths | by_field.keys()) & schema.by_path.keys()
        for claim in persona.holding(path, day)
        if by_value[claim.id] or by_field[path]
    ]
    scored.sort(key=lambda pair: (-pair[0], -pair[1].said_at.timestamp(), pair[1].path, pair[1].id))
    return scored


def called_for(persona: Persona, schema: Schema, query: str, day: date) -> list[Claim]:
    """The claims that a query needs, best first: those that it touches at least `ENOUGH` as much as the first one.

    Appointments whose day is over are left out unless it asks of the past. Where it names a whole of several rows
    ("the proposal for the harbour"), all rows of that whole come, and none of others of the same field.
    """
    words = words_of(query)
    scored = relevant_claims(persona, schema, words, day)
    if not asks_of_the_past(query):
        scored = [pair for pair in scored if not _is_past(pair[1], schema.field(pair[1].path), day)]
    enough = ENOUGH * scored[0][0] if scored else 0.0
    found = [claim for score, claim in scored if score >= enough]
    for path in dict.fromkeys(claim.path for claim in found):
        spec = schema.field(path)
        if len(spec.key) < 2:
            continue
        named = [claim for claim in persona.holding(path, day) if _is_named(claim, spec.key[0], words)]
        if named:
            place = next(i for i, claim in enumerate(found) if claim.path == path)
            others = [claim for claim in found if claim.path != path]
            found = [*others[:place], *named, *others[place:]]
    return found


def _is_past(claim: Claim, spec: FieldSpec, day: date) -> bool:
    """Whether a row is about a day that is over."""
    days = [claim.row.get(name) for name, column in spec.columns.items() if column.over_after]
    return any(isinstance(on, str) and on[:10] < day.isoformat() for on in days)


def _is_named(claim: Claim, column: str, words: Collection[str]) -> bool:
    naming = words_of(plain_text(claim.row.get(column)))
    return bool(naming) and len(naming & frozenset(words)) >= NAMED * len(naming)


def touched_claims(persona: Persona, schema: Schema, sessions: Sequence[Session], day: date) -> list[Claim]:
    """The claims that what the user says in new sessions may change: the most relevant ones, at most `MOST_TOUCHED`."""
    said = {word for session in sessions for turn in session.user_turns for word in words_of(turn.content)}
    return [claim for _, claim in relevant_claims(persona, schema, said, day)[:MOST_TOUCHED]]


def fits(said_at: datetime, persona: Persona, schema: Schema, words: Collection[str], day: date) -> bool:
    """Whether what was said at a time still fits a query: no core value that its words call for by cue is newer.

    A talk about steakhouses from before the user became vegetarian does not fit a question about dinner.
    """
    called_for = {path for word in words for path in schema.paths_by_cue.get(word, ()) if schema.by_path[path].core}
    since = (since_when(claim) for path in called_for for claim in persona.holding(path, day))
    return not any(said_at.date() < changed for changed in since)


def names_what_is_over(text: str, persona: Persona, schema: Schema, day: date) -> bool:
    """Whether a text names something that was so and is so no more: by all the words that name it.

    Of something long, nearly all. What something that holds is named by, too, names nothing that is over.
    """
    said = words_of(text) | {f"{century}{decade}" for decade in _DECADE.findall(text) for century in (19, 20)}
    touched = {claim.id: claim for word in said for claim in persona.claims_by_word.get(word, ())}
    over = (claim for claim in touched.values() if not claim.covers(day))
    gone = [naming & said for claim in over if _names(said, naming := naming_words(claim, schema.get(claim.path)))]
    if not gone:
        return False
    alive = (claim for claim in touched.values() if claim.covers(day))
    holding = [naming for claim in alive if _names(said, naming := naming_words(claim, schema.get(claim.path)))]
    return any(not any(shared <= other for other in holding) for shared in gone)


_DECADE = re.compile(r"(?<![\d.,])([1-9]0)['’]?s\b")
"""A decade by its two digits: "90s" is 1990s, too."""


def _names(said: frozenset[str], naming: frozenset[str]) -> bool:
    """Whether words name what is named by some: all of these are said or, of many, nearly all and every number."""
    missing = naming - said
    if not missing or len(naming) < LONG:
        return bool(naming) and not missing
    return len(naming & said) >= NAMED * len(naming) and not any(word[0].isdigit() for word in missing)


def naming_words(claim: Claim, spec: FieldSpec | None = None) -> frozenset[str]:
    """The words that name what a claim is about: of its value, or of a row's first column.

    With its field, of the column that tells its rows apart.
    """
    if claim.kind == "records":
        column = spec.key[-1] if spec is not None and spec.key else next(iter(claim.row), "")
        return words_of(plain_text(claim.row.get(column, "")))
    return words_of(str(claim.value))


def share_named(claim: Claim, words: Collection[str]) -> float:
    """The share (0 to 1) of a claim's naming words that a text's words hold; 0 where nothing names it."""
    naming = naming_words(claim)
    return len(naming & frozenset(words)) / len(naming) if naming else 0.0


def since_when(claim: Claim) -> date:
    """The day from which a claim holds, as far as is known: the day on which it was said, or an earlier one given."""
    return claim.valid_from or claim.said_at.date()


_PAST = re.compile(
    r"\b(?:did|was|were|had|have you|last|ago|before|earlier|previous(?:ly)?|used to|remember|remind me what|recall"
    r"|said|told|mentioned|talked|discussed|recommended|suggested|history)\b"
    r"|上次|之前|以前|曾|说过|提过|提到|聊过|记得|当时|推荐过|去过|吃过|过去"
)


def asks_of_the_past(query: str) -> bool:
    """Whether a query asks for what was, so that what no longer holds is wanted too."""
    return _PAST.search(query.casefold()) is not None
