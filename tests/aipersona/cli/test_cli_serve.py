"""`aipersona serve` as a process: lines of JSON, /metrics, and spans that are sent when it ends."""

from __future__ import annotations

import json
import re
import signal
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from aipersona.work.lease import OnlyOne
from tests.aipersona.cli.shell import Shell
from tests.aipersona.server.upstream import upstream

USER = "zoe@example.org"


def test_a_server_logs_lines_of_json_shows_metrics_and_sends_spans(
    bare: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = re.findall(r"aip_\S+", bare.ok("keys", "create", "watch", "--scope", "operate", "--scope", "admin").out)[0]
    with upstream() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.removesuffix("/v1"))
        with bare.start("serve", "--port", "0", "--log-json") as process:
            assert process.stdout is not None
            url = process.stdout.readline().split()[1].decode().removesuffix("/v1")
            with httpx2.Client(base_url=url, trust_env=False) as client:
                assert client.get("/healthz").json() == {"status": "ok"}
                assert client.get("/readyz").json() == {"status": "ready"}
                assert client.get(f"/v1/users/{USER}/usage", params={"q": USER}).status_code == 401
                assert client.get("/metrics").status_code == 401
                with_key = {"authorization": f"Bearer {key}"}
                assert client.get("/v1/usage", headers=with_key).json()["total"]["calls"] == 0
                metrics = client.get("/metrics", headers=with_key)
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=60)
    lines: list[dict[str, Any]] = [json.loads(line) for line in err.decode().splitlines()]
    told = [(line["route"], line["status"]) for line in lines if line["logger"] == "aipersona.access"]
    assert told == [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/v1/users/{user_id}/usage", 401),
        ("/metrics", 401),
        ("/v1/usage", 200),
        ("/metrics", 200),
    ]
    by_key = lines[-2]
    assert (by_key["tenant"], by_key["key"]) == ("default", key.split("_")[1])
    assert len({line["trace_id"] for line in lines}) == len(lines)
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'http_route="/v1/usage"' in metrics.text
    assert {asked.path for asked in collector.asked} == {"/v1/traces", "/v1/metrics"}
    sent = b"".join(asked.body for asked in collector.asked)
    assert b"GET /v1/users/{user_id}/usage" in sent
    assert USER not in f"{err!r}{metrics.text}{sent!r}"


def test_a_server_whose_worker_could_not_start_learns_once_it_can(shell: Shell) -> None:
    other = OnlyOne(Path(f"{shell.database}.worker"))
    soon = "from aipersona.cli import serving; serving.AGAIN_SECONDS = 0.05"
    with shell.start("serve", "--port", "0", "--no-auth", "--log-json", prepare=soon) as process:
        assert process.stdout is not None
        url, _, _, told = [process.stdout.readline().decode() for _ in range(4)]
        assert re.fullmatch(r"work    nobody is learned for here: another worker .*; tried again every minute\n", told)
        with httpx2.Client(base_url=url.split()[1].removesuffix("/v1"), trust_env=False) as client:

            def workers() -> float:
                (value,) = re.findall(r"^aipersona_workers\S* (\S+)$", client.get("/metrics").text, re.MULTILINE)
                return float(value)

            assert workers() == 0
            other.close()
            while workers() != 1:
                time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    lines: list[dict[str, Any]] = [json.loads(line) for line in err.decode().splitlines()]
    assert [(line["level"], line["message"]) for line in lines if line["logger"] == "aipersona.work"] == [
        ("warning", "nobody is learned for here: the worker could not start, and is tried again every minute"),
        ("info", "users are learned for here: the worker could start"),
    ]


def test_a_log_of_another_form_is_refused_in_one_line(bare: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIPERSONA_LOG", "xml")
    done = bare.run("serve", "--port", "0")
    assert (done.code, done.out) == (1, "")
    assert done.err == "error: the settings (AIPERSONA_...) cannot be used: log: Input should be 'text' or 'json'\n"
