"""What a feed contract says, as frozen dataclasses: a feed or a supplier's layout of it, its columns, and all of them together."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pipelines.contracts.expressions import derivation_order, headers_of
from pipelines.contracts.properties import AppliesTo, OtherFile

DUCKDB_TYPES = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}

# Columns that every raw table carries behind the feed's own, in this order. The names start with an underscore so
# that they cannot meet a supplier's header.
PROVENANCE_COLUMNS = {
    "_file_hash": "VARCHAR",  # SHA-256 of the file's bytes
    "_file_row": "BIGINT",  # record number in the file; the header is record 1
    "_extracted_at": "TIMESTAMP",  # the supplier's extract time in UTC, null where none is given
    "_loaded_at": "TIMESTAMP",  # when the run that loaded the file began, UTC
    "_load_id": "BIGINT",  # the ledger's number of the load; grows with every load
    "_clock_flags": "VARCHAR",  # columns whose local time was ambiguous or did not exist, e.g. "offered_at:ambiguous"
    "_row_hash": "VARCHAR",  # hash of the row's content, only where the contract's row identity is `content`
    "_dated_at": "TIMESTAMP",  # end of the latest day in the file's path, local; orders versions without an extract time
    "_modified_at": "TIMESTAMP",  # when the file was last changed, UTC; orders what neither extract time nor path does
}

DEFAULT_TIME_ZONE = "Europe/London"
DEFAULT_NULL_VALUES = ("", "null", "none", "n/a", "#n/a", "na", "nan", "nil", "#div/0!", "#value!", "#ref!", "-")
DEFAULT_TIMESTAMP_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%Y-%m-%d",
    "%d/%m/%Y",
)
DEFAULT_DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")
TRUE_VALUES = ("y", "yes", "true", "t", "1", "1.0", "-1")  # Access and Visual Basic write true as -1
FALSE_VALUES = ("n", "no", "false", "f", "0", "0.0")


def normalise_header(header: str) -> str:
    """The form in which headers are compared: lower case, runs of anything but letters and digits as one underscore."""
    return re.sub(r"[^a-z0-9]+", "_", header.replace("\ufeff", "").strip().lower()).strip("_")


@dataclass(frozen=True)
class Column:
    """One column of a feed: its type, what it may hold, and how suppliers spell it."""

    name: str
    type: str
    description: str
    required: bool = False
    key_position: int | None = None
    classification: str = "internal"
    aliases: tuple[str, ...] = ()
    enum: tuple[str, ...] = ()
    value_map: dict[str, str] = field(default_factory=dict, hash=False)  # spelling (lower case) -> value
    formats: tuple[str, ...] = ()
    null_values: tuple[str, ...] = ()
    otherwise: str | None = None  # the published value of texts that are not listed; None: they are rejected where there is an enum
    letter_case: str | None = None
    strip_prefix: str | None = None
    phone_region: str | None = None  # of a personal identifier that is a phone number: where one without a country code belongs
    is_masked: bool = False  # a text that may name a person
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = 4_000
    follows: str | None = None
    is_extract_time: bool = False
    references: str | None = None  # "<feed>.<column>" of a foreign key
    time_zone: str | None = DEFAULT_TIME_ZONE  # whose clock its times without an offset show
    decimal_mark: str | None = None  # None: a point, unless the file shows otherwise
    suppressed_into: str | None = None  # the column that says that its figure was withheld
    suppressed_marks: tuple[str, ...] | None = None  # lower case; None: the usual ones
    sources: tuple[str, ...] = ()  # the headers that a layout names, though they may be the source of another column too
    transform: str | None = None  # the expression over the file's columns that gives the value, in a layout

    @property
    def duckdb_type(self) -> str:
        return DUCKDB_TYPES[self.type]

    @property
    def listed(self) -> tuple[str, ...]:
        """The values that the contract lists."""
        return self.enum or tuple(dict.fromkeys(self.value_map.values()))

    @property
    def is_restricted(self) -> bool:
        """Whether a text that the contract does not list is rejected."""
        return bool(self.enum) and self.otherwise is None

    @property
    def is_never_empty(self) -> bool:
        return self.required and not self.suppressed_into

    @property
    def is_personal_identifier(self) -> bool:
        return self.classification == "personal_identifier"

    @property
    def is_identifier(self) -> bool:
        """Whether its texts tell one thing from another: a key, a reference to one, or a person's identifier."""
        return self.type == "string" and (self.key_position is not None or self.references is not None or self.is_personal_identifier)

    @cached_property
    def headers(self) -> frozenset[str]:
        """Every normalised header under which the column is accepted."""
        return frozenset(normalise_header(h) for h in (self.name, *self.aliases))


@dataclass(frozen=True)
class Reading:
    """What a layout says of the files themselves: which are read by it, where the header stands, which rows are none, what shape they have."""

    applies_to: AppliesTo | None = None
    header_row: int | None = None
    left_out: tuple[str, ...] = ()  # expressions
    fill_down: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()  # of a wide table
    headings: tuple[str, ...] = ()
    value: str = ""
    takes_formulas: bool = False

    @property
    def is_wide(self) -> bool:
        return bool(self.headings)


