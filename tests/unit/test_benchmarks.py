"""The record of `make bench`: what is written is read back, and a ratio that has grown by more than 15 % is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.benchmarks import run
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
