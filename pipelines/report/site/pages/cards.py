"""The scorecards: one page per card, and one per plan priority where a card is long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from pipelines.report.charts import points_of
from pipelines.report.marts import Row
from pipelines.report.site.content import Content, Series, spark

COUNTS = (
    ("with a figure", "value is not null"),
    ("signal concern", "has_spc_icon and tone = 'concern'"),
    ("signal improvement", "has_spc_icon and tone = 'improvement'"),
    ("targets met", "is_target_met"),
    ("targets missed", "not is_target_met"),
    ("with a caveat", "caveat is not null"),
)

# Two years of each series that stands on a card, as its own chart judges it.
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
qualify row_number() over (partition by spc.measure_id, spc.area_id, spc.segment order by spc.month desc) <= 24
order by spc.measure_id, spc.area_id, spc.segment, spc.month
"""


def pages(content: Content) -> Iterator[tuple[str, str]]:
    if not content.cards:
        return
    yield content.page("cards.html.j2", "cards/index.html", section="cards", counts=COUNTS)
    sparks = sparklines(content)
    for card in content.cards:
        card_pages = content.card_pages(card)
        drawn = {line.line_id: sparks.get(Series.of(line), Markup("")) for line in content.lines[card.scorecard_id] if line.value is not None}
        if len(card_pages) > 1:
            needing = [line for line in content.lines[card.scorecard_id] if needs_attention(line)]
            yield _page(content, card, f"cards/{card.scorecard_id}.html", None, needing, drawn, card_pages, overview=True)
        for path, priority, lines in card_pages:
            yield _page(content, card, path, priority, lines, drawn, card_pages)


def needs_attention(line: Row) -> bool:
    """Whether the chart of a line signals, its target is missed, or the process cannot meet it."""
    return (line.has_spc_icon and line.tone in ("improvement", "concern")) or line.spc_assurance == "fail" or line.rag == "red"


def _page(
    content: Content,
    card: Row,
    path: str,
    priority: int | None,
    lines: Sequence[Row],
    sparks: dict[str, Markup],
    card_pages: list[tuple[str, int | None, list[Row]]],
    overview: bool = False,
) -> tuple[str, str]:
    sections = [(title, list(together)) for title, together in groupby(lines, key=lambda line: line.section)]
    return content.page(
        "card.html.j2", path, section="cards", card=card, priority=priority, sections=sections, sparks=sparks, pages=card_pages, overview=overview
    )


def sparklines(content: Content) -> dict[Series, Markup]:
    """The sparkline of every series on a card that has a monthly chart."""
    rows = content.marts.rows(RECENT.format(lines=content.lines_sql))
    return {series: spark(points_of(together)) for series, together in groupby(rows, key=Series.of)}
