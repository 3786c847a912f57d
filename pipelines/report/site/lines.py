"""The small charts of the last months of scorecards' lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from pipelines.report.charts import points_of, small_chart, sparkline
from pipelines.report.formatting import cell_text
from pipelines.report.marts import Row
from pipelines.report.plane import Figure, Label
from pipelines.report.site.content import Content, Series
from pipelines.report.trace import column, origin

# Three years of each series that stands on a card, as its own chart judges it.
RECENT = """
with lines as (select distinct measure_id, area_id, segment, spc_chart from ({lines}))
select spc.measure_id, spc.area_id, spc.segment, spc.month, spc.value, spc.phase, spc.rebase_no, spc.is_excluded, spc.target,
    coalesce(other.centre, spc.mean) as mean, coalesce(other.lpl_display, spc.lpl_display) as lpl_display,
    coalesce(other.upl_display, spc.upl_display) as upl_display, coalesce(other.limits_status, spc.limits_status) as limits_status,
    tones.variation
from measures.measure_spc as spc
inner join lines on spc.measure_id = lines.measure_id and spc.area_id = lines.area_id and spc.segment = lines.segment
inner join measures.measure_tones as tones
    on spc.measure_id = tones.measure_id and spc.area_id = tones.area_id and spc.segment = tones.segment and last_day(spc.month) = tones.period_end
left join measures.spc_alternatives as other
    on spc.measure_id = other.measure_id and spc.area_id = other.area_id and spc.segment = other.segment and spc.month = other.month
    and other.chart = lines.spc_chart and other.chart in ('p_prime', 'u_prime')
qualify row_number() over (partition by spc.measure_id, spc.area_id, spc.segment order by spc.month desc) <= 36
order by spc.measure_id, spc.area_id, spc.segment, spc.month
"""


def recent(content: Content) -> dict[Series, list[Row]]:
    """The last months of every series on a card that has a monthly chart."""
    rows = content.marts.rows(RECENT.format(lines=content.lines_sql), table="measures.measure_spc")
    return {series: list(together) for series, together in groupby(rows, key=Series.of)}


def latest_figure(row: Row, unit: str, name: str = "value") -> Figure:
    """The latest point's value, for the end of its line."""
    return Figure(cell_text(row[name], row, unit), f"{origin(row)} {column(name, unit)}")


def spark_of(rows: Sequence[Row] | None, unit: str) -> Markup:
    """The sparkline of a card's line; nothing without months."""
    return sparkline(points_of(rows), Label("Trend of the last two years"), latest_figure(rows[-1], unit)) if rows else Markup("")


def small_chart_of(rows: Sequence[Row], unit: str, scale: tuple[float, float] | None = None) -> Markup:
    """The chart of a headline measure, or of an area beside others on one scale."""
    return small_chart(points_of(rows), unit, Label("Trend of the last three years"), latest_figure(rows[-1], unit), scale=scale)
