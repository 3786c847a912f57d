"""Writes one extract as a file: under a temporary name, then renamed; the same rows give the same bytes."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import polars as pl
import xlsxwriter

from pipelines.atomic_file import atomic_write
from pipelines.contracts.model import Feed
from pipelines.synthetic import calibration as cal
from pipelines.synthetic import data_faults, draw
from pipelines.synthetic.extracts import Extract
from pipelines.synthetic.plan import Plan


@dataclass(frozen=True)
class WrittenFile:
    """One file of the landing folder: its feed, where it is, and its data rows (faults included, the header not)."""

    feed: str
    path: Path
    rows: int


def write_extract(landing_dir: Path, extract: Extract, feed: Feed, plan: Plan) -> WrittenFile:
    """The extract as a file in the feed's landing folder, in its declared style, with its declared faults."""
    style = data_faults.style_of(extract.feed, extract.month, plan.months_of(extract.feed), extract.is_correction)
    # the name is part of the seed: another one would draw other files
    rng = draw.generator(plan.seed, f"dirt {extract.stem}")
    frame = _with_file_columns(extract, feed, plan, rng)
    path = landing_dir / extract.feed / f"{extract.stem}.{style.file_format}"
    if style.file_format == "parquet":
        write_file(path, lambda file: frame.write_parquet(file, compression="zstd"))
        return WrittenFile(extract.feed, path, frame.height)
    if style.file_format == "xlsx":
        write_file(path, lambda file: file.write(_workbook(data_faults.spelt_booleans(frame, style), extract)))
        return WrittenFile(extract.feed, path, frame.height)
    frame = data_faults.spelt_booleans(frame, style)
    if style.faults:
        frame = data_faults.soiled(data_faults.as_texts(frame, style), feed, style, rng)
    headers = data_faults.headers_of(frame.columns, feed, style.header)
    if any(d.kind == "repeated_header" for d in style.faults):
        frame = frame.with_columns(pl.col(c).replace(data_faults.REPEATED_HEADER, headers[c]) for c in frame.columns)
    write_csv(path, frame.rename(headers), bom=style.bom, times=style.times)
    return WrittenFile(extract.feed, path, frame.height)


def _with_file_columns(extract: Extract, feed: Feed, plan: Plan, rng: np.random.Generator) -> pl.DataFrame:
    """The rows with the file's spelling of the force and, where the feed has it, the extract time, in the contract's order."""
    frame = extract.frame
    spelling = draw.texts(rng, cal.files.FORCE_SPELLINGS, 1)[0] if plan.is_of_home_force else plan.force_code
    if "force_code" in frame.columns:
        frame = frame.with_columns(pl.col("force_code").replace(cal.files.FORCE_CODE, spelling))
    elif "force_code" in feed.required:
        frame = frame.with_columns(pl.lit(spelling).alias("force_code"))
    if not plan.is_of_home_force:  # the same streams make every force's rows, and BT gives no number twice
        numbers = [column for column in cal.files.NUMBERS_OF_BT if column in frame.columns]
        frame = frame.with_columns(pl.concat_str(pl.lit(f"{plan.force_code}-"), column).alias(column) for column in numbers)
    if cal.files.EXTRACTS[extract.feed].has_extracted_at:
        frame = frame.with_columns(pl.lit(extract.taken).cast(pl.Datetime("ms")).alias("extracted_at"))
    return frame.select(c.name for c in feed.columns if c.name in frame.columns)


def write_csv(path: Path, frame: pl.DataFrame, *, bom: bool = False, times: str = data_faults.ISO_TIMES) -> None:
    """The frame as csv, or as csv.gz if the path says so."""

    def write(file: IO[bytes]) -> None:
        text = io.BytesIO() if path.suffix == ".gz" else file
        frame.write_csv(text, include_bom=bom, datetime_format=times, date_format=times[: times.index(" ")])
        if isinstance(text, io.BytesIO):
            file.write(gzip.compress(text.getvalue(), compresslevel=1, mtime=0))

    write_file(path, write)


def _workbook(frame: pl.DataFrame, extract: Extract) -> bytes:
    """The frame as a workbook with real dates; its creation date is the extract's, so that bytes do not change."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        book.set_properties({"created": extract.taken})
        frame.write_excel(book, worksheet="Extract", autofit=False, dtype_formats={pl.Datetime("ms"): "yyyy-mm-dd hh:mm:ss"})
    return memory.getvalue()


def write_file(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """The file, in its folder, made where it is missing: a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part, part.open("wb") as file:
        write(file)
