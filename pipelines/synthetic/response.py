"""When logs are graded, despatched, reached, cleared and closed; fitted to what the month is declared to show."""

from __future__ import annotations

from datetime import date

import numpy as np

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw, fit, places
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.timeline import Times

KINDS = tuple(cal.logs.LOGS)  # immediate, priority, scheduled, silent, no_deployment
INCIDENTS = (*dict.fromkeys(name for table in cal.logs.OPENING_TYPES.values() for name in table), cal.logs.ASB_OPENING)
UNALLOCATED = places.DISTRICTS.index("unallocated")


def times_of(
    rng: np.random.Generator,
    plan: Plan,
    month: date,
    *,
    kind: np.ndarray,
    district: np.ndarray,
    team: np.ndarray,
    incident: np.ndarray,
    created: Times,
    is_counted: np.ndarray,
) -> dict[str, np.ndarray]:
    """Every time of the logs after their creation, seconds UTC, which of them happened, and the seconds until arrival.

    kind, district, team, incident  places in KINDS, places.DISTRICTS, places.TEAMS (-1: none), INCIDENTS
    is_counted                      logs that measures count: neither tests nor duplicates
    """
    count = len(kind)
    faults = cal.logs.LOG_FAULTS
    is_regraded = rng.random(count) < _by_kind({name: share for name, (share, _) in cal.logs.REGRADED.items()})[kind]
    graded = created + _delays(rng, cal.logs.REGRADED_AFTER, count)
    clock = np.where(is_regraded, graded, created)
    # exact shares in every grade and district, so that the mix of neither varies by chance
    groups = kind * len(places.DISTRICTS) + district
    is_deployed = _exact_flags(rng, groups, _by_kind(cal.logs.DEPLOYED)[kind])
    has_arrival = is_deployed & ~_exact_flags(rng, np.where(is_deployed, groups, -1), _by_kind(cal.logs.NO_ARRIVAL)[kind])
    # no fewer than one of each fault a month, so that a scaled-down set has them too
    present = np.flatnonzero(has_arrival)
    early = present[draw.flags(rng, len(present), faults.arrived_before_created, at_least=1)]
    reopened = present[draw.flags(rng, len(present), faults.cleared_before_arrived, at_least=1)]

    response = np.zeros(count)
    scene = np.zeros(count)
    for name in cal.logs.RESPONSES:
        of_kind = kind == KINDS.index(name)
        shown = of_kind & is_counted & has_arrival
        timed = shown & ~_at(early, count)
        rows = np.flatnonzero(of_kind)
        drawn, over = _drawn_responses(rng, name, plan, month, district[rows], timed[rows])
        response[rows] = drawn
        is_over = np.isin(np.arange(count), rows[over])
        rows = np.flatnonzero(timed)
        deployed = int((of_kind & is_counted & is_deployed).sum())
        response[rows] = _fitted_responses(name, plan, month, response[rows], is_over[rows], district[rows], deployed)
        rows = np.flatnonzero(of_kind)
        scene[rows] = _drawn_scenes(rng, name, month, team[rows], incident[rows])
        rows = np.flatnonzero(shown & ~_at(reopened, count))
        scene[rows] = _fitted_scenes(name, plan, month, scene[rows])

    arrived = clock + draw.seconds(response)
    dispatched = clock + draw.seconds(response * rng.uniform(*cal.logs.DISPATCHED, count))
    arrived[early] = created[early] - rng.integers(*faults.early, len(early))
    dispatched[early] = arrived[early] - faults.early_dispatch
    cleared = arrived + draw.seconds(scene)
    cleared[reopened] = arrived[reopened] - rng.integers(*faults.reopened, len(reopened))
    last = np.where(has_arrival, np.maximum(cleared, arrived), np.where(is_deployed, dispatched, clock))
    closed = np.maximum(last, clock) + _delays(rng, cal.logs.CLOSED_AFTER, count)
    return {
        "is_regraded": is_regraded,
        "graded": graded,
        "is_deployed": is_deployed,
        "has_arrival": has_arrival,
        "response": response,
        "dispatched": dispatched,
        "arrived": arrived,
        "cleared": cleared,
        "closed": closed,
    }


def _delays(rng: np.random.Generator, delay: cal.logs.Delay, count: int) -> np.ndarray:
    return draw.seconds(draw.lognormal(rng, count, delay.sigma, median=delay.median).clip(delay.shortest, delay.longest))


def _by_kind(table: cal.shapes.Weights) -> np.ndarray:
    return np.array([table.get(name, 0.0) for name in KINDS])


def _at(positions: np.ndarray, count: int) -> np.ndarray:
    mask = np.zeros(count, dtype=bool)
    mask[positions] = True
    return mask


def _exact_flags(rng: np.random.Generator, groups: np.ndarray, share: np.ndarray) -> np.ndarray:
    """A mask that has of each group exactly its share, rounded; groups below 0 have none."""
    rank, size = draw.ranks_within(rng, groups)
    flags: np.ndarray = (rank < np.rint(size * share)) & (groups >= 0)
    return flags


