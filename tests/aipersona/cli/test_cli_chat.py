from __future__ import annotations

from tests.aipersona.cli.shell import Shell
from tests.aipersona.cli.stub_openai import Stub


def test_what_was_learned_reaches_the_model(learned: Shell, stub: Stub) -> None:
    done = learned.ok("chat", "alice", "Where should I eat tonight?")
    assert done.out.split() == stub.reply.split()
    prompt = stub.prompts[-1]
    assert "- diet: vegetarian (since 2026-02-01" in prompt
    assert "- residence city: Lisbon" in prompt
    assert prompt.endswith("Where should I eat tonight?")


def test_the_context_is_shown_when_asked_for(learned: Shell) -> None:
    done = learned.ok("chat", "alice", "Where should I eat tonight?", "--show-context")
    assert "- diet: vegetarian" in done.err
    assert "vegetarian" not in done.out
    assert "(nothing)" in learned.ok("chat", "alice", "Hello", "--show-context", "--budget", "0").err


def test_the_fields_that_were_used_are_shown_with_the_context(learned: Shell) -> None:
    err = learned.ok("chat", "alice", "Where should I eat tonight?", "--show-context").err
    _, _, used = err.partition("--- fields used ---\n")
    assert "preferences.diet: vegetarian (since 2026-02-01) [context]\n" in used
    assert "demographics.residence.city: Lisbon (since 2026-02-28) [context]\n" in used
    spent = learned.ok("chat", "alice", "How much did I spend on coffee in March 2026?", "--show-context").err
    assert "finances.expenses: worked out [context]\n" in spent
    assert "--- fields used ---\n(none)\n" in learned.ok("chat", "alice", "Hi", "--show-context", "--budget", "0").err


def test_the_model_has_a_desk_unless_it_is_taken_away(learned: Shell, stub: Stub) -> None:
    learned.ok("chat", "alice", "Hello")
    assert {"add_event", "take_note", "calculate"} <= {tool["function"]["name"] for tool in stub.requests[-1]["tools"]}
    learned.ok("chat", "alice", "Hello", "--no-desk")
    assert {tool["function"]["name"] for tool in stub.requests[-1]["tools"]} == {
        "remember",
        "forget",
        "what_is_known",
        "why_is_it_known",
    }


def test_a_conversation_is_one_session_that_the_model_remembers(learned: Shell, stub: Stub) -> None:
    learned.ok("chat", "alice", input="Hello\n\nI play padel a lot.\n/quit\nnot sent\n")
    assert [message["role"] for message in stub.requests[-1]["messages"]][-3:] == ["user", "assistant", "user"]
    assert not any("not sent" in prompt for prompt in stub.prompts)
    users = learned.ok("users", "--json").json["users"]
    assert (users[0]["sessions"], users[0]["pending"]) == (6, 1)


def test_what_was_said_is_learned_when_enough_sessions_are_over(shell: Shell) -> None:
    said = ["I play padel a lot.", "Hello", "I became vegetarian in February."]
    ends = [shell.ok("chat", "alice", message).err for message in said]
    assert ends == ["", "", "learned from 3 sessions: 3 edits accepted\n"]
    assert shell.persona("alice")["preferences"] == {"diet": "vegetarian", "sports": ["padel"]}


def test_a_model_that_fails_is_an_error_and_what_was_said_is_kept(learned: Shell, stub: Stub) -> None:
    stub.statuses[0] = 400
    done = learned.run("chat", "alice", "I play padel a lot.")
    assert (done.code, done.out) == (1, "")
    assert done.err == "error: openai:stub answered with HTTP status 400\n"
    assert "padel" in learned.ok("export", "alice").out
    assert learned.ok("users", "--json").json["users"][0]["pending"] == 1


def test_without_a_model_nothing_is_said(bare: Shell) -> None:
    done = bare.run("chat", "alice", "Hello")
    assert done.code == 1
    assert done.err.startswith("error: no model is named")
    assert bare.ok("users", "--json").json["users"] == []


def test_an_empty_message_is_an_error_and_no_session(shell: Shell) -> None:
    assert shell.run("chat", "alice", "  ").code == 1
    assert shell.run("chat", "alice", "x" * 1_000_001).code == 1
    assert shell.ok("chat", "alice", input="").out == ""
    assert shell.ok("users", "--json").json["users"] == []


def test_a_reply_cannot_steer_the_terminal(shell: Shell, stub: Stub) -> None:
    stub.reply = "\x1b[2J\x1b]0;owned\x07 fine \x1b[31mred"
    out = shell.ok("chat", "alice", "Hello").out
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "fine" in out
