"""Command-and-control logs of a month: grades, response, scene, silent 999, anti-social behaviour, and their faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw, places, response
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.rows import Rows

KINDS = response.KINDS


def month_rows(plan: Plan, month: date) -> Rows:
    """The month's rows of `incident_logs`."""
    rng = draw.generator(plan.seed, "logs", month)
    counts = np.array([plan.rows(f"logs {kind}", cal.logs.LOGS[kind], month, at_least=1) for kind in KINDS])
    counted = int(counts.sum())
    tests = max(1, round(counted * cal.logs.LOG_FAULTS.test))
    duplicates = max(1, round(counted * cal.logs.LOG_FAULTS.duplicate))
    total = counted + tests + duplicates
    created = tl.draw_times(rng, month, plan.end, total, "emergency")
    role = rng.permutation(total)  # up to `counted`: ordinary logs; then tests; then duplicates
    kind = np.repeat(np.arange(len(KINDS)), counts)
    kind = np.concatenate([kind, rng.choice(kind, total - counted)])[role]
    is_test = (role >= counted) & (role < counted + tests)
    is_duplicate = role >= counted + tests

    is_counted = role < counted
    district = _districts(rng, kind, is_counted)
    team, cpt = places.cpts(rng, district)
    asb_type = _antisocial(rng, plan, month, kind, district, is_counted)
    incident = _codes_by_kind(rng, kind, response.INCIDENTS, cal.logs.OPENING_TYPES)
    incident[asb_type.is_not_null().to_numpy()] = response.INCIDENTS.index(cal.logs.ASB_OPENING)
    times = response.times_of(rng, plan, month, kind=kind, district=district, team=team, incident=incident, created=created, is_counted=is_counted)
    unchanged = tl.unchanged_clocks(rng, created)

    final_grade = draw.take([cal.logs.GRADE_NAMES[k] for k in KINDS], kind)
    initial_grade = pl.select(pl.when(pl.Series(times["is_regraded"])).then(_earlier_grades(rng, kind)).otherwise(final_grade)).to_series()
    opening = draw.take(list(response.INCIDENTS), incident)
    same = pl.Series(rng.random(total) < cal.logs.CLOSING_SAME)
    closing = pl.select(pl.when(same).then(opening).otherwise(draw.texts(rng, cal.logs.CLOSING_TYPES, total))).to_series()
    silent = pl.Series(kind == KINDS.index("silent"))
    closing = pl.select(pl.when(silent).then(draw.texts(rng, cal.logs.SILENT_CLOSING, total)).otherwise(closing)).to_series()
    number = _log_numbers(created)
    lsoa_codes = [code for code, _, _ in places.lsoas()]
    lsoa = draw.take(lsoa_codes, places.lsoa_positions(rng, district)).set(pl.Series(rng.random(total) < cal.logs.LOG_FAULTS.no_lsoa), None)
    chance = np.where(kind == KINDS.index("scheduled"), cal.logs.LOG_FAULTS.appointment, 0.0)
    is_late_priority = (kind == KINDS.index("priority")) & times["has_arrival"] & (times["response"] > cal.logs.TEN_HOURS)
    appointment = rng.random(total) < np.where(is_late_priority, cal.logs.LOG_FAULTS.appointment_over_ten_hours, chance)

    frame = pl.DataFrame(
        [
            number.alias("log_number"),
            tl.local_column("created_at", created, unchanged_clock=unchanged),
            _texts_by_kind(rng, kind, cal.logs.LOG_SOURCES).alias("source"),
            initial_grade.alias("initial_grade"),
            final_grade.alias("final_grade"),
            tl.local_column("graded_at", times["graded"], ~times["is_regraded"], unchanged),
            opening.alias("opening_type"),
            closing.alias("closing_type"),
            cpt.alias("cpt"),
            pl.Series("deployed", times["is_deployed"]),
            tl.local_column("first_dispatched_at", times["dispatched"], ~times["is_deployed"], unchanged),
            tl.local_column("first_arrived_at", times["arrived"], ~times["has_arrival"], unchanged),
            tl.local_column("scene_cleared_at", times["cleared"], ~times["has_arrival"], unchanged),
            tl.local_column("closed_at", times["closed"], None, unchanged),
            pl.Series("appointment_requested", appointment),
            _parents(number, is_duplicate, is_counted).alias("duplicate_of"),
            pl.Series("is_test", is_test),
            asb_type.alias("asb_type"),
            lsoa.alias("lsoa_code"),
        ]
    )
    return Rows(frame, *_first_versions(rng, frame, kind))


