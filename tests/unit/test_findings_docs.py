"""docs/findings.md lists every kind of finding with its rule, as pipelines/catalogue/findings.yaml has them.

To write it anew: python -m tests.unit.test_findings_docs
"""

from __future__ import annotations

from pipelines.catalogue.catalogue import read_findings
from pipelines.settings import PROJECT_DIR

PATH = PROJECT_DIR / "docs" / "findings.md"
FINDINGS = read_findings()


def listed() -> str:
    """The part of the page that is made from the rules: a table a section, one line per kind and rule."""
    lines = []
    for section, heading in FINDINGS.sections.items():
        explained = dict.fromkeys((rule.kind, rule.because) for rule in FINDINGS.rules if rule.section == section)
        if explained:
            lines += [f"## {heading}", "| kind | said when |", "|---|---|", *(f"| `{kind}` | {because} |" for kind, because in explained), ""]
    return "\n".join(lines)


def test_the_page_lists_every_rule():
    assert PATH.read_text(encoding="utf-8").endswith(listed()), "write it anew: python -m tests.unit.test_findings_docs"


if __name__ == "__main__":
    text = PATH.read_text(encoding="utf-8")
    PATH.write_text(text[: text.index("## Level")] + listed(), encoding="utf-8")
