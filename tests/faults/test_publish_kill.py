"""A publication killed with SIGKILL at any of its steps leaves the complete old marts or the complete new ones, and the next one cleans up."""

import duckdb
import pytest

from pipelines.contracts.loading import load_contracts
from pipelines.publish.marts import publish
from pipelines.quality.gate import Gate
from pipelines.quality.model import CheckResult
from pipelines.quality.results import store_results
from pipelines.warehouse import open_build
from tests.handmade import NOW, PUBLISHED, make_warehouse
from tests.killed import is_killed, kill_itself

BEFORE = [
    "compare", "carry over", "copy core.dim_measure", "copy quality.check_results", "parquet", "verify", "sync", "move",
    "link marts.duckdb", "link parquet", "switch",
]  # fmt: skip
AFTER = ["clean"]


def state(settings):
    """(run, values) as the database and as the Parquet files have them; None where nothing is published."""
    if not settings.marts_path.exists():
        assert not (settings.published_dir / "parquet").exists()
        return None
    with duckdb.connect(str(settings.marts_path), read_only=True) as live:
        database = live.execute("select min(value), max(value), count(*) from measures.measure_values").fetchall()
    folder = settings.published_dir / "parquet"
    assert {p.name for p in folder.iterdir()} == {f"{name}.parquet" for name in PUBLISHED}
    parquet = duckdb.connect().execute(f"select min(value), max(value), count(*) from '{folder}/measures.measure_values.parquet'").fetchall()
    assert database == parquet
    return (settings.published_dir / "current").resolve().name.split("-")[1], *database


def set_values(settings, value):
    with open_build(settings) as connection:
        connection.execute("update measures.measure_values set value = ?", [value])


def published(settings, contracts, run_id):
    """What readers see once a run has published."""
    publish(settings, run_id, Gate(run_id, True, (), ()), PUBLISHED, NOW, contracts)
    assert len(list((settings.published_dir / ".versions").iterdir())) <= 2
    return state(settings)


def killed_at(settings, point):
    assert is_killed(publish_and_die, settings, point)


def publish_and_die(settings, point):
    gate = Gate("new", True, (), ())
    publish(settings, "new", gate, PUBLISHED, NOW, load_contracts(), on_step=lambda step: kill_itself() if step == point else None)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_warehouse(tmp_path_factory.mktemp("killed"))


@pytest.mark.parametrize("point", [*BEFORE, *AFTER])
def test_a_kill_leaves_the_old_marts_or_the_new_ones(made, point):
    settings, contracts = made
    set_values(settings, 50)
    old = published(settings, contracts, "old")
    set_values(settings, 60)
    killed_at(settings, point)
    # the fixed links are in place since the first publication, so only the switch itself tells old from new
    assert state(settings) == (("new", (60.0, 60.0, old[1][2])) if point in AFTER else old)
    assert published(settings, contracts, "next") == ("next", (60.0, 60.0, old[1][2]))


@pytest.mark.parametrize("point", [*(point for point in BEFORE if point != "copy core.dim_measure"), *AFTER])
def test_a_kill_of_a_publication_that_carries_tables_over_leaves_the_old_marts_or_the_new_ones(made, point):
    settings, contracts = made
    set_values(settings, 50)
    old = published(settings, contracts, "old")
    values = settings.published_dir / "parquet" / "measures.measure_values.parquet"
    file, text = values.stat().st_ino, values.read_bytes()
    with open_build(settings) as connection:
        store_results(connection, [CheckResult("new", NOW, f"before {point}", "great_expectations", "raw", "raw.crimes")])
    killed_at(settings, point)
    assert state(settings) == (("new", old[1]) if point in AFTER else old)
    assert (values.stat().st_ino, values.read_bytes()) == (file, text), "the file that both versions hold"
    assert published(settings, contracts, "next") == ("next", old[1])


@pytest.mark.parametrize("point", ["amend measures.measure_values", "parquet", "verify", "switch", *AFTER])
def test_a_kill_of_a_publication_that_replaces_rows_leaves_the_old_marts_or_the_new_ones(made, point):
    settings, contracts = made
    set_values(settings, 50)
    old = published(settings, contracts, "old")
    with open_build(settings) as connection:
        connection.execute("update measures.measure_values set value = 51 where rowid = (select min(rowid) from measures.measure_values)")
    killed_at(settings, point)
    assert state(settings) == (("new", (50.0, 51.0, old[1][2])) if point in AFTER else old)
    assert published(settings, contracts, "next") == ("next", (50.0, 51.0, old[1][2]))


@pytest.mark.parametrize("point", ["copy core.dim_measure", "link parquet", "switch"])
def test_a_first_publication_that_is_killed_publishes_nothing(tmp_path, point):
    settings, contracts = make_warehouse(tmp_path)
    killed_at(settings, point)
    assert state(settings) is None
    publish(settings, "next", Gate("next", True, (), ()), PUBLISHED, NOW, contracts)
    assert state(settings)[0] == "next"
