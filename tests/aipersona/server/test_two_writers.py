"""Two writers of one user over REST: an edit is made on the revision that was read, or by the other one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2

from aipersona import AIPersona
from aipersona.server import ServerSettings, create_app
from tests.aipersona.kit import NOON, hobbies
from tests.aipersona.server.kit import Running, key_for

ANN = "/v1/users/ann"
INTERESTS = f"{ANN}/persona/personality.interests"
ROUNDS = 12


def test_each_round_has_one_winner_and_nothing_is_lost(tmp_path: Path) -> None:
    ai = AIPersona(tmp_path / "people.db", drafter=hobbies, embedder="none", clock=lambda: NOON)
    headers = key_for(ai, "read", "write")
    together = threading.Barrier(2)

    def write(who: str, url: str) -> list[tuple[str, int]]:
        done: list[tuple[str, int]] = []
        with httpx2.Client(base_url=url, headers=headers, trust_env=False) as client:
            for number in range(ROUNDS):
                tag = client.get(f"{ANN}/persona").headers.get("etag", '"0"')
                together.wait(30)
                made = client.put(INTERESTS, json={"value": f"{who}{number}"}, headers={"if-match": tag})
                done.append((f"{who}{number}", made.status_code))
                together.wait(30)
        return done

    settings = ServerSettings(rate_limit="1000000/second")
    with Running(create_app(ai, settings=settings, clock=lambda: NOON)) as running, ThreadPoolExecutor(2) as pool:
        mine, other = [one.result(60) for one in [pool.submit(write, who, running.url) for who in ("chess", "golf")]]
        for first, second in zip(mine, other, strict=True):
            assert sorted((first[1], second[1])) == [200, 412]
        won = [value for value, status in mine + other if status == 200]
        with httpx2.Client(base_url=running.url, headers=headers, trust_env=False) as client:
            known = client.get(f"{ANN}/persona").json()
    assert known["revision"] == ROUNDS
    assert sorted(known["persona"]["personality"]["interests"]) == sorted(won)
