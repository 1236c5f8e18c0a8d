"""Does a query get personal facts only when it calls for them? 400 queries of our own, English and Chinese, no model.

Half of the queries need nothing personal: counted is which of them get a fact of the user's beyond name and language
(`strict`), and which get one that is not an order about answers either ("answer briefly"). The other half need certain
facts: counted is which of them get all of these. Queries and users: the YAML files beside this one. `built with` served
to make the rules; each of the others was measured once before what went wrong in it was mended, and those first
figures, not the ones printed now, tell how the rules do on queries that they have not seen.

    python -m benchmarks.use_gate --verbose
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, JsonValue

from aipersona import AIPersona, Context, Policy, Session, Turn
from aipersona.persona.claims import Claim, plain_text
from aipersona.schema.fields import Schema

HERE = Path(__file__).parent
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
USERS = {"en": "nina", "zh": "wei"}
ALWAYS = ("demographics.name", "demographics.languages", "preferences.response_language")
HALVES = {
    "build": "built with",
    "aside": "kept aside",
    "later": "written later",
    "last": "written last",
    "third": "in the third person",
}
BUDGET = 1000


class Query(BaseModel):
    """One query, and what the context for it must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    query: str
    why: str
    needs: tuple[str, ...] = ()
    mentions_persona: bool = False


class Known(BaseModel):
    """What is known of a user, and what they said before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: tuple[tuple[str, JsonValue], ...]
    said: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The context that a query got, and the claims that it shows."""

    query: Query
    context: Context
    claims: tuple[Claim, ...]

    def personal(self, schema: Schema, *, orders: bool) -> list[str]:
        """The facts beyond name and language; `orders` leaves out what the user ordered about answers."""
        paths = [claim.path for claim in self.claims if claim.path not in ALWAYS]
        facts = [path for path in paths if not (orders and schema.field(path).requested)]
        figures = ["figures"] if "Worked out from" in self.context.text else []
        return [*facts, *figures, *(f"turn {turn}" for _, turn in self.context.turns)]

    def missing(self) -> list[str]:
        """The needs that the context does not meet."""
        return [need for need in self.query.needs if not self._has(need)]

    def _has(self, need: str) -> bool:
        path, _, words = need.partition(": ")
        told, _, said = self.context.text.partition("Said before")
        if path == "said":
            return words in said
        shown = (plain_text(claim.value) for claim in self.claims if claim.path == path)
        return any(words in text for text in shown) or (bool(words) and words in told)


def queries() -> dict[str, list[Query]]:
    read: Mapping[str, list[object]] = yaml.safe_load((HERE / "queries.yaml").read_text("utf-8"))
    return {name: [Query.model_validate(one) for one in found] for name, found in read.items()}


async def engine() -> AIPersona:
    """Both users, with what they are known for and what they said."""
    ai = AIPersona(":memory:", clock=lambda: NOON, policy=Policy(special=True))
    read: Mapping[str, object] = yaml.safe_load((HERE / "personas.yaml").read_text("utf-8"))
    for user, one in read.items():
        known = Known.model_validate(one)
        for path, value in known.facts:
            await ai.set(user, path, value)
        for number, text in enumerate(known.said):
            turn = Turn(number=1, role="user", content=text)
            session = Session(user_id=user, session_id=f"{user}{number}", started_at=NOON, turns=(turn,))
            await ai.observe(session)
    return ai


async def answers() -> tuple[Schema, dict[str, list[Answer]]]:
    """The contexts of all queries, by group: half, need or no need, language."""
    found: dict[str, list[Answer]] = {}
    async with await engine() as ai:
        for group, asked in queries().items():
            user = USERS[group.rpartition("_")[2]]
            claims = {claim.id: claim for claim in (await ai.persona(user)).persona.claims}
            for query in asked:
                context = await ai.context(user, query.query, budget=BUDGET)
                shown = tuple(claims[id] for id in context.claims)
                found.setdefault(group, []).append(Answer(query=query, context=context, claims=shown))
        return ai.schema, found


def rows(schema: Schema, found: Mapping[str, list[Answer]]) -> Iterator[str]:
    """The table: each cell is how many of how many queries."""
    for half, title in HALVES.items():
        for language in ("en", "zh"):
            needless, needing = found[f"{half}_no_need_{language}"], found[f"{half}_need_{language}"]
            strict = sum(bool(one.personal(schema, orders=False)) for one in needless)
            loose = sum(bool(one.personal(schema, orders=True)) for one in needless)
            met = sum(not one.missing() for one in needing)
            yield (
                f"| {title}, {language} | {_share(strict, needless)} | {_share(loose, needless)} "
                f"| {_share(met, needing)} |"
            )


def _share(count: int, of: list[Answer]) -> str:
    return f"{count}/{len(of)} ({count / len(of):.1%})"


def failing(schema: Schema, found: Mapping[str, list[Answer]]) -> Iterator[str]:
    for group, members in found.items():
        for one in members:
            wrong = one.missing() if "_no_need_" not in group else one.personal(schema, orders=True)
            if wrong:
                yield f"{group}: {one.query.query}\n    {', '.join(dict.fromkeys(wrong))}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="list the queries that fail")
    verbose = parser.parse_args().verbose
    schema, found = asyncio.run(answers())
    print("| queries | no need, any fact (strict) | no need, any but orders about answers | need, got it |")
    print("|---|---|---|---|")
    print("\n".join(rows(schema, found)))
    if verbose:
        print("\nFailing:\n")
        print("\n".join(failing(schema, found)))


if __name__ == "__main__":
    main()
