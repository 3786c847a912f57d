"""Writes synthetic extracts of every feed into a landing folder. Same arguments, same bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.contracts.loading import load_contracts
from pipelines.contracts.model import Feed
from pipelines.synthetic import calibration as cal
from pipelines.synthetic import (
    comparators,
    crime,
    draw,
    governance,
    logs,
    online,
    operations,
    protection,
    returns,
    roads,
    rota,
    street,
    survey,
    suspects,
    telephony,
)
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.extracts import Extract, Extractor, closing_time, extract_time
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.rows import Rows
from pipelines.synthetic.writer import WrittenFile, write_csv, write_extract

Progress = Callable[[str, int], None]
MONTHS = 79  # January 2017 to July 2023
SAMPLE_SCALE = 0.008


def write_extracts(
    landing_dir: Path,
    *,
    months: int = MONTHS,
    end: date = date(2023, 7, 31),
    seed: int = 20230731,
    scale: float = 1.0,
    force_code: str = cal.files.FORCE_CODE,
    progress: Progress | None = None,
) -> list[WrittenFile]:
    """Writes the extracts of `months` months up to `end` and returns the files, by feed and name.
    A feed whose history begins later has files from its own first month on.

    `scale` multiplies every volume (0.02 keeps every kind of fault and error). Of another force than Wiltshire, `force_code`,
    only the feeds that name the force of a row by its code are written. `progress(feed, rows)` is called once a file, from
    one thread at a time. Files of the same names are replaced; no other file is touched. Raises ValueError
    for a period or scale that makes no sense.
    """
    if months < 1 or scale <= 0:
        raise ValueError(f"months={months} and scale={scale}: give at least one month and a scale above 0")
    contracts = load_contracts()
    feeds, sheets = contracts.feeds, contracts.folders[governance.FOLDER]
    plan = Plan(tl.months_until(end, months), end, seed, scale, force_code)
    written: list[WrittenFile] = []
    lock = threading.Lock()

    def report_each(files: Iterator[WrittenFile]) -> None:
        for file in files:
            with lock:
                written.append(file)
                if progress is not None:
                    progress(file.feed, file.rows)

    def write_each(extracts: Iterator[Extract]) -> None:
        report_each(write_extract(landing_dir, extract, feeds[extract.feed], plan) for extract in extracts if is_written(feeds[extract.feed]))

    def is_written(feed: Feed) -> bool:
        return plan.is_of_home_force or ("force_code" in feed.required and feed.name != "collisions")  # STATS19 has numbers of forces

    # The streams share nothing, so two cores can work on them; what is drawn does not depend on the order.
    with ThreadPoolExecutor(max_workers=2) as pool:
        tasks = [pool.submit(write_each, stream(plan)) for stream in STREAMS]
        if plan.is_of_home_force:
            tasks.append(pool.submit(report_each, write_street(landing_dir, plan, feeds["police_uk_street"])))
            tasks.append(pool.submit(report_each, governance.write_workbooks(landing_dir, sheets, end)))
        for task in tasks:
            task.result()
    order = list(feeds)
    return sorted(written, key=lambda f: (order.index(f.feed), f.path))


def monthly_extracts(plan: Plan, feed: str, month_rows: Callable[[Plan, date], Rows]) -> Iterator[Extract]:
    """Extracts of a feed whose months are made each by itself."""
    extractor = Extractor(feed, plan)
    for month in extractor.months:
        yield from extractor.add(month, month_rows(plan, month))


def telephony_extracts(plan: Plan) -> Iterator[Extract]:
    """Extracts of force_calls, bt_999_calls and bt_incidents."""
    extractors = {feed: Extractor(feed, plan) for feed in ("force_calls", "bt_999_calls")}
    registers = plan.months_of("bt_incidents")
    for month in extractors["force_calls"].months:
        for feed, rows in telephony.month_rows(plan, month).items():
            yield from extractors[feed].add(month, rows)
        if month in registers and (month.month in cal.telephony.BT_REGISTER_MONTHS or month == plan.months[-1]):
            register = telephony.incident_register(month, registers)
            taken = extract_time("bt_incidents", month, plan.end, cal.files.EXTRACTS["bt_incidents"].days)
            if register.height:
                yield Extract("bt_incidents", month, taken, False, register)


def log_extracts(plan: Plan) -> Iterator[Extract]:
    """Extracts of incident_logs."""
    yield from monthly_extracts(plan, "incident_logs", logs.month_rows)


def crime_extracts(plan: Plan) -> Iterator[Extract]:
    """Extracts of crimes, of the online reports that refer to them, and of the outcomes, arrests and suspects that follow."""
    crimes: dict[date, pl.DataFrame] = {}
    extractors = {feed: Extractor(feed, plan) for feed in ("crimes", "online_reports", "crime_outcomes", "arrests")}
    for month in extractors["crimes"].months:
        rows, crimes[month] = crime.month_rows(plan, month)
        yield from extractors["crimes"].add(month, rows)
        if month in extractors["online_reports"].months:
            yield from extractors["online_reports"].add(month, online.month_rows(plan, month, crimes[month]["crime_ref"]))
    if not crimes:
        return
    for feed, made in (("crime_outcomes", crime.outcome_rows(plan, crimes)), ("arrests", crime.arrest_rows(plan, crimes))):
        for month, rows in made.items():
            yield from extractors[feed].add(month, rows)
    yield from suspects.extracts(plan, crimes)


def road_extracts(plan: Plan) -> Iterator[Extract]:
    """Extracts of speedwatch_sessions, speed_enforcement (to the day of the report's own count) and collisions."""
    yield from monthly_extracts(plan, "speedwatch_sessions", roads.speedwatch_rows)
    yield from monthly_extracts(plan.reaching(cal.roads.ENFORCEMENT_TO), "speed_enforcement", roads.enforcement_rows)
    yield from monthly_extracts(plan, "collisions", roads.collision_rows)


def register_extracts(plan: Plan) -> Iterator[Extract]:
    """Extracts of protection_orders, and of section_60: the whole register each time, empty or not."""
    yield from monthly_extracts(plan, "protection_orders", protection.month_rows)
    months = plan.months_of("section_60")
    for month in months:
        taken = extract_time("section_60", month, plan.end, cal.files.EXTRACTS["section_60"].days)
        yield Extract("section_60", month, taken, False, operations.section_60_register(month, months))


def returned_extracts(plan: Plan) -> Iterator[Extract]:
    """Extracts of measure_returns, force_comparators and csew_estimates: a file of what came in each month, as far as the returns of the quarter
    after the period's end. What partners count is not scaled."""
    until = plan.end + timedelta(days=cal.returns.LATEST_DAYS)
    months = [m for m in tl.months_until(until, len(plan.months) + 3) if m >= plan.months[0]]
    releases = {survey.released_at(release): release for release in survey.releases()}
    for month in months:
        last = tl.last_day(month, until)
        for feed, made in (("measure_returns", returns.month_rows), ("force_comparators", comparators.month_rows)):
            rows = made(plan.seed, month, until)
            if rows.height:
                yield Extract(feed, month, closing_time(feed, last), False, rows)
        for at, release in releases.items():
            if at.date() <= last and tl.first_of_month(at.date()) == month:
                yield Extract("csew_estimates", month, at, False, survey.release_rows(plan.seed, release))


STREAMS: tuple[Callable[[Plan], Iterator[Extract]], ...] = (
    telephony_extracts,
    log_extracts,
    crime_extracts,
    road_extracts,
    register_extracts,
    rota.extracts,
    returned_extracts,
)  # the longest first


def write_street(landing_dir: Path, plan: Plan, feed: Feed) -> Iterator[WrittenFile]:
    """Writes a file per month as data.police.uk publishes them, and one month once more in another order."""
    for month in plan.months_of(feed.name):
        frame = street.month_frame(plan, month)
        path = landing_dir / feed.name / f"{month:%Y-%m}-{cal.files.FORCE_CODE}-street.csv"
        write_csv(path, frame)
        yield WrittenFile(feed.name, path, frame.height)
        if month == cal.street.STREET_REDOWNLOADED:
            order = draw.generator(plan.seed, "street again", month).permutation(np.arange(frame.height))
            again = path.with_name(path.name.replace("-street", "-street-again"))
            write_csv(again, frame[order])
            yield WrittenFile(feed.name, again, frame.height)


def write_samples(samples_dir: Path) -> list[WrittenFile]:
    """Writes the small sample set that stands in data/samples: one month, a handful of rows per feed."""
    return write_extracts(samples_dir, months=1, scale=SAMPLE_SCALE)
