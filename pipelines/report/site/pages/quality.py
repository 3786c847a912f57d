"""The quality of the data: feeds and their files, rejected rows by reason, checks, BT's figures raw and adjusted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from markupsafe import Markup

from pipelines.report.charts import line_chart
from pipelines.report.marts import Row
from pipelines.report.plane import Label, Point
from pipelines.report.site.content import Content, Series
from pipelines.report.site.pages.home import warnings

NEWEST_FILES = """
select * from quality.feed_outcomes
qualify row_number() over (partition by feed order by loaded_at desc, file_path desc, load_id desc) <= 3 or status <> 'loaded'
order by feed, loaded_at desc, file_path desc, load_id desc
"""

QUEUE = "select * from quality.limit_review_queue order by measure_id, area_id, segment, cause_no"


def pages(content: Content) -> Iterator[tuple[str, str]]:
    marts = content.marts
    has_bt = content.has_bt
    yield content.page(
        "quality.html.j2",
        "quality/index.html",
        section="quality",
        warnings=warnings(content),
        has_bt=has_bt,
        has_limits=marts.has("quality.limit_review_queue"),
    )
    files: dict[str, list[Row]] = defaultdict(list)
    for row in marts.rows(NEWEST_FILES):
        files[row.feed].append(row)
    yield content.page("feeds.html.j2", "quality/feeds.html", section="quality", files=files)
    rejects = marts.table("quality.rejects", "feed, rule, column_name, load_id desc")
    yield content.page(
        "rejects.html.j2",
        "quality/rejects.html",
        section="quality",
        reasons=[(feed, rule, list(rows)) for (feed, rule), rows in groupby(rejects, key=lambda r: (r.feed, r.rule))],
        returns=marts.table("quality.return_issues", "load_id desc, file_row, rule"),
        messages=marts.table("governance.workbook_messages", "severity, sheet, message_id"),
        issues=marts.rows("select * from quality.narrative_issues where source <> 'finding' order by all"),
    )
    layers = marts.rows("select distinct layer from quality.check_results order by layer")
    yield content.page(
        "checks.html.j2", "quality/checks.html", section="quality", layers=[row["layer"] for row in layers], warnings=warnings(content)
    )
    if marts.has("quality.limit_review_queue"):
        yield _limits_page(content)
    if has_bt:
        yield content.page("bt.html.j2", "quality/bt.html", section="quality", forces=_forces(content))


def _limits_page(content: Content) -> tuple[str, str]:
    """Limits due for review: those of charts on the scorecards first, those that a decision leaves as they are last."""
    carded = {Series.of(line) for line in content.one_line_per_series}
    queue = [(series, list(causes)) for series, causes in groupby(content.marts.rows(QUEUE), key=Series.of)]
    queue.sort(key=lambda case: case[1][0].effective_month or date.min, reverse=True)
    due = [case for case in queue if case[1][0].is_review_due]
    parts = [
        ("Charts of the scorecards", [case for case in due if case[0] in carded], True),
        ("Other charts", [case for case in due if case[0] not in carded], False),
        ("Left as they are", [case for case in queue if not case[1][0].is_review_due], True),
    ]
    return content.page("limits.html.j2", "quality/limits.html", section="quality", parts=[part for part in parts if part[1]])


def _forces(content: Content) -> list[tuple[Row, Markup, list[list[Row]]]]:
    """(force, chart, months newest first, each with its rules) for each force with BT figures."""
    forces = []
    rows = content.marts.table("quality.bt_adjustment", "force_area_id, month desc, rule_code")
    carded = {card.area_id for card in content.cards}
    for area_id, together in groupby(rows, key=lambda r: r.force_area_id):
        months = [list(rules) for _, rules in groupby(together, key=lambda r: r.month)]
        if area_id not in content.areas or (area_id not in carded and len(content.cards) > 0):
            continue
        firsts = [rules[0] for rules in reversed(months)]
        drawing = line_chart(
            [("raw", [Point(r.month, r.rate_raw) for r in firsts]), ("adjusted", [Point(r.month, r.rate_adjusted) for r in firsts])],
            "pct",
            Label("Abandoned share of BT calls, raw and adjusted", "The table below has every month."),
            width=1080,
        )
        forces.append((content.areas[area_id], drawing, months))
    return forces
