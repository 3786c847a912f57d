"""What the model of days saw ahead of each line, as a table that is kept from night to night."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.demand.day_model import View, views
from pipelines.demand.lines import histories

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "area_id": pl.String,
    "line": pl.String,
    "origin_date": pl.Date,
    "root_means": pl.List(pl.Float64),
    "root_errors": pl.List(pl.Float64),
    "root_variances": pl.List(pl.Float64),
    "inputs_hash": pl.String,
}
NONE = pl.DataFrame(schema=SCHEMA)


def origin_views(demand: pl.DataFrame, earlier: pl.DataFrame, holidays: Collection[date], kept: pl.DataFrame = NONE) -> pl.DataFrame:
    """The rows of SCHEMA for every line of which a row is new, is another or is gone; of any other line, `kept` holds what would be made."""
    tables = [NONE]
    for series, history in histories(demand, earlier, holidays):
        before = views_of(kept, series, history.first)
        found = views(history, before)
        if {origin: view.inputs_hash for origin, view in found.items()} != {origin: view.inputs_hash for origin, view in before.items()}:
            tables.append(_table(series, history.first, found))
    return pl.concat(tables)


def views_of(table: pl.DataFrame, series: tuple[str, str], first: date) -> dict[int, View]:
    """The line's views by origin, counted in days from the first."""
    part = table.filter(pl.col("area_id") == series[0], pl.col("line") == series[1]).select(list(SCHEMA)[2:])
    return {
        (newest - first).days + 1: View(np.array(means), np.array(errors), np.array(variances), inputs_hash)
        for newest, means, errors, variances, inputs_hash in part.iter_rows()
    }


def _table(series: tuple[str, str], first: date, found: dict[int, View]) -> pl.DataFrame:
    rows = [
        (*series, first + timedelta(days=origin - 1), view.means.tolist(), view.errors.tolist(), view.variances.tolist(), view.inputs_hash)
        for origin, view in found.items()
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
