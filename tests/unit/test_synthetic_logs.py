"""The logs of the synthetic force show what the report of July 2023 prints of response, scenes, silent calls and anti-social behaviour.

Everything is worked out from the rows at true size, as their latest extract shows them, by the definitions of the measures.
"""

from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw, fit, logs
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.generate import log_extracts
from pipelines.synthetic.plan import Plan
from tests import series

END, SEED = date(2023, 7, 31), 20230731
JULY_22, JULY_23 = date(2022, 7, 1), date(2023, 7, 1)
HISTORY = tl.months_until(END, 79)
NEEDED = (
    *("log_number", "created_at", "initial_grade", "final_grade", "graded_at", "opening_type", "closing_type", "cpt", "deployed"),
    *("first_arrived_at", "scene_cleared_at", "appointment_requested", "duplicate_of", "is_test", "asb_type"),
)
FORCE = pl.lit(True)
COUNTY, SWINDON, UNALLOCATED = (pl.col("district") == name for name in ("county", "swindon", "unallocated"))
WITHIN_SLA = pl.col("response") <= pl.when(pl.col("final_grade") == "Priority").then(3_600).when(SWINDON).then(900).otherwise(1_200)


def measured(rows: pl.DataFrame) -> pl.DataFrame:
    """Logs that count, with month, team, district, response and time at scene in seconds."""
    counted = rows.filter(~pl.col("is_test") & pl.col("duplicate_of").is_null())
    wall = ("created_at", "graded_at", "first_arrived_at", "scene_cleared_at")
    counted = counted.with_columns(
        pl.col("created_at").dt.truncate("1mo").dt.date().alias("month"),
        pl.col("cpt").fill_null("").str.to_lowercase().str.strip_suffix(" cpt").alias("team"),
        *(pl.col(name).dt.replace_time_zone("Europe/London", ambiguous="earliest", non_existent="null") for name in wall),
    )
    clock = pl.when(pl.col("final_grade") != pl.col("initial_grade")).then("graded_at").otherwise("created_at")
    response = (pl.col("first_arrived_at") - clock).dt.total_seconds()
    scene = (pl.col("scene_cleared_at") - pl.col("first_arrived_at")).dt.total_seconds()
    teams = [cpt.name.lower() for cpt in cal.places.CPTS]
    return counted.with_columns(
        response=pl.when(pl.col("deployed") & (response >= 0)).then(response),
        scene=pl.when(scene >= 0).then(scene),
        district=pl.when(pl.col("team") == "swindon")
        .then(pl.lit("swindon"))
        .when(pl.col("team").is_in(teams))
        .then(pl.lit("county"))
        .otherwise(pl.lit("unallocated")),
    ).drop(wall, "cpt", "is_test", "duplicate_of")


@pytest.fixture(scope="module")
def all_logs() -> pl.DataFrame:
    plan = Plan(HISTORY, END, SEED, 1.0)
    return pl.concat([measured(logs.month_rows(plan, month).final.select(NEEDED)) for month in HISTORY])


@pytest.fixture(scope="module")
def graded(all_logs) -> dict[str, pl.DataFrame]:
    return {grade: all_logs.filter(pl.col("final_grade") == grade) for grade in ("Immediate", "Priority")}


def by_month(rows: pl.DataFrame, value: pl.Expr, where: pl.Expr = FORCE) -> list[float]:
    return rows.filter(where).group_by("month").agg(value.alias("value")).sort("month")["value"].to_list()


def r12m(months: list[float], back: int = 0) -> float:
    return sum(months[len(months) - 12 - back : len(months) - back])


MEAN = pl.col("response").mean()
RATE = 100 * (WITHIN_SLA & pl.col("response").is_not_null()).sum() / pl.col("deployed").sum()
MEDIAN_SCENE, MEAN_SCENE = pl.col("scene").median(), pl.col("scene").mean()


@pytest.mark.parametrize(
    ("grade", "where", "july_22", "july_23"),
    [
        ("Immediate", COUNTY, 815, 850),
        ("Immediate", SWINDON, 717, 756),
        ("Immediate", FORCE, None, 817),
        ("Priority", COUNTY, 4_892, 6_611),
        ("Priority", SWINDON, 8_446, 11_114),
        ("Priority", FORCE, None, 8_252),
    ],
    ids=[f"{grade}_{area}" for grade in ("immediate", "priority") for area in ("county", "swindon", "force")],
)
def test_means_are_the_printed_ones_to_the_second(graded, grade, where, july_22, july_23):
    means = by_month(graded[grade], MEAN, where)
    assert round(means[-1]) == july_23
    if july_22:
        assert round(means[-13]) == july_22
        assert round(means[-1] - means[-13]) == july_23 - july_22


def test_response_rates_are_the_printed_ones(graded):
    for grade, now, change, places in (("Immediate", 78.2, -1.4, 1), ("Priority", 51.5, -9.0, 0)):
        rates = by_month(graded[grade], RATE)
        assert round(rates[-1], 1) == now
        assert round(rates[-1] - rates[-13], places) == change
    assert round(by_month(graded["Immediate"], RATE)[-13], 1) == 79.6
    assert round(by_month(graded["Priority"], RATE)[-13], 1) == 60.5


