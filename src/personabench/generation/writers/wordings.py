"""How canonical values are said, for whoever looks for them in a text."""

from personabench.generation.writers.scripted.speech import wordings

__all__ = ["wordings"]
