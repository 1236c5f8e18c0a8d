"""The REST routes, as an application uses them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from aipersona import AIPersona
from aipersona.store.protocol import UserKey
from tests.aipersona.kit import NOON, hobbies, propose
from tests.aipersona.server.kit import application, client, key_for

ANN = "/v1/users/ann"
DIET = f"{ANN}/persona/preferences.diet"


def said(*texts: str) -> dict[str, Any]:
    turns = [{"role": "user", "content": text} for text in texts]
    return {"started_at": "2026-03-05T10:00:00+00:00", "turns": turns}


def test_a_session_is_kept_learned_from_shown_explained_and_undone() -> None:
    moved = propose("demographics.residence.city", "Lisbon", "I moved to Lisbon", sid="s1")
    with client(moved) as served:
        assert served.put(f"{ANN}/sessions/s1", json=said("I moved to Lisbon last week.")).json()["new"] is True
        assert served.put(f"{ANN}/sessions/s1", json=said("I moved to Lisbon last week.")).json()["new"] is False
        assert served.post(f"{ANN}/learn").json()["accepted"] == 1
        shown = served.get(f"{ANN}/persona")
        assert shown.json()["persona"] == {"demographics": {"residence": {"city": "Lisbon"}}}
        assert shown.headers["etag"] == '"1"'
        (step,) = served.get(f"{ANN}/why/demographics.residence").json()["steps"]
        assert step["claim"]["evidence"][0]["quote"] == "I moved to Lisbon"
        assert "Lisbon" in served.post(f"{ANN}/context", json={"query": "Where do I live?"}).json()["text"]
        assert served.post(f"{ANN}/revisions/{step['undo']}/revert").headers["etag"] == '"2"'
        assert served.get(f"{ANN}/persona").json()["persona"] == {}
        assert served.get(f"{ANN}/persona", params={"revision": 1}).json()["persona"] != {}
        (op,) = served.get(f"{ANN}/diff", params={"before": 1, "after": 2}).json()
        assert op["op"] == "remove"


def test_a_conversation_grows_message_by_message_until_it_is_closed() -> None:
    with client(drafter=hobbies) as served:
        for text in ("I love chess", "and tea"):
            made = served.post(f"{ANN}/sessions/s1/turns", json={"turns": [{"role": "user", "content": text}]})
        grown = made.json()
        assert (grown["session_id"], grown["turns"]) == ("s1", 2)
        assert served.get(ANN).json() == {"user_id": "ann", "revision": 0, "sessions": 1, "pending": 0}
        assert served.post(f"{ANN}/sessions/s1/close").json() is None, "three sessions make an update"
        kept = served.get(f"{ANN}/sessions/s1").json()
        assert (kept["closed"], kept["learned"]) == (True, None)
        late = served.post(f"{ANN}/sessions/s1/turns", json={"turns": [{"role": "user", "content": "more"}]})
        assert (late.status_code, late.json()["type"]) == (422, "urn:aipersona:invalid_input")


def test_an_edit_is_made_on_the_revision_that_was_read_or_refused() -> None:
    with client() as served:
        first = served.put(DIET, json={"value": "vegan"}).headers["etag"]
        assert served.put(DIET, json={"value": "vegetarian"}, headers={"if-match": first}).status_code == 200
        for late in (
            served.put(DIET, json={"value": "omnivore"}, headers={"if-match": first}),
            served.delete(DIET, headers={"if-match": first}),
            served.patch(
                f"{ANN}/persona", json=[{"op": "remove", "path": "/preferences"}], headers={"if-match": first}
            ),
            served.post(f"{ANN}/revisions/1/revert", headers={"if-match": first}),
            served.put(DIET, json={"value": "omnivore"}, headers={"if-match": "W/nonsense"}),
        ):
            assert (late.status_code, late.json()["type"]) == (412, "urn:aipersona:precondition_failed")
        assert served.get(f"{ANN}/persona").json()["persona"] == {"preferences": {"diet": "vegetarian"}}


def test_a_question_is_asked_and_answered() -> None:
    with client() as served:
        served.put(DIET, json={"value": "vegan"})
        imported = served.put(DIET, json={"value": "omnivore", "authority": "imported"})
        assert imported.status_code == 200
        (question,) = served.get(f"{ANN}/questions").json()
        assert question["proposed"] == "omnivore"
        assert served.post(f"{ANN}/questions/{question['id']}", json={"accept": False}).status_code == 200
        assert served.get(f"{ANN}/questions").json() == []
        gone = served.post(f"{ANN}/questions/{question['id']}", json={"accept": True})
        assert (gone.status_code, gone.json()["type"]) == (404, "urn:aipersona:unknown_question")


def test_what_is_proposed_at_learning_is_what_the_dry_run_shows() -> None:
    told = propose("preferences.diet", "vegan", "I am vegan", sid="s1")
    with client(told) as served:
        turns = [{"role": "user", "content": "I am vegan now."}]
        served.put(f"{ANN}/sessions/s1", json={"started_at": "2026-03-01T00:00:00Z", "turns": turns})
        report = served.post(f"{ANN}/learn", json={"dry_run": True}).json()
        assert [edit["path"] for edit in report["proposed"][0]["edits"]] == ["preferences.diet"]
        assert served.get(ANN).json()["revision"] == 0


def test_records_are_counted_and_summed() -> None:
    with client() as served:
        for amount in (4, 6):
            row = {"what": "coffee", "amount": f"{amount} EUR", "date": "2026-05-30"}
            made = served.put(f"{ANN}/persona/finances.expenses", json={"value": row})
            assert made.status_code == 200, made.text
        asked = {"path": "finances.expenses", "measure": "sum", "column": "amount", "since": "2026-05-01"}
        (figure,) = served.post(f"{ANN}/query", json=asked).json()["figures"]
        assert (figure["value"], figure["unit"]) == (10, "EUR")


def test_lists_come_in_pages_that_end() -> None:
    with client() as served:
        for name in ("ann", "bob", "zoë"):
            for value in ("vegan", "vegetarian"):
                served.put(f"/v1/users/{name}/persona/preferences.diet", json={"value": value})
            for number in range(3):
                served.put(f"/v1/users/{name}/sessions/s{number}", json=said("hello"))
        for path, most in (("/v1/users", 3), (f"{ANN}/sessions", 3), (f"{ANN}/revisions", 2)):
            found, cursor, pages = list[Any](), None, 0
            while cursor is not None or not pages:
                page = served.get(path, params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
                found, cursor, pages = found + page["items"], page["next"], pages + 1
            assert (len(found), pages) == (most, most)
            assert served.get(path).json() == {"items": found, "next": None}
            for cursor in ("x", "bnVsbA==", "é", "W10=", "Ilx1ZDgwMCI=", "Ilx1MDAwMCI="):
                bad = served.get(path, params={"cursor": cursor})
                assert (bad.status_code, bad.json()["type"]) == (422, "urn:aipersona:invalid_input")


def test_a_user_moves_to_another_tenant_and_is_erased() -> None:
    app, ai = application()
    here, there = key_for(ai, "read", "write", "admin"), key_for(ai, "read", "admin", tenant="acme")
    with TestClient(app) as served:
        served.put(DIET, json={"value": "vegan"}, headers=here)
        served.put(f"{ANN}/sessions/s1", json=said("hello"), headers=here)
        lines = served.get(f"{ANN}/export", headers=here).content
        moved = served.post("/v1/users/anna/import", content=lines, headers=there)
        assert moved.json() == {"user_id": "anna", "revision": 1, "sessions": 1, "pending": 1}
        assert served.get("/v1/users/anna", headers=here).status_code == 404
        assert served.get(ANN, headers=there).status_code == 404
        broken = served.post("/v1/users/eve/import", content=lines[:-40], headers=there)
        assert broken.status_code == 422
        assert "tmp" not in broken.text
        receipt = served.delete(ANN, headers=here).json()
        assert receipt["removed"]["sessions"] == 1
        assert served.get(ANN, headers=here).status_code == 404


def test_a_user_sees_and_corrects_their_own_with_a_token_until_it_ends() -> None:
    app, ai = application()
    admin = key_for(ai, "admin")
    with TestClient(app) as served:
        made = served.post("/v1/tokens", json={"user_id": "ann", "seconds": 60}, headers=admin)
        assert made.status_code == 201
        assert made.json()["ends_at"] == NOON.replace(minute=1).isoformat().replace("+00:00", "Z")
        token = {"authorization": f"Bearer {made.json()['token']}"}
        assert served.put(DIET, json={"value": "vegan"}, headers=token).status_code == 200
        assert served.get(f"{ANN}/export", headers=token).status_code == 200
        assert served.get("/v1/users/bob/persona", headers=token).status_code == 403
        assert served.get("/v1/users", headers=token).status_code == 403
        assert served.post("/v1/tokens", json={"user_id": "bob"}, headers=token).status_code == 403
        assert served.delete(ANN, headers=token).status_code == 200


def test_a_server_without_a_secret_signs_no_tokens() -> None:
    with client(token_secret=None) as served:
        refused = served.post("/v1/tokens", json={"user_id": "ann"})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:aipersona:no_token_secret")


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("PUT", DIET, b"{", 422),
        ("PUT", DIET, b'{"value": "SECRET-WORD", "more": 1}', 422),
        ("PUT", DIET, b'{"value": "\\ud800SECRET-WORD"}', 422),
        ("PUT", f"{ANN}/persona/agenda.appointments", b'{"value": {"SECRET-WORD": 1}}', 422),
        ("PUT", f"{ANN}/persona/no.such.field.at.all!", b'{"value": "SECRET-WORD"}', 404),
        ("PATCH", f"{ANN}/persona", b'[{"op": "SECRET-WORD"}]', 404),
        ("POST", f"{ANN}/sessions/s1/turns", b'{"turns": [{"role": "SECRET-WORD", "content": "x"}]}', 422),
        ("POST", f"{ANN}/context", b'{"query": "SECRET-WORD", "budget": 0}', 422),
        ("POST", "/v1/users/ann/import", b"SECRET-WORD", 422),
        ("GET", "/v1/nothing", b"", 404),
    ],
)
def test_a_problem_says_what_is_wrong_and_nothing_of_what_was_sent(
    method: str, path: str, content: bytes, status: int
) -> None:
    with client() as served:
        answer = served.request(method, path, content=content, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert "SECRET-WORD" not in answer.text


def test_what_failed_is_listed_for_its_tenant_and_tried_again() -> None:
    app, ai = application()
    with TestClient(app, headers=key_for(ai, "read", "write", "admin", "operate")) as served:
        served.put(f"{ANN}/sessions/s1", json=said("hello"))
        later = served.post(f"{ANN}/learn", json={"wait": False})
        assert (later.status_code, later.json()) == (202, None)
        assert served.post("/v1/users/bob/learn", json={"wait": False}).status_code == 404
        (due,) = served.get("/v1/work/due").json()
        assert due == {"tenant": "default", "user_id": "ann", "attempts": 0, "asked": True}
        assert served.get("/v1/work/failed").json() == []
        assert served.post("/v1/work/retry").json() == {"count": 0}
        assert served.portal is not None
        served.portal.call(given_up, ai)
        (failure,) = served.get("/v1/work/failed").json()
        assert (failure["user_id"], failure["error"], failure["again_at"]) == ("ann", "model_refused", None)
        assert served.get("/v1/work/failed", headers=key_for(ai, "admin", tenant="acme")).json() == []
        assert served.post("/v1/work/retry", json={"user_id": "ann"}).json() == {"count": 1}


async def given_up(ai: AIPersona) -> None:
    """Note that learning for ann failed for good."""
    store, key = await ai.store(), UserKey("default", "ann")
    identity = (await store.head(key)).identity
    assert identity is not None
    await store.failed(key, "learn", identity=identity, error="model_refused", at=NOON, again_at=None)
