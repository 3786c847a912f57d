"""What a night need not do again: a model, seed or test stands where its inputs are, row for row, what it was last built or evaluated from.

Decided by data. A table counts by the rows that it holds, a view (but for one that says otherwise) and a fact by what they are made of, a raw table
by the rows that were loaded.
A table that was built anew and came out the same ends the chain. What is noted of the nodes (ingest.nodes_built) is taken out of the database
before anything is built, and written back at the end of a build that was whole: after a run that was killed or broke everything is built, as it is by
other code and on a full refresh.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb
import polars as pl

from pipelines.warehouse import content_sql, contents_of

UNCHANGED = "as in an earlier run: neither the code nor what it looks at has changed since"

# Which months to work out again, and of which keys to look for the latest version. What is worked out does not depend on them: incremental builds
# equal a full refresh, and all keys looked at would give the same rows. The inputs of series, which say which series have changed, count like any
# table: what reads them reads views of changed series, too.
SAYS_WHERE_TO_LOOK = {"int_touched_months", "int_repeated_keys"}
# The column of a model that says which series have changed. An incremental model that reads one works those out again and no others
# (docs/decisions/0025): where none has changed it stands, whatever else has.
SAYS_WHICH_SERIES = "is_changed"
# What a view says of itself (meta) that selects rows which seldom change from a table that often does: it counts by them, as a table does.
KNOWN_BY_ITS_ROWS = "is_known_by_its_rows"
# A test that failed is evaluated again, and a model behind it is not built.
STANDING = {"success", "pass", "warn"}


@dataclass(frozen=True)
class NodeBuilt:
    """What a node was last built or evaluated from, and what came out."""

    inputs: str
    content: str | None  # of a table
    status: str
    failures: int | None


@dataclass
class CarryOver:
    """Decides node by node, in dbt's order: what a node is made of comes before it."""

    manifest: Mapping[str, Any]
    contents: dict[str, str]  # of sources, and of each table as it stands
    known: Mapping[str, NodeBuilt]
    built: dict[str, NodeBuilt] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    anew: set[str] = field(default_factory=set)  # of those begun, what did not stand
    without_change: set[str] = field(default_factory=set)  # of what says which series have changed, what names none

    def inputs_of(self, unique_id: str) -> str | None:
        """A fingerprint of all that the node is made of; None where that is not known of one of them."""
        names = sorted(set(self._node(unique_id)["depends_on"].get("nodes", [])))
        contents = [self._content_of(name) for name in names if _name(name) not in SAYS_WHERE_TO_LOOK]
        if None in contents:
            return None
        return hashlib.sha256(repr(contents).encode()).hexdigest()[:20]

    def standing(self, unique_id: str) -> NodeBuilt | None:
        """What was found of the node, where it stands; noted as what this run found."""
        known = self.known.get(unique_id)
        self.begun.add(unique_id)
        stands = known is not None and known.status in STANDING and _name(unique_id) not in SAYS_WHERE_TO_LOOK
        is_settled = self._is_of_code_alone(unique_id) or self._is_of_no_changed_series(unique_id)
        if known is None or not stands or (not is_settled and known.inputs != self.inputs_of(unique_id)):
            self.contents.pop(unique_id, None)
            self.anew.add(unique_id)
            return None
        self.note(unique_id, known.status, known.failures, known.content)
        return known

    def note(self, unique_id: str, status: str, failures: int | None, content: str | None) -> None:
        """What came out of a node that was built or evaluated."""
        inputs = self.inputs_of(unique_id)
        if _is_fact(self._node(unique_id)):
            content = inputs
        if content is not None:
            self.contents[unique_id] = content
        if inputs is not None:
            self.built[unique_id] = NodeBuilt(inputs, content, status, failures)

    def note_series(self, unique_id: str, changed: int) -> None:
        """How many series a model says have changed."""
        if changed == 0:
            self.without_change.add(unique_id)

    def says_which_series(self, unique_id: str) -> bool:
        """Whether the node tells of each series whether it has changed."""
        return SAYS_WHICH_SERIES in self.manifest["nodes"].get(unique_id, {}).get("columns", {})

    def counts_by_rows(self, unique_id: str) -> bool:
        """Whether the node is a relation that other nodes are to know by its rows."""
        node = self._node(unique_id)
        return node["resource_type"] == "model" and not _is_made_of_its_inputs(node) and not _is_fact(node)

    def table_of(self, unique_id: str) -> str | None:
        """`schema.table`; None of a test."""
        node = self._node(unique_id)
        return f"{node['schema']}.{node['name']}" if node["resource_type"] != "test" else None

    @property
    def noted(self) -> dict[str, NodeBuilt]:
        """What is known after the run: nodes that it did not come to stand as they stood."""
        return {name: built for name, built in self.known.items() if name not in self.begun} | self.built

    def _node(self, unique_id: str) -> Mapping[str, Any]:
        node: Mapping[str, Any] = self.manifest["nodes"][unique_id]
        return node

    def _content_of(self, unique_id: str) -> str | None:
        if unique_id in self.contents or unique_id not in self.manifest["nodes"]:
            return self.contents.get(unique_id)
        node = self._node(unique_id)
        if node["resource_type"] == "seed":
            return "seed"
        return self.inputs_of(unique_id) if _is_made_of_its_inputs(node) else None

    def _is_of_code_alone(self, unique_id: str) -> bool:
        """Seeds, and views as they are defined; what they select is another matter."""
        node = self._node(unique_id)
        return node["config"]["materialized"] == "seed" or _is_made_of_its_inputs(node)

    def _is_of_no_changed_series(self, unique_id: str) -> bool:
        """A model that works out changed series alone, on a night on which none has changed."""
        node = self._node(unique_id)
        told_by = [name for name in node["depends_on"].get("nodes", []) if self.says_which_series(name)]
        return node["config"]["materialized"] == "incremental" and bool(told_by) and self.without_change.issuperset(told_by)


