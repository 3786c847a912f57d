"""The public lines, BT's legs and their errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipelines.synthetic.calibration.shapes import FLAT, SUMMER, Level, Trend, Volume, Weights, level, monthly


@dataclass(frozen=True)
class Line:
    """One public line: resolved calls per month, waits of answered calls, and those who hang up first.

    Volume, mean wait, abandonment and the share within the window are what the month shows, not what it is drawn from.
    """

    volume: Volume
    profile: str
    wait_mean: Level
    wait_sigma: float
    abandonment: Level
    abandoned_wait_median: float
    abandoned_wait_sigma: float
    talk_mean: float
    window_share: Level | None = None  # of the abandoned calls, those given up within WINDOW seconds
    eased: Mapping[date, float] = field(default_factory=dict)  # by how much, as a share of its mean, waiting falls from a month's start to its end


WINDOW = 60  # while the recorded message about online reporting plays
LONGEST_WAIT = 3_600
SHORTEST_CALL = 5
MODEL_CHANGE = date(2022, 11, 1)  # Central Call Handling takes every 101 call from then on
LOCKDOWNS: Mapping[date, float] = {date(2020, 3, 1): 0.93, date(2020, 4, 1): 0.80, date(2020, 5, 1): 0.90, date(2021, 1, 1): 0.92}

LINES: Mapping[str, Line] = {
    "999": Line(
        Volume(
            {2017: 94_000, 2018: 95_500, 2019: 97_000, 2020: 92_500, 2021: 93_000, 2022: 93_551, 2023: 104_590},
            season=SUMMER,
            factors=LOCKDOWNS,
            # the report's year; from May on the silent calls of phones, which were put right in June
            pins=monthly(date(2022, 8, 1), 9_240, 8_690, 8_760, 8_170, 8_262, 8_015, 7_424, 8_085, 8_002, 9_936, 10_153, 9_853),
            noise=0.040,
        ),
        "emergency",
        wait_mean=Level(
            Trend({date(2017, 1, 1): 8.4, date(2020, 4, 1): 7.8, date(2022, 8, 1): 8.6, date(2023, 4, 1): 9.4}),
            noise=level(0.125),
            pins=monthly(date(2023, 5, 1), 12.6, 12.9, 11.0),
        ),
        wait_sigma=1.0,
        abandonment=Level(
            Trend({date(2017, 1, 1): 0.049, date(2022, 6, 1): 0.0502, date(2022, 7, 1): 0.0225, date(2023, 5, 1): 0.022}),
            noise=level(0.08),
            pins=monthly(date(2023, 6, 1), 0.0415, 0.044),
        ),
        abandoned_wait_median=12.0,
        abandoned_wait_sigma=0.9,
        talk_mean=190.0,
    ),
    "101": Line(
        Volume(
            {2017: 187_000, 2018: 188_500, 2019: 189_500, 2020: 181_000, 2021: 187_000, 2022: 190_000, 2023: 195_000},
            season=SUMMER,
            factors=LOCKDOWNS,
            noise=0.05,
        ),
        "office",
        wait_mean=Level(
            # since the model change the queue behind it is longer
            Trend({date(2017, 1, 1): 35.0, date(2022, 10, 1): 37.0, MODEL_CHANGE: 58.0, date(2023, 5, 1): 90.0}),
            noise=level(0.11),
            pins=monthly(date(2023, 6, 1), 96.0, 72.0),
        ),
        wait_sigma=1.1,
        abandonment=Level(
            Trend({date(2017, 1, 1): 0.053, date(2022, 10, 1): 0.055, date(2023, 5, 1): 0.094}),
            noise=level(0.07),
            pins=monthly(date(2023, 6, 1), 0.098, 0.080),
        ),
        abandoned_wait_median=70.0,
        abandoned_wait_sigma=1.1,
        talk_mean=150.0,
        eased={date(2023, 7, 1): 0.40},
    ),
    "cch": Line(
        Volume(
            {2017: 116_000, 2018: 117_000, 2019: 118_500, 2020: 109_000, 2021: 116_000, 2022: 119_000, 2023: 169_492},
            season=FLAT,
            factors=LOCKDOWNS,
            # every 101 call since the model change; from here on the months rise and fall with those of the online reports
            pins=monthly(MODEL_CHANGE, 14_978, 14_290, 15_308, 14_024, 15_792, 15_290, 16_354, 16_450, 16_292),
            noise=0.03,
        ),
        "office",
        wait_mean=Level(
            Trend({date(2017, 1, 1): 41.0, date(2022, 10, 1): 44.0}),
            noise=level(0.10),
            pins=monthly(MODEL_CHANGE, 86.0, 88.0, 90.0, 91.0, 93.0, 95.0, 98.0, 112.0, 77.0),
        ),
        wait_sigma=1.2,
        abandonment=Level(
            Trend({date(2017, 1, 1): 0.072, date(2022, 10, 1): 0.075, MODEL_CHANGE: 0.104, date(2023, 5, 1): 0.138}),
            noise=level(0.07),
            pins=monthly(date(2023, 6, 1), 0.150, 1_955 / 16_292),
        ),
        abandoned_wait_median=95.0,
        abandoned_wait_sigma=1.17,
        talk_mean=420.0,
        window_share=Level(Trend({date(2017, 1, 1): 0.350, date(2022, 10, 1): 0.345}), noise=level(0.045), pins={date(2023, 7, 1): 679 / 1_955}),
        eased={date(2023, 7, 1): 0.40},
    ),
    "crib": Line(
        Volume({2017: 26_000, 2021: 27_000, 2022: 28_000, 2023: 29_000}, season=FLAT),
        "office",  # transferred 101 calls: their times follow from those
        wait_mean=Level(Trend({date(2017, 1, 1): 92.0, date(2022, 10, 1): 95.0, date(2023, 7, 1): 150.0}), noise=level(0.09)),
        wait_sigma=1.1,
        abandonment=Level(level(0.11), noise=level(0.05)),
        abandoned_wait_median=120.0,
        abandoned_wait_sigma=1.0,
        talk_mean=780.0,
    ),
}


@dataclass(frozen=True)
class CallFaults:
    """Shares of a line's calls that are no plain answered or abandoned call. Tests and unresolved calls come on top of the volume."""

    test: float = 0.002
    unresolved: float = 0.001
    answered_and_abandoned: float = 0.0003  # both times are given: the operator answered as the caller hung up
    answered_before_offered: float = 0.0001
    seconds_before_offered: tuple[int, int] = (1, 30)  # half open, as every range of seconds here
    withheld_number: float = 0.08
    no_bt_reference: float = 0.003  # answered 999 calls without BT's reference


