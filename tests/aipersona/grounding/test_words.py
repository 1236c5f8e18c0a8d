"""The content words of a text, folded so that different spellings agree."""

from __future__ import annotations

from aipersona.grounding import words_of


def test_a_decade_is_the_same_with_and_without_its_century() -> None:
    assert words_of("the 90s") == words_of("the 1990's") == {"1990"}
    assert words_of("1890s") != words_of("1990s")
    assert words_of("the 2010s") == words_of("the 10s")
