"""The dbt project as two Dagster multi-assets, before and behind the gate: every model and seed an asset, all tests of a table one check."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings
from dagster_dbt.asset_utils import build_dbt_specs

from pipelines.ingest.assets import owner_slug
from pipelines.masking import without_values
from pipelines.quality.evaluation import existing_tables
from pipelines.quality.gate import evaluate_gate
from pipelines.quality.model import CheckResult
from pipelines.quality.results import carry_forward, store_results
from pipelines.quality.table_checks import table_check_results, table_check_specs
from pipelines.resources import Warehouse
from pipelines.transform import unit_tests
from pipelines.transform.build import drop_leftovers, is_current, is_full_refresh_due, max_load_id, record_build
from pipelines.transform.carry_over import SAYS_WHERE_TO_LOOK, UNCHANGED, carried_over, give_back, is_whole, take
from pipelines.transform.passed import has_passed, remember
from pipelines.transform.project import TransformError, code_version
from pipelines.transform.publication import PAST, TAG, build_publication
from pipelines.transform.runner import DbtRun, NodeResult, run_dbt

DBT_ASSETS_NAME = "dbt_build"
PUBLICATION = "publication"  # the schema, the asset group and the step behind the gate
DEMAND = "demand"
DBT_TESTS = "dbt_tests"  # the check of Dagster that tells what all of them found on a table
BELOW_MEASURES = {"seeds", "staging", "intermediate", "core"}  # of asset groups, what comes before the first underscore
PASSED_BEFORE = "this code has passed it before: it looks at no data"
NOT_EVALUATED = {UNCHANGED, PASSED_BEFORE}
CHECK_STATUS = {"pass": "passed", "success": "passed", "warn": "warned", "fail": "failed", "error": "failed", "skipped": "skipped"}


class BuildOptions(dg.Config):
    """How the models are built. `full_refresh` rebuilds every month instead of those that new rows touch."""

    full_refresh: bool = False


class Translator(DagsterDbtTranslator):
    """Asset keys are `<schema>/<table>`, groups are the folders of models/ (intermediate by domain), owners come from the models' meta."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_asset_checks=True, enable_source_tests_as_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        if dbt_resource_props["resource_type"] == "source":
            return str(dbt_resource_props["source_name"])
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        _, layer, *folders = dbt_resource_props["fqn"]
        return f"{layer}_{folders[0]}" if layer == "intermediate" else str(layer)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        meta = (dbt_resource_props.get("config") or {}).get("meta") or {}
        return [f"team:{owner_slug(str(meta.get('owner', 'performance analysis')))}"]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return dbt_resource_props.get("description") or ""


def _unit_tests(manifest: Mapping[str, Any], translator: Translator) -> dict[str, dg.AssetCheckKey]:
    """dbt yields no check for its unit tests: one per test, on the model that it tests."""
    found: dict[str, dg.AssetCheckKey] = {}
    for unique_id, test in (manifest.get("unit_tests") or {}).items():
        model_id = next(n for n in test["depends_on"]["nodes"] if manifest["nodes"].get(n, {}).get("name") == test["model"])
        found[unique_id] = dg.AssetCheckKey(translator.get_asset_key(manifest["nodes"][model_id]), f"unit_{test['name']}")
    return found


def ledger_specs(manifest: Mapping[str, Any]) -> list[dg.AssetSpec]:
    """The ingest ledger, which the ingest of every feed writes: shown beside the raw tables, materialised by none of them alone."""
    owner = f"team:{owner_slug('performance analysis')}"
    return [
        dg.AssetSpec(Translator().get_asset_key(source), description=source["description"], owners=[owner], kinds={"duckdb"}, group_name="raw")
        for source in manifest["sources"].values()
        if source["source_name"] == "ingest"
    ]


def dbt_specs(manifest: Mapping[str, Any]) -> tuple[list[dg.AssetSpec], dict[str, dg.AssetCheckKey]]:
    """An asset per model and seed; the table and the name of every test and unit test, by dbt's unique id.

    Raises TransformError where a test belongs to no model.
    """
    translator = Translator()
    specs, test_specs = build_dbt_specs(
        translator=translator, manifest=manifest, select="fqn:*", exclude="", selector="", io_manager_key=None, project=None
    )
    tests = {str(spec.metadata["dagster_dbt/unique_id"]): spec.key for spec in test_specs} | _unit_tests(manifest, translator)
    _all_attached(manifest, tests)
    return list(specs), tests


