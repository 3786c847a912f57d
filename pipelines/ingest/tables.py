"""csv, csv.gz, xlsx and parquet as one thing: a matched header and blocks of text columns under canonical names."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contracts.model import Feed, normalise_header
from pipelines.ingest.conform import FAULT, LEFT_OFF, ROW, conform
from pipelines.ingest.csv_records import (
    BROKEN_RECORD,
    TextFacts,
    exchanged,
    hash_file,
    inspect_text,
    quote_of,
    record_blocks,
    utf8_chunks,
    without_blank_runs,
)
from pipelines.ingest.files import FileRefused, NotTaken, SheetMissing
from pipelines.ingest.headers import MAX_WIDTH, HeaderMatch, best_match, likely_header, why_not
from pipelines.ingest.shape import canonical_block, fields_of, long
from pipelines.ingest.workbook import DAMAGED, Sheet, SheetFacts, read_workbook
from pipelines.masking import masked

DELIMITERS = (",", ";", "|", "\t")
HEAD_BYTES = 1 << 20  # the header must lie within the first of these bytes
MAX_COLUMNS = 2_000
MOST_LEFT_OFF = 2  # last columns that a record may lack
ROWS_OF_A_SHEET = 10_000_000  # by which row numbers of the second of several sheets are higher, and so on
PARQUET_BATCH_ROWS = 100_000
TRIAL_ROWS = 200  # by which it is seen which of several layouts reads a file
HEADER_WITHIN_ROWS = 20  # rows that are not blank: titles may stand above the header
OTHER_FORMATS = (  # what else arrives under the name of a csv: first bytes, what it is, the way out
    (b"PK\x03\x04", "a zip archive or workbook", "unpack it, or name it .xlsx"),
    (b"\x1f\x8b", "a gzip file", "name it .csv.gz"),
    (b"PAR1", "a Parquet file", "name it .parquet"),
    (b"<", "an HTML or XML page", "have the extract itself sent"),
    (b"%PDF", "a PDF document", "have the extract itself sent"),
)
_LONE_CR = re.compile(r"\r(?!\n)")
_RECORD_END = "\x1f"  # put behind the last field of every record, so that records with too few or too many fields show


@dataclass(frozen=True)
class Table:
    """An opened file: the layout that fits, and its rows as blocks.

    A block has a text column a canonical column found, `_file_row` and `_fault`. Records without any value are no rows.
    """

    match: HeaderMatch
    blocks: Iterator[pl.DataFrame]
    is_typed: bool  # dates and times were typed in the file
    notes: tuple[tuple[int, str, str], ...] = ()  # what is remarkable about single cells: row, column, rule
    is_comma_doubtful: bool = False  # a comma in a number may well begin its decimals


@dataclass(frozen=True)
class Fingerprint:
    """The first pass over a file: the hash of its bytes and, for text, what kind of text it is."""

    file_hash: str
    text: TextFacts | FileRefused | None = None


def fingerprint(path: Path, ending: str, layouts: Sequence[Feed]) -> Fingerprint:
    """Hash a file; for csv and csv.gz learn its encoding in the same pass."""
    if ending in (".csv", ".csv.gz"):
        encoding = next((layout.encoding for layout in layouts if layout.encoding), None)
        return Fingerprint(*inspect_text(path, ending == ".csv.gz", encoding))
    return Fingerprint(hash_file(path))


def open_table(path: Path, ending: str, first_pass: Fingerprint, layouts: Sequence[Feed]) -> Table:
    """The file's table. Raises FileRefused (also while its blocks are read)."""
    if ending == ".xlsx" and layouts[0].is_whole:
        return open_sheet(path, layouts)
    if ending == ".xlsx":
        return _open_xlsx(path, layouts)
    if ending == ".parquet":
        return _open_parquet(path, layouts)
    if isinstance(first_pass.text, FileRefused):
        raise first_pass.text
    assert first_pass.text is not None
    return _open_csv(path, ending == ".csv.gz", first_pass.text, layouts)


