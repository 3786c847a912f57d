"""Which shares are read: `shares.yaml` in the data directory, which makes it that of a national view.

forces:
  wiltshire: postgresql://national@db.example.police.uk/share_wiltshire
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import yaml

from pipelines.settings import DBT_PROJECT_DIR, Lake, Settings


class SharesError(ValueError):
    """A declaration of shares that cannot be used; the message names the file, the entry and the way out."""


def declared_shares(settings: Settings) -> Mapping[str, Lake]:
    """The share of each force by its code, in the order of the file; none where the data directory is a force's. Raises SharesError."""
    path = settings.shares_path
    if not path.exists():
        return {}
    try:
        text = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SharesError(f"{path} cannot be read: {' '.join(str(error).split())}") from error
    forces = text.get("forces") if isinstance(text, dict) else None
    if not isinstance(forces, dict) or not forces:
        raise SharesError(f"{path} names no share: under `forces:`, write each force's code and the address of its share's catalogue")
    known = _known_forces()
    for force, address in forces.items():
        if force not in known:
            raise SharesError(f"{path}: {force!r} is no force of seed forces, which has {', '.join(sorted(known))}: add it there, with its areas")
        if not isinstance(address, str) or ("://" not in address and "=" not in address):
            raise SharesError(f"{path}: the share of {force} is no address of PostgreSQL: write it as postgresql://role@host/database")
    return {force: Lake(address, "", is_share=True) for force, address in forces.items()}


def _known_forces() -> set[str]:
    return {row["force_code"] for row in _seed("forces") if row["is_known"] == "true"}


def headline_measures() -> list[str]:
    """The measures that forces are set beside each other by: those of the lines for national cards."""
    return sorted({row["measure_id"] for row in _seed("scorecard_lines") if row["scorecard"].startswith("national_")})


def _seed(name: str) -> list[dict[str, str]]:
    with Path(DBT_PROJECT_DIR, "seeds", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
