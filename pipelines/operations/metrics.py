"""The state in Prometheus's text format, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from pipelines.operations.state import Problem, State

KINDS = ("warehouse_unavailable", "run_failed", "no_run", "gate_closed", "file_refused", "feed_overdue", "disk_full")


def _seconds(moment: datetime | None) -> float:
    return moment.replace(tzinfo=UTC).timestamp() if moment else 0.0


def as_metrics(state: State, found: Sequence[Problem]) -> str:
    """Gauges; `scorecards_problems` by kind is what an alert rule asks."""
    registry = CollectorRegistry()

    def gauge(name: str, text: str, value: float) -> None:
        Gauge(name, text, registry=registry).set(value)

    gauge("scorecards_published_timestamp_seconds", "When the marts that readers see were published; 0: never.", _seconds(state.published_at))
    gauge(
        "scorecards_last_run_timestamp_seconds", "When the newest run began; 0: never.", _seconds(state.last_run.began_at if state.last_run else None)
    )
    gauge("scorecards_run_is_working", "Whether a run holds the warehouse.", state.is_working)
    gauge("scorecards_disk_free_bytes", "Free space where the warehouse lies.", state.free_bytes)
    by_kind = Gauge("scorecards_problems", "Problems that stand, by kind.", ["kind"], registry=registry)
    for kind in KINDS:
        by_kind.labels(kind).set(sum(problem.kind == kind for problem in found))
    if state.build is not None:
        checks = Gauge("scorecards_checks", "Checks of the newest run that was checked, by outcome.", ["status"], registry=registry)
        for status in ("passed", "warned", "failed", "skipped"):
            checks.labels(status).set(state.build.checks.get(status, 0))
    return generate_latest(registry).decode()


def as_json(state: State, found: Sequence[Problem]) -> dict[str, Any]:
    """What `scorecards status --json` prints. Times are ISO 8601, UTC."""

    def at(moment: datetime | None) -> str | None:
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None

    run = state.last_run
    return {
        "is_healthy": not found,
        "at": at(state.now),
        "is_working": state.is_working,
        "last_run": {"run_id": run.run_id, "status": run.status.lower(), "began_at": at(run.began_at)} if run else None,
        "published_at": at(state.published_at),
        "data_to": state.data_to.isoformat() if state.data_to else None,
        "version": state.version,
        "free_bytes": state.free_bytes,
        "checks": state.build.checks if state.build else None,
        "problems": [{"kind": p.kind, "title": p.title, "sentence": p.sentence, "runbook": p.runbook_path} for p in found],
    }
