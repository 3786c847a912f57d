"""measures.revisions: which published figures moved, from what to what, when, and why.

What each publication said of each figure is kept like the signals of a chart (pipelines/publish/ledger.py), of the finest period that a measure has:
a quarter or twelve months move when their months do. Beside it stands what came in between two publications, by feed and month:

    publication.publications   a publication that went live: the loads and the code that it rests on
    publication.arrivals       rows that came in since the publication before: late (a key not seen before), corrected (other content for a known key)

From these the reason follows, and it is the same whenever it is asked for. A re-delivered row that says nothing new is neither late nor corrected.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from pipelines.contracts.model import Contracts, Feed

VALUE_LEDGER = "publication.values_said"  # kept by pipelines/publish/ledger.py; never published
REVISIONS = "measures.revisions"
REVISIONS_DESCRIPTION = (
    "Figures that were published and have moved since: as first published, as last published before the latest move, and now; when each was said, "
    "and why it moved, by what came in between for the feeds of the measure. One row a figure that moved; the others stand as first published. "
    "Of measures with months only their months: longer periods move with them."
)
SOURCES = ("core.dim_measure", "measures.measure_values")

ARRIVALS_DDL = """
create schema if not exists publication;
create table if not exists publication.publications (
    version varchar primary key,
    run_id varchar not null,
    published_at timestamp not null,
    max_load_id bigint not null,   -- the last load that its figures hold
    code_version varchar           -- of the models that computed them
);
create table if not exists publication.arrivals (
    version varchar not null,
    feed varchar not null,
    month date,                    -- of the event, local; null where the row has no time
    late_rows bigint not null,
    corrected_rows bigint not null
)
"""

REVISIONS_DDL = f"""
create or replace table {REVISIONS} (
    measure_id varchar not null,
    area_id varchar not null,
    segment varchar not null,
    period_type varchar not null,
    period_end date not null,
    first_value double,                     -- as first published
    first_published_at timestamp not null,  -- UTC
    previous_value double,                  -- as last published before the latest move
    previous_published_at timestamp not null,
    value double,                           -- now; null where the period counts as incomplete again, or has nothing to divide by
    published_at timestamp not null,        -- since when that is said
    change double,                          -- now minus first
    revisions integer not null,             -- how often it moved
    late_rows bigint not null,              -- rows of the period that came in between the publications, for the feeds of the measure
    corrected_rows bigint not null,         -- rows of the period that were known, and came again with other content
    other_rows bigint not null,             -- late and corrected rows of these feeds that are of other months
    is_code_changed boolean not null,       -- definitions, reference data or code changed between the publications
    reason varchar not null,                -- why it moved since first published
    latest_reason varchar not null,         -- why it moved the last time
    primary key (measure_id, area_id, segment, period_type, period_end)
)
"""

REASON = """
coalesce(nullif(concat_ws(
    ', ',
    case when {late} > 0 then 'late rows' end,
    case when {corrected} > 0 then 'corrections' end,
    case when {late} + {corrected} = 0 and {other} > 0 then 'rows of other months' end,
    case when {code} then 'definition' end
), ''), 'no rows of its own feeds')
"""

FILL = f"""
insert into {REVISIONS}
with said as (
    select *, max(change_no) over (partition by measure_id, area_id, segment, period_type, period_end) as last_change
    from {VALUE_LEDGER}
),
first_said as (select * from said where change_no = 1 and last_change > 1),
moves as (select * from said where change_no > 1),
publications as (
    select *, lag(code_version) over (order by published_at, version) as code_before from publication.publications
),
feeds as (
    select measure_id, trim(unnest(string_split(source_feeds, ','))) as feed from core.dim_measure
),
came as (
    select
        moves.measure_id, moves.area_id, moves.segment, moves.period_type, moves.period_end, moves.change_no,
        coalesce(sum(arrivals.late_rows) filter (where {{within}}), 0)::bigint as late_rows,
        coalesce(sum(arrivals.corrected_rows) filter (where {{within}}), 0)::bigint as corrected_rows,
        coalesce(sum(arrivals.late_rows + arrivals.corrected_rows) filter (where not coalesce({{within}}, false)), 0)::bigint as other_rows,
        coalesce(bool_or(publications.code_version <> publications.code_before), false) as is_code_changed
    from moves
    left join publications on moves.run_id = publications.run_id and moves.published_at = publications.published_at
    left join feeds on moves.measure_id = feeds.measure_id
    left join publication.arrivals as arrivals on publications.version = arrivals.version and feeds.feed = arrivals.feed
    group by all
),
summed as (
    select
        measure_id, area_id, segment, period_type, period_end,
        sum(late_rows)::bigint as late_rows, sum(corrected_rows)::bigint as corrected_rows, sum(other_rows)::bigint as other_rows,
        bool_or(is_code_changed) as is_code_changed,
        max_by({REASON.format(late="late_rows", corrected="corrected_rows", other="other_rows", code="is_code_changed")}, change_no) as latest_reason
    from came
    group by all
)
select
    measure_id, area_id, segment, period_type, period_end,
    first_said.value, first_said.published_at,
    previous.value, previous.published_at,
    latest.value, latest.published_at,
    latest.value - first_said.value,
    latest.change_no - 1,
    summed.late_rows, summed.corrected_rows, summed.other_rows, summed.is_code_changed,
    {REASON.format(late="summed.late_rows", corrected="summed.corrected_rows", other="summed.other_rows", code="summed.is_code_changed")},
    summed.latest_reason
