"""Backup and restore of what cannot be made again from the extracts alone: the build database, and the marts with what earlier publications said.

    <folder>/<time>/
      manifest.json      what there is, with the SHA-256 of every file and the fingerprint of the hash key
      build.duckdb       every version of every row, the ledger, the results of checks
      marts.duckdb  parquet/   the publication in place
      settings/          layouts and known words of this force

The hash key is never in it: with both, anyone could find out whose number a hash is. Nor are the landing files, Dagster's history, and the site and
workbooks, which the next run draws.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines import hash_key
from pipelines.private import keep_private, private_folder
from pipelines.publish.marts import live_folder
from pipelines.settings import Settings
from pipelines.versioned_folder import sync
from pipelines.warehouse import has_build, open_build, run_lock, target_of

MANIFEST = "manifest.json"
BUILD = "build.duckdb"
MARTS = "marts"
OWN_SETTINGS = ("layouts", "known_words.txt")


class BackupError(RuntimeError):
    """A backup that cannot be made or restored; the message says why and the way out. Nothing was changed."""


def back_up(settings: Settings, folder: Path, now: datetime | None = None) -> Path:
    """Copy everything into a new folder below `folder`, while no run works. Returns it. Raises BackupError or WarehouseBusy."""
    if not has_build(settings):
        raise BackupError("there is nothing to back up: the warehouse is empty")
    now = now or datetime.now(UTC)
    target = private_folder(folder) / f"{now:%Y%m%dT%H%M%SZ}"
    if target.exists():
        raise BackupError(f"{target} exists already; run it again in a second")
    with run_lock(settings), _written_aside(target) as staging:
        with open_build(settings) as connection:
            fingerprint = hash_key.recorded(connection)
        target_of(settings).save(staging / BUILD)
        live = live_folder(settings).live
        if live is not None:
            shutil.copytree(live, staging / MARTS, copy_function=shutil.copyfile)
        for name in OWN_SETTINGS:
            source = settings.data_dir / name
            if source.is_dir():
                shutil.copytree(source, staging / "settings" / name, copy_function=shutil.copyfile)
            elif source.exists():
                (staging / "settings").mkdir(exist_ok=True)
                shutil.copyfile(source, staging / "settings" / name)
        manifest = {"made_at": f"{now:%Y-%m-%dT%H:%M:%SZ}", "key_fingerprint": fingerprint, "version": live.name if live else None}
        (staging / MANIFEST).write_text(json.dumps(manifest | {"files": _sums(staging)}, indent=1), encoding="utf-8")
    return target


def restore(settings: Settings, backup: Path, with_another_key: bool = False) -> Mapping[str, Any]:
    """Put a backup in place where there is no warehouse yet. Returns its manifest. Raises BackupError or WarehouseBusy.

    with_another_key  also where the present hash key is not the backup's: `scorecards key rotate` must follow
    """
    manifest = _read_manifest(backup)
    if has_build(settings) or live_folder(settings).live is not None:
        raise BackupError(
            f"{settings.data_dir} holds a warehouse or published marts already; a backup is restored beside them, not over them: "
            "set SCORECARDS_DATA_DIR to an empty folder, or move warehouse/build.duckdb and published/ away"
        )
    present = hash_key.fingerprint(settings.hash_key)
    if manifest["key_fingerprint"] not in (None, present) and not with_another_key:
        raise BackupError(
            f"the backup's identifiers were hashed with the key of fingerprint {manifest['key_fingerprint']}, and the present one is {present}. Put "
            "the former key in place first (SCORECARDS_HASH_KEY, or warehouse/hash.key). If it is lost, add --with-another-key, put the "
            "landing files in place and run `scorecards key rotate` (docs/runbooks/hash_key.md)"
        )
    wrong = [name for name, found in manifest["files"].items() if not (backup / name).is_file() or _sum(backup / name) != found]
    if wrong:
        raise BackupError(f"the backup is not whole: {', '.join(sorted(wrong)[:5])} missing or changed. Take another backup; nothing was restored")
    with run_lock(settings):
        for name in OWN_SETTINGS:
            source, target = backup / "settings" / name, settings.data_dir / name
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True, copy_function=shutil.copyfile)
            elif source.exists():
                shutil.copyfile(source, target)
        if (backup / MARTS).is_dir():
            marts = live_folder(settings)
            with marts.staging("restored") as staging:
                shutil.copytree(backup / MARTS, staging, dirs_exist_ok=True, copy_function=shutil.copyfile)
                sync(staging)
                marts.put_in_place(staging)
        target_of(settings).restore(backup / BUILD)
    return manifest


@contextmanager
def _written_aside(target: Path) -> Iterator[Path]:
    """A folder that gets its name when it is whole, for its owner only."""
    staging = private_folder(target.with_name(f".{target.name}.part"))
    try:
        yield staging
        sync(staging)
        keep_private(staging)
        staging.rename(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sums(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): _sum(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def _read_manifest(backup: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupError(
            f"{backup} is no backup: {MANIFEST} is missing or cannot be read; name the folder that `scorecards backup` wrote"
        ) from error
    return manifest
