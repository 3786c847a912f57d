"""A warning publishes, and stands as a caveat on the rows concerned: which feeds, which months, in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from pipelines.contracts.model import Contracts
from pipelines.quality.checks import by_key, planned_checks
from pipelines.quality.runner import Clock, concerned_months

# A caveat stands in a cell of a scorecard; the whole message is in quality.check_results.
LONGEST_CAVEAT = 240
# How many months a row of measures.measure_values (or of a scorecard) looks back on, its own among them.
PERIOD_MONTHS = "case {period_type} when 'r12m' then 12 when 'year' then 12 when 'quarter' then 3 else 1 end"


@dataclass(frozen=True)
class Concern:
    """A warning as it concerns published rows: those of the feed's measures whose period holds the month.

    No month: from the feed's latest complete month on, which is what scorecards show.
    """

    feed: str
    month: date | None
    caveat: str


def _shorten(message: str) -> str:
    return message if len(message) <= LONGEST_CAVEAT else message[: LONGEST_CAVEAT - 1].rstrip(" ,;") + "…"


def concerns(connection: duckdb.DuckDBPyConnection, contracts: Contracts, run_id: str, now: datetime, as_at: str | None = None) -> list[Concern]:
    """What the run's warnings say of published rows. Months are asked of the check again, so that those between two bad ones stay clean."""
    plans = by_key(planned_checks(contracts))
    feed_of = {table: feed.name for feed in contracts.feeds.values() for table in (feed.staging_table, feed.fact_table) if table}
    clock = Clock(run_id, now, as_at)
    found: list[Concern] = []
    for table, name, feed, from_month, to_month, message in connection.execute(
        """
        select table_name, check_name, feed, from_month, to_month, coalesce(message, check_name)
        from quality.check_results
        where run_id = ? and status = 'warned'
        order by table_name, check_name
        """,
        [run_id],
    ).fetchall():
        plan = plans.get((table, name))
        concerned = feed or feed_of.get(table) or (table.removeprefix("raw.") if table.startswith("raw.") else None)
        if concerned is None or (plan is not None and not plan.has_caveat):
            continue
        months: Sequence[date | None] = [None]
        if from_month is not None:
            months = (concerned_months(connection, plan, clock) if plan is not None else []) or _between(from_month, to_month or from_month)
        found += [Concern(concerned, month, _shorten(message)) for month in months]
    return found


def _between(first: date, last: date) -> list[date]:
    months = [first.replace(day=1)]
    while months[-1] < last.replace(day=1):
        year, month = divmod(months[-1].year * 12 + months[-1].month, 12)
        months.append(date(year, month + 1, 1))
    return months


def lay_out_concerns(connection: duckdb.DuckDBPyConnection, found: Sequence[Concern]) -> None:
    """The temporary table `_concerns`: (measure_id, month, caveat), with the latest months of each feed filled in."""
    connection.execute("create or replace temp table _warned (feed varchar, month date, caveat varchar)")
    if not found:
        connection.execute("create or replace temp table _concerns (measure_id varchar, month date, caveat varchar)")
        return
    connection.executemany("insert into _warned values (?, ?, ?)", [(c.feed, c.month, c.caveat) for c in found])
    connection.execute(
        """
        create or replace temp table _concerns as
        with measure_feeds as (
            select measure_id, trim(unnest(string_split(source_feeds, ','))) as feed from core.dim_measure
        ),
        feed_months as (
            select distinct measure_feeds.feed, cast(date_trunc('month', period_end) as date) as month, is_complete
            from measures.measure_values
            inner join measure_feeds using (measure_id)
            where period_type = 'month' and value is not null
        ),
        latest as (
            select feed, month
            from feed_months
            qualify month >= coalesce(max(month) filter (where is_complete) over (partition by feed), max(month) over (partition by feed))
        )
        select distinct measure_feeds.measure_id, coalesce(_warned.month, latest.month) as month, _warned.caveat
        from _warned
        inner join measure_feeds using (feed)
        left join latest using (feed)
        where coalesce(_warned.month, latest.month) is not null
        """
    )


def _takes_caveats(columns: Sequence[str]) -> bool:
    return {"measure_id", "period_end", "caveat"} <= set(columns)


def _warned(table: str, columns: Sequence[str]) -> tuple[str, str]:
    """A common table expression `warned` (measure_id, period_end, months, caveat), and the condition on which it joins the table as `source`."""
    period = PERIOD_MONTHS.format(period_type="source.period_type" if "period_type" in columns else "'r12m'")
    expression = f"""
        periods as (
            select distinct source.measure_id, source.period_end, {period} as months from {table} as source
        ),
        warned as (
            select periods.measure_id, periods.period_end, periods.months,
                string_agg(distinct _concerns.caveat, '; ' order by _concerns.caveat) as caveat
            from periods
            inner join _concerns
                on _concerns.measure_id = periods.measure_id
                and _concerns.month <= periods.period_end
                and _concerns.month > periods.period_end - to_months(cast(periods.months as integer))
            group by all
        )
    """
    return expression, f"warned.measure_id = source.measure_id and warned.period_end = source.period_end and warned.months = {period}"


def with_caveats(table: str, columns: Sequence[str]) -> str:
    """SQL for the rows of a published table with the concerns' caveats: grade A becomes B; tables without caveats come as they are."""
    if not _takes_caveats(columns):
        return f"select * from {table}"
    warned, condition = _warned(table, columns)
    grade = ", if(warned.caveat is not null and source.quality_grade = 'A', 'B', source.quality_grade) as quality_grade"
    return f"""
        with {warned}
        select source.* replace (
            nullif(concat_ws('; ', nullif(source.caveat, ''), warned.caveat), '') as caveat
            {grade if "quality_grade" in columns else ""}
        )
        from {table} as source
        left join warned on {condition}
    """


def rows_with_caveats(table: str, columns: Sequence[str]) -> str | None:
    """SQL for the number of rows to which `with_caveats` adds something; None for tables without caveats."""
    if not _takes_caveats(columns):
        return None
    warned, condition = _warned(table, columns)
    return f"with {warned} select count(*) from {table} as source semi join warned on {condition}"
