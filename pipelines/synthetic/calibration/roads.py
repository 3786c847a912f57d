"""Community Speedwatch, speed enforcement, injury collisions.

Printed of Speedwatch: 1,867 records in June 2023, 1,493 fewer than in June 2022 (3,360), 4.3 % speeding in both; at Westwood 48 checks in
June 2023 and, of the vehicles there, 25.5 % speeding, the highest share of all. 25.5 % is no share of 48 (12 are 25.0 %, 13 are 27.1 %), so
checks and vehicles are two units here: a record is a check, one reading of the device, and now and then a check observes two vehicles.
1,867 checks observed 1,898 vehicles, 81 of them speeding: 4.3 % of the vehicles, and 4.3 % of the records as well.

Printed of enforcement: 3,972 speed awareness courses, 521 fines and points, 53 court appearances and 411 locations visited at
6 September 2023. The start is not printed; assumed is the financial year, from 1 April 2023.

Collisions have no printed figure; theirs are plausible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.synthetic.calibration.shapes import Counts, Volume, Weights

# Villages and towns by community policing team.
PLACES: Mapping[str, tuple[str, ...]] = {
    "Swindon": ("Wroughton", "Wanborough", "Highworth", "Chiseldon", "Blunsdon", "South Marston", "Stratton St Margaret", "Haydon Wick"),
    "Royal Wootton Bassett": ("Purton", "Lyneham", "Cricklade", "Brinkworth", "Lydiard Millicent", "Ashton Keynes"),
    "Chippenham": ("Box", "Corsham", "Kington St Michael", "Sutton Benger", "Castle Combe", "Yatton Keynell", "Christian Malford"),
    "Trowbridge": ("Westwood", "Holt", "Southwick", "Hilperton", "Steeple Ashton", "Winsley", "Semington"),
    "Warminster": ("Heytesbury", "Codford", "Chapmanslade", "Horningsham", "Crockerton"),
    "Devizes": ("Potterne", "Rowde", "Seend", "Urchfont", "Market Lavington", "Bromham"),
    "Amesbury": ("Durrington", "Bulford", "Shrewton", "Winterbourne", "Netheravon"),
    "Salisbury": ("Alderbury", "Downton", "Wilton", "Laverstock", "Whiteparish", "Coombe Bissett", "Dinton"),
}
ROADS = (
    "High Street",
    "Bath Road",
    "London Road",
    "Station Road",
    "Church Lane",
    "The Street",
    "Main Road",
    "Swindon Road",
    "Salisbury Road",
    "Hill",
)

# Speedwatch records (checks) by month.
SPEEDWATCH_CHECKS = Counts(
    {
        2021: (1_900, 2_100, 2_350, 2_500, 2_160, 2_780, 2_420, 2_610, 2_050, 2_330, 2_080, 1_840),
        2022: (2_050, 2_340, 2_190, 2_610, 2_440, 3_360, 2_480, 2_870, 2_310, 2_560, 2_080, 1_860),
        2023: (2_120, 1_810, 2_330, 1_980, 2_220, 1_867, 1_905),
    }
)
VEHICLES_PER_CHECK = 1.017
SPEEDING_SHARE = 0.0427  # of the vehicles observed
SPEEDING_NOISE = 0.06  # standard deviation of a month's own share, as a share of it


@dataclass(frozen=True)
class Watched:
    """What a month's checks observed, where it is known."""

    vehicles: int
    speeding: int


SPEEDWATCH_MONTHS: Mapping[date, Watched] = {date(2022, 6, 1): Watched(3_410, 146), date(2023, 6, 1): Watched(1_898, 81)}


@dataclass(frozen=True)
class WatchedPlace:
    """What was watched at one place in one month, out of the month's total."""

    place: str
    checks: int
    vehicles: int
    speeding: int


SPEEDWATCH_PLACES: Mapping[date, tuple[WatchedPlace, ...]] = {date(2023, 6, 1): (WatchedPlace("Westwood", 48, 51, 13),)}
HIGHEST_SHARE = 0.20  # the highest share of speeding vehicles of any other place in a month
SESSION_CHECKS = 4.0  # checks a session, on average
PLACE_SIGMA = 0.55  # how unequal the places' volumes are (lognormal)
PLACE_SPELLINGS: Weights = {"{name}": 0.92, "{upper}": 0.05, " {name} ": 0.03}

# Enforcement by month: visits, places not visited before in the financial year, and what followed. September 2023 is a full month's; its first six
# days, which are extracted, have a fifth of it.
ENFORCEMENT_TO = date(2023, 9, 6)
ENFORCEMENT: Mapping[str, Counts] = {
    "visits": Counts({2022: (80,) * 3 + (84, 92, 96, 101, 98, 95, 92, 84, 70), 2023: (82, 85, 104, 118, 127, 131, 134, 129, 135)}),
    "new locations": Counts({2022: (18,) * 3 + (70, 48, 36, 30, 26, 22, 20, 17, 14), 2023: (12, 12, 13, 112, 92, 75, 66, 53, 65)}),
    "courses": Counts({2022: (400,) * 3 + (452, 496, 520, 548, 530, 515, 498, 455, 372), 2023: (440, 458, 561, 672, 748, 771, 801, 782, 990)}),
    "fines": Counts({2022: (50,) * 3 + (58, 64, 66, 71, 69, 66, 64, 58, 47), 2023: (57, 59, 73, 89, 97, 101, 105, 101, 140)}),
    "court": Counts({2022: (5,) * 3 + (6, 6, 7, 7, 7, 6, 7, 6, 5), 2023: (6, 6, 7, 9, 10, 10, 11, 10, 15)}),
}
FOLLOWS_LATE = 0.08  # visits whose first extract shows no courses yet

COLLISIONS = Volume(
    {2019: 905, 2020: 690, 2021: 610, 2022: 725, 2023: 712},
    season=(1.03, 0.93, 0.92, 0.92, 0.98, 1.02, 1.02, 1.00, 1.03, 1.07, 1.08, 1.00),
    noise=0.07,
)
SEVERITIES: Weights = {"1": 0.032, "2": 0.288, "3": 0.68}  # STATS19's codes: fatal, serious, slight
MORE_CASUALTIES = 0.30  # mean number of casualties beyond the first
ALSO_SERIOUS = 0.22  # of the further casualties of a fatal or serious collision
COLLISION_DISTRICTS: Weights = {"county": 0.735, "swindon": 0.250, "unallocated": 0.015}
ONS_DISTRICTS: Mapping[str, str] = {"county": "E06000054", "swindon": "E06000030", "unallocated": "-1"}
SPEED_LIMITS: Weights = {"20": 0.06, "30": 0.41, "40": 0.12, "50": 0.10, "60": 0.24, "70": 0.07}
STATS19_FORCE = "54"
SEVERITY_REVISED = 0.015  # collisions whose severity is revised after the first extract
