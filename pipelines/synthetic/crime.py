"""Crimes of a month and, over all months, the outcomes and arrests that follow from them.

Crimes are made month by month. Outcomes and arrests of domestic abuse, rape and serious sexual offences are counted by the
month in which they happen, as the rates that are printed count them; each is then given to a crime that was recorded some
days before. Those of other crimes are drawn from the crime onwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import log
from statistics import NormalDist

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw, places
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.rows import Rows

GROUPS = tuple(cal.crimes.OFFENCES)
RAPE, SSO = GROUPS.index("rape"), GROUPS.index("serious sexual offence")
POPULATIONS = ("da", "rape", "sso", "other")  # a crime is in one: rape and sso include what is domestic abuse as well


def month_rows(plan: Plan, month: date) -> tuple[Rows, pl.DataFrame]:
    """The month's rows of `crimes`, and of the crimes not cancelled what other feeds refer to.

    That frame has crime_ref, recorded (seconds UTC), population (a place in POPULATIONS), is_da, is_rape, is_sso.
    """
    rng = draw.generator(plan.seed, "crimes", month)
    counted = plan.rows("crimes", cal.crimes.CRIMES, month, at_least=4)
    count = counted + max(1, round(counted * cal.crimes.CANCELLED))
    group = np.full(count, -1)
    rape = plan.counted("rape", cal.crimes.RAPE, month, at_least=1)
    sso = plan.counted("sso", cal.crimes.SSO, month, at_least=1)
    cancelled = np.arange(count) >= counted
    group[:rape], group[rape : rape + sso] = RAPE, SSO
    group[counted:] = rng.choice(
        [-1, RAPE, SSO], count - counted, p=[1 - 2 * cal.crimes.CANCELLED_SEXUAL, cal.crimes.CANCELLED_SEXUAL, cal.crimes.CANCELLED_SEXUAL]
    )
    is_da = _domestic(rng, plan, month, group, cancelled)
    rest = group < 0
    volume = {name: o.share for name, o in cal.crimes.OFFENCES.items() if o.share}
    domestic = {name: o.domestic * (o.share > 0) for name, o in cal.crimes.OFFENCES.items() if o.share}
    other = _without(volume, domestic, int(is_da.sum()) / max(1, count))
    position = np.array([GROUPS.index(name) for name in volume])
    group[rest & is_da] = position[draw.codes(rng, domestic, int((rest & is_da).sum()))]
    group[rest & ~is_da] = position[draw.codes(rng, other, int((rest & ~is_da).sum()))]
    is_child, age = _victims(rng, plan, month, group, cancelled)

    shuffled = rng.permutation(count)
    group, is_da, is_child, age, cancelled = (a[shuffled] for a in (group, is_da, is_child, age, cancelled))
    recorded = tl.draw_times(rng, month, plan.end, count, "recorded")
    cancel_at = recorded + draw.seconds(draw.lognormal(rng, count, cal.crimes.CANCEL_DAYS_SIGMA, median=cal.crimes.CANCEL_DAYS_MEDIAN) * tl.DAY)
    # a cancellation after the period would be unknown to every extract: that crime is left out, so that volumes are as planned
    known = ~cancelled | (cancel_at < tl.from_local(plan.end + timedelta(days=1), "00:00"))
    group, is_da, is_child, age, cancelled, recorded, cancel_at = (a[known] for a in (group, is_da, is_child, age, cancelled, recorded, cancel_at))
    frame = _frame(rng, month, group, is_da, is_child, age, cancelled, recorded, cancel_at)
    crimes = pl.DataFrame(
        {
            "crime_ref": frame["crime_ref"],
            "recorded": recorded,
            "population": np.select([group == RAPE, group == SSO, is_da], [POPULATIONS.index(p) for p in ("rape", "sso", "da")], 3),
            "is_da": is_da,
            "is_rape": group == RAPE,
            "is_sso": group == SSO,
        }
    )
    return _with_first_versions(rng, month, frame, group), crimes.filter(pl.Series(~cancelled))


def _domestic(rng: np.random.Generator, plan: Plan, month: date, group: np.ndarray, cancelled: np.ndarray) -> np.ndarray:
    """Exactly the month's domestic abuse crimes among those not cancelled, and a like share of the cancelled ones."""
    is_da = np.zeros(len(group), dtype=bool)
    for name, code in (("rape", RAPE), ("serious sexual offence", SSO)):
        where = np.flatnonzero(group == code)
        is_da[where] = rng.random(len(where)) < cal.crimes.SEXUAL_DOMESTIC[name]
    live = np.flatnonzero((group < 0) & ~cancelled)
    wanted = plan.counted("da", cal.crimes.DOMESTIC_ABUSE, month, at_least=1)
    is_da[rng.permutation(live)[: max(0, wanted - int(is_da[~cancelled].sum()))]] = True
    gone = np.flatnonzero(cancelled & (group < 0))
    is_da[gone] = rng.random(len(gone)) < is_da[~cancelled].mean()
    return is_da


