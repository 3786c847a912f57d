"""Maps: outlines from a user's GeoJSON, feature by feature, simplified to a bounded size; tiles until there are outlines."""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ET

import pytest

from pipelines.report import outlines
from pipelines.report.area_map import Place, area_map, tile_cells
from pipelines.report.plane import Figure

AREAS = {"swindon_cpt", "devizes_cpt", "salisbury_cpt"}
SQUARE = [[-1.9, 51.5], [-1.7, 51.5], [-1.7, 51.6], [-1.9, 51.6], [-1.9, 51.5]]


def feature(area: object = "swindon_cpt", kind: str = "Polygon", coordinates: object = None, **properties: object) -> dict[str, object]:
    named = {"area_id": area} if area is not None else {}
    return {
        "type": "Feature",
        "properties": named | properties,
        "geometry": {"type": kind, "coordinates": [SQUARE] if coordinates is None else coordinates},
    }


def read(tmp_path, *features: object, name: str = "teams.geojson") -> outlines.Outlines:
    (tmp_path / name).write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return outlines.read_outlines(tmp_path, AREAS)


def test_outlines_of_polygons_and_of_islands_and_holes(tmp_path):
    island = [[x - 1, y - 1] for x, y in SQUARE]
    got = read(tmp_path, feature(), feature("devizes_cpt", "MultiPolygon", [[SQUARE, island], [island]]))
    assert got.problems == []
    assert {area: len(rings) for area, rings in got.rings.items()} == {"swindon_cpt": 1, "devizes_cpt": 3}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (feature(None, NAME="Swindon"), "property area_id: missing (there are: NAME); add it"),
        (feature("swindon"), "property area_id: 'swindon' is no area of the warehouse; use an area_id of seed areas"),
        (feature(7), "property area_id: '7' is no area of the warehouse"),
        (feature(kind="Point", coordinates=[0, 51]), "geometry of swindon_cpt: Point; an area needs a Polygon"),
        (feature() | {"geometry": None}, "geometry of swindon_cpt: missing"),
        (feature(coordinates=[[["a", 1]] * 4]), "coordinates that are no pairs of numbers; export the layer again"),
        (feature(coordinates=[SQUARE[:3]]), "no ring of four corners or more"),
        (feature(coordinates=[[[415000, 185000]] * 4]), "no longitude and latitude; export it in WGS 84 (EPSG:4326), not the British National Grid"),
        (feature("devizes_cpt"), "property area_id: 'devizes_cpt' has an outline already; keep one of them"),
        ("no feature", "property area_id: missing (there are: none)"),
    ],
)
def test_a_feature_that_is_wrong_is_named_with_the_way_out_and_left_out_alone(tmp_path, wrong, said):
    got = read(tmp_path, feature("devizes_cpt"), wrong)
    (problem,) = got.problems
    assert problem.startswith("teams.geojson, feature 2, ")
    assert said in problem
    assert set(got.rings) == {"devizes_cpt"}


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "not JSON in UTF-8"), ("[]", "not a GeoJSON FeatureCollection"), ('{"type": "Topology"}', "not a single geometry or TopoJSON")],
)
def test_a_file_that_is_wrong_leaves_the_others(tmp_path, text, said):
    (tmp_path / "a.geojson").write_text(text, encoding="utf-8")
    got = read(tmp_path, feature())
    (problem,) = got.problems
    assert problem.startswith("a.geojson: ")
    assert said in problem
    assert set(got.rings) == {"swindon_cpt"}


def test_a_folder_that_is_not_there_has_no_outlines(tmp_path):
    assert outlines.read_outlines(tmp_path / "maps", AREAS) == outlines.Outlines({}, [])


def test_fine_outlines_are_simplified_to_a_bounded_size_and_neighbours_keep_their_border():
    border = [(-1.8 + 0.01 * math.sin(n / 40), 51.0 + n / 20_000) for n in range(10_000)]
    west = (*border, (-2.5, 51.5), (-2.5, 51.0), border[0])
    east = (*border[::-1], (-1.0, 51.0), (-1.0, 51.5), border[-1])
    got = outlines.drawn({"swindon_cpt": [west], "devizes_cpt": [east]})
    corners = {area: {point for ring in rings for point in ring} for area, rings in got.rings.items()}
    assert sum(len(c) for c in corners.values()) <= outlines.MOST_CORNERS
    assert max(got.width, got.height) == pytest.approx(outlines.SIZE)
    assert len(corners["swindon_cpt"] & corners["devizes_cpt"]) > 20
    assert got.middles["swindon_cpt"][0] < got.middles["devizes_cpt"][0]


def test_an_area_smaller_than_the_grid_keeps_a_mark():
    speck = tuple((x / 1e7, y / 1e7) for x, y in SQUARE)
    got = outlines.drawn({"swindon_cpt": [speck], "devizes_cpt": [tuple(map(tuple, SQUARE))]})
    assert got.rings["swindon_cpt"][0]


def places() -> list[Place]:
    return [
        Place(area, Figure(area.replace("_cpt", " team").title(), f'data-key="{area}"'), f"{area}.html", Figure("5"), 0.5, "■ concern")
        for area in AREAS
    ]


@pytest.mark.parametrize("rings", [{}, {area: [tuple((x + n, y) for x, y in SQUARE)] for n, area in enumerate(sorted(AREAS))}])
def test_every_area_of_a_map_is_a_link_with_its_name_figure_and_word(rings):
    drawing = str(area_map(places(), rings, {"swindon_cpt": (1, 0)}, "Map"))
    root = ET.fromstring(drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    links = {link.get("href"): " ".join("".join(link.itertext()).split()) for link in root.iter("{http://www.w3.org/2000/svg}a")}
    assert links == {f"{place.area_id}.html": f"{place.name.text} 5■ concern" for place in places()}
    assert root.get("role") == "group"
    assert root.get("aria-label") == "Map"


def test_outlines_of_some_areas_only_leave_the_tiles():
    drawing = str(area_map(places(), {"swindon_cpt": [tuple(map(tuple, SQUARE))]}, {}, "Map"))
    assert len(re.findall(r"h112v112h-112z", drawing)) == 3


def test_tiles_stand_where_they_are_laid_out_and_the_rest_below_apart():
    cells = tile_cells(["a", "b", "c", "d", "e", "f"], {"a": (1, 0), "b": (1, 0), "c": (0, 2)})
    assert cells["a"] == (1, 0)
    assert cells["c"] == (0, 2)
    assert len(set(cells.values())) == 6
    assert all(row >= 3 for area, (_, row) in cells.items() if area not in "ac")
