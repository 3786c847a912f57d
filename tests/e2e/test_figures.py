"""Figures of every domain worked out a second time, by polars from the raw extract files, and found equal to those published.

Nothing is taken from dbt or from the catalogue: the definitions stand here again, as MEASURES has them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.raw_files import latest_rows, month, seconds

COUNTY_TEAMS = ("royal wootton bassett", "rwb", "chippenham", "trowbridge", "warminster", "devizes", "amesbury", "salisbury")
FAT = ("1", "1A", "2", "2A", "3", "3A", "6")
RESIDENTS = {"wiltshire_force": 743_700, "swindon": 233_400, "wiltshire_county": 510_300}  # Census 2021; the extracts begin after 2020
FEEDS = (
    "force_calls", "bt_999_calls", "incident_logs", "online_reports", "crimes", "crime_outcomes", "arrests",
    "suspects", "protection_orders", "speedwatch_sessions", "collisions",
)  # fmt: skip
AREAS = ("wiltshire_force", "swindon", "wiltshire_county", "wiltshire_unallocated")

Rows = dict[str, pl.DataFrame]
Figures = dict[tuple[str, str, date], float]  # area, segment, month


def district(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the district of its community policing team."""
    team = pl.col("cpt").fill_null("").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars().str.replace(r" cpt$", "")
    known = pl.when(team == "swindon").then(pl.lit("swindon")).when(team.is_in(COUNTY_TEAMS)).then(pl.lit("wiltshire_county"))
    return frame.with_columns(known.otherwise(pl.lit("wiltshire_unallocated")).alias("district"))


@pytest.fixture(scope="module")
def raw(extracts) -> Rows:
    """Accepted rows in their latest version, without tests, duplicates and cancelled crimes; by feed."""
    home = {feed: latest_rows(extracts, feed) for feed in FEEDS}
    calls = home["force_calls"].filter(~pl.col("is_test").fill_null(False))
    calls = calls.with_columns(
        month("offered_at").alias("month"),
        pl.col("answered_at").is_not_null().alias("answered"),
        (pl.col("answered_at").is_null() & pl.col("abandoned_at").is_not_null()).alias("abandoned"),
        pl.coalesce("answered_at", "abandoned_at").alias("ended"),
    ).with_columns(seconds("offered_at", "ended").alias("wait"))
    # a leg that carries another force's code is that force's
    legs = (
        home["bt_999_calls"]
        .filter(pl.col("force_code").str.starts_with("wilt"))
        .with_columns(month("presented_at").alias("month"), seconds("presented_at", "answered_at").alias("wait"))
    )
    logs = district(home["incident_logs"].filter(~pl.col("is_test").fill_null(False) & pl.col("duplicate_of").is_null()))
    regraded = pl.col("final_grade") != pl.col("initial_grade")
    logs = logs.with_columns(
        month("created_at").alias("month"),
        pl.when(regraded).then(pl.coalesce("graded_at", "created_at")).otherwise("created_at").alias("clock"),
        pl.col("deployed").fill_null(False),
    ).with_columns(seconds("clock", "first_arrived_at").alias("took"))
    logs = logs.with_columns(pl.when(pl.col("deployed") & (pl.col("took") >= 0)).then("took").alias("response"))
    crimes = district(home["crimes"].filter(pl.col("cancelled_at").is_null())).with_columns(month("recorded_at").alias("month"))
    of_crime = crimes.select("crime_ref", "district", "offence_group", "is_domestic_abuse")
    outcomes = home["crime_outcomes"].filter(pl.col("outcome_code") != "0").join(of_crime, on="crime_ref")
    arrests = home["arrests"].join(of_crime, on="crime_ref")
    return {
        "calls": calls,
        "legs": legs.filter(pl.col("outcome").is_in(["answered", "abandoned"])),
        "logs": logs,
        "reports": home["online_reports"].with_columns(month("submitted_at").alias("month")),
        "crimes": crimes,
        "outcomes": outcomes.with_columns(month("outcome_date").alias("month")),
        "arrests": arrests.with_columns(month("arrested_at").alias("month")),
        "suspects": home["suspects"].join(of_crime, on="crime_ref"),
        "orders": home["protection_orders"].with_columns(month("authorised_at").alias("month")),
        "sessions": home["speedwatch_sessions"].with_columns(month("session_date").alias("month")),
        "collisions": home["collisions"].with_columns(month("date").alias("month")),
    }


