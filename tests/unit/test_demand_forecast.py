"""Forecasts of calls on series whose future is known: errors, intervals, level shifts, clock changes, and when the week before is shown instead."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from pipelines.demand import day_model
from pipelines.demand.day_model import origin_forecasts
from pipelines.demand.forecast import HORIZONS, MODEL, NAIVE, Forecast, calibrated, factors, forecasts
from pipelines.demand.forecast_table import DAY, HALF_HOUR, call_forecasts
from pipelines.demand.history import DAYS_AHEAD, Floats, History
from pipelines.demand.origin_table import NONE, origin_table
from pipelines.demand.outlook import Outlook, naive_days

MONDAY = date(2021, 3, 1)
DAYS = 760
WEEK = np.array([0.95, 0.92, 0.94, 0.97, 1.1, 1.15, 0.97])
COURSE = 1 + 0.8 * np.sin(2 * np.pi * (np.arange(48) - 16) / 48)
COURSE = COURSE / COURSE.sum()


def usual(per_day: float, days: int = DAYS + DAYS_AHEAD) -> tuple[Floats, Floats]:
    """What is to be expected of each day, with week, season and quiet holidays, and which the holidays are."""
    day = np.arange(days)
    is_holiday = day % 45 == 20
    return per_day * WEEK[day % 7] * (1 + 0.08 * np.sin(2 * np.pi * day / 365.25)) * np.where(is_holiday, 0.75, 1), is_holiday


def history(calls_per_day: Floats, is_holiday: Floats, seed: int, known: int = DAYS) -> History:
    """Counts by chance, with days busier or quieter than chance would have them."""
    random = np.random.default_rng(seed)
    scattered = calls_per_day[:known] * random.gamma(150, 1 / 150, known)
    counts = random.poisson(scattered[:, None] * COURSE).astype(float)
    return History(MONDAY, counts.sum(axis=1), counts, is_holiday[: known + DAYS_AHEAD])


def made_of(of: History) -> tuple[Forecast, Forecast, Forecast]:
    """The forecast of the next fourteen days, that of the days after them, and the half hours."""
    (near, far), slots = forecasts(of, origin_forecasts(of, {}))
    return near, far, slots


@pytest.fixture(scope="module")
def made() -> list:
    """Forecasts of six lines, quiet and busy."""
    lines = [(60, 1), (60, 2), (300, 3), (300, 4), (900, 5), (900, 6)]
    return [(per_day, *made_of(history(*usual(per_day), seed))) for per_day, seed in lines]


def test_the_model_beats_the_week_before_by_day_and_by_half_hour(made):
    for per_day, near, far, slots in made:
        for forecast in (near, far, slots):
            assert forecast.method == MODEL
            assert forecast.backtest.mase < 0.9 * forecast.backtest.naive_mase, per_day
        assert near.backtest.mase < 1


def test_intervals_of_days_hold_what_they_promise(made):
    for number in (1, 2):
        assert 0.74 < np.mean([of[number].backtest.coverage_80 for of in made]) < 0.86
        assert 0.92 < np.mean([of[number].backtest.coverage_95 for of in made]) < 0.98


def test_intervals_of_half_hours_hold_at_least_that_since_calls_are_whole(made):
    for per_day, _, _, slots in made:
        assert 0.78 < slots.backtest.coverage_80 < (0.9 if per_day >= 300 else 0.97), per_day
        assert slots.backtest.coverage_95 > 0.93, per_day


def test_what_comes_is_near_what_was_expected_of_it(made):
    for per_day, near, far, _ in made:
        expected = np.concatenate([near.bounds.expected, far.bounds.expected])
        truth = usual(per_day)[0][DAYS:]
        assert np.mean(np.abs(expected / truth - 1)) < 0.06, per_day
        assert expected[20 + 45 * 17 - DAYS] < 0.9 * expected[27 + 45 * 17 - DAYS]  # a bank holiday and a week after it


@pytest.mark.parametrize(("per_day", "shift", "seed"), [(300, 1.25, 1), (300, 0.8, 2), (900, 1.25, 3)])
def test_four_weeks_after_a_shift_the_forecast_has_the_new_level(per_day, shift, seed):
    expected, is_holiday = usual(per_day)
    shifted = np.where(np.arange(len(expected)) >= DAYS - 28, shift, 1) * expected
    near, _, _ = made_of(history(shifted, is_holiday, seed))
    assert abs(near.bounds.expected.sum() / shifted[DAYS : DAYS + 14].sum() - 1) < abs(shift - 1) / 3


def test_the_months_ahead_have_most_of_a_shift_after_four_weeks_and_all_but_a_little_after_eight():
    expected, is_holiday = usual(300)
    for weeks, missing in ((4, 0.6), (8, 0.25)):
        shifted = np.where(np.arange(len(expected)) >= DAYS - 7 * weeks, 1.25, 1) * expected
        _, far, _ = made_of(history(shifted, is_holiday, 1))
        assert abs(far.bounds.expected.sum() / shifted[DAYS + 14 :].sum() - 1) < missing * 0.25


def test_a_forecast_that_does_not_beat_the_week_before_is_not_shown():
    """The last half year repeats one week exactly, after a year of weeks that differ: nothing can beat the week before."""
    random = np.random.default_rng(9)
    week = random.integers(5, 400, (7, 48)).astype(float)
    levels = np.append(random.uniform(0.5, 1.5, 80), np.ones(28))
    counts = (levels[:, None, None] * week).reshape(-1, 48)
    known = len(counts)
    near, _, slots = made_of(History(MONDAY, counts.sum(axis=1), counts, np.zeros(known + DAYS_AHEAD, dtype=bool)))
    for forecast, latest in ((near, counts[-7:].sum(axis=1)), (slots, counts[-7:])):
        assert forecast.method == NAIVE
        assert forecast.backtest.mase >= forecast.backtest.naive_mase
        assert (forecast.bounds.expected[:7] == latest).all()
        assert (forecast.bounds.expected[7:14] == latest).all()


@pytest.mark.parametrize(("known", "method"), [(40, None), (100, NAIVE), (300, MODEL)])
def test_with_little_known_the_week_before_is_shown_and_with_less_nothing(known, method):
    of = history(*usual(300), 4, known)
    found = forecasts(of, origin_forecasts(of, {}))
    assert (found and found[1].method) == method
    if method is NAIVE:
        assert found[1].backtest is None


def test_gaps_are_not_taken_for_days_without_calls():
    full = history(*usual(300), 8)
    counts = full.counts.copy()
    counts[-40:-30] = np.nan
    counts[-3] = np.nan
    near, _, _ = made_of(History(MONDAY, counts.sum(axis=1), counts, full.is_holiday))
    whole, _, _ = made_of(full)
    assert np.abs(near.bounds.expected / whole.bounds.expected - 1).max() < 0.05


def demand(per_day: float, first: date, last: date, line: str = "999", area: str = "force") -> pl.DataFrame:
    """A table like measures.interval_demand."""
    start, end = first, last + timedelta(days=1)
    times = pl.select(pl.datetime_range(start, end, "30m", closed="left", time_zone="Europe/London").dt.replace_time_zone(None).alias("at"))["at"]
    slot = times.dt.hour().to_numpy().astype(int) * 2 + times.dt.minute().to_numpy() // 30
    expected = per_day * WEEK[times.dt.weekday().to_numpy() - 1] * COURSE[slot]
    return pl.DataFrame(
        {
            "area_id": area,
            "line": line,
            "local_date": times.dt.date(),
            "interval_start_local": times,
            "offered_count": np.random.default_rng(11).poisson(expected),
        }
    )


NOTHING = pl.DataFrame(schema={"area_id": pl.String, "line": pl.String, "local_date": pl.Date, "offered_count": pl.Int64})


def table_of(calls: pl.DataFrame, earlier: pl.DataFrame = NOTHING, holidays: Collection[date] = (), known: Collection[str] = ()) -> pl.DataFrame:
    return call_forecasts(calls, earlier, holidays, origin_table(calls, earlier, holidays), known)


def test_days_on_which_the_clocks_change_have_the_half_hours_that_they_have():
    found = table_of(demand(300, date(2022, 12, 1), date(2023, 10, 20)), NOTHING, [date(2022, 12, 26)])
    lengths = dict(found.filter(pl.col("grain") == HALF_HOUR).group_by("local_date").len().rows())
    assert lengths[date(2023, 10, 29)] == 50
    assert {length for day, length in lengths.items() if day != date(2023, 10, 29)} == {48}
    assert found.filter(pl.col("grain") == HALF_HOUR)["interval_start_at"].is_unique().all()
    together = (
        found.group_by("local_date", "grain")
        .agg(pl.col("expected_value").sum())
        .pivot("grain", index="local_date", values="expected_value")
        .drop_nulls()
    )
    assert len(together) == 14
    assert (together[DAY] - together[HALF_HOUR]).abs().max() < 0.05  # each is rounded to thousandths


def test_lines_of_which_nothing_is_new_are_left_out():
    calls = pl.concat([demand(50, date(2023, 1, 1), date(2023, 7, 31)), demand(80, date(2023, 1, 1), date(2023, 7, 31), "101")])
    found = table_of(calls)
    assert set(found["line"]) == {"999", "101"}
    known = found["inputs_hash"].unique().to_list()
    assert len(known) == 2
    assert table_of(calls, known=known).is_empty()
    others = origin_table(calls, NOTHING, []).with_columns(pl.lit("of another model").alias("inputs_hash"))
    assert set(call_forecasts(calls, NOTHING, [], others, known)["line"]) == {"999", "101"}
    more = pl.concat([calls, demand(50, date(2023, 8, 1), date(2023, 8, 1))])
    again = table_of(more, known=known)
    assert set(again["line"]) == {"999"}
    assert again.equals(table_of(more).filter(pl.col("line") == "999"))


def test_earlier_days_teach_the_season():
    """With a year of days before the half hours, a season is known that half hours alone would be too short for."""
    first, last = date(2022, 10, 1), date(2023, 8, 31)
    calls = demand(300, first, last)
    wave = 1 + 0.25 * np.cos(2 * np.pi * calls["local_date"].dt.ordinal_day().to_numpy() / 365.25)
    calls = calls.with_columns(pl.Series("offered_count", np.random.default_rng(1).poisson(calls["offered_count"].to_numpy() * wave)))
    days = pl.select(pl.date_range(first - timedelta(days=365 * 2), first - timedelta(days=1)).alias("local_date"))
    seasonal = 300 * (1 + 0.25 * np.cos(2 * np.pi * days["local_date"].dt.ordinal_day().to_numpy() / 365.25))
    earlier = days.with_columns(
        pl.lit("force").alias("area_id"), pl.lit("999").alias("line"), pl.Series("offered_count", np.random.default_rng(2).poisson(seasonal))
    )
    november = pl.col("local_date") > date(2023, 11, 15)
    daily = [table_of(calls, before).filter((pl.col("grain") == DAY) & november)["expected_value"].mean() for before in (earlier, NOTHING)]
    truth = 300 * (1 + 0.25 * np.cos(2 * np.pi * 326 / 365.25))
    assert abs(daily[0] / truth - 1) < 0.06 < abs(daily[1] / truth - 1)


def test_forecasts_kept_from_night_to_night_are_those_made_at_once(monkeypatch):
    """Three weeks, night by night, past a new estimate and with a late correction: each makes what is new to it, and drops what is too old."""
    monkeypatch.setattr(day_model, "ORIGIN_DAYS", 56)
    monkeypatch.setattr(day_model, "ESTIMATED_DAYS", 28)
    full = history(*usual(200), 5, 300)
    corrected = full.counts.copy()
    corrected[265, 20] += 9
    kept: dict = {}
    made_anew = []
    for known in range(280, 301):
        counts = (full.counts if known < 290 else corrected)[:known]
        tonight = History(MONDAY, counts.sum(axis=1), counts, full.is_holiday[: known + DAYS_AHEAD])
        found, at_once = origin_forecasts(tonight, kept), origin_forecasts(tonight, {})
        assert list(found) == list(at_once)
        for origin, forecast in found.items():
            same = at_once[origin]
            assert (forecast.means.tobytes(), forecast.errors.tobytes(), forecast.variances.tobytes()) == (
                same.means.tobytes(),
                same.errors.tobytes(),
                same.variances.tobytes(),
            )
        made_anew.append({origin for origin, forecast in found.items() if forecast is not kept.get(origin)})
        kept = found
    mondays = {origin for origin in range(200, 300) if (MONDAY + timedelta(days=origin)).weekday() == 0}
    estimated = {origin for origin in mondays if (MONDAY.toordinal() + origin) % 28 == 1}
    assert estimated & set(range(281, 300))
    for known, anew in zip(range(281, 301), made_anew[1:], strict=True):
        # the night after a Monday it is the newest day no longer, and has its variances from the last Monday on which they were estimated
        expected = {known} | ({known - 1} & mondays - estimated)
        assert anew == (expected | {origin for origin in mondays if 265 < origin < known} if known == 290 else expected)
    assert 300 - 56 - 28 <= min(kept) <= 300 - 56
    assert set(kept) == {origin for origin in mondays if origin >= min(kept)} | {300}


def test_a_window_that_begins_later_makes_no_forecast_anew(monkeypatch):
    monkeypatch.setattr(day_model, "ORIGIN_DAYS", 56)
    monkeypatch.setattr(day_model, "HISTORY_DAYS", 196)
    full = history(*usual(200), 5, 320)
    later = History(MONDAY + timedelta(days=31), full.days[31:], full.counts[31:], full.is_holiday[31:])
    before = origin_forecasts(full, {})
    after = origin_forecasts(later, {origin - 31: forecast for origin, forecast in before.items()})
    assert [after[origin - 31] is forecast for origin, forecast in before.items()] == [True] * len(before)


def test_the_table_of_origins_is_replaced_line_by_line_and_only_where_something_is_new():
    calls = pl.concat([demand(50, date(2023, 1, 1), date(2023, 7, 31)), demand(80, date(2023, 1, 1), date(2023, 7, 31), "101")])
    kept = origin_table(calls, NOTHING, [])
    assert set(kept["line"]) == {"999", "101"}
    assert origin_table(calls, NOTHING, [], kept).is_empty()
    more = pl.concat([calls, demand(50, date(2023, 8, 1), date(2023, 8, 1))])
    again = origin_table(more, NOTHING, [], kept)
    assert set(again["line"]) == {"999"}
    assert again.equals(origin_table(more, NOTHING, []).filter(pl.col("line") == "999"))
    assert kept.schema == again.schema == NONE.schema


def test_intervals_are_calibrated_by_what_was_known_at_the_origin():
    """Errors are twice what the standard errors say; at an origin, what came after it changes nothing."""
    random = np.random.default_rng(7)
    came = 100 + 20 * random.standard_normal(700)
    outlooks = {origin: Outlook(np.full(DAYS_AHEAD, 100.0), np.full(DAYS_AHEAD, 10.0)) for origin in range(0, 701, 7)}
    changed = np.where(np.arange(700) < 350, came, 1000)
    for before, after in zip(calibrated(came, outlooks, [0, 350, 700]), calibrated(changed, outlooks, [0, 350, 700]), strict=True):
        assert (before[350].upper_80 == after[350].upper_80).all()
        assert (before[700].upper_80 < after[700].upper_80).all()
        widths = [before[origin].upper_80[0] - 100 for origin in (0, 350, 700)]
        assert widths[0] == pytest.approx(12.8155, abs=0.001)
        assert 12.8155 * 1.3 < widths[1] < 12.8155 * 2.1
        assert 12.8155 * 1.3 < widths[2] < 12.8155 * 2.1


def test_few_errors_are_not_taken_for_the_truth():
    for first, end in HORIZONS:
        days = end - first
        assert factors(np.empty(0), days) == (1, 1)
        little, much = (factors(np.full(days * origins, 2.0), days)[0] for origins in (2, 52))
        assert 1 < little < 1.15 < much < 2 / 1.2816


def test_naive_intervals_are_those_of_differences_within_a_year_before():
    """Against sums written out: gaps count for neither side, and further weeks are at least as uncertain as nearer ones."""
    of = history(*usual(300), 3, 500)
    days = of.days.copy()
    days[[100, 333, 450]] = np.nan
    gapped = History(MONDAY, days, of.counts, of.is_holiday)
    for origin in (90, 430, 500):
        outlook = naive_days(gapped, [90, 430, 500])[origin]
        widest = 0.0
        for week in range(1, 14):
            first = max(origin - 364, 0)
            squares = [(days[day] - days[day - 7 * week]) ** 2 for day in range(first + 7 * week, origin)]
            known = [square for square in squares if not np.isnan(square)]
            widest = max([widest, *([sum(known) / len(known)] if known else [])])
            assert outlook.errors[7 * week - 1] == pytest.approx(np.sqrt(widest))
