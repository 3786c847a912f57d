"""Which shares are read: `shares.yaml` in the data directory.

forces:      # of a national view, and nobody else
  wiltshire: postgresql://nation@db.example.police.uk/share_wiltshire
peers: postgresql://wiltshire@db.example.police.uk/share_nation    # of a force: where it finds the others
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.settings import DBT_PROJECT_DIR, Lake, Settings, object_store


class SharesError(ValueError):
    """A declaration of shares that cannot be used; the message names the file, the entry and the way out."""


def declared_shares(settings: Settings) -> Mapping[str, Lake]:
    """The share of each force by its code, in the order of the file; none where the data directory is a force's. Raises SharesError."""
    path, forces = settings.shares_path, _declaration(settings).get("forces") or {}
    if not isinstance(forces, dict):
        raise SharesError(f"{path}: under `forces:`, write each force's code and the address of its share's catalogue")
    known = _known_forces()
    for force in forces:
        if force not in known:
            raise SharesError(f"{path}: {force!r} is no force of seed forces, which has {', '.join(sorted(known))}: add it there, with its areas")
    return {force: _at(settings, address, force) for force, address in forces.items()}


def is_national(settings: Settings) -> bool:
    """Whether the data directory is that of a national view. Raises SharesError."""
    return "forces" in _declaration(settings)


def declared_peers(settings: Settings) -> Lake | None:
    """The share of the national view, where this force reads it. Raises SharesError."""
    address = _declaration(settings).get("peers")
    return _at(settings, address, "peers") if address else None


def _declaration(settings: Settings) -> Mapping[str, Any]:
    path = settings.shares_path
    if not path.exists():
        return {}
    try:
        text = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SharesError(f"{path} cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(text, dict) or not ({"forces", "peers"} & text.keys()):
        raise SharesError(f"{path} names no share: it has `forces:`, or `peers:` (docs/national.md)")
    return text


def _at(settings: Settings, address: object, whose: str) -> Lake:
    if not isinstance(address, str) or ("://" not in address and "=" not in address):
        raise SharesError(f"{settings.shares_path}: the share of {whose} is no address of PostgreSQL: write it as postgresql://role@host/database")
    return Lake(address, "", is_share=True, store=object_store())


def _known_forces() -> set[str]:
    return {row["force_code"] for row in _seed("forces") if row["is_known"] == "true"}


def headline_measures() -> list[str]:
    """The measures that forces are set beside each other by: those of the lines for national cards."""
    return sorted({row["measure_id"] for row in _seed("scorecard_lines") if row["scorecard"].startswith("national_")})


def _seed(name: str) -> list[dict[str, str]]:
    with Path(DBT_PROJECT_DIR, "seeds", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
