"""Command-and-control logs: grades, types, response and scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta

from pipelines.synthetic.calibration.shapes import SUMMER, Level, Trend, Volume, Weights, level, monthly

_JAN17, _DEC19, _MAY20, _JUN21 = date(2017, 1, 1), date(2019, 12, 1), date(2020, 5, 1), date(2021, 6, 1)  # 2020: restrictions, less demand
_APR22, _MAY22, _JUN22, _JUL22, _AUG22 = (date(2022, m, 1) for m in (4, 5, 6, 7, 8))
_MAY23, _JUN23, _JUL23 = date(2023, 5, 1), date(2023, 6, 1), date(2023, 7, 1)


def _until(month: date, share: float) -> Trend:
    """A noise that ends before the month from which the trend is declared month by month."""
    before = month - relativedelta(months=1)
    return Trend({before: share, month: 0.0})


def _except(share: float, *months: date) -> Trend:
    """A noise in every month but those whose figures are printed."""
    anchors: dict[date, float] = {}
    for month in months:
        before = month - relativedelta(months=1)
        after = month + relativedelta(months=1)
        anchors |= {before: share, month: 0.0, after: share}
    return Trend(anchors)


LOGS: Mapping[str, Volume] = {
    "immediate": Volume(
        {2017: 20_600, 2018: 21_100, 2019: 21_400, 2020: 20_200, 2021: 20_300, 2022: 20_881, 2023: 19_649},
        season=SUMMER,
    ),
    "priority": Volume(
        {2017: 32_300, 2018: 33_100, 2019: 33_900, 2020: 32_400, 2021: 33_000, 2022: 33_738, 2023: 30_904},
        season=SUMMER,
    ),
    "scheduled": Volume(
        {2017: 48_500, 2018: 49_000, 2019: 49_200, 2020: 46_500, 2021: 48_000, 2022: 49_500, 2023: 48_000},
        season=SUMMER,
    ),
    "silent": Volume(
        {2017: 14_700, 2018: 14_900, 2019: 15_100, 2020: 14_300, 2021: 14_900, 2022: 15_324, 2023: 20_764},
        season=SUMMER,
        # emergency calls made by phones without their owners, from autumn 2022; the fix of June 2023 shows in July
        course=Trend(
            {date(2021, 8, 1): 0.97, _JUL22: 1.03} | monthly(_AUG22, 1.00, 1.02, 1.05, 1.08, 1.10, 1.14, 1.20, 1.30, 1.42, 1.62, 1.66, 1.34)
        ),
    ),
    "no_deployment": Volume(
        {2017: 79_500, 2018: 80_200, 2019: 81_000, 2020: 78_200, 2021: 80_000, 2022: 81_000, 2023: 80_500},
        season=SUMMER,
    ),
}

# By district; they are part of the logs above. Fewer since Operation Sacramento, in May 2023.
ASB: Mapping[str, Volume] = {
    "swindon": Volume(
        {2017: 4_790, 2018: 4_850, 2019: 4_720, 2020: 4_980, 2021: 4_830, 2022: 4_706, 2023: 4_626},
        season=SUMMER,
        pins={_MAY23: 371, _JUN23: 352, _JUL23: 338},
        noise=0.03,
    ),
    "county": Volume(
        {2017: 7_980, 2018: 8_060, 2019: 7_900, 2020: 8_240, 2021: 7_950, 2022: 7_766, 2023: 6_702},
        season=SUMMER,
        pins={_MAY23: 548, _JUN23: 511, _JUL23: 480},
        noise=0.03,
        course=Trend({date(2021, 8, 1): 1.00, _AUG22: 1.00, date(2023, 4, 1): 0.94}),
    ),
    "unallocated": Volume({2017: 172, 2018: 168, 2019: 170, 2020: 175, 2021: 170, 2022: 166, 2023: 122}, season=SUMMER, pins={_JUL23: 10}),
}
ASB_TYPES: Weights = {"nuisance": 596, "personal": 180, "environmental": 52}
ASB_TYPES_PRINTED = _JUL23  # the month that shows exactly these; the others are drawn
ASB_GRADES: Weights = {"priority": 0.35, "scheduled": 0.25, "no_deployment": 0.40}  # relative chance of a log of the grade to be picked


@dataclass(frozen=True)
class Response:
    """Response times of one grade: in each district a lognormal body under ten hours and a tail over it.

    What a month is declared to show is fitted exactly: the mean of each district, the share of deployed logs that are
    reached within the SLA (`within_sla`; without it nothing is fitted), the median, and in single months the force's mean
    and its mean without logs over ten hours.
    """

    mean: Mapping[str, Level]  # seconds, by district
    sigma: float
    longest: float  # seconds
    longest_body: float = 36_000.0  # seconds: of the logs that are not over ten hours
    conditions: Level = field(default_factory=lambda: Level(level(1.0)))  # a factor of all districts' means in a month
    tail_share: Mapping[str, Level] = field(default_factory=lambda: dict.fromkeys(("county", "swindon", "unallocated"), Level(level(0.0))))
    tail_mean: float = 50_000.0  # seconds, above 36,000
    within_sla: Level | None = None
    sla: Mapping[str, int] = field(default_factory=dict)  # seconds, by district
    median: Level | None = None  # seconds
    force_mean: Mapping[date, float] = field(default_factory=dict)
    mean_below_ten_hours: Mapping[date, float] = field(default_factory=dict)
    shortest: float = 20.0


TEN_HOURS = 36_000
# Fifteen months of a long increase are declared month by month, so that its last months stand out as printed.
_IMMEDIATE_COUNTY = {_JAN17: 772.0, _DEC19: 778.0, _MAY20: 756.0, _JUN21: 770.0} | monthly(
    _JUN22, 786, 815, 736, 746, 741, 757, 769, 765, 780, 792, 787, 802, 846, 850
)
_IMMEDIATE_SWINDON = {_JAN17: 674.0, _DEC19: 680.0, _MAY20: 660.0, _JUN21: 672.0} | monthly(
    _JUN22, 688, 717, 646, 656, 651, 666, 677, 672, 687, 698, 693, 705, 752, 756
)
_PRIORITY_COUNTY = {_JAN17: 4_900.0, _DEC19: 5_050.0, _MAY20: 4_700.0, _JUN21: 4_800.0, _APR22: 4_800.0} | monthly(
    _MAY22, 4_760, 4_830, 4_892, 4_990, 5_050, 5_010, 5_120, 5_190, 5_130, 5_190, 5_250, 5_330, 5_830, 6_250, 6_611
)
_PRIORITY_SWINDON = {_JAN17: 8_500.0, _DEC19: 8_600.0, _MAY20: 8_200.0, _JUN21: 8_300.0, _APR22: 8_300.0} | monthly(
    _MAY22, 8_290, 8_360, 8_446, 8_530, 8_620, 8_580, 8_750, 8_860, 8_930, 9_250, 9_740, 9_910, 10_640, 10_900, 11_114
)
RESPONSES: Mapping[str, Response] = {
    "immediate": Response(
        mean={
            "county": Level(Trend(_IMMEDIATE_COUNTY), _until(_JUN22, 0.024)),
            "swindon": Level(Trend(_IMMEDIATE_SWINDON), _until(_JUN22, 0.024)),
            "unallocated": Level(Trend(_IMMEDIATE_COUNTY)),
        },
        conditions=Level(level(1.0), _until(_JUN22, 0.016)),
        sigma=0.50,
        longest=20 * 3_600.0,
        longest_body=7_200.0,
        tail_share={  # now and then a log that nobody closed
            "county": Level(level(0.0004), level(0.8)),
            "swindon": Level(level(0.0)),
            "unallocated": Level(level(0.0)),
        },
        tail_mean=43_200.0,
        within_sla=Level(
            Trend({_JAN17: 0.815, _DEC19: 0.811, _MAY20: 0.823, _JUN22: 0.806, _JUL22: 0.796, _AUG22: 0.822, _JUN23: 0.785, _JUL23: 0.782}),
            _except(0.013, _JUL22, _JUL23),
        ),
        sla={"county": 1_200, "swindon": 900, "unallocated": 1_200},
        force_mean={_JUL23: 817.0},
    ),
    "priority": Response(
        mean={
            "county": Level(Trend(_PRIORITY_COUNTY), _until(_MAY22, 0.035)),
            "swindon": Level(Trend(_PRIORITY_SWINDON), _until(_MAY22, 0.035)),
            "unallocated": Level(Trend(_PRIORITY_COUNTY)),
        },
        conditions=Level(level(1.0), _until(_MAY22, 0.065)),
        sigma=1.06,
        longest=40 * 3_600.0,
        tail_share={
            "county": Level(Trend({_MAY22: 0.024, _JUL23: 0.035}), _except(0.10, _JUL22, _JUL23)),
            "swindon": Level(Trend({_MAY22: 0.058, _JUL23: 0.076}), _except(0.10, _JUL22, _JUL23)),
            "unallocated": Level(level(0.0)),
        },
        tail_mean=69_700.0,
        within_sla=Level(
            Trend({_JAN17: 0.608, _DEC19: 0.604, _MAY20: 0.614, _APR22: 0.610, _JUL22: 0.605, _JUL23: 0.515}), _except(0.022, _JUL22, _JUL23)
        ),
        sla=dict.fromkeys(("county", "swindon", "unallocated"), 3_600),
        median=Level(Trend({_JAN17: 2_340.0, _MAY20: 2_290.0, _APR22: 2_320.0, _JUL22: 2_350.0, _JUL23: 3_079.0}), _except(0.035, _JUL23)),
        force_mean={_JUL23: 8_252.0},
        mean_below_ten_hours={_JUL23: 5_018.0},
    ),
    "scheduled": Response(
        mean={"county": Level(level(37_750.0)), "swindon": Level(level(41_600.0)), "unallocated": Level(level(37_750.0))},
        sigma=0.7,
        longest=40 * 3_600.0,
        tail_share={"county": Level(level(0.35)), "swindon": Level(level(0.40)), "unallocated": Level(level(0.35))},
        tail_mean=80_000.0,
    ),
}


@dataclass(frozen=True)
class Scene:
    """Time at scene of one grade: lognormal. `courses` multiply it for an incident type, a team or both (None: any).

    With `mean_to_median` a month's median, and its mean as a multiple of it, are fitted exactly.
    """

    median: Level  # seconds, of all
    courses: Mapping[tuple[str | None, str | None], Trend] = field(default_factory=dict)
    mean_to_median: Trend | None = None
    sigma: float = 0.85
    shortest: float = 60.0
    longest: float = 36_000.0


def _grown(share: float) -> Trend:
    """A growth over the year to July 2023, most of it in the months after the hub commanders' message of October 2022."""
    return Trend({_JUL22: 1.0, date(2022, 12, 1): 1 + 0.75 * share, _JUL23: 1 + share})


