"""Districts, community policing teams, census areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.synthetic.calibration.shapes import Weights


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
    Cpt("Trowbridge", "county", 0.19),
    Cpt("Warminster", "county", 0.09),
    Cpt("Devizes", "county", 0.10),
    Cpt("Amesbury", "county", 0.10),
    Cpt("Salisbury", "county", 0.20),
)
CPT_SPELLINGS: Weights = {"{name}": 0.80, "{name} CPT": 0.13, "{upper}": 0.07}
UNALLOCATED_CPTS: Weights = {"": 0.55, "Unknown": 0.25, "Out of Force": 0.20}
DISTRICT_MIX: Mapping[str, Weights] = {
    "immediate": {"county": 0.647, "swindon": 0.349, "unallocated": 0.004},
    "priority": {"county": 0.632, "swindon": 0.364, "unallocated": 0.004},
    "scheduled": {"county": 0.640, "swindon": 0.353, "unallocated": 0.007},
    "silent": {"county": 0.610, "swindon": 0.365, "unallocated": 0.025},
    "no_deployment": {"county": 0.630, "swindon": 0.350, "unallocated": 0.020},
    "crimes": {"county": 0.600, "swindon": 0.390, "unallocated": 0.010},
    "street": {"county": 0.603, "swindon": 0.393, "unallocated": 0.004},
}
LSOA_SKEW = 1.6  # above 1: the first census areas of a district have more rows than the last
LSOAS: Mapping[str, int] = {"swindon": 132, "county": 285}  # census areas a district has here; codes and names are built from their numbers
OUTSIDE_LSOAS = (  # census areas of neighbours, where a row lies outside the force's area
    ("E01022211", "Cotswold 009F"),
    ("E01022744", "Test Valley 003B"),
    ("E01029101", "Mendip 006A"),
    ("E01014372", "Bath and North East Somerset 021C"),
    ("E01015401", "Bournemouth, Christchurch and Poole 004E"),
)
