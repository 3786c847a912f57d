"""Evaluates the planned checks with Great Expectations, pushed down as SQL on the build database, and keeps every result.

One context, one connection, one process. Great Expectations is imported here, lazily, because the import alone costs five
seconds of processor time. Results carry counts only: the engine is told to return no values, and the expectation that runs
SQL asks for the number of failing rows and never for the rows.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import logging
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from string import Template
from types import ModuleType
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import duckdb

from pipelines.contracts.model import Contracts, Feed
from pipelines.demonstration import declared_date
from pipelines.masking import without_values
from pipelines.quality.checks import planned_checks
from pipelines.quality.model import CheckResult, CheckSpec
from pipelines.quality.parts import Looked, Part, looked_at, part_of, table_feeds
from pipelines.quality.results import carry_forward, newest_results, store_results
from pipelines.settings import Settings
from pipelines.warehouse import contents_by_feed, contents_of, open_build

ENGINE = "great_expectations"
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
STAGED_PREFIX = "_checked_"
MONTHS_SPELT_OUT = 6
FIRST_EXTRACT = "arg_max(_extracted_at, struct_pack(newest := event_at, earliest := -epoch(_extracted_at)))"
LOCAL = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Clock:
    """What a run's SQL may ask of the run: its id, its time and as of when it looks."""

    run_id: str
    now: datetime  # UTC, naive
    as_at: str | None = None
    demonstration: date | None = None

    def variables(self) -> dict[str, str]:
        now = f"timestamp '{self.looks_from:%Y-%m-%d %H:%M:%S}'"
        return {
            "now": now,
            # after its newest event no extract of a demonstration was to come: its age is that on the day of the first extract that has it
            "due": f"least({now}, coalesce({FIRST_EXTRACT}, {now}))" if self.demonstration and not self.as_at else now,
            "run_id": "'" + self.run_id.replace("'", "''") + "'",
            "as_at": self.known,
        }

    @property
    def looks_from(self) -> datetime:
        """The moment (UTC) that ages are counted back from: now, or the end of the day asked for or of a demonstration's, or the moment asked for."""
        if self.demonstration and not self.as_at:
            return min(self.now, datetime.combine(self.demonstration, time.max, LOCAL).astimezone(UTC).replace(tzinfo=None, microsecond=0))
        if not self.as_at:
            return self.now
        asked = datetime.fromisoformat(self.as_at) + timedelta(days=1 if len(self.as_at) <= 10 else 0)
        return min(self.now, utc_naive(asked.replace(tzinfo=LOCAL)))

    @property
    def known(self) -> str:
        """SQL that is true of the raw rows known as at the day (to its end) or moment asked for, local time; as the dbt models have it."""
        if not self.as_at:
            return "true"
        moment = datetime.fromisoformat(self.as_at)
        if len(self.as_at) <= 10:
            limit = f"< timezone('UTC', timezone('Europe/London', timestamp '{moment:%Y-%m-%d}' + interval 1 day))"
        else:
            limit = f"<= timezone('UTC', timezone('Europe/London', timestamp '{moment:%Y-%m-%d %H:%M:%S}'))"
        return f"coalesce(_extracted_at, _loaded_at) {limit}"


@dataclass(frozen=True)
class Verdict:
    """What the engine said of one check; `error` where it could not be evaluated."""

    success: bool
    failed: int | None = None
    checked: int | None = None
    error: str | None = None