CALL_FAULTS = CallFaults()


@dataclass(frozen=True)
class BtError:
    """One kind of error in BT's legs: calls per month as a share of the month's 999 calls.

    A month has the whole number below the share; so that a scaled-down set keeps every kind, one month in `every`
    (the one whose number leaves remainder `turn`) has at least one.
    """

    rule: str
    share: float
    turn: int


BT_ERRORS: tuple[BtError, ...] = (
    BtError("BT_TEST", 0.0015, 0),
    BtError("BT_DUP", 0.0025, 1),
    BtError("BT_GHOST", 0.0020, 2),
    BtError("BT_ZERO", 0.0005, 3),
    BtError("REROUTED", 0.0060, 4),
    BtError("FAILED", 0.0015, 5),
    BtError("OTHER_FORCE", 0.0003, 6),  # the call was rerouted and the other force answered: its leg stands in the same extract
)
BT_ERROR_TURNS = len(BT_ERRORS)
BT_TRANSFER = (2, 9)  # seconds from BT's presentation to the force's own offer
BT_CLOCK_LAG = (0, 2)  # seconds by which BT sees answers and ends after the force
BT_FIRST_LEG: Mapping[str, tuple[int, int]] = {
    "abandoned": (4, 20),
    "rerouted": (10, 60),
    "failed": (5, 30),
}  # of a call with two legs, by its outcome
BT_ZERO_BEFORE = (1, 6)  # seconds by which a void answer lies before the presentation
BT_GHOST_CLEARS, BT_TEST_CLEARS, BT_OUTAGE_CLEARS = (0, 2), (5, 40), (15, 90)
BT_TEST_ANSWER = 3
BT_NEIGHBOUR_PRESENTED, BT_NEIGHBOUR_ANSWERED, BT_NEIGHBOUR_CLEARED = (
    15,
    21,
    60,
)  # seconds after the force's leg: presented, answered, longer on the line
BT_DUP_OF_ABANDONED = 0.15  # share of the duplicates whose call was abandoned for good
BT_TEST_ABANDONED = 0.5
BT_NEIGHBOURS = ("dorset", "hampshire")
BT_CENTRES: Weights = {"Northwold": 0.34, "Castlebridge": 0.33, "Westmoor": 0.23, "Lochside": 0.10}  # invented places


