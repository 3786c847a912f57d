"""A file that readers find whole: written beside its place, and put there in one step.

A rename is done whole or not at all, so that a process killed at any moment leaves the old file or the new one. For folders see `versioned_folder`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_write(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """Yields the path to write to, in the same folder; the file takes its place at the end, or is removed if the block raises.

        with atomic_write(path) as part:
            part.write_text(text, encoding="utf-8")

    Its name is hidden and ends in .part, which the landing folder and collectors of metrics pass over. What a killed process left under it goes
    with the next write, so one process at a time may write a path. The file is not synced: after a power cut it may be empty.

    mode  the rights of the file, whatever the umask; while it is written, its owner alone can read it. None: those of any new file
    """
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    if mode is not None:
        part.touch(mode=0o600, exist_ok=False)
    try:
        yield part
        if mode is not None:
            part.chmod(mode)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
