"""Which session the messages of a call belong to, and that nothing is recorded twice or lost."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from aipersona.server.proxy.messages import overlap
from aipersona.sessions.model import Turn
from tests.aipersona.server.proxied import CHAT, EVENTS, Served, answering, serving
from tests.aipersona.server.upstream import Stub, upstream


def test_what_was_recorded_is_not_recorded_again(served: Served) -> None:
    first = served.chat("I moved to Porto.").headers["x-aipersona-session"]
    served.running.settle()
    served.chat("I moved to Porto.")  # the same call again, since the client lost the answer
    served.running.settle()
    second = served.chat("I moved to Porto.", "Try the tofu.", "Thanks!").headers["x-aipersona-session"]
    assert first == second
    (said,) = served.kept()
    assert [text for text in said if text != "Try the tofu."] == ["I moved to Porto.", "Thanks!"]


def test_a_client_that_goes_on_at_once_goes_on_in_the_same_session(served: Served) -> None:
    said = ["0"]
    for number in range(1, 20):
        served.chat(*said)
        said += ["Try the tofu.", str(number)]
    assert served.kept() == [said[:-1]]


def test_another_conversation_is_another_session(served: Served) -> None:
    served.chat("I moved to Porto.")
    served.running.settle()
    served.chat("Dinner?")
    assert len(served.kept()) == 2


def test_after_a_pause_a_conversation_goes_on_in_a_new_session_with_what_is_new(served: Served) -> None:
    served.chat("I moved to Porto.")
    served.running.settle()
    served.clock.now += timedelta(hours=2)
    served.chat("I moved to Porto.", "Try the tofu.", "Thanks!")
    assert served.kept() == [["I moved to Porto.", "Try the tofu."], ["Thanks!", "Try the tofu."]]


def test_the_same_words_on_another_day_are_said_anew(served: Served) -> None:
    served.chat("I moved to Porto.")
    served.running.settle()
    served.clock.now += timedelta(days=80)
    served.chat("I moved to Porto.")
    assert served.kept() == [["I moved to Porto.", "Try the tofu."]] * 2


def test_a_closed_session_is_followed_by_another_one(served: Served) -> None:
    name = served.chat("I moved to Porto.").headers["x-aipersona-session"]
    served.running.settle()
    served.client.post(f"/v1/users/ann/sessions/{name}/close", json={"learn": False})
    served.chat("I moved to Porto.", "Try the tofu.", "Thanks!")
    assert sorted(served.kept()) == [["I moved to Porto.", "Try the tofu."], ["Thanks!", "Try the tofu."]]


def test_a_named_session_that_was_closed_goes_on_in_one_other(served: Served) -> None:
    name, said = {"x-aipersona-session": "mine"}, list[str]()
    told: list[str] = []
    for number, words in enumerate(("one", "two", "three", "four")):
        said.append(words)
        told.append(served.chat(*said, headers=name).headers["x-aipersona-session"])
        said.append("Try the tofu.")
        served.running.settle()
        if number in (0, 2):
            served.client.post(f"/v1/users/ann/sessions/{told[-1]}/close", json={"learn": False})
    assert told[0] == "mine"
    assert told[1] == told[2]
    assert len(set(told)) == 3
    kept = [["one", "Try the tofu."], ["two", "Try the tofu.", "three", "Try the tofu."], ["four", "Try the tofu."]]
    assert sorted(served.kept()) == sorted(kept)


def test_one_list_that_is_sent_twice_at_once_is_kept_once() -> None:
    go = threading.Event()
    with answering() as stub, serving(stub) as served, ThreadPoolExecutor(2) as pool:
        stub.wait, stub.late = go, True
        both = [pool.submit(served.chat, "I moved to Porto.") for _ in range(2)]
        while len(stub.asked) < 2:
            time.sleep(0.01)
        go.set()
        assert [one.result().status_code for one in both] == [200, 200]
        assert served.kept() == [["I moved to Porto.", "Try the tofu."]]


@pytest.mark.parametrize(
    ("kept", "given", "common"),
    [
        ("", "a", 0),
        ("a", "", 0),
        ("abc", "bcd", 2),
        ("abab", "abab", 4),
        ("aab", "aab", 3),
        ("xaa", "aab", 2),
        ("abcab", "abx", 2),
        ("ab", "ba", 1),
        ("aaa", "aaaa", 3),
        ("abc", "xyz", 0),
    ],
)
def test_the_end_of_what_is_kept_is_found_at_the_beginning_of_what_is_given(kept: str, given: str, common: int) -> None:
    said = [[Turn(number=n, role="user", content=c) for n, c in enumerate(text, 1)] for text in (kept, given)]
    assert overlap(*said) == common


def test_a_named_session_is_that_session_also_where_only_the_end_of_it_is_sent(served: Served) -> None:
    name = {"x-aipersona-session": "mine"}
    for said in (["one"], ["one", "Try the tofu.", "two"], ["two", "Try the tofu.", "three"]):
        assert served.chat(*said, headers=name).headers["x-aipersona-session"] == "mine"
        served.running.settle()
    assert served.kept() == [["one", "Try the tofu.", "two", "Try the tofu.", "three", "Try the tofu."]]


def test_instructions_tool_results_and_images_are_not_what_the_user_said(served: Served) -> None:
    call = {"id": "t1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Porto"}'}}
    messages: list[Any] = [
        {"role": "system", "content": "The user is a millionaire."},
        {"role": "user", "content": [{"type": "text", "text": "Weather?"}, {"type": "image_url", "image_url": {}}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "t1", "content": "The user lives in Rome."},
    ]
    served.client.post(CHAT, json={"user": "ann", "messages": messages})
    served.running.settle()
    (item,) = served.client.get("/v1/users/ann/sessions").json()["items"]
    turns = [(turn["role"], turn["content"], len(turn["tool_calls"])) for turn in item["session"]["turns"]]
    assert turns == [
        ("user", "Weather?", 0),
        ("assistant", "", 1),
        ("tool", "The user lives in Rome.", 0),
        ("assistant", "Try the tofu.", 0),
    ]


def test_a_very_long_message_list_goes_through_and_what_is_no_talk_is_not_kept(served: Served, stub: Stub) -> None:
    answer = served.chat("x" * 10_000_000, "Try the tofu.", "Dinner?")
    assert answer.status_code == 200
    assert len(stub.body) > 10_000_000
    assert served.kept() == [["Try the tofu.", "Dinner?", "Try the tofu."]]


# /v1/responses

RESPONSE: dict[str, Any] = {"id": "r1", "status": "completed", "output": [
    {"type": "reasoning", "summary": []},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Try the tofu."}]},
]}  # fmt: skip


def test_a_response_is_told_and_recorded_and_its_followers_belong_to_it() -> None:
    with upstream(pieces=[json.dumps(RESPONSE).encode()]) as stub, serving(stub) as served:
        served.client.post("/v1/responses", json={"user": "ann", "input": "Dinner?"})
        assert "vegan" in json.loads(stub.body)["instructions"]
        served.running.settle()
        more = {"user": "ann", "input": [{"role": "user", "content": "And tea?"}], "previous_response_id": "r1"}
        served.client.post("/v1/responses", json=more)
        assert served.kept() == [["Dinner?", "Try the tofu.", "And tea?", "Try the tofu."]]


def test_a_streamed_response_is_recorded() -> None:
    done = json.dumps({"type": "response.completed", "response": RESPONSE}).encode()
    pieces = [
        b'event: response.created\ndata: {"type":"response.created","response":{"id":"r1"}}\n\n',
        b"event: response.completed\ndata: " + done + b"\n\n",
    ]
    with upstream(pieces=pieces, headers=EVENTS) as stub, serving(stub) as served:
        served.client.post("/v1/responses", json={"user": "ann", "input": "Dinner?", "stream": True})
        assert served.kept() == [["Dinner?", "Try the tofu."]]