def build_dbt_assets(manifest: Mapping[str, Any], pool: str | None = None) -> tuple[dg.AssetsDefinition, dg.AssetsDefinition]:
    """The models before the gate, and the publication behind it: one step each.

    pool  which of Dagster's pools a run of them takes a place in
    """
    specs, tests = dbt_specs(manifest)
    translator = Translator()
    keys = {unique_id: translator.get_asset_key(node) for unique_id, node in manifest["nodes"].items()}
    is_behind = {spec.key: spec.key.path[0] == PUBLICATION for spec in specs}
    parts = [
        ([spec for spec in specs if is_behind[spec.key] is part], {name: test for name, test in tests.items() if is_behind[test.asset_key] is part})
        for part in (False, True)
    ]
    return _build_models(manifest, keys, pool, *parts[0]), _build_publication(manifest, keys, *parts[1])


def demand_models(models: dg.AssetsDefinition) -> set[dg.AssetKey]:
    """The models of demand, with what they rest on up to the facts; of the measures they read what the last night built."""
    specs = {spec.key: spec for spec in models.specs}
    wanted = [key for key, spec in specs.items() if spec.group_name == DEMAND]
    found = set(wanted)
    while wanted:
        deps = {dep.asset_key for dep in specs[wanted.pop()].deps if dep.asset_key in specs} - found
        of_facts = {key for key in deps if (specs[key].group_name or "").partition("_")[0] in BELOW_MEASURES}
        found |= of_facts
        wanted += of_facts
    return found


