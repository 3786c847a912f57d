"""The demonstration's own date: its extracts end in the past, and nothing of them is late, because nothing more was to come.

`scorecards demo` writes the date beside the landing folder. It holds until a feed has an event after it: then other data have come in.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb

from pipelines.settings import Settings

AS_AT = date(2023, 10, 2)


def declare(settings: Settings, as_at: date = AS_AT) -> Path:
    """Write down that the data directory holds a demonstration, and its date."""
    settings.demonstration_path.parent.mkdir(parents=True, exist_ok=True)
    settings.demonstration_path.write_text(json.dumps({"as_at": as_at.isoformat()}) + "\n", encoding="utf-8")
    return settings.demonstration_path


def declared_date(settings: Settings, connection: duckdb.DuckDBPyConnection) -> date | None:
    """The demonstration's date; None where none is declared, or where the warehouse holds an event after it."""
    try:
        as_at = date.fromisoformat(json.loads(settings.demonstration_path.read_text(encoding="utf-8"))["as_at"])
    except FileNotFoundError:
        return None
    (later,) = connection.execute("select count(*) from intermediate.int_feed_days where local_date > ?", [as_at]).fetchone() or (0,)
    return None if later else as_at
