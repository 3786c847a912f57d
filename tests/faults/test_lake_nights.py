"""Three forces at once on lakes of their own, and workers killed in the middle of their nights; `make lake-kills` kills as many as one likes."""

import pytest

from tests.faults.lake_nights import FORCES, run
from tests.postgres import cluster

pytest.importorskip("duckdb_extension_ducklake", reason="the packages of a lake are not installed: `make lake`")


def test_forces_at_once_and_workers_killed_end_as_on_files_that_nobody_killed(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("postgres")) as postgres:
        nights, ended, _ = run(postgres, tmp_path_factory.mktemp("forces"), kills=5, seed=3)
        assert ended == [[0] * len(FORCES), [0], [0] * len(FORCES)], "nobody is refused, and a rerun ends well"
        assert nights.torn == [], "a reader finds one night, whole"
        assert nights.differing() == []
