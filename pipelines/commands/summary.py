"""The outcome of a run, and the state of the warehouse: read from the ledger, the check results and the published heartbeat."""

from __future__ import annotations

from contextlib import suppress
from difflib import get_close_matches

import duckdb

from pipelines.commands.console import console, print_table
from pipelines.contracts.loading import load_contracts
from pipelines.masking import masked
from pipelines.operations.state import NEWEST_RUN_CHECKED, STANDING_PROBLEMS
from pipelines.settings import Settings
from pipelines.warehouse import has_build, open_build

FEED_ROWS = """
select feed,
       count(*) filter (where status = 'loaded' and run_id = $run_id)                as files_new,
       coalesce(sum(rows_read) filter (where run_id = $run_id), 0)::bigint           as rows_read,
       coalesce(sum(rows_accepted) filter (where run_id = $run_id), 0)::bigint       as rows_accepted,
       coalesce(sum(rows_rejected) filter (where run_id = $run_id), 0)::bigint       as rows_rejected,
       coalesce(sum(rows_accepted), 0)::bigint                                       as rows_held
from ingest.loads
group by feed
"""

REJECT_REASONS = """
select feed, column_name, rule, count(*) as rejected_rows
from ingest.rejects
where load_id in (select load_id from ingest.loads where run_id = $run_id)
group by feed, column_name, rule
order by rejected_rows desc, feed, column_name, rule
limit 12
"""

CHECK_COUNTS = """
select count(*) filter (where status = 'passed') as passed,
       count(*) filter (where status = 'warned') as warned,
       count(*) filter (where status = 'failed') as failed,
       count(*) filter (where status = 'skipped') as skipped
from quality.check_results
where run_id = $run_id
"""

CHECK_MESSAGES = """
select status, table_name, check_name, message
from quality.check_results
where run_id = $run_id and status in ('warned', 'failed')
order by status, table_name, check_name
limit 25
"""


def print_run_summary(settings: Settings, run_id: str, success: bool, failures: list[str], to_marts: float, seconds: float) -> int:
    """Print the summary of one run. Returns how many files stand refused, layouts that cannot be used among them.

    to_marts  seconds until the marts were in place; `seconds` counts the pages too
    """
    with open_build(settings, read_only=True) as connection:
        refused = print_feeds(connection, run_id)
        unusable = print_layout_problems(settings)
        print_strays(settings)
        print_rejects(connection, run_id)
        print_checks(connection, run_id)
    for failure in failures:
        console.print(f"\n[bold red]failed[/bold red] {failure}", markup=True)
    console.print()
    if success:
        print_heartbeat(settings)
        print_printed_report(settings)
        console.print(f"\n[bold]Published in {to_marts:.0f} s[/bold] to {settings.published_dir} (the whole run {seconds:.0f} s)")
        console.print(f"  {settings.marts_path.name}   for BI tools, DBeaver, Python, R (open it read-only)")
        console.print("  parquet/        one file per table")
        if (settings.published_dir / "site").exists() and not failures:
            console.print(f"  site/           the scorecard site: open {settings.published_dir / 'site' / 'index.html'}")
        console.print("The quarterly highlight report is built on demand: `scorecards report`.")
        console.print("Look on: `scorecards status`, `scorecards explain public_999_calls_offered`, `make ui` for the Dagster UI.")
    else:
        console.print(f"[bold red]Nothing was published[/bold red] ({seconds:.0f} s): the last good marts stay in place.")
        console.print("docs/runbooks/ says what to do about each check; `make ui` shows the run's own log.")
    return refused + unusable


