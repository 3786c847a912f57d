"""What each publication said: append-only ledgers, published with the marts, from which a past board paper can be reproduced.

Limits move as months come in, and with them the signals of months long past. A publication therefore writes down what it says,
where that differs from what was said before:

    measures.spc_signal_ledger   value, rules, variation and assurance of a point    (measure, area, segment, month)
    measures.spc_limit_ledger    the limits of a phase                               (measure, area, segment, phase)
    publication.values_said      a complete figure, of the finest period of its measure; published as measures.revisions (revisions.py)

Limits stand apart because they change every month, once a phase and not once a point. `measures.spc_as_published(moment)` puts the two
together as they stood at a moment.

Rows are added before the marts are written and count only if the marts went live: a publication that was killed or failed is
taken back by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipelines.contracts.model import Contracts
from pipelines.publish.revisions import VALUE_LEDGER, record_publication, retract


@dataclass(frozen=True)
class Ledger:
    """One table of what was said, kept of one published table."""

    table: str  # schema.table
    description: str
    source: str  # the published table that it is kept of
    select: str  # what of it is kept: key, then content
    key: tuple[tuple[str, str], ...]  # name, type
    content: tuple[tuple[str, str], ...]

    @property
    def key_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.key)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in (*self.key, *self.content))

    @property
    def ddl(self) -> str:
        columns = [*(f"{name} {type_} not null" for name, type_ in self.key), *(f"{name} {type_}" for name, type_ in self.content)]
        return f"""
            create table if not exists {self.table} (
                {", ".join(columns)},
                is_withdrawn boolean not null,
                change_no integer not null,
                published_at timestamp not null,
                run_id varchar not null,
                primary key ({", ".join(self.key_names)}, change_no)
            )
        """


SERIES = (("measure_id", "varchar"), ("area_id", "varchar"), ("segment", "varchar"))
MEASURE_SPC = "measures.measure_spc"

SIGNAL_CONTENT = (
    ("value", "double"),
    ("phase", "integer"),
    ("rule_outside", "integer"),
    ("rule_shift", "integer"),
    ("rule_trend", "integer"),
    ("rule_two_of_three", "integer"),
    ("special_cause", "varchar"),
    ("variation", "varchar"),
    ("target", "double"),
    ("assurance", "varchar"),
    ("ruleset_id", "varchar"),
    ("param_hash", "varchar"),
)
LIMIT_CONTENT = (
    ("phase_start", "date"),
    ("n_phase", "integer"),
    ("mean", "double"),
    ("mr_bar", "double"),
    ("lpl", "double"),
    ("upl", "double"),
    ("lower_2s", "double"),
    ("upper_2s", "double"),
    ("limits_status", "varchar"),
    ("seasonal_index", "double[]"),  # by calendar month; null without adjustment
)

LEDGERS = (
    Ledger(
        "measures.spc_signal_ledger",
        "What each publication said of each point of a chart: one row a point and change. `is_withdrawn`: from this publication on, the point is "
        "not judged any more. `change_no` counts the changes, `published_at` is when it was said first, `run_id` by which run.",
        MEASURE_SPC,
        f"select {', '.join(name for name, _ in (*SERIES, ('month', ''), *SIGNAL_CONTENT))} from {MEASURE_SPC}",
        (*SERIES, ("month", "date")),
        SIGNAL_CONTENT,
    ),
    Ledger(
        "measures.spc_limit_ledger",
        "The limits that each publication gave to each phase of a chart: one row a phase and change; `seasonal_index` holds twelve indices, January "
        "first, where the season was taken out. With measures.spc_signal_ledger it reproduces the charts of any past publication.",
        MEASURE_SPC,
        f"""
        select {", ".join(name for name, _ in SERIES)}, phase,
            {", ".join(f"min({name}) as {name}" for name, _ in LIMIT_CONTENT[:-1])},
            case when bool_or(is_seasonally_adjusted)
                then [{", ".join(f"min(seasonal_index) filter (where month(month) = {m})" for m in range(1, 13))}] end as seasonal_index
        from {MEASURE_SPC}
        group by measure_id, area_id, segment, phase
        """,
        (*SERIES, ("phase", "integer")),
        LIMIT_CONTENT,
    ),
)

MEASURE_VALUES = "measures.measure_values"
# A year moves when its months do: of a measure with months only these are kept, which spares two rows of three.
VALUES = Ledger(
    VALUE_LEDGER,
    "What each publication said of each complete figure.",
    MEASURE_VALUES,
    f"""
    select measure_id, area_id, segment, period_type, period_end, value, numerator, denominator
    from {MEASURE_VALUES}
    where is_complete and (period_type = 'month' or measure_id not in (select measure_id from {MEASURE_VALUES} where period_type = 'month'))
    """,
    (*SERIES, ("period_type", "varchar"), ("period_end", "date")),
    (("value", "double"), ("numerator", "double"), ("denominator", "double")),
)

PENDING_DDL = """
create schema if not exists publication;
-- Publications whose ledger rows were added and which are not known to have gone live.
create table if not exists publication.pending (version varchar primary key, run_id varchar not null, published_at timestamp not null)
"""

AS_PUBLISHED = """
create or replace macro measures.spc_as_published(moment) as table
with signals as (
    select * from measures.spc_signal_ledger
    where published_at <= moment
    qualify change_no = max(change_no) over (partition by measure_id, area_id, segment, month)
),
limits as (
    select * from measures.spc_limit_ledger
    where published_at <= moment
    qualify change_no = max(change_no) over (partition by measure_id, area_id, segment, phase)
)
select
    signals.measure_id, signals.area_id, signals.segment, signals.month,
    signals.value, signals.value / coalesce(limits.seasonal_index[month(signals.month)], 1) as value_adjusted,
    signals.phase, limits.phase_start, limits.n_phase, limits.mean, limits.mr_bar, limits.lpl, limits.upl, limits.lower_2s, limits.upper_2s,
    signals.rule_outside, signals.rule_shift, signals.rule_trend, signals.rule_two_of_three, signals.special_cause, signals.variation,
    signals.target, signals.assurance, limits.limits_status,
    signals.month = max(signals.month) over (partition by signals.measure_id, signals.area_id, signals.segment) as is_latest,
    greatest(signals.published_at, limits.published_at) as said_since
