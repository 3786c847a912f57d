"""What partners return: every figure of every series with the day of its return, from the first period, whichever months are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import counting_noise

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "measure_id": pl.String,
    "area_id": pl.String,
    "segment": pl.String,
    "period_type": pl.String,
    "period_end": pl.Date,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "value": pl.Float64,
    "margin": pl.Float64,
    "supplied_by": pl.String,
    "returned_at": pl.Datetime("ms"),
}
STEPS = {"month": 1, "quarter": 3, "year": 12}
FORCE = "wiltshire_force"


@dataclass(frozen=True)
class Figure:
    """One returned figure. Shares have numerator and denominator."""

    measure: str
    area: str
    segment: str  # empty for the whole
    period_type: str
    period_end: date
    value: float
    by: str
    returned: date
    numerator: float | None = None
    denominator: float | None = None
    margin: float | None = None


# area, segment, value, numerator, denominator
Part = tuple[str, str, float, float | None, float | None]


def period_ends(every: str, first: date, until: date) -> list[date]:
    """Last days of the periods from the one that begins with `first`, up to `until`; years are financial ones."""
    step = STEPS[every.removesuffix(" snapshot")]
    ends = []
    start = first
    while (end := tl.add_months(start, step) - timedelta(days=1)) <= until:
        ends.append(end)
        start = tl.add_months(start, step)
    return ends


def _levels(series: cal.returns.Returned, ends: list[date], seed: int) -> list[float]:
    """The total of each period over areas and segments, before rounding."""
    rng = draw.generator(seed, f"returns {series.measure}")
    levels = []
    for end in ends:
        years = (end - cal.returns.FIRST).days / 365.25
        noise = 1 + _deviation(series) * float(np.clip(rng.standard_normal(), -2, 2))
        if series.out_of:
            levels.append(float(np.clip((series.level + series.growth * years) * noise * series.season[end.month - 1], 0, 100)))
        else:
            levels.append(series.level * (1 + series.growth) ** years * noise * series.season[end.month - 1])
    for last, total in series.totals.items():
        inside = [i for i, end in enumerate(ends) if tl.add_months(tl.first_of_month(last), -11) <= end <= last]
        if inside and len(inside) == 12:
            whole = draw.largest_remainders(np.array([levels[i] for i in inside]), total)
            for i, value in zip(inside, whole.tolist(), strict=True):
                levels[i] = float(value)
    return levels


def _deviation(series: cal.returns.Returned) -> float:
    """The standard deviation of a period as a share of its level: the series' own, and that of a count or a share of its size."""
    if series.out_of:
        share = min(max(series.level / 100, 0.01), 0.99)
        return float(np.hypot(series.noise, ((1 - share) / share / series.out_of) ** 0.5))
    is_count = series.noise > 0 and series.decimals == 0 and not series.apart and not series.every.endswith("snapshot")
    return float(np.hypot(series.noise, counting_noise(series.level) if is_count else 0.0))


def _parts(weights: dict[str, float], count: int, rng: np.random.Generator, spread: float) -> dict[str, int]:
    """The count, split by these weights (which may leave a rest), each part with its own noise."""
    named = np.array(list(weights.values()))
    rest = max(0.0, 1 - named.sum())
    deviation = np.hypot(spread, np.minimum(0.45, ((1 - named).clip(min=0) / np.maximum(named * count, 1)) ** 0.5))
    noisy = np.append(named * (1 + deviation * np.clip(rng.standard_normal(len(named)), -2, 2)), rest)
    return dict(zip(weights, draw.largest_remainders(noisy, count).tolist(), strict=False))


def _overlap(weights: dict[str, float]) -> bool:
    """Whether the segments are several ways to split the whole."""
    return sum(weights.values()) > 1.001


