"""Bytes to records: chunk borders, quoting, encodings. Whatever a csv writer wrote is read back as it was."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.ingest import csv_records
from pipelines.ingest.csv_records import TextFacts, inspect_text, record_blocks, utf8_chunks
from pipelines.ingest.csv_tables import csv_blocks
from pipelines.ingest.files import FileRefused
from pipelines.ingest.headers import match_headers
from tests.landing import contracts

FIELDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\x1c\x1d\x1e\x1f\r", exclude_categories=("Cs",)), max_size=12)
WIDTH = 4


@pytest.fixture
def small_blocks(monkeypatch):
    """Limits so small that a few rows cross every border."""
    monkeypatch.setattr(csv_records, "BLOCK_BYTES", 64)
    monkeypatch.setattr(csv_records, "LOOKAHEAD_BYTES", 512)
    monkeypatch.setattr(csv_records, "MAX_QUOTED_BYTES", 400)
    monkeypatch.setattr(csv_records, "MAX_LINE_BYTES", 1_024)


def chunked(data: bytes, size: int):
    return (data[i : i + size] for i in range(0, len(data), size))


def read_back(data: bytes, size: int, delimiter: str = ",") -> list[tuple[list[str | None], str | None]]:
    """Fields and fault of every record, through blocks of records and the parser."""
    feed = contracts().feeds["bt_incidents"]
    names = ["bt_incident_id", "started_at", "ended_at", "kind"]
    rows = []
    for block in csv_blocks(chunked(data, size), delimiter, match_headers(feed, names), 1, 2):
        rows += [(list(row[:WIDTH]), row[-1]) for row in block.select(*names, "_file_row", "_fault").iter_rows()]
    return rows


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(FIELDS, min_size=WIDTH, max_size=WIDTH), max_size=12), st.integers(1, 90), st.sampled_from(",;|\t"), st.booleans())
@example([["\n", "", "", "\n"]], 1, "\t", False)  # a line that begins in one quoted field and ends in another is no row between two stray quotes
def test_what_a_csv_writer_wrote_is_read_back(rows, size, delimiter, quote_all):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_records, "BLOCK_BYTES", 64)
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL).writerows(rows)
        expected = [row for row in rows if any(field.strip() for field in row)]
        assert read_back(buffer.getvalue().encode(), size, delimiter) == [(row, None) for row in expected]


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_one_unclosed_quote_costs_one_line(small_blocks, size):
    good = [f"{i},a,b,c" for i in range(300)]
    lines = [*good[:100], '100,"a,b,c', *good[101:]]
    rows = read_back("\n".join(lines).encode(), size)
    assert [fault for _, fault in rows].count("broken_quotes") == 1
    assert rows[100][1] == "broken_quotes"
    assert [fields[0] for fields, fault in rows if fault is None] == [str(i) for i in range(300) if i != 100]


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_broken_and_odd_quotes_among_good_ones(small_blocks, size):
    data = b'1,"a\nb",c,d\n2,5" x,6" y,d\n3,"a"b,c,d\n4,a,"",d\n5, "a" ,c,d\n6,a,b,"unclosed\n7,"x ""y""",c,d\n'
    assert read_back(data, size) == [
        (["1", "a\nb", "c", "d"], None),
        (["2", '5" x', '6" y', "d"], None),
        ([csv_records.BROKEN_RECORD, None, "", ""], "broken_quotes"),
        (["4", "a", "", "d"], None),
        (["5", "a", "c", "d"], None),
        ([csv_records.BROKEN_RECORD, None, "", ""], "broken_quotes"),
        (["7", 'x "y"', "c", "d"], None),
    ]


def test_record_numbers_count_blank_lines_and_records_with_newlines_once():
    feed = contracts().feeds["bt_incidents"]
    match = match_headers(feed, ["bt_incident_id", "started_at", "ended_at", "kind"])
    blocks = csv_blocks(iter([b'1,a,b,c\n\n2,"a\nb",c,d\n3,a,b,c\n']), ",", match, 2, 2)
    assert [n for block in blocks for n in block["_file_row"].to_list()] == [2, 4, 5]


def test_an_endless_line_is_refused_by_its_number(small_blocks):
    with pytest.raises(FileRefused, match="line 12 is longer"):
        list(record_blocks(chunked(b"a,b\n" * 10 + b"x" * 5_000, 100), ",", first_line=2))


@pytest.mark.parametrize(
    ("data", "encoding", "newline"),
    [
        (b"a\nb", "utf-8", b"\n"),
        ("é\n".encode(), "utf-8", b"\n"),
        ("é\n".encode("cp1252"), "cp1252", b"\n"),
        ("é".encode()[:1], "cp1252", b"\n"),
        (b"\xef\xbb\xbfa\r\n", "utf-8", b"\n"),
        ("a\n".encode("utf-16"), "utf-16-le", b"\n"),
        (b"a\rb\r", "utf-8", b"\r"),
    ],
)
def test_encodings_are_told_apart(tmp_path, data, encoding, newline):
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    _, facts = inspect_text(path, is_gzip=False)
    assert isinstance(facts, TextFacts)
    assert (facts.encoding, facts.newline) == (encoding, newline)


def test_a_character_across_a_chunk_border_is_still_utf8(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_records, "CHUNK_BYTES", 3)
    path = tmp_path / "x.csv"
    path.write_bytes("abé€\n".encode())
    _, facts = inspect_text(path, is_gzip=False)
    assert facts.encoding == "utf-8"
    path.write_bytes("abé€\n".encode("utf-16"))
    _, facts = inspect_text(path, is_gzip=False)
    assert b"".join(utf8_chunks(path, False, facts)) == "abé€\n".encode()
