"""The dictionary of columns: one entry per name, with type, unit and words, and dbt's doc blocks written from it.

Models refer to an entry with `{{ doc('measure_id') }}`; the compiler of the catalogue writes the doc blocks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, model_validator

from pipelines.catalogue.catalogue import CATALOGUE_DIR
from pipelines.catalogue.reading import Document, Mistakes, read_document

COLUMNS_FILE = "columns.yaml"
DOCS_FILE = Path("models/_columns.md")

HEADER = """\
<!-- Generated from pipelines/catalogue/columns.yaml by `python -m pipelines.catalogue.compiler`: change the YAML, not this file. -->
"""

WHOLE_NUMBERS = frozenset({"bigint", "integer", "hugeint"})
FRACTIONS = frozenset({"double", "decimal(18,3)"})

# The grammar of names (CONTRIBUTING.md): the end of a name and the types that it may have.
ENDINGS: Mapping[str, frozenset[str]] = {
    "_id": frozenset({"varchar"}) | WHOLE_NUMBERS,
    "_code": frozenset({"varchar"}),
    "_date": frozenset({"date"}),
    "_month": frozenset({"date"}),
    "_at": frozenset({"timestamp"}),
    "_local": frozenset({"timestamp"}),
    "_seconds": WHOLE_NUMBERS | FRACTIONS,
    "_pct": frozenset({"double"}),
    "_count": frozenset({"bigint", "integer"}),
}
# Bounds of periods and days of versions are dates as well.
DATE_ENDINGS = ("_date", "_month", "_start", "_end", "as_of")
TIME_ENDINGS = ("_at", "_local")
UNITS_BY_ENDING = {"_seconds": "seconds", "_pct": "percent", "_count": "count"}
# What is added to the words where the name does not say the unit.
UNIT_WORDS = {
    "measure": "In the unit of the measure.",
    "seconds": "In seconds.",
    "days": "In days.",
    "percent": "Per cent.",
    "points": "In percentage points.",
    "count": "",
    "number": "",
}


class Column(BaseModel):
    """One name of a column, which means the same in every table that has it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: Literal["varchar", "boolean", "bigint", "integer", "hugeint", "double", "decimal(18,3)", "date", "timestamp", "varchar[]", "double[]"]
    words: str = Field(description="what the column holds, in sentences that stand alone; what is special to one model is said there")
    unit: Literal["measure", "seconds", "days", "percent", "points", "count", "number"] | None = Field(
        None, description="unit of a number, where the name does not say it; `measure` is the unit of the row's measure"
    )
    exception: str | None = Field(None, min_length=1, description="why the name departs from the grammar of names")

    @model_validator(mode="after")
    def _hold_the_grammar(self) -> Self:
        breach = grammar_breach(self.name, self.type)
        if breach and not self.exception:
            raise ValueError(f"{breach}; rename the column, or say why not under `exception`")
        if self.exception and not breach:
            raise ValueError("`exception` is given, but the name follows the grammar; take it out")
        return self

    @model_validator(mode="after")
    def _have_one_unit(self) -> Self:
        by_name = next((unit for ending, unit in UNITS_BY_ENDING.items() if self.name.endswith(ending)), None)
        if self.unit and by_name:
            raise ValueError(f"the name says the unit ({by_name}) already; take `unit` out")
        if self.unit and self.type not in WHOLE_NUMBERS | FRACTIONS:
            raise ValueError(f"a {self.type} has no unit; take `unit` out")
        if not self.unit and not by_name and self.type in FRACTIONS:
            raise ValueError("`unit` is missing: say in what the number is measured (`number` for a pure one)")
        return self

    @model_validator(mode="after")
    def _be_sentences(self) -> Self:
        if not re.fullmatch(r"[A-Z0-9|`'\-].*[.…]", self.words, flags=re.DOTALL):
            raise ValueError("`words` are sentences: begin with a capital letter and end with a full stop")
        if any(mark in self.words for mark in ("{{", "{%", "{#")):
            raise ValueError("`words` hold {{, {% or {#, which dbt would read as a template; write them without")
        return self

    @property
    def text(self) -> str:
        """What readers see beside the column."""
        return f"{self.words} {UNIT_WORDS[self.unit] if self.unit else ''}".strip()


class ColumnsFile(RootModel[dict[str, list[Column]]]):
    """columns.yaml: themes, each with its columns in the order of the alphabet."""


def grammar_breach(name: str, type_: str) -> str:
    """In what a name departs from the grammar, in words; empty where it does not."""
    if name.startswith(("is_", "has_")) or type_ == "boolean":
        return "" if name.startswith(("is_", "has_")) and type_ == "boolean" else "a boolean begins with is_ or has_, and nothing else does"
    for ending, types in ENDINGS.items():
        if name.endswith(ending) and type_ not in types:
            return f"a name that ends in {ending} is {' or '.join(sorted(types))}, not {type_}"
    if type_ == "date" and not name.endswith(DATE_ENDINGS):
        return f"the name of a date ends in {', '.join(DATE_ENDINGS)}"
    if type_ == "timestamp" and not name.endswith(TIME_ENDINGS):
        return "the name of a time ends in _at (UTC) or _local (Europe/London)"
    return ""


def read_columns(folder: Path = CATALOGUE_DIR) -> dict[str, Column]:
    """Every column by its name, in the order of the file. Raises CatalogueError, which names every mistake."""
    mistakes = Mistakes(folder)
    document = read_document(folder / COLUMNS_FILE, mistakes)
    columns: dict[str, Column] = {}
    for theme, entries in _themes(document, mistakes):
        before = ""
        for position, entry in enumerate(entries):
            column = _column(document, (theme, position), entry, columns, mistakes)
            if column and column.name < before:
                sentence = f"stands after {before}; the columns of a theme stand in the order of the alphabet"
                mistakes.add(document, (theme, position), f"column {column.name}", sentence)
            before = column.name if column else before
    mistakes.refuse()
    return columns


def _themes(document: Document, mistakes: Mistakes) -> list[tuple[str, list[Any]]]:
    """The themes that are lists; another shape is a mistake."""
    content = document.content if isinstance(document.content, dict) else {"": document.content}
    for theme, entries in content.items():
        if not isinstance(entries, list):
            mistakes.add(document, (theme,), f"theme {theme}", "is not a list; write each column as `- {name: …, type: …, words: …}`")
    return [(theme, entries) for theme, entries in content.items() if isinstance(entries, list)]


def _column(document: Document, location: tuple[str, int], entry: Any, known: dict[str, Column], mistakes: Mistakes) -> Column | None:
    """One entry, checked, and added to the known ones; None where it cannot be used."""
    name = f"column {entry.get('name', location[1] + 1) if isinstance(entry, dict) else location[1] + 1}"
    try:
        column = Column.model_validate(entry)
    except ValidationError as error:
        mistakes.add_validation(document, error, entry=name, prefix=location)
        return None
    if column.name in known:
        mistakes.add(document, location, name, "stands in the file twice; one name has one meaning: keep one entry, or rename one of the columns")
        return None
    known[column.name] = column
    return column


def render_docs(columns: Mapping[str, Column]) -> str:
    """The doc blocks of all columns."""
    return HEADER + "".join(f"\n{{% docs {column.name} %}}\n{column.text}\n{{% enddocs %}}\n" for column in columns.values())


def render_columns_schema() -> str:
    """JSON Schema of columns.yaml, so that an editor completes and underlines."""
    return json.dumps(ColumnsFile.model_json_schema(), indent=1, ensure_ascii=False) + "\n"
