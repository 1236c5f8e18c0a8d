"""Facts without a field are learned in open sections; special categories only where the policy keeps them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import JsonValue

from aipersona import AIPersona, DraftEdit, Policy, Session
from aipersona.errors import AIPersonaError, NotAllowed, UnknownField
from aipersona.optimizer.policy import is_special
from tests.aipersona.kit import NOON, always, engine, propose, said

pytestmark = pytest.mark.anyio


async def learned(*sessions: Session, edits: list[DraftEdit], policy: Policy | None = None) -> AIPersona:
    ai = engine(*edits, policy=policy)
    for session in sessions:
        await ai.observe(session)
    await ai.learn("alice")
    return ai


async def test_a_fact_without_a_field_is_learned_in_an_open_section() -> None:
    ai = await learned(
        said("I drive an old Volvo."), edits=[propose("life.car", "an old Volvo", "I drive an old Volvo.")]
    )
    view = await ai.persona("alice")
    assert view.value("life.car") == "an old Volvo"
    (field,) = view.persona.learned
    assert (field.spec.path, field.spec.kind, field.spec.learned) == ("life.car", "scalar", True)


async def test_an_added_fact_makes_a_set() -> None:
    edits = [
        propose("life.instruments", "the cello", "I play the cello and the flute.", op="add"),
        propose("life.instruments", "the flute", "I play the cello and the flute.", op="add"),
    ]
    ai = await learned(said("I play the cello and the flute."), edits=edits)
    assert (await ai.persona("alice")).value("life.instruments") == ["the cello", "the flute"]
    assert len((await ai.persona("alice")).persona.learned) == 1


@pytest.mark.parametrize(
    ("proposed", "meant"),
    [
        ("preferences.diets", "preferences.diet"),
        (" Preferences.Diet ", "preferences.diet"),
        ("demographics.city", "demographics.residence.city"),
        ("demographics.city_residence", "demographics.residence.city"),
        ("preferences.style_response", "preferences.response_style"),
    ],
)
async def test_another_spelling_means_the_field_that_is_there(proposed: str, meant: str) -> None:
    ai = await learned(said("I am vegetarian."), edits=[propose(proposed, "vegetarian", "I am vegetarian.")])
    view = await ai.persona("alice")
    assert view.value(meant) == "vegetarian"
    assert view.persona.learned == ()


async def test_another_spelling_means_a_field_learned_before() -> None:
    edits = [
        propose("life.favorite_color", "green", "My favourite colour is green.", sid="s1"),
        propose("life.favourite_color", "blue", "My favourite colour is blue now.", sid="s2"),
    ]
    sessions = [
        said("My favourite colour is green.", sid="s1"),
        said("My favourite colour is blue now.", sid="s2", day="2026-04-01"),
    ]
    ai = await learned(*sessions, edits=edits)
    view = await ai.persona("alice")
    assert view["life"] == {"favorite_color": "blue"}
    assert len(view.persona.history("life")) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("life.car.colour", "life.bike.colour"),
        ("life.marathon_2024_time", "life.marathon_2025_time"),
        ("demographics.name", "demographics.pet.name"),
    ],
)
async def test_the_same_word_about_another_thing_is_another_field(first: str, second: str) -> None:
    ai = engine()
    await ai.set("alice", first, "one")
    await ai.set("alice", second, "two")
    view = await ai.persona("alice")
    assert (view.value(first), view.value(second)) == ("one", "two")


@pytest.mark.parametrize(
    "path",
    ["agenda.ideas", "finances.savings", "situation.weather", "nowhere.at_all", "preferences", "life.my car", ""],
)
async def test_a_closed_section_takes_no_new_field(path: str) -> None:
    ai = await learned(said("I drive an old Volvo."), edits=[propose(path, "an old Volvo", "I drive an old Volvo.")])
    (revision,) = await ai.log("alice")
    assert [rejection.reason for rejection in revision.rejected] == ["unknown_field"]
    assert (await ai.persona("alice")).nested == {}
    with pytest.raises(UnknownField):
        await ai.set("alice", path, "an old Volvo")


async def test_a_rejected_unknown_field_names_near_ones() -> None:
    edit = propose("finances.budget.weekly", "30 EUR", "I have 30 EUR a week.")
    ai = await learned(said("I have 30 EUR a week."), edits=[edit])
    (rejection,) = (await ai.log("alice"))[0].rejected
    assert "near: finances.budgets" in rejection.detail


@pytest.mark.parametrize("op", ["remove", "end", "update", "confirm"])
async def test_what_was_never_known_cannot_change(op: str) -> None:
    edit = propose("life.car", "an old Volvo", "I drive an old Volvo.").model_copy(update={"op": op})
    ai = await learned(said("I drive an old Volvo."), edits=[edit])
    assert [rejection.reason for rejection in (await ai.log("alice"))[0].rejected] == ["unknown_field"]


async def test_a_field_whose_first_statement_was_reverted_is_learned_again_as_it_was() -> None:
    ai = engine()
    await ai.set("alice", "life.skates", ["Rollerblade"])
    await ai.set("alice", "life.skates", "Edea")
    await ai.revert("alice", 1)
    assert (await ai.persona("alice")).value("life.skates") == ["Edea"]
    await ai.set("alice", "life.skates", "Bont")
    view = await ai.persona("alice")
    assert view.value("life.skates") == ["Edea", "Bont"]
    assert [field.spec.kind for field in view.persona.learned] == ["set"]


# Special categories. "glioma" is the word that must not be kept.

PLANTED = "glioma"
WORDS = f"By the way, I have a {PLANTED}."
PATHS = [
    "health.conditions",
    " Health.Conditions",
    "health.condition",
    f"health.{PLANTED}",
    "health.history",
    f"beliefs.{PLANTED}",
    "life.diseases",
    f"life.disease_{PLANTED}",
    "life.medical.history",
    "preferences.food_allergies",
    "demographics.sexuality",
]


async def outside_the_sessions(file: Path) -> bytes:
    """Every byte of the database but those of the sessions, which are the user's own words as they were said."""
    copy = file.with_suffix(".copy")
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA secure_delete = ON")
        target.execute("DELETE FROM turns")
        target.execute("DELETE FROM sessions")
        target.commit()
        target.execute("VACUUM")
    return copy.read_bytes()


