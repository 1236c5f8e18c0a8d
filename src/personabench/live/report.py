"""The report of a folder of lived sessions: report.md, report.html and a PNG for each chart."""

from __future__ import annotations

from pathlib import Path

from personabench.errors import MissingExtra
from personabench.live.curves import pictures_of
from personabench.live.running import read_episodes
from personabench.live.scores import Lived
from personabench.live.tables import facts_of, tables_of
from personabench.report.picture import Picture
from personabench.report.writing import Written, write_pages


def write_live_report(folder: Path) -> Written:
    """Read what was lived and write the report beside it; without the extra `report`, without charts.

    Raises: BrokenResults.
    """
    plan, episodes, people = read_episodes(folder)
    lived = Lived(episodes=episodes, people=people)
    pictures: list[Picture] = []
    note = None
    try:
        pictures = pictures_of(plan, lived)
    except MissingExtra as error:
        note = f"no charts: {error}"
    return write_pages(folder, "personabench live", facts_of(plan, lived), tables_of(plan, lived), pictures, note=note)
