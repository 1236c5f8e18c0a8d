"""Splicing: what is added stands where it should, and every other byte as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona.server.proxy.splicing import read_call, with_instructions, with_system_text

TOLD = 'About the user:\n- says "hi" \\ 里斯本'


def spliced(raw: str, told: str = TOLD) -> str | None:
    call = read_call(raw.encode())
    assert call is not None
    made = with_system_text(call, told)
    return made.decode() if made is not None else None


def removed(before: str, after: str) -> str:
    """What is in `after` at one place, and not in `before`."""
    start = next((n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(before))
    end = len(before) - start
    while after[len(after) - end :] != before[len(before) - end :]:
        start, end = start - 1, end + 1
    assert after[:start] + after[len(after) - end :] == before
    return after[start : len(after) - end]


@pytest.mark.parametrize(
    ("raw", "content"),
    [
        ('{"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"hi"}]}', f"Be kind.\n\n{TOLD}"),
        ('{ "messages" : [ {"content" : "", "role" : "developer" } ] }', TOLD),
        ('{"messages":[{"role":"system","content":"a \\" \\\\"}]}', f'a " \\\n\n{TOLD}'),
        (
            '{"messages":[{"role":"system","content":"a"},{"role":"system","content":"b"},{"role":"user"}]}',
            f"b\n\n{TOLD}",
        ),
    ],
)
def test_a_text_goes_to_the_end_of_the_last_system_message_that_comes_first(raw: str, content: str) -> None:
    made = spliced(raw)
    assert made is not None
    messages = json.loads(made)["messages"]
    assert content in [message.get("content") for message in messages]
    assert len(messages) == len(json.loads(raw)["messages"])
    assert removed(raw, made)


def test_a_list_of_parts_gets_one_more() -> None:
    for parts in ([], [{"type": "text", "text": "a"}]):
        raw = json.dumps({"messages": [{"role": "system", "content": parts}]})
        made = json.loads(spliced(raw) or "")
        assert made["messages"][0]["content"] == [*parts, {"type": "text", "text": TOLD}]


def test_without_a_system_message_one_comes_before_all() -> None:
    raw = '{"model":"m","messages":\n[ {"role":"user","content":"hi"}],"n":2}'
    made = json.loads(spliced(raw) or "")
    assert made["messages"][0] == {"role": "system", "content": TOLD}
    assert made["messages"][1:] == json.loads(raw)["messages"]


@pytest.mark.parametrize("raw", ['{"messages":[]}', '{"messages":{}}', "{}", '{"messages":null,"prompt":"x"}'])
def test_where_there_are_no_messages_nothing_is_put(raw: str) -> None:
    assert spliced(raw) is None


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'{"a":1', b'{"a" 1}', b'{"a":1 "b":2}', b"\xff{}", b"{1:2}", b"null"]
)
def test_what_is_no_object_is_no_call(raw: bytes) -> None:
    assert read_call(raw) is None


def test_very_deep_nesting_is_no_call_and_no_crash() -> None:
    assert read_call(b'{"messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}") is None


@pytest.mark.parametrize(
    ("raw", "instructions"),
    [
        ('{"input":"hi"}', TOLD),
        ("{}", TOLD),
        ('{"instructions":null,"input":"hi"}', TOLD),
        ('{"input":"hi","instructions":"Be kind."}', f"Be kind.\n\n{TOLD}"),
    ],
)
def test_a_response_is_told_in_its_instructions(raw: str, instructions: str) -> None:
    call = read_call(raw.encode())
    assert call is not None
    made = json.loads(with_instructions(call, TOLD))
    assert made == {**json.loads(raw), "instructions": instructions}


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(
    before=st.dictionaries(st.text().filter(lambda name: name != "messages"), json_values, max_size=3),
    after=st.dictionaries(st.text().filter(lambda name: name != "messages"), json_values, max_size=3),
    system=st.none() | st.text(),
    said=st.lists(st.fixed_dictionaries({"role": st.just("user"), "content": json_values}), min_size=1, max_size=3),
    told=st.text(min_size=1),
    indent=st.none() | st.integers(0, 3),
    plain=st.booleans(),
)
def test_everything_but_the_text_stays_as_it_was(
    before: Any, after: Any, system: str | None, said: Any, told: str, indent: int | None, plain: bool
) -> None:
    first = [] if system is None else [{"role": "system", "content": system}]
    body = {**before, "messages": [*first, *said], **after}
    raw = json.dumps(body, indent=indent, ensure_ascii=plain)
    try:
        raw.encode()
    except UnicodeEncodeError:
        return
    made = spliced(raw, told)
    assert made is not None
    removed(raw, made)
    now = json.loads(made)
    assert {**now, "messages": None} == {**body, "messages": None}
    assert now["messages"][-len(said) :] == said
    assert now["messages"][0]["content"].endswith(told)
