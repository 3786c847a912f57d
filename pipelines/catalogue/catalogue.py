"""The catalogue as one checked whole: every file read once, families and defaults filled in, every mistake named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.catalogue.checks import check_drivers, check_measures
from pipelines.catalogue.entries import Catalogue, Measure
from pipelines.catalogue.model import (
    DriversFile,
    Entry,
    FactsFile,
    FindingRule,
    FindingsFile,
    Framework,
    FrameworksFile,
    MeasureFile,
    Unit,
    UnitsFile,
)
from pipelines.catalogue.reading import Document, Location, Mistakes, not_one_of, read_document, read_yaml, with_parameters
from pipelines.catalogue.statistics import STATISTICS
from pipelines.settings import DBT_PROJECT_DIR

CATALOGUE_DIR = Path(__file__).parent
File = TypeVar("File", bound=BaseModel)


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
    check_measures(catalogue, columns or {}, mistakes)
    check_drivers(catalogue, drivers_document, mistakes)
    mistakes.refuse()
    return catalogue


def read_units(folder: Path = CATALOGUE_DIR) -> Mapping[str, Unit]:
    """The units alone, for those who write values. Raises CatalogueError."""
    return _read_alone(folder / "units.yaml", UnitsFile).units


def read_frameworks(folder: Path = CATALOGUE_DIR) -> Mapping[str, Framework]:
    """The frameworks alone, in the order in which they are shown. Raises CatalogueError."""
    return _read_alone(folder / "frameworks.yaml", FrameworksFile).frameworks


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
    parameters: dict[str, Any] = read_yaml(dbt_project_dir / "dbt_project.yml")["vars"]
    return parameters


def _read(path: Path, model: type[File], mistakes: Mistakes) -> File:
    return _validate(read_document(path, mistakes), model, mistakes)


def _read_alone(path: Path, model: type[File]) -> File:
    mistakes = Mistakes(path.parent.parent.parent)
    content = _read(path, model, mistakes)
    mistakes.refuse()
    return content


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


def fact_columns(dbt_project_dir: Path = DBT_PROJECT_DIR) -> dict[str, set[str]]:
    """The columns of each fact, from the contracts of the core models."""
    columns: dict[str, set[str]] = {}
    for path in sorted((dbt_project_dir / "models" / "core").glob("_*.yml")):
        for model in (read_yaml(path) or {}).get("models", []):
            columns[model["name"]] = {column["name"] for column in model.get("columns", [])}
    return columns
