"""Every consumer is an exposure of the dbt project, and no published table is without one."""

import pytest
import yaml

from pipelines.publish.marts import published_tables
from pipelines.settings import DBT_PROJECT_DIR
from pipelines.transform.manifest import load_manifest

CONSUMERS = {
    "scorecard_site",
    "public_site",
    "scorecard_digests",
    "highlight_report",
    "excel_workbooks",
    "superset_dashboards",
    "power_bi_reports",
    "analysts_queries",
}


@pytest.fixture(scope="module")
def manifest(parsed) -> dict:
    return load_manifest(parsed)


def _reads(manifest: dict, exposure: dict) -> set[str]:
    nodes = [manifest["nodes"][unique_id] for unique_id in exposure["depends_on"]["nodes"]]
    return {f"{node['schema']}.{node['name']}" for node in nodes}


def test_every_consumer_is_an_exposure_with_owner_and_description(manifest):
    exposures = {exposure["name"]: exposure for exposure in manifest["exposures"].values()}
    assert set(exposures) == CONSUMERS
    for exposure in exposures.values():
        assert exposure["owner"]["name"]
        assert exposure["description"]
        assert exposure["config"]["meta"]["audience"]


def test_every_published_table_has_a_reader_and_readers_read_published_tables_only(manifest):
    published = set(published_tables(manifest).values())
    read = {table for exposure in manifest["exposures"].values() for table in _reads(manifest, exposure)}
    assert published - read == set(), "name them in dbt_project/models/exposures.yml"
    assert read - published == set()


def test_no_table_is_named_twice():
    for exposure in yaml.safe_load((DBT_PROJECT_DIR / "models" / "exposures.yml").read_text(encoding="utf-8"))["exposures"]:
        assert len(exposure["depends_on"]) == len(set(exposure["depends_on"])), exposure["name"]
