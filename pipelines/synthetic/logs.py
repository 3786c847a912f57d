"""Command-and-control logs of a month: grades, response, scene, silent 999, anti-social behaviour, and their faults."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw, places
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.rows import Rows

KINDS = tuple(cal.LOGS)  # immediate, priority, scheduled, silent, no_deployment
ATTENDED = ("immediate", "priority", "scheduled")


def month_rows(plan: Plan, month: date) -> Rows:
    """The month's rows of `incident_logs`."""
    rng = draw.generator(plan.seed, "logs", month)
    counts = np.array([plan.rows(f"logs {kind}", cal.LOGS[kind], month, at_least=1) for kind in KINDS])
    counted = int(counts.sum())
    tests = max(1, round(counted * cal.LOG_FAULTS.test))
    duplicates = max(1, round(counted * cal.LOG_FAULTS.duplicate))
    total = counted + tests + duplicates
    created = tl.draw_times(rng, month, plan.end, total, "emergency")
    role = rng.permutation(total)  # below `counted`: a log like any other; then tests; then duplicates
    kind = np.repeat(np.arange(len(KINDS)), counts)
    kind = np.concatenate([kind, rng.choice(kind, total - counted)])[role]
    is_test = (role >= counted) & (role < counted + tests)
    is_duplicate = role >= counted + tests

    district = _by_kind(kind, lambda name, n: places.districts(rng, cal.DISTRICT_MIX[name], n), dtype=np.int64)
    asb_type, district = _antisocial(rng, plan, month, kind, district, usable=role < counted)
    times = _times(rng, month, kind, district, created)
    unchanged = tl.unchanged_clocks(rng, created)

    final_grade = draw.take([cal.GRADE_NAMES[k] for k in KINDS], kind)
    initial_grade = pl.select(pl.when(pl.Series(times["is_regraded"])).then(_earlier_grades(rng, kind)).otherwise(final_grade)).to_series()
    opening = _texts_by_kind(rng, kind, cal.OPENING_TYPES)
    opening = opening.set(asb_type.is_not_null(), cal.ASB_OPENING)
    same = pl.Series(rng.random(total) < cal.CLOSING_SAME)
    closing = pl.select(pl.when(same).then(opening).otherwise(draw.texts(rng, cal.CLOSING_TYPES, total))).to_series()
    silent = pl.Series(kind == KINDS.index("silent"))
    closing = pl.select(pl.when(silent).then(draw.texts(rng, cal.SILENT_CLOSING, total)).otherwise(closing)).to_series()
    number = _log_numbers(created)
    lsoa_codes = [code for code, _, _ in places.lsoas()]
    lsoa = draw.take(lsoa_codes, places.lsoa_positions(rng, district)).set(pl.Series(rng.random(total) < cal.LOG_FAULTS.no_lsoa), None)
    appointment = (kind == KINDS.index("scheduled")) & (rng.random(total) < cal.LOG_FAULTS.appointment)

    frame = pl.DataFrame(
        [
            number.alias("log_number"),
            tl.local_column("created_at", created, unchanged_clock=unchanged),
            _texts_by_kind(rng, kind, cal.LOG_SOURCES).alias("source"),
            initial_grade.alias("initial_grade"),
            final_grade.alias("final_grade"),
            tl.local_column("graded_at", times["graded"], ~times["is_regraded"], unchanged),
            opening.alias("opening_type"),
            closing.alias("closing_type"),
            places.cpt_names(rng, district).alias("cpt"),
            pl.Series("deployed", times["is_deployed"]),
            tl.local_column("first_dispatched_at", times["dispatched"], ~times["is_deployed"], unchanged),
            tl.local_column("first_arrived_at", times["arrived"], ~times["has_arrival"], unchanged),
            tl.local_column("scene_cleared_at", times["cleared"], ~times["has_arrival"], unchanged),
            tl.local_column("closed_at", times["closed"], None, unchanged),
            pl.Series("appointment_requested", appointment),
            _parents(number, is_duplicate, role < counted).alias("duplicate_of"),
            pl.Series("is_test", is_test),
            asb_type.alias("asb_type"),
            lsoa.alias("lsoa_code"),
        ]
    )
    return Rows(frame, *_first_versions(rng, frame, kind))


def _by_kind(kind: np.ndarray, make: Callable[[str, int], np.ndarray], dtype: type) -> np.ndarray:
    """`make(name, count)` for the rows of each kind, put back in their places."""
    out = np.zeros(len(kind), dtype=dtype)
    for i, name in enumerate(KINDS):
        where = np.flatnonzero(kind == i)
        out[where] = make(name, len(where))
    return out


def _texts_by_kind(rng: np.random.Generator, kind: np.ndarray, tables: dict[str, cal.Weights]) -> pl.Series:
    words = sorted({word for table in tables.values() for word in table})
    place = {word: i for i, word in enumerate(words)}

    def make(name: str, count: int) -> np.ndarray:
        return np.array([place[w] for w in tables[name]])[draw.codes(rng, tables[name], count)]

    return draw.take(words, _by_kind(kind, make, np.int64))


def _earlier_grades(rng: np.random.Generator, kind: np.ndarray) -> pl.Series:
    """The grade that each log would have had first, were it regraded."""
    return _texts_by_kind(rng, kind, {name: weights for name, (_, weights) in cal.REGRADED.items()})


