"""The tables of the build database that ingest and checks write: how they are created, and brought up to date where an older version made them."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from pipelines.contracts.model import Contracts
from pipelines.masking import VERSION as MASKING_VERSION
from pipelines.warehouse.dialect import dialect_of

# One row per file and outcome. A file is known by its content: (feed, file_hash) with status `loaded` is never read again.
LEDGER_DDL = """
create schema if not exists ingest;
create sequence if not exists ingest.load_id_seq;
create table if not exists ingest.loads (
    load_id bigint primary key,
    run_id varchar not null,
    feed varchar not null,
    file_path varchar not null,            -- relative to the landing folder
    file_hash varchar,                     -- SHA-256 of the bytes; null where the file could not be read
    size_bytes bigint,
    layout varchar,                        -- which layout of the contract fitted
    contract_fingerprint varchar not null, -- a refused file is tried again under another contract
    status varchar not null check (status in ('loaded', 'refused', 'deferred')),
    rows_read bigint not null default 0,
    rows_accepted bigint not null default 0,
    rows_rejected bigint not null default 0,
    clock_flagged_rows bigint not null default 0,
    unexpected_columns varchar,            -- headers that the contract does not know, comma separated
    message varchar,                       -- why a file was refused or deferred, and the way out
    loaded_at timestamp not null,          -- UTC
    sheet varchar,                         -- the sheet of a workbook that was read, where the feed is one
    file_time timestamp                    -- the extract time in the file's name, UTC
);
-- One row per reason: a rejected row has every reason that applies. No values, so nothing personal.
create table if not exists ingest.rejects (
    load_id bigint not null,
    feed varchar not null,
    file_row bigint not null,              -- record number in the file; the header is record 1
    column_name varchar not null,
    rule varchar not null,
    row_key varchar                        -- of the sheets of a workbook: the row's key, so that its last good version stands
);
-- What is remarkable about accepted rows (a merged cell that was filled, last columns or headers that are missing). No values.
create table if not exists ingest.notes (
    load_id bigint not null,
    feed varchar not null,
    file_row bigint not null,
    column_name varchar not null,
    rule varchar not null
);
-- What a path held when it was last hashed: an unchanged path is not read again.
create table if not exists ingest.file_stats (
    feed varchar not null,
    file_path varchar not null,
    size_bytes bigint not null,
    modified_ns bigint not null,
    file_hash varchar not null,
    primary key (feed, file_path)
);
-- One row per completed transform: which loads the build tables hold.
create table if not exists ingest.builds (
    run_id varchar not null,
    built_at timestamp not null,
    max_load_id bigint not null,
    is_full_refresh boolean not null,
    code_version varchar not null
);
-- What each model, seed and test was last built or evaluated from, and what came out (pipelines/transform/carry_over.py). Empty while
-- a transform is at work.
create table if not exists ingest.nodes_built (
    unique_id varchar not null,
    table_name varchar,                    -- schema.table; null of a test
    code_version varchar not null,
    inputs varchar not null,
    content varchar,                       -- of a table: how many rows, and the sum of their hashes
    status varchar not null,
    failures bigint
);
-- One row per force whose share this build reads (pipelines/national); empty in the build of a force.
create table if not exists ingest.shares (
    force_code varchar primary key,
    version varchar,                       -- of the publication whose figures were taken; null where none ever was
    published_at timestamp,                -- when the force published it, UTC
    data_to date,                          -- up to which day its extracts speak
    read_at timestamp not null,            -- when the share was last asked, UTC
    message varchar                        -- why it could not be read then
);
create schema if not exists quality;
-- Every result of every check of every run. `observed` and `message` never hold a value of a personal column.
create table if not exists quality.check_results (
    run_id varchar not null,
    checked_at timestamp not null,         -- UTC
    check_name varchar not null,
    engine varchar not null,               -- great_expectations, dbt_test, dbt_unit_test, ingest
    layer varchar not null,                -- raw, staging, intermediate, core, measures, scorecards, quality
    table_name varchar not null,           -- schema.table
    column_name varchar,
    feed varchar,                          -- the feed concerned, where it is one feed
    severity varchar not null check (severity in ('warn', 'error')),
    status varchar not null check (status in ('passed', 'warned', 'failed', 'skipped')),
    checked_count bigint,
    failed_count bigint,
    observed double,
    from_month date,                       -- first and last month of the rows concerned; null: the latest month
    to_month date,
    owner varchar,
    message varchar,                       -- one sentence, for a person
    check_title varchar,                   -- what is wrong where it fails, in a few words; null for tests of the models
    months date[],                         -- the months whose rows fail the check; null where it does not tell them
    has_caveat boolean,                    -- whether a warning stands on the published rows concerned; null: it does
    primary key (run_id, table_name, check_name)
);
-- One row per run of checks: what it looked at. Of tables for which that is the same, only checks that ask the clock or the run are evaluated.
create table if not exists quality.check_runs (
    run_id varchar not null,
    checked_at timestamp not null,
    state varchar not null                 -- as JSON, by table: fingerprint of its checks and of all that they read
);
"""

# What an earlier version of the masking may have let through is purged once.
MASKING_DDL = """
create table if not exists ingest.maskings (version integer not null, since timestamp not null);
"""

# Columns that the ledger and the check results of an older warehouse lack.
LEDGER_ADDITIONS = (
    ("ingest.loads", "sheet", "varchar"),
    ("ingest.loads", "file_time", "timestamp"),
    ("ingest.rejects", "row_key", "varchar"),
    ("quality.check_results", "check_title", "varchar"),
    ("quality.check_results", "months", "date[]"),
    ("quality.check_results", "has_caveat", "boolean"),
)

# A row of a raw table never changes, except by what makes the next build a full one (another key, another masking).
ROW_OF_RAW = "(_load_id, _row_hash)"
CONTENT = "count(*) || ' ' || coalesce(sum(cast(hash({row}) as hugeint)), 0)"


def create_tables(connection: duckdb.DuckDBPyConnection, contracts: Contracts) -> None:
    """Create what is missing, in one transaction: each change of a lake's tables is another state of its catalogue, which is read whole again."""
    connection.execute("begin transaction")
    try:
        create_missing(connection, contracts)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def create_missing(connection: duckdb.DuckDBPyConnection, contracts: Contracts) -> None:
    """The ledger, the check results, and a raw table a feed; a new contract column is added as null. Within the transaction of the caller."""
    connection.execute(dialect_of(connection).ddl(LEDGER_DDL))
    for table, column, type_ in LEDGER_ADDITIONS:
        connection.execute(f"alter table {table} add column if not exists {column} {type_}")
    connection.execute("create schema if not exists raw")
    for feed in contracts.feeds.values():
        columns = ", ".join(f'"{name}" {type_}' for name, type_ in feed.raw_columns.items())
        connection.execute(f'create table if not exists raw."{feed.name}" ({columns})')
        existing = {
            name
            for (name,) in connection.execute(
                "select column_name from duckdb_columns() where schema_name = 'raw' and table_name = ?", [feed.name]
            ).fetchall()
        }
        for name, type_ in feed.raw_columns.items():
            if name not in existing:
                connection.execute(f'alter table raw."{feed.name}" add column "{name}" {type_}')


