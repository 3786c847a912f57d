"""The pages of the public site. The scorecards are drawn by the same code as those inside the force; home, measures and open data are its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from markupsafe import Markup

from pipelines.report.attention import LEADING, by_attention
from pipelines.report.formatting import cell_text
from pipelines.report.icons import ASSURANCE_WORDS, VARIATION_WORDS
from pipelines.report.marts import Row
from pipelines.report.place_charts import Estimate, estimates_chart
from pipelines.report.plane import Figure, Label
from pipelines.report.site.pages import cards
from pipelines.report.site.public.content import PublicContent
from pipelines.report.site.public.open_data import DataFile
from pipelines.report.trace import column, origin

# Narrow, so that its words can be read on a phone.
CHART_WIDTH = 480
# What is set beside the latest figure of a line: its name on the chart, and the column.
BESIDE = {
    "Latest": "value",
    "Period before": "previous_value",
    "Year before": "year_before_value",
    "National": "national_value",
    "Most similar forces": "msg_value",
    "England and Wales": "england_wales_value",
    "Target": "target",
}


def pages(content: PublicContent, files: list[DataFile], words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(path, text) of each page. `words`: what each column of the open data is."""
    first = content.cards[0] if content.cards else None
    lines = by_attention(content.lines[first.scorecard_id])[:LEADING] if first else []
    yield content.page("public/home.html.j2", "index.html", section="home", first=first, lines=lines)
    yield from cards.pages(content)
    sections = groupby(content.one_line_per_series, key=lambda line: line.section)
    yield content.page(
        "public/measures.html.j2", "measures/index.html", section="measures", sections=_by_section([(title, list(of)) for title, of in sections])
    )
    for measure_id, of_measure in content.lines_of_measures.items():
        yield content.page(
            "public/measure.html.j2",
            content.measure_path(measure_id),
            section="measures",
            measure=content.measures[measure_id],
            lines=[(line, chart_of(line)) for line in of_measure],
        )
    yield content.page("public/data.html.j2", "data/index.html", section="data", files=files, words=words, columns=_columns(content))
    yield content.page("public/methods.html.j2", "methods.html", section="methods", variations=VARIATION_WORDS, assurances=ASSURANCE_WORDS)


def _by_section(runs: list[tuple[str, list[Row]]]) -> dict[str, list[Row]]:
    """section -> one line per measure, in the order of the cards."""
    sections: dict[str, list[Row]] = {}
    seen = set()
    for title, lines in runs:
        for line in lines:
            if line.measure_id not in seen:
                seen.add(line.measure_id)
                sections.setdefault(title, []).append(line)
    return sections


def _columns(content: PublicContent) -> dict[str, Mapping[str, str]]:
    """table -> its columns with their types."""
    return {name: table.columns for name, table in content.marts.tables.items()}


def chart_of(line: Row) -> Markup:
    """The latest figure of a line beside those that it can be held against; nothing where there is none."""
    shown = [
        Estimate(name, line[of], None, Figure(cell_text(line[of], line), f"{origin(line)} {column(of)}"))
        for name, of in BESIDE.items()
        if line[of] is not None
    ]
    if line.value is None or len(shown) < 2:
        return Markup("")
    return estimates_chart(shown, line.unit, Label("The latest figure beside those that it is held against"), width=CHART_WIDTH)
