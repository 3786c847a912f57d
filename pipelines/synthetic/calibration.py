"""Everything the synthetic extracts are calibrated to, as declared data: volumes, shapes, events, errors and dirt.

No other module of this package holds a figure of its own. Years run from 1 August to 31 July and are named by the year
they end in, as the printed report's rolling twelve months do. Durations are seconds, shares are 0-1. Sources of the
figures: the volumes, rates and times that the printed report of July 2023 implies; what it does not give is a
plausible value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np


@dataclass(frozen=True)
class Volume:
    """Rows a month of one series: totals by year to 31 July, spread over its months by days, season, events and noise.

    `factors` multiply single months (an event and how it fades); `steps` multiply every month from a date on (another
    operating model); `pins` fix a month's rows, the others of its year share the rest. Years that are not named take
    the nearest named one.
    """

    yearly: Mapping[int, int]
    season: tuple[float, ...] = (1.0,) * 12  # January to December
    factors: Mapping[date, float] = field(default_factory=dict)
    steps: Mapping[date, float] = field(default_factory=dict)
    pins: Mapping[date, int] = field(default_factory=dict)
    noise: float = 0.02  # standard deviation of a month's own factor


@dataclass(frozen=True)
class Trend:
    """A level that moves linearly between dated anchors and stays flat outside them."""

    anchors: Mapping[date, float]

    def at(self, month: date) -> float:
        days = [d.toordinal() for d in self.anchors]
        return float(np.interp(month.toordinal(), days, list(self.anchors.values())))


def level(value: float) -> Trend:
    """A level that does not move."""
    return Trend({date(2020, 1, 1): value})


Weights = Mapping[str, float]

SUMMER = (0.95, 0.93, 0.96, 0.98, 1.03, 1.06, 1.09, 1.07, 1.02, 1.01, 0.96, 0.96)
WARM_EVENINGS = (0.78, 0.82, 0.93, 1.03, 1.12, 1.16, 1.20, 1.18, 1.05, 0.99, 0.92, 0.82)
FLAT = (1.0,) * 12

# ---------------------------------------------------------------------------------------------------------------- time

# Relative weight of the 24 local hours, and of Monday to Sunday.
HOURS: Mapping[str, tuple[float, ...]] = {
    "emergency": (3.4, 2.9, 2.5, 2.0, 1.7, 1.6, 1.8, 2.4, 3.2, 3.7, 4.0, 4.3, 4.6, 4.7, 4.9, 5.4, 5.7, 6.0, 6.0, 5.8, 5.5, 5.2, 4.8, 4.1),
    "office": (0.9, 0.7, 0.5, 0.4, 0.4, 0.5, 1.2, 2.8, 5.6, 7.4, 7.6, 7.3, 6.7, 6.6, 6.9, 7.0, 6.9, 6.3, 5.5, 4.8, 4.2, 3.5, 2.6, 1.6),
    "online": (1.5, 1.0, 0.7, 0.5, 0.5, 0.6, 1.4, 3.0, 5.2, 6.6, 7.0, 6.7, 6.3, 6.2, 6.1, 6.0, 5.8, 5.5, 5.4, 5.7, 6.0, 5.6, 4.2, 2.6),
    "evening": (3.0, 2.0, 1.3, 0.8, 0.5, 0.5, 0.8, 1.5, 2.4, 3.0, 3.4, 3.8, 4.2, 4.5, 5.0, 6.0, 7.0, 7.8, 8.4, 8.6, 8.2, 7.2, 5.8, 4.3),
    "recorded": (1.6, 1.1, 0.8, 0.6, 0.6, 0.7, 1.4, 3.0, 5.2, 6.4, 6.8, 6.6, 6.2, 6.3, 6.5, 6.6, 6.4, 5.9, 5.4, 5.0, 4.7, 4.2, 3.4, 2.6),
}
WEEKDAYS: Mapping[str, tuple[float, ...]] = {
    "emergency": (0.97, 0.95, 0.96, 0.98, 1.06, 1.08, 1.00),
    "office": (1.22, 1.10, 1.06, 1.04, 1.05, 0.80, 0.73),
    "online": (1.12, 1.08, 1.04, 1.01, 0.99, 0.88, 0.88),
    "evening": (0.92, 0.92, 0.95, 0.98, 1.12, 1.16, 0.95),
    "recorded": (1.06, 1.03, 1.02, 1.02, 1.02, 0.94, 0.91),
}
SPRING_GAP_SHARE = 0.25  # rows of the hour after the spring change that a clock not yet changed wrote as 01:xx, which did not exist

# ----------------------------------------------------------------------------------------------------------- telephony


@dataclass(frozen=True)
class Line:
    """One public line: resolved calls a month, waits of answered calls, and those who hang up first."""

    volume: Volume
    profile: str
    wait_mean: Trend
    wait_sigma: float
    abandonment: Trend
    abandoned_wait_median: float
    abandoned_wait_sigma: float
    talk_mean: float


LINES: Mapping[str, Line] = {
    "999": Line(
        Volume(
            {2021: 86_900, 2022: 93_551, 2023: 104_590},
            season=SUMMER,
            factors={date(2023, 5, 1): 1.08, date(2023, 6, 1): 1.09},  # silent calls of mobile phones until they were fixed
            pins={date(2023, 7, 1): 9_853},
        ),
        "emergency",
        wait_mean=Trend(
            {
                date(2021, 8, 1): 6.0,
                date(2022, 7, 1): 8.0,
                date(2023, 4, 1): 9.5,
                date(2023, 5, 1): 12.6,
                date(2023, 6, 1): 12.8,
                date(2023, 7, 1): 11.0,
            }
        ),
        wait_sigma=1.0,
        abandonment=Trend(
            {
                date(2020, 8, 1): 0.044,
                date(2021, 8, 1): 0.050,
                date(2022, 7, 1): 0.050,
                date(2022, 8, 1): 0.024,
                date(2023, 5, 1): 0.021,
                date(2023, 6, 1): 0.041,
                date(2023, 7, 1): 0.044,
            }
        ),
        abandoned_wait_median=12.0,
        abandoned_wait_sigma=0.9,
        talk_mean=190.0,
    ),
    "101": Line(
        Volume({2021: 189_000, 2022: 193_000, 2023: 195_000}, season=SUMMER),
        "office",
        wait_mean=Trend({date(2020, 8, 1): 35.0, date(2022, 11, 1): 48.0, date(2023, 6, 1): 96.0, date(2023, 7, 1): 72.0}),
        wait_sigma=1.1,
        abandonment=Trend({date(2020, 8, 1): 0.045, date(2022, 11, 1): 0.055, date(2023, 6, 1): 0.098, date(2023, 7, 1): 0.080}),
        abandoned_wait_median=70.0,
        abandoned_wait_sigma=1.1,
        talk_mean=150.0,
    ),
    "cch": Line(
        Volume(
            {2021: 168_000, 2022: 174_000, 2023: 195_000},
            season=FLAT,
            steps={date(2022, 12, 1): 1.12},  # late 2022: Central Call Handling takes every 101 call
            pins={date(2023, 6, 1): 16_450, date(2023, 7, 1): 16_292},
        ),
        "office",
        wait_mean=Trend(
            {
                date(2020, 8, 1): 32.0,
                date(2022, 11, 1): 50.0,
                date(2022, 12, 1): 62.0,
                date(2023, 5, 1): 88.0,
                date(2023, 6, 1): 106.0,
                date(2023, 7, 1): 77.0,
            }
        ),
        wait_sigma=1.2,
        abandonment=Trend(
            {date(2020, 8, 1): 0.058, date(2022, 11, 1): 0.080, date(2022, 12, 1): 0.098, date(2023, 6, 1): 0.150, date(2023, 7, 1): 0.120}
        ),
        abandoned_wait_median=95.0,  # with sigma 1.17, 34.7 % within the recorded message of 60 s
        abandoned_wait_sigma=1.17,
        talk_mean=420.0,
    ),
    "crib": Line(
        Volume({2021: 27_000, 2022: 28_000, 2023: 29_000}, season=FLAT),
        "office",  # transferred 101 calls: their times follow from those
        wait_mean=Trend({date(2020, 8, 1): 90.0, date(2023, 7, 1): 150.0}),
        wait_sigma=1.1,
        abandonment=level(0.11),
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
    withheld_number: float = 0.08
    no_bt_reference: float = 0.003  # answered 999 calls without BT's reference


CALL_FAULTS = CallFaults()


@dataclass(frozen=True)
class BtError:
    """One kind of error in BT's legs: calls a month as a share of the month's 999 calls.

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
BT_DUP_OF_ABANDONED = 0.15  # share of the duplicates whose call was abandoned for good
BT_TEST_ABANDONED = 0.5
BT_OUTAGE_LEGS_PER_HOUR = 5.0  # abandoned legs an hour of outage that never reached the force's switch, at scale 1
BT_NEIGHBOURS = ("dorset", "hampshire")
BT_CENTRES: Weights = {"Northwold": 0.34, "Castlebridge": 0.33, "Westmoor": 0.23, "Lochside": 0.10}  # invented places


