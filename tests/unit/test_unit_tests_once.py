"""Code that has passed dbt's unit tests need not pass them again; code that fails them says which, and is not remembered."""

from types import SimpleNamespace

import pytest
import yaml

from pipelines.contracts.loading import load_contracts
from pipelines.settings import DBT_PROJECT_DIR, Settings
from pipelines.transform import passed, unit_tests
from pipelines.transform.project import TransformError
from pipelines.transform.runner import DbtRun, NodeResult
from tests.landing import HASH_KEY


@pytest.fixture
def evaluated(tmp_path, monkeypatch):
    """What dbt gives, to be set; and the calls of it."""
    said = SimpleNamespace(nodes=(), calls=[])

    def run(settings, arguments, on_node):
        assert settings.build_path.exists()  # laid out, so that dbt finds its sources
        said.calls.append((settings.data_dir, arguments))
        return DbtRun(said.nodes)

    monkeypatch.setattr(passed, "_note", lambda check, version, *_: tmp_path / check / version)
    monkeypatch.setattr(unit_tests, "build_publication", lambda *_, **__: DbtRun(()))
    monkeypatch.setattr(unit_tests, "run_dbt", run)
    return said


def _node(status: str, kind: str = "unit_test", message: str | None = None) -> NodeResult:
    return NodeResult(f"{kind}.scorecards.{status}", status, 0.1, 0, message)


def test_passed_once_and_remembered(evaluated, tmp_path):
    settings = Settings(data_dir=tmp_path / "data", hash_key=HASH_KEY)
    evaluated.nodes = (_node("success", "model"), _node("pass"), _node("pass"))
    assert unit_tests.pass_unit_tests(settings, load_contracts(), {}) == 2
    assert unit_tests.pass_unit_tests(settings, load_contracts(), {}) == 0
    ((where, _),) = evaluated.calls
    assert where != settings.data_dir
    assert not where.exists()
    assert not settings.build_path.exists()


@pytest.mark.parametrize("node", [_node("fail", message="actual differs from expected"), _node("error", "model", "no such column")])
def test_what_failed_is_said_and_not_remembered(evaluated, tmp_path, node):
    settings = Settings(data_dir=tmp_path / "data", hash_key=HASH_KEY)
    evaluated.nodes = (_node("pass"), node)
    with pytest.raises(TransformError, match=rf"{node.unique_id}: {node.message}"):
        unit_tests.pass_unit_tests(settings, load_contracts(), {})
    evaluated.nodes = (_node("pass"),)
    assert unit_tests.pass_unit_tests(settings, load_contracts(), {}) == 1


# They hold hashes of all their inputs and nothing else; tests/integration/test_incremental_series.py changes the inputs one by one.
HASHES = {"int_value_inputs", "int_series_inputs", "int_driver_inputs"}


def test_every_model_that_holds_rules_has_a_unit_test():
    tested, models = set(), set()
    for path in (DBT_PROJECT_DIR / "models").rglob("*.yml"):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        tested |= {test["model"] for test in document.get("unit_tests", [])}
        if path.relative_to(DBT_PROJECT_DIR / "models").parts[0] in {"core", "analysis", "scorecards"}:
            # what is published of a card is made by one macro, whichever card it is: the unit tests of the publication have one of them
            models |= {model["name"] for model in document.get("models", []) if "__" not in model["name"]}
    assert models - tested == HASHES
