"""A living profile of every user of an LLM application: dated, evidenced, theirs to correct."""

__version__ = "0.1.0"