def utc_naive(moment: datetime) -> datetime:
    """The moment in UTC without offset, as everything in the database."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def sql_of(text: str, spec: CheckSpec, table: str, clock: Clock) -> str:
    """The SQL of a suite with the table, its failing rows and the run filled in."""
    variables = {"table": table} | clock.variables()
    failing = Template(spec.sql or "").safe_substitute(variables)
    return Template(text).safe_substitute(variables | {"failing": failing})


def concerned_months(connection: duckdb.DuckDBPyConnection, spec: CheckSpec, clock: Clock, table: str | None = None) -> list[date]:
    """The months whose rows fail the check, in order; empty where the check does not tell months."""
    if not spec.months:
        return []
    found = connection.execute(sql_of(spec.months, spec, table or spec.table, clock)).fetchall()
    return sorted({row[0] for row in found if row[0] is not None})


class _Placeholder(ModuleType):
    """Stands for a module until one of its attributes is wanted."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def _deferred(*names: str) -> Iterator[None]:
    """Imports these modules lazily within the block; imports elsewhere are as ever."""
    placed = {name: _Placeholder(name) for name in names if name not in sys.modules}
    sys.modules.update(placed)
    try:
        yield
    finally:
        for name, placeholder in placed.items():
            if sys.modules.get(name) is placeholder:
                del sys.modules[name]


