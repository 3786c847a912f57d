"""A force's lake and share are removed: catalogue databases, their files, and the role that owns them. Nothing of another force is touched.

Before anything goes, what goes is noted in the data directory. Then a database takes no new sessions, it goes, and after it its files, which without
the catalogue nobody can read any more. Killed anywhere on the way, the same call goes on from the note.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.atomic_file import atomic_write
from pipelines.settings import Settings
from pipelines.warehouse.file import FileTarget
from pipelines.warehouse.lake import NAME, LakeTarget, rows_of, unreachable
from pipelines.warehouse.target import WarehouseUnavailable

NOTE = "forgetting.json"
SERVER_DATABASE = "postgres"  # of every server: a database goes from another one
FORCES = """
select distinct areas.force_code from lake.measures.measure_values inner join lake.core.dim_area as areas using (area_id) where areas.level = 'force'
"""


@dataclass(frozen=True)
class Remains:
    """What there is of a lake, or still is."""

    what: str  # lake, or share
    database: str
    owner: str
    address: str
    folder: str
    size: int | None  # of the database in bytes; None: it is gone
    is_open: bool  # whether the database takes sessions
    readers: tuple[str, ...]  # roles that lose what they could read
    files: tuple[Path, ...]
    others: tuple[Path, ...]  # files in the folder that are no lake's, and stay

    @property
    def is_gone(self) -> bool:
        return self.size is None and not self.files and not (Path(self.folder).is_dir() and not self.others)


def note_path(settings: Settings) -> Path:
    return settings.data_dir / NOTE


def noted(settings: Settings) -> dict[str, Any] | None:
    """What a call that did not come to its end was about."""
    path = note_path(settings)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


@contextmanager
def server(lake: LakeTarget, admin: str | None = None) -> Iterator[Any]:
    """A session of the lake's server outside the lake: as the role of the lake, or as `admin` names one. Raises WarehouseUnavailable."""
    import psycopg2
    from psycopg2.extensions import make_dsn, parse_dsn

    named = parse_dsn(admin) if admin else parse_dsn(lake.lake.catalogue) | {"dbname": SERVER_DATABASE}
    try:
        session = psycopg2.connect(make_dsn(**{"dbname": SERVER_DATABASE} | named), application_name="scorecards", connect_timeout=10)
    except psycopg2.Error as error:
        text = unreachable(lake.lake, error) if not admin else " ".join(str(error).split())
        raise WarehouseUnavailable(f"the server cannot be asked about its databases: {text}") from None
    session.autocommit = True
    with closing(session):
        yield session


def remains(lake: LakeTarget, admin: str | None = None) -> Remains:
    """Look at what there is of a lake. Raises WarehouseUnavailable."""
    from psycopg2.extensions import parse_dsn

    named = parse_dsn(lake.lake.catalogue)
    role = named.get("user", "")
    database = named.get("dbname") or role
    with server(lake, admin) as session:
        found = rows_of(
            session,
            "select pg_database_size(oid), datallowconn, pg_get_userbyid(datdba)::text, array(select distinct pg_get_userbyid(grantee)::text from "
            "aclexplode(datacl) where privilege_type = 'CONNECT' and grantee not in (0, datdba) order by 1) from pg_database where datname = %s",
            database,
        )
    ((size, is_open, owner, readers),) = found or [(None, False, role, [])]
    files = sorted(path for path in Path(lake.lake.data).rglob("*") if not path.is_dir() or path.is_symlink())
    ours = tuple(path for path in files if path.suffix == ".parquet")
    others = tuple(path for path in files if path.suffix != ".parquet")
    what = "share" if lake.lake.is_share else "lake"
    return Remains(what, database, owner, lake.lake.address, lake.lake.data, size, is_open, tuple(readers), ours, others)


@contextmanager
def held(settings: Settings, lakes: Mapping[str, LakeTarget], found: Mapping[str, Remains]) -> Iterator[None]:
    """The lock of the data directory, and of every lake that still takes sessions. Raises WarehouseBusy."""
    with ExitStack() as locks:
        locks.enter_context(FileTarget(settings).lock())
        for what, lake in lakes.items():
            if found[what].is_open:
                locks.enter_context(lake.hold())
        yield


def require_own(force: str, lakes: Mapping[str, LakeTarget], found: Mapping[str, Remains], note: Mapping[str, Any] | None) -> None:
    """Refuse where a lake is another force's, is no lake, or nothing says any more whose files these are. Raises WarehouseUnavailable."""
    if note and note["force"] != force:
        raise WarehouseUnavailable(f"another force, {note['force']}, is being forgotten here: end that first, with --confirm {note['force']}")
    for what, lake in lakes.items():
        there = found[what]
        if there.is_open:
            _require_lake_of(force, lake, there)
        elif not (note and note["lakes"].get(what) == [there.database, there.folder]) and not there.is_gone:
            raise WarehouseUnavailable(
                f"{there.address} has no catalogue of a lake, so nothing says whose files lie in {there.folder}: nothing was removed. If they are "
                f"{force}'s, remove the folder by hand"
            )


