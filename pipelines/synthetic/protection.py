"""Protection notices and orders of a month: notices by their application, orders by the day on which the court made them."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw, places
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.rows import Rows

DAYS_BEFORE = 3  # an order is made no earlier in the month, so that its application lies in the same month's file


def month_rows(plan: Plan, month: date) -> Rows:
    """The month's rows of `protection_orders`."""
    rng = draw.generator(plan.seed, "protection", month)
    notices = plan.counted("dvpn", cal.protection.DVPN_APPLIED, month, at_least=1)
    made = plan.counted("dvpo", cal.protection.DVPO_AUTHORISED, month, at_least=1)
    not_made = round(made * cal.protection.DVPO_REFUSED)
    applied = tl.draw_times(rng, month, plan.end, notices, "evening")
    decided = applied + _hours(rng, cal.protection.NOTICE_HOURS, notices)
    refused = draw.flags(rng, notices, cal.protection.DVPN_REFUSED)
    at_court = _sittings(rng, plan, month, made + not_made)
    before = _hours(rng, cal.protection.ORDER_HOURS, made + not_made)
    absent = np.concatenate([refused, np.arange(made + not_made) >= made])
    rows = pl.DataFrame(
        {
            "kind": ["DVPN"] * notices + ["DVPO"] * (made + not_made),
            "applied": np.concatenate([applied, at_court - before]),
            "authorised": np.concatenate([decided, at_court]),
            "absent": absent,
        }
    ).sort("applied", maintain_order=True)
    count = rows.height
    status = draw.texts(rng, cal.protection.NOT_MADE, count)
    district = places.districts(rng, cal.places.DISTRICT_MIX["crimes"], count)
    frame = pl.DataFrame(
        [
            draw.numbered(f"DV{month:%y%m}-", count, 3).alias("order_id"),
            rows["kind"],
            tl.local_column("applied_at", rows["applied"].to_numpy()),
            tl.local_column("authorised_at", rows["authorised"].to_numpy(), rows["absent"].to_numpy()),
            pl.Series("status", ["authorised"], dtype=pl.String).new_from_index(0, count).zip_with(~rows["absent"], status),
            places.cpt_names(rng, district).alias("cpt"),
        ]
    )
    return Rows(frame, np.zeros(count, dtype=bool))


def _hours(rng: np.random.Generator, between: tuple[int, int], count: int) -> np.ndarray:
    """Seconds between two numbers of hours."""
    return rng.integers(between[0] * tl.HOUR, between[1] * tl.HOUR, count)


def _sittings(rng: np.random.Generator, plan: Plan, month: date, count: int) -> tl.Times:
    """Sorted times at which the court sits in the month, by day, and never in its first days."""
    days = np.arange(DAYS_BEFORE, max(DAYS_BEFORE + 1, (tl.last_day(month, plan.end) - month).days + 1))
    hours = rng.uniform(*cal.protection.SITTING_HOURS, count)
    return np.sort(tl.from_local(month, "00:00") + rng.choice(days, count) * tl.DAY + draw.seconds(hours * tl.HOUR))
