"""The same measures elsewhere. Changes and ranks are the printed ones; the levels beside them are plausible, and no force's own figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.synthetic.calibration.shapes import Trend, monthly

SPELLINGS: Mapping[str, str] = {
    "hampshire": "Hampshire",
    "dorset": "Dorset Police",
    "national": "National average",
    "msg": "MSG average",
    "england_wales": "England and Wales",
}


@dataclass(frozen=True)
class Rate:
    """A rate of a force over twelve months, each month anew: numerator over denominator. Per cent, and the denominator's yearly volume."""

    measure: str
    comparator: str
    level: Trend
    out_of: int
    first: date
    by: str = "tri-force performance"


# Tri-force: Hampshire arrests most and takes further action least, Dorset the reverse, with a rate that keeps rising.
TRI_FORCE: tuple[Rate, ...] = (
    Rate("da_arrest_rate", "hampshire", Trend({date(2021, 7, 1): 44.2, date(2023, 7, 1): 47.6}), 39_800, date(2021, 7, 1)),
    Rate("da_arrest_rate", "dorset", Trend({date(2021, 7, 1): 29.1, date(2023, 7, 1): 31.3}), 11_900, date(2021, 7, 1)),
    Rate("da_fat_outcome_rate", "hampshire", Trend({date(2021, 7, 1): 9.4, date(2023, 7, 1): 9.0}), 39_800, date(2021, 7, 1)),
    Rate("da_fat_outcome_rate", "dorset", Trend({date(2021, 7, 1): 13.1, date(2022, 7, 1): 14.0, date(2023, 7, 1): 15.8}), 11_900, date(2021, 7, 1)),
)
TRI_FORCE_LAG_DAYS = 35


@dataclass(frozen=True)
class Figure:
    """One figure of a comparator, with its parts where they are known."""

    measure: str
    comparator: str
    period_type: str
    period_end: date
    numerator: float | None
    denominator: float | None
    value: float
    returned: date
    by: str


# Rape and serious sexual offences per 100,000: +0.4 % in the nation and +3.2 % in the most similar group over the 12 months to May 2023.
_RASSO = "national statistics"
FIGURES: tuple[Figure, ...] = (
    Figure("rasso_crime_rate", "national", "year", date(2019, 12, 31), 92_840, 56_500_000, 164.3, date(2020, 4, 23), _RASSO),
    Figure("rasso_crime_rate", "national", "r12m", date(2022, 5, 31), 102_560, 57_000_000, 179.9, date(2022, 8, 30), _RASSO),
    Figure("rasso_crime_rate", "national", "r12m", date(2023, 5, 31), 103_430, 57_250_000, 180.7, date(2023, 8, 30), _RASSO),
    Figure("rasso_crime_rate", "msg", "year", date(2019, 12, 31), 10_020, 7_420_000, 135.0, date(2020, 4, 23), _RASSO),
    Figure("rasso_crime_rate", "msg", "r12m", date(2022, 5, 31), 11_740, 7_500_000, 156.5, date(2022, 8, 30), _RASSO),
    Figure("rasso_crime_rate", "msg", "r12m", date(2023, 5, 31), 12_160, 7_530_000, 161.5, date(2023, 8, 30), _RASSO),
    # anti-social behaviour in the nation: 29 % fewer incidents in 2022 than in 2021
    Figure("asb_incidents", "national", "year", date(2020, 12, 31), None, None, 1_816_000, date(2021, 4, 22), _RASSO),
    Figure("asb_incidents", "national", "year", date(2021, 12, 31), None, None, 1_384_200, date(2022, 4, 28), _RASSO),
    Figure("asb_incidents", "national", "year", date(2022, 12, 31), None, None, 982_800, date(2023, 4, 27), _RASSO),
)

# 999 answer times of the nation on BT's clock, seconds, published since November 2021: about 10 where Wiltshire's are well above.
BT_ANSWER_TIME = Trend(
    monthly(date(2021, 11, 1), 9.9, 9.6, 8.8, 9.1, 9.4, 9.6, 10.6, 11.9, 12.4, 11.2, 11.0, 11.6, 11.4, 12.3, 10.3, 9.6, 9.8, 9.7, 10.2, 10.9, 10.1)
)
BT_CALLS_A_MONTH = 970_000
BT_FIRST = date(2021, 11, 1)
BT_LAG_DAYS = 30
