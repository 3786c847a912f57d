"""Yesterday (what each operational measure had against what such a day has) and Demand (calls to come, and the operators that they need)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pipelines.report.day_charts import Day, forecast_chart
from pipelines.report.formatting import signed_text
from pipelines.report.marts import Row
from pipelines.report.plane import Label
from pipelines.report.site.content import Content
from pipelines.report.staffing import TABLE

YESTERDAY = ("measures.daily_expectations", "measures.surges", "measures.month_so_far")
DEMAND = ("measures.daily_forecasts", "measures.forecast_backtests", "measures.staffing", TABLE, "measures.what_ifs")
TABLES = (*YESTERDAY, *DEMAND)

NEXT_DAYS = "select * from measures.daily_forecasts where local_date <= origin_date + 14 order by area_id, line, local_date"
FIRST_DAY = "select * from measures.staffing where local_date = origin_date + 1 order by area_id, line, interval_start_at"
# As things stand first, then the smallest changes of calls.
WHAT_IFS = "area_id, line, abs(offered_change_pct) + abs(handling_change_seconds), offered_change_pct, handling_change_seconds, operator_change_count"


def pages(content: Content) -> Iterator[tuple[str, str]]:
    # marts of an earlier version lack the tables: the pages say that too little is known
    forces = _forces(content) if all(map(content.marts.has, YESTERDAY)) else []
    lines, short = (list(_lines(content)), _shortfalls(content)) if all(map(content.marts.has, DEMAND)) else ([], {})
    yield content.page("yesterday.html.j2", "yesterday.html", section="yesterday", forces=forces)
    yield content.page("demand.html.j2", "demand.html", section="demand", lines=lines, short=short, signed=signed_text)


def _shown(content: Content, area_id: str) -> bool:
    """Forces with a card; all of them where nothing has one."""
    return area_id in content.areas and (not content.cards or area_id in {card.area_id for card in content.cards})


def _by_area(content: Content, sql: str) -> dict[str, list[Row]]:
    """area -> rows of a query that is ordered by area_id."""
    rows = content.marts.rows(sql)
    return {area_id: list(of) for area_id, of in groupby(rows, key=lambda row: row.area_id) if _shown(content, area_id)}


def _forces(content: Content) -> list[tuple[Row, list[Row], list[Row], list[Row]]]:
    """(force, the newest day of its measures, its surges, its months so far): what is flagged first."""
    newest = _by_area(content, "select * from measures.daily_expectations where is_latest order by area_id, is_flagged desc, abs(z) desc, measure_id")
    surges = _by_area(content, "select * from measures.surges where is_latest order by area_id, is_flagged desc, z desc, line")
    months = _by_area(content, "select * from measures.month_so_far order by area_id, breach_pct desc nulls last, measure_id")

    def known(rows: list[Row]) -> list[Row]:
        return [row for row in rows if row.measure_id in content.measures]

    return [(content.areas[area], known(rows), surges.get(area, []), known(months.get(area, []))) for area, rows in newest.items()]


def _lines(content: Content) -> Iterator[tuple[Row, str, object, list[Row], list[Row], list[Row], list[Row]]]:
    """Per line: force, line, chart of thirteen weeks, next fourteen days, how such forecasts did, half hours of the next day, what-ifs."""
    every = content.marts.rows("select * from measures.daily_forecasts order by area_id, line, local_date")
    soon = {key: list(rows) for key, rows in groupby(content.marts.rows(NEXT_DAYS), key=_line)}
    past = {key: list(rows) for key, rows in groupby(content.marts.table("measures.forecast_backtests", "area_id, line, grain, horizon"), key=_line)}
    half_hours = {key: list(rows) for key, rows in groupby(content.marts.rows(FIRST_DAY), key=_line)}
    changes = {key: list(rows) for key, rows in groupby(content.marts.table("measures.what_ifs", WHAT_IFS), key=_line)}
    for (area_id, line), rows in groupby(every, key=_line):
        if _shown(content, area_id):
            label = Label(f"Calls to {line.upper()} by day, expected", "The table below has the next days.")
            days = [Day(r.local_date, r.expected_value, (r.lower_80_value, r.upper_80_value), (r.lower_value, r.upper_value)) for r in rows]
            key = (area_id, line)
            chart = forecast_chart(days, label)
            yield content.areas[area_id], line, chart, soon.get(key, []), past.get(key, []), half_hours.get(key, []), changes.get(key, [])


def _line(row: Row) -> tuple[str, str]:
    return row.area_id, row.line


def _shortfalls(content: Content) -> dict[str, list[Row]]:
    """Findings first, then by time."""
    order = "finding_order nulls last, " if "is_material" in content.marts.tables[TABLE].columns else ""
    return _by_area(content, f"select * from {TABLE} order by area_id, {order}interval_start_at, line")
