"""Cells of the marts as people read them: dates, periods, numbers and words here, values and changes of a unit by units.py.

Marts hold the texts of what stands on a card (`value_text`, `yoy_text`). Charts, tables and pages of a measure show many more
cells, and those get their text here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from dateutil.relativedelta import relativedelta

from pipelines.catalogue.catalogue import read_catalogue
from pipelines.report.units import UNIT_HEADINGS, UNITS, change_text, one_decimal, rounded, sign_text, value_text, whole_text

NO_VALUE = "–"
# The protective marking of every page, slide and sheet.
MARKING = "OFFICIAL – internal"


def signed_text(number: float) -> str:
    """+1.8, −2, +14,947 or 0: one decimal, with its sign."""
    return sign_text(rounded(number, 1)) + one_decimal(abs(number)).removesuffix(".0")


def month_text(day: date) -> str:
    """July 2023"""
    return f"{day:%B %Y}"


def short_month_text(day: date) -> str:
    """Jul 2023"""
    return f"{day:%b %Y}"


def date_text(day: date) -> str:
    """31 July 2023"""
    return f"{day.day} {day:%B %Y}"


def moment_text(moment: datetime) -> str:
    """31 July 2023 at 02:14 UTC"""
    return f"{date_text(moment.date())} at {moment:%H:%M} UTC"


@cache
def _estimates() -> frozenset[str]:
    """The measures that are estimates of a survey: each quarter's is of the year that the quarter ends."""
    return frozenset(measure.entry.id for measure in read_catalogue().measures if measure.entry.statistic == "estimate")


def period_text(period_type: str, period_end: date, measure_id: str | None = None) -> str:
    """July 2023; April to June 2023; 12 months to July 2023; 2023, or year to March 2023; 31 July 2023 for a snapshot.

    A quarterly estimate is of a year: year to June 2023.
    """
    if period_type == "month":
        return month_text(period_end)
    if period_type == "r12m":
        return f"12 months to {month_text(period_end)}"
    if period_type == "quarter":
        if measure_id in _estimates():
            return f"year to {month_text(period_end)}"
        return f"{period_end - relativedelta(months=2):%B} to {month_text(period_end)}"
    if period_type == "year":
        return f"{period_end:%Y}" if period_end.month == 12 else f"year to {month_text(period_end)}"
    return date_text(period_end)


def plain_text(word: str) -> str:
    """A code as words: hit_or_miss -> hit or miss."""
    return word.replace("_", " ")


# The words of codes, by column; a code that has none is shown with spaces.
_PERIODS = {"r12m": "twelve months"}
CODE_WORDS: Mapping[str, Mapping[str, str]] = {
    "unit": UNIT_HEADINGS,
    "direction": {"increase": "higher is better", "decrease": "lower is better", "neutral": "neither way is better"},
    "period_type": _PERIODS,
    "headline_period": _PERIODS,
    "yoy_basis": _PERIODS | {"snapshot": "the count a year before"},
    "statistic": {
        "count": "a count",
        "sum": "a sum",
        "share": "a share of the whole",
        "share_of_total": "a share of all parts",
        "rate": "one count over another",
        "ratio": "one count over another",
        "population_rate": "a count over residents",
        "cohort_rate": "a share of those recorded in the period, by what became of them to date",
        "mean": "an average",
        "median": "a median: half lie at or below it",
        "p90": "a 90th percentile: nine in ten lie at or below it",
        "snapshot": "a count on a day",
        "snapshot_sum": "a sum on a day",
        "returned": "as a partner returned it",
        "estimate": "a survey’s estimate, with its margin",
    },
    "basis": {"force": "the force’s own count", "return": "a partner’s return", "BT": "BT’s clock", "CSEW": "the Crime Survey"},
    "area_levels": {"force, district, cpt": "force, districts and CPTs", "force, district": "force and districts"},
}


COMPARATORS = {"england_wales": "England and Wales", "msg": "most similar group", "national": "national"}


def comparator_text(comparator_id: str) -> str:
    """The name of a comparator: England and Wales, most similar group, Dorset."""
    return COMPARATORS.get(comparator_id, comparator_id.replace("_", " ").title())


def parts_text(set_id: str) -> str:
    """What a change is taken apart by, of the name of its set: by opening type and CPT."""
    return "by " + plain_text(set_id.rpartition(" by ")[2]).replace(" x ", " and ").replace("cpt", "CPT")


