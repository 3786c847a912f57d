"""The governance map's page: drawn from the workbook, in step with it, and safe whatever stands in a name."""

import re

from pipelines.publish.governance_map import governance_page
from pipelines.report.governance_map import Box, Link, map_drawing
from pipelines.settings import PROJECT_DIR
from pipelines.synthetic.governance import VERSIONS, sheet_rows


def demonstration() -> str:
    nodes = sorted(sheet_rows("nodes", VERSIONS[-1]), key=lambda row: row["node_id"])
    links = sorted(sheet_rows("links", VERSIONS[-1]), key=lambda row: row["link_id"])
    return governance_page(
        [(n["node_id"], n["name"], n["kind"], n["framework"] or None, n["period"] or None) for n in nodes],
        [(link["from_node"], link["relation"], link["to_node"]) for link in links],
    )


def test_the_committed_page_is_that_of_the_demonstration():
    committed = (PROJECT_DIR / "docs" / "governance-map.md").read_text(encoding="utf-8")
    assert committed == demonstration(), "write it anew: python -m tests.unit.test_governance_map"


def test_links_without_an_end_are_left_out_and_names_are_quoted():
    page = governance_page(
        [("end", 'A "board" | of', "board", None, "2022-25"), ("b", "B", "odd", "OPCC", None)], [("end", "reports_to", "b"), ("b", "feeds", "c")]
    )
    assert '    n_end(["A #quot;board#quot; | of<br/>2022-25"])' in page
    assert "    n_end -->|reports to| n_b" in page
    assert "n_c" not in page
    assert '| A "board" \\| of | board |  | 2022-25 |' in page


def test_an_arrow_passes_the_boxes_between_its_ends_and_none_is_behind_one():
    boxes = [Box(name, name.upper(), "report", "") for name in "abcd"]
    chain = [Link("a", "b", "feeds"), Link("b", "c", "feeds"), Link("c", "d", "feeds")]
    svg = map_drawing(boxes, [*chain, Link("a", "d", "feeds"), Link("d", "a", "reports to")])
    rows = {(float(y), float(y) + float(height)) for y, height in re.findall(r'<rect x="[^"]*" y="([^"]*)" width="[^"]*" height="([^"]*)"', svg)}
    (top, bottom) = rows.pop()
    assert rows == set(), "one box per column, all on one row"
    paths = re.findall(r'<path d="([^"]*)" fill="none"', svg)
    levels = [[float(y) for y in re.findall(r"([\d.]+)H", path)] for path in paths]
    assert [len(each) for each in levels] == [0, 0, 0, 2, 2]
    assert all(not top <= y <= bottom for each in levels for y in each)
    assert set(levels[3]).isdisjoint(levels[4]), "two arrows of one gap lie beside each other"


if __name__ == "__main__":
    (PROJECT_DIR / "docs" / "governance-map.md").write_text(demonstration(), encoding="utf-8")
