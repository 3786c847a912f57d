"""Which months stand on either side of an event, and every hour of the week on both."""

from datetime import date

import duckdb
import pytest

from tests.models import model_sql


@pytest.fixture
def profiles():
    connection = duckdb.connect()
    connection.execute(
        """
        create table profile_events as
            select * from (values ('message', 'ocr', date '2022-11-01', 3), ('late', 'ocr', date '2023-03-01', 3))
            as events (event_id, measure_id, event_month, window_months);
        create table dim_area as select * from (values ('force', 'force'), ('swindon', 'district')) as areas (area_id, level);
        create table measure_values (
            measure_id varchar, area_id varchar, segment varchar, period_type varchar, period_end date, is_complete boolean
        );
        create view int_complete_values as from measure_values where is_complete;
        create table int_profile_cells (
            measure_id varchar, area_id varchar, month date, local_weekday integer, local_hour integer, row_count bigint
        );
        """
    )
    # June is not complete, so only July to October stand unbroken before November; February is the last month there is
    for index, (year, month) in enumerate([(2022, m) for m in range(5, 13)] + [(2023, 1), (2023, 2)]):
        first = date(year, month, 1)
        connection.execute(
            "insert into measure_values select 'ocr', unnest(['force', 'swindon']), 'all', 'month', last_day(?::date), ?", [first, month != 6]
        )
        connection.execute(
            "insert into int_profile_cells values ('ocr', 'force', ?, 1, 9, ?), ('ocr', 'force', ?, 7, 23, 1)", [first, 10 + index, first]
        )
    yield lambda sql: connection.execute(f"with profiles as ({model_sql('profiles')}) {sql}").fetchall()
    connection.close()


def test_both_sides_have_as_many_months_and_every_hour(profiles):
    sides = profiles(
        "select window_name, area_id, min(window_start), max(window_end), any_value(months_compared), count(*), sum(row_count), "
        "round(sum(share_pct), 9) from profiles where event_id = 'message' group by all order by 1 desc"
    )
    assert sides == [
        ("before", "force", date(2022, 8, 1), date(2022, 10, 31), 3, 168, 13 + 14 + 15 + 3, 100),
        ("after", "force", date(2022, 11, 1), date(2023, 1, 31), 3, 168, 16 + 17 + 18 + 3, 100),
    ]
    assert profiles("select count(*) from profiles where event_id = 'late'") == [(0,)], "nothing after it yet"
    assert profiles(
        "select local_weekday, local_hour, row_count, is_working_hours from profiles where window_name = 'after' and row_count > 0 order by 1"
    ) == [
        (1, 9, 51, True),
        (7, 23, 3, False),
    ]
