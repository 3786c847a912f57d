"""`scorecards prepare`: what needs no data is done before the first run has any."""

from __future__ import annotations

from pipelines.commands.console import TerminalReporter, console
from pipelines.contracts.loading import load_contracts
from pipelines.instance import prepare_home
from pipelines.settings import Settings
from pipelines.transform.manifest import load_manifest
from pipelines.transform.unit_tests import pass_unit_tests


def prepare_first_run(settings: Settings) -> int:
    """Write Dagster's home, parse the dbt project, and evaluate the unit tests of code that has not passed them yet. Returns 0.

    Raises TransformError where dbt cannot parse the project, or a unit test fails.
    """
    prepare_home(settings)
    reporter = TerminalReporter()
    reporter.step("parse the dbt project")
    manifest = load_manifest(settings)
    reporter.step("dbt unit tests")
    evaluated = pass_unit_tests(settings, load_contracts(), manifest, lambda name, index, total: reporter.detail(f"{index} of {total} {name}"))
    reporter.finish()
    console.print(f"{evaluated} unit tests of the models passed." if evaluated else "The models have passed their unit tests before.")
    return 0