# --- csv -------------------------------------------------------------------------------------------------------------


def _refuse_other_formats(path: Path) -> None:
    """Raises FileRefused for a file that its first bytes tell to be something else than text."""
    with path.open("rb") as file:
        head = file.read(64).lstrip()
    for mark, kind, way_out in OTHER_FORMATS:
        if head.startswith(mark):
            raise FileRefused(f"is not csv but {kind}; {way_out}")


def _head(path: Path, is_gzip: bool, facts: TextFacts) -> str:
    """The first megabyte of the text. Raises FileRefused where it is no text of rows at all."""
    head = b""
    for chunk in utf8_chunks(path, is_gzip, facts):
        head += chunk
        if len(head) >= HEAD_BYTES:
            break
    if not head.strip(b" \t\r\n\0\x1a"):
        raise FileRefused("is empty; have it sent again, or remove it")
    first_line = head[:HEAD_BYTES].partition(b"\n")[0]
    if b"\0" in first_line:
        raise FileRefused("has NUL bytes in its first line (UTF-16 without a byte-order mark, or no text); have it exported as UTF-8")
    # Where lines end in LF, a lone CR ends none: the reader of the header must count lines as the reader of the rows does.
    return _LONE_CR.sub(" ", head[:HEAD_BYTES].decode("utf-8", "ignore"))


def _header_records(head: str, delimiter: str, within: int) -> Iterator[tuple[list[str], int, int]]:
    """The first records that are not blank: each with the number of physical lines up to its end, and of records before it."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    found = 0
    try:
        for before, record in enumerate(reader):
            if len(record) > MAX_COLUMNS:
                raise FileRefused(f"has more than {MAX_COLUMNS:,} columns in its header; delete the empty ones, or check the delimiter")
            if any(field.strip() for field in record):
                yield record, reader.line_num, before
                found += 1
                if found == within:
                    return
    except csv.Error as error:
        if not found:
            raise FileRefused("has a header line that cannot be read (a quote is not closed, or it is too long); correct the export") from error
    if not found:
        raise FileRefused("is empty; have it sent again, or remove it")


def _match_csv(head: str, layouts: Sequence[Feed]) -> tuple[HeaderMatch, str, int, int]:
    """The layout and delimiter under which a header fits best, and where the rows begin. A title or two may stand above the header.

    Raises NotTaken for a file whose headers say that it is another's.
    """
    found = [
        _match_quoted(head, quote, [x for x in layouts if quote_of(x.quote) == quote]) for quote in dict.fromkeys(quote_of(x.quote) for x in layouts)
    ]
    return max(found, key=lambda f: (f[0].fits, f[0].columns_found))


def _match_quoted(head: str, quote: str, layouts: Sequence[Feed]) -> tuple[HeaderMatch, str, int, int]:
    """`_match_csv` for layouts that have one quote."""
    exchange = str.maketrans({'"': quote, quote: '"'})
    head = head.translate(exchange)
    declared = re.match(r"\s*sep=(.)\r?\n", head)  # Excel's own way to say it
    text, skipped = (head[declared.end() :], declared.group().count("\n")) if declared else (head, 0)
    best: tuple[tuple[bool, int, int, bool], HeaderMatch, str, int, int] | None = None
    problem: FileRefused | None = None
    for delimiter in dict.fromkeys((*(declared.groups() if declared else ()), *(x.delimiter for x in layouts if x.delimiter), *DELIMITERS)):
        allowed = [x for x in layouts if x.delimiter in (None, delimiter)] or list(layouts)
        try:
            records = list(_header_records(text, delimiter, _last_header_row(layouts)))
        except FileRefused as error:
            problem = error
            continue
        rows = [[header.translate(exchange) for header in headers] for headers, _, _ in records]
        _refuse_others(rows, layouts[0])
        likely = likely_header(rows)
        for number, (_, lines, before) in enumerate(records):
            trial = partial(_rows_read_of_csv, text, lines, delimiter)
            match = best_match(allowed, rows[: number + 1], before + skipped + 1, trial)
            if not match.fits and number != likely:
                continue
            score = (match.fits, match.columns_found, -before, delimiter in (match.layout.delimiter, ","))
            if best is None or score > best[0]:
                best = (score, match, delimiter, lines + skipped, before + skipped)
            if match.fits:
                break
    if best is None:
        assert problem is not None
        raise problem
    return best[1:]


def _refuse_others(rows: Sequence[Sequence[str]], feed: Feed) -> None:
    """Raises NotTaken where a row of headers is that of files which the feed's contract knows as no files of its own."""
    for row in rows if feed.other_files else ():
        present = {normalise_header(header) for header in row}
        for other in feed.other_files:
            if {normalise_header(header) for header in other.headers} <= present:
                raise NotTaken(f"holds {other.what}, which {feed.name} does not take: it is left as it is")


