"""Dated snapshots of suspects, from the crimes of every month: who is wanted on a day, for how long, and who was found lately."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.extracts import Extract
from pipelines.synthetic.plan import Plan

_DAY_ZERO = date(1970, 1, 1)


def snapshot_days(plan: Plan) -> list[date]:
    """The month ends of the period and, where they follow it soon, the days on which the report took a snapshot of its own."""
    days = [tl.last_day(month, plan.end) for month in plan.months_of("suspects")]
    return days + [day for day in cal.suspects.EXTRA_SNAPSHOTS if plan.follows_soon(day)] if days else []


def extracts(plan: Plan, crimes: dict[date, pl.DataFrame]) -> Iterator[Extract]:
    """A file per snapshot. `crimes` as returned by `crime.month_rows`."""
    episodes = pl.concat([_episodes(plan, month, found) for month, found in crimes.items()]) if crimes else None
    hour = cal.files.EXTRACTS["suspects"].base_time
    for day in snapshot_days(plan):
        assert episodes is not None
        taken = datetime.combine(day, time(int(hour[:2]), int(hour[2:])))
        yield Extract("suspects", tl.first_of_month(day), taken, False, snapshot(plan, day, episodes))


def _episodes(plan: Plan, month: date, crimes: pl.DataFrame) -> pl.DataFrame:
    """Suspects of the month's crimes: crime_ref, suspect_id, kind, is_da, since (days since 1970), lasts (days)."""
    rng = draw.generator(plan.seed, "suspects", month)
    is_rasso = crimes["is_rape"] | crimes["is_sso"]
    crimes = crimes.with_columns(
        kind=pl.select(pl.when(is_rasso).then(pl.lit("rasso")).when(crimes["is_da"]).then(pl.lit("da")).otherwise(pl.lit("other"))).to_series()
    )
    wanted = np.array([cal.suspects.SHARE_WANTED[k] for k in crimes["kind"]])
    crimes = crimes.filter(pl.Series(rng.random(crimes.height) < wanted))
    crimes = pl.concat([crimes, crimes.filter(pl.Series(rng.random(crimes.height) < cal.suspects.TWO_SUSPECTS))])
    count = crimes.height
    person = np.arange(count)
    same = rng.random(count) < cal.suspects.SAME_PERSON
    person[1:] = np.where(same[1:] & (crimes["crime_ref"][1:] != crimes["crime_ref"][:-1]).to_numpy(), person[:-1], person[1:])
    median = np.array([cal.suspects.DAYS_MEDIAN[k] for k in crimes["kind"]])
    return pl.DataFrame(
        {
            "crime_ref": crimes["crime_ref"],
            "suspect_id": draw.numbered(f"N{month:%y%m}", count, 5).gather(person) if count else pl.Series([], dtype=pl.String),
            "kind": crimes["kind"],
            "is_da": crimes["is_da"],
            "since": (crimes["recorded"].to_numpy() // tl.DAY + rng.integers(0, cal.suspects.SINCE_DAYS + 1, count)).astype(np.int64),
            "lasts": median * draw.lognormal(rng, count, cal.suspects.DAYS_SIGMA, median=1.0),
        }
    )


def snapshot(plan: Plan, day: date, episodes: pl.DataFrame) -> pl.DataFrame:
    """The day's rows: of each population as many outstanding suspects as declared for the day, longest first; then some found lately."""
    rng = draw.generator(plan.seed, f"snapshot {day}")
    today = (day - _DAY_ZERO).days
    begun = episodes.filter(pl.col("since") <= today).with_columns(left=pl.col("since") + pl.col("lasts") - today)
    parts: list[pl.DataFrame] = []
    rasso_da = 0
    for kind, trend in cal.suspects.OUTSTANDING.items():
        of_kind = begun.filter(pl.col("kind") == kind).sort("left", "crime_ref", "suspect_id", descending=[True, False, False])
        wanted = max(1, round(round(trend.at(day)) * plan.scale)) - (rasso_da if kind == "da" else 0)
        wanted = min(max(0, wanted), of_kind.height)
        lately_found = round(wanted * cal.suspects.LATELY_FOUND)
        parts.append(of_kind.head(wanted + lately_found).with_columns(is_outstanding=pl.int_range(pl.len()) < wanted))
        if kind == "rasso":
            rasso_da = int(of_kind.head(wanted)["is_da"].sum())
    rows = pl.concat(parts).sort("since", "crime_ref", "suspect_id")
    spelt = draw.texts(rng, cal.suspects.STATUS_SPELLINGS, rows.height)
    found_as = draw.texts(rng, cal.suspects.FOUND_AS, rows.height)
    since = pl.Series(rows["since"].to_numpy(), dtype=pl.Int32).cast(pl.Date)
    return pl.DataFrame(
        [
            pl.Series("snapshot_date", [day]).new_from_index(0, rows.height),
            rows["suspect_id"],
            rows["crime_ref"],
            spelt.zip_with(rows["is_outstanding"], found_as).alias("status"),
            since.set(pl.Series(rng.random(rows.height) < cal.suspects.NO_SINCE_DATE), None).alias("since_date"),
        ]
    )
