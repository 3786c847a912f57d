"""dbt's unit tests: they speak of the code alone, so code that has passed them need not pass them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pipelines.contracts.model import Contracts
from pipelines.settings import Settings
from pipelines.transform.passed import has_passed, remember
from pipelines.transform.project import TransformError, code_version
from pipelines.transform.publication import TAG, build_publication
from pipelines.transform.runner import empty_warehouse, run_dbt

CHECK = "unit_tests"
# Those of the publication are evaluated by a run of dbt of their own, and remembered by themselves.
PUBLICATION_CHECK = "publication_unit_tests"


def pass_unit_tests(
    settings: Settings, contracts: Contracts, manifest: Mapping[str, Any], on_node: Callable[[str, int, int], None] | None = None
) -> int:
    """Evaluate the unit tests on an empty warehouse of their own, unless this code has passed them: the first run need not.

    Every model is built there without a row, since dbt asks the tables for the types of a test's columns. Returns how many were
    evaluated. Raises TransformError with what each failed test says.
    """
    version = code_version()
    if has_passed(CHECK, version) and has_passed(PUBLICATION_CHECK, version):
        return 0
    with empty_warehouse(settings, contracts) as empty:
        run = run_dbt(empty, ["build", "--exclude-resource-type", "test", "--no-write-json", "--exclude", TAG], on_node)
        publication = build_publication(empty, contracts, manifest, "unit_tests", datetime(1970, 1, 1), on_node=on_node)
    tests = [node for part in (run, publication) for node in part.of_type("unit_test")]
    problems = [n for n in (*tests, *run.broken, *publication.broken) if n.status in {"fail", "error"}]
    if problems:
        said = "\n".join(f"- {n.unique_id}: {n.message or n.status}" for n in problems)
        raise TransformError(f"the models break rules that their unit tests hold (dbt_project/models, beside each model):\n{said}")
    remember(CHECK, version)
    remember(PUBLICATION_CHECK, version)
    return len(tests)