@dataclass(frozen=True)
class BtIncident:
    """One declared BT incident. `approved_from` is the first register (month) in which it stands approved.

    `legs_per_hour`: abandoned legs per hour that never reached the force's switch, at scale 1. The two widest failures
    raise BT's own abandonment by more than a point in their months.
    """

    month: date
    day: int
    start: str  # local HH:MM
    minutes: int
    kind: str
    approved_by: str | None = "Head of Contact"
    approved_from: date | None = None
    legs_per_hour: float = 5.0


BT_INCIDENTS: tuple[BtIncident, ...] = (
    BtIncident(date(2021, 1, 1), 17, "10:40", 85, "Connect-to routing fault"),
    BtIncident(date(2021, 3, 1), 9, "18:05", 50, "Network failure,\nNorthwold centre"),
    BtIncident(date(2021, 8, 1), 21, "21:15", 130, "Operator platform restart"),
    BtIncident(date(2022, 2, 1), 18, "13:30", 160, "Storm damage to trunk line", legs_per_hour=25.0),
    BtIncident(date(2022, 10, 1), 30, "00:30", 165, "Clock-change software fault"),  # spans the autumn change
    BtIncident(date(2023, 1, 1), 12, "08:20", 45, "Connect-to routing fault"),
    BtIncident(date(2023, 6, 1), 25, "06:25", 150, "National platform fault", approved_from=date(2023, 7, 1), legs_per_hour=60.0),
    BtIncident(date(2023, 7, 1), 14, "16:10", 35, "Suspected routing fault, under review", approved_by=None),
)
BT_REGISTER_MONTHS = (1, 7)  # cumulative registers at the end of January and July, and at the end of the period

# Ofcom's ranges for drama: no subscriber has these numbers. prefix, first, last, digits
DRAMA_NUMBERS: tuple[tuple[str, int, int, int], ...] = (
    ("07700 9", 0, 999, 5),
    ("01632 96", 0, 999, 4),
    ("03069 99", 0, 999, 4),
    ("020 7946 0", 0, 999, 3),
    ("0117 496 0", 0, 999, 3),
)

# Operators rostered to each line, by three hours of the day from midnight; and how many more from 18:00 on Friday and Saturday.
ROSTERED: Mapping[str, tuple[int, ...]] = {
    "999": (3, 2, 3, 3, 4, 4, 3, 3),
    "101": (2, 2, 4, 5, 5, 5, 4, 3),
    "cch": (3, 2, 6, 9, 9, 8, 6, 4),
    "crib": (1, 1, 2, 3, 3, 3, 2, 1),
}
MORE_AT_WEEKEND: Mapping[str, int] = {"999": -1, "101": 0, "cch": -1, "crib": 0}
WEEKEND_NIGHTS = (5, 6)
ROSTERED_DAYS = 35  # how far the plan reaches beyond the period
ABSENT = 0.06
