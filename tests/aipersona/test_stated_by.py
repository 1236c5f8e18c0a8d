"""A small model's note of a name, an employer or a relative is believed beside words that state such a thing."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from aipersona import AIPersona
from aipersona.optimizer.draft import DraftRequest, Drafts
from aipersona.schema.sources import builtin_schema
from tests.aipersona.kit import NOON, propose, said

pytestmark = pytest.mark.anyio


class Noting:
    """A drafter that is strict, as those of small models are."""

    def __init__(self, path: str, value: JsonValue, words: str) -> None:
        op = "add" if path.endswith("household") else "set"
        self._draft = propose(path, value, words, op=op)

    async def draft(self, request: DraftRequest) -> Drafts:
        del request
        return Drafts(edits=(self._draft,), strict=True)


async def learned(path: str, value: JsonValue, words: str) -> bool:
    async with AIPersona(":memory:", drafter=Noting(path, value, words), clock=lambda: NOON) as ai:
        await ai.observe(said(words))
        report = await ai.learn("alice")
        return report.accepted == 1


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("demographics.name", "Maya", "My name is Maya."),
        ("demographics.name", "Maya", "I'm Maya, hi!"),
        ("demographics.name", "Maya", "Just call me Maya."),
        ("demographics.name", "Maya", "Maya"),
        ("demographics.name", "林晓", "你好，我叫林晓"),
        ("demographics.employer", "Novartis", "I work at Novartis."),
        ("demographics.employer", "Stripe", "I joined Stripe in May."),
        ("demographics.household", {"who": "sister", "name": "Ana"}, "My sister Ana is visiting."),
    ],
)
async def test_what_is_stated_is_learned(path: str, value: JsonValue, words: str) -> None:
    assert await learned(path, value, words)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("demographics.name", "Blue Harbour", "The title of my project is Blue Harbour."),
        ("demographics.employer", "Ada Moss", "Ada Moss, our Lead Strategist, will be leading this project."),
        ("demographics.household", {"who": "Head of Risk"}, "Our key stakeholders include the Head of Risk."),
    ],
)
async def test_what_is_only_named_is_not(path: str, value: JsonValue, words: str) -> None:
    assert not await learned(path, value, words)


def test_a_pattern_that_is_none_is_refused() -> None:
    field = builtin_schema().fields[0].model_dump()
    with pytest.raises(ValueError, match="stated_by"):
        type(builtin_schema().fields[0]).model_validate({**field, "stated_by": "("})
