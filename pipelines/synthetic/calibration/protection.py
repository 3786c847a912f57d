"""Domestic violence protection notices and orders.

Printed: 4 orders authorised in July 2023, after three months of reduction, and fewer notices applied for in the first quarter
of the financial year. The other months are plausible.
"""

from __future__ import annotations

from pipelines.synthetic.calibration.shapes import Counts, Weights

DVPN_APPLIED = Counts(
    {
        2021: (15, 11, 18, 13, 20, 14, 21, 17, 13, 19, 12, 18),
        2022: (16, 12, 19, 15, 22, 16, 21, 23, 14, 20, 15, 22),
        2023: (20, 17, 22, 17, 14, 11, 9),
    }
)
DVPO_AUTHORISED = Counts(
    {
        2021: (9, 6, 12, 8, 11, 7, 13, 10, 8, 12, 7, 11),
        2022: (10, 6, 12, 9, 14, 8, 12, 13, 7, 11, 8, 14),
        2023: (12, 9, 10, 11, 9, 7, 4),
    }
)
DVPN_REFUSED = 0.10  # of the notices applied for
DVPO_REFUSED = 0.12  # orders refused per order made
NOTICE_HOURS = (1, 8)  # from application to a superintendent's decision
ORDER_HOURS = (20, 46)  # from application to the court, which sits within 48 hours
SITTING_HOURS = (10.0, 16.0)
NOT_MADE: Weights = {"refused": 0.7, "withdrawn": 0.3}