def _last_header_row(layouts: Sequence[Feed]) -> int:
    return max([HEADER_WITHIN_ROWS, *(x.reading.header_row for x in layouts if x.reading.header_row)])


def _rows_read_of_csv(text: str, header_lines: int, delimiter: str, match: HeaderMatch) -> int:
    """How many of the first rows a layout reads."""
    lines = text.split("\n", header_lines + TRIAL_ROWS)[header_lines:]
    sample = "\n".join(lines[:TRIAL_ROWS]) if len(lines) > TRIAL_ROWS else "\n".join(lines).rpartition("\n")[0]
    blocks = _csv_blocks(exchanged(iter([sample.encode() + b"\n"]), quote_of(match.layout.quote)), delimiter, match, 1, 1)
    return sum(conform(block, match.layout, is_comma_doubtful=delimiter == ";").rows_accepted for block in blocks)


def _open_csv(path: Path, is_gzip: bool, facts: TextFacts, layouts: Sequence[Feed]) -> Table:
    if not is_gzip:
        _refuse_other_formats(path)
    head = _head(path, is_gzip, facts)
    match, delimiter, header_lines, records_before = _match_csv(head, layouts)
    if not match.fits:
        raise FileRefused(why_not(match))
    chunks = _without_lines(utf8_chunks(path, is_gzip, facts), header_lines)
    blocks = _csv_blocks(chunks, delimiter, match, header_lines + 1, records_before + 2)
    # Where a comma begins the decimals, the semicolon separates the fields.
    return Table(match, blocks, is_typed=False, is_comma_doubtful=delimiter == ";")


def _without_lines(chunks: Iterator[bytes], lines: int) -> Iterator[bytes]:
    """The byte stream behind its first physical lines."""
    for chunk in chunks:
        rest = chunk
        while lines and rest:
            _, newline, rest = rest.partition(b"\n")
            lines -= bool(newline)
        if rest:
            yield rest


def _csv_blocks(chunks: Iterator[bytes], delimiter: str, match: HeaderMatch, first_line: int, first_row: int) -> Iterator[pl.DataFrame]:
    quote = quote_of(match.layout.quote)
    for records in record_blocks(chunks if quote == '"' else exchanged(chunks, quote), delimiter, first_line, match.width):
        for piece, blank in without_blank_runs(records):
            first_row += blank
            if piece:
                block, read = _parse_records(piece, delimiter, match, first_row)
                first_row += read
                if block.height:
                    yield block


