"""`scorecards explain MEASURE`: what a figure is, what it rests on, and where its rows came from."""

from __future__ import annotations

from datetime import date

import duckdb

from pipelines.commands.console import console, print_table
from pipelines.settings import Settings

DEFINITION = "select * from core.dim_measure where measure_id = ?"
VALUES = """
select period_type, period_end, segment, numerator, denominator, value, unit, is_complete, quality_grade, caveat
from measures.measure_values
where measure_id = $measure and area_id = $area and segment = 'all'
  and ($month is null or (period_type in ('month', 'r12m') and period_end = last_day($month::date)))
order by period_type, period_end desc
"""
COMPARISONS = """
select period_type, comparison, base_value, change, change_pct, is_comparable, reason
from measures.measure_comparisons
where measure_id = $measure and area_id = $area and segment = 'all' and period_end = $period_end
order by period_type, comparison
"""
FILES = """
select feed, file_path, rows_accepted, rows_rejected
from quality.feed_outcomes
where list_contains(string_split($feeds, ','), feed) and status = 'loaded'
order by loaded_at desc, file_path desc
limit 10
"""
NEAREST = """
select measure_id from core.dim_measure
order by jaro_winkler_similarity(measure_id, ?) desc, measure_id
limit 5
"""


def print_explanation(settings: Settings, measure: str, area: str, month: date | None) -> int:
    """Print definition, values, comparisons and source files of a measure. Returns 0, or 2 where the names are not known."""
    if not settings.marts_path.exists():
        console.print("Nothing is published yet: `scorecards run` does it.")
        return 1
    with duckdb.connect(str(settings.marts_path), read_only=True) as marts:
        definition = marts.execute(DEFINITION, [measure])
        columns = [column[0] for column in definition.description or []]
        row = definition.fetchone()
        if row is None:
            near = [name for (name,) in marts.execute(NEAREST, [measure]).fetchall()]
            console.print(f"There is no measure {measure!r}. Nearest: {', '.join(near)}. `core.dim_measure` lists them all.")
            return 2
        known = dict(zip(columns, row, strict=True))
        areas = [name for (name,) in marts.execute("select area_id from core.dim_area order by 1").fetchall()]
        if area not in areas:
            console.print(f"There is no area {area!r}. Areas: {', '.join(areas)}.")
            return 2
        console.print(f"[bold]{known['title']}[/bold] ({measure})")
        console.print(str(known["definition"]))
        shown = [(key, value) for key, value in known.items() if key not in {"measure_id", "title", "definition"} and value not in (None, "")]
        print_table("Definition", ["", ""], [(key.replace("_", " "), str(value)) for key, value in shown])
        parameters = {"measure": measure, "area": area, "month": month}
        values = marts.execute(VALUES, parameters).fetchall()
        if not values:
            console.print(f"No value for {area}" + (f" in {month:%b %Y}" if month else "") + ": its feeds hold no rows there.")
            return 0
        latest = _latest_of_each_period(values) if month is None else values
        print_table(
            f"Values, {area}",
            ["period", "ends", "numerator", "denominator", "value", "unit", "complete", "grade", "caveat"],
            [[v[0], v[1], v[3], v[4], _rounded(v[5]), v[6], "yes" if v[7] else "no", v[8], v[9]] for v in latest],
        )
        period_end = next((v[1] for v in latest if v[0] == "month"), latest[0][1])
        comparisons = marts.execute(COMPARISONS, {"measure": measure, "area": area, "period_end": period_end}).fetchall()
        print_table(
            f"Comparisons at {period_end}",
            ["period", "comparison", "base", "change", "change %", "comparable", "reason"],
            [[c[0], c[1], _rounded(c[2]), _rounded(c[3]), _rounded(c[4]), "yes" if c[5] else "no", c[6]] for c in comparisons],
        )
        files = marts.execute(FILES, {"feeds": known.get("source_feeds") or ""}).fetchall()
        print_table("Newest source files", ["feed", "file", "accepted", "rejected"], files)
    return 0


def _latest_of_each_period(values: list[tuple]) -> list[tuple]:
    seen: dict[str, tuple] = {}
    for value in values:
        if value[7] and value[0] not in seen:
            seen[value[0]] = value
    return list(seen.values()) or values[:4]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
