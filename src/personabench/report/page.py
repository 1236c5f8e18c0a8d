"""A report as one HTML file that needs nothing else, readable by light and by dark."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape

from personabench.report.picture import Picture
from personabench.report.table import Table

_STYLE = """
:root { color-scheme: light dark; --text: #1d1d1f; --soft: #6b6b70; --line: #d9d9de; --page: #fff; --band: #f5f5f7; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e8ea; --soft: #a0a0a8; --line: #3a3a40; --page: #17171a; --band: #202024; }
}
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem 4rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .6rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .3rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; white-space: normal; vertical-align: bottom; }
th.text, td.text { text-align: left; }
tr.first td { border-top: 2px solid var(--line); }
tbody tr:hover { background: var(--band); }
.notes { color: var(--soft); font-size: .85rem; margin: .5rem 0 0; max-width: 60rem; }
figure { margin: 2rem 0 0; overflow-x: auto; }
img { max-width: 100%; height: auto; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dt { margin-top: .4rem; } }
"""


def as_page(title: str, facts: Sequence[tuple[str, str]], tables: Sequence[Table], pictures: Sequence[Picture]) -> str:
    """The whole page; pictures stand in it twice, for light and for dark."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        "<dl>",
        *(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts),
        "</dl>",
        *map(_figure, pictures),
        *map(_table, tables),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _figure(picture: Picture) -> str:
    dark, light = (
        f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}" for svg in (picture.dark, picture.light)
    )
    return (
        f'<figure><picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img src="{light}" alt="{escape(picture.title)}"></picture></figure>'
    )


def _table(table: Table) -> str:
    head = "".join(_cell("th", text, column < table.texts) for column, text in enumerate(table.columns))
    body: list[str] = []
    last = table.rows[0][0] if table.rows else ""
    for row in table.rows:
        cells = "".join(_cell("td", text, column < table.texts) for column, text in enumerate(row))
        starts = table.texts == 2 and row[0] != last
        body.append(f'<tr class="first">{cells}</tr>' if starts else f"<tr>{cells}</tr>")
        last = row[0]
    notes = (
        f'<p class="notes">{escape("; ".join(note.rstrip(".") for note in table.notes))}.</p>' if table.notes else ""
    )
    return (
        f'<h2>{escape(table.title)}</h2><div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>{notes}"
    )


def _cell(tag: str, text: str, is_text: bool) -> str:
    return f'<{tag} class="text">{escape(text)}</{tag}>' if is_text else f"<{tag}>{escape(text)}</{tag}>"
