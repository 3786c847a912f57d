"""`make bench`: how long the main job takes, as whole processes, medians of several runs. Never part of the tests.

demo           write 79 months of extracts
to_marts       of the nightly run on an empty warehouse: until the marts were published
from_empty     the whole of it, with site and workbooks
nothing_new    the nightly run when nothing has arrived
one_day        the nightly run when one small file of late rows has arrived
site           the scorecard site alone, every page of it (some 400 measures in 3,300 areas and segments)

and the analysis of 2,000 series of 120 months, model by model (tests/benchmarks/analysis.py).
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import analysis

LATE = "call_id,force_code,line,offered_at,answered_at\nbench-{n},wiltshire,999,2023-07-{day:02d} 10:00:00,2023-07-{day:02d} 10:00:06\n"


def timed(arguments: list[str], environment: dict[str, str]) -> float:
    """Seconds that `scorecards …` took."""
    return said_and_timed(arguments, environment)[1]


def said_and_timed(arguments: list[str], environment: dict[str, str]) -> tuple[str, float]:
    """What `scorecards …` printed, and the seconds that it took; its output is shown only where it fails."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "pipelines.cli", *arguments], env=environment, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if done.returncode != 0:
        sys.exit(f"scorecards {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {"demo": [], "to_marts": [], "from_empty": [], "nothing_new": [], "one_day": [], "site": []}
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"SCORECARDS_DATA_DIR": folder}
        landing, warehouse = Path(folder) / "landing", Path(folder) / "warehouse"
        seconds["demo"].append(timed(["demo", "--scale", str(options.scale)], environment))
        for repeat in range(options.repeats):
            for leftover in (warehouse, Path(folder) / "published", Path(folder) / "dagster"):
                shutil.rmtree(leftover, ignore_errors=True)
            for late in (landing / "force_calls").glob("late_*.csv"):
                late.unlink()
            timed(["prepare"], environment)  # what `make setup` does
            said, whole = said_and_timed(["run"], environment)
            seconds["to_marts"].append(float(re.findall(r"Published in (\d+) s", said)[0]))
            seconds["from_empty"].append(whole)
            seconds["nothing_new"].append(timed(["run"], environment))
            (landing / "force_calls" / f"late_{repeat}_x20230809T0200.csv").write_text(LATE.format(n=repeat, day=repeat + 1))
            seconds["one_day"].append(timed(["run"], environment))
            (Path(folder) / "published" / "site").unlink()
            shutil.rmtree(Path(folder) / "published" / ".sites")
            seconds["site"].append(timed(["site"], environment))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(f"{'':<14}{'median':>9}{'min':>9}{'max':>9}  seconds of {options.repeats} runs, {os.cpu_count()} cores")
    for name, values in seconds.items():
        print(f"{name:<14}{statistics.median(values):>9.1f}{min(values):>9.1f}{max(values):>9.1f}")
    print(f"largest process {peak:.2f} GB\n")
    analysis.report()


if __name__ == "__main__":
    main()
