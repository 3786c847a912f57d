"""`run --as-at DATE`: what was known on a past day is exactly what a warehouse that stopped on that day published."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import pipelines.resources
from pipelines.cli import cli
from pipelines.commands.as_at import run_as_at
from pipelines.commands.summary import print_status
from pipelines.transform.as_at import AsAtError
from pipelines.warehouse import run_lock
from tests.e2e.force import Force

DAY = date(2023, 8, 2)
NIGHT = datetime(2023, 8, 2, 22, 30, tzinfo=UTC)  # before midnight, local time
LATER = datetime(2023, 10, 20, 1, 0, tzinfo=UTC)
# Street-level crime names no extract time: when it was known, the load says. These came in by the first night.
STREET_BY_THEN = "2023-05"


def known_by(path: Path, day: date) -> bool:
    """Whether a synthetic file was there at the end of the day, by the time (or day) in its name."""
    taken = re.search(r"x(\d{8})T", path.name) or re.search(r"governance_(\d{4}-\d{2}-\d{2})", path.name)
    if taken:
        return taken.group(1).replace("-", "") <= f"{day:%Y%m%d}"
    return path.name[:7] <= STREET_BY_THEN


@pytest.fixture
def at(monkeypatch):
    """Set the clock of the runs to come."""

    def set_clock(moment: datetime) -> None:
        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return moment.astimezone(tz)

        monkeypatch.setattr(pipelines.resources, "datetime", Clock)

    return set_clock


def test_a_past_day_is_what_a_warehouse_stopped_on_it_published(make_force, extracts, at, tmp_path, capsys):
    stopped = make_force("stopped")
    early = [path for path in extracts.rglob("*") if path.is_file() and known_by(path, DAY)]
    for path in early:
        target = stopped.landing / path.relative_to(extracts)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    at(NIGHT)
    assert stopped.run() == 0

    going_on = Force(replace(stopped.settings, data_dir=tmp_path / "going_on"))
    shutil.copytree(stopped.settings.data_dir, going_on.settings.data_dir, symlinks=True)
    shutil.copytree(extracts, going_on.landing, dirs_exist_ok=True)
    at(LATER)
    assert going_on.run() == 0
    now = going_on.fingerprint()
    assert now != stopped.fingerprint(), "what came in later changed the marts"
    build = hashlib.sha256(going_on.settings.build_path.read_bytes()).hexdigest()

    assert run_as_at(going_on.settings, DAY) == 0
    then = Force(going_on.settings.known_on(DAY))
    assert then.settings.marts_path == going_on.settings.published_dir / "as_at" / "2023-08-02" / "marts.duckdb"
    assert then.fingerprint() == stopped.fingerprint()
    assert then.query("select as_at, data_to from quality.heartbeat") == [("2023-08-02", *stopped.query("select data_to from quality.heartbeat")[0])]
    parquet = {path.stem for path in (then.settings.published_dir / "parquet").glob("*.parquet")}
    assert "measures.measure_values" in parquet

    print_status(going_on.settings)
    (made,) = then.query("select strftime(published_at, '%d %b %Y %H:%M UTC') from quality.heartbeat")[0]
    assert re.search(rf"2023-08-02\W+{made}\W.*published/as_at/2023-08-02", capsys.readouterr().out)

    assert going_on.fingerprint() == now, "the published marts are as they were"
    assert hashlib.sha256(going_on.settings.build_path.read_bytes()).hexdigest() == build, "and so is the build database"
    assert not then.settings.warehouse_dir.exists(), "no second copy of the records is kept"


def test_a_day_before_everything_says_since_when_something_is_known(published, make_force):
    force = make_force(from_published=True)
    with pytest.raises(AsAtError, match="nothing was known on 2015-01-01: the first rows are known since 20"):
        run_as_at(force.settings, date(2015, 1, 1))
    assert force.fingerprint() == published.fingerprint()


def test_an_empty_warehouse_says_so(make_force):
    with pytest.raises(AsAtError, match="the warehouse is empty"):
        run_as_at(make_force().settings, DAY)


def test_a_run_that_holds_the_warehouse_is_waited_for_by_nobody(make_force, capsys):
    force = make_force()
    with run_lock(force.settings):
        assert run_as_at(force.settings, DAY) == 4
    assert "another run holds the warehouse" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(("day", "said"), [("2999-01-01", "lies ahead"), ("August", "write it as 2023-08-02"), ("2023-02-30", "is not a day")])
def test_a_day_that_cannot_be_is_refused_by_the_command_line(day, said):
    result = CliRunner().invoke(cli, ["run", "--as-at", day])
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
