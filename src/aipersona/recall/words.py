"""The word index: how well numbered texts match words, by BM25 (Robertson and Zaragoza 2009, k1 1.5, b 0.75)."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from heapq import nsmallest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

K1 = 1.5
B = 0.75


class Covered(NamedTuple):
    """Of some words, the share (0 to 1) of what they tell that each text holds, how many of them, and the share that
    any text holds at all."""

    shares: npt.NDArray[np.float64]
    held: npt.NDArray[np.intp]
    known: float


class WordIndex:
    """Where each word stands: the numbers of the texts, ascending, and how often in each."""

    def __init__(self) -> None:
        self._texts: dict[str, array[int]] = {}
        self._counts: dict[str, array[int]] = {}
        self._lengths = array("i")
        self._total = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, number: int, words: Mapping[str, int]) -> None:
        """Add words and how often they come to a text: to the next new one, or to one that goes on."""
        if number == len(self._lengths):
            self._lengths.append(0)
        length = sum(words.values())
        self._lengths[number] += length
        self._total += length
        for word, count in words.items():
            texts = self._texts.setdefault(word, array("i"))
            counts = self._counts.setdefault(word, array("i"))
            place = len(texts) if not texts or texts[-1] < number else bisect_left(texts, number)
            if place < len(texts) and texts[place] == number:
                counts[place] += count
            else:
                texts.insert(place, number)
                counts.insert(place, count)

    def rarest(self, words: Iterable[str], limit: int, *, least: int = 1) -> list[str]:
        """The words that tell most: those that the fewest texts hold, but at least `least`."""
        texts = self._texts
        held = [(len(texts[word]), word) for word in words if word in texts]
        return [word for _, word in nsmallest(limit, (pair for pair in held if pair[0] >= least))]

    def scores(self, words: Iterable[str]) -> npt.NDArray[np.float64]:
        """The BM25 score of every text for the words, each of which counts once."""
        import numpy as np  # here, since it takes longer to load than most commands take

        count = len(self._lengths)
        found = [(self._texts[word], self._counts[word]) for word in words if word in self._texts]
        if not found:
            return np.zeros(count)
        texts = np.concatenate([np.frombuffer(where, dtype=np.int32) for where, _ in found])
        counts = np.concatenate([np.frombuffer(often, dtype=np.int32) for _, often in found])
        held = np.array([len(where) for where, _ in found])
        told = np.repeat(np.log(1 + (count - held + 0.5) / (held + 0.5)) * (K1 + 1), held)
        mean = self._total / count or 1.0
        norms = K1 * (1 - B) + np.frombuffer(self._lengths, dtype=np.int32)[texts] * (K1 * B / mean)
        return np.bincount(texts, weights=told * counts / (counts + norms), minlength=count).astype(np.float64)

    def shared(self, words: Iterable[str]) -> npt.NDArray[np.intp]:
        """How many of the words each text holds."""
        import numpy as np

        shared = np.zeros(len(self._lengths), dtype=np.intp)
        for word in words:
            if word in self._texts:
                shared[np.frombuffer(self._texts[word], dtype=np.int32)] += 1
        return shared

    def covered(self, words: Collection[str]) -> Covered:
        """How much of what some words tell each text holds: the fewer texts hold a word, the more it tells."""
        import numpy as np

        count = len(self._lengths)
        often = {word: len(self._texts.get(word, ())) for word in words}
        told = {word: math.log(1 + (count - held + 0.5) / (held + 0.5)) for word, held in often.items()}
        found = [word for word, held in often.items() if held]
        total = sum(told.values())
        if not found:
            return Covered(shares=np.zeros(count), held=np.zeros(count, dtype=np.intp), known=0.0)
        texts = np.concatenate([np.frombuffer(self._texts[word], dtype=np.int32) for word in found])
        weights = np.repeat([told[word] / total for word in found], [often[word] for word in found])
        return Covered(
            shares=np.bincount(texts, weights=weights, minlength=count).astype(np.float64),
            held=np.bincount(texts, minlength=count),
            known=sum(told[word] for word in found) / total,
        )
