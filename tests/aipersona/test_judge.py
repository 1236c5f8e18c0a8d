"""What becomes of a proposal: why it is rejected, from when to when it holds, which row it means, who wins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import cast, get_args

import pytest
from pydantic import JsonValue, ValidationError

from aipersona import AIPersona, DraftEdit, PersonaView, Policy, Session
from aipersona.errors import InvalidEdit, InvalidValue, NotAllowed, UnknownQuestion
from aipersona.persona.claims import Authority
from aipersona.persona.revisions import Rejected, RejectionReason
from aipersona.store.memory import MemoryStore
from tests.aipersona.kit import always, engine, propose, said

pytestmark = pytest.mark.anyio

CITY = "demographics.residence.city"
DIET = "preferences.diet"
PLACE = "situation.location"
WEDNESDAY = "2026-06-03"


async def learn(*sessions: Session, edits: Sequence[DraftEdit], every: int = 3) -> AIPersona:
    """An engine that has learned from these sessions, on a day after all of them."""
    later = datetime(2026, 12, 1, 12, tzinfo=UTC)
    ai = AIPersona(":memory:", drafter=always(*edits), every=every, clock=lambda: later)
    for session in sessions:
        await ai.observe(session)
    await ai.learn("alice")
    return ai


async def rejected(*sessions: Session, edits: Sequence[DraftEdit]) -> list[Rejected]:
    ai = await learn(*sessions, edits=edits)
    return [rejection for revision in await ai.log("alice") for rejection in revision.rejected]


# Reasons.

DIET_SAID = "I'm vegetarian, and I live in Porto."
REASONS: dict[RejectionReason, tuple[Session, DraftEdit]] = {
    "unknown_session": (said(DIET_SAID), propose(DIET, "vegetarian", DIET_SAID)),
    "unknown_turn": (said(DIET_SAID), propose(DIET, "vegetarian", DIET_SAID, turn=2)),
    "no_quote": (said(DIET_SAID), propose(DIET, "vegetarian", " … ")),
    "quote_not_found": (said(DIET_SAID), propose(DIET, "vegetarian", "I never eat meat.")),
    "not_said_by_user": (said("Hi", ("assistant", DIET_SAID)), propose(DIET, "vegetarian", DIET_SAID, turn=2)),
    "not_own_words": (said(f"> {DIET_SAID}\nWhat now?"), propose(DIET, "vegetarian", DIET_SAID)),
    "value_not_in_quote": (said(DIET_SAID), propose(CITY, "Lisbon", "I live in Porto")),
    "not_about_user": (said("My sister is vegan."), propose(DIET, "vegan", "My sister is vegan.")),
    "not_asserted": (said("I wish I were vegan."), propose(DIET, "vegan", "I wish I were vegan.")),
    "unknown_field": (said(DIET_SAID), propose("agenda.ideas", "vegetarian", DIET_SAID)),
    "wrong_operation": (said(DIET_SAID), propose("personality.interests", "vegetarian", DIET_SAID, op="update")),
    "wrong_type": (said(DIET_SAID), propose("demographics.age", "vegetarian", DIET_SAID)),
    "nothing_to_change": (said(DIET_SAID), propose(DIET, "vegetarian", DIET_SAID, op="remove")),
    "sensitive": (said("I'm a Buddhist."), propose("beliefs.religion", "Buddhist", "I'm a Buddhist.")),
    "invalid_time": (
        said(DIET_SAID),
        propose(DIET, "vegetarian", DIET_SAID, valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 1)),
    ),
}


@pytest.mark.parametrize("reason", REASONS)
async def test_what_fails_a_check_is_kept_with_its_reason_and_changes_nothing(reason: RejectionReason) -> None:
    session, edit = REASONS[reason]
    ai = AIPersona(":memory:", drafter=lambda request: [edit])
    if reason == "unknown_session":
        edit = edit.model_copy(update={"session_id": "another"})
    await ai.observe(session)
    report = await ai.learn("alice")
    assert (report.accepted, report.rejected) == (0, {reason: 1})
    (revision,) = await ai.log("alice")
    assert [r.reason for r in revision.rejected] == [reason]
    assert (await ai.persona("alice")).nested == {}


async def test_every_reason_has_its_test() -> None:
    of_inferences = {"unknown_claim", "too_little_support", "not_open_to_inference"}
    elsewhere = {"weaker_authority", "already_known", *of_inferences}
    assert REASONS.keys() | elsewhere == set(get_args(RejectionReason))


async def test_the_same_turn_proposed_twice_is_said_once() -> None:
    edit = propose(DIET, "vegetarian", DIET_SAID)
    twice = propose(DIET, "Vegetarian", "I'm vegetarian")
    ai = await learn(said(DIET_SAID), edits=[edit, twice, edit])
    (claim,) = (await ai.persona("alice")).claims(DIET)
    assert (claim.confirmations, claim.confidence) == (0, 0.9)
    assert [r.reason for r in (await ai.log("alice"))[0].rejected] == ["already_known", "already_known"]


async def test_a_weaker_source_that_repeats_or_removes_is_told_so() -> None:
    ai = await learn(said(DIET_SAID), edits=[propose(DIET, "vegetarian", DIET_SAID)])
    with pytest.raises(InvalidEdit, match="already known"):
        await ai.set("alice", DIET, "vegetarian", authority="inferred")
    await ai.set("alice", DIET, "vegan", authority="inferred")
    with pytest.raises(InvalidEdit, match=r"weaker authority \(the question is open already\)"):
        await ai.set("alice", DIET, "Vegan ", authority="tool")


async def test_one_bad_proposal_does_not_cost_the_good_ones() -> None:
    good = propose(DIET, "vegetarian", DIET_SAID)
    bad = [edit for _, edit in REASONS.values() if edit.quote != DIET_SAID]
    ai = await learn(said(DIET_SAID), edits=[*bad, good, *bad])
    assert (await ai.persona("alice")).value(DIET) == "vegetarian"


@pytest.mark.parametrize("value", [None, [], {}, "", {"task": None}])
async def test_a_proposal_without_a_value_is_of_the_wrong_type(value: JsonValue) -> None:
    edits = [propose(path, value, DIET_SAID) for path in (DIET, "personality.interests", "agenda.todos")]
    assert {r.reason for r in await rejected(said(DIET_SAID), edits=edits)} == {"wrong_type"}


# When it holds.


async def holds(text: str, path: str, value: JsonValue, *, day: str = WEDNESDAY, **more: object) -> tuple[object, ...]:
    ai = await learn(said(text, day=day), edits=[propose(path, value, text, **more)])  # pyright: ignore[reportArgumentType]
    (claim,) = (await ai.persona("alice")).persona.claims
    return claim.value, str(claim.valid_from), str(claim.valid_to) if claim.valid_to else None


@pytest.mark.parametrize(
    ("text", "path", "value", "since", "until"),
    [
        ("I live in Porto.", CITY, "Porto", "2026-06-03", None),
        ("I've lived in Porto since January.", CITY, "Porto", "2026-01-01", None),
        ("I moved to Porto last weekend.", CITY, "Porto", "2026-05-30", None),
        ("Next month I'm moving to Porto.", CITY, "Porto", "2026-07-01", None),
        ("I started working at Acme this week.", "demographics.employer", "Acme", "2026-06-01", None),
        ("I have been a nurse since 2019.", "demographics.occupation", "nurse", "2019-01-01", None),
        ("From July 1 I work at Acme.", "demographics.employer", "Acme", "2026-07-01", None),
        ("I'm vegan until Friday.", DIET, "vegan", "2026-06-03", "2026-06-06"),
        ("I'm on a keto diet for ten days.", DIET, "keto", "2026-06-03", "2026-06-13"),
        ("I'm in Paris this week.", PLACE, "Paris", "2026-06-01", "2026-06-08"),
        ("I'm in Paris until Sunday.", PLACE, "Paris", "2026-06-03", "2026-06-08"),
        ("I'm in Paris.", PLACE, "Paris", "2026-06-03", "2026-06-06"),
        ("我从一月起住在波尔图。", CITY, "波尔图", "2026-01-01", None),
        ("我上周末搬到了波尔图。", CITY, "波尔图", "2026-05-30", None),
        ("我这周在巴黎。", PLACE, "巴黎", "2026-06-01", "2026-06-08"),
        ("我吃素到星期五。", DIET, "吃素", "2026-06-03", "2026-06-06"),
        ("接下来十天我吃素。", DIET, "吃素", "2026-06-03", "2026-06-13"),
        ("我吃素十天了。", DIET, "吃素", "2026-05-24", None),
    ],
)
async def test_words_say_from_when_to_when(text: str, path: str, value: str, since: str, until: str | None) -> None:
    assert await holds(text, path, value) == (value, since, until)


async def test_days_that_the_draft_gives_win_over_the_words() -> None:
    found = await holds("I've lived in Porto since January.", CITY, "Porto", valid_from=date(2025, 12, 24))
    assert found == ("Porto", "2025-12-24", None)
    found = await holds("I'm vegan until Friday.", DIET, "vegan", valid_to=date(2026, 7, 1))
    assert found == ("vegan", "2026-06-03", "2026-07-01")


async def test_words_of_another_sentence_do_not_date_it() -> None:
    text = "I live in Porto. Until Friday I need a plumber."
    ai = await learn(said(text), edits=[propose(CITY, "Porto", "I live in Porto.")])
    (claim,) = (await ai.persona("alice")).persona.claims
    assert claim.valid_to is None


async def test_a_week_away_leaves_the_residence_alone_and_ends_by_itself() -> None:
    sessions = [said("I live in Lisbon.", sid="home", day="2026-05-01"), said("I'm in Paris this week.", day=WEDNESDAY)]
    edits = [
        propose(CITY, "Lisbon", "I live in Lisbon.", sid="home"),
        propose(PLACE, "Paris", "I'm in Paris this week."),
    ]
    ai = await learn(*sessions, edits=edits)
    on = {day: await ai.persona("alice", as_of=date(2026, 6, day)) for day in (3, 7, 8)}
    assert [view.value(CITY) for view in on.values()] == ["Lisbon", "Lisbon", "Lisbon"]
    assert [view.value(PLACE) for view in on.values()] == ["Paris", "Paris", None]


async def test_a_value_for_a_while_gives_way_to_the_one_before() -> None:
    sessions = [said("I'm vegetarian.", sid="a", day="2026-05-01"), said("I'm vegan until Friday.", day=WEDNESDAY)]
    edits = [propose(DIET, "vegetarian", "I'm vegetarian.", sid="a"), propose(DIET, "vegan", "I'm vegan until Friday.")]
    ai = await learn(*sessions, edits=edits)
    diets = [(await ai.persona("alice", as_of=date(2026, 6, day))).value(DIET) for day in (2, 3, 5, 6)]
    assert diets == ["vegetarian", "vegan", "vegan", "vegetarian"]


async def test_an_ending_said_ahead_ends_on_its_day() -> None:
    sessions = [said("I work at Acme.", sid="a", day="2026-05-01"), said("I leave Acme on Friday.", day=WEDNESDAY)]
    edits = [
        propose("demographics.employer", "Acme", "I work at Acme.", sid="a"),
        propose("demographics.employer", "Acme", "I leave Acme on Friday.", op="end", valid_to=date(2026, 6, 5)),
    ]
    ai = await learn(*sessions, edits=edits)
    jobs = [(await ai.persona("alice", as_of=date(2026, 6, day))).value("demographics.employer") for day in (4, 5)]
    assert jobs == ["Acme", None]


# Which row.

TODO = "agenda.todos"


async def tasks(*texts: tuple[str, DraftEdit]) -> PersonaView:
    sessions = [said(text, sid=f"t{n}", day=f"2026-06-{n + 1:02}") for n, (text, _) in enumerate(texts)]
    edits = [edit.model_copy(update={"session_id": f"t{n}"}) for n, (_, edit) in enumerate(texts)]
    return await (await learn(*sessions, edits=edits, every=1)).persona("alice")


def todo(text: str, value: JsonValue, op: str = "add") -> tuple[str, DraftEdit]:
    return text, propose(TODO, value, text, op=op)  # pyright: ignore[reportArgumentType]


def rows(view: PersonaView, path: str = TODO) -> list[dict[str, JsonValue]]:
    found = cast("list[dict[str, JsonValue]]", view.value(path) or [])
    return [{name: value for name, value in row.items() if name != "id"} for row in found]


async def test_a_row_with_the_same_key_is_updated_and_its_earlier_version_stays() -> None:
    view = await tasks(
        todo("I have to renew my passport.", {"task": "renew my passport"}),
        todo("I must renew my passport by June 30.", {"task": "Renew my passport", "due": "2026-06-30"}, "update"),
    )
    assert rows(view) == [{"task": "renew my passport", "due": "2026-06-30"}]
    assert len(view.persona.history(TODO)) == 2


async def test_a_row_is_found_by_near_wording_but_not_by_other_numbers() -> None:
    view = await tasks(
        todo("I have to renew my passport.", {"task": "renew my passport"}),
        todo("I must renew the passport by June 30.", {"task": "renew the passport", "due": "2026-06-30"}),
        todo("I have to pay invoice 17.", {"task": "pay invoice 17"}),
        todo("I have to pay invoice 18.", {"task": "pay invoice 18"}),
    )
    assert [row["task"] for row in rows(view)] == ["renew my passport", "pay invoice 17", "pay invoice 18"]
    assert rows(view)[0]["due"] == "2026-06-30"


async def test_a_row_is_named_by_its_id_whatever_it_is_called_by_then() -> None:
    view = await tasks(
        todo("I have to renew my passport.", {"task": "renew my passport"}),
        todo("Make that a new ID card, I have to get one.", {"id": "1.0", "task": "get a new ID card"}, "update"),
    )
    assert rows(view) == [{"task": "get a new ID card"}]


async def test_one_row_goes_and_the_others_stay() -> None:
    view = await tasks(
        todo("I have to renew my passport.", {"task": "renew my passport"}),
        todo("I have to call the bank.", {"task": "call the bank"}),
        todo("I called the bank.", {"task": "call the bank"}, "remove"),
    )
    assert [row["task"] for row in rows(view)] == ["renew my passport"]


async def test_a_row_that_is_not_there_cannot_go_or_change() -> None:
    for op in ("remove", "end", "update"):
        edits = [propose(TODO, {"task": "call the bank"}, "I called the bank.", op=op)]
        assert [r.reason for r in await rejected(said("I called the bank."), edits=edits)] == ["nothing_to_change"]


async def test_rows_without_a_key_are_events_of_their_own() -> None:
    text = "I paid 3 EUR for coffee today."
    again = "I paid 3 EUR for coffee again today."
    edits = [
        propose("finances.expenses", {"what": "coffee", "amount": "3 EUR"}, text, op="add", sid="a"),
        propose("finances.expenses", {"what": "coffee", "amount": "3 EUR"}, again, op="add", sid="b"),
    ]
    ai = await learn(said(text, sid="a", day="2026-06-01"), said(again, sid="b", day="2026-06-02"), edits=edits)
    found = rows(await ai.persona("alice"), "finances.expenses")
    assert [row["date"] for row in found] == ["2026-06-01", "2026-06-02"]


async def test_an_item_of_a_set_goes_by_its_name_and_a_field_is_never_cleared_by_a_model() -> None:
    told = "I love chess and the cello."
    edits = [
        propose("personality.interests", ["chess", "the cello"], told, op="add", sid="a"),
        propose("personality.interests", "Chess", "I gave up chess.", op="remove", sid="b"),
        propose("personality.interests", None, "I gave up chess.", op="remove", sid="b"),
    ]
    ai = await learn(said(told, sid="a"), said("I gave up chess.", sid="b", day="2026-06-02"), edits=edits)
    assert (await ai.persona("alice")).value("personality.interests") == ["the cello"]
    assert [r.reason for r in (await ai.log("alice"))[0].rejected] == ["wrong_operation"]


# Evidence of several turns.


async def test_a_question_and_its_answer_support_a_value_together_and_the_quote_is_the_users() -> None:
    session = said("I have to renew my passport.", ("assistant", "When is it due?"), "By June 30.", day="2026-06-01")
    row: JsonValue = {"task": "renew my passport", "due": "2026-06-30"}
    edit = propose(TODO, row, "By June 30.", op="add", turn=3).model_copy(update={"turns": (1, 3)})
    ai = await learn(session, edits=[edit])
    (claim,) = (await ai.persona("alice")).claims(TODO)
    assert (claim.evidence[0].turn, claim.evidence[0].quote) == (3, "By June 30")


async def test_the_assistants_words_support_nothing() -> None:
    session = said("I'd like something new.", ("assistant", "You live in Porto, right?"), "I live there, yes.")
    edit = propose(CITY, "Porto", "I live there, yes.", turn=3).model_copy(update={"turns": (1, 2, 3)})
    assert [r.reason for r in await rejected(session, edits=[edit])] == ["value_not_in_quote"]


async def test_a_quote_in_another_of_the_users_turns_is_taken_from_there() -> None:
    ai = await learn(said("Hello.", "I'm vegetarian."), edits=[propose(DIET, "vegetarian", "I'm vegetarian.", turn=1)])
    (claim,) = (await ai.persona("alice")).claims(DIET)
    assert claim.evidence[0].turn == 2


# Who wins.


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+00:00")


async def test_between_the_users_word_and_hand_the_later_one_wins() -> None:
    now = [at("2026-04-01")]
    edits = [
        propose(DIET, "vegan", "I'm vegan now.", sid="before"),
        propose(DIET, "pescatarian", "I'm pescatarian now.", sid="after"),
    ]
    ai = AIPersona(":memory:", drafter=always(*edits), clock=lambda: now[0])
    await ai.set("alice", DIET, "vegetarian")
    await ai.observe(said("I'm vegan now.", sid="before", day="2026-03-01"))
    await ai.learn("alice")
    assert (await ai.persona("alice")).value(DIET) == "vegetarian"
    assert (await ai.persona("alice", as_of=date(2026, 3, 15))).value(DIET) == "vegan"
    await ai.observe(said("I'm pescatarian now.", sid="after", day="2026-05-01"))
    await ai.learn("alice")
    now[0] = at("2026-05-02")
    assert (await ai.persona("alice")).value(DIET) == "pescatarian"
    now[0] = at("2026-06-02")
    await ai.set("alice", DIET, "omnivore")
    assert (await ai.persona("alice")).value(DIET) == "omnivore"


async def told_vegetarian() -> AIPersona:
    session = said("I am vegetarian.", sid="told", day="2026-01-10")
    return await learn(session, edits=[propose(DIET, "vegetarian", "I am vegetarian.", sid="told")])


WEAKER: tuple[Authority, ...] = ("imported", "inferred", "tool")


@pytest.mark.parametrize("authority", WEAKER)
@pytest.mark.parametrize("accept", [True, False])
async def test_a_weaker_source_asks_once_and_the_answer_settles_it(authority: Authority, accept: bool) -> None:
    ai = await told_vegetarian()
    revision = await ai.set("alice", DIET, "vegan", authority=authority)
    assert revision.author == "application"
    (question,) = await ai.questions("alice")
    assert (question.path, question.proposed, question.authority) == (DIET, "vegan", authority)
    assert (await ai.persona("alice")).value(DIET) == "vegetarian"
    await ai.answer("alice", question.id, accept=accept)
    assert await ai.questions("alice") == []
    (claim,) = (await ai.persona("alice")).claims(DIET)
    expected = ("vegan", "user_edit") if accept else ("vegetarian", "told")
    assert (claim.value, claim.authority) == expected
    with pytest.raises(UnknownQuestion):
        await ai.answer("alice", question.id, accept=accept)


@pytest.mark.parametrize("authority", WEAKER)
async def test_a_weaker_source_cannot_change_a_row_either(authority: Authority) -> None:
    text = "I want to walk 7500 steps per day."
    row: JsonValue = {"what": "walk", "target": "7500 steps per day"}
    ai = await learn(said(text), edits=[propose("agenda.goals", row, text, op="add")])
    await ai.set("alice", "agenda.goals", {"what": "walk", "target": "9000 steps per day"}, authority=authority)
    (claim,) = (await ai.persona("alice")).claims("agenda.goals")
    assert claim.row["target"] == {"amount": 7500, "unit": "steps", "period": "day"}
    (question,) = await ai.questions("alice")
    await ai.answer("alice", question.id, accept=True)
    (claim,) = (await ai.persona("alice")).claims("agenda.goals")
    assert claim.row["target"] == {"amount": 9000, "unit": "steps", "period": "day"}


async def test_a_weaker_source_never_shortens_what_the_user_said_of_a_later_time() -> None:
    edits = [propose(CITY, "Porto", "From August 1 I live in Porto.")]
    ai = await learn(said("From August 1 I live in Porto.", day="2026-06-03"), edits=edits)
    await ai.set("alice", CITY, "Lisbon", valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 1), authority="inferred")
    await ai.set("alice", CITY, "Madrid", valid_from=date(2026, 5, 1), authority="imported")
    assert [question.proposed for question in await ai.questions("alice")] == ["Madrid"]
    assert (await ai.persona("alice", as_of=date(2026, 9, 1))).value(CITY) == "Porto"
    await ai.set("alice", CITY, "Madrid", valid_from=date(2026, 5, 1), valid_to=date(2026, 8, 1), authority="imported")
    cities = [(await ai.persona("alice", as_of=date(2026, month, 2))).value(CITY) for month in (4, 5, 7, 8)]
    assert cities == ["Lisbon", "Madrid", "Madrid", "Porto"]


async def test_a_stronger_source_replaces_a_weaker_one_and_repeating_it_lends_its_authority() -> None:
    order: tuple[Authority, ...] = ("tool", "inferred", "imported", "told", "user_edit")
    ai = engine()
    for number, authority in enumerate(order):
        await ai.set("alice", DIET, f"diet {number}", authority=authority)
        assert (await ai.persona("alice")).claims(DIET)[0].authority == authority
    ai = engine()
    for authority in order[:-1]:
        await ai.set("alice", DIET, "vegan", authority=authority)
    (claim,) = (await ai.persona("alice")).claims(DIET)
    assert (claim.authority, claim.confirmations) == ("told", 3)


@pytest.mark.parametrize(("word", "stands"), [("vegan", "vegan"), ("vegetarian", "vegetarian"), ("halal", "halal")])
async def test_the_users_own_later_word_answers_an_open_question(word: str, stands: str) -> None:
    ai = await told_vegetarian()
    await ai.set("alice", DIET, "vegan", authority="tool")
    asked = await ai.questions("alice")
    assert len(asked) == 1
    settled = await ai.set("alice", DIET, word)
    assert await ai.questions("alice") == []
    assert (await ai.persona("alice")).value(DIET) == stands
    await ai.revert("alice", settled.number)
    assert await ai.questions("alice") == asked


async def test_what_the_user_said_before_the_question_does_not_answer_it() -> None:
    edits = [
        propose(DIET, "vegetarian", "I am vegetarian.", sid="told"),
        propose(DIET, "vegetarian", "As I said, I am vegetarian.", sid="older"),
    ]
    ai = engine(*edits)
    await ai.observe(said("I am vegetarian.", sid="told", day="2026-01-10"))
    await ai.learn("alice")
    await ai.set("alice", DIET, "vegan", authority="tool")
    await ai.observe(said("As I said, I am vegetarian.", sid="older", day="2026-02-10"))
    await ai.learn("alice")
    assert len(await ai.questions("alice")) == 1


async def test_a_row_said_again_answers_only_its_own_question() -> None:
    ai = engine()
    by: dict[str, Authority] = {"100 EUR per week": "user_edit", "200 EUR per week": "inferred"}
    for category in ("groceries", "rent"):
        for limit, authority in by.items():
            row: JsonValue = {"category": category, "limit": limit}
            await ai.set("alice", "finances.budgets", row, authority=authority)
    assert len(await ai.questions("alice")) == 2
    await ai.set("alice", "finances.budgets", {"category": "rent", "limit": "150 EUR per week"})
    (left,) = await ai.questions("alice")
    assert cast("dict[str, JsonValue]", left.proposed)["category"] == "groceries"


async def test_an_answer_that_policy_no_longer_allows_is_an_error_of_the_tree() -> None:
    store = MemoryStore()
    open_minded = AIPersona(store=store, policy=Policy(special=True))
    await open_minded.set("alice", "beliefs.religion", "Buddhist")
    await open_minded.set("alice", "beliefs.religion", "Hindu", authority="tool")
    (question,) = await open_minded.questions("alice")
    with pytest.raises(NotAllowed):
        await AIPersona(store=store).answer("alice", question.id, accept=True)
    await AIPersona(store=store).answer("alice", question.id, accept=False)


async def test_what_cannot_be_stored_is_refused_by_path_without_the_value() -> None:
    ai = engine()
    values: list[JsonValue] = ["secret\0", "secret\ud800", {"secret": float("nan")}, 10**400, ["secret\0"]]
    for value in values:
        with pytest.raises(InvalidValue) as error:
            await ai.set("alice", DIET, value)
        assert error.value.path == DIET
        assert "secret" not in str(error.value)


async def test_a_drafter_cannot_propose_what_cannot_be_stored() -> None:
    edit: dict[str, object] = {"op": "set", "path": DIET, "session_id": "s1"}
    for part in ({"value": "a\0"}, {"quote": "\ud800"}, {"path": "a\0"}, {"value": float("inf")}):
        with pytest.raises(ValidationError):
            DraftEdit.model_validate({**edit, **part})