def _parse_records(records: bytes, delimiter: str, match: HeaderMatch, first_row: int) -> tuple[pl.DataFrame, int]:
    """Whole records as a block, and how many records they were (blank ones counted).

    Every record gets a mark behind its last field; the place where the mark comes out says how many fields the record had.
    """
    width = match.width
    names = [f"f{i}" for i in range(width + 2)]
    mark = delimiter.encode() + _RECORD_END.encode() + b"\n"
    frame = pl.read_csv(
        # The first line only tells the parser the greatest number of fields to keep.
        delimiter.encode() * (width + 1) + b"\n" + records.replace(b"\n", mark),
        has_header=False,
        separator=delimiter,
        quote_char='"',
        schema=dict.fromkeys(names, pl.String),
        extra_columns="ignore",
        empty_string_is_null=False,
        row_index_name=ROW,
        row_index_offset=first_row - 1,
    ).slice(1)
    read = frame.height
    if (frame[names[-2]] != _RECORD_END).any() and (cleaned := _without_wide_blanks(records, delimiter, frame, names)) != records:
        return _parse_records(cleaned, delimiter, match, first_row)
    if records.count(b"\n") != read:  # newlines inside quotes were marked too
        frame = frame.with_columns(pl.col(names).str.replace_all(mark.decode(), "\n", literal=True))
    quote = quote_of(match.layout.quote)
    if quote != '"':
        frame = frame.with_columns(pl.col(names).str.replace_many(['"', quote], [quote, '"']))
    return _rows_of_layout(_with_faults(frame, names, _fewest_fields(match)), match), read


def _without_wide_blanks(records: bytes, delimiter: str, frame: pl.DataFrame, names: list[str]) -> bytes:
    """The records, those blank which hold more delimiters than the header and nothing between them."""
    nothing = pl.all_horizontal(pl.col(f).str.strip_chars() == "" for f in names)
    if not frame.filter(pl.col(names[0]).str.len_bytes() < 3).select(nothing.any()).item():
        return records
    return re.sub(rb"(?m)^[ \t\r" + re.escape(delimiter.encode()) + rb"]+$", b"", records)


def _fewest_fields(match: HeaderMatch) -> int:
    """How many fields a record must have: Excel leaves off the last ones where they are empty, but never many."""
    if match.wide:
        return match.width
    needed = [*match.sources.values(), *(match.positions[name] for name in match.layout.required if name in match.positions)]
    return max([match.width - MOST_LEFT_OFF, 1, *(place + 1 for place in needed)])


def _rows_of_layout(frame: pl.DataFrame, match: HeaderMatch) -> pl.DataFrame:
    """A file's rows (f0 …, `_file_row`, `_fault`) as the layout reads them, under canonical names."""
    if match.wide:
        frame = long(frame, match)
    return canonical_block(_mark_repeated_headers(frame, fields_of(match), match), match)


def _with_faults(frame: pl.DataFrame, names: list[str], fewest: int) -> pl.DataFrame:
    """The frame without blank records, with what is wrong with a record as a whole in `_fault`.

    A record with fewer fields than the header, but not than `fewest`, only lacks its last columns, unless the one behind it is the rest of it.
    """
    *fields, last, beyond = names
    odd = frame[last] != _RECORD_END
    if odd.any():
        ends_early = pl.any_horizontal(pl.col(f) == _RECORD_END for f in fields)
        fault = (
            pl.when(pl.col(last) == _RECORD_END)
            .then(None)
            .when(pl.col(fields[0]) == BROKEN_RECORD)
            .then(pl.lit("broken_quotes"))
            .when(ends_early)
            .then(pl.lit("too_few_fields"))
            .when((pl.col(last) == "") & (pl.col(beyond) == _RECORD_END))  # a delimiter too many at the end of the line
            .then(None)
            .otherwise(pl.lit("too_many_fields"))
        )
        left_off = pl.any_horizontal(pl.lit(False), *(pl.col(f) == _RECORD_END for f in fields[fewest:]))
        frame = frame.with_columns(fault.alias(FAULT))
        is_whole = (pl.col(FAULT).shift(-1) != "too_few_fields").fill_null(True) | left_off.shift(-1).fill_null(False)
        frame = frame.with_columns(
            pl.when(left_off & is_whole & (pl.col(FAULT) == "too_few_fields")).then(pl.lit(LEFT_OFF)).otherwise(pl.col(FAULT)).alias(FAULT)
        )
        frame = frame.with_columns(pl.when(pl.col(f) != _RECORD_END).then(pl.col(f)).alias(f) for f in fields)
    else:
        frame = frame.with_columns(pl.lit(None, pl.String).alias(FAULT))
    return _without_blank_rows(frame, fields)