def _build_models(
    manifest: Mapping[str, Any],
    keys: Mapping[str, dg.AssetKey],
    pool: str | None,
    specs: Sequence[dg.AssetSpec],
    tests: Mapping[str, dg.AssetCheckKey],
) -> dg.AssetsDefinition:
    skippable = [_skippable(spec) for spec in specs]

    # Dagster wants every table after those it is made from.
    order = list(TopologicalSorter({spec.key: [dep.asset_key for dep in spec.deps] for spec in specs}).static_order())

    # every run that writes the build database has this step: that it takes a place in the pool is enough
    @dg.multi_asset(
        name=DBT_ASSETS_NAME, specs=skippable, check_specs=_check_specs(manifest, tests), can_subset=True, allow_arbitrary_check_specs=True, pool=pool
    )
    def dbt_build(context: dg.AssetExecutionContext, config: BuildOptions, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        is_subset = context.is_subset
        with warehouse.connect() as connection:
            version = code_version()
            is_due = is_full_refresh_due(connection, version)
            full_refresh = config.full_refresh or is_due
            newest_load = max_load_id(connection)
            if is_subset:
                _require_whole(connection, version, is_due)
            standing = None
            if not (is_subset or full_refresh) and is_current(connection, version) and is_whole(connection, version):
                warehouse.reporter.step("transform (nothing new)")
                standing = _standing_results(connection, tests, context.run.run_id, warehouse)
            row_counts = _row_counts(connection)
            carry_over = take(connection, manifest, version, full_refresh) if standing is None else None
        if carry_over is None:
            yield from _unchanged(context, order, row_counts)
            yield from table_check_results(DBT_TESTS, standing or (), context.selected_asset_check_keys)
            return
        # the manifest stands from parsing, and what dbt would write of its results is told to Dagster and stored below
        arguments, unchanged = ["build", "--no-write-json", "--exclude", TAG], []
        if is_subset:
            # By file: a name may be that of a folder, too, or of the project. A test that also looks at a table which is not built here would compare
            # two different runs.
            # What says where to look is always among them: files may have been loaded since the last whole run.
            chosen = sorted(
                manifest["nodes"][node]["original_file_path"]
                for node, key in keys.items()
                if key in context.selected_asset_keys or key.path[-1] in SAYS_WHERE_TO_LOOK
            )
            arguments += ["--indirect-selection", "cautious", "--select", *(f"path:{path}" for path in chosen)]
        elif full_refresh:
            arguments.append("--full-refresh")
        if has_passed(unit_tests.CHECK, version):
            # They speak of the code alone, and this code has passed them, on these data or on others.
            arguments += ["--exclude-resource-type", "unit_test"]
            unchanged = _passed_before(tests)
        warehouse.reporter.step("transform" + (" (full refresh)" if full_refresh else ""))
        with carried_over(carry_over):
            run = run_dbt(warehouse.settings, arguments, lambda name, index, total: warehouse.reporter.detail(f"{index} of {total} {name}"))
        if not is_subset and all(node.status in {"pass", "success"} for node in run.of_type("unit_test")) and not run.broken:
            remember(unit_tests.CHECK, version)

        results = list(check_results(DbtRun((*run.nodes, *unchanged)), tests, manifest, context.run.run_id, warehouse))
        with warehouse.connect() as connection:
            store_results(connection, results)
            if not run.broken:
                give_back(connection, carry_over, version)
            drop_leftovers(connection)
            row_counts = _row_counts(connection)
            lost = [] if run.broken or is_subset else not_there(connection, manifest)
            if not (run.broken or is_subset or lost):
                record_build(connection, context.run.run_id, warehouse.now, newest_load, full_refresh, version)
        yield from _materialized(run, {node: key for node, key in keys.items() if key in context.selected_asset_keys}, row_counts)
        yield from table_check_results(DBT_TESTS, results, context.selected_asset_check_keys)
        if run.broken:
            raise dg.Failure(broken_message(run))
        if lost:
            raise dg.Failure(f"dbt says that it built them, and the database has no such tables: {', '.join(lost)}. Nothing is published; run again")

    return dbt_build


def _require_whole(connection: Any, version: str, is_due: bool) -> None:
    """A part of the models is built upon the others as they stand: all of one night, by this code."""
    if is_due:
        raise dg.Failure("the models have changed since they were built, or were never built: run `scorecards run` first")
    if not is_whole(connection, version):
        raise dg.Failure("the last run ended while it built the models, so that some are older than others: run `scorecards run` first")


def not_there(connection: Any, manifest: Mapping[str, Any]) -> list[str]:
    """The models and seeds before the gate that the database does not hold, by schema and name: what several writers of a lake were seen to lose."""
    built = {
        f"{node['schema']}.{node['alias']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "seed"} and node["schema"] != PUBLICATION and node["config"]["materialized"] != "ephemeral"
    }
    return sorted(built - existing_tables(connection))


def _build_publication(
    manifest: Mapping[str, Any], keys: Mapping[str, dg.AssetKey], specs: Sequence[dg.AssetSpec], tests: Mapping[str, dg.AssetCheckKey]
) -> dg.AssetsDefinition:
    # What was published before is read as it stands: as an asset upstream it would close a circle.
    without_the_past = [spec.replace_attributes(deps=[dep for dep in spec.deps if not dep.asset_key.path[0].startswith(PAST)]) for spec in specs]

    @dg.multi_asset(
        name=PUBLICATION,
        specs=[_skippable(spec) for spec in without_the_past],
        check_specs=_check_specs(manifest, tests),
        allow_arbitrary_check_specs=True,
    )
    def publication(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        warehouse.reporter.step("gate and publication")
        with warehouse.connect() as connection:
            gate = evaluate_gate(connection, context.run.run_id)
        context.log.info(gate.message)
        if not gate.is_open:
            raise dg.Failure(gate.message, metadata={"failed": len(gate.errors), "warned": len(gate.warnings)})
        run, results = publish_models(warehouse, manifest, tests, context.run.run_id)
        with warehouse.connect(read_only=True) as connection:
            row_counts = _row_counts(connection)
        yield from _materialized(run, keys, row_counts)
        yield from table_check_results(DBT_TESTS, results, context.selected_asset_check_keys)
        if run.broken:
            raise dg.Failure(broken_message(run))

    return publication


def publish_models(
    warehouse: Warehouse, manifest: Mapping[str, Any], tests: Mapping[str, dg.AssetCheckKey], run_id: str, as_at: str | None = None
) -> tuple[DbtRun, list[CheckResult]]:
    """Build the publication and store what its tests found; the gate is evaluated once more, with them, before the marts are switched."""
    version = code_version()
    passed_before = has_passed(unit_tests.PUBLICATION_CHECK, version)
    run = build_publication(
        warehouse.settings,
        warehouse.contracts,
        manifest,
        run_id,
        warehouse.now,
        as_at,
        unit_tests=not passed_before and as_at is None,
        on_node=lambda name, index, total: warehouse.reporter.detail(f"{index} of {total} {name}"),
    )
    if as_at is None and not run.broken and all(node.status in {"pass", "success"} for node in run.of_type("unit_test")):
        remember(unit_tests.PUBLICATION_CHECK, version)
    if passed_before:
        run = DbtRun((*run.nodes, *_passed_before(tests)))
    results = list(check_results(run, tests, manifest, run_id, warehouse))
    with warehouse.connect() as connection:
        store_results(connection, results)
    return run, results


def _passed_before(tests: Mapping[str, dg.AssetCheckKey]) -> list[NodeResult]:
    return [NodeResult(unique_id, "pass", 0.0, 0, PASSED_BEFORE) for unique_id in tests if unique_id.startswith("unit_test.")]


def _materialized(run: DbtRun, keys: Mapping[str, dg.AssetKey], row_counts: Mapping[str, int]) -> Iterator[dg.MaterializeResult[None]]:
    for node in run.of_type("model", "seed"):
        if node.status == "success" and node.unique_id in keys:
            key = keys[node.unique_id]
            count = row_counts.get("/".join(key.path))
            metadata: dict[str, Any] = {"seconds": node.seconds} | ({} if count is None else {"dagster/row_count": count})
            yield dg.MaterializeResult(asset_key=key, metadata=metadata)


def _check_specs(manifest: Mapping[str, Any], tests: Mapping[str, dg.AssetCheckKey]) -> list[dg.AssetCheckSpec]:
    # The publish gate decides on failures, once, with every check's result at hand; a blocking check would stop the run before it.
    def line(unique_id: str, test: dg.AssetCheckKey) -> str:
        node = manifest["nodes"].get(unique_id) or manifest["unit_tests"][unique_id]
        return f"{test.name}: {' '.join(node['description'].split())}" if node.get("description") else test.name

    lines = [(".".join(test.asset_key.path), line(unique_id, test)) for unique_id, test in tests.items()]
    return table_check_specs(DBT_TESTS, "Tests of dbt", lines)


def _standing_results(connection: Any, tests: Mapping[str, dg.AssetCheckKey], run_id: str, warehouse: Warehouse) -> list[CheckResult] | None:
    """The results of every test as those of this run, stored; None where one was never evaluated."""
    names = [(".".join(test.asset_key.path), test.name) for test in tests.values()]
    standing = carry_forward(connection, names, run_id, warehouse.now)
    if standing is not None:
        store_results(connection, standing)
    return standing


def _unchanged(context: dg.AssetExecutionContext, order: Sequence[dg.AssetKey], row_counts: Mapping[str, int]) -> Iterator[Any]:
    """What Dagster is told where there was nothing to build: every table as it stands."""
    for key in (key for key in order if key in context.selected_asset_keys):
        count = row_counts.get("/".join(key.path))
        yield dg.MaterializeResult(asset_key=key, metadata={"unchanged": True} | ({} if count is None else {"dagster/row_count": count}))


def _all_attached(manifest: Mapping[str, Any], tests: Mapping[str, dg.AssetCheckKey]) -> None:
    """Every test is told with some asset. Raises TransformError."""
    loose = [node["name"] for unique_id, node in manifest["nodes"].items() if node["resource_type"] == "test" and unique_id not in tests]
    if loose:
        raise TransformError(
            f"dbt tests that belong to no single model: {', '.join(loose)}; name one in each: config(meta={{'dagster': {{'ref': {{'name': '…'}}}}}})"
        )


def _skippable(spec: dg.AssetSpec) -> dg.AssetSpec:
    """The same asset, allowed not to be materialised: a model behind a failed test is skipped, and the gate says so."""
    return spec.replace_attributes(skippable=True, kinds={"dbt", "duckdb"})


def check_results(
    run: DbtRun, tests: Mapping[str, dg.AssetCheckKey], manifest: Mapping[str, Any], run_id: str, warehouse: Warehouse
) -> Iterator[CheckResult]:
    """The outcome of every test of a run of dbt, as rows of quality.check_results."""
    for node in run.of_type("test", "unit_test"):
        table, name = ".".join(tests[node.unique_id].asset_key.path), tests[node.unique_id].name
        test = manifest["nodes"].get(node.unique_id) or manifest["unit_tests"][node.unique_id]
        severity = ((test.get("config") or {}).get("severity") or "error").lower()
        status = CHECK_STATUS[node.status]
        yield CheckResult(
            run_id=run_id,
            checked_at=warehouse.now,
            check_name=name,
            engine="dbt_unit_test" if node.resource_type == "unit_test" else "dbt_test",
            layer=table.split(".", 1)[0],
            table_name=table,
            column_name=test.get("column_name"),
            severity=severity,
            status=status,
            failed_count=node.failures,
            owner="performance analysis",
            message=_words(test["name"], node),
        )


def _words(name: str, node: NodeResult) -> str | None:
    """What is said of a test. Never dbt's own text of an error: a conversion error quotes the value."""
    if node.status in {"pass", "success", "skipped"}:
        return node.message if node.message in NOT_EVALUATED else None
    if node.status == "error":
        return f"{name} could not be evaluated ({without_values(node.message or '')}); warehouse/dbt/logs/dbt.log has the rest"
    return f"{name}: {node.failures or 0} rows fail"


def _row_counts(connection: Any) -> dict[str, int]:
    return {
        f"{schema}/{table}": count
        for schema, table, count in connection.execute("select schema_name, table_name, estimated_size from duckdb_tables()").fetchall()
    }


def broken_message(run: DbtRun) -> str:
    """Which models were not built, and why."""
    errors = [n for n in run.nodes if n.status in {"error", "fail"}]
    skipped = [n.unique_id for n in run.broken if n.status == "skipped"]
    lines = [f"{n.unique_id}: {without_values(n.message or '') if n.status == 'error' else n.message or 'failed'}" for n in errors]
    if skipped:
        lines.append(f"not built because of that: {', '.join(sorted(skipped))}")
    return "the models were not all built, so nothing is published and the last good marts stay:\n" + "\n".join(lines)
