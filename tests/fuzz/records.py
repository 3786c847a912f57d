"""How many records a file holds, counted without the pipeline's readers. None where two people could count differently."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Sequence
from xml.etree import ElementTree

from pipelines.contracts.model import Feed, normalise_header
from tests.fuzz.mutants import BROKEN_ZIP, DELIMITERS
from tests.xlsx import MAIN, text_of

# White space as Unicode has it; Python's own strip also takes the separators of information (\\x1c to \\x1f).
_BLANKS = "".join(map(chr, (*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)))


def records_of(feed: Feed, ending: str, content: bytes) -> int | None:
    """Records below the header that hold anything."""
    if ending == ".xlsx":
        return _below_header(feed, _sheet_rows(content))
    if ending == ".csv.gz":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            return None
    text = _decoded(content)
    if text is None:
        return None
    counts = [_below_header(feed, _text_rows(text, mark)) for mark in DELIMITERS]
    known = [count for count in counts if count is not None]
    return known[0] if len(known) == 1 else None


def _decoded(content: bytes) -> str | None:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _text_rows(text: str, mark: str) -> list[list[str]] | None:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if "\r" in text or text.startswith("sep="):
        return None
    if '"' not in text:
        return [line.split(mark) for line in text.split("\n")]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error:
        return None
    # A quote that does not begin a field, or a field over several lines, may be read in two ways.
    plain = all('"' not in field and "\n" not in field for row in rows for field in row)
    return rows if plain and text.count("\n") in (len(rows), len(rows) - 1) else None


def _below_header(feed: Feed, rows: Sequence[Sequence[str]] | None) -> int | None:
    if rows is None:
        return None
    filled = [row for row in rows if any(cell.strip(_BLANKS) for cell in row)]
    names = [{n for cell in row for c in feed.columns if (n := c.name) and normalise_header(cell) in c.headers} for row in filled[:20]]
    at = next((i for i, found in enumerate(names) if set(feed.required) <= found), None)
    return None if at is None else len(filled) - at - 1


def _sheet_rows(content: bytes) -> list[list[str]] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            strings = [text_of(item) for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml")).iterfind(f"{MAIN}si")]
            root = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        rows = []
        for row in root.iterfind(f"{MAIN}sheetData/{MAIN}row"):
            cells = []
            for cell in row.iterfind(f"{MAIN}c"):
                value = cell.findtext(f"{MAIN}v") or ""
                if cell.get("t") not in ("s", None, "n"):
                    return None
                cells.append(strings[int(value)] if cell.get("t") == "s" and value else value)
            rows.append(cells)
    except (*BROKEN_ZIP, ElementTree.ParseError, IndexError):
        return None
    return rows
