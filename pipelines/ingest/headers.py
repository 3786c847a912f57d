"""Which layout of a feed a header row fits, and which of its columns is which."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from pipelines.contracts.model import Feed, normalise_header
from pipelines.ingest.files import FileRefused, NotTaken
from pipelines.masking import MASK, masked, words_in

MAX_LISTED = 40
HEADER_WITHIN_ROWS = 20  # rows that are not blank: titles may stand above the header
TRIAL_ROWS = 200  # by which it is seen which of several layouts reads a file
MAX_WIDTH = 1_000  # columns of a wide table


@dataclass(frozen=True)
class WideRows:
    """Of a wide table: the places that each row of a cell keeps, and those of the cells with the headings above them, from the top."""

    keep: tuple[int, ...]
    cells: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class HeaderMatch:
    """A layout held against a header row. `positions` maps canonical columns to places in the row, `sources` the headers of expressions."""

    layout: Feed
    headers: tuple[str, ...]
    positions: dict[str, int]
    missing: tuple[str, ...] = ()
    repeated: tuple[tuple[str, str, str], ...] = ()  # canonical column, and the two headers that both mean it
    unexpected: tuple[str, ...] = field(default=())
    sources: dict[str, int] = field(default_factory=dict)
    absent: tuple[str, ...] = ()  # headers that an expression reads and the row lacks
    file_width: int | None = None  # fields of a row of the file, where not as many as `headers`
    wide: WideRows | None = None  # how the file's rows become those that `headers` describe

    @property
    def fits(self) -> bool:
        return not self.missing and not self.repeated and not self.absent

    @property
    def is_placed(self) -> bool:
        """Whether the layout itself tells what stands above the header: its row is declared, or headings of a wide table are there."""
        return self.layout.reading.header_row is not None or self.wide is not None

    @property
    def width(self) -> int:
        """How many fields a row of the file has."""
        return len(self.headers) if self.file_width is None else self.file_width

    @property
    def columns_found(self) -> int:
        """How many columns of the feed the row gives; those that an expression gives count where it can read its headers."""
        return len(self.positions) + (0 if self.absent else len(self.layout.derived))

    @property
    def not_found(self) -> tuple[str, ...]:
        """The columns for which the layout names a header that the row lacks: a misspelt one, or a changed export."""
        return tuple(column.name for column in self.layout.columns if column.sources and column.name not in self.positions)

    @property
    def places(self) -> tuple[int, ...]:
        """The places of the row that are read."""
        return tuple(dict.fromkeys((*self.positions.values(), *self.sources.values())))


def header_keys(headers: Sequence[str]) -> dict[str, int]:
    """Each header, in the form in which headers are compared, with its place; the second of a name is `name#2`."""
    keys: dict[str, int] = {}
    seen: dict[str, int] = {}
    for place, header in enumerate(headers):
        if normal := normalise_header(header):
            seen[normal] = seen.get(normal, 0) + 1
            keys[normal if seen[normal] == 1 else f"{normal}#{seen[normal]}"] = place
    return keys


def header_key(header: str, keys: Collection[str]) -> str:
    """A layout's way to write a header as one of the keys: `Nature#2` is the second header of that name, unless one is called so."""
    normal = normalise_header(header)
    numbered = re.fullmatch(r"(.+)#(\d+)", header.strip())
    if normal in keys or numbered is None:
        return normal
    name, number = normalise_header(numbered.group(1)), int(numbered.group(2))
    return name if number == 1 else f"{name}#{number}"


def match_headers(layout: Feed, headers: Sequence[str]) -> HeaderMatch:
    """The layout's columns found in the header row, the required ones that are missing, and headers that mean the same column."""
    keys = header_keys(headers)
    plain = [column for column in layout.columns if not column.transform]
    known: dict[str, list[str]] = {}
    for column in plain:
        for header in (*column.aliases, column.name):
            known.setdefault(header_key(header, keys), []).append(column.name)
    for column in plain:  # a column's own name wins over another column's alias
        known[normalise_header(column.name)] = [column.name]
    for column in plain:  # one header may be the source of several columns, but only where the layout says so
        for header in column.sources:
            names = known.setdefault(header_key(header, keys), [])
            if column.name not in names:
                names.append(column.name)
    wanted = {header: header_key(header, keys) for header in layout.headers_read}
    sources = {header: keys[key] for header, key in wanted.items() if key in keys}
    numbered = {key.partition("#")[0] for key in (*known, *wanted.values()) if "#" in key}
    positions: dict[str, int] = {}
    repeated: list[tuple[str, str, str]] = []
    unexpected: list[str] = []
    for key, place in keys.items():
        name, _, number = key.partition("#")
        columns = known.get(key) or ([] if name in numbered else known.get(name)) or []
        for found in columns:
            if found in positions:
                repeated.append((found, headers[positions[found]].strip(), headers[place].strip()))
            else:
                positions[found] = place
        if number and name in wanted.values() and name not in numbered:
            repeated.append((f"{headers[place].strip()}#1 or {headers[place].strip()}#{number}", headers[keys[name]].strip(), headers[place].strip()))
        if not columns and place not in sources.values() and name not in layout.ignored_headers:
            unexpected.append(headers[place].strip())
    derived = {column.name for column in layout.derived}
    missing = tuple(name for name in layout.required if name not in positions and name not in derived)
    absent = tuple(sorted(header for header in wanted if header not in sources))
    return HeaderMatch(layout, tuple(headers), positions, missing, tuple(repeated), tuple(unexpected), sources, absent)


