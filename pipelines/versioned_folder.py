"""A folder that readers open through a link: written aside, and switched in one step.

    site -> .sites/<version>       the one thing that a publication switches
    .sites/<version>/              the version in place, and the one before it, for those who still read it
    .sites/.staging-<version>/     what is being written

A rename is done whole or not at all: a process killed at any moment leaves the old version in place or the new one. A version
that must outlive a power cut is synced (`sync`) before it is put in place.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_STAGING = ".staging-"


@dataclass(frozen=True)
class VersionedFolder:
    """`link` is what readers open; `versions` the folder of its versions, beside it; `entries` the fixed links beside
    `link` that lead through it, by name: `{"marts.duckdb": "current/marts.duckdb"}`."""

    link: Path
    versions: Path
    entries: Mapping[str, str] = field(default_factory=dict)

    @property
    def live(self) -> Path | None:
        """The version in place; None where there is none."""
        return self.versions / os.readlink(self.link).rpartition("/")[2] if self.link.is_symlink() and self.link.exists() else None

    @contextmanager
    def staging(self, label: str = "") -> Iterator[Path]:
        """A folder to write the next version into; a label stands in its name. What is not put in place goes, with what earlier,
        killed processes left behind."""
        self.versions.mkdir(parents=True, exist_ok=True)
        for leftover in self.versions.glob(f"{_STAGING}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        parts = (time.strftime("%Y%m%dT%H%M%S", time.gmtime()), re.sub(r"[^A-Za-z0-9_-]", "_", label)[:40], uuid.uuid4().hex[:8])
        folder = self.versions / (_STAGING + "-".join(part for part in parts if part))
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put_in_place(self, staging: Path, on_step: Callable[[str], None] = lambda _: None) -> Path:
        """Make a staging folder the version that readers see; versions older than the one before go. `on_step` hears of each step."""
        before = self.live
        version = self.versions / staging.name.removeprefix(_STAGING)
        on_step("move")
        staging.rename(version)
        _fsync(self.versions)
        # Before the first switch the entries point at nothing yet: readers see no version rather than half of one.
        for name, target in self.entries.items():
            on_step(f"link {name}")
            self._replace_link(self.link.with_name(name), target)
        on_step("switch")
        self._replace_link(self.link, f"{self.versions.name}/{version.name}")
        on_step("clean")
        for path in self.versions.iterdir():
            if path not in {version, before}:
                shutil.rmtree(path, ignore_errors=True)
        return version

    def _replace_link(self, path: Path, target: str) -> None:
        """Make `path` a link to `target`, in one step. A real file there is replaced; a real folder is moved away first."""
        if path.is_symlink() and os.readlink(path) == target:
            return
        if path.is_dir() and not path.is_symlink():  # someone copied a folder into its place
            path.rename(self.versions / f"{_STAGING}former-{uuid.uuid4().hex[:8]}")
        fresh = self.versions / f"{_STAGING}link"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        fresh.replace(path)
        _fsync(path.parent)


def sync(folder: Path) -> None:
    """Everything written is on the disk, and read-only, before any name points at it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            path.chmod(0o444)  # readers must not write into what was verified
        _fsync(path)
    _fsync(folder)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def link_or_copy(source: Path, target: Path) -> None:
    """The file under another name; copied where the file system has no links. Raises FileNotFoundError where it is missing."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)
