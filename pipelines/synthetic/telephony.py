"""Force calls and BT legs of a month. They are made together because legs and calls meet by `bt_call_ref`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.rows import Rows

BT_CODE = {"answered": 0, "abandoned": 1, "rerouted": 2, "failed": 3}


@dataclass
class Calls:
    """Calls of one line: times in seconds UTC, masks, and the row's identifiers."""

    line: str
    call_id: pl.Series
    offered: np.ndarray
    answered: np.ndarray
    abandoned: np.ndarray
    ended: np.ndarray
    has_answer: np.ndarray
    has_abandon: np.ndarray
    is_test: np.ndarray
    bt_ref: pl.Series


def month_rows(plan: Plan, month: date) -> dict[str, Rows]:
    """The month's rows of `force_calls` and, from its first month on, of `bt_999_calls`."""
    rng = draw.generator(plan.seed, "telephony", month)
    lines = {name: _line(rng, plan, month, name) for name in cal.telephony.LINES if name != "crib"}
    lines["crib"] = _transferred(rng, plan, month, lines["101"])
    emergency_cli = _numbers(rng, len(lines["999"].offered))
    calls = _call_rows(rng, list(lines.values()), emergency_cli, plan)
    if month not in plan.months_of("bt_999_calls"):
        return {"force_calls": calls}
    legs = _leg_rows(draw.generator(plan.seed, "bt", month), plan, month, lines["999"], emergency_cli)
    return {"force_calls": calls, "bt_999_calls": legs}


def _line(rng: np.random.Generator, plan: Plan, month: date, name: str) -> Calls:
    line = cal.telephony.LINES[name]
    resolved = plan.rows(f"calls {name}", line.volume, month)
    extra_tests = max(1, round(resolved * cal.telephony.CALL_FAULTS.test))
    unresolved = max(1, round(resolved * cal.telephony.CALL_FAULTS.unresolved))
    count = resolved + extra_tests + unresolved
    offered = tl.draw_times(rng, month, plan.end, count, line.profile)
    role = rng.permutation(count)  # up to `resolved`: ordinary calls; then tests; then unresolved
    is_test = (role >= resolved) & (role < resolved + extra_tests)
    stamp = f"{month:%y%m}"
    made = _waits(rng, plan, month, name, offered, is_unresolved=role >= resolved + extra_tests, counted=role < resolved)
    ids = draw.numbered(f"{name.upper()[:3]}-{stamp}-", count, 6)
    refs = draw.numbered(f"BT{stamp}", count, 6)
    if name == "999":
        missing = (rng.random(count) < cal.telephony.CALL_FAULTS.no_bt_reference) & made["has_answer"] & ~is_test
        refs = refs.set(pl.Series(missing), None)
    else:
        refs = pl.Series([None], dtype=pl.String).new_from_index(0, count)
    return Calls(name, ids, offered, is_test=is_test, bt_ref=refs, **made)


def _waits(
    rng: np.random.Generator, plan: Plan, month: date, name: str, offered: np.ndarray, *, is_unresolved: np.ndarray, counted: np.ndarray
) -> dict[str, np.ndarray]:
    """Answer, abandonment and end of calls.

    The counted ones have exactly the month's abandonment, mean wait and share given up within the window.
    """
    line, count = cal.telephony.LINES[name], len(offered)
    abandons = np.zeros(count, dtype=bool)
    where = np.flatnonzero(counted)
    abandons[where] = draw.flags(rng, len(where), plan.level(f"abandonment {name}", line.abandonment, month))
    both = (rng.random(count) < cal.telephony.CALL_FAULTS.answered_and_abandoned) & ~abandons
    early = (rng.random(count) < cal.telephony.CALL_FAULTS.answered_before_offered) & ~abandons

    mean = plan.level(f"wait {name}", line.wait_mean, month)
    drawn = draw.lognormal(rng, count, line.wait_sigma, mean=mean).clip(1, cal.telephony.LONGEST_WAIT)
    into_month = (offered - tl.from_local(month, "00:00")) / (tl.days_in_month(month) * tl.DAY)
    drawn *= 1 + line.eased.get(month, 0.0) * (0.5 - into_month)
    wait = np.where(early, -rng.integers(*cal.telephony.CALL_FAULTS.seconds_before_offered, count), draw.seconds(drawn))
    answered = counted & ~abandons
    timed = answered & ~early
    wait[timed] = draw.summing_to(drawn[timed], round(mean * answered.sum()) - wait[answered & early].sum())

    hang = draw.lognormal(rng, count, line.abandoned_wait_sigma, median=line.abandoned_wait_median).clip(max=cal.telephony.LONGEST_WAIT)
    hang = draw.seconds(hang)
    if line.window_share is not None:
        hang[abandons] = draw.with_share_up_to(rng, hang[abandons], cal.telephony.WINDOW, plan.level(f"window {name}", line.window_share, month))
    talk = draw.seconds(rng.exponential(line.talk_mean, count)) + cal.telephony.SHORTEST_CALL
    return {
        "answered": offered + wait,
        "abandoned": offered + np.where(both, np.maximum(wait, 0), hang),
        "ended": offered + np.maximum(wait, 0) + talk,
        "has_answer": ~abandons & ~is_unresolved,
        "has_abandon": (abandons | both) & ~is_unresolved,
    }


