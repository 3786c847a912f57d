"""Crimes of a month and, over all months, the outcomes and arrests that follow from them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw, places
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.rows import Rows

GROUPS = tuple(cal.OFFENCES)
RAPE, SSO = GROUPS.index("rape"), GROUPS.index("serious sexual offence")
POPULATIONS = tuple(cal.OUTCOMES)  # da, rape, sso, other


def month_rows(plan: Plan, month: date) -> tuple[Rows, pl.DataFrame]:
    """The month's rows of `crimes`, and for the crimes not cancelled: crime_ref, recorded (seconds UTC), population."""
    rng = draw.generator(plan.seed, "crimes", month)
    counted = plan.rows("crimes", cal.CRIMES, month, at_least=4)
    count = counted + max(1, round(counted * cal.CANCELLED))
    group = np.full(count, -1)
    rape, sso = plan.rows("rape", cal.RAPE, month, at_least=1), plan.rows("sso", cal.SSO, month, at_least=1)
    cancelled = np.arange(count) >= counted
    group[:rape], group[rape : rape + sso] = RAPE, SSO
    group[counted:] = rng.choice([-1, RAPE, SSO], count - counted, p=[1 - 2 * cal.CANCELLED_SEXUAL, cal.CANCELLED_SEXUAL, cal.CANCELLED_SEXUAL])
    is_da = _domestic(rng, plan, month, group, cancelled)
    rest = group < 0
    volume = {name: o.share for name, o in cal.OFFENCES.items() if o.share}
    domestic = {name: o.domestic * (o.share > 0) for name, o in cal.OFFENCES.items() if o.share}
    other = _without(volume, domestic, int(is_da.sum()) / max(1, count))
    position = np.array([GROUPS.index(name) for name in volume])
    group[rest & is_da] = position[draw.codes(rng, domestic, int((rest & is_da).sum()))]
    group[rest & ~is_da] = position[draw.codes(rng, other, int((rest & ~is_da).sum()))]

    shuffled = rng.permutation(count)
    group, is_da, cancelled = group[shuffled], is_da[shuffled], cancelled[shuffled]
    recorded = tl.draw_times(rng, month, plan.end, count, "recorded")
    cancel_at = recorded + draw.seconds(draw.lognormal(rng, count, cal.CANCEL_DAYS_SIGMA, median=cal.CANCEL_DAYS_MEDIAN) * tl.DAY)
    # a cancellation after the period would be unknown to every extract: that crime is left out, so that volumes are as planned
    known = ~cancelled | (cancel_at < tl.from_local(plan.end + timedelta(days=1), "00:00"))
    group, is_da, cancelled, recorded, cancel_at = (a[known] for a in (group, is_da, cancelled, recorded, cancel_at))
    frame = _frame(rng, month, group, is_da, cancelled, recorded, cancel_at)
    reclassified = draw.flags(rng, frame.height, cal.RECLASSIFIED, at_least=1) & np.isin(group, [RAPE, SSO, GROUPS.index("violence with injury")])
    other_risk = draw.flags(rng, frame.height, cal.EXTRACTS["crimes"].corrected, at_least=1)
    first = {
        "offence_code": frame["offence_code"].set(pl.Series(reclassified), next(iter(cal.OFFENCES[cal.RECLASSIFIED_FROM].codes))),
        "offence_group": frame["offence_group"].set(pl.Series(reclassified), cal.RECLASSIFIED_FROM),
        "da_risk": frame["da_risk"].clear(frame.height),
    }
    rows = Rows(frame, reclassified | other_risk, first, follows={"cancelled_at": "cancel_code"})
    population = np.select([group == RAPE, group == SSO, is_da], [POPULATIONS.index(p) for p in ("rape", "sso", "da")], POPULATIONS.index("other"))
    crimes = pl.DataFrame({"crime_ref": frame["crime_ref"], "recorded": recorded, "population": population})
    return rows, crimes.filter(pl.Series(~cancelled))


