"""The build database as a lake: DuckLake, with its catalogue in a PostgreSQL database and its data as encrypted Parquet files in a folder.

A lake has one writing process, and a PostgreSQL database, a role and a folder of its own: anyone who can read a catalogue can read every table in it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts.loading import load_contracts
from pipelines.private import private_folder
from pipelines.settings import Lake, Settings
from pipelines.warehouse.dialect import LOAD_ID_SEQUENCE, quoted
from pipelines.warehouse.file import BUSY, FileTarget, engine_config
from pipelines.warehouse.tables import create_missing
from pipelines.warehouse.target import WarehouseBusy, WarehouseUnavailable

NAME = "build"
# ducklake stands on the other two: the catalogue, and the writing of encrypted files
EXTENSIONS = ("postgres_scanner", "httpfs", "ducklake")
FILE = "_file"  # a DuckDB file beside the lake, that is copied to or from
NO_DEFAULT = " DEFAULT(NULL)"  # as a lake defines a column that has none
GRACE_DAYS = 1
SHARED = 0o755  # of a share's folder: its files are encrypted
LOCK_KEY = 0x5C04E  # of PostgreSQL's advisory locks, which are counted by database
RUNBOOK = "docs/runbooks/lake.md"


class LakeTarget:
    def __init__(self, settings: Settings, lake: Lake) -> None:
        self.settings, self.lake = settings, lake

    @property
    def name(self) -> str:
        """What the variables begin with that say where the lake is."""
        return variable(self.lake)

    def exists(self) -> bool:
        with self.catalogue_session() as catalogue:
            return _has_lake(catalogue) and bool(rows_of(catalogue, "select 1 from ducklake_table where end_snapshot is null limit 1"))

    @property
    def instance(self) -> str:
        """The DuckDB in memory that connections to this lake share in one process while one of them is open, dbt's as well.

        To load the extensions and to read the catalogue costs another one half a second.
        """
        config = engine_config(self.settings)
        return f":memory:{hashlib.sha256(repr((self.lake.catalogue, self.lake.data, config)).encode()).hexdigest()[:16]}"

    def connect(self, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(self.instance, config=engine_config(self.settings))
        try:
            open_lake(connection, self.lake, NAME, read_only)
            connection.execute(f"use {NAME}")
        except BaseException:
            connection.close()
            raise
        return connection

    def attach(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        open_lake(connection, self.lake, name, read_only=True)

    @contextmanager
    def lock(self, wait_seconds: float = 0) -> Iterator[None]:
        """The lock of the data directory, for what lies beside the lake, and of the lake itself: a lock file does not reach other hosts."""
        with FileTarget(self.settings).lock(wait_seconds), self.hold(wait_seconds):
            yield

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        with closing(duckdb.connect(self.instance, config=engine_config(self.settings))):
            yield

    @contextmanager
    def hold(self, wait_seconds: float = 0) -> Iterator[None]:
        """The lock of the lake alone, of its catalogue's database. Raises WarehouseBusy."""
        deadline = time.monotonic() + wait_seconds
        with self.catalogue_session() as catalogue:
            while not rows_of(catalogue, "select pg_try_advisory_lock(%s)", LOCK_KEY)[0][0]:
                if time.monotonic() >= deadline:
                    raise WarehouseBusy(BUSY)
                time.sleep(0.5)
            try:
                yield
            finally:
                # Given back before the session ends: the server does so itself once it has seen the end, and the next run may ask before.
                # A session that broke has none to give back.
                with suppress(catalogue.Error):
                    rows_of(catalogue, "select pg_advisory_unlock(%s)", LOCK_KEY)

    def is_held(self) -> bool:
        if FileTarget(self.settings).is_held():
            return True
        with self.catalogue_session() as catalogue:
            return bool(
                rows_of(
                    catalogue,
                    "select 1 from pg_locks join pg_database on pg_locks.database = pg_database.oid "
                    "where locktype = 'advisory' and granted and objid = %s and datname = current_database()",
                    LOCK_KEY,
                )
            )

    def dbt_environment(self) -> Mapping[str, str]:
        store = self.lake.store.environment() if self.lake.store else {}
        return store | {
            "SCORECARDS_DBT_TARGET": "ducklake",
            "SCORECARDS_LAKE_CATALOGUE": self.lake.catalogue,
            "SCORECARDS_LAKE_DATA": self.lake.data,
            "SCORECARDS_LAKE_INSTANCE": self.instance,
        }

    def save(self, path: Path) -> None:
        with closing(self.connect(read_only=True)) as connection:
            connection.execute(f"attach '{quoted(path)}' as {FILE}")
            self._copy(connection, NAME, FILE)
            connection.execute(f"use {FILE}")
            (first,) = connection.execute("select coalesce(max(load_id), 0) + 1 from ingest.loads").fetchone() or (1,)
            connection.execute(f"create or replace sequence ingest.{LOAD_ID_SEQUENCE} start {first}")
            connection.execute(f"use {NAME}")
            connection.execute(f"detach {FILE}")

    def restore(self, path: Path) -> None:
        with closing(self.connect()) as connection:
            connection.execute(f"attach '{quoted(path)}' as {FILE} (read_only)")
            connection.execute("begin transaction")
            self._copy(connection, FILE, NAME)
            connection.execute("commit")

    def _copy(self, connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
        """Copy what cannot be made again. Not which loads the models hold: without that, the next run builds them all."""
        connection.execute(f"use {target}")
        create_missing(connection, load_contracts(extra_layouts=self.settings.layouts_dir))
        there, made = (
            dict(
                connection.execute(
                    "select schema_name || '.\"' || table_name || '\"', sql from duckdb_tables() where database_name = ? "
                    "and (schema_name in ('raw', 'ingest') or table_name in ('check_results', 'check_runs') and schema_name = 'quality')",
                    [database],
                ).fetchall()
            )
            for database in (source, target)
        )
        for table, definition in sorted(there.items()):
            if table not in made:
                connection.execute(definition.replace(NO_DEFAULT, ""))
            if table != 'ingest."builds"':
                connection.execute(f"insert into {target}.{table} by name from {source}.{table}")
        connection.execute(f"use {NAME}")

    def grant(self, role: str, is_revoked: bool = False) -> None:
        """Let a role of the server read every table of the lake, of today and to come; or no longer. Raises WarehouseUnavailable."""
        import psycopg2
        from psycopg2 import sql

        verb, to = ("revoke", "from") if is_revoked else ("grant", "to")
        with self.catalogue_session() as catalogue, catalogue.cursor() as cursor:
            names = {"role": sql.Identifier(role), "database": sql.Identifier(catalogue.info.dbname)}
            try:
                for right in ("connect on database {database}", "usage on schema public", "select on all tables in schema public"):
                    cursor.execute(sql.SQL(f"{verb} {right} {to} {{role}}").format(**names))
                cursor.execute(sql.SQL(f"alter default privileges in schema public {verb} select on tables {to} {{role}}").format(**names))
            except psycopg2.errors.UndefinedObject:
                raise WarehouseUnavailable(f"there is no role {role} on the server: as its superuser, `create role {role} login`") from None
            except psycopg2.errors.InsufficientPrivilege as error:
                raise WarehouseUnavailable(f"{unreachable(self.lake, error)}: only the role that owns the lake lets others read it") from None

    def maintain(self, keep_days: int) -> None:
        """Forget states older than so many days, merge small files, and remove those that nobody reads. The caller holds the lock."""
        with closing(self.connect()) as connection:
            connection.execute(f"call ducklake_expire_snapshots('{NAME}', older_than => now() - to_days({keep_days}))")
            connection.execute(f"call ducklake_merge_adjacent_files('{NAME}')")
            connection.execute(f"call ducklake_rewrite_data_files('{NAME}')")
            connection.execute(f"call ducklake_expire_snapshots('{NAME}', older_than => now() - to_days({keep_days}))")
            # a reader of the lake may still be reading what has just gone out of use
            connection.execute(f"call ducklake_cleanup_old_files('{NAME}', older_than => now() - to_days({GRACE_DAYS}))")
            connection.execute(f"call ducklake_delete_orphaned_files('{NAME}', older_than => now() - to_days({GRACE_DAYS}))")

    def contents(self) -> tuple[int, int]:
        """Files and bytes of the lake's data: of its folder, or of an object store as the catalogue knows them."""
        if self.lake.is_remote:
            with self.catalogue_session() as catalogue:
                ((files, size),) = rows_of(
                    catalogue,
                    "select count(*), coalesce(sum(file_size_bytes), 0) from (select file_size_bytes from ducklake_data_file "
                    "union all select file_size_bytes from ducklake_delete_file) as files",
                )
            return int(files), int(size)
        sizes = [path.stat().st_size for path in Path(self.lake.data).rglob("*.parquet")]
        return len(sizes), sum(sizes)

    def findings(self) -> Iterator[tuple[bool, str]]:
        for extension in EXTENSIONS:
            try:
                extension_path(extension)
                yield True, f"DuckDB's extension {extension} of v{duckdb.__version__}"
            except WarehouseUnavailable as error:
                yield False, str(error)
        yield from self._store_findings() if self.lake.is_remote else self._folder_findings()
        try:
            with self.catalogue_session() as catalogue:
                yield from self._catalogue_findings(catalogue)
        except WarehouseUnavailable as error:
            yield False, str(error)

    def _store_findings(self) -> Iterator[tuple[bool, str]]:
        """Whether objects can be written and read back under the lake's prefix."""
        path = quoted(f"{self.lake.data}/doctor.parquet")
        try:
            with closing(duckdb.connect(config=engine_config(self.settings))) as connection:
                load_extensions(connection, self.lake)
                connection.execute(f"copy (select 1 as written) to '{path}' (format parquet)")
                connection.execute(f"from read_parquet('{path}')").fetchall()
            yield True, f"the lake's objects can be written and read ({self.lake.data})"
        except (duckdb.Error, WarehouseUnavailable) as error:
            yield False, unreachable(self.lake, error)

    def _folder_findings(self) -> Iterator[tuple[bool, str]]:
        folder = Path(self.lake.data)
        if not folder.is_dir():
            yield False, f"{self.name}_DATA {folder} is no folder: mount it, or `scorecards lake init` makes it"
        else:
            yield os.access(folder, os.W_OK | os.X_OK), f"the lake's data folder {folder} can be written"
            readable = not self.lake.is_share and stat.S_IMODE(folder.stat().st_mode) & 0o077
            yield not readable, "nobody else can look into the lake's data folder" + (f": run `chmod go= {folder}`, as its owner" if readable else "")

    def _catalogue_findings(self, catalogue: Any) -> Iterator[tuple[bool, str]]:
        ((role, is_superuser, may_create),) = rows_of(
            catalogue,
            "select current_user::text, rolsuper, has_schema_privilege('public', 'create') from pg_roles where rolname = current_user",
        )
        yield True, f"the lake's catalogue answers ({self.lake.address}), as role {role}"
        ((language,),) = rows_of(catalogue, "show lc_messages")
        is_english = language.startswith(("C", "POSIX", "en")) or not language
        yield (
            is_english,
            "the catalogue's messages are in English, which DuckLake reads"
            if is_english
            else (
                f"the catalogue's messages are in {language}, and DuckLake tries again after English ones only: as its superuser, "
                f"`alter database … set lc_messages = 'C'` ({RUNBOOK})"
            ),
        )
        yield (
            not is_superuser,
            f"role {role} is no superuser"
            if not is_superuser
            else f"role {role} is a superuser, and can read the lake of every force: give this lake a role of its own ({RUNBOOK})",
        )
        if not _has_lake(catalogue):
            yield (
                may_create,
                f"role {role} may create a lake"
                if may_create
                else (
                    f"role {role} may not create tables in the catalogue: make it the owner of the database, or grant create on schema public to it"
                ),
            )
            yield False, f"there is no lake in the catalogue ({self.lake.address}) yet: run `scorecards lake init`"
            return
        ((may_read, may_write),) = rows_of(
            catalogue,
            "select has_table_privilege('ducklake_metadata', 'select'), "
            "bool_and(has_table_privilege(oid, 'insert') and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete')) "
            "from pg_class where relname like 'ducklake%' and relkind = 'r' and relnamespace = 'public'::regnamespace",
        )
        yield (
            may_write,
            f"role {role} may write the lake"
            if may_write
            else (f"role {role} may not write the lake's catalogue, and a run must: use the role that owns it ({RUNBOOK})"),
        )
        if not may_read:
            return
        known = dict(rows_of(catalogue, "select key, value from ducklake_metadata where scope is null"))
        theirs = known.get("data_path", "").rstrip("/")
        yield (
            theirs == self.lake.data.rstrip("/"),
            (
                f"{self.name}_DATA is the folder that the catalogue names"
                if theirs == self.lake.data.rstrip("/")
                else f"{self.name}_DATA is {self.lake.data}, and the catalogue's lake has its data in {theirs}: set it to that ({RUNBOOK})"
            ),
        )
        is_encrypted = known.get("encrypted") == "true"
        yield (
            is_encrypted,
            "the lake's files are encrypted"
            if is_encrypted
            else (f"the lake's files are not encrypted: make another lake with `scorecards lake init`, and bring this one over ({RUNBOOK})"),
        )

    def create(self) -> bool:
        """Create the lake in an empty catalogue. Whether there was none yet. Raises WarehouseUnavailable."""
        with self.catalogue_session() as catalogue:
            if _has_lake(catalogue):
                return False
        if self.lake.is_remote:
            pass  # who may read objects is said by the policy of the bucket
        elif self.lake.is_share:
            folder = Path(self.lake.data)
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(SHARED)
        else:
            private_folder(Path(self.lake.data))
        with closing(duckdb.connect(config=engine_config(self.settings))) as connection:
            open_lake(connection, self.lake, NAME, may_create=True)
        return True

    @contextmanager
    def catalogue_session(self) -> Iterator[Any]:
        """A session of the catalogue's own database, closed at the end. Raises WarehouseUnavailable."""
        try:
            import psycopg2
        except ImportError:
            raise WarehouseUnavailable(f"the package psycopg2-binary is not installed: {INSTALL}") from None
        try:
            session = psycopg2.connect(self.lake.catalogue, application_name="scorecards", connect_timeout=10)
        except psycopg2.Error as error:
            raise WarehouseUnavailable(unreachable(self.lake, error)) from None
        session.autocommit = True
        with closing(session):
            yield session


def variable(lake: Lake) -> str:
    """What the variables begin with that say where a lake is."""
    return "SCORECARDS_SHARE" if lake.is_share else "SCORECARDS_LAKE"


INSTALL = "run `make lake`, or `pip install .[lake]`"


def _has_lake(catalogue: Any) -> bool:
    return rows_of(catalogue, "select to_regclass('ducklake_metadata') is not null")[0][0] is True


def rows_of(catalogue: Any, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with catalogue.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return list(cursor.fetchall())


def open_lake(connection: duckdb.DuckDBPyConnection, lake: Lake, name: str, read_only: bool = False, may_create: bool = False) -> None:
    """Attach a lake under a name, where it is not yet. Raises WarehouseUnavailable."""
    standing = connection.execute("select readonly from duckdb_databases() where database_name = ?", [name]).fetchone()
    if standing in ((False,), (read_only,)):  # another connection to the same instance has attached it
        return
    load_extensions(connection, lake)
    options = ["data_inlining_row_limit 0", f"create_if_not_exists {str(may_create).lower()}"]
    # a reader of somebody else's share goes by the folder that the catalogue names
    options += [f"data_path '{quoted(lake.data.rstrip('/'))}/'"] if lake.data else []
    # whether the files are encrypted is settled when a lake is created
    options += ["encrypted"] * may_create + ["read_only"] * read_only
    try:
        connection.execute(f"attach 'ducklake:postgres:{quoted(lake.catalogue)}' as {name} ({', '.join(options)})")
    except duckdb.Error as error:
        raise WarehouseUnavailable(unreachable(lake, error)) from None


def load_extensions(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """What a connection needs to open the lake: DuckDB's extensions, and the key of the object store. Raises WarehouseUnavailable."""
    for extension in EXTENSIONS:
        connection.execute(f"load '{quoted(extension_path(extension))}'")
    if lake.store:
        protocol, _, host = lake.store.endpoint.rpartition("://")
        given = {"key_id": lake.store.key_id, "secret": lake.store.secret, "session_token": lake.store.token, "region": lake.store.region}
        given |= {"endpoint": host, "url_style": "path", "use_ssl": str(protocol == "https").lower()} if host else {}
        options = ", ".join(f"{name} '{quoted(value)}'" for name, value in given.items() if value)
        connection.execute(f"create or replace temporary secret object_store (type s3, {options})")


def extension_path(name: str) -> Path:
    """The extension of this DuckDB as its wheel brings it; nothing is downloaded. Raises WarehouseUnavailable."""
    package = f"duckdb-extension-{name.replace('_', '-')}"
    found = importlib.util.find_spec(f"duckdb_extension_{name}")
    if found is None or found.origin is None:
        raise WarehouseUnavailable(f"the package {package} is not installed: {INSTALL}")
    path = Path(found.origin).parent / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not path.is_file():
        versions = ", ".join(sorted(folder.name for folder in path.parent.parent.glob("v*"))) or "none"
        raise WarehouseUnavailable(f"the package {package} is of DuckDB {versions}, and v{duckdb.__version__} is installed: {INSTALL}")
    return path


def unreachable(lake: Lake, error: Exception) -> str:
    """What is wrong with a catalogue or a data path, and the way out; without the password of the catalogue's address."""
    text = " ".join(str(error).split())
    if "explicitly disabled" in text:
        return f"there is no lake in the catalogue ({lake.address}) yet: run `scorecards lake init`"
    if "does not match existing data path" in text:
        theirs = re.search(r'data path in the catalog "([^"]*)"', text)
        return (
            f"{variable(lake)}_DATA is {lake.data}, and the lake of this catalogue ({lake.address}) has its data in "
            f"{theirs.group(1) if theirs else 'another folder'}: set it to that, or the catalogue to the lake of this folder ({RUNBOOK})"
        )
    if lake.is_remote and ("HTTP" in text or lake.data in text):
        return f"the lake's objects ({lake.data}) cannot be used: {lake.without_password(text)} ({RUNBOOK})"
    reason = text.replace(lake.catalogue, lake.address).rpartition("failed: ")[2]
    return f"the lake's catalogue ({lake.address}) cannot be used: {lake.without_password(reason)} ({RUNBOOK})"
