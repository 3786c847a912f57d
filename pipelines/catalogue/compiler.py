"""From the catalogue to what dbt needs: each measure resolved to the sums, rows or snapshots it is made of, written as one generated macro.

`python -m pipelines.catalogue.compiler` writes everything that is generated from the catalogue; `scorecards run` does so where a file has changed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from pipelines.catalogue.catalogue import CATALOGUE_DIR, fact_columns, read_catalogue
from pipelines.catalogue.columns import DOCS_FILE, read_columns, render_columns_schema, render_docs
from pipelines.catalogue.entries import DRIVER_KINDS, Catalogue
from pipelines.catalogue.model import DriversFile, Entry, FactsFile, FindingsFile, FrameworksFile, MeasureFile, Side, ThresholdStep, UnitsFile
from pipelines.catalogue.statistics import STATISTICS, Statistic
from pipelines.settings import DBT_PROJECT_DIR

MACRO_FILE = Path("macros/_catalogue.sql")
FINDINGS_FILE = Path("macros/_findings.sql")
FRAMEWORKS_SEED = Path("seeds/frameworks.csv")
SCHEMA_FILES: dict[str, type[BaseModel]] = {
    "measures": MeasureFile,
    "facts": FactsFile,
    "units": UnitsFile,
    "drivers": DriversFile,
    "frameworks": FrameworksFile,
    "findings": FindingsFile,
}

HEADER = """\
{# Generated from pipelines/catalogue: change the YAML there, not this file.

   catalogue_data() is JSON: measures (every field filled in; `numerator_id` and `denominator_id` name components, `population_id` a population),
   components (monthly sums; two measures that count the same thing share one), populations (rows that quantiles are taken from, shared likewise),
   facts, units, quantiles (fractions by statistic) and driver_sets. Read it through catalogue() (macros/measures/catalogue.sql). #}
{% macro catalogue_data() %}
"""
FINDINGS_HEADER = """\
{# Generated from pipelines/catalogue/findings.yaml: change the YAML there, not this file.

   findings_data() is JSON: sections, numbers (with their types), relations (the numbers that each brings along) and rules. #}
{% macro findings_data() %}
"""
FOOTER = "{% endmacro %}\n"


class _Parts:
    """Components and populations, each kept once, under the name of the measure that asked first."""

    def __init__(self) -> None:
        self.components: dict[tuple[str, ...], dict[str, Any]] = {}
        self.populations: dict[tuple[str, ...], dict[str, Any]] = {}

    def component(self, id: str, fact: str, aggregate: str, where: str, segment_by: str | None) -> dict[str, Any]:
        return self.components.setdefault(
            (fact, aggregate, where, segment_by or ""),
            {
                "id": id,
                "fact": fact,
                "segment_by": segment_by,
                "sql": aggregate + ("" if where == "true" else f" filter (where {where})"),
                "words": f"{aggregate} of {_rows(fact, where)}",
            },
        )

    def population(self, id: str, fact: str, of: str, where: str) -> dict[str, Any]:
        return self.populations.setdefault((fact, of, where), {"id": id, "fact": fact, "where": both(where, f"{of} is not null"), "of": of})


def _rows(fact: str, where: str) -> str:
    return fact + ("" if where == "true" else f" where {where}")


def resolve(catalogue: Catalogue) -> dict[str, Any]:
    """The catalogue as dbt reads it: plain data, ready for JSON."""
    parts = _Parts()
    resolved: dict[str, dict[str, Any]] = {}
    # Measures that name another one come after those that name none.
    for names_others in (False, True):
        for measure in catalogue.measures:
            if _names_others(measure.entry) == names_others:
                resolved[measure.entry.id] = _resolve_measure(measure.domain, measure.entry, catalogue, parts, resolved)
    measures = [resolved[measure.entry.id] for measure in catalogue.measures]
    return {
        "facts": {name: fact.model_dump() for name, fact in catalogue.facts.items()},
        "units": {name: unit.model_dump() for name, unit in catalogue.units.items()},
        "units_per_residents": list(catalogue.units_per_residents.values()),
        "quantiles": {name: statistic.quantile for name, statistic in STATISTICS.items() if statistic.quantile is not None},
        "measures": measures,
        "components": list(parts.components.values()),
        "populations": list(parts.populations.values()),
        "driver_sets": [_driver_set(drivers, resolved, catalogue) for drivers in catalogue.drivers],
    }


def _names_others(entry: Entry) -> bool:
    return any(isinstance(side, Side) and side.measure is not None for side in (entry.numerator, entry.denominator))


def _resolve_measure(domain: str, entry: Entry, catalogue: Catalogue, parts: _Parts, resolved: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    name = entry.statistic or ""
    statistic = STATISTICS[name]
    unit = entry.unit or statistic.unit or catalogue.units_per_residents[entry.per]
    made = _made_of(entry, statistic, parts, resolved)
    facts: list[str] = made.pop("facts")
    levels = [
        level
        for level in catalogue.facts[facts[0]].levels
        if level in catalogue.facts[facts[-1]].levels and (not entry.levels or level in entry.levels)
    ]
    feeds = [feed for fact in facts for feed in catalogue.facts[fact].feeds] + list(statistic.feeds)
    default_period = {"snapshots": "snapshot", "estimates": "quarter"}.get(statistic.made_of, "month")
    headline_period = entry.headline_period or default_period
    if statistic.made_of == "returns" and entry.rolls_up == "none":
        default_basis = headline_period
    else:
        default_basis = statistic.yoy_basis or ("month" if unit == "seconds" else "r12m")
    return {
        "id": entry.id,
        "domain": domain,
        "title": entry.title,
        "definition": entry.definition,
        "in_words": entry.in_words,
        "population": entry.population,
        "exclusions": entry.exclusions,
        "statistic": name,
        "made_of": statistic.made_of,
        "scale": 1 if name in {"count", "sum"} else catalogue.units[unit].factor,
        "unit": unit,
        "direction": entry.direction,
        "headline_period": headline_period,
        "yoy_basis": entry.yoy_basis or default_basis,
        "segment_by": entry.segment_by,
        "segments": entry.segments or [],
        "seasonal": entry.seasonal or False,
        "sensitive": entry.sensitive or False,
        "hourly_profile": entry.hourly_profile or False,
        "operational": entry.operational or False,
        "basis": entry.basis,
        "owner": entry.owner,
        "frameworks": entry.frameworks or [],
        "plan_priority": entry.plan_priority,
        "themes": entry.themes or [],
        "process": entry.process,
        "lag_months": entry.lag_months or 0,
        "rolls_up": entry.rolls_up,
        "not_collected": entry.not_collected,
        "targets": [target.model_dump(mode="json", by_alias=True, exclude_none=True) for target in entry.targets or []],
        "sla_grade": entry.sla_grade,
        "fact": entry.fact or statistic.fact,
        "of": entry.of,
        "where": entry.where or "true",
        "margin": entry.margin,
        "feeds": list(dict.fromkeys(feeds)),
        "levels": levels,
        "numerator_id": None,
        "denominator_id": None,
        "population_id": None,
        "denominator": None,
    } | made


def _made_of(entry: Entry, statistic: Statistic, parts: _Parts, resolved: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What a measure is put together from: ids of its parts, both sides in words, and the facts it reads."""
    name, where, fact, of = entry.statistic or "", entry.where or "true", entry.fact or statistic.fact or "", entry.of or ""
    match statistic.made_of:
        case "components":
            return _summed(entry, fact, where, parts, resolved)
        case "snapshots":
            return {"numerator": f"{'sum(' if name == 'snapshot_sum' else 'count(distinct '}{of}) of {_rows(fact, where)}", "facts": [fact]}
        case "returns":
            return {"numerator": "as returned", "facts": [fact]}
        case "estimates":
            return {"numerator": f"{of} of {fact} where {where}", "facts": [fact]}
        case "quantiles":
            return {
                "population_id": parts.population(entry.id, fact, of, where)["id"],
                "numerator": f"{name} of {of} of {fact} where {where}",
                "denominator": f"count({of}) of {fact} where {where}",
                "facts": [fact],
            }


def _summed(entry: Entry, fact: str, where: str, parts: _Parts, resolved: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A measure of monthly sums: one of them, or two that are divided."""

    def rows(field: str, aggregate: str, condition: str) -> dict[str, Any]:
        return parts.component(f"{entry.id}.{field}" if field else entry.id, fact, aggregate, condition, entry.segment_by)

    def side(field: str) -> Mapping[str, Any]:
        one = getattr(entry, field)
        if one.measure is not None:
            wanted = resolved[one.measure]["numerator_id"]
            return next(component for component in parts.components.values() if component["id"] == wanted)
        return parts.component(f"{entry.id}.{field}", one.fact, f"sum({one.sum})" if one.sum else "count(*)", one.where or "true", entry.segment_by)

    match entry.statistic:
        case "count" | "sum":
            top = rows("", "count(*)" if entry.statistic == "count" else f"sum({entry.of})", where)
            return {"numerator_id": top["id"], "numerator": top["words"], "facts": [fact]}
        case "share" | "cohort_rate":
            condition = str(entry.numerator).replace("{threshold}", threshold_sql(entry.threshold or []))
            return _quotient(rows("numerator", "count(*)", both(where, condition)), rows("denominator", "count(*)", where))
        case "share_of_total":
            top = rows("numerator", "count(*)", where)
            return _quotient(top, top) | {"numerator": f"{top['words']}, the segment", "denominator": f"{top['words']}, all segments"}
        case "mean":
            return _quotient(rows("numerator", f"sum({entry.of})", where), rows("denominator", f"count({entry.of})", where))
        case "population_rate":
            assert isinstance(entry.numerator, Side)
            counted = resolved[entry.numerator.measure or ""]
            return {
                "numerator_id": counted["numerator_id"],
                "numerator": counted["numerator"],
                "denominator": "residents of the area in the middle of the period (seed populations)",
                "segment_by": counted["segment_by"],
                "facts": [counted["fact"]],
            }
    return _quotient(side("numerator"), side("denominator"))  # rate, ratio


def _quotient(top: Mapping[str, Any], bottom: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "numerator_id": top["id"],
        "denominator_id": bottom["id"],
        "numerator": top["words"],
        "denominator": bottom["words"],
        "facts": [top["fact"], bottom["fact"]],
    }


def both(first: str, second: str) -> str:
    """Both conditions; an `or` is bracketed, so that it stays together."""
    return " and ".join(f"({part})" if " or " in part else part for part in (first, second) if part != "true")


def threshold_sql(steps: Sequence[ThresholdStep]) -> str:
    """The threshold in force on the row's local date. A step without a date holds from the beginning; before the first step there is none."""
    first = next((step for step in steps if step.valid_from is None), None)
    dated = sorted((step for step in steps if step.valid_from is not None), key=lambda step: str(step.valid_from), reverse=True)
    if not dated:
        return str(first.value) if first else ""
    whens = "".join(f" when local_date >= date '{step.valid_from}' then {step.value}" for step in dated)
    return f"(case{whens}" + (f" else {first.value}" if first else "") + " end)"


def _driver_set(drivers: Any, resolved: Mapping[str, Mapping[str, Any]], catalogue: Catalogue) -> dict[str, Any]:
    """A set of drivers with what it needs of its measures; it is named by its first measure and its dimensions."""
    first = resolved[drivers.measures[0]]
    return {
        "set_id": f"{first['id']} by {' x '.join(drivers.dimensions or drivers.parts)}",
        "measures": [{"id": id, "kind": "part" if drivers.parts else DRIVER_KINDS[resolved[id]["statistic"]]} for id in drivers.measures],
        "fact": first["fact"],
        "where": first["where"],
        "of": first["of"],
        "levels": catalogue.facts[first["fact"]].levels,
        "dimensions": [{"name": name, "column": f"{name}_area_id" if name in {"cpt", "district"} else name} for name in drivers.dimensions],
        "parts": drivers.parts,
        "words": drivers.words,
    }


def render_macro(catalogue: Catalogue) -> str:
    """The generated macro of the measures."""
    return HEADER + _json_lines(resolve(catalogue)) + FOOTER


def render_findings(findings: FindingsFile) -> str:
    """The generated macro of the rules of findings."""
    return FINDINGS_HEADER + _json_lines(findings.model_dump(by_alias=True, exclude_none=True)) + FOOTER


def _json_lines(data: Mapping[str, Any]) -> str:
    """JSON with one line for each item of a list, so that a change is one line of a comparison.

    Raises ValueError where a text would be read as a template.
    """
    fields = []
    for key, value in data.items():
        if isinstance(value, list):
            items = ",\n".join(json.dumps(item, ensure_ascii=False) for item in value)
            fields.append(f'"{key}": [\n{items}\n]')
        else:
            fields.append(f'"{key}": {json.dumps(value, ensure_ascii=False)}')
    text = "{\n" + ",\n".join(fields) + "\n}\n"
    if any(mark in text for mark in ("{{", "{%", "{#")):
        raise ValueError("a text of the catalogue holds {{, {% or {#, which dbt would read as a template; write it without")
    return text


def render_frameworks(catalogue: Catalogue) -> str:
    """Seed frameworks."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["framework", "title", "body", "card_table", "shows_items_of"])
    for name, framework in catalogue.frameworks.items():
        writer.writerow([name, framework.title, framework.body, framework.card_table or "", "; ".join(framework.shows_items_of)])
    return text.getvalue()


def render_schema(name: str, catalogue: Catalogue) -> str:
    """JSON Schema of one kind of file, with the values that the other files allow, so that an editor completes and underlines."""
    schema = SCHEMA_FILES[name].model_json_schema(by_alias=True)
    allowed = {
        "statistic": list(STATISTICS),
        "fact": list(catalogue.facts),
        "unit": list(catalogue.units),
    }
    for definition in schema.get("$defs", {}).values():
        for field, values in allowed.items():
            if field in definition.get("properties", {}):
                definition["properties"][field] |= {"anyOf": [{"enum": values}, {"type": "null"}]}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def generated_files(folder: Path = CATALOGUE_DIR, dbt_project_dir: Path = DBT_PROJECT_DIR) -> dict[Path, str]:
    """Every generated file with its text. Raises CatalogueError."""
    catalogue = read_catalogue(folder, dbt_project_dir, fact_columns(dbt_project_dir))
    files = {
        dbt_project_dir / MACRO_FILE: render_macro(catalogue),
        dbt_project_dir / FINDINGS_FILE: render_findings(catalogue.findings),
        dbt_project_dir / FRAMEWORKS_SEED: render_frameworks(catalogue),
        dbt_project_dir / DOCS_FILE: render_docs(read_columns(folder)),
        folder / "schema" / "columns.json": render_columns_schema(),
    }
    return files | {folder / "schema" / f"{name}.json": render_schema(name, catalogue) for name in SCHEMA_FILES}


def compile_catalogue(folder: Path = CATALOGUE_DIR, dbt_project_dir: Path = DBT_PROJECT_DIR) -> list[Path]:
    """Write the generated files that have changed, and return them. Raises CatalogueError, and then leaves all as it was."""
    written = []
    for path, text in generated_files(folder, dbt_project_dir).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


if __name__ == "__main__":
    for path in compile_catalogue():
        print(f"wrote {path}")
