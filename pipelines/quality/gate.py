"""The one gate before publish: a failed check closes it, a warning does not."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from pipelines.quality.checks import runbook_for


@dataclass(frozen=True)
class Finding:
    """A check that did not pass, and where to read on."""

    check_name: str
    table_name: str
    message: str
    runbook: str

    def __str__(self) -> str:
        return f"{self.table_name} {self.check_name}: {self.message} ({self.runbook})"


@dataclass(frozen=True)
class Gate:
    """Whether the marts of this run may be published, and what stands in the way or beside it."""

    run_id: str
    is_open: bool
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    @property
    def message(self) -> str:
        """One message for a person: what failed and where to read on, or that all is well."""
        if self.is_open:
            return f"the gate is open: no check failed, {len(self.warnings)} warned"
        lines = [str(finding) for finding in self.errors] or [f"no check of run {self.run_id} has a result; run the checks before publishing"]
        return f"the gate is closed, the last good marts stay in place (docs/runbooks/gate_closed.md); {len(self.errors)} failed:\n" + "\n".join(
            f"- {line}" for line in lines
        )


def evaluate_gate(connection: duckdb.DuckDBPyConnection, run_id: str) -> Gate:
    """The gate of a run: closed when any check failed or could not be evaluated, or when none was evaluated at all."""
    rows = connection.execute(
        """
        select check_name, table_name, engine, status, coalesce(message, 'no message')
        from quality.check_results
        where run_id = ?
        order by table_name, check_name
        """,
        [run_id],
    ).fetchall()
    found = {
        status: tuple(Finding(name, table, message, runbook_for(name, engine)) for name, table, engine, s, message in rows if s == status)
        for status in ("failed", "warned")
    }
    return Gate(run_id, bool(rows) and not found["failed"], found["failed"], found["warned"])
