"""The calendar and the to-dos: `agenda.calendar` and `agenda.todos` of the persona, read and written by tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic_ai.tools import RunContext

from aipersona.desk.naming import row_named
from aipersona.desk.said import Said, changes_said, read_day, read_time, row_said
from aipersona.desk.writing import Pad, Refused, columns_of, line_of, wanted_words
from aipersona.grounding import words_of
from aipersona.optimizer.matching import match_row
from aipersona.persona.claims import Claim, Row, plain_text
from aipersona.schema.fields import Schema
from aipersona.values import read_when

CALENDAR, TODOS = "agenda.calendar", "agenda.todos"


@dataclass(frozen=True)
class Agenda:
    """The tools for one user's calendar and to-dos."""

    pad: Pad

    async def add_event(
        self, ctx: RunContext[object], event: str, day: str = "", time: str = "", place: str = ""
    ) -> str:
        """Put an event or appointment in the user's calendar.

        Args:
            event: what it is, in the user's words
            day: as the user says it ("tomorrow", "next Friday") or YYYY-MM-DD
            time: such as 15:00
            place: where it is
        """
        try:
            row = _given(event=event, date=day, time=time, place=place)
            said = self._whose(ctx, CALENDAR, "event", row)
            await self._check_no_other(said)
            return await self.pad.add(CALENDAR, said, tool="add_event")
        except Refused as why:
            return self.pad.refused(str(why))

    async def list_events(self, when: str = "", about: str = "") -> str:
        """What is in the user's calendar.

        Args:
            when: such as "today", "this week", "next Friday"; all that is to come if left out
            about: words of the event
        """
        try:
            since, until = self._stretch(when)
        except Refused as why:
            return f"Not done: {why}."
        rows = [claim for claim in await self.pad.rows(CALENDAR) if _between(claim, since, until)]
        return self.pad.told(_about(rows, about), "No such event is in the calendar.")

    async def change_event(self, which: str, event: str = "", day: str = "", time: str = "", place: str = "") -> str:
        """Move or change an event of the user's calendar, because they just asked for it.

        Args:
            which: its name or [id]
            event: its new name
            day: the new day, as the user says it or YYYY-MM-DD
            time: the new time, such as 15:00
            place: the new place
        """
        try:
            claim = row_named(which, await self.pad.rows(CALENDAR), self.pad.words)
            spec = self.pad.schema.field(CALENDAR)
            said = changes_said(self.pad.words, _given(event=event, date=day, time=time, place=place), spec) or {}
            new = {column: value for column, value in said.items() if claim.row.get(column) != value}
            if not new:
                raise Refused("the user's own words do not say what is new about it; ask them")
            quoted = self.pad.words.evidence(plain_text(claim.row.get("event")))
            change = Said(row=new, authority="user_edit", evidence=(quoted,))
            return await self.pad.update(claim, change, tool="change_event")
        except Refused as why:
            return self.pad.refused(str(why))

    async def cancel_event(self, which: str) -> str:
        """Take an event out of the user's calendar, because they just asked for it.

        Args:
            which: its name or [id]
        """
        return await self._end(CALENDAR, which, "cancel_event")

    async def add_todo(self, ctx: RunContext[object], task: str, due: str = "") -> str:
        """Add to the user's to-dos: what they have to do, or want to be reminded of.

        Args:
            task: what to do, in the user's words
            due: the day, as the user says it ("by Friday") or YYYY-MM-DD
        """
        try:
            said = self._whose(ctx, TODOS, "task", _given(task=task, due=due))
            return await self.pad.add(TODOS, said, tool="add_todo")
        except Refused as why:
            return self.pad.refused(str(why))

    async def list_todos(self, about: str = "") -> str:
        """The user's open to-dos.

        Args:
            about: words of the task; all of them if left out
        """
        rows = await self.pad.rows(TODOS)
        return self.pad.told(_about(rows, about) or _about(rows, ""), "No to-do is open.")

    async def finish_todo(self, which: str) -> str:
        """Take a task off the user's to-dos, because they just said that it is done or to be dropped.

        Args:
            which: the task or its [id]
        """
        return await self._end(TODOS, which, "finish_todo")

    async def _end(self, path: str, which: str, tool: str) -> str:
        try:
            claim = row_named(which, await self.pad.rows(path), self.pad.words)
            quoted = self.pad.words.evidence(" ".join(map(str, claim.row.values())))
            return await self.pad.remove(claim, Said(row={}, authority="user_edit", evidence=(quoted,)), tool=tool)
        except Refused as why:
            return self.pad.refused(str(why))

    def _whose(self, ctx: RunContext[object], path: str, naming: str, row: Row) -> Said:
        """The row as the user's, where they said it and nobody else was heard; else as the assistant's own.

        Raises: Refused for a row without a name, and for a day or time that is none.
        """
        if not words_of(plain_text(row.get(naming, ""))):
            raise Refused(f"there is no {naming}; ask the user")
        said = row_said(self.pad.words, row, naming, self.pad.schema.field(path)) if self.pad.is_theirs(ctx) else None
        return said or Said(row=_read(row, self.pad.day), authority="tool")

    async def _check_no_other(self, said: Said) -> None:
        """An event of a name that is in the calendar for another day to come is not moved by adding it.

        Raises: Refused.
        """
        spec = self.pad.schema.field(CALENDAR)
        there = match_row(await self.pad.persona(), spec, said.row, self.pad.day)
        on, new = (there.row.get("date") if there is not None else None), said.row.get("date")
        if there is not None and on and new and on != new and str(on) >= self.pad.day.isoformat():
            raise Refused(
                f"the calendar has it already: {line_of(there)}. If it moves, use change_event; if this is another "
                "one, call it by a name that tells them apart"
            )

    def _stretch(self, when: str) -> tuple[date | None, date | None]:
        """The days [since, until) that a text means; all to come where it is empty.

        Raises: Refused.
        """
        if not when.strip():
            return self.pad.day, None
        for said in (when, f"in {when}"):
            for found in read_when(said[:200], self.pad.day):
                if found.value.kind != "recurring":
                    return found.value.interval.start, found.value.interval.end
        raise Refused("the days cannot be read; say them as today, this week, next Friday or YYYY-MM-DD")