def _require_lake_of(force: str, lake: LakeTarget, there: Remains) -> None:
    with lake.catalogue_session() as catalogue:
        foreign = rows_of(
            catalogue,
            "select format('%%I.%%I', nspname, relname) from pg_class inner join pg_namespace on relnamespace = pg_namespace.oid where "
            "relkind in ('r', 'p', 'v', 'm') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and relname not like %s "
            "order by 1 limit 3",
            "ducklake\\_%",
        )
        if foreign:
            raise WarehouseUnavailable(
                f"database {there.database} holds tables that are no lake's ({', '.join(name for (name,) in foreign)}): nothing was removed. Move "
                "them to a database of their own first"
            )
        known = dict(rows_of(catalogue, "select key, value from ducklake_metadata where scope is null and key = 'data_path'"))
    theirs = known.get("data_path", "").rstrip("/")
    if theirs != lake.lake.data.rstrip("/"):
        raise WarehouseUnavailable(f"{lake.name}_DATA is {lake.lake.data}, and the catalogue's lake has its data in {theirs}: nothing was removed")
    with closing(duckdb.connect()) as connection:
        lake.attach(connection, "lake")
        with suppress(duckdb.CatalogException):  # nothing has been built there yet
            forces = sorted(code for (code,) in connection.execute(FORCES).fetchall())
            if forces and force not in forces:
                raise WarehouseUnavailable(
                    f"the {there.what} at {there.address} has figures of {', '.join(forces)}, and none of {force}: nothing was removed"
                )


def write_note(settings: Settings, force: str, found: Mapping[str, Remains]) -> None:
    """From here on the same call goes on where this one ends."""
    note = {"force": force, "lakes": {what: [there.database, there.folder] for what, there in found.items()}}
    with atomic_write(note_path(settings)) as part:
        part.write_text(json.dumps(note), encoding="utf-8")


def remove_objects(lake: LakeTarget, there: Remains) -> None:
    """The lake's objects in a store, while its catalogue knows them; files of a folder go later."""
    if not lake.lake.is_remote or not there.is_open:
        return
    with closing(lake.connect()) as connection:
        schemas = connection.execute("select schema_name from duckdb_schemas() where database_name = ? and schema_name <> 'main'", [NAME]).fetchall()
        for (schema,) in schemas:
            connection.execute(f'drop schema {NAME}."{schema}" cascade')
        connection.execute(f"call ducklake_expire_snapshots('{NAME}', older_than => now())")
        connection.execute(f"call ducklake_cleanup_old_files('{NAME}', cleanup_all => true)")
        connection.execute(f"call ducklake_delete_orphaned_files('{NAME}', cleanup_all => true)")


def close_database(lake: LakeTarget, there: Remains, admin: str | None) -> None:
    """Let nobody in any more, whose session is not there yet."""
    from psycopg2 import sql

    if there.size is not None:
        with server(lake, admin) as session, session.cursor() as cursor:
            cursor.execute(sql.SQL("alter database {} with allow_connections false").format(sql.Identifier(there.database)))


def drop_database(lake: LakeTarget, there: Remains, admin: str | None) -> None:
    """End the sessions that read it, and drop it. Raises WarehouseUnavailable."""
    import psycopg2
    from psycopg2 import sql

    with server(lake, admin) as session, session.cursor() as cursor:
        try:
            cursor.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(there.database)))
        except psycopg2.errors.InsufficientPrivilege as error:
            raise WarehouseUnavailable(
                f"database {there.database} takes no new sessions, and was not dropped: {' '.join(str(error).split())}. Other roles may still be "
                "reading it: run this again when they have ended, or with --admin"
            ) from None


def remove_files(there: Remains) -> None:
    """The lake's files, then the folders that are empty."""
    for path in there.files:
        path.unlink(missing_ok=True)
    for base, _, _ in os.walk(there.folder, topdown=False):
        with suppress(OSError):  # something else lies in it
            Path(base).rmdir()


def drop_role(lake: LakeTarget, role: str, admin: str) -> str:
    """Drop the role that owned the lakes. What became of it, in words."""
    import psycopg2
    from psycopg2 import sql

    with server(lake, admin) as session, session.cursor() as cursor:
        if rows_of(session, "select 1 from pg_roles where rolname = %s and rolsuper", role):
            return f"Role {role} stays: it is a superuser."
        try:
            cursor.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role)))
        except psycopg2.errors.DependentObjectsStillExist as error:
            return f"Role {role} stays: it owns something else, or has rights in another database ({' '.join(str(error).split())})."
        except psycopg2.Error as error:
            return f"Role {role} stays: {' '.join(str(error).split())}."
    return f"Role {role} is gone."
