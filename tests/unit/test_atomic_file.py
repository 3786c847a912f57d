"""A file is replaced whole, or not at all."""

import os
import signal
import subprocess
import sys
from stat import S_IMODE

import pytest

from pipelines.atomic_file import atomic_write
from pipelines.settings import PROJECT_DIR

KILLED_HALF_WAY = """
import os, signal, sys
from pathlib import Path
from pipelines.atomic_file import atomic_write

with atomic_write(Path(sys.argv[1])) as part:
    part.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_readers_see_the_old_file_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "a.json"
    for text in ("first", "second"):
        with atomic_write(path) as part:
            part.write_text(text)
            assert not path.exists() or path.read_text() == "first"
        assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()], ids=["failed", "interrupted"])
def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path, error):
    path = tmp_path / "a.json"
    path.write_text("old")
    with pytest.raises(type(error)), atomic_write(path) as part:
        part.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_leaves_goes_with_the_next_write(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("old")
    killed = subprocess.run([sys.executable, "-c", KILLED_HALF_WAY, path], cwd=PROJECT_DIR, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir() if p != path] == [".a.json.part"]
    with atomic_write(path, mode=0o600) as part:
        part.write_text("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_the_file_has_the_rights_asked_for_and_nobody_else_reads_it_meanwhile(tmp_path, mode):
    before = os.umask(0o027)
    try:
        with atomic_write(tmp_path / "a.json", mode=mode) as part:
            assert S_IMODE(part.stat().st_mode) == 0o600
            part.write_text("key")
    finally:
        os.umask(before)
    assert S_IMODE((tmp_path / "a.json").stat().st_mode) == mode
