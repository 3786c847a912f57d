"""A force of its own for every test: a data directory, synthetic extracts at a fiftieth of the true size, and the real nightly job."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.commands.run import run_nightly
from pipelines.settings import Settings
from pipelines.synthetic.generate import write_extracts
from tests.landing import HASH_KEY

SCALE = 0.02
MONTHS = 26
END = date(2023, 7, 31)

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
        return run_nightly(self.settings, full_refresh=full_refresh, marts_only=not pages)

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


def _settings(data_dir: Path) -> Settings:
    # One thread: the tests run in as many processes as there are cores. Those about several threads set them.
    return Settings(data_dir=data_dir, hash_key=HASH_KEY, settle_seconds=0, threads=1)


@pytest.fixture(scope="session")
def extracts(shared: Callable[..., Path]) -> Path:
    """Synthetic extracts, written once; never changed."""
    return shared("extracts", lambda folder: write_extracts(folder, months=MONTHS, end=END, scale=SCALE))


@pytest.fixture(scope="session")
def published(extracts: Path, shared: Callable[..., Path], parsed: Settings) -> Force:
    """A force whose extracts were taken in and published once, pages and all; read it, do not change it."""

    def publish(folder: Path) -> None:
        force = Force(_settings(folder))
        shutil.copytree(extracts, force.landing)
        shutil.copytree(parsed.dbt_target_dir, force.settings.dbt_target_dir)
        assert force.run(pages=True) == 0

    return Force(_settings(shared("published", publish)))


@pytest.fixture
def make_force(tmp_path: Path, published: Force, parsed: Settings) -> Callable[..., Force]:
    """Make a force: `from_published` copies a whole data directory, so that a test pays for one run less."""

    def make(name: str = "force", from_published: bool = False) -> Force:
        data_dir = tmp_path / name
        if from_published:
            shutil.copytree(published.settings.data_dir, data_dir, symlinks=True)
        force = Force(replace(published.settings, data_dir=data_dir))
        force.landing.mkdir(parents=True, exist_ok=True)
        if not from_published:
            shutil.copytree(parsed.dbt_target_dir, force.settings.dbt_target_dir)
        return force

    return make