def _name(unique_id: str) -> str:
    return unique_id.rpartition(".")[2]


def _is_made_of_its_inputs(node: Mapping[str, Any]) -> bool:
    """Views, whose rows nobody counts."""
    return node["config"]["materialized"] == "view" and not (node["config"].get("meta") or {}).get(KNOWN_BY_ITS_ROWS)


def _is_fact(node: Mapping[str, Any]) -> bool:
    """Facts are the largest tables, and hold what staging holds: counting their rows would tell little more."""
    return (node["resource_type"], node["config"]["materialized"]) == ("model", "incremental") and str(node["name"]).startswith("fct_")


def take(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], version: str, full_refresh: bool) -> CarryOver:
    """What is known of the nodes as this code built them, with the sources as they stand; nothing is known in the database until `give_back`."""
    rows = connection.execute(
        """
        select unique_id, inputs, content, status, failures from ingest.nodes_built
        where code_version = ? and (table_name is null or table_name in (
            select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database()
            union all
            select schema_name || '.' || view_name from duckdb_views() where database_name = current_database()
        ))
        """,
        [version],
    ).fetchall()
    connection.execute("delete from ingest.nodes_built")
    known = {} if full_refresh else {unique_id: NodeBuilt(*values) for unique_id, *values in rows}
    contents = {name: built.content for name, built in known.items() if built.content is not None}
    sources = {f"{node['schema']}.{node['identifier']}": name for name, node in manifest["sources"].items() if node["database"] != "live"}
    contents |= {sources[table]: content for table, content in contents_of(connection, sources).items()}
    return CarryOver(manifest, contents, known)


def give_back(connection: duckdb.DuckDBPyConnection, carry_over: CarryOver, version: str) -> None:
    """Note what is known after a run that built every model."""
    rows = [
        (name, carry_over.table_of(name), version, built.inputs, built.content, built.status, built.failures)
        for name, built in carry_over.noted.items()
    ]
    if rows:
        names = ("unique_id", "table_name", "code_version", "inputs", "content", "status")
        schema = dict.fromkeys(names, pl.String) | {"failures": pl.Int64}
        connection.register("_nodes", pl.DataFrame(rows, schema=schema, orient="row"))
        connection.execute("insert into ingest.nodes_built select * from _nodes")
        connection.unregister("_nodes")


def is_whole(connection: duckdb.DuckDBPyConnection, version: str) -> bool:
    """Whether the last build by this code came to its end with every model: else tables of two nights may stand side by side."""
    return bool(connection.execute("select 1 from ingest.nodes_built where code_version = ? limit 1", [version]).fetchone())


@contextmanager
def carried_over(carry_over: CarryOver) -> Iterator[None]:
    """Calls of dbt within the block leave nodes that stand as they are, and note the others."""
    from dbt.artifacts.resources.types import NodeType
    from dbt.task.build import BuildTask

    runners = dict(BuildTask.RUNNER_MAP)
    BuildTask.RUNNER_MAP = runners | {kind: _carrying(runners[kind], carry_over) for kind in (NodeType.Model, NodeType.Seed, NodeType.Test)}
    try:
        yield
    finally:
        BuildTask.RUNNER_MAP = runners


def _carrying(runner: Any, carry_over: CarryOver) -> Any:
    """dbt's runner of a kind of node, asked first whether there is anything to run."""
    from dbt.artifacts.schemas.results import RunStatus, TestStatus
    from dbt.artifacts.schemas.run import RunResult

    class Carrying(runner):  # type: ignore[misc]
        _content: str | None = None

        def compile_and_execute(self, manifest: Any, ctx: Any) -> Any:
            unique_id = self.node.unique_id
            stands = carry_over.standing(unique_id)
            if stands is not None:
                status: Any = TestStatus if self.node.resource_type == "test" else RunStatus
                result = RunResult.from_node(self.node, status(stands.status), UNCHANGED)
                result.failures = stands.failures
                return result
            result = super().compile_and_execute(manifest, ctx)
            carry_over.note(unique_id, str(result.status), result.failures, self._content)
            return result

        def execute(self, compiled_node: Any, manifest: Any) -> Any:
            result = super().execute(compiled_node, manifest)
            if carry_over.counts_by_rows(compiled_node.unique_id) and str(result.status) == "success":
                _, table = self.adapter.execute(content_sql(compiled_node.relation_name), fetch=True)
                self._content = str(table.rows[0][0])
            if carry_over.says_which_series(compiled_node.unique_id) and str(result.status) == "success":
                _, table = self.adapter.execute(f"select count(*) from {compiled_node.relation_name} where {SAYS_WHICH_SERIES}", fetch=True)
                carry_over.note_series(compiled_node.unique_id, int(table.rows[0][0]))
            return result

    return Carrying
