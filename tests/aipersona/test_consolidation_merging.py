"""Learned fields that mean one thing become one: values, words, days and history move; a revert parts them again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from aipersona.errors import UnknownField
from aipersona.optimizer.draft import DraftEdit
from aipersona.persona.apply import apply, invert
from aipersona.persona.claims import Evidence
from aipersona.persona.edits import AddEdit, Edit, LearnEdit, MergeEdit, RemoveEdit, SetEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision, fold, revert
from aipersona.schema.fields import FieldSpec, Kind
from tests.aipersona.diary import Diary
from tests.aipersona.kit import propose

pytestmark = pytest.mark.anyio


async def owner() -> Diary:
    """Someone whose car was learned under two names before the words showed that they are one: a Golf, then a Volvo."""
    diary = Diary()
    await told(diary, "My first ride is a Golf.", "life.ride", "Golf", "2026-01-10")
    await told(diary, "My car is a Volvo V60.", "life.car", "Volvo V60", "2026-02-10")
    await told(diary, "My ride, the car that I drive, is a Volvo V60 now.", "life.ride", "Volvo V60", "2026-03-10")
    return diary


async def told(diary: Diary, words: str, path: str, value: JsonValue, day: str) -> None:
    edit: DraftEdit = propose(path, value, words, sid=day)
    await diary.told(words, edit, day=day, sid=day)


async def learned(diary: Diary) -> list[str]:
    return [field.spec.path for field in (await diary.ai.persona("alice")).persona.learned]


async def test_fields_that_turn_out_to_be_one_are_merged_with_all_that_they_hold() -> None:
    diary = await owner()
    assert await learned(diary) == ["life.ride", "life.car"]
    report = await diary.ai.consolidate("alice")
    assert [(one.path, one.into) for one in report.merged] == [("life.car", "life.ride")]
    assert await learned(diary) == ["life.ride"]
    view = await diary.ai.persona("alice")
    assert view.nested == {"life": {"ride": "Volvo V60"}}
    assert (await diary.ai.persona("alice", as_of="2026-01-20")).value("life.ride") == "Golf"
    quotes = {evidence.quote for claim in view.persona.history("life.ride") for evidence in claim.evidence}
    assert quotes == {
        "My first ride is a Golf",
        "My car is a Volvo V60",
        "My ride, the car that I drive, is a Volvo V60 now",
    }
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_the_old_path_still_finds_the_story_and_takes_what_is_said_later() -> None:
    diary = await owner()
    await diary.ai.consolidate("alice")
    story = await diary.ai.why("alice", "life.car")
    assert {step.claim.path for step in story.steps} == {"life.ride"}
    assert [step.claim.value for step in story.steps if step.holds] == ["Volvo V60"]
    await told(diary, "I sold it and drive a Fiat now.", "life.car", "Fiat", "2026-04-10")
    assert (await diary.ai.persona("alice")).nested == {"life": {"ride": "Fiat"}}
    await diary.ai.set("alice", "life.car", "Tesla")
    assert (await diary.ai.persona("alice")).nested == {"life": {"ride": "Tesla"}}
    await diary.ai.forget("alice", "life.car")
    assert (await diary.ai.persona("alice")).nested == {}


async def test_a_revert_parts_them_again_for_good() -> None:
    diary = await owner()
    before = (await diary.ai.persona("alice")).persona.entries
    report = await diary.ai.consolidate("alice")
    undo = await diary.ai.revert("alice", report.revision or 0)
    assert (await diary.ai.persona("alice")).persona.entries == before
    assert (await diary.ai.consolidate("alice")).revision is None
    await diary.ai.revert("alice", undo.number)
    assert await learned(diary) == ["life.ride"]


async def test_reverting_what_was_learned_before_takes_its_value_out_of_the_merged_field() -> None:
    diary = await owner()
    await diary.ai.consolidate("alice")
    await diary.ai.revert("alice", 1)
    assert (await diary.ai.persona("alice", as_of="2026-01-20")).nested == {}
    assert (await diary.ai.persona("alice")).nested == {"life": {"ride": "Volvo V60"}}


async def test_fields_that_share_a_value_by_chance_stay_apart() -> None:
    diary = Diary()
    await told(diary, "I was born in Porto.", "life.birth_town", "Porto", "2026-01-10")
    await told(diary, "My favourite team is Porto.", "life.favourite_team", "Porto", "2026-02-10")
    assert len(await learned(diary)) == 2
    assert (await diary.ai.consolidate("alice")).revision is None


async def test_a_path_that_nothing_was_merged_from_is_unknown() -> None:
    diary = await owner()
    await diary.ai.consolidate("alice")
    with pytest.raises(UnknownField):
        await diary.ai.why("alice", "life.boat")


async def test_export_and_import_carry_the_alias(tmp_path: Path) -> None:
    diary = await owner()
    await diary.ai.consolidate("alice")
    file = tmp_path / "alice.jsonl"
    file.write_text("\n".join([line async for line in diary.ai.export("alice")]), "utf-8")
    other = Diary()
    await other.ai.import_(file)
    assert (await other.ai.persona("alice")).persona == (await diary.ai.persona("alice")).persona
    assert (await other.ai.why("alice", "life.car")).steps


# The edit itself.

RIDE, CAR = "life.ride", "life.car"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def field(path: str, kind: Kind) -> Edit:
    return LearnEdit(op="learn", spec=FieldSpec(path=path, description=path, kind=kind, learned=True))


def value(path: str, text: str, month: int, kind: Kind = "scalar") -> Edit:
    at = datetime(2026, month, 1, 12, tzinfo=UTC)
    evidence = (Evidence(session_id=f"s{month}", turn=1, quote=text, at=at),)
    if kind == "scalar":
        return SetEdit(
            op="set", path=path, value=text, authority="told", evidence=evidence, said_at=at, valid_from=at.date()
        )
    return AddEdit(
        op="add",
        kind="set",
        path=path,
        value=text,
        authority="told",
        evidence=evidence,
        said_at=at,
        valid_from=at.date(),
    )


def merge(path: str, into: str) -> Edit:
    return MergeEdit(op="merge", path=path, into=into)


def gone(path: str) -> Edit:
    return RemoveEdit(op="remove", path=path, on=date(2026, 6, 1), authority="told", said_at=NOON)


MERGE = merge(CAR, RIDE)


def test_of_two_values_the_one_said_later_holds_and_ends_the_other() -> None:
    edits = [field(RIDE, "scalar"), field(CAR, "scalar"), value(RIDE, "Golf", 2), value(CAR, "Volvo", 4), MERGE]
    persona = apply(Persona(user_id="a"), edits, revision=1)
    assert [(c.value, c.valid_from, c.valid_to) for c in persona.history(CAR)] == [
        ("Golf", date(2026, 2, 1), date(2026, 4, 1)),
        ("Volvo", date(2026, 4, 1), None),
    ]


def test_a_single_value_becomes_an_item_of_a_set() -> None:
    edits = [field(RIDE, "set"), field(CAR, "scalar"), value(RIDE, "Golf", 2, "set"), value(CAR, "Volvo", 4), MERGE]
    persona = apply(Persona(user_id="a"), edits, revision=1)
    assert persona.as_dict(date(2026, 5, 1)) == {"life": {"ride": ["Golf", "Volvo"]}}


def test_a_merge_into_a_field_that_is_not_there_changes_nothing() -> None:
    before = apply(Persona(user_id="a"), [field(CAR, "scalar"), value(CAR, "Volvo", 4)], revision=1)
    assert apply(before, [MERGE], revision=2).entries == before.entries
    self_merge = MergeEdit(op="merge", path=CAR, into=CAR)
    assert apply(before, [self_merge], revision=2).entries == before.entries


def test_a_chain_of_merges_leads_to_its_end_and_a_ring_to_nowhere() -> None:
    paths = ["life.a", "life.b", "life.c"]
    learn = [field(path, "scalar") for path in paths]
    merges = [MergeEdit(op="merge", path=a, into=b) for a, b in pairwise(paths)]
    persona = apply(Persona(user_id="a"), [*learn, value("life.a", "x", 2), *merges], revision=1)
    assert persona.aliases == {"life.a": "life.c", "life.b": "life.c"}
    assert [claim.path for claim in persona.history("life.a")] == ["life.c"]
    ring = apply(persona, [MergeEdit(op="merge", path="life.c", into="life.a")], revision=2)
    assert set(ring.aliases) == set(paths)
    assert ring.history("life.a") is not None


PATHS = st.sampled_from((RIDE, CAR))
ANY_EDIT = st.one_of(
    st.builds(field, PATHS, st.sampled_from(("scalar", "set"))),
    st.builds(value, PATHS, st.sampled_from(("Golf", "Volvo", "Fiat")), st.integers(1, 12)),
    st.builds(value, PATHS, st.sampled_from(("Golf", "Volvo", "Fiat")), st.integers(1, 12), st.just("set")),
    st.builds(merge, PATHS, PATHS),
    st.builds(gone, PATHS),
)


@given(st.lists(ANY_EDIT, max_size=12), st.lists(ANY_EDIT, max_size=6))
def test_merges_can_be_undone_as_every_edit_can(before: list[Edit], after: list[Edit]) -> None:
    persona = apply(Persona(user_id="a"), before, revision=1)
    changed = apply(persona, after, revision=2)
    back = apply(changed, [invert(persona, after, revision=2)], revision=3)
    assert back.entries == persona.entries


@given(st.lists(ANY_EDIT, min_size=1, max_size=10), st.data())
def test_reverting_any_revision_leaves_what_the_others_make(edits: list[Edit], data: st.DataObject) -> None:
    history = [
        Revision(number=n, at=NOON, author="optimizer", cause="learn", edits=(edit,))
        for n, edit in enumerate(edits, start=1)
    ]
    number = data.draw(st.integers(1, len(history)))
    undo = Revision(
        number=len(history) + 1,
        at=NOON,
        author="user",
        cause="revert",
        edits=(revert("a", history, number),),
        reverts=number,
    )
    without = fold("a", [revision for revision in history if revision.number != number])
    assert fold("a", [*history, undo]).entries == without.entries
