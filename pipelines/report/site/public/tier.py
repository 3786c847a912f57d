"""The public tier as a database of its own: in it there is nothing that the public may not see, whatever a page asks for."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.report.marts import Marts, MartsError

# What each measure counts, in words: no figure, and nothing of how the force is organised.
DEFINITION = (
    "measure_id",
    "title",
    "definition",
    "population_text",
    "exclusions",
    "unit",
    "direction",
    "headline_period",
    "basis",
)
# table -> the columns and rows that the public may see
TABLES = {
    "scorecards.public": ("*", "true"),
    "scorecards.cards": ("*", "disclosure_tier = 'public'"),
    "scorecards.tier_summaries": ("*", "tier = 'public'"),
    "core.dim_measure": (", ".join(DEFINITION), "measure_id in (select lines.measure_id from marts.scorecards.public as lines)"),
}


def open_public_tier(marts_path: Path) -> Marts:
    """A database in memory with these tables, their keys among them, that can reach nothing else. Raises MartsError."""
    with Marts.open(marts_path) as marts:
        published = marts.tables
    if missing := set(TABLES) - set(published):
        raise MartsError(f"the published marts lack {', '.join(sorted(missing))}: `scorecards run` publishes them")
    connection = duckdb.connect()
    connection.execute(f"attach '{str(marts_path).replace(chr(39), chr(39) * 2)}' as marts (read_only)")
    for name, (columns, condition) in TABLES.items():
        connection.execute(f"create schema if not exists {name.partition('.')[0]}")
        connection.execute(f"create table {name} as select {columns} from marts.{name} where {condition}")
        connection.execute(f"alter table {name} add primary key ({', '.join(published[name].key)})")
    connection.execute("detach marts")
    connection.execute("set enable_external_access = false; set lock_configuration = true")
    return Marts(connection)
