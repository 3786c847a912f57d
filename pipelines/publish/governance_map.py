"""The governance map as a page: what feeds what, drawn in Mermaid, with the table that it is drawn from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import duckdb

# Shapes of the boxes by kind, as Mermaid writes them: round for people, a document for what is written, a cylinder for a register.
SHAPES = {
    "board": ("([", "])"),
    "body": ("([", "])"),
    "plan": ("[/", "/]"),
    "report": ("[/", "/]"),
    "register": ("[(", ")]"),
    "scorecard": ("[", "]"),
}
SHAPE = ("{{", "}}")
WORDS = {"reports_to": "reports to", "holds_to_account": "holds to account"}
TITLE = """\
# Governance map

Boards, plans, scorecards and registers, and what passes between them. Drawn from sheets `nodes` and `links` of the governance workbook
(`governance.governance_nodes`, `governance.governance_map`); `scorecards docs` draws it anew from the published marts. The printed diagram
lost its arrows in extraction: the ones here are the demonstration's reading (basis `synthetic`), to be put right by the workbook's owner.
"""

Node = tuple[str, str, str, str | None, str | None]  # node_id, name, kind, framework, period
Link = tuple[str, str, str]  # from_node, relation, to_node


def governance_page(nodes: Sequence[Node], links: Sequence[Link]) -> str:
    """Markdown with a Mermaid diagram of the links between the nodes, and both as tables. A link whose end is no node is left out."""
    names = {node_id: name for node_id, name, *_ in nodes}
    drawn = [link for link in links if link[0] in names and link[2] in names]
    lines = [TITLE, "```mermaid", "flowchart LR"]
    for node_id, name, kind, _, period in nodes:
        opening, closing = SHAPES.get(kind, SHAPE)
        label = name + (f"<br/>{period}" if period else "")
        lines.append(f"    {_identifier(node_id)}{opening}{_quoted(label)}{closing}")
    lines += [f"    {_identifier(start)} -->|{WORDS.get(relation, relation)}| {_identifier(end)}" for start, relation, end in drawn]
    lines += ["```", "", "| from | | to |", "|---|---|---|"]
    lines += [f"| {_cell(names[start])} | {WORDS.get(relation, relation)} | {_cell(names[end])} |" for start, relation, end in drawn]
    lines += ["", "| box | kind | framework | period |", "|---|---|---|---|"]
    lines += [f"| {_cell(name)} | {kind} | {framework or ''} | {_cell(period or '')} |" for _, name, kind, framework, period in nodes]
    return "\n".join(lines) + "\n"


def read_map(marts: duckdb.DuckDBPyConnection) -> tuple[list[Node], list[Link]]:
    """Nodes and links as published, in the order of their ids."""
    nodes: list[Any] = marts.execute(
        "select node_id, name, kind, framework, period from governance.governance_nodes where not is_withdrawn order by node_id"
    ).fetchall()
    links: list[Any] = marts.execute("select from_node, relation, to_node from governance.governance_map order by link_id").fetchall()
    return nodes, links


def _identifier(text: str) -> str:
    """A name that Mermaid takes as one word; a prefix keeps it from being one of its own (`end`)."""
    return "n_" + re.sub(r"\W", "_", text)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "#quot;") + '"'


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