@pytest.mark.parametrize("quote", [WORDS, f"I have a {PLANTED}", f"{PLANTED} is what it is called"])
@pytest.mark.parametrize("path", PATHS)
async def test_a_special_category_leaves_no_trace_unless_it_may_be_kept(tmp_path: Path, path: str, quote: str) -> None:
    values: list[JsonValue] = [PLANTED, {PLANTED: "yes", "what": PLANTED}, [PLANTED], 7]
    ops = ("set", "add", "remove")
    edits = [propose(path, value, quote, op=op, reason=PLANTED) for value in values for op in ops]
    async with AIPersona(tmp_path / "p.db", drafter=always(*edits), clock=lambda: NOON) as ai:
        await ai.observe(said(WORDS))
        report = await ai.learn("alice")
        assert sum(report.rejected.values()) == len(edits)
        assert (await ai.persona("alice")).nested == {}
    assert PLANTED.encode() not in await outside_the_sessions(tmp_path / "p.db")


@pytest.mark.parametrize(
    ("path", "value", "quote"),
    [
        ("demographics.employer", "Silver Creek Health Centre", "I work for Silver Creek Health Centre."),
        ("demographics.employer", "林溪健康中心", "我现在在林溪健康中心上班了。"),
        ("demographics.name", "Christian", "My name is Christian."),
    ],
)
async def test_a_proper_name_is_no_special_category_whatever_its_words_are(path: str, value: str, quote: str) -> None:
    ai = await learned(said(quote), edits=[propose(path, value, quote)])
    assert (await ai.persona("alice")).value(path) == value


async def test_the_test_for_traces_finds_one(tmp_path: Path) -> None:
    edits = [propose("life.garden", PLANTED, "never said")]
    async with AIPersona(tmp_path / "p.db", drafter=always(*edits), clock=lambda: NOON) as ai:
        await ai.observe(said(WORDS))
        await ai.learn("alice")
    assert PLANTED.encode() in await outside_the_sessions(tmp_path / "p.db")


