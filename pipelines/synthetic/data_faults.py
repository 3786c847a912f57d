"""How a file is written, and the faults in it. Works on whole columns; what each file gets is declared in the calibration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from pipelines.contracts.model import Feed
from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw

ISO_TIMES, UK_TIMES = "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S"
BOOLEANS = {"letters": ("Y", "N"), "words": ("True", "False"), "digits": ("1", "0")}


@dataclass(frozen=True)
class Style:
    """How one file is written, whatever its rows."""

    file_format: str = "csv"
    bom: bool = False
    header: str = "snake"
    times: str = ISO_TIMES
    booleans: str = "letters"
    faults: tuple[cal.files.DataFault, ...] = ()  # what touches columns, cells and rows


def applied_month(fault: cal.files.DataFault, month: date, months: list[date]) -> date:
    """The month that has the fault: the declared one, or, where the period does not hold it, one that takes its place."""
    return month if month in months else months[(month.year * 12 + month.month) % len(months)]


def style_of(feed: str, month: date, months: list[date], is_correction: bool) -> Style:
    """The declared style of a feed's file of the month. Correction files are clean."""
    if is_correction:
        return Style(times=UK_TIMES if feed in cal.files.UK_DATES else ISO_TIMES)
    faults = tuple(d for d in cal.files.DATA_FAULTS if d.feed == feed and any(applied_month(d, m, months) == month for m in d.months))
    kinds = {d.kind for d in faults}
    style = Style(file_format=cal.files.FORMATS.get((feed, month), "csv"))
    if style.file_format in ("parquet", "xlsx"):
        return style  # typed files cannot hold the texts that faults are made of
    headers = [k.removeprefix("header_") for k in sorted(kinds) if k.startswith("header_")]
    booleans = [k.removeprefix("booleans_") for k in sorted(kinds) if k.startswith("booleans_")]
    return replace(
        style,
        bom="bom" in kinds,
        header=headers[0] if headers else style.header,
        times=UK_TIMES if "uk_times" in kinds or feed in cal.files.UK_DATES else style.times,
        booleans=booleans[0] if booleans else style.booleans,
        faults=tuple(d for d in faults if d.kind in _KINDS),
    )


def headers_of(columns: list[str], feed: Feed, style: str) -> dict[str, str]:
    """The header of each column: as the contract names it, shouted, with spaces, or under its first alias."""
    if style == "upper":
        return {c: c.upper() for c in columns}
    if style == "spaces":
        return {c: f" {c.replace('_', ' ').title()} " for c in columns}
    if style == "aliases":
        return {c: feed.by_name[c].aliases[0].title() if c in feed.by_name and feed.by_name[c].aliases else c for c in columns}
    return {c: cal.files.HEADERS.get(feed.name, {}).get(c, c) for c in columns}


def spelt_booleans(frame: pl.DataFrame, style: Style) -> pl.DataFrame:
    """The frame with its booleans as the file spells them."""
    yes, no = BOOLEANS[style.booleans]
    named = [name for name, dtype in frame.schema.items() if dtype == pl.Boolean]
    return frame.with_columns(pl.when(pl.col(n)).then(pl.lit(yes)).when(~pl.col(n)).then(pl.lit(no)).alias(n) for n in named)


def as_texts(frame: pl.DataFrame, style: Style) -> pl.DataFrame:
    """Every column as the text that the file will hold; nulls stay."""
    return frame.with_columns(
        pl.col(name).dt.strftime(style.times if isinstance(dtype, pl.Datetime) else style.times[: style.times.index(" ")])
        if dtype.is_temporal()
        else pl.col(name).cast(pl.String)
        for name, dtype in frame.schema.items()
        if dtype != pl.String
    )


_LAST = {"blank_column": 1, "repeated_header": 2}


def soiled(texts: pl.DataFrame, feed: Feed, style: Style, rng: np.random.Generator) -> pl.DataFrame:
    """The texts with the style's faults, in the declared order; a column is blanked and the header repeated last."""
    for fault in sorted(style.faults, key=lambda d: _LAST.get(d.kind, 0)):
        if texts.height:
            texts = _KINDS[fault.kind](texts, feed, fault, rng)
    return texts


def _rows(texts: pl.DataFrame, fault: cal.files.DataFault, rng: np.random.Generator, among: pl.Series | None = None) -> np.ndarray:
    """Positions that the fault touches: its share of the file, at least one, where there is a candidate."""
    candidates = np.arange(texts.height) if among is None else np.flatnonzero(among.to_numpy())
    wanted = min(len(candidates), max(1, round(texts.height * fault.share)))
    return np.sort(rng.choice(candidates, wanted, replace=False))


def _optional(texts: pl.DataFrame, feed: Feed) -> list[str]:
    return [c for c in texts.columns if c in feed.by_name and not feed.by_name[c].required]


