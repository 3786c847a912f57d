"""How to read the site: methods and icons, the glossary, and the search with its index."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipelines.report.icons import ASSURANCE_WORDS, VARIATION_WORDS
from pipelines.report.marts import Row
from pipelines.report.site.content import Content, slug
from pipelines.report.site.pages.roles import roles

# What the areas of a level are, one of them.
LEVEL = {"force": "Force", "district": "District", "cpt": "Community policing team"}
# Pages that are no measure, area or register: kind, title, about, page.
PAGES = (
    ("Page", "Yesterday", "the newest day of each operational measure, flags, surges of calls", "yesterday.html"),
    ("Page", "Demand", "calls to come, operators needed against the rota", "demand.html"),
    ("Page", "Data quality", "feeds and files, rejected rows, checks, BT raw and adjusted", "quality/index.html"),
    ("Page", "Limits due for review", "charts whose limits no longer describe the process", "quality/limits.html"),
    ("Page", "How to read charts and icons", "variation, assurance, funnel, limits", "methods.html"),
)


def pages(content: Content) -> Iterator[tuple[str, str]]:
    glossary = [row for row in content.marts.table("governance.glossary", "lower(term), term") if not row.is_withdrawn]
    yield content.page("glossary.html.j2", "glossary.html", section="glossary", glossary=glossary, slug=slug)
    yield content.page("methods.html.j2", "methods.html", section="methods", variations=VARIATION_WORDS, assurances=ASSURANCE_WORDS)
    yield content.page("search.html.j2", "search.html", section="search")
    yield "assets/index.js", _index(content, glossary)


def _index(content: Content, glossary: list[Row]) -> str:
    """The search index as a script, so that it also loads from a file share: [kind, title, what it is, page]."""
    entries = [
        [
            "Measure",
            m.title,
            f"{m.definition} {' '.join(filter(None, (m.domain, m.themes, m.owner, m.measure_id)))}",
            content.measure_path(m.measure_id),
        ]
        for m in content.measures.values()
    ]
    entries += [["Scorecard", c.title, f"{c.body}, {c.area_name}", f"cards/{c.scorecard_id}.html"] for c in content.cards]
    entries += [[LEVEL.get(a.level, "Area"), a.area_name, "what its measures say", f"areas/{a.area_id}.html"] for a in content.areas_told]
    entries += [["Word", g.term, g.meaning or "", f"glossary.html#{slug(g.term)}"] for g in glossary]
    entries += [
        [r.kind.capitalize(), f"{r.risk_id} {r.title}", f"{r.framework}, {r.owner or ''}", content.risk_path(r.risk_id)]
        for r in content.risks.values()
    ]
    entries += [
        ["Deliverable", d.title, f"{d.framework}, {d.owner or ''}", f"deliverables.html#{d.deliverable_id}"] for d in content.deliverables.values()
    ]
    entries += [
        ["Role", role.name, "answers for " + ", ".join(heading.lower() for _, heading, _ in role.parts), f"roles.html#{slug(role.name)}"]
        for role in roles(content)
    ]
    entries += [
        ["Statutory item", s.title, f"{s.duty or ''} {s.owner or ''}", "deliverables.html#statutory"]
        for s in content.marts.table("governance.statutory_items")
        if not s.is_withdrawn
    ]
    entries += [
        [n.kind.capitalize(), n.name, n.description or "", f"governance.html#{slug(n.node_id)}"]
        for n in content.marts.table("governance.governance_nodes")
        if not n.is_withdrawn
    ]
    entries += [[kind, title, about, page] for kind, title, about, page in PAGES]
    return "globalThis.SEARCH = " + json.dumps(entries, ensure_ascii=False, separators=(",", ":")) + ";\n"
