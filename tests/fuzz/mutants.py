"""Mutants of files as suppliers send them: each is made of a seed and a number alone."""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.ingest.files import ending_of
from tests.faults.bad_files import workbook
from tests.landing import HEADER, call

CASES = Path(__file__).parent.parent / "cases"
NASTY = (
    *("", " ", '"', '""', "'", ",", ";", "\t", "\r", "\n", "\r\n", "\0", "\x1a", "\x1e", "\x1f", "\x1e\x1ebroken"),
    *("\ufeff", "\u2028", "\u00a0", "🚓", "é", "\u202e"),
    *("=1+1", "+44", "-", "--", "N/A", "NULL", "nan", "inf", "-inf", "1e400", "1e-400", "2.02354E+12", "999999999999999999999"),
    *("0x1F", "1_000", "1,5", "1.234,5", "true", "-1", "x" * 5_000, "ß" * 300),
    *("0000-00-00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2023-02-30", "2023-13-01", "01/02/03", "24:00:00", "10:00"),
    *("2023-03-26 01:30:00", "2023-07-01T10:00:00+99:99", "2023-07-01 10:00:00 BST", "2023-07-01 10:00:00.123456789"),
)  # fmt: skip
DELIMITERS = (",", ";", "\t", "|")
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, EOFError, KeyError, RuntimeError)


@dataclass(frozen=True)
class Mutant:
    feed: str
    file_name: str
    content: bytes
    how: tuple[str, ...]


def _calls(rows: int) -> str:
    lines = [call(n, call_id=f"C{n:05}", offered_at=f"2023-07-{1 + n % 28:02} 10:{n % 60:02}:00", answered_at="", ended_at="") for n in range(rows)]
    return "\n".join((HEADER, *lines)) + "\n"


@cache
def corpus() -> tuple[tuple[str, str, bytes], ...]:
    """Feed, ending and content of good files, and of those of the cases."""
    found = [("force_calls", ".csv", _calls(n).encode()) for n in (1, 8, 60)]
    found += [
        ("force_calls", ".csv", _calls(9).replace("B", '"B, ""x"""').encode()),
        ("force_calls", ".csv", _calls(9).replace("\n", "\r\n").encode("utf-16")),
        ("force_calls", ".csv", _calls(9).replace(",", ";").replace("B", "£").encode("cp1252")),
        ("force_calls", ".csv.gz", gzip.compress(_calls(40).encode())),
        ("force_calls", ".xlsx", workbook([line.split(",") for line in _calls(12).splitlines()])),
    ]
    for path in sorted(CASES.glob("*/landing/*/*")) + sorted(CASES.glob("faults/*/*")):
        if path.is_file() and path.stat().st_size < 20_000:
            found.append((path.parent.name, ending_of(path.name), path.read_bytes()))
    return tuple(found)


def mutant(seed: int, number: int) -> Mutant:
    """The mutant of a number; the same for ever."""
    rng = random.Random(f"{seed}/{number}")
    texts = [one for one in corpus() if one[1] == ".csv"]
    others = [one for one in corpus() if one[1] != ".csv"]
    feed, ending, content = rng.choice(texts if rng.random() < 0.88 else others)
    how = []
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
        choices = MUTATORS["bytes"] if ending == ".csv.gz" else MUTATORS["workbook"] if ending == ".xlsx" else MUTATORS["text"]
        mutate = rng.choice(choices)
        content = mutate(rng, content)[: 4 << 20]
        how.append(mutate.__name__.strip("_"))
    if ending == ".csv" and rng.random() < 0.06:
        ending, content = ".csv.gz", gzip.compress(content)
        if rng.random() < 0.4:
            content = rng.choice(MUTATORS["bytes"])(rng, content)
            how.append("damaged gzip")
    return Mutant(feed, f"m{number:06}{ending}", content, tuple(how))


# --- bytes -----------------------------------------------------------------------------------------------------------


