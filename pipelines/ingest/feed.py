"""One feed's run: every new file of its landing folder is loaded, refused with a reason, or deferred."""

from __future__ import annotations

import calendar
import hashlib
import os
import re
import traceback
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain

import duckdb
import polars as pl

from pipelines.contracts.model import Contracts, Feed, normalise_header
from pipelines.ingest.clock import london_datetime_to_utc
from pipelines.ingest.conform import Conformed, by_regex, conform
from pipelines.ingest.files import (
    FileDeferred,
    FileRefused,
    LandingFile,
    NotTaken,
    SheetMissing,
    ending_of,
    is_unchanged,
    scan_landing,
    still_changing,
)
from pipelines.ingest.headers import HeaderMatch, layouts_for, unexpected_text
from pipelines.ingest.identifiers import keyed_hash, without_persons
from pipelines.ingest.load import (
    INSERT_ROWS,
    Batch,
    BatchLost,
    LedgerEntry,
    Provenance,
    batches,
    insert_notes,
    next_load_id,
)
from pipelines.ingest.prefetch import prefetch
from pipelines.ingest.tables import Fingerprint, fingerprint, open_table
from pipelines.masking import masked
from pipelines.settings import Settings

# Part of the fingerprint under which a file is refused: raise it when the readers learn something, and refused files are tried again.
READER_VERSION = "2"
# Rows that may wait to be written: what the reader makes while an INSERT or a commit goes on.
PREFETCH_ROWS = 4 * INSERT_ROWS
FILE_TIME_FORMAT = "%Y%m%dT%H%M"
# A day or a month in a file's name stands for its end: what the file says is as at the end of that day.
FILE_DAY_FORMATS = ("%Y-%m-%d", "%Y-%m", "%Y%m%d")
_DAY_IN_PATH = re.compile(
    r"(?<!\d)(?:((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?|([0-3]\d)[-_.](0[1-9]|1[0-2])[-_.]((?:19|20)\d\d))(?!\d)"
)


@dataclass(frozen=True)
class FileOutcome:
    """The outcome of one file. `is_standing`: refused in an earlier run and unchanged since, so not read again."""

    file_path: str  # relative to the landing folder
    status: str  # loaded, refused, deferred
    message: str | None = None
    load_id: int | None = None
    layout: str | None = None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    clock_flagged_rows: int = 0
    unexpected_columns: str | None = None
    is_standing: bool = False


@dataclass(frozen=True)
class FeedOutcome:
    """What one call of `ingest_feed` did. `files` holds what was loaded, refused (also standing refusals) and deferred."""

    feed: str
    files_seen: int
    files_known: int  # loaded before, under this or another name
    files: tuple[FileOutcome, ...] = ()
    ignored: tuple[str, ...] = field(default=())  # files with an ending that no reader takes

    def _count(self, status: str) -> int:
        return sum(f.status == status for f in self.files)

    @property
    def files_new(self) -> int:
        return sum(not f.is_standing for f in self.files)

    @property
    def files_loaded(self) -> int:
        return self._count("loaded")

    @property
    def files_refused(self) -> int:
        return self._count("refused")

    @property
    def files_deferred(self) -> int:
        return self._count("deferred")

    @property
    def rows_read(self) -> int:
        return sum(f.rows_read for f in self.files)

    @property
    def rows_accepted(self) -> int:
        return sum(f.rows_accepted for f in self.files)

    @property
    def rows_rejected(self) -> int:
        return sum(f.rows_rejected for f in self.files)


@dataclass
class _Known:
    """What the ledger knows of a feed when the run begins, kept up while it goes on."""

    stats: dict[str, tuple[int, int, str]]  # path -> size, modification time, hash
    loaded: set[str]  # hashes
    refused: dict[str, str | None]  # hash -> message, refused under the present contract
    unreadable: dict[str, str | None]  # path -> message, of files that could not even be hashed


def _read_ledger(connection: duckdb.DuckDBPyConnection, feed: str, contract: str) -> _Known:
    stats = connection.execute("select file_path, size_bytes, modified_ns, file_hash from ingest.file_stats where feed = ?", [feed]).fetchall()
    loads = connection.execute(
        "select file_path, file_hash, status, contract_fingerprint, message, rows_read > 0 and rows_accepted = 0 "
        "from ingest.loads where feed = ? order by load_id",
        [feed],
    ).fetchall()
    return _Known(
        stats={path: (size, modified, file_hash) for path, size, modified, file_hash in stats},
        # A file of which no row was accepted is as good as refused: another contract or layout may read it.
        loaded={h for _, h, status, made_under, _, is_in_vain in loads if status == "loaded" and not (is_in_vain and made_under != contract)},
        refused={h: message for _, h, status, made_under, message, _ in loads if h and status == "refused" and made_under == contract},
        unreadable={path: message for path, h, status, _, message, _ in loads if h is None and status == "refused"},
    )


