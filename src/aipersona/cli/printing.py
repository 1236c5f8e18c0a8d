"""Printing: pages of labelled lines and tables for people, JSON for programs, progress on stderr.

On a terminal lines wrap under their own column. Into a file or a pipe nothing is wrapped, cut or coloured, so that
one line is one fact. No text is ever read as markup.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aipersona.cli.wording import clean

_ENDLESS = 1_000_000
"""The width of a page that nobody looks at through a window."""


def console(*, stderr: bool = False) -> Console:
    """A console that takes text as it is."""
    made = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    return (
        made if made.is_terminal else Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=_ENDLESS)
    )


def note(message: str) -> None:
    """A line for the person at the terminal; results go to stdout, this does not."""
    console(stderr=True).print(Text(clean(message, lines=True)))


def print_json(value: Mapping[str, object]) -> None:
    """One JSON object on stdout; escaped only where stdout cannot hold Unicode."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(value, ensure_ascii=not unicode, indent=2))


class Page:
    """Lines on stdout."""

    def __init__(self) -> None:
        self._console = console()

    def line(self, text: str = "", *, style: str = "", indent: int = 0) -> None:
        """A line; what is too long goes on under its beginning."""
        self._labelled(Text(""), indent, Text(clean(text), style=style), "")

    def title(self, text: str) -> None:
        self.line(text, style="bold")

    def pair(self, label: str, text: str, *, indent: int = 2, width: int = 10, note: str = "", style: str = "") -> None:
        """A label and what belongs to it, `width` columns further right; a note after it, less loud."""
        self._labelled(Text(clean(label), style="cyan"), indent, Text(clean(text), style=style), note, width)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]], *, indent: int = 0) -> None:
        """A table; where it does not fit, cells wrap and nothing is cut."""
        cleaned = [[clean(cell) for cell in row] for row in rows]
        used = [i for i in range(len(headings)) if any(row[i] for row in cleaned)]
        heads, body = [headings[i] for i in used], [[row[i] for i in used] for row in cleaned]
        widths = [max(cell_len(cell) for cell in column) for column in zip(heads, *body, strict=True)]
        if indent + sum(widths) + 2 * (len(widths) - 1) <= self._console.width:
            self._print(_aligned(heads, widths, indent, "cyan"))
            for row in body:
                self._print(_aligned(row, widths, indent, ""))
            return
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="cyan")
        for number, (head, width) in enumerate(zip(heads, widths, strict=True)):
            whole = width if number == 0 and width <= self._console.width // 2 else None
            table.add_column(Text(head), overflow="fold", min_width=whole)
        for row in body:
            table.add_row(*(Text(cell) for cell in row))
        self._console.print(table)

    def _labelled(self, label: Text, indent: int, text: Text, note: str, width: int = 0) -> None:
        if note:
            text = Text.assemble(text, "  " if text else "", (clean(note), "dim"))
        label.pad_right(max(0, width - label.cell_len))
        gap = 2 if width else 0
        start = indent + label.cell_len + gap
        room = max(20, self._console.width - start)
        parts = text.wrap(self._console, room, overflow="fold") if text.cell_len > room else [text]
        for number, part in enumerate(parts):
            lead = Text.assemble(" " * indent, label, " " * gap) if number == 0 else Text(" " * start)
            self._print(Text.assemble(lead, part))

    def _print(self, line: Text) -> None:
        line.rstrip()
        self._console.print(line, soft_wrap=True)


def _aligned(cells: Sequence[str], widths: Sequence[int], indent: int, style: str) -> Text:
    padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True))
    return Text.assemble(" " * indent, ("  ".join(padded), style))


def stream_text(text: str) -> None:
    """A piece of a reply as it comes, without what could steer a terminal."""
    sys.stdout.write(clean(text, lines=True))
    with suppress(AttributeError):
        sys.stdout.flush()