def _flip(rng: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 20))):
        if out:
            out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def _span(rng: random.Random, data: bytes) -> tuple[int, int]:
    at = rng.randrange(len(data) + 1)
    return at, min(len(data), at + rng.choice((1, 2, 10, 100, 1_000)))


def _cut_out(rng: random.Random, data: bytes) -> bytes:
    a, b = _span(rng, data)
    return data[:a] + data[b:]


def _repeat(rng: random.Random, data: bytes) -> bytes:
    a, b = _span(rng, data)
    return data[:b] + data[a:b] * rng.choice((1, 2, 50)) + data[b:]


def _truncate(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _insert(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    nasty = rng.choice(NASTY).encode("utf-8", "replace") if rng.random() < 0.7 else rng.randbytes(rng.choice((1, 4, 64)))
    return data[:at] + nasty * rng.choice((1, 1, 2, 17, 400)) + data[at:]


def _append(rng: random.Random, data: bytes) -> bytes:
    return data + rng.choice((b"\x1a", b"\0" * 512, b"\n" * 5_000, b'"', b"," * 3_000, rng.randbytes(64), data))


# --- text ------------------------------------------------------------------------------------------------------------

Lines = list[bytes]


def _on_lines(name: str, change: Callable[[random.Random, Lines], Lines]) -> Callable[[random.Random, bytes], bytes]:
    def mutate(rng: random.Random, data: bytes) -> bytes:
        return b"\n".join(change(rng, data.split(b"\n")))

    mutate.__name__ = name
    return mutate


def _line(rng: random.Random, lines: Lines) -> int:
    return rng.randrange(len(lines))


def _drop(rng: random.Random, lines: Lines) -> Lines:
    at = _line(rng, lines)
    return lines[:at] + lines[at + 1 :]


def _twice(rng: random.Random, lines: Lines) -> Lines:
    at = _line(rng, lines)
    return lines[:at] + [lines[at]] * rng.choice((2, 3, 200)) + lines[at + 1 :]


def _header_again(rng: random.Random, lines: Lines) -> Lines:
    at = _line(rng, lines)
    return [*lines[:at], rng.choice((lines[0], lines[0].upper())), *lines[at:]]


def _above(rng: random.Random, lines: Lines) -> Lines:
    return [*rng.choices((b"A report of calls", b"", b",,,", b'"Title, with comma",', b"sep=;", b"\r", b'"unclosed'), k=rng.randrange(1, 5)), *lines]


def _shuffle(rng: random.Random, lines: Lines) -> Lines:
    return rng.sample(lines, len(lines))


def _joined(rng: random.Random, lines: Lines) -> Lines:
    at = _line(rng, lines)
    return [*lines[:at], b"".join(lines[at : at + 2]), *lines[at + 2 :]]


def _in_fields(change: Callable[[random.Random, Lines], Lines], name: str) -> Callable[[random.Random, bytes], bytes]:
    def mutate(rng: random.Random, data: bytes) -> bytes:
        lines = data.split(b"\n")
        mark = max((d.encode() for d in DELIMITERS), key=lines[0].count)
        for at in range(len(lines)) if rng.random() < 0.2 else [_line(rng, lines)]:
            lines[at] = mark.join(change(rng, lines[at].split(mark)))
        return b"\n".join(lines)

    mutate.__name__ = name
    return mutate


def _nasty_field(rng: random.Random, fields: Lines) -> Lines:
    fields[_line(rng, fields)] = rng.choice(NASTY).encode("utf-8", "replace")
    return fields


def _fewer_fields(rng: random.Random, fields: Lines) -> Lines:
    return fields[: rng.randrange(len(fields) + 1)]


def _more_fields(rng: random.Random, fields: Lines) -> Lines:
    return fields + [b""] * rng.choice((1, 2, 30, 3_000))


def _quoted_field(rng: random.Random, fields: Lines) -> Lines:
    at = _line(rng, fields)
    fields[at] = rng.choice((b'"%s"', b'"%s', b'%s"', b'"%s\n%s"', b'x"%s"y', b'""%s""', b' "%s" ')).replace(b"%s", fields[at])
    return fields


def _swapped_fields(rng: random.Random, fields: Lines) -> Lines:
    a, b = _line(rng, fields), _line(rng, fields)
    fields[a], fields[b] = fields[b], fields[a]
    return fields


def _other_delimiter(rng: random.Random, data: bytes) -> bytes:
    return data.replace(rng.choice(DELIMITERS).encode(), rng.choice((*DELIMITERS, "^")).encode())


def _other_line_ends(rng: random.Random, data: bytes) -> bytes:
    return data.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n", b"\n\r", b"\r\r\n")))


def _other_encoding(rng: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "latin-1", "utf-7", "utf-32")), "replace")


