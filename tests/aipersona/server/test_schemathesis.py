"""Whatever the documented requests may hold: no failure of the server, and answers as they are documented."""

from __future__ import annotations

from collections.abc import Generator
from importlib import import_module
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, settings

from aipersona import AIPersona
from aipersona.server import ServerSettings, create_app
from tests.aipersona.kit import NOON, always, propose
from tests.aipersona.server.kit import SECRET, Running, key_for
from tests.aipersona.server.proxied import answering

schemathesis: Any = import_module("schemathesis")  # its own types are unfinished
fits: Any = import_module("schemathesis.specs.openapi.checks")

CHECKS = [
    schemathesis.checks.not_a_server_error,
    fits.status_code_conformance,
    fits.content_type_conformance,
    fits.response_headers_conformance,
    fits.response_schema_conformance,
]


def document() -> dict[str, Any]:
    """The document, but for pairs: schemathesis puts their `prefixItems` into another draft's form and stumbles."""
    told = create_app(AIPersona(":memory:", embedder="none"), auth=False).openapi()
    del told["components"]["schemas"]["Context"]["properties"]["turns"]["items"]["prefixItems"]
    return told


def lines(_: object, value: object) -> bytes:
    return str(value).encode("utf-8", "replace")


schemathesis.serializer("application/x-ndjson")(lines)
SCHEMA = schemathesis.openapi.from_dict(document())
SCHEMA.config.generation.update(allow_x00=True)

EVERY = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example)


class Served:
    """A server over an SQLite file, with a user who has sessions, revisions and an open question."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url, self.headers = url, headers


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    told = propose("demographics.residence.city", "Lisbon", "I live in Lisbon", sid="s1")
    file = tmp_path_factory.mktemp("served") / "people.db"
    ai = AIPersona(file, drafter=always(told), embedder="none", clock=lambda: NOON)
    with answering() as stub:
        given = ServerSettings(token_secret=SECRET, rate_limit="1000000/second", upstream_url=stub.url)
        headers = key_for(ai, "read", "write", "call", "admin")
        with Running(create_app(ai, settings=given, clock=lambda: NOON)) as running:
            with httpx2.Client(base_url=f"{running.url}/v1/users/ann", headers=headers, trust_env=False) as client:
                turns = [{"role": "user", "content": "I live in Lisbon."}]
                client.put("/sessions/s1", json={"started_at": "2026-03-05T10:00:00Z", "turns": turns})
                client.post("/learn").raise_for_status()
                client.put("/persona/preferences.diet", json={"value": "vegan"}).raise_for_status()
                client.put("/persona/preferences.diet", json={"value": "omnivore", "authority": "imported"})
                row = {"what": "coffee", "amount": "4 EUR", "date": "2026-05-30"}
                client.put("/persona/finances.expenses", json={"value": row}).raise_for_status()
            yield Served(running.url, headers)


@settings(max_examples=10, derandomize=True, database=None, deadline=None, suppress_health_check=EVERY)
def answered(case: Any, served: Served) -> None:
    if case.operation.path.count("/") > 3:
        case.path_parameters["user_id"] = "ann"
    case.call_and_validate(base_url=served.url, headers=served.headers, checks=CHECKS)


test_every_answer_is_a_documented_one = SCHEMA.parametrize()(answered)
