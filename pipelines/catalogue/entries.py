"""One measure and the whole catalogue, as the files say them with families and defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.catalogue.model import DriverSet, Entry, Fact, FindingsFile, Framework, Side, Unit
from pipelines.catalogue.reading import Document, Location

SUMMED = ("count", "sum", "share", "cohort_rate", "mean")
RATES = ("rate", "ratio")
TO_FILL_IN = "FILL IN"  # what `scorecards measure new` leaves to the analyst
# What a change of a measure is taken apart as, by its statistic.
DRIVER_KINDS = {"mean": "mean", "median": "median", "count": "volume"}


@dataclass(frozen=True)
class Measure:
    """One measure: its entry with family and defaults filled in, and the place it stands."""

    domain: str
    entry: Entry
    document: Document
    location: Location

    @property
    def name(self) -> str:
        return f"measure {self.entry.id}"


@dataclass(frozen=True)
class Catalogue:
    """What the files of the catalogue say, checked. Measures stand in the order of the files and of their lines."""

    measures: tuple[Measure, ...]
    facts: Mapping[str, Fact]
    units: Mapping[str, Unit]
    frameworks: Mapping[str, Framework]
    drivers: tuple[DriverSet, ...]
    findings: FindingsFile

    @property
    def units_per_residents(self) -> dict[int | float | None, str]:
        """The unit of a rate per number of residents, by that number."""
        return {unit.factor: name for name, unit in self.units.items() if unit.per_residents}

    def entries(self) -> list[dict[str, Any]]:
        """Every entry as plain data, with its domain; fields that nobody gave are absent."""
        return [
            {"domain": measure.domain} | measure.entry.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"family"})
            for measure in self.measures
        ]


def sides_of(entry: Entry) -> list[tuple[str, Side]]:
    """The sides of a rate, each with the field it stands in."""
    return [(field, side) for field in ("numerator", "denominator") if isinstance(side := getattr(entry, field), Side)]
