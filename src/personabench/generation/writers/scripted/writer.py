"""The writer itself."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date

from personabench.generation.life import Life
from personabench.generation.query import Need, Query, Telling
from personabench.generation.scene import Scene
from personabench.generation.seed import Written
from personabench.generation.writers.scripted import asking, replying
from personabench.generation.writers.scripted.grammar import pick
from personabench.generation.writers.scripted.material import phrases
from personabench.generation.writers.scripted.telling import tell


class ScriptedWriter:
    """Writes from phrases, without a model: see `personabench.generation.writers.protocol.Writer`."""

    name = "scripted-2"

    def tell(self, life: Life, telling: Telling, day: date, rng: random.Random) -> str:
        return tell(life, telling, day, rng)

    def ask(self, life: Life, scene: Scene, query: Query, day: date, rng: random.Random) -> tuple[str, str]:
        return asking.ask(life, scene, query, day, rng)

    def answer(self, life: Life, need: Need, day: date, rng: random.Random) -> str:
        return replying.answer(life, need, rng)

    def correct(self, life: Life, need: Need, day: date, rng: random.Random) -> str:
        return replying.correct(life, need, rng)

    def thank(self, life: Life, rng: random.Random) -> str:
        return self._chat(life, "thank", rng)

    def give_up(self, life: Life, rng: random.Random) -> str:
        return self._chat(life, "give_up", rng)

    def small_talk(self, life: Life, day: date, rng: random.Random) -> str:
        material = phrases(life.seed.written_in, "chat")
        weekday = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[day.weekday()]
        month = f"month {day.month}"
        texts = [
            *material["small_talk"]["any"],
            *material["small_talk"].get(weekday, ()),
            *material["small_talk"].get(month, ()),
        ]
        return pick(texts, {}, rng).text

    def _chat(self, life: Life, what: str, rng: random.Random) -> str:
        return pick(phrases(life.seed.written_in, "chat")[what]["any"], {}, rng).text


def free_texts(written_in: Written) -> Mapping[str, Sequence[str]]:
    """What wishes can be about, by parameter: title, task, text, kind, query, and convert (a query too)."""
    return phrases(written_in, "free_texts")["any"]
