"""A run of checks: which of them are to be evaluated, of which rows, and which results stand from an earlier run. Every result is kept."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime

import duckdb

from pipelines.contracts.model import Contracts
from pipelines.demonstration import declared_date
from pipelines.quality.checks import planned_checks
from pipelines.quality.clock import Clock, utc_naive
from pipelines.quality.evaluation import evaluate, existing_tables
from pipelines.quality.model import CheckResult, CheckSpec
from pipelines.quality.parts import Looked, Part, TouchedMonths, looked_at, part_of, table_feeds
from pipelines.quality.results import carry_forward, newest_results, store_results
from pipelines.settings import Settings
from pipelines.warehouse import contents_by_feed, contents_of, open_build


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
    parts: dict[str, Part] = {}
    touched = TouchedMonths(connection)
    for table in sorted(by_table.keys() & feeds.keys() & before.keys()):
        passed = {name: result.status == "passed" for (of_table, name), result in newest.items() if of_table == table}
        part = part_of(touched, feeds[table], by_table[table], before[table], version, passed)
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
