"""The home page: in one look, what changed and what needs attention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.report.marts import Row
from pipelines.report.site.content import Content, Series

# Chance alone marks the latest month of one chart in fifty to seventy (docs/spc.md).
OFTEN, SELDOM = 50, 70
MOST_WARNINGS = 6

WARNED = """
select * from quality.check_results
where run_id = (select max_by(run_id, checked_at) from quality.check_results) and status in ('warned', 'failed')
"""

# The latest month of each chart to be trusted, with the variation of the one before.
POINTS = """
select measure_id, area_id, segment, is_latest,
    lag(variation) over (partition by measure_id, area_id, segment order by period_end) as variation_before
from measures.measure_tones
"""


@dataclass(frozen=True)
class Tile:
    """A tile: the query of its number, its label, and its link."""

    sql: str
    words: str
    target: str
    tone: str = ""


def pages(content: Content) -> Iterator[tuple[str, str]]:
    marts = content.marts
    lines = content.one_line_per_series
    new = _new_signals(content)
    charts_sql = f"select count(*) from ({content.lines_sql}) where has_spc_icon" if content.cards else None
    tiles = [
        Tile(f"select count(*) from ({new_sql(content)})", "new signals this month", "#new", "signal"),
        Tile(
            f"select count(*) from ({content.lines_sql}) where spc_assurance = 'fail'",
            "targets we will keep missing unless something changes",
            "#targets",
            "concern",
        ),
        Tile(
            f"select count(*) from ({content.lines_sql}) where has_spc_icon and tone = 'concern'",
            "charts signal concern",
            "#going-on",
            "concern",
        ),
        Tile(
            f"select count(*) from ({content.lines_sql}) where has_spc_icon and tone = 'improvement'",
            "charts signal improvement",
            "cards/index.html",
            "signal",
        ),
    ]
    if marts.has("governance.deliverables"):
        tiles.append(
            Tile("select count(*) from governance.deliverables where is_overdue and not is_withdrawn", "deliverables overdue", "#overdue", "concern")
        )
    if marts.has("governance.risk_register"):
        tiles.append(
            Tile("select count(*) from governance.risk_register where is_live and movement = 'up'", "risks and issues moved up", "#moved", "concern")
        )
    if marts.has("quality.limit_review_queue"):
        tiles.append(Tile(f"select count(*) from ({reviews_sql(content)})", "charts with limits due for review", "quality/limits.html"))
    tiles.append(Tile(f"select count(*) from ({WARNED})", "checks of the data warned", "#data"))
    yield content.page(
        "home.html.j2",
        "index.html",
        section="home",
        heartbeat=marts.table("quality.heartbeat"),
        tiles=tiles if content.cards else [],
        new=[line for line in lines if Series.of(line) in new],
        failing=[line for line in lines if line.spc_assurance == "fail"],
        concerns=[line for line in lines if line.has_spc_icon and line.tone == "concern" and Series.of(line) not in new],
        summary=content.summaries.get(content.cards[0].scorecard_id) if content.cards else None,
        overdue=[d for d in content.deliverables.values() if not d.is_withdrawn and (d.is_overdue or d.is_at_risk or d.is_due_in_month)],
        moved=[r for r in content.risks.values() if r.movement not in (None, "same") or r.is_review_overdue],
        warnings=warnings(content)[:MOST_WARNINGS],
        charts_sql=charts_sql,
        expected_low_sql=f"select floor(count(*) / {SELDOM})::integer from ({content.lines_sql}) where has_spc_icon",
        expected_high_sql=f"select ceil(count(*) / {OFTEN})::integer from ({content.lines_sql}) where has_spc_icon",
    )


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


def new_sql(content: Content) -> str:
    """The series of the scorecards whose latest point signals, and whose point before did not or signalled otherwise."""
    return f"""
        select lines.measure_id, lines.area_id, lines.segment from ({content.lines_sql}) as lines
        inner join ({POINTS}) as points
            on lines.measure_id = points.measure_id and lines.area_id = points.area_id and lines.segment = points.segment
            and points.is_latest
        where lines.has_spc_icon and lines.tone <> 'none' and points.variation_before is distinct from lines.spc_variation
            and lines.spc_month >= ({content.month_sql})
    """


def _new_signals(content: Content) -> set[Series]:
    return {Series(*row.values()) for row in content.marts.rows(new_sql(content))} if content.cards else set()