def test_priority_median_and_mean_without_logs_over_ten_hours(graded):
    july = graded["Priority"].filter(pl.col("month") == JULY_23)
    assert round(july["response"].median()) == 3_079
    assert round(july.filter(pl.col("response") <= 36_000)["response"].mean()) == 5_018
    over = july.filter(pl.col("response") > 36_000)
    assert 0.03 < over.height / july["response"].count() < 0.104
    assert 0.3 < over["appointment_requested"].mean() < 0.6  # these should have been scheduled


def test_times_at_scene_are_the_printed_ones_and_rise(graded):
    for grade, printed in (("Immediate", 3_264), ("Priority", 3_412)):
        medians = by_month(graded[grade], MEDIAN_SCENE)
        assert round(medians[-1]) == printed
        assert series.chart(medians).trend[-1] == 1 and series.mann_kendall(medians[-12:])[0] > 1.96
        swindon = by_month(graded[grade], MEDIAN_SCENE, SWINDON)
        assert series.is_rising(swindon)
    means = by_month(graded["Priority"], MEAN_SCENE)
    assert all(a < b for a, b in zip(means[-10:-1], means[-9:], strict=True))  # since October 2022
    assert series.mann_kendall(means[-10:])[0] > 1.96


def test_volumes_of_the_years_are_the_printed_ones(all_logs, graded):
    silent = by_month(all_logs, pl.len(), pl.col("closing_type").str.to_lowercase() == "silent 999")
    volumes = {
        "immediate": (by_month(graded["Immediate"], pl.len()), 20_881, 19_649, -5.9),
        "priority": (by_month(graded["Priority"], pl.len()), 33_738, 30_904, -8.4),
        "silent": (silent, 15_324, 20_764, 35.5),
    }
    for months, before, now, percent in volumes.values():
        assert (r12m(months, 12), r12m(months)) == (before, now)
        assert round(100 * (now - before) / before, 1) == percent
    assert silent[-1] < silent[-2] and silent[-1] > max(silent[:-4])  # fallen since June, still high
    undeployed = by_month(all_logs, pl.len(), pl.col("final_grade") == "No Deployment")
    assert r12m(undeployed) > 1.04 * r12m(undeployed, 12)


def test_only_the_last_two_immediate_means_are_exceptionally_high(graded):
    for where, sla in ((FORCE, 900), (COUNTY, 1_200), (SWINDON, 900)):
        means = by_month(graded["Immediate"], MEAN, where)
        chart = series.chart(means)
        assert series.run_length(chart.is_high) == 2
        assert chart.upper < sla  # comfortably within
        assert series.is_rising(means) and chart.trend[-1] != 1  # signs of a trend


def test_now_and_then_an_immediate_log_is_over_ten_hours(graded):
    over = graded["Immediate"].filter(pl.col("response") > 36_000)
    assert 5 < over.height < 100
    assert over["month"].n_unique() < graded["Immediate"]["month"].n_unique()


def test_priority_means_stand_out_as_printed(graded):
    means = [np.array(by_month(graded["Priority"], MEAN, where)) for where in (FORCE, COUNTY, SWINDON)]
    force, county, swindon = map(series.chart, means)
    assert series.run_length(force.is_high) == 3
    assert (series.run_length(swindon.is_high), (swindon.beyond[-5:] == 1).sum()) == (5, 3)
    assert max(means[2][-5:]) == means[2][-1]
    assert series.run_length(means[1] > county.mean) >= 7
    for values in means:
        assert series.chart(values).trend[-1] == 1
        assert series.is_rising(values, 15)  # since May 2022
        assert (np.diff(values[-15:]) > 0).mean() >= 0.6


def duration_effects(rows: pl.DataFrame, kind: str) -> list[tuple[str, str]]:
    """Incident type and team by what longer scenes add to the year's hours (methods 3.4), the most first."""
    years = rows.filter((pl.col("month") > date(2021, 7, 31)) & pl.col("scene").is_not_null()).with_columns(now=pl.col("month") > JULY_22)
    cells = years.group_by(kind, "team").agg(
        n0=(~pl.col("now")).sum(),
        n1=pl.col("now").sum(),
        m0=pl.col("scene").filter(~pl.col("now")).mean(),
        m1=pl.col("scene").filter("now").mean(),
    )
    cells = cells.filter((pl.col("n0") >= 20) & (pl.col("n1") >= 20))
    return cells.sort((pl.col("n0") + pl.col("n1")) / 2 * (pl.col("m1") - pl.col("m0")), descending=True).select(kind, "team").rows()


@pytest.mark.parametrize("kind", ["opening_type", "closing_type"])
def test_longer_scenes_are_driven_by_the_printed_types_and_teams(graded, kind):
    disorder, domestic = cal.logs.DISORDER, cal.logs.DOMESTIC
    assert duration_effects(graded["Immediate"], kind)[:5] == [
        (disorder, "swindon"),
        (disorder, "salisbury"),
        (domestic, "trowbridge"),
        (domestic, "swindon"),
        (domestic, "salisbury"),
    ]
    assert duration_effects(graded["Priority"], kind)[0] == (domestic, "swindon")


