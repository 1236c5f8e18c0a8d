"""OpenAI clients whose answers know the user."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from openai import AsyncOpenAI, InternalServerError, OpenAI
from pydantic import BaseModel

from aipersona import AIPersona
from aipersona.adapters.openai_client import SESSION_HEADER, USER_HEADER, ClientPersona, wrap_openai
from aipersona.errors import InvalidInput
from tests.aipersona.adapters.scripted_openai import Call, Server
from tests.aipersona.adapters.stage import KNOWN, MOVED, FailingStore, calls, kept, persona

EAT = "Where do I eat tonight?"
Messages = list[Any]


@pytest.fixture
def ai() -> Iterator[AIPersona]:
    ai = persona()
    yield ai
    ai.sync.close()


def said(ai: AIPersona, user: str = "alice") -> dict[str, list[tuple[str, str]]]:
    return ai.sync.run(lambda: kept(ai, user))


def user(*contents: str) -> Messages:
    """The user and the assistant in turns."""
    roles = ("user", "assistant")
    return [{"role": roles[number % 2], "content": content} for number, content in enumerate(contents)]


def ask(client: OpenAI, messages: Messages, *, stream: bool = False, **more: Any) -> str:
    """The text of an answer."""
    create: Any = client.chat.completions.create
    made = create(model="m", messages=messages, stream=stream, **more)
    if not stream:
        return made.choices[0].message.content
    return "".join(choice.delta.content or "" for chunk in made for choice in chunk.choices)


def respond(client: OpenAI, given: Any, *, stream: bool = False, **more: Any) -> Any:
    """A response."""
    create: Any = client.responses.create
    made = create(model="m", input=given, stream=stream, **more)
    return list(made)[-1].response if stream else made


streamed = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


@streamed
def test_what_is_known_stands_at_the_end_of_the_instructions_and_in_no_message(ai: AIPersona, stream: bool) -> None:
    ai.sync.set("alice", "demographics.residence.city", "Lisbon")
    server = Server(["At the market hall."])
    client = wrap_openai(server.sync(), ai, user_id="alice", session_id="s")
    messages = [{"role": "developer", "content": "You plan evenings."}, *user(EAT)]
    assert ask(client, messages, stream=stream) == "At the market hall."
    assert server.systems[0].startswith("You plan evenings.\n\nYou know the user")
    assert KNOWN in server.systems[0]
    assert server.bodies[0]["messages"][1:] == messages[1:]
    assert messages[0]["content"] == "You plan evenings."
    assert said(ai) == {"s": [("user", EAT), ("assistant", "At the market hall.")]}


@streamed
def test_responses_know_the_user_too(ai: AIPersona, stream: bool) -> None:
    ai.sync.set("alice", "demographics.residence.city", "Lisbon")
    server = Server(["At home."])
    client = wrap_openai(server.sync(), ai, user_id="alice", session_id="s")
    assert respond(client, EAT, stream=stream, instructions="You plan.").output_text == "At home."
    assert server.systems[0].startswith("You plan.\n\nYou know the user")
    assert KNOWN in server.systems[0]
    assert server.bodies[0]["input"] == EAT
    assert said(ai) == {"s": [("user", EAT), ("assistant", "At home.")]}


def test_a_request_of_which_nothing_is_known_goes_out_as_it_is(ai: AIPersona) -> None:
    server, plain = Server(["Yes."]), Server(["Yes."])
    more: dict[str, Any] = {"temperature": 0.5, "user": "alice"}
    ask(wrap_openai(server.sync(), ai, user_id="alice"), user("Hello?"), **more)
    ask(plain.sync(), user("Hello?"), **more)
    assert server.bodies == plain.bodies


def test_what_was_said_is_kept_once_however_often_it_is_sent_and_learned_from(ai: AIPersona) -> None:
    server = Server(["One.", "Two.", "Three."])
    client = wrap_openai(server.sync(), ai, user_id="alice", session_id="s")
    ask(client, user(MOVED))
    ask(client, user(MOVED, "One.", "And tomorrow?"))
    assert ai.sync.end_session("alice", "s").accepted == 1
    ask(client, user(MOVED, "One.", "And tomorrow?", "Two.", "And then?"))
    assert KNOWN in server.systems[-1]
    assert said(ai) == {
        "s": [("user", MOVED), ("assistant", "One."), ("user", "And tomorrow?"), ("assistant", "Two.")],
        "s~continued~2": [("user", "And then?"), ("assistant", "Three.")],
    }


def test_a_history_from_before_is_kept_in_a_session_with_a_name(ai: AIPersona) -> None:
    client = wrap_openai(Server(["Two."]).sync(), ai, user_id="alice", session_id="s")
    ask(client, user(MOVED, "One.", "And tomorrow?"))
    assert len(said(ai)["s"]) == 4


def test_conversations_that_nobody_named_are_told_apart_and_end_with_the_client(ai: AIPersona) -> None:
    server = Server(["One.", "Bread.", "Two.", "Wine."])
    with wrap_openai(server.sync(), ai, user_id="alice") as client:
        ask(client, user(MOVED))
        ask(client, user("What shall I bake?"))
        ask(client, user(MOVED, "One.", "And tomorrow?"))
        ask(client, user("Something else.", "Ah.", "What do I drink?"))
    assert sorted(said(ai).values()) == [
        [("user", MOVED), ("assistant", "One."), ("user", "And tomorrow?"), ("assistant", "Two.")],
        [("user", "What do I drink?"), ("assistant", "Wine.")],
        [("user", "What shall I bake?"), ("assistant", "Bread.")],
    ]
    (summary,) = ai.sync.users()
    assert (summary.sessions, summary.revision) == (3, 1)


@streamed
def test_calls_and_their_results_are_kept_with_the_answer(ai: AIPersona, stream: bool) -> None:
    search: Call = ("search", {"city": "Lisbon"})
    client = wrap_openai(Server([search, "The hall."]).sync(), ai, user_id="alice", session_id="s")
    ask(client, user(MOVED), stream=stream)
    assert said(ai) == {"s": [("user", MOVED)]}
    call = {"id": "c-search", "type": "function", "function": {"name": "search", "arguments": '{"city": "Lisbon"}'}}
    made = {"role": "assistant", "content": "Let me look.", "tool_calls": [call]}
    result = {"role": "tool", "tool_call_id": "c-search", "content": "3 places"}
    ask(client, [*user(MOVED), made, result], stream=stream)
    assert said(ai) == {"s": [("user", MOVED), ("assistant", "Let me look.\n\nThe hall.")]}
    assert ai.sync.run(lambda: calls(ai, "s")) == [("search", {"city": "Lisbon"}, "3 places")]


@streamed
@pytest.mark.parametrize("named", ["response", "conversation", "whole"])
def test_responses_go_on_as_their_server_or_the_application_remembers_them(
    ai: AIPersona, named: str, stream: bool
) -> None:
    search: Call = ("search", {"city": "Lisbon"})
    client = wrap_openai(Server(["One.", search, "The hall."]).sync(), ai, user_id="alice")
    held: dict[str, Any] = {"conversation": {"id": "conv"}} if named == "conversation" else {}
    first = respond(client, MOVED, stream=stream, **held)
    before = [*user(MOVED, "One.")] if named == "whole" else []
    held = {"previous_response_id": first.id} if named == "response" else held
    second = respond(client, [*before, *user("And tomorrow?")], stream=stream, **held)
    held = {"previous_response_id": second.id} if named == "response" else held
    made = [{"type": "function_call", "call_id": "c-search", "name": "search", "arguments": '{"city": "Lisbon"}'}]
    before = [*before, *user("And tomorrow?"), *made] if named == "whole" else []
    respond(
        client, [*before, {"type": "function_call_output", "call_id": "c-search", "output": "3"}], stream=stream, **held
    )
    ((session, turns),) = said(ai).items()
    assert turns == [("user", MOVED), ("assistant", "One."), ("user", "And tomorrow?"), ("assistant", "The hall.")]
    assert ai.sync.run(lambda: calls(ai, session)) == [("search", {"city": "Lisbon"}, "3")]
    assert (session == "conv") is (named == "conversation")


def test_each_request_may_name_its_user_and_session_in_headers_that_are_not_sent_on(ai: AIPersona) -> None:
    server = Server(["One.", "Two.", "Three.", "Four."])
    client = wrap_openai(server.sync(), ai, user_id="alice")
    ask(client, user("A?"), extra_headers={USER_HEADER: "bob", SESSION_HEADER: "b", "X-Else": "1"})
    ask(client, user("B?"), extra_headers={SESSION_HEADER.lower(): "a"}, user="carol")
    free = wrap_openai(server.sync(), ai)
    ask(free, user("C?"), user="carol")
    ask(free, user("D?"))
    assert list(said(ai, "bob")) == ["b"]
    assert list(said(ai, "alice")) == ["a"]
    assert [one.user_id for one in ai.sync.users()] == ["alice", "bob", "carol"]
    assert server.headers[0]["x-else"] == "1"
    assert not [name for headers in server.headers for name in headers if "aipersona" in name]
    assert server.bodies[1]["user"] == "carol"


def test_a_name_that_cannot_be_kept_is_refused_before_anything_is_sent(ai: AIPersona) -> None:
    server = Server(["One."])
    with pytest.raises(InvalidInput):
        ask(wrap_openai(server.sync(), ai, user_id="a\0"), user("Hello?"))
    assert server.bodies == []


def test_the_client_keeps_its_type_its_options_and_the_original_its_own_way(ai: AIPersona) -> None:
    server = Server(["One.", "Two.", "Three.", "Four."])
    plain = server.sync()
    client = wrap_openai(plain, ai, user_id="alice", session_id="s")
    assert type(client) is OpenAI
    assert type(wrap_openai(server.asynchronous(), ai)) is AsyncOpenAI
    ask(plain, user("Hello?"))
    assert said(ai) == {}
    ask(client.with_options(timeout=5), user("One?"))
    raw = client.chat.completions.with_raw_response.create(model="m", messages=user("One?", "Two.", "Two?"))
    assert raw.parse().choices[0].message.content == "Three."
    with client.chat.completions.with_streaming_response.create(
        model="m",
        messages=user("One?", "Two.", "Two?", "Three.", "Three?"),
    ) as response:
        assert response.parse().choices[0].message.content == "Four."
    assert [content for _, content in said(ai)["s"]] == ["One?", "Two.", "Two?", "Three.", "Three?"]
    assert client.embeddings.create(model="m", input="x").data[0].embedding == [0.5]
    assert "messages" not in server.bodies[-1]


class Plan(BaseModel):
    place: str


def test_the_clients_own_parsing_and_streaming_go_on(ai: AIPersona) -> None:
    server = Server(['{"place": "hall"}', "At home.", "Here we are."])
    client = wrap_openai(server.sync(), ai, user_id="alice", session_id="s")
    parsed = client.chat.completions.parse(
        model="m", messages=[{"role": "user", "content": "A?"}], response_format=Plan
    )
    assert parsed.choices[0].message.parsed == Plan(place="hall")
    with client.chat.completions.stream(model="m", messages=[{"role": "user", "content": "B?"}]) as stream:
        assert stream.get_final_completion().choices[0].message.content == "At home."
    assert [content for _, content in said(ai)["s"]] == ["A?", '{"place": "hall"}', "B?", "At home."]


def test_a_stream_that_is_left_early_is_kept_from_the_next_request(ai: AIPersona) -> None:
    client = wrap_openai(Server(["At home.", "Yes."]).sync(), ai, user_id="alice", session_id="s")
    with client.chat.completions.create(model="m", messages=[{"role": "user", "content": "A?"}], stream=True) as stream:
        next(iter(stream))
    assert said(ai) == {"s": [("user", "A?")]}
    ask(client, user("A?", "At", "Sure?"))
    assert said(ai) == {"s": [("user", "A?"), ("assistant", "At"), ("user", "Sure?"), ("assistant", "Yes.")]}


def test_the_users_words_are_kept_when_the_server_fails(ai: AIPersona) -> None:
    server = Server([])
    client = wrap_openai(server.sync(), ai, user_id="alice", session_id="s")
    with pytest.raises(InternalServerError):
        ask(client, user(MOVED))
    server.answers.append("Yes.")
    ask(client, user(MOVED))
    assert said(ai) == {"s": [("user", MOVED), ("assistant", "Yes.")]}


@streamed
def test_without_the_store_requests_go_out_as_they_are(stream: bool, caplog: pytest.LogCaptureFixture) -> None:
    server, failing = Server(["Yes.", "No."]), persona(FailingStore())
    with wrap_openai(server.sync(), failing, user_id="alice") as client:
        assert ask(client, user(MOVED), stream=stream) == "Yes."
        failing.sync.close()
        assert ask(client, user("And?"), stream=stream) == "No."
    assert [body["messages"] for body in server.bodies] == [user(MOVED), user("And?")]
    assert "store_unavailable" in caplog.text
    assert "Lisbon" not in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "messages", [[], [{"role": "user", "content": None}], [{"role": "assistant", "content": [], "tool_calls": ["x"]}]]
)
def test_a_request_of_an_odd_shape_is_the_servers_to_judge(ai: AIPersona, messages: Messages) -> None:
    server = Server(["Yes."])
    assert ask(wrap_openai(server.sync(), ai, user_id="alice"), messages) == "Yes."
    assert server.bodies[0]["messages"] == messages


def test_pictures_are_sent_and_not_kept(ai: AIPersona) -> None:
    server = Server(["A cat."])
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    ask(wrap_openai(server.sync(), ai, user_id="alice", session_id="s"), [{"role": "user", "content": parts}])
    assert server.bodies[0]["messages"][0]["content"] == parts
    assert said(ai) == {"s": [("user", "What is it?"), ("assistant", "A cat.")]}


@pytest.mark.anyio
@streamed
async def test_an_async_client_does_the_same(stream: bool) -> None:
    ai, server = persona(), Server(["One.", "Two.", "Three."])
    served = ClientPersona(ai, user_id="alice", session_id="s")
    async with served.on(server.asynchronous()) as client:
        chat: Any = client.chat.completions.create
        respond: Any = client.responses.create
        made = await chat(model="m", messages=user(MOVED), stream=stream)
        if stream:
            assert "".join([c.delta.content or "" async for chunk in made for c in chunk.choices]) == "One."
        made = await respond(model="m", input=user(MOVED, "One.", "And?"), stream=stream)
        if stream:
            assert [event.type async for event in made] == ["response.completed"]
        assert await kept(ai) == {
            "s": [("user", MOVED), ("assistant", "One."), ("user", "And?"), ("assistant", "Two.")]
        }
        report = await served.aend("alice", "s")
        assert report is not None
        assert report.accepted == 1
        await client.with_options(timeout=3).chat.completions.create(
            model="m", messages=[{"role": "user", "content": "Where do I eat?"}]
        )
    assert KNOWN in server.systems[-1]


def test_what_another_speaker_says_is_not_the_users_own(ai: AIPersona) -> None:
    client = wrap_openai(Server(["Yes."]).sync(), ai, user_id="alice", session_id="s")
    ask(client, [{"role": "user", "name": "bob", "content": MOVED}])
    ai.sync.end_session("alice", "s", learn=False)
    assert ai.sync.learn("alice").accepted == 0


def test_threads_share_a_client(ai: AIPersona) -> None:
    client = wrap_openai(Server(["Yes."] * 40).sync(), ai, user_id="alice")

    def one(number: int) -> str:
        return ask(client, user(f"Question {number}?"))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(40))) == ["Yes."] * 40
    assert sorted(len(turns) for turns in said(ai).values()) == [2] * 40
