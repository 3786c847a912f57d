"""The catalogue as one checked whole: every file read once, families and defaults filled in, every mistake named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipelines.catalogue.model import (
    DriverSet,
    DriversFile,
    Entry,
    Fact,
    FactsFile,
    FindingRule,
    FindingsFile,
    Framework,
    FrameworksFile,
    MeasureFile,
    Side,
    Unit,
    UnitsFile,
)
from pipelines.catalogue.reading import Document, Location, Mistakes, did_you_mean, not_one_of, read_document, with_parameters
from pipelines.catalogue.statistics import SEGMENTS_OF_THEIR_ROWS, STATISTICS, WITHOUT_SEGMENTS
from pipelines.settings import DBT_PROJECT_DIR

CATALOGUE_DIR = Path(__file__).parent
File = TypeVar("File", bound=BaseModel)
SUMMED = ("count", "sum", "share", "cohort_rate", "mean")
RATES = ("rate", "ratio")
TO_FILL_IN = "FILL IN"  # what `scorecards measure new` leaves to the analyst
# What a change of a measure is taken apart as, by its statistic.
DRIVER_KINDS = {"mean": "mean", "median": "median", "count": "volume"}


@dataclass(frozen=True)
class Measure:
    """One measure: its entry with family and defaults filled in, and the place it stands."""

    domain: str
    entry: Entry
    document: Document
    location: Location

    @property
    def name(self) -> str:
        return f"measure {self.entry.id}"


@dataclass(frozen=True)
class Catalogue:
    """What the files of the catalogue say, checked. Measures stand in the order of the files and of their lines."""

    measures: tuple[Measure, ...]
    facts: Mapping[str, Fact]
    units: Mapping[str, Unit]
    frameworks: Mapping[str, Framework]
    drivers: tuple[DriverSet, ...]
    findings: FindingsFile

    @property
    def units_per_residents(self) -> dict[int | float | None, str]:
        """The unit of a rate per so many residents, by their number."""
        return {unit.factor: name for name, unit in self.units.items() if unit.per_residents}

    def entries(self) -> list[dict[str, Any]]:
        """Every entry as plain data, with its domain; fields that nobody gave are absent."""
        return [
            {"domain": measure.domain} | measure.entry.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"family"})
            for measure in self.measures
        ]


def read_catalogue(folder: Path = CATALOGUE_DIR, dbt_project_dir: Path = DBT_PROJECT_DIR, columns: Mapping[str, set[str]] | None = None) -> Catalogue:
    """Read and check the catalogue. `columns` are those of each fact, where conditions are to be checked against them.

    Raises CatalogueError with every mistake of every file.
    """
    mistakes = Mistakes(folder.parent.parent)
    facts = _read(folder / "facts.yaml", FactsFile, mistakes).facts
    units = _read(folder / "units.yaml", UnitsFile, mistakes).units
    frameworks = _read(folder / "frameworks.yaml", FrameworksFile, mistakes).frameworks
    drivers_document = read_document(folder / "drivers.yaml", mistakes)
    drivers = _validate(drivers_document, DriversFile, mistakes).drivers
    parameters = _parameters(dbt_project_dir)
    measures = [
        measure
        for path in sorted((folder / "measures").glob("*.yaml"))
        for measure in _read_measures(read_document(path, mistakes), parameters, mistakes)
    ]
    findings = _read_findings(folder, parameters, mistakes)
    catalogue = Catalogue(tuple(measures), facts, units, frameworks, tuple(drivers), findings)
    _check_measures(catalogue, columns or {}, mistakes)
    _check_drivers(catalogue, drivers_document, mistakes)
    mistakes.refuse()
    return catalogue


def read_units(folder: Path = CATALOGUE_DIR) -> Mapping[str, Unit]:
    """The units alone, for those who write values. Raises CatalogueError."""
    mistakes = Mistakes(folder.parent.parent)
    units = _read(folder / "units.yaml", UnitsFile, mistakes).units
    mistakes.refuse()
    return units


def read_frameworks(folder: Path = CATALOGUE_DIR) -> Mapping[str, Framework]:
    """The frameworks alone, in the order in which they are shown. Raises CatalogueError."""
    mistakes = Mistakes(folder.parent.parent)
    frameworks = _read(folder / "frameworks.yaml", FrameworksFile, mistakes).frameworks
    mistakes.refuse()
    return frameworks


def read_findings(folder: Path = CATALOGUE_DIR, dbt_project_dir: Path = DBT_PROJECT_DIR) -> FindingsFile:
    """The rules of findings, with the variables of dbt_project.yml filled in. Raises CatalogueError."""
    mistakes = Mistakes(folder.parent.parent)
    findings = _read_findings(folder, _parameters(dbt_project_dir), mistakes)
    mistakes.refuse()
    return findings


def _read_findings(folder: Path, parameters: Mapping[str, Any], mistakes: Mistakes) -> FindingsFile:
    document = read_document(folder / "findings.yaml", mistakes)
    findings = _validate(document, FindingsFile, mistakes)
    rules = dict(enumerate(findings.rules))
    if mistakes.messages and not rules:  # those of the right shape are looked at all the same
        findings = _validate(Document(document.path, {**_as_mapping(document.content), "rules": []}, document.lines), FindingsFile, mistakes)
        for position, raw in enumerate(_as_mapping(document.content).get("rules") or []):
            with suppress(ValidationError):
                rules[position] = FindingRule.model_validate(raw)
    for position, rule in rules.items():
        location: Location = ("rules", position)
        for field, value, known in (("section", rule.section, findings.sections), ("from", rule.relation, findings.relations)):
            if value not in known:
                mistakes.add(document, (*location, field), f"rule {rule.kind}", not_one_of(field, value, known))
        for field in ("when", "says", "because"):
            for name in re.findall(r"\{(\w+)(?: per cent)?\}", getattr(rule, field)):
                if name not in parameters:
                    mistakes.add(document, (*location, field), f"rule {rule.kind}", f"`{{{name}}}` is no variable of dbt_project.yml")
    return findings.model_copy(update={"rules": [FindingRule.model_validate(with_parameters(_dump(rule), parameters)) for rule in findings.rules]})


def _dump(rule: FindingRule) -> dict[str, Any]:
    return rule.model_dump(by_alias=True, exclude_none=True)


def _parameters(dbt_project_dir: Path) -> dict[str, Any]:
    """The variables of dbt_project.yml, which conditions and rules may name."""
    parameters: dict[str, Any] = yaml.safe_load((dbt_project_dir / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    return parameters


def _read(path: Path, model: type[File], mistakes: Mistakes) -> File:
    return _validate(read_document(path, mistakes), model, mistakes)


def _validate(document: Document, model: type[File], mistakes: Mistakes) -> File:
    try:
        return model.model_validate(document.content)
    except ValidationError as error:
        mistakes.add_validation(document, error)
        return model()


def _read_measures(document: Document, parameters: Mapping[str, Any], mistakes: Mistakes) -> list[Measure]:
    """The entries of one file that have the right shape, filled in; what has not is among the mistakes."""
    content = document.content
    try:
        MeasureFile.model_validate(content)
    except ValidationError as error:
        mistakes.add_validation(document, error)
    if not isinstance(content, dict) or not isinstance(content.get("measures"), list):
        return []
    defaults = _as_mapping(content.get("defaults"))
    families = _as_mapping(content.get("families"))
    measures = []
    for position, own in enumerate(content["measures"]):
        location: Location = ("measures", position)
        if not isinstance(own, dict):
            continue
        family = own.get("family")
        if family is not None and family not in families:
            mistakes.add(document, (*location, "family"), f"measure {own.get('id')}", not_one_of("family", family, families))
        merged = {**defaults, **_as_mapping(families.get(str(family))), **own}
        statistic = STATISTICS.get(merged.get("statistic", ""))
        if statistic is not None and not statistic.takes_fact and "fact" not in own:
            merged.pop("fact", None)
        for field, value in merged.items():
            merged[field] = with_parameters(value, parameters)
        known = {field: value for field, value in merged.items() if field in Entry.model_fields}
        # What is wrong with its shape, the validation of the file has named already.
        with suppress(ValidationError):
            measures.append(Measure(str(content.get("domain")), Entry.model_validate(known), document, location))
    return measures


def _as_mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _check_measures(catalogue: Catalogue, columns: Mapping[str, set[str]], mistakes: Mistakes) -> None:
    by_id: dict[str, Measure] = {}
    for measure in catalogue.measures:
        if first := by_id.get(measure.entry.id):
            line = first.document.line_of((*first.location, "id"))
            _add(measure, "id", f"the id stands twice in the catalogue, first in {first.document.path.name}, line {line}", mistakes)
        by_id.setdefault(measure.entry.id, measure)
    for measure in catalogue.measures:
        for field, text in _wrong(measure.entry, catalogue, by_id):
            _add(measure, field, text, mistakes)
        if columns and measure.entry.statistic in STATISTICS:
            for field, text in _wrong_columns(measure.entry, columns):
                _add(measure, field, text, mistakes)


def _add(measure: Measure, field: str, text: str, mistakes: Mistakes) -> None:
    mistakes.add(measure.document, (*measure.location, field), measure.name, text)


def sides_of(entry: Entry) -> list[tuple[str, Side]]:
    """The sides of a rate, each with the field it stands in."""
    return [(field, side) for field in ("numerator", "denominator") if isinstance(side := getattr(entry, field), Side)]


def _wrong(entry: Entry, catalogue: Catalogue, by_id: Mapping[str, Measure]) -> Iterable[tuple[str, str]]:
    """What rules between fields and files an entry breaks: field and sentence."""
    yield from _missing(entry)
    for field, known in (("statistic", STATISTICS), ("unit", catalogue.units), ("fact", catalogue.facts)):
        value = getattr(entry, field)
        if value is not None and value not in known:
            yield field, not_one_of(field, value, known)
    with_cards = [name for name, framework in catalogue.frameworks.items() if framework.card_table]
    for framework in entry.frameworks or []:
        if framework not in with_cards:
            yield "frameworks", not_one_of("frameworks", framework, with_cards)
    for text in (entry.where, entry.of, entry.numerator, *(text for _, side in sides_of(entry) for text in (side.where, side.sum))):
        for name in re.findall(r"\{(\w+)\}", text) if isinstance(text, str) else ():
            if name != "threshold":
                yield "where", f"`{{{name}}}` is no parameter; the parameters are the vars of dbt_project.yml"
    statistic = STATISTICS.get(entry.statistic or "")
    if statistic is not None:
        yield from _wrong_for_statistic(entry, catalogue, by_id)
    for field, side in sides_of(entry):
        if side.measure is None and side.fact not in catalogue.facts:
            yield field, f"fact {not_one_of('fact', side.fact, catalogue.facts)}"


def _missing(entry: Entry) -> Iterable[tuple[str, str]]:
    for field in ("statistic", "population", "direction"):
        if getattr(entry, field) is None:
            yield field, f"`{field}` is missing"
    for field in ("title", "definition", "population"):
        if str(getattr(entry, field)).startswith(TO_FILL_IN):
            yield field, f"`{field}` is still to be filled in"


def _wrong_for_statistic(entry: Entry, catalogue: Catalogue, by_id: Mapping[str, Measure]) -> Iterable[tuple[str, str]]:
    name = entry.statistic or ""
    for field in STATISTICS[name].needs:
        if getattr(entry, field) is None:
            yield field, f"statistic `{name}` needs `{field}`"
    sides = dict(sides_of(entry))
    residents = catalogue.units_per_residents
    # Each rule: the statistics it is for, whether it is broken, the field, and what would be right.
    for statistics, is_broken, field, text in (
        (RATES, len(sides) < 2, "numerator", f"both sides of a {name} are {{fact, where}}, {{fact, sum, where}} or {{measure: id}}"),
        (
            ("population_rate",),
            "numerator" not in sides or not sides["numerator"].measure,
            "numerator",
            "the numerator of a population_rate is {measure: id}",
        ),
        (("population_rate",), entry.per not in residents, "per", not_one_of("per", entry.per, map(str, residents))),
        (("share", "cohort_rate"), "numerator" in sides, "numerator", f"the numerator of a {name} is a condition, such as is_abandoned"),
        (
            ("share",),
            ("{threshold}" in str(entry.numerator)) != (entry.threshold is not None),
            "threshold",
            "`threshold` and `{threshold}` in the numerator go together",
        ),
        (WITHOUT_SEGMENTS, entry.segment_by is not None, "segment_by", f"statistic `{name}` has no segments"),
        (
            SEGMENTS_OF_THEIR_ROWS,
            entry.segment_by is not None,
            "segment_by",
            f"statistic `{name}` has the segments of its rows; leave `segment_by` out",
        ),
        (
            STATISTICS.keys() - {"returned"},
            entry.not_collected is not None,
            "not_collected",
            "only a returned measure can be `not_collected`; its first return makes it collected",
        ),
        (STATISTICS.keys() - {"count"}, bool(entry.hourly_profile), "hourly_profile", "only a count has a profile by hour and weekday"),
    ):
        if name in statistics and is_broken:
            yield field, text
    for field, side in sides.items():
        yield from ((field, text) for text in _wrong_reference(entry, side, by_id))


def _wrong_reference(entry: Entry, side: Side, by_id: Mapping[str, Measure]) -> Iterable[str]:
    """What is wrong with a side that names another measure."""
    if side.measure is None:
        return
    other = by_id.get(side.measure)
    if other is None or other.entry.statistic not in SUMMED:
        hint = did_you_mean(side.measure, list(by_id)) if other is None else ""
        yield f"`{{measure: {side.measure}}}` must name a measure that counts or adds up rows ({', '.join(SUMMED)}){hint}"
    elif entry.statistic in RATES and entry.segment_by and other.entry.segment_by != entry.segment_by:
        yield f"`{{measure: {side.measure}}}` has other segments than `{entry.segment_by}`"


def _wrong_columns(entry: Entry, columns: Mapping[str, set[str]]) -> Iterable[tuple[str, str]]:
    """Conditions that cannot be read, or that name a column which their fact has not."""
    statistic = STATISTICS[entry.statistic or ""]
    fact = entry.fact or statistic.fact
    texts = [(fact, field, getattr(entry, field)) for field in ("where", "of", "margin", "segment_by", "numerator")]
    texts += [(side.fact, field, text) for field, side in sides_of(entry) for text in (side.where, side.sum)]
    for of_fact, field, text in texts:
        if isinstance(text, str) and of_fact is not None and of_fact in columns:
            yield from ((field, sentence) for sentence in wrong_columns(text, of_fact, columns[of_fact]))


def wrong_columns(text: str, fact: str, known: set[str]) -> Iterable[str]:
    """Sentences on an expression that is no SQL, or names columns that the fact has not."""
    import sqlglot
    from sqlglot import expressions
    from sqlglot.errors import SqlglotError

    try:
        parsed = sqlglot.parse_one(text.replace("{threshold}", "0"), dialect="duckdb")
    except SqlglotError as error:
        yield f"`{text}` is no SQL expression: {str(error).splitlines()[0].split(' Line ')[0].rstrip('.')}"
        return
    for name in sorted({column.name for column in parsed.find_all(expressions.Column)} - known):
        yield f"{fact} has no column `{name}`{did_you_mean(name, sorted(known))}"


def _check_drivers(catalogue: Catalogue, document: Document, mistakes: Mistakes) -> None:
    entries = {measure.entry.id: measure.entry for measure in catalogue.measures}
    for position, drivers in enumerate(catalogue.drivers):
        location: Location = ("drivers", position)
        name = f"drivers of {', '.join(drivers.measures)}"
        if not drivers.dimensions and not drivers.parts:
            mistakes.add(document, location, name, "give one or two `dimensions`, or `parts`")
        first = entries.get(drivers.measures[0])
        for id in [*drivers.measures, *drivers.parts]:
            entry = entries.get(id)
            if entry is None:
                mistakes.add(document, location, name, f"the catalogue has no measure {id}{did_you_mean(id, list(entries))}")
            elif id in drivers.measures and entry.statistic not in DRIVER_KINDS:
                mistakes.add(document, location, name, f"{id} is no {', '.join(DRIVER_KINDS)}")
            elif id in drivers.measures and first and (entry.fact, entry.where, entry.of) != (first.fact, first.where, first.of):
                mistakes.add(document, location, name, f"{id} is of other rows than {first.id}")


def fact_columns(dbt_project_dir: Path = DBT_PROJECT_DIR) -> dict[str, set[str]]:
    """The columns of each fact, from the contracts of the core models."""
    columns: dict[str, set[str]] = {}
    for path in sorted((dbt_project_dir / "models" / "core").glob("_*.yml")):
        for model in (yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}).get("models", []):
            columns[model["name"]] = {column["name"] for column in model.get("columns", [])}
    return columns
