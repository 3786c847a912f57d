"""The governance map: boxes in columns, each right of what leads to it, and the arrows between them; of the site, the report and its slides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from markupsafe import Markup, escape

from pipelines.report.palette import INK, NODE_FILLS, PALE, SOFT
from pipelines.report.plane import FONT

# Relations as readers see them. Those that report or assure lead back up.
DASHES = {"feeds": "", "sets": "", "assures": "7 4", "reports to": "2 3", "holds to account": "10 3 2 3"}
UPWARD = ("assures", "reports to")
CORNERS = {"board": 24, "body": 24, "scorecard": 2, "report": 2}
BOX, GAP, TALL, APART = 168, 64, 56, 26
BESIDE = (0, 6, -6, 10, -10)  # arrows of one gap, beside each other

Place = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A box: its name, its kind, and the attributes that trace the name to its mart cell (pipelines/report/trace.py)."""

    node_id: str
    name: str
    kind: str
    attributes: str


@dataclass(frozen=True)
class Link:
    """An arrow between two boxes, with its relation in plain words."""

    start: str
    end: str
    relation: str


def map_columns(nodes: Sequence[str], links: Sequence[Link]) -> list[list[str]]:
    """Each node one column right of the furthest node that leads to it.

    Links that lead back up would close circles: they place only the nodes that nothing else leads to or from.
    """
    onward = [(link.start, link.end) for link in links if link.relation not in UPWARD and link.start != link.end]
    depth = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for start, end in onward:
            if depth[end] <= depth[start] < len(nodes) - 1 and not _leads(end, start, onward):
                depth[end] = depth[start] + 1
    placed = {node for link in onward for node in link}
    for node in nodes:
        before = [depth[link.start] for link in links if link.end == node and link.start != node]
        if node not in placed and before:
            depth[node] = max(before) + 1
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
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


def map_drawing(boxes: Sequence[Box], links: Sequence[Link]) -> Markup:
    """The map as inline SVG; nothing where there are no boxes. Every link joins two of the boxes."""
    if not boxes:
        return Markup("")
    columns = map_columns([box.node_id for box in boxes], links)
    tallest = max(len(column) for column in columns)
    height = tallest * (TALL + APART) + APART
    places = {
        node: (GAP / 2 + i * (BOX + GAP), (height - len(column) * (TALL + APART) + APART) / 2 + j * (TALL + APART))
        for i, column in enumerate(columns)
        for j, node in enumerate(column)
    }
    by_id = {box.node_id: box for box in boxes}
    ways = _ways(columns, places, links)
    parts = [_arrow(places[link.start], places[link.end], link.relation, way) for link, way in zip(links, ways, strict=True)]
    parts += [_box(by_id[node], x, y) for node, (x, y) in places.items()]
    width = len(columns) * (BOX + GAP)
    title = "<title>Governance map</title><desc>The table below lists every link.</desc>"
    return Markup(
        f'<svg class="chart map" role="img" viewBox="0 0 {width} {height:.0f}" width="{width}" height="{height:.0f}" {FONT}>'
        f"{title}{''.join(parts)}</svg>"
    )


def _ways(columns: Sequence[Sequence[str]], places: Mapping[str, Place], links: Sequence[Link]) -> list[list[Place]]:
    """For each link the places where it passes the columns between its ends: in the gaps above, between and below their boxes, never behind one."""
    column_of = {node: i for i, column in enumerate(columns) for node in column}
    lanes = [[min(places[n][1] for n in column) - APART / 2, *(places[n][1] + TALL + APART / 2 for n in column)] for column in columns]
    taken: Counter[tuple[int, float]] = Counter()
    ways = []
    for link in links:
        i, j = column_of[link.start], column_of[link.end]
        way = []
        for k in range(i + 1, j) if j > i else range(i - 1, j, -1):
            straight = places[link.start][1] + (places[link.end][1] - places[link.start][1]) * (k - i) / (j - i) + TALL / 2
            lane = min(lanes[k], key=lambda y: abs(y - straight))
            way.append((places[columns[k][0]][0], lane + BESIDE[taken[k, lane] % len(BESIDE)]))
            taken[k, lane] += 1
        ways.append(way)
    return ways


def _box(box: Box, x: float, y: float) -> str:
    lines = wrap(box.name, 21, break_long_words=False, break_on_hyphens=False)
    top = y + TALL / 2 + 4.5 - (len(lines) - 1) * 7.5
    spans = "".join(f'<tspan x="{x + BOX / 2:.0f}" y="{top + 15 * i:.1f}">{escape(text)} </tspan>' for i, text in enumerate(lines))
    fill, corner = NODE_FILLS.get(box.kind, PALE), CORNERS.get(box.kind, 8)
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{BOX}" height="{TALL}" rx="{corner}" fill="{fill}" stroke="{INK}"/>'
        f'<text {box.attributes} text-anchor="middle" font-size="12.5" fill="{INK}">{spans}</text>'
    )


def _arrow(start: Place, end: Place, relation: str, passing: Sequence[Place]) -> str:
    """The arrow from box to box, level where it passes a column."""
    backwards = end[0] <= start[0]
    x0, y0 = start[0] + (0 if backwards else BOX), start[1] + TALL / 2
    x1, y1 = end[0] + (BOX if backwards else 0), end[1] + TALL / 2
    way = -1 if backwards else 1
    if start[0] == end[0]:  # one above the other
        x0 = x1 = start[0] + BOX
        way = -1
        path = f"M{x0:.0f} {y0:.0f}C{x0 + 40:.0f} {y0:.0f} {x1 + 40:.0f} {y1:.0f} {x1:.0f} {y1:.0f}"
    else:
        path, bend = f"M{x0:.0f} {y0:.0f}", GAP / 2 * way
        before = (x0, y0)
        for x, y in [*((x + (BOX if backwards else 0), y) for x, y in passing), (x1, y1)]:
            path += f"C{before[0] + bend:.0f} {before[1]:.0f} {x - bend:.0f} {y:.0f} {x:.0f} {y:.0f}"
            before = (x + BOX * way, y)
            path += f"H{before[0]:.0f}" if (x, y) != (x1, y1) else ""
    dash = DASHES.get(relation, "")
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    head = f"M{x1:.0f} {y1:.0f}l{-8 * way} -4.5v9z"
    return f'<path d="{path}" fill="none" stroke="{SOFT}" stroke-width="1.3"{dashes}/><path d="{head}" fill="{SOFT}"/>'
