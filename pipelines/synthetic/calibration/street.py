"""Street-level crimes as data.police.uk publishes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipelines.synthetic.calibration.shapes import WARM_EVENINGS, Volume, Weights

STREET = Volume({2021: 66_500, 2022: 67_500, 2023: 66_000}, season=WARM_EVENINGS, noise=0.04)
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
