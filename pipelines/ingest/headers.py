"""Which layout of a feed a header row fits, and which of its columns is which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.contracts.model import Feed, normalise_header

MAX_LISTED = 40


@dataclass(frozen=True)
class HeaderMatch:
    """A layout held against a header row. `positions` maps canonical columns to places in the row."""

    layout: Feed
    headers: tuple[str, ...]
    positions: dict[str, int]
    missing: tuple[str, ...] = ()
    repeated: tuple[tuple[str, str, str], ...] = ()  # canonical column, and the two headers that both mean it
    unexpected: tuple[str, ...] = field(default=())

    @property
    def fits(self) -> bool:
        return not self.missing and not self.repeated


def match_headers(layout: Feed, headers: Sequence[str]) -> HeaderMatch:
    """The layout's columns found in the header row, the required ones that are missing, and headers that mean the same column."""
    known = {header: column.name for column in layout.columns for header in column.headers}
    # A column's own name wins over another column's alias.
    known |= {normalise_header(column.name): column.name for column in layout.columns}
    positions: dict[str, int] = {}
    repeated: list[tuple[str, str, str]] = []
    unexpected: list[str] = []
    for place, header in enumerate(headers):
        normal = normalise_header(header)
        column = known.get(normal)
        if column is None:
            if normal and normal not in layout.ignored_headers:
                unexpected.append(header.strip())
        elif column in positions:
            repeated.append((column, headers[positions[column]].strip(), header.strip()))
        else:
            positions[column] = place
    missing = tuple(name for name in layout.required if name not in positions)
    return HeaderMatch(layout, tuple(headers), positions, missing, tuple(repeated), tuple(unexpected))


def _speaks(layout: Feed, canonical: Feed, headers: Sequence[str]) -> bool:
    """Whether the row has a header that only this layout knows; without one, it is not this supplier's file."""
    own = {header for column in layout.columns for header in column.headers - canonical.by_name[column.name].headers}
    return any(normalise_header(header) in own for header in headers)


def best_match(layouts: Sequence[Feed], headers: Sequence[str]) -> HeaderMatch:
    """The layout that fits with the most columns found, the first (canonical) one on ties; else the nearest that does not fit."""
    canonical, *others = layouts
    candidates = [canonical, *(layout for layout in others if _speaks(layout, canonical, headers))]
    matches = [match_headers(layout, headers) for layout in candidates]
    return max(matches, key=lambda m: (m.fits, len(m.positions), -len(m.repeated)))


def _shown(headers: Sequence[str]) -> str:
    """Headers for a message. What looks like a value (a number, a long text) is left out: a header row may be a data row."""
    safe = [h.strip() for h in headers if h.strip()]
    texts = [h if len(h) <= 40 and not re.search(r"\d{4}", h) else "…" for h in safe[:MAX_LISTED]]
    return ", ".join(texts) + (f" and {len(safe) - MAX_LISTED} more" if len(safe) > MAX_LISTED else "")


def why_not(match: HeaderMatch) -> str:
    """What is wrong with a header row that fits no layout, and the way out, in one sentence."""
    contract = match.layout.path.name
    if not match.positions:
        return (
            f"has no header that {contract} knows in its first lines; check the delimiter, whether the header line is missing, "
            "and whether the file is in the right landing folder"
        )
    parts = []
    if match.missing:
        parts.append(f"lacks the required column{'s' if len(match.missing) > 1 else ''} {', '.join(match.missing)}")
    for column, first, second in match.repeated:
        parts.append(f"has two headers for {column} ({_shown([first])} and {_shown([second])})")
    return f"{' and '.join(parts)}; its headers are: {_shown(match.headers)}. Correct the export, or add the header as a synonym in {contract}"


def unexpected_text(match: HeaderMatch) -> str | None:
    """The headers that the contract does not know, for the ledger; None where there are none."""
    return _shown(match.unexpected) or None
