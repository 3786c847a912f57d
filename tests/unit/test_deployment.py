"""The files of docs/deployment: units that systemd takes, commands and settings that exist."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

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
    for path in [*FOLDER.iterdir(), FOLDER.with_suffix(".md")]:
        assert set(re.findall(r"SCORECARDS_[A-Z_]+", Path(path).read_text())) <= known, path.name
