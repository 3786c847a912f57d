"""What the public pages share: the cards and lines of the public tier, and where their pages are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

from pipelines.catalogue.catalogue import read_frameworks
from pipelines.report.marts import Marts, Row
from pipelines.report.site.content import Content, Series
from pipelines.settings import Licence


class PublicContent(Content):
    """A measure has one page, and there are no pages of registers, areas and quality."""

    is_public = True
    navigation: Sequence[tuple[str, str, str]] = (
        ("index.html", "Home", "home"),
        ("cards/index.html", "Scorecards", "cards"),
        ("measures/index.html", "Measures", "measures"),
        ("data/index.html", "Open data", "data"),
        ("methods.html", "How to read", "methods"),
    )

    def __init__(self, marts: Marts, licence: Licence, demonstration: date | None) -> None:
        super().__init__(marts, Path())
        self.licence, self._demonstration = licence, demonstration
        self.environment.globals |= {"marking": None}

    @property
    def demonstration(self) -> date | None:
        return self._demonstration

    @property
    def documents(self) -> list[tuple[str, str, str]]:
        return []

    @cached_property
    def cards(self) -> list[Row]:
        """The cards with the most lines first: those of a whole force before those of its parts."""
        order = list(read_frameworks())
        return sorted(self.marts.table("scorecards.cards"), key=lambda card: (-card.line_count, order.index(card.framework), card.scorecard_id))

    @cached_property
    def summaries(self) -> dict[str, Row]:
        return {row.scorecard_id: row for row in self.marts.table("scorecards.tier_summaries")}

    @property
    def line_tables(self) -> list[str]:
        return ["scorecards.public"]

    @cached_property
    def lines_of_measures(self) -> dict[str, list[Row]]:
        """measure -> its lines, each series once: as it stands on the widest card."""
        lines: dict[str, list[Row]] = {}
        for line in self.one_line_per_series:
            lines.setdefault(line.measure_id, []).append(line)
        return lines

    @cached_property
    def reasons(self) -> list[Row]:
        """Each reason that a line is given for a figure that is not shown as it is."""
        return self.marts.rows("select distinct suppression_reason from scorecards.public where suppression_reason is not null order by all")

    def series_path(self, series: Series) -> str:
        return self.measure_path(series.measure_id)

    def line_path(self, line: Row) -> str:
        return self.measure_path(line.measure_id)
