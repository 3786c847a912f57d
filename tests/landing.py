"""A landing folder and a warehouse of its own for every ingest test: write files, run a feed, look at the outcome."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from pipelines.contracts.loading import load_contracts
from pipelines.contracts.model import Contracts
from pipelines.ingest.feed import FeedOutcome, FileOutcome, ingest_feed
from pipelines.settings import Settings
from pipelines.warehouse import create_tables, open_build

NOW = datetime(2023, 8, 1, 2, 0)
HASH_KEY = b"a key for tests only, long enough"
OTHER_KEY = b"another key for tests only, as long"
CLI = "07700900123"


@cache
def contracts() -> Contracts:
    return load_contracts()


HEADER = "call_id,force_code,line,offered_at,answered_at,abandoned_at,ended_at,cli,bt_call_ref,is_test"


def call(number: int = 1, **changed: str) -> str:
    """One force_calls row as csv text, answered after five seconds, with the given columns changed."""
    row = {
        "call_id": f"C{number}",
        "force_code": "wiltshire",
        "line": "999",
        "offered_at": "2023-07-01 10:00:00",
        "answered_at": "2023-07-01 10:00:05",
        "abandoned_at": "",
        "ended_at": "2023-07-01 10:03:00",
        "cli": CLI,
        "bt_call_ref": f"B{number}",
        "is_test": "N",
    }
    return ",".join((row | changed).values())


def calls(*rows: str, header: str = HEADER) -> str:
    return "\n".join((header, *rows)) + "\n"


@dataclass
class Landing:
    """Make one by `Landing.at(tmp_path)`, then write, run, query."""

    settings: Settings
    contracts: Contracts = field(default_factory=contracts)
    said: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, data_dir: Path, **changed: object) -> Landing:
        settings = Settings(data_dir=data_dir, hash_key=HASH_KEY, settle_seconds=0.0, memory_limit="500MB")
        return cls(replace(settings, **changed))

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.settings.landing_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, feed: str = "force_calls", run_id: str = "run-1", now: datetime = NOW) -> FeedOutcome:
        with open_build(self.settings) as connection:
            create_tables(connection, self.contracts)
            return ingest_feed(connection, feed, self.contracts, self.settings, run_id, now, self.said.append)

    def take(self, name: str, content: str | bytes) -> FileOutcome:
        """Write one file, run its feed, and give that file's outcome."""
        self.write(name, content)
        outcome = self.run(name.split("/", maxsplit=1)[0])
        return next(f for f in outcome.files if f.file_path == name)

    def query(self, sql: str) -> list[tuple]:
        with open_build(self.settings) as connection:
            return connection.execute(sql).fetchall()

    def reasons(self) -> set[tuple[int, str, str]]:
        return set(self.query("select file_row, column_name, rule from ingest.rejects"))

    def database_bytes(self) -> bytes:
        """Everything that the pipeline has on disk beside the landing folder."""
        return b"".join(p.read_bytes() for p in sorted(self.settings.warehouse_dir.rglob("*")) if p.is_file())


def raw_content(landing: Landing, feed: str = "force_calls") -> list[tuple]:
    """The raw rows without what depends on the load: order, load id."""
    return landing.query(f"select * exclude (_load_id, _modified_at) from raw.{feed} order by all")
