"""The report as one HTML page: opens from a file share, reads on a phone, prints as slides. The PDF is made of the same page."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from pipelines.report import charts, icons, palette, plane
from pipelines.report.formatting import MARKING, date_text
from pipelines.report.governance_map import Box, Link, map_drawing
from pipelines.report.highlight.cells import Cell, Part, plain
from pipelines.report.highlight.model import MOST_TO_WATCH, Arrow, Chart, Node, Report
from pipelines.report.trace import cell as row_cell
from pipelines.report.trace import column, origin, text

CHART_WIDTH, CHART_HEIGHT = 430, 200
STATE_MARKS = {"overdue": "!", "at risk": "△", "on track": "●", "complete": "✓", "no date": "?"}
TONE_MARKS = {tone: f"{mark} {words}" if words else "" for tone, (_, _, mark, words) in palette.TONES.items()}


def render(report: Report, for_print: bool = False) -> str:
    """The page as text; for print, without the parts that are folded away on a screen."""
    environment = Environment(
        loader=PackageLoader("pipelines.report.highlight"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "show": _words if for_print else show,
        "plain": plain,
        "draw": draw,
        "governance_drawing": governance_drawing,
        "row_cell": row_cell,
        "column": column,
        "origin": origin,
        "text": text,
        "date_text": date_text,
        "marking": MARKING,
        "most": MOST_TO_WATCH,
        "state_marks": STATE_MARKS,
        "tone_marks": TONE_MARKS,
        "chart_columns": chart_columns,
        "css": Markup(palette.css_variables() + files("pipelines.report.highlight").joinpath("templates", "report.css").read_text(encoding="utf-8")),
    }
    return environment.get_template("report.html.j2").render(report=report, for_print=for_print)


def show(parts: tuple[Part, ...] | Cell | None) -> Markup:
    """Parts as markup: words as they are, cells each with the attributes that trace it."""
    if parts is None:
        return Markup("")
    return Markup("").join(_part(part) for part in ((parts,) if isinstance(parts, Cell) else parts))


def _words(parts: tuple[Part, ...] | Cell | None) -> str:
    """The same for print, without trace attributes: the page is laid out in half the time."""
    return "" if parts is None else parts.text if isinstance(parts, Cell) else plain(parts)


def _part(part: Part) -> Markup:
    if isinstance(part, str):
        return escape(part)
    return Markup("<span {}>{}</span>").format(attributes(part), part.text)


def attributes(cell: Cell) -> Markup:
    """The attributes that trace a cell (pipelines/report/trace.py)."""
    return Markup('data-from="{}" data-key="{}" ').format(cell.table, cell.key) + column(cell.column, cell.form)


def draw(chart: Chart) -> Markup:
    """The chart as inline SVG."""
    title = next((part for part in chart.title if isinstance(part, Cell)), None)
    label = plane.Label(title.text if title else "", _description(chart), str(attributes(title)) if title else "")
    if chart.kind == "spc":
        return charts.spc_chart(chart.points, chart.unit, label, width=CHART_WIDTH, height=CHART_HEIGHT)
    if chart.kind == "lines":
        series = chart.series if len(chart.series) > 1 else [("", points) for _, points in chart.series]
        return charts.line_chart(series, chart.unit, label, width=CHART_WIDTH, height=CHART_HEIGHT)
    drawn = [
        charts.Bar(
            bar.label if isinstance(bar.label, str) else bar.label.text,
            bar.value,
            bar.cell.text,
            str(attributes(bar.cell)),
            "" if isinstance(bar.label, str) else str(attributes(bar.label)),
            bar.margin,
        )
        for bar in chart.bars
    ]
    # as wide as the longest label, and no wider: the bars have the rest
    return charts.bars(drawn, label, width=CHART_WIDTH, label_width=min(max(int(7.8 * len(bar.label)) for bar in drawn), CHART_WIDTH // 2))


def _description(chart: Chart) -> str:
    if chart.kind == "spc":
        variation = chart.points[-1].variation
        return icons.VARIATION_WORDS.get(variation or "", "The latest month is not judged")
    return "Line chart" if chart.kind == "lines" else "Bar chart"


def chart_columns(chart: Chart) -> list[tuple[str, str, str]]:
    """Heading, column and form of the table behind a chart; where it has several areas, their names stand before."""
    if chart.kind == "spc":
        mean = "centre" if "centre" in chart.rows[0] else "mean"
        names = (("month", "month"), ("value", "value"), ("mean", mean), ("lower limit", "lpl_display"), ("upper limit", "upl_display"))
        return [(head, name, "short month" if name == "month" else chart.unit) for head, name in names]
    heads = [("segment", "segment", "code")] if any(row.segment != "all" for row in chart.rows) else []
    return [*heads, ("period", "period_end", "period"), ("value", "value", chart.unit)]


def governance_drawing(nodes: tuple[Node, ...], arrows: tuple[Arrow, ...]) -> Markup:
    """The governance map as inline SVG."""
    boxes = [Box(node.node_id, node.name.text, node.kind.text, str(attributes(node.name))) for node in nodes]
    return map_drawing(boxes, [Link(arrow.from_node, arrow.to_node, arrow.relation.text) for arrow in arrows])
