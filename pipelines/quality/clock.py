"""When a run of checks looks, and what its SQL may ask of the run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from string import Template
from zoneinfo import ZoneInfo

from pipelines.quality.model import CheckSpec

FIRST_EXTRACT = "arg_max(_extracted_at, struct_pack(newest := event_at, earliest := -epoch(_extracted_at)))"
LOCAL = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Clock:
    """What a run's SQL may ask of the run: its id, its time and as of when it looks."""

    run_id: str
    now: datetime  # UTC, naive
    as_at: str | None = None
    demonstration: date | None = None

    def variables(self) -> dict[str, str]:
        now = f"timestamp '{self.looks_from:%Y-%m-%d %H:%M:%S}'"
        return {
            "now": now,
            # after its newest event no extract of a demonstration was to come: its age is that on the day of the first extract that has it
            "due": f"least({now}, coalesce({FIRST_EXTRACT}, {now}))" if self.demonstration and not self.as_at else now,
            "run_id": "'" + self.run_id.replace("'", "''") + "'",
            "as_at": self.known,
        }

    @property
    def looks_from(self) -> datetime:
        """The moment (UTC) that ages are counted back from: now, or the end of the day asked for or of a demonstration's, or the moment asked for."""
        if self.demonstration and not self.as_at:
            return min(self.now, datetime.combine(self.demonstration, time.max, LOCAL).astimezone(UTC).replace(tzinfo=None, microsecond=0))
        if not self.as_at:
            return self.now
        asked = datetime.fromisoformat(self.as_at) + timedelta(days=1 if len(self.as_at) <= 10 else 0)
        return min(self.now, utc_naive(asked.replace(tzinfo=LOCAL)))

    @property
    def known(self) -> str:
        """SQL that is true of the raw rows known as at the day (to its end) or moment asked for, local time; as the dbt models have it."""
        if not self.as_at:
            return "true"
        moment = datetime.fromisoformat(self.as_at)
        if len(self.as_at) <= 10:
            limit = f"< timezone('UTC', timezone('Europe/London', timestamp '{moment:%Y-%m-%d}' + interval 1 day))"
        else:
            limit = f"<= timezone('UTC', timezone('Europe/London', timestamp '{moment:%Y-%m-%d %H:%M:%S}'))"
        return f"coalesce(_extracted_at, _loaded_at) {limit}"


def utc_naive(moment: datetime) -> datetime:
    """The moment in UTC without offset, as everything in the database."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def sql_of(text: str, spec: CheckSpec, table: str, clock: Clock, failing: str | None = None) -> str:
    """The SQL of a suite with the table, its failing rows and the run filled in.

    failing  a table that has the failing rows already; else they are the query in `spec.sql`
    """
    variables = {"table": table} | clock.variables()
    rows = f"from {failing}" if failing else Template(spec.sql or "").safe_substitute(variables)
    return Template(text).safe_substitute(variables | {"failing": rows})
