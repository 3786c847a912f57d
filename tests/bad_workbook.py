"""A governance workbook as somebody might send it who edited it in a hurry: what is wrong with it is told in the tests that take it in."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from pipelines.synthetic.governance import VERSIONS, sheet_rows

SEPTEMBER = VERSIONS[-1]


def badly_edited() -> bytes:
    """The September version as somebody might send it for December: rows as they are told in the tests below."""
    sheets: dict[str, list[list[Any]]] = {}
    for name in ("deliverables", "risks", "actions", "outcomes", "links", "series_breaks", "glossary"):
        rows = sheet_rows(name, SEPTEMBER)
        header = list(rows[0])
        sheets[name] = [header, *([row.get(c, "") for c in header] for row in rows)]

    def change(sheet: str, item: str, column: str, value: object) -> None:
        header, *rows = sheets[sheet]
        next(row for row in rows if row[0] == item)[header.index(column)] = value

    change("risks", "OPCC-01", "current_impact", 7)
    change("risks", "OPCC-02", "linked_measures", "public_999_calls_offered; no_such_measure")
    change("risks", "WCJB-01", "owner", "WCJB chair / court listing lead")
    sheets["risks"] = [row for row in sheets["risks"] if row[0] != "OPCC-04"]
    sheets["risks"][0].append("Remarks")
    sheets["risks"] = [["Risk register for December"], [], *sheets["risks"]]
    change("deliverables", "melksham_custody_suite_first_floor", "due", "soonish")
    change("deliverables", "tidworth_police_building_site_work", "due", "31/02/2024")
    change("deliverables", "youth_voice_procurement", "plan_priority", 9)
    change("deliverables", "two_mobile_police_stations", "owner", "")
    change("actions", "OPCC-02-A1", "risk_id", "OPCC-99")
    change("links", "wcjb_to_wcjb_scorecard", "to_node", "nowhere")
    change("series_breaks", "cch_model_2022_11", "approved_by", "")
    sheets["glossary"].append(["ASB", "Twice", ""])
    sheets["outcomes"] = sheets["outcomes"][:1]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet({"deliverables": "Delivery plan"}.get(name, name))
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            if name == "deliverables":  # the owner of the first two rows, merged by hand
                owner = rows[0].index("owner")
                sheet.merge_range(1, owner, 2, owner, "Head of estates")
    return buffer.getvalue()
