"""The public tier as files: CSV, Parquet and JSON of each table, with a data dictionary and a Data Package that names the licence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.catalogue.catalogue import CATALOGUE_DIR
from pipelines.catalogue.columns import read_columns
from pipelines.report.marts import Marts
from pipelines.settings import Licence

# The published table, the name of its files, and what it holds.
FILES = (
    ("scorecards.public", "scorecards", "One row per scorecard and line: the latest figure, what it is held against, and what is said of it."),
    ("scorecards.cards", "cards", "One row per scorecard: whose it is, and of which area."),
    ("scorecards.tier_summaries", "summaries", "One row per scorecard: what it says in five sentences, and the cells that each rests on."),
    ("core.dim_measure", "measures", "One row per measure: what is counted, and how."),
)
FORMATS = ("csv", "parquet", "json")
# Types of DuckDB as the Data Package standard names them.
TYPES = {"VARCHAR": "string", "DOUBLE": "number", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime"}


@dataclass(frozen=True)
class DataFile:
    """A table of the open data: its name, its files, and what it holds."""

    table: str
    name: str
    about: str

    @property
    def paths(self) -> dict[str, str]:
        """format -> file, in the folder of the open data."""
        return {form: f"{self.name}.{form}" for form in FORMATS}


def data_files() -> list[DataFile]:
    return [DataFile(*entry) for entry in FILES]


def column_words() -> dict[str, str]:
    """column -> what it holds, of the one dictionary of columns."""
    return {name: column.text for name, column in read_columns(CATALOGUE_DIR).items()}


def write_open_data(marts: Marts, folder: Path, licence: Licence) -> None:
    """Write the files of every table into a folder. Rows are in the order of their key, so that the same figures are the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    words = column_words()
    for file in data_files():
        key = ", ".join(marts.tables[file.table].key)
        frame = marts.frame(f"select * from {file.table} order by {key}")
        frame.write_csv(folder / file.paths["csv"])
        frame.write_parquet(folder / file.paths["parquet"])
        frame.write_json(folder / file.paths["json"])
    (folder / "dictionary.json").write_text(_json(dict(_dictionary(marts, words))), encoding="utf-8")
    (folder / "datapackage.json").write_text(_json(_package(marts, words, licence)), encoding="utf-8")


def _dictionary(marts: Marts, words: Mapping[str, str]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    for file in data_files():
        yield (
            file.name,
            [{"column": name, "type": kind.lower(), "description": words[name]} for name, kind in marts.tables[file.table].columns.items()],
        )


def _package(marts: Marts, words: Mapping[str, str], licence: Licence) -> dict[str, object]:
    """The Data Package (Frictionless): each CSV with its schema, key and licence."""
    return {
        "name": "scorecards",
        "title": "Police & Crime Plan scorecards, public tier",
        "description": "Small numbers, and those that would give them away, are suppressed: see the column suppression.",
        "licenses": [{"title": licence.title, "path": licence.url}],
        "resources": [
            {
                "name": file.name,
                "path": file.paths["csv"],
                "format": "csv",
                "encoding": "utf-8",
                "description": file.about,
                "schema": {
                    "fields": [
                        {"name": name, "type": TYPES.get(kind, "integer"), "description": words[name]}
                        for name, kind in marts.tables[file.table].columns.items()
                    ],
                    "primaryKey": list(marts.tables[file.table].key),
                },
            }
            for file in data_files()
        ],
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
