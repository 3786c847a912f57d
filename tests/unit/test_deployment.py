"""The files of docs/deployment: units that systemd takes, commands and settings that exist."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from dagster._config import validate_config
from dagster._core.instance.config import dagster_instance_config_schema
from dagster._core.workspace.load_target import WorkspaceFileTarget

from pipelines.cli import cli
from pipelines.settings import PROJECT_DIR

FOLDER = PROJECT_DIR / "docs" / "deployment"
UNITS = sorted(path.name for path in FOLDER.iterdir() if path.suffix in {".service", ".timer"})
PROGRAM = "/opt/scorecards/.venv/bin/scorecards"


def commands() -> dict[str, list[str]]:
    """What each unit and container starts."""
    found = {}
    for name in UNITS:
        for line in re.findall(rf"^ExecStart={PROGRAM} (.*)$", (FOLDER / name).read_text(), re.MULTILINE):
            found[name] = line.split()
    services = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
    return found | {f"container {name}": service["command"] for name, service in services.items() if "command" in service}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_takes_the_unit(unit, tmp_path):
    for name in UNITS:
        text = (FOLDER / name).read_text().replace(PROGRAM, sys.executable)
        (tmp_path / name).write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(tmp_path / unit)], capture_output=True, text=True, check=False)
    about_this = [line for line in done.stderr.splitlines() if unit.rpartition(".")[0] in line]
    assert about_this == []


def test_every_service_that_a_timer_starts_is_there():
    timers = [name for name in UNITS if name.endswith(".timer")]
    assert timers and all(name.replace(".timer", ".service") in UNITS for name in timers)


def test_commands_and_their_options_exist():
    assert len(commands()) >= 5
    for unit, (name, *arguments) in commands().items():
        assert name in cli.commands, f"{unit} starts `scorecards {name}`"
        options = {option for parameter in cli.commands[name].params for option in parameter.opts}
        assert {argument for argument in arguments if argument.startswith("--")} <= options, unit


def test_settings_exist():
    known = set().union(*(re.findall(r"SCORECARDS_[A-Z_]+", path.read_text()) for path in (PROJECT_DIR / "pipelines").rglob("*.py")))
    known.add("SCORECARDS_LOGIN_HASH")  # the proxy's
    for path in [*(path for path in FOLDER.rglob("*") if path.is_file()), FOLDER.with_suffix(".md")]:
        assert set(re.findall(r"SCORECARDS_[A-Z_]+", Path(path).read_text())) <= known, path.name


FORCES = FOLDER / "forces"


@pytest.mark.parametrize("name", ["dagster.yaml", "dagster-kubernetes.yaml"])
def test_dagster_takes_the_instance_of_several_forces(name):
    """Its own schema; that of the launcher where its package is installed (dagster-docker and dagster-k8s of Dagster's version)."""
    config = yaml.safe_load((FORCES / name).read_text())
    checked = validate_config(dagster_instance_config_schema(), config)
    assert checked.success, checked.errors
    assert config["concurrency"]["pools"] == {"default_limit": 1, "granularity": "run"}
    assert config["concurrency"]["runs"]["max_concurrent_runs"] > 1
    launcher = config["run_launcher"]
    if importlib.util.find_spec(launcher["module"]):
        kind = getattr(importlib.import_module(launcher["module"]), launcher["class"])
        checked = validate_config(kind.config_type(), launcher["config"])
        assert checked.success, checked.errors


def test_each_force_has_a_code_location_with_settings_volumes_and_a_lake_of_its_own():
    services = yaml.safe_load((FORCES / "compose.yaml").read_text())["services"]
    locations = [origin.location_name for origin in WorkspaceFileTarget([str(FORCES / "workspace.yaml")]).create_origins()]
    assert locations and set(locations) <= set(services)
    for force in locations:
        service = services[force]
        context = json.loads(service["environment"]["DAGSTER_CONTAINER_CONTEXT"])["docker"]
        # what a run is given is what its code location has, and nothing of another force
        settings = dict(pair.split("=", 1) for pair in context["env_vars"])
        assert settings == {name: value for name, value in service["environment"].items() if name in settings}
        assert {"SCORECARDS_DATA_DIR", "SCORECARDS_TARGET", "SCORECARDS_LAKE_CATALOGUE", "SCORECARDS_LAKE_DATA"} <= settings.keys()
        assert context["container_kwargs"]["volumes"] == service["volumes"]
        assert all(force in volume for volume in service["volumes"]) and f"/{force}" in settings["SCORECARDS_LAKE_CATALOGUE"]
    kinds = {document["kind"]: document for document in yaml.safe_load_all((FORCES / "kubernetes.yaml").read_text())}
    (container,) = kinds["Deployment"]["spec"]["template"]["spec"]["containers"]
    context = json.loads(next(entry["value"] for entry in container["env"] if entry["name"] == "DAGSTER_CONTAINER_CONTEXT"))["k8s"]
    claim = kinds["PersistentVolumeClaim"]["metadata"]["name"]
    assert [volume["persistentVolumeClaim"]["claimName"] for volume in context["volumes"]] == [claim]
    assert context["env_secrets"] == [source["secretRef"]["name"] for source in container["envFrom"]]
