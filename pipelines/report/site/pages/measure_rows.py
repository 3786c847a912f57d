"""What the pages of measures show: the rows of each series, and what the pages of all measures share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from pipelines.report.marts import Marts, Row
from pipelines.report.site.content import Content, Series

SPC = """
select measure_id, area_id, segment, month, value, value_adjusted, is_seasonally_adjusted, numerator, denominator, phase, rebase_no, is_excluded,
    mean, lpl_display, upl_display, special_cause, variation, target, assurance, limits_status, is_latest, recommended_chart, has_headline_icon, note
from measures.measure_spc
where measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, segment, month
"""
ALTERNATIVES = """
select measure_id, area_id, segment, chart, point_no, month, value, numerator, denominator, phase, rebase_no, is_excluded, centre,
    lpl_display, upl_display, special_cause, variation, limits_status, is_latest
from measures.spc_alternatives
where is_recommended and measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, segment, point_no
"""
LATEST = """
select * from measures.measure_values
where is_complete and measure_id in (select unnest($measures::varchar[]))
qualify period_end = max(period_end) over (partition by measure_id, area_id, segment, period_type)
order by measure_id, area_id, segment, period_type
"""
# Every figure of a series that is not monthly.
RARE = """
select * from measures.measure_values as every
where measure_id in (select unnest($measures::varchar[])) and period_type <> 'month'
    and not exists (
        select 1 from measures.measure_spc as charted
        where every.measure_id = charted.measure_id and every.area_id = charted.area_id and every.segment = charted.segment
    )
