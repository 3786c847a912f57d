"""A folder that readers open through a link: written aside, and switched in one step.

    site -> .sites/<version>       the one thing that a publication switches
    .sites/<version>/              the version in place, and the one before it, for those who still read it
    .sites/.staging-<version>/     what is being written

A rename is done whole or not at all: a process killed at any moment leaves the old version in place or the new one.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_STAGING = ".staging-"


@dataclass(frozen=True)
class VersionedFolder:
    """`link` is what readers open; `versions` the folder of its versions, beside it."""

    link: Path
    versions: Path

    @property
    def live(self) -> Path | None:
        """The version in place; None where there is none."""
        return self.versions / os.readlink(self.link).rpartition("/")[2] if self.link.is_symlink() and self.link.exists() else None

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder to write the next version into. What is not put in place goes, with what earlier, killed processes left behind."""
        self.versions.mkdir(parents=True, exist_ok=True)
        for leftover in self.versions.glob(f"{_STAGING}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        folder = self.versions / f"{_STAGING}{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{uuid.uuid4().hex[:8]}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put_in_place(self, staging: Path) -> Path:
        """Make a staging folder the version that readers see; versions older than the one before go."""
        before = self.live
        version = self.versions / staging.name.removeprefix(_STAGING)
        staging.rename(version)
        if self.link.is_dir() and not self.link.is_symlink():  # someone copied a folder into its place
            self.link.rename(self.versions / f"{_STAGING}former-{uuid.uuid4().hex[:8]}")
        fresh = self.versions / "link"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(f"{self.versions.name}/{version.name}")
        fresh.replace(self.link)
        for path in self.versions.iterdir():
            if path not in {version, before}:
                shutil.rmtree(path, ignore_errors=True)
        return version


def link_or_copy(source: Path, target: Path) -> None:
    """The file under another name; copied where the file system has no links. Raises FileNotFoundError where it is missing."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)
