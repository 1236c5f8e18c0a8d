"""A user who tells one thing a session: what they buy, what they like; and inferrers that say what they are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from pydantic import JsonValue

from aipersona import AIPersona, ConsolidationReport, DraftEdit, DraftRequest
from aipersona.optimizer.consolidation.inferring import Inference, InferRequest, InferringFunction
from aipersona.persona.claims import Claim
from tests.aipersona.kit import NOON, propose, said

HABITS = "patterns.behaviour"
COFFEE = "coffee on most days, about 4.8 EUR each"


class Diary:
    """An engine on which the user tells one thing a session; `script` holds what the optimizer proposes for them."""

    def __init__(self, **settings: object) -> None:
        self.script: dict[str, list[DraftEdit]] = {}
        self.now = NOON
        more = {"clock": lambda: self.now, **settings}
        self.ai = AIPersona(":memory:", drafter=self._draft, **more)  # pyright: ignore[reportArgumentType]

    def _draft(self, request: DraftRequest) -> list[DraftEdit]:
        return [edit for session in request.sessions for edit in self.script.get(session.session_id, ())]

    async def told(self, words: str, *edits: DraftEdit, day: str, sid: str) -> None:
        """A session with these words, learned at once."""
        self.script[sid] = list(edits)
        await self.ai.observe(said(words, day=day, sid=sid))
        await self.ai.learn("alice", every=1)

    async def spent(self, day: str, what: str = "coffee", amount: str = "4.80 EUR", sid: str = "") -> None:
        words, sid = f"I spent {amount} on {what} today.", sid or f"{what}-{day}"
        row: JsonValue = {"what": what, "amount": amount}
        await self.told(words, propose("finances.expenses", row, words, op="add", sid=sid), day=day, sid=sid)

    async def likes(self, item: str, day: str, sid: str = "") -> None:
        words, sid = f"I really love {item}.", sid or f"{item}-{day}"
        row: JsonValue = {"item": item, "stance": "like", "category": "film"}
        await self.told(words, propose("preferences.tastes", row, words, op="add", sid=sid), day=day, sid=sid)

    async def tells_of_coffee(self, day: str) -> None:
        words = "I drink one coffee every morning."
        edit = propose(HABITS, "coffee every morning", words, op="add", sid="habit")
        await self.told(words, edit, day=day, sid="habit")

    async def habits(self, path: str = HABITS) -> list[JsonValue]:
        held = (await self.ai.persona("alice")).value(path)
        return held if isinstance(held, list) else [] if held is None else [held]

    async def claims(self, path: str = HABITS) -> tuple[Claim, ...]:
        return (await self.ai.persona("alice")).claims(path)


def days(first: str, count: int, step: int = 1) -> list[str]:
    start = date.fromisoformat(first)
    return [(start + timedelta(days=n * step)).isoformat() for n in range(count)]


async def drinker(first: str = "2026-05-18", count: int = 8, **settings: object) -> Diary:
    """Someone who told of a coffee on so many days."""
    diary = Diary(**settings)
    for day in days(first, count):
        await diary.spent(day)
    return diary


def values(report: ConsolidationReport) -> list[JsonValue]:
    return [one.value for one in report.inferred]


FILMS = ("Heat", "Ran", "Alien", "Stalker")


async def cinema() -> Diary:
    """Someone who likes four films, told in four sessions; claims 1.0 to 4.0."""
    diary = Diary()
    for number, film in enumerate(FILMS):
        await diary.likes(f"the film {film}", f"2026-05-{10 + number}")
    return diary


def says(path: str, value: str, films: Iterable[str] = FILMS) -> InferringFunction:
    """An inferrer that rests an inference on the claims about these films."""

    def infer(request: InferRequest) -> list[Inference]:
        liked = [claim for group in request.groups for claim in group.claims if claim.path == "preferences.tastes"]
        ids = [c.id for c in liked for film in films if film in c.words]
        return [Inference(path=path, value=value, claims=ids)]

    return infer


async def inferred(diary: Diary, path: str, value: str, films: Sequence[str] = FILMS) -> ConsolidationReport:
    return await diary.ai.consolidate("alice", inferrer=says(path, value, films))
