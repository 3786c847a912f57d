"""What the digest of a card says: its summary, and what is new since an earlier publication, from the published marts alone.

A digest is for one tier (docs/disclosure.md). Every line, figure and sentence in it is a row of that tier's table; what the ledgers know
decides only which lines are new. The five sentences are those of the tier; staffing, revisions and overdue data are of the internal marts, and no
other tier has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.report.marts import LATE, Marts, Row
from pipelines.report.staffing import staffing_findings
from pipelines.report.trace import text
from pipelines.settings import TIERS

# Entries of a list; the rest is counted, and stands on the card.
MOST = 10

BEFORE = "select max(published_at) from quality.publications where published_at < (select max(published_at) from quality.publications)"

# The latest month that each chart had at an earlier publication, and what its statement of that month was then; and what it is now.
KNOWN = """
with statements as (
    select measure_id, area_id, segment, month, change_no, variation, published_at <= $since as was_said
    from measures.spc_signal_ledger
    where not is_withdrawn
),

known as (
    select measure_id, area_id, segment, max(month) filter (where was_said) as month
    from statements
    group by measure_id, area_id, segment
),

said as (
    select
        measure_id, area_id, segment, month,
        max_by(variation, change_no) filter (where was_said) as variation_then,
        max_by(variation, change_no) as variation_now
    from statements
    group by measure_id, area_id, segment, month
)
"""
_ON_LINE = "{0}.measure_id = lines.measure_id and {0}.area_id = lines.area_id and {0}.segment = lines.segment"

# New signals: the month is newer than what was known, and signals otherwise than the latest known month; or its statement has changed.
SIGNALS = f"""
{KNOWN}
select lines.*
from {{lines}} as lines
left join known on {_ON_LINE.format("known")}
left join said on {_ON_LINE.format("said")} and said.month = lines.spc_month
left join measures.measure_tones as tones
    on {_ON_LINE.format("tones")} and tones.period_end = last_day(coalesce(known.month, (lines.spc_month - interval 1 month)::date))
where
    lines.scorecard_id = $card
    and lines.has_spc_icon
    and lines.tone <> 'none'
    and case
        when known.month = lines.spc_month then said.variation_then is distinct from said.variation_now
        else tones.variation is distinct from lines.spc_variation
    end
order by lines.tone <> 'concern', lines.tone <> 'improvement', lines.line_order, lines.line_id
"""

# Targets newly missed or met: the run of months began after the latest month that was known.
TARGETS = f"""
{KNOWN}
select lines.*
from {{lines}} as lines
inner join measures.measure_spc as spc
    on {_ON_LINE.format("spc")} and spc.month = lines.spc_month and spc.is_target_met = lines.is_target_met
left join known on {_ON_LINE.format("known")}
where
    lines.scorecard_id = $card
    and lines.period_type = 'month'
    and spc.month - to_months(spc.target_months_running - 1) > coalesce(known.month, (lines.spc_month - interval 1 month)::date)
    and spc.month <> (select min(first.month) from measures.measure_spc as first where {_ON_LINE.format("first")})
order by lines.line_order, lines.line_id
"""

REVISIONS = """
select revisions.*
from measures.revisions
where
    revisions.published_at > $since
    and exists (
        select * from {lines} as lines
        where lines.scorecard_id = $card
            and lines.measure_id = revisions.measure_id and lines.area_id = revisions.area_id and lines.segment = revisions.segment
    )
