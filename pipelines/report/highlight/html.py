"""The report as one HTML page: opens from a file share, reads on a phone, prints as slides. The PDF is made of the same page."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from pipelines.report import charts, icons
from pipelines.report.formatting import date_text
from pipelines.report.highlight.cells import Cell, Part, plain
from pipelines.report.highlight.model import Arrow, Chart, Node, Report
from pipelines.report.trace import cell as row_cell
from pipelines.report.trace import column, origin, text

CHART_WIDTH, CHART_HEIGHT = 430, 200
STATE_MARKS = {"overdue": "!", "at risk": "△", "on track": "●", "complete": "✓", "no date": "?"}
TONE_MARKS = {"improvement": "▲ improvement", "concern": "■ concern", "neutral": ""}


def render(report: Report, for_print: bool = False) -> str:
    """The page as text; for print without what is folded away on a screen."""
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
        "state_marks": STATE_MARKS,
        "tone_marks": TONE_MARKS,
        "chart_columns": chart_columns,
        "css": Markup(files("pipelines.report.highlight").joinpath("templates", "report.css").read_text(encoding="utf-8")),
    }
    return environment.get_template("report.html.j2").render(report=report, for_print=for_print)


def show(parts: tuple[Part, ...] | Cell | None) -> Markup:
    """Parts as markup: words as they are, cells each with the attributes that trace it."""
    if parts is None:
        return Markup("")
    return Markup("").join(_part(part) for part in ((parts,) if isinstance(parts, Cell) else parts))


def _words(parts: tuple[Part, ...] | Cell | None) -> str:
    """The same for paper, where nobody can follow an attribute: a page without them is laid out in half the time."""
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
    label = charts.Label(title.text if title else "", _description(chart), str(attributes(title)) if title else "")
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
        )
        for bar in chart.bars
    ]
    return charts.bars(drawn, label, width=CHART_WIDTH, label_width=170)


def _description(chart: Chart) -> str:
    if chart.kind == "spc":
        variation = chart.points[-1].variation
        return icons.VARIATION_WORDS.get(variation or "", "The latest month is not judged")
    return "Line chart" if chart.kind == "lines" else "Bar chart"


def chart_columns(chart: Chart) -> list[tuple[str, str, str]]:
    """Heading, column and form of the table behind a chart."""
    if chart.kind == "spc":
        names = (("month", "month"), ("value", "value"), ("mean", "mean"), ("lower limit", "lpl_display"), ("upper limit", "upl_display"))
        return [(head, name, "short month" if name == "month" else chart.unit) for head, name in names]
    row = chart.rows[0]
    heads = [("area", "area_id", "plain")] if "area_id" in row else []
    heads += [("segment", "segment", "code")] if any(r.segment != "all" for r in chart.rows) else []
    return [*heads, ("period", "period_end", "period"), ("value", "value", chart.unit)]


# ---- the governance map

BOX, GAP_X, GAP_Y, BOX_HEIGHT = 148, 40, 14, 46


def governance_drawing(nodes: tuple[Node, ...], arrows: tuple[Arrow, ...]) -> Markup:
    """The boxes of the governance map and the arrows between them."""
    columns = max((node.column for node in nodes), default=0) + 1
    rows = max((node.row for node in nodes), default=0) + 1
    width, height = columns * (BOX + GAP_X) - GAP_X + 4, rows * (BOX_HEIGHT + GAP_Y) + 4
    place = {}
    for node in nodes:
        in_column = sum(1 for other in nodes if other.column == node.column)
        top = (height - in_column * (BOX_HEIGHT + GAP_Y) + GAP_Y) / 2
        place[node.node_id] = (2 + node.column * (BOX + GAP_X), top + node.row * (BOX_HEIGHT + GAP_Y))
    parts = [
        Markup(
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
            '<path d="M0 0L8 4L0 8z" fill="#4b5b69"/></marker></defs>'
        )
    ]
    for arrow in arrows:
        (x0, y0), (x1, y1) = place[arrow.from_node], place[arrow.to_node]
        dash = Markup(' stroke-dasharray="4 3"') if arrow.relation.text == "holds to account" else Markup("")
        start, end = (x0 + BOX, x1) if x1 > x0 else (x0, x1 + BOX)
        bend = (end - start) / 2
        parts.append(
            Markup(
                '<path d="M{:.0f} {:.0f}C{:.0f} {:.0f} {:.0f} {:.0f} {:.0f} {:.0f}" fill="none" stroke="#4b5b69"{} marker-end="url(#tip)"/>'
            ).format(start, y0 + BOX_HEIGHT / 2, start + bend, y0 + BOX_HEIGHT / 2, end - bend, y1 + BOX_HEIGHT / 2, end, y1 + BOX_HEIGHT / 2, dash)
        )
    for node in nodes:
        x, y = place[node.node_id]
        parts.append(
            Markup('<rect x="{:.0f}" y="{:.0f}" width="{}" height="{}" rx="4" fill="{}" stroke="#12436d"/>').format(
                x, y, BOX, BOX_HEIGHT, KIND_FILLS.get(node.kind.text, "#fff")
            )
        )
        lines = wrapped(node.name.text, 22)
        first = y + BOX_HEIGHT / 2 + 4 - 7 * (len(lines) - 1)
        spans = []
        for n, line in enumerate(lines):
            ended = line if n == len(lines) - 1 else line + " "
            spans.append(Markup('<tspan x="{:.0f}" y="{:.0f}">{}</tspan>').format(x + BOX / 2, first + 14 * n, ended))
        words = Markup("").join(spans)
        parts.append(Markup('<text text-anchor="middle" font-size="12" fill="#1c2733" {}>{}</text>').format(attributes(node.name), words))
    return Markup('<svg class="chart map" role="img" viewBox="0 0 {:.0f} {:.0f}" {}><title>Governance and decision making</title>{}</svg>').format(
        width, height, Markup(charts.FONT), Markup("").join(parts)
    )


KIND_FILLS = {"board": "#e8f0f7", "body": "#12436d14", "plan": "#fdf3e1", "scorecard": "#e5f6fd", "report": "#f3f1f8", "framework": "#eef3ee"}


def wrapped(words: str, width: int) -> list[str]:
    """Words in lines of at most so many characters."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
