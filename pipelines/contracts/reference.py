"""`python -m pipelines.contracts.reference`: writes the list of properties in docs/adding-a-feed.md and the JSON Schema of layouts for editors.

Both are made from the models that check layouts, so that neither says what the other does not.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from pipelines.contracts.loading import CONTRACTS_DIR
from pipelines.contracts.properties import (
    LAYOUT_COLUMN_KEYS,
    PARTS,
    LayoutColumnProperties,
    LayoutProperties,
    Properties,
)

DOCS = Path(__file__).resolve().parents[2] / "docs" / "adding-a-feed.md"
SCHEMA = CONTRACTS_DIR / "schema" / "layout.json"
BEGIN, END = "<!-- properties: written by python -m pipelines.contracts.reference -->", "<!-- end of properties -->"

# What each function gives, with an example.
FUNCTION_WORDS = {
    "time": ("the moment that a text names, by the first format that fits", "time(\"Date\" || ' ' || \"Time\", '%d/%m/%Y %H:%M')"),
    "time_after": (
        "the next moment, from a time on, at which the clock shows a time of day (so it passes midnight)",
        'time_after(created_at, "On Scene")',
    ),
    "epoch": ("the moment so many seconds after 1970, UTC", 'epoch("Start")'),
    "epoch_ms": ("the same of milliseconds", 'epoch_ms("Start (ms)")'),
    "excel_time": ("the moment that a spreadsheet keeps as a number of days", 'excel_time("Start")'),
    "seconds": ("seconds of 80, 0:27:15 or 1.02:03:04; 'm:ss' or 'h:mm' says how two numbers are meant", "seconds(\"Talk\", 'm:ss')"),
    "days": ("seconds of a fraction of a day", 'days("Duration")'),
    "lookup": ("what a text stands for: pairs, and perhaps what all others stand for", "lookup(\"Beat\", 'SWI1', 'Swindon', 'elsewhere')"),
    "coalesce": ("the first that is not empty", 'coalesce("Closed", "Cleared")'),
    "nullif": ("the first, empty where it equals the second", "nullif(\"Disp\", '00:00')"),
    "concat": ("texts joined, empty ones left out (with || the whole is empty)", 'concat("Year", "Number")'),
    "text": ("a number as a text", 'text("Pri")'),
    "number": ("a text as a number", 'number("Ring (s)")'),
    "upper": ("in capitals", 'upper("Code")'),
    "lower": ("in small letters", 'lower("Code")'),
    "trim": ("without spaces around it", 'trim("Code")'),
    "length": ("how many characters", 'length("Code")'),
    "left": ("the first characters", 'left("Code", 3)'),
    "right": ("the last characters", 'right("Code", 2)'),
    "substring": ("characters from a place on, counted from 1", 'substring("Code", 2, 3)'),
    "replace": ("each occurrence of a text replaced", "replace(\"Ref\", '/', '-')"),
    "split_part": ("the nth part between marks", "split_part(\"Ref\", '/', 2)"),
    "lpad": ("filled on the left to a length", "lpad(\"Number\", 5, '0')"),
    "matches": ("whether a regular expression matches", "matches(\"Ref\", '^[0-9]+$')"),
    "extract_text": ("the first group of a regular expression", "extract_text(\"Ref\", '^([A-Z]+)')"),
    "abs": ("without its sign", 'abs("Delta")'),
    "round": ("to a whole number", 'round("Minutes")'),
    "floor": ("the whole number below", 'floor("Minutes")'),
    "greatest": ("the greatest of times or numbers", "greatest(created_at, first_arrived_at)"),
    "least": ("the least of times or numbers", 'least("A", "B")'),
}


def _cell(text: str) -> str:
    """A text for a cell of a table in Markdown."""
    return text.replace("|", "\\|")


def _example(name: str, examples: list[Any] | None) -> str:
    if not examples:
        return ""
    flow = yaml.safe_dump({"property": name, "value": examples[0]}, default_flow_style=True, sort_keys=False, width=1_000, allow_unicode=True).strip()
    return f"`{_cell(flow)}`"


def _table(model: type[Properties]) -> list[str]:
    lines = ["| property | what it says | example |", "|---|---|---|"]
    for key, field in model.model_fields.items():
        name = field.alias or key
        lines.append(f"| `{name}` | {_cell(field.description or '')} | {_example(name, field.examples)} |")
        for part_key, part in (PARTS[name].model_fields if name in PARTS else {}).items():
            lines.append(f"| `{name}.{part.alias or part_key}` | {part.description} | |")
    return lines


def properties_text() -> str:
    """The part of docs/adding-a-feed.md that lists every property of a layout and every function of its expressions."""
    functions = ["| function | gives | example |", "|---|---|---|"]
    functions += [f"| `{name}` | {_cell(words)} | `{_cell(example)}` |" for name, (words, example) in FUNCTION_WORDS.items()]
    return "\n".join(
        [
            BEGIN,
            "### Properties of a layout",
            "",
            *_table(LayoutProperties),
            "",
            "### Properties of a column of a layout",
            "",
            "`physicalName` is the file's header (`Nature#2`: the second of that name; two columns may name one header), `transformLogic` an",
            "expression; these and `constant` exclude each other.",
            "",
            *_table(LayoutColumnProperties),
            "",
            "### Functions of expressions",
            "",
            *functions,
            "",
            END,
        ]
    )


def docs_text(text: str) -> str:
    """The page with its list of properties as the models have it now."""
    before, _, rest = text.partition(BEGIN)
    return before + properties_text() + rest.partition(END)[2]


def _items(model: type[Properties]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of a list of customProperties, and the definitions it needs."""
    schema = model.model_json_schema(by_alias=True)
    kinds = [
        {"properties": {"property": {"const": name}, "value": value}, "required": ["property", "value"], "additionalProperties": False}
        for name, value in schema["properties"].items()
    ]
    return {"type": "array", "items": {"type": "object", "anyOf": kinds}}, schema.get("$defs", {})


def layout_schema() -> str:
    """The JSON Schema of a layout, for editors."""
    of_layout, parts = _items(LayoutProperties)
    of_column, more = _items(LayoutColumnProperties)
    keys: dict[str, Any] = {key: {} for key in LAYOUT_COLUMN_KEYS} | {
        "name": {"type": "string", "description": "A column of the feed."},
        "physicalName": {"type": "string", "description": "The file's header."},
        "transformLogic": {"type": ["string", "boolean", "number"], "description": "An expression over the file's headers."},
        "customProperties": of_column,
    }
    column = {"type": "object", "properties": keys, "required": ["name"], "additionalProperties": False}
    table = {"type": "object", "properties": {"name": {"type": "string"}, "properties": {"type": "array", "items": column}}, "required": ["name"]}
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A supplier's layout of a feed",
        "type": "object",
        "properties": {"kind": {"const": "DataContract"}, "customProperties": of_layout, "schema": {"type": "array", "items": table, "maxItems": 1}},
        "required": ["kind", "customProperties", "schema"],
        "$defs": parts | more,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    DOCS.write_text(docs_text(DOCS.read_text(encoding="utf-8")), encoding="utf-8")
    SCHEMA.parent.mkdir(exist_ok=True)
    SCHEMA.write_text(layout_schema(), encoding="utf-8")
    print(f"wrote {DOCS}\nwrote {SCHEMA}")


if __name__ == "__main__":
    main()