def _counts(series: cal.returns.Returned, level: float, end: date, fixed: dict[str, int] | None, seed: int) -> Iterator[Part]:
    """(area, segment, value, -, -) of a count in one period; areas add up to the force, exactly."""
    rng = draw.generator(seed, f"returns {series.measure} parts", end)
    areas = dict(series.areas)
    total = max(0, round(level))
    by_area = _parts(areas, total, rng, 0.04) if len(areas) > 1 else {next(iter(areas)): total}
    segments = dict(series.segments)
    split: dict[str, dict[str, int]] = {}
    for area, count in by_area.items():
        yield area, "", count, None, None
        if segments:
            if fixed is not None:
                split[area] = fixed
            elif _overlap(segments):
                split[area] = {s: round(count * w) for s, w in segments.items()}
            else:
                split[area] = _parts(segments, count, rng, 0.03)
            yield from ((area, s, n, None, None) for s, n in split[area].items())
    if len(areas) > 1:
        yield FORCE, "", total, None, None
        yield from ((FORCE, s, sum(parts[s] for parts in split.values()), None, None) for s in segments)


def _fixed_parts(series: cal.returns.Returned, ends: list[date], levels: list[float]) -> dict[date, dict[str, int]]:
    """Segments of a series whose years are given, by period: over a year each has its part of the year, so that all change alike."""
    first_months = {tl.add_months(tl.first_of_month(last), -11) for last in series.totals}
    exact, handed = dict.fromkeys(series.segments, 0.0), dict.fromkeys(series.segments, 0)
    parts: dict[date, dict[str, int]] = {}
    for end, level in zip(ends, levels, strict=True):
        if tl.first_of_month(end) in first_months:
            exact, handed = dict.fromkeys(exact, 0.0), dict.fromkeys(handed, 0)
        for segment, weight in series.segments.items():
            exact[segment] += level * weight
        parts[end] = {segment: round(exact[segment]) - handed[segment] for segment in exact}
        handed = {segment: handed[segment] + parts[end][segment] for segment in exact}
    return parts


def _shares(series: cal.returns.Returned, level: float, end: date, seed: int) -> Iterator[Part]:
    """(area, segment, value, numerator, denominator) of a share in one period."""
    rng = draw.generator(seed, f"returns {series.measure} parts", end)
    areas, segments = dict(series.areas), dict(series.segments)
    whole = max(1, round(series.out_of * (1 + 0.04 * float(np.clip(rng.standard_normal(), -2, 2)))))
    bases = _parts(areas, whole, rng, 0.02) if len(areas) > 1 else {next(iter(areas)): whole}
    sums: dict[str, list[int]] = {}
    for area, base in bases.items():
        tilt = 1 + (0.015 * float(rng.standard_normal()) if len(areas) > 1 else 0.0)
        top = min(base, round(base * level * tilt / 100))
        rows = {"": (top, base)}
        if segments:
            tops = _parts({s: w * (1 + 0.06 * float(np.clip(rng.standard_normal(), -2, 2))) for s, w in segments.items()}, top, rng, 0.0)
            below = _parts(segments, base, rng, 0.0)
            rows |= {s: (min(tops[s], below[s]), below[s]) for s in segments}
        for segment, (n, d) in rows.items():
            sums.setdefault(segment, [0, 0])
            sums[segment][0] += n
            sums[segment][1] += d
            yield area, segment, _percent(n, d, series.decimals), n, d
    if len(areas) > 1:
        yield from ((FORCE, segment, _percent(n, d, series.decimals), n, d) for segment, (n, d) in sums.items())


def _percent(numerator: int, denominator: int, decimals: int) -> float:
    return round(100 * numerator / denominator, decimals) if denominator else 0.0


def _apart(series: cal.returns.Returned, level: float, end: date, seed: int) -> Iterator[Part]:
    """(area, segment, value, -, -) where a segment has a level of its own and nothing adds up: times, scores, indices."""
    rng = draw.generator(seed, f"returns {series.measure} parts", end)
    for area in series.areas:
        if not series.apart or series.decimals == 0:
            yield area, "", round(level, series.decimals), None, None
        for segment, weight in series.segments.items():
            own = level * weight * (1 + 0.04 * float(np.clip(rng.standard_normal(), -2, 2)))
            yield area, segment, round(own, series.decimals), None, None


def _series_figures(series: cal.returns.Returned, until: date, seed: int) -> Iterator[Figure]:
    ends = period_ends(series.every, cal.returns.FIRST, min(until, series.last))
    period = "snapshot" if series.every.endswith("snapshot") else series.every
    levels = _levels(series, ends, seed)
    fixed = _fixed_parts(series, ends, levels) if series.totals and series.segments else {}
    for end, level in zip(ends, levels, strict=True):
        if series.out_of:
            rows = _shares(series, level, end, seed)
        elif series.apart or series.decimals:
            rows = _apart(series, level, end, seed)
        else:
            rows = _counts(series, level, end, fixed.get(end), seed)
        returned = end + timedelta(days=series.lag_days)
        for area, segment, value, numerator, denominator in rows:
            yield Figure(series.measure, area, segment, period, end, value, series.by, returned, numerator, denominator)


