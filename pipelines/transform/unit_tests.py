"""dbt's unit tests: they speak of the code alone, so code that has passed them need not pass them again."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.contracts.model import Contracts
from pipelines.settings import Settings
from pipelines.transform.passed import has_passed, remember
from pipelines.transform.project import TransformError, code_version
from pipelines.transform.runner import call_dbt, empty_warehouse, run_dbt

CHECK = "unit_tests"


def pass_unit_tests(settings: Settings, contracts: Contracts, on_node: Callable[[str, int, int], None] | None = None) -> int:
    """Evaluate the unit tests on an empty warehouse of their own, unless this code has passed them: the first run need not.

    Every model is built there without a row, since dbt asks the tables for the types of a test's columns. Returns how many were
    evaluated. Raises TransformError with what each failed test says.
    """
    version = code_version()
    if has_passed(CHECK, version):
        return 0
    # Parsed once: what the profile says of the warehouse is part of what dbt remembers of a parsed project.
    parsed = call_dbt(settings, ["parse"])
    if not parsed.success:
        raise TransformError(f"dbt cannot parse the project: {parsed.exception}")
    with empty_warehouse(settings, contracts) as empty:
        run = run_dbt(empty, ["build", "--exclude-resource-type", "test", "--no-write-json"], on_node, parsed.result)
    tests = list(run.of_type("unit_test"))
    problems = [n for n in (*tests, *run.broken) if n.status in {"fail", "error"}]
    if problems:
        said = "\n".join(f"- {n.unique_id}: {n.message or n.status}" for n in problems)
        raise TransformError(f"the models break rules that their unit tests hold (dbt_project/models, beside each model):\n{said}")
    remember(CHECK, version)
    return len(tests)