def contract_fingerprint(layouts: Sequence[Feed]) -> str:
    """Changes when any layout of the feed, or the readers, change."""
    return hashlib.sha256("\n".join((READER_VERSION, *(x.fingerprint for x in layouts))).encode()).hexdigest()[:16]


def extract_time_of(name: str, pattern: str | None) -> datetime | None:
    """The extract time in a file's name, naive UTC; None where the name holds none."""
    if pattern is None:
        return None
    text = by_regex(
        pl.select(pl.lit(name)).to_series(),  # a series cannot be made of a name that is no UTF-8; a literal can
        pattern,
        lambda names: names.str.extract(pattern, 1),
        lambda name: found.group(1) if (found := re.search(pattern, name)) else None,
    ).item()
    if text is None:
        return None
    for fmt in (FILE_TIME_FORMAT, *FILE_DAY_FORMATS):
        try:
            moment = datetime.strptime(text, fmt)
        except ValueError:
            continue
        if fmt == "%Y%m%d" and len(text) < 8:  # 202311 is no day
            continue
        if fmt in FILE_DAY_FORMATS:
            last_day = moment.day if "%d" in fmt else calendar.monthrange(moment.year, moment.month)[1]
            moment = moment.replace(day=last_day, hour=23, minute=59, second=59)
        return london_datetime_to_utc(moment)
    return None


def latest_day_in(path: str, not_after: datetime) -> datetime | None:
    """The end of the latest day (or month) that a path names, up to the day of the run: `2023-08/2023-05-wiltshire-street.csv` is of August.

    What a path says is no extract time (it may be the month of the events); it puts versions in order that nothing else does.
    """
    found = []
    for year, month, day, day_first, month_then, year_last in _DAY_IN_PATH.findall(path):
        with suppress(ValueError):
            year_number, month_number = int(year or year_last), int(month or month_then)
            last = calendar.monthrange(year_number, month_number)[1] if month_number in range(1, 13) else 0
            found.append(datetime(year_number, month_number, int(day or day_first or last), 23, 59, 59))
    until = not_after.replace(day=calendar.monthrange(not_after.year, not_after.month)[1], hour=23, minute=59, second=59)
    return max((moment for moment in found if moment <= until), default=None)


def file_belongs(name: str, feed: Feed, siblings: Sequence[Feed]) -> bool:
    """Whether a file of a landing folder is the feed's: of the sheets of a workbook, every workbook is each one's, and a csv or Parquet
    file that of the sheet by whose name its own begins (`risks_2023-09.csv`); a file that nobody claims is left to the first, who refuses it."""
    if len(siblings) == 1 or ending_of(name) == ".xlsx":
        return True
    stem = normalise_header(os.path.basename(name)) + "_"
    claims = {s.name: max((len(n) for n in s.sheet_names if stem.startswith(n + "_")), default=0) for s in siblings}
    best = max(claims.values())
    return claims[feed.name] == best if best else feed is siblings[0]


def ingest_feed(
    connection: duckdb.DuckDBPyConnection,
    feed_name: str,
    contracts: Contracts,
    settings: Settings,
    run_id: str,
    loaded_at: datetime,
    progress: Callable[[str], None] | None = None,
) -> FeedOutcome:
    """Take in whatever is new under `landing/<feed>/`.

    `loaded_at` is when the run began (naive UTC, or with a time zone). A bad file never raises: it is refused with a message, or
    deferred while it is being written. Raises duckdb.Error or BatchLost where the warehouse itself fails: the files since the last commit
    are rolled back.
    """
    siblings = contracts.folders[contracts.feeds[feed_name].folder]
    run = _FeedRun(connection, contracts.layouts[feed_name], siblings, settings, run_id, _naive_utc(loaded_at), progress or (lambda _: None))
    return run.run()