DISORDER, DOMESTIC = "disorder/disturbance", "domestic dispute"
SCENES: Mapping[str, Scene] = {
    "immediate": Scene(
        median=Level(
            Trend(
                {_JAN17: 2_790.0, _DEC19: 2_810.0, _MAY20: 2_760.0, _MAY22: 2_840.0}
                | monthly(_JUN22, 2_900, 2_880, 2_890, 2_915, 2_960, 2_990, 3_035, 3_060, 3_100, 3_130, 3_165, 3_200, 3_230, 3_264)
            ),
            _until(_JUN22, 0.026),
        ),
        mean_to_median=level(1.46),
        courses={
            (DISORDER, "Swindon"): _grown(0.41),
            (DISORDER, "Salisbury"): _grown(0.92),
            (DOMESTIC, "Trowbridge"): _grown(0.64),
            (DOMESTIC, "Swindon"): _grown(0.13),
            (DOMESTIC, "Salisbury"): _grown(0.32),
            (None, "Swindon"): _grown(0.015),
        },
    ),
    "priority": Scene(
        median=Level(
            Trend(
                {_JAN17: 2_930.0, _DEC19: 2_950.0, _MAY20: 2_900.0, _MAY22: 2_980.0}
                | monthly(_JUN22, 3_030, 3_020, 3_015, 3_030, 3_065, 3_105, 3_150, 3_185, 3_225, 3_265, 3_305, 3_340, 3_375, 3_412)
            ),
            _until(_JUN22, 0.034),
        ),
        mean_to_median=level(1.46),
        courses={
            (DOMESTIC, "Swindon"): _grown(0.55),
            (DISORDER, "Swindon"): _grown(0.10),
            (DOMESTIC, "Trowbridge"): _grown(0.20),
            (DOMESTIC, "Salisbury"): _grown(0.20),
            (None, "Swindon"): _grown(0.05),
        },
    ),
    "scheduled": Scene(median=Level(level(2_700.0))),
}
DEPLOYED: Weights = {"immediate": 0.985, "priority": 0.965, "scheduled": 0.72}
NO_ARRIVAL: Weights = {"immediate": 0.013, "priority": 0.069, "scheduled": 0.06}  # of deployed logs
GRADE_NAMES: Mapping[str, str] = {
    "immediate": "Immediate",
    "priority": "Priority",
    "scheduled": "Scheduled",
    "silent": "No Deployment",
    "no_deployment": "No Deployment",
}
REGRADED: Mapping[str, tuple[float, Weights]] = {  # share of the final grade's logs that began with another grade, and which
    "immediate": (0.04, {"Priority": 1.0}),
    "priority": (0.07, {"Immediate": 0.55, "Scheduled": 0.45}),
    "scheduled": (0.08, {"Priority": 1.0}),
    "silent": (0.05, {"Immediate": 1.0}),
    "no_deployment": (0.05, {"Priority": 0.5, "Scheduled": 0.5}),
}


