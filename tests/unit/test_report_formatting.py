"""Pages and marts say a value in the same words: pipelines/report/units.py beside the macros of dbt, executed in DuckDB."""

from __future__ import annotations

import random
from datetime import date, datetime

import duckdb
import pytest

from pipelines.report import formatting, units
from tests.models import render

EDGES = [
    0.0,
    0.04,
    0.05,
    0.25,
    0.5,
    0.95,
    1.5,
    2.5,
    12.0,
    12.04,
    59.4,
    59.5,
    60.0,
    61.0,
    999.5,
    3599.4,
    3599.5,
    3600.0,
    8252.0,
    9853.0,
    146.05,
    1e6,
    1234567.5,
]


def _values() -> list[float]:
    drawn = random.Random(7)
    every = EDGES + [drawn.uniform(0, 10 ** drawn.uniform(0, 7)) for _ in range(400)] + [drawn.randrange(0, 4000) / 20 for _ in range(200)]
    return every


VALUE_SQL = render("{{ value_text('number', 'unit') }}")
CHANGE_SQL = render("{{ change_text('change', 'change_pct', 'unit') }}")
CHANGE_BESIDE_SQL = render("{{ change_text('change', 'change_pct', 'unit', 'value') }}")


@pytest.mark.parametrize("unit", units.UNITS)
def test_a_value_reads_as_the_marts_say_it(unit):
    sql = f"select number, {VALUE_SQL} from (select unnest($numbers::double[]) as number, $unit as unit)"
    found = duckdb.connect().execute(sql, {"numbers": _values(), "unit": unit}).fetchall()
    assert [(number, units.value_text(number, unit)) for number, _ in found] == found


@pytest.mark.parametrize("unit", units.UNITS)
def test_a_change_reads_as_the_marts_say_it(unit):
    drawn = random.Random(11)
    changes = [(sign * v, drawn.choice([None, sign * drawn.uniform(0, 60), sign * 0.04, 0.0])) for v in _values() for sign in (1, -1)]
    sql = f"""
    select change, change_pct, {CHANGE_SQL}
    from (select unnest($changes::double[]) as change, unnest($shares::double[]) as change_pct, $unit as unit)
    """
    found = duckdb.connect().execute(sql, {"changes": [c for c, _ in changes], "shares": [s for _, s in changes], "unit": unit}).fetchall()
    assert [(c, s, units.change_text(c, s, unit)) for c, s, _ in found] == found


@pytest.mark.parametrize("unit", units.UNITS)
def test_a_change_is_on_the_base_of_the_value_beside_it(unit):
    drawn = random.Random(13)
    pairs = [(v, sign * v * drawn.uniform(0, 0.4)) for v in _values() for sign in (1, -1)] + [(28.9, 0.04), (28.9, 0.05), (0.4, 0.06), (3.0, 0.0)]
    sql = f"""
    select value, change, {CHANGE_BESIDE_SQL}
    from (select unnest($values::double[]) as value, unnest($changes::double[]) as change, 2.0 as change_pct, $unit as unit)
    """
    found = duckdb.connect().execute(sql, {"values": [v for v, _ in pairs], "changes": [c for _, c in pairs], "unit": unit}).fetchall()
    assert [(v, c, units.change_text(c, 2.0, unit, v)) for v, c, _ in found] == found


def test_the_change_of_a_rate_can_be_taken_from_its_value():
    assert units.change_text(-0.403, -17.3, "per_1k", 1.93) == "−17.3% (−0.4 per 1,000)"
    assert units.change_text(0.026, 6.1, "per_1k", 0.446) == "+6.1% (+2.6 per 100,000)"
    assert units.change_text(0.039, 0.6, "per_1k", 6.1) == "+0.6% (+3.9 per 100,000)"


def test_nothing_has_no_text():
    assert units.value_text(None, "count") is None
    assert units.value_text(3.0, "furlongs") is None
    assert units.change_text(None, 1.0, "pct") is None


def test_periods_are_said_in_full():
    assert formatting.period_text("month", date(2023, 7, 31)) == "July 2023"
    assert formatting.period_text("quarter", date(2023, 6, 30)) == "April to June 2023"
    assert formatting.period_text("quarter", date(2023, 6, 30), "csew_overall_confidence") == "year to June 2023"
    assert formatting.period_text("quarter", date(2023, 6, 30), "da_crime_volume") == "April to June 2023"
    assert formatting.period_text("year", date(2022, 12, 31)) == "2022"
    assert formatting.period_text("year", date(2023, 3, 31)) == "year to March 2023"
    assert formatting.period_text("r12m", date(2023, 7, 31)) == "12 months to July 2023"
    assert formatting.period_text("year", date(2022, 12, 31)) == "2022"
    assert formatting.period_text("snapshot", date(2023, 7, 3)) == "3 July 2023"


def test_a_cell_takes_the_form_of_its_type_and_unit():
    assert formatting.cell_text(None, {}) == "–"
    assert formatting.cell_text(True, {}) == "yes"
    assert formatting.cell_text(1234, {}) == "1,234"
    assert formatting.cell_text(72.0, {"unit": "seconds"}) == "1m 12s"
    assert formatting.cell_text(0.123456, {}) == "0.123"
    assert formatting.cell_text(date(2023, 7, 1), {}) == "1 July 2023"
    assert formatting.cell_text(date(2023, 7, 1), {}, "month") == "July 2023"
    assert formatting.cell_text(datetime(2023, 8, 2, 2, 14), {}) == "2 August 2023 at 02:14 UTC"
    assert formatting.cell_text(-3.0, {"change_pct": -2.04}, "change count") == "−2.0% (−3)"
    assert formatting.cell_text("hit_or_miss", {}, "plain") == "hit or miss"
    assert formatting.cell_text("yoy", {}, "comparison") == "the year before"
    assert formatting.cell_text(-14947.04, {}, "signed") == "−14,947"


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (True, "met", "met"),
        (False, "met", "missed"),
        (None, "met", "–"),
        (250.0, "effect seconds", "+4m 10s"),
        (-18.0, "effect count", "−18"),
        (-1.24, "effect pct", "−1.2 percentage points"),
        ("priority_response_time_mean by opening_type x cpt", "parts", "by opening type and CPT"),
        ("msg", "comparator", "most similar group"),
        ("vs_england_wales", "comparison", "England and Wales"),
        ("pct", "unit", "%"),
    ],
)
def test_forms_of_single_cells(value, form, text):
    assert formatting.cell_text(value, {}, form) == text


def test_a_mean_and_its_limits_are_on_one_base():
    row = {"mean": 1.1}
    assert [formatting.cell_text(value, row, "limit per_1k") for value in (1.1, 0.839)] == ["1.1 per 1,000", "0.8 per 1,000"]
    assert [formatting.cell_text(value, {"mean": 0.9}, "limit per_1k") for value in (0.9, 1.2)] == ["90.0 per 100,000", "120.0 per 100,000"]
