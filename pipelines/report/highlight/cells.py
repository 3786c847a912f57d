"""Texts of the report: words, and cells of the marts with their table, key and column (pipelines/report/trace.py)."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.report.formatting import cell_text
from pipelines.report.marts import Row
from pipelines.report.trace import TraceError


@dataclass(frozen=True)
class Cell:
    """One cell of a published table, with its text."""

    text: str
    table: str
    key: str
    column: str
    form: str | None = None

    @property
    def source(self) -> str:
        """measures.measure_values[key].value"""
        return f"{self.table}[{self.key}].{self.column}"


Part = str | Cell


def cell(row: Row, column: str, form: str | None = None) -> Cell:
    """A cell of a row. Raises TraceError where the row is not one of a published table with its whole key."""
    if row.table is None or row.key is None:
        raise TraceError(f"a row of no one published table cannot be shown: select its primary key, from one table ({list(row)})")
    return Cell(cell_text(row[column], row, form), row.table, row.key, column, form)


def plain(parts: tuple[Part, ...]) -> str:
    """The parts as plain text."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def joined(pieces: list[tuple[Part, ...]], between: str) -> tuple[Part, ...]:
    """The pieces joined by a separator."""
    parts: list[Part] = []
    for piece in pieces:
        if parts:
            parts.append(between)
        parts += piece
    return tuple(parts)
