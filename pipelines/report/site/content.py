"""Shared by all pages, read once: cards and their lines, measures, areas, registers. Large tables are read by the pages that show them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import yaml

from pipelines.catalogue.catalogue import read_frameworks
from pipelines.report import charts, formatting, icons, workbooks
from pipelines.report.marts import LATE, LATE_FORCES, Marts, Row
from pipelines.report.outlines import Outlines, read_outlines
from pipelines.report.palette import TONES
from pipelines.report.place_charts import WEEKDAYS
from pipelines.report.trace import helpers
from pipelines.report.units import UNIT_HEADINGS, UNITS

TEMPLATES = Path(__file__).parent / "templates"
# A card with more lines than this has one page per plan priority, and an overview in front of them.
LINES_PER_PAGE = 100
# Documents that `scorecards docs` writes beside the site: path under published/, title, what it is.
DOCUMENTS = (
    ("docs/dictionary.md", "Data dictionary", "every published table and column"),
    ("docs/systems.md", "Systems", "where each feed comes from"),
    ("docs/governance-map.md", "Governance map as text", "the same map, for a wiki"),
    ("docs/checks.html", "Checks", "what every check expects of each table, and how the data met it last"),
    ("docs/dbt/index.html", "dbt docs", "models, columns and lineage"),
)

# Where a user puts outlines of areas (docs/site.md), beside the published folder; and where the tiles stand until then.
MAPS = "maps"
TILES: dict[str, tuple[int, int]] = {
    area: (x, y) for area, (x, y) in yaml.safe_load((Path(__file__).parent / "tiles.yaml").read_text("utf-8")).items()
}
# What the name of a measure ends with that is another one after the adjustment of its rows.
ADJUSTED = "_adjusted"
# What areas of a level are called, all of them together.
LEVELS = {"force": "Forces", "district": "Districts", "cpt": "Community policing teams"}
# The pages that every page links to: path, name, and the section that they are of.
NAVIGATION = (
    ("index.html", "Home", "home"),
    ("cards/index.html", "Scorecards", "cards"),
    ("measures/index.html", "Measures", "measures"),
    ("areas/index.html", "Areas", "areas"),
    ("risks/index.html", "Risks", "risks"),
    ("deliverables.html", "Deliverables", "deliverables"),
    ("governance.html", "Governance", "governance"),
    ("yesterday.html", "Yesterday", "yesterday"),
    ("demand.html", "Demand", "demand"),
    ("quality/index.html", "Data quality", "quality"),
    ("methods.html", "How to read", "methods"),
    ("glossary.html", "Glossary", "glossary"),
    ("search.html", "Search", "search"),
)

LINE_KEY = (
    "measure_id, area_id, segment, spc_chart, spc_month, tone, spc_variation, spc_assurance, has_spc_icon, is_target_met, rag, quality_grade, status"
)


@dataclass(frozen=True)
class Series:
    """One measure in one area and segment."""

    measure_id: str
    area_id: str
    segment: str = "all"

    @classmethod
    def of(cls, row: Row) -> Series:
        return cls(row.measure_id, row.area_id, row.segment)


def slug(text: str) -> str:
    """A segment as part of a file name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "none"


