"""The Crime Survey for England & Wales: what the release of March 2023 says, and how the ones before lead to it.

Estimates and margins of that release are the printed ones; so are the three changes since the release before. Where no change is printed
it is a plausible one, and so are all earlier releases. Points and per cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LAST = date(2023, 3, 31)
RELEASES = 9  # quarters up to the last, so that it can be compared with two years before
RELEASED_AFTER_DAYS = 116
AREAS = ("Wiltshire", "England and Wales", "MSG average")


@dataclass(frozen=True)
class Question:
    """Estimates of the last release and their changes on the one before, in the order of AREAS; margins of the first two."""

    name: str
    words: str
    estimates: tuple[float, float, float]
    margins: tuple[float, float]
    changes: tuple[float, float, float]


QUESTIONS: tuple[Question, ...] = (
    Question("overall_confidence", "Overall Confidence in local Police", (76.9, 67.7, 72.8), (3.6, 0.7), (0.6, -0.5, 0.2)),
    Question(
        "excellent_good_job", "Police are doing an excellent or good job in their local area", (59.3, 51.2, 56.8), (5.8, 0.8), (-3.9, -0.7, -0.9)
    ),
    Question("relied_on_when_needed", "Police can be relied on when needed", (54.7, 52.6, 53.7), (4.8, 0.8), (-2.3, -0.6, -0.4)),
    Question("treat_with_respect", "Agreement that police would treat you with respect", (87.8, 80.7, 83.4), (3.4, 0.6), (0.4, 0.1, 0.3)),
    Question("treat_fairly", "Agreement Police would treat you fairly", (64.8, 58.9, 63.3), (3.7, 0.9), (1.4, 0.2, 0.1)),
    Question("understand_local_concerns", "Agreement that police understand local concerns", (66.1, 58.3, 63.0), (5.5, 0.8), (0.3, 0.2, 0.4)),
    Question("deal_with_local_concerns", "Agreement that Police deal with local concerns", (53.8, 47.4, 52.4), (6.1, 0.8), (-0.5, 0.1, 0.2)),
)
# Before the last two releases: how far one release lies from the next at most, and how the nation's has fallen a quarter.
STEP = (1.6, 0.4, 0.9)
DRIFT = (-0.25, -0.65, -0.45)
MARGIN_NOISE = 0.04
SPELT_OUT_SHARE = 0.5  # releases that give the question in words
