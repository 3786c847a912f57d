"""Half hours, days and months of calls and logs, from files to tables, worked out with polars from the same rows: exactly, clock changes included."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from pipelines.demand.forecast_table import call_forecasts
from pipelines.demand.origin_table import origin_table
from pipelines.settings import DBT_PROJECT_DIR
from tests.building import Dbt
from tests.landing import HEADER, Landing

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("parsed")]

SPRING, AUTUMN = date(2023, 3, 26), date(2022, 10, 30)
LINES = ("999", "101", "cch", "crib")


def written(times: pl.Series) -> list[str]:
    return times.dt.to_string("%Y-%m-%dT%H:%M:%S%.3fZ").fill_null("").to_list()


def random_calls() -> pl.DataFrame:
    """Calls of five days around both changes of the clocks and one month end, in UTC, some abandoned, unresolved, tests, or talking past midnight."""
    random = np.random.default_rng(18)
    starts = [datetime(2022, 10, 29), datetime(2023, 3, 25), datetime(2023, 6, 29)]
    count = 4000
    days = np.array(starts, dtype="datetime64[ms]")[random.integers(0, 3, count)]
    offered = days + random.integers(0, 3 * 86_400_000, count).astype("timedelta64[ms]")
    waits = np.where(random.random(count) < 0.1, 10_000, random.exponential(20_000, count)).astype("timedelta64[ms]")
    talks = random.exponential(600_000, count).astype("timedelta64[ms]")
    kind = random.choice(["answered", "abandoned", "neither"], count, p=[0.8, 0.15, 0.05])
    return pl.DataFrame(
        {
            "call_id": [f"C{n}" for n in range(count)],
            "line": random.choice(LINES, count),
            "offered": offered,
            "answered": offered + waits,
            "ended": offered + waits + talks,
            "kind": kind,
            "is_test": random.random(count) < 0.05,
        }
    ).with_columns(
        pl.when(pl.col("kind") == "abandoned").then("answered").alias("abandoned"),
        pl.when(pl.col("kind") == "answered").then("answered").alias("answered"),
        pl.when((pl.col("kind") == "answered") & (pl.int_range(pl.len()) % 7 > 0)).then("ended").alias("ended"),
    )


def random_logs() -> pl.DataFrame:
    random = np.random.default_rng(81)
    count = 1500
    days = np.array([datetime(2022, 10, 29), datetime(2023, 3, 25), datetime(2023, 6, 29)], dtype="datetime64[ms]")[random.integers(0, 3, count)]
    return pl.DataFrame(
        {
            "log_number": [f"L{n}" for n in range(count)],
            "created": days + random.integers(0, 3 * 86_400_000, count).astype("timedelta64[ms]"),
            "grade": random.choice(["Immediate", "Priority", "Scheduled"], count),
            "deployed": random.random(count) < 0.6,
        }
    )


@pytest.fixture(scope="module")
def calls() -> pl.DataFrame:
    return random_calls()


@pytest.fixture(scope="module")
def logs() -> pl.DataFrame:
    return random_logs()


@pytest.fixture(scope="module")
def built(calls: pl.DataFrame, logs: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Landing:
    landing = Landing.at(tmp_path_factory.mktemp("demand"))
    rows = pl.DataFrame(
        {
            "call_id": calls["call_id"],
            "force_code": "wiltshire",
            "line": calls["line"],
            "offered_at": written(calls["offered"]),
            "answered_at": written(calls["answered"]),
            "abandoned_at": written(calls["abandoned"]),
            "ended_at": written(calls["ended"]),
            "cli": "",
            "bt_call_ref": "",
            "is_test": calls["is_test"].cast(pl.String),
        }
    )
    assert ",".join(rows.columns) == HEADER
    landing.write("force_calls/calls.csv", rows.write_csv())
    landing.write(
        "incident_logs/logs.csv",
        pl.DataFrame(
            {
                "log_number": logs["log_number"],
                "force_code": "wiltshire",
                "created_at": written(logs["created"]),
                "source": "999",
                "initial_grade": logs["grade"],
                "final_grade": logs["grade"],
                "opening_type": "concern",
                "cpt": "Swindon",
                "deployed": logs["deployed"].cast(pl.String),
            }
        ).write_csv(),
    )
    for feed in ("force_calls", "incident_logs"):
        landing.run(feed)
    assert landing.reasons() == set()
    models = ["interval_demand", "hourly_logs", "daily_values", "measure_values"]
    Dbt(landing.settings.warehouse_dir / "target", models).build(landing.settings.build_path)
    return landing


def local_day(column: str) -> pl.Expr:
    return pl.col(column).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/London").dt.date()


def milliseconds(of: pl.Expr) -> pl.Expr:
    return of.dt.total_milliseconds()


def test_half_hours_are_those_worked_out_from_the_files(built: Landing, calls: pl.DataFrame):
    limit = pl.when(pl.col("line") == "999").then(9_999).otherwise(30_000)
    counted = calls.filter(~pl.col("is_test")).with_columns(
        pl.col("offered").dt.truncate("30m").alias("start"),
        milliseconds(pl.coalesce("answered", "abandoned") - pl.col("offered")).alias("wait"),
        milliseconds(pl.col("ended") - pl.col("answered")).alias("talk"),
    )
    is_answered, is_abandoned = pl.col("answered").is_not_null(), pl.col("abandoned").is_not_null()
    expected = counted.group_by("line", "start").agg(
        (is_answered | is_abandoned).sum().alias("offered"),
        is_answered.sum().alias("answered"),
        is_abandoned.sum().alias("abandoned"),
        pl.when(pl.col("line") != "crib").then(is_answered & (pl.col("wait") <= limit)).sum().alias("in_time"),
        pl.col("wait").filter(is_answered).sum().alias("answered_wait"),
        pl.col("wait").filter(is_abandoned).sum().alias("abandoned_wait"),
        pl.col("talk").is_not_null().sum().alias("handled"),
        pl.col("talk").sum().alias("handled_time"),
    )
    found = built.query("""
        select line, interval_start_at, offered_count, answered_count, abandoned_count, coalesce(in_time_count, 0),
            cast(answered_wait_seconds * 1000 as bigint), cast(abandoned_wait_seconds * 1000 as bigint),
            handled_count, cast(handled_seconds * 1000 as bigint)
        from measures.interval_demand
        where area_id = 'wiltshire_force' and (offered_count > 0 or answered_wait_seconds > 0)
    """)
    assert sorted(found) == sorted(expected.filter(pl.col("offered") > 0).rows())


def test_a_day_has_as_many_half_hours_as_it_has(built: Landing):
    found = dict(built.query("select local_date, count(*) from measures.interval_demand where line = '999' group by all"))
    assert found[AUTUMN] == 50
    assert found[SPRING] == 46
    assert {count for day, count in found.items() if day not in (AUTUMN, SPRING)} == {48}
    twice = built.query(f"""
        select count(*) from measures.interval_demand
        where line = '999' and local_date = date '{AUTUMN}' and interval_start_local = timestamp '{AUTUMN} 01:30:00'
    """)
    assert twice == [(2,)]


def test_calls_at_the_same_time_are_those_counted_second_by_second(built: Landing, calls: pl.DataFrame):
    """The time spent on calls in every half hour of a day, and the most of them at once, looked at in each instant in which one begins."""
    talking = calls.filter(~pl.col("is_test") & pl.col("ended").is_not_null() & (pl.col("line") == "cch")).select("answered", "ended")
    starts, ends = (talking[name].to_numpy().astype("datetime64[ms]") for name in ("answered", "ended"))
    found = built.query(f"""
        select interval_start_at, cast(busy_seconds * 1000 as bigint), peak_count
        from measures.interval_demand where line = 'cch' and local_date = date '{AUTUMN}' order by all
    """)
    assert len(found) == 50
    assert max(peak for _, _, peak in found) > 3
    for start, busy, peak in found:
        begin, end = np.datetime64(start, "ms"), np.datetime64(start + timedelta(minutes=30), "ms")
        overlap = np.minimum(ends, end) - np.maximum(starts, begin)
        assert busy == overlap[overlap > np.timedelta64(0)].astype(int).sum(), start
        moments = np.append(starts[(starts >= begin) & (starts < end)], begin)
        assert peak == ((starts <= moments[:, None]) & (ends > moments[:, None])).sum(axis=1).max(), start


def test_half_hours_add_up_to_days_and_days_to_months(built: Landing, calls: pl.DataFrame):
    resolved = calls.filter(~pl.col("is_test") & (pl.col("kind") != "neither") & (pl.col("line") == "999")).with_columns(
        local_day("offered").alias("day")
    )
    days = dict(resolved.group_by("day").len().rows())
    by_day = built.query("select local_date, numerator from measures.daily_values where measure_id = 'public_999_calls_offered' and numerator > 0")
    assert dict(by_day) == days
    half_hours = built.query(
        "select local_date, sum(offered_count) from measures.interval_demand where line = '999' group by all having sum(offered_count) > 0"
    )
    assert dict(half_hours) == days
    months = built.query("""
        select period_end, numerator from measures.measure_values
        where measure_id = 'public_999_calls_offered' and period_type = 'month' and numerator > 0
    """)
    by_month = resolved.group_by(pl.col("day").dt.month_end()).len().rows()
    assert dict(months) == dict(by_month)


def test_hours_of_logs_are_those_worked_out_from_the_files(built: Landing, logs: pl.DataFrame):
    expected = logs.group_by("grade", pl.col("created").dt.truncate("1h").alias("hour")).agg(pl.len(), pl.col("deployed").sum())
    found = built.query("select final_grade, hour_start_at, log_count, deployed_count from measures.hourly_logs where log_count > 0")
    assert sorted(found) == sorted(expected.rows())
    lengths = dict(built.query("select local_date, count(*) from measures.hourly_logs where final_grade = 'Priority' group by all"))
    assert (lengths[AUTUMN], lengths[SPRING]) == (25, 23)


FORECASTS = ["int_origin_forecasts", "int_call_forecasts", "daily_forecasts", "interval_forecasts", "forecast_backtests"]


def test_forecasts_are_made_of_half_hours_and_only_where_something_is_new(tmp_path: Path):
    """Through dbt: two lines of thirty weeks; the next day one of them has a day more and one corrected, and the other keeps its rows."""
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as build:
        build.execute("create schema measures; create schema seeds")
        build.execute("create table measures.int_earlier_calls (area_id varchar, line varchar, local_date date, offered_count bigint)")
        build.execute("create table seeds.bank_holidays as from read_csv($seed)", {"seed": str(DBT_PROJECT_DIR / "seeds" / "bank_holidays.csv")})
        build.execute("""
            create table measures.interval_demand as
            select 'wiltshire_force' as area_id, line, cast(range as date) as local_date, range as interval_start_local,
                cast(4 + 3 * sin(hour(range) / 4) + isodow(range) / 4 + hash(range, line) % 3 as bigint) as offered_count
            from range(timestamp '2023-01-01', timestamp '2023-07-31', interval 30 minute), unnest(['999', '101']) as lines(line)
        """)
    dbt = Dbt(tmp_path / "target", [])
    dbt.build_only(path, FORECASTS)

    def read(statement: str) -> list[tuple]:
        with duckdb.connect(str(path)) as build:
            return build.execute(statement).fetchall()

    lengths = "select line, count(*), min(local_date), max(local_date) from measures.{} group by all order by all"
    first, newest = date(2023, 7, 31), date(2023, 10, 29)
    assert read(lengths.format("daily_forecasts")) == [("101", 91, first, newest), ("999", 91, first, newest)]
    assert read(lengths.format("interval_forecasts")) == [(line, 14 * 48, first, date(2023, 8, 13)) for line in ("101", "999")]
    assert read("select line, grain, horizon, origin_date, origin_count from measures.forecast_backtests order by all") == [
        (line, grain, horizon, date(2023, 7, 30), count)
        for line in ("101", "999")
        for grain, horizon, count in (("day", "1 to 14 days", 5), ("day", "15 to 91 days", 3), ("half hour", "1 to 14 days", 5))
    ]

    marks = "select line, any_value(inputs_hash), count(distinct inputs_hash) from measures.int_call_forecasts group by all order by all"
    before = read(marks)
    with duckdb.connect(str(path)) as build:
        build.execute("""
            insert into measures.interval_demand
            select area_id, line, date '2023-07-31', interval_start_local + interval 1 day, offered_count
            from measures.interval_demand where line = '999' and local_date = date '2023-07-30'
        """)
        build.execute("update measures.interval_demand set offered_count = offered_count + 1 where line = '999' and local_date = date '2023-07-12'")
        # an origin so long ago that none is made now
        build.execute("""
            insert into measures.int_origin_forecasts
            select * replace (date '2020-01-05' as origin_date) from measures.int_origin_forecasts where line = '999' limit 1
        """)
    dbt.build_only(path, FORECASTS)
    after = read(marks)
    assert [count for _, _, count in after] == [1, 1]
    assert after[0] == before[0]
    assert after[1][1] != before[1][1]
    assert read(lengths.format("daily_forecasts")) == [("101", 91, first, newest), ("999", 91, date(2023, 8, 1), date(2023, 10, 30))]
    with duckdb.connect(str(path)) as build:
        calls = build.sql("select * replace (cast(interval_start_local as timestamp) as interval_start_local) from measures.interval_demand").pl()
        holidays = [day for (day,) in build.execute("select date from seeds.bank_holidays").fetchall()]
        earlier = build.sql("from measures.int_earlier_calls").pl()
        origins = origin_table(calls, earlier, holidays)
        anew = call_forecasts(calls, earlier, holidays, origins)  # noqa: F841
        for model, made in (("int_origin_forecasts", "origins"), ("int_call_forecasts", "anew")):
            assert build.execute(f"from measures.{model} except all from {made}").fetchall() == []
            assert build.execute(f"from {made} except all from measures.{model}").fetchall() == []
