"""`make bench`: how much the main job takes, as whole processes, medians of several runs. Never part of the tests.

floor          one DuckDB script over the same landing files, for the core measures alone (tests/benchmarks/floor.py)
demo           write 79 months of extracts
to_marts       of the nightly run on an empty warehouse: until the marts were published (seconds only)
from_empty     the whole of it, with site and workbooks
nothing_new    the nightly run when nothing has arrived
one_day        the nightly run when one file has arrived: a thousand calls of a new day
correction     the nightly run when one call of two years ago has come in late
site           the scorecard site alone, every page of it (some 400 measures in 3,300 areas and segments)
one_day_12     the nightly run with a thousand calls of a new day upon 12 months of history instead of 79

Besides, the ten questions of docs/bi, each asked twenty times of the marts; and the analysis of 2,000 series of 120 months, model by model
(tests/benchmarks/analysis.py).

What counts is processor time (of a process and all its children), and of that the ratios between steps of one run: they hold on any machine. They are
compared with the last line of docs/benchmarks.md; 15 % more ends the command with status 1. `--record` appends a line.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb

from tests.benchmarks import analysis

DOCS = Path(__file__).parents[2] / "docs"
RECORD = DOCS / "benchmarks.md"
QUESTIONS = DOCS / "bi" / "questions.md"
HEADING = "## Record\n"  # above the table of the record; other tables of the document stand before it
RATIOS = {
    "from empty / floor": ("from_empty", "floor"),
    "nothing new / floor": ("nothing_new", "floor"),
    "one day / nothing new": ("one_day", "nothing_new"),
    "correction / one day": ("correction", "one_day"),
    "one day, 79 / 12 months": ("one_day", "one_day_12"),
}
WORSE = 1.15
SHORT_HISTORY = 12
ASKED = 20  # times each question
HEADER = "call_id,force_code,line,offered_at,answered_at\n"
STEPS = ("floor", "demo", "to_marts", "from_empty", "nothing_new", "one_day", "correction", "site", "one_day_12")


def measured(module: str, arguments: list[str], environment: dict[str, str]) -> tuple[str, float, float]:
    """What a module printed, with the seconds and the processor seconds that it took; its output is shown only where it fails."""
    began, used = time.monotonic(), processor_seconds()
    done = subprocess.run([sys.executable, "-m", module, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{module} {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout, time.monotonic() - began, processor_seconds() - used


def processor_seconds() -> float:
    """Of all processes that this one has started and waited for, and of theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def extracted_at(repeat: int, hour: int) -> str:
    """When a file of the benchmark was extracted, as its name says it: in the nights after the demonstration's newest file of calls.

    A later one would say that all of the months between were supplied, and the night would have whole months to work out.
    """
    return f"{date(2023, 8, 10) + timedelta(days=repeat):%Y%m%d}T{hour:02d}00"


def new_day(repeat: int) -> str:
    """A thousand calls of yesterday, in the month that runs."""
    day = date(2023, 8, 9) + timedelta(days=repeat)
    rows = (f"bench-{repeat}-{n},wiltshire,999,{day} {n // 60:02d}:{n % 60:02d}:00,{day} {n // 60:02d}:{n % 60:02d}:06\n" for n in range(1000))
    return HEADER + "".join(rows)


def late_call(repeat: int) -> str:
    """A call of two years ago."""
    return f"{HEADER}bench-late-{repeat},wiltshire,999,2021-07-{repeat + 1:02d} 10:00:00,2021-07-{repeat + 1:02d} 10:00:06\n"


def add_calls(landing: Path, name: str, repeat: int, hour: int, rows: str) -> None:
    (landing / "force_calls" / f"bench_{name}_{repeat}_x{extracted_at(repeat, hour)}.csv").write_text(rows)


