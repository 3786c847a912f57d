"""No model compares all rows of one large table with all of another: such a plan is quick in a demonstration and takes the night of a force."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from pipelines.masking import masked_in_sql

# Joins that have no equality to hash. What a series, a measure or a rule is compared with (breaks, rebases, bands) is a handful of rows.
COMPARES_ALL = ("NESTED_LOOP_JOIN", "BLOCKWISE_NL_JOIN", "CROSS_PRODUCT")
MOST_PAIRS = 5_000_000


def pairs_compared(plan: dict[str, Any]) -> Iterator[int]:
    """The pairs of rows that each such join of a plan is estimated to compare."""
    if plan["name"].strip() in COMPARES_ALL:
        left, right = (int(side.get("extra_info", {}).get("Estimated Cardinality") or 1) for side in plan["children"])
        yield left * right
    for child in plan["children"]:
        yield from pairs_compared(child)


def test_no_model_compares_all_rows_of_two_large_tables(published):
    models = sorted((published.settings.dbt_target_dir / "compiled").glob("*/models/**/*.sql"))
    models = [path for path in models if path.parent.suffix != ".yml"]  # without the tests of the models
    assert len(models) > 150
    with duckdb.connect() as connection:
        for name, path in (("build", published.settings.build_path), ("live", published.settings.marts_path)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        connection.execute("use build")
        masked_in_sql(connection)
        worst = {path.name: max(pairs_of(connection, path), default=0) for path in models}
    assert any(worst.values()), "joins without an equality are found where there are some"
    assert {model: pairs for model, pairs in worst.items() if pairs > MOST_PAIRS} == {}


def pairs_of(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[int]:
    explained = connection.execute(f"explain (format json) {path.read_text(encoding='utf-8').strip().rstrip(';')}").fetchone()
    assert explained is not None
    for plan in json.loads(explained[1]):
        yield from pairs_compared(plan)
