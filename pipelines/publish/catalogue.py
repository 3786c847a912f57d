"""The measure catalogue as data, read from its macros without dbt: they are YAML with plain Jinja (dbt_project/macros/catalogue)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jinja2
import yaml

from pipelines.settings import DBT_PROJECT_DIR

INHERITED = ("owner", "basis", "frameworks", "plan_priority", "themes", "sensitive", "lag_months", "headline_period")


def read_catalogue(dbt_project_dir: Path = DBT_PROJECT_DIR) -> list[dict[str, Any]]:
    """Every entry of the catalogue, in the order of the files, with its domain and what the domain says for all of them."""
    variables = yaml.safe_load((dbt_project_dir / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    environment = jinja2.Environment()
    environment.globals["var"] = lambda name, default=None: variables.get(name, default)
    entries: list[dict[str, Any]] = []
    for path in sorted((dbt_project_dir / "macros" / "catalogue").glob("[!_]*.sql")):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"{% macro (catalogue_\w+)\(\)", text):
            domain = yaml.safe_load(environment.from_string(text + "{{ " + name + "() }}").render())
            given = {field: domain[field] for field in INHERITED if field in domain}
            entries += [{"domain": domain["domain"]} | given | entry for entry in domain["measures"]]
    return entries
