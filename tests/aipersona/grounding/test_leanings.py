"""Leanings: how a speaker feels about what they name, now; what is only near a feeling has none."""

from __future__ import annotations

import pytest

from aipersona.grounding import find_quote
from aipersona.grounding.leanings import Leaning, read_leaning

SAID: list[tuple[str, str, Leaning | None]] = [
    ("I love fado", "fado", "liked"),
    ("I'm not really a fan of Wagner; I prefer a lighter hand", "Wagner", "disliked"),
    ("I used to love golf, but now I prefer tennis", "golf", "given up"),
    ("I used to love golf, but now I prefer tennis", "tennis", "liked"),
    ("I used to be mad about golf, but these days it leaves me cold", "golf", "disliked"),
    ("I used to hate olives, but I've come to like them", "olives", "liked"),
    ("I used to dislike olives, but I've really grown to like their taste lately", "olives", "liked"),
    ("I really can't stand cilantro", "cilantro", "disliked"),
    ("I don't like cilantro", "cilantro", "disliked"),
    ("I love the distinct seasons, especially compared to humid places", "humid places", None),
    ("I've always found jazz to be a genre with a lot of distinct sounds", "jazz", None),
    ("I usually just read or watch something", "watch something", None),
    ("I used to be really into knitting, but honestly it just isn't doing it for me anymore", "knitting", "disliked"),
    ("The beach at Nazaré is stunning and I loved my stay", "beach at Nazaré", "liked"),
    ("I used to really like Woody's films, but honestly, now I find them a bit too slow", "Woody's films", "disliked"),
    ("I used to really like Woody's films, but honestly, now I find them a bit too slow", "slow", None),
    ("Kyoto has been growing on me, I love it", "Kyoto", "liked"),
    ("I prefer tea over coffee", "coffee", None),
    ("I prefer tea over coffee", "tea", "liked"),
    ("Chess is my favourite", "Chess", "liked"),
    ("My favorite author is Le Guin", "Le Guin", "liked"),
    ("I stopped liking horror films", "horror films", "disliked"),
    ("I no longer enjoy opera", "opera", "disliked"),
    ("I used to enjoy opera, but it bores me now. Fado is what I love these days.", "opera", "disliked"),
    ("I used to enjoy opera, but it bores me now. Fado is what I love these days.", "Fado", "liked"),
    ("I've gone off sushi", "sushi", "disliked"),
    ("I'm tired of superhero movies", "superhero movies", "disliked"),
    (
        "I once disliked Monet, but after seeing the lilies I actually find myself appreciating his style now",
        "Monet",
        "liked",
    ),
    (
        "I once disliked Monet, but after seeing the lilies I actually find myself appreciating his style now",
        "lilies",
        None,
    ),
    ('I generally dislike "road movies"; I find them repetitive', "road movies", "disliked"),
    ("that reminds me how much I like thunderstorms; I could watch them all night", "thunderstorms", "liked"),
    (
        "lately I've been really into shanties; there's something catchy about rough voices",
        "shanties",
        "liked",
    ),
    ("我特别喜欢爵士乐", "爵士乐", "liked"),
    ("我以前喜欢火锅，但现在吃腻了", "火锅", "disliked"),
    ("我不喜欢香菜", "香菜", "disliked"),
    ("以前我讨厌跑步，现在爱上了", "跑步", "liked"),
    ("我受不了榴莲的味道", "榴莲", "disliked"),
    ("我以前爱打篮球，现在更喜欢游泳", "篮球", "given up"),
    ("我以前爱打篮球，现在更喜欢游泳", "游泳", "liked"),
    ("I heard Satie on the train, and I really love how quiet he is", "quiet", None),
    ("I used to love Crete, but now I'm really leaning towards the Azores", "Azores", "liked"),
    ("I used to love Crete, but now I'm really leaning towards the Azores", "Crete", "given up"),
    ("I don't hate Mondays", "Mondays", None),
    ("I used to love street fairs, but I've found I'm not as keen on them anymore", "street fairs", "disliked"),
    ("I used to be into haiku, but I'm finding myself less drawn to that form lately", "haiku", "disliked"),
    ("I've changed my mind about Oslo; I used to dislike it, but now I really like it", "Oslo", "liked"),
    ("I used to find the idea of typhoons exotic, but by now I can't stand them", "typhoons", "disliked"),
    ("I used to say Bresson was my favourite, but Agnès Varda is actually my top pick now", "Varda", "liked"),
    ("I used to say Bresson was my favourite, but Agnès Varda is actually my top pick now", "Bresson", "given up"),
    ("I really like how Toni Morrison tells a story", "Toni Morrison", "liked"),
    ("I really like how the plot unfolds", "plot", None),
    ("I used to dislike bebop, but now I'm a huge fan!", "bebop", "liked"),
    ("I used to dislike the idea of Malta, but my opinion has completely changed; I'd love to go", "Malta", "liked"),
    ("I used to like Bo, but lately, I'm just not feeling her music", "Bo", "disliked"),
    ('I used to like her work, but after "Night Train," I\'m just not a fan anymore', "Night Train", None),
    ("I've been to Oslo; I like it when it rains", "rains", None),
    (
        "I used to dream of visiting Petra, but honestly I've gone off the idea of crowded places now",
        "Petra",
        "disliked",
    ),
]


@pytest.mark.parametrize(("text", "thing", "leaning"), SAID)
def test_the_leaning_is_that_of_the_clause_about_the_thing(text: str, thing: str, leaning: Leaning | None) -> None:
    at = find_quote(text, thing)
    assert at is not None
    assert read_leaning(text, at) == leaning


@pytest.mark.parametrize("text", ["fado", "I think fado is from Portugal", "Do you know fado?"])
def test_a_thing_without_a_feeling_for_it_has_no_leaning(text: str) -> None:
    at = find_quote(text, "fado")
    assert at is not None
    assert read_leaning(text, at) is None
