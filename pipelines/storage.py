"""A full disk, a read-only folder, a missing permission: one sentence with the path, what it needs and what still stands."""

from __future__ import annotations

import errno
import getpass
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

FULL, READ_ONLY, DENIED = "full", "read-only", "denied"
_OF_ERRNO = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: DENIED,
    errno.EPERM: DENIED,
}
# As the libraries put it: SQLite and DuckDB say it in words.
_OF_WORDS = {
    FULL: re.compile(r"no space left|disk is full|disk quota exceeded|file too large", re.IGNORECASE),
    READ_ONLY: re.compile(r"read-only file system|readonly database", re.IGNORECASE),
    DENIED: re.compile(r"permission denied|unable to open database file", re.IGNORECASE),
}
_SQLITE_IO = re.compile(r"disk i/o error", re.IGNORECASE)  # what SQLite makes of a full disk and of a broken one
FEW_BYTES = 64 << 20
# A build is written beside the one before it, and the marts beside both.
TIMES_THE_BUILD = 3
SMALLEST_NEED = 1 << 30


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [e for e in (one.__cause__, one.__context__) if e is not None]


def _kind(error: BaseException, data_dir: Path) -> tuple[str, Path | None] | None:
    for one in _chain(error):
        if isinstance(one, OSError) and one.errno in _OF_ERRNO:
            return _OF_ERRNO[one.errno], Path(str(one.filename)) if one.filename else None
        if (kind := _kind_of_words(str(one), data_dir)) is not None:
            return kind, None
    return None


def _kind_of_words(text: str, data_dir: Path) -> str | None:
    found = next((kind for kind, words in _OF_WORDS.items() if words.search(text)), None)
    if found is None and _SQLITE_IO.search(text) and _free(data_dir) < FEW_BYTES:
        return FULL
    return found


def _existing(path: Path) -> Path:
    return next((p for p in (path, *path.parents) if p.exists()), Path("/"))


def _free(path: Path) -> int:
    return shutil.disk_usage(_existing(path)).free


def _size_text(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _stands(data_dir: Path) -> str:
    marts = data_dir / "published" / "marts.duckdb"
    if not marts.exists():
        return "Nothing was published before, and the landing folder is as it was"
    return f"What was published on {datetime.fromtimestamp(marts.stat().st_mtime):%-d %B %Y} stands as it was, and so does the landing folder"


def sentence(data_dir: Path, trouble: BaseException | str) -> str | None:
    """What is wrong with the disk or its permissions, and the way out; None where the trouble is another."""
    path: Path | None = None
    if isinstance(trouble, str):
        kind = _kind_of_words(trouble, data_dir)
    else:
        kind, path = _kind(trouble, data_dir) or (None, None)
    if kind is None:
        return None
    place = path or data_dir
    stands = _stands(data_dir)
    if kind == FULL:
        build = data_dir / "warehouse" / "build.duckdb"
        need = max(SMALLEST_NEED, TIMES_THE_BUILD * (build.stat().st_size if build.exists() else 0))
        return (
            f"The disk of {place} is full ({_size_text(_free(place))} free; a run needs about {_size_text(need)}): make room and run again. {stands}."
        )
    if kind == READ_ONLY:
        return f"{place} is on a read-only file system: mount it for writing, or set SCORECARDS_DATA_DIR to a folder that can be written. {stands}."
    return (
        f"{place} may not be read or written by {_user()}: give that user the right to (`chown -R {_user()} {data_dir}`), "
        f"or set SCORECARDS_DATA_DIR to a folder of theirs. {stands}."
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "this user"
