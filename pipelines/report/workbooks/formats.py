"""How cells look: number formats of what has no unit (units.py has the others), and colours that never stand without their words."""

from __future__ import annotations

from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

CHANGE_PCT = '+0.0"%";-0.0"%";0.0"%"'
DATE = "d mmm yyyy"
WHOLE = "#,##0"

# Pale fills under words. Blue improves, orange concerns, purple is neither better nor worse, grey is chance (docs/spc.md).
FILLS = {
    "green": "#dcefdc",
    "amber": "#fdeecb",
    "red": "#f8d7d3",
    "blue": "#d5e8f7",
    "improvement": "#cdeefb",
    "concern": "#fae1d1",
    "neutral": "#e3d8ef",
    "common": "#ececec",
}
INK, RULE, HEAD = "#1d2733", "#c9d1da", "#22304a"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def fill_of(word: str | None) -> str | None:
    """The fill under a RAG, variation or tone: the longest known beginning (`improvement_high` is an improvement)."""
    return next((fill for name, fill in FILLS.items() if word and word.startswith(name)), None)


class Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._made: dict[frozenset[tuple[str, Any]], Format] = {}

    def of(self, **properties: Any) -> Format:
        # a hundred thousand cells ask for a few formats: what is common to all is added only to those that are made
        asked = {name: value for name, value in properties.items() if value is not None}
        key = frozenset(asked.items())
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"valign": "top", "font_color": INK, "font_name": "Arial", "font_size": 10} | asked)
        return self._made[key]
