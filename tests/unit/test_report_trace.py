"""The tracing of pages: what the helpers write the checker finds, and what is not a cell it reports."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.report.marts import Marts, MartsError
from pipelines.report.trace import TraceError, cell, column, origin, query, row_origin, table_origin, text
from tests.trace import problems

DDL = """
create schema measures;
create table measures.values (measure_id varchar, month date, value double, unit varchar, note varchar, primary key (measure_id, month));
insert into measures.values values
    ('calls', date '2023-06-01', 9853, 'count', 'a first'), ('calls', date '2023-07-01', 10001.5, 'count', null),
    ('wait', date '2023-07-01', 72, 'seconds', null);
"""


@pytest.fixture
def path(tmp_path):
    with duckdb.connect(str(tmp_path / "marts.duckdb")) as connection:
        connection.execute(DDL)
    return tmp_path / "marts.duckdb"


@pytest.fixture
def marts(path):
    with Marts.open(path) as opened:
        yield opened


def test_rows_know_their_table_and_key(marts):
    row = marts.rows("select value, measure_id, month, unit from measures.values as v where month = ? order by measure_id", ["2023-07-01"])[0]
    assert (row.table, row.key, row.value, row["unit"]) == ("measures.values", "calls|2023-07-01", 10001.5, "count")
    assert marts.rows("select value from measures.values")[0].table is None
    assert marts.table("measures.nothing") == []


def test_marts_that_are_not_there_say_so(tmp_path):
    with pytest.raises(MartsError, match="scorecards run"):
        Marts.open(tmp_path / "marts.duckdb")


def test_what_the_helpers_write_holds(marts, path):
    rows = marts.table("measures.values")
    body = "".join(
        f"<tr {row_origin(r, 1)}><th scope='row'>{cell(r, 'month', 'month')}</th><td>{text(r, 'value')}</td></tr>"
        for r in rows
        if r.measure_id == "calls"
    )
    page = f"""
    <p {origin(rows[2])}>It took {cell(rows[2], "value")} in <b {column("month", "month")}>July 2023</b>.</p>
    <p>{query(marts, "select count(*) from measures.values")} rows</p>
    <table {table_origin(rows[0], 1)}><thead><tr><th>month</th><th {column("value", "count")}>value</th></tr></thead><tbody>{body}</tbody></table>
    <svg><text class="axis">2023</text></svg> <script>var x = 1;</script>
    """
    assert problems(path, {"page": page}) == []


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<p>We had 12 calls</p>", "a number of no cell"),
        ('<p data-from="measures.values" data-key="calls|2023-06-01"><b data-col="value">9,854</b></p>', "should be '9,853'"),
        ('<p data-from="measures.values" data-key="calls|2023-05-01"><b data-col="value">9,853</b></p>', "no row"),
        ('<p data-from="measures.values" data-key="calls|2023-06-01"><b data-col="worth">9,853</b></p>', "no column"),
        ('<p data-sql="select count(*) from measures.values">4</p>', "should be '3'"),
    ],
)
def test_what_is_not_the_cell_is_reported(path, page, said):
    assert said in problems(path, {"page": page})[0]


def test_a_row_of_two_tables_cannot_be_shown(marts):
    with pytest.raises(TraceError, match="one published table"):
        origin(marts.rows("select value from measures.values")[0])


def test_the_marts_open_twice_in_one_process_whatever_the_threads(path):
    with Marts.open(path, threads=1), Marts.open(path, threads=3) as second:
        assert second.value("select current_setting('threads')") == 3