def _domestic(rng: np.random.Generator, plan: Plan, month: date, group: np.ndarray, cancelled: np.ndarray) -> np.ndarray:
    """Exactly the month's domestic abuse crimes among those not cancelled, and a like share of the cancelled ones."""
    is_da = np.zeros(len(group), dtype=bool)
    for name, code in (("rape", RAPE), ("serious sexual offence", SSO)):
        where = np.flatnonzero(group == code)
        is_da[where] = rng.random(len(where)) < cal.SEXUAL_DOMESTIC[name]
    live = np.flatnonzero((group < 0) & ~cancelled)
    wanted = plan.rows("da", cal.DOMESTIC_ABUSE, month, at_least=1)
    is_da[rng.permutation(live)[: max(0, wanted - int(is_da[~cancelled].sum()))]] = True
    gone = np.flatnonzero(cancelled & (group < 0))
    is_da[gone] = rng.random(len(gone)) < is_da[~cancelled].mean()
    return is_da


def _without(volume: dict[str, float], part: dict[str, float], share: float) -> dict[str, float]:
    """The mix that is left when `share` of all rows, mixed as `part`, is taken out of `volume`."""
    whole, taken = sum(volume.values()), sum(part.values())
    return {name: max(0.0, v / whole - share * part[name] / taken) for name, v in volume.items()}


