"""How many rows each month has: the calibration's volumes, spread over months. Nothing is generated here."""

from __future__ import annotations

from datetime import date

import numpy as np

from pipelines.synthetic import calibration as cal
from pipelines.synthetic.draw import generator, largest_remainders
from pipelines.synthetic.timeline import add_months, days_in_month, last_day, report_year


def full_months(volume: cal.Volume, name: str, year: int, seed: int) -> dict[date, int]:
    """Rows of each month of the year to 31 July at scale 1; they sum to the year's total."""
    total = volume.yearly[min(volume.yearly, key=lambda y: (abs(y - year), y))]
    months = [add_months(date(year - 1, 8, 1), i) for i in range(12)]
    free = [m for m in months if m not in volume.pins]
    fixed = {m: volume.pins[m] for m in months if m in volume.pins}

    def weight(month: date) -> float:
        noise = 1 + volume.noise * np.clip(generator(seed, f"volume {name}", month).standard_normal(), -2, 2)
        step = np.prod([factor for start, factor in volume.steps.items() if month >= start])
        return days_in_month(month) * volume.season[month.month - 1] * volume.factors.get(month, 1.0) * step * noise

    spread = largest_remainders(np.array([weight(m) for m in free]), max(0, total - sum(fixed.values())))
    return fixed | dict(zip(free, spread.tolist(), strict=True))


class Plan:
    """Rows of each series and month of the period, scaled."""

    def __init__(self, months: list[date], end: date, seed: int, scale: float) -> None:
        self.months, self.end, self.seed, self.scale = months, end, seed, scale
        self._years: dict[tuple[str, int], dict[date, int]] = {}

    def rows(self, name: str, volume: cal.Volume, month: date, at_least: int = 0) -> int:
        """Rows of the series in the month (of its covered days, where the period ends within it)."""
        key = (name, report_year(month))
        if key not in self._years:
            self._years[key] = full_months(volume, name, key[1], self.seed)
        covered = ((last_day(month, self.end) - month).days + 1) / days_in_month(month)
        return max(at_least, round(self._years[key][month] * covered * self.scale))

    def number(self, month: date) -> int:
        """A number of the month that does not depend on the period (turns are taken by it)."""
        return month.year * 12 + month.month