from signals
inner join limits using (measure_id, area_id, segment, phase)
where not signals.is_withdrawn
"""


def kept_of(tables: tuple[str, ...] | list[str]) -> list[Ledger]:
    """The ledgers that are kept of these published tables."""
    return [ledger for ledger in (*LEDGERS, VALUES) if ledger.source in tables]


def settle(connection: duckdb.DuckDBPyConnection, live_version: str | None) -> None:
    """Take back what a publication added that never went live."""
    connection.execute(PENDING_DDL)
    for version, run_id, published_at in connection.execute("select version, run_id, published_at from publication.pending").fetchall():
        connection.execute("begin")
        if version != live_version:
            retract(connection, version)
            for ledger in (*LEDGERS, VALUES):
                if _exists(connection, ledger.table):
                    connection.execute(f"delete from {ledger.table} where run_id = ? and published_at = ?", [run_id, published_at])
        connection.execute("delete from publication.pending where version = ?", [version])
        connection.execute("commit")


def confirm(connection: duckdb.DuckDBPyConnection, version: str) -> None:
    """The publication went live: what it added stays."""
    connection.execute("delete from publication.pending where version = ?", [version])


def append(
    connection: duckdb.DuckDBPyConnection, ledgers: list[Ledger], contracts: Contracts, version: str, run_id: str, published_at: datetime
) -> None:
    """Add what this publication says otherwise than the one before; pending until `confirm`."""
    connection.execute("begin")
    try:
        connection.execute("insert into publication.pending values (?, ?, ?)", [version, run_id, published_at])
        record_publication(connection, contracts, version, run_id, published_at)
        for ledger in ledgers:
            connection.execute(ledger.ddl)
            connection.execute(_append_sql(ledger), {"run_id": run_id, "published_at": published_at})
        connection.execute("commit")
    except duckdb.Error:
        connection.execute("rollback")
        raise


def _append_sql(ledger: Ledger) -> str:
    key = ", ".join(ledger.key_names)
    same_key = " and ".join(f"said.{name} = latest.{name}" for name in ledger.key_names)
    differs = " or ".join(f"said.{name} is distinct from latest.{name}" for name, _ in ledger.content)
    return f"""
        insert into {ledger.table} by name
        with said as ({ledger.select}),
        latest as (
            select * from {ledger.table}
            qualify change_no = max(change_no) over (partition by {key})
        )
        select said.*, false as is_withdrawn, coalesce(latest.change_no, 0) + 1 as change_no,
            $published_at::timestamp as published_at, $run_id as run_id
        from said
        left join latest on {same_key}
        where latest.change_no is null or latest.is_withdrawn or {differs}
        union all by name
        select {", ".join(f"latest.{name}" for name in ledger.key_names)}, true as is_withdrawn, latest.change_no + 1 as change_no,
            $published_at::timestamp as published_at, $run_id as run_id
        from latest
        anti join said on {same_key}
        where not latest.is_withdrawn
    """


def _exists(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    schema, _, table = name.partition(".")
    found = connection.execute(
        "select 1 from duckdb_tables() where database_name = current_database() and schema_name = ? and table_name = ?", [schema, table]
    )
    return found.fetchone() is not None
