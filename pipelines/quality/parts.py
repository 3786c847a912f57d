"""Which rows checks have to look at: of a check that holds of each month by itself, the months that new rows touch, where it passed on the others.

Decided by data. What a run of checks looked at is kept with its results (quality.check_runs): how far the loads of a feed had come, and the rows
until then by count and hash. Where those rows are as they were, and the same check by the same code passed on them, only months can fail that have
a row of a key which new rows bring: a corrected row may have left a month, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from pipelines.contracts.model import Contracts, Feed
from pipelines.quality.model import CheckSpec
from pipelines.warehouse import raw_content_sql

MOST_MONTHS = 12  # more of them are hardly less than all rows


@dataclass(frozen=True)
class Looked:
    """What the checks of a table looked at. Of an earlier version of the pipeline, or of a table of no keyed feed, only the state is known."""

    state: str | None  # a fingerprint of the checks and of everything that they read
    load_id: int | None = None  # the newest load of the feed
    rows: str | None = None  # the feed's raw rows, by count and hash
    plan: str | None = None  # a fingerprint of the checks that hold of each month by itself, and of the code of the models

    @classmethod
    def read(cls, written: Any) -> Looked:
        return cls(**written) if isinstance(written, dict) else cls(written)


@dataclass(frozen=True)
class Part:
    """The months (their first days, of the event's time as it is stored) that the checks of these names have to look at."""

    months: tuple[date, ...]
    checks: frozenset[str]

    def rows(self, event_time: str) -> str:
        """SQL that is true of the rows of these months."""
        begun = (f"{event_time} >= date '{month}' and {event_time} < date '{month}' + interval 1 month" for month in self.months)
        return " or ".join(begun) or "false"


def plan_of(specs: Iterable[CheckSpec], version: str) -> str:
    """A fingerprint of those checks of a table that hold of each month by itself, and of the code that its rows come from."""
    return hashlib.sha256(repr(([spec for spec in specs if spec.by_month], version)).encode()).hexdigest()[:20]


def table_feeds(contracts: Contracts) -> dict[str, Feed]:
    """The keyed feeds by the tables of their rows: raw and staging."""
    keyed = [feed for feed in contracts.feeds.values() if feed.row_identity == "key" and feed.event_time and not feed.is_whole]
    return {table: feed for feed in keyed for table in (f"raw.{feed.name}", feed.staging_table)}


def looked_at(
    connection: duckdb.DuckDBPyConnection, feed: Feed, state: str | None, specs: Iterable[CheckSpec], version: str, rows: str | None
) -> Looked:
    """What a run of checks of one of the feed's tables looks at now.

    rows  the content of the raw table
    """
    (newest,) = connection.execute(f"select max(_load_id) from raw.{feed.name}").fetchone() or (None,)
    return Looked(state, newest, rows, plan_of(specs, version))


@dataclass
class TouchedMonths:
    """Which months new rows touch. A feed's raw rows and their staging view mostly ask for the same: it is looked for once."""

    connection: duckdb.DuckDBPyConnection
    _known: dict[tuple[str, int, str | None], tuple[date, ...] | None] = field(default_factory=dict)

    def after(self, feed: Feed, load_id: int, rows: str | None) -> tuple[date, ...] | None:
        """The months of every row whose key has a row of a later load; None where there are many, where a row has no time, or where the rows of the
        loads up to this one are no longer those of `rows` (count and hash)."""
        asked = feed.name, load_id, rows
        if asked not in self._known:
            self._known[asked] = self._looked_for(feed, load_id, rows)
        return self._known[asked]

    def _looked_for(self, feed: Feed, load_id: int, rows: str | None) -> tuple[date, ...] | None:
        if self.connection.execute(raw_content_sql(feed.name, f"_load_id <= {load_id}")).fetchone() != (rows,):
            return None
        key = ", ".join(feed.key_without_force)
        months = self.connection.execute(
            f"""
            select distinct cast(date_trunc('month', {feed.event_time}) as date) as month
            from raw.{feed.name}
            where hash({key}) in (select hash({key}) from raw.{feed.name} where _load_id > {load_id})
            order by month
            """
        ).fetchall()
        found = tuple(month for (month,) in months)
        return found if len(found) <= MOST_MONTHS and None not in found else None


def part_of(touched: TouchedMonths, feed: Feed, specs: Sequence[CheckSpec], earlier: Looked, version: str, passed: Mapping[str, bool]) -> Part | None:
    """What the checks of a table have to look at again; None where that is all of it.

    passed  by name of a check, whether it did when it was last evaluated
    """
    checks = frozenset(spec.name for spec in specs if spec.by_month and passed.get(spec.name))
    if not checks or earlier.load_id is None or earlier.plan != plan_of(specs, version):
        return None
    months = touched.after(feed, earlier.load_id, earlier.rows)
    return Part(months, checks) if months is not None else None