def _fill_blanks(
    texts: pl.DataFrame, columns: list[str], words: tuple[str, ...], fault: cal.files.DataFault, rng: np.random.Generator
) -> pl.DataFrame:
    """Blank cells of some rows say one of the words instead."""
    for name in columns:
        where = _rows(texts, fault, rng, texts[name].is_null())
        texts = texts.with_columns(texts[name].scatter(where, draw.take(list(words), rng.integers(0, len(words), len(where)))))
    return texts


def _null_texts(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    return _fill_blanks(texts, _optional(texts, feed), cal.files.NULL_TEXTS, fault, rng)


def _blank_texts(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    return _fill_blanks(texts, _optional(texts, feed), cal.files.BLANK_TEXTS, fault, rng)


def _zero_times(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    columns = [c for c in _optional(texts, feed) if feed.by_name[c].type == "timestamp"]
    return _fill_blanks(texts, columns, (cal.files.ZERO_TIME,), fault, rng)


def _padded(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    """Spaces around the values of some rows."""
    where = _rows(texts, fault, rng)
    return texts.with_columns(s.scatter(where, ("  " + s + " ").gather(where)) for s in texts.get_columns())


def _code_spellings(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    """Other spellings of a code, as the contract knows them."""
    spellings = cal.files.CODE_SPELLINGS[fault.column]
    column = texts[fault.column]
    where = _rows(texts, fault, rng, column.is_in(list(spellings)))
    return texts.with_columns(column.scatter(where, column.gather(where).replace(dict(spellings))))


def _blank_column(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    return texts.with_columns(pl.lit(None, dtype=pl.String).alias(fault.column))


def _extra_column(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    name, values = cal.files.EXTRA_COLUMN
    return texts.with_columns(draw.take(list(values), rng.integers(0, len(values), texts.height)).alias(name))


def _quoted_newline(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    """A column that the contract does not know, with line breaks, commas and quotes in some rows."""
    name, values = cal.files.REMARKS_COLUMN
    where = _rows(texts, fault, rng)
    remarks = pl.Series(name, [None], dtype=pl.String).new_from_index(0, texts.height)
    return texts.with_columns(remarks.scatter(where, draw.take(list(values), rng.integers(0, len(values), len(where)))))


def _column_order(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    return texts.select([texts.columns[i] for i in rng.permutation(len(texts.columns))])


def _inserted(texts: pl.DataFrame, rows: pl.DataFrame, after: np.ndarray) -> pl.DataFrame:
    """The texts with each row put in behind the row at its place."""
    place = np.concatenate([np.arange(texts.height), after])
    return pl.concat([texts, rows.select(texts.columns)])[np.argsort(place, kind="stable")]


def _exact_duplicates(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    where = _rows(texts, fault, rng)
    return _inserted(texts, texts[where], where)


def _repeated_header(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    """The header stands once more in the middle; `headers_of` gives the words, which the writer puts in."""
    row = pl.DataFrame({c: [REPEATED_HEADER] for c in texts.columns})
    return _inserted(texts, row, np.array([texts.height // 2]))


def _spoilt_copies(texts: pl.DataFrame, feed: Feed, where: np.ndarray, suffix: str) -> pl.DataFrame:
    """Copies of rows under keys of their own, so that spoiling and losing them changes no figure."""
    return texts[where].with_columns(pl.col(feed.key[0]) + pl.lit(suffix))


def _invalid_times(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    where = _rows(texts, fault, rng)
    wrong = draw.take(list(cal.files.INVALID_TIMES), rng.integers(0, len(cal.files.INVALID_TIMES), len(where)))
    rows = _spoilt_copies(texts, feed, where, "-E").with_columns(wrong.alias(str(feed.event_time)))
    return _inserted(texts, rows, where)


def _missing_keys(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    where = _rows(texts, fault, rng)
    rows = texts[where].with_columns(pl.lit(None, dtype=pl.String).alias(feed.key[0]))
    return _inserted(texts, rows, where)


def _invalid_values(texts: pl.DataFrame, feed: Feed, fault: cal.files.DataFault, rng: np.random.Generator) -> pl.DataFrame:
    words = cal.files.INVALID_VALUES[fault.column]
    where = _rows(texts, fault, rng)
    wrong = draw.take(list(words), rng.integers(0, len(words), len(where)))
    return _inserted(texts, _spoilt_copies(texts, feed, where, "-V").with_columns(wrong.alias(fault.column)), where)


REPEATED_HEADER = "\x00header"  # stands for the header's own words until the writer knows them

_KINDS: dict[str, Callable[[pl.DataFrame, Feed, cal.files.DataFault, np.random.Generator], pl.DataFrame]] = {
    "null_texts": _null_texts,
    "blank_texts": _blank_texts,
    "zero_times": _zero_times,
    "padded": _padded,
    "code_spellings": _code_spellings,
    "blank_column": _blank_column,
    "extra_column": _extra_column,
    "quoted_newline": _quoted_newline,
    "column_order": _column_order,
    "exact_duplicates": _exact_duplicates,
    "repeated_header": _repeated_header,
    "invalid_times": _invalid_times,
    "missing_keys": _missing_keys,
    "invalid_values": _invalid_values,
}
