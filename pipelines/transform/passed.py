"""What this code has passed, whatever data it ran on: noted in the checkout, so that it is not evaluated again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from pipelines.settings import DBT_PROJECT_DIR


def _note(check: str, version: str, dbt_project_dir: Path = DBT_PROJECT_DIR) -> Path:
    return dbt_project_dir / "target" / f"{check}_passed" / version


def has_passed(check: str, version: str) -> bool:
    """Whether this version of the code has passed the check in this checkout."""
    return _note(check, version).exists()


def remember(check: str, version: str, dbt_project_dir: Path = DBT_PROJECT_DIR) -> None:
    """Note that this code has passed; where the checkout cannot be written, the next new warehouse evaluates it again."""
    note = _note(check, version, dbt_project_dir)
    with suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True)
        note.touch()
