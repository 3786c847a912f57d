"""A small warehouse made by hand, for tests of quality and publish: the tables that the flow builds, without the flow.

140 days to 31 July 2023: 60 calls per day on 999 and 40 on 101, 50 BT legs, 30 logs, 10 crimes with an outcome and an arrest each.
Everything is a function of the row's number, so that every test sees the same rows.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.contracts.loading import load_contracts
from pipelines.contracts.model import Contracts
from pipelines.quality.checks import key_hash
from pipelines.settings import Settings
from pipelines.warehouse import create_tables, open_build
from tests.landing import HASH_KEY

NOW = datetime(2023, 8, 1, 2, 0)
RUN = "run-1"
FIRST_DAY, DAYS = "2023-03-14", 140  # to 31 July 2023
PERSONAL_VALUE = "07700900123"

# feed -> (rows per day, columns as SQL over `day` (date), `i` (number within the day) and `n` (number of the row))
RAW_ROWS = {
    "force_calls": (
        100,
        """
        'C' || n as call_id, 'wiltshire' as force_code, if(i < 60, '999', '101') as line,
        day + interval (i * 600) second as offered_at,
        if(i % 10 = 9, null, day + interval (i * 600 + 7) second) as answered_at,
        if(i % 10 = 9, day + interval (i * 600 + 20) second, null) as abandoned_at,
        if(i % 10 = 9, null, day + interval (i * 600 + 90) second) as ended_at,
        sha256('cli' || n) as cli, if(i < 60, 'B' || n, null) as bt_call_ref
        """,
    ),
    "bt_999_calls": (
        50,
        """
        'L' || n as bt_leg_id, 'B' || (n // 50 * 100 + i) as bt_call_ref, 'wiltshire' as force_code, day + interval (i * 600) second as presented_at,
        if(i % 10 = 9, null, day + interval (i * 600 + 5) second) as answered_at, day + interval (i * 600 + 60) second as cleared_at,
        if(i % 10 = 9, 'abandoned', 'answered') as outcome
        """,
    ),
    "incident_logs": (
        30,
        """
        'W' || n as log_number, 'wiltshire' as force_code, day + interval (i * 600) second as created_at, '999' as source,
        'Immediate' as initial_grade, 'Immediate' as final_grade, 'theft' as opening_type, 'Swindon' as cpt, true as deployed,
        day + interval (i * 600 + 60) second as first_dispatched_at, day + interval (i * 600 + 700) second as first_arrived_at,
        day + interval (i * 600 + 3000) second as scene_cleared_at, day + interval (i * 600 + 9000) second as closed_at,
        if(i = 0, 'W' || (n + 1), null) as duplicate_of
        """,
    ),
    "crimes": (
        10,
        """
        'K' || n as crime_ref, 'wiltshire' as force_code, day + interval (i * 3600) second as recorded_at,
        day + interval (i * 3600 - 7200) second as committed_from, '28E' as offence_code, 'burglary' as offence_group, 'Swindon' as cpt,
        i = 0 as is_domestic_abuse, 30 as victim_age
        """,
    ),
    "crime_outcomes": (10, "'O' || n as outcome_id, 'K' || n as crime_ref, 'wiltshire' as force_code, '15' as outcome_code, day as outcome_date"),
    "arrests": (10, "'A' || n as arrest_id, 'K' || n as crime_ref, 'wiltshire' as force_code, day + interval (i * 3600) second as arrested_at"),
}

FACTS = """
create or replace table core.fct_force_calls as
    select call_id, force_code, line, cast(date_trunc('month', offered_at) as date) as month, cast(offered_at as date) as local_date
    from staging.stg_telephony__calls;
create or replace table core.fct_bt_legs as
    select bt_leg_id, force_code, cast(date_trunc('month', presented_at) as date) as month, cast(presented_at as date) as local_date, outcome
    from staging.stg_bt__legs;
create or replace table core.fct_logs as
    select log_number, force_code, cast(date_trunc('month', created_at) as date) as month, cast(created_at as date) as local_date
    from staging.stg_command_control__logs;
create or replace table core.fct_online_reports as
    select report_id, force_code, cast(date_trunc('month', submitted_at) as date) as month, cast(submitted_at as date) as local_date
    from staging.stg_online__reports;
create or replace table core.fct_crimes as
    select crime_ref, force_code, cast(date_trunc('month', recorded_at) as date) as month, cast(recorded_at as date) as local_date
    from staging.stg_crime__crimes;
create or replace table core.fct_crime_outcomes as
    select outcome_id, force_code, cast(date_trunc('month', outcome_date) as date) as month, outcome_date as local_date,
        crime_ref in (select crime_ref from staging.stg_crime__crimes) as has_crime
    from staging.stg_crime__outcomes;
create or replace table core.fct_arrests as
    select arrest_id, force_code, cast(date_trunc('month', arrested_at) as date) as month, cast(arrested_at as date) as local_date,
        crime_ref in (select crime_ref from staging.stg_crime__crimes) as has_crime
    from staging.stg_custody__arrests;
create or replace table core.fct_street_crimes as
    select crime_id as row_id, 'wiltshire' as force_code, month, month as local_date from staging.stg_police_uk__street;
create or replace table core.fct_suspects as
    select suspect_id || '|' || crime_ref as suspect_crime_id, force_code, cast(date_trunc('month', snapshot_date) as date) as month,
        snapshot_date as local_date, crime_ref in (select crime_ref from staging.stg_crime__crimes) as has_crime
    from staging.stg_crime__suspects;
create or replace table core.fct_protection_orders as
    select order_id, force_code, cast(date_trunc('month', applied_at) as date) as month, cast(applied_at as date) as local_date
    from staging.stg_protection__orders;
create or replace table core.fct_speedwatch_sessions as
    select session_id, force_code, cast(date_trunc('month', session_date) as date) as month, session_date as local_date
    from staging.stg_roads__speedwatch_sessions;
create or replace table core.fct_speed_enforcement as
    select visit_id, force_code, cast(date_trunc('month', visit_date) as date) as month, visit_date as local_date
    from staging.stg_roads__enforcement_visits;
create or replace table core.fct_collisions as
    select collision_index, force_code, cast(date_trunc('month', date) as date) as month, date as local_date,
        collision_severity <> 'slight' as is_ksi, serious_casualties is not null as is_ksi_counted
    from staging.stg_roads__collisions;
create or replace table core.fct_section_60 as
    select authority_id, force_code, cast(date_trunc('month', from_at) as date) as month, cast(from_at as date) as local_date
    from staging.stg_operations__section_60;
create or replace table core.dim_area as select 'wiltshire_force' as area_id, 'Wiltshire Police' as area_name;
-- ghosts: abandoned legs without a call of the force's own
create or replace table quality.bt_adjustment as
    with legs as (
        select *, outcome = 'abandoned' and bt_call_ref not in (select coalesce(bt_call_ref, '') from raw.force_calls) as is_ghost
        from staging.stg_bt__legs
    ),
    months as (
        select 'wiltshire_force' as force_area_id, cast(date_trunc('month', presented_at) as date) as month,
            count(*) as offered_raw, count(*) filter (where outcome = 'abandoned') as abandoned_raw,
            count(*) filter (where not is_ghost) as offered_adjusted,
            count(*) filter (where outcome = 'abandoned' and not is_ghost) as abandoned_adjusted,
            count(*) filter (where is_ghost) as ghosts
        from legs
        group by all
    )
    select force_area_id, month, rule_code, offered_raw, abandoned_raw, 100.0 * abandoned_raw / offered_raw as rate_raw,
        offered_adjusted, abandoned_adjusted, 100.0 * abandoned_adjusted / offered_adjusted as rate_adjusted,
        100.0 * abandoned_raw / offered_raw - 100.0 * abandoned_adjusted / offered_adjusted as gap_points,
        if(rule_code = 'BT_GHOST', ghosts, 0) as calls_removed
    from months cross join (select unnest(['BT_TEST', 'BT_DUP', 'BT_GHOST', 'BT_OUTAGE', 'BT_ZERO']) as rule_code);
"""

MARTS = """
create or replace table core.dim_measure (
    measure_id varchar not null primary key, title varchar not null, unit varchar not null, source_feeds varchar not null
);
insert into core.dim_measure values
    ('public_999_calls_offered', 'Public 999 calls offered', 'count', 'force_calls'),
    ('bt_999_abandonment_rate', 'BT 999 abandonment rate', 'pct', 'bt_999_calls'),
    ('bt_999_abandonment_rate_adjusted', 'BT 999 abandonment rate, adjusted', 'pct', 'bt_999_calls,force_calls,bt_incidents'),
    ('da_fat_outcome_rate', 'DA further action taken rate', 'pct', 'crime_outcomes, crimes');
create or replace table measures.measure_values (
    measure_id varchar not null, area_id varchar not null, segment varchar not null, period_type varchar not null, period_end date not null,
    numerator double, denominator double, value double, unit varchar not null, is_complete boolean not null,
    quality_grade varchar not null, caveat varchar,
    primary key (measure_id, area_id, segment, period_type, period_end)
);
insert into measures.measure_values
    select measure_id, 'wiltshire_force', 'all', period_type, last_day(month), 1, 2, 50, unit, true, 'A', null
    from core.dim_measure
    cross join (select unnest(['month', 'quarter', 'r12m']) as period_type)
    cross join (select unnest(generate_series(timestamp '2023-03-01', timestamp '2023-07-01', interval 1 month)) as month);
create or replace table scorecards.opcc (
    scorecard_row integer not null primary key, measure_id varchar not null, area_id varchar not null, period_end date not null, value double,
    quality_grade varchar not null, caveat varchar
);
insert into scorecards.opcc
    select row_number() over (order by measure_id), measure_id, 'wiltshire_force', date '2023-07-31', 50, 'A', null from core.dim_measure;
"""
GOVERNANCE = """
create schema if not exists intermediate;
create schema if not exists governance;
create or replace table intermediate.int_governance__versions (as_of date);
create or replace table intermediate.int_feed_months (
    feed varchar, force_code varchar, month date, row_count bigint, is_complete boolean, usual_count bigint, gap varchar
);
create or replace table governance.workbook_messages (sheet varchar, file_row bigint, severity varchar, message varchar);
create or replace table governance.deliverables (deliverable_id varchar, title varchar, due_raw varchar, progress_pct double, is_overdue boolean);
create or replace table governance.risk_register (
    risk_id varchar, kind varchar, is_live boolean, current_likelihood bigint, current_impact bigint, current_score integer,
    is_review_overdue boolean, is_resolution_overdue boolean
);
"""
# published name -> name in the build database, as the manifest would give it
PUBLISHED = {name: name for name in ("core.dim_measure", "measures.measure_values", "scorecards.opcc", "quality.check_results")}


def make_settings(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir, hash_key=HASH_KEY, memory_limit="500MB")


def add_rows(connection: duckdb.DuckDBPyConnection, contracts: Contracts, feed: str, select: str, run_id: str = RUN, rejected: int = 0) -> int:
    """Load the rows of a query into raw, with their ledger entry. Returns the load's number."""
    (load_id,) = connection.execute("select nextval('ingest.load_id_seq')").fetchone() or (0,)
    columns = ", ".join(f'"{c}"' for c in contracts.feeds[feed].raw_columns)
    given = {d[0] for d in connection.execute(f"select * from ({select}) limit 0").description}
    provenance = {
        "_file_hash": f"'hash{load_id}'",
        "_file_row": "row_number() over ()",
        "_extracted_at": "timestamp '2023-08-01 01:00:00'",
        "_loaded_at": "timestamp '2023-08-01 01:30:00'",
        "_load_id": str(load_id),
        "_row_hash": "md5(random()::varchar)",
    }
    values = ", ".join(c if c in given else provenance.get(c, "null") for c in contracts.feeds[feed].raw_columns)
    (rows,) = connection.execute(f'insert into raw."{feed}" ({columns}) select {values} from ({select})').fetchone() or (0,)
    connection.execute(
        """
        insert into ingest.loads
            (load_id, run_id, feed, file_path, file_hash, contract_fingerprint, status, rows_read, rows_accepted, rows_rejected, loaded_at)
        values (?, ?, ?, ?, ?, 'f', 'loaded', ?, ?, ?, timestamp '2023-08-01 01:30:00')
        """,
        [load_id, run_id, feed, f"{feed}/{load_id}.csv", f"hash{load_id}", rows + rejected, rows, rejected],
    )
    for row in range(rejected):
        connection.execute("insert into ingest.rejects values (?, ?, ?, 'offered_at', 'type', null)", [load_id, feed, row + 2])
    return int(load_id)


def rebuild(connection: duckdb.DuckDBPyConnection, contracts: Contracts) -> None:
    """What the transform does, in short: staging, facts, marts."""
    for schema in ("staging", "core", "measures", "scorecards"):
        connection.execute(f"create schema if not exists {schema}")
    for feed in contracts.feeds.values():
        if feed.is_whole:  # the sheets of a workbook, of which there is none here
            connection.execute(f"create or replace view {feed.staging_table} as select *, date '2023-07-31' as as_of from raw.{feed.name}")
            continue
        identity = ", ".join(feed.key) or "_row_hash"
        connection.execute(
            f"""
            create or replace view {feed.staging_table} as
            select *, count(*) over (partition by {identity}) as version_count from raw."{feed.name}"
            qualify row_number() over (partition by {identity} order by coalesce(_extracted_at, _loaded_at) desc, _file_hash desc, _file_row desc) = 1
            """
        )
    connection.execute(FACTS)
    for feed in contracts.feeds.values():
        if feed.fact_table and feed.fact_table not in FACTS:  # no rows of it here
            connection.execute(
                f"""
                create or replace table {feed.fact_table} as
                select *, 'wiltshire' as force_code, cast(date_trunc('month', {feed.event_time}) as date) as month,
                    cast({feed.event_time} as date) as local_date
                from {feed.staging_table}
                """
            )
    connection.execute(MARTS)
    connection.execute(GOVERNANCE)
    repeated = " union all ".join(
        f"select '{feed.name}' as feed, {key_hash(feed)} as key_hash from raw.{feed.name} group by 2 having count(*) > 1"
        for feed in contracts.feeds.values()
        if feed.key and not feed.is_whole
    )
    connection.execute(f"create or replace table staging.int_repeated_keys as {repeated}")


def make_warehouse(data_dir: Path) -> tuple[Settings, Contracts]:
    """A built warehouse in which nothing is wrong; feeds without rows here have no data."""
    settings, contracts = make_settings(data_dir), load_contracts()
    with open_build(settings) as connection:
        create_tables(connection, contracts)
        for feed, (per_day, columns) in RAW_ROWS.items():
            add_rows(
                connection,
                contracts,
                feed,
                f"""
                select {columns}
                from (
                    select n, n % {per_day} as i, cast(date '{FIRST_DAY}' + interval (n // {per_day}) day as date) as day
                    from range({per_day * DAYS}) as numbers(n)
                )
                """,
            )
        rebuild(connection, contracts)
    return settings, contracts
