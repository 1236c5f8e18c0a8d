"""Where a quote stands in a text, and which values a text supports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona.grounding import find_quote, stands_in_own_words, supported, words_of


def found(text: str, quote: str) -> str | None:
    span = find_quote(text, quote)
    return None if span is None else text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "quote", "stands"),
    [
        ("I live in Porto", "live in Porto", "live in Porto"),
        ("I live\n  in   Porto.", "i LIVE in porto", "I live\n  in   Porto"),
        ("I don’t eat “meat”", 'I don\'t eat "meat"', "I don’t eat “meat"),
        ("I **really** love _jazz_", "I really love jazz", "I **really** love _jazz"),
        ("I love jazz", "I *love* jazz", "I love jazz"),
        ("Cafe\u0301 de Flore", "Café de Flore", "Cafe\u0301 de Flore"),
        ("Vie\u0323\u0302t Nam is home", "Việt Nam is home", "Vie\u0323\u0302t Nam is home"),
        ("I live in Po\u200brto", "Porto", "Po\u200brto"),
        ("Ｉ ｌｉｖｅ in Porto", "I live in Porto", "Ｉ ｌｉｖｅ in Porto"),
        ("I'm vegan!", "I'm vegan.", "I'm vegan"),
        ("I'm vegan", "“I'm vegan”", "I'm vegan"),
        ("我 吃素，三年了", "我吃素", "我 吃素"),
        ("我吃素三年了", "吃素三年", "吃素三年"),
        ("I live in Porto. It's lovely. I work at Bosch.", "I live in ... I work at Bosch", None),
        ("I live in Porto. It's lovely. I work at Bosch.", "I live in Porto… I work at Bosch", None),
        ("Yes, I am", "Yes", "Yes"),
    ],
)
def test_a_quote_is_found_however_it_is_typeset(text: str, quote: str, stands: str | None) -> None:
    expected = stands or text[: len(text) - 1]

    assert found(text, quote) == expected


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("I live in Porto", "I live in Lisbon"),
        ("I live in Porto", "I lived in Porto"),
        ("a party in Porto", "art"),
        ("veganism is a topic", "vegan"),
        ("I am vegan", "I am"),
        ("I am vegan", ""),
        ("I am vegan!", "!"),
        ("I work at Bosch. I live in Porto", "I live in ... I work at Bosch"),
        ("I live in Porto and work", "I ... work"),
        ("every day", "everyday"),
        ("我吃肉", "我吃素"),
        ("我吃素", "我"),
    ],
)
def test_what_does_not_stand_word_for_word_is_not_found(text: str, quote: str) -> None:
    assert find_quote(text, quote) is None


def test_an_elision_takes_the_closest_parts() -> None:
    text = "I live in a flat. I live in a house, and I work at Bosch."

    assert found(text, "I live in a ... I work at Bosch") == "I live in a house, and I work at Bosch"


def test_a_quote_stands_in_own_words_only_outside_of_what_is_pasted() -> None:
    text = "> I'm vegan\n\nI'm a cook. My friend says \"I'm a nurse in Rome\". I'm vegan, too."
    span = stands_in_own_words(text, "I'm vegan")

    assert span is not None
    assert span.start == text.rindex("I'm vegan")
    assert stands_in_own_words(text, "I'm a nurse in Rome") is None
    assert stands_in_own_words(text, "I'm a cook ... I'm a nurse") is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("7500 steps", "I want to walk 7,500 steps"),
        ("7,500 step goal", "my goal: seven thousand five hundred steps"),
        ("vegetarian", "I've turned vegetarian"),
        ("hiking", "I hike a lot"),
        ("running", "he runs, I run"),
        ("city trips", "I love a trip to the city"),
        ("Beyoncé", "I love beyonce"),
        ("25", "I'm twenty-five"),
        ("three kids", "I have 3 kids"),
        ("5000", "I ran 5k"),
        ("9.5", "it cost 9.50"),
        ("The Who", "I like The Who"),
        ("吃素", "我吃素三年了"),
        ("3年", "我吃素三年了"),
        ("15", "我十五岁"),
        ("周杰伦", "最喜欢周杰伦的歌"),
    ],
)
def test_a_value_is_supported_by_its_words_in_any_inflection(value: str, text: str) -> None:
    assert supported(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("vegan", "I'm vegetarian"),
        ("Lisbon", "I live in Porto"),
        ("courtroom drama", "I like drama"),
        ("7500", "I walk 7,501 steps"),
        ("素食", "我吃肉"),
        ("周杰", "周末去杰克家"),
        ("", "anything"),
        ("?!", "anything?!"),
    ],
)
def test_a_value_without_its_words_in_the_text_is_not_supported(value: str, text: str) -> None:
    assert not supported(value, text)


def test_content_words_leave_out_what_says_nothing_and_keep_denials() -> None:
    assert words_of("I am not in the Alps") == {"not", "alp"}


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_holds_its_own_words_and_any_quote_found_is_within(before: str, quote: str) -> None:
    text = f"{before} {quote} "
    span = find_quote(text, quote)

    assert span is None or 0 <= span.start < span.end <= len(text)
    assert words_of(quote) <= words_of(text) or any(c.isdigit() or ord(c) > 127 for c in text) or before


def test_lone_surrogates_and_long_texts_are_no_trouble() -> None:
    text = "\ud800 filler words and more, " * 80_000 + "I'm vegan"

    assert found(text, "I'm vegan") == "I'm vegan"
    assert found("\ud800 vegan", "vegan") == "vegan"
    assert supported("vegan", text)
