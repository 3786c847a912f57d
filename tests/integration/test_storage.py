"""A full disk, a read-only folder and a missing permission end a command with one sentence."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines import storage
from pipelines.settings import PROJECT_DIR


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), "The disk of /x/y is full"),
        (OSError(errno.EROFS, "Read-only file system", "/x/y"), "/x/y is on a read-only file system"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "/x/y may not be read or written by"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "is on a read-only file system"),
        (sqlite3.OperationalError("database or disk is full"), "is full"),
        (duckdb.IOException('IO Error: Cannot open file "/x/y": Permission denied'), "may not be read or written"),
    ],
)
def test_every_way_to_say_it_gives_the_path_the_need_and_what_stands(tmp_path, error, told):
    wrapped = RuntimeError("a step failed")
    wrapped.__cause__ = error
    sentence = storage.sentence(tmp_path, wrapped)
    assert told in sentence
    assert "Nothing was published before, and the landing folder is as it was." in sentence
    published = tmp_path / "published"
    published.mkdir()
    (published / "marts.duckdb").touch()
    assert "What was published on " in storage.sentence(tmp_path, str(error))


@pytest.mark.parametrize(
    "error", [ValueError("no such column"), FileNotFoundError(errno.ENOENT, "No such file", "x"), sqlite3.OperationalError("locked")]
)
def test_other_trouble_is_left_to_others(tmp_path, error):
    assert storage.sentence(tmp_path, error) is None


@pytest.fixture
def small_disk(request, tmp_path) -> Iterator[Path]:
    """A disk of two megabytes, or as many as asked for, where this machine lets one be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={getattr(request, 'param', 2)}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def command(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"SCORECARDS_DATA_DIR": str(data_dir), "PYTHONPATH": str(PROJECT_DIR)}
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments], capture_output=True, text=True, env=environment, cwd=PROJECT_DIR, check=False
    )


def told_in_one_sentence(ended: subprocess.CompletedProcess[str], words: str) -> None:
    said = " ".join((ended.stdout + ended.stderr).split())
    assert ended.returncode != 0
    assert words in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_full_disk(small_disk):
    told_in_one_sentence(command(small_disk, "demo", "--months", "2", "--scale", "0.2"), f"The disk of {small_disk}")
    told_in_one_sentence(command(small_disk, "run"), "is full")


@pytest.mark.slow
@pytest.mark.parametrize("small_disk", [8], indirect=True)
def test_a_disk_that_fills_while_dbt_parses(small_disk):
    assert command(small_disk, "demo", "--months", "2", "--scale", "0.02").returncode == 0
    told_in_one_sentence(command(small_disk, "run"), f"The disk of {small_disk} is full")


def test_a_read_only_folder(small_disk):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    told_in_one_sentence(command(small_disk, "run"), "is on a read-only file system: mount it for writing")
