"""Outlines of areas from GeoJSON files that a user drops into a folder: read, checked feature by feature, projected and simplified to a bounded size.

What is wrong with a feature or a file is said with the way out, and leaves out that feature or file alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROPERTY = "area_id"
# A page carries its map: outlines of no more corners than this, however fine the file is.
MOST_CORNERS = 3000
LARGEST_FILE = 50_000_000  # bytes
SIZE = 600.0  # of the map's longer side, in units of the drawing

Point = tuple[float, float]
Ring = tuple[Point, ...]


@dataclass(frozen=True)
class Outlines:
    """The outline of each area in degrees, and what is wrong with the files, in sentences."""

    rings: Mapping[str, Sequence[Ring]]
    problems: Sequence[str]


class _FeatureError(ValueError):
    """A feature cannot be used; the message says why and the way out."""


def read_outlines(folder: Path, areas: Collection[str]) -> Outlines:
    """The outlines in every .geojson file of a folder, in the order of their names; of the areas that the warehouse knows.

    A file is a FeatureCollection of polygons in longitude and latitude, each with the property area_id.
    """
    rings: dict[str, Sequence[Ring]] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.geojson")) if folder.is_dir() else ():
        try:
            features = _features(path)
        except (OSError, ValueError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        for number, feature in enumerate(features, start=1):
            try:
                area, outline = _outline(feature, areas)
                if area in rings:
                    raise _FeatureError(f"property {PROPERTY}: {area!r} has an outline already; keep one of them")
                rings[area] = outline
            except _FeatureError as error:
                problems.append(f"{path.name}, feature {number}, {error}")
    return Outlines(rings, problems)


def _features(path: Path) -> Sequence[Any]:
    """Raises ValueError with what is wrong with the file as a whole."""
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"larger than {LARGEST_FILE // 1_000_000} MB; simplify the outlines before (QGIS: Vector, Geometry Tools, Simplify)")
    try:
        read = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"not JSON in UTF-8 ({error}); export it as GeoJSON again") from error
    features = read.get("features") if isinstance(read, dict) and read.get("type") == "FeatureCollection" else None
    if not isinstance(features, list):
        raise ValueError("not a GeoJSON FeatureCollection; export the layer as GeoJSON, not a single geometry or TopoJSON")
    return features


def _outline(feature: Any, areas: Collection[str]) -> tuple[str, list[Ring]]:
    """(area, its rings) of a feature. Raises _FeatureError."""
    feature = feature if isinstance(feature, dict) else {}
    properties = feature.get("properties")
    area = properties.get(PROPERTY) if isinstance(properties, dict) else None
    if area is None:
        named = ", ".join(sorted(map(str, properties)))[:200] if isinstance(properties, dict) and properties else "none"
        raise _FeatureError(f"property {PROPERTY}: missing (there are: {named}); add it, with an area_id of seed areas")
    if not isinstance(area, str) or area not in areas:
        raise _FeatureError(f"property {PROPERTY}: {str(area)[:60]!r} is no area of the warehouse; use an area_id of seed areas, such as swindon_cpt")
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise _FeatureError(f"geometry of {area}: {kind or 'missing'}; an area needs a Polygon or a MultiPolygon")
    polygons = geometry.get("coordinates")
    polygons = [polygons] if kind == "Polygon" else polygons
    try:
        rings = [tuple((float(x), float(y)) for x, y, *_ in ring) for polygon in polygons for ring in polygon]
    except (TypeError, ValueError) as error:
        raise _FeatureError(f"geometry of {area}: coordinates that are no pairs of numbers; export the layer again") from error
    rings = [ring for ring in rings if len(ring) >= 4]
    if not rings:
        raise _FeatureError(f"geometry of {area}: no ring of four corners or more; draw the area or leave the feature out")
    if not all(math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90 for ring in rings for x, y in ring):
        raise _FeatureError(
            f"geometry of {area}: coordinates that are no longitude and latitude; export it in WGS 84 (EPSG:4326), not the British National Grid"
        )
    return area, rings


# ---- onto the drawing


@dataclass(frozen=True)
class Drawn:
    """Outlines on a drawing: its size, the rings of each area, and where the name of each stands."""

    width: float
    height: float
    rings: Mapping[str, Sequence[Ring]]
    middles: Mapping[str, Point]


def drawn(rings: Mapping[str, Sequence[Ring]]) -> Drawn:
    """Project the outlines of these areas onto one drawing, with no more than MOST_CORNERS corners.

    Corners are put on a grid that is as fine as the bound allows, so that neighbours keep their common borders.
    """
    every = [point for outline in rings.values() for ring in outline for point in ring]
    west, east = min(x for x, _ in every), max(x for x, _ in every)
    south, north = min(y for _, y in every), max(y for _, y in every)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = SIZE / (max((east - west) * narrow, north - south) or 1)
    placed = {
        area: [tuple(((x - west) * narrow * scale, (north - y) * scale) for x, y in ring) for ring in outline] for area, outline in rings.items()
    }
    step = 0.5
    while True:
        simple = {area: [thin for ring in outline if len(thin := _on_grid(ring, step)) >= 4] for area, outline in placed.items()}
        if sum(len(ring) for outline in simple.values() for ring in outline) <= MOST_CORNERS or step > SIZE / 8:
            break
        step *= 1.5
    # an area that is smaller than the grid keeps a mark where it lies
    kept = {area: outline or [_square(placed[area][0][0], step)] for area, outline in simple.items()}
    middles = {area: _middle(max(outline, key=lambda ring: abs(_surface(ring)))) for area, outline in kept.items()}
    return Drawn((east - west) * narrow * scale, (north - south) * scale, kept, middles)


def _on_grid(ring: Ring, step: float) -> Ring:
    """The corners of a ring on the grid, each once, without those on a straight line between their neighbours."""
    corners: list[Point] = []
    for x, y in ring:
        corner = (round(x / step) * step, round(y / step) * step)
        if corners and corner == corners[-1]:
            continue
        while len(corners) >= 2 and _turn(corners[-2], corners[-1], corner) == 0:
            corners.pop()
        corners.append(corner)
    return tuple(corners)


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _square(corner: Point, size: float) -> Ring:
    x, y = corner
    return ((x, y), (x + size, y), (x + size, y + size), (x, y + size))


def _pairs(ring: Ring) -> Iterator[tuple[Point, Point]]:
    return zip(ring, (*ring[1:], ring[0]), strict=True)


def _surface(ring: Ring) -> float:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in _pairs(ring)) / 2


def _middle(ring: Ring) -> Point:
    """The centre of a ring's surface; of its corners where it has none."""
    surface = _surface(ring)
    if not surface:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    x = sum((x0 + x1) * (x0 * y1 - x1 * y0) for (x0, y0), (x1, y1) in _pairs(ring)) / (6 * surface)
    y = sum((y0 + y1) * (x0 * y1 - x1 * y0) for (x0, y0), (x1, y1) in _pairs(ring)) / (6 * surface)
    return x, y
