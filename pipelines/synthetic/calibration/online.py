"""Online crime reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipelines.synthetic.calibration.shapes import FLAT, Level, Trend, Volume, level, monthly
from pipelines.synthetic.calibration.telephony import MODEL_CHANGE

ONLINE = Volume(
    {2021: 6_200, 2022: 8_684, 2023: 14_372},
    season=FLAT,
    course=Trend({date(2020, 8, 1): 460.0, date(2021, 1, 1): 480.0, date(2021, 8, 1): 620.0, date(2022, 7, 1): 830.0, date(2022, 10, 1): 900.0}),
    # since the model change callers hear of the service before they are answered: reports rise and fall with the calls
    pins=monthly(MODEL_CHANGE, 1_169, 1_147, 1_308, 1_181, 1_245, 1_161, 1_367, 1_418, 1_391),
    noise=0.04,
)


def _form(start: float, before: float, after: float, latest: float, noise: float = 0.05) -> Level:
    """A form's share of the reports: at the service's start, just before and just after the model change, and from May 2023 on."""
    anchors = {date(2021, 1, 1): start, date(2022, 10, 1): before, MODEL_CHANGE: after, date(2023, 4, 1): after, date(2023, 5, 1): latest}
    return Level(Trend(anchors), noise=level(noise))


# Three forms rise sharply in May 2023; of the others, adding to an existing case has grown since the model change.
ONLINE_FORMS: Mapping[str, Level] = {
    "report a crime": _form(0.19, 0.42, 0.45, 0.325),
    "report something else": _form(0.19, 0.120, 0.103, 0.170),
    "report the behaviour of someone": _form(0.16, 0.100, 0.088, 0.140),
    "request an update on a crime": _form(0.13, 0.083, 0.072, 0.120),
    "road traffic incident": _form(0.22, 0.135, 0.110, 0.085, noise=0.08),
    "lost or found": _form(0.06, 0.06, 0.05, 0.04),
    "tell us about an existing case": _form(0.05, 0.077, 0.127, 0.120),
}
ONLINE_CRIME_FORMS = ("report a crime", "request an update on a crime", "tell us about an existing case")  # forms with a crime reference
ONLINE_CRIME_REF = 0.55
ONLINE_ADDITIONAL_FORM = "tell us about an existing case"
ONLINE_ADDITIONAL = Level(Trend({date(2022, 10, 1): 0.03, MODEL_CHANGE: 0.05, date(2023, 7, 1): 0.09}))  # of the other forms
ONLINE_FIRST_FORM = "report something else"  # the value that is corrected later
