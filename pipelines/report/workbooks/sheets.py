"""The sheets of a workbook: the query of each, and its columns with heading, kind and width."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SCORECARD_SHEET = "Scorecard"

# Kinds: text, long (wrapped), code (in words), flag (yes or no), date, whole, decimal, value and change (by the unit of the row), change_pct, pct.
Kind = str


@dataclass(frozen=True)
class Column:
    """A column: `source` is `schema.table.column`, as its note says; `fill_by` names the column whose word colours it."""

    heading: str
    column: str
    kind: Kind = "text"
    width: int = 14
    source: str | None = None  # where it is not the sheet's own table
    fill_by: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its table, the query (of one card), and its columns. The columns of the table's key are among them."""

    name: str
    table: str
    sql: str
    columns: tuple[Column, ...]
    printed_columns: int  # how many from the left are printed: all of them on one page would be too small to read
    frozen_columns: int = 0
    groups: str | None = None  # a line is drawn where the value of this column changes
    note: tuple[str, Callable[[Mapping[str, Any]], str]] | None = None  # the column whose cells carry a note, and its text


def definition_note(row: Mapping[str, Any]) -> str:
    """The note of a measure: definition, exclusions, numerator and denominator, target."""
    parts = [row["definition"], row["exclusions"] and f"Exclusions: {row['exclusions']}", row["made_of"] and f"Made of: {row['made_of']}"]
    parts.append(row["target_words"] and f"Target: {row['target_words']}")
    return "\n\n".join(part for part in parts if part)


MEASURE_NAME = Column("Measure", "title", "long", 38, "core.dim_measure.title")
AREA_NAME = Column("Area", "area_name", width=18, source="core.dim_area.area_name")
KEYS_OF_SERIES = (Column("measure_id", "measure_id", width=34), Column("area_id", "area_id", width=18))
KEYS_OF_PERIODS = (*KEYS_OF_SERIES, Column("period_type", "period_type", width=12))

SCORECARD = """
select card.*, measure.definition, measure.exclusions, measure.target_text as target_words,
       measure.numerator_text || coalesce(' ÷ ' || measure.denominator_text, '') as made_of
from {table} as card
left join core.dim_measure as measure on card.measure_id = measure.measure_id
where card.scorecard_id = $card
order by card.line_order, card.line_id
"""
SCORECARD_COLUMNS = (
    # read by a board, and printed
    Column("Section", "section", "long", 22),
    Column("Measure", "title", "long", 36),
    Column("Area", "area_name", width=16),
    Column("Segment", "segment", "long", 14),
    Column("Value", "value", "value", 11),
    Column("Period to", "period_end", "date", 12),
    Column("A year before", "year_before_value", "value", 11),
    Column("Change on the year", "yoy_text", "long", 22),
    Column("Twelve months", "r12m_value", "value", 11),
    Column("Target", "target", "value", 11),
    Column("Rating in words", "rag_text", "long", 26, fill_by="rag"),
    Column("Tone", "tone", "code", 13, fill_by="tone"),
    Column("Variation", "spc_variation", "code", 22),
    Column("Assurance", "spc_assurance", "code", 24),
    Column("Headline", "trend_sentence", "long", 42),
    Column("Grade", "quality_grade", width=7),
    Column("Caveat", "caveat", "long", 42),
    # the rest of the row
    Column("In words", "paragraph", "long", 60),
    Column("Value in words", "value_text", width=20),
    Column("Unit", "unit", "code", 9),
    Column("Period", "period_type", "code", 10),
    Column("Direction of improvement", "direction", "code", 12),
    Column("Period before", "previous_value", "value", 12),
    Column("Change on the year, number", "yoy_change", "change", 14),
    Column("Change on the year, %", "yoy_change_pct", "change_pct", 10),
    Column("Change on the year significant", "is_yoy_significant", "flag", 10),
    Column("12-month change, number", "r12m_change", "change", 14),
    Column("12-month change, %", "r12m_change_pct", "change_pct", 10),
    Column("12-month change significant", "is_r12m_change_significant", "flag", 10),
    Column("Target type", "target_type", "code", 12),
    Column("Target met", "is_target_met", "flag", 8),
    Column("Limits", "limits_status", "code", 12),
    Column("Chart", "spc_chart", "code", 9),
    Column("Note on the chart", "spc_note", "long", 30),
    Column("National average", "national_value", "value", 12),
    Column("Against national average", "national_state", "long", 24),
    Column("Most similar group", "msg_value", "value", 12),
    Column("Against most similar group", "msg_state", "long", 24),
    Column("England and Wales", "england_wales_value", "value", 12),
    Column("Against England and Wales", "england_wales_state", "long", 24),
    Column("Maturity", "maturity", "code", 12),
    Column("As of", "as_of", "date", 12),
    Column("So what", "so_what", "long", 50),
    Column("Now what", "now_what", "long", 50),
    Column("Owner", "owner", width=22),
    Column("Risks", "linked_risk_ids", width=18),
    Column("Deliverables", "linked_deliverable_ids", width=18),
    Column("Priority", "plan_priority", "whole", 8),
    Column("Numerator", "numerator", "decimal", 12),
    Column("Denominator", "denominator", "decimal", 12),
    Column("Status", "status", "code", 14),
    Column("Reason for no figure", "status_reason", "long", 36),
    Column("May be shared with", "disclosure_tier", "code", 10),
    *KEYS_OF_SERIES,
    Column("scorecard_id", "scorecard_id", width=14),
    Column("line_id", "line_id", width=14),
)

