"""The main job with the real local model: sessions in, a dated, evidenced persona out, and the next answer uses it."""

from __future__ import annotations

import importlib.util
from datetime import date

import pytest

from aipersona import AIPersona
from aipersona.llm.local.pull import default_model
from tests.aipersona.kit import NOON, said

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.local_model,
    pytest.mark.skipif(importlib.util.find_spec("xllamacpp") is None, reason="the extra `local` is missing"),
    pytest.mark.skipif(default_model() is None, reason="no local model: `aipersona models pull` brings one"),
]


async def test_a_move_is_learned_with_its_words_and_day_and_a_paste_is_not() -> None:
    ai = AIPersona(":memory:", model="local", clock=lambda: NOON)
    await ai.observe(said("I live in Hamburg and I work as a nurse.", day="2026-01-12", sid="january"))
    await ai.observe(said("I just moved to Lisbon!", day="2026-03-21", sid="march"))
    await ai.observe(said('Please translate this: "I live in Berlin."', day="2026-04-02", sid="april"))
    report = await ai.learn("alice")
    assert report.llm_calls >= 2
    assert report.prompt_tokens > 0
    view = await ai.persona("alice")
    assert view.value("demographics.residence.city") == "Lisbon"
    (claim,) = view.claims("demographics.residence.city")
    assert (claim.valid_from, claim.evidence[0].session_id) == (date(2026, 3, 21), "march")
    before = await ai.persona("alice", as_of=date(2026, 2, 1))
    assert before.value("demographics.residence.city") == "Hamburg"
    assert "Lisbon" in (await ai.context("alice", "Where should I eat tonight?")).text