def print_feeds(connection: duckdb.DuckDBPyConnection, run_id: str) -> int:
    found = {row[0]: row[1:] for row in connection.execute(FEED_ROWS, {"run_id": run_id}).fetchall()}
    contracts = load_contracts()
    print_table(
        "Feeds (this run)",
        ["feed", "new files", "rows read", "accepted", "rejected", "rows held"],
        [[name, *found.get(name, (0, 0, 0, 0, 0))] for name in contracts.feeds],
    )
    missing = [name for name in contracts.feeds if not found.get(name, (0, 0, 0, 0, 0))[4]]
    if missing:
        console.print(f"No data yet for: {', '.join(missing)} (nothing under landing/<feed>/); everything else goes on.")
    rows = connection.execute(STANDING_PROBLEMS).fetchall()
    problems = [(feed, load, masked(path), status, message) for feed, load, path, status, message in rows]
    if problems:
        print_table("Files that are not in the warehouse", ["feed", "load", "file", "status", "why, and the way out"], problems)
        console.print("`scorecards file LOAD` says where a file lies, by its full name.")
    return sum(1 for problem in problems if problem[3] == "refused")


def strays(settings: Settings) -> list[str]:
    """What lies in the landing folder and belongs to no feed, each with the feed whose name is nearest."""
    if not settings.landing_dir.is_dir():
        return []
    feeds = list(load_contracts().folders)
    found = []
    for path in sorted(settings.landing_dir.iterdir()):
        if path.name in feeds or path.name.startswith("."):
            continue
        near = get_close_matches(path.name, feeds, n=1)
        found.append(f"landing/{masked(path.name)}" + (f" (did you mean landing/{near[0]}/?)" if near and path.is_dir() else ""))
    return found


def print_layout_problems(settings: Settings) -> int:
    """Layouts of the data folder that cannot be used: files that need one stand refused, everything else goes on."""
    problems = load_contracts(extra_layouts=settings.layouts_dir).problems
    if problems:
        print_table("Layouts that cannot be used", ["file, line, field, and what is wrong"], [[problem] for problem in problems])
    return len(problems)


def print_strays(settings: Settings) -> None:
    found = strays(settings)
    if found:
        console.print(f"[yellow]Not read, because no feed has that name:[/yellow] {', '.join(found)}. Files go into landing/<feed>/.")


