"""What a feed contract says, read from its YAML once and handed on as frozen dataclasses.

The YAML files are Open Data Contract Standard v3 documents. What the standard has no word for stands in its
`customProperties`, by the names that `properties` describes.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from pydantic.alias_generators import to_camel

from pipelines.contracts.expressions import ExpressionError, Scope, Value, compiled, derivation_order, headers_of
from pipelines.contracts.properties import (
    LAYOUT_COLUMN_KEYS,
    TIME_TYPES,
    AppliesTo,
    ColumnProperties,
    ContractColumnProperties,
    ContractError,
    ContractProperties,
    FileProperties,
    LayoutColumnProperties,
    LayoutProperties,
    OtherFile,
    properties_of,
    require_effect,
    unknown,
)
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
    "_dated_at": "TIMESTAMP",  # end of the latest day in the file's path, local; orders versions without an extract time
    "_modified_at": "TIMESTAMP",  # when the file was last changed, UTC; orders what neither extract time nor path does
}

# What the standard has besides: it describes, and is let through.
# fmt: off
STANDARD_KEYS = frozenset(
    {
        "apiVersion", "authoritativeDefinitions", "contractCreatedTs", "customProperties", "dataProduct", "description", "domain", "id",
        "kind", "name", "price", "roles", "schema", "servers", "slaDefaultElement", "slaProperties", "status", "support", "tags", "team",
        "tenant", "version",
    }
)
STANDARD_COLUMN_KEYS = frozenset(
    {
        "authoritativeDefinitions", "businessName", "classification", "criticalDataElement", "customProperties", "description",
        "encryptedName", "enum", "examples", "id", "logicalType", "logicalTypeOptions", "name", "physicalName", "physicalType",
        "primaryKey", "primaryKeyPosition", "quality", "relationships", "required", "synonyms", "tags", "transformDescription",
        "transformLogic", "transformSourceObjects", "unique",
    }
)
# fmt: on
DEFAULT_TIME_ZONE = "Europe/London"
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
MOMENT_FORMATS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d")  # how expressions write times and dates
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


def _synonyms(item: dict[str, Any]) -> list[str]:
    """What else an allowed value may be written as."""
    return next((p.get("value") or [] for p in item.get("customProperties") or [] if p["property"] == "synonyms"), [])


def _spellings(prop: dict[str, Any], custom: ColumnProperties) -> tuple[tuple[str, ...], dict[str, str]]:
    """The allowed values of a column and the map from every accepted spelling to its value."""
    enum: list[str] = []
    spellings: dict[str, str] = {}
    for item in prop.get("enum") or []:
        value = str(item["value"])
        enum.append(value)
        for spelling in (value, *_synonyms(item)):
            spellings[str(spelling).strip().lower()] = value
    for value, others in custom.value_map.items():
        for spelling in (value, *(others or [])):
            spellings[spelling.strip().lower()] = value
    return tuple(enum), spellings


def _headers(prop: dict[str, Any]) -> tuple[str, ...]:
    """The headers of a column beside its own name."""
    return tuple(s["synonym"] for s in prop.get("synonyms") or []) + ((prop["physicalName"],) if prop.get("physicalName") else ())


def _column(prop: dict[str, Any], path: Path) -> Column:
    place = f"column {prop.get('name')}: "
    if prop.get("logicalType") not in DUCKDB_TYPES:
        raise ContractError(f"{path.name}: {place}logicalType {prop.get('logicalType')!r} is not one of {', '.join(DUCKDB_TYPES)}")
    if strange := sorted(set(prop) - STANDARD_COLUMN_KEYS):
        raise ContractError(f"{path.name}: {place}{unknown(strange[0], STANDARD_COLUMN_KEYS)}")
    custom = properties_of(ContractColumnProperties, prop, path, place)
    require_effect(custom, prop["logicalType"], path, place)
    if custom.phone_region and prop.get("classification") != "personal_identifier":
        raise ContractError(f"{path.name}: {place}`phoneRegion` has no effect on a column that is no personal_identifier")
    options = prop.get("logicalTypeOptions") or {}
    enum, spellings = _spellings(prop, custom)
    relation: dict[str, Any] = next(iter(prop.get("relationships") or []), {})
    return Column(
        name=prop["name"],
        type=prop["logicalType"],
        description=prop.get("description", ""),
        required=bool(prop.get("required")),
        key_position=prop.get("primaryKeyPosition") if prop.get("primaryKey") else None,
        classification=prop.get("classification", "internal"),
        aliases=_headers(prop),
        enum=enum,
        value_map=spellings,
        formats=tuple(custom.formats),
        null_values=tuple(v.lower() for v in custom.null_values),
        otherwise=custom.otherwise,
        letter_case=custom.letter_case,
        strip_prefix=custom.strip_prefix,
        phone_region=custom.phone_region,
        is_masked=custom.masked,
        pattern=options.get("pattern"),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        max_length=options.get("maxLength", Column.max_length),
        follows=custom.follows,
        is_extract_time=custom.extract_time,
        references=relation.get("to"),
        time_zone=custom.time_zone,
        decimal_mark=custom.decimal_mark,
        suppressed_into=custom.suppressed_into,
        suppressed_marks=_marks(custom),
    )


def _marks(custom: ColumnProperties) -> tuple[str, ...] | None:
    return None if custom.suppressed_marks is None else tuple(mark.strip().lower() for mark in custom.suppressed_marks)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = read_yaml(path)
    except yaml.YAMLError as error:
        raise ContractError(f"{path.name}: not readable as YAML: {error}") from error
    if not isinstance(document, dict) or document.get("kind") != "DataContract" or not document.get("schema"):
        raise ContractError(f"{path.name}: not an Open Data Contract Standard v3 document (kind: DataContract, with a schema)")
    if strange := sorted(set(document) - STANDARD_KEYS):
        raise ContractError(f"{path.name}: {unknown(strange[0], STANDARD_KEYS)}")
    return document


def _as_files_are(column: Column, files: FileProperties) -> Column:
    """The column as the files' properties have it, where it has nothing of its own."""
    formats = {"timestamp": files.timestamp_formats, "date": files.date_formats}.get(column.type)
    return replace(
        column,
        formats=column.formats or tuple(formats or ()),
        time_zone=column.time_zone or files.time_zone,
        decimal_mark=column.decimal_mark or files.decimal_mark,
    )


