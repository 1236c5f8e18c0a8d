"""A report into the folder of its results: report.md, report.html and a PNG for each chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from personabench.errors import MissingExtra
from personabench.report.charts import pictures_of
from personabench.report.markdown import as_markdown
from personabench.report.page import as_page
from personabench.report.picture import Picture
from personabench.report.results import read_results
from personabench.report.table import Table
from personabench.report.tables import facts_of, tables_of


@dataclass(frozen=True, kw_only=True)
class Written:
    """The report as Markdown, the files that hold it, and why there are no charts, if there are none."""

    markdown: str
    files: tuple[Path, ...]
    note: str | None = None


def write_report(folder: Path) -> Written:
    """Read the results in a folder and write the report beside them; without the extra `report`, without charts.

    Raises: BrokenResults.
    """
    results = read_results(folder)
    title = f"personabench: {results.manifest.dataset}"
    facts, tables = facts_of(results), tables_of(results)
    pictures: list[Picture] = []
    note = None
    try:
        pictures = pictures_of(results)
    except MissingExtra as error:
        note = f"no charts: {error}"
    return write_pages(folder, title, facts, tables, pictures, note=note)


def write_pages(
    folder: Path,
    title: str,
    facts: Sequence[tuple[str, str]],
    tables: Sequence[Table],
    pictures: Sequence[Picture],
    *,
    note: str | None,
) -> Written:
    """Write what a report is made of."""
    files = [folder / "report.md", folder / "report.html"]
    markdown = as_markdown(title, facts, tables, [f"{picture.name}.png" for picture in pictures])
    files[0].write_text(markdown, "utf-8")
    files[1].write_text(as_page(title, facts, tables, pictures), "utf-8")
    for picture in pictures:
        path = folder / f"{picture.name}.png"
        path.write_bytes(picture.png)
        files.append(path)
    return Written(markdown=markdown, files=tuple(files), note=note)
