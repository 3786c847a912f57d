"""A tenth of the nation's 43 forces in one build: Wiltshire's figures are those that it has alone, and every other force has its own.

`make bench-national` builds all 43 at their true size, and measures that. Here is a year of four, of the feeds that all have.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.transform.passed import remember
from pipelines.transform.project import code_version
from pipelines.transform.unit_tests import CHECK, PUBLICATION_CHECK
from tests.benchmarks.national import HOME, build, place, project_of_all_forces, write_forces
from tests.e2e.conftest import SCALE
from tests.e2e.force import Force

pytestmark = pytest.mark.slow
OTHERS = ("dorset", "gloucestershire", "kent")
FEEDS = ("force_calls", "bt_999_calls", "bt_incidents", "incident_logs", "crimes", "crime_outcomes", "arrests", "suspects")
FIRST_MONTH = "2022-07"  # of Wiltshire's, a month before the others
# The months in which no crime of an earlier month has an outcome.
FIGURES = """
select measure_id, area_id, segment, period_end, numerator, denominator, value, is_complete
from measures.measure_values
where
    area_id in (select area_id from core.dim_area where force_code = ?)
    and period_type = 'month'
    and period_end between '2023-03-01' and '2023-06-30'
order by all
"""


def is_of_the_year(path: Path) -> bool:
    """Whether a file is of the first month or later; names give the month, then the time of the extract."""
    month = re.search(r"\d{4}-\d{2}", path.name)
    return month is None or month[0] >= FIRST_MONTH


@pytest.fixture(scope="module")
def nation(extracts, published, tmp_path_factory) -> Force:
    folder = tmp_path_factory.mktemp("nation")
    files = folder / "files"
    for path in (path for feed in FEEDS for path in (extracts / feed).iterdir() if is_of_the_year(path)):
        target = files / HOME / path.relative_to(extracts)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)
    write_forces(files, SCALE, OTHERS)
    data_dir = folder / "data"
    for force in (HOME, *OTHERS):
        place(files, force, data_dir / "landing")
    project = project_of_all_forces(folder / "project")
    # its models are those of the project, which have passed their unit tests
    version = code_version(project / "dbt_project", project / "pipelines" / "contracts")
    for check in (CHECK, PUBLICATION_CHECK):
        remember(check, version, project / "dbt_project")
    build(project, data_dir, memory_limit="1GB")
    return Force(replace(published.settings, data_dir=data_dir))


def test_the_figures_of_a_force_are_those_that_it_has_alone(nation, published):
    together, alone = (set(force.query(FIGURES, [HOME])) for force in (nation, published))
    assert len(together) > 10_000
    assert together <= alone


@pytest.mark.parametrize("force", OTHERS)
def test_every_force_has_figures_of_its_own(nation, force):
    figures = nation.query(FIGURES, [force])
    assert {measure for measure, *_ in figures} >= {"public_999_calls_offered", "immediate_response_time_mean", "da_crime_volume"}
    assert {area for _, area, *_ in figures} >= {f"{force}_force"}
