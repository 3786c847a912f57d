"""The roads: a month of Community Speedwatch sessions, of speed enforcement visits, of injury collisions."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw, places
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.rows import Rows

# ---- Community Speedwatch


@cache
def _watched_places() -> tuple[tuple[str, str], ...]:
    """Every place with its team."""
    return tuple((place, team) for team, named in cal.roads.PLACES.items() for place in named)


def speedwatch_rows(plan: Plan, month: date) -> Rows:
    """The month's rows of `speedwatch_sessions`."""
    rng = draw.generator(plan.seed, "speedwatch", month)
    table = _watched_places()
    checks, vehicles, speeding = _watched(rng, plan, month)
    sessions = [_sessions(rng, *watched) for watched in zip(checks.tolist(), vehicles.tolist(), speeding.tolist(), strict=True)]
    place = np.repeat(np.arange(len(table)), [part.shape[1] for part in sessions])
    numbers = np.concatenate(sessions, axis=1)
    day = tl.local_column("day", tl.draw_times(rng, month, plan.end, len(place), "evening")).dt.date()
    order = rng.permutation(len(place))
    place, numbers = place[order], numbers[:, order]
    names = [spelling.format(name=name, upper=name.upper()) for spelling in cal.roads.PLACE_SPELLINGS for name, _ in table]
    spelling = draw.codes(rng, cal.roads.PLACE_SPELLINGS, len(place))
    frame = pl.DataFrame(
        [
            draw.numbered(f"CSW{month:%y%m}-", len(place), 4).alias("session_id"),
            day.alias("session_date"),
            draw.take(names, spelling * len(table) + place).alias("location"),
            (draw.take([name for name, _ in table], place) + " CSW").alias("speedwatch_group"),
            pl.Series("checks", numbers[0]),
            pl.Series("vehicles_observed", numbers[1]),
            pl.Series("vehicles_speeding", numbers[2]),
            draw.take([team for _, team in table], place).alias("cpt"),
        ]
    )
    return Rows(frame, np.zeros(frame.height, dtype=bool))


