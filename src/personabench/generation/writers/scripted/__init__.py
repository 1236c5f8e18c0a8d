"""The writer without a model: phrases of the material in `en` and `zh`, filled with what a life holds.

A file of the material maps a heading to headings to phrases, one a line; the notation of a phrase is in `grammar`.
"""

from personabench.generation.writers.scripted.writer import ScriptedWriter, free_texts

__all__ = ["ScriptedWriter", "free_texts"]
