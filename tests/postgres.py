"""A PostgreSQL server for tests: a cluster of its own on a free port of the loopback address."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Postgres:
    """A running server; its superuser is `postgres`, and nobody needs a password."""

    binaries: Path
    port: int
    control: Callable[..., None]  # pg_ctl of its cluster

    def stop(self) -> None:
        """As a crash does: nobody is waited for."""
        self.control("-m", "immediate", "stop")

    def url(self, database: str = "postgres", role: str = "postgres") -> str:
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def sql(self, statements: str, database: str = "postgres") -> None:
        command = [self.binaries / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.url(database), "-c", statements]
        subprocess.run(command, check=True, capture_output=True)

    def new_database(self, name: str) -> str:
        """An empty database that a role of the same name owns, and nobody else may enter; returns its address."""
        self.sql(f"create role {name} login")
        self.sql(f"create database {name} owner {name}")
        self.sql(f"revoke connect on database {name} from public")
        return self.url(name, name)


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(p) for p in [shutil.which("initdb")] if p]
    return found[-1].parent if found else None


@contextmanager
def cluster(folder: Path) -> Iterator[Postgres]:
    """Skips the test where there is no PostgreSQL."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (initdb not found)")
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL cannot run as root and there is no user postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
        # not in pytest's folders: each pytest that starts takes the rights of others on them, and the server aborts at its next checkpoint
        folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        folder.chmod(0o755)
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "cluster"

    def run(*command: object) -> None:
        subprocess.run([*as_user, *map(str, command)], check=True, capture_output=True, cwd=folder)

    run(binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"

    def control(*arguments: object) -> None:
        run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, *arguments)

    control("start")
    postgres = Postgres(binaries, port, control)
    try:
        yield postgres
    finally:
        with suppress(subprocess.CalledProcessError):  # a test may have stopped it
            postgres.stop()
        if as_user:
            shutil.rmtree(folder, ignore_errors=True)
