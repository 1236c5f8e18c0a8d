"""Gold drafts for Memora's long documents: mails, notes, proposals and posts that a user works on over sessions.

Each part of a document (a recipient, a key point, the budget) is a row of `work.documents`. The gold's text of a part
is taken where a sentence of the user's holds at least half of its words, all its numbers and all its names; else the
user's own words, which are the clauses of that sentence that are nearest to it. A part that no sentence states is not
proposed, and counted in `unsaid`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field, JsonValue

from aipersona import DraftEdit, DraftRequest, Session
from personabench.oracle.words import content_words, sentences

PATH = "work.documents"
STATED = 0.6
"""The share of a part's content words that a sentence must hold to state it; a piece of it may hold fewer."""

CLOSE = 0.6
"""How near (0 to 1) the clauses of a sentence must be to a part to state it, as the gold says more than users do."""

HELD = 0.5
"""The share of a part's content words that a sentence must hold for the part to be taken in the gold's own wording."""

_TITLES = ("project_title", "meeting_title", "email_purpose", "main_message")


class _Details(BaseModel):
    item: JsonValue = None
    content_data: dict[str, JsonValue] | None = None
    memory_updates: list[dict[str, JsonValue]] = Field(default_factory=list[dict[str, JsonValue]])
    memory_deletes: list[dict[str, JsonValue]] = Field(default_factory=list[dict[str, JsonValue]])


class _File(BaseModel):
    operation: str | None
    operation_details: _Details


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a document as the gold has it, and whether it is added or taken away."""

    document: str
    part: str
    text: str
    added: bool


class DocumentDrafter:
    """Proposes the gold parts of documents for the sessions it is shown; `unsaid` counts those that nobody states."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[tuple[str, str, str], str] = {}
        self.unsaid = 0

    def __call__(self, request: DraftRequest) -> list[DraftEdit]:
        return [draft for session in request.sessions for draft in self._drafts(session)]

    def _drafts(self, session: Session) -> Iterator[DraftEdit]:
        file = self._folder / "conversations" / f"{session.session_id}.json"
        for part in parts_in(_File.model_validate_json(file.read_bytes())):
            stated = _statement(part.text, session)
            if stated is None:
                self.unsaid += 1
                continue
            turn, sentence, piece = stated
            key = (part.document, part.part, part.text)
            if part.added:
                self._written[key] = part.text if _is_held(part.text, sentence) else piece
            text = self._written.get(key, part.text)
            yield DraftEdit(
                op="add" if part.added else "remove",
                path=PATH,
                value={"document": part.document, "part": part.part, "text": text},
                session_id=session.session_id,
                turns=(turn,),
                quote=sentence,
            )


def texts_of(folder: Path, session_id: str) -> list[str]:
    """The texts of all parts that a session adds or takes away."""
    file = folder / "conversations" / f"{session_id}.json"
    return [part.text for part in parts_in(_File.model_validate_json(file.read_bytes()))]


def parts_in(record: _File) -> Iterator[Part]:
    """The parts that a session adds and takes away, those taken away first."""
    details = record.operation_details
    data = details.content_data
    if not data or record.operation is None:
        return
    document = _name(details, data)
    if record.operation == "add":
        for name, value in data.items():
            for text in _texts(value):
                yield Part(document=document, part=_plain(name), text=text, added=True)
        return
    for change in (*details.memory_deletes, *details.memory_updates):
        part = _plain(str(change["field"]))
        gone = change.get("removed_item", change.get("reverted_from", change.get("updated_from")))
        come = change.get("added_item", change.get("reverted_to", change.get("updated_to")))
        for value, added in ((gone, False), (come, True)):
            if value is not None:
                yield from (Part(document=document, part=part, text=text, added=added) for text in _texts(value))


def _name(details: _Details, data: dict[str, JsonValue]) -> str:
    """ "email: To align leadership on ..." """
    item = details.item if isinstance(details.item, str) else ""
    kind = item.rpartition("_")[0].replace("_", " ").removesuffix(" writeup")
    title = next((str(data[name]) for name in _TITLES if name in data), "")
    return f"{kind}: {title}".strip(": ")


def _texts(value: JsonValue) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [f"${value:,}"] if isinstance(value, int | float) and not isinstance(value, bool) else [str(value)]


def _plain(name: str) -> str:
    return name.replace("_", " ")


_NUMBER_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w'’])[A-ZÀ-ÖØ-Þ][\w'’-]*")
_VERB_ENDING = re.compile(r"(?<=[^\W\d_]{4})(?:ing|ed|e)$")
_CLAUSE_END = re.compile(r"[,;:.!?]\s+|\s+and\s+", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    """The content words of a text without endings of verbs, small numbers in digits."""
    digits = _NUMBER_WORD.sub(lambda found: str(_NUMBER_WORDS.index(found.group().lower()) + 2), text)
    return frozenset(_VERB_ENDING.sub("", word) for word in content_words(digits))


def _statement(text: str, session: Session) -> tuple[int, str, str] | None:
    """The turn and the sentence of the user's that state a text, and the piece of it that does.

    The whole message where it takes several sentences.
    """
    wanted = _words(text)
    best: tuple[float, int, int, str, str] | None = None
    for turn in session.user_turns:
        for said in (*sentences(turn.content), turn.content.strip()):
            close, piece = _nearest(wanted, said)
            share = len(wanted & _words(said)) / (len(wanted) or 1)
            near = max(close, share) if _is_held(text, said) else close
            if max(close / CLOSE, share / STATED) >= 1 and (best is None or (near, -len(said)) > best[:2]):
                best = (near, -len(said), turn.number, said, piece)
    return best[2:] if best is not None else None


def _is_held(text: str, sentence: str) -> bool:
    """Whether a sentence holds half of a text's words, and all its numbers and names."""
    words, held = _words(text), _words(sentence)
    numbers = {word for word in words if any(character.isdigit() for character in word)}
    names = _words(" ".join(_NAME.findall(text)[1:]))
    return numbers <= held and names <= held and len(words & held) >= HELD * len(words)


def _nearest(wanted: frozenset[str], sentence: str) -> tuple[float, str]:
    """The clauses of a sentence, next to each other, that share most with some words, and how near (0 to 1) they are.

    That is the harmonic mean of the shares of each in the other.
    """
    ends = [(found.start(), found.end()) for found in _CLAUSE_END.finditer(sentence)]
    clauses = list(zip([0, *(end for _, end in ends)], [*(start for start, _ in ends), len(sentence)], strict=True))
    words = [_words(sentence[start:stop]) for start, stop in clauses]
    best = (0.0, 0, 0, len(sentence))
    for first, (start, _) in enumerate(clauses):
        held: frozenset[str] = frozenset()
        for last in range(first, len(clauses)):
            held |= words[last]
            near = 2 * len(wanted & held) / ((len(wanted) + len(held)) or 1)
            best = max(best, (near, first - last, start, clauses[last][1]))
    near, _, start, stop = best
    return near, _without_lead(wanted, sentence[start:stop])


def _without_lead(wanted: frozenset[str], piece: str) -> str:
    """A piece from its first wanted word on."""
    shared = (found.start() for found in re.finditer(r"\S+", piece) if _words(found.group()) & wanted)
    return piece[next(shared, 0) :].strip().rstrip(".,;:")