COMPARISONS = {
    "yoy": "the year before",
    "previous_period": "the period before",
    "baseline_2019": "calendar 2019",
    "plan_year": "the plan's first year",
    "highest_since": "highest since",
    "lowest_since": "lowest since",
}


def comparison_text(word: str) -> str:
    """What a value is compared with, of measures.measure_comparisons."""
    return comparator_text(word.removeprefix("vs_")) if word.startswith("vs_") else COMPARISONS.get(word) or plain_text(word)


def number_text(value: float) -> str:
    """A number without a unit: whole numbers with separators, else up to three significant decimals."""
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return f"{value:,.3g}" if abs(value) < 1 else f"{rounded(value, 2):,.2f}".rstrip("0").rstrip(".")


# Where a place lies in its funnel (measures.funnel_places).
FUNNEL_STATES = {
    "alarm high": "above the outer limits",
    "alert high": "above the inner limits",
    "within expected range": "within the limits",
    "alert low": "below the inner limits",
    "alarm low": "below the outer limits",
}

Form = Callable[[Any, Mapping[str, Any]], str | None]


def _value_form(unit: str) -> Form:
    return lambda value, row: value_text(value, unit)


def _limit_form(unit: str) -> Form:
    """A mean or limit, on the base that the row's mean is written on."""
    return lambda value, row: value_text(value, unit, beside=row["mean"])


def _change_form(unit: str) -> Form:
    """A change, on the base of the value that it led to: the row's, or the base of its comparison and the change."""

    def text(value: float, row: Mapping[str, Any]) -> str | None:
        before = row.get("base_value")
        return change_text(value, row.get("change_pct"), unit, row.get("value") if before is None else before + value)

    return text


def _effect_form(unit: str) -> Form:
    """A part of a change: the change's text, without the brackets that a number beside its share has."""
    return lambda value, row: (change_text(value, None, unit) or "").strip("()")


def _code_form(column: str) -> Form:
    return lambda value, row: CODE_WORDS[column].get(value) or plain_text(value)


# Name of a form -> text of a cell (never null) and the row it stands in. The names go into `data-as` (pipelines/report/trace.py).
FORMS: dict[str, Form] = {
    **{unit: _value_form(unit) for unit in UNITS},
    **{f"limit {unit}": _limit_form(unit) for unit in UNITS},
    **{f"change {unit}": _change_form(unit) for unit in UNITS},
    **{f"effect {unit}": _effect_form(unit) for unit in UNITS},
    "month": lambda value, row: month_text(value),
    "short month": lambda value, row: short_month_text(value),
    "date": lambda value, row: date_text(value),
    "year": lambda value, row: f"{value:%Y}",
    "moment": lambda value, row: moment_text(value),
    "period": lambda value, row: period_text(row["period_type"], value, row.get("measure_id")),
    "whole": lambda value, row: whole_text(value),
    "decimal": lambda value, row: one_decimal(value),
    "signed": lambda value, row: signed_text(value),
    "number": lambda value, row: number_text(value),
    "share done": lambda value, row: f"{number_text(value)}%",  # progress is reported in whole per cents
    "plain": lambda value, row: plain_text(value),
    "met": lambda value, row: "met" if value else "missed",
    "comparison": lambda value, row: comparison_text(value),
    "unit": lambda value, row: UNIT_HEADINGS.get(value, "number"),
    "parts": lambda value, row: parts_text(value),
    "funnel": lambda value, row: FUNNEL_STATES.get(value) or plain_text(value),
    "comparator": lambda value, row: comparator_text(value),
    "code": lambda value, row: str(value),
    # such as "words of unit": what a reader sees of a code
    **{f"words of {column}": _code_form(column) for column in CODE_WORDS},
}


def form_of(value: Any, row: Mapping[str, Any]) -> str:
    """The default form of a cell: by its type, and for fractions by the unit of its row."""
    if isinstance(value, datetime):
        return "moment"
    if isinstance(value, date):
        return "date"
    if isinstance(value, bool | str):
        return "code"
    if isinstance(value, float) and row.get("unit") in UNITS:
        return str(row["unit"])
    return "number"


def cell_text(value: Any, row: Mapping[str, Any], form: str | None = None) -> str:
    """The text of a mart's cell on a page; a dash for null. `row` gives what the form needs besides (unit, period_type, change_pct, measure_id)."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool) and form is None:
        return "yes" if value else "no"
    return FORMS[form or form_of(value, row)](value, row) or NO_VALUE