def _with_defaults(column: Column) -> Column:
    formats = {"timestamp": DEFAULT_TIMESTAMP_FORMATS, "date": DEFAULT_DATE_FORMATS}.get(column.type, ())
    return replace(column, formats=column.formats or formats, time_zone=column.time_zone or DEFAULT_TIME_ZONE)


def read_feed(path: Path) -> Feed:
    """The feed that a canonical contract file describes. Raises ContractError."""
    document = _read(path)
    custom = properties_of(ContractProperties, document, path)
    table = document["schema"][0]
    sla = {p["property"]: p["value"] for p in document.get("slaProperties") or []}
    columns = tuple(_with_defaults(_as_files_are(_column(p, path), custom)) for p in table["properties"])
    names = {c.name for c in columns}
    for column in columns:
        if column.otherwise and not column.listed:
            raise ContractError(f"{path.name}: column {column.name}: `otherwise` has no effect without `enum` or `valueMap`")
    role = "sheet" if custom.whole_file else "event_time"
    if not getattr(custom, role):
        raise ContractError(f"{path.name}: customProperties needs `{to_camel(role)}`")
    for name in (custom.event_time, *(name for c in columns for name in (c.follows, c.suppressed_into))):
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
        system=custom.system,
        entity=custom.entity,
        event_time=custom.event_time,
        columns=columns,
        row_identity=custom.row_identity,
        fact=custom.fact,
        volume_by=tuple(custom.volume_by),
        is_sparse=custom.sparse,
        is_snapshot=custom.snapshot,
        other_files=tuple(custom.other_files),
        ignored_headers=frozenset(normalise_header(h) for h in custom.ignored_headers),
        is_dated_ahead=custom.dated_ahead,
        cadence_days=int(sla.get("frequency", 1)),
        latency_days=int(sla.get("latency", 1)),
        file_time_pattern=custom.file_time_pattern,
        landing_order=custom.landing_order,
        delimiter=custom.delimiter,
        quote=custom.quote,
        encoding=custom.encoding,
        sheet=custom.sheet,
        sheet_synonyms=tuple(custom.sheet_synonyms),
        landing_folder=custom.landing_folder,
        is_whole=custom.whole_file,
        reading=Reading(takes_formulas=custom.formulas == "values"),
        null_values=DEFAULT_NULL_VALUES if custom.null_values is None else tuple(v.lower() for v in custom.null_values),
    )
    if feed.is_whole and len(feed.key) != 1:
        raise ContractError(f"{path.name}: a sheet needs one primaryKey column, by which a row is known from version to version")
    if feed.is_whole and feed.by_name[feed.key[0]].is_personal_identifier:
        raise ContractError(f"{path.name}: the key of a sheet is kept with its rejects, so it cannot be a personal_identifier")
    if feed.row_identity == "key" and not feed.key:
        raise ContractError(f"{path.name}: no column is a primaryKey; say so, or set rowIdentity: content")
    return feed