def _antisocial(
    rng: np.random.Generator, plan: Plan, month: date, kind: np.ndarray, district: np.ndarray, *, usable: np.ndarray
) -> tuple[pl.Series, np.ndarray]:
    """The ASB type of the logs picked to be anti-social behaviour (null elsewhere), and the districts of all logs."""
    weight = np.array([cal.ASB_GRADES.get(name, 0.0) for name in KINDS])[kind] * usable
    wanted = {d: plan.rows(f"asb {d}", cal.ASB[d], month, at_least=1) for d in places.DISTRICTS}
    count = min(sum(wanted.values()), int((weight > 0).sum()))
    chosen = rng.choice(len(kind), count, replace=False, p=weight / weight.sum())
    district = district.copy()
    district[chosen] = np.repeat(np.arange(len(wanted)), list(wanted.values()))[:count]
    names = list(cal.ASB_TYPES)
    types = np.full(len(kind), len(names))
    types[rng.permutation(chosen)] = np.repeat(
        np.arange(len(names)), draw.largest_remainders(np.array(list(cal.ASB_TYPES.values()), dtype=float), count)
    )
    return draw.take([*names, ""], types), district


def _times(rng: np.random.Generator, month: date, kind: np.ndarray, district: np.ndarray, created: np.ndarray) -> dict[str, np.ndarray]:
    """Every time of the logs after their creation, seconds UTC, and which of them happened."""
    count = len(kind)

    def share(table: cal.Weights) -> np.ndarray:
        return np.array([table.get(name, 0.0) for name in KINDS])[kind]

    is_regraded = rng.random(count) < share({name: part for name, (part, _) in cal.REGRADED.items()})
    delay = draw.seconds(draw.lognormal(rng, count, cal.REGRADE_DELAY_SIGMA, median=cal.REGRADE_DELAY_MEDIAN)).clip(30, 4 * tl.HOUR)
    graded = created + delay
    clock = np.where(is_regraded, graded, created)
    is_deployed = rng.random(count) < share(cal.DEPLOYED)
    has_arrival = is_deployed & (rng.random(count) >= share(cal.NO_ARRIVAL))

    response = np.zeros(count)
    scene = np.zeros(count)
    swindon = district == places.DISTRICTS.index("swindon")
    for name in ATTENDED:
        for area, here in (("swindon", swindon), ("county", ~swindon)):
            where = np.flatnonzero((kind == KINDS.index(name)) & here)
            response[where] = _responses(rng, cal.RESPONSES[name, area], month, len(where))
        where = np.flatnonzero(kind == KINDS.index(name))
        scene[where] = draw.lognormal(rng, len(where), cal.SCENE_SIGMA, median=cal.SCENE_MEDIAN[name].at(month)).clip(max=cal.LONGEST_SCENE)

    arrived = clock + draw.seconds(response)
    dispatched = clock + draw.seconds(response * rng.uniform(0.1, 0.7, count))
    cleared = arrived + draw.seconds(scene)
    # no fewer than one of each fault a month, so that a scaled-down set has them too
    present = np.flatnonzero(has_arrival)
    early = present[draw.flags(rng, len(present), cal.LOG_FAULTS.arrived_before_created, at_least=1)]
    reopened = present[draw.flags(rng, len(present), cal.LOG_FAULTS.cleared_before_arrived, at_least=1)]
    arrived[early] = created[early] - rng.integers(30, 1_200, len(early))
    dispatched[early] = arrived[early] - 10
    cleared[reopened] = arrived[reopened] - rng.integers(60, 7_200, len(reopened))
    last = np.where(has_arrival, np.maximum(cleared, arrived), np.where(is_deployed, dispatched, clock))
    closed = np.maximum(last, clock) + draw.seconds(draw.lognormal(rng, count, 1.2, median=5_400.0)).clip(60, 4 * tl.DAY)
    return {
        "is_regraded": is_regraded,
        "graded": graded,
        "is_deployed": is_deployed,
        "has_arrival": has_arrival,
        "dispatched": dispatched,
        "arrived": arrived,
        "cleared": cleared,
        "closed": closed,
    }


def _responses(rng: np.random.Generator, shape: cal.Response, month: date, count: int) -> np.ndarray:
    """Response times in seconds: exactly the tail's share over ten hours."""
    body = draw.lognormal(rng, count, shape.body_sigma, mean=shape.body_mean.at(month)).clip(20, cal.TEN_HOURS - 1)
    tail = (cal.TEN_HOURS + rng.exponential(shape.tail_mean - cal.TEN_HOURS, count)).clip(max=cal.LONGEST_RESPONSE)
    return np.where(draw.flags(rng, count, shape.tail_share.at(month)), tail, body)


def _log_numbers(created: np.ndarray) -> pl.Series:
    """`54-yyyymmdd-nnnn`: numbered within the local day."""
    local = tl.local_column("day", created).dt.strftime("54-%Y%m%d-")
    within = pl.DataFrame({"day": local}).select(pl.int_range(1, pl.len() + 1).over("day").cast(pl.String).str.zfill(4)).to_series()
    return local + within


def _parents(number: pl.Series, is_duplicate: np.ndarray, is_counted: np.ndarray) -> pl.Series:
    """For each duplicate the counted log just before it, or the first one (null for other logs)."""
    parent = np.maximum.accumulate(np.where(is_counted, np.arange(len(number)), -1))
    return number.gather(np.where(parent < 0, int(np.argmax(is_counted)), parent)).set(pl.Series(~is_duplicate), None)


def _first_versions(rng: np.random.Generator, frame: pl.DataFrame, kind: np.ndarray) -> tuple[np.ndarray, dict[str, pl.Series]]:
    """Logs that an audit regrades after the first extract, or that are found to be duplicates."""
    corrected = draw.flags(rng, frame.height, cal.EXTRACTS["incident_logs"].corrected, at_least=3)
    first = {
        "final_grade": _earlier_grades(rng, kind),
        "closing_type": frame["opening_type"],
        "duplicate_of": frame["duplicate_of"].clear(frame.height),
    }
    return corrected, first
