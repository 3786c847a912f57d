"""The forecasts of the model of days from each origin, as a table that is kept from night to night."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.demand.day_model import OriginForecast, origin_forecasts
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


def origin_table(demand: pl.DataFrame, earlier: pl.DataFrame, holidays: Collection[date], kept: pl.DataFrame = NONE) -> pl.DataFrame:
    """The rows of SCHEMA for every line of which a row is new, is another or is gone; of any other line, `kept` holds what would be made."""
    tables = [NONE]
    for series, history in histories(demand, earlier, holidays):
        before = origins_of(kept, series, history.first)
        found = origin_forecasts(history, before)
        if _hashes(found) != _hashes(before):
            tables.append(_table(series, history.first, found))
    return pl.concat(tables)


def origins_of(table: pl.DataFrame, series: tuple[str, str], first: date) -> dict[int, OriginForecast]:
    """The line's forecasts by origin, counted in days from the first."""
    part = table.filter(pl.col("area_id") == series[0], pl.col("line") == series[1]).select(list(SCHEMA)[2:])
    return {
        (newest - first).days + 1: OriginForecast(np.array(means), np.array(errors), np.array(variances), inputs_hash)
        for newest, means, errors, variances, inputs_hash in part.iter_rows()
    }


def _hashes(forecasts: Mapping[int, OriginForecast]) -> dict[int, str]:
    return {origin: forecast.inputs_hash for origin, forecast in forecasts.items()}


def _table(series: tuple[str, str], first: date, found: dict[int, OriginForecast]) -> pl.DataFrame:
    rows = [
        (
            *series,
            first + timedelta(days=origin - 1),
            forecast.means.tolist(),
            forecast.errors.tolist(),
            forecast.variances.tolist(),
            forecast.inputs_hash,
        )
        for origin, forecast in found.items()
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
