"""What partners, the survey and other forces say: the printed figures, and a return for every measure that the catalogue takes as returned."""

from datetime import date

import polars as pl
import pytest

from pipelines.catalogue.catalogue import read_catalogue
from pipelines.synthetic import calibration as cal
from pipelines.synthetic import comparators, returns, survey

SEED, UNTIL = 20230731, date(2023, 10, 9)
FORCE_SPELLINGS = list(cal.returns.AREA_SPELLINGS["wiltshire_force"])
KEY = ["measure_id", "area", "segment", "period_type", "period_end"]


@pytest.fixture(scope="module")
def returned() -> pl.DataFrame:
    """The latest return of every figure, areas by their ids."""
    spelt = {s: area for area, weights in cal.returns.AREA_SPELLINGS.items() for s in weights}
    frame = returns.all_figures(SEED, UNTIL).with_columns(pl.col("area_id").replace(spelt).alias("area"), pl.col("segment").fill_null("all"))
    return frame.sort("returned_at").unique(KEY, keep="last", maintain_order=True)


@pytest.fixture(scope="module")
def entries() -> list[dict]:
    return [e for e in read_catalogue().entries() if e["statistic"] == "returned"]


def months(returned: pl.DataFrame, measure: str, last: date, segment: str = "all") -> float:
    """Sum of the twelve months to `last`."""
    rows = returned.filter(
        pl.col("measure_id") == measure,
        pl.col("segment") == segment,
        pl.col("period_end") <= last,
        pl.col("period_end") > date(last.year - 1, last.month, last.day),
    )
    assert rows.height == 12
    return rows["value"].sum()


def test_every_returned_measure_is_returned_or_says_why_not(returned, entries):
    wanted = {e["id"] for e in entries if "not_collected" not in e}
    odd = {row.measure for row in cal.returns.ODD} - wanted
    assert set(returned["measure_id"]) - odd == wanted


def test_shares_have_both_sides_where_they_roll_up(returned, entries):
    ratios = [e["id"] for e in entries if e["rolls_up"] == "ratio" and "not_collected" not in e]
    rows = returned.filter(pl.col("measure_id").is_in(ratios), pl.col("segment") != "by video link")
    assert rows.height and rows["numerator"].null_count() == 0
    assert ((rows["value"] - 100 * rows["numerator"] / rows["denominator"]).abs() <= 0.051).all()
    assert rows["value"].is_between(0, 100).all()


def test_districts_add_up_to_their_force(returned):
    districts = returned.filter(pl.col("area").is_in(["swindon", "wiltshire_county"]), pl.col("measure_id") == "marac_cases")
    whole = returned.filter(pl.col("area") == "wiltshire_force", pl.col("measure_id") == "marac_cases")
    summed = districts.group_by("period_end").agg(pl.col("value").sum())
    assert (
        summed.join(whole, on="period_end").filter((pl.col("value") - pl.col("value_right")).abs() > 3).height == 0
    )  # a correction may stand in one of them


def test_the_crown_court_s_stock_is_the_one_before_and_receipts_less_disposals():
    first = returns.all_figures(SEED, UNTIL).sort("returned_at").unique(["measure_id", "segment", "period_end"], keep="last")
    wide = {
        name: dict(
            first.filter(pl.col("measure_id") == name, pl.col("segment").is_null()).sort("period_end").select("period_end", "value").iter_rows()
        )
        for name in ("crown_outstanding_cases", "crown_receipts", "crown_disposals")
    }
    stock = cal.returns.CROWN_STOCK
    for end, outstanding in wide["crown_outstanding_cases"].items():
        stock += wide["crown_receipts"][end] - wide["crown_disposals"][end]
        assert outstanding == stock
    assert stock > cal.returns.CROWN_STOCK


def test_drink_and_drug_driving_change_as_printed(returned):
    for measure, change in (("drink_driving_offences", -10.6), ("drug_driving_offences", 21.3)):
        now, before = (months(returned, measure, date(year, 6, 30)) for year in (2023, 2022))
        assert round(100 * (now / before - 1), 1) == change


def test_victim_services_see_18_per_cent_more_across_the_board(returned):
    for segment in ("all", "adult victims", "young victims", "domestic abuse", "sexual violence"):
        now, before = (months(returned, "victim_support_service_demand", date(year, 9, 30), segment) for year in (2023, 2022))
        assert round(100 * (now / before - 1)) == 18, segment