class Content:
    """The shared rows, the template environment, and the paths of the pages."""

    is_public = False
    navigation: Sequence[tuple[str, str, str]] = NAVIGATION

    def __init__(self, marts: Marts, published_dir: Path) -> None:
        self.marts, self.published_dir = marts, published_dir
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=jinja2.FileSystemBytecodeCache(),  # for the next night, and the processes beside this one
            auto_reload=False,  # no template changes while a site is drawn: asking the disk for each page takes longer than finding it
        )
        self.environment.globals |= helpers(marts) | {
            "content": self,
            "key_of_signals": charts.key_of_signals,
            "variation_icon": icons.variation_icon,
            "assurance_icon": icons.assurance_icon,
            "icon_use": icons.icon_use,
            "icon_symbols": icons.icon_symbols,
            "variation_words": icons.VARIATION_WORDS,
            "assurance_words": icons.ASSURANCE_WORDS,
            "unit_names": UNIT_HEADINGS,
            "levels_named": LEVELS,
            "tones": TONES,
            "tone_class": lambda tone: tone.partition(" ")[0],
            "weekdays": WEEKDAYS,
            "units": UNITS,
            "series_of": Series.of,
            "plain": formatting.plain_text,
            "marking": formatting.MARKING,
            "date_text": formatting.date_text,
        }

    def page(self, template: str, path: str, **context: Any) -> tuple[str, str]:
        """(path, text) of a page; `root` leads from it back to the site's folder."""
        return path, self.environment.get_template(template).render(root="../" * path.count("/"), path=path, **context)

    @cached_property
    def demonstration(self) -> date | None:
        """The day that demonstration data are of; None where the data are a force's own."""
        if not self.marts.has("quality.heartbeat"):
            return None
        day: date | None = self.marts.value("select max(demonstration_date) from quality.heartbeat")
        return day

    @cached_property
    def late_feeds(self) -> list[Row]:
        """What the last run says of overdue data, and of forces whose figures are old: said at the head of a page and nowhere else."""
        late = self.marts.rows(LATE) if self.marts.has("quality.check_results") else []
        return late + (self.marts.rows(LATE_FORCES) if self.marts.has("quality.shares") else [])

    # ---- cards and lines

    @cached_property
    def cards(self) -> list[Row]:
        """The cards, the widest first: those of a whole force before those of its districts."""
        cards, order = self.marts.table("scorecards.cards"), list(read_frameworks())
        return sorted(cards, key=lambda c: (self.areas[c.area_id].level != "force", order.index(c.framework), c.scorecard_id))

    @cached_property
    def lines(self) -> dict[str, list[Row]]:
        """scorecard_id -> its lines, in their order."""
        lines: dict[str, list[Row]] = defaultdict(list)
        for table in self.line_tables:
            for row in self.marts.table(table, "scorecard_id, line_order, line_id"):
                lines[row.scorecard_id].append(row)
        return lines

    @cached_property
    def summaries(self) -> dict[str, Row]:
        """scorecard_id -> its five sentences."""
        return {row.scorecard_id: row for row in self.marts.table("scorecards.summaries")}

    @property
    def line_tables(self) -> list[str]:
        return sorted({card.table_name for card in self.cards} & set(self.marts.tables))

    @cached_property
    def lines_sql(self) -> str:
        """A query of the lines of all cards together, each series once."""
        return " union ".join(f"select {LINE_KEY} from {table}" for table in self.line_tables)

    @cached_property
    def one_line_per_series(self) -> list[Row]:
        """The lines of all cards, each series once: as it stands on the widest card."""
        lines: dict[Series, Row] = {}
        for card in self.cards:
            for row in self.lines[card.scorecard_id]:
                lines.setdefault(Series.of(row), row)
        return list(lines.values())

    @cached_property
    def month(self) -> date | None:
        """The month of the cards: the one in which most of their charts have their latest point."""
        return self.marts.value(self.month_sql) if self.line_tables else None

    @property
    def month_sql(self) -> str:
        return f"select mode(spc_month) from ({self.lines_sql}) where has_spc_icon"

    # ---- dimensions and registers

    @cached_property
    def areas(self) -> dict[str, Row]:
        return {row.area_id: row for row in self.marts.table("core.dim_area")}

    @cached_property
    def measures(self) -> dict[str, Row]:
        return {row.measure_id: row for row in self.marts.table("core.dim_measure", "title, measure_id")}

    @cached_property
    def risks(self) -> dict[str, Row]:
        return {row.risk_id: row for row in self.marts.table("governance.risk_register")}

    @cached_property
    def deliverables(self) -> dict[str, Row]:
        return {row.deliverable_id: row for row in self.marts.table("governance.deliverables", "due_date nulls last, deliverable_id")}

    @cached_property
    def frameworks(self) -> list[str]:
        """Frameworks with a risk register, those with cards first, in the order of the cards."""
        order = [card.framework for card in self.cards]
        return sorted({r.framework for r in self.risks.values()}, key=lambda f: (order.index(f) if f in order else len(order), f))

    @cached_property
    def links(self) -> dict[tuple[str, str], list[str]]:
        """(item kind, measure) -> ids of risks, deliverables, events … that name the measure."""
        items: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in self.marts.table("governance.measure_links"):
            items[row.item_kind, row.measure_id].append(row.item_id)
        return items

    @cached_property
    def _linked(self) -> dict[tuple[str, str], list[Row]]:
        measures: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for (kind, measure_id), items in self.links.items():
            for item in items:
                if measure_id in self.measures:
                    measures[kind, item].append(self.measures[measure_id])
        return measures

    def measures_of(self, kind: str, item: str) -> list[Row]:
        """The measures that a risk or deliverable names."""
        return self._linked.get((kind, item), [])

    # ---- where things stand

    @cached_property
    def headline_series(self) -> dict[str, Series]:
        """measure -> the series on its own page: that of a force with a card, else of the widest area."""
        carded = {(c.area_id) for c in self.cards}
        best: dict[str, tuple[Any, Series]] = {}
        rows = self.marts.rows("select distinct measure_id, area_id, segment from measures.measure_values order by all")
        for row in rows:
            area = self.areas.get(row.area_id)
            rank = (
                row.segment != "all",
                self.area_rank(row.area_id),
                row.area_id not in carded,
                bool(area and area.is_unallocated),
                row.area_id,
                row.segment,
            )
            if row.measure_id not in best or rank < best[row.measure_id][0]:
                best[row.measure_id] = (rank, Series.of(row))
        return {measure: series for measure, (_, series) in best.items()}

    @cached_property
    def outlines(self) -> Outlines:
        """The outlines of areas that the user has given, in the folder `maps` beside the published one."""
        return read_outlines(self.published_dir.parent / MAPS, self.areas)

    def area_rank(self, area_id: str) -> int:
        """0 for a force, 1 for a district, 2 for a community policing team, 3 for any other area."""
        area = self.areas.get(area_id)
        return {"force": 0, "district": 1, "cpt": 2}.get(area.level, 3) if area else 3

    @cached_property
    def areas_told(self) -> list[Row]:
        """The areas with a page of their own, forces first: those of which a measure says something."""
        if not self.marts.has("measures.measure_narratives"):
            return []
        told = {
            row.area_id for row in self.marts.rows("select distinct area_id from measures.measure_narratives where is_latest and segment = 'all'")
        }
        areas = [area for area in self.areas.values() if area.area_id in told and not area.is_unallocated]
        return sorted(areas, key=lambda a: (self.area_rank(a.area_id), a.level, a.area_name))

    def counterpart(self, measure_id: str) -> str | None:
        """The measure that holds the same figure adjusted, or raw; None where there is none."""
        other = measure_id.removesuffix(ADJUSTED) if measure_id.endswith(ADJUSTED) else measure_id + ADJUSTED
        return other if other in self.measures else None

    def measure_path(self, measure_id: str) -> str:
        return f"measures/{measure_id}.html"

    def series_path(self, series: Series) -> str:
        """The page of a series; its measure's own page for the one shown there, and where the series has no figures."""
        if self.headline_series.get(series.measure_id, series) == series:
            return self.measure_path(series.measure_id)
        ending = "" if series.segment == "all" else f"--{slug(series.segment)}"
        return f"measures/{series.measure_id}/{series.area_id}{ending}.html"

    def line_path(self, line: Row) -> str:
        return self.series_path(Series.of(line)) if line.status == "collected" and line.value is not None else self.measure_path(line.measure_id)

    def card_pages(self, card: Row) -> list[tuple[str, int | None, list[Row]]]:
        """(path, plan priority, lines) of each page of a card; one page where it is short."""
        lines = self.lines[card.scorecard_id]
        priorities = sorted({line.plan_priority for line in lines if line.plan_priority is not None})
        if len(lines) <= LINES_PER_PAGE or len(priorities) < 2:
            return [(f"cards/{card.scorecard_id}.html", None, lines)]
        return [
            (f"cards/{card.scorecard_id}-{priority}.html", priority, [line for line in lines if line.plan_priority == priority])
            for priority in priorities
        ]

    def risk_path(self, risk_id: str) -> str:
        return f"risks/{slug(self.risks[risk_id].framework)}.html#{slug(risk_id)}"

    def risks_of(self, ids: str | None) -> list[Row]:
        """The risks of a line's `linked_risk_ids`."""
        return [self.risks[i] for i in split(ids) if i in self.risks]

    def deliverables_of(self, ids: str | None) -> list[Row]:
        return [self.deliverables[i] for i in split(ids) if i in self.deliverables]

    @cached_property
    def documents(self) -> list[tuple[str, str, str]]:
        """Generated documents that stand beside the site now."""
        return self.documents_in(self.published_dir)

    @staticmethod
    def workbooks_in(published_dir: Path) -> dict[str, str]:
        """scorecard_id -> its workbook, by its path below the published folder; of those that there are."""
        return {path.stem: f"{workbooks.FOLDER}/{path.name}" for path in sorted((published_dir / workbooks.FOLDER).glob("*.xlsx"))}

    @cached_property
    def workbooks(self) -> dict[str, str]:
        return self.workbooks_in(self.published_dir)

    @staticmethod
    def documents_in(published_dir: Path) -> list[tuple[str, str, str]]:
        return [document for document in DOCUMENTS if (published_dir / document[0]).exists()]

    @staticmethod
    def feeds_of(measure: Row) -> list[str]:
        return split(measure.source_feeds)

    @cached_property
    def has_bt(self) -> bool:
        return bool(self.marts.table("quality.bt_adjustment"))


def split(ids: str | None) -> list[str]:
    """The ids of a list in a cell, separated by `,` or `;`."""
    return [i for i in re.split(r"[,;]\s*", ids or "") if i]
