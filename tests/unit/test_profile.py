"""`scorecards run --profile`: costs go to the step and part that was at work, and all of them to the CSV."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from pipelines.commands.profile import ProfilingReporter, report_profile
from pipelines.warehouse import open_build
from tests.handmade import make_settings


def work(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_costs_go_to_the_part_that_was_at_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    settings = make_settings(tmp_path)
    with open_build(settings) as connection:
        connection.execute("create schema core; create table core.dim_date as select unnest(range(7)) as day")
    reporter = ProfilingReporter()
    reporter.step("ingest calls")
    reporter.step("transform")
    work(0.05)
    reporter.detail("1 of 2 sql table model core.dim_date")
    work(0.2)
    reporter.detail("2 of 2 test not_null_dim_date_day")
    reporter.finish()
    path = report_profile(settings, reporter.costs)
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["step"], row["part"], row["rows"]) for row in rows] == [
        ("ingest calls", "", ""),
        ("transform", "", ""),
        ("transform", "1 of 2 sql table model core.dim_date", "7"),
        ("transform", "2 of 2 test not_null_dim_date_day", ""),
    ]
    spent = [float(row["processor_seconds"]) for row in rows]
    assert spent[2] >= 0.2 > spent[3]
    assert all(float(row["peak_mb"]) > 1 for row in rows)
    printed = capsys.readouterr().out
    assert "core.dim_date" in printed
    assert str(path.name) in printed.replace("\n", "")
