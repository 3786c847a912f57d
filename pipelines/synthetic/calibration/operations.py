"""Section 60 authorities: a few, and none in the six weeks before the end of July 2023, as is printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Authority:
    """One authority: where, from which local evening, for how many hours."""

    area: str
    day: date
    start: str
    hours: int


SECTION_60: tuple[Authority, ...] = (
    Authority("Swindon", date(2021, 6, 12), "18:00", 15),
    Authority("Salisbury", date(2021, 10, 30), "17:30", 12),
    Authority("Swindon", date(2022, 4, 16), "20:00", 15),
    Authority("Swindon", date(2022, 7, 30), "16:00", 24),
    Authority("Trowbridge", date(2022, 10, 31), "17:00", 10),
    Authority("Swindon", date(2022, 12, 17), "19:00", 15),
    Authority("Swindon", date(2023, 4, 29), "18:00", 15),
)
