"""What a file holds, before there is a layout for it: its columns, the feed it fits best, a layout to begin with; and what a layout makes of it.

Nothing here touches the warehouse, and no value is shown: a sample is a shape (`Aa 99/99/9999`), since any column may hold a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.contracts.model import DEFAULT_DATE_FORMATS, DEFAULT_TIMESTAMP_FORMATS, FALSE_VALUES, TRUE_VALUES, Contracts, Feed
from pipelines.ingest.conform import parse_dates, parse_times
from pipelines.ingest.files import FileRefused, ending_of
from pipelines.ingest.headers import HEADER_WITHIN_ROWS, HeaderMatch, candidates, likely_header
from pipelines.ingest.raw_rows import RawRows, raw_rows

ROWS_LOOKED_AT = 5_000
_KINDS = (
    ("time of day or duration", r"^\d{1,3}:\d{2}(:\d{2})?$"),
    ("seconds since 1970, perhaps", r"^1\d{9}$"),
    ("milliseconds since 1970, perhaps", r"^1\d{12}$"),
    ("integer", r"^[+-]?\d+$"),
    ("number", r"^[+-]?[\d.,]*\d\s*%?$"),
)
_DATES = (*DEFAULT_DATE_FORMATS, "%d.%m.%Y", "%d/%m/%y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%B %Y", "%B-%y", "%Y-%m", "%Y%m%d", "%m/%d/%Y")
_TIMES = (
    *DEFAULT_TIMESTAMP_FORMATS, "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d-%b-%Y %H:%M:%S", "%d-%b-%Y %H:%M", "%d/%m/%y %H:%M",
    "%d/%m/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%Y%m%d%H%M%S",
)  # fmt: skip


@dataclass(frozen=True)
class SeenColumn:
    """One column of a file as it looks: its header (the second of a name is `name#2`), type, how it is written, and how much of it is filled."""

    header: str
    type: str
    format: str | None
    filled: float
    distinct: int
    is_key: bool
    shapes: tuple[str, ...]
    spread: tuple[str, str] | None = None


@dataclass(frozen=True)
class Inspection:
    """What was seen of a file or a sheet."""

    raw: RawRows
    header_row: int
    row_count: int
    columns: tuple[SeenColumn, ...]
    feed: Feed
    match: HeaderMatch


def shape_of(text: str) -> str:
    """A text without what it says: letters as A and a, digits as 9, at most 24 characters."""
    shape = re.sub(r"\d", "9", re.sub(r"[^\W\d_]", lambda m: "A" if m.group().isupper() else "a", text))
    return shape if len(shape) <= 24 else shape[:23] + "…"


def _first_fit(values: pl.Series, formats: Sequence[str], read: type) -> tuple[str, pl.Series] | None:
    for fmt in formats:
        if read is pl.Date:
            found = parse_dates(values, (fmt,)) if "%H" not in fmt and "%I" not in fmt else None
        else:
            found = parse_times(values, (fmt,))[0] if "%H" in fmt or "%I" in fmt else None
        if found is not None and found.null_count() == 0:
            return fmt, found
    return None


def _typed(values: pl.Series) -> tuple[str, str | None, tuple[str, str] | None]:
    """Type, format and spread of a column's values (distinct, none of them empty)."""
    words = set(values.str.to_lowercase())
    if words <= {*TRUE_VALUES, *FALSE_VALUES} and len(words) <= 2:
        return "boolean", None, None
    for kind, formats, read in (("timestamp", _TIMES, pl.Datetime), ("date", _DATES, pl.Date)):
        if fit := _first_fit(values, formats, read):
            fmt, times = fit
            return kind, fmt, (str(times.min())[:10], str(times.max())[:10])
    return next((kind for kind, pattern in _KINDS if values.str.contains(pattern).all()), "text"), None, None


def _seen(header: str, cells: list[str]) -> SeenColumn:
    texts = pl.Series(header, cells, dtype=pl.String).str.strip_chars()
    given = texts.filter(texts != "")
    distinct = given.unique(maintain_order=True)
    kind, fmt, spread = _typed(distinct) if len(distinct) else ("empty", None, None)
    shapes = tuple(shape for shape, _ in Counter(shape_of(v) for v in distinct.head(500).to_list()).most_common(3))
    is_key = len(given) == len(texts) == len(distinct) > 1
    return SeenColumn(header, kind, fmt, len(given) / max(len(texts), 1), len(distinct), is_key, shapes, spread)


def _feed_at(rows: Sequence[Sequence[str]], contracts: Contracts, feed_name: str | None) -> HeaderMatch:
    """The feed that a header row fits best."""
    feeds = [feed for feed in contracts.feeds.values() if feed_name in (None, feed.name) and not feed.is_whole]
    return max((candidates([feed], rows)[0] for feed in feeds), key=lambda m: (m.fits, m.columns_found - len(m.missing), m.columns_found))


