"""Charts of series made by hand: the SQL of the dbt models on tables in memory, from measure_values to measure_spc."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import polars as pl

from pipelines.settings import DBT_PROJECT_DIR
from tests.models import model_sql, render

MODELS = (
    "int_area_lineage",
    "int_area_targets",
    "int_spc_parameters",
    "int_spc_points",
    "int_spc_phases",
    "int_spc_kinds",
    "int_spc_charts",
    "measure_spc",
)
ALL_MODELS = (*MODELS, "spc_alternatives", "rebase_candidates")
FIRST_MONTH = 12 * 2014
AREA = "force"

INPUTS = f"""
create table dim_area (area_id varchar, parent_area_id varchar);
create table dim_measure (measure_id varchar, unit varchar, statistic varchar, direction varchar, is_seasonal boolean);
create table measure_values (
    measure_id varchar, area_id varchar, segment varchar, period_type varchar, period_end date,
    numerator double, denominator double, value double, is_complete boolean, series_id bigint
);
create view int_complete_values as from measure_values where is_complete;
create table int_measure_targets (measure_id varchar, area_id varchar, target double, target_type varchar, valid_from date, valid_to date);
create table spc_parameters (measure_pattern varchar, name varchar, value varchar);
create table spc_windows as from read_csv('{DBT_PROJECT_DIR}/seeds/spc_windows.csv');
create table spc_exclusions (measure_pattern varchar, area_id varchar, segment varchar, month date, reason varchar);
create table int_measure_recipes (measure_id varchar, has_dated_events boolean);
create table int_spc_events (
    series_id bigint, phase integer, rebase_no integer, month date, event_date date, is_excluded boolean, event_no integer, days_since integer
);
create table int_series_breaks (measure_pattern varchar, area_id varchar, break_month date, reason varchar);
create table stg_governance__events (
    event_id varchar, event_date date, title varchar, area_id varchar, is_latest_version boolean, row_state varchar
);
create table int_governance__linked_measures (item_kind varchar, item_id varchar, measure_pattern varchar);
create table int_spc_rebases (measure_pattern varchar, area_id varchar, segment varchar, effective_month date);
"""


def month(index: int) -> date:
    """The month that many months after January 2014."""
    return date((FIRST_MONTH + index) // 12, (FIRST_MONTH + index) % 12 + 1, 1)


def month_end(index: int) -> date:
    return date.fromordinal(month(index + 1).toordinal() - 1)


def charts(
    series: Mapping[tuple[str, str], Sequence[float | None]],
    measures: Mapping[str, Mapping[str, Any]] | None = None,
    parameters: Iterable[tuple[str, str, Any]] = (),
    rebases: Iterable[tuple[str, str, int]] = (),
    exclusions: Iterable[tuple[str, str, int]] = (),
    targets: Iterable[tuple[str, float, int, int]] = (),
    divided: Mapping[tuple[str, str], Sequence[tuple[float, float]]] | None = None,
    days_since: Mapping[tuple[str, str], Sequence[int]] | None = None,
    breaks: Iterable[tuple[str, int, str]] = (),
    models: Sequence[str] = MODELS,
    window_years: int = 0,
) -> duckdb.DuckDBPyConnection:
    """A database in memory with int_spc_points, measure_spc and the other tables of `models`.

    series       (measure_id, segment) -> a value per month from January 2014; None is a month that is not complete
    measures     measure_id -> unit, statistic, direction, is_seasonal; a plain count that should fall where nothing is said
    parameters   (measure_id, name, value) of seed spc_parameters
    rebases      (measure_id, segment, months after January 2014); exclusions likewise
    targets      (measure_id, target, first month, last month)
    divided      (measure_id, segment) -> numerator and denominator of each month
    days_since   (measure_id, segment) -> days between the events of a rare count, all in its last month
    breaks       (measure_id, months after January 2014, reason) of the series breaks
    window_years of the windows of limits; 0: limits of the whole series, as the reference package has them
    """
    connection = duckdb.connect()
    connection.execute(INPUTS)
    connection.execute("insert into dim_area values (?, null)", [AREA])
    usual = {"unit": "count", "statistic": "count", "direction": "decrease", "is_seasonal": False}
    described = {name: usual | dict((measures or {}).get(name, {})) for name in dict.fromkeys(m for m, _ in series)}
    rows = [(name, *(d[column] for column in usual)) for name, d in described.items()]
    _insert(connection, "dim_measure", rows)
    sides = divided or {}
    values = [
        (
            *(measure, AREA, segment, "month", month_end(index)),
            *(map(float, sides[measure, segment][index]) if sides else (None, None)),
            *(0.0 if value is None else float(value), value is not None),
        )
        for (measure, segment), course in series.items()
        for index, value in enumerate(course)
    ]
    _insert(connection, "measure_values", [(*row, None) for row in values])
    connection.execute(render("update measure_values set series_id = {{ series_id() }}"))
    _insert(connection, "spc_parameters", [("*", "window_years", str(window_years))])
    _insert(connection, "spc_parameters", [(m, name, str(value)) for m, name, value in parameters])
    _insert(connection, "int_spc_rebases", [(m, AREA, s, month(index)) for m, s, index in rebases])
    _insert(connection, "spc_exclusions", [(m, "*", s, month(index), "a special event") for m, s, index in exclusions])
    _insert(connection, "int_measure_targets", [(m, "*", target, "SLA", month(first), month_end(last)) for m, target, first, last in targets])
    _insert(connection, "int_series_breaks", [(m, "*", month(index), reason) for m, index, reason in breaks])
    _insert(connection, "int_measure_recipes", [(name, days_since is not None) for name in described])
    for name in models:
        connection.execute(f"create table {name} as {model_sql(name)}")
        if name == "int_spc_points":
            for (measure, segment), days in (days_since or {}).items():
                connection.execute(
                    """
                    insert into int_spc_events
                    select series_id, phase, rebase_no, month, month, false, i, days[i]
                    from (select series_id, phase, rebase_no, month, $days as days, unnest(range(1, len($days) + 1)) as i
                        from int_spc_points where measure_id = $measure and segment = $segment
                        qualify month = max(month) over ())
                    """,
                    {"days": list(days), "measure": measure, "segment": segment},
                )
    return connection


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        names = [c[0] for c in connection.execute(f"describe {table}").fetchall()]
        frame = pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)
        connection.register("new_rows", frame.to_arrow())
        connection.execute(f"insert into {table} select * from new_rows")
        connection.unregister("new_rows")


def chart(values: Sequence[float | None], columns: Sequence[str] = (), **options: Any) -> list[dict[str, Any]]:
    """The rows of measure_spc of one series, in the order of the months."""
    with charts({("m", "all"): values}, **options) as connection:
        frame = connection.execute(f"select {', '.join(columns) or '*'} from measure_spc order by month").pl()
    return frame.to_dicts()
