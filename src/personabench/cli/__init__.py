"""The command line: `personabench generate` makes people whose lives change, `personabench live` lives with them,
`personabench run` measures on published data, `personabench report` tells what came of it.

Exit codes: 0 all done; 1 all done, and something failed on the way; 2 it cannot be done as asked; 3 the model is down;
130 stopped. After the last two the same command goes on where it was.
"""

from __future__ import annotations

import sys

import typer

from personabench.cli.generating import generate_command
from personabench.cli.living import live_command
from personabench.cli.printing import STOPPED
from personabench.cli.reporting import report_command
from personabench.cli.running import run_command

app = typer.Typer(
    name="personabench",
    help="How well does a system know its users? Sessions in, questions, and scores that need no judge.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # Rich would double the time that --help takes
    pretty_exceptions_enable=False,  # they would print what users said
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("generate")(generate_command)
app.command("live")(live_command)
app.command("run")(run_command)
app.command("report")(report_command)


def main() -> None:
    """Run the command line on this process's arguments and exit."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(STOPPED)
