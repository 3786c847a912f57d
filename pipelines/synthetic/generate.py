"""Writes synthetic extracts of every feed into a landing folder. Same arguments, same bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.contracts.model import Feed, load_contracts
from pipelines.synthetic import calibration as cal
from pipelines.synthetic import crime, draw, logs, online, street, telephony
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.extracts import Extract, Extractor, extract_time
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.writer import WrittenFile, write_csv, write_extract

Progress = Callable[[str, int], None]
SAMPLE_SCALE = 0.008


def write_extracts(
    landing_dir: Path,
    *,
    months: int = 36,
    end: date = date(2023, 7, 31),
    seed: int = 20230731,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> list[WrittenFile]:
    """Writes the extracts of `months` months up to `end` and returns the files, by feed and name.

    `scale` multiplies every volume (0.02 keeps every kind of dirt and error). `progress(feed, rows)` is called once a
    file, from one thread at a time. Files of the same names are replaced; no other file is touched. Raises ValueError
    for a period or scale that makes no sense.
    """
    if months < 1 or scale <= 0:
        raise ValueError(f"months={months} and scale={scale}: give at least one month and a scale above 0")
    feeds = load_contracts().feeds
    plan = Plan(tl.months_until(end, months), end, seed, scale)
    written: list[WrittenFile] = []
    lock = threading.Lock()

    def done(file: WrittenFile) -> None:
        with lock:
            written.append(file)
            if progress is not None:
                progress(file.feed, file.rows)

    def run(extracts: Iterator[Extract]) -> None:
        for extract in extracts:
            done(write_extract(landing_dir, extract, feeds[extract.feed], plan))

    # The three streams share nothing, so two cores can work on them; what is drawn does not depend on the order.
    with ThreadPoolExecutor(max_workers=2) as pool:
        tasks = [pool.submit(run, telephony_extracts(plan)), pool.submit(run, log_extracts(plan)), pool.submit(run, crime_extracts(plan))]
        tasks.append(pool.submit(lambda: [done(file) for file in write_street(landing_dir, plan, feeds["police_uk_street"])]))
        for task in tasks:
            task.result()
    order = list(feeds)
    return sorted(written, key=lambda f: (order.index(f.feed), f.path))


def telephony_extracts(plan: Plan) -> Iterator[Extract]:
    """Extracts of force_calls, bt_999_calls and bt_incidents."""
    extractors = {feed: Extractor(feed, plan) for feed in ("force_calls", "bt_999_calls")}
    for month in plan.months:
        for feed, rows in telephony.month_rows(plan, month).items():
            yield from extractors[feed].add(month, rows)
        if month.month in cal.BT_REGISTER_MONTHS or month == plan.months[-1]:
            register = telephony.incident_register(month, plan.months)
            taken = extract_time("bt_incidents", month, plan.end, cal.BASE_DAYS)
            if register.height:
                yield Extract("bt_incidents", month, taken, False, register)


def log_extracts(plan: Plan) -> Iterator[Extract]:
    """Extracts of incident_logs."""
    extractor = Extractor("incident_logs", plan)
    for month in plan.months:
        yield from extractor.add(month, logs.month_rows(plan, month))


def crime_extracts(plan: Plan) -> Iterator[Extract]:
    """Extracts of crimes, of the online reports that refer to them, and of the outcomes and arrests that follow."""
    crimes: dict[date, pl.DataFrame] = {}
    extractors = {feed: Extractor(feed, plan) for feed in ("crimes", "online_reports", "crime_outcomes", "arrests")}
    for month in plan.months:
        rows, crimes[month] = crime.month_rows(plan, month)
        yield from extractors["crimes"].add(month, rows)
        yield from extractors["online_reports"].add(month, online.month_rows(plan, month, crimes[month]["crime_ref"]))
    for feed, made in (("crime_outcomes", crime.outcome_rows(plan, crimes)), ("arrests", crime.arrest_rows(plan, crimes))):
        for month, rows in made.items():
            yield from extractors[feed].add(month, rows)


def write_street(landing_dir: Path, plan: Plan, feed: Feed) -> Iterator[WrittenFile]:
    """Writes a file a month as data.police.uk publishes them, and one month once more in another order."""
    for month in plan.months:
        frame = street.month_frame(plan, month)
        path = landing_dir / feed.name / f"{month:%Y-%m}-{cal.FORCE_CODE}-street.csv"
        write_csv(path, frame)
        yield WrittenFile(feed.name, path, frame.height)
        if month == cal.STREET_REDOWNLOADED:
            order = draw.generator(plan.seed, "street again", month).permutation(np.arange(frame.height))
            again = path.with_name(path.name.replace("-street", "-street-again"))
            write_csv(again, frame[order])
            yield WrittenFile(feed.name, again, frame.height)


def write_samples(samples_dir: Path) -> list[WrittenFile]:
    """Writes the small sample set that stands in data/samples: one month, a handful of rows a feed."""
    return write_extracts(samples_dir, months=1, scale=SAMPLE_SCALE)
