"""A run: systems are told people's sessions in order, asked the probes at their places, and scored.

plan.py      what is to be measured, and the manifest that says so beside the results
folder.py    the folder of results: locked, taken up where it was left, refused to another plan
records.py   the lines of results.jsonl and units.jsonl
unit.py      one system with one person
probing.py   one probe: the context, and what it scores
reader.py    a plain model that chooses, answers and calls from what a system returned
chat_reader.py   the same model in a chat with the data set's tools   schema_tools.py   those tools
personas.py  what a database of personas holds, against the gold where there is one
models.py    the model and the embedder that all systems share
running.py   all units in order
"""

from personabench.runs.models import open_embedder, open_upstream
from personabench.runs.plan import Manifest, Plan
from personabench.runs.records import Failure, ProbeRecord, UnitRecord
from personabench.runs.running import Ended, run

__all__ = [
    "Ended",
    "Failure",
    "Manifest",
    "Plan",
    "ProbeRecord",
    "UnitRecord",
    "open_embedder",
    "open_upstream",
    "run",
]
