"""Bytes of a text file, whatever its encoding, as blocks of whole, well-formed CSV records in UTF-8.

Nothing is held but the block being made, so a file may be larger than memory; and nothing is written to disk, so no clear
personal identifier is. A quote that opens and never closes cannot swallow the rest of a file: blocks whose quoting is not
well-formed go through a slower reader that gives up one physical line and goes on with the next.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from pipelines.ingest.files import FileRefused

CHUNK_BYTES = 1 << 20  # read at a time
BLOCK_BYTES = 4 << 20  # parsed at a time
MAX_LINE_BYTES = 8 << 20  # a longer physical line is no extract row
MAX_QUOTED_BYTES = 64 << 10  # a longer quoted field is taken for a quote that was never closed
BLANK_LINES = 1_000  # a longer run of blank lines is counted, not parsed
# A packed file that unpacks to more than both is no extract: rows compress to a tenth, the same row again and again to a hundredth.
MAX_UNPACKED_BYTES, MAX_UNPACKED_RATIO = 64 << 20, 200
LOOKAHEAD_BYTES = 1 << 20  # how much of a record must be at hand before it is called broken

# Stands for the quote where none is declared; a control character that no supplier writes.
NO_QUOTE = "\x1d"
# Stands for a record whose quoting cannot be read; a control character that no supplier writes.
BROKEN_RECORD = "\x1e\x1ebroken"

_BLANK_RUN = re.compile(rb"\n{%d,}" % BLANK_LINES)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True)
class TextFacts:
    """What the first pass learnt: the encoding, how many bytes of byte-order mark lead, and what ends a line."""

    encoding: str
    bom_bytes: int
    newline: bytes  # b"\n" (also where lines end in CRLF) or b"\r"


class _HashingFile:
    """A binary file that hashes what is read through it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _gunzipped(file: BinaryIO | _HashingFile) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=cast("BinaryIO", file), mode="rb"))


def _chunks(stream: BinaryIO | _HashingFile) -> Iterator[bytes]:
    try:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileRefused("is not a whole gzip file (truncated, damaged, or another kind of file under this name); have it sent again") from error


def refuse_bombs(unpacked: int, packed: int) -> None:
    """Raises FileRefused for a file that unpacks to far more bytes than rows do."""
    if unpacked > max(MAX_UNPACKED_BYTES, MAX_UNPACKED_RATIO * packed):
        raise FileRefused(f"unpacks to more than {MAX_UNPACKED_RATIO} times its size; check what was packed, and have it sent again")


def unpacked_chunks(file: BinaryIO) -> Iterator[bytes]:
    """The text of a gzip file, piece by piece. Raises FileRefused."""
    return _chunks(_gunzipped(file))


def hash_file(path: Path) -> str:
    """SHA-256 of the file's bytes, hex."""
    with path.open("rb") as file:
        hashing = _HashingFile(file)
        for _ in _chunks(hashing):
            pass
    return hashing.digest.hexdigest()


def inspect_text(path: Path, is_gzip: bool, declared_encoding: str | None = None) -> tuple[str, TextFacts | FileRefused]:
    """One pass over the file: SHA-256 of its bytes, and what kind of text it is (or why it is none).

    Encoding: UTF-16 by its byte-order mark, UTF-8 where every byte fits, else the declared one, else Windows-1252.
    """
    decoder, utf16 = codecs.getincrementaldecoder("utf-8")(), codecs.getincrementaldecoder("utf-16")("replace")
    is_utf8, has_lf, has_cr, bom = True, False, False, (0, "")
    problem: FileRefused | None = None
    unpacked, packed = 0, path.stat().st_size
    with path.open("rb") as file:
        hashing = _HashingFile(file)
        first = True
        try:
            for chunk in _chunks(_gunzipped(hashing) if is_gzip else hashing):
                unpacked += len(chunk)
                if is_gzip:
                    refuse_bombs(unpacked, packed)
                if first:
                    first = False
                    bom = next(((len(mark), name) for mark, name in _BOMS if chunk.startswith(mark)), (0, ""))
                # of UTF-16 in its characters: a byte of another one may look like a line's end
                text = utf16.decode(chunk).encode("utf-8", "replace") if bom[1].startswith("utf-16") else chunk
                has_lf = has_lf or b"\n" in text
                has_cr = has_cr or b"\r" in text
                if is_utf8 and not (chunk.isascii() and decoder.getstate()[0] == b""):
                    try:
                        decoder.decode(chunk)
                    except UnicodeDecodeError:
                        is_utf8 = False
        except FileRefused as error:
            problem = error
        while rest := file.read(CHUNK_BYTES):  # what a damaged gzip left unread belongs to the hash all the same
            hashing.digest.update(rest)
    if is_utf8 and decoder.getstate()[0]:
        is_utf8 = False  # ends within a character
    # A mark of UTF-8 may stand above text that is none: two exports put together.
    encoding = bom[1] if bom[1].startswith("utf-16") else "utf-8" if is_utf8 else declared_encoding or "cp1252"
    facts = TextFacts(encoding, bom[0], b"\r" if has_cr and not has_lf else b"\n")
    return hashing.digest.hexdigest(), problem or facts