def _without_blank_rows(frame: pl.DataFrame, fields: list[str]) -> pl.DataFrame:
    """The frame without rows in which no field holds anything (spreadsheets leave them behind)."""
    blank = {f: pl.col(f).str.strip_chars().fill_null("") == "" for f in fields}
    candidates = frame.select(pl.all_horizontal(pl.col(f).fill_null("").str.len_bytes() < 3 for f in fields[:3])).to_series()
    if not candidates.any():
        return frame
    return frame.filter(~pl.all_horizontal(blank.values()) | (pl.col(FAULT) == "too_many_fields").fill_null(False))


def _mark_repeated_headers(frame: pl.DataFrame, fields: list[str], match: HeaderMatch) -> pl.DataFrame:
    """Rows that repeat the header get the fault `repeated_header`."""
    places = match.places
    if not places:
        return frame
    first = match.headers[places[0]].strip()
    # A text of another length is not the header; to lower every text costs more than the rest of this.
    if first.isascii() and not (frame[fields[places[0]]].str.strip_chars().str.len_chars() == len(first)).any():
        return frame
    same = [pl.col(fields[p]).str.strip_chars().str.to_lowercase() == match.headers[p].strip().lower() for p in places]
    repeated = pl.all_horizontal(same).fill_null(False)
    return frame.with_columns(pl.when(repeated).then(pl.lit("repeated_header")).otherwise(pl.col(FAULT)).alias(FAULT))


# --- xlsx ------------------------------------------------------------------------------------------------------------


def refuse_other_workbooks(path: Path) -> None:
    """Raises FileRefused for what is named .xlsx and is none."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused("is password-protected or in the old .xls format; save it as .xlsx without a password, or as csv")
    if not zipfile.is_zipfile(path):
        raise FileRefused("is not a readable .xlsx workbook (damaged, truncated, or another kind of file); have it sent again")


def _open_xlsx(path: Path, layouts: Sequence[Feed]) -> Table:
    """The one sheet of a workbook that fits the contract. Raises FileRefused."""
    refuse_other_workbooks(path)
    sheets = read_workbook(path)
    for layout in layouts:
        if (
            layout.sheet
            and re.search(r"[*?\[]", layout.sheet)
            and (named := [s for s in sheets if fnmatchcase(s.name.lower(), layout.sheet.lower())])
        ):
            return _several_sheets(named, layout)
    wanted = {layout.sheet for layout in layouts if layout.sheet}
    shown = [(sheet.name, *_sheet(sheet)) for sheet in [s for s in sheets if s.name in wanted] or sheets]
    matches = [(name, _match_sheet(frame, layouts), frame, facts) for name, frame, facts in shown if frame.height]
    if not matches:
        raise FileRefused("is empty (no sheet holds anything); have it sent again, or remove it")
    fitting = [m for m in matches if m[1][1].fits]
    if len(fitting) > 1:
        raise FileRefused(
            f"has {len(fitting)} sheets that fit the contract ({', '.join(masked(m[0]) for m in fitting)}); "
            "send them as separate files, or name the sheet in the contract (customProperties: sheet)"
        )
    if not fitting:
        for _, frame, _ in shown:
            _refuse_others([[h or "" for h in row[1:]] for row in frame.head(HEADER_WITHIN_ROWS).iter_rows()], layouts[0])
        raise FileRefused(why_not(max(matches, key=lambda m: m[1][1].columns_found)[1][1]))
    _, (start, match), frame, facts = fitting[0]
    return _sheet_table(frame, start, match, facts)


def _several_sheets(sheets: Sequence[Sheet], layout: Feed) -> Table:
    """Sheets of one kind as one table; an empty one has no rows. Raises FileRefused where one of them is of another kind."""
    tables = []
    for number, sheet in enumerate(sheets):
        frame, facts = _sheet(sheet)
        if not frame.height:
            continue
        start, match = _match_sheet(frame, [layout])
        if not match.fits:
            raise FileRefused(f"(sheet {masked(sheet.name)}) {why_not(match)}")
        tables.append((number, _sheet_table(frame, start, match, facts)))
    if not tables:
        raise FileRefused("is empty (no sheet holds anything); have it sent again, or remove it")
    rows = ROWS_OF_A_SHEET * (MAX_WIDTH if tables[0][1].match.wide else 1)
    blocks = (block.with_columns(pl.col(ROW).cast(pl.Int64) + number * rows) for number, table in tables for block in table.blocks)
    notes = tuple((row + number * rows, column, rule) for number, table in tables for row, column, rule in table.notes)
    return Table(tables[0][1].match, blocks, is_typed=True, notes=notes)


def open_sheet(path: Path, layouts: Sequence[Feed]) -> Table:
    """The feed's own sheet of a workbook. Raises SheetMissing where the workbook has none, or has it without rows; else FileRefused."""
    feed = layouts[0]
    refuse_other_workbooks(path)
    sheets = read_workbook(path)
    names = [sheet.name for sheet in sheets]
    sheet = next((s for s in sheets if normalise_header(s.name) in feed.sheet_names), None)
    if sheet is None:
        raise SheetMissing(f"has no sheet {feed.sheet}; its sheets are: {', '.join(map(masked, names))}", names)
    name, (frame, facts) = sheet.name, _sheet(sheet)
    if not frame.height:
        raise SheetMissing(f"has nothing in its sheet {feed.sheet}", names)
    start, match = _match_sheet(frame, layouts)
    if not match.fits:
        raise FileRefused(f"(sheet {name}) {why_not(match)}")
    table = _sheet_table(frame, start, match, facts)
    block = next(table.blocks)
    if not block.height:
        raise SheetMissing(f"has no rows in its sheet {feed.sheet}", names)
    return replace(table, blocks=iter([block]))