def _own_headers(layout: Feed, canonical: Feed) -> frozenset[str]:
    """The headers that this layout knows and the feed's contract does not."""
    own = {header for column in layout.columns for header in column.headers - canonical.by_name[column.name].headers}
    known = {header for column in canonical.columns for header in column.headers}
    return frozenset(own) | ({normalise_header(h.partition("#")[0]) for h in layout.headers_read} - known)


def _wide_rows(layout: Feed, rows: Sequence[Sequence[str]]) -> WideRows | None:
    """How a table is made long whose last row of headings is the last of these; None where the columns to keep are not in it."""
    reading = layout.reading
    *above, bottom = rows[-len(reading.headings) :]
    # The header of a column to keep may be merged down over the rows of headings: its text then stands above.
    keys = header_keys(
        [
            next((row[place] for row in (bottom, *reversed(above)) if row[place : place + 1] and row[place].strip()), "")
            for place in range(len(bottom))
        ]
    )
    wanted = [header_key(header, keys) for header in reading.keep]
    if len(above) < len(reading.headings) - 1 or not all(key in keys for key in wanted):
        return None
    keep = tuple(keys[key] for key in wanted)
    filled = [_filled_right(headings) for headings in above]
    places = [place for place, heading in enumerate(bottom) if heading.strip() and place not in keep]
    cells = tuple((place, (*(row[place] if place < len(row) else "" for row in filled), bottom[place].strip())) for place in places)
    return WideRows(keep, cells) if cells and len(bottom) < MAX_WIDTH else None


def _filled_right(headings: Sequence[str]) -> list[str]:
    """Headings, each empty one as the one before it: a merged cell has its text in its first."""
    filled, last = [], ""
    for heading in headings:
        last = heading.strip() or last
        filled.append(last)
    return filled


def _match(layout: Feed, rows: Sequence[Sequence[str]]) -> HeaderMatch:
    """The layout held against a header row, the last of these; of a wide table, against the row that its cells will have."""
    if not layout.reading.is_wide:
        return match_headers(layout, rows[-1])
    wide = _wide_rows(layout, rows)
    if wide is None:
        return HeaderMatch(layout, tuple(rows[-1]), {}, absent=layout.reading.keep)
    return replace(match_headers(layout, (*layout.reading.keep, *layout.reading.headings, layout.reading.value)), file_width=len(rows[-1]), wide=wide)


def candidates(layouts: Sequence[Feed], rows: Sequence[Sequence[str]], row_number: int = 1) -> list[HeaderMatch]:
    """The layouts that may be meant by a header row (the last of these; `row_number` as a person counts), best first.

    Best are those that fit, with the most columns found, the first (canonical) one on ties. A layout with headers of its own is only
    meant where the row has one of them; one that says by `appliesTo` which headers its files have, where it has them all.
    """
    present = {normalise_header(header) for header in rows[-1]}
    found = []
    for layout in layouts:
        reading = layout.reading
        own = frozenset() if layout.layout == layouts[0].layout else _own_headers(layout, layouts[0])
        if reading.header_row not in (None, row_number):
            continue
        if reading.applies_to and reading.applies_to.headers:
            is_meant = {normalise_header(h) for h in reading.applies_to.headers} <= present
        else:
            is_meant = reading.is_wide or not own or bool(own & present)
        if is_meant:
            found.append(_match(layout, rows))
    if not found and layouts[0].reading.header_row not in (None, row_number):
        return [HeaderMatch(layouts[0], tuple(rows[-1]), {}, missing=layouts[0].required or layouts[0].key)]
    return sorted(found or [_match(layouts[0], rows)], key=lambda m: (m.fits, m.columns_found, -len(m.repeated)), reverse=True)