def by_area(frame: pl.DataFrame, value: pl.Expr, areas: tuple[str, ...] = AREAS, segment: str | None = None) -> Figures:
    """A figure per month, for the force and each district, for all and for each value of `segment`."""
    found: Figures = {}
    for area in areas:
        mine = frame if area == "wiltshire_force" else frame.filter(pl.col("district") == area)
        for name, part in [("all", mine), *((str(k[0]), g) for k, g in (mine.group_by(segment) if segment else []))]:
            for when, figure in part.group_by("month").agg(value.alias("figure")).rows():
                if figure is not None:
                    found[(area, name, when)] = figure
    return found


def share(part: pl.Expr) -> pl.Expr:
    return 100.0 * part.sum() / pl.len()


def over(top: Figures, bottom: Figures) -> Figures:
    """Top per 100 of the bottom, where there is a bottom; nothing on top is 0."""
    return {key: 100.0 * top.get(key, 0.0) / value for key, value in bottom.items() if value}


def calls_of(rows: Rows, line: str) -> pl.DataFrame:
    return rows["calls"].filter((pl.col("line") == line) & (pl.col("answered") | pl.col("abandoned")))


def da_outcomes(rows: Rows) -> pl.DataFrame:
    return rows["outcomes"].filter("is_domestic_abuse")


def cohort(rows: Rows) -> Figures:
    latest = (
        rows["outcomes"]
        .sort("outcome_date", "outcome_id")
        .unique("crime_ref", keep="last")
        .select("crime_ref", pl.col("outcome_code").is_in(FAT).alias("fat"))
    )
    rapes = rows["crimes"].filter(pl.col("offence_group") == "rape").join(latest, on="crime_ref", how="left")
    return by_area(rapes, share(pl.col("fat").fill_null(False)))


FORCE = ("wiltshire_force",)
WORKED_OUT: dict[str, Callable[[Rows], Figures]] = {
    "public_999_abandonment_rate": lambda r: by_area(calls_of(r, "999"), share(pl.col("abandoned")), FORCE),
    "line_101_wait_time_median": lambda r: by_area(calls_of(r, "101").filter("answered"), pl.col("wait").median(), FORCE),
    "cch_abandonment_rate_excl_ivr_window": lambda r: by_area(
        calls_of(r, "cch").filter(~(pl.col("abandoned") & (pl.col("wait") <= 60))), share(pl.col("abandoned")), FORCE
    ),
    "bt_999_answered_within_10s_rate": lambda r: by_area(
        r["legs"].filter((pl.col("outcome") == "answered") & pl.col("wait").is_not_null()), share(pl.col("wait") < 10), FORCE
    ),
    "ocr_volume": lambda r: by_area(r["reports"], pl.len(), FORCE, segment="form_type"),
    "priority_response_time_mean": lambda r: by_area(
        r["logs"].filter((pl.col("final_grade") == "Priority") & pl.col("response").is_not_null()), pl.col("response").mean()
    ),
    "immediate_response_rate": lambda r: by_area(
        r["logs"].filter((pl.col("final_grade") == "Immediate") & pl.col("deployed")),
        share(pl.col("response").fill_null(1e9) <= pl.when(pl.col("district") == "swindon").then(900).otherwise(1200)),
    ),
    "asb_incidents": lambda r: by_area(r["logs"].filter(pl.col("asb_type").is_not_null()), pl.len(), segment="asb_type"),
    "violence_with_injury_volume": lambda r: by_area(r["crimes"].filter(pl.col("offence_group") == "violence with injury"), pl.len()),
    "neighbourhood_crime_rate": lambda r: {
        key: 1000.0 * figure / RESIDENTS[key[0]]
        for key, figure in by_area(
            r["crimes"].filter(
                pl.col("offence_group").is_in(["robbery", "vehicle offences", "theft from the person"])
                | ((pl.col("offence_group") == "burglary") & pl.col("offence_code").str.starts_with("28"))
            ),
            pl.len(),
            tuple(RESIDENTS),
        ).items()
    },
    "da_fat_outcome_rate": lambda r: over(
        by_area(da_outcomes(r).filter(pl.col("outcome_code").is_in(FAT)), pl.len()), by_area(r["crimes"].filter("is_domestic_abuse"), pl.len())
    ),
    "da_outcome_16_rate": lambda r: by_area(da_outcomes(r), share(pl.col("outcome_code") == "16")),
    "rape_fat_outcome_rate_cohort": cohort,
    "da_arrest_rate": lambda r: over(
        by_area(r["arrests"].filter("is_domestic_abuse"), pl.len()), by_area(r["crimes"].filter("is_domestic_abuse"), pl.len())
    ),
    "dvpo_authorised": lambda r: by_area(r["orders"].filter((pl.col("kind") == "DVPO") & pl.col("authorised_at").is_not_null()), pl.len(), FORCE),
    "speed_watch_speeding_share": lambda r: by_area(
        r["sessions"].filter(pl.col("vehicles_speeding") <= pl.col("vehicles_observed")),
        100.0 * pl.col("vehicles_speeding").sum() / pl.col("vehicles_observed").sum(),
        FORCE,
    ),
    "casualty_volume": lambda r: by_area(r["collisions"], pl.col("number_of_casualties").sum(), FORCE),
}


