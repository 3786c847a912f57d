"""The home page, two screens: the five sentences of the first card, its counts, ten headline measures, and what is new, missed or overdue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.report.attention import headline_lines
from pipelines.report.marts import LAST_CHECKS, Row
from pipelines.report.site.content import Content, Series
from pipelines.report.site.lines import recent, small_chart_of

# Chance alone marks the latest month of one chart in fifty to seventy (docs/spc.md).
OFTEN, SELDOM = 50, 70
# Entries of a list on the home page; a link leads to the rest.
MOST = 5

WARNED = f"{LAST_CHECKS} and status in ('warned', 'failed')"

# The latest month of each chart to be trusted, with the variation of the one before.
POINTS = """
select measure_id, area_id, segment, is_latest,
    lag(variation) over (partition by measure_id, area_id, segment order by period_end) as variation_before
from measures.measure_tones
"""

REVISED = "select count(*) from measures.revisions where published_at >= (select max(published_at) from quality.publications)"


@dataclass(frozen=True)
class Tile:
    """A tile: the cell of the card's summary or the query that has its number, its words, and its link."""

    number: str
    words: str
    target: str
    tone: str = ""
    of: str | None = None  # the column that the number is a part of
    is_query: bool = False


def pages(content: Content) -> Iterator[tuple[str, str]]:
    marts = content.marts
    card = content.cards[0] if content.cards else None
    lines = content.lines[card.scorecard_id] if card else []
    new = _new_signals(content, card) if card else set()
    months = recent(content) if card else {}
    charts_sql = f"select count(*) from ({card_sql(card)}) where has_spc_icon" if card else None
    headlines = [(line, small_chart_of(months[Series.of(line)], line.unit)) for line in headline_lines(lines) if Series.of(line) in months]
    yield content.page(
        "home.html.j2",
        "index.html",
        section="home",
        heartbeat=marts.table("quality.heartbeat"),
        card=card,
        summary=content.summaries.get(card.scorecard_id) if card else None,
        tiles=_tiles(content, card) if card else [],
        headlines=headlines,
        new=[line for line in lines if Series.of(line) in new],
        failing=[line for line in lines if line.spc_assurance == "fail" and line.has_spc_icon],
        overdue=[d for d in content.deliverables.values() if not d.is_withdrawn and (d.is_overdue or d.is_at_risk or d.is_due_in_month)],
        moved=[r for r in content.risks.values() if r.movement not in (None, "same") or r.is_review_overdue],
        most=MOST,
        revised_sql=REVISED if marts.has("measures.revisions") and marts.has("quality.publications") else None,
        warned_sql=f"select count(*) from ({WARNED})",
        reviews_sql=f"select count(*) from ({reviews_sql(content)})" if card and marts.has("quality.limit_review_queue") else None,
        charts_sql=charts_sql,
        expected_low_sql=f"select floor(count(*) / {SELDOM})::integer from ({card_sql(card)}) where has_spc_icon" if card else None,
        expected_high_sql=f"select ceil(count(*) / {OFTEN})::integer from ({card_sql(card)}) where has_spc_icon" if card else None,
    )


def _tiles(content: Content, card: Row) -> list[Tile]:
    """What the first card counts; each number is a cell of its summary, so that it is the number of its sentence."""
    attention = f"cards/{card.scorecard_id}.html"
    tiles = [
        Tile("concern_count", "give cause for concern", attention, "concern"),
        Tile("improvement_count", "show improvement", attention, "signal"),
        Tile(f"select count(*) from ({new_sql(content, card)})", "new signals this month", "#new", "signal", is_query=True),
        Tile("target_met_count", "targets met", "#targets", of="target_count"),
    ]
    if content.deliverables:
        tiles.append(Tile("deliverable_overdue_count", "deliverables overdue", "#overdue", "concern"))
    if content.risks:
        tiles.append(Tile("risk_moved_up_count", "risks and issues moved up", "#moved", "concern"))
    return tiles


def warnings(content: Content) -> list[Row]:
    """The checks of the last run that warned or failed, those of raw files last."""
    return content.marts.rows(f"{WARNED} order by status, layer = 'raw', layer, table_name, check_name")


def reviews_sql(content: Content) -> str:
    """The series of the scorecards whose limits are due for review."""
    return f"""
        select distinct measure_id, area_id, segment from quality.limit_review_queue
        inner join ({content.lines_sql}) using (measure_id, area_id, segment)
        where is_review_due
    """


def card_sql(card: Row) -> str:
    """A query of the lines of a card."""
    return f"select * from {card.table_name} where scorecard_id = '{card.scorecard_id}'"


def new_sql(content: Content, card: Row) -> str:
    """The series of a card whose latest point signals, and whose point before did not or signalled otherwise."""
    return f"""
        select distinct lines.measure_id, lines.area_id, lines.segment from ({card_sql(card)}) as lines
        inner join ({POINTS}) as points
            on lines.measure_id = points.measure_id and lines.area_id = points.area_id and lines.segment = points.segment
            and points.is_latest
        where lines.has_spc_icon and lines.tone <> 'none' and points.variation_before is distinct from lines.spc_variation
            and lines.spc_month >= ({content.month_sql})
    """


def _new_signals(content: Content, card: Row) -> set[Series]:
    return {Series(*row.values()) for row in content.marts.rows(new_sql(content, card))}