def milliseconds_of_questions(marts: Path) -> list[float]:
    """How long each answer to the ten questions of docs/bi takes, in order of length, by a reader who holds the marts open."""
    taken = []
    with duckdb.connect(str(marts), read_only=True) as connection:
        for _ in range(ASKED):
            for sql in re.findall(r"^```sql\n(.+?)```", QUESTIONS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
                began = time.perf_counter()
                connection.execute(sql).fetchall()
                taken.append(1000 * (time.perf_counter() - began))
    return sorted(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--record", action="store_true", help="append the ratios to docs/benchmarks.md")
    options = parser.parse_args()
    wall: dict[str, list[float]] = {name: [] for name in STEPS}
    processor: dict[str, list[float]] = {name: [] for name in STEPS}
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"SCORECARDS_DATA_DIR": folder}
        landing = Path(folder) / "landing"

        def step(name: str, arguments: list[str], module: str = "pipelines.cli") -> str:
            said, seconds, used = measured(module, arguments, environment)
            wall[name].append(seconds)
            processor[name].append(used)
            return said

        step("demo", ["demo", "--scale", str(options.scale)])
        for repeat in range(options.repeats):
            for leftover in ("warehouse", "published", "dagster"):
                shutil.rmtree(Path(folder) / leftover, ignore_errors=True)
            for late in (landing / "force_calls").glob("bench_*.csv"):
                late.unlink()
            step("floor", [str(landing)], "tests.benchmarks.floor")
            measured("pipelines.cli", ["prepare"], environment)  # what `make setup` does
            said = step("from_empty", ["run"])
            wall["to_marts"].append(float(re.findall(r"Published in (\d+) s", said)[0]))
            step("nothing_new", ["run"])
            for hour, (name, rows) in enumerate((("one_day", new_day(repeat)), ("correction", late_call(repeat))), start=2):
                add_calls(landing, name, repeat, hour, rows)
                step(name, ["run"])
            (Path(folder) / "published" / "site").unlink()
            shutil.rmtree(Path(folder) / "published" / ".sites")
            step("site", ["site"])
        answers = milliseconds_of_questions(Path(folder) / "published" / "marts.duckdb")
        environment["SCORECARDS_DATA_DIR"] = short = str(Path(folder) / "short")
        measured("pipelines.cli", ["demo", "--scale", str(options.scale), "--months", str(SHORT_HISTORY)], environment)
        measured("pipelines.cli", ["run"], environment)
        for repeat in range(options.repeats):
            add_calls(Path(short) / "landing", "one_day", repeat, 2, new_day(repeat))
            step("one_day_12", ["run"])
    used = {name: statistics.median(values) for name, values in processor.items() if values}
    ratios = {name: used[part] / used[whole] for name, (part, whole) in RATIOS.items()}
    print(f"{'':<14}{'median':>9}{'min':>9}{'max':>9}{'processor':>11}  seconds of {options.repeats} runs, {os.cpu_count()} cores")
    for name, values in wall.items():
        of_processor = f"{used[name]:.1f}" if name in used else ""
        print(f"{name:<14}{statistics.median(values):>9.1f}{min(values):>9.1f}{max(values):>9.1f}{of_processor:>11}")
    within, usual = answers[int(0.95 * len(answers))], statistics.median(answers)
    print(f"the ten questions of docs/bi: 95 % of answers within {within:.0f} ms, half of them within {usual:.0f}")
    print(f"largest process {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6:.2f} GB\n")
    worse = compared(ratios, recorded())
    if options.record:
        record(ratios, used, options.scale)
    analysis.report()
    if worse:
        sys.exit(f"More processor time than recorded in {RECORD.name}, by more than {WORSE - 1:.0%}: {', '.join(worse)}")


def _table() -> list[str]:
    """The lines of the record's table."""
    _, _, record = RECORD.read_text(encoding="utf-8").partition(HEADING)
    return [line for line in record.splitlines() if line.startswith("|")]


def recorded() -> dict[str, float]:
    """The ratios of the last line of the record; none where nothing is recorded yet."""
    lines = [[cell.strip() for cell in line.strip("| ").split("|")] for line in _table()]
    if len(lines) < 3:  # the head and its rule
        return {}
    return {name: float(cell) for name, cell in zip(lines[0], lines[-1], strict=True) if name in RATIOS and cell}


def compared(ratios: dict[str, float], before: dict[str, float]) -> list[str]:
    """Print the ratios beside those recorded last. Returns the names of those that are worse."""
    print(f"{'processor time':<24}{'ratio':>7}{'recorded':>10}")
    for name, ratio in ratios.items():
        print(f"{name:<24}{ratio:>7.2f}{before.get(name, float('nan')):>10.2f}")
    print()
    return [name for name, ratio in ratios.items() if ratio > WORSE * before.get(name, float("inf"))]


def record(ratios: dict[str, float], used: dict[str, float], scale: float) -> None:
    """Append a line to the record, in the order of its head."""
    cells = {name: f"{ratio:.2f}" for name, ratio in ratios.items()} | {f"{name} s": f"{seconds:.0f}" for name, seconds in used.items()}
    cells |= {"date": str(date.today()), "machine": f"{os.cpu_count()} × {platform.machine()}", "scale": f"{scale:g}"}
    text, (head, *_) = RECORD.read_text(encoding="utf-8"), _table()
    line = " | ".join(cells.get(name.strip(), "") for name in head.strip("|").split("|"))
    RECORD.write_text(f"{text.rstrip()}\n| {line} |\n", encoding="utf-8")


if __name__ == "__main__":
    main()
