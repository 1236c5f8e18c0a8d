"""What each edit does to a persona, in plain sentences."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import JsonValue, ValidationError

from aipersona.errors import UnknownRevision
from aipersona.persona.apply import apply
from aipersona.persona.claims import EVIDENCE_KEPT, Claim, Evidence
from aipersona.persona.edits import (
    AddEdit,
    AskEdit,
    ConfirmEdit,
    Edit,
    EndEdit,
    LearnEdit,
    RemoveEdit,
    SetEdit,
    SettleEdit,
    UpdateEdit,
)
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision, fold, revert
from aipersona.schema.fields import FieldSpec

CITY, DRINKS, TODO = "home.city", "likes.drinks", "todo.items"


def day(n: int) -> date:
    return date(2025, 3, 1) + timedelta(days=n)


def at(n: int, hour: int = 12) -> datetime:
    return datetime(2025, 3, 1, hour, tzinfo=UTC) + timedelta(days=n)


def give(value: JsonValue, said: datetime, **more: Any) -> SetEdit:
    return SetEdit(op="set", path=CITY, authority="told", value=value, said_at=said, **more)


def add(value: JsonValue, said: datetime, path: str = DRINKS, **more: Any) -> AddEdit:
    kind = "records" if path == TODO else "set"
    values = {"op": "add", "kind": kind, "path": path, "authority": "told", "value": value, "said_at": said}
    return AddEdit.model_validate({**values, **more})


def update(changes: dict[str, JsonValue], said: datetime, row: str = "1.0", **more: Any) -> UpdateEdit:
    return UpdateEdit(op="update", path=TODO, authority="told", record_id=row, changes=changes, said_at=said, **more)


def remove(path: str, on: int, said: datetime, **more: Any) -> RemoveEdit:
    return RemoveEdit(op="remove", path=path, authority="told", on=day(on), said_at=said, **more)


def confirm(path: str, value: JsonValue, on: int, said: datetime, **more: Any) -> ConfirmEdit:
    kind = {CITY: "scalar", DRINKS: "set", TODO: "records"}[path]
    values = {"op": "confirm", "kind": kind, "path": path, "authority": "told", "value": value, "on": day(on)}
    return ConfirmEdit.model_validate({**values, "said_at": said, **more})


def quote(words: str, turn: int = 1) -> tuple[Evidence, ...]:
    return (Evidence(session_id="s1", turn=turn, quote=words, at=at(0)),)


def after(*edits: Edit) -> Persona:
    """The persona after these edits, each a revision of its own, numbered from 1."""
    return fold("ann", revisions(*edits))


def revisions(*edits: Edit) -> list[Revision]:
    return [
        Revision(number=n, at=at(40), author="optimizer", cause="learned", edits=(edit,))
        for n, edit in enumerate(edits, start=1)
    ]


def without(number: int, *edits: Edit) -> Persona:
    """The persona after these edits once revision `number` is reverted."""
    made = revisions(*edits)
    return apply(fold("ann", made), [revert("ann", made, number)], revision=len(made) + 1)


def shown(persona: Persona, path: str, on: int) -> JsonValue:
    place: JsonValue = persona.as_dict(day(on))
    for word in path.split("."):
        place = place.get(word) if isinstance(place, dict) else None
    return place


def rows(persona: Persona, on: int) -> list[dict[str, JsonValue]]:
    return [{"id": claim.record_id, **claim.row} for claim in persona.holding(TODO, day(on))]


# --- set


def test_a_new_value_closes_the_one_before_it_and_keeps_it() -> None:
    persona = after(give("Berlin", at(0)), give("Lisbon", at(5), valid_from=day(5)))
    assert [shown(persona, CITY, on) for on in (0, 4, 5, 9)] == ["Berlin", "Berlin", "Lisbon", "Lisbon"]
    assert [(c.value, c.valid_to) for c in persona.history(CITY)] == [("Berlin", day(5)), ("Lisbon", None)]
    assert persona.history(CITY)[1].replaces == ("1.0",)


def test_of_two_values_said_on_one_day_the_later_said_holds_on_that_day() -> None:
    persona = after(give("Berlin", at(3, 9), valid_from=day(3)), give("Lisbon", at(3, 10), valid_from=day(3)))
    assert shown(persona, CITY, 3) == "Lisbon"
    assert len(persona.history(CITY)) == 2


def test_of_two_values_said_at_one_moment_the_later_edit_holds() -> None:
    persona = after(give("Berlin", at(3)), give("Lisbon", at(3)))
    assert shown(persona, CITY, 3) == "Lisbon"


def test_a_value_for_a_week_leaves_the_open_one_alone_after_its_end() -> None:
    persona = after(give("Berlin", at(0)), give("Paris", at(4), valid_from=day(5), valid_to=day(12)))
    assert [shown(persona, CITY, on) for on in (4, 5, 11, 12)] == ["Berlin", "Paris", "Paris", "Berlin"]
    assert persona.current(CITY, day(20)) == after(give("Berlin", at(0))).current(CITY, day(20))


def test_moving_during_a_week_away_ends_both() -> None:
    week = give("Paris", at(4), valid_from=day(5), valid_to=day(12))
    persona = after(give("Berlin", at(0)), week, give("Porto", at(6), valid_from=day(6)))
    assert [shown(persona, CITY, on) for on in (4, 5, 6, 20)] == ["Berlin", "Paris", "Porto", "Porto"]


def test_closing_a_value_never_makes_it_last_longer() -> None:
    """A value with an end in the past stays ended there when a later one with the same end is said."""
    persona = after(give("Berlin", at(0)), give("Paris", at(1), valid_to=day(0)), give("Rome", at(9), valid_to=day(0)))
    assert [shown(persona, CITY, on) for on in (-1, 0, 5)] == ["Rome", "Berlin", "Berlin"]


def test_a_value_that_replaces_several_names_them_in_the_order_in_which_they_were_made() -> None:
    spans = [give(n, at(n), valid_from=day(n), valid_to=day(n + 1)) for n in range(4)]
    said = *spans, give("Rome", at(9), valid_from=day(0))
    assert after(*said).claims[-1].replaces == ("1.0", "2.0", "3.0", "4.0")
    once = apply(Persona(user_id="ann"), said, revision=1)
    assert once.claims[-1].replaces == ("1.0", "1.1", "1.2", "1.3")


def test_a_value_said_earlier_but_learned_later_never_replaces_the_later_said() -> None:
    persona = after(give("Lisbon", at(5), valid_from=day(5)), give("Berlin", at(0), valid_from=day(0)))
    assert [shown(persona, CITY, on) for on in (0, 4, 5, 9)] == ["Berlin", "Berlin", "Lisbon", "Lisbon"]


def test_a_value_said_without_a_start_holds_on_every_earlier_day_too() -> None:
    persona = after(give("Berlin", at(0)), give("Lisbon", at(5)))
    assert shown(persona, CITY, 0) == "Lisbon"


# --- add


def test_an_item_said_twice_stands_once_with_both_quotes() -> None:
    persona = after(add("Tea", at(0), evidence=quote("I love tea")), add("tea ", at(3), evidence=quote("tea again", 2)))
    assert shown(persona, DRINKS, 5) == ["Tea"]
    assert [e.quote for e in persona.claims[0].evidence] == ["I love tea", "tea again"]


def test_an_item_said_again_with_an_earlier_start_has_held_since_then() -> None:
    persona = after(add("tea", at(5), valid_from=day(5)), add("tea", at(6), valid_from=day(2)))
    assert [shown(persona, DRINKS, on) for on in (1, 2, 6)] == [None, ["tea"], ["tea"]]
    assert len(persona.claims) == 1


def test_an_item_given_up_and_taken_up_again_has_a_gap() -> None:
    persona = after(
        add("tea", at(0), valid_from=day(0)),
        remove(DRINKS, 3, at(3), item="TEA"),
        add("tea", at(6), valid_from=day(6)),
    )
    assert [shown(persona, DRINKS, on) for on in (0, 2, 3, 5, 6)] == [["tea"], ["tea"], None, None, ["tea"]]


def test_what_the_user_says_of_an_inferred_item_is_known_by_the_users_own_word() -> None:
    guessed = add("tea", at(0), authority="inferred")
    assert after(guessed, add("tea", at(1))).claims[0].authority == "told"
    assert after(guessed, confirm(DRINKS, "tea", 1, at(1), item="tea")).claims[0].authority == "told"
    assert after(add("tea", at(0)), add("tea", at(1), authority="tool")).claims[0].authority == "told"


def test_rows_with_the_same_values_are_two_rows() -> None:
    persona = after(add({"what": "milk"}, at(0), TODO), add({"what": "milk"}, at(0), TODO))
    assert [row["id"] for row in rows(persona, 1)] == ["1.0", "2.0"]


def test_a_row_is_an_object() -> None:
    with pytest.raises(ValidationError, match="a row is an object"):
        add("milk", at(0), TODO)
    with pytest.raises(ValidationError, match="a row is an object"):
        confirm(TODO, "milk", 0, at(0))


# --- update


def test_an_update_gives_a_row_new_columns_from_its_day_on_and_keeps_the_others() -> None:
    persona = after(add({"what": "milk", "n": 1}, at(0), TODO), update({"n": 2}, at(4)))
    assert rows(persona, 3) == [{"id": "1.0", "what": "milk", "n": 1}]
    assert rows(persona, 4) == [{"id": "1.0", "what": "milk", "n": 2}]


def test_two_updates_on_one_day_leave_the_last() -> None:
    persona = after(add({"n": 1}, at(4, 8), TODO), update({"n": 2}, at(4, 9)), update({"n": 3}, at(4, 10)))
    assert rows(persona, 4) == [{"id": "1.0", "n": 3}]


def test_an_update_of_a_removed_row_does_nothing() -> None:
    made = add({"n": 1}, at(0), TODO), remove(TODO, 3, at(3), record_id="1.0")
    assert after(*made, update({"n": 2}, at(4))).claims == after(*made).claims


def test_an_update_that_dates_back_does_not_bring_a_removed_row_back() -> None:
    made = add({"n": 1}, at(0), TODO), remove(TODO, 3, at(3), record_id="1.0")
    persona = after(*made, update({"n": 2}, at(4), valid_from=day(1)))
    assert [rows(persona, on) for on in (0, 1, 2)] == [[{"id": "1.0", "n": n}] for n in (1, 2, 2)]
    assert rows(persona, 3) == rows(persona, 9) == []


def test_an_update_of_a_row_taken_back_entirely_does_nothing() -> None:
    made = add({"n": 1}, at(0), TODO), remove(TODO, 3, at(3), record_id="1.0", entirely=True)
    assert after(*made, update({"n": 2}, at(4), valid_from=day(1))).claims == after(*made).claims


def test_an_update_of_a_row_that_is_not_there_does_nothing() -> None:
    assert after(update({"n": 2}, at(4), row="7.0")).entries == {}


def test_an_update_that_dates_back_leaves_no_day_without_the_row() -> None:
    persona = after(
        add({"n": 1, "m": 1}, at(0), TODO), update({"n": 2}, at(5)), update({"m": 2}, at(6), valid_from=day(2))
    )
    assert all(rows(persona, on) for on in range(10))
    assert rows(persona, 6) == [{"id": "1.0", "n": 2, "m": 2}]


def test_an_update_for_a_while_ends_with_it() -> None:
    persona = after(add({"n": 1}, at(0), TODO), update({"n": 2}, at(4), valid_from=day(5), valid_to=day(7)))
    assert [rows(persona, on)[0]["n"] for on in (4, 5, 6, 7)] == [1, 2, 2, 1]


def test_what_was_changed_for_a_while_does_not_become_lasting_by_a_later_update() -> None:
    persona = after(
        add({"n": 1, "m": 1}, at(0), TODO),
        update({"n": 2}, at(4), valid_from=day(5), valid_to=day(7)),
        update({"m": 2}, at(6)),
    )
    assert rows(persona, 9) == [{"id": "1.0", "n": 1, "m": 2}]


def test_a_row_with_an_end_keeps_it_when_it_is_updated() -> None:
    persona = after(add({"n": 1}, at(0), TODO, valid_to=day(9)), update({"n": 2}, at(4)))
    assert [len(rows(persona, on)) for on in (3, 4, 8, 9)] == [1, 1, 1, 0]


def test_an_update_said_earlier_but_learned_later_never_replaces_the_later_said() -> None:
    row = add({"n": 1, "m": 1}, at(0), TODO)
    persona = after(row, update({"n": 3}, at(6)), update({"n": 2, "m": 2}, at(3)))
    assert rows(persona, 2) == [{"id": "1.0", "n": 1, "m": 1}]
    assert rows(persona, 3) == [{"id": "1.0", "n": 2, "m": 2}]
    assert rows(persona, 6) == [{"id": "1.0", "n": 3, "m": 2}]
    assert [rows(persona, on) for on in range(9)] == [
        rows(after(row, update({"n": 2, "m": 2}, at(3)), update({"n": 3}, at(6))), on) for on in range(9)
    ]


# --- remove, end


def test_what_is_removed_held_until_the_day_before() -> None:
    persona = after(give("Berlin", at(0)), remove(CITY, 5, at(5), evidence=quote("I left Berlin")))
    assert [shown(persona, CITY, on) for on in (4, 5)] == ["Berlin", None]
    assert persona.claims[0].evidence[-1].quote == "I left Berlin"


def test_removing_an_item_leaves_the_others() -> None:
    persona = after(add("tea", at(0)), add("milk", at(0)), remove(DRINKS, 5, at(5), item="tea"))
    assert shown(persona, DRINKS, 5) == ["milk"]


def test_removing_without_an_item_removes_all_that_the_field_holds() -> None:
    persona = after(add("tea", at(0)), add("milk", at(0)), remove(DRINKS, 5, at(5)))
    assert shown(persona, DRINKS, 5) is None


def test_a_removal_said_earlier_but_learned_later_leaves_what_was_said_since() -> None:
    tea = add("tea", at(6), valid_from=day(0))
    for entirely in (False, True):
        persona = after(tea, remove(DRINKS, 3, at(3), item="tea", entirely=entirely))
        assert shown(persona, DRINKS, 7) == ["tea"]
        again = after(add("tea", at(0)), add("tea", at(6)), remove(DRINKS, 3, at(3), item="tea", entirely=entirely))
        assert shown(again, DRINKS, 7) == ["tea"]


def test_what_is_taken_back_entirely_shows_on_no_day_and_stays_in_the_history() -> None:
    persona = after(
        give("Berlin", at(0)), give("Rome", at(2), valid_from=day(2)), remove(CITY, 5, at(5), entirely=True)
    )
    assert [shown(persona, CITY, on) for on in range(-9, 20)] == [None] * 29
    assert [claim.value for claim in persona.history(CITY)] == ["Berlin", "Rome"]
    assert all(claim.retracted for claim in persona.claims)


def test_a_value_said_after_it_was_taken_back_stands_as_a_new_claim() -> None:
    persona = after(
        add("tea", at(0)), remove(DRINKS, 1, at(1), item="tea", entirely=True), add("tea", at(2), valid_from=day(2))
    )
    assert [shown(persona, DRINKS, on) for on in (1, 2)] == [None, ["tea"]]
    assert [claim.id for claim in persona.claims] == ["1.0", "3.0"]


def test_what_is_to_end_holds_until_that_day() -> None:
    end = EndEdit(op="end", path=CITY, authority="told", on=day(9), said_at=at(5))
    persona = after(give("Berlin", at(0)), end)
    assert [shown(persona, CITY, on) for on in (8, 9)] == ["Berlin", None]


def test_an_end_after_the_known_end_makes_nothing_last_longer() -> None:
    end = EndEdit(op="end", path=CITY, authority="told", on=day(9), said_at=at(5))
    given = give("Berlin", at(0), valid_to=day(7))
    assert after(given, end).entries == after(given).entries


def test_what_had_not_begun_when_it_was_removed_never_holds() -> None:
    persona = after(give("Rome", at(0), valid_from=day(9)), remove(CITY, 5, at(5)))
    assert all(shown(persona, CITY, on) is None for on in range(20))


# --- confirm


def test_a_confirmation_adds_evidence_and_review_and_no_second_claim() -> None:
    first = give("Berlin", at(0), confidence=0.5, review_by=day(10), evidence=quote("Berlin"))
    again = confirm(CITY, "berlin", 6, at(6), review_by=day(16), confidence=0.9, evidence=quote("still Berlin", 3))
    (claim,) = after(first, again).claims
    assert (claim.confirmations, claim.confidence, claim.review_by) == (1, 0.9, day(16))
    assert [e.quote for e in claim.evidence] == ["Berlin", "still Berlin"]
    assert not claim.is_stale(day(15))


def test_a_confirmation_of_a_reverted_statement_stands_as_its_own() -> None:
    said = give("Berlin", at(0), evidence=quote("Berlin")), confirm(CITY, "Berlin", 6, at(6), evidence=quote("yes", 2))
    persona = without(1, *said)
    assert [shown(persona, CITY, on) for on in (5, 6)] == [None, "Berlin"]
    assert [(c.id, [e.quote for e in c.evidence]) for c in persona.claims] == [("2.0", ["yes"])]


def test_a_confirmation_of_a_retracted_claim_stands_as_its_own() -> None:
    persona = after(give("Berlin", at(0)), remove(CITY, 1, at(1), entirely=True), confirm(CITY, "Berlin", 6, at(6)))
    assert [shown(persona, CITY, on) for on in (5, 6)] == [None, "Berlin"]


def test_confirming_home_before_a_week_away_does_not_cancel_the_week() -> None:
    week = give("Paris", at(2), valid_from=day(5), valid_to=day(12))
    persona = after(give("Berlin", at(0)), week, confirm(CITY, "Berlin", 3, at(3)))
    assert [shown(persona, CITY, on) for on in (4, 5, 11, 12)] == ["Berlin", "Paris", "Paris", "Berlin"]
    assert persona.claims[0].confirmations == 1


def test_what_was_confirmed_is_not_replaced_by_something_said_before_that() -> None:
    persona = after(give("Berlin", at(0)), confirm(CITY, "Berlin", 6, at(6)), give("Rome", at(3), valid_from=day(3)))
    assert shown(persona, CITY, 7) == "Berlin"


def test_a_row_confirmed_after_its_statement_was_reverted_keeps_its_id_for_what_follows() -> None:
    said = [add({"n": 1}, at(0), TODO), confirm(TODO, {"n": 1}, 2, at(2), record_id="1.0")]
    assert rows(without(1, *said), 2) == [{"id": "1.0", "n": 1}]
    assert rows(without(1, *said, remove(TODO, 5, at(5), record_id="1.0")), 5) == []
    assert rows(without(1, *said, update({"n": 2}, at(5))), 5) == [{"id": "1.0", "n": 2}]


def test_a_row_confirmed_after_its_update_was_reverted_is_one_row_as_it_was_confirmed() -> None:
    said = add({"n": 1, "m": 1}, at(0), TODO), update({"n": 2}, at(2))
    persona = without(2, *said, confirm(TODO, {"n": 2, "m": 1}, 4, at(4), record_id="1.0"))
    assert rows(persona, 3) == [{"id": "1.0", "n": 1, "m": 1}]
    assert rows(persona, 4) == [{"id": "1.0", "n": 2, "m": 1}]


def test_of_many_quotes_the_first_and_the_latest_are_kept() -> None:
    again = [confirm(CITY, "Berlin", n, at(n), evidence=quote(f"quote {n}", n)) for n in range(1, EVIDENCE_KEPT + 5)]
    (claim,) = after(give("Berlin", at(0), evidence=quote("quote 0")), *again).claims
    kept = [e.quote for e in claim.evidence]
    assert (len(kept), kept[0], kept[-1]) == (EVIDENCE_KEPT, "quote 0", f"quote {EVIDENCE_KEPT + 4}")
    assert claim.confirmations == EVIDENCE_KEPT + 4


# --- learn, ask, settle


def test_a_learned_field_is_kept_once_with_its_latest_form() -> None:
    old, new = FieldSpec(path="likes.teas", description="old"), FieldSpec(path="likes.teas", description="new")
    persona = after(LearnEdit(op="learn", spec=old), LearnEdit(op="learn", spec=new))
    assert [(field.spec.description, field.recorded) for field in persona.learned] == [("new", 2)]


def test_fields_learned_at_once_stand_in_the_order_of_their_paths() -> None:
    paths = ("likes.teas", "likes.birds", "likes.snow")
    edits = [LearnEdit(op="learn", spec=FieldSpec(path=path, description="")) for path in paths]
    persona = apply(Persona(user_id="ann"), edits, revision=1)
    assert [field.spec.path for field in persona.learned] == sorted(paths)


def test_a_question_stays_open_until_it_is_settled() -> None:
    ask = AskEdit(op="ask", path=CITY, authority="inferred", proposed="Rome", said_at=at(1))
    persona = after(ask)
    assert [q.id for q in persona.questions] == ["1.0"]
    assert persona.question("1.0") is not None
    settled = after(ask, SettleEdit(op="settle", question_id="1.0", accepted=False))
    assert settled.questions == ()
    assert settled.question("1.0") is None
    twice = after(ask, *[SettleEdit(op="settle", question_id=q, accepted=True) for q in ("1.0", "1.0", "8.0")])
    assert twice.entries == {}


def test_questions_stand_in_the_order_in_which_they_came_up() -> None:
    asks = [AskEdit(op="ask", path=CITY, authority="tool", proposed=n, said_at=at(1)) for n in range(12)]
    persona = apply(Persona(user_id="ann"), asks, revision=1)
    mixed = Persona(user_id="ann", revision=1, entries=dict(reversed(list(persona.entries.items()))))
    assert [q.proposed for q in mixed.questions] == list(range(12))


def test_settling_something_that_is_no_question_does_nothing() -> None:
    given = give("Berlin", at(0))
    assert after(given, SettleEdit(op="settle", question_id="1.0", accepted=True)).entries == after(given).entries


# --- revert


def test_reverting_a_revision_that_is_not_there_names_the_latest() -> None:
    with pytest.raises(UnknownRevision, match="no revision 3; the latest is 1"):
        revert("ann", revisions(give("Berlin", at(0))), 3)
    with pytest.raises(UnknownRevision):
        revert("ann", [], 1)


def test_reverting_a_move_opens_the_value_that_it_had_closed() -> None:
    persona = without(2, give("Berlin", at(0)), give("Lisbon", at(5), valid_from=day(5)))
    assert persona.entries == after(give("Berlin", at(0))).entries


def test_reverting_a_removal_does_not_undo_a_later_one() -> None:
    persona = without(2, give("Berlin", at(0)), remove(CITY, 3, at(3)), remove(CITY, 6, at(6)))
    assert [shown(persona, CITY, on) for on in (5, 6)] == ["Berlin", None]


# --- the dictionary


def test_what_a_reader_does_to_the_dictionary_does_not_reach_the_persona() -> None:
    persona = after(give({"amount": 5}, at(0)), add({"what": ["milk"]}, at(0), TODO))
    before = [claim.model_dump_json() for claim in persona.claims]
    seen: Any = persona.as_dict(day(1))
    seen["home"]["city"]["amount"] = 9
    seen["todo"]["items"][0]["what"].append("eggs")
    assert [claim.model_dump_json() for claim in persona.claims] == before


def test_a_path_inside_another_that_holds_a_value_keeps_both() -> None:
    """As after a change of the schema, from `home.city` to `home.city.name`."""
    inner = SetEdit(op="set", path="home.city.name", authority="told", value="Rome", said_at=at(1))
    sibling = SetEdit(op="set", path="home.city.zip", authority="told", value="1", said_at=at(1))
    both = after(give({"was": "Berlin"}, at(0)), inner, sibling)
    assert both.as_dict(day(2)) == {"home": {"city": {"was": "Berlin"}, "city.name": "Rome", "city.zip": "1"}}
    assert after(inner, sibling).as_dict(day(2)) == {"home": {"city": {"name": "Rome", "zip": "1"}}}


@pytest.mark.parametrize("first", ["scalar", "set", "records"])
@pytest.mark.parametrize("then", ["scalar", "set", "records"])
def test_a_field_whose_kind_has_changed_shows_what_was_said_last(first: str, then: str) -> None:
    def said(kind: str, n: int) -> Edit:
        if kind == "scalar":
            return give(n, at(n))
        value: JsonValue = {"n": n} if kind == "records" else n
        values = {"op": "add", "kind": kind, "path": CITY, "authority": "told", "value": value, "said_at": at(n)}
        return AddEdit.model_validate(values)

    persona = after(said(first, 1), said(then, 2))
    if first == then:
        return
    assert shown(persona, CITY, 3) == {"scalar": 2, "set": [2], "records": [{"id": "2.0", "n": 2}]}[then]


# --- values that could not be kept


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "\ud800", {"\udfff": 1}, ["\0"], {"a\0": 1}, 2**1023, -(2**2000)]
)
def test_a_value_that_json_cannot_carry_is_refused_without_showing_it(value: JsonValue) -> None:
    with pytest.raises(ValidationError) as caught:
        give({"deep": [value]}, at(0))
    assert "input_value" not in str(caught.value)
    str(caught.value).encode()


def test_a_value_nested_too_deeply_is_refused() -> None:
    value: JsonValue = 1
    for _ in range(100):
        value = [value]
    kept = give(value, at(0))
    made = Revision(number=1, at=at(0), author="user", cause="said", edits=(kept,))
    assert Revision.model_validate_json(made.model_dump_json()) == made
    with pytest.raises(ValidationError, match="nested more than 100 deep"):
        give([value], at(0))


def test_a_claim_of_a_record_field_and_no_other_has_a_row_id() -> None:
    values: dict[str, Any] = {"id": "1.0", "path": CITY, "authority": "told", "confidence": 1.0, "said_at": at(0)}
    with pytest.raises(ValidationError, match="record_id"):
        Claim(kind="records", value={}, recorded=1, **values)
    with pytest.raises(ValidationError, match="record_id"):
        Claim(kind="scalar", value=1, record_id="1.0", recorded=1, **values)
    with pytest.raises(ValidationError, match="a row is an object"):
        Claim(kind="records", value=1, record_id="1.0", recorded=1, **values)