def read_again(
    connection: duckdb.DuckDBPyConnection, feed_name: str, contracts: Contracts, settings: Settings, hashes: Collection[str]
) -> Iterator[tuple[str, Conformed]]:
    """The rows of files that were loaded before, as (file hash, block), read as if they were new; what cannot be read is left out."""
    siblings = contracts.folders[contracts.feeds[feed_name].folder]
    run = _FeedRun(connection, contracts.layouts[feed_name], siblings, settings, "", datetime.now(UTC).replace(tzinfo=None), lambda _: None)
    run.known = _Known({}, set(), {}, {})
    found, _ = scan_landing(settings.landing_dir, contracts.feeds[feed_name].folder)
    wanted = set(hashes)
    for file in found:
        file_hash = None
        with suppress(FileRefused, FileDeferred, SheetMissing, OSError):
            for step in run._steps(file, is_changing=False):
                if isinstance(step, Fingerprint):
                    file_hash = step.file_hash
                    if file_hash not in wanted:
                        break
                    wanted.discard(file_hash)
                elif isinstance(step, Conformed) and file_hash is not None:
                    yield file_hash, step


def _kind_of(error: BaseException) -> str:
    """What failed and where in the code; never the error's text, which may hold values of the file."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f"{os.sep}pipelines{os.sep}" in f.filename]
    place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place


@dataclass(frozen=True)
class _Opened:
    """The header that fits, and what is remarkable about single cells: row, column, rule."""

    match: HeaderMatch
    notes: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class _End:
    """The last step of a file, with what went wrong in reading it."""

    error: Exception | None = None


# What reading a file gives, in this order: its fingerprint, its header with the notes on single cells, its blocks, its end.
_Step = Fingerprint | _Opened | Conformed | _End


def _rows_of(step: _Step) -> int:
    return step.rows_read if isinstance(step, Conformed) else 0


def _own_steps(steps: Iterator[_Step]) -> Generator[_Step, None, None]:
    """One file's steps out of the stream of all; raises what reading raised. Closed early, it still takes the rest away."""
    is_over = False
    try:
        for step in steps:
            if isinstance(step, _End):
                is_over = True
                if step.error is not None:
                    raise step.error
                return
            yield step
    finally:
        while not is_over:
            is_over = isinstance(next(steps, _End()), _End)


def _blocks(file: LandingFile, steps: Iterator[_Step]) -> Iterator[Conformed]:
    """A file's blocks; at their end raises FileDeferred where the file is no longer what it was."""
    for block in steps:
        assert isinstance(block, Conformed)
        yield block
    if not is_unchanged(file):
        raise FileDeferred("changed while it was being read; it is tried again in the next run")


def _head(blocks: Iterator[Conformed]) -> list[Conformed]:
    """The first INSERT_ROWS rows or some more; where they are fewer, the file has been read to its end."""
    head: list[Conformed] = []
    while sum(b.rows_read for b in head) < INSERT_ROWS and (block := next(blocks, None)) is not None:
        head.append(block)
    return head


def _handed_over(blocks: list[Conformed]) -> Iterator[Conformed]:
    """The blocks one by one, each forgotten here as it is given away: a long file's must not stay."""
    while blocks:
        yield blocks.pop(0)


def _outcome(entry: LedgerEntry) -> FileOutcome:
    return FileOutcome(
        file_path=entry.file_path,
        status=entry.status,
        message=entry.message,
        load_id=entry.load_id,
        layout=entry.layout,
        rows_read=entry.rows_read,
        rows_accepted=entry.rows_accepted,
        rows_rejected=entry.rows_rejected,
        clock_flagged_rows=entry.clock_flagged_rows,
        unexpected_columns=entry.unexpected_columns,
    )


def _naive_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