def _watched(rng: np.random.Generator, plan: Plan, month: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Checks, vehicles observed and vehicles speeding of each place; they sum to the month's."""
    table = [name for name, _ in _watched_places()]
    total = plan.counted("speedwatch", cal.roads.SPEEDWATCH_CHECKS, month, at_least=4)
    known = cal.roads.SPEEDWATCH_MONTHS.get(month)
    share = cal.roads.SPEEDING_SHARE * (1 + cal.roads.SPEEDING_NOISE * float(rng.standard_normal()))
    observed = max(total, round(known.vehicles * plan.scale) if known else round(total * cal.roads.VEHICLES_PER_CHECK))
    fast = round(known.speeding * plan.scale) if known else round(observed * share)
    own = cal.roads.SPEEDWATCH_PLACES.get(month, ())
    weight = draw.lognormal(draw.generator(plan.seed, "speedwatch places"), len(table), cal.roads.PLACE_SIGMA, median=1.0)
    weight[[table.index(w.place) for w in own]] = 0
    pinned = {table.index(w.place): [max(1, round(n * plan.scale)) for n in (w.checks, w.vehicles, w.speeding)] for w in own}
    left = [max(0, whole - sum(p[i] for p in pinned.values())) for i, whole in enumerate((total, observed, fast))]
    checks = rng.multinomial(left[0], weight / weight.sum())
    vehicles = checks + rng.multinomial(max(0, left[1] - left[0]), checks / checks.sum())
    room = (vehicles * cal.roads.HIGHEST_SHARE).astype(np.int64)
    speeding = _filled(rng, room if room.sum() >= left[2] else vehicles, left[2])
    for place, numbers in pinned.items():
        checks[place], vehicles[place], speeding[place] = numbers
    return checks, vehicles, speeding


def _filled(rng: np.random.Generator, room: np.ndarray, count: int) -> np.ndarray:
    """`count` things put into places at random, none of which takes more than its room."""
    return rng.multivariate_hypergeometric(room, min(count, int(room.sum())))


def _sessions(rng: np.random.Generator, checks: int, vehicles: int, speeding: int) -> np.ndarray:
    """One place's checks, vehicles and speeding vehicles as sessions: three rows of numbers, a column per session."""
    if checks == 0:
        return np.zeros((3, 0), dtype=np.int64)
    count = max(1, round(checks / cal.roads.SESSION_CHECKS))
    made = 1 + rng.multinomial(checks - count, np.full(count, 1 / count))
    seen = made + rng.multinomial(max(0, vehicles - checks), made / checks)
    return np.stack([made, seen, _filled(rng, seen, speeding)])


# ---- speed enforcement


def _financial_year(month: date) -> list[date]:
    """The months of the month's financial year, April first, up to the month itself."""
    first = date(month.year if month.month >= 4 else month.year - 1, 4, 1)
    return [m for i in range(12) if (m := tl.add_months(first, i)) <= month]


def enforcement_rows(plan: Plan, month: date) -> Rows:
    """The month's rows of `speed_enforcement`; so many of its visits are to places new in the financial year."""
    rng = draw.generator(plan.seed, "enforcement", month)
    counts = {name: plan.counted(f"enforcement {name}", by_month, month) for name, by_month in cal.roads.ENFORCEMENT.items()}
    new = max(1, counts["new locations"])
    visits = max(new, counts["visits"])
    year = _financial_year(month)
    before = sum(max(1, plan.counted("enforcement new locations", cal.roads.ENFORCEMENT["new locations"], m)) for m in year[:-1])
    roads = [(place, team, road) for place, team in _watched_places() for road in cal.roads.ROADS]
    order = draw.generator(plan.seed, "enforcement places", year[0]).permutation(len(roads))
    place = np.concatenate([np.arange(before, before + new), rng.integers(0, before + new, visits - new)])
    place = order[rng.permutation(place) % len(roads)]
    day = tl.local_column("day", tl.draw_times(rng, month, plan.end, visits, "office")).dt.date()
    issued = {name: rng.multinomial(counts[name], np.full(visits, 1 / visits)) for name in ("courses", "fines", "court")}
    frame = pl.DataFrame(
        [
            draw.numbered(f"SE{month:%y%m}-", visits, 4).alias("visit_id"),
            day.alias("visit_date"),
            draw.take([f"{road}, {name}" for name, _, road in roads], place).alias("location"),
            pl.Series("courses_issued", issued["courses"]),
            pl.Series("fines_and_points_issued", issued["fines"]),
            pl.Series("court_appearances", issued["court"]),
            draw.take([team for _, team, _ in roads], place).alias("cpt"),
        ]
    )
    late = draw.flags(rng, visits, cal.roads.FOLLOWS_LATE)
    return Rows(frame, late, {"courses_issued": pl.Series(np.zeros(visits, dtype=np.int64))})


# ---- injury collisions


def collision_rows(plan: Plan, month: date) -> Rows:
    """The month's rows of `collisions`, with STATS19's codes and the casualties by severity that a force's own export has."""
    rng = draw.generator(plan.seed, "collisions", month)
    count = plan.rows("collisions", cal.roads.COLLISIONS, month, at_least=3)
    at = tl.local_column("at", tl.draw_times(rng, month, plan.end, count, "office"))
    severity = draw.codes(rng, cal.roads.SEVERITIES, count)
    more = rng.poisson(cal.roads.MORE_CASUALTIES, count)
    fatal = (severity == 0).astype(np.int64)
    serious = (severity == 1) + rng.binomial(more, np.where(severity < 2, cal.roads.ALSO_SERIOUS, 0.0))
    district = places.districts(rng, cal.roads.COLLISION_DISTRICTS, count)
    centre = np.array([cal.street.STREET_CENTRES.get(d, cal.street.STREET_CENTRES["county"]) for d in places.DISTRICTS])[district]
    lsoa = places.lsoa_positions(rng, district)
    severities = draw.take(list(cal.roads.SEVERITIES), severity)
    frame = pl.DataFrame(
        [
            draw.numbered(f"{month:%Y}{cal.roads.STATS19_FORCE}{month:%m}", count, 5).alias("collision_index"),
            pl.Series("force_code", [cal.roads.STATS19_FORCE]).new_from_index(0, count),
            at.dt.date().alias("date"),
            at.dt.strftime("%H:%M").alias("time"),
            severities.alias("collision_severity"),
            pl.Series("number_of_vehicles", 1 + rng.binomial(3, 0.28, count)),
            pl.Series("number_of_casualties", 1 + more),
            pl.Series("fatal_casualties", fatal),
            pl.Series("serious_casualties", serious),
            pl.Series("longitude", np.round(centre[:, 0] + rng.normal(0, 1, count) * centre[:, 2], 6)),
            pl.Series("latitude", np.round(centre[:, 1] + rng.normal(0, 0.6, count) * centre[:, 2], 6)),
            draw.take([cal.roads.ONS_DISTRICTS[d] for d in places.DISTRICTS], district).alias("local_authority_ons_district"),
            draw.take([code for code, _, _ in places.lsoas()], lsoa).alias("lsoa_of_collision_location"),
            draw.texts(rng, cal.roads.SPEED_LIMITS, count).cast(pl.Int64).alias("speed_limit"),
        ]
    )
    revised = draw.flags(rng, count, cal.roads.SEVERITY_REVISED) & (severity == 1)
    first = {
        "collision_severity": severities.set(pl.Series(revised), "3"),
        "serious_casualties": frame["serious_casualties"].set(pl.Series(revised), 0),
    }
    return Rows(frame, revised, first)
