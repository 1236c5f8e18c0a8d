"""The process that runs llama.cpp: `python -m aipersona.llm.local.llamacpp`, started by runtime.LocalServer.

It is a process of its own because loading holds the interpreter's lock for seconds, and because running out of memory
or a failed assertion inside the library ends the process that it happens in. It reads one line of JSON (the
parameters), writes one line of JSON (the address), and ends when its standard input is closed, so that it never
outlives the application, however that ends.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from typing import Any


def run() -> None:
    """Load the model, tell the address, serve until standard input ends; errors of the library go to stderr."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wanted: dict[str, Any] = json.loads(sys.stdin.readline())
    silence = os.open(os.devnull, os.O_WRONLY)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(silence, 1)
    xllamacpp: Any = importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = wanted["path"]
    params.model_alias = {wanted["name"]}
    params.n_ctx = wanted["n_ctx"]
    params.port = wanted["port"]
    params.api_keys = [wanted["api_key"]]
    params.cpuparams.n_threads = wanted["threads"]
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    params.fit_params = False
    params.n_parallel = 1
    params.cache_ram_mib = wanted["cache_mib"]
    # Another prompt is put away in that cache and found again there, unless nearly all of it is the same.
    params.slot_prompt_similarity = 0.95
    # Prompts hold what users said: no page of this server shows them, and no page of another site may ask it.
    params.endpoint_slots = False
    params.ui = False
    params.cors_origins = ""
    params.verbosity = 1
    try:
        server = xllamacpp.Server(params)
    except RuntimeError:
        os._exit(1)
    print(json.dumps({"address": server.listening_address}), file=answers, flush=True)
    os.dup2(silence, 2)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    run()
