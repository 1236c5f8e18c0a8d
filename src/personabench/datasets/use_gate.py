"""Queries of aipersona's own that need nothing personal, or certain facts only: what of a user shows unasked?

A directory (`benchmarks/use_gate` of the repository is one) must contain two files. `personas.yaml`:

    USER: {facts: [[PATH, VALUE or {COLUMN: VALUE, ...}], ...], said: [TEXT, ...]}

and `queries.yaml`, with lists named HALF_no_need_LANGUAGE and HALF_need_LANGUAGE (en, zh):

    {query, why, needs: [PATH, "PATH: words of the fact" or "said: words", ...], mentions_persona}

A system is told each fact in a session of its own, in a plain sentence of the user's (`SENTENCES`), all on one day, and
then in one session each what else the user said. They are asked the queries of the language that is theirs.

- A query that needs nothing is a probe of the kind `gate`: unasked is every fact but name, languages and orders about
  answers (`scores.gate`), and what else the user said. A fact is looked for by what names it: the item of a taste, the
  name of somebody, the category and the limit of a budget. One that is named as an allowed fact is, such as a
  nationality as a language, is none: a text could not tell them apart.
- A query that needs facts is a probe of the kind `context`: each need is a live value, in its own words or those of any
  fact at its path. Nothing is dead, so that FAMA is the share of the needs that show.

The group is the half with the language: "build, en". aipersona's use-gate was made with the first half in view, and
mended after each of the others had been measured once: what it shows now is not unseen, what other systems show is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import cast

import yaml

from aipersona import Session, Turn
from personabench.datasets.files import as_list, as_object, as_text, read_text
from personabench.datasets.model import Dataset, Person, Probe, Value
from personabench.errors import BrokenDataset
from personabench.scores.gate import is_allowed

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
"""The day of the facts and the queries, a Monday."""

LANGUAGES = {"nina": "en", "wei": "zh"}

SENTENCES: Sequence[tuple[str, str, str]] = (
    ("demographics.name", "My name is {value}.", "我叫{value}。"),
    ("demographics.age", "I am {value} years old.", "我{value}岁。"),
    ("demographics.nationality", "I am {value}.", "我的国籍是{value}。"),
    ("demographics.languages", "I speak {value}.", "我会说{value}。"),
    ("demographics.residence.city", "I live in {value}.", "我住在{value}。"),
    ("demographics.residence.country", "I live in {value}.", "我住在{value}。"),
    ("demographics.occupation", "I work as a {value}.", "我的职业是{value}。"),
    ("demographics.employer", "I work at {value}.", "我在{value}工作。"),
    ("demographics.income", "I earn {value}.", "我的收入是{value}。"),
    ("demographics.household", "My {who} is called {name}: {note}.", "我的{who}叫{name}，{note}。"),
    ("demographics.household", "My {who} is called {name}.", "我的{who}叫{name}。"),
    ("demographics.household", "My {who}: {note}.", "我的{who}{note}。"),
    ("personality.interests", "One of my interests is {value}.", "我的爱好是{value}。"),
    ("preferences.response_style", "Please answer in a {value} style.", "请用{value}的语气回答我。"),
    ("preferences.response_length", "Please keep your answers {value}.", "请把回答写得{value}。"),
    ("preferences.response_language", "Please answer me in {value}.", "请用{value}回答我。"),
    ("preferences.diet", "My diet is {value}.", "我的饮食是{value}。"),
    ("preferences.tastes", "I like {like}.", "我喜欢{like}。"),
    ("preferences.tastes", "I don't like {dislike}.", "我不喜欢{dislike}。"),
    ("health.allergies", "I am allergic to {value}.", "我对{value}过敏。"),
    ("health.conditions", "I have {value}.", "我有{value}。"),
    ("agenda.goals", "My goal is to {what}: {target}.", "我的目标是{what}，{target}。"),
    ("agenda.goals", "My goal is to {what}.", "我的目标是{what}。"),
    ("agenda.todos", "I still have to {task}.", "我还要{task}。"),
    ("agenda.calendar", "On {date} at {time} there is: {event}.", "我{date} {time}有{event}。"),
    ("finances.budgets", "My budget for {category} is {limit}.", "我的{category}预算是{limit}。"),
    ("finances.expenses", "On {date} I spent {amount} on {what}.", "我{date}在{what}上花了{amount}。"),
    ("activity.steps", "On {date} I walked {count} steps.", "我{date}走了{count}步。"),
)
"""How a user tells a fact, in English and in Chinese: the first one of its path whose columns the fact has."""

NAMING: Mapping[str, tuple[str, ...]] = {
    "demographics.household": ("name",),
    "finances.budgets": ("category", "limit"),
    "finances.expenses": ("what", "amount"),
}
"""The columns that name a row, where it is not the first one of its sentence."""

SAID = "said"
"""What stands for a path in a need that is not a fact of its own, but among what was said besides."""

_GROUP = re.compile(r"(?P<half>\w+?)_(?:no_)?need_(?P<language>en|zh)")


@dataclass(frozen=True, kw_only=True)
class Told:
    """A fact: its path, the words by which it is found, and the sentence that tells it."""

    path: str
    name: str
    sentence: str


def read(directory: Path) -> Dataset:
    """The users with the sessions in which they tell their facts, and the queries of their language as probes.

    Raises: BrokenDataset.
    """
    path = directory / "personas.yaml"
    queries = _yaml(directory / "queries.yaml")
    people: list[Person] = []
    for user, raw in _yaml(path).items():
        if user not in LANGUAGES:
            raise BrokenDataset(path, f"{user!r} is none of the users whose language is known: {', '.join(LANGUAGES)}")
        known = as_object(raw, path, user)
        facts = [
            _told(fact, LANGUAGES[user], f"{user}, fact {number}", path)
            for number, fact in enumerate(as_list(known.get("facts"), path, f"{user}: facts"), start=1)
        ]
        said = [as_text(text, path, f"{user}: said") for text in as_list(known.get("said"), path, f"{user}: said")]
        probes = _probes(user, queries, facts, said, directory / "queries.yaml")
        people.append(Person(user_id=user, sessions=tuple(_sessions(user, facts, said)), probes=tuple(probes)))
    return Dataset(name="use_gate", people=tuple(people))


def _told(raw: object, language: str, where: str, path: Path) -> Told:
    fact = as_list(raw, path, where)
    if len(fact) != 2:
        raise BrokenDataset(path, f"{where} is no pair of a path and a value")
    field = as_text(fact[0], path, f"{where}: path")
    row = as_object(cast("object", fact[1]), path, where) if isinstance(fact[1], dict) else {"value": fact[1]}
    if "stance" in row:
        row = {**row, str(row["stance"]): row.get("item")}
    for of_field, english, chinese in SENTENCES:
        sentence = chinese if language == "zh" else english
        slots = [slot for _, slot, _, _ in Formatter().parse(sentence) if slot]
        if of_field == field and all(slot in row for slot in slots):
            columns = [column for column in NAMING.get(field, ()) if column in row] or _first(english)
            name = " ".join(str(row[column]) for column in columns)
            return Told(path=field, name=name, sentence=sentence.format_map(row))
    raise BrokenDataset(path, f"{where}: there is no sentence for {field!r} with these columns")


def _first(sentence: str) -> list[str]:
    """The column that names a row: of a sentence with a day or a person in it, the last one."""
    slots = [slot for _, slot, _, _ in Formatter().parse(sentence) if slot]
    return slots[-1:] if {"date", "who"} & set(slots) else slots[:1]


def _sessions(user: str, facts: Iterable[Told], said: Iterable[str]) -> Iterator[Session]:
    texts = [*(fact.sentence for fact in facts), *said]
    for number, text in enumerate(texts, start=1):
        yield Session(
            user_id=user,
            session_id=f"{user}-{number:02}",
            started_at=START + timedelta(minutes=number),
            turns=(Turn(number=1, role="user", content=text),),
        )


def _probes(
    user: str, queries: Mapping[str, object], facts: Sequence[Told], said: Sequence[str], path: Path
) -> Iterator[Probe]:
    free = {fact.name for fact in facts if is_allowed(fact.path)}
    values = tuple(
        Value(text=text) for text in dict.fromkeys([*(fact.name for fact in facts), *said]) if text not in free
    )
    for name, raw in queries.items():
        group = _GROUP.fullmatch(name)
        if group is None:
            raise BrokenDataset(path, f"{name!r} is not named HALF_need_LANGUAGE or HALF_no_need_LANGUAGE")
        if group["language"] != LANGUAGES[user]:
            continue
        for number, one in enumerate(as_list(raw, path, name), start=1):
            where = f"{name}, query {number}"
            query = as_object(one, path, where)
            needs = as_list(query.get("needs", []), path, f"{where}: needs")
            live = tuple(_need(as_text(need, path, f"{where}: needs"), facts, said, where, path) for need in needs)
            if bool(live) == ("_no_need_" in name):
                raise BrokenDataset(path, f"{where} does not belong here: its needs say otherwise")
            yield Probe(
                probe_id=f"{name}/{number}",
                user_id=user,
                kinds=("context",) if live else ("gate",),
                group=f"{group['half']}, {group['language']}",
                query=as_text(query.get("query"), path, f"{where}: query"),
                day=START.date(),
                live=live,
                unasked=() if live else values,
            )


def _need(need: str, facts: Iterable[Told], said: Iterable[str], where: str, path: Path) -> Value:
    """The words of a need, or those that they are part of; of one that has none, the names of the facts at its path."""
    field, _, words = need.partition(": ")
    at_path = [fact for fact in facts if fact.path == field]
    if words:
        texts = said if field == SAID else [fact.sentence for fact in at_path]
        wordings = [words, *(found for text in texts for found in re.findall(rf"\w*{re.escape(words)}\w*", text))]
    else:
        wordings = [fact.name for fact in at_path]
    if not wordings:
        raise BrokenDataset(path, f"{where} needs {field!r}, of which there is no fact")
    text, *others = dict.fromkeys(wordings)
    return Value(text=text, others=tuple(others))


def _yaml(path: Path) -> dict[str, object]:
    try:
        return as_object(yaml.safe_load(read_text(path)), path, "the file")
    except yaml.YAMLError:
        raise BrokenDataset(path, "is not YAML") from None