def _frame(
    rng: np.random.Generator, month: date, group: np.ndarray, is_da: np.ndarray, cancelled: np.ndarray, recorded: np.ndarray, cancel_at: np.ndarray
) -> pl.DataFrame:
    count = len(group)
    offence_code = np.zeros(count, dtype=np.int64)
    code_names = [code for o in cal.OFFENCES.values() for code in o.codes]
    first = np.cumsum([0, *(len(o.codes) for o in cal.OFFENCES.values())])
    for i, offence in enumerate(cal.OFFENCES.values()):
        where = np.flatnonzero(group == i)
        offence_code[where] = first[i] + draw.codes(rng, offence.codes, len(where))
    offences = list(cal.OFFENCES.values())
    is_child = rng.random(count) < np.array([o.child for o in offences])[group]
    age = np.where(is_child, rng.integers(3, 18, count), (18 + rng.gamma(2.2, 11.0, count)).astype(np.int64).clip(max=96))
    has_age = np.array([o.has_victim for o in offences])[group] & (rng.random(count) < 0.94)
    csa_chance = np.array([o.csa for o in offences])[group]
    is_csa = (is_child & (rng.random(count) < csa_chance)) | (rng.random(count) < cal.CSA_ELSEWHERE * is_child)
    district = places.districts(rng, cal.DISTRICT_MIX["crimes"], count)
    lag = draw.lognormal(rng, count, 1.9, median=0.6 * tl.DAY)
    historic = np.array([cal.HISTORIC.get(g, 0.005) for g in GROUPS])[group]
    lag = np.where(rng.random(count) < historic, rng.uniform(366, 9_000, count) * tl.DAY, lag.clip(max=360 * tl.DAY))
    risk = draw.texts(rng, cal.DA_RISKS, count).set(pl.Series(~is_da), None)
    cancel_code = draw.texts(rng, cal.CANCEL_CODES, count).set(pl.Series(~cancelled), None)
    return pl.DataFrame(
        [
            draw.numbered(f"54{month:%y%m}", count, 5).alias("crime_ref"),
            tl.local_column("recorded_at", recorded, unchanged_clock=tl.unchanged_clocks(rng, recorded)),
            tl.local_column("committed_from", (recorded - draw.seconds(lag)) // 60 * 60, rng.random(count) < 0.02),
            draw.take(code_names, offence_code).alias("offence_code"),
            draw.take(list(GROUPS), group).alias("offence_group"),
            places.cpt_names(rng, district).alias("cpt"),
            pl.Series("is_domestic_abuse", is_da),
            risk.alias("da_risk"),
            pl.Series("is_csa", is_csa),
            pl.Series("victim_age", age).set(pl.Series(~has_age), None),
            tl.local_column("cancelled_at", cancel_at, ~cancelled),
            cancel_code.alias("cancel_code"),
        ]
    )


def outcome_rows(plan: Plan, crimes: dict[date, pl.DataFrame]) -> dict[date, Rows]:
    """Rows of `crime_outcomes` by the month of the outcome, from the crimes of every month."""
    parts = []
    for month, found in crimes.items():
        rng = draw.generator(plan.seed, "outcomes", month)
        population = found["population"].to_numpy()
        code, days = np.full(found.height, "", dtype="<U3"), np.zeros(found.height)
        for i, name in enumerate(POPULATIONS):
            where = np.flatnonzero(population == i)
            shares = {c: t.at(month) for c, t in cal.OUTCOMES[name].shares.items()}
            weights = shares | {"": max(0.0, 1 - sum(shares.values()))}
            code[where] = np.array(list(weights))[draw.codes(rng, weights, len(where))]
            days[where] = draw.lognormal(rng, len(where), cal.OUTCOMES[name].days_sigma, median=cal.OUTCOMES[name].days_median)
        ref = _with_orphans(rng, found["crime_ref"], cal.OUTCOME_ORPHANS)
        at = found["recorded"].to_numpy() + draw.seconds(days * tl.DAY)
        parts.append(pl.DataFrame({"crime_ref": ref, "at": at, "code": code}).filter(pl.col("code") != ""))
    made: dict[date, Rows] = {}
    for month, part in _by_month(plan, pl.concat(parts)).items():
        rng = draw.generator(plan.seed, "outcome extracts", month)
        frame = pl.DataFrame(
            [
                draw.numbered(f"OC{month:%y%m}-", part.height, 5).alias("outcome_id"),
                part["crime_ref"],
                part["code"].alias("outcome_code"),
                tl.local_column("outcome_date", part["at"].to_numpy()).dt.date(),
            ]
        )
        corrected = draw.flags(rng, frame.height, cal.EXTRACTS["crime_outcomes"].corrected, at_least=1)
        first = {"outcome_code": frame["outcome_code"].replace({"15": "16", "16": "15", "18": "14", "1": "8"})}
        made[month] = Rows(frame, corrected, first)
    return made


def arrest_rows(plan: Plan, crimes: dict[date, pl.DataFrame]) -> dict[date, Rows]:
    """Rows of `arrests` by the month of the arrest, from the crimes of every month."""
    parts = []
    for month, found in crimes.items():
        rng = draw.generator(plan.seed, "arrests", month)
        population = found["population"].to_numpy()
        chosen, days = np.zeros(found.height, dtype=bool), np.zeros(found.height)
        for i, name in enumerate(POPULATIONS):
            where = np.flatnonzero(population == i)
            chosen[where] = draw.flags(rng, len(where), cal.ARRESTS[name].rate.at(month))
            days[where] = draw.lognormal(rng, len(where), cal.ARRESTS[name].days_sigma, median=cal.ARRESTS[name].days_median)
        ref = _with_orphans(rng, found["crime_ref"], cal.ARREST_ORPHANS)
        at = found["recorded"].to_numpy() + draw.seconds(days.clip(max=400) * tl.DAY)
        parts.append(pl.DataFrame({"crime_ref": ref, "at": at}).filter(pl.Series(chosen)))
    made: dict[date, Rows] = {}
    for month, part in _by_month(plan, pl.concat(parts)).items():
        rng = draw.generator(plan.seed, "arrest extracts", month)
        frame = pl.DataFrame(
            [
                draw.numbered(f"CU{month:%y%m}-", part.height, 5).alias("arrest_id"),
                part["crime_ref"],
                tl.local_column("arrested_at", part["at"].to_numpy()),
                draw.texts(rng, cal.ARREST_DISPOSALS, part.height).alias("disposal"),
            ]
        )
        corrected = draw.flags(rng, frame.height, cal.EXTRACTS["arrests"].corrected, at_least=1)
        made[month] = Rows(frame, corrected, {"disposal": frame["disposal"].clear(frame.height)})
    return made


def _with_orphans(rng: np.random.Generator, refs: pl.Series, share: float) -> pl.Series:
    """References of which a few are of crimes that no extract holds."""
    return pl.select(pl.when(pl.Series(rng.random(len(refs)) < share)).then(pl.lit("X") + refs).otherwise(refs)).to_series().alias("crime_ref")


def _by_month(plan: Plan, events: pl.DataFrame) -> dict[date, pl.DataFrame]:
    """The events of each month of the period, in their order; what follows the period is not known yet."""
    events = events.with_columns(day=tl.local_column("day", events["at"].to_numpy()).dt.date()).sort("at", "crime_ref")
    ends = {m: tl.last_day(m, plan.end) for m in plan.months}
    return {m: events.filter(pl.col("day").is_between(m, ends[m])).drop("day") for m in plan.months}
