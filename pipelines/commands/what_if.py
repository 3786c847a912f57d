"""`scorecards what-if`: what more calls, longer calls or fewer operators do to waits and abandonment, from the published half hours."""

from __future__ import annotations

import math
from calendar import day_name
from collections.abc import Sequence
from datetime import time
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from pipelines.commands.console import console, print_table
from pipelines.demand.queues import Whole, rostered_for
from pipelines.demand.what_if import Change, Week, outcome
from pipelines.report.units import duration_text, value_text
from pipelines.settings import Settings

HALF_HOURS = """
with latest as (
    select max(local_date) as local_date from measures.interval_demand where area_id = $area
)

select
    line,
    isodow(local_date) as weekday,
    interval_start_local::time as start_time,
    avg(offered_count) as offered,
    sum(handled_seconds)::double as handled_seconds,
    sum(handled_count)::double as handled,
    sum(answered_wait_seconds + abandoned_wait_seconds)::double as waited_seconds,
    sum(abandoned_count)::double as abandoned,
    arg_max(within_seconds, local_date)::double as within_seconds,
    arg_max(target_pct, local_date) as target_pct,
    min(local_date) as first_date,
    max(local_date) as last_date
from measures.interval_demand
where area_id = $area and ($line is null or line = $line) and local_date > (select latest.local_date from latest) - 7 * $weeks::integer
group by all
order by line, weekday, start_time
"""


def print_what_if(
    settings: Settings,
    area: str,
    line: str | None,
    weeks: int,
    offered: Change,
    handling: Change,
    operators: Change,
    shrinkage: float,
    max_occupancy: float,
    csv: Path | None,
) -> int:
    """Print each line's usual week staffed to its target, and the changed one. Returns 0, 1 where nothing is published, or 2 where nothing fits."""
    if not settings.marts_path.exists():
        console.print("Nothing is published yet: `scorecards run` does it.")
        return 1
    with duckdb.connect(str(settings.marts_path), read_only=True) as marts:
        half_hours = marts.execute(HALF_HOURS, {"area": area, "line": line, "weeks": weeks}).pl()
        if half_hours.is_empty():
            known = marts.execute("select distinct area_id, line from measures.interval_demand order by all").fetchall()
            console.print(
                f"There are no calls of line {line or 'any'} and area {area}. There are: {', '.join(f'{a} {n}' for a, n in known) or 'none'}."
            )
            return 2
    first_date, last_date = half_hours.select(pl.col("first_date").min(), pl.col("last_date").max()).row(0)
    console.print(
        f"The usual week of {area}, {first_date:%-d %B %Y} to {last_date:%-d %B %Y}. "
        "The operators are those whom the target needs, not those of a rota."
    )
    written = []
    for (name,), rows in half_hours.group_by("line", maintain_order=True):
        written.append(_print_line(str(name), rows, offered, handling, operators, shrinkage, max_occupancy))
    found = [frame for frame in written if frame is not None]
    if csv is not None and found:
        pl.concat(found).write_csv(csv)
        console.print(f"Every half hour of the week: {csv}")
    return 0 if found else 2


def _print_line(
    line: str, rows: pl.DataFrame, offered: Change, handling: Change, operators: Change, shrinkage: float, max_occupancy: float
) -> pl.DataFrame | None:
    """One line's tables; its half hours, or None where it has no target or no handling times."""
    target = rows["target_pct"].drop_nulls()
    if target.is_empty():
        console.print(f"\nLine {line} has no target (seed service_levels), so that no operators can be worked out.")
        return None
    try:
        week = Week.observed(
            rows["offered"].to_numpy(),
            handled_seconds=float(rows["handled_seconds"].sum()),
            handled=float(rows["handled"].sum()),
            waited_seconds=float(rows["waited_seconds"].sum()),
            abandoned=float(rows["abandoned"].sum()),
            within_seconds=rows["within_seconds"].drop_nulls()[-1],
            target_share=target[-1] / 100,
            max_occupancy=max_occupancy,
        )
        changed = week.changed(offered, handling)
    except ValueError as error:
        console.print(f"\nLine {line}: {error}.")
        return None
    needed, needed_then = week.needed(), changed.needed()
    present: Whole = operators.of(needed).astype(np.int64)
    console.print(
        f"\nLine {line}: target {target[-1]:g}% in {week.within_seconds:g} seconds. "
        f"Callers would wait {duration_text(week.patience_seconds)} on average before they give up."
    )
    print_table(
        "",
        ("", "calls per week", "handling", "answered in time", "average wait", "abandoned", "occupancy", "operator hours", "to roster"),
        [
            _case("as needed now", week, needed, shrinkage),
            _case("what if", changed, present, shrinkage),
            _case("as needed then", changed, needed_then, shrinkage),
        ],
    )
    short = needed_then - present
    if short.max() > 0:
        worst = int(short.argmax())
        console.print(
            f"{int((short > 0).sum())} of {len(short)} half hours would be short of the target, "
            f"most {_when(rows, worst)}: {present[worst]} operators where {needed_then[worst]} are needed."
        )
    else:
        console.print("The target would be met in every half hour.")
    return rows.select("line", "weekday", "start_time", "offered").with_columns(
        pl.Series("needed_now", needed),
        pl.Series("offered_then", changed.calls_per_hour / 2),
        pl.Series("operators_then", present),
        pl.Series("needed_then", needed_then),
    )


def _case(name: str, week: Week, operators: Whole, shrinkage: float) -> Sequence[str]:
    found = outcome(week, operators)
    return (
        name,
        f"{found.calls:,.0f}",
        duration_text(week.handling_seconds),
        _pct(found.answered_within),
        duration_text(found.mean_wait_seconds),
        _pct(found.abandonment),
        _pct(found.occupancy),
        f"{found.operator_hours:,.1f}",
        f"{rostered_for(operators, shrinkage).sum() / 2:,.1f}",
    )


def _pct(share: float) -> str:
    return "none" if math.isnan(share) else str(value_text(100 * share, "pct"))


def _when(rows: pl.DataFrame, position: int) -> str:
    start: time = rows["start_time"][position]
    return f"on {day_name[rows['weekday'][position] - 1]} from {start:%H:%M}"
