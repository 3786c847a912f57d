"""What all the processes of a test run make once and share: folders, and the dbt project as it was parsed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

from pipelines.settings import Settings
from pipelines.transform.runner import parsed_project
from tests.building import parse_once
from tests.landing import HASH_KEY

# The same examples in every run: what a new one finds is looked for by hand, and carried into its test.
hypothesis.settings.register_profile("seeded", derandomize=True)
hypothesis.settings.load_profile("seeded")

# The files that take longest, in that order: begun first, so that no process is left with one of them when the others have ended. The first does
# without the published force, which the second makes meanwhile; all others find it made.
LONGEST = (
    "golden/test_printed_report.py",
    "e2e/test_kill.py",
    "e2e/test_as_at.py",
    "e2e/test_lake.py",
    "e2e/test_nation_as_one_build.py",
    "e2e/test_national.py",
    "e2e/test_nightly.py",
    "faults/test_fuzz.py",
    "e2e/test_canaries.py",
    "e2e/test_site.py",
    "e2e/test_site_in_a_browser.py",
    "e2e/test_site_building.py",
    "e2e/test_adding_a_measure.py",
    "integration/test_incremental_facts.py",
    "integration/test_revisions.py",
    "e2e/test_wording.py",
    "integration/test_incremental_series.py",
    "integration/test_signal_ledger.py",
    "faults/test_ingest_memory.py",
    "integration/test_quality_checks.py",
    "faults/test_bad_files.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[str, Callable[[Path], None]], Path]:
    """Make a folder once for all the processes that the tests run in: the first one to ask makes it, the others wait for it."""
    root = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent

    def folder(name: str, make: Callable[[Path], None]) -> Path:
        path, is_made = root / f"shared-{name}", root / f"shared-{name}.made"
        with FileLock(root / f"shared-{name}.lock"):
            if not is_made.exists():
                shutil.rmtree(path, ignore_errors=True)
                path.mkdir()
                make(path)
                is_made.touch()
        return path

    return folder


@pytest.fixture(scope="session")
def parsed(shared: Callable[..., Path]) -> Settings:
    """A data directory that holds nothing but the parsed dbt project. What runs dbt in this process does not parse it again."""

    def settings(folder: Path) -> Settings:
        return Settings(data_dir=folder, hash_key=HASH_KEY)

    folder = shared("parsed", lambda made: parse_once(settings(made)))
    parsed_project(settings(folder))
    return settings(folder)