def _codes_by_kind(rng: np.random.Generator, kind: np.ndarray, words: Sequence[str], tables: Mapping[str, cal.shapes.Weights]) -> np.ndarray:
    """For each row a position in `words`, drawn by the weights of its kind."""
    out = np.zeros(len(kind), dtype=np.int64)
    for i, name in enumerate(KINDS):
        rows = np.flatnonzero(kind == i)
        out[rows] = np.array([words.index(w) for w in tables[name]])[draw.codes(rng, tables[name], len(rows))]
    return out


def _texts_by_kind(rng: np.random.Generator, kind: np.ndarray, tables: Mapping[str, cal.shapes.Weights]) -> pl.Series:
    words = sorted({word for table in tables.values() for word in table})
    return draw.take(words, _codes_by_kind(rng, kind, words, tables))


def _districts(rng: np.random.Generator, kind: np.ndarray, is_counted: np.ndarray) -> np.ndarray:
    """The district of each log; of the counted logs of a kind every district has exactly its share."""
    out = np.zeros(len(kind), dtype=np.int64)
    for i, name in enumerate(KINDS):
        shares = np.array([cal.places.DISTRICT_MIX[name][d] for d in places.DISTRICTS])
        for rows in (np.flatnonzero((kind == i) & is_counted), np.flatnonzero((kind == i) & ~is_counted)):
            out[rng.permutation(rows)] = np.repeat(np.arange(len(shares)), draw.largest_remainders(shares, len(rows)))
    return out


def _earlier_grades(rng: np.random.Generator, kind: np.ndarray) -> pl.Series:
    """The grade that each log would have had first, were it regraded."""
    return _texts_by_kind(rng, kind, {name: weights for name, (_, weights) in cal.logs.REGRADED.items()})


def _antisocial(rng: np.random.Generator, plan: Plan, month: date, kind: np.ndarray, district: np.ndarray, is_counted: np.ndarray) -> pl.Series:
    """The ASB type of the logs picked to be anti-social behaviour, each district's number of them (null elsewhere)."""
    weight = np.array([cal.logs.ASB_GRADES.get(name, 0.0) for name in KINDS])[kind] * is_counted
    chosen: list[np.ndarray] = []
    for i, name in enumerate(places.DISTRICTS):
        rows = np.flatnonzero((district == i) & (weight > 0))
        wanted = min(plan.rows(f"asb {name}", cal.logs.ASB[name], month, at_least=1), len(rows))
        if wanted:
            chosen.append(rng.choice(rows, wanted, replace=False, p=weight[rows] / weight[rows].sum()))
    picked = rng.permutation(np.concatenate(chosen))
    names = list(cal.logs.ASB_TYPES)
    types = np.full(len(kind), len(names))
    shares = np.array(list(cal.logs.ASB_TYPES.values()), dtype=float)
    is_printed = month == cal.logs.ASB_TYPES_PRINTED
    each = draw.largest_remainders(shares, len(picked)) if is_printed else rng.multinomial(len(picked), shares / shares.sum())
    types[picked] = np.repeat(np.arange(len(names)), each)
    return draw.take([*names, ""], types)


def _log_numbers(created: np.ndarray) -> pl.Series:
    """Numbered within the local day, as `54-yyyymmdd-nnnn`."""
    local = tl.local_column("day", created).dt.strftime(cal.logs.LOG_NUMBER)
    within = pl.DataFrame({"day": local}).select(pl.int_range(1, pl.len() + 1).over("day").cast(pl.String).str.zfill(4)).to_series()
    return local + within


def _parents(number: pl.Series, is_duplicate: np.ndarray, is_counted: np.ndarray) -> pl.Series:
    """For each duplicate the counted log just before it, or the first one (null for other logs)."""
    parent = np.maximum.accumulate(np.where(is_counted, np.arange(len(number)), -1))
    return number.gather(np.where(parent < 0, int(np.argmax(is_counted)), parent)).set(pl.Series(~is_duplicate), None)


def _first_versions(rng: np.random.Generator, frame: pl.DataFrame, kind: np.ndarray) -> tuple[np.ndarray, dict[str, pl.Series]]:
    """Logs that an audit regrades after the first extract, or that are found to be duplicates."""
    corrected = draw.flags(rng, frame.height, cal.files.EXTRACTS["incident_logs"].corrected, at_least=3)
    first = {
        "final_grade": _earlier_grades(rng, kind),
        "closing_type": frame["opening_type"],
        "duplicate_of": frame["duplicate_of"].clear(frame.height),
    }
    return corrected, first