MONTHLY = """
select values_.*, measure.title, area.area_name
from measures.measure_values as values_
semi join (select * from {table} where scorecard_id = $card) as card using (measure_id, area_id, segment)
left join core.dim_measure as measure using (measure_id)
left join core.dim_area as area using (area_id)
where
    values_.period_type = 'month'
    or (values_.period_type = measure.headline_period and measure.headline_period in ('quarter', 'year', 'snapshot'))
order by values_.measure_id, values_.area_id, values_.segment, values_.period_type, values_.period_end
"""
MONTHLY_COLUMNS = (
    MEASURE_NAME,
    AREA_NAME,
    Column("Segment", "segment", width=16),
    Column("Period", "period_type", "code", 10),
    Column("Period to", "period_end", "date", 12),
    Column("Value", "value", "value", 12),
    Column("Unit", "unit", "code", 9),
    Column("Numerator", "numerator", "decimal", 12),
    Column("Denominator", "denominator", "decimal", 12),
    Column("Margin (95 %)", "margin", "decimal", 10),
    Column("Complete", "is_complete", "flag", 9),
    Column("Grade", "quality_grade", width=7),
    Column("Caveat", "caveat", "text", 50),
    *KEYS_OF_PERIODS,
)

FINDINGS = """
select findings.*, measure.title, area.area_name
from measures.measure_findings as findings
semi join (select * from {table} where scorecard_id = $card) as card using (measure_id, area_id, segment)
left join core.dim_measure as measure using (measure_id)
left join core.dim_area as area using (area_id)
where findings.is_latest and findings.is_said
order by findings.measure_id, findings.area_id, findings.segment, findings.period_type, findings.finding_order, findings.kind
"""
FINDINGS_COLUMNS = (
    MEASURE_NAME,
    AREA_NAME,
    Column("Segment", "segment", width=16),
    Column("Period", "period_type", "code", 10),
    Column("Period to", "period_end", "date", 12),
    Column("Finding", "sentence", "long", 70),
    Column("Better or worse", "judgement", "code", 13),
    Column("Kind of finding", "kind", "code", 24),
    Column("Class of lead", "lead_class", "whole", 8),
    Column("Value", "value", "value", 12),
    Column("Compared with", "base_value", "value", 12),
    Column("Change", "change", "change", 12),
    Column("Change in %", "change_pct", "change_pct", 10),
    Column("Unit", "unit", "code", 9),
    Column("z", "z", "decimal", 8),
    Column("p", "p", "exact", 9),
    Column("Rule", "evidence", "long", 60),
    *KEYS_OF_PERIODS,
    Column("kind", "kind", width=24),
)

DEFINITIONS = """
select measure.*
from core.dim_measure as measure
where measure.measure_id in (select measure_id from {table} where scorecard_id = $card)
order by measure.domain, measure.measure_id
"""
DEFINITIONS_COLUMNS = (
    Column("Measure", "title", "long", 38),
    Column("Definition", "definition", "long", 70),
    Column("Exclusions", "exclusions", "long", 40),
    Column("Population", "population_text", "long", 30),
    Column("Statistic", "statistic", "code", 14),
    Column("Numerator", "numerator_text", "long", 40),
    Column("Denominator", "denominator_text", "long", 40),
    Column("Unit", "unit", "code", 9),
    Column("Direction of improvement", "direction", "code", 12),
    Column("Target", "target_text", "long", 30),
    Column("Headline period", "headline_period", "code", 10),
    Column("Months until available", "lag_months", "whole", 10),
    Column("Clock or count of", "basis", "code", 12),
    Column("Feeds", "source_feeds", "long", 28),
    Column("Owner", "owner", width=24),
    Column("Status", "status", "code", 14),
    Column("measure_id", "measure_id", width=34),
)