@pytest.mark.parametrize(
    ("measure", "area", "segment", "period", "end", "value"),
    [
        ("mobile_police_stations_interim_operating", "wiltshire_force", "interim", "quarter", date(2023, 9, 30), 2),
        ("mobile_police_stations_dedicated", "wiltshire_force", "new dedicated", "snapshot", date(2023, 10, 31), 2),
        ("street_drs_interventions", "wiltshire_force", "youth justice service", "year", date(2023, 8, 31), 8),
        ("safety_at_night_charter_businesses", "wiltshire_force", "all", "snapshot", date(2023, 9, 30), 158),
        ("blunt_truth_schools_signed_up", "swindon", "all", "snapshot", date(2023, 9, 30), 5),
        ("pl_kicks_hours_delivered", "swindon", "all", "quarter", date(2023, 9, 30), 49),
        ("pl_kicks_hours_planned", "swindon", "all", "year", date(2024, 3, 31), 1_690),
        ("safer_streets_funding", "wiltshire_force", "all", "snapshot", date(2023, 9, 30), 1_400_000),
        ("isva_annual_contract_price", "wiltshire_force", "all", "year", date(2025, 3, 31), 477_000),
        ("crime_recording_accuracy_rate", "wiltshire_force", "all", "snapshot", date(2022, 7, 20), 92.4),
    ],
)
def test_delivery_counts_are_dated_as_printed(returned, measure, area, segment, period, end, value):
    row = returned.filter(
        pl.col("measure_id") == measure,
        pl.col("area") == area,
        pl.col("segment") == segment,
        pl.col("period_type") == period,
        pl.col("period_end") == end,
    )
    assert row["value"].to_list() == [value]


def test_returns_come_after_what_they_speak_of_and_a_few_twice():
    frame = returns.all_figures(SEED, UNTIL)
    ahead = frame.filter(pl.col("period_end") > pl.col("returned_at").dt.date())
    assert set(ahead["measure_id"]) == {
        "mobile_police_stations_dedicated",
        "pl_kicks_hours_planned",
        "isva_additional_funding",
        "isva_annual_contract_price",
        "isva_contract_price_years",
    }
    twice = (
        frame.group_by("measure_id", "segment", "period_type", "period_end", pl.col("area_id").is_in(FORCE_SPELLINGS)).len().filter(pl.col("len") > 1)
    )
    assert 10 < twice.height < 0.2 * frame.height


def test_what_is_returned_does_not_depend_on_the_end():
    early, late = returns.all_figures(SEED, date(2022, 12, 31)), returns.all_figures(SEED, UNTIL)
    given = {"victim_support_service_demand", "drink_driving_offences", "drug_driving_offences"}  # their years are spread when they are whole
    columns = ["measure_id", "segment", "period_type", "period_end", "value", "returned_at"]
    before = early.filter(~pl.col("measure_id").is_in(given)).select(columns[:-1])
    again = late.filter(~pl.col("measure_id").is_in(given), pl.col("returned_at").dt.date() <= date(2022, 12, 31)).select(columns[:-1])
    assert before.equals(again)


def test_the_survey_says_what_was_printed():
    last, before = (survey.release_rows(SEED, release) for release in (date(2023, 3, 31), date(2022, 12, 31)))
    wiltshire = last.filter(pl.col("area") == "Wiltshire")
    assert wiltshire["estimate"].to_list() == [76.9, 59.3, 54.7, 87.8, 64.8, 66.1, 53.8]
    assert wiltshire["margin"].to_list() == [3.6, 5.8, 4.8, 3.4, 3.7, 5.5, 6.1]
    assert wiltshire["effective_sample"].to_list() == [527, 276, 413, 356, 640, 285, 257]
    assert last.filter(pl.col("area") == "MSG average")["margin"].null_count() == 7
    change = [round(a - b, 1) for a, b in zip(last["estimate"], before["estimate"], strict=True)]
    by_question = [change[i : i + 3] for i in range(0, 21, 3)]
    assert [by_question[q][0] for q in (1, 2, 4)] == [-3.9, -2.3, 1.4]
    fallen_in_both = [number for number, (_, nation, msg) in enumerate(by_question, start=1) if nation < 0 and msg < 0]
    assert fallen_in_both == [2, 3]
    for release in survey.releases():
        rows = survey.release_rows(SEED, release)
        assert rows.height == 21 and rows["estimate"].is_between(30, 95).all()


def test_other_forces_stand_where_the_report_has_them():
    frame = comparators.all_figures(SEED, UNTIL)

    def value(measure: str, comparator: str, end: date, period: str = "r12m") -> float:
        rows = frame.filter(
            pl.col("measure_id") == measure, pl.col("comparator") == cal.comparators.SPELLINGS[comparator],
            pl.col("period_end") == end, pl.col("period_type") == period,
        )  # fmt: skip
        return rows["value"].item()

    july = date(2023, 7, 31)
    assert value("da_arrest_rate", "hampshire", july) > 39.4 > value("da_arrest_rate", "dorset", july)
    assert value("da_fat_outcome_rate", "dorset", july) > 12.5 > value("da_fat_outcome_rate", "hampshire", july)
    assert value("da_fat_outcome_rate", "dorset", july) > value("da_fat_outcome_rate", "dorset", date(2022, 7, 31))
    for comparator, change in (("national", 0.4), ("msg", 3.2)):
        now, before = (value("rasso_crime_rate", comparator, date(year, 5, 31)) for year in (2023, 2022))
        assert round(100 * (now / before - 1), 1) == change
    now, before = (value("asb_incidents", "national", date(year, 12, 31), "year") for year in (2022, 2021))
    assert round(100 * (now / before - 1), 1) == -29.0
    assert 9 < value("bt_999_answer_time_mean", "national", july, "month") < 11
