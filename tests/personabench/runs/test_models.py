"""The model and the embedder of a run, from their names."""

from __future__ import annotations

import pytest

from personabench.endpoint import UpstreamDown, UpstreamRefused
from personabench.errors import BenchError
from personabench.runs import open_embedder, open_upstream
from personabench.runs.models import NoModel


def test_a_model_without_a_key_and_without_an_address_is_refused() -> None:
    with (
        pytest.raises(BenchError, match="'openai:gpt-5-mini' needs a key"),
        open_upstream("openai:gpt-5-mini", environment={}),
    ):
        pass


def test_a_server_s_model_goes_by_its_own_name() -> None:
    with open_upstream("openai:gpt-5-mini", environment={"OPENAI_API_KEY": "k"}) as upstream:
        assert upstream.model == "gpt-5-mini"
    with open_upstream("qwen3", base_url="http://127.0.0.1:9/v1", environment={}) as upstream:
        assert upstream.model == "qwen3"


def test_a_server_s_connections_are_closed_in_the_end() -> None:
    with (
        open_upstream("qwen3", base_url="http://127.0.0.1:9/v1", environment={}) as upstream,
        pytest.raises(UpstreamDown),
    ):
        upstream.post("/chat/completions", {})
    with pytest.raises(RuntimeError, match="closed"):
        upstream.post("/chat/completions", {})


def test_a_model_file_that_is_not_there_is_named() -> None:
    with pytest.raises(BenchError, match=r"nowhere\.gguf"), open_upstream("local:nowhere.gguf"):
        pass


@pytest.mark.parametrize("name", ["none", "nonsense"])
def test_what_is_no_embedder_is_refused(name: str) -> None:
    with pytest.raises(BenchError, match="embedder"):
        open_embedder(name)


def test_without_a_model_the_endpoint_refuses_to_answer() -> None:
    with pytest.raises(UpstreamRefused, match="no model was named"):
        NoModel().post("/chat/completions", {})
