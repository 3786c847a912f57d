"""A force of a test's own: one data directory, the commands of a night, and what readers find in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.commands.run import run_nightly
from pipelines.settings import Settings

# Tables that tell of the run itself, or of the runs before it: times, run and load numbers differ between two runs over the same data.
OF_THE_RUN = {
    "quality.heartbeat",
    "quality.check_results",
    "quality.feed_outcomes",
    "quality.rejects",
    "quality.return_issues",  # names the load of each row, as the two before do
    "measures.spc_signal_ledger",
    "measures.spc_limit_ledger",
    "measures.value_ledger",
    "measures.revisions",
    "quality.publications",
    "quality.arrivals",
}

# A table in any order of its rows: a sum and a parity of their hashes. A hash takes -0.0 for 0.0: signs of doubles are counted beside them.
DIGEST = "select count(*), sum(hash(t)), bit_xor(hash(t)){signs} from {table} as t"
DOUBLES = "select column_name from duckdb_columns() where schema_name || '.' || table_name = ? and data_type = 'DOUBLE' order by column_index"

FIGURES = """
select measure_id, area_id, segment, period_type, period_end, numerator, denominator, value, is_complete
from measures.measure_values
order by all
"""


@dataclass(frozen=True)
class Force:
    """One data directory with the commands of a night."""

    settings: Settings

    @property
    def landing(self) -> Path:
        return self.settings.landing_dir

    def run(self, full_refresh: bool = False, pages: bool = False) -> int:
        """A night; site and workbooks only where the test is about them."""
        return run_nightly(self.settings, full_refresh=full_refresh, job_name="nightly" if pages else "marts")

    def run_demand(self) -> int:
        """The run of the morning: contact and demand alone, on what the night built."""
        return run_nightly(self.settings, job_name="demand")

    @contextmanager
    def marts(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = duckdb.connect(str(self.settings.marts_path), read_only=True)
        try:
            yield connection
        finally:
            connection.close()

    def query(self, sql: str, parameters: Any = None) -> list[tuple]:
        with self.marts() as marts:
            return marts.execute(sql, parameters).fetchall()

    def fingerprint(self) -> dict[str, tuple[int, ...]]:
        """Rows and a digest of every published table that speaks of the data; equal digests mean equal to the last bit."""
        with self.marts() as marts:
            tables = [
                f"{schema}.{table}"
                for schema, table in marts.execute("select schema_name, table_name from duckdb_tables() where not internal order by 1, 2").fetchall()
            ]
            return {table: _digest(marts, table) for table in tables if table not in OF_THE_RUN}

    def figures(self) -> list[tuple]:
        """Every published value, without the caveats that this run's warnings put on it."""
        return self.query(FIGURES)

    def file(self, feed: str, name: str, text: str) -> Path:
        path = self.landing / feed / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


def _digest(marts: duckdb.DuckDBPyConnection, table: str) -> tuple[int, ...]:
    signs = "".join(f', count_if(signbit("{column}"))' for (column,) in marts.execute(DOUBLES, [table]).fetchall())
    digest = marts.execute(DIGEST.format(table=table, signs=signs)).fetchone()
    assert digest is not None
    return digest


@dataclass(frozen=True)
class Night:
    """The outcome of a night: the force after it, the status that the run ended with, and all that it printed."""

    force: Force
    status: int
    output: str


@contextmanager
def output_to(path: Path) -> Iterator[None]:
    """Whatever this process and its libraries print goes to a file."""
    with path.open("w", encoding="utf-8") as file, redirect_stdout(file), redirect_stderr(file):
        sys.__stdout__.flush()
        kept = [(number, os.dup(number)) for number in (1, 2)]
        try:
            for number, _ in kept:
                os.dup2(file.fileno(), number)
            yield
            file.flush()
        finally:
            for number, before in kept:
                os.dup2(before, number)
                os.close(before)
