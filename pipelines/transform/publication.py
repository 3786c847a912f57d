"""The publication: a second, short run of dbt behind the gate, over the project that is parsed already, with the live marts as the past.

It builds what depends on the checks of the run (caveats, grades, check results, heartbeat) and on what was published before (the ledgers of values,
signals and limits, and the revisions). Nothing of it is said before the marts are switched: killed on the way, the next run finds the live marts as
they were and says the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts.model import Contracts
from pipelines.demonstration import declared_date
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.transform.project import TransformError
from pipelines.transform.runner import DbtRun, run_dbt
from pipelines.warehouse import open_build, quoted

PACKAGE = "scorecards"
TAG = "tag:publication"
OF_THE_PAST = "config.meta.is_of_the_past:true"
PAST = "live"  # the database that the sources of the past stand in

# What warehouses of before 0.2 kept of earlier publications in the build database: read once, until the marts have it. `schema.table` -> SQL.
FORMER_LEDGERS = {
    "measures.value_ledger": "select * from publication.values_said",
    "quality.publications": "select * exclude (version) from publication.publications",
    "quality.arrivals": """
        select run_id, published_at, arrivals.* exclude (version),
            cast(row_number() over (partition by version, feed order by month nulls last) as integer) as arrival_no
        from publication.arrivals as arrivals inner join publication.publications as publications using (version)
    """,
}
FORMER_TABLES = ("values_said", "publications", "arrivals", "pending")


def build_publication(
    settings: Settings,
    contracts: Contracts,
    manifest: Mapping[str, Any],
    run_id: str,
    published_at: datetime,
    as_at: str | None = None,
    select: Sequence[str] = (TAG,),
    unit_tests: bool = True,
    on_node: Callable[[str, int, int], None] | None = None,
) -> DbtRun:
    """Build and test the models of the publication. Raises TransformError where dbt does not run, or the past cannot be read.

    published_at  the run's clock, UTC
    as_at         what the transform was built as at; what was known on a past day is no publication, so that the ledgers are left out
    """
    with past_database(settings, manifest) as past:
        variables = {
            "run_id": run_id,
            "published_at": f"{published_at:%Y-%m-%d %H:%M:%S}",
            "package_version": _package_version(),
            "code_commit": _code_commit() or "",
            "contract_fingerprint": _contract_fingerprint(contracts),
            "live_marts": str(past),
            "demonstration_date": _demonstration(settings),
        }
        arguments = ["build", "--no-write-json", "--select", *select]
        if as_at is not None:
            variables["as_at"] = as_at
            arguments += ["--exclude", OF_THE_PAST]
        if not unit_tests:
            arguments += ["--exclude-resource-type", "unit_test"]
        return run_dbt(settings, [*arguments, "--vars", json.dumps(variables)], on_node)


def _demonstration(settings: Settings) -> str:
    with open_build(settings) as build:
        as_at = declared_date(settings, build)
    return as_at.isoformat() if as_at else ""


@contextmanager
def past_database(settings: Settings, manifest: Mapping[str, Any]) -> Iterator[Path]:
    """The database to read as the past: the live marts, or one of the same shape where there are none, or they lack a table or a column of it.

    Raises TransformError where the live marts cannot be read: what was said before must not be forgotten.
    """
    sources = {f"{node['schema']}.{node['name']}": node for node in manifest["sources"].values() if node["database"] == PAST}
    live = settings.marts_path.resolve() if settings.marts_path.exists() else None
    published = _columns_of(live) if live else {}
    if live and all(set(node["columns"]) <= published.get(name, set()) for name, node in sources.items()):
        yield live
        return
    path = settings.temp_dir / "past.duckdb"
    settings.temp_dir.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    try:
        with duckdb.connect(str(path)) as connection:
            for name, node in sources.items():
                columns = ", ".join(f'"{column["name"]}" {column["data_type"]}' for column in node["columns"].values())
                connection.execute(f"create schema if not exists {node['schema']}; create table {name} ({columns})")
            if live:
                connection.execute(f"attach '{quoted(live)}' as live (read_only)")
                for name in sources.keys() & published.keys():
                    connection.execute(f"insert into {name} by name from live.{name}")
        if live:
            _bring_former_ledgers(settings, live, path, sources.keys() - published.keys())
        yield path
    finally:
        path.unlink(missing_ok=True)


def _columns_of(live: Path) -> dict[str, set[str]]:
    """`schema.table` -> its columns."""
    try:
        with duckdb.connect(str(live), read_only=True) as marts:
            found = marts.execute("select schema_name || '.' || table_name, list(column_name) from duckdb_columns() group by all").fetchall()
            return {name: set(columns) for name, columns in found}
    except duckdb.Error as error:
        raise TransformError(
            f"the live marts cannot be read, and with them what was published before: {error}. Point published/current back at the other version in "
            "published/.versions, or restore the folder from a backup (docs/runbooks/publish_failure.md)"
        ) from error


def _bring_former_ledgers(settings: Settings, live: Path, past: Path, missing: set[str]) -> None:
    """Copy what an older warehouse kept beside its marts, as far as it was published: the next marts have it."""
    with open_build(settings) as build:
        found = {
            table
            for (table,) in build.execute(
                "select table_name from duckdb_tables() where database_name = current_database() and schema_name = 'publication'"
            ).fetchall()
        }
        if not found.issuperset(FORMER_TABLES):
            return
        build.execute(f"attach '{quoted(past)}' as past")
        build.execute(f"attach '{quoted(live)}' as live (read_only)")
        for name in missing & FORMER_LEDGERS.keys():
            build.execute(
                f"""
                insert into past.{name} by name
                select * from ({FORMER_LEDGERS[name]}) where published_at <= (select max(published_at) from live.quality.heartbeat)
                """
            )


def _code_commit(project_dir: Path = PROJECT_DIR) -> str | None:
    """The commit that is checked out, read from the files of git; None outside a checkout."""
    try:
        head = (project_dir / ".git" / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        reference = head.removeprefix("ref: ")
        path = project_dir / ".git" / reference
        if path.exists():
            return path.read_text().strip()
        packed = (project_dir / ".git" / "packed-refs").read_text()
        return next((line.split()[0] for line in packed.splitlines() if line.endswith(f" {reference}")), None)
    except (OSError, IndexError):
        return None


def _package_version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "unknown"


def _contract_fingerprint(contracts: Contracts) -> str:
    """One fingerprint of all contracts together."""
    fingerprints = sorted(f"{feed.name} {feed.fingerprint}" for layouts in contracts.layouts.values() for feed in layouts)
    return hashlib.sha256("\n".join(fingerprints).encode()).hexdigest()[:16]
