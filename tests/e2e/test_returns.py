"""A return on its way through the night: a measure that nobody collected lights up, and what no measure can take is named by file and row."""

from datetime import date


def test_a_first_return_lights_a_measure_up_and_a_bad_one_is_named(published, eventful_night):
    force = eventful_night.force
    status = "select status from core.dim_measure where measure_id = 'vehicle_stops'"
    assert published.query(status) == [("not_collected",)]
    assert eventful_night.status in (0, 3), "it stops nothing"
    assert force.query(status) != [("not_collected",)]
    values = "select area_id, period_type, period_end, value from measures.measure_values where measure_id = 'vehicle_stops' order by all"
    assert force.query(values) == [
        ("wiltshire_force", "month", date(2023, 5, 31), 412.0),
        ("wiltshire_force", "month", date(2023, 6, 30), 398.0),
        ("wiltshire_force", "month", date(2023, 7, 31), 412.0),  # another file's (tests/canaries.py)
    ]
    issues = """
        select file_row, rule, column_name, value_text, is_rejected from quality.return_issues
        where file_path like '%measure_returns_roads%' order by file_row
    """
    assert force.query(issues) == [
        (4, "unknown_measure", "measure_id", "vehicle_…", True),
        (5, "unknown_area", "area_id", "…", True),  # what was written may be anything, so it is masked
        (6, "computed_measure", "measure_id", "public_999_calls_offered", True),
        (7, "impossible_value", "value", "104.0", False),
    ]
    assert force.query("select column_name, rule, row_count from quality.rejects where file_path like '%measure_returns_roads%'") == [
        ("value", "invalid_number", 1)
    ]
    calls = "select value from measures.measure_values where measure_id = 'public_999_calls_offered' and period_end = date '2023-06-30' order by all"
    assert force.query(calls) == published.query(calls) != [], "a return does not replace what is computed here"
