"""Languages and places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona.values import Unreadable, parse_language, parse_place

LANGUAGES = [
    ("English", "English", "en"),
    ("en", "English", "en"),
    ("eng", "English", "en"),
    ("zh-CN", "Chinese (China)", "zh-CN"),
    ("pt-BR", "Brazilian Portuguese", "pt-BR"),
    ("Brazilian Portuguese", "Brazilian Portuguese", "pt-BR"),
    ("Mandarin", "Mandarin Chinese", "zh"),
    ("普通话", "Mandarin Chinese", "zh"),
    ("国语", "Mandarin Chinese", "zh"),
    ("中文", "Chinese", "zh"),
    ("汉语", "Chinese", "zh"),
    ("Chinese", "Chinese", "zh"),
    ("Simplified Chinese", "Simplified Chinese", "zh-Hans"),
    ("Cantonese", "Cantonese", "yue"),
    ("粤语", "Cantonese", "yue"),
    ("广东话", "Cantonese", "yue"),
    ("上海话", "Wu Chinese", "wuu"),
    ("Deutsch", "German", "de"),
    ("german", "German", "de"),
    ("德语", "German", "de"),
    ("德文", "German", "de"),
    ("español", "Spanish", "es"),
    ("Castilian", "Spanish", "es"),
    ("西班牙语", "Spanish", "es"),
    ("Farsi", "Persian", "fa"),
    ("فارسی", "Persian", "fa"),
    ("Français", "French", "fr"),
    ("fluent French", "French", "fr"),
    ("French (native)", "French", "fr"),
    ("the French language", "French", "fr"),
    ("日本語", "Japanese", "ja"),
    ("日语", "Japanese", "ja"),
    ("한국어", "Korean", "ko"),
    ("русский", "Russian", "ru"),
    ("العربية", "Arabic", "ar"),
    ("हिन्दी", "Hindi", "hi"),
    ("Tagalog", "Filipino", "fil"),
    ("Swiss German", "Swiss German", "gsw"),
    ("American English", "American English", "en-US"),
    ("ASL", "American Sign Language", "ase"),
    ("Bengali", "Bengali", "bn"),
    ("Bangla", "Bengali", "bn"),
    ("Hokkien", "Min Nan Chinese", "nan"),
    ("Klingon", "Klingon", "tlh"),
    ("Flemish", "Flemish", "nl-BE"),
]


@pytest.mark.parametrize(("said", "name", "code"), LANGUAGES)
def test_a_language_has_one_name_and_one_code(said: str, name: str, code: str) -> None:
    language = parse_language(said)
    assert (language.name, language.code) == (name, code)


@pytest.mark.parametrize(
    "said",
    ["", "Python", "Java", "French and English", "French toast", "secret", "Go", "C", "none", "中国", "x" * 100_000],
)
def test_what_is_no_single_language_is_unreadable(said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_language(said)
    assert "secret" not in str(caught.value)


@given(st.text())
def test_a_language_is_read_or_refused_and_its_own_name_is_a_fixed_point(said: str) -> None:
    try:
        language = parse_language(said)
    except Unreadable:
        return
    assert parse_language(language.name).name == language.name


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Paris", "Paris"),
        ("the city of Porto", "Porto"),
        ("The City of London.", "London"),
        ("The Hague", "The Hague"),
        ("the Netherlands", "Netherlands"),
        ("in  São  Paulo!", "São Paulo"),
        ("“上海”。", "上海"),
        ("new york", "new york"),
        ("Washington, D.C", "Washington, D.C"),
        ("Inverness", "Inverness"),
        ("St. John's", "St. John's"),
    ],
)
def test_a_place_keeps_the_users_own_spelling(said: str, place: str) -> None:
    assert parse_place(said) == place


@pytest.mark.parametrize("said", ["", "...", "the city of ", "“”"])
def test_a_place_without_a_name_is_unreadable(said: str) -> None:
    with pytest.raises(Unreadable):
        parse_place(said)
