"""Findings of staffing: where the rota falls short materially (measures.staffing_shortfalls), for the cards whose measures suffer."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.report.marts import Marts, Row

TABLE = "measures.staffing_shortfalls"
FINDINGS = f"select * from {TABLE} where is_material order by area_id, finding_order"
# Findings that a card and a digest show; the page Demand has all.
MOST_SHORT = 3


def staffing_findings(marts: Marts, card: Row, lines: Iterable[Row]) -> list[Row]:
    """Those of the card's area whose measure is among the lines, the most operator hours first."""
    # marts of an earlier version know shortfalls, and not which of them are findings
    if not marts.has(TABLE) or "is_material" not in marts.tables[TABLE].columns:
        return []
    measures = {line.measure_id for line in lines if line.area_id == card.area_id}
    return [row for row in marts.rows(FINDINGS) if row.area_id == card.area_id and row.measure_id in measures]
