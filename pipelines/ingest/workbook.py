"""A workbook read in a process of its own, and what it says of a sheet beside its values: where the cells lie, which are merged, which are
shown as per cent.

The reader of the values drops leading blank rows and knows neither merged cells nor number formats, but a message must name the row
that a person sees, and a cell that shows 75% holds 0.75.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl

from pipelines.ingest.files import FileRefused

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LITERAL = re.compile(r'"[^"]*"|\\.')  # what a number format only prints: a quoted % does not multiply
MOST_DIGITS = 15  # that a spreadsheet keeps of a number
_PERCENT_FORMATS = (9, 10)  # the built-in 0% and 0.00%
# What `sheet_facts` raises where a workbook is not put together as usual; ParseError is a SyntaxError.
UNUSUAL = (KeyError, StopIteration, ValueError, SyntaxError)

_PROJECT = Path(__file__).resolve().parents[2]
READER = "pipelines.ingest.workbook_reader"
MIN_MEGABYTES, MAX_MEGABYTES = 1_024, 4_096  # of memory that the reader of a workbook may have
MEGABYTES_PER_FILE_MEGABYTE = 100
SECONDS, SECONDS_PER_FILE_MEGABYTE = 8, 10  # of processor time, which it may have
TIMES_AS_LONG = 10  # on the clock, of a busy machine
KEEP_BELOW_BYTES = 5_000_000  # a workbook that holds less, unpacked, stays in memory
UNREADABLE = 3  # the reader's exit status
TOO_LONG = (
    "takes too long to read as a workbook (a cell far outside the table, or very much data); "
    "copy the table into a new workbook, or have it sent as csv"
)
DAMAGED = "is not a readable .xlsx workbook (damaged or without sheets); have it sent again, or as csv"


@dataclass(frozen=True)
class SheetFacts:
    """Rows and columns count from 1, as a person counts them (column A is 1)."""

    first_row: int  # first row and column with a value: where the reader's frame begins
    first_column: int
    merged: tuple[tuple[int, int, int, int], ...]  # first row, first column, last row, last column
    percent: frozenset[tuple[int, int]]  # (row, column) of numbers shown as per cent
    formulas: frozenset[tuple[int, int]] = frozenset()
    long: frozenset[tuple[int, int]] = frozenset()  # of numbers of more than fifteen digits, of which a workbook has lost the last


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows as texts from the first that holds anything, and the facts (None: put together in an unusual way)."""

    name: str
    rows: pl.DataFrame
    facts: SheetFacts | None


def read_workbook(path: Path) -> tuple[Sheet, ...]:
    """Every sheet of a workbook. Raises FileRefused for one that cannot be read, or not within the memory and time that its size allows."""
    status = path.stat()
    read = _read_small_workbook if _unpacked_bytes(path) < KEEP_BELOW_BYTES else _read_large_workbook
    return read(path, status.st_size, status.st_mtime_ns)


