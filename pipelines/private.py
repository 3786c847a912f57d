"""Folders and files for the pipeline's own account alone, whatever the umask: 0700 and 0600."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600


def private_folder(path: Path) -> Path:
    """The folder, made where it is missing; nobody else can look into it, however its files come to be written."""
    path.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    _set_mode(path, FOLDER)
    return path


def keep_private(folder: Path, with_subfolders: bool = True) -> None:
    """Take every right of others on the folder and on all that lies in it."""
    for base, folders, files in os.walk(folder):
        if not with_subfolders:
            folders.clear()
        _set_mode(Path(base), FOLDER)
        for name in files:
            _set_mode(Path(base, name), FILE)


def open_to_others(folder: Path) -> list[Path]:
    """What lies in the folder, itself included, and can be reached by others than its owner."""
    entries = [folder, *folder.rglob("*")] if folder.exists() else []
    return [path for path in entries if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077]


def _set_mode(path: Path, mode: int) -> None:
    # A file may have gone meanwhile; one of another owner keeps its mode, and `scorecards doctor` says so.
    with suppress(FileNotFoundError, PermissionError):
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)
