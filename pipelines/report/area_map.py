"""A map of areas of one kind: by their outlines where a user has given them, else by tiles; every area is a link with its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from pipelines.report.outlines import Ring, drawn
from pipelines.report.palette import INK
from pipelines.report.plane import COOL, FONT, Figure, tint

TILE, GAP = 118, 6


@dataclass(frozen=True)
class Place:
    """An area on a map: its name, where it leads, its figure with a word below it, how dark it is (0 to 1; None for no figure), and a sentence."""

    area_id: str
    name: Figure
    link: str
    figure: Figure
    share: float | None
    word: str = ""
    sentence: Figure | None = None
    is_own: bool = False


def area_map(
    places: Sequence[Place],
    outlines: Mapping[str, Sequence[Ring]],
    tiles: Mapping[str, tuple[int, int]],
    title: str,
    deep: tuple[int, int, int] = COOL,
) -> Markup:
    """The map of these areas, the higher the closer to the colour `deep`.

    By outlines only where every area has one: half a map would hide the other half.
    """
    if all(place.area_id in outlines for place in places):
        on_map = drawn({place.area_id: outlines[place.area_id] for place in places})
        shapes = {area: "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings) for area, rings in on_map.rings.items()}
        return _svg(places, shapes, on_map.middles, on_map.width, on_map.height, title, deep)
    cells = tile_cells([place.area_id for place in places], tiles)
    shapes = {area: f"M{x * TILE} {y * TILE}h{TILE - GAP}v{TILE - GAP}h-{TILE - GAP}z" for area, (x, y) in cells.items()}
    middles = {area: (x * TILE + (TILE - GAP) / 2, y * TILE + (TILE - GAP) / 2) for area, (x, y) in cells.items()}
    width, height = (1 + max(cell[axis] for cell in cells.values()) for axis in (0, 1))
    return _svg(places, shapes, middles, width * TILE - GAP, height * TILE - GAP, title, deep)


def tile_cells(areas: Sequence[str], tiles: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """(column, row) of each area: as laid out, else one after the other in rows of four below those that are."""
    cells: dict[str, tuple[int, int]] = {}
    for area in areas:
        if area in tiles and tiles[area] not in cells.values():
            cells[area] = tiles[area]
    below = 1 + max((row for _, row in cells.values()), default=-1)
    rest = [area for area in areas if area not in cells]
    return cells | {area: (n % 4, below + n // 4) for n, area in enumerate(rest)}


def _svg(
    places: Sequence[Place],
    shapes: Mapping[str, str],
    middles: Mapping[str, tuple[float, float]],
    width: float,
    height: float,
    title: str,
    deep: tuple[int, int, int],
) -> Markup:
    parts = []
    for place in places:
        fill = "#fff" if place.share is None else tint(place.share, deep)
        edge = f'stroke="{INK}" stroke-width="{3.5 if place.is_own else 1}"'
        x, y = middles[place.area_id]
        lines = _lines(place.name.text)
        # a blank at the end of a line keeps the words of the name apart where it is read as one
        name = "".join(f'<tspan x="{x:.0f}" dy="{14 if n else 0}">{escape(line)} </tspan>' for n, line in enumerate(lines))
        texts = [
            f'<text y="{y - 14 * (len(lines) - 1) - 8:.0f}" font-size="12" {place.name.attributes}>{name}</text>',
            f'<text x="{x:.0f}" y="{y + 14:.0f}" font-size="16" font-weight="700" {place.figure.attributes}>{escape(place.figure.text)}</text>',
            f'<text x="{x:.0f}" y="{y + 30:.0f}" font-size="11">{escape(place.word)}</text>' if place.word else "",
            f"<title {place.sentence.attributes}>{escape(place.sentence.text)}</title>" if place.sentence else "",
        ]
        own = ' aria-current="true"' if place.is_own else ""
        shape = f'<path d="{shapes[place.area_id]}" fill="{fill}" {edge} stroke-linejoin="round"/>'
        parts.append(f'<a href="{escape(place.link)}"{own}>{shape}<g fill="{INK}" text-anchor="middle">{"".join(texts)}</g></a>')
    return Markup(
        f'<svg class="map" role="group" aria-label="{escape(title)}" viewBox="-3 -3 {width + 6:.0f} {height + 6:.0f}" width="{width + 6:.0f}" '
        f'height="{height + 6:.0f}" {FONT}>{"".join(parts)}</svg>'
    )


def _lines(name: str) -> list[str]:
    """A name on short lines."""
    lines = [""]
    for word in name.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= 15:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines[:3]
