"""What lies in a feed's landing folder, and whether it has stopped changing."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

OUTSIDE = "is a link to a place outside the landing folder, which is not followed; put the file or folder itself there"
ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet")
EXTREME_NS = 1 << 62  # since 1970: the years 1823 and 2116
TEMPORARY_ENDINGS = (".tmp", ".part", ".partial", ".filepart", ".crdownload")


class FileRefused(Exception):
    """A file that cannot be taken; the message says what is wrong and the way out, and holds no value of the file."""


class NotTaken(FileRefused):
    """A file that is none of the feed's, though it may lie there."""


class FileDeferred(Exception):
    """A file that is still being written; it is tried again in the next run."""


@dataclass(frozen=True)
class LandingFile:
    """One file as the scan saw it. `problem` says why it cannot even be opened (a directory named like a file …)."""

    path: Path
    name: str  # relative to the landing folder, with forward slashes
    size_bytes: int
    modified_ns: int
    problem: str | None = None

    @property
    def stamp(self) -> tuple[int, int]:
        return self.size_bytes, self.modified_ns


def is_temporary(name: str) -> bool:
    """Names that programs give to files which are not finished, or not theirs to read (.x, ~$x, x.tmp, x.part)."""
    return name.startswith((".", "~")) or name.lower().endswith(TEMPORARY_ENDINGS)


def ending_of(name: str) -> str | None:
    """The ending by which a file is read (`.csv.gz` before `.gz`), in lower case; None for files that are no extract."""
    return next((e for e in sorted(ENDINGS, key=len, reverse=True) if name.lower().endswith(e)), None)


def _problem(mode: int) -> str | None:
    if stat.S_ISDIR(mode):
        return "is a directory named like a file; rename it (the files inside it are read)"
    if not stat.S_ISREG(mode):
        return "is not a regular file (a pipe, socket or device); replace it by a plain file"
    return None


def _unreadable(error: OSError) -> str:
    return f"cannot be read ({error.strerror}); check the link or the permissions"


def _walk(folder: Path, landing: str) -> Iterator[tuple[Path, str | None]]:
    """Every entry below a folder, with what keeps it from being looked into. A directory reached twice through links is entered once."""
    seen: set[str] = set()
    # No recursion: a tree may be deeper than Python's stack. With each folder goes where it really lies: only a link makes that another place, and
    # finding it out looks at every folder above.
    waiting = [(folder, os.path.realpath(folder))]
    while waiting:
        folder, real = waiting.pop()
        if real in seen:
            continue
        seen.add(real)
        if not _lies_within(real, landing):
            yield folder, OUTSIDE
            continue
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda e: e.name)
        except FileNotFoundError:
            continue
        except OSError as error:
            yield folder, _unreadable(error)
            continue
        for entry in entries:
            if is_temporary(entry.name):
                continue
            path = Path(entry.path)
            try:
                is_directory = entry.is_dir()
                place = os.path.realpath(path) if entry.is_symlink() else os.path.join(real, entry.name)
                problem = None if _lies_within(place, landing) else OUTSIDE
            except OSError as error:
                is_directory, place, problem = False, "", _unreadable(error)
            if not is_directory or problem or ending_of(entry.name):
                yield path, problem
            if is_directory and not problem:
                waiting.append((path, place))


def _lies_within(real: str, landing: str) -> bool:
    return real == landing or real.startswith(landing + os.sep)


def as_text(path: Path) -> str:
    """A path as text that can be stored and printed: what is no UTF-8, and what a terminal obeys rather than shows, is written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in path.as_posix())


class SheetMissing(Exception):
    """A workbook that says nothing of a sheet; what the last one said of it stands. `present` are the sheets that it has."""

    def __init__(self, message: str, present: Sequence[str]) -> None:
        super().__init__(f"{message}. What the last version said of it stands")
        self.present = tuple(present)


def scan_landing(landing_dir: Path, folder: str) -> tuple[list[LandingFile], list[str]]:
    """The files of `landing/<folder>/**` in the order of their names, and the names of files with an ending that is not read."""
    found: list[LandingFile] = []
    ignored: list[str] = []
    for path, problem in _walk(landing_dir / folder, os.path.realpath(landing_dir)):
        name = as_text(path.relative_to(landing_dir))
        if problem is None and ending_of(path.name) is None:
            ignored.append(name)
            continue
        try:
            status = path.lstat() if problem else path.stat()
        except OSError as error:
            found.append(LandingFile(path, name, 0, 0, problem or _unreadable(error)))
            continue
        found.append(LandingFile(path, name, *_stamp(status), problem or _problem(status.st_mode)))
    return sorted(found, key=lambda f: f.name), sorted(ignored)


def is_unchanged(file: LandingFile) -> bool:
    """Whether the file still is what the scan saw (size and modification time)."""
    try:
        status = file.path.stat()
    except OSError:
        return False
    return _stamp(status) == file.stamp


def _stamp(status: os.stat_result) -> tuple[int, int]:
    """Size and modification time; a time that no table of the warehouse can hold is the nearest that it can."""
    return status.st_size, min(max(status.st_mtime_ns, -EXTREME_NS), EXTREME_NS)


def still_changing(files: Sequence[LandingFile], settle_seconds: float) -> set[str]:
    """Names of the files that are being written: those younger than `settle_seconds` are looked at again after one wait for all."""
    now = time.time()
    ages = {f.name: now - f.modified_ns / 1e9 for f in files if not f.problem}
    young = [f for f in files if not f.problem and ages[f.name] < settle_seconds]
    if young:
        # A clock that runs ahead gives negative ages: never wait longer than the setting.
        time.sleep(min(settle_seconds, max(settle_seconds - ages[f.name] for f in young)))
    return {f.name for f in young if not is_unchanged(f)}
