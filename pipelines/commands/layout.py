"""`scorecards inspect` and `scorecards layout check`: what a file holds, and what a layout makes of it, without the warehouse."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from rich.markup import escape

from pipelines.commands.console import console, print_table
from pipelines.contracts.layouts import read_layout
from pipelines.contracts.loading import load_contracts
from pipelines.ingest.conform import conform
from pipelines.ingest.files import FileRefused, ending_of
from pipelines.ingest.headers import unexpected_text
from pipelines.ingest.inspection import Inspection, inspect, layout_text
from pipelines.ingest.tables import fingerprint, open_table
from pipelines.settings import Settings

MONTHS_SHOWN = 6


def inspect_file(settings: Settings, path: Path, feed: str | None, layout_path: Path | None) -> int:
    """Say what a file holds and which feed it fits; with `layout_path`, write a layout to finish. Returns 0, or 2 for a file or feed that is none."""
    contracts = load_contracts(extra_layouts=settings.layouts_dir)
    if feed is not None and feed not in contracts.feeds:
        console.print(f"There is no feed {escape(feed)}; there are {', '.join(contracts.feeds)}.")
        return 2
    if layout_path is not None and layout_path.exists():
        console.print(f"{escape(str(layout_path))} exists; name another file, or remove it.")
        return 2
    # A file in the landing folder says by its folder which feed it is of.
    feed = feed or next((part for part in reversed(path.resolve().parts[:-1]) if part in contracts.feeds), None)
    try:
        found = inspect(path, contracts, feed)
    except FileRefused as error:
        console.print(f"{escape(path.name)} {escape(str(error))}.")
        return 2
    for seen in found:
        _print_inspection(seen, path, is_asked=feed is not None)
    if layout_path is not None:
        best = max(found, key=lambda seen: (seen.match.fits, seen.match.columns_found))
        layout_path.parent.mkdir(parents=True, exist_ok=True)
        layout_path.write_text(layout_text(best, path), encoding="utf-8")
        console.print(f"Wrote {escape(str(layout_path))}. Finish it, and try it: scorecards layout check {escape(f'{layout_path} {path}')}")
    return 0


def _print_inspection(seen: Inspection, path: Path, is_asked: bool) -> None:
    raw = seen.raw
    written = [raw.sheet and f"sheet {raw.sheet}", raw.encoding, raw.delimiter and f"fields between {raw.delimiter!r}"]
    rows = [
        [
            *(column.header, column.type, column.format, f"{column.filled:.0%}", column.distinct, "key" if column.is_key else None),
            *(" to ".join(column.spread) if column.spread else None, "  ".join(column.shapes)),
        ]
        for column in seen.columns
    ]
    print_table(
        escape(f"{path.name}: {', '.join(w for w in (*written, f'header in row {seen.header_row}', f'{seen.row_count:,} rows looked at') if w)}"),
        ["column", "type", "format", "filled", "different", "unique", "spread", "shapes"],
        rows,
    )
    match = seen.match
    if not match.columns_found:
        console.print("Its headers are none that a contract knows; --feed says of which feed it is.")
        if not is_asked:
            return
    console.print(f"Feed {seen.feed.name}: {match.columns_found} of {len(seen.feed.columns)} columns are recognised.")
    if match.missing:
        console.print(
            f"Missing: {', '.join(match.missing)}. A layout names their headers, derives them, or gives a constant (--write-layout FILE begins one)."
        )
    for column, first, second in match.repeated:
        console.print(escape(f"Two headers mean {column}: {first} and {second}; a layout says which."))


def check_layout(settings: Settings, layout_path: Path, path: Path) -> int:
    """Try a layout on a file: rows accepted, rejects by reason, accepted rows by month, the measures that they feed. Raises ContractError.

    Returns 0 where rows are accepted, 2 where the file cannot be read by the layout, 1 where it can and no row is accepted.
    """
    contracts = load_contracts()
    layout = read_layout(layout_path, contracts.feeds)
    ending = ending_of(path.name)
    try:
        if ending is None:
            raise FileRefused("has an ending that is not read (csv, csv.gz, xlsx, parquet)")
        table = open_table(path, ending, fingerprint(path, ending, [layout]), [layout])
        blocks = [conform(block, layout, table.is_typed, table.is_comma_doubtful) for block in table.blocks]
    except FileRefused as error:
        console.print(f"{escape(path.name)} {escape(str(error))}.")
        return 2
    accepted = pl.concat([block.accepted for block in blocks]) if blocks else pl.DataFrame()
    rejects = pl.concat([block.rejects for block in blocks]) if blocks else pl.DataFrame()
    read = sum(block.rows_read for block in blocks)
    console.print(f"{escape(path.name)} as {layout.name}: {read:,} rows read, {accepted.height:,} accepted, {read - accepted.height:,} rejected.")
    if missing := table.match.not_found:
        console.print(f"The file lacks the headers that the layout names for {', '.join(missing)}: these columns stay empty.")
    if unread := unexpected_text(table.match):
        console.print(f"Not read: {escape(unread)}.")
    if rejects.height:
        by_reason = rejects.group_by("column_name", "rule").agg(pl.len(), pl.col("file_row").min().alias("first")).sort("len", descending=True)
        print_table("Rejected, by reason", ["column", "rule", "rows", "first row"], by_reason.iter_rows())
    if accepted.height and layout.event_time:
        _print_months(accepted, layout.event_time, [c for c in layout.volume_by if c in accepted.columns])
        _print_measures(accepted, layout.name)
    return 0 if accepted.height else 1


def _print_months(accepted: pl.DataFrame, event_time: str, parts: list[str]) -> None:
    month = pl.col(event_time).cast(pl.Date).dt.strftime("%Y-%m").alias("month")
    counted = accepted.group_by(month, *parts).agg(pl.len().alias("rows")).sort("month", *parts)
    months = counted["month"].unique().sort().head(MONTHS_SHOWN)
    shown = counted.filter(pl.col("month").is_in(months.implode()))
    print_table(f"Accepted rows by month of {event_time} (the first {len(months)})", counted.columns, shown.iter_rows())


def _print_measures(accepted: pl.DataFrame, feed: str) -> None:
    """The measures that the rows feed; of returned figures, the figures."""
    from pipelines.catalogue.catalogue import read_catalogue

    catalogue = read_catalogue()
    entries = catalogue.entries()
    if {"measure_id", "value", "period_end"} <= set(accepted.columns):
        place = "area_id" if "area_id" in accepted.columns else "comparator"
        figures = accepted.select("measure_id", place, "period_end", "value").sort("measure_id", place, "period_end")
        print_table("Figures (the first 40)", figures.columns, ([*row[:2], str(row[2]), row[3]] for row in figures.head(40).iter_rows()))
        if unknown := sorted(set(figures["measure_id"]) - {entry["id"] for entry in entries}):
            console.print(f"The catalogue has no measure {escape(', '.join(unknown))}.")
        return
    facts = {name for name, fact in catalogue.facts.items() if feed in fact.feeds}
    if fed := sorted(entry["id"] for entry in entries if entry.get("fact") in facts):
        console.print(f"{feed} feeds {len(fed)} measures: {', '.join(fed)}.")
