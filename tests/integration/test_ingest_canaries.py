"""What taking files in says: to Dagster, to the terminal, to the ledger that the marts are made from."""

import dagster as dg
import pytest

from pipelines.commands.summary import print_feeds, print_file, print_strays
from pipelines.ingest.assets import build_folder_asset
from pipelines.instance import prepare_home
from pipelines.resources import held_warehouse
from pipelines.warehouse import open_build
from tests.canaries import CANARY, leaks_in, plant, texts_below
from tests.landing import Landing

FOLDERS = ("force_calls", "measure_returns", "governance", "crimes", "arrests")


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """A landing folder full of canaries, taken in by the steps of the nightly job; and what Dagster keeps of it."""
    landing = Landing.at(tmp_path_factory.mktemp("canaries"))
    plant(landing.settings.landing_dir)
    prepare_home(landing.settings)
    assets = [build_folder_asset(landing.contracts.folders[folder], landing.contracts) for folder in FOLDERS]
    with dg.DagsterInstance.get() as instance, held_warehouse(landing.settings, landing.contracts) as held:
        assert dg.materialize(assets, resources={"warehouse": held}, instance=instance).success
    return landing


def test_dagster_keeps_no_canary(taken):
    places = texts_below(taken.settings.dagster_home)
    assert any((b"refused" in content and "…".encode() in content) or b"\\u2026" in content for content in places.values()), "it was told, masked"
    assert leaks_in(places) == {}


def test_the_ledger_says_nothing_but_paths_and_keys_of_rows(taken):
    said = taken.query("select feed, layout, message, unexpected_columns, sheet, masked(file_path) from ingest.loads")
    assert leaks_in({"ledger": repr(said).encode()}) == {}
    assert {feed for feed, *_ in said} >= {"force_calls", "measure_returns", "governance_actions", "crimes", "arrests"}
    assert taken.query("select count(*) from ingest.loads where status = 'refused' and message like '%…%'")[0][0] >= 3
    assert taken.query("select count(*) from ingest.loads where unexpected_columns = '…, …'") == [(1,)]
    assert taken.query("select owner from raw.governance_actions where action_id = 'A-1'") == [("…",)]
    assert leaks_in({"suppliers": repr(taken.query("select distinct supplied_by from raw.measure_returns")).encode()}) == {}
    assert leaks_in({"callers": repr(taken.query("select distinct cli from raw.force_calls")).encode()}) == {}


def test_the_terminal_shows_no_canary_until_it_is_asked_for_one_file(taken, capsys):
    with open_build(taken.settings) as connection:
        print_feeds(connection, "none")
    print_strays(taken.settings)
    said = capsys.readouterr().out
    assert "Files that are not in the warehouse" in said and "Not read, because no feed has that name" in said
    assert leaks_in({"status": said.encode()}) == {}
    (load,) = taken.query(f"select load_id from ingest.loads where file_path like '%{CANARY}Folder%'")[0]
    assert print_file(taken.settings, load) == 0
    assert f"{CANARY}Folder" in capsys.readouterr().out