@dataclass
class _FeedRun:
    connection: duckdb.DuckDBPyConnection
    layouts: tuple[Feed, ...]
    siblings: tuple[Feed, ...]  # the feeds of its landing folder
    settings: Settings
    run_id: str
    loaded_at: datetime
    say: Callable[[str], None]

    def __post_init__(self) -> None:
        self.feed = self.layouts[0].name
        self.contract = contract_fingerprint(self.layouts)
        self.known = _read_ledger(self.connection, self.feed, self.contract)
        self.digest = keyed_hash(self.settings.hash_key)

    def run(self) -> FeedOutcome:
        found, ignored = scan_landing(self.settings.landing_dir, self.layouts[0].folder)
        found = [file for file in found if file_belongs(file.name, self.layouts[0], self.siblings)]
        if self.layouts[0] is not self.siblings[0]:
            ignored = []
        outcomes: list[FileOutcome] = []
        to_read: list[LandingFile] = []
        known = 0
        for file in found:
            settled = self._from_stats(file)
            if settled is None:
                to_read.append(file)
            elif settled == "known":
                known += 1
            else:
                outcomes.append(self._standing(file, settled))
        changing = still_changing(to_read, self.settings.settle_seconds)
        if to_read:
            with (
                prefetch(self._prepared(to_read, changing), _rows_of, PREFETCH_ROWS) as steps,
                batches(self.connection, self.layouts[0]) as batch,
            ):
                for file in to_read:
                    outcome = self._take(file, steps, batch)
                    if outcome is None:
                        known += 1
                    else:
                        outcomes.append(outcome)
        return FeedOutcome(self.feed, len(found), known, tuple(outcomes), tuple(ignored))

    def _from_stats(self, file: LandingFile) -> str | None:
        """`known` or the standing refusal's hash for a path that is as it was when last read; None: it must be read."""
        size, modified, file_hash = self.known.stats.get(file.name, (-1, -1, ""))
        if file.problem or (size, modified) != file.stamp:
            return None
        if file_hash in self.known.loaded:
            return "known"
        return file_hash if file_hash in self.known.refused else None

    def _standing(self, file: LandingFile, file_hash: str) -> FileOutcome:
        message = self.known.refused[file_hash]
        self.say(f"{masked(file.name)}: still refused: {message}")
        return FileOutcome(file.name, "refused", message, is_standing=True)

    def _prepared(self, files: Sequence[LandingFile], changing: set[str]) -> Generator[_Step, None, None]:
        """The steps of reading each file in turn; touches no database, so that it can run ahead of the writing."""
        for file in files:
            try:
                yield from self._steps(file, file.name in changing)
                yield _End()
            except Exception as error:  # raised again by `_take`, where it becomes the file's outcome
                yield _End(error)

    def _steps(self, file: LandingFile, is_changing: bool) -> Generator[_Step, None, None]:
        ending = ending_of(file.name)
        if file.problem or ending is None:
            raise FileRefused(file.problem or "has an ending that is not read")
        if is_changing:
            raise FileDeferred("is still being written; it is tried again in the next run")
        layouts = layouts_for(self.layouts, file.name.partition("/")[2])
        first_pass = fingerprint(file.path, ending, layouts)
        if not is_unchanged(file):
            raise FileDeferred("changed while it was being read; it is tried again in the next run")
        yield first_pass
        if first_pass.file_hash in self.known.loaded or first_pass.file_hash in self.known.refused:
            return
        if broken := next((layout for layout in layouts if layout.problem), None):
            raise FileRefused(f"is to be read by a layout that cannot be used: {broken.problem}. Mend the layout, and the next run takes the file")
        if ending != ".xlsx" and len(self.siblings) > 1 and not self._is_claimed(file):
            raise FileRefused(f"does not begin with the name of a sheet ({', '.join(str(s.sheet) for s in self.siblings)}); rename it")
        table = open_table(file.path, ending, first_pass, layouts)
        yield _Opened(table.match, (*((1, column, "header_not_found") for column in table.match.not_found), *table.notes))
        for block in table.blocks:
            conformed = conform(block, table.match.layout, table.is_typed, table.is_comma_doubtful)
            yield without_persons(conformed, table.match.layout, self.digest)

    def _is_claimed(self, file: LandingFile) -> bool:
        """Whether the name of a csv or Parquet file begins with that of the sheet."""
        stem = normalise_header(file.path.name) + "_"
        return any(stem.startswith(name + "_") for name in self.layouts[0].sheet_names)

    def _take(self, file: LandingFile, steps: Iterator[_Step], batch: Batch) -> FileOutcome | None:
        """Load, refuse or defer one file; None where its content is in the warehouse already."""
        own = _own_steps(steps)
        file_hash: str | None = None
        try:
            first_pass = next(own)
            assert isinstance(first_pass, Fingerprint)
            file_hash = first_pass.file_hash
            if file_hash in self.known.loaded or file_hash in self.known.refused:
                return self._known(file, file_hash, batch)
            return self._load(file, file_hash, own, batch)
        except FileDeferred as error:
            status, reason = "deferred", str(error)
        except NotTaken as error:
            status, reason = "loaded", str(error)
        except FileRefused as error:
            status, reason = "refused", str(error)
        except SheetMissing as missing:
            known = frozenset().union(*(s.sheet_names for s in self.siblings))
            if self.layouts[0] is self.siblings[0] and known.isdisjoint(map(normalise_header, missing.present)):
                status, reason = "refused", f"has none of the sheets {', '.join(str(s.sheet) for s in self.siblings)}"
            else:
                status, reason = "loaded", str(missing)
        except FileNotFoundError:
            status, reason = "deferred", "vanished while it was being read; if it was replaced, the next run takes it"
        except (duckdb.Error, BatchLost):
            raise
        except OSError as error:
            status, reason, file_hash = "refused", f"cannot be read ({error.strerror}); check its permissions and the disk", None
        except Exception as error:  # a bad file must not stop the feed; the error's text may hold values, its kind does not
            status, reason = "refused", f"cannot be read ({_kind_of(error)}); open it and export it again as UTF-8 csv"
        finally:
            own.close()
        return self._leave(file, None if status == "deferred" else file_hash, status, reason, batch)

    def _known(self, file: LandingFile, file_hash: str, batch: Batch) -> FileOutcome | None:
        """The outcome of a file whose content has had one already, under this or another name."""
        with batch.enter():
            batch.remember(file, file_hash)
        if file_hash in self.known.refused:
            return self._standing(file, file_hash)
        self.say(f"{masked(file.name)}: holds what was loaded before")
        return None

    def _load(self, file: LandingFile, file_hash: str, steps: Iterator[_Step], batch: Batch) -> FileOutcome:
        opened = next(steps)
        assert isinstance(opened, _Opened)
        match, layout = opened.match, opened.match.layout
        file_time = extract_time_of(file.path.name, layout.file_time_pattern)
        blocks = _blocks(file, steps)
        head = _head(blocks)
        read = sum(b.rows_read for b in head)
        with batch.enter(read) if read < INSERT_ROWS else batch.alone():
            load_id = next_load_id(self.connection)
            modified_at = datetime.fromtimestamp(file.modified_ns // 1_000_000_000, UTC).replace(tzinfo=None)
            provenance = Provenance(file_hash, load_id, self.loaded_at, file_time, latest_day_in(file.name, self.loaded_at), modified_at)
            read = accepted = rejected = flagged = 0
            for block in chain(_handed_over(head), blocks):
                batch.insert(block, provenance)
                read += block.rows_read
                accepted += block.rows_accepted
                rejected += block.rows_rejected
                flagged += block.clock_flagged_rows
            insert_notes(self.connection, load_id, self.feed, opened.notes)
            entry = LedgerEntry(
                load_id=load_id,
                run_id=self.run_id,
                feed=self.feed,
                file_path=file.name,
                file_hash=file_hash,
                size_bytes=file.size_bytes,
                layout=layout.layout,
                contract_fingerprint=self.contract,
                status="loaded",
                loaded_at=self.loaded_at,
                rows_read=read,
                rows_accepted=accepted,
                rows_rejected=rejected,
                clock_flagged_rows=flagged,
                unexpected_columns=unexpected_text(match),
                message=None if read else "holds no rows",
                sheet=layout.sheet if layout.is_whole else None,
                file_time=file_time,
            )
            batch.write(entry)
            batch.remember(file, file_hash)
        self.known.loaded.add(file_hash)
        self.say(f"{masked(file.name)}: {read:,} rows read, {accepted:,} accepted, {rejected:,} rejected")
        return _outcome(entry)

    def _leave(self, file: LandingFile, file_hash: str | None, status: str, reason: str, batch: Batch) -> FileOutcome:
        """Enter a file without rows (refused, deferred, or a workbook without the sheet) in the ledger; a standing refusal only once."""
        message = f"{masked(file.name)} {reason}"
        self.say(f"{masked(file.name)}: {status}: {reason}")
        if status == "refused" and file_hash is None and self.known.unreadable.get(file.name) == message:
            return FileOutcome(file.name, status, message, is_standing=True)
        with batch.enter():
            entry = LedgerEntry(
                load_id=next_load_id(self.connection),
                run_id=self.run_id,
                feed=self.feed,
                file_path=file.name,
                file_hash=file_hash,
                size_bytes=file.size_bytes,
                layout=None,
                contract_fingerprint=self.contract,
                status=status,
                loaded_at=self.loaded_at,
                message=message,
                sheet=self.layouts[0].sheet if self.layouts[0].is_whole else None,
                file_time=extract_time_of(file.path.name, self.layouts[0].file_time_pattern),
            )
            batch.write(entry)
            if file_hash:
                batch.remember(file, file_hash)
        if file_hash and status == "loaded":
            self.known.loaded.add(file_hash)
        elif file_hash:
            self.known.refused[file_hash] = message
        return _outcome(entry)
