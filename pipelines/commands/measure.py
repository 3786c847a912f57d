"""`scorecards measure`: helps an analyst to add a measure, and says at once what is wrong with one."""

from __future__ import annotations

from pathlib import Path

from pipelines.catalogue.catalogue import CATALOGUE_DIR, fact_columns, read_catalogue
from pipelines.catalogue.compiler import compile_catalogue, resolve
from pipelines.catalogue.entries import TO_FILL_IN
from pipelines.catalogue.reading import not_one_of
from pipelines.catalogue.statistics import SEGMENTS_OF_THEIR_ROWS, STATISTICS, WITHOUT_SEGMENTS
from pipelines.commands.console import console

# What each field asks of the analyst, in a new entry.
EXAMPLES = {
    "numerator": "is_abandoned",
    "of": "wait_seconds",
    "per": "1000",
    "segment_by": "line",
    "where": "is_answered",
    "margin": "margin",
    "unit": "count",
    "rolls_up": "sum",
}
# The same of a survey's estimate, whose columns are others.
OF_ESTIMATES = {"where": "measure_id = 'csew_treat_fairly'", "of": "value"}


class MeasureError(ValueError):
    """A new measure cannot be written; the message says why and what to do."""


def check_measures(measure_id: str | None) -> int:
    """Check the catalogue, write what dbt reads of it, and show how one measure will be computed. Returns 0; raises CatalogueError."""
    catalogue = read_catalogue(columns=fact_columns())
    compile_catalogue()
    data = resolve(catalogue)
    measures = {measure["id"]: measure for measure in data["measures"]}
    if measure_id is None:
        console.print(f"{len(measures)} measures are well formed; `scorecards run` rebuilds with them.")
        return 0
    if measure_id not in measures:
        raise MeasureError(not_one_of("measure", measure_id, measures))
    measure = measures[measure_id]
    console.print(f"[bold]{measure['title']}[/bold] ({measure_id}). {measure['definition']}")
    console.print(f"  {measure['numerator']}" + (f"\n  ÷ {measure['denominator']}" if measure["denominator"] else ""), markup=False)
    console.print(
        f"  {measure['unit']}, better is {measure['direction']}; areas: {', '.join(measure['levels'])}; feeds: {', '.join(measure['feeds'])}; "
        f"headline: {measure['headline_period']}; change: {measure['yoy_basis']}"
    )
    console.print("It is well formed; `scorecards run` rebuilds with it.")
    return 0


def new_measure(measure_id: str, file: str, statistic: str, folder: Path = CATALOGUE_DIR) -> int:
    """Append an entry to fill in to measures/<file>.yaml. Returns 0.

    Raises MeasureError where the file or the statistic is not known, or the id is taken.
    """
    files = {path.stem: path for path in sorted((folder / "measures").glob("*.yaml"))}
    if file not in files:
        raise MeasureError(not_one_of("file", file, files))
    if statistic not in STATISTICS:
        raise MeasureError(not_one_of("statistic", statistic, STATISTICS))
    for path in files.values():
        if f"- id: {measure_id}\n" in path.read_text(encoding="utf-8"):
            raise MeasureError(f"the id {measure_id} is taken in measures/{path.name}; choose another")
    lines = [
        f"- id: {measure_id}",
        f"  title: {TO_FILL_IN} what readers see",
        f"  definition: {TO_FILL_IN} one plain sentence.",
        f"  statistic: {statistic}",
        f"  population: {TO_FILL_IN} which rows, in words",
    ]
    needs = STATISTICS[statistic].needs
    if "fact" in needs:
        lines += [
            "  fact: fct_force_calls  # one of facts.yaml",
            "  where: is_answered  # a condition on the fact's columns; leave it out for all rows",
        ]
    for field in needs:
        if field in {"numerator", "denominator"} and statistic in {"rate", "ratio"}:
            lines.append(f"  {field}: {{fact: fct_logs, where: is_deployed}}  # or {{measure: id}}")
        elif field == "numerator" and statistic == "population_rate":
            lines.append("  numerator: {measure: recorded_crime_volume}  # what is counted")
        elif field != "fact":
            lines.append(f"  {field}: {OF_ESTIMATES.get(field, EXAMPLES[field]) if statistic == 'estimate' else EXAMPLES[field]}")
    if statistic not in WITHOUT_SEGMENTS | SEGMENTS_OF_THEIR_ROWS and "segment_by" not in needs:
        lines.append("  # segment_by: a column of the fact, for one more row per value")
    lines += ["  direction: decrease  # which way is better: increase, decrease, neutral", "  # targets:", "  # - {value: 90, type: ambition}"]
    path = files[file]
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    console.print(f"An entry to fill in stands at the end of {path.relative_to(folder.parent.parent)}; then `scorecards measure check {measure_id}`.")
    return 0