@dataclass(frozen=True)
class Delay:
    """A lognormal delay within limits, seconds."""

    median: float
    sigma: float
    shortest: float
    longest: float


REGRADED_AFTER = Delay(900.0, 0.9, 30.0, 4 * 3_600.0)  # seconds from creation to the final grade
CLOSED_AFTER = Delay(5_400.0, 1.2, 60.0, 4 * 86_400.0)  # from the last event to the closing
DISPATCHED = (0.1, 0.7)  # the part of the response after which a unit is despatched: from, to

LOG_SOURCES: Mapping[str, Weights] = {
    "immediate": {"999": 0.78, "101": 0.08, "officer": 0.09, "other force": 0.05},
    "priority": {"999": 0.46, "101": 0.40, "officer": 0.06, "online": 0.04, "other force": 0.04},
    "scheduled": {"101": 0.58, "999": 0.16, "online": 0.17, "front counter": 0.09},
    "silent": {"999": 1.0},
    "no_deployment": {"101": 0.55, "999": 0.22, "online": 0.12, "officer": 0.05, "other force": 0.06},
}
OPENING_TYPES: Mapping[str, Weights] = {
    "immediate": {
        DOMESTIC: 0.19,
        DISORDER: 0.17,
        "concern for safety": 0.17,
        "violence": 0.14,
        "road traffic collision": 0.12,
        "burglary": 0.05,
        "missing person": 0.06,
        "suspicious circumstances": 0.10,
    },
    "priority": {
        DOMESTIC: 0.17,
        DISORDER: 0.16,
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
LOG_NUMBER = "54-%Y%m%d-"  # and the log's number within the day
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
    early: tuple[int, int] = (30, 1_200)  # seconds by which they arrived too early: from, to
    early_dispatch: int = 10  # seconds before that
    reopened: tuple[int, int] = (60, 7_200)  # seconds by which they were cleared too early
    appointment: float = 0.12  # of scheduled logs
    appointment_over_ten_hours: float = 0.45  # of priority logs over ten hours: they should have been scheduled
    no_lsoa: float = 0.09


LOG_FAULTS = LogFaults()
