"""The rota of the control centre's operators: each month as it came out, and the plan of the weeks after the period."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.extracts import Extract, closing_time, extract_time
from pipelines.synthetic.plan import Plan

FEED = "ccc_operator_rota"
HALF_HOUR = 1_800


def extracts(plan: Plan) -> Iterator[Extract]:
    """A file per month, and one of the plan for the weeks after the period. A smaller demonstration has fewer
    days of each (from a fiftieth on, a week ahead) and fewer operators.
    """
    months = plan.months_of(FEED)
    for month in months:
        last = tl.last_day(month, plan.end)
        days = _some(plan, (last - month).days + 1)
        rng = draw.generator(plan.seed, "rota", month)
        rows = _rows(plan, last - timedelta(days=days - 1), last)
        present = rng.binomial(rows["scheduled_count"].to_numpy(), 1 - cal.telephony.ABSENT)
        taken = extract_time(FEED, month, plan.end, cal.files.EXTRACTS[FEED].days)
        yield Extract(FEED, month, taken, False, rows.with_columns(pl.Series("present_count", present)))
    if months:
        first = plan.end + timedelta(days=1)
        rows = _rows(plan, first, first + timedelta(days=_some(plan, cal.telephony.ROSTERED_DAYS, 10) - 1))
        taken = closing_time(FEED, plan.end - timedelta(days=6))
        yield Extract(FEED, tl.first_of_month(first), taken, False, rows.with_columns(pl.lit(None, pl.Int64).alias("present_count")))


def _some(plan: Plan, days: int, times: int = 4) -> int:
    return max(1, round(days * min(1.0, times * plan.scale)))


def _rows(plan: Plan, first: date, last: date) -> pl.DataFrame:
    starts = np.arange(tl.from_local(first, "00:00"), tl.from_local(last + timedelta(days=1), "00:00"), HALF_HOUR, dtype=np.int64)
    local = tl.local_column("starts_at", starts)
    block = local.dt.hour().to_numpy() // 3
    is_late_at_weekend = local.dt.weekday().is_in(cal.telephony.WEEKEND_NIGHTS).to_numpy() & (block >= 6)
    return pl.concat(
        pl.DataFrame(
            [
                pl.Series("line", [line], dtype=pl.String).new_from_index(0, len(starts)),
                local,
                pl.Series(
                    "scheduled_count",
                    np.maximum(1, np.round(np.array(operators) * plan.scale).astype(int))[block]
                    + np.where(is_late_at_weekend, cal.telephony.MORE_AT_WEEKEND[line], 0),
                ),
            ]
        )
        for line, operators in cal.telephony.ROSTERED.items()
    )
