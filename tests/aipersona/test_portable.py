"""Moving a user to another database, and erasing one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona import AIPersona, DraftEdit, DraftRequest, Query, ScriptedEmbedder
from aipersona.errors import (
    Conflict,
    InvalidInput,
    SessionChanged,
    UnknownUser,
)
from aipersona.persona.model import Persona
from aipersona.portable import digest
from tests.aipersona.kit import NOON, engine, hobbies, note, observed, propose, said

pytestmark = pytest.mark.anyio

DIET = "preferences.diet"
CITY = "demographics.residence.city"
INTERESTS = "personality.interests"


# Moving and erasing.


async def exported(ai: AIPersona, file: Path, user: str = "alice") -> Path:
    lines = [f"{line}\n" async for line in ai.export(user)]
    await asyncio.to_thread(file.write_text, "".join(lines), "utf-8")
    return file


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def lively() -> AIPersona:
    """A user with learned and rejected edits, a question, reverts, pending and open sessions."""

    def both(request: DraftRequest) -> list[DraftEdit]:
        return [*hobbies(request), *(propose(DIET, "secret", "never said", sid=s.session_id) for s in request.sessions)]

    ai = await observed(AIPersona(":memory:", drafter=both, clock=lambda: NOON), 4)
    await ai.learn("alice", every=2)
    await ai.set("alice", DIET, "素食")
    await ai.set("alice", DIET, "omnivore", authority="tool")
    await ai.set("alice", "life.instrument", "the cello")
    await ai.revert("alice", 1)
    await ai.revert("alice", 6)
    await ai.observe(note(4))
    await ai.observe(note(5), closed=False)
    return ai


@pytest.mark.parametrize("place", ["p.db", ":memory:"])
async def test_an_export_comes_in_elsewhere_with_the_same_digest(tmp_path: Path, place: str) -> None:
    ai = await lively()
    file = await exported(ai, tmp_path / "alice.jsonl")
    async with AIPersona(tmp_path / place if place != ":memory:" else place) as other:
        summary = await other.import_(file)
        assert [summary] == await ai.users() == await other.users()
        here, there = await ai.persona("alice"), await other.persona("alice")
        assert digest(here.persona) == digest(there.persona)
        assert await other.log("alice") == await ai.log("alice")
        assert await other.questions("alice") == await ai.questions("alice")
        again = await exported(other, tmp_path / "again.jsonl")
        assert again.read_bytes() == file.read_bytes()
        assert await other.import_(file) == summary
        assert again.read_bytes() == (await exported(other, tmp_path / "third.jsonl")).read_bytes()


async def test_an_import_under_another_id_is_that_user_and_keeps_who_spoke(tmp_path: Path) -> None:
    ai = AIPersona(":memory:", drafter=lambda request: [propose(DIET, "vegan", "I'm vegan.")])
    await ai.observe(said(("user", "I'm vegan.", "alice"), ("user", "I eat meat.", "Bob")))
    file = await exported(ai, tmp_path / "alice.jsonl")
    await ai.import_(file, user_id="alicia")
    await ai.import_(file, user_id="alicia")
    await ai.learn("alicia")
    assert (await ai.persona("alicia")).value(DIET) == "vegan"
    assert (await ai.persona("alice")).nested == {}
    with pytest.raises(InvalidInput):
        await ai.import_(file, user_id="")
    with pytest.raises(InvalidInput):
        await ai.import_(file, user_id="a\0")


async def test_an_import_that_contradicts_what_is_there_writes_nothing(tmp_path: Path) -> None:
    file = await exported(await lively(), tmp_path / "alice.jsonl")
    other = engine()
    await other.set("alice", CITY, "Faro")
    with pytest.raises(Conflict, match="import under another id"):
        await other.import_(file)
    another = engine()
    await another.observe(said("Something else.", sid="n3"))
    with pytest.raises(SessionChanged):
        await another.import_(file)
    assert [user.sessions for user in (*await other.users(), *await another.users())] == [0, 1]


def swapped(lines: list[str], a: int, b: int) -> list[str]:
    lines[a], lines[b] = lines[b], lines[a]
    return lines


SPOILS: dict[str, Callable[[list[str]], list[str]]] = {
    "empty": lambda lines: [],
    "cut": lambda lines: lines[:-1],
    "no header": lambda lines: lines[1:],
    "only a header": lambda lines: lines[:1],
    "two headers": lambda lines: [lines[0], *lines],
    "header last": lambda lines: [*lines[1:], lines[0]],
    "a line too many": lambda lines: [*lines, lines[1]],
    "two ends": lambda lines: [*lines, lines[-1]],
    "a revision missing": lambda lines: [*lines[:8], *lines[9:]],
    "revisions out of order": lambda lines: swapped(lines, 8, 9),
    "a revision twice": lambda lines: [*lines[:8], lines[7], *lines[8:]],
    "not JSON": lambda lines: [*lines[:3], "secret", *lines[3:]],
    "half a line": lambda lines: [*lines[:3], lines[3][:40]],
    "not an object": lambda lines: [*lines[:3], "[1]", *lines[3:]],
    "another kind": lambda lines: [*lines[:3], '{"kind": "secret"}', *lines[3:]],
    "a newer version": lambda lines: [lines[0].replace('"version": 2', '"version": 3'), *lines[1:]],
    "another format": lambda lines: [lines[0].replace("aipersona-user", "secret"), *lines[1:]],
    "no user": lambda lines: [lines[0].replace('"alice"', '""'), *lines[1:]],
    "another user's header": lambda lines: [lines[0].replace('"alice"', '"secret"'), *lines[1:]],
    "another user's session": lambda lines: [*lines[:1], lines[1].replace('"alice"', '"secret"'), *lines[2:]],
    "a session without turns": lambda lines: [lines[0], '{"kind": "session", "closed": true}', *lines[1:]],
    "a session missing": lambda lines: [lines[0], *lines[2:]],
    "a session's words": lambda lines: [lines[0], lines[1].replace("I love", "I hate"), *lines[2:]],
    "a session's day": lambda lines: [lines[0], lines[1].replace("2026-01-01", "2026-01-02"), *lines[2:]],
    "a session closed": lambda lines: [line.replace('"closed": false', '"closed": true') for line in lines],
    "a rejection's reason": lambda lines: [line.replace("quote_not_found", "sensitive") for line in lines],
    "a version that covers less": lambda lines: [lines[0].replace('"version": 2', '"version": 1'), *lines[1:]],
    "another digest": lambda lines: [*lines[:-1], lines[-1].replace('"digest": "', '"digest": "0')],
    "another value": lambda lines: [line.replace('"value": "素食"', '"value": "secret"') for line in lines],
    "a claim without its number": lambda lines: [line.replace('"id": "1.0"', '"id": "secret"') for line in lines],
    "an unknown key": lambda lines: [line.replace('"cause"', '"a secret": 1, "cause"') for line in lines],
}  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILS)
async def test_a_broken_export_is_refused_whole_and_nothing_of_it_is_told(tmp_path: Path, spoil: str) -> None:
    file = await exported(await lively(), tmp_path / "alice.jsonl")
    lines = file.read_text("utf-8").splitlines()
    assert len(lines) == 15
    spoilt = SPOILS[spoil](list(lines))
    assert spoilt != lines
    file.write_text("\n".join(spoilt), "utf-8")
    other = engine()
    with pytest.raises(InvalidInput) as error:
        await other.import_(file)
    assert "alice.jsonl" in str(error.value)
    assert "secret" not in str(error.value)
    assert await other.users() == []


async def test_a_file_that_holds_nothing_is_refused(tmp_path: Path) -> None:
    header, *_, end = [line async for line in (await lively()).export("alice")]
    broken = {**json.loads(end), "revisions": 0, "digest": digest(Persona(user_id="alice"))}
    old = header.replace('"version": 2', '"version": 1')
    (tmp_path / "x.jsonl").write_text(f"{old}\n{json.dumps(broken)}\n", "utf-8")
    with pytest.raises(InvalidInput, match="holds nothing"):
        await engine().import_(tmp_path / "x.jsonl")
    with pytest.raises(InvalidInput, match="No such file"):
        await engine().import_(tmp_path / "absent.jsonl")


async def test_an_export_of_version_1_still_comes_in(tmp_path: Path) -> None:
    ai = await lively()
    (question,) = await ai.questions("alice")
    await ai.answer("alice", question.id, accept=False)
    persona = (await ai.persona("alice")).persona
    refused = [claim.id for claim in persona.claims if claim.value == "omnivore"]
    before = replace(persona, entries={key: e for key, e in persona.entries.items() if key not in refused})
    header, *lines, end = [line async for line in ai.export("alice")]
    old = {"kind": "end", "revisions": json.loads(end)["revisions"], "digest": digest(before)}
    text = "\n".join([header.replace('"version": 2', '"version": 1'), *lines, json.dumps(old)])
    (tmp_path / "old.jsonl").write_text(text, "utf-8")
    other = engine()
    await other.import_(tmp_path / "old.jsonl")
    assert (await other.persona("alice")).persona.entries == persona.entries


async def test_an_export_written_with_other_spaces_and_orders_of_keys_comes_in(tmp_path: Path) -> None:
    lines = [json.loads(line) async for line in (await lively()).export("alice")]
    turned = [json.dumps(dict(reversed(line.items())), separators=(",", ":")) for line in lines]
    (tmp_path / "x.jsonl").write_text("\n\n".join(turned), "utf-8")
    assert (await engine().import_(tmp_path / "x.jsonl")).sessions == 6


@given(st.data())
async def test_no_damage_to_an_export_gets_anything_in_or_any_other_error_out(data: st.DataObject) -> None:
    lines = [line async for line in (await lively()).export("alice")]
    text = "\n".join(lines)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, min(start + 30, len(text))))
    damaged = (
        text[:start] + data.draw(st.text(max_size=6) | st.sampled_from(["}", '"', "null", "9", "[]"])) + text[end:]
    )
    with TemporaryDirectory() as folder:
        file = Path(folder) / "a.jsonl"
        file.write_bytes(damaged.encode("utf-8", "replace"))
        other = engine()
        try:
            await other.import_(file)
        except InvalidInput:
            assert await other.users() == []


async def test_erasing_leaves_nothing_but_the_receipt(tmp_path: Path) -> None:
    planted = "xyzzyplugh"
    edit = propose(INTERESTS, planted, f"I love {planted}.", op="add")
    embedder = ScriptedEmbedder({"planted": [planted]})
    async with AIPersona(tmp_path / "p.db", drafter=lambda request: [edit], embedder=embedder) as ai:
        await ai.observe(said(f"I love {planted}."))
        await ai.learn("alice")
        await ai.observe(said("I love tea.", user="bob"))
        await ai.context("alice", planted)
        receipt = await ai.erase("alice")
        assert receipt.removed == {
            "work": 0,
            "answers": 0,
            "prefixes": 0,
            "vectors": 1,
            "turns": 1,
            "sessions": 1,
            "entries": 1,
            "revisions": 1,
            "users": 1,
        }
        assert [user.user_id for user in await ai.users()] == ["bob"]
        assert (await ai.context("alice", planted)).text == ""
        calls: list[Callable[[], Awaitable[object]]] = [
            lambda: ai.persona("alice"),
            lambda: ai.log("alice"),
            lambda: ai.learn("alice"),
            lambda: ai.why("alice", INTERESTS),
            lambda: ai.query("alice", Query(path="agenda.todos")),
            lambda: ai.questions("alice"),
            lambda: ai.forget("alice", INTERESTS),
            lambda: ai.revert("alice", 1),
            lambda: ai.patch("alice", []),
            lambda: ai.erase("alice"),
            lambda: anext(ai.export("alice")),
        ]
        for call in calls:
            with pytest.raises(UnknownUser):
                await call()
    assert planted.encode() not in bytes_in(tmp_path)
