"""What arrives on the one night that several tests look at: each has files of its own in it, about figures of its own."""

from __future__ import annotations

import gzip

import duckdb

from tests.canaries import plant
from tests.e2e.force import Force

# June and earlier: the canaries come with a return and with calls of July.
RETURNS = """measure_id,area_id,segment,period_type,period_end,numerator,denominator,value,supplied_by,returned_at
vehicle_stops,Wiltshire Police,,month,2023-05-31,,,412,roads policing department,2023-08-09 09:00:00
vehicle_stops,Force,,monthly,Jun 2023,,,398,roads policing department,2023-08-09 09:00:00
vehicle_stopps,Force,,month,2023-06-30,,,398,roads policing department,2023-08-09 09:00:00
vehicle_stops,Narnia,,month,2023-06-30,,,3,roads policing department,2023-08-09 09:00:00
public_999_calls_offered,Force,,month,2023-06-30,,,9853,control centre,2023-08-09 09:00:00
vps_taken_rate,Force,,quarter,2023-06-30,104,100,104,force criminal justice department,2023-10-20 09:00:00
vehicle_stops,Swindon,,month,2023-06-30,,,many,roads policing department,2023-08-09 09:00:00
"""
CALLS = "call_id,force_code,line,offered_at,answered_at,abandoned_at,cli,bt_call_ref\n"
LATE_CALLS = (
    "late-1,wiltshire,999,2022-03-05 10:00:00,2022-03-05 10:00:07,,,\n"  # a late row of an old month
    "late-2,wiltshire,cch,2023-06-30 23:59:59,,2023-07-01 00:00:40,,\n"
)
CRIMES = "crime_ref,force_code,recorded_at,offence_code,offence_group,cpt,is_domestic_abuse,cancelled_at,extracted_at\n"
LEGS = "bt_leg_id,bt_call_ref,force_code,presented_at,answered_at,cleared_at,outcome,cli\n"


def arrive(force: Force) -> None:
    """Canaries, among them a badly edited workbook (tests/canaries.py); returns for a measure that nobody collected; 300 ghost legs in May; two files
    that cannot be read; a call of an old month, one of the month that has just ended, and a crime that is cancelled."""
    plant(force.landing)
    force.file("measure_returns", "measure_returns_roads_x20231020T1700.csv", RETURNS)
    ghosts = "".join(
        f"ghost-{i},ghost-ref-{i},wiltshire,2023-05-{1 + i % 28:02d} 12:00:00,,2023-05-{1 + i % 28:02d} 12:00:01,abandoned,\n" for i in range(300)
    )
    force.file("bt_999_calls", "bt_999_calls_more_x20230809T0200.csv", LEGS + ghosts)
    force.file("arrests", "wrong.csv", "something,else\n1,2\n")
    (force.landing / "crimes" / "broken.csv.gz").write_bytes(gzip.compress(b"crime_ref,force_code\n" * 50_000)[:60])
    force.file("force_calls", "force_calls_late_x20230809T0200.csv", CALLS + LATE_CALLS)
    with duckdb.connect(str(force.settings.build_path), read_only=True) as build:
        crime, code = build.execute(
            "select crime_ref, force_code from raw.crimes where is_domestic_abuse and cancelled_at is null order by 1 limit 1"
        ).fetchone()
    cancelled = f"{crime},{code},2021-07-02 09:00:00,8N,violence with injury,Swindon,Y,2023-08-01 09:00:00,2023-08-09 02:00:00\n"
    force.file("crimes", "crimes_correction_x20230809T0200.csv", CRIMES + cancelled)
