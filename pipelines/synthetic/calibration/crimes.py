"""Recorded crimes, their outcomes and arrests.

Domestic abuse, rape and serious sexual offences are declared month by month, because what is printed of them speaks of
single months, calendar years, rolling twelve months and of how two series go together. What the numbers keep to:

- domestic abuse: 6,588 in 2019 and 7,339 in 2022; 7,185 in the twelve months to July 2023, 2.1% below the twelve before;
  raised since the spring of 2020. Arrests for it 39.4% of its crimes (30.4% the year before), further action 12.5% (10.3%,
  and above 15% in 2019), outcome 15 23.4% of its outcomes and falling. Arrests and further action share their ups and downs.
- rape: 44 in July 2022, 43 in July 2023, 12 of them of children; children +3.3% over twelve months, adults steady; further
  action 8.0% (4.7%), outcome 15 26.4% and falling while outcome 16 rises to 49.0%, each month's gain the other's loss.
- serious sexual offences: -5.5% over twelve months; further action 10.2% (6.5%); outcome 16 18.1% in the twelve months to
  August 2021, 26.5% in those to July 2023, level in the last twelve; outcome 15 keeps its level and does not go with it.
- both together: 895 in 2019 (124 per 100,000), 1,052 in the twelve months to May 2022, 1,086 to May 2023 (146); children
  -3.8% in the twelve months to July 2023.

The last two hold together through the Junes and Julys: these were low in 2021 and high in 2022, so that the twelve months
to May 2023 stand above those before while the serious sexual offences of the twelve months to July 2023 stand below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipelines.synthetic.calibration.shapes import SUMMER, Counts, Level, Trend, Volume, Weights, level

_JUL22, _JUL23 = date(2022, 7, 1), date(2023, 7, 1)


@dataclass(frozen=True)
class Offence:
    """One offence group: its part of all crime, the codes in it, and what its victims are like."""

    codes: Weights
    share: float  # of the crimes that are neither rape nor serious sexual offence (those have their own volumes)
    domestic: float = 0.0  # relative chance that a domestic abuse crime is of this group
    child: float = 0.05
    has_victim: bool = True
    flags: Weights = field(default_factory=dict)  # chance of each flag in FLAGS


CRIMES = Volume(  # all recorded crime; fewer in the first lockdown
    {2019: 44_300, 2020: 42_900, 2021: 43_900, 2022: 45_200, 2023: 45_100},
    season=SUMMER,
    factors={date(2020, 4, 1): 0.86, date(2020, 5, 1): 0.91},
)
DOMESTIC_ABUSE = Counts(
    {
        2019: (574, 485, 537, 534, 553, 577, 590, 578, 559, 544, 506, 551),
        2020: (545, 493, 573, 595, 619, 615, 639, 631, 605, 611, 589, 581),
        2021: (597, 554, 601, 585, 625, 617, 627, 655, 633, 598, 567, 632),
        2022: (592, 563, 635, 592, 620, 612, 640, 648, 602, 636, 570, 629),
        2023: (584, 541, 588, 580, 589, 593, 625),
    }
)  # part of CRIMES
RAPE = Counts(
    {
        2019: (38, 32, 40, 38, 32, 27, 31, 35, 34, 34, 32, 37),
        2020: (35, 28, 31, 30, 28, 35, 39, 36, 36, 33, 34, 40),
        2021: (34, 27, 41, 31, 45, 36, 35, 45, 43, 49, 42, 40),
        2022: (44, 33, 43, 35, 44, 48, 44, 45, 36, 43, 50, 43),
        2023: (48, 38, 53, 36, 43, 46, 43),
    }
)  # part of CRIMES
SSO = Counts(
    {
        2019: (41, 37, 33, 46, 41, 37, 46, 36, 41, 44, 42, 41),
        2020: (41, 35, 38, 26, 38, 40, 42, 34, 42, 43, 35, 38),
        2021: (42, 39, 41, 39, 44, 41, 40, 54, 36, 44, 51, 52),
        2022: (54, 46, 48, 45, 52, 50, 50, 49, 38, 52, 48, 48),
        2023: (49, 36, 46, 44, 49, 46, 45),
    }
)  # part of CRIMES
CHILD_VICTIMS: Mapping[str, Counts] = {  # victims under 18, by offence group
    "rape": Counts(
        {
            2019: (10, 7, 8, 11, 7, 7, 9, 8, 10, 7, 7, 7),
            2020: (9, 6, 8, 8, 8, 9, 9, 8, 9, 6, 7, 8),
            2021: (7, 7, 9, 7, 12, 7, 9, 8, 10, 10, 11, 9),
            2022: (10, 9, 10, 9, 11, 12, 11, 11, 8, 11, 13, 11),
            2023: (12, 8, 11, 9, 8, 10, 12),
        }
    ),
    "serious sexual offence": Counts(
        {
            2019: (15, 13, 10, 17, 11, 11, 17, 12, 14, 18, 14, 13),
            2020: (10, 12, 14, 9, 12, 16, 14, 11, 14, 12, 12, 14),
            2021: (13, 12, 11, 10, 15, 10, 9, 19, 11, 13, 15, 16),
            2022: (19, 18, 17, 17, 18, 14, 16, 13, 13, 18, 14, 15),
            2023: (17, 13, 14, 16, 15, 17, 12),
        }
    ),
}

OFFENCES: Mapping[str, Offence] = {
    "violence without injury": Offence({"105A": 0.72, "8S": 0.28}, 0.175, domestic=0.36, child=0.12, flags={"is_hate": 0.020, "is_knife": 0.008}),
    "violence with injury": Offence(
        {"8N": 0.80, "5D": 0.12, "5E": 0.08}, 0.105, domestic=0.24, child=0.10, flags={"is_hate": 0.008, "is_knife": 0.030}
    ),
    "stalking and harassment": Offence({"8L": 0.45, "8Q": 0.15, "8R": 0.40}, 0.115, domestic=0.28, child=0.09, flags={"is_hate": 0.012}),
    "homicide": Offence({"1": 0.9, "4.1": 0.1}, 0.00008, domestic=0.0002, flags={"is_knife": 0.4}),
    "criminal damage and arson": Offence(
        {"58A": 0.2, "58B": 0.2, "58C": 0.45, "56A": 0.15}, 0.105, domestic=0.07, flags={"is_hate": 0.006, "is_rural": 0.06}
    ),
    "shoplifting": Offence({"46": 1.0}, 0.090, has_victim=False),
    "other theft": Offence({"49": 0.85, "40": 0.15}, 0.100, domestic=0.02, flags={"is_rural": 0.09}),
    "vehicle offences": Offence({"45": 0.6, "48": 0.4}, 0.055, flags={"is_rural": 0.05}),
    "burglary": Offence({"28E": 0.55, "30C": 0.45}, 0.050, domestic=0.01, flags={"is_rural": 0.10}),
    "bicycle theft": Offence({"44": 1.0}, 0.013, child=0.15),
    "theft from the person": Offence({"39": 1.0}, 0.006, child=0.08),
    "robbery": Offence({"34B": 1.0}, 0.007, child=0.20, flags={"is_knife": 0.20}),
    "public order": Offence({"125A": 0.7, "66": 0.3}, 0.095, domestic=0.02, flags={"is_hate": 0.085}),
    "drug offences": Offence({"92D": 0.27, "92E": 0.51, "92A": 0.17, "92C": 0.05}, 0.035, has_victim=False, flags={"is_exploitation": 0.030}),
    "possession of weapons": Offence({"10C": 0.6, "10D": 0.4}, 0.012, has_victim=False),
    "miscellaneous crimes": Offence({"99": 0.7, "802": 0.3}, 0.037, domestic=0.01, has_victim=False, flags={"is_rural": 0.08}),
    "modern slavery": Offence({"106": 1.0}, 0.001, child=0.30, flags={"is_exploitation": 1.0}),
    "rape": Offence({"19C": 0.62, "19D": 0.22, "19E": 0.10, "19H": 0.06}, 0.0, domestic=1.0, flags={"is_knife": 0.008, "is_exploitation": 0.020}),
    "serious sexual offence": Offence({"17A": 0.12, "20A": 0.60, "20B": 0.10, "22B": 0.18}, 0.0, domestic=1.0, flags={"is_exploitation": 0.060}),
}
FLAGS = ("is_hate", "is_knife", "is_exploitation", "is_rural")
RURAL_DISTRICT = "county"  # the only districts with crimes flagged as rural
SEXUAL_DOMESTIC: Weights = {"rape": 0.32, "serious sexual offence": 0.10}  # share of the group that is domestic abuse
CANCELLED_CHILD: Weights = {"rape": 0.24, "serious sexual offence": 0.32}  # of the cancelled ones; the others are declared above
AGE_UNKNOWN = 0.06
DA_RISKS: Weights = {"standard": 0.52, "medium": 0.34, "high": 0.11, "": 0.03}
# The child sexual abuse tag is set increasingly, also on crimes recorded without it.
CSA_TAGGED = Trend({date(2019, 1, 1): 0.62, _JUL22: 0.72, _JUL23: 0.90})  # of the rapes and serious sexual offences against children
CSA_ELSEWHERE = Trend({date(2019, 1, 1): 0.010, _JUL22: 0.014, _JUL23: 0.026})  # of the other crimes against children
CSA_TAGGED_LATER = Trend({date(2019, 1, 1): 0.02, _JUL22: 0.04, _JUL23: 0.20})  # of the tagged: without the tag in the first extract
CANCELLED = 0.021  # on top of the volume
CANCELLED_SEXUAL = 0.02  # of the cancelled crimes were rapes, and as many serious sexual offences
CANCEL_CODES: Weights = {"C1": 0.30, "C2": 0.34, "C3": 0.10, "C4": 0.16, "C5": 0.10}
CANCEL_DAYS_MEDIAN, CANCEL_DAYS_SIGMA = 14.0, 1.1
HISTORIC: Mapping[str, float] = {"rape": 0.30, "serious sexual offence": 0.28}  # share committed more than a year earlier
RECLASSIFIED = 0.008  # in another offence group in the first extract
RECLASSIFIED_FROM = "violence without injury"


@dataclass(frozen=True)
class Lag:
    """Days from the record of a crime to its outcome or arrest: lognormal, no longer than the longest."""

    median: float
    sigma: float = 0.9
    longest: float = 365.0


@dataclass(frozen=True)
class Finalised:
    """Outcomes of one kind by the month in which they are finalised, and the codes among them.

    In the first months of a period fewer are found, because the crimes before it are in no extract.
    """

    counts: Counts
    codes: Weights
    lag: Lag


_CHARGED: Weights = {"1": 0.86, "1A": 0.03, "2": 0.02, "3": 0.08, "6": 0.01}

# By population: further action taken, outcome 15, outcome 16, all others. Domestic abuse includes what is rape or a serious
# sexual offence as well.
FINALISED: Mapping[str, tuple[Finalised, ...]] = {
    "rape": (
        Finalised(
            Counts(
                {
                    2019: (3, 2, 2, 1, 2, 2, 2, 3, 2, 2, 2, 2),
                    2020: (2, 2, 2, 1, 1, 2, 1, 1, 2, 2, 2, 1),
                    2021: (2, 1, 2, 2, 2, 1, 1, 2, 2, 2, 1, 2),
                    2022: (2, 3, 2, 3, 1, 2, 2, 3, 3, 3, 3, 3),
                    2023: (3, 5, 3, 4, 4, 3, 5),
                }
            ),
            {"1": 0.96, "1A": 0.04},
            Lag(90.0),
        ),
        Finalised(
            Counts(
                {
                    2019: (11, 10, 11, 12, 9, 9, 11, 10, 10, 11, 9, 10),
                    2020: (10, 11, 10, 11, 9, 10, 10, 11, 9, 10, 11, 10),
                    2021: (12, 9, 10, 13, 12, 12, 10, 13, 12, 13, 11, 13),
                    2022: (12, 11, 13, 12, 12, 9, 12, 12, 12, 10, 11, 9),
                    2023: (13, 9, 10, 11, 10, 9, 8),
                }
            ),
            {"15": 1.0},
            Lag(60.0),
        ),
        Finalised(
            Counts(
                {
                    2019: (13, 11, 11, 10, 13, 13, 11, 12, 12, 12, 12, 11),
                    2020: (11, 11, 13, 13, 12, 11, 12, 11, 12, 12, 13, 13),
                    2021: (14, 13, 15, 13, 13, 12, 15, 15, 16, 17, 15, 17),
                    2022: (16, 16, 15, 16, 17, 18, 16, 16, 17, 18, 18, 20),
                    2023: (18, 19, 22, 18, 20, 24, 20),
                }
            ),
            {"16": 1.0},
            Lag(60.0),
        ),
        Finalised(
            Counts(
                {
                    2019: (7, 8, 8, 8, 7, 8, 8, 7, 7, 8, 6, 7),
                    2020: (6, 7, 7, 8, 9, 6, 9, 8, 6, 6, 7, 8),
                    2021: (7, 8, 7, 7, 8, 7, 8, 7, 8, 9, 9, 9),
                    2022: (7, 5, 7, 6, 9, 8, 7, 7, 5, 6, 6, 8),
                    2023: (7, 4, 8, 6, 5, 6, 5),
                }
            ),
            {"9": 0.04, "10": 0.02, "12": 0.02, "14": 0.46, "18": 0.46},
            Lag(60.0),
        ),
    ),
    "sso": (
        Finalised(
            Counts(
                {
                    2019: (4, 4, 3, 3, 2, 4, 3, 3, 4, 4, 4, 4),
                    2020: (2, 3, 3, 3, 2, 2, 4, 3, 3, 3, 2, 3),
                    2021: (3, 3, 2, 3, 3, 2, 3, 3, 3, 4, 2, 3),
                    2022: (3, 3, 3, 3, 3, 4, 4, 5, 4, 4, 4, 4),
                    2023: (5, 5, 5, 6, 4, 4, 6),
                }
            ),
            {"1": 0.92, "1A": 0.03, "2": 0.02, "3": 0.03},
            Lag(75.0),
        ),
        Finalised(
            Counts(
                {
                    2019: (14, 9, 11, 9, 9, 10, 12, 13, 11, 12, 12, 9),
                    2020: (12, 9, 13, 9, 11, 9, 10, 12, 11, 10, 14, 10),
                    2021: (13, 10, 12, 12, 12, 11, 9, 10, 14, 12, 11, 12),
                    2022: (13, 13, 15, 12, 12, 10, 14, 12, 12, 14, 11, 11),
                    2023: (14, 13, 13, 14, 11, 12, 12),
                }
            ),
            {"15": 1.0},
            Lag(50.0),
        ),
        Finalised(
            Counts(
                {
                    2019: (8, 7, 6, 4, 5, 6, 6, 10, 8, 5, 8, 3),
                    2020: (8, 7, 8, 6, 5, 4, 5, 7, 6, 5, 8, 4),
                    2021: (7, 5, 5, 7, 6, 8, 9, 7, 9, 10, 8, 10),
                    2022: (10, 10, 13, 10, 11, 11, 8, 11, 11, 9, 9, 11),
                    2023: (15, 8, 13, 10, 10, 13, 11),
                }
            ),
            {"16": 1.0},
            Lag(50.0),
        ),
        Finalised(
            Counts(
                {
                    2019: (13, 10, 19, 17, 20, 15, 15, 14, 13, 16, 16, 18),
                    2020: (15, 14, 13, 16, 20, 20, 15, 14, 13, 19, 13, 16),
                    2021: (17, 14, 18, 12, 15, 16, 13, 15, 19, 16, 17, 18),
                    2022: (17, 12, 12, 15, 18, 16, 17, 11, 13, 15, 13, 17),
                    2023: (11, 13, 14, 10, 18, 12, 12),
                }
            ),
            {"8": 0.02, "9": 0.03, "10": 0.02, "14": 0.18, "18": 0.71, "21": 0.04},
            Lag(50.0),
        ),
    ),
    "da": (
        Finalised(
            Counts(
                {
                    2019: (90, 77, 92, 87, 81, 93, 90, 89, 82, 82, 81, 89),
                    2020: (83, 75, 76, 83, 70, 77, 75, 67, 66, 68, 67, 65),
                    2021: (74, 53, 65, 57, 71, 63, 63, 71, 61, 65, 58, 69),
                    2022: (62, 53, 61, 61, 67, 64, 64, 67, 67, 74, 68, 77),
                    2023: (81, 67, 74, 78, 77, 79, 89),
                }
            ),
            _CHARGED,
            Lag(6.0, 1.2),
        ),
        Finalised(
            Counts(
                {
                    2019: (117, 104, 102, 110, 106, 111, 116, 122, 119, 116, 111, 111),
                    2020: (116, 110, 118, 125, 134, 134, 136, 129, 142, 136, 135, 130),
                    2021: (135, 128, 136, 135, 138, 141, 143, 149, 153, 139, 133, 129),
                    2022: (140, 133, 132, 140, 128, 136, 140, 134, 128, 128, 131, 121),
                    2023: (128, 107, 112, 113, 112, 115, 111),
                }
            ),
            {"15": 1.0},
            Lag(21.0),
        ),
        Finalised(
            Counts(
                {
                    2019: (206, 187, 178, 202, 193, 205, 211, 227, 212, 208, 201, 200),
                    2020: (211, 190, 205, 229, 238, 251, 251, 246, 250, 243, 237, 223),
                    2021: (247, 225, 233, 239, 249, 255, 251, 267, 268, 249, 238, 241),
                    2022: (248, 250, 233, 261, 239, 251, 260, 267, 251, 262, 266, 249),
                    2023: (264, 238, 246, 252, 249, 259, 263),
                }
            ),
            {"16": 1.0},
            Lag(21.0),
        ),
        Finalised(
            Counts(
                {
                    2019: (72, 62, 54, 66, 77, 62, 65, 66, 75, 64, 52, 57),
                    2020: (61, 54, 59, 59, 71, 68, 69, 77, 81, 78, 68, 74),
                    2021: (55, 78, 68, 78, 60, 67, 73, 68, 78, 74, 64, 60),
                    2022: (76, 69, 65, 70, 62, 67, 70, 67, 72, 67, 59, 60),
                    2023: (59, 61, 66, 57, 64, 58, 60),
                }
            ),
            {"8": 0.15, "10": 0.05, "14": 0.40, "17": 0.03, "18": 0.27, "21": 0.10},
            Lag(21.0),
        ),
    ),
}

# Outcomes of the other crimes, by share in every month.
OUTCOMES: Weights = {
    "1": 0.085,
    "1A": 0.008,
    "2": 0.004,
    "2A": 0.001,
    "3": 0.022,
    "3A": 0.003,
    "6": 0.002,
    "8": 0.055,
    "14": 0.050,
    "15": 0.085,
    "16": 0.190,
    "18": 0.385,
    "20": 0.015,
    "21": 0.012,
}
OUTCOME_LAG = Lag(16.0)
SECOND_OUTCOMES = 0.0015  # share of the other crimes with a second, later outcome of another code
NOT_ASSIGNED = 0.004  # share of the crimes with a row of code 0 (no outcome)
OUTCOME_ORPHANS = 0.0008  # share of additional rows that refer to a crime in no extract


@dataclass(frozen=True)
class Arrests:
    """Arrests of a population: counts by the month of the arrest, or a share of its crimes."""

    lag: Lag
    share: float = 0.0
    counts: Counts | None = None


ARRESTS: Mapping[str, Arrests] = {  # domestic abuse last: it includes arrests for what is rape or a serious sexual offence as well
    "rape": Arrests(Lag(6.0, 1.6), 0.30),
    "sso": Arrests(Lag(6.0, 1.6), 0.24),
    "other": Arrests(Lag(1.5, 1.6), 0.105),
    "da": Arrests(
        Lag(0.4, 1.6, longest=90.0),
        counts=Counts(
            {
                2019: (202, 168, 204, 192, 186, 206, 206, 208, 187, 192, 179, 200),
                2020: (197, 171, 181, 215, 190, 202, 208, 194, 191, 186, 188, 177),
                2021: (189, 157, 184, 176, 201, 172, 191, 197, 180, 182, 168, 196),
                2022: (182, 165, 185, 182, 194, 193, 207, 222, 209, 228, 212, 245),
                2023: (244, 215, 241, 243, 245, 249, 278),
            }
        ),
    ),
}
SECOND_ARRESTS = 0.03  # share of the domestic abuse arrests that are the second for their crime
REMANDED = "charged and remanded"
DA_REMANDED = Level(
    Trend({date(2019, 1, 1): 0.142, date(2023, 3, 1): 0.145, date(2023, 4, 1): 0.190, date(2023, 7, 1): 0.190}), noise=level(0.10)
)  # share of the month's arrests
ARREST_DISPOSALS: Weights = {
    REMANDED: 0.14,
    "charged and bailed": 0.13,
    "conditional bail": 0.27,
    "released under investigation": 0.20,
    "no further action": 0.22,
    "": 0.04,
}
ARREST_ORPHANS = 0.0004