def _sheet(sheet: Sheet) -> tuple[pl.DataFrame, SheetFacts]:
    """A sheet as it is shown, and its facts. Raises FileRefused."""
    if sheet.facts is None:
        raise FileRefused(DAMAGED)
    return _as_shown(sheet.rows, sheet.facts), sheet.facts


def _match_sheet(frame: pl.DataFrame, layouts: Sequence[Feed]) -> tuple[int, HeaderMatch]:
    """Where the header stands among the rows of a sheet, and the layout that fits it best."""
    numbers = frame[ROW].to_list()
    rows = [[h or "" for h in frame.row(i)[1:]] for i in range(min(frame.height, _last_header_row(layouts)))]
    heads = [(i, best_match(layouts, rows[: i + 1], numbers[i], partial(_rows_read_of_sheet, frame, i))) for i in range(len(rows))]
    likely = likely_header(rows)
    return max(heads, key=lambda h: (h[1].fits, h[0] == likely, h[1].columns_found, -h[0]))


def _rows_read_of_sheet(frame: pl.DataFrame, start: int, match: HeaderMatch) -> int:
    """How many of the first rows a layout reads."""
    rows = frame.slice(start + 1, TRIAL_ROWS).with_columns(pl.lit(None, pl.String).alias(FAULT))
    return conform(_rows_of_layout(rows, match), match.layout, typed=True).rows_accepted


def _sheet_table(frame: pl.DataFrame, start: int, match: HeaderMatch, facts: SheetFacts) -> Table:
    """The rows below the header."""
    fields = frame.columns[1:]
    if not match.layout.is_whole and not match.layout.reading.takes_formulas:
        frame = _with_formulas(frame, match, facts)
    rows = _without_blank_rows(frame.slice(start + 1).with_columns(pl.lit(None, pl.String).alias(FAULT)), fields)
    notes: tuple[tuple[int, str, str], ...] = ()
    if match.wide is None:
        rows, notes = _unmerged(rows, match, facts)
    return Table(match, iter([_rows_of_layout(rows, match)]), is_typed=True, notes=notes)


