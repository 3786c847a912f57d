"""The page of systems: all 63, none empty, every name one that exists, nothing of ours without a row."""

import re
from fnmatch import fnmatchcase

import pytest
import yaml

from pipelines.catalogue.catalogue import read_catalogue
from pipelines.contracts.loading import load_contracts
from pipelines.publish.systems import PAGE, measures_of, read_systems, render_systems, scorecards_of, states_of
from pipelines.settings import DBT_PROJECT_DIR

SYSTEMS = read_systems()
CATALOGUE = read_catalogue()
ENTRIES = CATALOGUE.entries()


def test_the_page_has_not_drifted_from_its_data():
    assert PAGE.read_text(encoding="utf-8") == render_systems(SYSTEMS, CATALOGUE), "run `python -m pipelines.publish.systems`"


def test_all_63_stand_there_once_in_order():
    assert [s.id for s in SYSTEMS] == [f"S{number:02d}" for number in range(1, 64)]


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.id)
def test_no_row_is_empty_and_every_name_exists(system):
    feeds = load_contracts().feeds
    governance = {m["name"] for m in yaml.safe_load((DBT_PROJECT_DIR / "models/governance/_governance.yml").read_text("utf-8"))["models"]}
    seeds = {path.stem for path in (DBT_PROJECT_DIR / "seeds").glob("*.csv")}
    assert system.feeds and (system.measures or system.tables)
    assert system.marked in {"named", "implied", "gap"} and system.system and system.slide
    assert set(system.feeds) <= set(feeds)
    assert set(system.tables) <= governance
    assert set(system.seeds) <= seeds
    for pattern in system.measures:
        assert any(fnmatchcase(entry["id"], pattern) for entry in ENTRIES), pattern
    assert states_of(system, ENTRIES) and scorecards_of(system, CATALOGUE)


def test_every_feed_and_every_measure_domain_stands_in_a_row():
    named = {feed for system in SYSTEMS for feed in system.feeds}
    assert set(load_contracts().feeds) - named == set()
    found = {entry["domain"] for system in SYSTEMS for entry in measures_of(system, ENTRIES)}
    assert {entry["domain"] for entry in ENTRIES} - found == set()


def test_what_the_report_calls_missing_is_a_gap_with_a_reason():
    gaps = {entry["id"] for entry in ENTRIES if "not_collected" in entry}
    assert {"vehicle_stops", "fatal_4_metrics", "ocr_processing_demand", "da_victim_voice", "public_confidence_survey"} <= gaps
    for system in SYSTEMS:
        if system.marked == "gap":
            assert "not collected" in states_of(system, ENTRIES), system.id


def test_the_page_shows_each_row_with_its_state():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| S\d\d \|", line)]
    assert len(rows) == 63
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        assert len(cells) == 8
        assert cells[0] and cells[1] and cells[3] and cells[6] and cells[7], row
