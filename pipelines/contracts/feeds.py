"""Reads contract files into feeds.

The YAML files are Open Data Contract Standard v3 documents. What the standard has no word for stands in its
`customProperties`, by the names that `properties` describes.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from pydantic.alias_generators import to_camel

from pipelines.contracts.model import (
    DEFAULT_DATE_FORMATS,
    DEFAULT_NULL_VALUES,
    DEFAULT_TIME_ZONE,
    DEFAULT_TIMESTAMP_FORMATS,
    DUCKDB_TYPES,
    Column,
    Feed,
    Reading,
    normalise_header,
)
from pipelines.contracts.properties import (
    ColumnProperties,
    ContractColumnProperties,
    ContractError,
    ContractProperties,
    FileProperties,
    properties_of,
    require_effect,
    unknown,
)
from pipelines.contracts.reading import read_yaml

# What the standard has besides: it describes, and is let through.
# fmt: off
STANDARD_KEYS = frozenset(
    {
        "apiVersion", "authoritativeDefinitions", "contractCreatedTs", "customProperties", "dataProduct", "description", "domain", "id",
        "kind", "name", "price", "roles", "schema", "servers", "slaDefaultElement", "slaProperties", "status", "support", "tags", "team",
        "tenant", "version",
    }
)
STANDARD_TABLE_KEYS = frozenset(
    {
        "authoritativeDefinitions", "businessName", "customProperties", "dataGranularityDescription", "description", "id", "logicalType",
        "name", "physicalName", "physicalType", "properties", "quality", "relationships", "tags",
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


def _synonyms(item: dict[str, Any]) -> list[str]:
    """What else an allowed value may be written as."""
    return next((p.get("value") or [] for p in item.get("customProperties") or [] if p["property"] == "synonyms"), [])


def spellings_of(prop: dict[str, Any], custom: ColumnProperties) -> tuple[tuple[str, ...], dict[str, str]]:
    """The allowed values of a column and the map from every accepted spelling to its value."""
    enum: list[str] = []
    spellings: dict[str, str] = {}
    for item in prop.get("enum") or []:
        value = str(item["value"])
        enum.append(value)
        for spelling in (value, *_synonyms(item)):
            spellings[str(spelling).strip().lower()] = value
    spellings |= {value.strip().lower(): value for value in custom.value_map}
    for value, others in custom.value_map.items():  # what is written out goes before a value's own name: codes may be exchanged
        spellings |= {spelling.strip().lower(): value for spelling in others or []}
    return tuple(enum), spellings


def other_headers(prop: dict[str, Any]) -> tuple[str, ...]:
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
    enum, spellings = spellings_of(prop, custom)
    relation: dict[str, Any] = next(iter(prop.get("relationships") or []), {})
    return Column(
        name=prop["name"],
        type=prop["logicalType"],
        description=prop.get("description", ""),
        required=bool(prop.get("required")),
        key_position=prop.get("primaryKeyPosition") if prop.get("primaryKey") else None,
        classification=prop.get("classification", "internal"),
        aliases=other_headers(prop),
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
        suppressed_marks=marks_of(custom),
    )


def marks_of(custom: ColumnProperties) -> tuple[str, ...] | None:
    return None if custom.suppressed_marks is None else tuple(mark.strip().lower() for mark in custom.suppressed_marks)


def read_document(path: Path) -> dict[str, Any]:
    """The document of a file, with one table. Raises ContractError for what nobody reads, and for what is no such document."""
    try:
        document = read_yaml(path)
    except yaml.YAMLError as error:
        raise ContractError(f"{path.name}: not readable as YAML: {error}") from error
    if not isinstance(document, dict) or document.get("kind") != "DataContract":
        raise ContractError(f"{path.name}: not an Open Data Contract Standard v3 document (kind: DataContract)")
    if strange := sorted(set(document) - STANDARD_KEYS):
        raise ContractError(f"{path.name}: {unknown(strange[0], STANDARD_KEYS)}")
    tables = document.get("schema")
    if not isinstance(tables, list) or len(tables) != 1 or not isinstance(tables[0], dict):
        raise ContractError(f"{path.name}: `schema` is a list of one table: - name: <feed>, with the columns as its `properties`")
    if strange := sorted(set(tables[0]) - STANDARD_TABLE_KEYS):
        raise ContractError(f"{path.name}: `schema`: {unknown(strange[0], STANDARD_TABLE_KEYS)}")
    return document


def as_files_are(column: Column, files: FileProperties) -> Column:
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
    document = read_document(path)
    custom = properties_of(ContractProperties, document, path)
    table = document["schema"][0]
    sla = {p["property"]: p["value"] for p in document.get("slaProperties") or []}
    columns = tuple(_with_defaults(as_files_are(_column(p, path), custom)) for p in table["properties"])
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
