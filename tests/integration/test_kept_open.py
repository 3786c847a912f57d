"""A run keeps its build database open: every connection of its process finds it so, other processes not before it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from unittest import mock

import duckdb

from pipelines.resources import held_warehouse
from pipelines.transform.runner import call_dbt, parsed_project
from pipelines.warehouse import open_build
from tests.landing import Landing, contracts

ELSEWHERE = "import duckdb, sys; duckdb.connect(sys.argv[1], read_only=True)"


def opens_elsewhere(landing: Landing) -> bool:
    done = subprocess.run([sys.executable, "-c", ELSEWHERE, str(landing.settings.build_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or "Could not set lock" in done.stderr
    return done.returncode == 0


def test_connections_of_a_run_share_its_database_and_others_wait_for_its_end(tmp_path):
    landing = Landing.at(tmp_path)
    with held_warehouse(landing.settings, contracts()) as warehouse:
        with warehouse.connect() as connection:
            connection.execute("create table ingest.kept as select 1 as one")
            connection.execute("set preserve_insertion_order = true")  # as the writing of Parquet files does
        with warehouse.connect(read_only=True) as connection:
            assert connection.execute("select one from ingest.kept").fetchone() == (1,)
            assert connection.execute("select current_setting('preserve_insertion_order')").fetchone() == (False,)
        assert not opens_elsewhere(landing)
    assert opens_elsewhere(landing)
    with open_build(landing.settings, read_only=True) as connection:
        assert connection.execute("select one from ingest.kept").fetchone() == (1,)


def test_a_run_of_dbt_finds_the_database_open(tmp_path, parsed):
    """dbt opens it under its own profile: DuckDB refuses another configuration than that of the connection that is open."""
    landing = Landing.at(tmp_path)
    settings = replace(landing.settings, threads=2)
    project = parsed_project(parsed)
    arguments = ["build", "--no-write-json", "--select", "+stg_telephony__calls", "--exclude-resource-type", "test", "unit_test"]
    with held_warehouse(settings, contracts()), mock.patch.dict(os.environ):
        outcome = call_dbt(settings, arguments, manifest=project)
        assert outcome.success, outcome.exception
        with open_build(settings) as connection:
            assert connection.execute("select count(*) from staging.stg_telephony__calls").fetchone() == (0,)


def test_a_past_day_is_built_in_a_file_that_can_be_made_anew(tmp_path):
    landing = Landing.at(tmp_path)
    settings = landing.settings.known_on(date(2023, 7, 31))
    with held_warehouse(settings, contracts()):
        settings.build_path.unlink()
        with duckdb.connect(str(settings.build_path)) as connection:
            assert connection.execute("select count(*) from duckdb_tables()").fetchone() == (0,)
