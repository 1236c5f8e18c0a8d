"""Properties of the persona that hold for every history."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from aipersona.persona.apply import apply, diff, invert
from aipersona.persona.claims import EVIDENCE_KEPT, Claim, value_key
from aipersona.persona.edits import EDIT, path_of
from aipersona.persona.model import Persona, slot_of
from aipersona.persona.revisions import Revision, fold, ledger, revert
from tests.aipersona.persona_strategies import CALENDAR, FIRST_DAY, KIND, claims_of, histories, reverting, texts

# --- fold, apply, invert, diff


@given(histories())
def test_the_fold_is_the_replay_of_every_edit_by_itself(revisions: Sequence[Revision]) -> None:
    persona = Persona(user_id="ann")
    for made in revisions:
        for index, edit in enumerate(made.edits):
            persona = apply(persona, [edit], revision=made.number, first=index)
    assert persona.entries == fold("ann", revisions).entries


@given(histories(min_revisions=2))
def test_applying_then_inverting_gives_back_the_same_entries(revisions: Sequence[Revision]) -> None:
    before = fold("ann", revisions[:-1])
    last = revisions[-1]
    after = apply(before, last.edits, revision=last.number)
    undo = invert(before, last.edits, revision=last.number)
    assert apply(after, [undo], revision=last.number + 1).entries == before.entries


@given(histories(), histories())
def test_the_difference_of_two_personas_turns_one_into_the_other(
    one: Sequence[Revision], other: Sequence[Revision]
) -> None:
    before, after = fold("ann", one), fold("ann", other)
    assert apply(before, [diff(before, after)], revision=99).entries == after.entries


@given(histories(min_revisions=2), st.randoms(use_true_random=False))
def test_the_order_in_which_a_store_returns_entries_does_not_matter(
    revisions: Sequence[Revision], shuffled: random.Random
) -> None:
    before = fold("ann", revisions[:-1])
    mixed = list(before.entries.items())
    shuffled.shuffle(mixed)
    loaded = replace(before, entries=dict(mixed))
    assert (loaded.claims, loaded.questions, loaded.learned) == (before.claims, before.questions, before.learned)
    last = revisions[-1]
    assert (
        apply(loaded, last.edits, revision=last.number).entries
        == apply(before, last.edits, revision=last.number).entries
    )
    assert all(loaded.as_dict(day) == before.as_dict(day) for day in CALENDAR)


@given(histories())
def test_no_edit_changes_the_persona_it_is_applied_to(revisions: Sequence[Revision]) -> None:
    before = fold("ann", revisions[:-1])
    copy = before.as_dict(FIRST_DAY), dict(before.entries), [c.model_dump_json() for c in before.claims]
    apply(before, revisions[-1].edits, revision=revisions[-1].number)
    assert copy == (before.as_dict(FIRST_DAY), dict(before.entries), [c.model_dump_json() for c in before.claims])


# --- nothing is lost


@given(histories(max_revisions=8))
def test_the_ledger_at_a_revision_is_the_fold_of_the_revisions_up_to_it(revisions: Sequence[Revision]) -> None:
    versions = ledger("ann", revisions)
    for n in range(len(revisions) + 1):
        believed = [v for v in versions if v.recorded <= n and (v.retired is None or v.retired > n)]
        assert len(believed) == len({v.claim.id for v in believed})
        assert {v.claim.id: v.claim for v in believed} == claims_of(revisions[:n])


@given(histories(max_revisions=8))
def test_no_claim_and_no_first_evidence_is_ever_lost(revisions: Sequence[Revision]) -> None:
    first_words: dict[str, object] = {}
    for n in range(1, len(revisions) + 1):
        for claim in claims_of(revisions[:n]).values():
            first_words.setdefault(claim.id, claim.evidence[:1])
    versions = ledger("ann", revisions)
    assert {version.claim.id for version in versions} == set(first_words)
    for version in versions:
        words = first_words[version.claim.id]
        assert version.claim.evidence[:1] == words or words == ()
        assert len(version.claim.evidence) <= EVIDENCE_KEPT


@given(histories(reverts=False))
def test_a_claim_once_made_stays_among_the_claims_whatever_is_said_later(revisions: Sequence[Revision]) -> None:
    for n in range(1, len(revisions)):
        earlier, later = claims_of(revisions[:n]), claims_of(revisions[: n + 1])
        assert earlier.keys() <= later.keys()
        for key, claim in earlier.items():
            same = (claim.path, claim.kind, claim.record_id, claim.replaces)
            assert same == (later[key].path, later[key].kind, later[key].record_id, later[key].replaces)
            if claim.kind != "records":
                assert later[key].value == claim.value


# --- what holds


@given(histories(max_revisions=8))
def test_on_every_day_one_claim_holds_for_each_value_and_no_retracted_one(revisions: Sequence[Revision]) -> None:
    persona = fold("ann", revisions)
    for day in CALENDAR:
        for path in persona.by_path:
            held = persona.holding(path, day)
            assert len({slot_of(claim) for claim in held}) == len(held)
            assert not any(claim.retracted for claim in held)
            for claim in (claim for claim in persona.by_path[path] if claim.covers(day)):
                (shown,) = (c for c in held if slot_of(c) == slot_of(claim))
                assert shown.said_at >= claim.said_at
            if KIND[path] == "scalar":
                assert len(held) <= 1


# --- reverts


@given(histories(), st.data())
def test_reverting_a_revision_is_the_fold_without_it(revisions: Sequence[Revision], data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(revisions)))
    standing = [made for made in _counted(revisions, number) if made.reverts is None]
    undone = apply(fold("ann", revisions), [revert("ann", revisions, number)], revision=len(revisions) + 1)
    assert undone.entries == fold("ann", standing).entries


@given(histories(), st.data())
def test_reverting_the_revert_brings_everything_back(revisions: Sequence[Revision], data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(revisions)))
    reverted = [*revisions, reverting(revisions, number)]
    back = [*reverted, reverting(reverted, len(reverted))]
    assert fold("ann", back).entries == fold("ann", revisions).entries


@given(histories(), st.data())
def test_reverting_twice_changes_nothing_more(revisions: Sequence[Revision], data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(revisions)))
    once = [*revisions, reverting(revisions, number)]
    assert reverting(once, number).edits == ()


@given(histories(reverts=False), st.data())
def test_reverting_leaves_every_other_field_exactly_as_it_is(
    revisions: Sequence[Revision], data: st.DataObject
) -> None:
    number = data.draw(st.integers(1, len(revisions)))
    touched = {path_of(edit) for edit in revisions[number - 1].edits}
    before = fold("ann", revisions)
    after = fold("ann", [*revisions, reverting(revisions, number)])
    for path in KIND:
        if path not in touched:
            assert after.by_path.get(path) == before.by_path.get(path)


@given(histories(min_revisions=3), st.data())
def test_what_is_said_after_a_revert_folds_as_if_the_reverted_had_never_been(
    revisions: Sequence[Revision], data: st.DataObject
) -> None:
    said = [made for made in revisions if made.reverts is None]
    cut = data.draw(st.integers(0, len(said) - 1)) if said else 0
    numbered = [made.model_copy(update={"number": i}) for i, made in enumerate(said[:cut], start=1)]
    if not numbered:
        return
    number = data.draw(st.integers(1, len(numbered)))
    history = [*numbered, reverting(numbered, number)]
    for made in said[cut:]:
        history.append(made.model_copy(update={"number": len(history) + 1}))
    without = [made for made in history if made.number != number and made.reverts is None]
    assert fold("ann", history).entries == fold("ann", without).entries


def _counted(revisions: Sequence[Revision], number: int) -> list[Revision]:
    """The revisions that count with `number` undone: who undoes whom, followed from each one, latest first."""

    def stands(n: int) -> bool:
        if n == number:
            return False
        return not any(later.reverts == n and later.number > n and stands(later.number) for later in revisions)

    return [made for made in revisions if stands(made.number)]


# --- JSON


@given(histories())
def test_revisions_and_edits_survive_json_unchanged(revisions: Sequence[Revision]) -> None:
    for made in revisions:
        text = made.model_dump_json()
        again = Revision.model_validate_json(text)
        assert again == made
        assert again.model_dump_json() == text
        for edit in made.edits:
            assert EDIT.validate_json(EDIT.dump_json(edit)) == edit
    for claim in fold("ann", revisions).claims:
        assert Claim.model_validate_json(claim.model_dump_json()) == claim


# --- equality of values


@given(texts, texts)
def test_values_are_equal_up_to_case_and_white_space(one: str, other: str) -> None:
    same = " ".join(one.casefold().split()) == " ".join(other.casefold().split())
    assert (value_key(one) == value_key(other)) == same
    assert value_key({"x": one, "y": [1]}) == value_key({"y": [1.0], "x": f" {one.upper()} "})


@given(st.integers(-(2**70), 2**70), st.integers(-(2**70), 2**70))
def test_whole_numbers_are_equal_only_when_they_are(one: int, other: int) -> None:
    assert (value_key(one) == value_key(other)) == (one == other)
    assert value_key(one) != value_key(one + 1)