@pytest.mark.parametrize("measure", WORKED_OUT)
def test_a_figure_worked_out_from_the_raw_files_is_the_published_one(measure, raw, published):
    expected = WORKED_OUT[measure](raw)
    counted = published.query(
        """
        select area_id, segment, date_trunc('month', period_end)::date, value
        from measures.measure_values
        where measure_id = ? and period_type = 'month' and list_contains(?, area_id) and value is not null and (value <> 0 or denominator is not null)
        """,
        [measure, sorted({area for area, _, _ in expected})],
    )
    split = {segment for _, segment, _ in expected} != {"all"}
    found = {(area, segment, when): value for area, segment, when, value in counted if split or segment == "all"}
    assert len(expected) > 20
    empty = {key for key, value in found.items() if value == 0} - set(expected)
    assert set(found) - empty == set(expected)
    wrong = {key: (value, found[key]) for key, value in expected.items() if not np.isclose(value, found[key], rtol=1e-12, atol=1e-12)}
    assert wrong == {}


def test_twelve_months_are_worked_out_from_their_rows_and_not_from_their_months(raw, published):
    """A median of July's twelve months, and a rate of them, from the rows of the window."""
    window = (date(2022, 8, 1), date(2023, 7, 1))
    waits = calls_of(raw, "101").filter(pl.col("answered") & pl.col("month").is_between(*window))["wait"].to_numpy()
    gone = calls_of(raw, "999").filter(pl.col("month").is_between(*window))
    expected = {
        "line_101_wait_time_median": float(np.quantile(waits, 0.5)),
        "line_101_wait_time_p90": float(np.quantile(waits, 0.9)),
        "public_999_abandonment_rate": 100.0 * gone["abandoned"].sum() / gone.height,
    }
    found = published.query(
        """
        select measure_id, value from measures.measure_values
        where period_type = 'r12m' and period_end = '2023-07-31' and segment = 'all' and area_id = 'wiltshire_force' and list_contains(?, measure_id)
        """,
        [list(expected)],
    )
    assert dict(found) == pytest.approx(expected, rel=1e-12)


def test_outstanding_suspects_are_counted_on_the_day_of_the_snapshot(raw, published):
    wanted = raw["suspects"].filter((pl.col("status") == "outstanding") & pl.col("is_domestic_abuse"))
    expected = dict(wanted.unique(["snapshot_date", "suspect_id", "crime_ref"]).group_by("snapshot_date").len().rows())
    found = published.query(
        """
        select period_end, value::bigint from measures.measure_values
        where measure_id = 'da_outstanding_suspects' and period_type = 'snapshot' and segment = 'all' and area_id = 'wiltshire_force'
        """
    )
    assert expected
    assert {when: value for when, value in found if value or when in expected} == expected
