"""personabench report: tells what came of a run, or of lives that were lived."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from personabench.cli.printing import REFUSED, say


def report_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of results, of one run or of lives.")],
) -> None:
    """Print the tables; write them as report.md and report.html, and charts beside them."""
    from personabench.errors import BenchError
    from personabench.live.report import write_live_report
    from personabench.live.running import EPISODES
    from personabench.report import write_report

    try:
        written = write_live_report(folder) if (folder / EPISODES).exists() else write_report(folder)
    except (BenchError, OSError) as error:
        say(f"error: {error}")
        raise typer.Exit(REFUSED) from None
    typer.echo(written.markdown)
    say(f"written: {', '.join(str(path) for path in written.files)}")
    if written.note:
        say(written.note)