def _transferred(rng: np.random.Generator, plan: Plan, month: date, source: Calls) -> Calls:
    """CRIB calls: answered 101 calls put through. They keep the call's identifier: the key is id and line together."""
    line = cal.telephony.LINES["crib"]
    resolved = plan.rows("calls crib", line.volume, month)
    month_end = tl.from_local(tl.last_day(month, plan.end) + timedelta(days=1), "00:00")
    usable = np.flatnonzero(source.has_answer & ~source.is_test & (source.ended < month_end))
    chosen = np.sort(rng.choice(usable, min(resolved, len(usable)), replace=False))
    order = np.argsort(source.ended[chosen], kind="stable")
    chosen = chosen[order]
    offered = source.ended[chosen]
    none = np.zeros(len(chosen), dtype=bool)
    made = _waits(rng, plan, month, "crib", offered, is_unresolved=none, counted=~none)
    refs = pl.Series([None], dtype=pl.String).new_from_index(0, len(chosen))
    return Calls("crib", source.call_id.gather(chosen), offered, is_test=none, bt_ref=refs, **made)


@cache
def _number_pool() -> pl.Series:
    """Every number of the ranges reserved for drama, and a null for withheld ones."""
    return pl.Series(
        [f"{prefix}{number:0{digits}d}" for prefix, first, last, digits in cal.telephony.DRAMA_NUMBERS for number in range(first, last + 1)] + [None]
    )


def _numbers(rng: np.random.Generator, count: int) -> pl.Series:
    """Callers' numbers from the ranges reserved for drama; some are withheld."""
    pool = _number_pool()
    drawn = rng.integers(0, len(pool) - 1, count)
    return pool.gather(np.where(rng.random(count) < cal.telephony.CALL_FAULTS.withheld_number, len(pool) - 1, drawn))


def _call_rows(rng: np.random.Generator, lines: list[Calls], emergency_cli: pl.Series, plan: Plan) -> Rows:
    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(line, name) for line in lines])

    offered = joined("offered")
    unchanged = tl.unchanged_clocks(rng, offered)
    others = _numbers(rng, len(offered) - len(emergency_cli))
    frame = pl.DataFrame(
        [
            pl.concat([line.call_id for line in lines]).alias("call_id"),
            pl.concat([pl.Series([line.line], dtype=pl.String).new_from_index(0, len(line.offered)) for line in lines]).alias("line"),
            tl.local_column("offered_at", offered, unchanged_clock=unchanged),
            tl.local_column("answered_at", joined("answered"), ~joined("has_answer"), unchanged),
            tl.local_column("abandoned_at", joined("abandoned"), ~joined("has_abandon"), unchanged),
            tl.local_column("ended_at", joined("ended"), ~joined("has_answer"), unchanged),
            pl.concat([emergency_cli, others]).alias("cli"),
            pl.concat([line.bt_ref for line in lines]).alias("bt_call_ref"),
            pl.Series("is_test", joined("is_test")),
        ]
    )
    order = np.argsort(offered, kind="stable")
    frame = frame[order]
    corrected = draw.flags(rng, frame.height, cal.files.EXTRACTS["force_calls"].corrected, at_least=1)
    return Rows(frame, corrected, {"ended_at": frame["ended_at"].clear(frame.height)})


# ------------------------------------------------------------------------------------------------------------- BT legs