_BY = re.compile(r"^\s*(?:by|until|before|on|due)\s+", re.IGNORECASE)


def _given(**columns: str) -> Row:
    return {name: text.strip() for name, text in columns.items() if text.strip()}


def _read(row: Row, today: date) -> Row:
    """The row with its day and time as they are kept.

    Raises: Refused.
    """
    read: Row = {}
    for column, text in row.items():
        value = text
        if column in ("date", "due"):
            day = read_day(_BY.sub("", plain_text(text)), today)
            value = day.isoformat() if day is not None else None
        elif column == "time":
            value = read_time(plain_text(text))
        if value is None:
            raise Refused(f"the {column} cannot be read; give it as {'HH:MM' if column == 'time' else 'YYYY-MM-DD'}")
        read[column] = value
    return read


def _between(claim: Claim, since: date | None, until: date | None) -> bool:
    """Whether an event is on one of the days [since, until); one without a day is wanted where no end is."""
    on = claim.row.get("date")
    if not isinstance(on, str):
        return until is None
    return (since is None or on >= since.isoformat()) and (until is None or on < until.isoformat())


def _about(rows: Sequence[Claim], about: str) -> list[Claim]:
    """The rows that share words with a text, all of them without one; the next first."""
    wanted = wanted_words(about)
    found = [claim for claim in rows if not wanted or wanted & words_of(claim.words)]
    return sorted(
        found,
        key=lambda claim: (str(claim.row.get("date") or claim.row.get("due") or "9"), str(claim.row.get("time") or "")),
    )


def agenda_tools(agenda: Agenda | type[Agenda], schema: Schema) -> Sequence[Callable[..., object]]:
    """The tools for which a schema has a field."""
    events = (agenda.add_event, agenda.list_events, agenda.change_event, agenda.cancel_event)
    todos = (agenda.add_todo, agenda.list_todos, agenda.finish_todo)
    has_calendar = columns_of(schema, CALENDAR, "event", "date", "time", "place") is not None
    has_todos = columns_of(schema, TODOS, "task", "due") is not None
    return (*(events if has_calendar else ()), *(todos if has_todos else ()))
