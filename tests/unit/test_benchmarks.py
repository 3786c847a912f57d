"""The record of `make bench`: what is written is read back, and a ratio that has grown by more than 15 % is named.

And the forces of `make bench-national`.
"""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipelines.synthetic.generate import write_extracts
from tests.benchmarks import national, run
from tests.benchmarks.floor import FEEDS, core_measures

RATIOS = dict.fromkeys(run.RATIOS, 2.0)
SECONDS = {"floor": 33.4, "from_empty": 99.0, "nothing_new": 25.0, "one_day": 50.0, "correction": 60.0}


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "benchmarks.md"
    shutil.copy(run.RECORD, copy)
    monkeypatch.setattr(run, "RECORD", copy)
    return copy


def test_what_is_recorded_is_read_back(record: Path):
    run.record(RATIOS, SECONDS, scale=1)
    assert run.recorded() == RATIOS
    run.record(RATIOS | {"correction / one day": 1.25}, SECONDS, scale=0.5)
    assert run.recorded() == RATIOS | {"correction / one day": 1.25}
    assert record.read_text().splitlines()[-1].split(" | ")[-4:] == ["33", "99", "25", "50 |"]


def test_more_than_fifteen_per_cent_is_worse():
    assert run.compared(RATIOS | {"from empty / floor": 2.29}, RATIOS) == []
    assert run.compared(RATIOS | {"from empty / floor": 2.31}, RATIOS) == ["from empty / floor"]
    assert run.compared(RATIOS, {}) == [], "nothing is recorded yet"


def test_the_floor_counts_the_latest_version_of_each_row(tmp_path: Path):
    for feed, (key, columns) in FEEDS.items():
        (tmp_path / feed).mkdir()
        (tmp_path / feed / f"{feed}_x20230802T0100.csv").write_text(",".join((key, *columns)) + "\n")
    calls = "call_id,line,offered_at,answered_at,abandoned_at,is_test\n1,999,2023-07-01 10:00:00,{answered},,N\n{more}"
    for taken, answered, more in (
        ("0802", "2023-07-01 10:00:04", "2,999,2023-07-01 11:00:00,,2023-07-01 11:00:09,N\n"),
        ("0809", "2023-07-01 10:00:06", ""),
    ):
        (tmp_path / "force_calls" / f"calls_x2023{taken}T0105.csv").write_text(calls.format(answered=answered, more=more))
    with core_measures(tmp_path) as floor:
        assert floor.execute("select measure, n, part, mean, share from core_measures").fetchall() == [("calls 999", 2, 1, 6.0, 50.0)]


def test_another_force_has_the_extracts_that_name_it_and_no_others(tmp_path: Path):
    written = write_extracts(tmp_path, months=1, end=date(2023, 7, 31), scale=0.004, force_code="kent")
    feeds = {file.feed for file in written}
    assert {"force_calls", "bt_999_calls", "incident_logs", "crimes", "crime_outcomes", "arrests"} <= feeds
    assert not feeds & {"police_uk_street", "measure_returns", "bt_incidents", "collisions"}
    with next((tmp_path / "crimes").glob("*.csv")).open(encoding="utf-8-sig", newline="") as file:
        assert {row["force_code"] for row in csv.DictReader(file)} == {"kent"}


def test_all_forces_have_areas_of_their_own_in_the_project_of_the_nation(tmp_path: Path):
    seeds = national.project_of_all_forces(tmp_path / "project") / "dbt_project" / "seeds"

    def rows(name: str) -> list[dict[str, str]]:
        with (seeds / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    areas = {row["area_id"]: row for row in rows("areas")}
    assert len(areas) == len(rows("areas"))
    assert len(national.RESIDENTS) == 43
    assert {row["force_code"] for row in rows("forces")} == national.RESIDENTS.keys() | {"unknown"}
    assert {row["force_code"] for row in areas.values() if row["level"] == "force"} == national.RESIDENTS.keys() | {"unknown"}
    assert all(row["parent_area_id"] in areas for row in areas.values() if row["parent_area_id"])
    assert {row["target"] for row in rows("area_aliases") if row["kind"] == "cpt_name"} <= areas.keys()
    named = [(row["force_code"], row["kind"], row["alias"]) for row in rows("area_aliases")]
    assert len(set(named)) == len(named)
