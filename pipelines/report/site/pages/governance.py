"""Registers: risks by framework with their heat map, deliverables, statutory items, the governance map, and who answers for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from string import ascii_uppercase

from pipelines.report.formatting import plain_text
from pipelines.report.governance_map import Box, Link, map_drawing
from pipelines.report.marts import Row
from pipelines.report.plane import Label
from pipelines.report.risk_map import Mark, heat_map
from pipelines.report.site.content import Content, slug
from pipelines.report.site.pages.roles import roles
from pipelines.report.trace import origin


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
    drawing = map_drawing(
        [Box(row.node_id, row.name, row.kind, f'{origin(row)} data-col="name"') for row in nodes.values()],
        [Link(row.from_node, row.to_node, plain_text(row.relation)) for row in links if row.from_node in nodes and row.to_node in nodes],
    )
    yield content.page("roles.html.j2", "roles.html", section="governance", roles=roles(content), slug=slug)
    yield content.page("governance.html.j2", "governance.html", section="governance", nodes=nodes, links=links, drawing=drawing, slug=slug)


def _letters() -> Iterator[str]:
    """A … Z, then AA … AZ and so on: risks are marked by letters, so that no number on a map is taken for a score."""
    yield from ascii_uppercase
    for first in ascii_uppercase:
        for second in ascii_uppercase:
            yield first + second


def _registers(content: Content) -> dict[str, list[Row]]:
    """framework -> its risks and issues, the highest score first, withdrawn ones last."""
    registers: dict[str, list[Row]] = {}
    for framework in content.frameworks:
        registers[framework] = sorted(
            (r for r in content.risks.values() if r.framework == framework),
            key=lambda r: (r.is_withdrawn, r.kind != "risk", -(r.current_score or 0), r.risk_id),
        )
    return registers


def _before(content: Content) -> dict[str, tuple[int, int]]:
    """risk -> likelihood and impact of the version before the latest."""
    before: dict[str, tuple[int, int]] = {}
    for row in content.marts.table("governance.risk_history", "risk_id, as_of"):
        if not row.is_latest_version and row.current_likelihood and row.current_impact:
            before[row.risk_id] = (row.current_likelihood, row.current_impact)
    return before


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
