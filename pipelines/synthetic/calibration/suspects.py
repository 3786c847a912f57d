"""Outstanding suspects in dated snapshots.

Printed: 380 of domestic abuse on 2 August and 130 of rape and serious sexual offences on 1 August 2023. What other
snapshots show is plausible.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipelines.synthetic.calibration.shapes import Trend, Weights

# Outstanding suspects on a day by population; the populations are those of the crimes (domestic abuse includes rapes that are domestic abuse).
OUTSTANDING: Mapping[str, Trend] = {
    "rasso": Trend(
        {
            date(2021, 1, 31): 92,
            date(2021, 9, 30): 104,
            date(2022, 3, 31): 98,
            date(2022, 10, 31): 117,
            date(2023, 3, 31): 122,
            date(2023, 6, 30): 127,
            date(2023, 7, 31): 131,
            date(2023, 8, 1): 130,
            date(2023, 8, 2): 132,
        }
    ),
    "da": Trend(
        {
            date(2021, 1, 31): 268,
            date(2021, 8, 31): 305,
            date(2022, 4, 30): 298,
            date(2022, 11, 30): 341,
            date(2023, 4, 30): 362,
            date(2023, 7, 31): 376,
            date(2023, 8, 1): 383,
            date(2023, 8, 2): 380,
        }
    ),
    "other": Trend({date(2021, 1, 31): 540, date(2022, 6, 30): 610, date(2023, 8, 2): 655}),
}
EXTRA_SNAPSHOTS = (date(2023, 8, 1), date(2023, 8, 2))  # the report's own, beside those of the month ends

# How long a suspect stays outstanding, days (lognormal): most are found within weeks, some not for a year.
DAYS_MEDIAN: Mapping[str, float] = {"rasso": 75.0, "da": 28.0, "other": 35.0}
DAYS_SIGMA = 1.2
SINCE_DAYS = 6  # a suspect is identified within so many days of the record
SHARE_WANTED: Mapping[str, float] = {"rasso": 0.75, "da": 0.45, "other": 0.10}  # of the crimes, those that ever have one outstanding
TWO_SUSPECTS = 0.04  # of those, with two
SAME_PERSON = 0.06  # of those, whose suspect is wanted for the crime before as well
LATELY_FOUND = 0.07  # rows, on top, of suspects found since the snapshot before, who are outstanding no more
FOUND_AS: Weights = {"located": 0.35, "arrested": 0.45, "interview arranged": 0.20}
STATUS_SPELLINGS: Weights = {"outstanding": 0.7, "Wanted": 0.2, "Outstanding suspect": 0.1}
NO_SINCE_DATE = 0.02
