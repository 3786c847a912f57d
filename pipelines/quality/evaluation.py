"""Evaluates planned checks, table by table, and words the result of each. Results carry counts only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb

from pipelines.contracts.model import Contracts, Feed
from pipelines.quality.clock import Clock, sql_of
from pipelines.quality.engine import CHECKED_PREFIX, ENGINE, Verdict, error_of, new_context, verdicts_of
from pipelines.quality.model import CheckResult, CheckSpec
from pipelines.quality.parts import Part

MONTHS_SPELT_OUT = 6
FAILING = f"{CHECKED_PREFIX}failing"  # the failing rows of one check


def stage(connection: duckdb.DuckDBPyConnection, feed: Feed, specs: Iterable[CheckSpec], rows: str = "true") -> str:
    """A temporary table with the columns of the feed's staging view that its checks read, so that the view is computed once for all of them.

    Of the rows for which `rows` is true. Personal columns are never among them. Staging calls every force that no seed knows `unknown` and keeps
    their keys apart by `force_key`.
    """
    view = feed.staging_table
    schema, bare = view.split(".")
    present = {
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() where schema_name = ? and table_name = ? and database_name = current_database()", [schema, bare]
        ).fetchall()
    }
    texts = " ".join(f"{s.sql} {s.detail} {s.months}" for s in specs)
    personal = {c.name for c in feed.columns if c.classification.startswith("personal")}
    columns = [c for c in [*feed.by_name, "version_count", "as_of"] if c in present and c not in personal and re.search(rf"\b{c}\b", texts)]
    if "force_code" in columns and "force_key" in present:
        columns[columns.index("force_code")] = "force_key as force_code"
    name = f"{CHECKED_PREFIX}{feed.name}"
    connection.execute(f"create or replace temp table {name} as select {', '.join(columns) or '1 as row'} from {view} where {rows}")
    return name


def existing_tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        f"{schema}.{name}"
        for schema, name in connection.execute(
            """
            select schema_name, table_name from duckdb_tables() where database_name = current_database()
            union all
            select schema_name, view_name from duckdb_views() where database_name = current_database()
            """
        ).fetchall()
    }


def feeds_with_data(connection: duckdb.DuckDBPyConnection, contracts: Contracts, existing: Collection[str]) -> set[str]:
    found = set()
    for name in contracts.feeds:
        if f"raw.{name}" in existing and connection.execute(f'select 1 from raw."{name}" limit 1').fetchone():
            found.add(name)
    return found


def spell_months(months: Sequence[date]) -> str:
    """`2023-05, 2023-06`, or `14 months from 2022-01 to 2023-05`."""
    if len(months) <= MONTHS_SPELT_OUT:
        return ", ".join(f"{m:%Y-%m}" for m in months) or "no month"
    return f"{len(months)} months from {months[0]:%Y-%m} to {months[-1]:%Y-%m}"


def _blank_result(spec: CheckSpec, clock: Clock) -> CheckResult:
    return CheckResult(
        run_id=clock.run_id,
        checked_at=clock.now,
        check_name=spec.name,
        engine=ENGINE,
        layer=spec.layer,
        table_name=spec.table,
        column_name=spec.column,
        feed=spec.feed,
        severity=spec.severity,
        owner=spec.owner,
        check_title=spec.title,
        has_caveat=spec.has_caveat,
    )


def _unevaluated(spec: CheckSpec, clock: Clock, why: str) -> CheckResult:
    """A check that could not be evaluated counts as failed, whatever its severity: nobody knows what it would have found."""
    return replace(_blank_result(spec, clock), status="failed", message=f"{spec.name} of {spec.table} could not be evaluated: {why}")


def _result(connection: duckdb.DuckDBPyConnection, spec: CheckSpec, verdict: Verdict, table: str, row_count: int, clock: Clock) -> CheckResult:
    """The stored result: on failure with the aggregates of `detail`, the months concerned and a sentence."""
    if verdict.error is not None:
        return _unevaluated(spec, clock, verdict.error)
    checked = verdict.checked if verdict.checked is not None else row_count
    blank = replace(_blank_result(spec, clock), checked_count=checked, failed_count=0)
    if verdict.success:
        return blank
    facts: dict[str, Any] = {"failed": verdict.failed, "checked": checked}
    try:
        failing = None
        if spec.sql:
            # What is said of the failing rows asks for them several times.
            failing = FAILING
            connection.execute(f"create or replace temp table {FAILING} as {sql_of(spec.sql, spec, table, clock)}")
        if spec.detail:
            cursor = connection.execute(sql_of(spec.detail, spec, table, clock, failing))
            names = [d[0] for d in cursor.description]
            facts |= {k: v for k, v in zip(names, cursor.fetchone() or (), strict=False) if v is not None}
        found = connection.execute(sql_of(spec.months, spec, table, clock, failing)).fetchall() if spec.months else []
        months = sorted({month for (month,) in found if month is not None})
        message = spec.message.format_map(defaultdict(str, facts | {"months": spell_months(months)}))
    except duckdb.Error as error:
        return _unevaluated(spec, clock, f"its details raise {type(error).__name__}")
    return replace(
        blank,
        status="failed" if spec.severity == "error" else "warned",
        checked_count=int(facts["checked"]),
        failed_count=int(facts["failed"] or 0),
        observed=float(facts.get("observed", facts["failed"] or 0)),
        from_month=months[0] if months else None,
        to_month=months[-1] if months else None,
        message=message,
        months=months or None,
    )


@dataclass(frozen=True)
class _TableRows:
    """Evaluates checks of one table upon its rows, or a part of them."""

    connection: duckdb.DuckDBPyConnection
    source: Any
    contracts: Contracts
    clock: Clock

    def of_newest(self, name: str, specs: Sequence[CheckSpec], newest_months: int | None) -> dict[str, CheckResult]:
        """By name of the check, its result on the rows of so many months back from the newest event, or on all rows."""
        feed = self._feed(name)
        if newest_months is None or feed is None:
            return self._evaluated(name, specs, "true")
        newest = f"(select max({feed.event_time}) from raw.{feed.name} where {self.clock.known})"
        return self._evaluated(name, specs, f"{feed.event_time} >= date_trunc('month', {newest}) - interval {newest_months} month")

    def of_part(self, name: str, specs: Sequence[CheckSpec], part: Part) -> dict[str, CheckResult]:
        """The same of those checks that passed on the months of the part, and so on all of them."""
        feed = self._feed(name)
        specs = [spec for spec in specs if spec.name in part.checks]
        if feed is None or not specs:
            return {}
        found = self._evaluated(name, specs, part.rows(str(feed.event_time)))
        row_count = self._row_count(name)
        return {check: replace(result, checked_count=row_count) for check, result in found.items() if result.status == "passed"}

    def _feed(self, name: str) -> Feed | None:
        return next((feed for feed in self.contracts.feeds.values() if name in (f"raw.{feed.name}", feed.staging_table)), None)

    def _row_count(self, name: str) -> int:
        feed = self._feed(name)
        # a fact has a row for each of staging
        counted = feed.fact_table if feed is not None and name == feed.staging_table and feed.fact_table else name
        (row_count,) = self.connection.execute(f"select count(*) from {counted}").fetchone() or (0,)
        return int(row_count)

    def _evaluated(self, name: str, specs: Sequence[CheckSpec], rows: str) -> dict[str, CheckResult]:
        feed = self._feed(name)
        is_staging = feed is not None and name == feed.staging_table
        table, row_count, leftover = name, None, None
        if feed is not None and is_staging and any(spec.reads_rows for spec in specs):
            table = stage(self.connection, feed, specs, rows)
            leftover = f"table {table}"
        elif feed is not None and is_staging:
            row_count = self._row_count(name)
        elif rows != "true":
            table = f"{CHECKED_PREFIX}part"
            self.connection.execute(f"create or replace temp view {table} as select * from {name} where {rows}")
            leftover = f"view {table}"
        verdicts = verdicts_of(self.connection, self.source, f"{name}: {specs[0].name} and others where {rows}", table, specs, self.clock)
        if row_count is None:
            (row_count,) = self.connection.execute(f"select count(*) from {table}").fetchone() or (0,)
        found = {spec.name: _result(self.connection, spec, verdicts[spec.name], table, row_count, self.clock) for spec in specs}
        if leftover:
            self.connection.execute(f"drop {leftover}")
        return found


def evaluate(
    connection: duckdb.DuckDBPyConnection,
    contracts: Contracts,
    specs: Sequence[CheckSpec],
    clock: Clock,
    on_table: Callable[[str], None] | None = None,
    parts: Mapping[str, Part] | None = None,
) -> list[CheckResult]:
    """The results of the checks, in their order, on a connection that is in no transaction.

    parts  by table, the months that some of its checks have to look at; one that does not pass on those is evaluated on all rows
    """
    existing = existing_tables(connection)
    filled = feeds_with_data(connection, contracts, existing)
    met = {feed for (feed,) in connection.execute("select distinct feed from ingest.loads where status <> 'deferred'").fetchall()}
    results: dict[tuple[str, str], CheckResult] = {}
    runnable: dict[str, list[CheckSpec]] = defaultdict(list)
    for spec in specs:
        missing = [feed for feed in spec.needs if feed not in (met if spec.reads_ledger else filled)]
        if missing:
            results[spec.table, spec.name] = replace(_blank_result(spec, clock), status="skipped", message=f"no data yet for {', '.join(missing)}")
        elif spec.table not in existing:
            results[spec.table, spec.name] = _unevaluated(spec, clock, f"{spec.table} does not exist; run the transform")
        else:
            runnable[spec.table].append(spec)
    if runnable:
        from pipelines.quality.dialect import shared_url

        with shared_url(connection) as url:
            _, source = new_context(url)
            table_rows = _TableRows(connection, source, contracts, clock)
            for name, of_table in runnable.items():
                if on_table is not None:
                    on_table(name)
                try:
                    found = table_rows.of_part(name, of_table, parts[name]) if parts and name in parts else {}
                    rest = [s for s in of_table if s.name not in found]
                    for reads_rows, newest_months in {(s.reads_rows, s.newest_months): s for s in rest}:
                        together = [s for s in rest if (s.reads_rows, s.newest_months) == (reads_rows, newest_months)]
                        found |= table_rows.of_newest(name, together, newest_months)
                    results |= {(name, check): result for check, result in found.items()}
                except Exception as error:  # whatever a table does to the engine, the other tables are checked
                    why = f"{type(error).__name__}: {error_of({'raised_exception': True, 'exception_message': str(error)})}"
                    results |= {(name, s.name): _unevaluated(s, clock, why) for s in of_table if (name, s.name) not in results}
    return [results[s.table, s.name] for s in specs]