def utf8_chunks(path: Path, is_gzip: bool, facts: TextFacts) -> Iterator[bytes]:
    """The file's text as UTF-8 bytes without a byte-order mark, lines ended by LF or CRLF."""
    with path.open("rb") as file:
        stream = unpacked_chunks(file) if is_gzip else _chunks(file)
        # Bytes that Windows-1252 does not define become U+FFFD rather than the end of the whole file.
        strict = facts.encoding.startswith("utf")
        decoder = codecs.getincrementaldecoder(facts.encoding)("strict" if strict else "replace")
        passes = facts.encoding == "utf-8"
        skip = facts.bom_bytes
        for raw in stream:
            chunk, skip = raw[skip:], max(0, skip - len(raw))
            if not passes:
                try:
                    chunk = decoder.decode(chunk).encode("utf-8", "replace")
                except UnicodeError as error:
                    raise FileRefused(f"is not valid {facts.encoding}; have it exported as UTF-8") from error
            yield chunk.replace(b"\r", b"\n") if facts.newline == b"\r" else chunk
        if not passes and strict and decoder.getstate()[0]:
            raise FileRefused(f"ends within a character of {facts.encoding} (truncated); have it sent again")


def quote_of(declared: str | None) -> str:
    """The quote of a file, as one character."""
    return '"' if declared is None else NO_QUOTE if declared == "none" else declared


def exchanged(chunks: Iterator[bytes], quote: str) -> Iterator[bytes]:
    """The text with its quote and the usual one exchanged, so that one reader reads both; the fields are exchanged back."""
    table = bytes.maketrans(f'"{quote}'.encode(), f'{quote}"'.encode())
    return (chunk.translate(table) for chunk in chunks)


def _is_well_formed(block: bytes, delimiter: int, width: int | None) -> bool:
    """Whether every quote opens at the start of a field, closes at its end, or is doubled, and no quoted field is endless.

    Nor may a record of several lines have another number of fields than `width`, or hold a line with just that many: such a field was
    opened by one stray quote and closed by another, and the rows between are rows.
    """
    data = np.frombuffer(block, dtype=np.uint8)
    is_quote = data == 0x22
    quotes = np.flatnonzero(is_quote)
    if len(quotes) % 2:
        return False
    openers, closers = quotes[0::2], quotes[1::2]
    if int((closers - openers).max()) > MAX_QUOTED_BYTES:
        return False
    before = data[openers - 1]
    at_start = (before == delimiter) | (before == 0x0A) | (openers == 0)
    at_start[1:] |= openers[1:] == closers[:-1] + 1  # the second quote of a doubled one
    after = data[np.minimum(closers + 1, len(data) - 1)]
    at_end = (after == delimiter) | (after == 0x0A) | (after == 0x0D) | (after == 0x22)
    if not (at_start.all() and at_end.all()):
        return False
    return width is None or _lines_are_of_records(data, quotes, delimiter, width)


def _lines_are_of_records(data: np.ndarray, quotes: np.ndarray, delimiter: int, width: int) -> bool:
    ends = np.flatnonzero(data == 0x0A)
    is_quoted = np.searchsorted(quotes, ends) % 2 == 1
    if not is_quoted.any():
        return True
    marks = np.flatnonzero(data == delimiter)
    starts = np.concatenate(([0], ends[:-1] + 1))
    of_line = np.searchsorted(marks, ends) - np.searchsorted(marks, starts)
    separators = marks[np.searchsorted(quotes, marks) % 2 == 0]
    is_parted = np.searchsorted(separators, ends) > np.searchsorted(separators, starts)
    within = np.concatenate(([False], is_quoted[:-1])) & is_quoted & ~is_parted  # lines that begin and end within one field
    if width > 1 and (within & (of_line == width - 1)).any():
        return False
    records = ends[~is_quoted]
    firsts = np.concatenate(([0], records[:-1] + 1))
    of_record = np.searchsorted(separators, records) - np.searchsorted(separators, firsts)
    has_lines = np.searchsorted(ends, records) > np.searchsorted(ends, firsts)
    return not (has_lines & (of_record != width - 1)).any()


def _holds_rows(fields: list[bytes], delimiter: bytes, width: int | None) -> bool:
    """Whether a record of several lines is rather several rows between two stray quotes."""
    lines = [line for field in fields if b"\n" in field for line in field[1:-1].split(b"\n")[1:-1]]
    if width is None or not any(b"\n" in field for field in fields):
        return False
    return len(fields) != width or (width > 1 and any(line.count(delimiter) == width - 1 for line in lines))


