"""A report as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from personabench.report.table import Table


def as_markdown(title: str, facts: Sequence[tuple[str, str]], tables: Sequence[Table], pictures: Sequence[str]) -> str:
    """The facts as a list, then the tables, then the pictures by their file names."""
    lines = [f"# {title}", "", *(f"- {name}: {text}" for name, text in facts)]
    for table in tables:
        lines += ["", f"## {table.title}", "", *_rows(table)]
        if table.notes:
            lines += ["", " ".join(_sentence(note) for note in table.notes)]
    for name in pictures:
        lines += ["", f"![{name.removesuffix('.png').replace('-', ' ')}]({name})"]
    return "\n".join(lines) + "\n"


def _rows(table: Table) -> list[str]:
    """Columns as wide as their widest cell, so that the text can be read as it is."""
    rows = [tuple(map(_cell, row)) for row in (table.columns, *table.rows)]
    widths = [max(3, *(len(row[column]) for row in rows)) for column in range(len(table.columns))]
    texts = [column < table.texts for column in range(len(table.columns))]
    rule = "|".join(f" {'-' * width} " if text else f" {'-' * (width - 1)}: " for width, text in _zip(widths, texts))

    def line(row: Sequence[str]) -> str:
        cells = (
            cell.ljust(width) if text else cell.rjust(width)
            for cell, (width, text) in zip(row, _zip(widths, texts), strict=True)
        )
        return f"| {' | '.join(cells)} |"

    return [line(rows[0]), f"|{rule}|", *map(line, rows[1:])]


def _zip(widths: Sequence[int], texts: Sequence[bool]) -> list[tuple[int, bool]]:
    return list(zip(widths, texts, strict=True))


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _sentence(note: str) -> str:
    return note if note.endswith(".") else f"{note[0].upper()}{note[1:]}."
