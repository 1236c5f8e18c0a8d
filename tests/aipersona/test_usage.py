"""Usage: tokens and costs by user, model, revision and day, from the revisions; by REST and on the command line."""

from __future__ import annotations

from datetime import date

import pytest
from starlette.testclient import TestClient

from aipersona import AIPersona, DraftRequest
from aipersona.errors import UnknownUser
from aipersona.optimizer.draft import Drafts
from aipersona.persona.revisions import ModelCall
from aipersona.store.protocol import CallSum
from aipersona.usage import priced
from tests.aipersona.cli.shell import Shell
from tests.aipersona.kit import NOON, note
from tests.aipersona.server.kit import application, key_for

pytestmark = pytest.mark.anyio

GPT, LLAMA = "openai:gpt-4o", "Llama-3-8B.gguf"


def asked_of(model: str, prompt_tokens: int = 1000, completion_tokens: int = 100) -> ModelCall:
    return ModelCall(
        purpose="draft",
        model=model,
        prompt="edits@1:0",
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        prompt_characters=1,
        seconds=0.1,
    )


class Drafter:
    """Proposes nothing, with these calls."""

    def __init__(self, *calls: ModelCall) -> None:
        self._calls = calls

    async def draft(self, request: DraftRequest) -> Drafts:
        return Drafts(edits=(), calls=self._calls)


async def learned(*calls: ModelCall, users: tuple[str, ...] = ("alice",), sessions: int = 2) -> AIPersona:
    """An engine whose users each have so many revisions, with these calls in each."""
    ai = AIPersona(":memory:", drafter=Drafter(*calls), clock=lambda: NOON, every=1)
    for user in users:
        for number in range(sessions):
            await ai.observe(note(number, user=user))
        await ai.learn(user)
    return ai


def test_a_call_costs_what_its_tokens_do() -> None:
    day = date(2026, 6, 1)
    _, cost = priced(CallSum(day, GPT, 1, 1_000_000, 0))
    _, both = priced(CallSum(day, GPT, 1, 1_000_000, 1_000_000))
    assert (cost, both) == (pytest.approx(2.5), pytest.approx(12.5))  # dollars for a million tokens in and out


@pytest.mark.parametrize("model", [LLAMA, "openai:nobody-s", "ollama:llama3", "function:talker", "gpt-4o", ""])
def test_a_model_that_no_price_list_has_costs_nobody_knows_what(model: str) -> None:
    assert priced(CallSum(date(2026, 6, 1), model, 1, 1000, 100))[1] is None


def test_many_short_calls_do_not_cost_what_a_long_one_does() -> None:
    day, model = date(2026, 6, 1), "google-gla:gemini-2.5-pro"  # dearer from 200,000 tokens a call on
    short, long = (priced(CallSum(day, model, calls, 1_000_000, 0))[1] for calls in (1000, 1))
    assert short is not None
    assert long is not None
    assert short < long


async def test_a_user_s_usage_is_by_model_and_by_revision() -> None:
    async with await learned(asked_of(GPT), asked_of(GPT), asked_of(LLAMA, 5, 1)) as ai:
        await ai.set("alice", "preferences.diet", "vegan")  # no model was asked for this one
        found = await ai.usage("alice")
        total = found.total
        assert (total.calls, total.prompt_tokens, total.completion_tokens, total.unpriced) == (6, 4010, 402, 2)
        assert total.cost == pytest.approx(4 * (0.0025 + 0.001))
        assert [(one.model, one.calls) for one in found.by_model] == [(LLAMA, 2), (GPT, 4)]
        assert [one.cost is None for one in found.by_model] == [True, False]
        assert [(one.revision, one.cause, one.calls) for one in found.by_revision] == [(1, "learn", 3), (2, "learn", 3)]
        assert sum(one.cost or 0 for one in found.by_revision) == pytest.approx(total.cost)
        with pytest.raises(UnknownUser):
            await ai.usage("nobody")


async def test_a_tenant_s_usage_is_that_of_its_users() -> None:
    async with await learned(asked_of(GPT), users=("alice", "bob")) as ai:
        found = await ai.tenant_usage()
        users = [await ai.usage(user) for user in ("alice", "bob")]
        assert found.total.calls == sum(user.total.calls for user in users) == 4
        assert found.total.cost == pytest.approx(sum(user.total.cost or 0 for user in users))
        assert [(one.day, one.calls) for one in found.by_day] == [(NOON.date(), 4)]
        assert (await ai.tenant_usage(since=date(2026, 6, 2))).total.calls == 0
        other = await ai.for_tenant("other").tenant_usage()
        assert (other.total.calls, other.total.cost) == (0, None)


def test_usage_over_rest() -> None:
    app, ai = application(drafter=Drafter(asked_of(GPT)))
    with TestClient(app) as served:
        ann, admin = key_for(ai, "read", "write", user_id="ann"), key_for(ai, "admin")
        turns = [{"role": "user", "content": "I am vegan."}]
        session = {"started_at": "2026-03-01T10:00:00Z", "turns": turns}
        served.put("/v1/users/ann/sessions/s1", json=session, headers=ann)
        served.post("/v1/users/ann/learn", headers=ann)
        found = served.get("/v1/users/ann/usage", headers=ann).json()
        assert [(one["revision"], one["prompt_tokens"]) for one in found["by_revision"]] == [(1, 1000)]
        assert found["total"]["cost"] == pytest.approx(0.0035)
        whole = served.get("/v1/usage", params={"since": "2026-06-01", "until": "2026-06-01"}, headers=admin).json()
        assert (whole["tenant"], whole["total"]) == ("default", found["total"])
        assert served.get("/v1/usage", headers=ann).status_code == 403


def test_usage_on_the_command_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    shell = Shell(tmp_path_factory.mktemp("usage"))
    with AIPersona(shell.database, drafter=Drafter(asked_of(GPT), asked_of(LLAMA)), clock=lambda: NOON).sync as ai:
        ai.observe(note(1))
        ai.learn("alice")
    done = shell.ok("usage", "alice")
    assert [line.split() for line in done.out.splitlines()[1:]] == [
        ["revision", "1", "2", "2000", "200", "0.0035"],
        [LLAMA, "1", "1000", "100", "unknown"],
        [GPT, "1", "1000", "100", "0.0035"],
        ["in", "all", "2", "2000", "200", "0.0035"],
    ]
    assert "1 of 2 calls" in done.err
    assert shell.ok("usage", "--json").json["by_day"][0]["day"] == "2026-06-01"
    assert shell.ok("usage", "--since", "2026-06-02").out == ""
    assert shell.run("usage", "alice", "--since", "2026-06-02").code == 2