def _without(volume: dict[str, float], part: dict[str, float], share: float) -> dict[str, float]:
    """The mix that is left when `share` of all rows, mixed as `part`, is taken out of `volume`."""
    whole, taken = sum(volume.values()), sum(part.values())
    return {name: max(0.0, v / whole - share * part[name] / taken) for name, v in volume.items()}


def _victims(rng: np.random.Generator, plan: Plan, month: date, group: np.ndarray, cancelled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which crimes have a victim under 18, and the victims' ages, -1 where not known or without a victim.

    Of the rapes and serious sexual offences not cancelled exactly the month's number is against children, whose age is known.
    """
    count, offences = len(group), list(cal.crimes.OFFENCES.values())
    is_child = rng.random(count) < np.array([o.child for o in offences])[group]
    known = np.array([o.has_victim for o in offences])[group] & (rng.random(count) >= cal.crimes.AGE_UNKNOWN)
    for code, counts in cal.crimes.CHILD_VICTIMS.items():
        of_group = group == GROUPS.index(code)
        where = rng.permutation(np.flatnonzero(of_group & ~cancelled))
        children = min(len(where), plan.counted(f"children {code}", counts, month))
        is_child[where] = np.arange(len(where)) < children
        known[where] = np.arange(len(where)) < len(where) - round((len(where) - children) * cal.crimes.AGE_UNKNOWN)
        gone = of_group & cancelled
        is_child[gone] = rng.random(int(gone.sum())) < cal.crimes.CANCELLED_CHILD[code]
    age = np.where(is_child, rng.integers(3, 18, count), (18 + rng.gamma(2.2, 11.0, count)).astype(np.int64).clip(max=96))
    return is_child, np.where(known, age, -1)


def _frame(
    rng: np.random.Generator,
    month: date,
    group: np.ndarray,
    is_da: np.ndarray,
    is_child: np.ndarray,
    age: np.ndarray,
    cancelled: np.ndarray,
    recorded: np.ndarray,
    cancel_at: np.ndarray,
) -> pl.DataFrame:
    count = len(group)
    offence_code = np.zeros(count, dtype=np.int64)
    code_names = [code for o in cal.crimes.OFFENCES.values() for code in o.codes]
    first = np.cumsum([0, *(len(o.codes) for o in cal.crimes.OFFENCES.values())])
    for i, offence in enumerate(cal.crimes.OFFENCES.values()):
        where = np.flatnonzero(group == i)
        offence_code[where] = first[i] + draw.codes(rng, offence.codes, len(where))
    district = places.districts(rng, cal.places.DISTRICT_MIX["crimes"], count)
    lag = draw.lognormal(rng, count, 1.9, median=0.6 * tl.DAY)
    historic = np.array([cal.crimes.HISTORIC.get(g, 0.005) for g in GROUPS])[group]
    lag = np.where(rng.random(count) < historic, rng.uniform(366, 9_000, count) * tl.DAY, lag.clip(max=360 * tl.DAY))
    cancel_code = draw.texts(rng, cal.crimes.CANCEL_CODES, count).set(pl.Series(~cancelled), None)
    flags = {name: rng.random(count) < np.array([o.flags.get(name, 0.0) for o in cal.crimes.OFFENCES.values()])[group] for name in cal.crimes.FLAGS}
    flags["is_rural"] &= district == places.DISTRICTS.index(cal.crimes.RURAL_DISTRICT)
    return pl.DataFrame(
        [
            draw.numbered(f"54{month:%y%m}", count, 5).alias("crime_ref"),
            tl.local_column("recorded_at", recorded, unchanged_clock=tl.unchanged_clocks(rng, recorded)),
            tl.local_column("committed_from", (recorded - draw.seconds(lag)) // 60 * 60, rng.random(count) < 0.02),
            draw.take(code_names, offence_code).alias("offence_code"),
            draw.take(list(GROUPS), group).alias("offence_group"),
            places.cpt_names(rng, district).alias("cpt"),
            pl.Series("is_domestic_abuse", is_da),
            _risks(rng, is_da, cancelled).alias("da_risk"),
            pl.Series("is_csa", _tagged(rng, month, group, is_child, cancelled)),
            *(pl.Series(name, values) for name, values in flags.items()),
            pl.Series("victim_age", age).set(pl.Series(age < 0), None),
            tl.local_column("cancelled_at", cancel_at, ~cancelled),
            cancel_code.alias("cancel_code"),
        ]
    )


def _risks(rng: np.random.Generator, is_da: np.ndarray, cancelled: np.ndarray) -> pl.Series:
    """The assessed risk of each domestic abuse crime, in exact shares of those not cancelled."""
    weights = cal.crimes.DA_RISKS
    code = np.full(len(is_da), list(weights).index(""))
    live, gone = np.flatnonzero(is_da & ~cancelled), np.flatnonzero(is_da & cancelled)
    shares = draw.largest_remainders(np.array(list(weights.values())), len(live))
    code[rng.permutation(live)] = np.repeat(np.arange(len(weights)), shares)
    code[gone] = draw.codes(rng, weights, len(gone))
    return draw.take(list(weights), code)


def _tagged(rng: np.random.Generator, month: date, group: np.ndarray, is_child: np.ndarray, cancelled: np.ndarray) -> np.ndarray:
    """Which crimes carry the child sexual abuse tag: the month's share of the rapes and serious sexual offences against children, few others."""
    sexual = np.isin(group, [RAPE, SSO]) & is_child
    tagged: np.ndarray = ~sexual & is_child & (rng.random(len(group)) < cal.crimes.CSA_ELSEWHERE.at(month))
    for where in (np.flatnonzero(sexual & ~cancelled), np.flatnonzero(sexual & cancelled)):
        tagged[where] = draw.flags(rng, len(where), cal.crimes.CSA_TAGGED.at(month))
    return tagged


def _with_first_versions(rng: np.random.Generator, month: date, frame: pl.DataFrame, group: np.ndarray) -> Rows:
    """The rows with what their first extract shows otherwise: another offence group, no risk yet, no child sexual abuse tag yet."""
    reclassified = draw.flags(rng, frame.height, cal.crimes.RECLASSIFIED, at_least=1) & np.isin(
        group, [RAPE, SSO, GROUPS.index("violence with injury")]
    )
    other_risk = draw.flags(rng, frame.height, cal.files.EXTRACTS["crimes"].corrected, at_least=1)
    tagged_later = frame["is_csa"].to_numpy() & (rng.random(frame.height) < cal.crimes.CSA_TAGGED_LATER.at(month))
    first = {
        "offence_code": frame["offence_code"].set(pl.Series(reclassified), next(iter(cal.crimes.OFFENCES[cal.crimes.RECLASSIFIED_FROM].codes))),
        "offence_group": frame["offence_group"].set(pl.Series(reclassified), cal.crimes.RECLASSIFIED_FROM),
        "da_risk": frame["da_risk"].set(pl.Series(other_risk), None),
        "is_csa": frame["is_csa"].set(pl.Series(tagged_later), False),
    }
    return Rows(frame, reclassified | other_risk | tagged_later, first, follows={"cancelled_at": "cancel_code"})


def outcome_rows(plan: Plan, crimes: dict[date, pl.DataFrame]) -> dict[date, Rows]:
    """Rows of `crime_outcomes` by the month of the outcome, from the crimes of every month."""
    recorded = pl.concat(crimes.values()).sort("recorded", "crime_ref")
    parts = [_finalised(plan, crimes, recorded), *(_drawn_outcomes(plan, month, part) for month, part in crimes.items())]
    made: dict[date, Rows] = {}
    for month, events in _by_month(plan, list(crimes), pl.concat(parts)).items():
        rng = draw.generator(plan.seed, "outcome extracts", month)
        part = _with_orphans(rng, events, cal.crimes.OUTCOME_ORPHANS)
        frame = pl.DataFrame(
            [
                draw.numbered(f"OC{month:%y%m}-", part.height, 5).alias("outcome_id"),
                part["crime_ref"],
                part["code"].alias("outcome_code"),
                tl.local_column("outcome_date", part["at"].to_numpy()).dt.date(),
            ]
        )
        corrected = draw.flags(rng, frame.height, cal.files.EXTRACTS["crime_outcomes"].corrected, at_least=1)
        first = {"outcome_code": frame["outcome_code"].replace({"15": "16", "16": "15", "18": "14", "1": "8"})}
        made[month] = Rows(frame, corrected, first)
    return made


def _finalised(plan: Plan, crimes: Mapping[date, pl.DataFrame], recorded: pl.DataFrame) -> pl.DataFrame:
    """Outcomes (crime_ref, at, code) of the populations whose outcomes are counted by the month in which they are finalised.

    What is finalised of domestic abuse includes rapes and serious sexual offences that are domestic abuse as well, so these
    come first and domestic abuse makes up what they leave.
    """
    parts = []
    begin = next(iter(crimes))
    included: dict[tuple[date, int], int] = {}  # outcomes by month and kind of domestic abuse that is in another population
    for name, kinds in cal.crimes.FINALISED.items():
        population = recorded.filter(pl.col("population") == POPULATIONS.index(name))
        events = []
        for month in crimes:
            rng = draw.generator(plan.seed, f"outcomes {name}", month)
            for k, kind in enumerate(kinds):
                share = _known_share(kind.lag, begin, month)
                count = plan.counted(f"outcomes {name} {k}", kind.counts, month, share) - (included.get((month, k), 0) if name == "da" else 0)
                at = tl.draw_times(rng, month, plan.end, max(0, count), "office")
                code = draw.texts(rng, kind.codes, len(at))
                begun = at - draw.seconds(_lags(rng, kind.lag, at, begin) * tl.DAY)
                events.append(pl.DataFrame({"at": at, "begun": begun, "code": code, "month": [month] * len(at), "kind": [k] * len(at)}, _EVENTS))
        given = _given(population, pl.concat(events).sort("at"))
        parts.append(given.select("crime_ref", "at", "code"))
        if name != "da":
            for month, kind, n in given.filter("is_da").group_by("month", "kind").len().iter_rows():
                included[month, kind] = included.get((month, kind), 0) + n
    return pl.concat(parts)


_EVENTS = {"at": pl.Int64, "begun": pl.Int64, "code": pl.String, "month": pl.Date, "kind": pl.Int64}


def _drawn_outcomes(plan: Plan, month: date, crimes: pl.DataFrame) -> pl.DataFrame:
    """Outcomes (crime_ref, at, code) of the month's other crimes, a few of them given twice, and rows of code 0 of any crime."""
    rng = draw.generator(plan.seed, "outcomes", month)
    recorded, count = crimes["recorded"].to_numpy(), crimes.height
    shares = cal.crimes.OUTCOMES
    code = draw.texts(rng, {**shares, "": 1 - sum(shares.values())}, count)
    at = recorded + draw.seconds(_lags(rng, cal.crimes.OUTCOME_LAG, recorded) * tl.DAY)
    other = (crimes["population"] == POPULATIONS.index("other")) & code.is_not_null()
    again = other & pl.Series(rng.random(count) < cal.crimes.SECOND_OUTCOMES)
    second = code.replace({"16": "15", "15": "1", "1": "15", "18": "16"})
    zero = pl.Series(rng.random(count) < cal.crimes.NOT_ASSIGNED)
    rows = crimes.select("crime_ref").with_columns(at=pl.Series(at), code=code)
    later = pl.Series(draw.seconds(rng.uniform(5, 60, count) * tl.DAY))
    return pl.concat(
        [
            rows.filter(other),
            rows.with_columns(pl.col("at") + later, code=second).filter(again & (second != code)),
            rows.with_columns(at=pl.Series(recorded), code=pl.lit("0")).filter(zero),
        ]
    )


def arrest_rows(plan: Plan, crimes: dict[date, pl.DataFrame]) -> dict[date, Rows]:
    """Rows of `arrests` by the month of the arrest, from the crimes of every month."""
    recorded = pl.concat(crimes.values()).sort("recorded", "crime_ref")
    drawn = [_drawn_arrests(plan, month, part) for month, part in crimes.items()]
    made: dict[date, Rows] = {}
    for month, events in _by_month(plan, list(crimes), _counted_arrests(plan, crimes, recorded, pl.concat(drawn))).items():
        rng = draw.generator(plan.seed, "arrest extracts", month)
        part = _with_orphans(rng, _with_disposals(rng, plan, month, events), cal.crimes.ARREST_ORPHANS)
        frame = pl.DataFrame(
            [
                draw.numbered(f"CU{month:%y%m}-", part.height, 5).alias("arrest_id"),
                part["crime_ref"],
                tl.local_column("arrested_at", part["at"].to_numpy()),
                part["disposal"],
            ]
        )
        corrected = draw.flags(rng, frame.height, cal.files.EXTRACTS["arrests"].corrected, at_least=1)
        made[month] = Rows(frame, corrected, {"disposal": frame["disposal"].clear(frame.height)})
    return made


def _with_disposals(rng: np.random.Generator, plan: Plan, month: date, arrests: pl.DataFrame) -> pl.DataFrame:
    """The arrests with what followed; of those for domestic abuse exactly the month's share was remanded."""
    disposal = draw.texts(rng, cal.crimes.ARREST_DISPOSALS, arrests.height)
    is_da = np.flatnonzero(arrests["is_da"].to_numpy())
    others = {d: share for d, share in cal.crimes.ARREST_DISPOSALS.items() if d != cal.crimes.REMANDED}
    disposal = disposal.scatter(is_da, draw.texts(rng, others, len(is_da)))
    remanded = is_da[draw.flags(rng, len(is_da), plan.level("remanded", cal.crimes.DA_REMANDED, month))]
    return arrests.with_columns(disposal=disposal.scatter(remanded, cal.crimes.REMANDED))


def _drawn_arrests(plan: Plan, month: date, crimes: pl.DataFrame) -> pl.DataFrame:
    """Arrests (crime_ref, at, is_da) for the month's crimes of the populations that have a share of their crimes."""
    rng = draw.generator(plan.seed, "arrests", month)
    parts = []
    for name, arrests in cal.crimes.ARRESTS.items():
        if arrests.counts is None:
            arrested = crimes.filter(pl.col("population") == POPULATIONS.index(name))
            arrested = arrested.filter(pl.Series(draw.flags(rng, arrested.height, arrests.share)))
            recorded = arrested["recorded"].to_numpy()
            at = recorded + draw.seconds(_lags(rng, arrests.lag, recorded) * tl.DAY)
            parts.append(arrested.select("crime_ref", pl.Series("at", at), "is_da"))
    return pl.concat(parts)


def _counted_arrests(plan: Plan, crimes: Mapping[date, pl.DataFrame], recorded: pl.DataFrame, drawn: pl.DataFrame) -> pl.DataFrame:
    """The drawn arrests, and those for domestic abuse that make the month's number up, some of them second ones for a crime."""
    included = {m: int(part["is_da"].sum()) for m, part in _by_month(plan, list(crimes), drawn).items()}
    begin, parts = next(iter(crimes)), [drawn]
    for name, arrests in cal.crimes.ARRESTS.items():
        if arrests.counts is None:
            continue
        events = []
        for month in crimes:
            rng = draw.generator(plan.seed, f"arrests {name}", month)
            share = _known_share(arrests.lag, begin, month)
            at = tl.draw_times(
                rng, month, plan.end, max(0, plan.counted(f"arrests {name}", arrests.counts, month, share) - included[month]), "evening"
            )
            begun = at - draw.seconds(_lags(rng, arrests.lag, at, begin) * tl.DAY)
            events.append(pl.DataFrame({"at": at, "begun": begun, "again": rng.random(len(at)) < cal.crimes.SECOND_ARRESTS}))
        population = recorded.filter(pl.col("population") == POPULATIONS.index(name))
        parts.append(_given(population, pl.concat(events).sort("at")).select(drawn.columns))
    return pl.concat(parts)


def _known_share(lag: cal.crimes.Lag, first: date, month: date) -> float:
    """The share of what happens in the month whose crime was recorded in the period, which begins with `first`."""
    normal = NormalDist(log(lag.median), lag.sigma)
    before = (month - first).days
    days = [min(before + day + 0.5, lag.longest) for day in range(tl.days_in_month(month))]
    return float(np.mean([normal.cdf(log(d)) for d in days]) / normal.cdf(log(lag.longest))) if before < lag.longest else 1.0


def _lags(rng: np.random.Generator, lag: cal.crimes.Lag, at: np.ndarray, first: date | None = None) -> np.ndarray:
    """Days by the lag's distribution, none of them beyond its longest or, for what happens at a time, beyond the first day of the period."""
    normal = NormalDist(log(lag.median), lag.sigma)
    longest = np.full(len(at), lag.longest)
    if first is not None:
        longest = np.minimum(longest, (at - tl.from_local(first, "00:00")) / tl.DAY).clip(min=1e-3)
    limits = {d: normal.cdf(log(d)) for d in np.unique(longest)}
    uniform = rng.random(len(at)).clip(1e-9, 1 - 1e-9)
    return np.exp([normal.inv_cdf(u * limits[d]) for u, d in zip(uniform, longest, strict=True)]) if len(at) else np.empty(0)


def _given(crimes: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The events, in order of `at`, each with the columns of a crime that was recorded about when it had `begun`.

    A crime is given once: the nearest one not yet given that was recorded before, else after, but never after the event.
    Events `again` take one that may have been given already and leave it to others. An event that finds no crime is left out.
    """
    recorded = crimes["recorded"].to_numpy()
    place = np.searchsorted(recorded, events["begun"].to_numpy(), side="right").tolist()  # 1 is the first crime
    known = np.searchsorted(recorded, events["at"].to_numpy(), side="right").tolist()
    again = events["again"].to_list() if "again" in events.columns else [False] * events.height
    before, after = list(range(len(recorded) + 2)), list(range(len(recorded) + 2))  # the nearest free place; the ends are none

    def free(nearest: list[int], start: int) -> int:
        """Where the chain of given places ends; shortens it on the way."""
        end = start
        while nearest[end] != end:
            end = nearest[end]
        while nearest[start] != end:
            nearest[start], start = end, nearest[start]
        return end

    chosen = np.zeros(events.height, dtype=np.int64)
    for i, start in enumerate(place):
        if again[i]:
            chosen[i] = min(max(1, start), known[i])
            continue
        slot = free(before, start) or free(after, start + 1 if start < len(recorded) else start)
        if 0 < slot <= known[i]:
            chosen[i] = slot
            before[slot], after[slot] = slot - 1, slot + 1
    placed = events.filter(pl.Series(chosen > 0))
    return pl.concat([placed, crimes[chosen[chosen > 0] - 1]], how="horizontal")


def _with_orphans(rng: np.random.Generator, events: pl.DataFrame, share: float) -> pl.DataFrame:
    """The events and, on top, a few copies that refer to crimes that no extract holds, in order of their times."""
    copies = events.filter(pl.Series(rng.random(events.height) < share)).with_columns(crime_ref=pl.lit("X") + pl.col("crime_ref"))
    return pl.concat([events, copies]).sort("at", "crime_ref")


def _by_month(plan: Plan, months: list[date], events: pl.DataFrame) -> dict[date, pl.DataFrame]:
    """The events of each month, in their order; what follows the period is not known yet."""
    events = events.with_columns(day=tl.local_column("day", events["at"].to_numpy()).dt.date()).sort("at", "crime_ref")
    ends = {m: tl.last_day(m, plan.end) for m in months}
    return {m: events.filter(pl.col("day").is_between(m, ends[m])).drop("day") for m in months}
