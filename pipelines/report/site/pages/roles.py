"""Who answers for what: each role with its measures, risks, actions, deliverables and statutory items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.report.marts import Row
from pipelines.report.site.content import Content

# What a role can answer for, in the order of the page: key, heading.
KINDS = (
    ("risks", "Risks and issues"),
    ("actions", "Actions on risks"),
    ("deliverables", "Deliverables"),
    ("statutory", "Statutory items"),
    ("measures", "Measures"),
)


@dataclass
class Role:
    """A role as the registers name it, and the rows that name it as their owner, by kind."""

    name: str
    rows: Mapping[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    @property
    def first(self) -> Row:
        """A row that names the role."""
        return next(rows[0] for kind, _ in KINDS if (rows := self.rows[kind]))

    @property
    def parts(self) -> Sequence[tuple[str, str, list[Row]]]:
        """(kind, heading, rows) of what it answers for."""
        return [(kind, heading, self.rows[kind]) for kind, heading in KINDS if self.rows[kind]]


def roles(content: Content) -> list[Role]:
    """Every role that answers for something now, by name."""
    marts = content.marts
    owned = {
        "risks": list(content.risks.values()),
        "actions": marts.table("governance.risk_actions", "due_date nulls last, action_id"),
        "deliverables": list(content.deliverables.values()),
        "statutory": marts.table("governance.statutory_items", "next_due nulls last, item_code"),
        "measures": list(content.measures.values()),
    }
    named: dict[str, Role] = {}
    for kind, rows in owned.items():
        for row in rows:
            if row.owner and not row.get("is_withdrawn"):
                named.setdefault(row.owner.casefold(), Role(row.owner)).rows[kind].append(row)
    return sorted(named.values(), key=lambda role: role.name.casefold())