def _header_only(rng: random.Random, data: bytes) -> bytes:
    first, _, rest = data.partition(b"\n")
    changed = rng.choice(
        (first.upper(), first + b"," * rng.choice((1, 900, 5_000)), first.replace(b"_", b"\n"), b'"' + first, first[::-1], b"", first * 2)
    )
    return changed + b"\n" + rest


# --- workbooks -------------------------------------------------------------------------------------------------------


def _part(rng: random.Random, data: bytes) -> bytes:
    """One part of the workbook, changed as XML is: references, types, counts, or bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except BROKEN_ZIP:
        return _flip(rng, data)
    names = list(parts)
    name = "xl/worksheets/sheet1.xml" if rng.random() < 0.7 and "xl/worksheets/sheet1.xml" in parts else rng.choice(names)
    parts[name] = rng.choice((_references, _types, _numbers, _flip, _cut_out, _emptied))(rng, parts[name])
    if rng.random() < 0.1:
        del parts[rng.choice(names)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, content in parts.items():
            archive.writestr(key, content)
    return out.getvalue()


def _references(rng: random.Random, xml: bytes) -> bytes:
    found = list(re.finditer(rb'r="([A-Z]*\d+)"', xml))
    if not found:
        return xml
    one = rng.choice(found)
    new = rng.choice((b"A1", b"XFD1048576", b"ZZZZ9", b"A99999999999", b"a1", b"1", b"", b"A0", b"A-1"))
    return xml[: one.start(1)] + new + xml[one.end(1) :]


def _types(rng: random.Random, xml: bytes) -> bytes:
    return re.sub(rb't="(\w+)"', lambda m: b't="' + rng.choice((m.group(1), b"s", b"n", b"d", b"b", b"e", b"str", b"inlineStr", b"x")) + b'"', xml)


def _numbers(rng: random.Random, xml: bytes) -> bytes:
    return re.sub(
        rb"<v>(\d+)</v>", lambda m: rng.choice((m.group(0), b"<v>-1</v>", b"<v>99999999</v>", b"<v>1e309</v>", b"<v></v>", b"<v>x</v>")), xml
    )


def _emptied(_rng: random.Random, _xml: bytes) -> bytes:
    return b""


_BYTES = (_flip, _cut_out, _repeat, _truncate, _insert, _append)
_LINES = tuple(
    _on_lines(name, change)
    for name, change in {
        "drop line": _drop, "repeat line": _twice, "header again": _header_again, "title above": _above, "shuffle": _shuffle, "join lines": _joined,
    }.items()
)  # fmt: skip
_FIELDS = tuple(
    _in_fields(change, name)
    for name, change in {
        "nasty value": _nasty_field, "fewer fields": _fewer_fields, "more fields": _more_fields, "quotes": _quoted_field,
        "swapped fields": _swapped_fields,
    }.items()
)  # fmt: skip
MUTATORS: dict[str, Sequence[Callable[[random.Random, bytes], bytes]]] = {
    "bytes": _BYTES,
    "text": (*_BYTES, *_LINES, *_FIELDS, *_FIELDS, _other_delimiter, _other_line_ends, _other_encoding, _header_only),
    "workbook": (*_BYTES, _part, _part, _part),
}
