"""`scorecards run --profile`: what each step and each model of a run costs, as a table and a CSV."""

from __future__ import annotations

import csv
import resource
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import astuple, dataclass, fields, replace
from itertools import groupby
from pathlib import Path

from pipelines.commands.console import TerminalReporter, console, print_table
from pipelines.settings import Settings
from pipelines.warehouse import open_build

SHOWN = 25  # the most expensive parts; the CSV has all


@dataclass(frozen=True)
class Cost:
    """What a part of a step took; what a step does before its first word of progress has no name."""

    step: str
    part: str
    seconds: float
    processor_seconds: float  # of this process, and of those that it started and that have ended
    peak_mb: float  # of this process while the part was at work; since the run began where the system does not tell
    rows: int | None = None


class ProfilingReporter(TerminalReporter):
    """Notes what was spent from each word of progress to the next: true to the model where models are built one at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.costs: list[Cost] = []
        self._part = ""
        self._clock, self._processor = time.monotonic(), _processor_seconds()

    def step(self, message: str) -> None:
        super().step(message)
        self._forget_peak()

    def detail(self, message: str) -> None:
        self._note()
        self._part = message
        super().detail(message)

    def finish(self) -> None:
        if self._step:
            self._note()
        self._part = ""
        super().finish()

    def _note(self) -> None:
        clock, processor = time.monotonic(), _processor_seconds()
        self.costs.append(Cost(self._step, self._part, clock - self._clock, processor - self._processor, _peak_mb()))
        self._clock, self._processor = clock, processor
        self._forget_peak()

    @staticmethod
    def _forget_peak() -> None:
        with suppress(OSError):  # Linux alone
            Path("/proc/self/clear_refs").write_text("5")


def _processor_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak_mb() -> float:
    with suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def report_profile(settings: Settings, costs: Iterable[Cost]) -> Path:
    """Print the steps and the most expensive parts, and write all of them to a CSV, whose path is returned."""
    costs = _with_rows(settings, costs)
    steps = [
        Cost(step, "", sum(c.seconds for c in parts), sum(c.processor_seconds for c in parts), max(c.peak_mb for c in parts))
        for step, parts in ((step, list(parts)) for step, parts in groupby(costs, key=lambda cost: cost.step))
    ]
    headers = ("step", "part", "seconds", "processor", "peak MB", "rows")
    print_table("Steps of the run", (*headers[:1], *headers[2:5]), [[cells[0], *cells[2:5]] for cells in map(_cells, steps)])
    most_expensive = sorted((cost for cost in costs if cost.part), key=lambda cost: -cost.processor_seconds)[:SHOWN]
    print_table("What took most processor time", headers, map(_cells, most_expensive))
    with settings.profile_path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields(Cost)])
        writer.writerows(astuple(cost) for cost in costs)
    console.print(f"\nAll of it: {settings.profile_path}")
    return settings.profile_path


def _with_rows(settings: Settings, costs: Iterable[Cost]) -> list[Cost]:
    """With the rows of each part that ends in the name of a table of the build database."""
    with open_build(settings, read_only=True) as connection:
        tables = connection.execute("select schema_name || '.' || table_name, estimated_size from duckdb_tables()").fetchall()
    rows = dict(tables)
    return [replace(cost, rows=rows.get(cost.part.split(" ")[-1])) for cost in costs]


def _cells(cost: Cost) -> list[object]:
    return [cost.step, cost.part, round(cost.seconds, 1), round(cost.processor_seconds, 1), round(cost.peak_mb), cost.rows]
