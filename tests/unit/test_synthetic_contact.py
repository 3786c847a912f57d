"""The contact figures of the report of July 2023, worked out from the synthetic rows in their latest versions at the force's true size."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.settings import PROJECT_DIR
from pipelines.synthetic import calibration as cal
from pipelines.synthetic import online, rota
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.extracts import Extract
from pipelines.synthetic.generate import monthly_extracts, telephony_extracts
from pipelines.synthetic.plan import Plan
from tests.series import correlation, is_rising, mann_kendall
from tests.spc_charts import charts

END, SEED = date(2023, 7, 31), 20230731
WHOLE = Plan(tl.months_until(END, 79), END, SEED, 1.0)
DRAWN = tl.months_until(END, 24)  # months of which rows are drawn; those before are as planned, which the first test ties to rows
JULY = DRAWN[-1]


def latest_versions(extracts: Iterable[Extract], feed: str, key: list[str]) -> pl.DataFrame:
    """One row per key, as the last extract has it."""
    frames = [e.frame.with_columns(pl.lit(e.taken).alias("taken")) for e in extracts if e.feed == feed]
    return pl.concat(frames).sort("taken", maintain_order=True).unique(key, keep="last", maintain_order=True)


@pytest.fixture(scope="module")
def telephony() -> list[Extract]:
    return list(telephony_extracts(Plan(DRAWN, END, SEED, 1.0)))


@pytest.fixture(scope="module")
def calls(telephony) -> pl.DataFrame:
    """Resolved calls that are no tests: line, month, wait in seconds, whether abandoned, local day."""
    rows = latest_versions(telephony, "force_calls", ["call_id", "line"]).filter(~pl.col("is_test"))
    rows = rows.filter(pl.col("answered_at").is_not_null() | pl.col("abandoned_at").is_not_null())
    return rows.select(
        "line",
        pl.col("offered_at").dt.truncate("1mo").dt.date().alias("month"),
        pl.col("offered_at").dt.day().alias("day"),
        (pl.coalesce("answered_at", "abandoned_at") - pl.col("offered_at")).dt.total_seconds().alias("wait"),
        pl.col("answered_at").is_null().alias("abandoned"),
    )


@pytest.fixture(scope="module")
def monthly(calls) -> dict[str, pl.DataFrame]:
    """By line, a row a drawn month with what MEASURES defines."""
    answered = ~pl.col("abandoned")
    made = calls.group_by("line", "month").agg(
        pl.len().alias("offered"),
        pl.col("abandoned").sum().alias("gone"),
        (pl.col("abandoned") & (pl.col("wait") <= 60)).sum().alias("gone_early"),
        (100 * pl.col("abandoned").mean()).alias("abandonment"),
        pl.col("wait").filter(answered).mean().alias("wait"),
        (100 * (pl.col("wait") < 10).filter(answered).mean()).alias("within_10"),
    )
    return {line: made.filter(pl.col("line") == line).sort("month") for line in cal.telephony.LINES}


@pytest.fixture(scope="module")
def reports() -> pl.DataFrame:
    refs = pl.Series(["54/1"])
    plan = Plan(tl.months_until(END, 31), END, SEED, 1.0)
    rows = latest_versions(
        monthly_extracts(plan, "online_reports", lambda p, month: online.month_rows(p, month, refs)), "online_reports", ["report_id"]
    )
    return rows.with_columns(pl.col("submitted_at").dt.truncate("1mo").dt.date().alias("month"))


def year(frame: pl.DataFrame, column: str, back: int = 0) -> float:
    """The twelve months to July 2023, or those before."""
    last = frame[column].to_numpy()
    return float(last[-12:].sum() if back == 0 else last[-24:-12].sum())


def planned(line: str, what: str) -> np.ndarray:
    """A value per month from January 2017 on."""
    values = {
        "offered": lambda m: WHOLE.rows(f"calls {line}", cal.telephony.LINES[line].volume, m),
        "wait": lambda m: WHOLE.level(f"wait {line}", cal.telephony.LINES[line].wait_mean, m),
        "abandonment": lambda m: 100 * WHOLE.level(f"abandonment {line}", cal.telephony.LINES[line].abandonment, m),
    }[what]
    return np.array([values(month) for month in WHOLE.months], dtype=float)


def rebases(measure: str) -> list[tuple[str, str, int]]:
    """The measure's rebases of the seed, counted in months since January 2017."""
    seed = pl.read_csv(PROJECT_DIR / "dbt_project" / "seeds" / "spc_rebases.csv", try_parse_dates=True)
    mine = seed.filter(pl.col("measure_pattern").is_in([measure, f"{measure.split('_', maxsplit=1)[0]}_*"]))["effective_month"]
    return [(measure, "all", WHOLE.months.index(month)) for month in mine]