def test_scenes_of_domestic_disputes_lengthen_over_the_last_year(graded):
    means = by_month(graded["Immediate"], MEAN_SCENE, pl.col("opening_type") == cal.logs.DOMESTIC)
    assert series.is_rising(means)


def test_antisocial_behaviour_is_as_printed_and_lowest_since_sacramento(all_logs):
    asb = all_logs.filter(pl.col("asb_type").is_not_null())
    july = asb.filter(pl.col("month") == JULY_23)
    assert dict(july["asb_type"].value_counts().iter_rows()) == {"environmental": 52, "nuisance": 596, "personal": 180}
    years = [(r12m(m, 12), r12m(m)) for m in (by_month(asb, pl.len(), where) for where in (SWINDON, COUNTY, UNALLOCATED))]
    assert years == [(4_706, 4_626), (7_766, 6_702), (166, 122)]
    force = by_month(asb, pl.len())
    assert round(100 * (r12m(force) / r12m(force, 12) - 1), 1) == -9.4
    assert (r12m(force, 12) - r12m(force)) / 12 == 99
    level = series.deseasonalised(force, HISTORY[0].month)
    assert series.is_falling(level) and max(level[-3:]) < min(level[-24:-3])
    assert not series.is_falling(level[:-24], 24), "no straight line"


@pytest.mark.parametrize("end", [date(2022, 7, 31), END])
def test_latest_versions_of_the_extracts_are_the_rows_that_are_measured(end):
    plan = Plan(tl.months_until(end, 2), end, SEED, 1.0)
    extracts = list(log_extracts(plan))
    assert [e.is_correction for e in extracts] == [False, False, True]
    latest = pl.concat([e.frame for e in extracts]).unique("log_number", keep="last")
    final = pl.concat([logs.month_rows(plan, month).final for month in plan.months])
    assert latest.sort("log_number").equals(final.sort("log_number"))


def test_a_month_holds_the_peculiarities_of_logs():
    frame = logs.month_rows(Plan([JULY_23], END, SEED, 1.0), JULY_23).final
    assert frame["log_number"].is_unique().all()
    counted = frame.filter(~pl.col("is_test") & pl.col("duplicate_of").is_null())
    assert frame["is_test"].any() and set(frame["duplicate_of"].drop_nulls()) <= set(counted["log_number"])
    deployed = counted.filter("deployed")
    assert deployed["first_arrived_at"].is_null().any()
    assert (deployed["first_arrived_at"] < deployed["created_at"]).any() and (deployed["scene_cleared_at"] < deployed["first_arrived_at"]).any()
    assert (counted["initial_grade"] != counted["final_grade"]).any() and counted["graded_at"].is_not_null().any()


@pytest.mark.parametrize("scale", [0.002, 0.02, 0.3])
def test_any_month_can_be_drawn_at_any_size(scale):
    for month in (date(2016, 2, 1), date(2020, 5, 1), JULY_23, date(2024, 3, 1)):
        plan = Plan([month], tl.last_day(month, date(2030, 1, 1)), 7, scale)
        frame = logs.month_rows(plan, month).final
        assert frame.filter(pl.col("first_arrived_at").is_not_null())["scene_cleared_at"].is_not_null().all()
        assert (frame["closed_at"] >= frame["created_at"]).all()


def test_other_seeds_show_the_same_figures():
    plan = Plan([JULY_23], END, 11, 1.0)
    july = measured(logs.month_rows(plan, JULY_23).final.select(NEEDED))
    priority = july.filter(pl.col("final_grade") == "Priority")
    assert round(priority["response"].mean()) == 8_252 and round(priority["response"].median()) == 3_079
    assert round(july.filter(SWINDON & (pl.col("final_grade") == "Immediate"))["response"].mean()) == 756


def test_a_fit_keeps_order_marks_median_and_sum():
    drawn = draw.lognormal(np.random.default_rng(3), 501, 0.9, median=100.0)
    values = fit.around_median(drawn, 120.0, 10.0, 2_000.0, 501 * 190.0)
    assert (np.argsort(values, kind="stable") == np.argsort(drawn, kind="stable")).all()
    assert np.median(values) == 120.0 and values.mean() == pytest.approx(190.0, abs=0.01)
    assert values.min() >= 10.0 and values.max() <= 2_000.0
    piece, place = fit.pieces(drawn, (100, 401), 5_000.0)
    assert np.bincount(piece).tolist() == [100, 401] and drawn[piece == 0].max() < drawn[piece == 1].min()
    assert place.min() >= 0 and place.max() <= 1


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_fit_of_a_handful_comes_as_near_as_it_can(count):
    values = fit.around_median(np.arange(1.0, count + 1), 50.0, 10.0, 90.0, count * 60.0)
    assert len(values) == count and ((values >= 10) & (values <= 90)).all()
    assert not count or np.median(values) == 50.0
