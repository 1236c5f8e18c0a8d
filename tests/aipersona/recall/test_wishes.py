"""What says how somebody wants something, by kinds: a wish, a setting, a figure."""

from __future__ import annotations

import pytest

from aipersona.recall.wishes import wishes_in


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("I really love this green panel.", 1),
        ("I'd rather have it quiet.", 1),
        ("Let me just crank this up to 90.", 2),
        ("I prefer the volume at 3, set it to 3.", 3),
        ("我还是更喜欢安静一点", 1),
        ("把音量调到三档", 2),
        ("Speak soon, take care.", 0),
        ("The river runs past the mill.", 0),
        ("再见，下次聊", 0),
        ("", 0),
    ],
)
def test_each_kind_counts_once(text: str, kinds: int) -> None:
    assert wishes_in(text) == kinds