qualify row_number() over (partition by measure_id, area_id, segment, period_type order by period_end desc) <= 40
order by measure_id, area_id, segment, period_type, period_end
"""
FINDINGS = """
select measure_id, area_id, segment, period_type, period_end, kind, section, finding_order, evidence, sentence
from measures.measure_findings
where is_latest and is_said and measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, segment, period_type = 'month' desc, period_type, section, finding_order
"""
NARRATIVES = """
select * from measures.measure_narratives
where is_latest and measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, segment
"""
COMPARISONS = """
with newest as (
    select measure_id, area_id, segment, period_type, max(period_end) as period_end
    from measures.measure_values
    where is_complete and measure_id in (select unnest($measures::varchar[]))
    group by measure_id, area_id, segment, period_type
)
select every.* from measures.measure_comparisons as every
inner join newest using (measure_id, area_id, segment, period_type, period_end)
order by measure_id, area_id, segment, period_type, comparison
"""
DRIVERS = """
select * from measures.drivers
where measure_id in (select unnest($measures::varchar[]))
qualify period_end = max(period_end) over (partition by measure_id, area_id, set_id, period_type)
order by measure_id, area_id, set_id, period_type, driver_kind, rank, value_1, value_2
"""
COMPARATORS = """
select * from measures.comparator_values
where measure_id in (select unnest($measures::varchar[]))
qualify row_number() over (partition by measure_id, comparator_id, segment, period_type order by period_end desc) = 1
order by measure_id, comparator_id, segment, period_type
"""
CORRELATIONS = """
select * from measures.correlations
where measure_a in (select unnest($measures::varchar[])) or measure_b in (select unnest($measures::varchar[]))
qualify period_end = max(period_end) over (partition by pair_id)
order by pair_id
"""
REVISIONS = """
select * from measures.revisions
where measure_id in (select unnest($measures::varchar[]))
qualify row_number() over (partition by measure_id, area_id, segment order by period_end desc, period_type) <= 24
order by measure_id, area_id, segment, period_end desc, period_type
"""
CANDIDATES = """
select * from measures.rebase_candidates
where measure_id in (select unnest($measures::varchar[]))
order by effective_month desc, area_id, segment
"""
REBASES = """
select * from measures.measure_rebases
where measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, segment, effective_month
"""
REVIEWS = """
select * from quality.limit_review_queue
where cause_no = 1 and measure_id in (select unnest($measures::varchar[]))
"""
PROFILES = """
select * from measures.profiles
where measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, event_id, window_name desc, local_weekday, local_hour
"""
# The same figures raw, or adjusted.
COUNTERPARTS = """
select * from measures.measure_values
where period_type = 'month' and value is not null and measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, segment, period_end
"""
FUNNEL_PLACES = """
select * from measures.funnel_places
where measure_id in (select unnest($measures::varchar[]))
order by measure_id, peer_group, denominator, area_id
"""
FUNNEL_LIMITS = """
select * from measures.funnel_limits
where measure_id in (select unnest($measures::varchar[]))
order by measure_id, peer_group, point_no
"""
CHANGES = "select * from measures.profile_changes where measure_id in (select unnest($measures::varchar[])) order by event_month, event_id, area_id"


@dataclass
class SeriesRows:
    """The rows of one series."""

    spc: list[Row] = field(default_factory=list)
    alternatives: list[Row] = field(default_factory=list)
    latest: list[Row] = field(default_factory=list)
    rare: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)
    narratives: list[Row] = field(default_factory=list)
    comparisons: list[Row] = field(default_factory=list)
    drivers: list[Row] = field(default_factory=list)
    revisions: list[Row] = field(default_factory=list)
    candidates: list[Row] = field(default_factory=list)
    rebases: list[Row] = field(default_factory=list)
    reviews: list[Row] = field(default_factory=list)

    @property
    def narrative(self) -> Row | None:
        """The newest narrative of the series; None where it has none."""
        return self.narratives[0] if self.narratives else None


def figures_by_measure(marts: Marts, chosen: Sequence[str]) -> dict[str, dict[Series, SeriesRows]]:
    """measure -> series -> figures, each large table read once."""
    figures: dict[str, dict[Series, SeriesRows]] = defaultdict(lambda: defaultdict(SeriesRows))
    large = (
        ("spc", SPC, "measures.measure_spc"),
        ("alternatives", ALTERNATIVES, "measures.spc_alternatives"),
        ("latest", LATEST, "measures.measure_values"),
        ("rare", RARE, "measures.measure_values"),
        ("findings", FINDINGS, "measures.measure_findings"),
        ("narratives", NARRATIVES, "measures.measure_narratives"),
        ("comparisons", COMPARISONS, "measures.measure_comparisons"),
    )
    for name, sql, table in large:
        for series, together in groupby(marts.rows(sql, {"measures": list(chosen)}, table), key=Series.of):
            setattr(figures[series.measure_id][series], name, list(together))
    for row in marts.rows(DRIVERS, {"measures": list(chosen)}):
        figures[row.measure_id][Series(row.measure_id, row.area_id)].drivers.append(row)
    small = (
        ("revisions", "measures.revisions", REVISIONS),
        ("candidates", "measures.rebase_candidates", CANDIDATES),
        ("rebases", "measures.measure_rebases", REBASES),
        ("reviews", "quality.limit_review_queue", REVIEWS),
    )
    for name, table, sql in small:
        if marts.has(table):
            for row in marts.rows(sql, {"measures": list(chosen)}):
                getattr(figures[row.measure_id][Series.of(row)], name).append(row)
    # a series without values or chart (with a comparison only, say) has no page
    return {m: {s: f for s, f in of_measure.items() if f.latest or f.spc or f.rare} for m, of_measure in figures.items()}


class Shared:
    """Rows shared by the pages of all measures: events, comparators, correlations, commentary, feeds."""

    def __init__(self, content: Content, chosen: Sequence[str]) -> None:
        marts = content.marts
        self.events = {row.event_id: row for row in marts.table("governance.events", "event_date, event_id") if not row.is_withdrawn}
        self.comparators = by_measure(marts.rows(COMPARATORS, {"measures": list(chosen)}))
        self.changes = by_measure(marts.rows(CHANGES, {"measures": list(chosen)}) if marts.has("measures.profile_changes") else [])
        self.profiles: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in marts.rows(PROFILES, {"measures": list(chosen)}) if marts.has("measures.profiles") else []:
            self.profiles[row.measure_id, row.area_id].append(row)
        self.counterparts: dict[Series, dict[date, Row]] = defaultdict(dict)
        others = [other for measure in chosen if (other := content.counterpart(measure))]
        for row in marts.rows(COUNTERPARTS, {"measures": others}) if others else []:
            self.counterparts[Series.of(row)][row.period_end.replace(day=1)] = row
        has_funnels = marts.has("measures.funnel_places")
        self.funnel_places = by_measure(marts.rows(FUNNEL_PLACES, {"measures": list(chosen)}) if has_funnels else [])
        self.funnel_limits = by_measure(marts.rows(FUNNEL_LIMITS, {"measures": list(chosen)}) if has_funnels else [])
        self.correlations: dict[str, list[Row]] = defaultdict(list)
        for row in marts.rows(CORRELATIONS, {"measures": list(chosen)}) if marts.has("measures.correlations") else []:
            for measure in {row.measure_a, row.measure_b}:
                self.correlations[measure].append(row)
        self.commentary = by_measure(
            [
                c
                for c in marts.table("governance.commentary", "period_end desc nulls last, kind, commentary_id")
                if c.measure_id and not c.is_withdrawn
            ]
        )
        self.issues: dict[str, list[Row]] = defaultdict(list)
        for row in marts.rows("select * from quality.narrative_issues where source = 'commentary' order by all"):
            self.issues[row.source_id].append(row)
        self.newest_file = {
            row.feed: row
            for row in marts.rows(
                """
                select * from quality.feed_outcomes where status = 'loaded'
                qualify row_number() over (partition by feed order by loaded_at desc, file_path desc, load_id desc) = 1
                """
            )
        }
        self.lines: dict[str, list[tuple[Row, Row]]] = defaultdict(list)
        for card in content.cards:
            for line in content.lines[card.scorecard_id]:
                self.lines[line.measure_id].append((card, line))


def by_measure(rows: Sequence[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.measure_id].append(row)
    return grouped