order by revisions.period_end desc, revisions.measure_id, revisions.area_id, revisions.segment, revisions.period_type
"""


class DigestError(ValueError):
    """There is no such digest; the message says why, and what there is."""


@dataclass(frozen=True)
class Digest:
    """What is told of a card to those of one tier."""

    card: Row
    tier: str
    table: str  # the lines of the tier
    heartbeat: Row
    since: datetime | None  # the publication that the news are counted from; None where there was none before
    summary: Row | None
    signals: Sequence[Row]
    missed: Sequence[Row]
    met: Sequence[Row]
    revisions: Sequence[Row]
    titles: dict[str, Row]  # measure -> its row, for what is no line of a card
    areas: dict[str, Row]
    late: Sequence[Row]
    short: Sequence[Row]  # where the rota falls short

    @property
    def name(self) -> str:
        """What its files are called, and how the ledger of what was sent knows it."""
        return f"{self.card.scorecard_id}-{self.tier}"

    @property
    def news(self) -> dict[str, int]:
        """How much is new, in words and numbers."""
        counts = {
            "new signals": len(self.signals),
            "targets newly missed": len(self.missed),
            "targets newly met": len(self.met),
            "figures revised": len(self.revisions),
            "feeds overdue": len(self.late),
        }
        if self.tier != "internal":  # what nobody is told of is not counted either
            del counts["figures revised"], counts["feeds overdue"]
        return counts


def cards_of_tier(marts: Marts, tier: str) -> list[Row]:
    """The cards that go as far as a tier."""
    return [card for card in marts.table("scorecards.cards") if TIERS.index(tier) <= TIERS.index(card.disclosure_tier)]


def cards_of(marts: Marts, audience: str, tier: str) -> list[Row]:
    """The cards that an audience means: one by its id, or all of a framework that go as far as the tier. Raises DigestError where there is none."""
    cards = marts.table("scorecards.cards")
    named = [card for card in cards if audience.lower() in (card.scorecard_id.lower(), card.framework.lower())]
    if not named:
        known = ", ".join(sorted({card.framework for card in cards} | {card.scorecard_id for card in cards}))
        raise DigestError(f"there is no scorecard or framework {audience!r}: the marts have {known}")
    far = {card.scorecard_id for card in cards_of_tier(marts, tier)}
    if chosen := [card for card in named if card.scorecard_id in far]:
        return chosen
    raise DigestError(f"{audience} goes no further than the tier {named[0].disclosure_tier} (seed scorecards): it has no {tier} digest")


def _summary(marts: Marts, card: Row, tier: str) -> Row | None:
    """The five sentences of a card for a tier; marts of an earlier version have none for partners and the public."""
    table = "scorecards.summaries" if tier == "internal" else "scorecards.tier_summaries"
    if not marts.has(table):
        return None
    rows = marts.table(table)
    return next((row for row in rows if row.scorecard_id == card.scorecard_id and row.get("tier", tier) == tier), None)


def build(marts: Marts, card: Row, tier: str, since: datetime | None = None) -> Digest:
    """The digest of a card. `since`: a publication; without it, the one before the latest."""
    table = card.table_name if tier == "internal" else f"scorecards.{tier}"
    since = since or marts.value(BEFORE)
    given = {"card": card.scorecard_id, "since": since}
    is_internal = tier == "internal"
    targets = marts.rows(TARGETS.format(lines=table), given, table=table)
    measures = {row.measure_id: row for row in marts.table("core.dim_measure")} if is_internal else {}
    revised = marts.rows(REVISIONS.format(lines=table), given, table="measures.revisions") if is_internal else []
    return Digest(
        card=card,
        tier=tier,
        table=table,
        heartbeat=marts.table("quality.heartbeat")[0],
        since=since,
        summary=_summary(marts, card, tier),
        signals=marts.rows(SIGNALS.format(lines=table), given, table=table),
        missed=[line for line in targets if not line.is_target_met],
        met=[line for line in targets if line.is_target_met],
        # a move that does not show at the precision that figures are printed with is no news
        revisions=[row for row in revised if len({text(row, of, measures[row.measure_id].unit) for of in ("value", "previous_value")}) > 1],
        titles=measures,
        areas={row.area_id: row for row in marts.table("core.dim_area")} if is_internal else {},
        late=marts.rows(LATE) if is_internal else [],
        short=staffing_findings(marts, card, marts.rows(f"select * from {table} where scorecard_id = ?", [card.scorecard_id])) if is_internal else [],
    )