def _respelt(prop: dict[str, Any], base: Feed, path: Path) -> Column:
    """A column of the feed as the layout spells it; formats, zone and decimal mark only where the layout's column has them."""
    canonical = base.by_name.get(prop.get("name", ""))
    if canonical is None:
        near = difflib.get_close_matches(str(prop.get("name")), base.by_name, 1, 0.5)
        meant = f"did you mean {near[0]}?" if near else f"it has {', '.join(base.by_name)}"
        raise ContractError(f"{path.name}: column {prop.get('name')!r} is not a column of {base.name}; {meant}")
    place = f"column {canonical.name}: "
    if strange := sorted(set(prop) - set(LAYOUT_COLUMN_KEYS)):
        if strange[0] in STANDARD_COLUMN_KEYS:
            raise ContractError(f"{path.name}: {place}`{strange[0]}` belongs to the feed's contract ({base.path.name}); a layout cannot change it")
        raise ContractError(f"{path.name}: {place}{unknown(strange[0], LAYOUT_COLUMN_KEYS)}")
    custom = properties_of(LayoutColumnProperties, prop, path, place)
    require_effect(custom, canonical.type, path, place)
    if custom.phone_region and not canonical.is_personal_identifier:
        raise ContractError(f"{path.name}: {place}`phoneRegion` has no effect: {base.name} keeps no personal identifier in this column")
    if custom.suppressed_marks and not canonical.suppressed_into:
        raise ContractError(f"{path.name}: {place}`suppressedMarks` has no effect: {base.name} keeps no withheld figures in this column")
    enum, spellings = _spellings(prop, custom)
    allowed = canonical.enum or tuple(enum)
    if strange := sorted({*enum, *custom.value_map} - set(allowed)) if canonical.enum else []:
        raise ContractError(f"{path.name}: {place}{strange[0]!r} is no value of the column; allowed are {', '.join(allowed)}")
    sources = [bool(_headers(prop)), prop.get("transformLogic") is not None, custom.constant is not None]
    if sum(sources) > 1:
        raise ContractError(f"{path.name}: {place}has more than one of a header, `transformLogic` and `constant`; leave one")
    transform = None if prop.get("transformLogic") is None else str(prop["transformLogic"])
    if custom.constant is not None:
        transform = "'" + custom.constant.replace("'", "''") + "'"
    return replace(
        canonical,
        transform=transform,
        sources=_headers(prop),
        aliases=_headers(prop) or canonical.aliases,
        value_map=canonical.value_map | spellings,
        formats=tuple(custom.formats),
        strip_prefix=custom.strip_prefix or canonical.strip_prefix,
        phone_region=custom.phone_region or canonical.phone_region,
        null_values=canonical.null_values + tuple(v.lower() for v in custom.null_values),
        time_zone=custom.time_zone,
        decimal_mark=custom.decimal_mark,
        suppressed_marks=_marks(custom) or canonical.suppressed_marks,
    )


def read_layout(path: Path, feeds: dict[str, Feed]) -> Feed:
    """Another supplier's layout of a feed: the feed, with the columns that the layout file spells otherwise. Raises ContractError."""
    document = _read(path)
    custom = properties_of(LayoutProperties, document, path)
    base = feeds.get(custom.extends)
    if base is None:
        raise ContractError(f"{path.name}: `extends` must name one of the feeds {', '.join(sorted(feeds))}")
    changed = [_respelt(prop, base, path) for prop in document["schema"][0].get("properties") or []]
    by_name = {c.name: c for c in changed}
    if len(by_name) < len(changed):
        twice = next(c.name for c in changed if sum(c.name == other.name for other in changed) > 1)
        raise ContractError(f"{path.name}: column {twice} stands twice; leave one")

    def spelt(column: Column) -> Column:
        own = by_name.get(column.name, replace(column, formats=(), time_zone=None, decimal_mark=None))
        own = _as_files_are(own, custom)
        return _as_derived(
            replace(
                own,
                formats=own.formats or column.formats,
                time_zone=own.time_zone or column.time_zone,
                decimal_mark=own.decimal_mark or column.decimal_mark,
            )
        )

    wide = custom.wide
    layout = replace(
        base,
        reading=Reading(
            custom.applies_to,
            custom.header_row,
            tuple(rule.where for rule in custom.left_out),
            tuple(custom.fill_down),
            keep=tuple(wide.keep) if wide else (),
            headings=tuple(wide.headings) if wide else (),
            value=wide.value if wide else "",
            takes_formulas=base.reading.takes_formulas or custom.formulas == "values",
        ),
        columns=tuple(spelt(c) for c in base.columns),
        path=path,
        layout=path.stem,
        delimiter=custom.delimiter or base.delimiter,
        quote=custom.quote or base.quote,
        encoding=custom.encoding or base.encoding,
        sheet=custom.sheet or base.sheet,
        file_time_pattern=custom.file_time_pattern or base.file_time_pattern,
        null_values=base.null_values if custom.null_values is None else tuple(v.lower() for v in custom.null_values),
    )
    _check_expressions(layout)
    if not _can_be_told(layout, base):
        raise ContractError(
            f"{path.name}: has no header of its own, no other format and no `appliesTo`, so no file would be read by it; "
            "say which are its files: appliesTo, with a folder, fileName or headers"
        )
    return layout


