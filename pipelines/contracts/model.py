"""What a feed contract says, read from its YAML once and handed on as frozen dataclasses.

The YAML files are Open Data Contract Standard v3 documents. What the standard has no word for stands in its
`customProperties`, by these names:

on the contract
    system, entity  the feed's staging view is `stg_<system>__<entity>`, in the folder of the system
    fact            the fact table made of it, one row an event, with local_date and month; none for a register
    volumeBy        columns of the fact: each combination is compared with its own past
    snapshot        each event date is a whole picture of its day: compared date by date, never month by month
    ignoredHeaders  headers that suppliers give and nothing here needs: not loaded, and not reported as unexpected
    sparse          nothing new may be no news: fresh when the supplier's last extract is, not when the last event is
    datedAhead      rows may speak of days to come (plans), which is no error of their date
    eventTime       the column that says when the row's event happened (months, coverage, volume); none for the sheet of a workbook
    rowIdentity     `key` (default: the primary key) or `content` (no key: an identical row met in two files counts once)
    fileTimePattern a regular expression whose first group is the extract time in a file's name (`%Y%m%dT%H%M`, local)
    landingOrder    the order in which feeds are listed and read
    landingFolder   the folder under landing/, where several feeds share one: the sheets of a workbook
    wholeFile       true: each file is a whole version of its sheet: a row that a newer one does not list is withdrawn, not lost
    sheet, sheetSynonyms  the sheet that is read, and what else it may be called
    delimiter, encoding, nullValues, dateFormats, timestampFormats   how files are written, where not the default
    extends         (layouts only) the feed that this supplier's layout is another spelling of

on a column
    formats         strptime formats, tried in order, before the contract's and the default ones
    follows         the column whose time this one cannot precede (decides an ambiguous clock-change time)
    letterCase      `lower` or `upper`
    valueMap        {value: [spellings]}: normalises, does not restrict (an `enum` does both)
    stripPrefix     a regular expression removed from the text before it is typed
    nullValues      further texts that mean "nothing" in this column
    extractTime     true: the supplier's extract time of the row
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from pipelines.contracts.reading import read_yaml

CONTRACTS_DIR = Path(__file__).parent
LAYOUTS_DIR = CONTRACTS_DIR / "layouts"

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
}

DEFAULT_NULL_VALUES = ("", "null", "none", "n/a", "#n/a", "na", "nan", "nil", "#div/0!", "#value!", "#ref!", "-")
DEFAULT_NULL_TIMES = ("0:00:00", "00:00:00", "0000-00-00", "0000-00-00 00:00:00", "00/01/1900 00:00:00", "1900-01-00 00:00:00")
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
TRUE_VALUES = ("y", "yes", "true", "t", "1", "1.0")
FALSE_VALUES = ("n", "no", "false", "f", "0", "0.0")


class ContractError(ValueError):
    """A contract file that cannot be used; the message names file, place and way out."""


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
    letter_case: str | None = None
    strip_prefix: str | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = 4_000
    follows: str | None = None
    is_extract_time: bool = False
    references: str | None = None  # "<feed>.<column>" of a foreign key

    @property
    def duckdb_type(self) -> str:
        return DUCKDB_TYPES[self.type]

    @property
    def is_personal_identifier(self) -> bool:
        return self.classification == "personal_identifier"

    @cached_property
    def headers(self) -> frozenset[str]:
        """Every normalised header under which the column is accepted."""
        return frozenset(normalise_header(h) for h in (self.name, *self.aliases))


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
    is_dated_ahead: bool = False
    cadence_days: int = 1
    latency_days: int = 1
    file_time_pattern: str | None = None
    landing_order: int = 1_000
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    sheet_synonyms: tuple[str, ...] = ()
    landing_folder: str | None = None
    is_whole: bool = False
    null_values: tuple[str, ...] = DEFAULT_NULL_VALUES
    layout: str = "canonical"

    @cached_property
    def key(self) -> tuple[str, ...]:
        keyed = [c for c in self.columns if c.key_position is not None]
        return tuple(c.name for c in sorted(keyed, key=lambda c: c.key_position or 0))

    @property
    def folder(self) -> str:
        """Its folder under landing/."""
        return self.landing_folder or self.name

    @cached_property
    def sheet_names(self) -> frozenset[str]:
        """Every name, in the form of `normalise_header`, under which its sheet is found."""
        return frozenset(normalise_header(n) for n in (self.sheet, *self.sheet_synonyms) if n)

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

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

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


def _custom(owner: dict[str, Any]) -> dict[str, Any]:
    return {p["property"]: p.get("value") for p in owner.get("customProperties") or []}


def _spellings(prop: dict[str, Any], custom: dict[str, Any]) -> tuple[tuple[str, ...], dict[str, str]]:
    """The allowed values of a column and the map from every accepted spelling to its value."""
    enum: list[str] = []
    spellings: dict[str, str] = {}
    for item in prop.get("enum") or []:
        value = str(item["value"])
        enum.append(value)
        for spelling in (value, *(_custom(item).get("synonyms") or [])):
            spellings[str(spelling).strip().lower()] = value
    for value, others in (custom.get("valueMap") or {}).items():
        for spelling in (value, *(others or [])):
            spellings[str(spelling).strip().lower()] = str(value)
    return tuple(enum), spellings


def _column(prop: dict[str, Any], path: Path) -> Column:
    custom = _custom(prop)
    options = prop.get("logicalTypeOptions") or {}
    enum, spellings = _spellings(prop, custom)
    if prop.get("logicalType") not in DUCKDB_TYPES:
        raise ContractError(
            f"{path.name}: column {prop.get('name')}: logicalType {prop.get('logicalType')!r} is not one of {', '.join(DUCKDB_TYPES)}"
        )
    relation = next(iter(prop.get("relationships") or []), {})
    return Column(
        name=prop["name"],
        type=prop["logicalType"],
        description=prop.get("description", ""),
        required=bool(prop.get("required")),
        key_position=prop.get("primaryKeyPosition") if prop.get("primaryKey") else None,
        classification=prop.get("classification", "internal"),
        aliases=tuple(s["synonym"] for s in prop.get("synonyms") or []) + ((prop["physicalName"],) if prop.get("physicalName") else ()),
        enum=enum,
        value_map=spellings,
        formats=tuple(custom.get("formats") or ()),
        null_values=tuple(str(v).lower() for v in custom.get("nullValues") or ()),
        letter_case=custom.get("letterCase"),
        strip_prefix=custom.get("stripPrefix"),
        pattern=options.get("pattern"),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        max_length=options.get("maxLength", Column.max_length),
        follows=custom.get("follows"),
        is_extract_time=bool(custom.get("extractTime")),
        references=relation.get("to"),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        document = read_yaml(path)
    except yaml.YAMLError as error:
        raise ContractError(f"{path.name}: not readable as YAML: {error}") from error
    if not isinstance(document, dict) or document.get("kind") != "DataContract" or not document.get("schema"):
        raise ContractError(f"{path.name}: not an Open Data Contract Standard v3 document (kind: DataContract, with a schema)")
    return document


def _formats(column: Column, custom: dict[str, Any]) -> Column:
    """The column with the formats that apply to it: its own, else the contract's, else the default ones."""
    if column.type == "timestamp":
        return replace(column, formats=column.formats or tuple(custom.get("timestampFormats") or DEFAULT_TIMESTAMP_FORMATS))
    if column.type == "date":
        return replace(column, formats=column.formats or tuple(custom.get("dateFormats") or DEFAULT_DATE_FORMATS))
    return column


