"""Reads layout files: how another supplier spells a feed, derives its columns and shapes its files."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts.expressions import ExpressionError, Scope, Value, compiled, unread
from pipelines.contracts.feeds import STANDARD_COLUMN_KEYS, as_files_are, marks_of, other_headers, read_document, spellings_of
from pipelines.contracts.model import Column, Feed, Reading
from pipelines.contracts.properties import (
    LAYOUT_COLUMN_KEYS,
    TIME_TYPES,
    ContractError,
    LayoutColumnProperties,
    LayoutProperties,
    properties_of,
    require_effect,
    unknown,
)
from pipelines.contracts.texts import takes_linear_time

DTYPES = {"text": pl.String(), "number": pl.Float64(), "truth": pl.Boolean(), "time": pl.Datetime("us"), None: pl.Null()}
MOMENT_FORMATS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d")  # how expressions write times and dates


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
    _refuse_endless("stripPrefix", custom.strip_prefix, path, place)
    require_effect(custom, canonical.type, path, place)
    if custom.phone_region and not canonical.is_personal_identifier:
        raise ContractError(f"{path.name}: {place}`phoneRegion` has no effect: {base.name} keeps no personal identifier in this column")
    if custom.suppressed_marks and not canonical.suppressed_into:
        raise ContractError(f"{path.name}: {place}`suppressedMarks` has no effect: {base.name} keeps no withheld figures in this column")
    enum, spellings = spellings_of(prop, custom)
    allowed = canonical.enum or tuple(enum)
    if strange := sorted({*enum, *custom.value_map} - set(allowed)) if canonical.enum else []:
        raise ContractError(f"{path.name}: {place}{strange[0]!r} is no value of the column; allowed are {', '.join(allowed)}")
    sources = [bool(other_headers(prop)), prop.get("transformLogic") is not None, custom.constant is not None]
    if sum(sources) > 1:
        raise ContractError(f"{path.name}: {place}has more than one of a header, `transformLogic` and `constant`; leave one")
    transform = None if prop.get("transformLogic") is None else str(prop["transformLogic"])
    if custom.constant is not None:
        transform = "'" + custom.constant.replace("'", "''") + "'"
    return replace(
        canonical,
        transform=transform,
        sources=other_headers(prop),
        aliases=other_headers(prop) or canonical.aliases,
        value_map=canonical.value_map | spellings,
        formats=tuple(custom.formats),
        strip_prefix=custom.strip_prefix or canonical.strip_prefix,
        phone_region=custom.phone_region or canonical.phone_region,
        null_values=canonical.null_values + tuple(v.lower() for v in custom.null_values),
        time_zone=custom.time_zone,
        decimal_mark=custom.decimal_mark,
        suppressed_marks=marks_of(custom) or canonical.suppressed_marks,
    )


def _refuse_endless(name: str, pattern: str | None, path: Path, place: str = "") -> None:
    """Raises ContractError for a regular expression that only a reader can read which may take for ever."""
    if pattern is not None and not takes_linear_time(pattern):
        raise ContractError(f"{path.name}: {place}`{name}`: {pattern!r} looks ahead, back or refers to a group, which a layout may not")


def read_layout(path: Path, feeds: dict[str, Feed]) -> Feed:
    """Another supplier's layout of a feed: the feed, with the columns that the layout file spells otherwise. Raises ContractError."""
    document = read_document(path)
    custom = properties_of(LayoutProperties, document, path)
    _refuse_endless("fileTimePattern", custom.file_time_pattern, path)
    base = feeds.get(custom.extends)
    if base is None:
        raise ContractError(f"{path.name}: `extends` must name one of the feeds {', '.join(sorted(feeds))}")
    table = document["schema"][0]
    if (name := table.get("name", base.name)) != base.name:
        raise ContractError(f"{path.name}: the table is called {name!r}, and `extends` names {base.name}; call it so, or extend the other feed")
    if table.get("customProperties"):
        raise ContractError(f"{path.name}: `customProperties` of the table are not read; move them to the top of the file, or to a column")
    changed = [_respelt(prop, base, path) for prop in table.get("properties") or []]
    by_name = {c.name: c for c in changed}
    if len(by_name) < len(changed):
        twice = next(c.name for c in changed if sum(c.name == other.name for other in changed) > 1)
        raise ContractError(f"{path.name}: column {twice} stands twice; leave one")

    def spelt(column: Column) -> Column:
        own = by_name.get(column.name, replace(column, formats=(), time_zone=None, decimal_mark=None))
        own = as_files_are(own, custom)
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
        scope = Scope(lambda header: Value("text", pl.lit("").alias(header)), columns, layout.zone)
        try:
            value = compiled(text, scope)
            unread(text, scope)
        except ExpressionError as error:
            raise ContractError(f"{layout.path.name}: {place}: {error}") from error
        except pl.exceptions.PolarsError as error:
            raise ContractError(f"{layout.path.name}: {place}: cannot be worked out ({str(error).splitlines()[0]})") from error
        if kind and value.kind not in (kind, None):
            raise ContractError(f"{layout.path.name}: {place}: gives a {value.kind}, not a {kind}")
        return Value(value.kind, pl.lit(None, DTYPES[value.kind]))

    columns = {c.name: Value("text", pl.lit("")) for c in layout.columns if not c.transform}
    try:
        derived = layout.derived
    except ExpressionError as error:
        raise ContractError(f"{layout.path.name}: {error}") from error
    for column in derived:
        columns[column.name] = check(column.transform or "", f"column {column.name}: transformLogic", columns)
    for text in layout.reading.left_out:
        check(text, "leftOut", columns, "truth")
