"""The terminal: progress while a run works, and tables at its end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.status import Status
from rich.table import Table

# A pipe or a log file has no width of its own: wide enough that tables do not fold.
console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)


class TerminalReporter:
    """One line a finished step with its seconds; what the step is doing right now stands beside a spinner."""

    def __init__(self) -> None:
        self._status: Status | None = None
        self._step = ""
        self._began = 0.0
        self.ended: dict[str, float] = {}  # when each step ended, by the monotonic clock

    def step(self, message: str) -> None:
        self.finish()
        self._step, self._began = message, time.monotonic()
        if console.is_terminal:
            self._status = console.status(message)
            self._status.start()

    def detail(self, message: str) -> None:
        if self._status is not None:
            self._status.update(f"{self._step}: {message}")

    def finish(self) -> None:
        """End the running step, if there is one."""
        if self._status is not None:
            self._status.stop()
            self._status = None
        if self._step:
            now = self.ended[self._step] = time.monotonic()
            console.print(f"  {self._step} [dim]({now - self._began:.1f} s)[/dim]")
            self._step = ""


def number(value: object) -> str:
    """A cell of a table: integers with thousands separators, nothing for null."""
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else str(value)


def print_table(title: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table whose numeric columns stand to the right."""
    rows = [list(row) for row in rows]
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for index, header in enumerate(headers):
        numeric = any(isinstance(row[index], int | float) for row in rows)
        table.add_column(header, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(number(cell) for cell in row))
    console.print()
    console.print(table)
