"""csv, csv.gz, xlsx and parquet as one thing: a matched header and blocks of text columns under canonical names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.contracts.model import Feed
from pipelines.ingest.csv_records import TextFacts, hash_file, inspect_text
from pipelines.ingest.csv_tables import open_csv
from pipelines.ingest.files import FileRefused
from pipelines.ingest.parquet_tables import open_parquet
from pipelines.ingest.shape import Table
from pipelines.ingest.sheet_tables import open_sheet, open_xlsx


@dataclass(frozen=True)
class Fingerprint:
    """The first pass over a file: the hash of its bytes and, for text, what kind of text it is."""

    file_hash: str
    text: TextFacts | FileRefused | None = None


def fingerprint(path: Path, ending: str, layouts: Sequence[Feed]) -> Fingerprint:
    """Hash a file; for csv and csv.gz learn its encoding in the same pass."""
    if ending in (".csv", ".csv.gz"):
        encoding = next((layout.encoding for layout in layouts if layout.encoding), None)
        return Fingerprint(*inspect_text(path, ending == ".csv.gz", encoding))
    return Fingerprint(hash_file(path))


def open_table(path: Path, ending: str, first_pass: Fingerprint, layouts: Sequence[Feed]) -> Table:
    """The file's table. Raises FileRefused (also while its blocks are read)."""
    if ending == ".xlsx" and layouts[0].is_whole:
        return open_sheet(path, layouts)
    if ending == ".xlsx":
        return open_xlsx(path, layouts)
    if ending == ".parquet":
        return open_parquet(path, layouts)
    if isinstance(first_pass.text, FileRefused):
        raise first_pass.text
    assert first_pass.text is not None
    return open_csv(path, ending == ".csv.gz", first_pass.text, layouts)