def chart(values: np.ndarray, measure: str = "m", seasonal: bool = False, unit: str = "count", window_years: int = 0) -> pl.DataFrame:
    """The process behaviour chart of the dbt models, a row per month."""
    described: dict[str, dict[str, Any]] = {measure: {"is_seasonal": seasonal, "unit": unit}}
    with charts({(measure, "all"): values.tolist()}, described, rebases=rebases(measure), window_years=window_years) as connection:
        return connection.execute("select * from measure_spc order by month").pl()


def exceptional(frame: pl.DataFrame, sign: int = 1) -> list[bool]:
    """Whether each month is beyond a limit or one of two of three near it (methods.md 11)."""
    return frame.select((pl.col("rule_outside") == sign) | (pl.col("rule_two_of_three") == sign)).to_series().to_list()


def months_in_a_row(flags: list[bool]) -> int:
    """How many of the last months are flagged without a break."""
    return next((i for i, flag in enumerate(reversed(flags)) if not flag), len(flags))


@pytest.mark.parametrize("line", ["999", "101", "cch", "crib"])
@pytest.mark.parametrize("what", ["offered", "wait", "abandonment"])
def test_latest_versions_show_each_month_as_planned(monthly, line, what):
    tolerance = {"offered": 0, "wait": 0.01, "abandonment": 0.03}[what]
    found, wanted = monthly[line][what].to_numpy(), planned(line, what)[-24:]
    usual = [month.month not in (3, 10) or what != "wait" for month in DRAWN]  # local times alone cannot tell waits of the nights when clocks change
    assert found[usual] == pytest.approx(wanted[usual], abs=tolerance)


# ---------------------------------------------------------------------------------------------------------- public 999


def test_999_calls_offered(monthly):
    offered = monthly["999"]["offered"]
    assert offered[-1] == 9_853
    now, before = year(monthly["999"], "offered"), year(monthly["999"], "offered", back=1)
    assert (now, before, now - before) == (104_590, 93_551, 11_039)
    assert round(100 * (now - before) / before, 1) == 11.8


@pytest.mark.parametrize(
    ("seasonal", "window_years"), [(False, 0), (True, 0), (True, 3)], ids=["as counted", "seasonally adjusted", "by limits of three years"]
)
def test_999_calls_are_exceptionally_high_in_the_last_three_months(seasonal, window_years):
    found = chart(planned("999", "offered"), "public_999_calls_offered", seasonal, window_years=window_years)
    assert found["limits_status"][-3:].unique().to_list() == ["established"]
    assert months_in_a_row(exceptional(found)) == 3


def test_999_abandonment(monthly):
    frame = monthly["999"]
    assert round(frame["abandonment"][-1], 1) == 4.4
    rate = [100 * year(frame, "gone", back) / year(frame, "offered", back) for back in (0, 1)]
    assert round(rate[0] - rate[1], 1) == -2.4
    found = chart(planned("999", "abandonment"), "public_999_abandonment_rate", unit="pct")
    assert months_in_a_row(exceptional(found)) == 2
    assert sum(exceptional(found)) == 2
    assert found["phase"].n_unique() == 2
    assert frame["abandonment"][-2:].min() > frame["abandonment"][-13:-2].max()


