"""The forecasts of every line as one table: read from half hours, written by day and half hour, each with the backtest of its kind."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demand.day_model import OriginForecast
from pipelines.demand.forecast import Backtest, Forecast, forecasts
from pipelines.demand.history import DAYS_AHEAD, Floats, History
from pipelines.demand.lines import histories
from pipelines.demand.origin_table import origins_of
from pipelines.demand.outlook import shares

DAY, HALF_HOUR = "day", "half hour"
BOUNDS = {
    "expected": "expected_value",
    "lower_80": "lower_80_value",
    "upper_80": "upper_80_value",
    "lower_95": "lower_value",
    "upper_95": "upper_value",
}

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "area_id": pl.String,
    "line": pl.String,
    "grain": pl.String,
    "horizon": pl.String,
    "local_date": pl.Date,
    "interval_start_at": pl.Datetime("us"),
    "interval_start_local": pl.Datetime("us"),
    "origin_date": pl.Date,
    "forecast_method": pl.String,
    **dict.fromkeys(BOUNDS.values(), pl.Float64),
    "origin_count": pl.Int64,
    "forecast_count": pl.Int64,
    "mase": pl.Float64,
    "naive_mase": pl.Float64,
    "coverage_80_pct": pl.Float64,
    "coverage_pct": pl.Float64,
    "inputs_hash": pl.String,
}


def call_forecasts(
    demand: pl.DataFrame, earlier: pl.DataFrame, holidays: Collection[date], origins: pl.DataFrame, known: Collection[str] = ()
) -> pl.DataFrame:
    """The rows of SCHEMA for every line of `demand` (measures.interval_demand) of which enough is known.

    earlier  calls by day before those of `demand` (int_earlier_calls)
    origins  forecasts of the model of days, by origin (int_origin_forecasts)
    known    inputs_hash of lines whose forecasts stand already: they are left out
    """
    tables = [pl.DataFrame(schema=SCHEMA)]
    for (area_id, line), history in histories(demand, earlier, holidays):
        by_origin = origins_of(origins, (area_id, line), history.first)
        digest = _digest(area_id, line, history, by_origin)
        if digest in known:
            continue
        found = forecasts(history, by_origin)
        if found is not None:
            tables += [
                table.with_columns(
                    pl.lit(area_id).alias("area_id"),
                    pl.lit(line).alias("line"),
                    pl.lit(history.newest).alias("origin_date"),
                    pl.lit(digest).alias("inputs_hash"),
                ).select(pl.col(name).cast(of) for name, of in SCHEMA.items())
                for table in _tables(history, *found)
            ]
    return pl.concat(tables).filter(pl.col("expected_value").is_not_nan())


def _digest(area_id: str, line: str, history: History, by_origin: Mapping[int, OriginForecast]) -> str:
    """Of what a line's forecasts are made of. What those of the model of days are made of, they say themselves."""
    digest = hashlib.sha256(f"{_code()} {area_id} {line} {history.newest} {[each.inputs_hash for each in by_origin.values()]}".encode())
    digest.update(history.days.tobytes())
    digest.update(history.counts.tobytes())
    digest.update(history.is_holiday.tobytes())
    return digest.hexdigest()[:16]


@cache
def _code() -> str:
    """Of what forecasts are made by: another way of making them makes them anew."""
    names = ("forecast.py", "forecast_table.py", "history.py", "lines.py", "outlook.py")
    return hashlib.sha256(b"".join(Path(__file__).with_name(name).read_bytes() for name in names)).hexdigest()


def _tables(history: History, days: list[Forecast], slots: Forecast) -> Iterator[pl.DataFrame]:
    """Days and half hours to come. Days on which the clocks change have 46 or 50 half hours, and calls accordingly."""
    now = len(history.days)
    clock = _clock(history.newest, DAYS_AHEAD)
    share = shares(history, now)[history.course[now : now + DAYS_AHEAD]]
    clock = clock.with_columns(pl.Series("share", share[clock["day"].to_numpy(), clock["slot"].to_numpy()]))
    length = clock.group_by("day", maintain_order=True).agg(pl.col("local_date").first(), pl.col("share").sum())
    for part in days:
        at = length.slice(part.first, len(part.bounds.expected))
        yield _rows(DAY, part, at, {column: getattr(part.bounds, name) * at["share"].to_numpy() for name, column in BOUNDS.items()})
    half_hours = clock.filter(pl.col("day") < len(slots.bounds.expected))
    places = half_hours["day"].to_numpy(), half_hours["slot"].to_numpy()
    yield _rows(HALF_HOUR, slots, half_hours, {column: getattr(slots.bounds, name)[places] for name, column in BOUNDS.items()})


def _rows(grain: str, forecast: Forecast, at: pl.DataFrame, values: dict[str, Floats]) -> pl.DataFrame:
    said = {"grain": grain, "horizon": forecast.horizon, "forecast_method": forecast.method, **_past(forecast.backtest)}
    absent = [name for name in SCHEMA if name not in at.columns and name not in values]
    return at.with_columns(
        *(pl.Series(name, np.round(each, 3)) for name, each in values.items()), *(pl.lit(said.get(name)).alias(name) for name in absent)
    )


def _past(backtest: Backtest | None) -> dict[str, float | int | None]:
    if backtest is None:
        return {}
    rounded = {
        "mase": round(backtest.mase, 4),
        "naive_mase": round(backtest.naive_mase, 4),
        "coverage_80_pct": round(100 * backtest.coverage_80, 2),
        "coverage_pct": round(100 * backtest.coverage_95, 2),
    }
    counts = {"origin_count": backtest.origin_count, "forecast_count": backtest.forecast_count}
    return counts | {name: None if math.isnan(value) else value for name, value in rounded.items()}


def _clock(newest: date, days: int) -> pl.DataFrame:
    """The half hours of the days after the newest, as the clocks of England show them."""
    start, end = newest + timedelta(days=1), newest + timedelta(days=days + 1)
    times = pl.select(
        pl.datetime_range(start, end, "30m", closed="left", time_unit="us", time_zone="Europe/London").alias("at"),
    )
    local = pl.col("at").dt.replace_time_zone(None)
    return times.select(
        local.dt.date().alias("local_date"),
        (local.dt.date() - pl.lit(start)).dt.total_days().alias("day"),
        (pl.col("at").dt.hour().cast(pl.Int64) * 2 + pl.col("at").dt.minute() // 30).alias("slot"),
        pl.col("at").dt.convert_time_zone("UTC").dt.replace_time_zone(None).alias("interval_start_at"),
        local.alias("interval_start_local"),
    )
