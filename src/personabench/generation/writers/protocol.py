"""What a writer is: it says in a user's words what a life and its queries hold."""

from __future__ import annotations

import random
from datetime import date
from typing import Protocol

from personabench.generation.life import Life
from personabench.generation.query import Need, Query, Telling
from personabench.generation.scene import Scene


class Writer(Protocol):
    """Texts are in `life.seed.written_in`; the same arguments and the same state of `rng` give the same text.

    Sentences are whole, so that they can be joined with a space (in Chinese with nothing).
    """

    @property
    def name(self) -> str:
        """With the version: texts of writers of the same name are alike."""
        ...

    def tell(self, life: Life, telling: Telling, day: date, rng: random.Random) -> str:
        """What comes up in passing: facts that are so, became so or ended, or what only seems so."""
        ...

    def ask(self, life: Life, scene: Scene, query: Query, day: date, rng: random.Random) -> tuple[str, str]:
        """The wish with everything in it that it needs of the person, and its twin that gives nothing of them away."""
        ...

    def answer(self, life: Life, need: Need, day: date, rng: random.Random) -> str:
        """What the person says when asked for it."""
        ...

    def correct(self, life: Life, need: Need, day: date, rng: random.Random) -> str:
        """What the person says when it was left out or got wrong, whatever was taken instead."""
        ...

    def thank(self, life: Life, rng: random.Random) -> str: ...

    def give_up(self, life: Life, rng: random.Random) -> str: ...

    def small_talk(self, life: Life, day: date, rng: random.Random) -> str:
        """A sentence or two that says nothing lasting about the person."""
        ...
