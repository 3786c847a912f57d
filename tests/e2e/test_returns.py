"""A return on its way through the night: a measure that nobody collected lights up, and what no measure can take is named by file and row."""

from datetime import date

RETURNS = """measure_id,area_id,segment,period_type,period_end,numerator,denominator,value,supplied_by,returned_at
vehicle_stops,Wiltshire Police,,month,2023-06-30,,,412,roads policing department,2023-08-09 09:00:00
vehicle_stops,Force,,monthly,Jul 2023,,,398,roads policing department,2023-08-09 09:00:00
vehicle_stopps,Force,,month,2023-07-31,,,398,roads policing department,2023-08-09 09:00:00
vehicle_stops,Narnia,,month,2023-07-31,,,3,roads policing department,2023-08-09 09:00:00
public_999_calls_offered,Force,,month,2023-07-31,,,9853,control centre,2023-08-09 09:00:00
vps_taken_rate,Force,,quarter,2023-06-30,104,100,104,force criminal justice department,2023-10-20 09:00:00
vehicle_stops,Swindon,,month,2023-07-31,,,many,roads policing department,2023-08-09 09:00:00
"""


def test_a_first_return_lights_a_measure_up_and_a_bad_one_is_named(make_force):
    force = make_force(from_published=True)
    status = "select status from core.dim_measure where measure_id = 'vehicle_stops'"
    assert force.query(status) == [("not_collected",)]
    calls = "select value from measures.measure_values where measure_id = 'public_999_calls_offered' and period_end = date '2023-07-31' order by all"
    before = force.query(calls)
    force.file("measure_returns", "measure_returns_roads_x20231020T1700.csv", RETURNS)
    assert force.run() == 0

    assert force.query(status) != [("not_collected",)]
    values = "select area_id, period_type, period_end, value from measures.measure_values where measure_id = 'vehicle_stops' order by all"
    assert force.query(values) == [
        ("wiltshire_force", "month", date(2023, 6, 30), 412.0),
        ("wiltshire_force", "month", date(2023, 7, 31), 398.0),
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
    assert force.query(calls) == before, "a return does not replace what is computed here"
