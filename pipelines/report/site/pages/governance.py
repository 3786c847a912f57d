"""Registers: risks by framework with their heat map, deliverables, statutory items, and the map of who feeds and assures whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase

from markupsafe import Markup, escape

from pipelines.report.charts import FONT, INK, SOFT, Label, Mark, heat_map
from pipelines.report.marts import Row
from pipelines.report.site.content import Content, slug
from pipelines.report.trace import origin

DASHES = {"feeds": "", "sets": "", "assures": "7 4", "reports_to": "2 3", "holds_to_account": "10 3 2 3"}
UPWARD = ("assures", "reports_to")
BOX, GAP, TALL, APART = 168, 64, 56, 18


def pages(content: Content) -> Iterator[tuple[str, str]]:
    marts = content.marts
    actions: dict[str, list[Row]] = defaultdict(list)
    for row in marts.table("governance.risk_actions", "risk_id, due_date nulls last, action_id"):
        if not row.is_withdrawn:
            actions[row.risk_id].append(row)
    before = _before(content)
    proposals = marts.table("governance.risk_review_proposals", "is_reviewed_since, framework, risk_id nulls last, proposal_id")
    yield content.page("risks.html.j2", "risks/index.html", section="risks", registers=_registers(content), proposals=proposals)
    for framework, risks in _registers(content).items():
        lettered = list(zip(_letters(), risks, strict=False))
        marks = [
            Mark(letter, r.current_likelihood, r.current_impact, before.get(r.risk_id))
            for letter, r in lettered
            if r.is_live and r.current_likelihood and r.current_impact
        ]
        yield content.page(
            "register.html.j2",
            f"risks/{slug(framework)}.html",
            section="risks",
            framework=framework,
            lettered=lettered,
            on_map={m.letter for m in marks},
            drawing=heat_map(marks, Label("Risks by likelihood and impact", "The table below lists each risk with its scores.")),
            actions=actions,
        )
    yield content.page(
        "deliverables.html.j2",
        "deliverables.html",
        section="deliverables",
        groups=_deliverables(content),
        statutory=[row for row in marts.table("governance.statutory_items", "next_due nulls last, item_code") if not row.is_withdrawn],
    )
    nodes = {row.node_id: row for row in marts.table("governance.governance_nodes") if not row.is_withdrawn}
    links = marts.table("governance.governance_map", "from_name, relation, to_name, link_id")
    yield content.page("governance.html.j2", "governance.html", section="governance", nodes=nodes, links=links, drawing=map_drawing(nodes, links))


def _letters() -> Iterator[str]:
    """A … Z, then AA … AZ and so on: risks are marked by letters, so that no number on a map is taken for a score."""
    yield from ascii_uppercase
    for first in ascii_uppercase:
        for second in ascii_uppercase:
            yield first + second


def _registers(content: Content) -> dict[str, list[Row]]:
    """framework -> its risks and issues, the highest score first, what is withdrawn last."""
    found: dict[str, list[Row]] = {}
    for framework in content.frameworks:
        found[framework] = sorted(
            (r for r in content.risks.values() if r.framework == framework),
            key=lambda r: (r.is_withdrawn, r.kind != "risk", -(r.current_score or 0), r.risk_id),
        )
    return found


def _before(content: Content) -> dict[str, tuple[int, int]]:
    """risk -> likelihood and impact of the version before the latest."""
    found: dict[str, tuple[int, int]] = {}
    for row in content.marts.table("governance.risk_history", "risk_id, as_of"):
        if not row.is_latest_version and row.current_likelihood and row.current_impact:
            found[row.risk_id] = (row.current_likelihood, row.current_impact)
    return found


def _deliverables(content: Content) -> list[tuple[str, str, list[Row]]]:
    """(id, heading, deliverables): each stands in the first group that it belongs to."""
    groups: list[tuple[str, str, list[Row]]] = [
        ("overdue", "Overdue", []),
        ("at-risk", "At risk", []),
        ("due", "Due this month", []),
        ("under-way", "Under way", []),
        ("done", "Complete", []),
        ("withdrawn", "Withdrawn", []),
    ]
    for row in content.deliverables.values():
        tests = (row.is_overdue, row.is_at_risk, row.is_due_in_month, not row.is_complete, True)
        place = len(groups) - 1 if row.is_withdrawn else next(i for i, holds in enumerate(tests) if holds)
        groups[place][2].append(row)
    return [group for group in groups if group[2]]


# ---- the map


def map_drawing(nodes: Mapping[str, Row], links: Sequence[Row]) -> Markup:
    """Boxes in columns, each right of what leads to it, and arrows between them."""
    links = [link for link in links if link.from_node in nodes and link.to_node in nodes]
    if not nodes:
        return Markup("")
    columns = _columns(list(nodes), [(link.from_node, link.to_node, link.relation) for link in links])
    tallest = max(len(column) for column in columns)
    height = tallest * (TALL + APART) + APART
    places = {
        node: (GAP / 2 + i * (BOX + GAP), (height - len(column) * (TALL + APART) + APART) / 2 + j * (TALL + APART))
        for i, column in enumerate(columns)
        for j, node in enumerate(column)
    }
    parts = [_arrow(places[link.from_node], places[link.to_node], link.relation) for link in links]
    parts += [_box(nodes[node], x, y) for node, (x, y) in places.items()]
    width = len(columns) * (BOX + GAP)
    title = "<title>Governance map</title><desc>The table below lists every link.</desc>"
    return Markup(
        f'<svg class="chart" role="img" viewBox="0 0 {width} {height:.0f}" width="{width}" height="{height:.0f}" {FONT}>{title}{"".join(parts)}</svg>'
    )


def _columns(nodes: Sequence[str], links: Sequence[tuple[str, str, str]]) -> list[list[str]]:
    """Each node one column right of the furthest node that leads to it.

    Links that report or assure lead back up, and would close circles: they place only the nodes that nothing else leads to or from.
    """
    onward = [(a, b) for a, b, relation in links if relation not in UPWARD and a != b]
    depth = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for start, end in onward:
            if depth[end] <= depth[start] < len(nodes) - 1 and not _leads(end, start, onward):
                depth[end] = depth[start] + 1
    placed = {node for link in onward for node in link}
    for node in nodes:
        before = [depth[a] for a, b, _ in links if b == node and a != node]
        if node not in placed and before:
            depth[node] = max(before) + 1
    columns: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for node in nodes:
        columns[depth[node]].append(node)
    columns = [column for column in columns if column]
    # each column in the order of where its neighbours stand, so that fewer arrows cross
    position = {node: (j + 0.5) / len(column) for column in columns for j, node in enumerate(column)}
    for _ in range(6):
        for column in columns:
            near = {node: [position[b if a == node else a] for a, b in onward if node in (a, b)] for node in column}
            column.sort(key=lambda node: (sum(near[node]) / len(near[node]) if near[node] else 1.0, node))
            position |= {node: (j + 0.5) / len(column) for j, node in enumerate(column)}
    return columns


def _leads(start: str, end: str, links: Sequence[tuple[str, str]]) -> bool:
    """Whether a way along the links leads from start to end."""
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        if here == end:
            return True
        for a, b in links:
            if a == here and b not in seen:
                seen.add(b)
                todo.append(b)
    return False


def _box(node: Row, x: float, y: float) -> str:
    lines, line = [], ""
    for word in node.name.split():
        if line and len(line) + len(word) >= 24:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    lines.append(line)
    fill, corner = {"board": ("#e3edf7", 24), "body": ("#e3edf7", 24), "scorecard": ("#fff", 2), "report": ("#f6f1e7", 2)}.get(
        node.kind, ("#f1f5f8", 8)
    )
    top = y + TALL / 2 + 4.5 - (len(lines) - 1) * 7.5
    spans = "".join(f'<tspan x="{x + BOX / 2:.0f}" y="{top + 15 * i:.1f}">{escape(text)} </tspan>' for i, text in enumerate(lines))
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{BOX}" height="{TALL}" rx="{corner}" fill="{fill}" stroke="{INK}"/>'
        f'<text {origin(node)} data-col="name" text-anchor="middle" font-size="12.5" fill="{INK}">{spans}</text>'
    )


def _arrow(start: tuple[float, float], end: tuple[float, float], relation: str) -> str:
    backwards = end[0] <= start[0]
    x0, y0 = start[0] + (0 if backwards else BOX), start[1] + TALL / 2
    x1, y1 = end[0] + (BOX if backwards else 0), end[1] + TALL / 2
    way = -1 if backwards else 1
    bend = max(abs(x1 - x0) / 2, 26) * way
    if start[0] == end[0]:  # one above the other
        x0 = x1 = start[0] + BOX
        bend, way = 40, -1
        path = f"M{x0:.0f} {y0:.0f}C{x0 + bend:.0f} {y0:.0f} {x1 + bend:.0f} {y1:.0f} {x1:.0f} {y1:.0f}"
    else:
        path = f"M{x0:.0f} {y0:.0f}C{x0 + bend:.0f} {y0:.0f} {x1 - bend:.0f} {y1:.0f} {x1:.0f} {y1:.0f}"
    dash = DASHES.get(relation, "")
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    head = f"M{x1:.0f} {y1:.0f}l{-8 * way} -4.5v9z"
    return f'<path d="{path}" fill="none" stroke="{SOFT}" stroke-width="1.3"{dashes}/><path d="{head}" fill="{SOFT}"/>'
