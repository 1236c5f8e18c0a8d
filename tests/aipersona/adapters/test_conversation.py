"""Conversations with somebody else's assistant: what it is told, what is kept, and what a failing store costs."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from aipersona import AIPersona, ToolCall
from aipersona.adapters.conversation import NOT_AFTER_OTHERS, Conversation
from aipersona.adapters.history import Said
from aipersona.errors import InvalidInput, StoreUnavailable
from aipersona.store.memory import MemoryStore
from tests.aipersona.adapters.stage import KNOWN, MOVED, FailingStore, SlowStore, calls, kept, persona

pytestmark = pytest.mark.anyio


async def test_what_is_said_is_kept_and_learned_from_at_the_end() -> None:
    ai = persona()
    talk = Conversation(ai, "alice", "monday")
    assert await talk.instructions(MOVED) == ""
    await talk.hear(MOVED)
    await talk.reply("At the market hall.", [ToolCall(name="search", arguments={"q": "Lisbon"})])
    assert await kept(ai) == {"monday": [("user", MOVED), ("assistant", "At the market hall.")]}
    assert await calls(ai, "monday") == [("search", {"q": "Lisbon"}, None)]
    report = await talk.end()
    assert report is not None
    assert report.accepted == 1
    text = await Conversation(ai, "alice", "tuesday").instructions("Where do I eat tonight?")
    assert KNOWN in text
    assert "remember" not in text


async def test_the_instructions_stay_the_same_until_the_message_is_answered() -> None:
    ai = persona()
    talk = Conversation(ai, "alice", "monday")
    await talk.hear("What do I eat?")
    before = await talk.instructions("What do I eat?")
    await ai.set("alice", "preferences.diet", "vegan")
    assert await talk.instructions("What do I eat?") == before
    await talk.reply("Bread.")
    assert "vegan" in await talk.instructions("What do I eat?")


async def test_a_message_sent_again_unanswered_is_kept_once_and_an_answer_is_one() -> None:
    ai = persona()
    talk = Conversation(ai, "alice", "monday")
    await talk.hear("Hello?")
    await talk.hear("Hello?")
    await talk.reply("Yes.")
    await talk.reply("Yes!")
    await talk.hear("Hello?")
    await talk.hear("  ")
    assert await kept(ai) == {"monday": [("user", "Hello?"), ("assistant", "Yes."), ("user", "Hello?")]}


async def test_a_message_that_is_answered_anew_is_kept_once_and_one_that_is_said_again_twice() -> None:
    ai = persona()
    talk = Conversation(ai, "alice", "monday", steering=True)
    said: list[tuple[str, str]] = []
    for message, before, again in [
        ("Hello.", [], False),
        ("Hello.", [], True),
        ("Hello.", ["Hello."], False),
        ("I'm vegan.", ["Hello.", "Hello."], False),
        ("I'm vegan.", ["Hello.", "Hello."], True),
        ("I'm vegan.", ["Hello."], True),
        ("I'm vegan.", ["Hello.", "Hello.", "I'm vegan."], False),
        ("I'm vegan.", [], False),
    ]:
        await talk.hear(message, before=before)
        await talk.reply("Yes.")
        said += [] if again else [("user", message), ("assistant", "Yes.")]
        assert await kept(ai) == {"monday": said}


async def test_an_order_that_is_answered_anew_is_carried_out() -> None:
    ai = persona()
    talk = Conversation(ai, "alice", "monday", steering=True)
    await talk.hear("Remember that I'm vegan.", before=[])
    await talk.reply("I did not.")
    await talk.hear("Remember that I'm vegan.", before=[])
    assert (await talk.order("remember", {}, after_others=False)).startswith("Remembered: preferences.diet = vegan")
    await talk.hear(" ")
    assert (await talk.order("remember", {}, after_others=False)).startswith("Not done: there is no message")


async def test_another_process_goes_on_with_the_session() -> None:
    store = MemoryStore()
    await Conversation(persona(store), "alice", "monday").hear("Hello.")
    other = Conversation(persona(store), "alice", "monday")
    await other.reply("Good evening.")
    await Conversation(persona(store), "alice", "monday").hear("And now?")
    await other.follow([Said(role="user", content="And now?"), Said(role="assistant", content="Now we eat.")])
    assert await kept(persona(store)) == {
        "monday": [
            ("user", "Hello."),
            ("assistant", "Good evening."),
            ("user", "And now?"),
            ("assistant", "Now we eat."),
        ]
    }


async def test_what_goes_on_after_its_session_was_closed_is_kept_as_another_one() -> None:
    ai = persona()
    talk = Conversation(ai, "alice", "thread")
    await talk.hear("One.")
    await ai.end_session("alice", "thread", learn=False)
    await talk.hear("Two.")
    await talk.end(learn=False)
    await talk.hear("Three.")
    assert await kept(ai) == {
        "thread": [("user", "One.")],
        "thread~continued~2": [("user", "Two.")],
        "thread~continued~3": [("user", "Three.")],
    }
    assert await Conversation(ai, "alice", "thread").end(learn=False) is None
    assert [one.pending for one in await ai.users()] == [3]


async def test_a_session_of_the_applications_own_is_not_taken_for_one_that_went_on() -> None:
    ai = persona()
    await Conversation(ai, "alice", "trip~2").hear("Mine.")
    talk = Conversation(ai, "alice", "trip")
    await talk.hear("One.")
    await ai.end_session("alice", "trip", learn=False)
    await talk.hear("Two.")
    await Conversation(ai, "alice", "trip").end(learn=False)
    await Conversation(ai, "alice", "trip~2").reply("Yours.")
    assert await kept(ai) == {
        "trip~2": [("user", "Mine."), ("assistant", "Yours.")],
        "trip": [("user", "One.")],
        "trip~continued~2": [("user", "Two.")],
    }


async def test_at_the_exit_of_the_context_manager_the_session_ends() -> None:
    ai = persona()
    async with Conversation(ai, "alice", "monday") as talk:
        await talk.hear(MOVED)
    assert (await ai.persona("alice")).value("demographics.residence.city") == "Lisbon"


async def test_one_in_which_nothing_was_said_ends_as_nothing() -> None:
    ai = persona()
    assert await Conversation(ai, "alice", "monday").end() is None
    assert await ai.users() == []


async def test_the_users_order_is_carried_out_and_nobody_elses() -> None:
    ai = persona()
    talk = Conversation(ai, "alice", "monday", steering=True)
    assert "use the tool" in await talk.instructions("Remember that I'm vegan.")
    refused = await talk.order("remember", {}, after_others=False)
    assert refused.startswith("Not done: there is no message")
    await talk.hear("Remember that I'm vegan.")
    assert await talk.order("remember", {}, after_others=True) == NOT_AFTER_OTHERS
    assert await ai.log("alice") == []
    done = await talk.order("remember", {}, after_others=False)
    assert done.startswith("Remembered: preferences.diet = vegan")
    assert (await ai.log("alice"))[-1].author == "user"
    assert await talk.order("forget", {}, after_others=False) == "Not done: 'what' is missing."
    await ai.set("alice", "demographics.residence.city", "Lisbon")
    unsaid = await talk.order("forget", {"what": "city", "user_id": "bob"}, after_others=False)
    assert unsaid.startswith("Not done: nothing that is known fits what the user said")
    assert "vegan" in await talk.order("what_is_known", {"about": 7}, after_others=False)


async def test_without_the_store_the_assistant_has_no_persona_and_the_log_no_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = FailingStore()
    ai = persona(store)
    talk = Conversation(ai, "alice", "monday", steering=True)
    with caplog.at_level(logging.WARNING):
        assert await talk.instructions(MOVED) == ""
        await talk.hear(MOVED)
        assert (await talk.order("remember", {}, after_others=False)).startswith("Not done")
    assert {record.name for record in caplog.records} == {"aipersona.adapters"}
    assert "store_unavailable" in caplog.text
    assert "Lisbon" not in caplog.text
    assert "secret" not in caplog.text
    with pytest.raises(StoreUnavailable):
        await talk.end()
    store.away = False
    await talk.reply("At the market hall.")
    assert await kept(ai) == {"monday": [("user", MOVED), ("assistant", "At the market hall.")]}


async def test_a_store_that_does_not_answer_delays_no_answer_and_keeps_what_was_said_when_it_does(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("aipersona.adapters.conversation.LONGEST_WAIT", 0.001)
    store = SlowStore()
    talk = Conversation(persona(store), "alice", "monday", steering=True)
    assert await talk.instructions(MOVED) == ""
    assert "TimeoutError" in caplog.text
    await talk.hear(MOVED)
    assert (await talk.order("remember", {}, after_others=False)).startswith("Not done")
    await talk.reply("At the market hall.")
    store.released.set()
    await talk.end(learn=False)
    assert await kept(persona(store)) == {"monday": [("user", MOVED), ("assistant", "At the market hall.")]}


@pytest.mark.parametrize(("user", "session"), [("", "s"), ("a\0", "s"), ("alice", "x" * 300), ("alice", "")])
def test_a_name_that_cannot_be_kept_is_refused_at_once(user: str, session: str) -> None:
    with pytest.raises(InvalidInput):
        Conversation(AIPersona(":memory:"), user, session)


async def test_content_that_no_session_holds_is_kept_as_far_as_it_can_be() -> None:
    ai = persona()
    talk = Conversation(ai, "alice", "monday")
    await talk.hear("a\0\ud800")
    assert await kept(ai) == {"monday": [("user", "a?")]}


async def test_what_another_person_or_agent_says_in_the_users_role_is_nobodys_evidence() -> None:
    ai = persona()
    talk = Conversation(ai, "alice", "monday")
    await talk.hear(MOVED, speaker="bob")
    assert (await talk.order("remember", {}, after_others=False)).startswith("Not done: there is no message")
    await talk.hear("I'm vegan.", speaker="Alice")
    await talk.end(learn=False)
    await ai.learn("alice")
    view = await ai.persona("alice")
    assert view.value("demographics.residence.city") is None
    assert view.value("preferences.diet") == "vegan"


async def test_two_processes_on_one_database_keep_one_session(tmp_path: Path) -> None:
    async with AIPersona(tmp_path / "p.db") as one, AIPersona(tmp_path / "p.db") as two:
        first, second = (Conversation(ai, "alice", "monday") for ai in (one, two))
        for message in ("One.", "Two.", "Three."):
            await first.hear(message)
            await second.reply(f"To {message}")
        said = (await kept(two))["monday"]
    assert said == [
        ("user", "One."),
        ("assistant", "To One."),
        ("user", "Two."),
        ("assistant", "To Two."),
        ("user", "Three."),
        ("assistant", "To Three."),
    ]


async def test_messages_at_the_same_time_are_all_kept() -> None:
    ai = persona()
    talk = Conversation(ai, "alice", "monday")
    await asyncio.gather(*(talk.hear(f"Message {number}.") for number in range(20)))
    assert len((await kept(ai))["monday"]) == 20
