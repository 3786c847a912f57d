"""What travels: the plan of a check (CheckSpec) and the result of one (CheckResult, a row of quality.check_results)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

RUNBOOKS_DIR = "docs/runbooks"


@dataclass(frozen=True)
class CheckSpec:
    """One planned check of one table. Nothing here needs Great Expectations, so that plans cost nothing to make.

    A check is either an engine expectation on a column (`expectation` with `kwargs`) or an SQL query that returns the rows
    that fail (`sql`), always aggregates: months, counts, rates, rules, and never a value of a personal column.
    In `sql`, `detail` and `months` stand `$table` (the table checked), `$failing` (the query in `sql`), `$now`, `$due` (now, but of a
    demonstration its last extract), `$run_id`
    and `$as_at`; the rest was filled in from the contract when the plan was made.
    """

    name: str
    title: str  # what is wrong where it fails, in a few words for readers
    table: str  # schema.table
    dimension: str
    severity: str  # warn or error
    owner: str
    description: str
    runbook: str  # name of the file in docs/runbooks, without .md
    feed: str | None = None
    column: str | None = None
    expectation: str | None = None  # class name in great_expectations.expectations
    kwargs: dict[str, Any] = field(default_factory=dict, hash=False)
    sql: str | None = None
    detail: str | None = None  # one row of aggregates that fills the message; `failed`, `checked` and `observed` are stored too
    message: str = ""
    months: str | None = None  # first days of the months concerned
    needs: tuple[str, ...] = ()  # feeds that must hold data, else the check is skipped
    reads_ledger: bool = False  # it looks at the ledger alone: a feed whose every row was rejected, or whose every file was refused, is checked
    by_month: bool = False  # it holds of the rows of each month by themselves
    newest_months: int | None = None  # it looks at the rows of so many months back from the newest event; None: at all
    has_caveat: bool = True  # whether the warning stands on the published rows concerned

    @property
    def layer(self) -> str:
        return self.table.split(".", 1)[0]

    @property
    def asks_the_run(self) -> bool:
        """Whether its outcome may change with the clock or the run while the data stay the same."""
        return any(word in f"{self.sql} {self.detail} {self.months}" for word in ("$now", "$run_id"))

    @property
    def reads_rows(self) -> bool:
        """Whether it reads the rows of its table, and not only what others have counted of them."""
        return bool(self.expectation) or "$table" in f"{self.sql} {self.detail} {self.months}"

    @property
    def runbook_path(self) -> str:
        return f"{RUNBOOKS_DIR}/{self.runbook}.md"


@dataclass(frozen=True)
class CheckResult:
    """One result of one check: a row of quality.check_results, in the order of its columns. Times are UTC and naive."""

    run_id: str
    checked_at: datetime
    check_name: str
    engine: str  # great_expectations, dbt_test, dbt_unit_test, ingest
    layer: str
    table_name: str  # schema.table
    column_name: str | None = None
    feed: str | None = None
    severity: str = "error"  # warn or error
    status: str = "passed"  # passed, warned, failed, skipped
    checked_count: int | None = None
    failed_count: int | None = None
    observed: float | None = None
    from_month: date | None = None
    to_month: date | None = None
    owner: str | None = None
    message: str | None = None
    check_title: str | None = None  # what is wrong where it fails, in a few words; None for tests of the models
    months: list[date] | None = None  # those whose rows fail the check, where it tells them
    has_caveat: bool | None = None  # whether a warning stands on the published rows concerned; None: it does