def _names(header: Sequence[str]) -> list[str]:
    """The headers to show: the second of a name is `name#2`. A row of which a third looks like values is none, and is not shown."""
    values = sum(bool(re.fullmatch(r"[\d\s:/.,%-]+", cell.strip())) for cell in header)
    if values * 3 >= len(header):
        return [f"(column {place})" for place in range(1, len(header) + 1)]
    seen = Counter[str]()
    names = []
    for place, cell in enumerate(header, start=1):
        name = " ".join(cell.split()) or f"(column {place})"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def inspect(path: Path, contracts: Contracts, feed_name: str | None = None) -> list[Inspection]:
    """What is seen of a file, or of each of its sheets. Raises FileRefused."""
    ending = ending_of(path.name)
    if ending is None:
        raise FileRefused("has an ending that is not read (csv, csv.gz, xlsx, parquet)")
    found = []
    for raw in raw_rows(path, ending, ROWS_LOOKED_AT):
        if not raw.rows:
            continue
        at = likely_header(raw.rows[:HEADER_WITHIN_ROWS])
        match = _feed_at(raw.rows[: at + 1], contracts, feed_name)
        rows = raw.rows[at + 1 :]
        columns = [_seen(name, [row[place] if place < len(row) else "" for row in rows]) for place, name in enumerate(_names(raw.rows[at]))]
        found.append(Inspection(raw, raw.numbers[at], len(rows), tuple(columns), match.layout, match))
    if not found:
        raise FileRefused("is empty (no sheet holds anything); have it sent again, or remove it")
    return found


# --- a layout to begin with ------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def layout_text(seen: Inspection, path: Path) -> str:
    """A layout for the file, to be finished by a person: what was recognised is filled in, what is missing stands as a comment."""
    feed, match = seen.feed, seen.match
    by_place = {place: column for column, place in match.positions.items()}
    stem = re.sub(r"\d+", "*", path.name)
    lines = [
        f"# How {_quoted(stem)} is read as {feed.name}: {feed.title}. Finish it, and try it: scorecards layout check THIS_FILE {path.name}",
        "# Every property: docs/adding-a-feed.md.",
        "apiVersion: v3.2.0",
        "kind: DataContract",
        f"id: scorecards:layout:{re.sub(r'[^a-z0-9]+', '_', path.name.partition('.')[0].lower())}",
        f"name: {_quoted(f'{feed.title}, as a supplier exports them')}",
        "version: 1.0.0",
        "status: active",
        "customProperties:",
        f"  - {{property: extends, value: {feed.name}}}",
        f"  - {{property: appliesTo, value: {{fileName: {_quoted(stem)}}}}}",
    ]
    if seen.raw.delimiter not in (None, ","):
        lines.append(f'  - {{property: delimiter, value: "{seen.raw.delimiter}"}}'.replace("\t", "\\t"))
    if seen.raw.encoding not in (None, "utf-8", "cp1252"):
        lines.append(f"  - {{property: encoding, value: {seen.raw.encoding}}}")
    if seen.raw.sheet is not None:
        lines.append(f"  - {{property: sheet, value: {_quoted(seen.raw.sheet)}}}")
    lines.append("  # - {property: timeZone, value: UTC}  # where times without an offset are not London's")
    unclaimed = [column for place, column in enumerate(seen.columns) if place not in by_place and not column.header.startswith("(column")]
    if unclaimed:
        lines.append(
            "  # a foot or total is left out by a rule: - {property: leftOut, value: [{where: '\"" + unclaimed[0].header + "\" like ''Total%'''}]}"
        )
    lines += ["schema:", f"  - name: {feed.name}", "    properties:"]
    claimed = {column: place for place, column in by_place.items()}
    for column in feed.columns:
        if column.name in claimed:
            source = seen.columns[claimed[column.name]]
            lines.append(f"      - name: {column.name}  # {column.type}: {column.description}")
            lines.append(f"        physicalName: {_quoted(source.header)}")
            if column.type in ("date", "timestamp") and source.format:
                lines.append(f"        customProperties: [{{property: formats, value: [{_quoted(source.format)}]}}]")
    for column in feed.columns:
        if column.name not in claimed:
            need = "required" if column.required else "optional"
            lines.append(f"      # - name: {column.name}  # {need} {column.type}: {column.description}")
            lines.append("      #   physicalName: …   or   transformLogic: …   or   customProperties: [{property: constant, value: …}]")
    if unclaimed:
        lines.append("# Headers of the file that nothing reads yet, with their type and shapes:")
        lines += [f'#   "{c.header}": {c.type}{f", {c.format}" if c.format else ""}: {"  ".join(c.shapes)}' for c in unclaimed]
    return "\n".join(lines) + "\n"
