"""`python -m tests.fuzz.worker FOLDER SEED FIRST LAST`: takes mutants in, one after the other, and prints the outcome of each as a line of JSON."""

from __future__ import annotations

import json
import re
import resource
import shutil
import sys
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.contracts.loading import load_contracts
from pipelines.ingest.feed import ingest_feed
from pipelines.ingest.files import ending_of
from pipelines.warehouse import create_tables, open_build
from tests.fuzz.mutants import CASES, Mutant, mutant
from tests.fuzz.records import records_of
from tests.landing import NOW, Landing

# What a message about a file must not hold: the name of an unforeseen error.
UNFORESEEN = re.compile(r"cannot be read \(\w*(Error|Exception|Interrupt)\b")


def processor_seconds() -> float:
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def megabytes() -> float:
    """The peak of this process and of those that it started. Its own stands in /proc: ru_maxrss begins with what its parent held."""
    own = int(re.findall(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)[0])
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def take(landing: Landing, connection: duckdb.DuckDBPyConnection, one: Mutant, now: datetime) -> list[str]:
    """What is wrong with how a mutant was taken in; empty where nothing is."""
    folder = landing.settings.landing_dir
    shutil.rmtree(folder, ignore_errors=True)
    path = folder / one.feed / one.file_name
    path.parent.mkdir(parents=True)
    path.write_bytes(one.content)
    outcome = ingest_feed(connection, one.feed, landing.contracts, landing.settings, "fuzz", now)
    if not outcome.files:
        return []  # known: the same bytes as an earlier mutant
    (file,) = outcome.files
    said = file.message or ""
    if file.status == "refused":
        return [f"unforeseen: {said}"] if UNFORESEEN.search(said) else []
    if file.status != "loaded":
        return [f"{file.status}: {said}"]
    query = connection.execute
    (accepted,) = query(f"select count(*) from raw.{one.feed} where _load_id = ?", [file.load_id]).fetchone()
    (rejected,) = query("select count(distinct file_row) from ingest.rejects where load_id = ?", [file.load_id]).fetchone()
    wrong = []
    if (file.rows_accepted, file.rows_rejected) != (accepted, rejected) or file.rows_read != accepted + rejected:
        said = f"{file.rows_read} read, {file.rows_accepted} accepted and {file.rows_rejected} rejected"
        wrong.append(f"{said}, but {accepted} in raw and {rejected} with reasons")
    feed = next(x for x in landing.contracts.layouts[one.feed] if x.layout == file.layout)
    if feed.layout == "canonical":
        expected = records_of(feed, ending_of(path.name), one.content)
        if expected not in (None, file.rows_read):
            wrong.append(f"{file.rows_read} rows read, {expected} records counted")
    return wrong


def main(folder: Path, seed: int, first: int, last: int) -> None:
    layouts = folder / "layouts"
    layouts.mkdir(exist_ok=True)
    for path in CASES.glob("*/layouts/*.yaml"):
        shutil.copy(path, layouts / path.name)
    landing = Landing.at(folder)
    landing.contracts = load_contracts(extra_layouts=layouts)
    with open_build(landing.settings) as connection:
        create_tables(connection, landing.contracts)
        for number in range(first, last):
            one = mutant(seed, number)
            before = processor_seconds()
            wrong = take(landing, connection, one, NOW)
            print(json.dumps({"number": number, "wrong": wrong, "seconds": processor_seconds() - before, "megabytes": megabytes()}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