def test_999_wait_falls_to_eleven_seconds_after_two_high_months(monthly):
    waits = monthly["999"]["wait"]
    assert round(waits[-1]) == 11
    assert waits[-3:-1].min() > waits[-1]
    flags = exceptional(chart(planned("999", "wait"), "public_999_wait_time_mean", unit="seconds"))
    assert months_in_a_row(flags[:-1]) == 2
    assert not flags[-1]
    assert is_rising(waits.to_numpy())


def test_999_answers_within_ten_seconds_fall_as_volume_and_wait_rise(monthly):
    frame = monthly["999"][-12:]
    for other in ("offered", "wait"):
        r, z = correlation(frame["within_10"].to_numpy(), frame[other].to_numpy())
        assert r < -0.7
        assert z < -1.96


# ------------------------------------------------------------------------------------------------------------ BT legs


def test_bt_answers_take_longer_than_the_force_s_own(telephony):
    legs = latest_versions(telephony, "bt_999_calls", ["bt_leg_id"]).filter((pl.col("outcome") == "answered") & (pl.col("force_code") == "wiltshire"))
    legs = legs.filter(pl.col("presented_at").dt.truncate("1mo").dt.date() == JULY)
    assert (legs["answered_at"] - legs["presented_at"]).dt.total_seconds().mean() == pytest.approx(16.6, abs=0.2)


# ------------------------------------------------------------------------------------------------------------ CCH, 101


def test_cch_wait_of_june_is_the_longest_since_2017_and_july_significantly_better(monthly):
    waits = monthly["cch"]["wait"]
    assert round(waits[-1]) == 77
    assert waits[-1] > 30, "outside the SLA"
    since_2017 = planned("cch", "wait")
    assert since_2017.argmax() == len(since_2017) - 2
    found = chart(since_2017, "cch_wait_time_mean", unit="seconds")
    assert found["phase"][-9:].n_unique() == 1
    assert found["phase"][-10] != found["phase"][-9]
    assert exceptional(found)[-2]
    assert exceptional(found, -1)[-1]
    assert is_rising(waits.to_numpy())
    assert mann_kendall(waits[-9:].to_numpy())[1] < 0.05, "within the months since the model change too"


def test_cch_abandonment(monthly):
    july, june = monthly["cch"].row(-1, named=True), monthly["cch"].row(-2, named=True)
    assert (july["gone"], july["gone_early"], july["offered"]) == (1_955, 679, 16_292)
    assert round(100 * july["gone_early"] / july["gone"], 1) == 34.7
    assert (round(june["abandonment"]), round(july["abandonment"])) == (15, 12)
    assert 0 < june["offered"] - july["offered"] < 0.02 * july["offered"]
    share = monthly["cch"].select(100 * pl.col("gone_early") / pl.col("gone")).to_series().to_numpy()
    assert abs(share[-1] - share[-4:-1].mean()) < np.abs(np.diff(share)).mean()


def test_cch_calls_step_up_with_the_model_change(monthly):
    offered = monthly["cch"]["offered"].to_numpy()
    assert offered[-9:].min() > 1.25 * offered[:-9].max()


@pytest.mark.parametrize("line", ["101", "cch"])
def test_waits_shorten_through_july(calls, monthly, line):
    answered = calls.filter((pl.col("line") == line) & (pl.col("month") == JULY) & ~pl.col("abandoned"))
    first, last = (answered.filter(days)["wait"].mean() for days in (pl.col("day") <= 7, pl.col("day") > 24))
    assert last < 0.9 * first
    assert (answered["wait"] < 0).mean() < 0.001, "but for a few faults of the clock"
    assert monthly[line]["wait"][-1] < monthly[line]["wait"][-2]


def test_101_wait(monthly):
    assert round(monthly["101"]["wait"][-1]) == 72


# ------------------------------------------------------------------------------------------------------ online reports


def per_month(rows: pl.DataFrame) -> np.ndarray:
    return rows.group_by("month").len().sort("month")["len"].to_numpy()


def test_online_reports(reports):
    counts = per_month(reports)
    assert counts[-1] == 1_391
    assert 0 < counts[-2] - counts[-1] < 50
    now, before = counts[-12:].sum(), counts[-24:-12].sum()
    assert (now, before, now - before) == (14_372, 8_684, 5_688)
    assert round(100 * (now - before) / before, 1) == 65.5