def _last_record_end(buffer: bytes) -> int:
    """The position behind the last newline that is outside quotes, counting quotes from the start; 0 where there is none."""
    quotes = buffer.count(b'"')
    end = len(buffer)
    while (newline := buffer.rfind(b"\n", 0, end)) >= 0:
        quotes -= buffer.count(b'"', newline, end)
        if quotes % 2 == 0:
            return newline + 1
        end = newline
    return 0


def _field_pattern(delimiter: bytes) -> re.Pattern[bytes]:
    mark = re.escape(delimiter)
    return re.compile(rb'(?:[ \t]*+"((?:[^"]|"")*+)"[ \t]*+|((?![ \t]*+")[^' + mark + rb"\n]*+))(" + mark + rb"|\r?\n)")


def _repaired(buffer: bytes, delimiter: bytes, is_last: bool, width: int | None) -> tuple[bytes, bytes]:
    """Records of a buffer whose quoting is not well-formed, well-formed again, and the rest that needs more bytes.

    A quote inside an unquoted field is text. A field that begins with a quote and does not end with one makes the record
    unreadable: its first line becomes BROKEN_RECORD and reading goes on with the next line.
    """
    pattern = _field_pattern(delimiter)
    out: list[bytes] = []
    position = 0
    while position < len(buffer):
        line_end = buffer.find(b"\n", position)
        if line_end < 0:
            break
        if buffer.find(b'"', position, line_end) < 0:
            out.append(buffer[position : line_end + 1])
            position = line_end + 1
            continue
        fields: list[bytes] = []
        at = position
        closed = False
        while match := pattern.match(buffer, at):
            quoted, plain, end = match.groups()
            if quoted is not None and len(quoted) > MAX_QUOTED_BYTES:
                break
            fields.append(b'"' + (quoted if quoted is not None else plain.replace(b'"', b'""')) + b'"')
            at = match.end()
            if end != delimiter:
                closed = True
                break
        if closed and not _holds_rows(fields, delimiter, width):
            out.append(delimiter.join(fields) + b"\n")
            position = at
        elif not closed and not is_last and len(buffer) - position < LOOKAHEAD_BYTES:
            break
        else:
            out.append(BROKEN_RECORD.encode() + b"\n")
            position = line_end + 1
    return b"".join(out), buffer[position:]


def record_blocks(chunks: Iterator[bytes], delimiter: str, first_line: int = 1, width: int | None = None) -> Iterator[bytes]:
    """Blocks of whole, well-formed records with LF line ends, about BLOCK_BYTES each. Raises FileRefused for an endless line.

    `first_line` is the number of the physical line with which the chunks begin, `width` the number of fields of the header.
    """
    mark = delimiter.encode()
    lines_done = first_line - 1
    buffer = b""
    pieces: list[bytes] = []
    pending = 0
    stream = iter(chunks)
    is_last = False
    while not is_last:
        chunk = next(stream, None)
        is_last = chunk is None
        if chunk:
            pieces.append(chunk)
            pending += len(chunk)
        has_line_end = b"\n" in (chunk or b"")
        if pending < BLOCK_BYTES and not is_last and (has_line_end or pending <= MAX_LINE_BYTES):
            continue
        buffer = buffer + b"".join(pieces)
        pieces, pending = [], 0
        if is_last and buffer and not buffer.endswith(b"\n"):
            buffer += b"\n"
        if len(buffer) - (buffer.rfind(b"\n") + 1) > MAX_LINE_BYTES:
            line = lines_done + buffer.count(b"\n") + 1
            raise FileRefused(f"line {line} is longer than {MAX_LINE_BYTES >> 20} MB; check the line ends and have it exported again")
        if b'"' in buffer:
            cut = _last_record_end(buffer)
            block, rest = buffer[:cut], buffer[cut:]
            endless = bool(rest) and (is_last or len(rest) > LOOKAHEAD_BYTES)
            if endless or (b'"' in block and not _is_well_formed(block, mark[0], width)):
                block, rest = _repaired(buffer, mark, is_last, width)
        else:
            cut = buffer.rfind(b"\n") + 1
            block, rest = buffer[:cut], buffer[cut:]
        lines_done += buffer.count(b"\n") - rest.count(b"\n")
        buffer = rest
        if block:
            yield block.replace(b"\r\n", b"\n") if b"\r" in block else block


def without_blank_runs(records: bytes) -> Iterator[tuple[bytes, int]]:
    """Records in pieces without long runs of blank lines, each with the number of blank records that stood before it."""
    at = blank = 0
    # looked for as a text first: a pattern is tried at every line's end
    for run in _BLANK_RUN.finditer(records) if b"\n" * BLANK_LINES in records else ():
        if records.count(b'"', at, run.start()) % 2:  # within a quoted field
            continue
        yield records[at : run.start() + 1], blank
        at, blank = run.end(), run.end() - run.start() - 1
    yield records[at:], blank
