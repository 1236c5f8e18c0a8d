"""Recall: a user's past turns and sessions by words, meaning and time. In: sessions, their vectors and a question.

words.py     how well texts match words (BM25)
vectors.py   the turns' vectors, and which sessions resemble each other
wishes.py    how much a text says of how somebody wants something
when.py      the time that a question asks for
fusing.py    how these become one ranking
index.py     one user's turns, kept ready for all of it
"""

from aipersona.recall.index import TurnIndex
from aipersona.recall.model import Asked, Recalled, RecalledSession, RecalledTurn, WithoutVector
from aipersona.recall.passage import Passage, best_passage

__all__ = [
    "Asked",
    "Passage",
    "Recalled",
    "RecalledSession",
    "RecalledTurn",
    "TurnIndex",
    "WithoutVector",
    "best_passage",
]