def _with_formulas(frame: pl.DataFrame, match: HeaderMatch, facts: SheetFacts) -> pl.DataFrame:
    """The sheet with formulas for what they are where figures stand: what a workbook keeps of them is the result of its last calculation."""
    by_name = match.layout.by_name
    figures = {place for column, place in match.positions.items() if by_name[column].type in ("number", "integer")}
    if match.wide:
        figures = {place for place, _ in match.wide.cells}
    for place in figures:
        rows = [row for row, column in facts.formulas if column - facts.first_column == place]
        if rows:
            name = f"f{place}"
            frame = frame.with_columns(pl.when(pl.col(ROW).is_in(rows)).then(pl.lit("=")).otherwise(pl.col(name)).alias(name))
    return frame


def _as_shown(frame: pl.DataFrame, facts: SheetFacts) -> pl.DataFrame:
    """The sheet under f0…, each row with the number that a person sees, per cents as they are shown."""
    frame = frame.rename(dict(zip(frame.columns, (f"f{i}" for i in range(frame.width)), strict=True)))
    columns = []
    for place, name in enumerate(frame.columns):
        rows = [row - facts.first_row for row, column in facts.percent if column - facts.first_column == place]
        values = frame[name]
        if rows:
            shown = [f"{float(values[row]) * 100:.10g}%" for row in rows]
            values = values.scatter(rows, shown)
        columns.append(values)
    return pl.DataFrame(columns).with_row_index(ROW, facts.first_row) if columns else frame.with_row_index(ROW, facts.first_row)


def _unmerged(rows: pl.DataFrame, match: HeaderMatch, facts: SheetFacts) -> tuple[pl.DataFrame, tuple[tuple[int, str, str], ...]]:
    """The rows with cells that were merged downwards filled, and a note for every row that a merged cell touches.

    A merged key of one column stays empty below its first row (two rows cannot have one key), as does what was merged sideways.
    """
    names = {place: column for column, place in match.positions.items()}
    key = match.layout.key[0] if len(match.layout.key) == 1 else None
    notes: list[tuple[int, str, str]] = []
    for first_row, first_column, last_row, last_column in facts.merged:
        inside = rows.filter(pl.col(ROW).is_between(first_row, last_row))
        if not inside.height:
            continue
        place = first_column - facts.first_column
        if place in names and names[place] != key and last_row > first_row:
            value = inside.filter(pl.col(ROW) == first_row)[f"f{place}"].first() if inside[ROW][0] == first_row else None
            fill = pl.col(ROW).is_between(first_row, last_row) & pl.col(f"f{place}").is_null()
            rows = rows.with_columns(pl.when(fill).then(pl.lit(value, pl.String)).otherwise(pl.col(f"f{place}")).alias(f"f{place}"))
        touched = [names[c - facts.first_column] for c in range(first_column, last_column + 1) if c - facts.first_column in names]
        notes += [(int(row), column, "merged_cell") for row in inside[ROW] for column in touched]
    return rows, tuple(notes)


# --- parquet ---------------------------------------------------------------------------------------------------------


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    """A typed Parquet column as the text that the contract's types are read from. Raises FileRefused for nested or binary ones."""
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is not None:
            return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%d %H:%M:%S%.6fZ")
        return column.dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
    if isinstance(dtype, pl.Date):
        return column.dt.strftime("%Y-%m-%d")
    if dtype.is_float():
        whole = (column == column.round(0)) & (column.abs() < 2**53)
        return pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
    if dtype.is_integer() or dtype.is_decimal() or isinstance(dtype, (pl.String, pl.Boolean, pl.Categorical, pl.Enum, pl.Null, pl.Time)):
        return column.cast(pl.String)
    raise FileRefused(f"has a column of a type that no contract knows ({dtype.base_type()}); export plain text, numbers, dates and times")


