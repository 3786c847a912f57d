"""Cell formats of workbooks: number formats without a unit (pipelines/report/units.py has the others), dates and styles."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from pipelines.report.palette import INK

DATE = "d mmm yyyy"
WHOLE = "#,##0"

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._made: dict[frozenset[tuple[str, Any]], Format] = {}
        self.known: dict[Hashable, Format] = {}  # by what their users call them

    def of(self, **properties: Any) -> Format:
        asked = {name: value for name, value in properties.items() if value is not None}
        key = frozenset(asked.items())
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"valign": "top", "font_color": INK, "font_name": "Arial", "font_size": 10} | asked)
        return self._made[key]

    def know(self, name: Hashable, **properties: Any) -> Format:
        """The format of these properties, which `known` has by this name from now on."""
        self.known[name] = self.of(**properties)
        return self.known[name]
