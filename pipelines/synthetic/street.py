"""A month of street-level crime with data.police.uk's own headers: no key, snapped points, rows without place or id."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw, places
from pipelines.synthetic.plan import Plan

HEADERS = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
)


def month_frame(plan: Plan, month: date) -> pl.DataFrame:
    """The month's file of the home force, as texts and numbers."""
    rng = draw.generator(plan.seed, "street", month)
    count = plan.rows("street", cal.street.STREET, month, at_least=5)
    crime_type = draw.texts(rng, cal.street.STREET_TYPES, count)
    is_asb = crime_type == cal.street.STREET_ASB
    points = _points(plan.seed)
    point = points[rng.integers(0, points.height, count)]
    crime_id = _identifiers(rng, count)
    repeated = np.where(rng.random(count) < cal.street.STREET_REPEATED_ID, np.maximum(np.arange(count) - 1, 0), np.arange(count))
    nowhere = pl.Series(rng.random(count) < cal.street.STREET_NO_LOCATION)
    outcome = draw.texts(rng, cal.street.STREET_OUTCOMES, count)
    frame = pl.DataFrame(
        {
            "Crime ID": crime_id.gather(repeated).set(is_asb, None),
            "Month": pl.Series([f"{month:%Y-%m}"]).new_from_index(0, count),
            "Reported by": pl.Series([cal.street.STREET_FORCE]).new_from_index(0, count),
            "Falls within": pl.Series([cal.street.STREET_FORCE]).new_from_index(0, count),
            "Longitude": point["longitude"].set(nowhere, None),
            "Latitude": point["latitude"].set(nowhere, None),
            "Location": point["location"].set(nowhere, "No Location"),
            "LSOA code": point["lsoa_code"].set(nowhere, None),
            "LSOA name": point["lsoa_name"].set(nowhere, None),
            "Crime type": crime_type,
            "Last outcome category": outcome.set(is_asb, None),
            "Context": pl.Series([None], dtype=pl.String).new_from_index(0, count),
        }
    )
    return frame.sort("LSOA name", "Location", maintain_order=True)


def _points(seed: int) -> pl.DataFrame:
    """The anonymised points that incidents are snapped to; the same in every month."""
    rng = draw.generator(seed, "street points")
    count = cal.street.STREET_POINTS
    district = places.districts(rng, cal.places.DISTRICT_MIX["street"], count)
    lsoa = places.lsoa_positions(rng, district)
    table = places.lsoas()
    centre = np.array([cal.street.STREET_CENTRES[d if d in cal.street.STREET_CENTRES else "county"] for d in places.DISTRICTS])[district]
    roads = [f"On or near {name} {kind}" for name in cal.street.STREET_ROAD_NAMES for kind in cal.street.STREET_ROAD_KINDS]
    words = [*roads, *(f"On or near {place}" for place in cal.street.STREET_PLACES)]
    is_place = rng.random(count) < 0.18
    position = np.where(is_place, len(roads) + rng.integers(0, len(cal.street.STREET_PLACES), count), rng.integers(0, len(roads), count))
    return pl.DataFrame(
        {
            "longitude": np.round(centre[:, 0] + rng.normal(0, 1, count) * centre[:, 2], 6),
            "latitude": np.round(centre[:, 1] + rng.normal(0, 0.6, count) * centre[:, 2], 6),
            "location": draw.take(words, position),
            "lsoa_code": draw.take([code for code, _, _ in table], lsoa),
            "lsoa_name": draw.take([name for _, name, _ in table], lsoa),
        }
    )


def _identifiers(rng: np.random.Generator, count: int) -> pl.Series:
    """Texts of 64 hexadecimal digits, cut out of one long text."""
    digits = pa.py_buffer(rng.bytes(32 * count).hex().encode())
    offsets = pa.py_buffer(np.arange(count + 1, dtype=np.int64) * 64)
    return pl.Series(pa.LargeStringArray.from_buffers(count, offsets, digits))