def _open_parquet(path: Path, layouts: Sequence[Feed]) -> Table:
    try:
        schema = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileRefused("is not a readable Parquet file (damaged, truncated, or another kind of file); have it sent again") from error
    headers = list(schema)
    match = best_match([x for x in layouts if not x.reading.is_wide], [headers])
    if not match.fits:
        _refuse_others([headers], layouts[0])
        raise FileRefused(why_not(match))
    texts = [_as_text(headers[place], schema[headers[place]]).alias(f"f{place}") for place in match.places]
    return Table(match, _parquet_blocks(path, texts, match), is_typed=True)


def _parquet_blocks(path: Path, texts: list[pl.Expr], match: HeaderMatch) -> Iterator[pl.DataFrame]:
    # Arrow reads page by page, whatever the size of the row groups; polars' own streaming holds several groups at once.
    names = [name for text in texts for name in text.meta.root_names()]
    columns = None if any("." in name for name in names) else names  # Arrow would take a dot for that of a nested column
    first_row = 2
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
            for batch in file.iter_batches(PARQUET_BATCH_ROWS, columns=columns):
                frame = pl.DataFrame(pa.table(batch)).select(*texts).with_row_index(ROW, first_row).with_columns(pl.lit(None, pl.String).alias(FAULT))
                first_row += frame.height
                yield canonical_block(_without_blank_rows(frame, [c for c in frame.columns if c not in (ROW, FAULT)]), match)
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
        if getattr(error, "errno", None):  # the disk's, not the file's
            raise
        raise FileRefused("cannot be read to its end as Parquet (damaged); have it sent again") from error


# --- rows as they stand ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RawRows:
    """The first rows of a file or sheet as they stand, the blank ones left out, each with the number that a person counts."""

    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    is_typed: bool = False


def raw_rows(path: Path, ending: str, limit: int) -> list[RawRows]:
    """What a person would see: the file's first rows, or those of each sheet. Raises FileRefused."""
    if ending == ".xlsx":
        return [_raw_frame(frame.head(limit), name) for name, frame in _sheets_as_shown(path)]
    if ending == ".parquet":
        schema = pl.read_parquet_schema(path)
        frame = pl.scan_parquet(path).head(limit).collect().select(_as_text(name, dtype) for name, dtype in schema.items())
        header = pl.DataFrame({name: [name] for name in schema}, schema=dict.fromkeys(schema, pl.String))
        return [replace(_raw_frame(pl.concat([header, frame]).with_row_index(ROW, 1), None), is_typed=True)]
    if ending == ".csv":
        _refuse_other_formats(path)
    is_gzip = ending == ".csv.gz"
    _, facts = inspect_text(path, is_gzip)
    if isinstance(facts, FileRefused):
        raise facts
    head = _head(path, is_gzip, facts)
    found = [(delimiter, list(_header_records(head, delimiter, limit))) for delimiter in DELIMITERS]
    # The delimiter that most rows are cut by into the same number of fields.
    delimiter, records = max(found, key=lambda f: _fields_agreed(f[1]))
    rows = tuple(tuple(record) for record, _, _ in records)
    return [RawRows(rows, tuple(before + 1 for _, _, before in records), None, facts.encoding, delimiter)]


def _fields_agreed(records: list[tuple[list[str], int, int]]) -> tuple[int, int]:
    widths = Counter(len(record) for record, _, _ in records if len(record) > 1)
    width, rows = widths.most_common(1)[0] if widths else (1, 0)
    return rows, width


def _raw_frame(frame: pl.DataFrame, sheet: str | None) -> RawRows:
    rows = [(number, tuple(cell or "" for cell in row)) for number, *row in frame.iter_rows()]
    filled = [(number, row) for number, row in rows if any(cell.strip() for cell in row)]
    return RawRows(tuple(row for _, row in filled), tuple(number for number, _ in filled), sheet, is_typed=True)


def _sheets_as_shown(path: Path) -> list[tuple[str, pl.DataFrame]]:
    refuse_other_workbooks(path)
    return [(sheet.name, _sheet(sheet)[0]) for sheet in read_workbook(path)]
