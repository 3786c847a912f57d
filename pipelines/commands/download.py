"""`scorecards download police-uk`: street-level crime of data.police.uk, for some months of some forces, into the landing folder.

The publisher offers one archive per release, of all forces and 36 months: of it only the files that are wanted are fetched, where the server
gives parts of a file (HTTP ranges); else all of it, into a temporary file.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import IO, cast
from urllib.error import URLError
from urllib.request import Request, urlopen

from pipelines.atomic_file import atomic_write
from pipelines.commands.console import console
from pipelines.settings import Settings

ARCHIVES = "https://data.police.uk/data/archive"
LATEST = "latest"
FEED = "police_uk_street"
PART_BYTES = 1 << 20  # fetched at a time
TIMEOUT_SECONDS = 60
FETCHED, INCOMPLETE, UNREACHABLE = 0, 1, 2


class _RemoteFile(io.RawIOBase):
    """A file on a server that gives parts, as one to read and seek in."""

    def __init__(self, url: str, size: int) -> None:
        self._url, self._size, self._at = url, size, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        until = min(self._at + len(view), self._size)
        if until <= self._at:
            return 0
        request = Request(self._url, headers={"Range": f"bytes={self._at}-{until - 1}"})
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            data = response.read(until - self._at)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


@contextmanager
def _archive(url: str) -> Iterator[zipfile.ZipFile]:
    """The archive at an address. Raises URLError, HTTPException or BadZipFile."""
    with urlopen(Request(url, headers={"Range": "bytes=0-0"}), timeout=TIMEOUT_SECONDS) as response:
        if response.status == HTTPStatus.PARTIAL_CONTENT:
            size = int(response.headers["Content-Range"].rpartition("/")[2])
            source: IO[bytes] = cast("IO[bytes]", io.BufferedReader(_RemoteFile(url, size), PART_BYTES))
        else:
            source = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115 - closed with the archive below
            shutil.copyfileobj(response, source, PART_BYTES)
    with source, zipfile.ZipFile(source) as archive:
        yield archive


def months_between(first: date, last: date) -> list[str]:
    """The months from one to the other, as 2023-07."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def download_police_uk(settings: Settings, forces: Sequence[str], months: Sequence[str], release: str = LATEST, archives: str = ARCHIVES) -> int:
    """Put the street-level files of these forces and months into `landing/police_uk_street/<today>/`. Returns the exit status.

    release   the month whose archive is read (2023-07), or `latest`; each holds the 36 months up to its own
    """
    url = f"{archives}/{release}.zip"
    folder = settings.landing_dir / FEED / date.today().isoformat()
    wanted = {f"{month}-{force}-street.csv": f"{force} {month}" for force in forces for month in months}
    try:
        with _archive(url) as archive:
            members = {member.filename.rpartition("/")[2]: member for member in archive.infolist()}
            for name in sorted(wanted.keys() & members.keys()):
                _put(archive, members[name], folder / name)
                console.print(f"{FEED}/{folder.name}/{name}: {members[name].file_size:,} bytes")
    except (URLError, HTTPException, TimeoutError, ConnectionError, zipfile.BadZipFile, zlib.error) as error:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        console.print(
            f"{url} cannot be fetched ({reason}). What was fetched before stands. Without a network, download the months in a browser "
            f"elsewhere (https://data.police.uk/data/) and put the unpacked files into {folder}."
        )
        return UNREACHABLE
    lacking = [words for name, words in sorted(wanted.items()) if name not in members]
    if lacking:
        console.print(
            f"The archive {release} has nothing of {', '.join(lacking)}: give another release (--release 2023-07), or check the force's name."
        )
        return INCOMPLETE
    console.print("`scorecards run` takes them in; a force and month downloaded again replaces the earlier download.")
    return FETCHED


def _put(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """Unpack one file, in place only once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part, archive.open(member) as source, part.open("wb") as target:
        shutil.copyfileobj(source, target, PART_BYTES)
