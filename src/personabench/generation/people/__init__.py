"""Who people are: the first stage of generation."""

from personabench.generation.people.coverage import Coverage, coverage
from personabench.generation.people.drawing import draw_seeds

__all__ = ["Coverage", "coverage", "draw_seeds"]