def read_feed(path: Path) -> Feed:
    """The feed that a canonical contract file describes. Raises ContractError."""
    document = _read(path)
    custom = _custom(document)
    table = document["schema"][0]
    sla = {p["property"]: p["value"] for p in document.get("slaProperties") or []}
    columns = tuple(_formats(_column(p, path), custom) for p in table["properties"])
    names = {c.name for c in columns}
    is_whole = bool(custom.get("wholeFile"))
    for role in ("system", "entity", "sheet" if is_whole else "eventTime"):
        if not custom.get(role):
            raise ContractError(f"{path.name}: customProperties needs `{role}`")
    for name in (custom.get("eventTime"), *(c.follows for c in columns if c.follows)):
        if name and name not in names:
            raise ContractError(f"{path.name}: names a column {name!r} that the schema does not have")
    feed = Feed(
        name=table["name"],
        title=document.get("name", table["name"]),
        version=str(document.get("version", "")),
        path=path,
        domain=document.get("domain", ""),
        description=" ".join(str(v) for v in (document.get("description") or {}).values() if v),
        owner=(document.get("team") or {}).get("name", ""),
        system=custom["system"],
        entity=custom["entity"],
        event_time=custom.get("eventTime"),
        columns=columns,
        row_identity=custom.get("rowIdentity", "key"),
        fact=custom.get("fact"),
        volume_by=tuple(custom.get("volumeBy") or ()),
        is_sparse=bool(custom.get("sparse")),
        is_snapshot=bool(custom.get("snapshot")),
        ignored_headers=frozenset(normalise_header(h) for h in custom.get("ignoredHeaders") or ()),
        is_dated_ahead=bool(custom.get("datedAhead")),
        cadence_days=int(sla.get("frequency", 1)),
        latency_days=int(sla.get("latency", 1)),
        file_time_pattern=custom.get("fileTimePattern"),
        landing_order=int(custom.get("landingOrder", 1_000)),
        delimiter=custom.get("delimiter"),
        encoding=custom.get("encoding"),
        sheet=custom.get("sheet"),
        sheet_synonyms=tuple(custom.get("sheetSynonyms") or ()),
        landing_folder=custom.get("landingFolder"),
        is_whole=is_whole,
        null_values=tuple(str(v).lower() for v in custom.get("nullValues") or DEFAULT_NULL_VALUES),
    )
    if is_whole and len(feed.key) != 1:
        raise ContractError(f"{path.name}: a sheet needs one primaryKey column, by which a row is known from version to version")
    if is_whole and feed.by_name[feed.key[0]].is_personal_identifier:
        raise ContractError(f"{path.name}: the key of a sheet is kept with its rejects, so it cannot be a personal_identifier")
    if feed.row_identity == "key" and not feed.key:
        raise ContractError(f"{path.name}: no column is a primaryKey; say so, or set rowIdentity: content")
    return feed


