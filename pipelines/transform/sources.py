"""What dbt knows of the feeds, written from the contracts: its sources, the columns of its staging models, and the macro feeds().

`python -m pipelines.transform.sources` writes both files; a drift test holds them to the contracts.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from pipelines.contracts.loading import load_contracts
from pipelines.contracts.model import DUCKDB_TYPES, PROVENANCE_COLUMNS, Column, Contracts, Feed
from pipelines.settings import DBT_PROJECT_DIR

SOURCES_FILE = "models/staging/_sources.yml"
FEEDS_FILE = "macros/_feeds.sql"

HEADER = """\
# Generated from pipelines/contracts by `python -m pipelines.transform.sources`: change the contract, not this file.
# The raw tables and the ledger as dbt's sources, and the columns of the staging models.
"""

FEEDS_HEADER = """\
{# Generated from pipelines/contracts by `python -m pipelines.transform.sources`: change the contract, not this file.

   What the models need to know of each feed: its staging view and fact, its key without the force, which columns of the key may be empty,
   whether its rows name a force and whether that is part of the key, whether the supplier gives its extract time in a column extracted_at,
   the column that dates an event, whether that is a date already, whether no rows are no news, whether each date is a whole picture,
   the pattern of the extract time in a file's name, whether it is the sheet of a workbook, and the values that
   columns may have in published tables, with what stands for any other. #}
"""

SHEETS_HEADER = """
{# What the columns of the workbook's sheets may hold, in words, for the messages to those who keep it. #}
"""

PROVENANCE_DESCRIPTIONS = {
    "_file_hash": "SHA-256 of the bytes of the file that the row came in.",
    "_file_row": "Record number in the file; the header is record 1.",
    "_extracted_at": "When the supplier took the row, UTC: from the row, else from the file's name; empty where neither says.",
    "_loaded_at": "When the run that loaded the file began, UTC.",
    "_load_id": "The ledger's number of the load; grows with every load.",
    "_clock_flags": "Columns whose local time was ambiguous or did not exist, such as offered_at:ambiguous.",
    "_row_hash": "Hash of the row's content, where the feed has no key.",
    "_dated_at": "End of the latest day that the file's path names, local: orders versions without an extract time.",
    "_modified_at": "When the file was last changed, UTC: orders versions that neither extract time nor path does.",
}

# Name and type of what every staging model carries behind the feed's own columns; the dictionary of columns describes them.
STAGING_COLUMNS = (
    ("loaded_at", "timestamp"),
    ("load_id", "integer"),
    ("file_hash", "string"),
    ("file_row", "integer"),
    ("clock_flags", "string"),
    ("version_count", "integer"),
)

# What the staging model of a workbook's sheet carries instead: it holds every version, not the latest one.
SHEET_COLUMNS = (
    ("as_of", "date"),
    ("version_number", "integer"),
    ("is_latest_version", "boolean"),
    ("row_state", "string"),
    ("listed_as_of", "date"),
    ("load_id", "integer"),
    ("file_row", "integer"),
)

LEDGER_TABLES: list[dict[str, Any]] = [
    {
        "name": "loads",
        "description": "The ledger: one row per file and outcome.",
        "columns": [
            {"name": "load_id", "description": "Number of the load; grows with every load."},
            {"name": "run_id", "description": "The run that met the file."},
            {"name": "feed", "description": "The feed of the file."},
            {"name": "file_path", "description": "Path in the landing folder."},
            {"name": "file_hash", "description": "SHA-256 of the bytes."},
            {"name": "size_bytes", "description": "Size of the file in bytes."},
            {"name": "layout", "description": "Which layout of the contract fitted."},
            {"name": "status", "description": "loaded, refused or deferred."},
            {"name": "rows_read", "description": "Records in the file."},
            {"name": "rows_accepted", "description": "Records that went into raw."},
            {"name": "rows_rejected", "description": "Records that did not, each with its reasons in `rejects`."},
            {"name": "clock_flagged_rows", "description": "Accepted records with an ambiguous or impossible local time."},
            {"name": "unexpected_columns", "description": "Headers that the contract does not know."},
            {"name": "message", "description": "Why a file was refused or deferred, and the way out."},
            {"name": "loaded_at", "description": "When, UTC."},
            {"name": "sheet", "description": "The sheet of a workbook that was read, where the feed is one."},
            {"name": "file_time", "description": "The extract time in the file's name, UTC."},
        ],
    },
    {
        "name": "file_stats",
        "description": "One row per path of the landing folder that was read: what it held.",
        "columns": [
            {"name": "feed", "description": "The feed of the file."},
            {"name": "file_path", "description": "Path in the landing folder."},
            {"name": "size_bytes", "description": "Size of the file in bytes."},
            {"name": "modified_ns", "description": "When the file was last changed, nanoseconds since 1970."},
            {"name": "file_hash", "description": "SHA-256 of the bytes; several paths may hold the same content."},
        ],
    },
    {
        "name": "shares",
        "description": "One row per force whose share this build reads; empty in the build of a force.",
        "columns": [
            {"name": "force_code", "description": "The force."},
            {"name": "version", "description": "The publication whose figures were taken; empty where none ever was."},
            {"name": "published_at", "description": "When the force published it, UTC."},
            {"name": "data_to", "description": "The day up to which its extracts speak."},
            {"name": "read_at", "description": "When the share was last asked, UTC."},
            {"name": "message", "description": "Why it could not be read then."},
        ],
    },
    {
        "name": "rejects",
        "description": "One row per rejected record and reason; no values.",
        "columns": [
            {"name": "load_id", "description": "The load."},
            {"name": "feed", "description": "The feed."},
            {"name": "file_row", "description": "Record number in the file."},
            {"name": "column_name", "description": "The column concerned."},
            {"name": "rule", "description": "The rule that the record broke."},
            {"name": "row_key", "description": "Of the sheets of a workbook: the row's key."},
        ],
    },
    {
        "name": "notes",
        "description": "One row per remarkable cell of an accepted row; no values.",
        "columns": [
            {"name": "load_id", "description": "The load."},
            {"name": "feed", "description": "The feed."},
            {"name": "file_row", "description": "Row in the sheet."},
            {"name": "column_name", "description": "The column concerned."},
            {"name": "rule", "description": "What is remarkable: merged_cell, last_columns_missing, header_not_found."},
        ],
    },
    {
        "name": "builds",
        "description": "One row per completed transform.",
        "columns": [
            {"name": "run_id", "description": "The run."},
            {"name": "built_at", "description": "When it ended, UTC."},
            {"name": "max_load_id", "description": "The last load that the build tables hold: the watermark."},
            {"name": "is_full_refresh", "description": "Whether everything was rebuilt."},
            {"name": "code_version", "description": "Fingerprint of models and seeds."},
        ],
    },
]


def _raw_table(feed: Feed) -> dict[str, Any]:
    columns = [{"name": c.name, "data_type": c.duckdb_type.lower(), "description": c.description} for c in feed.columns]
    columns += [
        {"name": name, "data_type": type_.lower(), "description": PROVENANCE_DESCRIPTIONS[name]} for name, type_ in PROVENANCE_COLUMNS.items()
    ]
    return {"name": feed.name, "description": f"{feed.title}: every version of every row. {feed.description}", "columns": columns}


def _staging_model(feed: Feed) -> dict[str, Any]:
    """The latest version of every key: the feed's own columns, its force normalised, and where the version came from."""
    described = [(c.name, c.type, _doc(c.name) if c.name == "force_code" else c.description) for c in feed.columns]
    if feed.is_whole:
        columns = [*described, *_documented(SHEET_COLUMNS)]
        return _described_model(feed, f"{feed.title}: one row per key and version of the sheet, as it stood then.", columns)
    names = {name for name, *_ in described}
    added = []
    if feed.row_identity == "content":
        described = [*_documented([("row_id", "string")]), *described]
        added.append(("force_code", "string"))
    elif "force_code" in names:
        added.append(("force_key", "string"))
    if "extracted_at" not in names:
        added.append(("extracted_at", "timestamp"))
    columns = [*described, *_documented([*added, *STAGING_COLUMNS])]
    identity = "row that is not a repetition of another file's" if feed.row_identity == "content" else "key"
    return _described_model(feed, f"{feed.title}: one row per {identity}, in its latest version (var as_at: as it was known then).", columns)


def _documented(columns: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Columns that the dictionary of columns describes."""
    return [(name, type_, _doc(name)) for name, type_ in columns]


def _doc(name: str) -> str:
    return "{{ doc('" + name + "') }}"


def _described_model(feed: Feed, description: str, described: list[tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "name": feed.staging_model,
        "description": description,
        "config": {"meta": {"feed": feed.name, "owner": feed.owner}},
        "columns": [{"name": name, "data_type": DUCKDB_TYPES[type_].lower(), "description": text} for name, type_, text in described],
    }


def render_sources(contracts: Contracts) -> str:
    """The text of _sources.yml for these contracts."""
    document = {
        "version": 2,
        "sources": [
            {
                "name": "raw",
                "schema": "raw",
                "description": "Append-only: every version of every accepted row, by feed.",
                "tables": [_raw_table(feed) for feed in contracts.feeds.values()],
            },
            {"name": "ingest", "schema": "ingest", "description": "The ledger of files and builds.", "tables": LEDGER_TABLES},
        ],
        "models": [_staging_model(feed) for feed in contracts.feeds.values()],
    }
    return HEADER + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=140)


def render_feeds(contracts: Contracts) -> str:
    """The text of the macro feeds() for these contracts."""
    lines = []
    for feed in contracts.feeds.values():
        known = {
            "staging": feed.staging_model,
            "fact": feed.fact,
            "key": list(feed.key_without_force),
            "optional_key": [name for name in feed.key if not feed.by_name[name].required],
            "has_force": "force_code" in feed.by_name,
            "has_force_key": "force_code" in feed.key,
            "has_extracted_at": "extracted_at" in feed.by_name,
            "time": feed.event_time,
            "is_date": feed.event_time is not None and feed.by_name[feed.event_time].type == "date",
            "is_sparse": feed.is_sparse,
            "is_snapshot": feed.is_snapshot,
            "file_time": feed.file_time_pattern,
            "is_whole": feed.is_whole,
            "closed": {c.name: {"values": list(c.listed), "otherwise": c.otherwise} for c in feed.columns if c.otherwise},
        }
        lines.append(f"        '{feed.name}': {_jinja(known)},")
    sheets = [
        f"        '{feed.name}': {_jinja({c.name: allowed_values(c) for c in feed.columns if allowed_values(c)})},"
        for feed in contracts.feeds.values()
        if feed.is_whole
    ]
    return FEEDS_HEADER + _macro("feeds", lines) + SHEETS_HEADER + _macro("sheet_values", sheets)


def _macro(name: str, lines: list[str]) -> str:
    return "{% macro " + name + "() %}\n    {{ return({\n" + "\n".join(lines) + "\n    }) }}\n{% endmacro %}\n"


def allowed_values(column: Column) -> str:
    """What a column may hold, in words; empty where anything goes."""
    if column.enum:
        return "one of " + ", ".join(column.enum)
    if column.minimum is not None or column.maximum is not None:
        return f"{'a whole number' if column.type == 'integer' else 'a number'} from {column.minimum} to {column.maximum}"
    return {"date": "a date such as 31/10/2023", "integer": "a whole number", "number": "a number"}.get(column.type, "")


def _jinja(value: object) -> str:
    """A Python value as a Jinja literal."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"'{key}': {_jinja(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_jinja, value)) + "]"
    return {True: "true", False: "false", None: "none"}[value] if isinstance(value, bool | None) else f"'{value}'".replace("\\", "\\\\")


def write_sources(contracts: Contracts, dbt_project_dir: Path = DBT_PROJECT_DIR) -> list[Path]:
    """Write _sources.yml and _feeds.sql into a dbt project and return their paths."""
    written = []
    for name, text in ((SOURCES_FILE, render_sources(contracts)), (FEEDS_FILE, render_feeds(contracts))):
        path = dbt_project_dir / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    for path in write_sources(load_contracts()):
        print(f"wrote {path}")