# The items of the card's own framework, and those of others that its lines are linked to.
RISKS = """
select risk.*
from governance.risk_register as risk
where
    risk.framework = $framework
    or risk.risk_id in (select trim(unnest(string_split(linked_risk_ids, ','))) from {table} where scorecard_id = $card)
order by risk.is_live desc, risk.current_score desc nulls last, risk.risk_id
"""
RISKS_COLUMNS = (
    Column("Number", "risk_id", width=12),
    Column("Framework", "framework", width=11),
    Column("Kind", "kind", "code", 8),
    Column("Title", "title", "long", 44),
    Column("Status", "status", "code", 12),
    Column("Live", "is_live", "flag", 7),
    Column("Likelihood", "current_likelihood", "whole", 10),
    Column("Impact", "current_impact", "whole", 8),
    Column("Score", "current_score", "whole", 8),
    Column("Band", "current_band", "code", 9),
    Column("Inherent score", "inherent_score", "whole", 10),
    Column("Target score", "target_score", "whole", 10),
    Column("Previous score", "previous_score", "whole", 10),
    Column("Movement", "movement", "code", 11),
    Column("Response", "response", "code", 11),
    Column("Controls", "controls", "long", 50),
    Column("Cause", "cause", "long", 40),
    Column("Consequence", "consequence", "long", 40),
    Column("Owner", "owner", width=24),
    Column("Actions open", "actions_open", "whole", 9),
    Column("Actions overdue", "actions_overdue", "whole", 9),
    Column("Last review", "last_review", "date", 12),
    Column("Next review", "next_review", "date", 12),
    Column("Review overdue", "is_review_overdue", "flag", 9),
    Column("Priority", "plan_priority", "whole", 8),
    Column("As of", "as_of", "date", 12),
)

DELIVERABLES = """
select item.*
from governance.deliverables as item
where
    item.framework = $framework
    or item.deliverable_id in (select trim(unnest(string_split(linked_deliverable_ids, ','))) from {table} where scorecard_id = $card)
order by item.plan_priority nulls last, item.deliverable_id
"""
DELIVERABLES_COLUMNS = (
    Column("Deliverable", "title", "long", 60),
    Column("Framework", "framework", width=11),
    Column("Priority", "plan_priority", "whole", 8),
    Column("Due, as written", "due_raw", width=16),
    Column("Due", "due_date", "date", 12),
    Column("Progress", "progress_pct", "pct", 10),
    Column("Previous progress", "previous_progress_pct", "pct", 10),
    Column("Planned progress", "planned_pct", "pct", 10),
    Column("RAG by rule", "rag", "code", 9, fill_by="rag"),
    Column("RAG by owner", "stated_rag", "code", 10, fill_by="stated_rag"),
    Column("Complete", "is_complete", "flag", 9),
    Column("Overdue", "is_overdue", "flag", 8),
    Column("Days overdue", "days_overdue", "whole", 9),
    Column("At risk", "is_at_risk", "flag", 8),
    Column("Why", "at_risk_reason", "long", 36),
    Column("Blockers", "blockers", "long", 40),
    Column("Owner", "owner", width=24),
    Column("As of", "as_of", "date", 12),
    Column("deliverable_id", "deliverable_id", width=16),
)


def sheets_of(card_table: str) -> tuple[Sheet, ...]:
    """The sheets of a card whose lines stand in `card_table` (scorecards.cards.table_name). Queries ask for $card and $framework."""
    return (
        Sheet(SCORECARD_SHEET, card_table, SCORECARD.format(table=card_table), SCORECARD_COLUMNS, 17, 2, "section", ("title", definition_note)),
        Sheet("Monthly values", "measures.measure_values", MONTHLY.format(table=card_table), MONTHLY_COLUMNS, 12, 1, "measure_id"),
        Sheet("Findings", "measures.measure_findings", FINDINGS.format(table=card_table), FINDINGS_COLUMNS, 11, 1, "measure_id"),
        Sheet("Definitions", "core.dim_measure", DEFINITIONS.format(table=card_table), DEFINITIONS_COLUMNS, 10, 1),
        Sheet("Risks", "governance.risk_register", RISKS.format(table=card_table), RISKS_COLUMNS, 16, 1),
        Sheet("Deliverables", "governance.deliverables", DELIVERABLES.format(table=card_table), DELIVERABLES_COLUMNS, 14, 1),
    )