def read_layout(path: Path, feeds: dict[str, Feed]) -> Feed:
    """Another supplier's layout of a feed: the feed, with the columns that the layout file spells otherwise."""
    document = _read(path)
    custom = _custom(document)
    base = feeds.get(str(custom.get("extends")))
    if base is None:
        raise ContractError(f"{path.name}: `extends` must name one of the feeds {', '.join(sorted(feeds))}")
    changed: dict[str, Column] = {}
    for prop in document["schema"][0]["properties"]:
        canonical = base.by_name.get(prop.get("name", ""))
        if canonical is None:
            raise ContractError(f"{path.name}: column {prop.get('name')!r} is not a column of {base.name}; it has {', '.join(base.by_name)}")
        prop_custom = _custom(prop)
        _, spellings = _spellings(prop, prop_custom)
        changed[canonical.name] = replace(
            canonical,
            aliases=tuple(s["synonym"] for s in prop.get("synonyms") or []) + ((prop["physicalName"],) if prop.get("physicalName") else ()),
            value_map=canonical.value_map | spellings,
            formats=tuple(prop_custom.get("formats") or ()),
            strip_prefix=prop_custom.get("stripPrefix", canonical.strip_prefix),
            null_values=canonical.null_values + tuple(str(v).lower() for v in prop_custom.get("nullValues") or ()),
        )

    def spelt(column: Column) -> Column:
        own = changed.get(column.name)
        if own is not None and own.formats:
            return own
        reset = replace(own or column, formats=())
        return _formats(reset, custom) if custom.get(f"{column.type}Formats") else replace(own or column, formats=column.formats)

    return replace(
        base,
        columns=tuple(spelt(c) for c in base.columns),
        path=path,
        layout=path.stem,
        delimiter=custom.get("delimiter", base.delimiter),
        encoding=custom.get("encoding", base.encoding),
        sheet=custom.get("sheet", base.sheet),
        file_time_pattern=custom.get("fileTimePattern", base.file_time_pattern),
        null_values=tuple(str(v).lower() for v in custom.get("nullValues") or base.null_values),
    )


@dataclass(frozen=True)
class Contracts:
    """Every feed by name, and every layout in which its files may come (the canonical one first)."""

    feeds: dict[str, Feed]
    layouts: dict[str, tuple[Feed, ...]]

    @cached_property
    def folders(self) -> dict[str, tuple[Feed, ...]]:
        """The feeds of each landing folder: one, or the sheets of a workbook."""
        found: dict[str, list[Feed]] = {}
        for feed in self.feeds.values():
            found.setdefault(feed.folder, []).append(feed)
        return {folder: tuple(feeds) for folder, feeds in found.items()}


def load_contracts(directory: Path = CONTRACTS_DIR, extra_layouts: Path | None = None) -> Contracts:
    """All contracts of a directory, with the layouts in `layouts/` and in `extra_layouts`. Raises ContractError."""
    read = [read_feed(path) for path in sorted(directory.glob("*.yaml"))]
    feeds = {f.name: f for f in sorted(read, key=lambda f: (f.landing_order, f.name))}
    layouts: dict[str, list[Feed]] = {name: [feed] for name, feed in feeds.items()}
    for folder in filter(None, (directory / "layouts", extra_layouts)):
        for path in sorted(folder.glob("*.yaml")):
            layout = read_layout(path, feeds)
            layouts[layout.name].append(layout)
    return Contracts(feeds, {name: tuple(found) for name, found in layouts.items()})