@dataclass(frozen=True)
class BtIncident:
    """One declared BT incident. `approved_from` is the first register (month) in which it stands approved."""

    month: date
    day: int
    start: str  # local HH:MM
    minutes: int
    kind: str
    approved_by: str | None = "Head of Contact"
    approved_from: date | None = None


BT_INCIDENTS: tuple[BtIncident, ...] = (
    BtIncident(date(2020, 11, 1), 17, "10:40", 85, "Connect-to routing fault"),
    BtIncident(date(2021, 3, 1), 9, "18:05", 50, "Network failure,\nNorthwold centre"),
    BtIncident(date(2021, 8, 1), 21, "21:15", 130, "Operator platform restart"),
    BtIncident(date(2022, 2, 1), 18, "13:30", 160, "Storm damage to trunk line"),
    BtIncident(date(2022, 10, 1), 30, "00:30", 165, "Clock-change software fault"),  # spans the autumn change
    BtIncident(date(2023, 1, 1), 12, "08:20", 45, "Connect-to routing fault"),
    BtIncident(date(2023, 6, 1), 25, "06:25", 150, "National platform fault", approved_from=date(2023, 7, 1)),
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

# ---------------------------------------------------------------------------------------------------------------- logs

LOGS: Mapping[str, Volume] = {
    "immediate": Volume({2021: 20_300, 2022: 20_881, 2023: 19_649}, season=SUMMER),
    "priority": Volume({2021: 33_000, 2022: 33_738, 2023: 30_904}, season=SUMMER),
    "scheduled": Volume({2021: 50_500, 2022: 49_500, 2023: 48_000}, season=SUMMER),
    "silent": Volume(
        {2021: 13_600, 2022: 15_324, 2023: 20_764},
        season=SUMMER,
        factors={
            date(2022, 10, 1): 1.05,
            date(2022, 11, 1): 1.08,
            date(2022, 12, 1): 1.10,
            date(2023, 1, 1): 1.14,
            date(2023, 2, 1): 1.20,
            date(2023, 3, 1): 1.30,
            date(2023, 4, 1): 1.42,
            date(2023, 5, 1): 1.62,
            date(2023, 6, 1): 1.66,  # the fix of June 2023
            date(2023, 7, 1): 1.34,
        },
    ),
    "no_deployment": Volume({2021: 82_000, 2022: 81_000, 2023: 80_500}, season=SUMMER),
}

ASB: Mapping[str, Volume] = {  # by district; they are part of the logs above
    "swindon": Volume({2021: 5_100, 2022: 4_706, 2023: 4_626}, season=WARM_EVENINGS, pins={date(2023, 7, 1): 338}),
    "county": Volume({2021: 8_500, 2022: 7_766, 2023: 6_702}, season=WARM_EVENINGS, pins={date(2023, 7, 1): 480}),
    "unallocated": Volume({2021: 180, 2022: 166, 2023: 122}, season=WARM_EVENINGS, pins={date(2023, 7, 1): 10}),
}
ASB_TYPES: Weights = {"nuisance": 596, "personal": 180, "environmental": 52}
ASB_GRADES: Weights = {"priority": 0.35, "scheduled": 0.25, "no_deployment": 0.40}  # chance of a log of the grade to be picked, relative


@dataclass(frozen=True)
class Response:
    """Response times of one grade in one district: a lognormal body under ten hours and a tail over it."""

    body_mean: Trend  # seconds
    body_sigma: float
    tail_share: Trend
    tail_mean: float  # seconds, above 36,000


TEN_HOURS = 36_000
LONGEST_RESPONSE = 40 * 3_600
_JUL21, _JUL22, _JUL23 = date(2021, 7, 1), date(2022, 7, 1), date(2023, 7, 1)

RESPONSES: Mapping[tuple[str, str], Response] = {
    ("immediate", "county"): Response(Trend({_JUL21: 790.0, _JUL22: 815.0, _JUL23: 850.0}), 0.50, level(0.0), 50_000),
    ("immediate", "swindon"): Response(Trend({_JUL21: 690.0, _JUL22: 717.0, _JUL23: 756.0}), 0.50, level(0.0), 50_000),
    ("priority", "county"): Response(
        Trend({_JUL21: 3_000.0, _JUL22: 3_420.0, _JUL23: 4_330.0}), 1.06, Trend({_JUL21: 0.018, _JUL22: 0.022, _JUL23: 0.035}), 69_700
    ),
    ("priority", "swindon"): Response(
        Trend({_JUL21: 4_000.0, _JUL22: 4_900.0, _JUL23: 6_300.0}), 1.06, Trend({_JUL21: 0.042, _JUL22: 0.055, _JUL23: 0.076}), 69_700
    ),
    ("scheduled", "county"): Response(level(15_000.0), 0.7, level(0.35), 80_000),
    ("scheduled", "swindon"): Response(level(16_000.0), 0.7, level(0.40), 80_000),
}
SCENE_SIGMA = 0.85
SCENE_MEDIAN: Mapping[str, Trend] = {
    "immediate": Trend({_JUL21: 2_950.0, _JUL22: 3_080.0, _JUL23: 3_264.0}),
    "priority": Trend({_JUL21: 3_080.0, _JUL22: 3_220.0, _JUL23: 3_412.0}),
    "scheduled": level(2_700.0),
}
LONGEST_SCENE = 10 * 3_600
DEPLOYED: Weights = {"immediate": 0.985, "priority": 0.965, "scheduled": 0.72}
NO_ARRIVAL: Weights = {"immediate": 0.013, "priority": 0.069, "scheduled": 0.06}  # of deployed logs
GRADE_NAMES: Mapping[str, str] = {
    "immediate": "Immediate",
    "priority": "Priority",
    "scheduled": "Scheduled",
    "silent": "No Deployment",
    "no_deployment": "No Deployment",
}
REGRADED: Mapping[str, tuple[float, Weights]] = {  # share of the final grade's logs that began as another, and as which
    "immediate": (0.04, {"Priority": 1.0}),
    "priority": (0.07, {"Immediate": 0.55, "Scheduled": 0.45}),
    "scheduled": (0.08, {"Priority": 1.0}),
    "silent": (0.05, {"Immediate": 1.0}),
    "no_deployment": (0.05, {"Priority": 0.5, "Scheduled": 0.5}),
}
REGRADE_DELAY_MEDIAN, REGRADE_DELAY_SIGMA = 900.0, 0.9

LOG_SOURCES: Mapping[str, Weights] = {
    "immediate": {"999": 0.78, "101": 0.08, "officer": 0.09, "other force": 0.05},
    "priority": {"999": 0.46, "101": 0.40, "officer": 0.06, "online": 0.04, "other force": 0.04},
    "scheduled": {"101": 0.58, "999": 0.16, "online": 0.17, "front counter": 0.09},
    "silent": {"999": 1.0},
    "no_deployment": {"101": 0.55, "999": 0.22, "online": 0.12, "officer": 0.05, "other force": 0.06},
}
OPENING_TYPES: Mapping[str, Weights] = {
    "immediate": {
        "domestic dispute": 0.19,
        "disorder/disturbance": 0.17,
        "concern for safety": 0.17,
        "violence": 0.14,
        "road traffic collision": 0.12,
        "burglary": 0.05,
        "missing person": 0.06,
        "suspicious circumstances": 0.10,
    },
    "priority": {
        "domestic dispute": 0.17,
        "disorder/disturbance": 0.16,
        "concern for safety": 0.17,
        "violence": 0.13,
        "criminal damage": 0.08,
        "theft": 0.09,
        "missing person": 0.09,
        "suspicious circumstances": 0.11,
    },
    "scheduled": {
        "theft": 0.22,
        "criminal damage": 0.17,
        "harassment": 0.18,
        "fraud": 0.06,
        "burglary": 0.09,
        "violence": 0.15,
        "vehicle crime": 0.13,
    },
    "silent": {"abandoned call": 1.0},
    "no_deployment": {
        "administrative": 0.22,
        "road related": 0.20,
        "civil dispute": 0.12,
        "suspicious circumstances": 0.13,
        "animals": 0.05,
        "theft": 0.10,
        "concern for safety": 0.18,
    },
}
ASB_OPENING = "anti-social behaviour"
SILENT_CLOSING: Weights = {"silent 999": 0.93, "Silent 999": 0.05, "SILENT 999": 0.02}
CLOSING_SAME = 0.82  # share of logs that close under the type they opened with
CLOSING_TYPES: Weights = {"no trace": 0.35, "advice given": 0.35, "non-crime domestic": 0.14, "resolved at scene": 0.16}


@dataclass(frozen=True)
class LogFaults:
    """Shares of logs with a fault or peculiarity. Tests and duplicates come on top of the volume."""

    test: float = 0.001
    duplicate: float = 0.018
    arrived_before_created: float = 0.001  # of arrived logs
    cleared_before_arrived: float = 0.001
    appointment: float = 0.12  # of scheduled logs
    no_lsoa: float = 0.09


LOG_FAULTS = LogFaults()

# -------------------------------------------------------------------------------------------------------------- places


@dataclass(frozen=True)
class Cpt:
    """One community policing team: its district and its share of the district's demand."""

    name: str
    district: str
    share: float


CPTS: tuple[Cpt, ...] = (
    Cpt("Swindon", "swindon", 1.0),
    Cpt("Royal Wootton Bassett", "county", 0.13),
    Cpt("Chippenham", "county", 0.19),
    Cpt("Trowbridge", "county", 0.22),
    Cpt("Warminster", "county", 0.09),
    Cpt("Devizes", "county", 0.10),
    Cpt("Amesbury", "county", 0.10),
    Cpt("Salisbury", "county", 0.17),
)
CPT_SPELLINGS: Weights = {"{name}": 0.80, "{name} CPT": 0.13, "{upper}": 0.07}
UNALLOCATED_CPTS: Weights = {"": 0.55, "Unknown": 0.25, "Out of Force": 0.20}
DISTRICT_MIX: Mapping[str, Weights] = {
    "immediate": {"county": 0.646, "swindon": 0.350, "unallocated": 0.004},
    "priority": {"county": 0.632, "swindon": 0.363, "unallocated": 0.005},
    "scheduled": {"county": 0.640, "swindon": 0.353, "unallocated": 0.007},
    "silent": {"county": 0.610, "swindon": 0.365, "unallocated": 0.025},
    "no_deployment": {"county": 0.630, "swindon": 0.350, "unallocated": 0.020},
    "crimes": {"county": 0.600, "swindon": 0.390, "unallocated": 0.010},
    "street": {"county": 0.603, "swindon": 0.393, "unallocated": 0.004},
}
LSOAS: Mapping[str, int] = {"swindon": 132, "county": 285}  # census areas a district has here; codes and names are built from their numbers
OUTSIDE_LSOAS = (  # census areas of neighbours, where a row lies outside the force's area
    ("E01022211", "Cotswold 009F"),
    ("E01022744", "Test Valley 003B"),
    ("E01029101", "Mendip 006A"),
    ("E01014372", "Bath and North East Somerset 021C"),
    ("E01015401", "Bournemouth, Christchurch and Poole 004E"),
)

# -------------------------------------------------------------------------------------------------------------- online

ONLINE = Volume(
    {2021: 6_900, 2022: 8_684, 2023: 14_372},
    season=FLAT,
    factors={date(2023, 5, 1): 1.10, date(2023, 6, 1): 1.12},
    pins={date(2023, 7, 1): 1_391},
    noise=0.04,
)
ONLINE_FORMS: Weights = {
    "report a crime": 0.34,
    "report something else": 0.17,
    "report the behaviour of someone": 0.14,
    "request an update on a crime": 0.12,
    "road traffic incident": 0.12,
    "lost or found": 0.06,
    "tell us about an existing case": 0.05,
}
ONLINE_CRIME_FORMS = ("report a crime", "request an update on a crime", "tell us about an existing case")  # may carry a crime reference
ONLINE_CRIME_REF = 0.55
ONLINE_ADDITIONAL_FORM = "tell us about an existing case"
ONLINE_ADDITIONAL = 0.03  # of the other forms

# -------------------------------------------------------------------------------------------------------------- crimes


@dataclass(frozen=True)
class Offence:
    """One offence group: its part of all crime, the codes in it, and what its victims and outcomes are like."""

    codes: Weights
    share: float  # of the crimes that are neither rape nor serious sexual offence; those have volumes of their own
    domestic: float = 0.0  # relative chance that a domestic abuse crime is of this group
    child: float = 0.05
    has_victim: bool = True
    csa: float = 0.0  # of the crimes against children


CRIMES = Volume({2021: 43_200, 2022: 45_600, 2023: 45_100}, season=SUMMER)
DOMESTIC_ABUSE = Volume({2021: 6_950, 2022: 7_339, 2023: 7_185}, season=SUMMER)  # part of CRIMES
RAPE = Volume({2021: 498, 2022: 528, 2023: 516}, season=FLAT, pins={date(2022, 7, 1): 44, date(2023, 7, 1): 43}, noise=0.08)  # part of CRIMES
SSO = Volume({2021: 560, 2022: 603, 2023: 570}, season=FLAT, noise=0.08)  # part of CRIMES

OFFENCES: Mapping[str, Offence] = {
    "violence without injury": Offence({"105A": 0.72, "8S": 0.28}, 0.175, domestic=0.36, child=0.12),
    "violence with injury": Offence({"8N": 0.80, "5D": 0.12, "5E": 0.08}, 0.105, domestic=0.24, child=0.10),
    "stalking and harassment": Offence({"8L": 0.45, "8Q": 0.15, "8R": 0.40}, 0.115, domestic=0.28, child=0.09),
    "criminal damage and arson": Offence({"58A": 0.2, "58B": 0.2, "58C": 0.45, "56A": 0.15}, 0.105, domestic=0.07),
    "shoplifting": Offence({"46": 1.0}, 0.090, has_victim=False),
    "other theft": Offence({"49": 0.85, "40": 0.15}, 0.100, domestic=0.02),
    "vehicle offences": Offence({"45": 0.6, "48": 0.4}, 0.055),
    "burglary": Offence({"28E": 0.55, "30C": 0.45}, 0.050, domestic=0.01),
    "bicycle theft": Offence({"44": 1.0}, 0.013, child=0.15),
    "theft from the person": Offence({"39": 1.0}, 0.006, child=0.08),
    "robbery": Offence({"34B": 1.0}, 0.007, child=0.20),
    "public order": Offence({"125A": 0.7, "66": 0.3}, 0.095, domestic=0.02),
    "drug offences": Offence({"92D": 0.35, "92E": 0.65}, 0.035, has_victim=False),
    "possession of weapons": Offence({"10C": 0.6, "10D": 0.4}, 0.012, has_victim=False),
    "miscellaneous crimes": Offence({"99": 0.7, "802": 0.3}, 0.037, domestic=0.01, has_victim=False),
    "rape": Offence({"19C": 0.62, "19D": 0.22, "19E": 0.10, "19H": 0.06}, 0.0, domestic=1.0, child=0.27, csa=0.85),
    "serious sexual offence": Offence({"17A": 0.12, "20A": 0.60, "20B": 0.10, "22B": 0.18}, 0.0, domestic=1.0, child=0.36, csa=0.85),
}
SEXUAL_DOMESTIC: Weights = {"rape": 0.32, "serious sexual offence": 0.10}  # share of the group that is domestic abuse
DA_RISKS: Weights = {"standard": 0.52, "medium": 0.34, "high": 0.11, "": 0.03}
CSA_ELSEWHERE = 0.004
CANCELLED = 0.021  # on top of the volume
CANCELLED_SEXUAL = 0.02  # of the cancelled crimes were rapes, and as many serious sexual offences
CANCEL_CODES: Weights = {"C1": 0.30, "C2": 0.34, "C3": 0.10, "C4": 0.16, "C5": 0.10}
CANCEL_DAYS_MEDIAN, CANCEL_DAYS_SIGMA = 14.0, 1.1
HISTORIC: Mapping[str, float] = {"rape": 0.30, "serious sexual offence": 0.28}  # share committed more than a year earlier
RECLASSIFIED = 0.008  # stood under another offence group in the first extract
RECLASSIFIED_FROM = "violence without injury"


@dataclass(frozen=True)
class Outcomes:
    """Share of a population's crimes that end in each outcome, and how long that takes."""

    shares: Mapping[str, Trend]
    days_median: float
    days_sigma: float = 0.9


OUTCOMES: Mapping[str, Outcomes] = {
    "da": Outcomes(
        {
            "1": Trend({_JUL21: 0.086, _JUL22: 0.092, _JUL23: 0.128}),
            "2": level(0.002),
            "3": level(0.014),
            "6": level(0.002),
            "15": Trend({_JUL21: 0.22, _JUL23: 0.24}),
            "16": Trend({_JUL21: 0.48, _JUL23: 0.50}),
            "14": level(0.05),
            "18": level(0.03),
        },
        21.0,
    ),
    "rape": Outcomes(
        {
            "1": Trend({_JUL21: 0.045, _JUL22: 0.052, _JUL23: 0.105}),
            "15": Trend({_JUL21: 0.28, _JUL23: 0.25}),
            "16": Trend({_JUL21: 0.40, _JUL23: 0.46}),
            "14": level(0.07),
            "18": level(0.07),
        },
        60.0,
    ),
    "sso": Outcomes(
        {
            "1": Trend({_JUL21: 0.055, _JUL22: 0.064, _JUL23: 0.130}),
            "1A": level(0.002),
            "3": level(0.004),
            "15": Trend({_JUL21: 0.30, _JUL23: 0.30}),
            "16": Trend({_JUL21: 0.17, _JUL23: 0.25}),
            "14": level(0.05),
            "18": level(0.20),
        },
        50.0,
    ),
    "other": Outcomes(
        {
            "1": level(0.085),
            "1A": level(0.008),
            "2": level(0.004),
            "2A": level(0.001),
            "3": level(0.022),
            "3A": level(0.003),
            "6": level(0.002),
            "8": level(0.055),
            "15": level(0.085),
            "16": level(0.190),
            "14": level(0.050),
            "18": level(0.385),
            "20": level(0.015),
            "21": level(0.012),
            "0": level(0.004),
        },
        16.0,
    ),
}
OUTCOME_ORPHANS = 0.0008  # refer to a crime that no extract holds


@dataclass(frozen=True)
class Arrests:
    """Arrests per crime of a population."""

    rate: Trend
    days_median: float = 1.5
    days_sigma: float = 1.6


ARRESTS: Mapping[str, Arrests] = {
    "da": Arrests(Trend({_JUL21: 0.290, _JUL22: 0.322, date(2023, 2, 1): 0.425, _JUL23: 0.430}), 0.4),
    "rape": Arrests(level(0.30), 6.0),
    "sso": Arrests(level(0.24), 6.0),
    "other": Arrests(level(0.105)),
}
ARREST_DISPOSALS: Weights = {
    "charged and remanded": 0.14,
    "charged and bailed": 0.13,
    "conditional bail": 0.27,
    "released under investigation": 0.20,
    "no further action": 0.22,
    "": 0.04,
}
ARREST_ORPHANS = 0.0004

# -------------------------------------------------------------------------------------------------------------- street

STREET = Volume({2021: 66_000, 2022: 68_500, 2023: 65_500}, season=WARM_EVENINGS)
STREET_FORCE = "Wiltshire Police"
STREET_TYPES: Weights = {
    "Violence and sexual offences": 0.352,
    "Anti-social behaviour": 0.205,
    "Public order": 0.082,
    "Criminal damage and arson": 0.087,
    "Shoplifting": 0.069,
    "Other theft": 0.064,
    "Vehicle crime": 0.044,
    "Burglary": 0.037,
    "Drugs": 0.022,
    "Other crime": 0.019,
    "Bicycle theft": 0.010,
    "Possession of weapons": 0.006,
    "Theft from the person": 0.005,
    "Robbery": 0.004,
}
STREET_OUTCOMES: Weights = {
    "Unable to prosecute suspect": 0.39,
    "Investigation complete; no suspect identified": 0.33,
    "Status update unavailable": 0.08,
    "Court result unavailable": 0.07,
    "Local resolution": 0.05,
    "Action to be taken by another organisation": 0.03,
    "Awaiting court outcome": 0.02,
    "Further investigation is not in the public interest": 0.02,
    "Offender given a caution": 0.01,
}
STREET_ASB = "Anti-social behaviour"
STREET_PLACES = (
    "Supermarket",
    "Parking Area",
    "Shopping Area",
    "Petrol Station",
    "Sports/Recreation Area",
    "Hospital",
    "Nightclub",
    "Park/Open Space",
)
STREET_ROAD_NAMES = (
    "Alder",
    "Bramble",
    "Cooper",
    "Drover",
    "Elmfield",
    "Fairview",
    "Granary",
    "Hazel",
    "Ironmonger",
    "Juniper",
    "Kestrel",
    "Larkspur",
)
STREET_ROAD_KINDS = ("Road", "Street", "Close", "Lane", "Avenue", "Way", "Drive", "Gardens")
STREET_POINTS = 4_200  # anonymised points, which is why rows without an id are often identical
STREET_NO_LOCATION = 0.006
STREET_REPEATED_ID = 0.003  # rows that carry the id of another row
STREET_CENTRES: Mapping[str, tuple[float, float, float]] = {
    "swindon": (-1.78, 51.56, 0.045),
    "county": (-1.95, 51.30, 0.22),
}  # longitude, latitude, spread
STREET_REDOWNLOADED = date(2023, 5, 1)  # this month stands in a second file too, in another order

# --------------------------------------------------------------------------------------------------- files and extracts


@dataclass(frozen=True)
class Extracts:
    """When a feed's files are extracted, and how much of a month comes late or is corrected.

    A month's base file is extracted two days after its end; correction files are extracted nine days after the end of
    `correction_months` and hold the late and the corrected rows of the months since the one before.
    """

    base_time: str  # HHMM, local
    correction_months: tuple[int, ...]
    late: float
    corrected: float
    has_extracted_at: bool = False


BASE_DAYS, CORRECTION_DAYS = 2, 9
_QUARTERS, _HALVES = (1, 4, 7, 10), (1, 7)
EXTRACTS: Mapping[str, Extracts] = {
    "force_calls": Extracts("0105", _HALVES, 0.0005, 0.0005),
    "bt_999_calls": Extracts("0420", _HALVES, 0.0010, 0.0005),
    "bt_incidents": Extracts("0900", (), 0.0, 0.0),
    "incident_logs": Extracts("0210", _QUARTERS, 0.0030, 0.0150, has_extracted_at=True),
    "online_reports": Extracts("0130", _HALVES, 0.0010, 0.0020),
    "crimes": Extracts("0315", _QUARTERS, 0.0060, 0.0100, has_extracted_at=True),
    "crime_outcomes": Extracts("0330", _HALVES, 0.0040, 0.0060),
    "arrests": Extracts("0345", _HALVES, 0.0030, 0.0030),
}
FORCE_CODE = "wiltshire"
FORCE_SPELLINGS: Weights = {"wiltshire": 0.85, "Wiltshire": 0.15}  # by file

# Files that are not plain csv, where the month is in the period. gzip is slow, so only a few.
FORMATS: Mapping[tuple[str, date], str] = {
    ("bt_999_calls", date(2022, 9, 1)): "csv.gz",
    ("bt_999_calls", date(2023, 4, 1)): "csv.gz",
    ("crimes", date(2023, 2, 1)): "csv.gz",
    ("incident_logs", date(2022, 3, 1)): "csv.gz",
    ("force_calls", date(2022, 8, 1)): "parquet",
    ("online_reports", date(2023, 3, 1)): "xlsx",
}


@dataclass(frozen=True)
class Dirt:
    """One kind of dirt in one feed's base files of these months; of months outside the period, others take the place.

    `share` is the share of the file's rows that it touches (at least one), where the kind touches single rows.
    """

    kind: str
    feed: str
    months: tuple[date, ...]
    share: float = 0.0
    column: str | None = None


def _m(*months: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(f"{m}-01") for m in months)


DIRT: tuple[Dirt, ...] = (
    # how a file is written
    Dirt("bom", "force_calls", _m("2021-02", "2023-07")),
    Dirt("bom", "crimes", _m("2023-05")),
    Dirt("header_upper", "incident_logs", _m("2020-11", "2023-02")),
    Dirt("header_upper", "arrests", _m("2021-09")),
    Dirt("header_spaces", "force_calls", _m("2022-05", "2023-03")),
    Dirt("header_spaces", "online_reports", _m("2023-06")),
    Dirt("header_aliases", "crimes", _m("2021-12", "2023-04")),
    Dirt("header_aliases", "bt_999_calls", _m("2023-06")),
    Dirt("header_aliases", "incident_logs", _m("2023-05")),
    Dirt("column_order", "crime_outcomes", _m("2022-02", "2023-07")),
    Dirt("column_order", "arrests", _m("2023-02")),
    Dirt("uk_times", "crimes", _m("2020-09", "2023-03")),
    Dirt("uk_times", "crime_outcomes", _m("2023-04")),
    Dirt("booleans_words", "incident_logs", _m("2022-06", "2023-04")),
    Dirt("booleans_digits", "bt_999_calls", _m("2023-05")),
    Dirt("extra_column", "force_calls", _m("2022-10", "2023-06")),
    Dirt("quoted_newline", "incident_logs", _m("2022-12", "2023-07"), share=0.01),
    Dirt("blank_column", "bt_999_calls", _m("2022-04", "2023-03"), column="bt_centre"),
    Dirt("blank_column", "incident_logs", _m("2023-06"), column="lsoa_code"),
    # single cells
    Dirt("null_texts", "force_calls", _m("2021-05", "2023-04"), share=0.001),
    Dirt("null_texts", "incident_logs", _m("2023-03"), share=0.002),
    Dirt("null_texts", "crimes", _m("2022-10", "2023-06"), share=0.004),
    Dirt("blank_texts", "incident_logs", _m("2022-01", "2023-06"), share=0.002),
    Dirt("blank_texts", "arrests", _m("2023-05"), share=0.01),
    Dirt("zero_times", "force_calls", _m("2020-12", "2023-05"), share=0.002),
    Dirt("zero_times", "incident_logs", _m("2023-02"), share=0.002),
    Dirt("padded", "crimes", _m("2023-07"), share=0.01),
    Dirt("code_spellings", "incident_logs", _m("2022-09", "2023-06"), share=0.01, column="final_grade"),
    Dirt("code_spellings", "crime_outcomes", _m("2023-05"), share=0.05, column="outcome_code"),
    # single rows that are accepted once or skipped
    Dirt("repeated_header", "force_calls", _m("2023-02")),
    Dirt("repeated_header", "arrests", _m("2021-06", "2023-07")),
    Dirt("exact_duplicates", "force_calls", _m("2021-10", "2023-07"), share=0.0005),
    Dirt("exact_duplicates", "crimes", _m("2023-02"), share=0.002),
    Dirt("exact_duplicates", "crime_outcomes", _m("2022-08"), share=0.003),
    # single rows that must be rejected
    Dirt("invalid_times", "force_calls", _m("2021-03", "2022-03", "2023-06"), share=0.0005),
    Dirt("invalid_times", "incident_logs", _m("2022-11", "2023-07"), share=0.0005),
    Dirt("invalid_times", "crime_outcomes", _m("2023-06"), share=0.002),
    Dirt("missing_keys", "bt_999_calls", _m("2021-07", "2023-07"), share=0.0005),
    Dirt("missing_keys", "crimes", _m("2022-05", "2023-07"), share=0.001),
    Dirt("missing_keys", "incident_logs", _m("2023-01"), share=0.0003),
    Dirt("invalid_values", "crimes", _m("2022-12", "2023-07"), share=0.001, column="victim_age"),
    Dirt("invalid_values", "force_calls", _m("2022-07", "2023-07"), share=0.0003, column="line"),
    Dirt("invalid_values", "crime_outcomes", _m("2023-03"), share=0.001, column="outcome_code"),
)
NULL_TEXTS = ("NULL", "#DIV/0!", "N/A", "null")
BLANK_TEXTS = ("   ", "-", " ")
ZERO_TIME = "0:00:00"
INVALID_TIMES = ("31/02/2023 10:15:00", "2022-13-04 08:00:00", "2023-06-31 25:61:00", "not known")
INVALID_VALUES: Mapping[str, tuple[str, ...]] = {"victim_age": ("176", "-7", "forty"), "line": ("9999", "IVR"), "outcome_code": ("TBC", "1-6")}
CODE_SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "final_grade": {"Immediate": "Grade 1", "Priority": "GRADE 2", "Scheduled": "scheduled", "No Deployment": "Resolution Without Deployment"},
    "outcome_code": {"1": "01", "15": "Outcome 15", "16": "Outcome 16", "18": "18.0"},
}
EXTRA_COLUMN = ("Operator Team", ("A", "B", "C", "D", "E"))
REMARKS_COLUMN = ("Closing Remarks", ("No offences disclosed,\nadvice given", 'Caller said "all in order",\nno trace', "Passed to partner;\nsee log"))
