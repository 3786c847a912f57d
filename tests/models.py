"""dbt models as plain SQL, without dbt: for tests and benchmarks that put a model on tables of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2
import jinja2.runtime
import yaml

from pipelines.settings import DBT_PROJECT_DIR

MACROS = (
    "spc/*.sql",
    "measures/*.sql",
    "_catalogue.sql",
    "_feeds.sql",
    "versions.sql",
    "_findings.sql",
    "analysis/*.sql",
    "scorecards/disclosure.sql",
)
CATALOGUE_MACROS = ("_catalogue.sql", "measures/*.sql", "analysis/*.sql")


class _Return(Exception):
    """What dbt's `return` carries out of a macro."""

    def __init__(self, value: Any) -> None:
        self.value = value


class _ReturningMacro(jinja2.runtime.Macro):
    """A macro whose `return(value)` hands the value to its caller, as dbt's do."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__call__(*args, **kwargs)
        except _Return as returned:
            return returned.value


def _return(value: Any) -> None:
    raise _Return(value)


class _Environment(jinja2.Environment):
    """Compiled templates take `Macro` from their namespace; ours is put there."""

    def from_string(self, source: Any, globals: Mapping[str, Any] | None = None, template_class: Any = None) -> jinja2.Template:
        code = self.compile(source)
        gs = self.make_globals(globals)
        namespace = {"environment": self, "__file__": code.co_filename}
        exec(code.replace(), namespace)
        namespace["Macro"] = _ReturningMacro
        return jinja2.Template._from_namespace(self, namespace, gs)


@cache
def _macro_text(patterns: tuple[str, ...]) -> str:
    paths = [path for pattern in patterns for path in sorted((DBT_PROJECT_DIR / "macros").glob(pattern))]
    return "".join(path.read_text(encoding="utf-8") for path in paths)


@cache
def _vars() -> dict[str, Any]:
    return yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


@cache
def render(text: str, macros: tuple[str, ...] = MACROS) -> str:
    """SQL of a text in the project's Jinja. `ref('x')` is table x; vars have the project's defaults."""
    environment = _Environment(extensions=["jinja2.ext.do"])
    known = {
        "return": _return,
        "ref": lambda name: name,
        "config": lambda **_: "",
        "execute": True,
        "is_incremental": lambda: False,
        "var": lambda name, default=None: _vars().get(name, default),
        "fromyaml": yaml.safe_load,
        "fromjson": json.loads,
    }
    return environment.from_string(_macro_text(macros) + text).render(known)


@cache
def catalogued_sql(name: str, measures: tuple[str, ...]) -> str:
    """The SQL of a model that reads the measure catalogue, with these measures of it only."""
    environment = _Environment(extensions=["jinja2.ext.do"])
    known = {
        "return": _return,
        "ref": lambda name: name,
        "config": lambda **_: "",
        "execute": True,
        "is_incremental": lambda: False,
        "var": lambda name, default=None: list(measures) if name == "only_measures" else default,
        "fromyaml": yaml.safe_load,
        "fromjson": json.loads,
    }
    path = next((DBT_PROJECT_DIR / "models").rglob(f"{name}.sql"))
    return environment.from_string(_macro_text(CATALOGUE_MACROS) + path.read_text(encoding="utf-8"), known).render(known)


@cache
def model_sql(name: str) -> str:
    """The SQL of a model of the dbt project, on tables named like the models. Raises StopIteration where there is none of that name."""
    path = next((DBT_PROJECT_DIR / "models").rglob(f"{name}.sql"))
    return render(path.read_text(encoding="utf-8"))
