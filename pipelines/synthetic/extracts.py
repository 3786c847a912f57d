"""From finished rows to what each extract shows: first versions, late rows, corrections, and when a file is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.rows import Rows


@dataclass(frozen=True)
class Extract:
    """One file's rows before faults are planted: a month's base extract, or the corrections since the ones before."""

    feed: str
    month: date
    taken: datetime  # local
    is_correction: bool
    frame: pl.DataFrame

    @property
    def stem(self) -> str:
        return f"{self.feed}_{self.month:%Y-%m}_x{self.taken:%Y%m%dT%H%M}"


def extract_time(feed: str, month: date, end: date, days: int) -> datetime:
    """The local time at which a file of the month is taken, `days` after its last day."""
    return closing_time(feed, tl.last_day(month, end) + timedelta(days=days))


def closing_time(feed: str, day: date) -> datetime:
    """The local time of the day at which the feed's files are taken."""
    time = cal.files.EXTRACTS[feed].base_time
    return datetime(day.year, day.month, day.day, int(time[:2]), int(time[2:]))


class Extractor:
    """Turns one feed's months, given in order, into extracts. Holds back what comes late or changes until a correction."""

    def __init__(self, feed: str, plan: Plan) -> None:
        self.feed, self.plan, self.rule = feed, plan, cal.files.EXTRACTS[feed]
        self._held: list[pl.DataFrame] = []

    def add(self, month: date, rows: Rows) -> Iterator[Extract]:
        """The base extract of the month and, in a month of corrections, the correction extract."""
        taken = extract_time(self.feed, month, self.plan.end, self.rule.days)
        rng = draw.generator(self.plan.seed, f"extract {self.feed}", month)
        frame, count = rows.final, rows.final.height
        times = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
        ready = frame.select(pl.max_horizontal(times)).to_series() if times else None
        unknown = np.zeros(count, dtype=bool) if ready is None else (ready > taken).fill_null(False).to_numpy()
        late = corrected = np.zeros(count, dtype=bool)
        if self._has_correction_from(month):
            late = draw.flags(rng, count, self.rule.late, at_least=1) & ~unknown
            corrected = rows.corrected & ~unknown
        shown = frame
        if corrected.any():
            mask = pl.Series(corrected)
            shown = shown.with_columns(pl.when(mask).then(values).otherwise(pl.col(name)).alias(name) for name, values in rows.first.items())
        shown = _as_known_at(shown, taken, times, rows.follows)
        held = pl.Series(late | corrected | unknown)
        if held.any():
            due = ready if ready is not None else pl.Series([taken], dtype=pl.Datetime("ms")).new_from_index(0, count)
            self._held.append(frame.with_columns(due.alias("_due")).filter(held))
        shown = shown.filter(~pl.Series(late))
        if shown.height:
            yield Extract(self.feed, month, taken, False, shown)
        if month.month in self.rule.correction_months:
            yield from self._correction(month, times, rows.follows)

    @property
    def months(self) -> list[date]:
        """The months that the feed has, in order."""
        return self.plan.months_of(self.feed)

    def _has_correction_from(self, month: date) -> bool:
        return any(m.month in self.rule.correction_months for m in self.plan.months if m >= month)

    def _correction(self, month: date, times: list[str], follows: dict[str, str]) -> Iterator[Extract]:
        if not self._held:
            return
        taken = extract_time(self.feed, month, self.plan.end, cal.files.CORRECTION_DAYS)
        held = pl.concat(self._held)
        known = (pl.col("_due") <= taken).fill_null(True)
        self._held = [held.filter(~known)]
        frame = _as_known_at(held.filter(known).drop("_due"), taken, times, follows)
        if frame.height:
            yield Extract(self.feed, month, taken, True, frame)


def _as_known_at(frame: pl.DataFrame, taken: datetime, times: list[str], follows: dict[str, str]) -> pl.DataFrame:
    """The rows without what had not happened yet when the extract was taken."""
    future = {name: pl.col(name) > taken for name in times if isinstance(latest := frame[name].max(), datetime) and latest > taken}
    future |= {follows[name]: unknown for name, unknown in future.items() if name in follows}
    return (
        frame.with_columns(pl.when(unknown).then(None).otherwise(pl.col(name)).alias(name) for name, unknown in future.items()) if future else frame
    )
