"""The main job on the example sessions: learn, show the persona, its log and a reason, and answer with it.

Runs the command line as a user would, on a database in a temporary folder. AIPERSONA_MODEL names another model.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def run(*arguments: str) -> None:
    """Show a command and run it; its failure ends the demo with its own message and exit code."""
    print(f"\n$ aipersona {' '.join(repr(a) if ' ' in a else a for a in arguments)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "aipersona.cli", *arguments], check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("AIPERSONA_MODEL", "local")
        os.environ["AIPERSONA_DATABASE"] = str(Path(folder) / "demo.db")
        if os.environ["AIPERSONA_MODEL"] == "local":
            run("models", "pull")
        run("learn", str(HERE / "alice.jsonl"), "--user", "alice")
        run("show", "alice")
        run("log", "alice")
        run("why", "alice", "preferences.diet")
        run("why", "alice", "finances.budgets")
        run("learn", str(HERE / "lin.jsonl"), "--user", "lin")
        run("show", "lin")
        run("context", "alice", "Where should I have dinner tonight?")
        run("chat", "alice", "Where should I have dinner tonight? One suggestion, please.")


if __name__ == "__main__":
    main()