from first_said
inner join said as latest using (measure_id, area_id, segment, period_type, period_end)
inner join said as previous using (measure_id, area_id, segment, period_type, period_end)
inner join summed using (measure_id, area_id, segment, period_type, period_end)
where latest.change_no = latest.last_change and previous.change_no = latest.last_change - 1
"""
# Months that a period holds, its last one among them.
MONTHS = "case moves.period_type when 'quarter' then 3 when 'year' then 12 when 'r12m' then 12 else 1 end"
WITHIN = f"(arrivals.month <= moves.period_end and arrivals.month > moves.period_end - to_months(cast({MONTHS} as integer)))"


def record_publication(connection: duckdb.DuckDBPyConnection, contracts: Contracts, version: str, run_id: str, published_at: datetime) -> None:
    """Note which loads and which code this publication rests on, and what came in since the one before. `retract` takes it back."""
    connection.execute(ARRIVALS_DDL)
    (since,) = connection.execute("select max(max_load_id) from publication.publications").fetchone() or (None,)
    (newest,) = connection.execute("select coalesce(max(load_id), 0) from ingest.loads").fetchone() or (0,)
    code = connection.execute("select code_version from ingest.builds order by built_at desc, max_load_id desc limit 1").fetchone()
    connection.execute(
        "insert into publication.publications values (?, ?, ?, ?, ?)", [version, run_id, published_at, newest, code[0] if code else None]
    )
    if since is None or newest == since:  # the first publication revises nothing
        return
    with_news = {feed for (feed,) in connection.execute("select distinct feed from ingest.loads where load_id > ?", [since]).fetchall()}
    for feed in contracts.feeds.values():
        if feed.name in with_news and not feed.is_whole:
            connection.execute(
                f"insert into publication.arrivals select $version, '{feed.name}', * from ({arrivals_sql(feed)})",
                {"version": version, "since": since, "newest": newest},
            )


def retract(connection: duckdb.DuckDBPyConnection, version: str) -> None:
    """Forget a publication that did not go live."""
    connection.execute(ARRIVALS_DDL)
    connection.execute("delete from publication.arrivals where version = ?", [version])
    connection.execute("delete from publication.publications where version = ?", [version])


def arrivals_sql(feed: Feed) -> str:
    """SQL of (month, late_rows, corrected_rows) over the loads after $since up to $newest.

    A row is late where its key was in no load before, corrected where it was with other content; the extract time is no content. The force's
    spelling is no part of the key, and rows without a key are known by their content alone.
    """
    # Columns of the key that may be empty cannot be matched; without them a few rows more count as known.
    key = [name for name in feed.key if name != "force_code" and feed.by_name[name].required] or ["_row_hash"]
    content = ", ".join(f'"{column.name}"' for column in feed.columns if not column.is_extract_time)
    keys = ", ".join(f'"{name}"' for name in key)
    time = f'"{feed.event_time}"' if feed.event_time else "null::date"
    if feed.event_time and feed.by_name[feed.event_time].type != "date":
        time = f"timezone('Europe/London', timezone('UTC', {time}))"
    return f"""
        with fresh as (
            select {keys}, hash({content}) as content, cast(date_trunc('month', {time}) as date) as month
            from raw."{feed.name}" where _load_id > $since and _load_id <= $newest
        ),
        known as (
            select {keys}, list(distinct hash({content})) as contents
            from raw."{feed.name}" semi join (select distinct {keys} from fresh) as wanted using ({keys})
            where _load_id <= $since
            group by {keys}
        )
        select
            month,
            count(distinct ({keys})) filter (where known.contents is null) as late_rows,
            count(distinct ({keys})) filter (where not list_contains(known.contents, fresh.content)) as corrected_rows
        from fresh left join known using ({keys})
        group by month
        having late_rows + corrected_rows > 0
    """


def fill_revisions(connection: duckdb.DuckDBPyConnection) -> None:
    """Write measures.revisions anew from what was said and what came in."""
    connection.execute(ARRIVALS_DDL)
    connection.execute(REVISIONS_DDL)
    connection.execute(FILL.replace("{within}", WITHIN))
