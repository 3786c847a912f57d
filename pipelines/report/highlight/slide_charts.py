"""Native, editable charts of the slides."""

from __future__ import annotations

from typing import cast

from lxml import etree
from pptx.chart.axis import DateAxis
from pptx.chart.chart import Chart as NativeChart
from pptx.chart.data import ChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.util import Inches, Pt

from pipelines.report.highlight.cells import plain
from pipelines.report.highlight.model import Chart
from pipelines.report.highlight.slide_text import FONT, Paragraph, lines_of, rgb, text_box
from pipelines.report.palette import BRAND, CONCERN, GRID, IMPROVEMENT, INK, LINE, NEUTRAL, OUTLINES, SERIES, SOFT, TARGET
from pipelines.report.units import axis_format, cell_number, nice_ticks, number_format


def _number(value: float | None, unit: str) -> float | None:
    return None if value is None else cell_number(value, unit)


def chart_frame(slide: Slide, chart: Chart, x: float, y: float, w: float, h: float) -> None:
    """A native chart under its caption. Signals are series of their own, so that a legend, a filter and a screen reader can name them."""
    note = plain(chart.note)
    caption: Paragraph = [(plain(chart.title), 1.0, True, INK), (f"  {note}" if note else "", 0.88, False, SOFT)]
    lines = lines_of(caption, w, 8.5)
    text_box(slide, [caption], x, y, w, 0.145 * lines, 8.5)
    data = ChartData()
    numbers: list[float] = []

    def add(name: str, values: list[float | None]) -> None:
        numbers.extend(value for value in values if value is not None)
        data.add_series(name, [_number(value, chart.unit) for value in values])

    if chart.kind == "bars":
        data.categories = [bar.label if isinstance(bar.label, str) else bar.label.text for bar in chart.bars]
        add(plain(chart.title), [bar.value for bar in chart.bars])
        kind = XL_CHART_TYPE.BAR_CLUSTERED
    elif chart.kind == "spc":
        data.categories = [point.month for point in chart.points]
        add("published", [point.value for point in chart.points])
        if any(point.adjusted is not None for point in chart.points):
            add("season removed", [point.adjusted for point in chart.points])
        add("mean", [point.mean for point in chart.points])
        add("upper limit", [point.upper for point in chart.points])
        add("lower limit", [point.lower for point in chart.points])
        if any(point.target is not None for point in chart.points):
            add("target", [point.target for point in chart.points])
        for name, colour in SIGNALS.items():
            if any(point.colour == colour for point in chart.points):
                add(name, [point.value if point.colour == colour else None for point in chart.points])
        kind = XL_CHART_TYPE.LINE_MARKERS
    else:
        months = sorted({point.month for _, points in chart.series for point in points})
        data.categories = months
        for name, points in chart.series:
            known = {point.month: point.value for point in points}
            add(name, [known.get(month) for month in months])
        kind = XL_CHART_TYPE.LINE_MARKERS
    # python-pptx declares the chart, and returns the shape that holds it
    frame = cast("GraphicFrame", slide.shapes.add_chart(kind, Inches(x), Inches(y + 0.145 * lines), Inches(w), Inches(h - 0.145 * lines), data))
    frame.name = f"Chart: {plain(chart.title)}"
    drawn = frame.chart
    drawn.font.size, drawn.font.name = Pt(7.5), FONT
    drawn.font.color.rgb = rgb(SOFT)
    drawn.has_title = False
    drawn.has_legend = chart.kind == "lines" and len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.include_in_layout = False
        drawn.legend.position = XL_LEGEND_POSITION.BOTTOM
        drawn.legend.font.size = Pt(7.5)
    if chart.kind == "bars":
        _bar_style(drawn, chart)
    else:
        _line_style(drawn, chart, numbers)


def _bar_style(drawn: NativeChart, chart: Chart) -> None:
    plot = drawn.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = number_format(chart.unit), False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size = Pt(7.5)
    plot.series[0].format.fill.solid()
    plot.series[0].format.fill.fore_color.rgb = rgb(BRAND)
    for n, bar in enumerate(chart.bars):
        if " per " in bar.cell.text:  # a small rate is said on a larger base, as everywhere else
            frame = plot.series[0].points[n].data_label.text_frame
            frame.text, frame.word_wrap = bar.cell.text, False
            frame.paragraphs[0].font.size = Pt(7.5)
    if any(bar.margin for bar in chart.bars):
        _intervals(drawn, chart)
    drawn.category_axis.reverse_order = True
    drawn.category_axis.format.line.color.rgb = rgb(SOFT)
    drawn.category_axis.major_tick_mark = XL_TICK_MARK.NONE
    drawn.category_axis.tick_labels.font.size = Pt(7.5)
    drawn.value_axis.visible = False
    drawn.value_axis.has_major_gridlines = False
    drawn.value_axis.minimum_scale = 0


