"""VehicleMemBench: people who share a car, months of their talk, and requests with the exact tool calls they mean.

Published at https://github.com/isyuhaochen/VehicleMemBench (`benchmark/`; Chen et al., arXiv 2603.23840), under
Apache-2.0. A directory must contain, for every group N:

    history/history_N.txt    lines "[2025-03-03 08:30] Name: what was said"
    qa_data/qa_N.json        {"related_to_vehicle_preference": [{"query", "new_answer": ["tool(argument=value)"],
                             "reasoning_type", "gold_memory": "[March 10, 2025] At 8:00 AM, ...\\n[...] ..."}]}
    functions_schema.json    the tools: [{"name", "description", "parameters": a JSON schema}]

A group is one person with several speakers; what was said on one day is a session with that day as its id. Times have
no zone and are taken as UTC. Every request is a probe, put after the last session. It gives a time of day but no day,
so its day is the one after the last session. Its gold calls are `new_answer`, written like Python calls with true,
false and null. The gold memory is its `memory`, and the days that it names are the evidence sessions. `speaker` is who
makes the request, read from its narration. Its live values are those of the calls that the gold memory states and the
request does not.

Left out, counted: gold memories of days without a session, as evidence; questions under other keys; requests whose
narration does not tell who makes them keep no speaker.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from aipersona import Session, Turn
from personabench.datasets.files import as_list, as_object, as_text, read_json, read_text
from personabench.datasets.model import Dataset, GoldCall, Person, Probe
from personabench.errors import BrokenDataset
from personabench.scores.call_values import needed_values

_KEY = "related_to_vehicle_preference"
_LINE = re.compile(r"\[(\d{4}-\d\d-\d\d \d\d:\d\d)\] ([^:\s][^:]*): (.+)")
_MEMORY_DAY = re.compile(r"\[([A-Z][a-z]+ \d{1,2}, \d{4})\]")
_QUOTE = re.compile(r": '.*?'(?=[\s.]|$)|: '[^']*$")
_SPEAKS = re.compile(
    r"\b(?:told|asked|said(?! yes)|replied|mentioned|muttered|groaned|complained|commanded|issued|nodded)\b"
)
_NAMED_CONSTANTS = {"true": True, "false": False, "null": None}


def read(directory: Path) -> Dataset:
    """The groups by number.

    Raises: BrokenDataset.
    """
    tools = _tools(directory / "functions_schema.json")
    names = {str(tool["name"]) for tool in tools}
    left_out: Counter[str] = Counter()
    numbers = sorted(_numbers(directory, "history/history_*.txt") | _numbers(directory, "qa_data/qa_*.json"))
    if not numbers:
        raise BrokenDataset(directory, "holds neither history/history_N.txt nor qa_data/qa_N.json")
    people = tuple(_person(directory, number, names, left_out) for number in numbers)
    return Dataset(
        name="vehiclemembench",
        people=people,
        tools=tools,
        assistant="the assistant of a car that several people share",
        left_out=dict(+left_out),
    )


def _numbers(directory: Path, pattern: str) -> set[int]:
    numbers = (path.stem.rpartition("_")[2] for path in directory.glob(pattern))
    return {int(number) for number in numbers if number.isascii() and number.isdigit()}


def _tools(path: Path) -> tuple[dict[str, object], ...]:
    tools = tuple(
        as_object(raw, path, f"tool {number}")
        for number, raw in enumerate(as_list(read_json(path), path, "the file"), start=1)
    )
    for number, tool in enumerate(tools, start=1):
        as_text(tool.get("name"), path, f"tool {number}: name")
        as_object(tool.get("parameters"), path, f"tool {number}: parameters")
    return tools


def _person(directory: Path, number: int, tools: set[str], left_out: Counter[str]) -> Person:
    user_id = f"group_{number}"
    sessions, speakers = _history(directory / "history" / f"history_{number}.txt", user_id)
    path = directory / "qa_data" / f"qa_{number}.json"
    questions = as_object(read_json(path), path, "the file")
    for key in questions.keys() - {_KEY}:
        left_out[f"questions under {key!r}"] += len(as_list(questions[key], path, key))
    probes = tuple(
        _probe(as_object(raw, path, f"question {nth}"), nth, sessions, speakers, tools, path, left_out)
        for nth, raw in enumerate(as_list(questions.get(_KEY), path, _KEY), start=1)
    )
    return Person(user_id=user_id, sessions=sessions, probes=probes, speakers=speakers)


def _history(path: Path, user_id: str) -> tuple[tuple[Session, ...], tuple[str, ...]]:
    """The sessions by day, and the speakers in the order in which they first speak."""
    said: list[tuple[datetime, str, str]] = []
    # Not splitlines(): what was said may hold characters that count as line ends elsewhere.
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            found = _LINE.fullmatch(line.rstrip("\r"))
            if found is None:
                raise BrokenDataset(path, "is not of the form [2025-03-03 08:30] Name: text", line=number)
            try:
                at = datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
                _ = at + timedelta(days=1)  # Requests are put on the day after.
            except (ValueError, OverflowError):
                raise BrokenDataset(path, "there is no such time", line=number) from None
            said.append((at, found[2], found[3]))
    if not said:
        raise BrokenDataset(path, "holds no line")
    days: dict[date, list[tuple[datetime, str, str]]] = {}
    for line in sorted(said, key=lambda line: line[0]):
        days.setdefault(line[0].date(), []).append(line)
    try:
        sessions = tuple(
            Session(
                user_id=user_id,
                session_id=day.isoformat(),
                started_at=lines[0][0],
                turns=tuple(
                    Turn(number=number, role="user", speaker=speaker, content=text, at=at)
                    for number, (at, speaker, text) in enumerate(lines, start=1)
                ),
            )
            for day, lines in days.items()
        )
    except ValidationError as error:
        raise BrokenDataset(path, error.errors(include_input=False)[0]["msg"]) from None
    return sessions, tuple(dict.fromkeys(speaker for _, speaker, _ in said))


def _probe(
    question: dict[str, object],
    nth: int,
    sessions: Sequence[Session],
    speakers: Sequence[str],
    tools: set[str],
    path: Path,
    left_out: Counter[str],
) -> Probe:
    where = f"question {nth}"
    query = as_text(question.get("query"), path, f"{where}: query")
    written = as_list(question.get("new_answer"), path, f"{where}: new_answer")
    if not written:
        raise BrokenDataset(path, f"{where}: new_answer names no call")
    calls = tuple(_call(as_text(call, path, f"{where}: new_answer"), tools, path, where) for call in written)
    memory = as_text(question.get("gold_memory"), path, f"{where}: gold_memory")
    evidence = _evidence(memory, path, where)
    known = {session.session_id for session in sessions}
    left_out["gold memories of days without a session"] += sum(day not in known for day in evidence)
    days = tuple(sorted(known.intersection(evidence)))
    speaker = _asker(query, speakers)
    left_out["requests that do not tell who makes them"] += speaker is None
    return Probe(
        probe_id=f"{sessions[-1].user_id}/{nth}",
        user_id=sessions[-1].user_id,
        kinds=("calls", "recall") if days else ("calls",),
        group=as_text(question.get("reasoning_type"), path, f"{where}: reasoning_type"),
        query=query,
        day=sessions[-1].day + timedelta(days=1),
        evidence_sessions=days,
        calls=calls,
        live=needed_values(calls, query, memory),
        speaker=speaker,
        memory=memory.strip(),
    )


def _evidence(memory: str, path: Path, where: str) -> list[str]:
    days: list[str] = []
    for line in filter(str.strip, memory.split("\n")):
        found = _MEMORY_DAY.match(line)
        try:
            days.append(datetime.strptime(found[1] if found else "", "%B %d, %Y").date().isoformat())
        except ValueError:
            raise BrokenDataset(path, f"{where}: gold_memory has a line without a day like [March 1, 2025]") from None
    return days


def _call(written: str, tools: set[str], path: Path, where: str) -> GoldCall:
    """A call such as set_heating(enabled=true, seat="driver"), parsed and never run."""
    try:
        call = ast.parse(written.strip(), mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args:
            raise ValueError
        arguments = {str(argument.arg): _literal(argument.value) for argument in call.keywords if argument.arg}
        if len(arguments) != len(call.keywords):
            raise ValueError
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        raise BrokenDataset(path, f"{where}: new_answer is not a call such as tool(argument=1, other=true)") from None
    if call.func.id not in tools:
        raise BrokenDataset(
            path, f"{where}: new_answer calls {call.func.id}, which is no tool of functions_schema.json"
        )
    return GoldCall(name=call.func.id, arguments=arguments)


def _literal(node: ast.expr) -> object:
    """The JSON value of a literal. Raises: ValueError for anything else."""
    if isinstance(node, ast.Name):
        if node.id not in _NAMED_CONSTANTS:
            raise ValueError
        return _NAMED_CONSTANTS[node.id]
    if isinstance(node, ast.List):
        return [_literal(item) for item in node.elts]
    if isinstance(node, ast.Dict):
        return {_key(key): _literal(value) for key, value in zip(node.keys, node.values, strict=True)}
    value: object = ast.literal_eval(node)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise ValueError


def _key(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError


def _asker(query: str, speakers: Sequence[str]) -> str | None:
    """Who speaks last in the narration around the quotes; "he" and "she" are the one of whom it told before."""
    named = _names(speakers)
    longest_first = sorted(named, key=len, reverse=True)
    mention = re.compile(rf"\b(?:(?P<name>{'|'.join(map(re.escape, longest_first))})|[Hh]e|[Ss]he)\b")
    subject = asker = None
    for sentence in re.split(r"(?<=[.!?])\s+", _QUOTE.sub(".", query)):
        found = mention.search(sentence)
        if found:
            subject = named[found["name"]] if found["name"] else subject
            asker = subject if _SPEAKS.search(sentence) else asker
    return asker


def _names(speakers: Sequence[str]) -> Mapping[str, str]:
    """The speakers by their names, and by their first names where nobody else has the same."""
    first = Counter(speaker.split()[0] for speaker in speakers)
    return {name: speaker for speaker in speakers for name in (speaker, speaker.split()[0]) if first[name] <= 1}
