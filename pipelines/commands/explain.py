"""`scorecards explain MEASURE`: what a figure is, what it rests on, and where its rows came from."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb

from pipelines.commands.console import console, print_table
from pipelines.settings import Settings

DEFINITION = "select * from core.dim_measure where measure_id = ?"
VALUES = """
select period_type, period_end, segment, numerator, denominator, value, unit, is_complete, quality_grade, caveat, margin
from measures.measure_values
where measure_id = $measure and area_id = $area
  and ($month is null or date_trunc('month', period_end) = date_trunc('month', $month::date))
order by segment <> 'all', segment, period_type, period_end desc
"""
COMPARISONS = """
select period_type, comparison, base_value, change, change_pct,
       case when is_significant then 'yes, ' when not is_significant then 'no, ' else '' end || replace(significance_test, '_', ' ') as significance,
       is_comparable, reason
from measures.measure_comparisons
where measure_id = $measure and area_id = $area and segment = 'all' and period_end = $period_end
order by period_type, comparison
"""
NARRATIVE = """
select paragraph from measures.measure_narratives
where measure_id = $measure and area_id = $area and segment = 'all'
  and ($month is null or date_trunc('month', period_end) = date_trunc('month', $month::date))
order by period_end desc
limit 1
"""
CARDS = """
select
    scorecard_id, section, segment, coalesce(value_text, status_reason), target_text, rag_text, tone, trend_sentence, now_what,
    linked_risk_ids
from ({tables})
where measure_id = $measure and area_id = $area
order by scorecard_id, line_order
"""
PROPOSALS = """
select segment, reason, proposal, is_reviewed_since
from governance.risk_review_proposals
where measure_id = $measure and area_id = $area
order by all
"""
FILES = """
select feed, file_path, rows_accepted, rows_rejected
from quality.feed_outcomes
where list_contains(string_split($feeds, ','), feed) and status = 'loaded'
order by loaded_at desc, file_path desc
limit 10
"""
NEAREST = """
select measure_id from core.dim_measure
order by jaro_winkler_similarity(measure_id, ?) desc, measure_id
limit 5
"""


def print_explanation(settings: Settings, measure: str, area: str, month: date | None) -> int:
    """Print definition, values, comparisons, scorecard lines and source files of a measure. Returns 0, or 2 where the names are not known."""
    if not settings.marts_path.exists():
        console.print("Nothing is published yet: `scorecards run` does it.")
        return 1
    with duckdb.connect(str(settings.marts_path), read_only=True) as marts:
        definition = marts.execute(DEFINITION, [measure])
        columns = [column[0] for column in definition.description or []]
        row = definition.fetchone()
        if row is None:
            near = [name for (name,) in marts.execute(NEAREST, [measure]).fetchall()]
            console.print(f"There is no measure {measure!r}. Nearest: {', '.join(near)}. `core.dim_measure` lists them all.")
            return 2
        known = dict(zip(columns, row, strict=True))
        areas = [name for (name,) in marts.execute("select area_id from core.dim_area order by 1").fetchall()]
        if area not in areas:
            console.print(f"There is no area {area!r}. Areas: {', '.join(areas)}.")
            return 2
        console.print(f"[bold]{known['title']}[/bold] ({measure})")
        console.print(str(known["definition"]))
        shown = [(key, value) for key, value in known.items() if key not in {"measure_id", "title", "definition"} and value not in (None, "")]
        print_table("Definition", ["", ""], [(key.replace("_", " "), str(value)) for key, value in shown])
        parameters = {"measure": measure, "area": area, "month": month}
        if narrative := marts.execute(NARRATIVE, parameters).fetchone():
            console.print(narrative[0])
        values = marts.execute(VALUES, parameters).fetchall()
        if not values:
            why = f"not collected: {known['status_reason']}" if known["status"] == "not_collected" else "its feeds hold no rows there"
            console.print(f"No value for {area}" + (f" in {month:%b %Y}" if month else "") + f": {why}.")
            _print_cards(marts, measure, area)
            return 0
        if values[0][2] == "all":
            values = [v for v in values if v[2] == "all"]
        latest = _latest_of_each_period(values) if month is None else values
        print_table(
            f"Values, {area}",
            ["period", "ends", "segment", "numerator", "denominator", "value", "unit", "complete", "grade", "caveat"],
            [[v[0], v[1], v[2], v[3], v[4], _with_margin(v[5], v[10]), v[6], "yes" if v[7] else "no", v[8], v[9]] for v in latest],
        )
        period_end = next((v[1] for v in latest if v[0] == "month"), latest[0][1])
        comparisons = marts.execute(COMPARISONS, {"measure": measure, "area": area, "period_end": period_end}).fetchall()
        if comparisons:
            print_table(
                f"Comparisons at {period_end}",
                ["period", "comparison", "base", "change", "change %", "significant", "comparable", "reason"],
                [[c[0], c[1], _rounded(c[2]), _rounded(c[3]), _rounded(c[4]), c[5], "yes" if c[6] else "no", c[7]] for c in comparisons],
            )
        _print_cards(marts, measure, area)
        files = marts.execute(FILES, {"feeds": known.get("source_feeds") or ""}).fetchall()
        print_table("Newest source files", ["feed", "file", "accepted", "rejected"], files)
    return 0


def _print_cards(marts: duckdb.DuckDBPyConnection, measure: str, area: str) -> None:
    """What the scorecards say of the measure in the area now, and which reviews of risks it proposes."""
    parameters = {"measure": measure, "area": area}
    tables = marts.execute("select distinct 'from ' || table_name from scorecards.cards order by 1").fetchall()
    lines = marts.execute(CARDS.format(tables=" union all ".join(table for (table,) in tables)), parameters).fetchall() if tables else []
    if lines:
        print_table(
            f"On the scorecards, {area}",
            ["card", "section", "segment", "value", "target", "met", "tone", "headline", "now what", "risks"],
            lines,
        )
    proposals = marts.execute(PROPOSALS, parameters).fetchall()
    if proposals:
        print_table(
            "Proposed reviews of risks",
            ["segment", "why", "proposal", "reviewed since"],
            [[p[0], p[1], p[2], "yes" if p[3] else "no"] for p in proposals],
        )


def _latest_of_each_period(values: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    seen: dict[tuple[str, str], tuple[Any, ...]] = {}
    for value in values:
        if value[7]:
            seen.setdefault((value[2], value[0]), value)
    return list(seen.values()) or values[:4]


def _with_margin(value: float | None, margin: float | None) -> str | float | None:
    return _rounded(value) if margin is None else f"{_rounded(value)} ± {_rounded(margin)}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