def _leg_rows(rng: np.random.Generator, plan: Plan, month: date, calls: Calls, cli: pl.Series) -> Rows:
    """One leg per call, and the errors of BT's extract in addition."""
    stamp = f"{month:%y%m}"
    count = len(calls.offered)
    own = draw.numbered(f"BT{stamp}", count, 6)  # BT has a reference even where the force's switch lost it
    presented = calls.offered - rng.integers(*cal.telephony.BT_TRANSFER, count)
    end = np.where(calls.has_answer, calls.ended, calls.abandoned) + rng.integers(*cal.telephony.BT_CLOCK_LAG, count)
    legs = pl.DataFrame(
        {
            "bt_call_ref": own,
            "presented": presented,
            "answered": np.where(calls.has_answer, np.maximum(calls.answered, calls.offered) + rng.integers(*cal.telephony.BT_CLOCK_LAG, count), 0),
            "cleared": end,
            "outcome": np.where(calls.has_answer, 0, np.where(calls.has_abandon, 1, 3)).astype(np.int8),
            "cli": cli,
            "is_test": calls.is_test,
            "force": np.zeros(count, dtype=np.int8),
        }
    )
    wanted = _error_counts(plan, month)
    plain = rng.permutation(np.flatnonzero(calls.has_answer & ~calls.has_abandon & ~calls.is_test & (calls.answered >= calls.offered)))
    abandoned = rng.permutation(np.flatnonzero(calls.has_abandon & ~calls.has_answer & ~calls.is_test))
    taken = 0

    def some(number: int) -> np.ndarray:
        """Further answered calls without another error."""
        nonlocal taken
        taken += number
        return plain[taken - number : taken]

    void = some(wanted["BT_ZERO"])
    answered = legs["answered"].to_numpy().copy()
    answered[void] = presented[void] - rng.integers(*cal.telephony.BT_ZERO_BEFORE, len(void))
    legs = legs.with_columns(pl.Series("answered", answered))

    dup_of_abandoned = abandoned[: int(wanted["BT_DUP"] * cal.telephony.BT_DUP_OF_ABANDONED)]
    doubled = np.concatenate([some(wanted["BT_DUP"] - len(dup_of_abandoned)), dup_of_abandoned])
    rerouted, failed, elsewhere = some(wanted["REROUTED"]), some(wanted["FAILED"]), some(wanted["OTHER_FORCE"])
    extra = [
        # a first presentation that was lost: the call has two legs
        _before(rng, legs[doubled], "abandoned"),
        _before(rng, legs[rerouted], "rerouted"),
        _before(rng, legs[failed], "failed"),
        *_answered_elsewhere(rng, legs[elsewhere], stamp),
        _never_offered(rng, month, plan, f"BTG{stamp}", wanted["BT_GHOST"], is_test=False, clears_after=cal.telephony.BT_GHOST_CLEARS),
        _never_offered(rng, month, plan, f"BTT{stamp}", wanted["BT_TEST"], is_test=True, clears_after=cal.telephony.BT_TEST_CLEARS),
        *_outages(rng, plan, month, stamp),
    ]
    legs = pl.concat([legs, *extra]).sort("presented", maintain_order=True)
    return _leg_frame(rng, legs, stamp)


def _error_counts(plan: Plan, month: date) -> dict[str, int]:
    """Legs of each kind of error in the month. The floor keeps raw − adjusted abandonment under a point in small sets too."""
    calls = plan.rows("calls 999", cal.telephony.LINES["999"].volume, month)
    troubled = {incident.month for incident in cal.telephony.BT_INCIDENTS if incident.approved_by is not None}
    turn = (plan.number(month) - sum(m < month for m in troubled)) % cal.telephony.BT_ERROR_TURNS  # months with an incident have no turn
    return {e.rule: max(int(calls * e.share), int(turn == e.turn and month not in troubled)) for e in cal.telephony.BT_ERRORS}


def _before(rng: np.random.Generator, legs: pl.DataFrame, outcome: str) -> pl.DataFrame:
    """A further leg of each call, presented some seconds before the final one and cleared when that was presented."""
    seconds = rng.integers(*cal.telephony.BT_FIRST_LEG[outcome], legs.height)
    return legs.with_columns(
        presented=pl.col("presented") - pl.Series(seconds),
        answered=pl.lit(0, dtype=pl.Int64),
        cleared=pl.col("presented"),
        outcome=pl.lit(BT_CODE[outcome], dtype=pl.Int8),
    )


def _answered_elsewhere(rng: np.random.Generator, legs: pl.DataFrame, stamp: str) -> list[pl.DataFrame]:
    """Calls answered by a neighbouring force: the force's leg is rerouted, the neighbour's leg, in the same extract, answered."""
    refs = draw.numbered(f"BTN{stamp}", legs.height, 4).alias("bt_call_ref")
    presented = pl.col("presented") + cal.telephony.BT_NEIGHBOUR_PRESENTED
    rerouted = legs.with_columns(refs, answered=pl.lit(0, dtype=pl.Int64), cleared=presented, outcome=pl.lit(BT_CODE["rerouted"], dtype=pl.Int8))
    force = pl.Series("force", 1 + rng.integers(0, len(cal.telephony.BT_NEIGHBOURS), legs.height), dtype=pl.Int8)
    answered_there = legs.with_columns(
        refs,
        force,
        presented=presented,
        answered=pl.col("presented") + cal.telephony.BT_NEIGHBOUR_ANSWERED,
        cleared=pl.col("cleared") + cal.telephony.BT_NEIGHBOUR_CLEARED,
    )
    return [rerouted, answered_there]