@dataclass(frozen=True)
class Feed:
    """One feed (or another supplier's layout of it): columns, keys, cadence, owner, and how its files are written."""

    name: str
    title: str
    version: str
    path: Path
    domain: str
    description: str
    owner: str
    system: str
    entity: str
    event_time: str | None
    columns: tuple[Column, ...]
    row_identity: str = "key"
    fact: str | None = None
    volume_by: tuple[str, ...] = ()
    is_sparse: bool = False
    is_snapshot: bool = False
    ignored_headers: frozenset[str] = frozenset()
    other_files: tuple[OtherFile, ...] = ()
    is_dated_ahead: bool = False
    cadence_days: int = 1
    latency_days: int = 1
    file_time_pattern: str | None = None
    landing_order: int = 1_000
    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    sheet_synonyms: tuple[str, ...] = ()
    landing_folder: str | None = None
    is_whole: bool = False
    null_values: tuple[str, ...] = DEFAULT_NULL_VALUES
    layout: str = "canonical"
    problem: str | None = None  # why this layout of the data folder cannot be used: files that are its own wait until it can
    reading: Reading = field(default_factory=Reading)

    @cached_property
    def key(self) -> tuple[str, ...]:
        keyed = [c for c in self.columns if c.key_position is not None]
        return tuple(c.name for c in sorted(keyed, key=lambda c: c.key_position or 0))

    @property
    def allowed_days(self) -> int:
        """How old its newest data may be before it counts as late: a file is due every `cadence_days`, and may come `latency_days` after that."""
        return self.cadence_days + self.latency_days

    @property
    def agreed_text(self) -> str:
        return f"every {_days(self.cadence_days)}, {_days(self.latency_days)} late at most"

    @property
    def folder(self) -> str:
        """Its folder under landing/."""
        return self.landing_folder or self.name

    @cached_property
    def sheet_names(self) -> frozenset[str]:
        """Every name, in the form of `normalise_header`, under which its sheet is found."""
        return frozenset(normalise_header(n) for n in (self.sheet, *self.sheet_synonyms) if n)

    @property
    def zone(self) -> str:
        """Whose clock the times show that expressions read: that of the event."""
        column = self.by_name.get(self.event_time or "")
        return (column.time_zone if column else None) or DEFAULT_TIME_ZONE

    @property
    def decimal_mark(self) -> str | None:
        """What begins the decimals of its files, where one mark does in all its columns."""
        marks = {column.decimal_mark for column in self.columns}
        return marks.pop() if len(marks) == 1 else None

    @property
    def staging_model(self) -> str:
        return f"stg_{self.system}__{self.entity}"

    @property
    def staging_table(self) -> str:
        """`schema.table` of the view with the latest version of each key."""
        return f"staging.{self.staging_model}"

    @property
    def fact_table(self) -> str | None:
        """`schema.table` of the fact made of the feed, where there is one."""
        return f"core.{self.fact}" if self.fact else None

    @property
    def key_without_force(self) -> tuple[str, ...]:
        """The columns by which versions of a row are looked for: suppliers may change how they spell the force."""
        return tuple(name for name in self.key if name != "force_code")

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

    @cached_property
    def derived(self) -> tuple[Column, ...]:
        """The columns that an expression gives, each behind those that it reads."""
        return tuple(
            c for name in derivation_order({c.name: c.transform for c in self.columns if c.transform}) for c in self.columns if c.name == name
        )

    @cached_property
    def headers_read(self) -> frozenset[str]:
        """The headers that the layout's expressions read, as they are written there."""
        texts = (*(c.transform for c in self.columns if c.transform), *self.reading.left_out)
        return frozenset(header for text in texts for header in headers_of(text)) | frozenset(self.reading.fill_down)

    @cached_property
    def required(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.required)

    @cached_property
    def extract_time(self) -> str | None:
        return next((c.name for c in self.columns if c.is_extract_time), None)

    @cached_property
    def raw_columns(self) -> dict[str, str]:
        """Name and DuckDB type of every column of `raw.<feed>`, in order."""
        return {c.name: c.duckdb_type for c in self.columns} | PROVENANCE_COLUMNS

    @cached_property
    def fingerprint(self) -> str:
        """Changes when the contract file changes; a refused file is tried again under another fingerprint."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()[:16]


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


@dataclass(frozen=True)
class Contracts:
    """Every feed by name, and every layout in which its files may come (the canonical one first)."""

    feeds: dict[str, Feed]
    layouts: dict[str, tuple[Feed, ...]]
    problems: tuple[str, ...] = ()  # of layouts of the data folder that cannot be used: file, line, field and what is wrong

    @cached_property
    def folders(self) -> dict[str, tuple[Feed, ...]]:
        """The feeds of each landing folder: one, or the sheets of a workbook."""
        found: dict[str, list[Feed]] = {}
        for feed in self.feeds.values():
            found.setdefault(feed.folder, []).append(feed)
        return {folder: tuple(feeds) for folder, feeds in found.items()}