def test_three_forms_and_no_other_are_exceptionally_high_for_three_months(reports):
    runs = {
        form: months_in_a_row(exceptional(chart(per_month(reports.filter(pl.col("form_type") == form)).astype(float))))
        for form in cal.online.ONLINE_FORMS
    }
    assert {form for form, run in runs.items() if run == 3} == {
        "report the behaviour of someone",
        "report something else",
        "request an update on a crime",
    }


@pytest.mark.parametrize("months", [9, 8], ids=["November to July", "December to July"])
def test_online_reports_and_cch_calls_move_together_since_the_model_change(reports, monthly, months):
    calls, online_reports = monthly["cch"]["offered"].to_numpy()[-months:], per_month(reports)[-months:]
    r, z = correlation(calls, online_reports)
    assert round(r, 2) == 0.86
    assert z > 1.96
    assert correlation(np.diff(calls), np.diff(online_reports))[1] > 1.96, "month to month too"


def test_more_reports_add_to_an_earlier_one_since_the_model_change(reports):
    after = pl.col("month") >= cal.telephony.MODEL_CHANGE
    share = reports.group_by(after.alias("after")).agg(pl.col("is_additional_information").mean()).sort("after")
    assert share["is_additional_information"][1] > 1.5 * share["is_additional_information"][0]


@pytest.mark.parametrize("hours", [4, 1], ids=["7 by 6 cells", "7 by 24 cells"])
@pytest.mark.parametrize("months", [31, 18])
def test_hours_and_weekdays_of_submission_do_not_change(reports, months, hours):
    some = reports.filter(pl.col("month").is_in(tl.months_until(END, months)))
    cells = some.group_by(
        pl.col("submitted_at").dt.weekday().alias("weekday"),
        (pl.col("submitted_at").dt.hour() // hours).alias("hours"),
        (pl.col("month") >= cal.telephony.MODEL_CHANGE).alias("after"),
    ).len()
    table = cells.pivot("after", index=["weekday", "hours"], values="len").fill_null(0).drop("weekday", "hours").to_numpy().astype(float)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    assert np.sqrt(((table - expected) ** 2 / expected).sum() / table.sum()) < 0.05


def test_most_reports_come_in_the_working_week_and_hours(reports):
    at = pl.col("submitted_at")
    is_working = (at.dt.weekday() <= 5) & at.dt.hour().is_between(9, 16)
    share = reports.group_by((pl.col("month") >= cal.telephony.MODEL_CHANGE).alias("after")).agg(is_working.mean().alias("share"))
    assert share["share"].min() > 0.5


def test_the_rota_has_every_half_hour_of_its_months_and_a_plan_ahead():
    plan = Plan(tl.months_until(date(2023, 7, 31), 8), date(2023, 7, 31), 1, 1.0)
    extracts = list(rota.extracts(plan))
    assert [extract.month for extract in extracts] == [date(2023, month, 1) for month in range(1, 9)]
    march = next(extract.frame for extract in extracts if extract.month.month == 3)
    assert march.height == 4 * (31 * 48 - 2)  # the clocks go forward
    assert (march["present_count"] <= march["scheduled_count"]).all()
    *_, ahead = extracts
    assert ahead.taken < datetime(2023, 8, 1)
    assert ahead.frame["present_count"].is_null().all()
    assert ahead.frame["starts_at"].min() == datetime(2023, 8, 1)
    assert ahead.frame.group_by("line").len()["len"].unique().to_list() == [35 * 48]


def test_a_small_demonstration_has_few_operators_and_is_short_of_them_at_the_weekend():
    plan = Plan(tl.months_until(date(2023, 7, 31), 8), date(2023, 7, 31), 1, 0.02)
    *_, ahead = rota.extracts(plan)
    rostered = ahead.frame.group_by("line").agg(pl.col("scheduled_count").min().alias("least"), pl.col("scheduled_count").max().alias("most"))
    assert set(rostered.iter_rows()) == {("999", 0, 1), ("101", 1, 1), ("cch", 0, 1), ("crib", 1, 1)}
