"""`scorecards doctor`: can this machine run the warehouse, and what is in the way?"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata

import duckdb

from pipelines import hash_key
from pipelines.commands.console import console
from pipelines.contracts.loading import load_contracts
from pipelines.contracts.properties import ContractError
from pipelines.private import open_to_others
from pipelines.settings import DBT_PROJECT_DIR, Settings
from pipelines.warehouse import WarehouseBusy, WarehouseUnavailable, has_build, open_build, run_lock, share_of, target_of

PACKAGES = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "polars", "great-expectations")


def findings(settings: Settings) -> Iterator[tuple[bool, str]]:
    """(is it well, one line) for each thing looked at."""
    yield sys.version_info >= (3, 11), f"Python {sys.version.split()[0]} (3.11 or newer is needed)"
    for package in PACKAGES:
        try:
            yield True, f"{package} {metadata.version(package)}"
        except metadata.PackageNotFoundError:
            yield False, f"{package} is not installed: run `make setup`"
    try:
        contracts = load_contracts(extra_layouts=settings.layouts_dir)
        yield True, f"{len(contracts.feeds)} feed contracts, {sum(not x.problem for found in contracts.layouts.values() for x in found)} layouts"
        yield from ((False, f"layout {problem}") for problem in contracts.problems)
    except ContractError as error:
        yield False, f"contract: {error}"
    yield (DBT_PROJECT_DIR / "dbt_project.yml").exists(), f"dbt project at {DBT_PROJECT_DIR.name}/"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_dir).free / 1e9
    enough = settings.alerting.free_gb
    yield free >= enough, f"{free:.0f} GB free under {settings.data_dir} ({enough:g} GB or more is comfortable)"
    yield os.access(settings.data_dir, os.W_OK), "the data directory can be written"
    source = hash_key.VARIABLE if os.environ.get(hash_key.VARIABLE) else "made for this data directory (warehouse/hash.key); back it up elsewhere"
    yield True, f"hash key: {source}; fingerprint {hash_key.fingerprint(settings.hash_key)}"
    readable = [path for folder in (settings.data_dir / "warehouse", settings.dagster_home) for path in open_to_others(folder)]
    yield (
        not readable,
        "nobody else can read the warehouse and Dagster's home"
        + (f": {len(readable)} entries can be; run `chmod -R go= {readable[0]}`, as their owner" if readable else ""),
    )
    yield (
        settings.landing_dir.exists(),
        f"landing folder {settings.landing_dir}"
        + ("" if settings.landing_dir.exists() else ": missing; `scorecards demo` makes one, or put extracts into landing/<feed>/"),
    )
    yield from target_of(settings).findings()
    if share := share_of(settings):
        yield from ((well, f"share: {line}") for well, line in share.findings())
    with suppress(WarehouseUnavailable):  # the target has said what is in the way
        yield from _of_the_build(settings)
    if settings.marts_path.exists():
        try:
            duckdb.connect(str(settings.marts_path), read_only=True).close()
            yield True, "published marts opens"
        except duckdb.Error as error:
            yield False, f"published marts does not open: {error}"


def _of_the_build(settings: Settings) -> Iterator[tuple[bool, str]]:
    """Raises WarehouseUnavailable."""
    try:
        with run_lock(settings):
            yield True, "no run holds the warehouse"
    except WarehouseBusy as error:
        yield False, str(error)
    if has_build(settings):
        try:
            with open_build(settings, read_only=True) as database:
                yield True, "build database opens"
                yield _is_same_key(settings, database)
        except duckdb.Error as error:
            yield False, f"build database does not open: {error}"


def _is_same_key(settings: Settings, database: duckdb.DuckDBPyConnection) -> tuple[bool, str]:
    known = hash_key.recorded(database)
    if known in (None, hash_key.fingerprint(settings.hash_key)):
        return True, "the hash key is the warehouse's"
    return False, f"the warehouse's identifiers were hashed with another key (fingerprint {known}): docs/runbooks/hash_key.md"


def print_doctor(settings: Settings) -> int:
    """Print every finding. Returns 0 where all is well."""
    healthy = True
    for well, line in findings(settings):
        healthy &= well
        console.print(f"[green]ok[/green]   {line}" if well else f"[red]look[/red] {line}")
    console.print("\nAll is well." if healthy else "\nSomething needs a look: see the lines marked `look`.")
    return 0 if healthy else 1