def print_rejects(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    reasons = connection.execute(REJECT_REASONS, {"run_id": run_id}).fetchall()
    if reasons:
        print_table("Most frequent reasons for rejected rows (this run)", ["feed", "column", "rule", "rows"], reasons)


def print_checks(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    passed, warned, failed, skipped = connection.execute(CHECK_COUNTS, {"run_id": run_id}).fetchone() or (0, 0, 0, 0)
    console.print(f"\nChecks: {passed} passed, {warned} warned, {failed} failed" + (f", {skipped} skipped (no data)" if skipped else ""))
    for status, table, check, message in connection.execute(CHECK_MESSAGES, {"run_id": run_id}).fetchall():
        colour = "red" if status == "failed" else "yellow"
        console.print(f"  [{colour}]{status}[/{colour}] {table} {check}: {message or ''}")


def print_file(settings: Settings, load: int) -> int:
    """`scorecards file`: the full path of a load's file. Returns 0, or 2 where there is no such load."""
    found = None
    if has_build(settings):
        with open_build(settings, read_only=True) as connection:
            found = connection.execute("select file_path, status from ingest.loads where load_id = ?", [load]).fetchone()
    if found is None:
        console.print(f"There is no load {load}; `scorecards status` and quality.feed_outcomes number them.")
        return 2
    print(settings.landing_dir / found[0])
    return 0


def print_heartbeat(settings: Settings) -> None:
    """What the published marts say of themselves."""
    if not settings.marts_path.exists():
        console.print("Nothing is published yet: `scorecards run` does it.")
        return
    with duckdb.connect(str(settings.marts_path), read_only=True) as marts:
        row = marts.execute("select published_at, data_to, package_version, code_commit, files, demonstration_date from quality.heartbeat").fetchone()
        tables = marts.execute(
            "select schema_name || '.' || table_name, estimated_size from duckdb_tables() where not internal order by 1"
        ).fetchall()
    if row:
        commit = f" ({row[3]})" if row[3] else ""
        data_to = f"data to {row[1]:%d %b %Y}" if row[1] else "without data"
        if row[5]:
            console.print(f"Demonstration data, as at {row[5]:%-d %B %Y}.")
        console.print(f"Marts published {row[0]:%d %b %Y %H:%M} UTC, {data_to}, from {row[4]} files, by version {row[2]}{commit}.")
    print_table("Published tables", ["table", "rows"], tables)


def print_known_days(settings: Settings) -> None:
    """The marts as known on past days (`scorecards run --as-at`), and when they were made."""
    made = []
    for day in settings.known_days():
        marts_path = settings.known_on(day).marts_path
        with duckdb.connect(str(marts_path), read_only=True) as marts:
            row = marts.execute("select strftime(published_at, '%d %b %Y %H:%M UTC'), data_to from quality.heartbeat").fetchone()
        made.append((str(day), *(row or (None, None)), marts_path.parent.relative_to(settings.data_dir)))
    if made:
        print_table("Marts as known on past days", ["as at", "made", "data to", "folder"], made)


TALLY = """
select case kind when 'figure' then 'figures' else 'statements' end as kind,
       count(*) filter (where outcome = 'match')                                      as matching,
       count(*) filter (where outcome = 'mismatch' and contradiction_id is not null)  as contradictions,
       count(*) filter (where outcome = 'mismatch' and contradiction_id is null)      as other_mismatches,
       count(*) filter (where outcome = 'not computable')                             as not_computable,
       count(*)                                                                       as printed
from measures.published_figures
group by kind
order by kind
"""

MOST_DIFFERENCES = 12

DIFFERING = """
select figure_id, coalesce(printed_text, claim), reason
from measures.published_figures
where kind = 'figure' and outcome <> 'match' or outcome = 'mismatch'
order by kind, outcome, source_line
"""


def print_printed_report(settings: Settings) -> None:
    """How the marts stand beside the printed report of July 2023, where they hold that time at all."""
    with duckdb.connect(str(settings.marts_path), read_only=True) as marts:
        found = marts.execute("select 1 from duckdb_tables() where schema_name = 'measures' and table_name = 'published_figures'").fetchone()
        if not found or not marts.execute("select 1 from measures.published_figures where computed_value is not null limit 1").fetchone():
            return
        print_table(
            "The printed report of July 2023 beside the marts (measures.published_figures)",
            ["", "match", "printed contradiction", "other mismatch", "not computable", "printed"],
            marts.execute(TALLY).fetchall(),
        )
        differing = marts.execute(DIFFERING).fetchall()
    for figure, printed, reason in differing[:MOST_DIFFERENCES]:
        console.print(f"  {figure} ({printed}): {reason}", markup=False)
    if len(differing) > MOST_DIFFERENCES:
        console.print(
            f"  and {len(differing) - MOST_DIFFERENCES} more: select * from measures.published_figures where outcome <> 'match'", markup=False
        )


def print_status(settings: Settings) -> int:
    """`scorecards status`. Returns 0 where the last run published and nothing stands refused, else 1."""
    print_heartbeat(settings)
    print_known_days(settings)
    if not has_build(settings):
        console.print("The warehouse is empty: `scorecards demo` writes synthetic extracts, `scorecards run` takes them in.")
        return 1
    try:
        with open_build(settings, read_only=True) as connection:
            last = None
            with suppress(duckdb.CatalogException):
                last = connection.execute(NEWEST_RUN_CHECKED).fetchone()
            if last is None:
                console.print("No run has finished yet.")
                return 1
            console.print(f"\nLast run {last[0]}, checked {last[1]:%d %b %Y %H:%M} UTC.")
            refused = print_feeds(connection, last[0])
            print_strays(settings)
            print_checks(connection, last[0])
            (failed,) = connection.execute(
                "select count(*) from quality.check_results where run_id = ? and status = 'failed'", [last[0]]
            ).fetchone() or (0,)
    except (duckdb.IOException, duckdb.ConnectionException):
        console.print("A run is working on the warehouse at the moment; its details can be read when it ends.")
        return 0
    return 1 if refused or failed else 0
