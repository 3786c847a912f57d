"""An analyst adds a measure by editing the catalogue in one place: the lines of docs/adding-a-measure.md, built and worked out a second time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.catalogue.catalogue import CATALOGUE_DIR
from pipelines.catalogue.compiler import MACRO_FILE, compile_catalogue
from pipelines.catalogue.reading import CatalogueError
from pipelines.settings import DBT_PROJECT_DIR, PROJECT_DIR
from tests.raw_files import latest_rows, month, seconds

MEASURE = "line_101_answered_within_120s_rate"
REBUILT = (
    "int_measure_recipes",
    "int_measure_components",
    "int_measure_quantiles",
    "dim_measure",
    "int_measure_inputs",
    "measure_values",
    "int_value_inputs",
    "int_series_inputs",
    "measure_comparisons",
)


def entry_of_the_guide() -> str:
    guide = (PROJECT_DIR / "docs" / "adding-a-measure.md").read_text(encoding="utf-8")
    return next(block for block in re.findall(r"```yaml\n(.*?)```", guide, flags=re.S) if MEASURE in block)


@pytest.fixture(scope="module")
def warehouse(published, tmp_path_factory) -> Path:
    """A copy of the published force's build database, rebuilt by a copy of the dbt project with one entry more."""
    home = tmp_path_factory.mktemp("analyst")
    project = home / "dbt_project"
    shutil.copytree(DBT_PROJECT_DIR, project, ignore=shutil.ignore_patterns("target", "logs"))
    catalogue = home / "pipelines" / "catalogue"
    shutil.copytree(CATALOGUE_DIR, catalogue)
    contact = catalogue / "measures" / "contact.yaml"
    text = contact.read_text(encoding="utf-8")
    contact.write_text(text + entry_of_the_guide().replace("wait_seconds", "wait_second"), encoding="utf-8")
    with pytest.raises(CatalogueError, match=f"measure {MEASURE}: fct_force_calls has no column `wait_second`; did you mean wait_seconds?"):
        compile_catalogue(catalogue, project)
    contact.write_text(text + entry_of_the_guide(), encoding="utf-8")
    assert project / MACRO_FILE in compile_catalogue(catalogue, project)
    build = home / "build.duckdb"
    shutil.copy(published.settings.build_path, build)
    environment = os.environ | {
        "SCORECARDS_DBT_TARGET": "duckdb",
        "SCORECARDS_BUILD_PATH": str(build),
        "DBT_TARGET_PATH": str(home / "target"),
        "DBT_LOG_PATH": str(home / "logs"),
    }
    command = ["run", "--full-refresh", "--select", *REBUILT, "--project-dir", str(project), "--profiles-dir", str(project)]
    done = subprocess.run(
        [sys.executable, "-c", "from dbt.cli.main import cli; cli()", *command],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return build


def test_the_entry_gives_its_values(warehouse, extracts):
    calls = latest_rows(extracts, "force_calls").filter((pl.col("line") == "101") & ~pl.col("is_test").fill_null(False))
    calls = calls.filter(pl.col("answered_at").is_not_null()).with_columns(month("offered_at").alias("month"))
    within = (seconds("offered_at", "answered_at") <= 120).sum()
    expected = calls.group_by("month").agg(within.alias("within"), pl.len().alias("answered")).sort("month")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            """
            select date_trunc('month', period_end)::date, numerator::bigint, denominator::bigint, value
            from measures.measure_values where measure_id = ? and period_type = 'month' and area_id = 'wiltshire_force' and is_complete order by 1
            """,
            [MEASURE],
        ).fetchall()
        periods = {
            p for (p,) in connection.execute("select distinct period_type from measures.measure_values where measure_id = ?", [MEASURE]).fetchall()
        }
        compared = connection.execute(
            "select count(*) from measures.measure_comparisons where measure_id = ? and is_comparable", [MEASURE]
        ).fetchone()
    assert expected.height > 20
    assert [row[:3] for row in found] == expected.rows()
    assert [row[3] for row in found] == pytest.approx([100 * w / a for w, a in expected.select("within", "answered").rows()])
    assert periods == {"month", "quarter", "year", "r12m"}
    assert compared is not None
    assert compared[0] > 0


def test_the_entry_is_explained_where_readers_look(warehouse):
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        said = connection.execute(
            "select title, unit, domain, target_text, source_feeds, status, plan_priority from core.dim_measure where measure_id = ?", [MEASURE]
        ).fetchone()
    assert said == (
        "101 calls answered within two minutes", "pct", "contact", "90 (ambition, from 2023-04-01, every area)", "force_calls", "collected", 1,
    )  # fmt: skip
