"""Notes: `agenda.notes` of the persona, kept and found by tools; no optimizer reads or writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic_ai.tools import RunContext

from aipersona.desk.said import Said
from aipersona.desk.writing import Pad, Refused, columns_of, wanted_words
from aipersona.grounding import words_of
from aipersona.optimizer.policy import is_special
from aipersona.persona.claims import Row
from aipersona.schema.fields import Schema

NOTES = "agenda.notes"


@dataclass(frozen=True)
class Notes:
    """The tools for one user's notes."""

    pad: Pad

    async def take_note(self, ctx: RunContext[object], text: str, title: str = "") -> str:
        """Write down a note that the user wants kept.

        Args:
            text: the note, in the user's words
            title: what it is about
        """
        try:
            if not words_of(text):
                raise Refused("the note is empty; ask the user")
            if not self.pad.policy.allows(NOTES) and is_special(f"{title} {text}"):
                raise Refused("special categories of personal data are not kept in notes")
            row: Row = {"text": text.strip(), **({"title": title.strip()} if title.strip() else {})}
            said = Said(row=row, authority="tool")
            if self.pad.words.hold(text) and self.pad.is_theirs(ctx):
                said = Said(row=row, authority="user_edit", evidence=(self.pad.words.evidence(text),))
            return await self.pad.add(NOTES, said, tool="take_note")
        except Refused as why:
            return self.pad.refused(str(why))

    async def find_notes(self, about: str = "") -> str:
        """Look up what the user noted or wrote down before.

        Args:
            about: words of the note; all of them if left out
        """
        wanted = wanted_words(about)
        rows = [(len(wanted & words_of(claim.words)), claim) for claim in await self.pad.rows(NOTES)]
        found = [(score, claim) for score, claim in rows if score or not wanted]
        found.sort(key=lambda pair: (-pair[0], -pair[1].said_at.timestamp()))
        return self.pad.told([claim for _, claim in found], "There is no such note.")


def notes_tools(notes: Notes | type[Notes], schema: Schema) -> Sequence[Callable[..., object]]:
    """None where the schema has no notes."""
    has_notes = columns_of(schema, NOTES, "text", "title") is not None
    return (notes.take_note, notes.find_notes) if has_notes else ()