def _crown_court(until: date, seed: int) -> Iterator[Figure]:
    """Receipts, disposals, and the stock that they leave, by age."""
    receipts, disposals = cal.returns.CROWN_RECEIPTS, cal.returns.CROWN_DISPOSALS
    ends = period_ends("quarter", cal.returns.FIRST, until)
    stock = cal.returns.CROWN_STOCK
    for end, came, went in zip(ends, _levels(receipts, ends, seed), _levels(disposals, ends, seed), strict=True):
        stock += round(came) - round(went)
        returned = end + timedelta(days=receipts.lag_days)
        yield Figure("crown_receipts", FORCE, "", "quarter", end, round(came), receipts.by, returned)
        yield Figure("crown_disposals", FORCE, "", "quarter", end, round(went), receipts.by, returned)
        ages = _parts(dict(cal.returns.CROWN_AGES), stock, draw.generator(seed, "crown ages", end), 0.03)
        for age, count in {"": stock, **ages}.items():
            yield Figure("crown_outstanding_cases", FORCE, age, "snapshot", end, count, receipts.by, returned)
        old = ages["over 12 months"]
        yield Figure("crown_outstanding_over_12_months_rate", FORCE, "", "quarter", end, _percent(old, stock, 1), receipts.by, returned, old, stock)


def _stated(rows: tuple[cal.returns.Stated, ...]) -> Iterator[Figure]:
    for row in rows:
        yield Figure(row.measure, row.area, row.segment, row.period_type, row.period_end, row.value, row.by, row.returned, margin=row.margin)


def _with_corrections(figures: list[Figure], seed: int) -> Iterator[Figure]:
    """Some figures are returned with an error at first, and corrected some weeks later."""
    if not figures:
        return
    corrected = draw.generator(seed, f"returns corrected {figures[0].measure}").random(len(figures)) < cal.returns.CORRECTED_SHARE
    for figure, is_corrected in zip(figures, corrected, strict=True):
        if is_corrected and figure.numerator is None and figure.value > 10:
            yield replace(figure, value=float(round(figure.value * (1 - cal.returns.CORRECTED_BY))))
            yield replace(figure, returned=figure.returned + timedelta(days=cal.returns.CORRECTED_AFTER_DAYS))
        else:
            yield figure


@lru_cache(maxsize=4)
def all_figures(seed: int, until: date) -> pl.DataFrame:
    """Every return that came by `until`, in the order of its day. Areas are spelt as suppliers spell them."""
    figures = [f for series in cal.returns.RETURNS for f in _with_corrections(list(_series_figures(series, until, seed)), seed)]
    figures += [*_crown_court(until, seed), *_stated(cal.returns.STATED), *_stated(cal.returns.ODD)]
    known = sorted((f for f in figures if f.returned <= until), key=lambda f: (f.returned, f.measure, f.area, f.segment, f.period_type, f.period_end))
    spelt = {
        area: draw.texts(draw.generator(seed, f"returns spelt {area}"), weights, len(known)) for area, weights in cal.returns.AREA_SPELLINGS.items()
    }
    minutes = draw.generator(seed, "returns at").integers(0, 8 * 60, len(known))
    return pl.DataFrame(
        [
            (
                f.measure,
                spelt[f.area][i] if f.area in spelt else f.area,
                f.segment or None,
                f.period_type,
                f.period_end,
                f.numerator,
                f.denominator,
                float(f.value),
                f.margin,
                f.by,
                datetime(f.returned.year, f.returned.month, f.returned.day, 9) + timedelta(minutes=int(minutes[i])),
            )
            for i, f in enumerate(known)
        ],
        schema=SCHEMA,
        orient="row",
    )


def month_rows(seed: int, month: date, until: date) -> pl.DataFrame:
    """The returns that came in the month, and by `until`."""
    return all_figures(seed, until).filter(pl.col("returned_at").dt.date().dt.month_start() == month)
