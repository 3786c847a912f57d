"""How a value, a change, the tick of an axis and the cell of a workbook are written in each unit of the catalogue.

Everything a page, chart, workbook or slide knows of a unit is derived from its entry in pipelines/catalogue/units.yaml. The macros of
dbt_project/macros/measures/periods.sql write values and changes of the marts in the same way; a test holds the two equal.
"""

from __future__ import annotations

import math

from pipelines.catalogue.catalogue import read_units
from pipelines.catalogue.model import Unit

SECONDS_PER_DAY = 86_400


UNITS = read_units()
UNIT_HEADINGS = {name: unit.heading for name, unit in UNITS.items()}
# For a cell or an axis whose row names no unit.
_PLAIN = Unit(heading="")


def _unit(name: str | None) -> Unit:
    return UNITS.get(name or "", _PLAIN)


# ---- texts


def rounded(value: float, digits: int = 0) -> float:
    """Half away from zero, as SQL rounds (Python's own rounding goes to the even neighbour)."""
    scale = 10**digits
    size = abs(value) * scale
    whole = math.floor(size)
    return math.copysign((whole + (size - whole >= 0.5)) / scale, value)


def one_decimal(value: float) -> str:
    """8.0"""
    return f"{rounded(value, 1):,.1f}".replace("-", "−")


def whole_text(value: float) -> str:
    """9,853"""
    return f"{int(rounded(value)):,}".replace("-", "−")


def duration_text(seconds: float) -> str:
    """Seconds as 11s, 13m 37s or 2h 17m 32s."""
    whole = int(rounded(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02d}m {whole % 60:02d}s"


def value_text(value: float | None, unit: str | None, beside: float | None = None) -> str | None:
    """A value as it is said aloud: 4.4%, 2h 17m 32s, 9,853, £103,000, 4.1 per 100,000. None for none, and for an unknown unit.

    Rates below 1 are written per more residents; `beside`: as this value is, so that a mean and its limits are on one base.
    """
    form = UNITS.get(unit or "")
    return None if value is None or form is None else _value_text(value, form, value if beside is None else beside)


def _value_text(value: float, form: Unit, beside: float) -> str:
    if form.is_duration:
        return duration_text(value)
    if form.small_unit and beside != 0 and rounded(abs(beside), 1) < 1:
        small = UNITS[form.small_unit]
        times = small.factor // form.factor
        return _value_text(value * times, small, beside * times)
    return f"{form.prefix}{one_decimal(value) if form.decimals else whole_text(value)}{form.suffix}"


def sign_text(number: float) -> str:
    """+ or −, and nothing for 0."""
    return "+" if number > 0 else "−" if number < 0 else ""


def change_text(change: float | None, change_pct: float | None, unit: str | None, beside: float | None = None) -> str | None:
    """A change as it is said aloud: +11.8% (+1,039), −2.4 percentage points, +35s. The sign is that of the rounded number.

    The change of a rate is on the base of the value that it stands `beside`, unless it would be 0.0 there.
    """
    if change is None:
        return None
    form = UNITS.get(unit or "", Unit(heading="", decimals=0))
    sign = sign_text(rounded(change, form.decimals))
    if form.is_duration:
        return sign + duration_text(abs(change))
    number = sign + (one_decimal(abs(change)) if form.decimals else whole_text(abs(change)))
    if form.change_suffix is not None:
        return number + form.change_suffix
    if form.per_residents:
        base = beside if beside is not None and rounded(change, 1) != 0 else abs(change)
        number = sign_text(change) + _value_text(abs(change), form, base)
    share = "" if change_pct is None else f"{sign_text(rounded(change_pct, 1))}{one_decimal(abs(change_pct))}% "
    return f"{share}({number})"


# ---- axes

_STEPS = (1, 2, 2.5, 5, 10)
_DURATION_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 14400, 21600, 43200, SECONDS_PER_DAY)


def nice_ticks(low: float, high: float, unit: str, about: int = 5) -> tuple[float, ...]:
    """Round numbers from at or below `low` to at or above `high`; durations step by whole seconds, minutes or hours."""
    form = _unit(unit)
    span, size = high - low, max(abs(low), abs(high))
    if span <= max(1e-6 * size, 1e-6):  # a constant series, give or take the last bits of its sums
        span = size if size > 1e-6 else 1.0
    raw = span / about
    if form.is_duration and raw <= _DURATION_STEPS[-1]:
        step: float = next(s for s in _DURATION_STEPS if s >= raw)
    else:
        power = 10 ** math.floor(math.log10(raw))
        step = next(n * power for n in _STEPS if n * power >= raw * 0.999999)
        if form.decimals == 0:
            step = max(1.0, step if step != 2.5 else 5.0)
    start = math.floor(low / step + 1e-9)
    end = max(math.ceil(high / step - 1e-9), start + 1)
    return tuple(round(i * step, 10) for i in range(start, end + 1))


def axis_text(value: float, unit: str) -> str:
    """A tick of an axis: short, with what is joined to the number (£, %) and without the words of the unit."""
    form = _unit(unit)
    if form.is_duration:
        sign, whole = ("−", -value) if value < 0 else ("", value)
        text = duration_text(whole)
        while len(text) > 3 and text.endswith(("00s", "00m")):
            text = text[:-3].rstrip()
        return sign + (text or "0s")
    joined = "" if form.suffix.startswith(" ") else form.suffix
    number = f"{value:,.0f}" if value == int(value) else f"{value:.10f}".rstrip("0")
    return f"{form.prefix}{number.replace('-', '−')}{joined}"


# ---- number formats of workbooks and slides. A spreadsheet's duration is a part of a day, and its per cents are hundredths of what marts hold.

CHANGE_PCT = "+0.0%;-0.0%;0.0%"


def cell_number(value: float, unit: str | None) -> float:
    """A value as a spreadsheet holds it."""
    form = _unit(unit)
    return value / SECONDS_PER_DAY if form.is_duration else value / 100 if form.is_percentage else value


def _quoted(text: str) -> str:
    return f'"{text}"' if text else ""


def number_format(unit: str | None, decimals: int | None = None) -> str:
    """The format of values; `decimals` other than those of the unit for the ticks of an axis."""
    form = UNITS.get(unit or "")
    if form is None:
        return "#,##0.##"
    if form.is_duration:
        return "[h]:mm:ss"
    number = "#,##0.0" if (form.decimals if decimals is None else decimals) else "#,##0"
    if form.is_percentage:
        return f"{number}%"
    return f"{_quoted(form.prefix)}{number}{_quoted(form.suffix)}" if form.is_in_cells else number


def change_format(unit: str | None) -> str:
    """The format of changes. Those of a duration stay in seconds: Excel shows no negative time."""
    form = _unit(unit)
    number = "#,##0.0" if form.decimals else "#,##0"
    suffix = form.suffix if form.change_suffix is None else form.change_suffix
    text = f"{_quoted(form.prefix)}{number}{_quoted(suffix)}" if form.is_in_cells else number
    return f"+{text};-{text};{text}"


def axis_format(unit: str, ticks: tuple[float, ...]) -> str:
    """The format of the ticks of a slide's axis: whole where all of them are."""
    if _unit(unit).is_duration:
        return "[h]:mm" if ticks[-1] >= 3600 else "[m]:ss"
    return number_format(unit, decimals=0 if all(tick == int(tick) for tick in ticks) else 1)
