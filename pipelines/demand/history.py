"""What is known of a line: its calls by day and half hour up to the newest day, and the calendar of these days and of those to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SLOTS = 48
DAYS_AHEAD = 91  # 13 weeks
SUNDAY = 6


@dataclass(frozen=True)
class History:
    """Calls of a line up to the newest day, and what is known of these days and of those to come.

    first       the first of the days
    days        calls by day; not a number where nothing is known of a day
    counts      the same by half hour of the wall clock; not numbers where only the day is known
    is_holiday  of these days and DAYS_AHEAD more
    """

    first: date
    days: Floats
    counts: Floats
    is_holiday: Flags

    @property
    def newest(self) -> date:
        return self.first + timedelta(days=len(self.days) - 1)

    @cached_property
    def is_known(self) -> Flags:
        return ~np.isnan(self.days)

    @cached_property
    def course(self) -> NDArray[np.int64]:
        """What each day is to be divided like: its weekday (0 for Monday), and Sunday on bank holidays."""
        return np.where(self.is_holiday, SUNDAY, (self.first.weekday() + np.arange(len(self.is_holiday))) % 7)
