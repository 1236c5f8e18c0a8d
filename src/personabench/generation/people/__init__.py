"""Who people are, and the lives that they lead: the first two stages of generation."""

from personabench.generation.people.coverage import Coverage, coverage
from personabench.generation.people.drawing import draw_seeds
from personabench.generation.people.living import live

__all__ = ["Coverage", "coverage", "draw_seeds", "live"]
