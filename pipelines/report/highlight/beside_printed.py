"""The data summary of each slide beside the facts on the same slide of the printed report of July 2023: docs/printed-report-side-by-side.md.

Facts only, as measures.published_figures keeps them (what was printed, and on which line); none of the printed report's sentences.
"""

from __future__ import annotations

from pipelines.report.highlight.cells import plain
from pipelines.report.highlight.model import Report, Topic
from pipelines.report.highlight.period import ReportError
from pipelines.report.highlight.rules import Line
from pipelines.report.marts import Marts, Row

# Which lines of the printed report's text are the slide of which topic.
SLIDES = {
    "cch": (72, 145),
    "calls_999": (146, 202),
    "online_reporting": (203, 253),
    "response_immediate": (254, 325),
    "response_priority": (326, 400),
    "domestic_abuse": (485, 570),
    "rasso": (571, 655),
    "asb": (716, 787),
    "road_safety": (788, 834),
    "csew": (1000, 1065),
}

INTRODUCTION = """# The highlight report's data summary, beside the printed one

Slide by slide: the lines that `scorecards report --month {month}` makes by rule from the marts, and the facts that the force's printed report
of June to September 2023 has on the same slide, with the line of its text that each stands on (`measures.published_figures`; facts, not its
sentences). Where the two speak of different months, the last column says what the marts give for what is printed.
[printed-report.md](printed-report.md) explains the mismatches. Written from the synthetic extracts at their true size by
`scorecards report --month {month} --beside-printed docs/printed-report-side-by-side.md`.
"""


def side_by_side(marts: Marts, report: Report) -> str:
    """The page, in Markdown. Raises ReportError where the marts do not have the printed figures."""
    if not marts.has("measures.published_figures"):
        raise ReportError("measures.published_figures is not published: there is nothing to set the report beside")
    printed = marts.rows("select * from measures.published_figures order by source_line, figure_id")
    areas = {row.area_id for row in marts.rows("select * from core.dim_area")}
    blocks = [INTRODUCTION.format(month=report.period.name)]
    totals = [0, 0]
    for topic in report.topics:
        if topic.topic_id not in SLIDES:
            continue
        first, last = SLIDES[topic.topic_id]
        facts = [row for row in printed if first <= row.source_line <= last]
        blocks.append(_slide(topic, facts, areas))
        covered = {row.figure_id for line in topic.summary for row in facts if is_of(line, row, areas)}
        totals[0] += len(covered)
        totals[1] += len(facts)
    blocks.append(
        f"Of the {totals[1]} facts printed on these slides, {totals[0]} are of a measure, area and segment that a line of ours speaks of.\n"
    )
    return "\n".join(blocks)


def is_of(line: Line, printed: Row, areas: set[str]) -> bool:
    """Whether a line is about the measure, area and segment of a printed fact; a fact about a comparator belongs to the line of its measure."""
    if printed.read_as == "correlation":
        return not line.lead and line.measure_id in (printed.measure_id, printed.segment)
    if line.measure_id != printed.measure_id or not line.lead:
        # a part or a whole that the line gives beside its value: 679 of 1,955
        return any(cell.text == printed.printed_text for cell in line.cells if cell.column in ("numerator", "denominator"))
    is_comparator = printed.area_id is not None and printed.area_id not in areas
    return is_comparator or (
        printed.area_id == line.area_id and (printed.segment in line.segments or (printed.segment == "all" and "all" in line.segments))
    )


def _slide(topic: Topic, facts: list[Row], areas: set[str]) -> str:
    rows = [f"## {topic.title.text}", "", "| our data summary | printed (line) | the marts, for what is printed |", "|---|---|---|"]
    covered: set[str] = set()
    for line in topic.summary:
        line_facts = [row for row in facts if row.figure_id not in covered and is_of(line, row, areas)]
        covered |= {row.figure_id for row in line_facts}
        printed, answers = "<br>".join(map(_fact, line_facts)), "<br>".join(map(_answer, line_facts))
        rows.append(f"| {_cell(plain(line.parts))} | {printed or '–'} | {answers or '–'} |")
    others = [row for row in facts if row.figure_id not in covered]
    if others:
        rows += [
            "",
            "Printed on this slide, and not in our data summary (commentary, causes, events, drivers and other measures):",
            "",
            "| printed (line) | the marts |",
            "|---|---|",
        ]
        rows += [f"| {_fact(row)} | {_answer(row)} |" for row in others]
    return "\n".join([*rows, ""])


def _fact(row: Row) -> str:
    """What is printed: 11.8%, pct change yoy (191)."""
    what = row.printed_text or row.claim or ""
    of = " ".join(
        str(part).replace("_", " ")
        for part in (row.printed_measure, row.printed_segment, row.printed_area if row.printed_area != "force" else None)
        if part
    )
    statistic = (row.printed_statistic or "").replace("_", " ")
    return _cell(f"**{what}** {of}, {statistic} ({row.source_line})")


def _answer(row: Row) -> str:
    if row.outcome == "match":
        return _cell(f"{row.computed_text}: match" if row.computed_text else "match")
    if row.outcome == "mismatch":
        return _cell(f"{row.computed_text}: **differs**, {row.reason}" if row.computed_text else f"**differs**, {row.reason}")
    return _cell(f"not computable: {row.reason}" if row.reason else "not computable")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
