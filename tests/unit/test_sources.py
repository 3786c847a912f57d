"""The generated dbt sources say what the contracts say."""

import yaml

from pipelines.contracts.loading import load_contracts
from pipelines.settings import DBT_PROJECT_DIR
from pipelines.transform.sources import FEEDS_FILE, SOURCES_FILE, render_feeds, render_sources, write_sources


def test_generated_files_have_not_drifted_from_the_contracts():
    for name, render in ((SOURCES_FILE, render_sources), (FEEDS_FILE, render_feeds)):
        written = (DBT_PROJECT_DIR / name).read_text(encoding="utf-8")
        assert written == render(load_contracts()), "run `python -m pipelines.transform.sources`"


def test_write_sources_writes_what_it_renders(tmp_path):
    for name in (SOURCES_FILE, FEEDS_FILE):
        (tmp_path / name).parent.mkdir(parents=True)
    contracts = load_contracts()
    texts = [path.read_text(encoding="utf-8") for path in write_sources(contracts, tmp_path)]
    assert texts == [render_sources(contracts), render_feeds(contracts)]


def test_every_feed_is_a_source_with_every_raw_column_typed_and_described():
    contracts = load_contracts()
    document = yaml.safe_load(render_sources(contracts))
    raw = {table["name"]: table for source in document["sources"] if source["name"] == "raw" for table in source["tables"]}
    assert set(raw) == set(contracts.feeds)
    for feed in contracts.feeds.values():
        columns = {c["name"]: c for c in raw[feed.name]["columns"]}
        assert {name: c["data_type"].upper() for name, c in columns.items()} == feed.raw_columns
        assert all(c["description"] for c in columns.values())


def test_every_feed_has_a_staging_model_that_stands_where_its_system_says():
    contracts = load_contracts()
    for feed in contracts.feeds.values():
        assert (DBT_PROJECT_DIR / "models/staging" / feed.system / f"{feed.staging_model}.sql").is_file()