@cache
def _engine() -> Any:
    """Great Expectations, imported once, without telemetry. Returns (module, expectations, our SQL expectation)."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    # A third of the import's time goes into these two, which only expectations on distributions use, none of ours.
    with _deferred("scipy.stats", "altair"):
        import great_expectations as gx
        import great_expectations.expectations as gxe
    from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

    class NoFailingRows(UnexpectedRowsExpectation):
        """The query returns no rows. Counts them, and unlike its parent never fetches them."""

        metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

        def _validate(
            self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: Any = None
        ) -> dict[str, Any]:
            failing = metrics["unexpected_rows_query.row_count"]
            return {"success": failing == 0, "result": {"observed_value": failing}}

    return gx, gxe, NoFailingRows


def _expectation(spec: CheckSpec, table: str, clock: Clock) -> Any:
    _, gxe, no_failing_rows = _engine()
    meta = {"check": spec.name, "table": spec.table, "owner": spec.owner, "runbook": spec.runbook_path}
    common = {"meta": meta, "notes": spec.description, "severity": "critical" if spec.severity == "error" else "warning"}
    if spec.expectation:
        return getattr(gxe, spec.expectation)(**spec.kwargs, **common)
    # the batch stands in a comment: the engine asks for it, and the queries name their tables themselves
    query = sql_of(spec.sql or "", spec, table, clock).replace("{", "{{").replace("}", "}}")
    return no_failing_rows(unexpected_rows_query=f"/* {{batch}} */ {query}", **common)


def new_context(url: str) -> tuple[Any, Any]:
    """An ephemeral context without telemetry, progress bars and documentation sites, and the DuckDB source in it."""
    gx, _, _ = _engine()
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults

    config = DataContextConfig(store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False), analytics_enabled=False)
    context = gx.get_context(mode="ephemeral", project_config=config)
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context, context.data_sources.add_sql("build", connection_string=url)


def suite_of(name: str, specs: Sequence[CheckSpec], table: str, clock: Clock) -> Any:
    gx, _, _ = _engine()
    suite = gx.ExpectationSuite(name=name)
    suite.expectations = [_expectation(spec, table, clock) for spec in specs]
    return suite


def batch_definition(connection: duckdb.DuckDBPyConnection, source: Any, name: str, table: str) -> Any:
    """The table (`schema.table`, or one of our temporary ones) as the engine knows it: by a name without schema, through a temporary view."""
    if "." in table:
        # Two underscores for the point: a feed may be called governance_deliverables, and a table governance.deliverables.
        view = f"{STAGED_PREFIX}{table.replace('.', '__')}"
        connection.execute(f"create or replace temp view {view} as select * from {table}")
        table = view
    return source.add_table_asset(name, table_name=table).add_batch_definition_whole_table("all")


def _error_of(exception_info: Mapping[str, Any]) -> str | None:
    """A short account of what went wrong, without anything that could hold a value."""
    raised = exception_info if "raised_exception" in exception_info else next(iter(exception_info.values()), {})
    if not raised.get("raised_exception"):
        return None
    return without_values(str(raised.get("exception_message") or ""))


def _verdicts(
    connection: duckdb.DuckDBPyConnection, source: Any, name: str, table: str, specs: Sequence[CheckSpec], clock: Clock
) -> dict[str, Verdict]:
    """Evaluate the checks of one table as one suite: the engine bundles what it can into one statement."""
    batch = batch_definition(connection, source, name, table).get_batch()
    outcome = batch.validate(suite_of(name, specs, table, clock), result_format=RESULT_FORMAT)
    verdicts: dict[str, Verdict] = {}
    for result in outcome.results:
        found = result.result or {}
        verdicts[result.expectation_config.meta["check"]] = Verdict(
            success=bool(result.success),
            failed=found.get("unexpected_count", found.get("observed_value")),
            checked=found.get("element_count"),
            error=_error_of(result.exception_info or {}),
        )
    return verdicts


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
    name = f"{STAGED_PREFIX}{feed.name}"
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
        if spec.detail:
            cursor = connection.execute(sql_of(spec.detail, spec, table, clock))
            names = [d[0] for d in cursor.description]
            facts |= {k: v for k, v in zip(names, cursor.fetchone() or (), strict=False) if v is not None}
        months = concerned_months(connection, spec, clock, table)
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


def run_checks(
    settings: Settings,
    contracts: Contracts,
    run_id: str,
    now: datetime,
    tables: Collection[str] | None = None,
    as_at: str | None = None,
    on_table: Callable[[str], None] | None = None,
) -> list[CheckResult]:
    """Evaluate the planned checks (of `tables` only, `schema.table`, where given) and store every result.

    now       the run's clock, UTC where it has no offset; freshness is measured from it, or from the end of the day `as_at`
    as_at     what the transform was built as at, 'YYYY-MM-DD[ HH:MM:SS]', local
    on_table  called with each table's name as its checks begin

    Of a table whose checks, and whatever they read, are as they were when they were last evaluated, only checks that ask the clock or
    the run are evaluated; the results of the others are carried forward.

    A feed without data is `skipped`, by name; a check that cannot be evaluated is `failed`. Raises nothing of the data's making.
    """
    specs = [s for s in planned_checks(contracts) if tables is None or s.table in tables]
    with open_build(settings) as connection:
        clock = Clock(run_id, utc_naive(now), as_at, declared_date(settings, connection))
        now_there, before = _looked_at(connection, contracts, specs, clock), _last_looked_at(connection)
        unchanged = {
            table for table, looked in now_there.items() if looked.state is not None and looked.state == before.get(table, Looked(None)).state
        }
        resting = [s for s in specs if s.table in unchanged and not s.asks_the_run]
        standing = carry_forward(connection, [(s.table, s.name) for s in resting], run_id, clock.now)
        if standing is None:
            resting, standing = [], []
        asked = [s for s in specs if s not in resting]
        parts = {} if as_at else _parts(connection, contracts, asked, before)
        evaluated = evaluate(connection, contracts, asked, clock, on_table, parts)
        results = [*evaluated, *standing]
        store_results(connection, results)
        state = json.dumps({table: asdict(looked) for table, looked in (before | now_there).items()})
        connection.execute("insert into quality.check_runs values (?, ?, ?)", [run_id, clock.now, state])
    return results


def _parts(connection: duckdb.DuckDBPyConnection, contracts: Contracts, specs: Iterable[CheckSpec], before: Mapping[str, Looked]) -> dict[str, Part]:
    """By table, which months those of its checks have to look at that hold of each month by itself, and passed when they were last evaluated."""
    version, newest, feeds = _version(connection), newest_results(connection), table_feeds(contracts)
    by_table: dict[str, list[CheckSpec]] = defaultdict(list)
    for spec in specs:
        by_table[spec.table].append(spec)
    parts = {}
    for table in by_table.keys() & feeds.keys() & before.keys():
        passed = {name: result.status == "passed" for (of_table, name), result in newest.items() if of_table == table}
        part = part_of(connection, feeds[table], by_table[table], before[table], version, passed)
        if part is not None:
            parts[table] = part
    return parts


def _version(connection: duckdb.DuckDBPyConnection) -> str:
    """The code that the models were last built by."""
    (version,) = connection.execute("select code_version from ingest.builds order by built_at desc, max_load_id desc limit 1").fetchone() or ("",)
    return str(version)


def _looked_at(connection: duckdb.DuckDBPyConnection, contracts: Contracts, specs: Sequence[CheckSpec], clock: Clock) -> dict[str, Looked]:
    """By table, a fingerprint of its checks and of everything that they read, but for the clock; None where something of it is not known.

    Of a table with a column `feed`, such as the ledger, a check of a feed reads the rows of that feed, and of those that it needs, and no others.
    """
    existing = existing_tables(connection)
    reads: dict[str, set[tuple[str, tuple[str, ...]]]] = {s.table: {(s.table, ())} for s in specs}
    for spec in specs:
        texts = f"{spec.sql} {spec.detail} {spec.months} {'ingest.loads' if spec.reads_ledger else ''}"
        feeds = tuple(sorted({spec.feed, *spec.needs})) if spec.feed else ()
        named = {word for word in re.findall(r"\b[a-z_]+\.\w+", texts) if word in existing}
        reads[spec.table] |= {(name, feeds) for name in named} | {(f"raw.{feed}", ()) for feed in spec.needs}
    names = {name for read in reads.values() for name, _ in read}
    # Views, and the largest tables, count by what they were built from.
    built = dict(connection.execute("select table_name, coalesce(content, inputs) from ingest.nodes_built where table_name is not null").fetchall())
    contents = contents_of(connection, names - built.keys()) | built
    by_feed = contents_by_feed(connection, names)
    definitions = dict(
        connection.execute("select schema_name || '.' || table_name, sql from duckdb_tables() where database_name = current_database()").fetchall()
    )

    def content_of(name: str, feeds: tuple[str, ...]) -> object:
        return [by_feed[name].get(feed, "") for feed in feeds] if feeds and name in by_feed else contents.get(name)

    looked_at_now: dict[str, Looked] = {}
    feeds_of_tables, version = table_feeds(contracts), _version(connection)
    for table, read in reads.items():
        contents_read = [(name, feeds, definitions.get(name), content_of(name, feeds)) for name, feeds in sorted(read) if name in existing]
        planned = [s for s in specs if s.table == table]
        is_known = all(content is not None for *_, content in contents_read)
        seen = repr((planned, sorted({name for name, _ in read} - existing), contents_read, clock.as_at, clock.demonstration))
        state = hashlib.sha256(seen.encode()).hexdigest()[:20] if is_known else None
        feed = feeds_of_tables.get(table)
        if feed is None or clock.as_at or f"raw.{feed.name}" not in existing:
            looked_at_now[table] = Looked(state)
        else:
            looked_at_now[table] = looked_at(connection, feed, state, planned, version, contents.get(f"raw.{feed.name}"))
    return looked_at_now


def _last_looked_at(connection: duckdb.DuckDBPyConnection) -> dict[str, Looked]:
    """What the last run of checks looked at, by table; nothing where an earlier version wrote it down in another way."""
    row = connection.execute("select state from quality.check_runs order by checked_at desc, rowid desc limit 1").fetchone()
    with suppress(ValueError, TypeError):
        found = json.loads(row[0]) if row else {}
        return {table: Looked.read(written) for table, written in found.items()} if isinstance(found, dict) else {}
    return {}


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
            table = f"{STAGED_PREFIX}part"
            self.connection.execute(f"create or replace temp view {table} as select * from {name} where {rows}")
            leftover = f"view {table}"
        verdicts = _verdicts(self.connection, self.source, f"{name}: {specs[0].name} and others where {rows}", table, specs, self.clock)
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
                    why = f"{type(error).__name__}: {_error_of({'raised_exception': True, 'exception_message': str(error)})}"
                    results |= {(name, s.name): _unevaluated(s, clock, why) for s in of_table if (name, s.name) not in results}
    return [results[s.table, s.name] for s in specs]


__all__ = ["CheckResult", "Clock", "concerned_months", "evaluate", "run_checks", "store_results"]
