"""Great Expectations, pushed down as SQL on the build database.

One context, one connection, one process. It is imported here, lazily, because the import alone costs five seconds of processor time. The engine
is told to return no values, and the expectation that runs SQL asks for the number of failing rows and never for the rows.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, ClassVar

import duckdb

from pipelines.masking import without_values
from pipelines.quality.clock import Clock, sql_of
from pipelines.quality.model import CheckSpec

ENGINE = "great_expectations"
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
CHECKED_PREFIX = "_checked_"  # of temporary tables and views


@dataclass(frozen=True)
class Verdict:
    """What the engine said of one check; `error` where it could not be evaluated."""

    success: bool
    failed: int | None = None
    checked: int | None = None
    error: str | None = None


class _Placeholder(ModuleType):
    """Stands for a module until one of its attributes is wanted."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def deferred(*names: str) -> Iterator[None]:
    """Imports these modules lazily within the block; imports elsewhere are as ever."""
    placed = {name: _Placeholder(name) for name in names if name not in sys.modules}
    sys.modules.update(placed)
    try:
        yield
    finally:
        for name, placeholder in placed.items():
            if sys.modules.get(name) is placeholder:
                del sys.modules[name]


@cache
def _engine() -> Any:
    """Great Expectations, imported once, without telemetry. Returns (module, expectations, our SQL expectation)."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    # A third of the import's time goes into these two, which only expectations on distributions use, none of ours.
    with deferred("scipy.stats", "altair"):
        import great_expectations as gx
        import great_expectations.expectations as gxe
    from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

    class NoFailingRows(UnexpectedRowsExpectation):
        """The query returns no rows. Counts them, and unlike its parent never fetches them."""

        metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

        def _validate(
            self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: Any = None
        ) -> dict[str, Any]:
            failing = metrics["unexpected_rows_query.row_count"]
            return {"success": failing == 0, "result": {"observed_value": failing}}

    return gx, gxe, NoFailingRows


def _expectation(spec: CheckSpec, table: str, clock: Clock) -> Any:
    _, gxe, no_failing_rows = _engine()
    meta = {"check": spec.name, "table": spec.table, "owner": spec.owner, "runbook": spec.runbook_path}
    common = {"meta": meta, "notes": spec.description, "severity": "critical" if spec.severity == "error" else "warning"}
    if spec.expectation:
        return getattr(gxe, spec.expectation)(**spec.kwargs, **common)
    # the batch stands in a comment: the engine asks for it, and the queries name their tables themselves
    query = sql_of(spec.sql or "", spec, table, clock).replace("{", "{{").replace("}", "}}")
    return no_failing_rows(unexpected_rows_query=f"/* {{batch}} */ {query}", **common)


def new_context(url: str) -> tuple[Any, Any]:
    """An ephemeral context without telemetry, progress bars and documentation sites, and the DuckDB source in it."""
    gx, _, _ = _engine()
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults

    config = DataContextConfig(store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False), analytics_enabled=False)
    context = gx.get_context(mode="ephemeral", project_config=config)
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context, context.data_sources.add_sql("build", connection_string=url)


def suite_of(name: str, specs: Sequence[CheckSpec], table: str, clock: Clock) -> Any:
    gx, _, _ = _engine()
    suite = gx.ExpectationSuite(name=name)
    suite.expectations = [_expectation(spec, table, clock) for spec in specs]
    return suite


def batch_definition(connection: duckdb.DuckDBPyConnection, source: Any, name: str, table: str) -> Any:
    """The table (`schema.table`, or one of our temporary ones) as the engine knows it: by a name without schema, through a temporary view."""
    if "." in table:
        # Two underscores for the point: a feed may be called governance_deliverables, and a table governance.deliverables.
        view = f"{CHECKED_PREFIX}{table.replace('.', '__')}"
        connection.execute(f"create or replace temp view {view} as select * from {table}")
        table = view
    return source.add_table_asset(name, table_name=table).add_batch_definition_whole_table("all")


def error_of(exception_info: Mapping[str, Any]) -> str | None:
    """A short account of what went wrong, without anything that could hold a value."""
    raised = exception_info if "raised_exception" in exception_info else next(iter(exception_info.values()), {})
    if not raised.get("raised_exception"):
        return None
    return without_values(str(raised.get("exception_message") or ""))


def verdicts_of(
    connection: duckdb.DuckDBPyConnection, source: Any, name: str, table: str, specs: Sequence[CheckSpec], clock: Clock
) -> dict[str, Verdict]:
    """Evaluate the checks of one table as one suite: the engine bundles what it can into one statement."""
    batch = batch_definition(connection, source, name, table).get_batch()
    outcome = batch.validate(suite_of(name, specs, table, clock), result_format=RESULT_FORMAT)
    verdicts: dict[str, Verdict] = {}
    for result in outcome.results:
        found = result.result or {}
        verdicts[result.expectation_config.meta["check"]] = Verdict(
            success=bool(result.success),
            failed=found.get("unexpected_count", found.get("observed_value")),
            checked=found.get("element_count"),
            error=error_of(result.exception_info or {}),
        )
    return verdicts