def _unpacked_bytes(path: Path) -> int:
    """What the parts of a workbook hold once unpacked, as its directory says; 0 where it has none and reading it will say so."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return 0


def _read_workbook(path: Path, size: int, _modified_ns: int) -> tuple[Sheet, ...]:
    megabytes = min(max(MIN_MEGABYTES, MEGABYTES_PER_FILE_MEGABYTE * size >> 20), MAX_MEGABYTES)
    seconds = SECONDS + SECONDS_PER_FILE_MEGABYTE * (size >> 20)
    command = [sys.executable, "-m", READER, str(path.resolve()), str(megabytes), str(seconds)]
    try:
        reading = subprocess.run(command, capture_output=True, timeout=TIMES_AS_LONG * seconds, cwd=_PROJECT, check=False)
    except subprocess.TimeoutExpired as error:
        raise FileRefused(TOO_LONG) from error
    if reading.returncode == -signal.SIGXCPU:
        raise FileRefused(TOO_LONG)
    if reading.returncode == UNREADABLE:
        raise FileRefused(DAMAGED)
    if reading.returncode:
        raise FileRefused(
            "cannot be read as a workbook within its bounds (a cell far outside the table, or far more data than the file's size allows); "
            "copy the table into a new workbook, or have it sent as csv"
        )
    head, _, streams = reading.stdout.partition(b"\n")
    sheets, at = [], 0
    for sheet in json.loads(head):
        rows = pl.read_ipc_stream(streams[at : at + sheet["bytes"]])
        at += sheet["bytes"]
        sheets.append(Sheet(sheet["name"], rows, _facts_of(sheet["facts"])))
    return tuple(sheets)


# The sheets of a workbook are feeds of their own, and each feed goes through all the workbooks: the small ones are read once for all of them.
_read_small_workbook = lru_cache(maxsize=32)(_read_workbook)
_read_large_workbook = lru_cache(maxsize=1)(_read_workbook)


def _facts_of(facts: dict[str, Any] | None) -> SheetFacts | None:
    if facts is None:
        return None
    pairs: dict[str, Any] = {"merged": tuple(tuple(m) for m in facts["merged"])}
    pairs |= {name: frozenset(tuple(place) for place in facts[name]) for name in ("percent", "formulas", "long")}
    return SheetFacts(**facts | pairs)


def _place(reference: str) -> tuple[int, int]:
    """`C6` is (6, 3)."""
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d+)", reference)
    if found is None:
        raise ValueError("not a cell reference")
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found.group(2)), column


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Numbers of the cell styles whose number format is a per cent."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    own = {int(f.get("numFmtId", "0")) for f in root.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt") if "%" in _LITERAL.sub("", f.get("formatCode", ""))}
    formats = [int(f.get("numFmtId", "0")) for f in root.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")]
    return frozenset(style for style, number in enumerate(formats) if number in own or number in _PERCENT_FORMATS)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part of the archive that holds the sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relation = next(s.get(_RELATION) for s in book.iterfind(f"{_MAIN}sheets/{_MAIN}sheet") if s.get("name") == sheet)
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(r.get("Target", "") for r in relations if r.get("Id") == relation)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def sheet_facts(path: Path, sheet: str) -> SheetFacts:
    """The facts of one sheet. Raises KeyError, StopIteration, ValueError or ParseError where the workbook is not put together as usual."""
    rows: set[int] = set()
    columns: set[int] = set()
    percent: set[tuple[int, int]] = set()
    formulas: set[tuple[int, int]] = set()
    long: set[tuple[int, int]] = set()
    with zipfile.ZipFile(path) as archive:
        styles = _percent_styles(archive)
        root = ElementTree.fromstring(archive.read(_part_of(archive, sheet)))
    for number, row in enumerate(root.iterfind(f"{_MAIN}sheetData/{_MAIN}row"), start=1):
        for cell in row.iterfind(f"{_MAIN}c"):
            if cell.find(f"{_MAIN}v") is None and cell.find(f"{_MAIN}is") is None:
                continue
            place = _place(cell.get("r", f"A{row.get('r', number)}"))
            rows.add(place[0])
            columns.add(place[1])
            if cell.find(f"{_MAIN}f") is not None:
                formulas.add(place)
            if cell.get("t", "n") != "n":
                continue
            if int(cell.get("s", "0")) in styles:
                percent.add(place)
            digits = cell.findtext(f"{_MAIN}v") or ""
            if len(digits) > MOST_DIGITS and abs(float(digits)) >= 10**MOST_DIGITS:
                long.add(place)
    merged = []
    for cell in root.iterfind(f"{_MAIN}mergeCells/{_MAIN}mergeCell"):
        first, _, last = cell.get("ref", "").partition(":")
        merged.append((*_place(first), *_place(last or first)))
    return SheetFacts(min(rows, default=1), min(columns, default=1), tuple(merged), frozenset(percent), frozenset(formulas), frozenset(long))
