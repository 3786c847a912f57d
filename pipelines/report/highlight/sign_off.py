"""Draft until somebody signs it: a sign-off is of what the report says, and ends when that changes.

A report with words still to be written, or with a sentence that the marts contradict, is not signed off.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from pipelines.report.highlight.model import Report
from pipelines.report.highlight.period import ReportError

FILE = "sign-off.json"


class SignOffError(ReportError):
    """The report cannot be signed off as it is; the message lists why."""


def sign(report: Report, folder: Path, by: str, on: date) -> Report:
    """The report as signed off; the sign-off is kept beside it, with the digest of what was signed.
    Raises SignOffError where something is still to be written, or contradicts the marts."""
    if report.objections:
        listed = "\n".join(f"- {objection}" for objection in report.objections)
        raise SignOffError(f"not signed off: {len(report.objections)} to put right first, in the governance workbook\n{listed}")
    folder.mkdir(parents=True, exist_ok=True)
    record = {"signed_by": by, "signed_on": on.isoformat(), "digest": report.digest, "run_id": report.heartbeat.run_id}
    (folder / FILE).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return report.signed(by, on)


def as_kept(report: Report, folder: Path) -> tuple[Report, str | None]:
    """The report with the sign-off that is kept beside it, where it still says what was signed; else as a draft, and why."""
    try:
        record = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return report, None
    if record["digest"] == report.digest:
        return report.signed(record["signed_by"], date.fromisoformat(record["signed_on"])), None
    return report, f"figures or words have changed since {record['signed_by']} signed this report off on {record['signed_on']}: it is a draft again"
