"""A force of its own for every test: a data directory, synthetic extracts at a fiftieth of the true size, and the real nightly job."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.synthetic.generate import write_extracts
from tests.e2e.arrivals import arrive
from tests.e2e.force import Force, Night, output_to
from tests.landing import HASH_KEY

SCALE = 0.02
MONTHS = 26
END = date(2023, 7, 31)


def _settings(data_dir: Path) -> Settings:
    # One thread: the tests run in as many processes as there are cores. Those about several threads set them.
    return Settings(data_dir=data_dir, hash_key=HASH_KEY, settle_seconds=0, threads=1)


@pytest.fixture(scope="session")
def extracts(shared: Callable[..., Path]) -> Path:
    """Synthetic extracts, written once; never changed."""
    return shared("extracts", lambda folder: write_extracts(folder, months=MONTHS, end=END, scale=SCALE))


@pytest.fixture(scope="session")
def published(extracts: Path, shared: Callable[..., Path], parsed: Settings) -> Force:
    """A force whose extracts were taken in and published once, pages and all; read it, do not change it."""

    def publish(folder: Path) -> None:
        force = Force(_settings(folder))
        shutil.copytree(extracts, force.landing)
        shutil.copytree(parsed.dbt_target_dir, force.settings.dbt_target_dir)
        assert force.run(pages=True) == 0

    return Force(_settings(shared("published", publish)))


@pytest.fixture(scope="session")
def force_in(published: Force, parsed: Settings) -> Callable[..., Force]:
    """Make a force in a folder: `from_published` copies a whole data directory, so that a test pays for one run less."""

    def make(data_dir: Path, from_published: bool = False) -> Force:
        if from_published:
            shutil.copytree(published.settings.data_dir, data_dir, symlinks=True, dirs_exist_ok=True)
        force = Force(replace(published.settings, data_dir=data_dir))
        force.landing.mkdir(parents=True, exist_ok=True)
        if not from_published:
            shutil.copytree(parsed.dbt_target_dir, force.settings.dbt_target_dir)
        return force

    return make


@pytest.fixture
def make_force(tmp_path: Path, force_in: Callable[..., Force]) -> Callable[..., Force]:
    """Make a force for one test."""
    return lambda name="force", from_published=False: force_in(tmp_path / name, from_published)


@pytest.fixture(scope="session")
def eventful_night(published: Force, force_in: Callable[..., Force], shared: Callable[..., Path]) -> Night:
    """The published force after one night more, pages and all, on which much arrived (tests/e2e/arrivals.py); read it, do not change it."""

    def run(folder: Path) -> None:
        force = force_in(folder, from_published=True)
        arrive(force)
        with output_to(folder / "output.txt"):
            status = force.run(pages=True)
        (folder / "status.txt").write_text(str(status))

    folder = shared("eventful", run)
    force = Force(replace(published.settings, data_dir=folder))
    return Night(force, int((folder / "status.txt").read_text()), (folder / "output.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def site(published: Force) -> Path:
    """The scorecard site of the published force."""
    return (published.settings.published_dir / "site").resolve()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Debian's Chromium, driven by Playwright; skipped by name where there is none."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine: the pages are not looked at in a browser")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()
