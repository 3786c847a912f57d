"""Local times to UTC on ordinary days and on both clock-change nights."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contracts.model import DEFAULT_TIMESTAMP_FORMATS, Column
from pipelines.ingest.clock import london_datetime_to_utc, london_to_utc
from pipelines.ingest.conform import ROW
from pipelines.ingest.feed import extract_time_of
from tests.unit.test_conform import conformed, values_of

LONDON = ZoneInfo("Europe/London")
UTC = ZoneInfo("UTC")
AT = Column("at", "timestamp", "", formats=DEFAULT_TIMESTAMP_FORMATS)
OFFERED = Column("offered_at", "timestamp", "", formats=DEFAULT_TIMESTAMP_FORMATS)
ANSWERED = Column("answered_at", "timestamp", "", formats=DEFAULT_TIMESTAMP_FORMATS, follows="offered_at")
ENDED = Column("ended_at", "timestamp", "", formats=DEFAULT_TIMESTAMP_FORMATS, follows="answered_at")


@pytest.mark.parametrize(
    "text",
    [
        "2023-07-01 10:00:30",
        "2023-07-01T10:00:30",
        "01/07/2023 10:00:30",
        "1/7/2023 10:00:30",
        "2023-07-01 10:00:30.000",
        " 2023-07-01 10:00:30 ",
        "2023-07-01T10:00:30+01:00",
        "2023-07-01 09:00:30Z",
        "2023-07-01T09:00:30.000Z",
        "2023-07-01 09:00:30+0000",
        "01/07/2023 04:00:30 -05:00",
    ],
)
def test_spellings_of_one_moment(text):
    assert values_of(AT, text) == [datetime(2023, 7, 1, 9, 0, 30)]


@pytest.mark.parametrize(
    "text",
    [
        "2023-07-01 24:00",
        "2023-07-01 10:60",
        "2023-02-31 10:00",
        "31/02/2023 10:00:00",
        "07/13/2023 10:00",
        "10:00",
        "yesterday",
        "45108.4167",
        "0001-01-01 00:00:00",
        "1899-12-31 23:59:59",
        "2101-01-01 00:00:00",
        "9999-12-31 23:59:59",
        "2023-07-01 10:00:00+25:00",
        "2023-07-01-2023",
    ],
)
def test_times_that_are_none(text):
    assert values_of(AT, text) == ["invalid_timestamp"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-07-01 00:00 BST", datetime(2023, 6, 30, 23)),
        ("2023-07-01 00:00:00 GMT", datetime(2023, 7, 1)),
        ("01/07/2023 00:00 (UTC)", datetime(2023, 7, 1)),
        ("2023-07-01 00:00:00 UTC+01:00", datetime(2023, 6, 30, 23)),
        ("2023-07-01 00:00 CEST", datetime(2023, 6, 30, 22)),
        ("2023-07-01 00:00 XST", "invalid_timestamp"),
        ("2023-07-01 00:00 BST+01:00", "invalid_timestamp"),
    ],
)
@pytest.mark.parametrize(
    "formats",
    [
        DEFAULT_TIMESTAMP_FORMATS,
        ("%Y-%m-%d %H:%M:%SZ", "%Y-%m-%d %H:%M GMT", "%d/%m/%Y %H:%M (UTC)"),
        ("%Y-%m-%d %H:%M %Z", "%Y-%m-%d %H:%M:%S %Z", "%d/%m/%Y %H:%M %Z"),
    ],
)
def test_the_name_of_a_zone_is_never_dropped(text, moment, formats):
    assert values_of(replace(AT, formats=formats), text) == [moment]


def test_times_on_the_clock_of_another_zone():
    assert values_of(replace(AT, time_zone="UTC"), "2023-07-01 10:00", "2023-07-01 10:00 BST", "") == [
        datetime(2023, 7, 1, 10), datetime(2023, 7, 1, 9), None,
    ]  # fmt: skip
    assert values_of(replace(AT, time_zone="Europe/Paris"), "2023-07-01 10:00", "2023-03-26 02:30") == [
        datetime(2023, 7, 1, 8),
        datetime(2023, 3, 26, 1, 30),
    ]
    result = conformed(replace(AT, time_zone="Europe/Paris"), at=["2023-03-26 02:30", "2023-10-29 02:30", "2023-07-01 10:00"])
    assert result.accepted["_clock_flags"].to_list() == ["at:nonexistent", "at:ambiguous", None]


def test_twelve_hour_clocks():
    column = replace(AT, formats=("%d/%m/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M %p"))
    assert values_of(column, "01/01/2023 12:00:01 AM", "01/01/2023 12:30 PM", "01/01/2023 2:05 pm", "01/01/2023 13:00 PM") == [
        datetime(2023, 1, 1, 0, 0, 1), datetime(2023, 1, 1, 12, 30), datetime(2023, 1, 1, 14, 5), "invalid_timestamp",
    ]  # fmt: skip


def test_never_happened_in_the_ways_of_switches_and_spreadsheets_is_null():
    assert values_of(AT, "0:00:00", "00:00:00", "0000-00-00 00:00:00", "1899-12-31 00:00:00", "00/01/1900 00:00:00", "NULL") == [None] * 6
    assert values_of(AT, "1900-01-01 00:00:00", "1900-01-01T00:00:00", "01/01/1900 00:00", "1900-01-01 00:00:00.000") == [None] * 4


def test_a_day_is_its_local_midnight_and_fractions_stay():
    assert values_of(AT, "2023-07-01", "2023-01-01") == [datetime(2023, 6, 30, 23), datetime(2023, 1, 1)]
    assert values_of(AT, "2023-01-01 10:00:00.123456") == [datetime(2023, 1, 1, 10, 0, 0, 123456)]


def test_times_before_the_epoch_and_in_the_years_of_double_and_permanent_summer_time():
    assert values_of(AT, "1900-01-02 00:00:00", "1944-06-06 06:00:00", "1969-01-01 12:00:00", "1971-10-31 02:30:00") == [
        datetime(1900, 1, 2), datetime(1944, 6, 6, 4), datetime(1969, 1, 1, 11), datetime(1971, 10, 31, 1, 30),
    ]  # fmt: skip


def clock_flags(**texts: str) -> tuple[dict[str, object], str | None]:
    result = conformed((OFFERED, ANSWERED, ENDED), **{name: [text] for name, text in texts.items()})
    row = result.accepted.row(0, named=True)
    return {name: row[name] for name in texts}, row["_clock_flags"]


def test_the_hour_that_happens_twice_is_its_first_occurrence_and_flagged():
    times, flags = clock_flags(offered_at="2022-10-30 01:30:00")
    assert (times["offered_at"], flags) == (datetime(2022, 10, 30, 0, 30), "offered_at:ambiguous")


def test_edges_of_the_hour_that_happens_twice():
    assert values_of(AT, "2022-10-30 00:59:59", "2022-10-30 01:00:00", "2022-10-30 01:59:59", "2022-10-30 02:00:00") == [
        datetime(2022, 10, 29, 23, 59, 59), datetime(2022, 10, 30, 0, 0), datetime(2022, 10, 30, 0, 59, 59), datetime(2022, 10, 30, 2, 0),
    ]  # fmt: skip


def test_an_ambiguous_time_is_its_second_occurrence_where_the_first_lies_before_the_time_it_follows():
    times, flags = clock_flags(offered_at="2022-10-30 01:59:50", answered_at="2022-10-30 01:00:10", ended_at="2022-10-30 01:05:00")
    assert times == {
        "offered_at": datetime(2022, 10, 30, 0, 59, 50),
        "answered_at": datetime(2022, 10, 30, 1, 0, 10),
        "ended_at": datetime(2022, 10, 30, 1, 5, 0),
    }
    assert flags == "offered_at:ambiguous;answered_at:ambiguous;ended_at:ambiguous"


def test_where_the_followed_time_is_empty_the_one_before_it_decides():
    times, _ = clock_flags(offered_at="2022-10-30 01:59:50", answered_at="", ended_at="2022-10-30 01:05:00")
    assert times["ended_at"] == datetime(2022, 10, 30, 1, 5, 0)


def test_the_hour_that_does_not_exist_moves_forward_one_hour_and_is_flagged():
    times, flags = clock_flags(offered_at="2023-03-26 01:30:00", answered_at="2023-03-26 02:00:00", ended_at="2023-03-26 00:59:59")
    assert times == {
        "offered_at": datetime(2023, 3, 26, 1, 30),
        "answered_at": datetime(2023, 3, 26, 1, 0),
        "ended_at": datetime(2023, 3, 26, 0, 59, 59),
    }
    assert flags == "offered_at:nonexistent"


def test_times_with_an_offset_are_never_in_doubt():
    times, flags = clock_flags(offered_at="2022-10-30T01:30:00+00:00", answered_at="2022-10-30T01:30:00+01:00")
    assert times == {"offered_at": datetime(2022, 10, 30, 1, 30), "answered_at": datetime(2022, 10, 30, 0, 30)}
    assert flags is None


def test_flags_count_rows_once_and_only_accepted_ones():
    columns = (OFFERED, Column("x", "integer", ""))
    result = conformed(columns, offered_at=["2022-10-30 01:30:00"] * 2 + ["2022-10-30 12:00:00"], x=["1", "no", "3"])
    assert result.clock_flagged_rows == 1
    assert result.accepted.select(ROW, "_clock_flags").rows() == [(2, "offered_at:ambiguous"), (4, None)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.datetimes(datetime(1900, 1, 2), datetime(2099, 12, 31)), min_size=1, max_size=30))
def test_every_local_time_agrees_with_the_time_zone_database(times):
    utc, flags = london_to_utc(pl.Series("t", times, dtype=pl.Datetime("us")))
    for local, found, flag in zip(times, utc.to_list(), flags.to_list(), strict=True):
        first = local.replace(tzinfo=LONDON, fold=0).astimezone(UTC).replace(tzinfo=None)
        second = local.replace(tzinfo=LONDON, fold=1).astimezone(UTC).replace(tzinfo=None)
        back = first.replace(tzinfo=UTC).astimezone(LONDON).replace(tzinfo=None)
        assert flag == (None if first == second else "ambiguous" if back == local else "nonexistent")
        if flag != "nonexistent":
            assert found == first


@pytest.mark.parametrize("year", range(1996, 2030))
def test_both_nights_of_every_year(year):
    day = {month: max(datetime(year, month, d) for d in range(25, 32) if datetime(year, month, d).weekday() == 6) for month in (3, 10)}
    times = pl.Series("t", [day[3] + timedelta(hours=1, minutes=30), day[10] + timedelta(hours=1, minutes=30)], dtype=pl.Datetime("us"))
    utc, flags = london_to_utc(times)
    assert flags.to_list() == ["nonexistent", "ambiguous"]
    assert utc.to_list() == [day[3] + timedelta(hours=1, minutes=30), day[10] + timedelta(minutes=30)]


def test_a_day_at_a_time_agrees_with_the_time_zone_database():
    for day in range(365):
        local = [datetime(2023, 1, 1) + timedelta(days=day, minutes=30 * n) for n in range(48)]
        utc, flags = london_to_utc(pl.Series("t", local, dtype=pl.Datetime("us")))
        doubtful = [datetime(2023, 3, 26, 1), datetime(2023, 3, 26, 1, 30), datetime(2023, 10, 29, 1), datetime(2023, 10, 29, 1, 30)]
        assert [t for t, flag in zip(local, flags, strict=True) if flag] == [t for t in doubtful if t in local]
        sure = [(t, u) for t, u in zip(local, utc, strict=True) if t not in doubtful]
        assert [u for _, u in sure] == [t.replace(tzinfo=LONDON).astimezone(UTC).replace(tzinfo=None) for t, _ in sure]


def test_no_times_and_no_rows():
    for rows in (0, 3):
        utc, flags = london_to_utc(pl.Series("t", [None] * rows, dtype=pl.Datetime("us")), [pl.Series("f", [None] * rows, dtype=pl.Datetime("us"))])
        assert utc.to_list() == flags.to_list() == [None] * rows


def test_extract_times_in_file_names():
    pattern = r"_x(\d{8}T\d{4})"
    assert extract_time_of("force_calls_x20230801T0200.csv", pattern) == datetime(2023, 8, 1, 1, 0)
    assert extract_time_of("force_calls_x20230101T0200.csv.gz", pattern) == datetime(2023, 1, 1, 2, 0)
    assert extract_time_of("force_calls_x20231301T0200.csv", pattern) is None
    assert extract_time_of("calls_20230701.csv", r"_(\d+)") == datetime(2023, 7, 1, 22, 59, 59)
    assert extract_time_of("calls_202311.csv", r"_(\d+)") is None
    for pattern in (r"_x(\d+)", r"(?<=_x)(\d+)"):  # the second is read by Python only
        assert extract_time_of("calls_x20230701.csv", pattern) == datetime(2023, 7, 1, 22, 59, 59)
        assert extract_time_of("calls_\udcff_x20230701.csv", pattern) == datetime(2023, 7, 1, 22, 59, 59), "a name that is no UTF-8"
        assert extract_time_of("calls.csv", pattern) is None
    assert extract_time_of("force_calls.csv", pattern) is None
    assert extract_time_of("force_calls_x20230801T0200.csv", None) is None
    assert london_datetime_to_utc(datetime(2022, 10, 30, 1, 30)) == datetime(2022, 10, 30, 0, 30)
