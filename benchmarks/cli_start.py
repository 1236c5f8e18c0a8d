"""`aipersona --help`: seconds from start to end of the process, beside a Python that does nothing.

python -m benchmarks.cli_start [--runs 15]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time


def seconds(command: list[str], runs: int) -> list[float]:
    """The wall time of each run, after one that is not counted."""
    taken: list[float] = []
    for run in range(runs + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        if run:
            taken.append(time.perf_counter() - started)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    ours = statistics.median(seconds([sys.executable, "-m", "aipersona.cli", "--help"], runs))
    bare = statistics.median(seconds([sys.executable, "-c", "pass"], runs))
    print(f"| aipersona --help | {ours:.3f} s | python alone {bare:.3f} s | median of {runs} |")


if __name__ == "__main__":
    main()
