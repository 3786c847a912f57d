"""One dbt invocation, in this process, and the outcome of every node of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from logging.handlers import RotatingFileHandler
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.atomic_file import atomic_write
from pipelines.contracts.model import Contracts
from pipelines.garbage_collection import rare_collections
from pipelines.settings import Settings
from pipelines.transform.project import TransformError, code_version, set_environment
from pipelines.warehouse import create_tables, open_build

# dbt's own form of the project as parsed last in this process, by the version of the code: a run calls dbt twice and parses once.
_parsed: dict[str, Any] = {}
PARSED = "parsed-"  # begins the name of the file that has the same for other processes, wherever the data lie


@dataclass(frozen=True)
class NodeResult:
    """What dbt said of one model, seed, test or unit test."""

    unique_id: str
    status: str  # success, pass, warn, fail, error, skipped
    seconds: float
    failures: int | None
    message: str | None

    @property
    def resource_type(self) -> str:
        return self.unique_id.split(".", 1)[0]


@dataclass(frozen=True)
class DbtRun:
    nodes: tuple[NodeResult, ...]

    def of_type(self, *resource_types: str) -> Iterable[NodeResult]:
        return (n for n in self.nodes if n.resource_type in resource_types)

    @property
    def broken(self) -> list[NodeResult]:
        """The models and seeds that were not built: in error, or skipped because something before them failed."""
        return [n for n in self.of_type("model", "seed", "snapshot") if n.status in {"error", "skipped"}]


def run_dbt(settings: Settings, arguments: list[str], on_node: Callable[[str, int, int], None] | None = None) -> DbtRun:
    """Run dbt and wait for it. `on_node(name, index, total)` is called as each node begins. Raises TransformError when dbt did not run at all."""

    def hear(event: Any) -> None:
        if on_node is not None and event.info.name == "LogStartLine":
            on_node(event.data.description, event.data.index, event.data.total)

    arguments = [*arguments, "--threads", "1"] if settings.is_profiled else arguments
    outcome = call_dbt(settings, arguments, [hear], parsed_project(settings))
    if outcome.exception is not None or outcome.result is None:
        raise TransformError(f"dbt did not run: {outcome.exception}")
    return DbtRun(tuple(NodeResult(r.node.unique_id, str(r.status), r.execution_time, r.failures, r.message or None) for r in outcome.result.results))


def parsed_project(settings: Settings) -> Any:
    """The project as dbt parses it: in this process, in an earlier one, or now. Raises TransformError."""
    version = code_version()
    if version not in _parsed:
        project = _recalled(settings, version)
        if project is None:
            outcome = call_dbt(settings, ["parse", "--no-write-json"])
            if not outcome.success:
                raise TransformError(f"dbt cannot parse the project: {outcome.exception}") from outcome.exception
            project = outcome.result
        _parsed.clear()
        _parsed[version] = project
    return _parsed[version]


def keep_parsed(settings: Settings, project: Any, version: str) -> None:
    """Keep the project as dbt has parsed it for other processes. dbt's own file counts for one place of the data and one number of threads."""
    from dbt.parser.manifest import extended_mashumaro_encoder

    path = _parsed_path(settings, version)
    with atomic_write(path) as part:
        part.write_bytes(project.to_msgpack(extended_mashumaro_encoder))
        for former in settings.dbt_target_dir.glob(f"{PARSED}*.msgpack"):
            former.unlink()


def _recalled(settings: Settings, version: str) -> Any:
    """The project as another process has parsed it; None where none has, or what it wrote cannot be read."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    with suppress(Exception):  # whatever is wrong with it, the project can be parsed
        project: Any = Manifest.from_msgpack(_parsed_path(settings, version).read_bytes(), decoder=extended_mashumuro_decoder)
        project.build_flat_graph()
        return project
    return None


def _parsed_path(settings: Settings, version: str) -> Path:
    from dbt.version import __version__

    return settings.dbt_target_dir / f"{PARSED}{version}-{__version__}.msgpack"


def call_dbt(settings: Settings, arguments: list[str], callbacks: list[Callable[[Any], None]] | None = None, manifest: Any = None) -> Any:
    """Any command of dbt, in this process, with the build database let go of at the end. Gives dbt's own outcome."""
    set_environment(settings)
    from dbt.cli.main import dbtRunner

    try:
        with rare_collections(), closing(_log_file(settings)) as log_file:
            return dbtRunner(manifest=manifest, callbacks=[_logging_to(log_file), *(callbacks or [])]).invoke(arguments)
    finally:
        _let_go_of_the_database()


def _log_file(settings: Settings) -> RotatingFileHandler:
    path = settings.dbt_target_dir / "logs" / "dbt.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    return RotatingFileHandler(path, maxBytes=10_000_000, backupCount=5, encoding="utf-8")


def _logging_to(log_file: RotatingFileHandler) -> Callable[[Any], None]:
    """What dbt says, but for what helps to mend dbt. Its own log words every event, looks for secrets of the environment, and drops it then."""
    log_file.setFormatter(logging.Formatter("%(asctime)s [%(levelname)-7s] %(message)s"))

    def log(event: Any) -> None:
        level = logging.getLevelName(event.info.level.upper())
        if level != logging.DEBUG:
            log_file.handle(logging.LogRecord("dbt", level, "", 0, event.info.msg, None, None))

    return log


@contextmanager
def empty_warehouse(settings: Settings, contracts: Contracts) -> Iterator[Settings]:
    """The settings of a warehouse without a row, with all the tables that models read; it is gone at the end."""
    settings.temp_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.temp_dir) as folder:
        empty = replace(settings, data_dir=Path(folder), as_at=None, lake=None)
        with open_build(empty) as connection:
            create_tables(connection, contracts)
        yield empty


def _let_go_of_the_database() -> None:
    """Close dbt-duckdb's connection now: it keeps one for the life of the process, and the next step opens its own."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
        DuckDBConnectionManager.close_all_connections()
