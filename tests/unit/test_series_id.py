"""The number of a series: the same wherever it is worked out, another for every measure, area and segment, and small enough for every reader."""

from __future__ import annotations

import hashlib
from itertools import product

import duckdb

from tests.models import render

NUMBERED = "select *, {{ series_id() }} as series_id from keys"
PARTS = (None, "", "a", "b", "ab", "a|b", "|", "all")


def _numbers(keys):
    connection = duckdb.connect()
    connection.execute("create table keys (measure_id varchar, area_id varchar, segment varchar)")
    connection.executemany("insert into keys values (?, ?, ?)", keys)
    return connection.execute(render(NUMBERED)).fetchall()


def test_a_series_keeps_its_number_in_every_build():
    digest = hashlib.md5("\x1f".join(("rape_volume", "swindon", "all")).encode()).digest()
    assert _numbers([("rape_volume", "swindon", "all")])[0][3] == int.from_bytes(digest[8:], "little") >> 11


def test_every_series_has_a_number_of_its_own_with_nulls_and_delimiters_in_its_key():
    numbers = [row[3] for row in _numbers(list(product(PARTS, repeat=3)))]
    assert len(set(numbers)) == len(PARTS) ** 3
    assert all(0 <= number < 2**53 for number in numbers)
