"""What Dagster shows before any run: every asset described and owned, the schedule, the sensor that is off."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from graphlib import TopologicalSorter

import dagster as dg
import pytest

from pipelines.as_at import as_at_config
from pipelines.contracts.loading import load_contracts
from pipelines.definitions import build_defs
from pipelines.ingest.sensor import build_landing_sensor
from pipelines.publish.marts import contract_key, published_models, published_tables
from pipelines.quality.checks import planned_checks
from pipelines.quality.table_checks import asset_key
from pipelines.settings import Settings
from pipelines.transform.assets import dbt_specs
from pipelines.transform.manifest import load_manifest
from pipelines.warehouse import pool_of


@pytest.fixture(scope="module")
def settings(tmp_path_factory, parsed) -> Settings:
    settings = replace(parsed, data_dir=tmp_path_factory.mktemp("data"))
    shutil.copytree(parsed.dbt_target_dir, settings.dbt_target_dir)
    return settings


@pytest.fixture(scope="module")
def definitions(settings) -> dg.Definitions:
    return build_defs(settings)


@pytest.fixture(scope="module")
def specs(definitions) -> dict[str, dg.AssetSpec]:
    return {"/".join(spec.key.path): spec for spec in definitions.resolve_all_asset_specs()}


# How the groups follow each other; those of one line do not depend on each other in a circle either.
LINE = (
    ("raw", "seeds"),
    ("staging",),
    tuple(
        f"intermediate_{domain}"
        for domain in ("build", "contact", "crime", "geography", "governance", "measures", "operations", "protection", "response", "returns", "roads")
    ),
    ("core",),
    ("measures",),
    ("analysis",),
    ("demand",),
    ("governance",),
    ("scorecards",),
    ("quality",),
    ("publication",),
    ("published",),
)


def test_groups_of_assets_follow_each_other_in_one_direction(specs):
    place = {group: number for number, groups in enumerate(LINE) for group in groups}
    assert {spec.group_name for spec in specs.values()} <= set(place)
    before: dict[str, set[str]] = {}
    for name, spec in specs.items():
        for dep in spec.deps:
            other = "/".join(dep.asset_key.path)
            group = specs[other].group_name
            if group != spec.group_name:
                before.setdefault(spec.group_name, set()).add(group)
            assert place[group] <= place[spec.group_name], f"{other} ({group}) stands behind {name} ({spec.group_name}), which reads it"
    list(TopologicalSorter(before).static_order())  # raises CycleError where groups point at each other


def test_every_asset_is_described_owned_and_of_a_kind(specs):
    for name, spec in specs.items():
        assert spec.description, name
        assert spec.owners, name
        assert spec.kinds, name


def test_raw_assets_show_the_contract_s_columns(specs):
    for feed in load_contracts().feeds.values():
        spec = specs[f"raw/{feed.name}"]
        assert [c.name for c in spec.metadata["dagster/column_schema"].columns] == list(feed.raw_columns)


def test_a_night_without_a_publication_is_seen_by_dagster_and_late_data_by_the_check_alone(specs):
    assert {name for name, spec in specs.items() if spec.freshness_policy is not None} == {"published/marts"}


def test_nightly_runs_at_two_london_time_and_takes_in_everything(definitions):
    schedule = definitions.resolve_schedule_def("nightly_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone, schedule.job_name) == ("0 2 * * *", "Europe/London", "nightly")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    job = definitions.resolve_job_def("nightly")
    assert {"ingest_force_calls", "dbt_build", "check_everything"} <= {node.name for node in job.graph.nodes}
    assert job.executor_def.name == "in_process"


def test_every_job_that_writes_the_build_database_takes_a_place_in_its_pool(settings, definitions):
    for name in ("nightly", "marts", "demand"):
        assert definitions.resolve_job_def(name).node_def_named("dbt_build").pools == {pool_of(settings)}


def test_the_job_marts_is_the_nightly_one_without_its_pages(definitions):
    keys = {name: definitions.resolve_job_def(name).asset_layer.selected_asset_keys for name in ("nightly", "marts")}
    assert {"/".join(key.path) for key in keys["nightly"] - keys["marts"]} == {"published/site", "published/xlsx"}


def test_at_six_the_demand_of_yesterday_is_built_and_nothing_that_rests_on_other_feeds(definitions):
    schedule = definitions.resolve_schedule_def("demand_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone, schedule.job_name) == ("0 6 * * *", "Europe/London", "demand")
    job = definitions.resolve_job_def("demand")
    keys = {"/".join(key.path) for key in job.asset_layer.selected_asset_keys}
    assert {"raw/force_calls", "measures/daily_values", "measures/staffing", "core/fct_force_calls", "published/marts", "published/site"} <= keys
    assert not keys & {
        "raw/crimes",
        "measures/measure_values",
        "measures/measure_spc",
        "scorecards/opcc",
        "publication/quality__heartbeat",
        "published/xlsx",
    }
    order = [node.name for node in job.graph.nodes_in_topological_order]
    assert order.index("ingest_force_calls") < order.index("dbt_build") < order.index("check_everything") < order.index("published__marts")


def test_as_at_is_a_job_of_the_steps_behind_ingest_with_its_day_as_configuration(definitions):
    job = definitions.resolve_job_def("as_at")
    assert [node.name for node in job.graph.nodes_in_topological_order] == ["bring", "transform", "check", "publish_known"]
    assert dg.validate_run_config(job, as_at_config(date(2023, 8, 2)))
    with pytest.raises(dg.DagsterInvalidConfigError, match="known_warehouse"):
        dg.validate_run_config(job, {})


@pytest.mark.parametrize(("day", "words"), [("August", "write it as 2023-08-02"), ("2999-01-01", "lies ahead")])
def test_a_day_that_cannot_be_is_refused_by_the_job(definitions, day, words):
    config = as_at_config(date(2023, 8, 2))
    config["resources"]["known_warehouse"]["config"]["day"] = day
    result = definitions.resolve_job_def("as_at").execute_in_process(run_config=config, raise_on_error=False)
    assert not result.success
    assert any(words in str(event.event_specific_data) for event in result.all_events)


def test_every_test_and_check_is_told_with_its_table(definitions, settings):
    """One check of Dagster per table and engine, whose description names what it stands for."""
    manifest = load_manifest(settings)
    graph = definitions.resolve_asset_graph()
    described = {key: graph.get_check_spec(key).description for key in graph.asset_check_keys}
    assert {key.name for key in described} == {"dbt_tests", "data_checks"}
    _, tests = dbt_specs(manifest)
    every = manifest["nodes"] | manifest["unit_tests"]
    assert set(tests) == {unique_id for unique_id, node in every.items() if node["resource_type"] in ("test", "unit_test")}
    for test in tests.values():
        assert f"- {test.name}" in described[dg.AssetCheckKey(test.asset_key, "dbt_tests")]
    for spec in planned_checks(load_contracts()):
        assert f"- {spec.name} ({spec.severity})" in described[dg.AssetCheckKey(asset_key(spec.table), "data_checks")]


def test_published_tables_are_those_of_the_interface(settings):
    assert set(published_tables(load_manifest(settings))) == {
        "core.dim_area",
        "core.dim_csp",
        "core.dim_date",
        "governance.commentary",
        "governance.deliverable_history",
        "governance.deliverables",
        "governance.engagements",
        "governance.events",
        "governance.focus",
        "governance.glossary",
        "governance.governance_map",
        "governance.governance_nodes",
        "governance.measure_links",
        "governance.outcomes",
        "governance.risk_actions",
        "governance.risk_history",
        "governance.risk_review_proposals",
        "governance.risk_register",
        "governance.statutory_items",
        "governance.workbook_messages",
        "core.dim_measure",
        "measures.correlations",
        "measures.daily_expectations",
        "measures.daily_values",
        "measures.hourly_logs",
        "measures.daily_forecasts",
        "measures.forecast_backtests",
        "measures.interval_demand",
        "measures.interval_forecasts",
        "measures.month_so_far",
        "measures.staffing",
        "measures.staffing_shortfalls",
        "measures.what_ifs",
        "measures.surges",
        "measures.drivers",
        "measures.comparator_values",
        "measures.measure_comparisons",
        "measures.funnel_limits",
        "measures.funnel_places",
        "measures.measure_findings",
        "measures.measure_narratives",
        "measures.measure_tones",
        "measures.measure_spc",
        "measures.measure_values",
        "measures.published_figures",
        "measures.profile_changes",
        "measures.profiles",
        "measures.measure_rebases",
        "measures.rebase_candidates",
        "measures.spc_alternatives",
        "quality.bt_adjustment",
        "quality.shares",
        "measures.revisions",
        "measures.spc_limit_ledger",
        "measures.spc_signal_ledger",
        "measures.value_ledger",
        "quality.arrivals",
        "quality.check_results",
        "quality.heartbeat",
        "quality.publications",
        "quality.feed_outcomes",
        "quality.limit_review_queue",
        "quality.rejects",
        "quality.narrative_issues",
        "quality.return_issues",
        "scorecards.cards",
        "scorecards.csp",
        "scorecards.partner",
        "scorecards.public",
        "scorecards.summaries",
        "scorecards.suppressed_cells",
        "scorecards.tier_summaries",
        "scorecards.national",
        "scorecards.opcc",
        "scorecards.report_lines",
        "scorecards.report_topics",
        "scorecards.wcjb",
    }


def test_every_published_table_has_a_model_a_contract_and_a_key_test(settings):
    manifest = load_manifest(settings)
    tests = [node for node in manifest["nodes"].values() if (node.get("test_metadata") or {}).get("name") == "unique_key"]
    # without columns of its own the test looks up those of the contract's key
    key_tests = {test["attached_node"] for test in tests if not test["test_metadata"]["kwargs"].get("columns")}
    for name, node in published_models(manifest).items():
        assert node["config"]["contract"]["enforced"], name
        assert contract_key(node), name
        assert node["unique_id"] in key_tests, name
    assert {node["schema"] for node in manifest["nodes"].values() if "__" in node["name"] and node["config"].get("meta", {}).get("published")} == {
        "publication"
    }


def test_the_key_of_a_fact_is_looked_for_in_the_months_of_that_fact(settings):
    nodes = load_manifest(settings)["nodes"]
    tests = [node for node in nodes.values() if (node.get("test_metadata") or {}).get("name") == "unique_key_of_fact"]
    assert tests
    assert all(nodes[test["attached_node"]]["name"] == test["test_metadata"]["kwargs"]["fact"] for test in tests)


def test_nothing_before_the_gate_reads_the_publication(settings):
    nodes = load_manifest(settings)["nodes"]
    for node in nodes.values():
        if node["resource_type"] == "model" and node["schema"] != "publication":
            assert not {name for name in node["depends_on"]["nodes"] if nodes.get(name, {}).get("schema") == "publication"}, node["name"]


def test_the_landing_sensor_is_off_and_waits_until_the_folder_stands_still(settings):
    sensor = build_landing_sensor(settings, "nightly")
    assert sensor.default_status is dg.DefaultSensorStatus.STOPPED
    folder = settings.landing_dir / "crimes"
    folder.mkdir(parents=True)

    def tick(cursor: str | None) -> tuple[str, int]:
        with dg.build_sensor_context(cursor=cursor) as context:
            result = sensor.evaluate_tick(context)
        return result.cursor, len(result.run_requests)

    (folder / "a.csv").write_text("a")
    cursor, runs = tick(None)
    assert runs == 0, "changed: wait"
    (folder / "a.csv").write_text("ab")
    cursor, runs = tick(cursor)
    assert runs == 0, "still changing: wait"
    cursor, runs = tick(cursor)
    assert runs == 1, "stands still: run"
    cursor, runs = tick(cursor)
    assert runs == 0, "nothing new"


def test_the_national_view_reads_each_force_by_a_run_of_its_own(settings, definitions, tmp_path):
    national = replace(settings, data_dir=tmp_path)
    shutil.copytree(settings.dbt_target_dir, national.dbt_target_dir)
    national.shares_path.write_text("forces: {wiltshire: postgresql://a@b/c, dorset: postgresql://a@b/d}")
    view = build_defs(national)
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("force", ["hampshire", "dorset"])
        context = dg.build_schedule_context(
            instance=instance, scheduled_execution_time=datetime(2023, 8, 1, 5, tzinfo=UTC), repository_def=view.get_repository_def()
        )
        requests = view.resolve_schedule_def("shares_schedule").evaluate_tick(context).run_requests
        assert [request.partition_key for request in requests] == ["wiltshire", "dorset"]
        assert set(instance.get_dynamic_partitions("force")) == {"wiltshire", "dorset"}, "a force that is no longer declared goes"
    figures, nightly = dg.AssetKey(["shares", "figures"]), view.resolve_job_def("nightly")
    assert view.resolve_job_def("shares").asset_layer.selected_asset_keys == {figures}
    assert figures not in nightly.asset_layer.selected_asset_keys
    assert nightly.asset_layer.selected_asset_keys == definitions.resolve_job_def("nightly").asset_layer.selected_asset_keys | {
        dg.AssetKey(["ingest", "shares"])
    }
    (spec,) = [spec for spec in view.resolve_all_asset_specs() if spec.key == dg.AssetKey(["ingest", "shares"])]
    (dep,) = spec.deps
    assert (dep.asset_key, type(dep.partition_mapping)) == (figures, dg.AllPartitionMapping)
    assert view.resolve_schedule_def("nightly_schedule").cron_schedule == "30 5 * * *", "when the forces have been read"
