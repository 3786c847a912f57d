"""Suspects, protection orders, the roads and section 60 at the force's true size: what is printed comes out of the rows."""

from datetime import date

import polars as pl
import pytest

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import crime, operations, protection, roads, suspects
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import Plan

END, SEED = date(2023, 7, 31), 20230731
JUNE, JULY = date(2023, 6, 1), date(2023, 7, 1)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(tl.months_until(END, 79), END, SEED, 1.0)


@pytest.fixture(scope="module")
def snapshots(plan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every row of every snapshot since 2022, and the crimes they may refer to."""
    crimes = {m: crime.month_rows(plan, m)[1] for m in plan.months_of("crimes") if m >= date(2021, 1, 1)}
    return pl.concat(x.frame for x in suspects.extracts(plan, crimes)).filter(pl.col("snapshot_date") >= date(2022, 1, 1)), pl.concat(crimes.values())


def outstanding(snapshots: tuple[pl.DataFrame, pl.DataFrame], day: date) -> pl.DataFrame:
    """The day's outstanding suspects with the facts of their crimes."""
    rows, crimes = snapshots
    is_out = pl.col("status").str.to_lowercase().is_in(["outstanding", "wanted", "outstanding suspect"])
    return rows.filter((pl.col("snapshot_date") == day) & is_out).unique(["suspect_id", "crime_ref"]).join(crimes, on="crime_ref")


def test_outstanding_suspects_are_as_printed_on_the_report_s_days(snapshots):
    assert outstanding(snapshots, date(2023, 8, 2))["is_da"].sum() == 380
    sexual = outstanding(snapshots, date(2023, 8, 1))
    assert (sexual["is_rape"] | sexual["is_sso"]).sum() == 130


def test_snapshots_are_whole_lists_of_suspects_who_stay_for_a_while(snapshots):
    rows, _ = snapshots
    assert rows.select("snapshot_date", "suspect_id", "crime_ref").is_unique().all()
    assert set(rows["snapshot_date"].unique()) >= {date(2023, 7, 31), date(2023, 8, 1), date(2023, 8, 2)}
    ends = rows.filter(pl.col("snapshot_date") == END)
    again = ends.join(rows.filter(pl.col("snapshot_date") == date(2023, 6, 30)), on=["suspect_id", "crime_ref"])
    assert 0.4 < again.height / ends.height < 0.95
    assert (rows["since_date"] <= rows["snapshot_date"]).all()
    assert rows["suspect_id"].n_unique() < rows.select("suspect_id", "crime_ref").n_unique(), "some are wanted for two crimes"


def test_a_period_that_ends_long_before_has_no_snapshots_of_the_report(snapshots):
    earlier = Plan(tl.months_until(date(2023, 5, 20), 3), date(2023, 5, 20), SEED, 1.0)
    assert suspects.snapshot_days(earlier) == [date(2023, 3, 31), date(2023, 4, 30), date(2023, 5, 20)]


def test_protection_orders_fall_for_three_months_to_four(plan):
    months = tl.months_until(END, 7)
    rows = pl.concat(protection.month_rows(plan, m).final for m in months)
    made = rows.filter(pl.col("authorised_at").is_not_null()).with_columns(month=pl.col("authorised_at").dt.truncate("1mo").dt.date())
    orders = [made.filter((pl.col("kind") == "DVPO") & (pl.col("month") == m)).height for m in months]
    assert orders[-1] == 4
    assert orders[-4] > orders[-3] > orders[-2] > orders[-1]
    both = [made.filter(pl.col("month") == m).height for m in months]
    assert both[-4] > both[-3] > both[-2] > both[-1]
    applied = rows.filter(pl.col("kind") == "DVPN")["applied_at"].dt.truncate("1mo").dt.date()
    notices = [(applied == m).sum() for m in months]
    assert sum(notices[3:6]) < sum(notices[:3])
    assert notices[3] > notices[4] > notices[5]
    assert (rows["authorised_at"] > rows["applied_at"]).all()
    assert (rows.filter(pl.col("kind") == "DVPO")["applied_at"].dt.month() == rows.filter(pl.col("kind") == "DVPO")["authorised_at"].dt.month()).all()


def speedwatch(plan: Plan, month: date) -> pl.DataFrame:
    frame = roads.speedwatch_rows(plan, month).final
    return frame.with_columns(pl.col("location").str.strip_chars().str.to_lowercase())


def test_speedwatch_records_and_their_share_of_speeding_are_as_printed(plan):
    for month, records in ((date(2022, 6, 1), 3_360), (JUNE, 1_867)):
        frame = speedwatch(plan, month)
        assert frame["checks"].sum() == records
        for whole in (frame["vehicles_observed"].sum(), records):  # of the vehicles, and of the records
            assert round(100 * frame["vehicles_speeding"].sum() / whole, 1) == 4.3
    assert round(100 * (1_867 / 3_360 - 1), 1) == -44.4
    assert (frame["vehicles_speeding"] <= frame["vehicles_observed"]).all()
    assert (frame["vehicles_observed"] >= frame["checks"]).all()


def test_westwood_has_the_highest_share_of_its_vehicles_and_no_share_of_its_checks(plan):
    places = speedwatch(plan, JUNE).group_by("location").agg(pl.sum("checks", "vehicles_observed", "vehicles_speeding"))
    places = places.with_columns(share=100 * pl.col("vehicles_speeding") / pl.col("vehicles_observed")).sort("share", descending=True)
    first, second = places.rows(named=True)[:2]
    assert (first["location"], first["checks"], round(first["share"], 1)) == ("westwood", 48, 25.5)
    assert round(100 * first["vehicles_speeding"] / first["checks"], 1) != 25.5
    assert second["share"] <= 100 * cal.roads.HIGHEST_SHARE


def test_enforcement_is_as_printed_on_the_sixth_of_september(plan):
    longer = plan.reaching(cal.roads.ENFORCEMENT_TO)
    visits = pl.concat(roads.enforcement_rows(longer, m).final for m in tl.months_until(longer.end, 6))
    assert visits["visit_date"].min() >= date(2023, 4, 1)
    assert visits["visit_date"].max() == date(2023, 9, 6)
    assert visits.select(pl.sum("courses_issued", "fines_and_points_issued", "court_appearances")).row(0) == (3_972, 521, 53)
    assert visits["location"].n_unique() == 411 < visits.height


def test_a_month_does_not_depend_on_the_period(plan):
    short = Plan([JUNE, JULY], END, SEED, 1.0)
    for rows in (roads.speedwatch_rows, roads.enforcement_rows, roads.collision_rows, protection.month_rows):
        assert rows(short, JUNE).final.equals(rows(plan, JUNE).final)


def test_collisions_tell_ksi_collisions_from_ksi_casualties(plan):
    year = pl.concat(roads.collision_rows(plan, m).final for m in tl.months_until(END, 12))
    assert year.height == sum(plan.rows("collisions", cal.roads.COLLISIONS, m) for m in tl.months_until(END, 12)) == 712
    ksi = year["collision_severity"].is_in(["1", "2"])
    killed_or_hurt = year["fatal_casualties"] + year["serious_casualties"]
    assert 15 < ksi.sum() / 12 < 25
    assert killed_or_hurt.sum() > ksi.sum()
    assert ((killed_or_hurt > 0) == ksi).all()
    assert (killed_or_hurt <= year["number_of_casualties"]).all()
    assert set(year["local_authority_ons_district"]) == {"E06000054", "E06000030", "-1"}


def test_no_section_60_authority_in_six_weeks_and_empty_registers_before_the_first(plan):
    months = plan.months_of("section_60")
    register = operations.section_60_register(JULY, months)
    assert register.height == len(cal.operations.SECTION_60)
    assert register["from_at"].max().date() < date(2023, 6, 19)
    assert operations.section_60_register(months[0], months).height == 0