def purge_unmasked(connection: duckdb.DuckDBPyConnection, contracts: Contracts) -> bool:
    """Purge what a version that masked less has written down: messages, results of checks, headers, owners. Whether there was such a version.

    The rows stay; why a file was refused, and what checks found, is found anew by this run.
    """
    connection.execute(MASKING_DDL)
    (known,) = connection.execute("select coalesce(max(version), 0) from ingest.maskings").fetchone() or (0,)
    if known >= MASKING_VERSION:
        return False
    connection.execute("begin transaction")
    connection.execute(
        """
        update ingest.loads set unexpected_columns = masked(unexpected_columns),
            message = case when status <> 'loaded' then masked(file_path) || ' was ' || status || ' by an earlier version of the pipeline' end;
        delete from quality.check_results where message is not null;
        delete from quality.check_runs;
        """
    )
    for feed in contracts.feeds.values():
        for column in feed.columns:
            if column.is_masked:
                connection.execute(f'update raw."{feed.name}" set "{column.name}" = masked("{column.name}")')
    connection.execute("insert into ingest.maskings values (?, now()::timestamp)", [MASKING_VERSION])
    connection.execute("commit")
    return True


def content_sql(relation: str, row: str = "t") -> str:
    """A query of one text: how many rows a relation has, and the sum of their hashes. A row counts with all its columns unless `row` names some."""
    return f"select {CONTENT.format(row=row)} from {relation} as t"


def raw_content_sql(feed: str, condition: str = "true") -> str:
    """The same of a feed's raw rows, of those for which the condition is true."""
    return content_sql(f'(select _load_id, _row_hash from raw."{feed}" where {condition})', ROW_OF_RAW)


def contents_of(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, str]:
    """The content of each of these tables (`schema.table`) that the database has; of views none."""
    rows = connection.execute("select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database()").fetchall()
    there = {table for (table,) in rows}
    found = {}
    for table in there.intersection(tables):
        (content,) = connection.execute(content_sql(table, ROW_OF_RAW if table.startswith("raw.") else "t")).fetchone() or ("",)
        found[table] = content
    return found


def contents_by_feed(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, dict[str, str]]:
    """The content of the rows of each feed, of each of these tables that has a column `feed`; of views none."""
    rows = connection.execute(
        """
        select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database()
        intersect
        select schema_name || '.' || table_name from duckdb_columns() where database_name = current_database() and column_name = 'feed'
        """
    ).fetchall()
    there = {table for (table,) in rows}
    return {
        table: dict(
            connection.execute(
                f"select * from (select feed, {CONTENT.format(row='t')} from {table} as t group by feed) where feed is not null"
            ).fetchall()
        )
        for table in there.intersection(tables)
    }
