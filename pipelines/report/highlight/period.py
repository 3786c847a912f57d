"""The month and quarter of a highlight report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

QUARTER = re.compile(r"(\d{4})[- ]?[Qq]([1-4])")


class ReportError(ValueError):
    """The report cannot be made; the message says why, and what is available."""


@dataclass(frozen=True)
class Period:
    """The month whose figures are shown, and the calendar quarter that it lies in.

    month_end     last day of the month
    quarter_end   last day of the calendar quarter; outcomes, deliverables, risks and commentary are those of this quarter
    is_quarter    the report was asked for by its quarter; its folder is named after it
    """

    month_end: date
    quarter_end: date
    is_quarter: bool = False

    @property
    def quarter_start(self) -> date:
        return self.quarter_end + relativedelta(months=-2, day=1)

    @property
    def name(self) -> str:
        """Name of the report's folder: 2023Q2, or 2023-07."""
        return quarter_name(self.quarter_end) if self.is_quarter else f"{self.month_end:%Y-%m}"

    @property
    def title(self) -> str:
        """July to September 2023"""
        return f"{self.quarter_start:%B} to {self.quarter_end:%B %Y}"


def month_end(day: date) -> date:
    return day + relativedelta(day=31)


def quarter_end(day: date) -> date:
    return day + relativedelta(months=-day.month % 3, day=31)


def quarter_name(end: date) -> str:
    """2023Q2, from its last day"""
    return f"{end.year}Q{end.month // 3}"


def quarter_of(text: str) -> date:
    """Last day of a calendar quarter written as 2023Q2. Raises ReportError."""
    match = QUARTER.fullmatch(text.strip())
    if not match:
        raise ReportError(f"{text!r} is not a quarter: write it as 2023Q2")
    return quarter_end(date(int(match[1]), int(match[2]) * 3, 1))


def choose_period(months: list[date], quarter: date | None, month: date | None, who: str) -> Period:
    """The period of a report.

    months    last days of the months with figures for the report's charts
    quarter   last day of the quarter asked for; its latest month with figures is shown
    month     any day of the month asked for; without either, the latest month
    Raises ReportError where there are no figures, with what there is.
    """
    if not months:
        raise ReportError(
            f"the marts hold no monthly figures for {who}: `scorecards run` takes the extracts in, `scorecards status` says what is published"
        )
    there_is = f"its figures run from {min(months):%Y-%m} to {max(months):%Y-%m}"
    if quarter is not None:
        within = [m for m in months if quarter_end(m) == quarter]
        if not within:
            raise ReportError(f"there are no figures of {quarter_name(quarter)} for {who}: {there_is}")
        if month is not None and month_end(month) not in within:
            raise ReportError(
                f"{month:%Y-%m} with {quarter_name(quarter)}: give a month of the quarter that has figures, or one of the two; {there_is}"
            )
        return Period(month_end(month) if month else max(within), quarter, is_quarter=month is None)
    last = month_end(month) if month is not None else max(months)
    if last not in months:
        raise ReportError(f"there are no figures of {last:%Y-%m} for {who}: {there_is}")
    return Period(last, quarter_end(last))