def _can_be_told(layout: Feed, base: Feed) -> bool:
    """Whether something about a file can show that it is the layout's: its name, its headers, or how its dates and times are written."""
    is_other = any(c.headers - base.by_name[c.name].headers or c.formats != base.by_name[c.name].formats or c.transform for c in layout.columns)
    return (
        layout.reading.applies_to is not None
        or layout.reading.is_wide
        or (layout.delimiter, layout.quote) != (base.delimiter, base.quote)
        or is_other
    )


def _as_derived(column: Column) -> Column:
    """A derived column also takes the times that expressions give."""
    return replace(column, formats=(*column.formats, *MOMENT_FORMATS)) if column.transform and column.type in TIME_TYPES else column


def _check_expressions(layout: Feed) -> None:
    """Raises ContractError for an expression that cannot be used, whatever headers a file has."""

    def check(text: str, place: str, columns: dict[str, Value], kind: str | None = None) -> Value:
        try:
            value = compiled(text, Scope(lambda header: Value("text", pl.col(header)), columns, layout.zone))
        except ExpressionError as error:
            raise ContractError(f"{layout.path.name}: {place}: {error}") from error
        if kind and value.kind not in (kind, None):
            raise ContractError(f"{layout.path.name}: {place}: gives a {value.kind}, not a {kind}")
        return value

    columns = {c.name: Value("text", pl.col(c.name)) for c in layout.columns if not c.transform}
    try:
        derived = layout.derived
    except ExpressionError as error:
        raise ContractError(f"{layout.path.name}: {error}") from error
    for column in derived:
        columns[column.name] = check(column.transform or "", f"column {column.name}: transformLogic", columns)
    for text in layout.reading.left_out:
        check(text, "leftOut", columns, "truth")


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


def _line_of(path: Path, message: str) -> int | None:
    """The line of a layout that a message speaks of: the first that holds the last name which it quotes."""
    with suppress(OSError, UnicodeDecodeError):
        lines = path.read_text(encoding="utf-8").splitlines()
        for name in re.findall(r"`([^`]+)`|'([^']+)'|column (\w+)", message):
            word = re.compile(rf"(?<!\w){re.escape(next(filter(None, name)))}(?!\w)")
            if number := next((number for number, line in enumerate(lines, start=1) if word.search(line)), None):
                return number
    return None


def _usable_layout(path: Path, feeds: dict[str, Feed]) -> Feed | str:
    """A layout of the data folder, or what is wrong with it: it is the layout's problem, and stops no other."""
    try:
        return read_layout(path, feeds)
    except ContractError as error:
        line = _line_of(path, str(error))
        return f"{error}{f' (line {line})' if line else ''}"
    except (OSError, UnicodeDecodeError) as error:
        return f"{path.name}: cannot be read ({getattr(error, 'strerror', None) or 'it is no UTF-8'})"
    except Exception as error:  # a document of a shape that nobody foresaw
        return f"{path.name}: is not put together as a layout ({type(error).__name__}); compare it with the example in {LAYOUTS_DIR}"


def load_contracts(directory: Path = CONTRACTS_DIR, extra_layouts: Path | None = None) -> Contracts:
    """All contracts of a directory, with the layouts in `layouts/` and in `extra_layouts`.

    Raises ContractError; a layout of `extra_layouts` that cannot be used is named among the problems, and the others go on.
    """
    read = [read_feed(path) for path in sorted(directory.glob("*.yaml"))]
    feeds = {f.name: f for f in sorted(read, key=lambda f: (f.landing_order, f.name))}
    layouts: dict[str, list[Feed]] = {name: [feed] for name, feed in feeds.items()}
    for path in sorted((directory / "layouts").glob("*.yaml")):
        layout = read_layout(path, feeds)
        layouts[layout.name].append(layout)
    problems = []
    for path in sorted(extra_layouts.glob("*.y*ml")) if extra_layouts else ():
        found = _usable_layout(path, feeds)
        if isinstance(found, str):
            problems.append(found)
        else:
            layouts[found.name].append(found)
    return Contracts(feeds, {name: tuple(found) for name, found in layouts.items()}, tuple(problems))
