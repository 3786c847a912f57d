"""Which lines of a scorecard come first, on pages and in workbooks alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipelines.report.marts import Row

# Lines that lead a page; the rest stands folded below them.
LEADING = 10
# Headline measures: how many of a kind, and of a section, before any other comes.
MOST_OF_KIND = {"concern": 5, "missed": 2, "improvement": 3, "neutral signal": 0, "none": 0}
MOST_OF_SECTION = 2


def needs_attention(line: Row) -> bool:
    """Whether a line gives cause for concern or shows improvement, its target is missed, or it cannot be met."""
    return line.tone in ("improvement", "concern") or line.spc_assurance == "fail" or line.rag == "red"


def by_attention(lines: Iterable[Row]) -> list[Row]:
    """Targets missed with concern, then concern, then other targets missed, then improvement, then every other line, as the card has them."""
    return sorted(
        (line for line in lines if line.value is not None),
        key=lambda line: (
            not (line.rag == "red" and line.tone == "concern"),
            not (line.tone == "concern" and line.has_spc_icon),
            line.tone != "concern",
            line.rag != "red",
            line.tone != "improvement",
            line.tone == "none",
            line.line_order,
        ),
    )


def headline_lines(lines: Iterable[Row]) -> list[Row]:
    """Ten lines with a chart: up to five concerns, two other targets missed and three improvements, and where these are fewer, the next by attention.

    Of each section no more than two, so that no one service fills them.
    """
    charted = [line for line in by_attention(lines) if line.spc_month is not None]
    of_section: Counter[str] = Counter()
    of_kind: Counter[str] = Counter()
    chosen: list[Row] = []
    for most in (MOST_OF_KIND, {}):
        for line in charted:
            kind = "missed" if line.tone != "concern" and line.rag == "red" else line.tone
            if (
                line not in chosen
                and len(chosen) < LEADING
                and of_section[line.section] < MOST_OF_SECTION
                and of_kind[kind] < most.get(kind, LEADING)
            ):
                of_section[line.section] += 1
                of_kind[kind] += 1
                chosen.append(line)
    return by_attention(chosen)