def best_match(
    layouts: Sequence[Feed], rows: Sequence[Sequence[str]], row_number: int = 1, rows_read: Callable[[HeaderMatch], int] | None = None
) -> HeaderMatch:
    """The layout that is meant; of several that fit alike (they differ in formats alone), the one that reads the most of the first rows."""
    best, *others = candidates(layouts, rows, row_number)
    rivals = [m for m in others if m.fits and m.columns_found == best.columns_found]
    if not rivals or rows_read is None or not best.fits:
        return best
    return max([best, *rivals], key=rows_read)


def likely_header(rows: Sequence[Sequence[str]]) -> int:
    """Where the header stands among the first rows, whatever it says: the first that is nearly as full as any.

    Where no row fits a contract, this one is spoken of: the row that comes nearest may be a record, whose values nobody must see.
    """
    full = [sum(bool(cell and cell.strip()) for cell in row) for row in rows]
    return next((i for i, filled in enumerate(full) if filled >= 0.8 * max(full)), 0)


def header_meant(match: HeaderMatch, above: Sequence[HeaderMatch]) -> HeaderMatch:
    """The header row that fits, or one above it that names nearly as many of its columns and fits none: the rows between are no titles."""
    if match.wide:
        return match
    nearly = max(2, 0.75 * match.columns_found)
    return next((m for m in above if m.columns_found >= nearly), match)


def refuse_records_above(records: int, row_number: int) -> None:
    """Raises FileRefused where rows above the header (`row_number` as a person counts) are records: they would pass for titles."""
    if records:
        raise FileRefused(
            f"holds {records} record{'s' if records > 1 else ''} above its header, which stands in row {row_number:,}; "
            "move the header to the top, or have the file sent again"
        )


def layouts_for(layouts: Sequence[Feed], name: str) -> tuple[Feed, ...]:
    """The layouts by which a file may be read: those that name its folder or file name, else those that name none.

    `name` is the file's path within its feed's landing folder.
    """
    folder, _, file_name = name.rpartition("/")
    named, open_ones = [], []
    for layout in layouts:
        applies = layout.reading.applies_to
        if applies is None or not (applies.folder or applies.file_name):
            open_ones.append(layout)
        elif (not applies.folder or fnmatchcase(folder.lower(), applies.folder.lower())) and (
            not applies.file_name or fnmatchcase(file_name.lower(), applies.file_name.lower())
        ):
            named.append(layout)
    return tuple(named or open_ones)


def _shown(headers: Sequence[str], layout: Feed) -> str:
    """Headers for a message: masked, for a header row may be a data row. What the layout itself knows is shown, and what is long is not."""
    safe = [" ".join(h.split()) for h in headers if h.strip()]
    texts = [masked(h, _words(layout)) if len(h) <= 40 and not re.search(r"\d{4}", h) else MASK for h in safe[:MAX_LISTED]]
    return ", ".join(texts) + (f" and {len(safe) - MAX_LISTED} more" if len(safe) > MAX_LISTED else "")


def _words(layout: Feed) -> frozenset[str]:
    """The words of the headers that a layout names."""
    headers = [*layout.headers_read, *(h for column in layout.columns for h in column.headers)]
    return words_in(" ".join(headers))


def why_not(match: HeaderMatch) -> str:
    """What is wrong with a header row that fits no layout, and the way out, in one sentence."""
    contract = match.layout.path.name
    if not match.places:
        return (
            f"has no header that {contract} knows in its first lines; check the delimiter, whether the header line is missing, "
            "and whether the file is in the right landing folder"
        )
    parts = []
    if match.missing:
        parts.append(f"lacks the required column{'s' if len(match.missing) > 1 else ''} {', '.join(match.missing)}")
    if match.absent:
        parts.append(f"lacks {', '.join(match.absent)}, from which the layout derives columns")
    for column, first, second in match.repeated:
        parts.append(f"has two headers for {column} ({_shown([first], match.layout)} and {_shown([second], match.layout)})")
    headers = _shown(match.headers, match.layout)
    return f"{' and '.join(parts)}; its headers are: {headers}. Correct the export, or add the header as a synonym in {contract}"


def unexpected_text(match: HeaderMatch) -> str | None:
    """The headers that the contract does not know, for the ledger; None where there are none."""
    return _shown(match.unexpected, match.layout) or None


def refuse_others(rows: Sequence[Sequence[str]], feed: Feed) -> None:
    """Raises NotTaken where a row of headers is that of files which the feed's contract knows as no files of its own."""
    for row in rows if feed.other_files else ():
        present = {normalise_header(header) for header in row}
        for other in feed.other_files:
            if {normalise_header(header) for header in other.headers} <= present:
                raise NotTaken(f"holds {other.what}, which {feed.name} does not take: it is left as it is")


def last_header_row(layouts: Sequence[Feed]) -> int:
    return max([HEADER_WITHIN_ROWS, *(x.reading.header_row for x in layouts if x.reading.header_row)])