def _never_offered(
    rng: np.random.Generator, month: date, plan: Plan, prefix: str, count: int, *, is_test: bool, clears_after: tuple[int, int]
) -> pl.DataFrame:
    """Legs that never reached the force's switch (no force call has their reference)."""
    presented = tl.draw_times(rng, month, plan.end, count, "emergency")
    outcome = np.ones(count, dtype=np.int8)
    if is_test:
        outcome = (rng.random(count) < cal.telephony.BT_TEST_ABANDONED).astype(np.int8)
    return pl.DataFrame(
        {
            "bt_call_ref": draw.numbered(prefix, count, 4),
            "presented": presented,
            "answered": np.where(outcome == 0, presented + cal.telephony.BT_TEST_ANSWER, 0),
            "cleared": presented + rng.integers(*clears_after, count),
            "outcome": outcome,
            "cli": _numbers(rng, count),
            "is_test": np.full(count, is_test),
            "force": np.zeros(count, dtype=np.int8),
        }
    )


def incident_window(incident: cal.telephony.BtIncident) -> tuple[int, int]:
    """Start and end of an incident, seconds UTC."""
    start = tl.from_local(incident.month.replace(day=incident.day), incident.start)
    return start, start + incident.minutes * 60


def _outages(rng: np.random.Generator, plan: Plan, month: date, stamp: str) -> list[pl.DataFrame]:
    """Legs abandoned inside the approved incidents of the month."""
    made = []
    for i, incident in enumerate(cal.telephony.BT_INCIDENTS):
        if incident.month != month or incident.approved_by is None or incident.month.replace(day=incident.day) > plan.end:
            continue
        start, end = incident_window(incident)
        count = max(1, int(incident.legs_per_hour * plan.scale * incident.minutes / 60))
        presented = np.sort(rng.integers(start, end, count))
        legs = _never_offered(rng, month, plan, f"BTO{stamp}{i}", count, is_test=False, clears_after=cal.telephony.BT_OUTAGE_CLEARS)
        made.append(legs.with_columns(cleared=pl.col("cleared") - pl.col("presented") + pl.Series(presented), presented=pl.Series(presented)))
    return made


def _leg_frame(rng: np.random.Generator, legs: pl.DataFrame, stamp: str) -> Rows:
    count = legs.height
    has_answer = legs["outcome"].to_numpy() == 0
    frame = pl.DataFrame(
        [
            draw.numbered(f"LEG{stamp}", count, 6).alias("bt_leg_id"),
            legs["bt_call_ref"],
            draw.take([cal.files.FORCE_CODE, *cal.telephony.BT_NEIGHBOURS], legs["force"].to_numpy()).alias("force_code"),
            tl.local_column("presented_at", legs["presented"].to_numpy()),
            tl.local_column("answered_at", legs["answered"].to_numpy(), ~has_answer),
            tl.local_column("cleared_at", legs["cleared"].to_numpy()),
            draw.take(list(BT_CODE), legs["outcome"].to_numpy()).alias("outcome"),
            legs["cli"],
            draw.texts(rng, cal.telephony.BT_CENTRES, count).alias("bt_centre"),
            legs["is_test"],
        ]
    )
    corrected = draw.flags(rng, count, cal.files.EXTRACTS["bt_999_calls"].corrected, at_least=1) & has_answer & ~legs["is_test"].to_numpy()
    first = {"outcome": pl.Series(["failed"], dtype=pl.String).new_from_index(0, count), "answered_at": frame["answered_at"].clear(count)}
    return Rows(frame, corrected, first)


# ------------------------------------------------------------------------------------------------------ incident register


def incident_register(month: date, months: list[date]) -> pl.DataFrame:
    """BT's incident register at the end of the month: every incident of the period so far; one awaits approval."""
    known = [i for i in cal.telephony.BT_INCIDENTS if months[0] <= i.month <= month]
    windows = np.array([incident_window(i) for i in known], dtype=np.int64).reshape(-1, 2)

    def approver(incident: cal.telephony.BtIncident) -> str | None:
        return incident.approved_by if incident.approved_from is None or month >= incident.approved_from else None

    return pl.DataFrame(
        [
            pl.Series("bt_incident_id", [f"BTI-{i.month:%Y}-{i.month:%m}{i.day:02d}" for i in known], dtype=pl.String),
            tl.local_column("started_at", windows[:, 0]),
            tl.local_column("ended_at", windows[:, 1]),
            pl.Series("kind", [i.kind for i in known], dtype=pl.String),
            pl.Series("reference", [f"MIR/{i.month:%Y%m}{i.day:02d}" for i in known], dtype=pl.String),
            pl.Series("approved_by", [approver(i) for i in known], dtype=pl.String),
        ]
    )
