"""Crimes, outcomes and arrests at the force's true size give what is printed of them, by MEASURES' definitions.

Every figure is worked out anew from the rows as the latest extracts show them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import crime
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.extracts import Extractor
from pipelines.synthetic.plan import Plan
from tests.series import chart, correlation, is_falling, is_rising, is_steady, mann_kendall, shares_z, totals_z

END, SEED = date(2023, 7, 31), 20230731
MONTHS = tl.months_until(END, 55)  # January 2019 to July 2023
FAT = ["1", "1A", "2", "2A", "3", "3A", "6"]
POPULATION_2019, POPULATION = 722_217, 743_700  # ONS mid-2019 estimate; Census 2021
DA, RAPE, SSO = pl.col("is_domestic_abuse"), pl.col("offence_group") == "rape", pl.col("offence_group") == "serious sexual offence"
CHILD = pl.col("victim_age") < 18
KEYS = {"crimes": "crime_ref", "crime_outcomes": "outcome_id", "arrests": "arrest_id"}


@dataclass(frozen=True)
class Feeds:
    """The latest version of every row, by feed, with its local month; outcomes and arrests with their crime, where it counts."""

    rows: dict[str, pl.DataFrame]
    finals: dict[str, pl.DataFrame]

    def months(self, feed: str, where: pl.Expr) -> np.ndarray:
        """Rows per month."""
        return self._aligned(self.rows[feed].filter(where).group_by("month").len())

    def _aligned(self, counts: pl.DataFrame) -> np.ndarray:
        return pl.DataFrame({"month": MONTHS}).join(counts, on="month", how="left").sort("month")["len"].fill_null(0).to_numpy()


def year_to(values: np.ndarray, end: date) -> int:
    """The rolling twelve months that end with the month."""
    last = MONTHS.index(end)
    return int(values[last - 11 : last + 1].sum())


JUL23, JUL22, AUG21, MAY23, MAY22, DEC22, DEC19 = (
    date(y, m, 1) for y, m in ((2023, 7), (2022, 7), (2021, 8), (2023, 5), (2022, 5), (2022, 12), (2019, 12))
)


@pytest.fixture(scope="module")
def feeds() -> Feeds:
    plan = Plan(MONTHS, END, SEED, 1.0)
    made: dict[str, dict] = {"crimes": {}}
    crimes = {}
    for month in MONTHS:
        made["crimes"][month], crimes[month] = crime.month_rows(plan, month)
    made["crime_outcomes"], made["arrests"] = crime.outcome_rows(plan, crimes), crime.arrest_rows(plan, crimes)
    finals = {feed: pl.concat([rows.final for rows in months.values()]) for feed, months in made.items()}
    latest = {}
    for feed, months in made.items():
        extractor = Extractor(feed, plan)
        extracts = [e for month, rows in months.items() for e in extractor.add(month, rows)]
        shown = pl.concat([e.frame.with_columns(taken=pl.lit(e.taken)) for e in extracts])
        latest[feed] = shown.sort("taken", maintain_order=True).unique(KEYS[feed], keep="last", maintain_order=True).drop("taken")
    counted = latest["crimes"].filter(pl.col("cancelled_at").is_null()).with_columns(month=pl.col("recorded_at").dt.date().dt.truncate("1mo"))
    facts = counted.select("crime_ref", "is_domestic_abuse", "offence_group", "recorded_at")
    rows = {"crimes": counted}
    for feed, event in (("crime_outcomes", "outcome_date"), ("arrests", "arrested_at")):
        rows[feed] = latest[feed].join(facts, on="crime_ref").with_columns(month=pl.col(event).cast(pl.Date).dt.truncate("1mo"))
    return Feeds(rows | {f"latest {feed}": frame for feed, frame in latest.items()}, finals)


@pytest.fixture(scope="module")
def crimes(feeds) -> Callable[[pl.Expr], np.ndarray]:
    return lambda where: feeds.months("crimes", where)


@pytest.fixture(scope="module")
def outcomes(feeds) -> Callable[..., np.ndarray]:
    """Outcomes of a population finalised a month: of these codes, or all of them but code 0."""
    return lambda where, codes=None: feeds.months(
        "crime_outcomes", where & (pl.col("outcome_code").is_in(codes) if codes else pl.col("outcome_code") != "0")
    )


@pytest.fixture(scope="module")
def arrests(feeds) -> np.ndarray:
    return feeds.months("arrests", DA)


def rate(part: np.ndarray, whole: np.ndarray, end: date = JUL23) -> float:
    """Per cent over the rolling twelve months, to the printed decimal."""
    return round(100 * year_to(part, end) / year_to(whole, end), 1)


def change(values: np.ndarray, end: date = JUL23, before: date = JUL22) -> float:
    return round(100 * (year_to(values, end) / year_to(values, before) - 1), 1)


def test_latest_extracts_hold_the_final_rows(feeds):
    for feed, final in feeds.finals.items():
        key = KEYS[feed]
        assert feeds.rows[f"latest {feed}"].sort(key).equals(final.sort(key)), feed
        assert final[key].is_unique().all(), feed


def test_domestic_abuse_volume(crimes):
    volume = crimes(DA)
    assert (year_to(volume, DEC19), year_to(volume, DEC22)) == (6_588, 7_339)
    assert year_to(volume, DEC22) - year_to(volume, DEC19) == 751
    assert 751 // 12 == 62 and round(100 * 751 / 6_588, 1) == 11.4
    assert year_to(volume, JUL23) == 7_185 and change(volume) == -2.1
    # since 2020: every rolling twelve months above 2019 by more than a twentieth
    since = [year_to(volume, m) for m in MONTHS if m >= date(2020, 12, 1)]
    assert len(since) >= 12 and min(since) > 1.05 * 6_588 and all(totals_z(v, 6_588) > 1.96 for v in since)
    # no new signal since then: the level of 2020 goes on
    assert is_steady(volume[MONTHS.index(date(2020, 4, 1)) :])


def test_domestic_abuse_has_risen_in_all_risks(crimes):
    for risk in ("standard", "medium", "high"):
        volume = crimes(DA & (pl.col("da_risk") == risk))
        assert year_to(volume, DEC22) > year_to(volume, DEC19) and year_to(volume, JUL23) > year_to(volume, DEC19), risk
        assert year_to(volume, JUL23) > 500, risk


def test_domestic_abuse_outcomes(crimes, outcomes):
    volume, fat, every = crimes(DA), outcomes(DA, FAT), outcomes(DA)
    assert rate(fat, volume) == 12.5
    now, before, early = ((year_to(fat, m), year_to(volume, m)) for m in (JUL23, JUL22, DEC19))
    assert shares_z(*now, *before) > 1.96
    assert shares_z(*now, *early) < -1.96
    fifteen = outcomes(DA, ["15"])
    assert rate(fifteen, every) == 23.4
    assert rate(fifteen, every) < rate(fifteen, every, JUL22) and is_falling(fifteen / every)


def test_domestic_abuse_arrests(crimes, outcomes, arrests):
    volume = crimes(DA)
    assert rate(arrests, volume) == 39.4 and rate(arrests, volume, JUL22) == 30.4
    monthly = arrests / volume
    assert shares_z(year_to(arrests, JUL23), year_to(volume, JUL23), year_to(arrests, JUL22), year_to(volume, JUL22)) > 1.96
    assert (chart(monthly).shift[-7:] == 1).all() and is_rising(monthly)
    fat = outcomes(DA, FAT) / volume
    for length in (24, 36, len(MONTHS)):
        r, z = correlation(monthly[-length:], fat[-length:])
        assert r >= 0.5 and z > 1.96, length
        r, z = correlation(np.diff(monthly[-length:]), np.diff(fat[-length:]))
        assert r > 0 and z > 1.96, length


def test_domestic_abuse_remands_rose_in_the_spring(feeds):
    remands = feeds.months("arrests", DA & (pl.col("disposal") == cal.crimes.REMANDED))
    winter, spring = remands[-7:-4].sum(), remands[-4:-1].sum()
    assert spring > 1.15 * winter and totals_z(spring, winter) > 1.96


def test_rape_volume_and_victims(crimes):
    volume, children = crimes(RAPE), crimes(RAPE & CHILD)
    assert (volume[-1], volume[-13]) == (43, 44) and round(100 * (43 / 44 - 1), 1) == -2.3
    assert children[-1] == 12 and round(100 * 12 / 43) == 28
    assert change(children) == 3.3
    for adults in (volume - children, crimes(RAPE & (pl.col("victim_age") >= 18))):
        assert is_steady(adults) and abs(change(adults)) < 5


def test_rape_outcomes(crimes, outcomes):
    volume, every = crimes(RAPE), outcomes(RAPE)
    fat, fifteen, sixteen = outcomes(RAPE, FAT), outcomes(RAPE, ["15"]), outcomes(RAPE, ["16"])
    assert rate(fat, volume) == 8.0 and rate(fat, volume, JUL22) == 4.7
    assert round(100 * (year_to(fat, JUL23) / year_to(volume, JUL23) - year_to(fat, JUL22) / year_to(volume, JUL22)), 1) == 3.3
    assert shares_z(year_to(fat, JUL23), year_to(volume, JUL23), year_to(fat, JUL22), year_to(volume, JUL22)) > 1.96
    rolling = [year_to(fat, m) / year_to(volume, m) for m in MONTHS[-13:]]
    assert sum(b > a for a, b in pairwise(rolling)) >= 9  # a continued increase
    assert (rate(fifteen, every), rate(sixteen, every)) == (26.4, 49.0)
    assert is_falling(fifteen / every) and is_rising(sixteen / every)
    assert rate(fifteen, every, JUL22) > 26.4 and rate(sixteen, every, JUL22) < 49.0
    last = slice(-24, None)
    r, z = correlation((fifteen / every)[last], (sixteen / every)[last])
    assert r <= -0.7 and z < -1.96
    r, z = correlation(np.diff((fifteen / every)[last]), np.diff((sixteen / every)[last]))
    assert r < 0 and z < -1.96
    assert correlation(fifteen[last], sixteen[last])[1] < -1.96  # the counts too: more than arithmetic of shares


def test_serious_sexual_offences(crimes, outcomes):
    volume, every = crimes(SSO), outcomes(SSO)
    assert change(volume) == -5.5 and abs(totals_z(year_to(volume, JUL23), year_to(volume, JUL22))) < 1.96
    fat, fifteen, sixteen = outcomes(SSO, FAT), outcomes(SSO, ["15"]), outcomes(SSO, ["16"])
    assert rate(fat, volume) == 10.2 and rate(fat, volume, JUL22) == 6.5
    assert round(100 * (year_to(fat, JUL23) / year_to(volume, JUL23) - year_to(fat, JUL22) / year_to(volume, JUL22)), 1) == 3.7
    assert (rate(sixteen, every, AUG21), rate(sixteen, every)) == (18.1, 26.5)
    # rising over twenty-four months, stable over the last twelve: both are printed
    z, p = mann_kendall((sixteen / every)[-24:])
    assert z > 0 and p < 0.05 and is_steady(sixteen / every)
    assert is_steady(fifteen / every, 24) and is_steady(fifteen / every)
    last = slice(-24, None)
    assert abs(correlation((fifteen / every)[last], (sixteen / every)[last])[0]) < 0.3
    assert abs(correlation(fifteen[last], sixteen[last])[0]) < 0.3


def test_rape_and_serious_sexual_offences_together(crimes):
    volume = crimes(RAPE | SSO)
    assert round(year_to(volume, DEC19) / POPULATION_2019 * 100_000) == 124
    assert round(year_to(volume, MAY23) / POPULATION * 100_000) == 146
    assert change(volume, MAY23, MAY22) == 3.2
    assert change(crimes((RAPE | SSO) & CHILD)) == -3.8


def test_child_sexual_abuse_tags_rise_partly_by_how_they_are_set(feeds, crimes):
    tagged = crimes(pl.col("is_csa"))
    assert totals_z(year_to(tagged, JUL23), year_to(tagged, JUL22)) > 1.96 and change(tagged) > 10
    # fewer children among the victims, more of them tagged
    sexual = crimes((RAPE | SSO) & CHILD & pl.col("is_csa"))
    assert rate(sexual, crimes((RAPE | SSO) & CHILD)) > rate(sexual, crimes((RAPE | SSO) & CHILD), JUL22)


def test_outcomes_and_arrests_follow_their_crimes(feeds):
    found = feeds.rows["crime_outcomes"]
    assert (found["outcome_date"] >= found["recorded_at"].dt.date()).all()
    early = pl.col("arrested_at") < pl.col("recorded_at") - pl.duration(hours=1)  # local times: the clock may have gone back between
    assert feeds.rows["arrests"].filter(early).is_empty()
    real = found.filter(pl.col("outcome_code") != "0")
    counted = real.filter(DA | RAPE | SSO)
    assert counted["crime_ref"].is_unique().all()
    twice = real["crime_ref"].is_duplicated().sum()
    assert 0 < twice < 0.01 * real.height
    waited = counted.filter(pl.col("month") >= date(2021, 8, 1)).select(
        days=(pl.col("outcome_date") - pl.col("recorded_at").dt.date()).dt.total_days(), rape=RAPE
    )
    assert 8 < waited.filter(~pl.col("rape"))["days"].median() < 40
    assert 30 < waited.filter("rape")["days"].median() < 150
    orphans = {
        feed: feeds.rows[f"latest {feed}"].join(feeds.finals["crimes"], on="crime_ref", how="anti").height for feed in ("crime_outcomes", "arrests")
    }
    assert all(0 < n < 0.002 * feeds.finals[feed].height for feed, n in orphans.items())


def test_scorecards_have_their_offence_groups_and_flags(feeds):
    year = feeds.rows["crimes"].filter(pl.col("month") > JUL22)
    groups = dict(year["offence_group"].value_counts().iter_rows())
    assert 1 <= groups["homicide"] <= 12
    assert set(groups) == set(cal.crimes.OFFENCES)
    assert set(year.filter(pl.col("offence_group") == "drug offences")["offence_code"]) == {"92A", "92C", "92D", "92E"}, "supply and possession"
    for flag, low, high in (("is_knife", 150, 450), ("is_hate", 400, 900), ("is_exploitation", 60, 250), ("is_rural", 500, 1_500)):
        assert low < year[flag].sum() < high, flag
    assert not year.filter(pl.col("cpt").str.to_lowercase().str.starts_with("swindon"))["is_rural"].any()
    assert groups["violence with injury"] > 3_000 and groups["stalking and harassment"] > 3_000


def test_a_short_period_has_few_outcomes_at_its_beginning_and_none_from_nowhere():
    plan = Plan(MONTHS[-3:], END, SEED, 1.0)
    crimes = {m: crime.month_rows(plan, m)[1] for m in plan.months}
    made = crime.outcome_rows(plan, crimes)
    refs = pl.concat([c["crime_ref"] for c in crimes.values()])
    sizes = [rows.final.height for rows in made.values()]
    assert sizes == sorted(sizes) and sizes[0] < 0.8 * sizes[-1]
    assert (
        pl.concat([rows.final for rows in made.values()])
        .filter(~pl.col("crime_ref").is_in(refs.implode()) & ~pl.col("crime_ref").str.starts_with("X"))
        .is_empty()
    )


@pytest.mark.parametrize("scale", [0.008, 0.02, 0.3])
def test_small_scales_keep_the_shares(scale):
    plan = Plan(MONTHS[-24:], END, SEED, scale)
    crimes = {m: crime.month_rows(plan, m)[1] for m in plan.months}
    whole = pl.concat(crimes.values())
    planned = sum(cal.crimes.DOMESTIC_ABUSE.at(m) for m in plan.months) * scale
    assert whole["is_da"].sum() == pytest.approx(planned, rel=0.1)
    arrested = pl.concat([rows.final for rows in crime.arrest_rows(plan, crimes).values()]).join(whole.filter("is_da"), on="crime_ref").height
    assert arrested / whole["is_da"].sum() == pytest.approx(0.35, abs=0.06)
    found = pl.concat([rows.final for rows in crime.outcome_rows(plan, crimes).values()]).filter(pl.col("outcome_code") != "0")
    assert 0.6 < found.join(whole.filter("is_da"), on="crime_ref").height / whole["is_da"].sum() < 1
