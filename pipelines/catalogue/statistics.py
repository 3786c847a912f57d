"""The statistics that a measure may name, and what each is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MadeOf = Literal["components", "quantiles", "snapshots", "returns", "estimates"]


@dataclass(frozen=True)
class Statistic:
    """One statistic.

    made_of    components  sums over months, divided once, at the end, and multiplied by the factor of the unit
               quantiles   taken from the rows of their period; the numerator stays empty, the denominator is the number of those rows
               snapshots   counted (or, of a number, added up) on each dated snapshot of a fact; never summed over dates
               returns     as a partner returned it
               estimates   as a survey gives it, with its margin
    needs      fields of an entry that it cannot do without
    unit       where the entry gives none
    quantile   share of the rows that lie at or below the value
    fact       the fact that it always reads; where `needs` has no fact either, the sides of a rate name theirs
    feeds      feeds that it needs beside those of its fact
    yoy_basis  the period whose change on a year before is quoted, where the entry does not say
    """

    made_of: MadeOf
    needs: tuple[str, ...]
    unit: str | None = None
    quantile: float | None = None
    fact: str | None = None
    feeds: tuple[str, ...] = ()
    yoy_basis: str | None = None

    @property
    def takes_fact(self) -> bool:
        """Whether an entry names the fact itself."""
        return "fact" in self.needs


STATISTICS: dict[str, Statistic] = {
    "count": Statistic("components", ("fact",), unit="count"),
    "sum": Statistic("components", ("fact", "of"), unit="count"),
    "share": Statistic("components", ("fact", "numerator"), unit="pct"),
    "share_of_total": Statistic("components", ("fact", "segment_by"), unit="pct"),
    "rate": Statistic("components", ("numerator", "denominator"), unit="pct"),
    "ratio": Statistic("components", ("numerator", "denominator"), unit="pct"),
    "population_rate": Statistic("components", ("numerator", "per")),
    "cohort_rate": Statistic("components", ("fact", "numerator"), unit="pct", feeds=("crime_outcomes",)),
    "mean": Statistic("components", ("fact", "of"), unit="seconds"),
    "median": Statistic("quantiles", ("fact", "of"), unit="seconds", quantile=0.5),
    "p90": Statistic("quantiles", ("fact", "of"), unit="seconds", quantile=0.9),
    "snapshot": Statistic("snapshots", ("fact", "of"), unit="count", yoy_basis="snapshot"),
    "snapshot_sum": Statistic("snapshots", ("fact", "of"), unit="count", yoy_basis="snapshot"),
    "returned": Statistic("returns", ("unit", "rolls_up"), fact="fct_measure_returns"),
    "estimate": Statistic("estimates", ("where", "of", "margin"), unit="pct", fact="fct_survey_estimates", yoy_basis="quarter"),
}
# Statistics without segments, and those whose segments are those of the rows they stand on.
WITHOUT_SEGMENTS = frozenset({"median", "p90", "estimate"})
SEGMENTS_OF_THEIR_ROWS = frozenset({"population_rate", "returned"})
# Statistics that a day has by itself: sums of its rows, and their quotients. Crimes of a day have hardly any outcomes yet, and residents no day.
ADDED_UP_BY_DAY = frozenset({"count", "sum", "share", "mean", "rate", "ratio"})