def _intervals(drawn: NativeChart, chart: Chart) -> None:
    """The margins of estimates as error bars, which python-pptx does not know; values stand at the foot of their bars, clear of them."""
    margins = [_number(bar.margin or 0.0, chart.unit) for bar in chart.bars]
    points = "".join(f'<c:pt idx="{n}"><c:v>{margin}</c:v></c:pt>' for n, margin in enumerate(margins))
    listed = f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(margins)}"/>{points}</c:numLit>'
    bars = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"<c:plus>{listed}</c:plus><c:minus>{listed}</c:minus>"
        f'<c:spPr><a:ln w="15875"><a:solidFill><a:srgbClr val="{CONCERN[1:]}"/></a:solidFill></a:ln></c:spPr></c:errBars>'
    )
    drawn.plots[0].series[0]._element.find(qn("c:cat")).addprevious(bars)
    labels = drawn.plots[0].data_labels
    labels.position = XL_LABEL_POSITION.INSIDE_BASE
    labels.font.color.rgb = rgb("#ffffff")


SIGNALS = {"improvement": IMPROVEMENT, "concern": CONCERN, "neither way is better": NEUTRAL}
MARKERS = {"improvement": XL_MARKER_STYLE.CIRCLE, "concern": XL_MARKER_STYLE.SQUARE, "neither way is better": XL_MARKER_STYLE.TRIANGLE}


def _line_style(drawn: NativeChart, chart: Chart, numbers: list[float]) -> None:
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    ticks = nice_ticks(0.0 if low >= 0 and low < 0.45 * high else low, high, chart.unit, about=4)
    axis = drawn.value_axis
    axis.minimum_scale, axis.maximum_scale = _number(ticks[0], chart.unit), _number(ticks[-1], chart.unit)
    axis.major_unit = _number(ticks[1] - ticks[0], chart.unit)
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = axis_format(chart.unit, ticks), False
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = rgb(GRID)
    axis.format.line.fill.background()
    axis.major_tick_mark = XL_TICK_MARK.NONE
    months = drawn.category_axis
    months.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    months.format.line.color.rgb = rgb(SOFT)
    months.major_tick_mark = XL_TICK_MARK.NONE
    months.has_major_gridlines = False
    months.tick_labels.number_format, months.tick_labels.number_format_is_linked = "mmm yy", False
    _every_months(months, 6)
    styles: dict[str, tuple[str, float, MSO_LINE | None]] = {
        "published": (LINE, 1.25, None),
        "season removed": (SOFT, 0.5, None),
        "mean": (INK, 1.25, None),
        "upper limit": (SOFT, 0.75, MSO_LINE.DASH),
        "lower limit": (SOFT, 0.75, MSO_LINE.DASH),
        "target": (TARGET, 1.25, MSO_LINE.DASH_DOT),
    }
    for n, series in enumerate(drawn.plots[0].series):
        colour, width, dash = (
            styles.get(series.name, (SERIES[n % 4][0], 2.0, MSO_LINE.DASH if n % 2 else None))
            if chart.kind == "spc"
            else (SERIES[n % 4][0], 2.0, MSO_LINE.DASH if n % 2 else None)
        )
        series.smooth = False
        series.format.line.color.rgb = rgb(colour)
        series.format.line.width = Pt(width)
        if dash is not None:
            series.format.line.dash_style = dash
        if series.name not in MARKERS:
            series.marker.style = XL_MARKER_STYLE.NONE
            continue
        series.format.line.fill.background()
        signal = SIGNALS[series.name]
        series.marker.style, series.marker.size = MARKERS[series.name], 5
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = rgb(signal)
        series.marker.format.line.color.rgb = rgb(OUTLINES[signal])


def _every_months(axis: DateAxis, months: int) -> None:
    """A label every so many months; python-pptx has no way to say it."""
    element = axis._element
    for name in ("c:baseTimeUnit", "c:majorUnit", "c:majorTimeUnit"):
        for old in element.findall(qn(name)):
            element.remove(old)
    text = element.find(qn("c:txPr"))
    if text is not None:
        text.find(qn("a:bodyPr")).set("rot", "0")
    for name, value in (("c:baseTimeUnit", "months"), ("c:majorUnit", str(months)), ("c:majorTimeUnit", "months")):
        etree.SubElement(element, qn(name)).set("val", value)
