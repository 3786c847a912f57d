"""A corpus of files as they really arrive: each is made by code, and says what must come of it."""

from __future__ import annotations

import gzip
import io
import os
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import polars as pl
import xlsxwriter

from tests.landing import CLI, HEADER, call, calls

GOOD = calls(call(1), call(2))


@dataclass(frozen=True)
class Bad:
    """One file and its fate: `refused` (words of the message), or rows read and the rejects' (record, column, rule)."""

    name: str
    content: str | bytes | Callable[[Path], None]
    file_name: str = "extract.csv"
    refused: str | None = None
    read: int = 0
    rejects: frozenset[tuple[int, str, str]] = frozenset()
    feed: str = "force_calls"

    @property
    def rejected_rows(self) -> int:
        return len({row for row, _, _ in self.rejects})


def workbook(*sheets: list[list[object]], names: tuple[str, ...] = ("Sheet1", "Sheet2")) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd/mm/yyyy hh:mm:ss"}) as book:
        for rows, name in zip(sheets, names, strict=False):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return buffer.getvalue()


def _sheet_of(cells: str) -> bytes:
    """A workbook of one sheet with this XML of rows."""
    source = zipfile.ZipFile(io.BytesIO(workbook([["x"]])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + cells.encode() + b"</sheetData>", data, flags=re.DOTALL)
            archive.writestr(name, data)
    return buffer.getvalue()


def _understated(content: bytes) -> bytes:
    """The workbook, with a directory that says its sheet unpacks to 1,000 bytes."""
    (size,) = (i.file_size for i in zipfile.ZipFile(io.BytesIO(content)).infolist() if i.filename == "xl/worksheets/sheet1.xml")
    return content.replace(struct.pack("<I", size), struct.pack("<I", 1_000))


def _cell(reference: str) -> str:
    return f'<row><c r="{reference}" t="str"><v>x</v></c></row>'


def parquet(**columns: list) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


def _zip(content: bytes, name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def _sheet_rows() -> list[list[object]]:
    return [HEADER.split(",")[:4], ["C1", "wiltshire", 999, datetime(2023, 7, 1, 10, 0)]]


def _directory(path: Path) -> None:
    path.mkdir()
    (path / "inside.csv").write_text(calls(call(50)))


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _dangling_link(path: Path) -> None:
    path.symlink_to(path.parent / "gone.csv")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def _link_out_of_the_landing_folder(path: Path) -> None:
    outside = path.parents[2] / "elsewhere.csv"
    outside.write_text(GOOD)
    path.symlink_to(outside)


def _folder_out_of_the_landing_folder(path: Path) -> None:
    outside = path.parents[2] / "elsewhere"
    outside.mkdir()
    (outside / "inside.csv").write_text(GOOD)
    path.symlink_to(outside)


def _parquet_of_one_long_value(path: Path) -> None:
    path.write_bytes(parquet(call_id=["C1"], force_code=["w"], line=["999"], offered_at=[datetime(2023, 7, 1)], bt_call_ref=["a" * (70 << 20)]))


def rejected(*reasons: tuple[int, str, str]) -> frozenset[tuple[int, str, str]]:
    return frozenset(reasons)


def _damaged_parquet() -> bytes:
    """A footer that promises what the pages no longer hold."""
    whole = parquet(
        call_id=[f"C{n}" for n in range(5_000)], force_code=["w"] * 5_000, line=["999"] * 5_000, offered_at=[datetime(2023, 7, 1)] * 5_000
    )
    return whole[:4] + b"\xff" * 2_000 + whole[2_004:]


@cache
def _large() -> bytes:
    return _sheet_of(_cell("A1") * 6_000_000)


UNCLOSED = "\n".join((HEADER, call(1), call(2).replace("C2", '"C2'), call(3), call(4))) + "\n"

CORPUS: tuple[Bad, ...] = (
    # --- bytes ---
    Bad("empty", b"", refused="is empty"),
    Bad("only line ends", b"\r\n\r\n\n", refused="is empty"),
    Bad("header only", HEADER + "\n", read=0),
    Bad("header only, no line end", HEADER, read=0),
    Bad("lone CRs above and within the header", "\r\r" + calls(call(1), call(2), header=HEADER + ',"no\rte"').replace("N\n", "N,x\n"), read=2),
    Bad("a million columns in the header", HEADER + "," * 1_000_000 + "\n" + call(1), refused="header"),
    Bad("3,000 columns in the header", HEADER + "".join(f",x{n}" for n in range(3_000)) + "\n", refused="more than 2,000 columns"),
    *(
        Bad(f"lines that end with U+{ord(mark):04X}", GOOD.replace("\n", mark), refused=f"U+{ord(mark):04X}")
        for mark in "\x0b\x0c\x1e\x85\u2028\u2029"
    ),
    *(
        Bad(f"a header that ends with a lone CR, and {rows} rows", GOOD.replace("\n", "\r", rows), refused="rows in the line of its header")
        for rows in (1, 2)
    ),
    Bad("other line ends in titles and headers", "Calls\x0bof\x85July\n" + GOOD.replace("call_id", "call\u2028id"), read=2),
    Bad("a gzip of blank lines", gzip.compress(GOOD.encode() + b"\n" * (80 << 20)), "extract.csv.gz", refused="times its size"),
    Bad(
        "blank lines by the million",
        GOOD + "\n" * 3_000_000 + call(3).replace("2023-07-01 10:00:00", "x"),
        read=3,
        rejects=rejected((3_000_004, "offered_at", "invalid_timestamp")),
    ),
    Bad(
        "two stray quotes, rows apart",
        calls(call(1), call(2).replace(",999", ',"999'), call(3), call(4), call(5).replace("wiltshire", 'wiltshire"')),
        read=5,
        rejects=rejected((3, "_row", "broken_quotes")),
    ),
    Bad(
        "two stray quotes in neighbouring rows",
        calls(call(1), call(2).replace(",999", ',"999'), call(3).replace("wiltshire", 'wiltshire"'), call(4)),
        read=4,
        rejects=rejected((3, "_row", "broken_quotes")),
    ),
    Bad("truncated gzip", gzip.compress(GOOD.encode() * 50)[:-20], "extract.csv.gz", refused="not a whole gzip file"),
    Bad("damaged gzip", gzip.compress(GOOD.encode() * 50)[:40] + b"\0\xff" * 40, "extract.csv.gz", refused="not a whole gzip file"),
    Bad("a gzip within a gzip", gzip.compress(gzip.compress(GOOD.encode())), "extract.csv.gz", refused="holds no csv but a gzip file"),
    Bad("csv named gz", GOOD, "extract.csv.gz", refused="not a whole gzip file"),
    Bad("gz named csv", gzip.compress(GOOD.encode()), refused="name it .csv.gz"),
    Bad("zip named csv", _zip(GOOD.encode(), "extract.csv"), refused="a zip archive"),
    Bad("web page named csv", "<!DOCTYPE html><html><body>Please sign in</body></html>", refused="an HTML or XML page"),
    Bad("several gzip members", gzip.compress(GOOD.encode()) + gzip.compress((call(3) + "\n").encode()), "extract.csv.gz", read=3),
    Bad("byte-order mark", b"\xef\xbb\xbf" + GOOD.encode(), read=2),
    Bad("byte-order mark of UTF-8 above Windows-1252", b"\xef\xbb\xbf" + calls(call(1, bt_call_ref="caf\xe9")).encode("cp1252"), read=1),
    Bad("UTF-16 with mark, little endian", GOOD.encode("utf-16"), read=2),
    Bad("UTF-16 with mark, big endian", b"\xfe\xff" + GOOD.encode("utf-16-be"), read=2),
    Bad("UTF-16 cut within a character", GOOD.encode("utf-16")[:-1], refused="truncated"),
    Bad("UTF-16 without mark", GOOD.encode("utf-16-le"), refused="UTF-16 without a byte-order mark"),
    Bad("Windows-1252", calls(call(1, bt_call_ref="café – £5")).encode("cp1252"), read=1),
    Bad(
        "byte unknown to Windows-1252",
        calls(call(1, bt_call_ref="caf\xe9")).encode("latin-1") + b"\x81,x\n",
        read=2,
        rejects=rejected((3, "_row", "too_few_fields"), (3, "line", "required"), (3, "offered_at", "required")),
    ),
    Bad("NUL bytes in a field", calls(call(1), call(2, bt_call_ref="B\0002")), read=2, rejects=rejected((3, "bt_call_ref", "nul_byte"))),
    Bad("all NUL bytes", b"\0" * 5_000, refused="is empty"),
    Bad("old Mac line ends", GOOD.replace("\n", "\r"), read=2),
    Bad("mixed line ends", GOOD.replace("\n", "\r\n", 1) + call(3) + "\r\n", read=3),
    Bad("no line end at the end", GOOD.rstrip("\n"), read=2),
    Bad("a line of 64 MB", GOOD.encode() + b"x" * (64 << 20), refused="line 4 is longer than 8 MB"),
    Bad("a header of 64 MB", b"x" * (64 << 20), refused="a header line that cannot be read"),
    Bad("a picture named csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, refused="no header that"),
    # --- headers and delimiters ---
    Bad("wrong delimiter", GOOD.replace(",", "^"), refused="no header that force_calls.yaml knows"),
    Bad("semicolons", GOOD.replace(",", ";"), read=2),
    Bad("tabs", GOOD.replace(",", "\t"), read=2),
    Bad("Excel's sep line", "sep=;\n" + GOOD.replace(",", ";"), read=2),
    Bad("Excel's sep line below a blank one", "\nsep=;\n" + GOOD.replace(",", ";"), read=2),
    Bad("no header line", call(1) + "\n" + call(2) + "\n", refused="whether the header line is missing"),
    Bad(
        "another feed's file",
        "outcome_id,crime_ref,force_code,outcome_code,outcome_date\nO1,K1,wiltshire,1,2023-07-01\n",
        refused="lacks the required columns call_id, line, offered_at",
    ),
    Bad(
        "missing column",
        "\n".join(row.rpartition(",")[0] for row in ("call_id,force_code,line,x", "C1,wiltshire,999,1")) + "\n",
        refused="lacks the required column offered_at; its headers are: call_id, force_code, line",
    ),
    Bad("renamed column", GOOD.replace("offered_at", "time_zero"), refused="add the header as a synonym in force_calls.yaml"),
    Bad(
        "extra columns",
        "\n".join(f"{row},9" for row in GOOD.replace("is_test", "is_test,operator").splitlines()).replace("operator,9", "operator") + "\n",
        read=2,
    ),
    Bad("repeated column", GOOD.replace("is_test", "Offered"), refused="two headers for offered_at (offered_at and Offered)"),
    Bad("headers in another case with spaces", GOOD.replace(HEADER, HEADER.upper().replace("_", " ")), read=2),
    Bad(
        "two exports in one, the first header damaged",
        GOOD.replace("offered_at", "offred at") + calls(call(3)),
        refused="lacks the required column offered_at",
    ),
    Bad("a header joined to itself above the header", f"{HEADER}{HEADER}\n{call(1)}\n" + GOOD, refused="two headers for"),
    Bad("records above the header", f"{call(3)}\n{call(4)}\n" + GOOD, refused="holds 2 records above its header, which stands in row 3"),
    Bad(
        "records above the header of a sheet",
        workbook([*_sheet_rows()[1:], *_sheet_rows()]),
        "extract.xlsx",
        refused="above its header",
    ),
    Bad(
        "repeated header rows",
        calls(call(1), HEADER, call(2), HEADER.upper()),
        read=4,
        rejects=rejected((3, "_row", "repeated_header"), (5, "_row", "repeated_header")),
    ),
    Bad("blank lines and empty rows", calls(call(1), "", ",,,,,,,,,", call(2), ""), read=2),
    # --- quoting and fields ---
    Bad("newline inside quotes", calls(call(1, bt_call_ref='"B\n1"'), call(2)), read=2),
    Bad("delimiter and doubled quotes inside quotes", calls(call(1, bt_call_ref='"B, ""1"""'), call(2)), read=2),
    Bad("a quote that never closes", UNCLOSED, read=4, rejects=rejected((3, "_row", "broken_quotes"))),
    Bad(
        "a quote that never closes, 100,000 rows before the end",
        UNCLOSED + "".join(call(n) + "\n" for n in range(100_000)),
        read=100_004,
        rejects=rejected((3, "_row", "broken_quotes")),
    ),
    Bad("text behind a closing quote", calls(call(1, bt_call_ref='"B"1'), call(2)), read=2, rejects=rejected((2, "_row", "broken_quotes"))),
    Bad("an inch mark in a field", calls(call(1, bt_call_ref='5" pipe'), call(2, bt_call_ref='"quoted"')), read=2),
    Bad("cut within a quoted field", calls(call(1), call(2, bt_call_ref='"B2'))[:-5], read=2, rejects=rejected((3, "_row", "broken_quotes"))),
    Bad(
        "identifiers in scientific notation",
        calls(call(1, call_id="2.02354E+12"), call(2, call_id='"2,02354E+12"'), call(3, cli="4.4771E+11")),
        read=3,
        rejects=rejected((2, "call_id", "scientific_notation"), (3, "call_id", "scientific_notation"), (4, "cli", "scientific_notation")),
    ),
    Bad("too few fields", calls(call(1), "C2,wiltshire,999,2023-07-01 10:00:00"), read=2, rejects=rejected((3, "_row", "too_few_fields"))),
    Bad(
        "UTF-16 whose lines end in CR, with a character that holds the byte of a LF",
        calls(call(1, bt_call_ref="\u0d0a"), call(2)).replace("\n", "\r").encode("utf-16"),
        read=2,
    ),
    Bad(
        "a line of one separator of lines",
        calls(call(1), "\u2028", call(2)),
        read=2,
    ),
    Bad(
        "a line of one control character",
        calls(call(1), "\x1f", call(2, bt_call_ref="\x1f")),
        read=3,
        rejects=rejected((3, "_row", "too_few_fields"), *((3, column, "required") for column in ("force_code", "line", "offered_at"))),
    ),
    Bad("a record of far too many delimiters and nothing else", calls(call(1), "," * 500, call(2)), read=2),
    Bad("last columns left off", calls(call(1).rpartition(",")[0], call(2), call(3, bt_call_ref="").rpartition(",")[0].rpartition(",")[0]), read=3),
    Bad(
        "a line end within the last field",
        calls(call(1), call(2).rpartition(",")[0] + " and", "more," + "N", call(3)),
        read=4,
        rejects=rejected(
            (3, "_row", "too_few_fields"),
            (4, "_row", "too_few_fields"),
            (4, "line", "required"),
            (4, "offered_at", "required"),
        ),
    ),
    Bad("too many fields", calls(call(1) + ",,oops", call(2)), read=2, rejects=rejected((2, "_row", "too_many_fields"))),
    Bad("a delimiter too many at each end", calls(call(1) + ",", call(2) + ","), read=2),
    # --- values ---
    Bad("31 February", calls(call(1, offered_at="2023-02-31 10:00:00")), read=1, rejects=rejected((2, "offered_at", "invalid_timestamp"))),
    Bad("24:00", calls(call(1, offered_at="2023-07-01 24:00")), read=1, rejects=rejected((2, "offered_at", "invalid_timestamp"))),
    Bad(
        "years that cannot be",
        calls(call(1, offered_at="0023-07-01 10:00:00"), call(2, ended_at="9999-12-31 00:00:00"), call(3, offered_at="01/07/23 10:00")),
        read=3,
        rejects=rejected((2, "offered_at", "invalid_timestamp"), (3, "ended_at", "invalid_timestamp"), (4, "offered_at", "invalid_timestamp")),
    ),
    Bad(
        "clock-change times",
        calls(
            call(1, offered_at="2023-03-26 01:30:00", answered_at="", ended_at=""),
            call(2, offered_at="2022-10-30 01:30:00", answered_at="", ended_at=""),
        ),
        read=2,
    ),
    Bad("negative waits", calls(call(1, answered_at="2023-07-01 09:59:00")), read=1),
    Bad(
        "formulas in cells",
        calls(call(1, bt_call_ref="=1+1"), call(2, offered_at="=NOW()"), call(3, cli=f'"=""{CLI}"""')),
        read=3,
        rejects=rejected((2, "bt_call_ref", "formula"), (3, "offered_at", "formula"), (4, "cli", "formula")),
    ),
    Bad("error texts of spreadsheets", calls(call(1, bt_call_ref="#DIV/0!", ended_at="#N/A", answered_at="0:00:00", cli="NULL")), read=1),
    Bad(
        "a field of 100,000 characters", calls(call(1, bt_call_ref="x" * 100_000), call(2)), read=2, rejects=rejected((2, "bt_call_ref", "too_long"))
    ),
    Bad(
        "every reason of a row",
        calls(",,landline,yesterday,2023-07-01 10:00:05,,,,=x,perhaps"),
        read=1,
        rejects=rejected(
            (2, "call_id", "required"),
            (2, "force_code", "required"),
            (2, "line", "not_allowed"),
            (2, "offered_at", "invalid_timestamp"),
            (2, "bt_call_ref", "formula"),
            (2, "is_test", "invalid_boolean"),
        ),
    ),
    Bad(
        "numbers as text",
        "crime_ref,force_code,recorded_at,offence_code,offence_group,is_domestic_abuse,victim_age\n"
        'K1,wiltshire,2023-07-01,8N,violence,N,"17"\nK2,wiltshire,2023-07-01,8N,violence,N,17.0\nK3,wiltshire,2023-07-01,8N,violence,N,17.5\n'
        "K4,wiltshire,2023-07-01,8N,violence,N,1e400\nK5,wiltshire,2023-07-01,8N,violence,N,121\nK6,wiltshire,2023-07-01,8N,violence,N,99999999999999999999\n",
        feed="crimes",
        read=6,
        rejects=rejected(
            (4, "victim_age", "invalid_integer"),
            (5, "victim_age", "invalid_integer"),
            (6, "victim_age", "above_maximum"),
            (7, "victim_age", "invalid_integer"),
        ),
    ),
    Bad(
        "codes that are no codes",
        "outcome_id,crime_ref,force_code,outcome_code,outcome_date\nO1,K1,wiltshire,Outcome 01a,2023-07-01\n"
        "O2,K1,wiltshire,n0,2023-07-01\nO3,K1,wiltshire,16.0,31/06/2023\n",
        feed="crime_outcomes",
        read=3,
        rejects=rejected((3, "outcome_code", "pattern"), (4, "outcome_date", "invalid_date")),
    ),
    Bad(
        "numbers out of range",
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Crime type\n"
        ",2023-07,A,B,-181,51.5,Burglary\n,2023-13,A,B,inf,51.5,Burglary\n,2023-07,A,B,1.8,51.5,Burglary\n",
        feed="police_uk_street",
        read=3,
        rejects=rejected((2, "longitude", "below_minimum"), (3, "month", "invalid_date"), (3, "longitude", "invalid_number")),
    ),
    # --- workbooks and Parquet ---
    Bad("not a workbook", b"hello, I am text", "extract.xlsx", refused="not a readable .xlsx workbook"),
    Bad("truncated workbook", workbook(_sheet_rows())[:-300], "extract.xlsx", refused="not a readable .xlsx workbook"),
    Bad("password-protected workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4_096, "extract.xlsx", refused="password-protected"),
    Bad("a zip that is no workbook", _zip(b"x", "readme.txt"), "extract.xlsx", refused="not a readable .xlsx workbook"),
    Bad("workbook without cells", workbook([]), "extract.xlsx", refused="no sheet holds anything"),
    Bad("workbook with dates and numbers", workbook(_sheet_rows()), "extract.XLSX", read=1),
    Bad("workbook with a second sheet of notes", workbook(_sheet_rows(), [["Notes"], ["made by hand"]]), "extract.xlsx", read=1),
    Bad("workbook with two sheets that fit", workbook(_sheet_rows(), _sheet_rows()), "extract.xlsx", refused="has 2 sheets that fit"),
    Bad(
        "workbook without a required column",
        workbook([row[:3] for row in _sheet_rows()]),
        "extract.xlsx",
        refused="lacks the required column offered_at",
    ),
    Bad(
        "workbook with an empty row and a bad time",
        workbook([*_sheet_rows(), [], ["C2", "wiltshire", 101.5, "32/07/2023 10:00"]]),
        "extract.xlsx",
        read=2,
        rejects=rejected((4, "line", "not_allowed"), (4, "offered_at", "invalid_timestamp")),
    ),
    Bad("a cell far outside the table", _sheet_of(_cell("A1") + _cell("XFD1048576")), "extract.xlsx", refused="within its bounds"),
    Bad("a cell in a column that no sheet has", _sheet_of(_cell("A1") + _cell("ZZZZ9")), "extract.xlsx", refused="as a workbook"),
    Bad("a cell reference that no sheet has", _sheet_of(_cell("A1") + _cell("ZZZZZ99999999999")), "extract.xlsx", refused="extract.xlsx"),
    Bad("a sheet of 400 MB in a small workbook", lambda path: path.write_bytes(_large()), "extract.xlsx", refused="bounds"),
    Bad("a sheet larger than its directory says", lambda path: path.write_bytes(_understated(_large())), "big.xlsx", refused="bounds"),
    Bad("truncated Parquet", parquet(call_id=["C1"])[:-10], "extract.parquet", refused="not a readable Parquet file"),
    Bad("damaged Parquet", _damaged_parquet(), "extract.parquet", refused="Parquet (damaged"),
    Bad(
        "Parquet with nested columns",
        parquet(call_id=[["C1"]], force_code=["w"], line=["999"], offered_at=[datetime(2023, 7, 1)]),
        "extract.parquet",
        refused="a type that no contract knows (List)",
    ),
    Bad(
        "Parquet with typed columns",
        parquet(call_id=[1, 2], force_code=["w", None], line=[999.0, 101.0], offered_at=[datetime(2023, 7, 1), None]),
        "extract.parquet",
        read=2,
        rejects=rejected((3, "force_code", "required"), (3, "offered_at", "required")),
    ),
    Bad(
        "a workbook that has lost digits of its numbers",
        workbook([HEADER.split(",")[:4], *([n, "wiltshire", 101, datetime(2023, 7, 1)] for n in (10**14, 12345678901234567, "12345678901234567"))]),
        "extract.xlsx",
        read=3,
        rejects=rejected((3, "call_id", "scientific_notation")),
    ),
    Bad(
        "a Parquet file of one value that unpacks a thousandfold",
        _parquet_of_one_long_value,
        "extract.parquet",
        refused="unpacks to more than 200 times its size",
    ),
    # --- names ---
    Bad("a name that is no UTF-8", GOOD, os.fsdecode(b"caf\xe9.csv"), read=2),
    Bad("a folder whose name is no UTF-8", GOOD, os.fsdecode(b"caf\xe9/extract.csv"), read=2),
    Bad("a name with a line end and marks of direction", GOOD, "a\nb\u202e.csv", read=2),
    # --- things that are no files ---
    Bad("a directory named like a file", _directory, "folder.csv", refused="is a directory named like a file"),
    Bad("a named pipe", _pipe, "pipe.csv", refused="is not a regular file"),
    Bad("a link to nothing", _dangling_link, "link.csv", refused="cannot be read"),
    Bad("a link to itself", _link_to_itself, "loop.csv", refused="cannot be read"),
    Bad("a link to a file elsewhere", _link_out_of_the_landing_folder, "outwards.csv", refused="outside the landing folder"),
    Bad("a link to a folder elsewhere", _folder_out_of_the_landing_folder, "link", refused="outside the landing folder"),
)
