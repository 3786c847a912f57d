"""The scorecards as past publications said them, from the ledgers of what was said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.report.marts import Row
from pipelines.report.site.content import Content, Series

TABLES = ("measures.value_ledger", "measures.spc_signal_ledger", "quality.publications")
# The last publication of each of the last months, and the one before the newest.
MOST = 13
PUBLICATIONS = f"""
with every as (
    select
        *,
        lead(published_at) over (order by published_at, run_id) as next_at,
        row_number() over (order by published_at desc, run_id desc) as from_newest
    from quality.publications
)
select run_id, published_at, max_load_id, code_version from every
where from_newest > 1 and (from_newest = 2 or next_at >= date_trunc('month', published_at) + interval 1 month)
order by published_at desc limit {MOST}
"""
# What was said last, up to a moment, of the newest period of each series of the cards.
SAID = """
with known as (
    select * from {table}
    where published_at <= $at and (measure_id, area_id, segment) in (select (measure_id, area_id, segment) from ({lines}))
    qualify change_no = max(change_no) over (partition by {key})
)
select * from known
where not is_withdrawn and value is not null
qualify row_number() over (partition by measure_id, area_id, segment order by {newest}) = 1
"""
# Of periods that end on one day, the month.
NEWEST_FIGURE = "period_end desc, period_type = 'month' desc, period_type"
VALUE_KEY, SIGNAL_KEY = ("measure_id", "area_id", "segment", "period_type", "period_end"), ("measure_id", "area_id", "segment", "month")


@dataclass(frozen=True)
class Line:
    """A line of a card as it was said: the line of today, figure and signal then, and the figure of the same period now where it was revised."""

    line: Row
    figure: Row
    signal: Row | None
    now: Row | None


def pages(content: Content) -> Iterator[tuple[str, str]]:
    marts = content.marts
    if not content.cards or not all(map(marts.has, TABLES)):
        return
    publications = marts.rows(PUBLICATIONS, table="quality.publications")
    rebuilt = days_rebuilt(content.published_dir)
    yield content.page("said.html.j2", "said/index.html", section="cards", publications=publications, path_of=path_of, rebuilt=rebuilt)
    now = {_key(row): row for row in _latest(content)} if publications else {}
    for publication in publications:
        figures = _said(content, "measures.value_ledger", VALUE_KEY, NEWEST_FIGURE, publication.published_at)
        signals = _said(content, "measures.spc_signal_ledger", SIGNAL_KEY, "month desc", publication.published_at)
        for card in content.cards:
            lines = [
                Line(line, figures[series], _same_period(figures[series], signals.get(series)), _revised(figures[series], now))
                for line in content.lines[card.scorecard_id]
                if (series := Series.of(line)) in figures
            ]
            yield content.page(
                "said_card.html.j2", path_of(card, publication), section="cards", card=card, publication=publication, lines=lines, path_of=path_of
            )


def days_rebuilt(published_dir: Path) -> list[date]:
    """The past days of which the marts have been rebuilt (docs/as-at.md), the newest first."""
    folders = [path.parent.name for path in (published_dir / "as_at").glob("*/marts.duckdb")]
    return sorted((date.fromisoformat(name) for name in folders if re.fullmatch(r"\d{4}-\d\d-\d\d", name)), reverse=True)


def path_of(card: Row, publication: Row) -> str:
    return f"said/{publication.published_at:%Y-%m-%d}/{card.scorecard_id}.html"


def _said(content: Content, table: str, key: Sequence[str], newest: str, at: datetime) -> dict[Series, Row]:
    sql = SAID.format(table=table, key=", ".join(key), newest=newest, lines=content.lines_sql)
    return {Series.of(row): row for row in content.marts.rows(sql, {"at": at}, table)}


def _latest(content: Content) -> list[Row]:
    """What is said now of every period of which something else was said before."""
    sql = f"""
    select * from measures.value_ledger
    where change_no > 1 and (measure_id, area_id, segment) in (select (measure_id, area_id, segment) from ({content.lines_sql}))
    qualify change_no = max(change_no) over (partition by {", ".join(VALUE_KEY)})
    """
    return content.marts.rows(sql, table="measures.value_ledger")


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in VALUE_KEY)


def _revised(figure: Row, now: dict[tuple[Any, ...], Row]) -> Row | None:
    latest = now.get(_key(figure))
    return latest if latest is not None and latest.change_no > figure.change_no else None


def _same_period(figure: Row, signal: Row | None) -> Row | None:
    """The signal, where it is of the month that the figure is of."""
    same = signal is not None and figure.period_type == "month" and figure.period_end.replace(day=1) == signal.month
    return signal if same else None
