"""docs/findings.md lists every kind of finding with its rule, as macros/analysis/finding_rules.sql has them.

To write it anew: python -m tests.unit.test_findings_docs
"""

from __future__ import annotations

import json

from pipelines.settings import PROJECT_DIR
from tests.models import render

PATH = PROJECT_DIR / "docs" / "findings.md"
HEADING = {
    "level": "Level",
    "trend": "Trend",
    "movement": "Movement against the months before",
    "target": "Target",
    "year": "Against the year before",
    "baseline": "Against 2019",
    "elsewhere": "Against other places",
    "data": "What to know of the data",
}


def rules() -> list[dict]:
    return json.loads(render("{{ finding_rules() | tojson }}"))


def listed() -> str:
    """The part of the page that is made from the rules: a table a section, one line a kind and rule."""
    lines = []
    for section, heading in HEADING.items():
        found = dict.fromkeys((rule["kind"], rule["because"]) for rule in rules() if rule["section"] == section)
        if found:
            lines += [f"## {heading}", "| kind | said when |", "|---|---|", *(f"| `{kind}` | {because} |" for kind, because in found), ""]
    return "\n".join(lines)


def test_the_page_lists_every_rule():
    assert PATH.read_text(encoding="utf-8").endswith(listed()), "write it anew: python -m tests.unit.test_findings_docs"


if __name__ == "__main__":
    text = PATH.read_text(encoding="utf-8")
    PATH.write_text(text[: text.index("## Level")] + listed(), encoding="utf-8")
