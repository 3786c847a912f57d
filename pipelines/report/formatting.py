"""Values as people read them: the same texts as the macros of dbt_project/macros/measures/periods.sql, in Python.

Marts hold the texts of what stands on a card (`value_text`, `yoy_text`). Charts, tables and pages of a measure show many more
cells, and those get their text here. A test holds both sides equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

NO_VALUE = "–"
RATES = {"per_1k": "per 1,000", "per_10k": "per 10,000", "per_100k": "per 100,000"}
# What stands in the heading of a column or beside an axis.
UNIT_NAMES = {"count": "number", "pct": "%", "seconds": "time", "gbp": "£", "kg": "kg", "hours": "hours", "days": "days", "score": "score"} | RATES


def rounded(value: float, digits: int = 0) -> float:
    """Half away from zero, as SQL rounds (Python's own rounding goes to the even neighbour)."""
    scale = 10**digits
    size = abs(value) * scale
    whole = math.floor(size)
    return math.copysign((whole + (size - whole >= 0.5)) / scale, value)


def trimmed_decimal(value: float) -> str:
    """One decimal, without a trailing .0."""
    return f"{rounded(value, 1):.1f}".removesuffix(".0")


def whole_text(value: float) -> str:
    """9,853"""
    return f"{int(rounded(value)):,}"


def duration_text(seconds: float) -> str:
    """Seconds as 11s, 13m37s or 2h17m32s."""
    whole = int(rounded(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m{whole % 60:02d}s"


def _rate_text(per: str) -> Callable[[float], str]:
    return lambda value: f"{rounded(value, 1):.1f} {per}"


_VALUE_TEXTS: dict[str, Callable[[float], str]] = {
    "count": whole_text,
    "pct": lambda value: trimmed_decimal(value) + "%",
    "seconds": duration_text,
    **{unit: _rate_text(per) for unit, per in RATES.items()},
    "gbp": lambda value: "£" + whole_text(value),
    "kg": lambda value: whole_text(value) + " kg",
    "hours": lambda value: trimmed_decimal(value) + " hours",
    "days": lambda value: trimmed_decimal(value) + " days",
    "score": trimmed_decimal,
}
UNITS = tuple(_VALUE_TEXTS)


def value_text(value: float | None, unit: str | None) -> str | None:
    """A value as it is said aloud: 12% or 4.4%, 2h17m32s, 9,853, £103,000. None for none, and for a unit nobody knows."""
    return None if value is None or unit not in _VALUE_TEXTS else _VALUE_TEXTS[unit](value)


def sign_text(number: float) -> str:
    """+ or -, and nothing for 0."""
    return "+" if number > 0 else "-" if number < 0 else ""


def change_text(change: float | None, change_pct: float | None, unit: str | None) -> str | None:
    """A change as it is said aloud: +11.8% (+1,039), -2.4 pts, +35s. The sign is that of the rounded number."""
    if change is None:
        return None
    if unit == "pct":
        return f"{sign_text(rounded(change, 1))}{trimmed_decimal(abs(change))} pts"
    if unit == "seconds":
        return sign_text(rounded(change)) + duration_text(abs(change))
    share = "" if change_pct is None else f"{sign_text(rounded(change_pct, 1))}{trimmed_decimal(abs(change_pct))}% "
    if unit in (*RATES, "score", "days", "hours"):
        return f"{share}({sign_text(rounded(change, 1))}{trimmed_decimal(abs(change))})"
    return f"{share}({sign_text(rounded(change))}{whole_text(abs(change))})"


def signed_text(number: float) -> str:
    """+1.8, -2, +14,947 or 0: one decimal, with its sign."""
    return sign_text(rounded(number, 1)) + f"{rounded(abs(number), 1):,.1f}".removesuffix(".0")


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


def period_text(period_type: str, period_end: date) -> str:
    """July 2023; April to June 2023; 12 months to July 2023; 2023; 31 July 2023 for a snapshot."""
    if period_type == "month":
        return month_text(period_end)
    if period_type == "r12m":
        return f"12 months to {month_text(period_end)}"
    if period_type == "quarter":
        return f"{date(period_end.year, period_end.month - 2, 1):%B} to {month_text(period_end)}"
    if period_type == "year":
        return f"{period_end:%Y}"
    return date_text(period_end)


def plain_text(word: str) -> str:
    """A code as words: hit_or_miss -> hit or miss."""
    return word.replace("_", " ")


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
    return COMPARISONS.get(word) or plain_text(word)


def number_text(value: float) -> str:
    """A number without a unit: whole numbers with separators, else up to three significant decimals."""
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return f"{value:,.3g}" if abs(value) < 1 else f"{rounded(value, 2):,.2f}".rstrip("0").rstrip(".")


def _change_of(unit: str) -> Callable[[Any, Mapping[str, Any]], str | None]:
    return lambda value, row: change_text(value, row.get("change_pct"), unit)


# Name of a form -> text of a cell (never null) and the row it stands in. The names go into `data-as` (pipelines/report/trace.py).
FORMS: dict[str, Callable[[Any, Mapping[str, Any]], str | None]] = {
    **{unit: (lambda value, row, unit=unit: value_text(value, unit)) for unit in UNITS},  # type: ignore[misc]
    **{f"change {unit}": _change_of(unit) for unit in UNITS},
    "month": lambda value, row: month_text(value),
    "short month": lambda value, row: short_month_text(value),
    "date": lambda value, row: date_text(value),
    "year": lambda value, row: f"{value:%Y}",
    "moment": lambda value, row: moment_text(value),
    "period": lambda value, row: period_text(row["period_type"], value),
    "whole": lambda value, row: whole_text(value),
    "decimal": lambda value, row: trimmed_decimal(value),
    "signed": lambda value, row: signed_text(value),
    "number": lambda value, row: number_text(value),
    "plain": lambda value, row: plain_text(value),
    "comparison": lambda value, row: comparison_text(value),
    "code": lambda value, row: str(value),
}


def form_of(value: Any, row: Mapping[str, Any]) -> str:
    """The form a cell takes where the page names none: by its type, and for fractions by the unit of its row."""
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
    """The text of a mart's cell on a page; a dash for null. `row` gives what the form needs besides (unit, period_type, change_pct)."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return "yes" if value else "no"
    return FORMS[form or form_of(value, row)](value, row) or NO_VALUE
