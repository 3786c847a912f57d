"""Who may call whom (docs/decisions/0001): each room imports only what stands below it."""

import ast
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_DIR
from tests.conftest import LONGEST

PIPELINES = PROJECT_DIR / "pipelines"

# room -> what of `pipelines` it may import
ALLOWED = {
    "settings": {"hash_key"},
    "hash_key": {"atomic_file", "private"},
    "private": set(),
    "atomic_file": set(),
    "garbage_collection": set(),
    "storage": set(),
    "masking": {"settings"},
    "webserver": set(),
    "contracts": {"contracts"},
    "catalogue": {"catalogue", "settings"},
    "warehouse": {"atomic_file", "contracts", "settings", "private", "masking", "warehouse"},
    "resources": {"contracts", "settings", "warehouse", "hash_key"},
    "instance": {"settings", "private", "masking"},
    "event_log": set(),
    "demand": {"demand"},
    "versioned_folder": set(),
    "ingest": {"contracts", "masking", "settings", "hash_key", "warehouse", "resources", "ingest"},
    "demonstration": {"settings"},
    "synthetic": {"atomic_file", "contracts", "synthetic"},
    "quality": {"contracts", "demonstration", "masking", "settings", "warehouse", "resources", "quality"},
    "publish": {
        "catalogue",
        "masking",
        "contracts",
        "settings",
        "warehouse",
        "resources",
        "quality",
        "publish",
        "versioned_folder",
        "hash_key",
        "private",
    },
    "national": {"atomic_file", "settings", "private", "warehouse", "resources", "publish", "national"},
    "transform": {
        "atomic_file",
        "catalogue",
        "garbage_collection",
        "masking",
        "contracts",
        "demonstration",
        "settings",
        "warehouse",
        "resources",
        "quality",
        "ingest",
        "transform",
    },
    "operations": {"atomic_file", "settings", "private", "instance", "masking", "warehouse", "quality", "operations"},
    "report": {"atomic_file", "catalogue", "garbage_collection", "settings", "report", "versioned_folder"},
}
WIRING = {"definitions", "as_at", "cli", "commands"}  # know everybody


def _room(path: Path) -> str:
    return path.relative_to(PIPELINES).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pipelines."):
            rooms.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            rooms |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("pipelines.")}
    return rooms


@pytest.mark.parametrize("path", sorted(PIPELINES.rglob("*.py")), ids=lambda p: p.relative_to(PIPELINES).as_posix())
def test_rooms_import_only_what_they_may_know(path):
    room = _room(path)
    if room in WIRING or room == "__init__":
        return
    assert room in ALLOWED, f"a new room {room}: say in this test (and in docs/decisions/0001) what it may know"
    assert _imports(path) <= ALLOWED[room]


def test_no_file_names_a_machine():
    forbidden = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/")
    for path in PIPELINES.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not any(word in text for word in forbidden), path


def test_files_that_are_begun_first_are_there():
    assert [name for name in LONGEST if not (PROJECT_DIR / "tests" / name).is_file()] == []
