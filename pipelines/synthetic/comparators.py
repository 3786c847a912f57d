"""The same measures elsewhere, with the day on which each was supplied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.returns import period_ends

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "measure_id": pl.String,
    "comparator": pl.String,
    "segment": pl.String,
    "period_type": pl.String,
    "period_end": pl.Date,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "value": pl.Float64,
    "supplied_by": pl.String,
    "returned_at": pl.Datetime("ms"),
}


def _tri_force(until: date, seed: int) -> Iterator[cal.comparators.Figure]:
    """Arrests and outcomes over domestic abuse crimes of the other two forces, twelve months to each month's end."""
    for rate in cal.comparators.TRI_FORCE:
        for end in period_ends("month", rate.first, until):
            crimes = draw.generator(seed, f"comparators {rate.comparator}", end).normal(rate.out_of, 0.006 * rate.out_of)
            bottom = round(float(crimes))
            top = round(bottom * rate.level.at(tl.first_of_month(end)) / 100)
            returned = end + timedelta(days=cal.comparators.TRI_FORCE_LAG_DAYS)
            yield cal.comparators.Figure(rate.measure, rate.comparator, "r12m", end, top, bottom, round(100 * top / bottom, 2), returned, rate.by)


def _answer_times(until: date, seed: int) -> Iterator[cal.comparators.Figure]:
    """The nation's 999 answer times on BT's clock, month by month: seconds over answered calls."""
    for end in period_ends("month", cal.comparators.BT_FIRST, until):
        noise = float(np.clip(draw.generator(seed, "comparators 999", end).standard_normal(), -2, 2))
        calls = round(cal.comparators.BT_CALLS_A_MONTH * (1 + 0.03 * noise))
        mean = cal.comparators.BT_ANSWER_TIME.at(tl.first_of_month(end))
        returned = end + timedelta(days=cal.comparators.BT_LAG_DAYS)
        yield cal.comparators.Figure("bt_999_answer_time_mean", "national", "month", end, round(calls * mean), calls, round(mean, 2), returned, "BT")


@lru_cache(maxsize=4)
def all_figures(seed: int, until: date) -> pl.DataFrame:
    """Every comparator that was supplied by `until`, in the order of its day."""
    figures = [*cal.comparators.FIGURES, *_tri_force(until, seed), *_answer_times(until, seed)]
    known = sorted((f for f in figures if f.returned <= until), key=lambda f: (f.returned, f.measure, f.comparator, f.period_type, f.period_end))
    rows = [
        (
            f.measure,
            cal.comparators.SPELLINGS[f.comparator],
            None,
            f.period_type,
            f.period_end,
            f.numerator,
            f.denominator,
            f.value,
            f.by,
            datetime(f.returned.year, f.returned.month, f.returned.day, 9, 30),
        )
        for f in known
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def month_rows(seed: int, month: date, until: date) -> pl.DataFrame:
    """The comparators that were supplied in the month, and by `until`."""
    return all_figures(seed, until).filter(pl.col("returned_at").dt.date().dt.month_start() == month)