async def test_a_rejection_of_what_may_not_be_kept_still_says_why() -> None:
    edits = [propose("health.conditions", PLANTED, WORDS, op="add"), propose("life.disease_x", PLANTED, "never said")]
    ai = await learned(said(WORDS), edits=edits)
    rejected = (await ai.log("alice"))[0].rejected
    assert [(r.path, r.reason, r.value, r.quote) for r in rejected] == [
        ("health.conditions", "sensitive", None, None),
        ("life", "quote_not_found", None, None),
    ]


async def test_the_model_is_not_asked_for_what_may_not_be_kept() -> None:
    async def fields_shown(policy: Policy) -> set[str]:
        shown: set[str] = set()
        ai = AIPersona(":memory:", policy=policy, drafter=lambda r: shown.update(r.schema.by_path) or [])
        await ai.observe(said("Hello."))
        await ai.learn("alice")
        return shown

    assert not any(path.startswith("health.") for path in await fields_shown(Policy()))
    assert "health.allergies" in await fields_shown(Policy(special=True))
    some = await fields_shown(Policy(special=["health.allergies"]))
    assert ("health.allergies" in some, "health.conditions" in some) == (True, False)


@pytest.mark.parametrize("special", [True, ["health"], ["health.conditions"]])
async def test_a_special_category_is_kept_where_it_was_opted_in(special: bool | list[str]) -> None:
    edit = propose("health.conditions", PLANTED, WORDS, op="add")
    ai = await learned(said(WORDS), edits=[edit], policy=Policy(special=special))
    assert (await ai.persona("alice")).value("health.conditions") == [PLANTED]


async def test_a_learned_special_field_is_kept_where_it_was_opted_in() -> None:
    edit = propose("life.therapists", "Dr. Adler", "I'm seeing Dr. Adler.", op="add")
    session = said("I'm seeing Dr. Adler.")
    assert (await (await learned(session, edits=[edit])).persona("alice")).nested == {}
    ai = await learned(session, edits=[edit], policy=Policy(special=True))
    view = await ai.persona("alice")
    assert view.value("life.therapists") == ["Dr. Adler"]
    assert view.persona.learned[0].spec.sensitivity == "special"


async def test_a_special_field_under_a_name_of_another_section_is_that_field() -> None:
    edit = propose("life.food_allergies", "peanuts", "I'm allergic to peanuts.", op="add")
    session = said("I'm allergic to peanuts.")
    assert (await (await learned(session, edits=[edit])).persona("alice")).nested == {}
    ai = await learned(session, edits=[edit], policy=Policy(special=["health.allergies"]))
    assert (await ai.persona("alice")).nested == {"health": {"allergies": ["peanuts"]}}


@pytest.mark.parametrize("path", ["health.conditions", "life.religion", "preferences.medications"])
async def test_a_special_category_by_hand_is_not_allowed_and_the_error_says_nothing_of_it(path: str) -> None:
    ai = engine()
    with pytest.raises(NotAllowed, match="special category") as error:
        await ai.set("alice", path, PLANTED)
    assert PLANTED not in str(error.value)
    assert error.value.status == 403


@pytest.mark.parametrize(
    "name",
    ["allergies", "food_allergy", "medications", "illnesses", "mental_health", "religious views", "party.voting", "hiv",
     "chronic diseases", "therapist", "disabilities", "sexual_orientation", "ethnicity", "过敏", "宗教信仰"],
)  # fmt: skip
def test_names_that_speak_of_special_categories(name: str) -> None:
    assert is_special(name)


@pytest.mark.parametrize(
    "name", ["car", "garden", "skill", "illustration", "goddaughter", "devotion", "village", "favourite_colour", "爱好"]
)
def test_names_that_do_not(name: str) -> None:
    assert not is_special(name)


async def test_errors_about_learned_fields_are_errors_of_the_tree() -> None:
    ai = engine()
    for path in ("a" * 500, "life.\0", "life.\ud800", "life..", "life.x" * 40):
        with pytest.raises(AIPersonaError):
            await ai.set("alice", path, "x")
