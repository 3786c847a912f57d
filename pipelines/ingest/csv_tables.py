"""csv and csv.gz as tables: which layout, delimiter and quote fit the header, and the records below it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.contracts.model import Feed
from pipelines.ingest.conform import FAULT, LEFT_OFF, ROW, conform
from pipelines.ingest.csv_records import (
    BROKEN_RECORD,
    TextFacts,
    exchanged,
    quote_of,
    record_blocks,
    unpacked_chunks,
    utf8_chunks,
    without_blank_runs,
)
from pipelines.ingest.files import FileRefused
from pipelines.ingest.headers import (
    TRIAL_ROWS,
    HeaderMatch,
    best_match,
    header_meant,
    last_header_row,
    likely_header,
    refuse_others,
    refuse_records_above,
    why_not,
)
from pipelines.ingest.shape import Table, rows_of_layout, without_blank_rows

DELIMITERS = (",", ";", "|", "\t")
HEAD_BYTES = 1 << 20  # the header must lie within the first of these bytes
MAX_COLUMNS = 2_000
MOST_LEFT_OFF = 2  # last columns that a record may lack
OTHER_FORMATS = (  # what else arrives under the name of a csv: first bytes, what it is, the way out
    (b"PK\x03\x04", "a zip archive or workbook", "unpack it, or name it .xlsx"),
    (b"\x1f\x8b", "a gzip file", "name it .csv.gz"),
    (b"PAR1", "a Parquet file", "name it .parquet"),
    (b"<", "an HTML or XML page", "have the extract itself sent"),
    (b"%PDF", "a PDF document", "have the extract itself sent"),
)
_OTHER_LINE_ENDS = r"([\x0b\x0c\x1c-\x1e\x85\u2028\u2029])"
_LONE_CR = re.compile(r"\r(?!\n)")
# Put behind the last field of every record, so that records with too few or too many fields show. Two characters: single ones do come as a value.
_RECORD_END = "\x1f\x1e"


def refuse_other_formats(path: Path, is_gzip: bool) -> None:
    """Raises FileRefused for a file that its first bytes, unpacked, tell to be something else than text."""
    with path.open("rb") as file:
        head = file.read(64) if not is_gzip else next(unpacked_chunks(file), b"")
    for mark, kind, way_out in OTHER_FORMATS:
        if head.lstrip().startswith(mark):
            raise FileRefused(f"holds no csv but {kind}; unpack it, and send what it holds" if is_gzip else f"is not csv but {kind}; {way_out}")


def head_of(path: Path, is_gzip: bool, facts: TextFacts) -> str:
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
    return _LONE_CR.sub("\v", head[:HEAD_BYTES].decode("utf-8", "ignore"))


def header_records(head: str, delimiter: str, within: int) -> Iterator[tuple[list[str], int, int]]:
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
    best: tuple[tuple[bool, int, int, int, bool], HeaderMatch, str, int, int] | None = None
    problem: FileRefused | None = None
    delimiters = dict.fromkeys((*(declared.groups() if declared else ()), *(x.delimiter for x in layouts if x.delimiter), *DELIMITERS))
    for delimiter in sorted(delimiters, key=lambda d: d not in text):
        allowed = [x for x in layouts if x.delimiter in (None, delimiter)] or list(layouts)
        try:
            records = list(header_records(text, delimiter, last_header_row(layouts)))
        except FileRefused as error:
            problem = error
            continue
        rows = [[header.translate(exchange) for header in headers] for headers, _, _ in records]
        if best is not None and best[1].fits and all(len(row) == 1 for row in rows):
            continue  # a delimiter that does not occur
        refuse_others(rows, layouts[0])
        likely = likely_header(rows)
        above: list[HeaderMatch] = []
        for number, (_, lines, before) in enumerate(records):
            trial = partial(_rows_below, text, lines, delimiter)
            match = best_match(allowed, rows[: number + 1], before + skipped + 1, trial)
            if match.fits:
                match = header_meant(match, above)
            above.append(match)
            if not match.fits and number != likely:
                continue
            # Of a wide table, several rows of headings may pass for the last: the one under which most rows are read is.
            rows_read = trial(match) if match.fits and match.wide else 0
            score = (match.fits, match.columns_found, rows_read, -before, delimiter in (match.layout.delimiter, ","))
            if best is None or score > best[0]:
                best = (score, match, delimiter, lines + skipped, before + skipped)
            if match.fits and not match.wide:
                break
    if best is None or (problem is not None and not best[1].places):
        assert problem is not None
        raise problem
    return best[1:]


def _rows_below(text: str, header_lines: int, delimiter: str, match: HeaderMatch) -> int:
    """How many of the first rows a layout reads."""
    lines = text.split("\n", header_lines + TRIAL_ROWS)[header_lines:]
    return _rows_read(lines[:TRIAL_ROWS] if len(lines) > TRIAL_ROWS else lines[:-1], delimiter, match)


def _rows_read(lines: Sequence[str], delimiter: str, match: HeaderMatch) -> int:
    """How many of these lines a layout reads as rows."""
    if not lines:
        return 0
    blocks = csv_blocks(exchanged(iter(["\n".join(lines).encode() + b"\n"]), quote_of(match.layout.quote)), delimiter, match, 1, 1)
    return sum(conform(block, match.layout, is_comma_doubtful=delimiter == ";").rows_accepted for block in blocks)


def open_csv(path: Path, is_gzip: bool, facts: TextFacts, layouts: Sequence[Feed]) -> Table:
    refuse_other_formats(path, is_gzip)
    head = head_of(path, is_gzip, facts)
    match, delimiter, header_lines, records_before = _match_csv(head, layouts)
    if not match.fits:
        raise FileRefused(why_not(match))
    _refuse_other_line_ends(head.split("\n", header_lines)[header_lines - 1], delimiter, match)
    if not match.is_placed:
        refuse_records_above(_rows_read(head.split("\n", header_lines)[: header_lines - 1], delimiter, match), records_before + 1)
    chunks = _without_lines(utf8_chunks(path, is_gzip, facts), header_lines)
    blocks = csv_blocks(chunks, delimiter, match, header_lines + 1, records_before + 2)
    # Where a comma begins the decimals, the semicolon separates the fields.
    return Table(match, blocks, is_typed=False, is_comma_doubtful=delimiter == ";")


def _refuse_other_line_ends(line: str, delimiter: str, match: HeaderMatch) -> None:
    """Raises FileRefused where rows stand in the header's line, behind what some programs take for the end of a line."""
    before, *behind = re.split(_OTHER_LINE_ENDS, line, maxsplit=1)
    if not behind or behind[1].count(delimiter) < before.count(delimiter):
        return
    if all(match.headers[place].strip() in before for place in match.places):
        mark = "a lone CR (or U+000B)" if behind[0] == "\v" else f"U+{ord(behind[0]):04X}"
        raise FileRefused(f"has rows in the line of its header, which ends with {mark}; export it with usual line ends (CRLF or LF)")


def _without_lines(chunks: Iterator[bytes], lines: int) -> Iterator[bytes]:
    """The byte stream behind its first physical lines."""
    for chunk in chunks:
        rest = chunk
        while lines and rest:
            _, newline, rest = rest.partition(b"\n")
            lines -= bool(newline)
        if rest:
            yield rest


def csv_blocks(chunks: Iterator[bytes], delimiter: str, match: HeaderMatch, first_line: int, first_row: int) -> Iterator[pl.DataFrame]:
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
    return rows_of_layout(_with_faults(frame, names, _fewest_fields(match)), match), read


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
    return without_blank_rows(frame, fields)