def _district_means(name: str, plan: Plan, month: date) -> np.ndarray:
    """Mean response of the month in each district, seconds."""
    shape = cal.logs.RESPONSES[name]
    conditions = plan.level(f"{name} conditions", shape.conditions, month)
    return np.array([plan.level(f"{name} response {d}", shape.mean[d], month) * conditions for d in places.DISTRICTS])


def _body_longest(shape: cal.logs.Response) -> float:
    return min(shape.longest_body, shape.longest)


def _drawn_responses(
    rng: np.random.Generator, name: str, plan: Plan, month: date, district: np.ndarray, is_timed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Response times in seconds, of each district a lognormal body and exactly the share of it over ten hours; and which are over."""
    shape = cal.logs.RESPONSES[name]
    tail = np.array([plan.level(f"{name} over ten hours {d}", shape.tail_share[d], month) for d in places.DISTRICTS])
    body_mean = (_district_means(name, plan, month) - tail * shape.tail_mean) / (1 - tail)
    body = (draw.lognormal(rng, len(district), shape.sigma, mean=1.0) * body_mean[district]).clip(shape.shortest, _body_longest(shape))
    long = cal.logs.TEN_HOURS + rng.exponential(shape.tail_mean - cal.logs.TEN_HOURS, len(district))
    is_over = _exact_flags(rng, district * 2 + is_timed, tail[district])
    return np.where(is_over, long.clip(cal.logs.TEN_HOURS + 1, shape.longest), body), is_over


def _fitted_responses(name: str, plan: Plan, month: date, drawn: np.ndarray, is_over: np.ndarray, district: np.ndarray, deployed: int) -> np.ndarray:
    """The drawn responses, so fitted that the month shows its declared means, median, and rate of deployed logs within the SLA."""
    shape = cal.logs.RESPONSES[name]
    if shape.within_sla is None or len(drawn) == 0:
        return drawn
    sizes = np.bincount(district, minlength=len(places.DISTRICTS))
    sums = _district_means(name, plan, month) * sizes
    if month in shape.force_mean:  # logs without a district make up the difference
        sums[UNALLOCATED] = shape.force_mean[month] * len(drawn) - np.delete(sums, UNALLOCATED).sum()

    over = np.flatnonzero(is_over)
    tail_sum = shape.tail_mean * len(over)
    if month in shape.mean_below_ten_hours:
        tail_sum = sums.sum() - shape.mean_below_ten_hours[month] * (len(drawn) - len(over))
    values = drawn.copy()
    first, last = cal.logs.TEN_HOURS + 1, shape.longest
    values[over] = fit.bent((drawn[over] - first) / (last - first), np.full(len(over), first), np.full(len(over), last), tail_sum)

    body = np.flatnonzero(~is_over)
    sla = np.array([shape.sla[d] for d in places.DISTRICTS])[district[body]]
    longest = _body_longest(shape)
    within = min(len(body), round(plan.level(f"{name} rate", shape.within_sla, month) * deployed))
    if shape.median is None:
        counts, lows, highs = [within, len(body) - within], [shape.shortest, sla + 1], [sla, longest]
    else:
        median = plan.level(f"{name} median", shape.median, month)
        below, middle = fit.middle_ranks(len(drawn))
        middle = min(middle, len(body) - below)
        within = max(within, below + middle)  # the median lies within the SLA
        counts = [below, middle, within - below - middle, len(body) - within]
        lows, highs = [shape.shortest, median, median, sla + 1], [median, median, sla, longest]
    piece, place = fit.pieces(drawn[body] / sla, counts, longest / min(shape.sla.values()))
    low, high = (np.choose(piece, [np.broadcast_to(edge, len(body)) for edge in edges]).astype(float) for edges in (lows, highs))
    for i in range(len(places.DISTRICTS)):
        here = district[body] == i
        left = sums[i] - values[over][district[over] == i].sum()
        values[body[here]] = fit.bent(place[here], low[here], high[here], left)
    return values


def _drawn_scenes(rng: np.random.Generator, name: str, month: date, team: np.ndarray, incident: np.ndarray) -> np.ndarray:
    """Seconds at the scene, spread evenly over their distribution within each incident type and team, so that a few long ones decide nothing."""
    shape = cal.logs.SCENES[name]
    rank, size = draw.ranks_within(rng, incident * (len(cal.places.CPTS) + 1) + team)
    values = draw.lognormal_at((rank + rng.random(len(rank))) / np.maximum(size, 1), shape.sigma, median=shape.median.trend.at(month))
    for (of_incident, of_team), course in shape.courses.items():
        concerned = np.ones(len(team), dtype=bool)
        if of_incident is not None:
            concerned &= incident == INCIDENTS.index(of_incident)
        if of_team is not None:
            concerned &= team == places.TEAMS.index(of_team)
        values[concerned] *= course.at(month)
    return values.clip(shape.shortest, shape.longest)


def _fitted_scenes(name: str, plan: Plan, month: date, drawn: np.ndarray) -> np.ndarray:
    """The drawn times at scene with the median and the mean that the month is declared to show."""
    shape = cal.logs.SCENES[name]
    if shape.mean_to_median is None:
        return drawn
    median = plan.level(f"{name} scene", shape.median, month)
    return fit.around_median(drawn, median, shape.shortest, shape.longest, median * shape.mean_to_median.at(month) * len(drawn))
