"""How many rows each month has, and what level each month shows: the calibration spread over months. No rows are generated here."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from pipelines.synthetic import calibration as cal
from pipelines.synthetic.draw import generator, largest_remainders
from pipelines.synthetic.timeline import add_months, days_in_month, last_day, months_until, report_year


def own_factor(seed: int, name: str, month: date) -> float:
    """The month's deviation from its trend: a standard normal number, at most two standard deviations."""
    return float(np.clip(generator(seed, name, month).standard_normal(), -2, 2))


def counting_noise(count: float) -> float:
    """The standard deviation of a count of this size, as a share of it (Poisson); of a few rows it is bounded, so that none is negative."""
    return min(0.45, float(max(count, 1e-9) ** -0.5))


def full_months(volume: cal.shapes.Volume, name: str, year: int, seed: int) -> dict[date, int]:
    """Rows of each month of the year to 31 July at scale 1; they sum to the year's total."""
    total = volume.yearly[min(volume.yearly, key=lambda y: (abs(y - year), y))]
    months = [add_months(date(year - 1, 8, 1), i) for i in range(12)]
    free = [m for m in months if m not in volume.pins]
    fixed = {m: round(volume.pins[m]) for m in months if m in volume.pins}

    deviation = np.hypot(volume.noise, counting_noise(total / 12))

    def weight(month: date) -> float:
        noise = 1 + deviation * own_factor(seed, f"volume {name}", month)
        step = np.prod([factor for start, factor in volume.steps.items() if month >= start])
        course = volume.course.at(month) if volume.course else 1.0
        return float(days_in_month(month) * volume.season[month.month - 1] * volume.factors.get(month, 1.0) * step * course * noise)

    spread = largest_remainders(np.array([weight(m) for m in free]), max(0, total - sum(fixed.values())))
    return fixed | dict(zip(free, spread.tolist(), strict=True))


class Plan:
    """Rows of each series and month of the period, scaled, the months of the period that each feed has, and the force whose rows they are."""

    def __init__(self, months: list[date], end: date, seed: int, scale: float, force_code: str = cal.files.FORCE_CODE) -> None:
        self.months, self.end, self.seed, self.scale, self.force_code = months, end, seed, scale, force_code
        self._years: dict[tuple[str, int], dict[date, int]] = {}

    @property
    def is_of_home_force(self) -> bool:
        return self.force_code == cal.files.FORCE_CODE

    def months_of(self, feed: str) -> list[date]:
        """The months of the period from the feed's first one on."""
        return [m for m in self.months if m >= cal.files.FIRST_MONTHS[feed]]

    def follows_soon(self, day: date) -> bool:
        """Whether the day lies after the period, so soon that an extract taken then belongs to the same set."""
        return self.end < day <= self.end + timedelta(days=cal.files.AFTERMATH_DAYS)

    def reaching(self, day: date) -> Plan:
        """The plan of a feed that is extracted once more on a day soon after the period; this plan, where it is not."""
        if not self.follows_soon(day):
            return self
        more = months_until(day, self.number(day) - self.number(self.end))
        return Plan([*self.months, *more], day, self.seed, self.scale, self.force_code)

    def rows(self, name: str, volume: cal.shapes.Volume, month: date, at_least: int = 0) -> int:
        """Rows of the series in the month (of its covered days, where the period ends within it)."""
        key = (name, report_year(month))
        if key not in self._years:
            self._years[key] = full_months(volume, name, key[1], self.seed)
        return max(at_least, round(self._years[key][month] * self._covered(month) * self.scale))

    def counted(self, name: str, counts: cal.shapes.Counts, month: date, part: float = 1.0, at_least: int = 0) -> int:
        """Rows of a series that is declared month by month, or of a part of them.

        Whole numbers are kept, parts of a row are rounded up as often as they are large: a small series keeps its size at
        a small scale, on average.
        """
        exact = counts.at(month) * part * self._covered(month) * self.scale
        return max(at_least, int(np.floor(exact + generator(self.seed, f"part of a row {name}", month).random())))

    def _covered(self, month: date) -> float:
        """The part of the month that the period covers."""
        return ((last_day(month, self.end) - month).days + 1) / days_in_month(month)

    def level(self, name: str, what: cal.shapes.Level, month: date) -> float:
        """The level of a month; the same at every scale."""
        if month in what.pins:
            return what.pins[month]
        return what.trend.at(month) * (1 + what.noise.at(month) * own_factor(self.seed, f"level {name}", month))

    def number(self, month: date) -> int:
        """A number of the month that does not depend on the period."""
        return month.year * 12 + month.month
