"""The key that personal identifiers are hashed with: how it is kept, and how the warehouse knows that it is still the same.

The build database holds a fingerprint of the key, never the key. Under another key one caller would count as two, so that a changed or lost key
stops every run until the former one is back, or `scorecards key rotate` has hashed the identifiers anew.
"""

from __future__ import annotations

import hmac
import os
import secrets
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines import private
from pipelines.atomic_file import atomic_write

MIN_CHARACTERS = 32
VARIABLE, FILE_NAME = "SCORECARDS_HASH_KEY", "hash.key"

DDL = """
create schema if not exists ingest;
-- Every key that the identifiers were hashed with, by fingerprint; the newest is the one in use.
create table if not exists ingest.hash_keys (fingerprint varchar not null, since timestamp not null);
"""


class HashKeyError(ValueError):
    """A key that cannot be used; the message says why and the way out, and never the key."""


def new_key() -> bytes:
    return secrets.token_hex(32).encode()


def given_key(warehouse_dir: Path) -> bytes:
    """The key of the environment, else the one kept with the warehouse, made where there is none. Raises HashKeyError for one that is too short."""
    given = os.environ.get(VARIABLE)
    if given:
        return _long_enough(given.encode(), VARIABLE, "make one with `openssl rand -hex 32`, or unset it to have one made for this warehouse")
    path = warehouse_dir / FILE_NAME
    if not path.exists():
        _create(path, new_key())
    return _long_enough(path.read_bytes(), f"warehouse/{FILE_NAME}", "put the former file back from a backup")


def _long_enough(key: bytes, source: str, way_out: str) -> bytes:
    if len(key.decode(errors="replace").strip()) < MIN_CHARACTERS:
        raise HashKeyError(f"the hash key in {source} has fewer than {MIN_CHARACTERS} characters, and could be guessed: {way_out}")
    return key


def keep(warehouse_dir: Path, key: bytes) -> None:
    """Put a key in the place of the one kept with the warehouse, in one step."""
    with atomic_write(warehouse_dir / FILE_NAME, mode=private.FILE) as part:
        part.write_bytes(key)


def _create(path: Path, key: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)


def fingerprint(key: bytes) -> str:
    return hmac.new(key, b"scorecards: fingerprint of the hash key", "sha256").hexdigest()[:16]


def recorded(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The fingerprint of the key that the warehouse's identifiers are hashed with; None where it has none yet."""
    if not connection.execute("select 1 from duckdb_tables() where schema_name = 'ingest' and table_name = 'hash_keys'").fetchone():
        return None
    row = connection.execute("select fingerprint from ingest.hash_keys order by since desc, rowid desc limit 1").fetchone()
    return row[0] if row else None


def record(connection: duckdb.DuckDBPyConnection, key: bytes, now: datetime) -> None:
    connection.execute(DDL)
    connection.execute("insert into ingest.hash_keys values (?, ?)", [fingerprint(key), now])


def require_same(connection: duckdb.DuckDBPyConnection, key: bytes, now: datetime) -> None:
    """Record the key of a warehouse that has none yet. Raises HashKeyError where the key is another than the recorded one."""
    known = recorded(connection)
    if known is None:
        record(connection, key, now)
    elif known != fingerprint(key):
        raise HashKeyError(
            f"the hash key is not the one that this warehouse's personal identifiers were hashed with (fingerprint {fingerprint(key)} instead of "
            f"{known}), so nothing was taken in. Put the former key back ({VARIABLE}, or warehouse/{FILE_NAME}); if it is lost or was changed on "
            "purpose, run `scorecards key rotate` (docs/runbooks/hash_key.md)"
        )
