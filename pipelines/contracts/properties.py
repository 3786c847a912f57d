"""The properties that a contract, a layout and their columns may have: checked here, and described here for docs and editors.

A property that nobody reads is a mistake that nobody sees, so an unknown one is refused, with the name that was probably meant.
"""

from __future__ import annotations

import codecs
import difflib
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.alias_generators import to_camel

from pipelines.contracts.texts import problem_of_format


class ContractError(ValueError):
    """A contract file that cannot be used; the message names file, place and way out."""


def _known_zone(zone: str) -> str:
    if zone not in available_timezones():
        near = difflib.get_close_matches(zone, available_timezones(), 1, 0.5)
        raise ValueError(f"{zone!r} is no time zone of the IANA database{f'; did you mean {near[0]}?' if near else ' (UTC, Europe/London …)'}")
    return zone


def _format(fmt: str) -> str:
    if problem := problem_of_format(fmt):
        raise ValueError(problem)
    return fmt


def _regular_expression(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return pattern


def _texts(value: Any) -> Any:
    """YAML reads 0, true and 1.5 as what they are; in lists of words they are the texts that stand in a file."""
    if isinstance(value, list):
        return [_text(item) for item in value]
    return value


def _text(item: Any) -> Any:
    if isinstance(item, bool):
        return str(item).lower()
    return str(item) if isinstance(item, (int, float)) else item


def _word_map(value: Any) -> Any:
    return {_text(key): _texts(words) for key, words in value.items()} if isinstance(value, dict) else value


def _one_meaning(words: dict[str, list[str] | None]) -> dict[str, list[str] | None]:
    meanings: dict[str, str] = {}
    for value, spellings in words.items():
        for spelling in spellings or []:
            other = meanings.setdefault(spelling.strip().lower(), value)
            if other != value:
                raise ValueError(f"{spelling!r} means both {other!r} and {value!r}; leave one")
    return words


def _encoding(name: str) -> str:
    """An encoding of text: Python's other codecs (base64, rot13, idna …) read none."""
    with suppress(LookupError, UnicodeError, TypeError, AssertionError):
        if codecs.getincrementaldecoder(name)("strict").decode("a,b\n".encode(name)) == "a,b\n" and name.lower() not in ("idna", "punycode"):
            return name
    raise ValueError(f"{name!r} is no encoding of text (utf-8, cp1252, iso-8859-15, cp437, utf-16-le …)")


def _of_file_time(pattern: str) -> str:
    if not re.compile(_regular_expression(pattern)).groups:
        raise ValueError(f"{pattern!r} has no group: put the time within parentheses")
    return pattern


P = TypeVar("P", bound="Properties")


def _known_region(region: str) -> str:
    if region not in SUPPORTED_REGIONS:
        raise ValueError(f"{region!r} is no region with phone numbers of its own; write its two letters (GB, IE …)")
    return region


def _quote(mark: str) -> str:
    if mark != "none" and len(mark.encode()) != 1:
        raise ValueError(f"{mark!r} is no quote: one character of ASCII, or none")
    return mark


Zone = Annotated[str, AfterValidator(_known_zone)]
Quote = Annotated[str, AfterValidator(_quote)]
Region = Annotated[str, AfterValidator(_known_region)]
Format = Annotated[str, AfterValidator(_format)]
Encoding = Annotated[str, AfterValidator(_encoding)]
FileTimePattern = Annotated[str, AfterValidator(_of_file_time)]
Pattern = Annotated[str, AfterValidator(_regular_expression)]
_WORD_SCHEMA: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_WORDS_SCHEMA: dict[str, Any] = {"type": ["array", "null"], "items": _WORD_SCHEMA}
Word = Annotated[str, BeforeValidator(_text), WithJsonSchema(_WORD_SCHEMA)]
Words = Annotated[list[str], BeforeValidator(_texts), WithJsonSchema(_WORDS_SCHEMA)]
WordMap = Annotated[
    dict[str, list[str] | None],
    BeforeValidator(_word_map),
    AfterValidator(_one_meaning),
    WithJsonSchema({"type": "object", "additionalProperties": _WORDS_SCHEMA}),
]


class Properties(BaseModel):
    """`customProperties` of one place of a document, by their names there."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)


class FileProperties(Properties):
    """How files are written: for a contract and a layout alike."""

    delimiter: str | None = Field(None, min_length=1, max_length=1, description="The character between the fields of a csv file.", examples=["|"])
    quote: Quote | None = Field(
        None,
        description="The character around the fields of a csv file that hold delimiters or line ends; `none` where quotes are text.",
        examples=["'"],
    )
    encoding: Encoding | None = Field(
        None, description="The encoding of a text file that is no UTF-8; without it, Windows-1252.", examples=["iso-8859-15"]
    )
    sheet: str | None = Field(
        None,
        description="The sheet of a workbook that is read. A pattern names several, each with a header of its own, which are read as one table: "
        "row 7 of the third is row 20000007.",
        examples=["Return", "20??-*"],
    )
    formulas: Literal["values"] | None = Field(
        None,
        description="`values`: figures that a workbook works out by formulas are taken as it last calculated them; without it, they are rejected.",
        examples=["values"],
    )
    null_values: Words | None = Field(
        None, description="The texts that mean nothing, in every column, in place of the usual ones.", examples=[["", "NULL", "not known"]]
    )
    date_formats: list[Format] | None = Field(None, description="How dates are written, tried in order.", examples=[["%d.%m.%Y"]])
    timestamp_formats: list[Format] | None = Field(
        None, description="How times are written, tried in order; %I and %p read a 12-hour clock.", examples=[["%m/%d/%Y %I:%M:%S %p"]]
    )
    time_zone: Zone | None = Field(
        None, description="The zone whose clock times without an offset show; without it, Europe/London.", examples=["UTC"]
    )
    decimal_mark: Literal[".", ","] | None = Field(
        None, description="What begins the decimals of a number; the other mark, spaces and apostrophes then group thousands.", examples=[","]
    )
    file_time_pattern: FileTimePattern | None = Field(
        None,
        description="A regular expression whose first group is the extract time in a file's name (%Y%m%dT%H%M, %Y%m%d, %Y-%m-%d or %Y-%m, local).",
        examples=[r"_x(\d{8}T\d{4})"],
    )


class OtherFile(Properties):
    """Files that lie among the feed's and are none: known by their headers, named, and not taken."""

    headers: tuple[str, ...] = Field(description="Headers that they have.", min_length=1)
    what: str = Field(description="What they are, in words.")


class AppliesTo(Properties):
    """Which files a layout is for; every one that is given must hold."""

    folder: str | None = Field(None, description="The folder below the feed's landing folder, as a pattern.", examples=["supplier_x"])
    file_name: str | None = Field(None, description="The file's name, as a pattern.", examples=["cad_*.csv"])
    headers: tuple[str, ...] = Field((), description="Headers that the file has.", examples=[["Incident No.", "Pri"]])


class LeftOut(Properties):
    """Rows that are no records: totals, notes."""

    where: str = Field(description="An expression that is true for the rows to leave out.", examples=["\"Incident No.\" like 'Total%'"])


class Wide(Properties):
    """A table whose headings are values: each cell below them becomes a row."""

    keep: list[str] = Field(description="The headers of the columns that each row of a cell keeps.", examples=[["Indicator"]], min_length=1)
    headings: list[str] = Field(
        description="Names for the rows of headings above the cells, from the top; the last stands in the header row. Merged ones are filled; "
        "the headers of the columns kept may stand in any of these rows.",
        examples=[["Area", "Month"]],
        min_length=1,
    )
    value: str = Field(description="A name for the cell.", examples=["Figure"])


class LayoutProperties(FileProperties):
    """Of a layout: how another supplier's export of a feed is read."""

    extends: str = Field(description="The feed whose files this layout reads.", examples=["force_calls"])
    applies_to: AppliesTo | None = Field(
        None,
        description="Which files it is for. Without it, those that have a header which only this layout knows, or, of a layout that differs in "
        "formats alone, those of which it reads more rows.",
        examples=[{"folder": "supplier_x", "fileName": "cad_*.csv"}],
    )
    header_row: int | None = Field(
        None,
        ge=1,
        description="The row of the header, counted as a person counts; without it, the header is looked for in the first 20 rows.",
        examples=[3],
    )
    left_out: list[LeftOut] = Field(
        [],
        description="Rows that are no records (totals, notes). They are counted as rejects, with the rule left_out.",
        examples=[[{"where": "\"Incident No.\" like 'Total%'"}]],
    )
    fill_down: list[str] = Field([], description="Headers of columns whose empty cells mean the value above.", examples=[["Indicator"]])
    wide: Wide | None = Field(
        None,
        description="A wide table, made long: the layout then reads the columns kept, the headings and the value by these names.",
        examples=[{"keep": ["Indicator"], "headings": ["Area", "Month"], "value": "Figure"}],
    )


class ContractProperties(FileProperties):
    """Of a feed's contract."""

    system: str = Field(description="With `entity`: the feed's staging view is `stg_<system>__<entity>`, in the folder of the system.")
    entity: str = Field(description="See `system`.")
    fact: str | None = Field(None, description="The fact table made of the feed, one row per event, with local_date and month; none for a register.")
    volume_by: list[str] = Field([], description="Columns of the fact: each combination is compared with its own past.")
    snapshot: bool = Field(False, description="Each event date is a whole picture of its day: compared date by date, never month by month.")
    ignored_headers: list[str] = Field([], description="Headers that suppliers give and nothing here needs: not loaded, and not reported.")
    sparse: bool = Field(False, description="Nothing new may be no news: fresh when the supplier's last extract is, not when the last event is.")
    dated_ahead: bool = Field(False, description="Rows may speak of days to come (plans), which is no error of their date.")
    event_time: str | None = Field(None, description="The column that says when the row's event happened; none for the sheet of a workbook.")
    row_identity: Literal["key", "content"] = Field(
        "key", description="`key`: the primary key; `content`: no key, an identical row met in two files counts once."
    )
    other_files: list[OtherFile] = Field([], description="Files that suppliers put into the same folder and that this feed does not take.")
    landing_order: int = Field(1_000, description="The order in which feeds are listed and read.")
    landing_folder: str | None = Field(None, description="The folder under landing/, where several feeds share one: the sheets of a workbook.")
    whole_file: bool = Field(False, description="Each file is a whole version of its sheet: a row that a newer one does not list is withdrawn.")
    sheet_synonyms: list[str] = Field([], description="What else the sheet may be called.")


class ColumnProperties(Properties):
    """Of a column, in a contract and a layout alike."""

    formats: list[Format] = Field([], description="How the dates or times of this column are written, tried in order.", examples=[["%d-%b-%Y"]])
    time_zone: Zone | None = Field(None, description="The zone whose clock this column shows, where not the layout's.", examples=["UTC"])
    decimal_mark: Literal[".", ","] | None = Field(None, description="What begins this column's decimals, where not the layout's.", examples=[","])
    value_map: WordMap = Field(
        {},
        description="The value and the texts that mean it. Of a boolean, the values are true and false.",
        examples=[{"true": ["-1", "ja"], "false": ["0", "nein"]}],
    )
    null_values: Words = Field([], description="Further texts that mean nothing in this column.", examples=[["unknown", "00:00"]])
    suppressed_marks: Words | None = Field(
        None,
        description="Texts by which the supplier withholds a figure, in place of the usual ones (`<5`, `*`, `[c]`, `suppressed`): "
        "the row stays, without a value.",
        examples=[["<5", "c"]],
    )
    strip_prefix: Pattern | None = Field(
        None, description="A regular expression removed from the text before it is typed.", examples=["(?i)^outcome\\s*"]
    )
    phone_region: Region | None = Field(
        None,
        description="The column holds phone numbers, and one without a country code is of this region: before hashing, each is brought to one "
        "spelling (E.164, +441632960001).",
        examples=["GB"],
    )


class LayoutColumnProperties(ColumnProperties):
    """Of a column of a layout."""

    constant: Word | None = Field(None, description="The value of every row, where the file has no such column.", examples=["wiltshire"])


class ContractColumnProperties(ColumnProperties):
    """Of a column of a feed's contract."""

    follows: str | None = Field(None, description="The column whose time this one cannot precede (decides an ambiguous clock-change time).")
    suppressed_into: str | None = Field(
        None, description="The column that says that the supplier withheld this one's figure; then, and only then, a required figure may be empty."
    )
    otherwise: str | None = Field(
        None,
        description="The value that stands in published tables for every text that the contract does not list (by `enum` or `valueMap`); "
        "the row is taken and keeps its text in raw, and the check `listed_values` names the files.",
        examples=["other"],
    )
    letter_case: Literal["lower", "upper"] | None = Field(None, description="The letter case in which the text is kept.")
    extract_time: bool = Field(False, description="The supplier's extract time of the row.")
    masked: bool = Field(
        False, description="A text that may name a person: words that are not known, e-mail addresses and long numbers are masked before it is kept."
    )


# Properties that have properties of their own.
PARTS: dict[str, type[Properties]] = {"otherFiles": OtherFile, "appliesTo": AppliesTo, "leftOut": LeftOut, "wide": Wide}
# Keys of the standard that mean something here, at each place of a document; what it has besides describes and is let through.
LAYOUT_COLUMN_KEYS = (
    "name",
    "physicalName",
    "synonyms",
    "enum",
    "description",
    "businessName",
    "transformLogic",
    "transformDescription",
    "customProperties",
)
TIME_TYPES = ("date", "timestamp")
# The types on which a column's property has an effect.
TYPES_OF = {
    "formats": TIME_TYPES,
    "value_map": ("string", "boolean"),
    "letter_case": ("string",),
    "otherwise": ("string",),
    "phone_region": ("string",),
    "masked": ("string",),
    "time_zone": ("timestamp",),
    "decimal_mark": ("number", "integer"),
    "suppressed_marks": ("number", "integer"),
    "suppressed_into": ("number", "integer"),
    "follows": ("timestamp",),
    "extract_time": ("timestamp",),
}


def unknown(name: str, known: Iterable[str]) -> str:
    """What to say of a name that is none of the known ones."""
    known = sorted(known)
    near = difflib.get_close_matches(name.lower(), {k.lower(): k for k in known}, 1, 0.6)
    meant = next((k for k in known if near and k.lower() == near[0]), None)
    return f"unknown property `{name}`" + (f"; did you mean `{meant}`?" if meant else f"; known are {', '.join(known)}")


def _problem(model: type[Properties], error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        owner = PARTS.get(str(error["loc"][0]), model) if len(error["loc"]) > 1 else model
        return unknown(str(error["loc"][-1]), (field.alias or key for key, field in owner.model_fields.items()))
    if error["type"] == "missing":
        return f"customProperties needs `{name}`"
    return f"`{name}`: {error['msg'].removeprefix('Value error, ')}"


def properties_of(model: type[P], owner: dict[str, Any], path: Path, place: str = "") -> P:
    """The `customProperties` of a part of a document. Raises ContractError, which names every one that cannot be used."""
    listed = owner.get("customProperties") or []
    where = f"{path.name}: {place}"
    if not isinstance(listed, list) or any(not isinstance(p, dict) or "property" not in p for p in listed):
        raise ContractError(f"{where}customProperties is a list of {{property: name, value: …}}")
    values: dict[str, Any] = {}
    for item in listed:
        if extra := set(item) - {"property", "value", "id", "description"}:
            raise ContractError(f"{where}customProperties: {item['property']}: {unknown(min(extra), ('property', 'value'))}")
        if item["property"] in values:
            raise ContractError(f"{where}`{item['property']}` stands twice; leave one")
        values[item["property"]] = item.get("value")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ContractError(where + "; ".join(_problem(model, e) for e in error.errors())) from error


def require_effect(properties: ColumnProperties, column_type: str, path: Path, place: str) -> None:
    """Raises ContractError for a property that has no effect on a column of the type."""
    for name, types in TYPES_OF.items():
        if getattr(properties, name, None) and column_type not in types:
            raise ContractError(f"{path.name}: {place}`{to_camel(name)}` has no effect on a {column_type}; it is for {' and '.join(types)} columns")
    if column_type == "boolean" and (strange := set(properties.value_map) - {"true", "false"}):
        raise ContractError(f"{path.name}: {place}`valueMap` of a boolean maps to true and false, not to {', '.join(sorted(strange))}")
