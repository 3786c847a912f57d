"""Charts: well-formed SVG with a text alternative, signals that can be told apart without colour, and axes in round numbers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines.report import charts, icons, palette, place_charts, risk_map, units
from pipelines.report.charts import Bar, Event
from pipelines.report.place_charts import Estimate, Limits, Place, Week
from pipelines.report.plane import Figure, Label, Point
from pipelines.report.risk_map import Mark
from pipelines.report.site.pages.measure_charts import weeks

SVG = "{http://www.w3.org/2000/svg}"


def month(ahead: int) -> date:
    return date(2020 + ahead // 12, ahead % 12 + 1, 1)


def series(n: int = 40, **changes: object) -> list[Point]:
    kinds = [None, "common_cause", "improvement_low", "concern_high", "neutral_high"]
    return [
        Point(month(i), 100.0 + i % 7, 103.0, 95.0, 111.0, phase=1 + (i >= 20), variation=kinds[i % 5], is_excluded=i == 9, target=99.0)
        for i in range(n)
        if i != changes.get("without")
    ]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


LABEL = Label("Calls & <logs>", "Seventy-nine months")
EVERY = {
    "spc": charts.spc_chart(series(), "count", LABEL, [Event(month(5), "A")]),
    "spc of nothing": charts.spc_chart([], "count", LABEL),
    "spc of one month": charts.spc_chart(series(1), "seconds", LABEL),
    "days between": charts.between_chart([replace(p, lower=None) for p in series(30)], LABEL),
    "spark": charts.sparkline(series(), LABEL, Figure("104")),
    "small": charts.small_chart(series(), "count", LABEL, Figure("104")),
    "week": place_charts.week_chart(Week({(day, hour): hour / 24 for day in range(1, 8) for hour in range(24)}, 1.0), LABEL),
    "strip": place_charts.peers_strip({"a": 1.0, "b": 2.0, "c": 4.0}, "b"),
    "estimates": place_charts.estimates_chart(
        [Estimate("force", 76.9, 3.6, Figure("76.9%")), Estimate("group", 72.8, None, Figure("73%"))], "pct", LABEL
    ),
    "lines": charts.line_chart([("raw", series()), ("adjusted", series(30))], "pct", LABEL),
    "bars": charts.bars([Bar("Swindon", 3, "3"), Bar("County", -2, "-2")], LABEL),
    "heat": risk_map.heat_map([Mark("A", 4, 5, before=(3, 5)), Mark("B", 4, 5)], LABEL),
    "variation": icons.variation_icon("concern_high"),
    "assurance": icons.assurance_icon("fail"),
}


@pytest.mark.parametrize("name", EVERY)
def test_a_chart_is_an_image_with_a_text_alternative(name):
    root = parsed(EVERY[name])
    assert root.get("role") == "img"
    first = next(iter(root))
    assert first.tag == f"{SVG}title"
    assert first.text


def test_icons_can_be_told_apart_without_colour():
    def grey(svg: str) -> str:
        return re.sub(r"#[0-9a-f]{3,6}|<title>.*?</title>", "", svg)

    drawn = {kind: grey(icons.variation_icon(kind)) for kind in icons.VARIATION_WORDS} | {
        kind: grey(icons.assurance_icon(kind)) for kind in icons.ASSURANCE_WORDS
    }
    assert all(a != b for a, b in combinations(drawn.values(), 2))


def test_signals_on_a_chart_differ_in_shape():
    def drawn(kind: str) -> str:
        return re.sub(r"#[0-9a-f]{3,6}", "", charts.spc_chart([Point(month(i), 1.0 + i, variation=kind) for i in range(3)], "count", LABEL))

    kinds = ("improvement_low", "concern_low", "neutral_low", "common_cause")
    assert all(drawn(a) != drawn(b) for a, b in combinations(kinds, 2))


def test_no_icon_for_a_series_without_one():
    assert icons.variation_icon(None) == ""
    assert icons.assurance_icon(None) == ""


def test_a_chart_names_its_latest_value_and_says_where_its_points_lie():
    chart = charts.spc_chart(series(12, without=5), "count", LABEL, latest=Figure("104", 'data-col="value"'))
    places = [tuple(map(float, pair.split(","))) for pair in parsed(chart).get("data-points").split(" ")]
    line = next(p.get("d") for p in parsed(chart).iter(f"{SVG}path") if p.get("stroke") == palette.LINE)
    assert places == [pytest.approx((float(x), float(y)), abs=0.51) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", line)]
    (named,) = [t for t in parsed(chart).iter(f"{SVG}text") if t.get("data-col") == "value"]
    assert named.text == "104"
    assert "data-points" not in charts.spc_chart(series(12), "count", LABEL)


def test_small_charts_of_one_scale_can_be_compared():
    def ticks(scale: tuple[float, float] | None) -> list[str]:
        root = parsed(charts.small_chart(series(), "count", LABEL, Figure("104"), scale=scale))
        return [t.text for t in root.iter(f"{SVG}text") if t.get("class") == "axis" and t.get("text-anchor") == "end"]

    assert ticks((0, 400)) == ["0", "400"]
    assert ticks(None) != ticks((0, 400))


def test_an_area_lies_between_the_lowest_and_the_highest_of_its_kind():
    def place(own: str) -> float:
        return float(next(parsed(place_charts.peers_strip({"a": 1.0, "b": 2.0, "c": 4.0}, own)).iter(f"{SVG}circle")).get("cx"))

    assert place("a") < place("b") < (place("a") + place("c")) / 2 < place("c")


def test_an_estimate_is_drawn_with_its_interval():
    def whiskers(margin: float | None) -> int:
        root = parsed(place_charts.estimates_chart([Estimate("force", 50.0, margin, Figure("50.0%"))], "pct", LABEL))
        return sum(p.get("stroke-width") == "2" for p in root.iter(f"{SVG}path"))

    assert (whiskers(3.0), whiskers(None)) == (1, 0)


def test_a_missing_month_breaks_the_line():
    whole, broken = charts.spc_chart(series(12), "count", LABEL), charts.spc_chart(series(12, without=5), "count", LABEL)

    def line(svg: str) -> str:
        return next(p.get("d") for p in parsed(svg).iter(f"{SVG}path") if p.get("stroke") == palette.LINE)

    assert line(whole).count("M") == 1
    assert line(broken).count("M") == 2


def test_limits_never_cross_a_phase():
    svg = charts.spc_chart(series(), "count", LABEL)
    means = [p for p in parsed(svg).iter(f"{SVG}path") if p.get("stroke") == palette.INK and p.get("stroke-width") == "1.2"]
    assert len(means) == 2


def test_an_adjusted_line_stands_thinner_behind_the_published_one_and_flags_sit_on_the_published_points():
    points = [Point(month(i), 100.0 + 20 * (i % 12 > 5), 110.0, 95.0, 125.0, variation="concern_high", adjusted=110.0 + i % 3) for i in range(24)]
    paths = list(parsed(charts.spc_chart(points, "count", LABEL)).iter(f"{SVG}path"))
    published = next(i for i, p in enumerate(paths) if p.get("stroke") == palette.LINE)
    adjusted = next(i for i, p in enumerate(paths) if p.get("stroke") == palette.SOFT and p.get("stroke-width") == ".8")
    assert adjusted < published, "behind it"
    assert float(paths[adjusted].get("stroke-width")) < float(paths[published].get("stroke-width"))
    tops = re.findall(r"[ML]([\d.]+) ([\d.]+)", paths[published].get("d"))
    squares = next(p.get("d") for p in paths if p.get("fill") == palette.CONCERN)
    flags = [float(side) + 4.2 for corner in re.findall(r"M([\d.]+) ([\d.]+)", squares) for side in corner]
    assert flags == pytest.approx([float(side) for point in tops for side in point], abs=0.11)
    assert "season removed" in charts.spc_chart(points, "count", LABEL)
    assert "season removed" not in charts.spc_chart(series(), "count", LABEL)


def test_a_dotted_line_marks_a_rebase_and_not_the_move_of_a_window():
    def dotted(rebases: int) -> int:
        points = [Point(month(i), 100.0 + i % 7, 103.0, 95.0, 111.0, phase=1 + i // 12, rebase_no=rebases * (i > 20)) for i in range(36)]
        return charts.spc_chart(points, "count", LABEL).count('stroke-dasharray="2 3"')

    assert (dotted(0), dotted(1)) == (0, 1)


@pytest.mark.parametrize(
    ("low", "high", "unit", "expected"),
    [
        (0, 98, "pct", (0, 20, 40, 60, 80, 100)),
        (0, 410, "seconds", (0, 120, 240, 360, 480)),
        (3100, 3900, "count", (3000, 3200, 3400, 3600, 3800, 4000)),
        (0, 3, "count", (0, 1, 2, 3)),
        (5, 5, "count", (5, 6)),
    ],
)
def test_axes_have_round_numbers(low, high, unit, expected):
    ticks = units.nice_ticks(low, high, unit)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    if unit != "seconds":
        assert ticks == expected


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0, "seconds", "0s"), (300, "seconds", "5m"), (5400, "seconds", "1h 30m"), (40, "pct", "40%"), (1000, "count", "1,000"), (2.5, "per_1k", "2.5")],
)
def test_ticks_are_short(value, unit, text):
    assert units.axis_text(value, unit) == text


@pytest.mark.parametrize("unit", ["count", "pct", "seconds", "per_1k"])
@pytest.mark.parametrize("value", [0.0, 1e-9, 0.3, 100.0, 86400.0, -4.0])
def test_a_series_that_does_not_vary_can_be_drawn(value, unit):
    for wobble in (0.0, 1e-13):
        points = [Point(month(i), value + wobble * (i % 2), value, value, value) for i in range(13)]
        parsed(charts.spc_chart(points, unit, LABEL))
        parsed(charts.sparkline(points, LABEL))


def test_style_sheets_and_slides_take_their_colours_from_the_palette():
    root = Path(palette.__file__).parent
    for path in (root / "site/assets/site.css", root / "highlight/templates/report.css"):
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"#[0-9a-f]{3,8}\b", text)) <= {"#fff", "#000", "#0002"}, path.name
        assert set(re.findall(r"var\((--[a-z-]+)\)", text)) <= set(re.findall(r"(--[a-z-]+):", palette.css_variables())), path.name
    with zipfile.ZipFile(root / "highlight/templates/slides.pptx") as template:
        theme = template.read("ppt/theme/theme1.xml").decode()
    colours = dict(re.findall(r'<a:(dk2|lt2|accent[1-4])>\s*<a:srgbClr val="(\w+)"', theme))
    expected = (palette.BRAND, palette.PALE, palette.BRAND, palette.IMPROVEMENT, palette.CONCERN, palette.NEUTRAL)
    assert [f"#{colours[name].lower()}" for name in ("dk2", "lt2", "accent1", "accent2", "accent3", "accent4")] == list(expected)


FUNNEL = [Limits(n, 10.0, 10 - 90 / n**0.5, 10 - 60 / n**0.5, 10 + 60 / n**0.5, 10 + 90 / n**0.5) for n in (100.0, 225.0, 400.0)]
PLACES = [
    Place(Figure("Devizes"), 110, 10.2, "within expected range"),
    Place(Figure("Amesbury"), 112, 10.4, "within expected range"),
    Place(Figure("Salisbury"), 200, 15.0, "alert high"),
    Place(Figure("Swindon", 'data-col="area_name"'), 390, 3.0, "alarm low"),
]


def test_places_lie_in_their_funnel_each_named_apart_and_told_apart_without_colour():
    chart = parsed(place_charts.funnel_chart(PLACES, FUNNEL, "pct", "Size", LABEL))
    spots = [tuple(map(float, pair.split(","))) for pair in chart.get("data-points").split(" ")]
    assert [x for x, _ in spots] == sorted(x for x, _ in spots)
    assert spots[3][1] > spots[0][1] > spots[2][1]  # lower values lie lower on the drawing
    names = {t.text: t for t in chart.iter(f"{SVG}text") if t.text in {p.name.text for p in PLACES}}
    assert len(names) == len(PLACES)
    assert names["Swindon"].get("data-col") == "area_name"
    assert abs(float(names["Devizes"].get("y")) - float(names["Amesbury"].get("y"))) >= 12
    outlines = [re.sub(r"^M[\d.]+ [\d.]+", "", p.get("d")) for p in chart.iter(f"{SVG}path") if p.get("stroke") == palette.INK and "z" in p.get("d")]
    assert len(outlines) == 2  # the square and the triangle; circles have no corners
    assert len(set(outlines)) == 2


def test_the_same_figures_adjusted_are_a_line_that_a_reader_can_hide():
    points = series(12)
    beside = charts.Beside("adjusted", {p.month: 90.0 for p in points[3:]}, {})
    chart = parsed(charts.spc_chart(points, "count", LABEL, beside=beside))
    hidden = [element for element in chart.iter() if element.get("class") == "other"]
    assert [element.tag.removeprefix(SVG) for element in hidden] == ["path", "text"]
    assert hidden[0].get("d").count("L") == 8
    assert hidden[1].text == "adjusted"
    assert not [element for element in parsed(charts.spc_chart(points, "count", LABEL)).iter() if element.get("class") == "other"]


def test_a_revised_month_shows_what_was_first_published_where_the_two_differ():
    points = series(12)
    said = {points[4].month: points[4].value + 6, points[5].month: points[5].value}
    chart = parsed(charts.spc_chart(points, "count", LABEL, latest=Figure("104"), first_said=said))
    (mark,) = [path for path in chart.iter(f"{SVG}path") if path.get("class") == "first-said"]
    x, y = map(float, chart.get("data-points").split(" ")[4].split(","))
    at_x, at_y = map(float, re.match(r"M([\d.]+) ([\d.]+)", mark.get("d")).groups())
    assert at_x == pytest.approx(x, abs=0.6)
    assert at_y < y  # it was higher


def test_a_side_on_which_nothing_happened_has_no_map_of_the_week():
    """A line that a force does not have, or that it has given up."""
    hours = [(day, hour) for day in range(1, 8) for hour in range(24)]

    def side(window: str, share: float | None) -> list[SimpleNamespace]:
        return [SimpleNamespace(event_id="model", window_name=window, local_weekday=day, local_hour=hour, share_pct=share) for day, hour in hours]

    assert weeks([*side("before", None), *side("after", None)]) == []
    [(rows, chart)] = weeks([*side("before", 100 / 168), *side("after", None)])
    assert {row.window_name for row in rows} == {"before"}
    assert "<svg" in chart
