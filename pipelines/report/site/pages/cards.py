"""The scorecards: one page per card, and one per plan priority where a card is long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from pipelines.report.attention import LEADING, by_attention, needs_attention
from pipelines.report.marts import Row
from pipelines.report.site.content import Content, Series
from pipelines.report.site.lines import recent, spark_of
from pipelines.report.staffing import MOST_SHORT, staffing_findings

# Columns that a table shows where one of its lines fills them: what a column is called in the template, and what fills it.
COLUMNS = {
    "trend": ("spc_month",),
    "variation": ("tone",),
    "assurance": ("spc_assurance",),
    "target": ("target_text",),
    "year": ("yoy_text",),
    "rolling": ("r12m_text",),
    "others": ("national_text", "msg_text", "england_wales_text"),
}
UNSAID = (None, "none")


def pages(content: Content) -> Iterator[tuple[str, str]]:
    if not content.cards:
        return
    yield content.page("cards.html.j2", "cards/index.html", section="cards")
    months = recent(content) if content.marts.has("measures.measure_spc") else {}
    for card in content.cards:
        card_pages = content.card_pages(card)
        lines = content.lines[card.scorecard_id]
        drawn = {line.line_id: spark_of(months.get(Series.of(line)), line.unit) for line in lines if line.value is not None}
        if len(card_pages) > 1:
            needing = list(filter(needs_attention, lines))
            yield _page(content, card, f"cards/{card.scorecard_id}.html", None, needing, drawn, card_pages, overview=True)
        for path, priority, of_page in card_pages:
            yield _page(content, card, path, priority, of_page, drawn, card_pages)


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
    """A page of a card: ten lines by attention, the rest by section, and those without a figure."""
    first = by_attention(lines)[:LEADING]
    rest = [line for line in lines if line.value is not None and line not in first]
    return content.page(
        "card.html.j2",
        path,
        section="cards",
        card=card,
        priority=priority,
        first=first,
        sections=[(title, list(together)) for title, together in groupby(rest, key=lambda line: line.section)],
        without=[line for line in lines if line.value is None],
        columns_of=lambda shown: _columns(shown, sparks),
        sparks=sparks,
        pages=card_pages,
        overview=overview,
        short=staffing_findings(content.marts, card, content.lines[card.scorecard_id] if overview else lines),
        most_short=MOST_SHORT,
    )


def _columns(lines: Sequence[Row], sparks: dict[str, Markup]) -> set[str]:
    """The columns that the table of these lines has."""
    filled = {name for name, cells in COLUMNS.items() if any(line[cell] not in UNSAID for line in lines for cell in cells)}
    if not any(sparks.get(line.line_id) for line in lines):
        filled.discard("trend")
    if not any(line.has_spc_icon and line.spc_assurance for line in lines):
        filled.discard("assurance")
    return filled
