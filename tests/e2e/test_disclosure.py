"""The partner and public tiers of a real publication, and the attack on them: every figure that could ever have been shown, and all that adds up."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from tests.disclosure_attack import Attack

pytestmark = pytest.mark.slow

WIDTH = 5
NUMBERS = (
    "numerator", "denominator", "value", "previous_value", "year_before_value", "yoy_change", "yoy_change_pct", "r12m_value",
    "national_value", "msg_value", "england_wales_value",
)  # fmt: skip
TEXTS = ("value_text", "previous_text", "year_before_text", "yoy_text", "r12m_text", "trend_sentence", "so_what", "now_what", "spc_note")


@pytest.fixture(scope="module")
def build(published) -> Iterator[duckdb.DuckDBPyConnection]:
    """The build database: what was decided, and the counts that the attack must not find."""
    connection = duckdb.connect(str(published.settings.build_path), read_only=True)
    yield connection
    connection.close()


def quarter_ends(window_end: date) -> list[date]:
    """The four quarters of the twelve months to a day."""
    months = [window_end.year * 12 + window_end.month - 1 - back for back in (0, 3, 6, 9)]
    return sorted(duckdb.execute("select last_day(make_date(?, ?, 1))", [m // 12, m % 12 + 1]).fetchone()[0] for m in months)


def test_every_line_stands_in_each_tier_that_its_card_may_go_to(published):
    lines = "select scorecard_id, line_id from scorecards.{} order by all"
    opcc, csp, wcjb = (published.query(lines.format(table)) for table in ("opcc", "csp", "wcjb"))
    assert sorted(published.query(lines.format("public"))) == sorted(opcc + csp)
    assert sorted(published.query(lines.format("partner"))) == sorted(opcc + csp + wcjb)


def test_a_suppressed_row_says_nothing_in_any_column(published):
    rows = published.query(f"select {', '.join(NUMBERS + TEXTS)} from scorecards.public where suppression = 'suppressed'")
    assert rows, "the small force has small numbers"
    for row in rows:
        given = dict(zip(NUMBERS + TEXTS, row, strict=True))
        # the year before may have been large enough: then it is shown, and so is nothing that says how far this year is from it
        assert all(given[n] is None for n in NUMBERS if n != "year_before_value"), given
        said = [t for name in TEXTS if name != "year_before_text" and (t := given[name])]
        assert not [t for t in said if re.search(r"\d", t)], said
    assert published.query("select count(*) from scorecards.public where suppression <> 'none' and suppression_reason is null") == [(0,)]
    kinds = {kind for (kind,) in published.query("select distinct suppression from scorecards.public")}
    assert kinds <= {"suppressed", "too_few", "rounded", "none"}, "which of two suppressed counts is the small one is not said"


def test_policy_by_topic(published):
    shown = dict(
        ((card, measure, area), (value, kind))
        for card, measure, area, value, kind in published.query("select scorecard_id, measure_id, area_id, value, suppression from scorecards.public")
    )
    assert shown["opcc", "section_60_authorities", "swindon"] == (0, "none")
    assert shown["opcc", "dvpo_authorised", "wiltshire_force"][1] == "none", "orders are shown for the force, be they few"
    below = published.query(
        """
        select scorecard_id, measure_id from scorecards.public inner join core.dim_measure using (measure_id) inner join core.dim_area using (area_id)
        where is_sensitive and level <> 'force' and (public.value between 1 and 4 or public.numerator between 1 and 4)
            and dim_measure.unit = 'count'
        """
    )
    assert below == []
    assert published.query("select count(*) from scorecards.partner where suppression = 'suppressed'") == [(0,)], "no line is that narrow"
    rounded = published.query("select value from scorecards.public where suppression = 'rounded' and unit = 'count'")
    assert rounded
    assert all(value % 5 == 0 for (value,) in rounded)
    sentences = published.query("select so_what, now_what from scorecards.public inner join core.dim_measure using (measure_id) where is_sensitive")
    assert not [text for row in sentences for text in row if text and re.search(r"\d", text)]


def test_the_cards_show_what_was_decided_and_one_kind_of_period(published, build):
    """Every number on a protected row is that of the decided figure of its period, or of the year before."""
    protected = {
        (measure, area, segment, end): value
        for measure, area, segment, end, value in build.execute(
            "select measure_id, area_id, segment, period_end, value from intermediate.int_disclosure_figures"
        ).fetchall()
    }
    series = {key[:3] for key in protected}
    checked = 0
    for measure, area, segment, end, value, before, previous, r12m, kind, grain in published.query(
        """
        select measure_id, area_id, segment, period_end, value, year_before_value, previous_value, r12m_value, period_type, disclosure_tier
        from scorecards.public where status = 'collected'
        """
    ):
        if (measure, area, segment) not in series or end is None:
            continue
        checked += 1
        assert value == protected[measure, area, segment, end]
        assert previous is None
        assert r12m == (value if kind == "r12m" else None)
        assert before is None or before in {v for (*key, _), v in protected.items() if tuple(key) == (measure, area, segment)}
        assert grain == "public"
    assert checked > 20


def counts_of(build: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[tuple]]:
    """The counts of the force by key and segment: area, the larger area, kind of period, end, how many, what is told of it, and whether rounded."""
    found: dict[tuple[str, str], list[tuple]] = defaultdict(list)
    for key, segment, *rest in build.execute(
        """
        select cells.cell_key, cells.segment, cells.area_id, cells.parent_area_id, cells.period_type, cells.period_end, cells.amount,
            cells.is_protected, suppression.suppression,
            cells.is_protected and not exists (
                from core.dim_measure inner join intermediate.int_disclosure_policies using (measure_id)
                where dim_measure.is_sensitive and cells.cell_key in (numerator_key, denominator_key)
            ) as is_rounded
        from intermediate.int_disclosure_cells as cells
        inner join core.dim_area on dim_area.area_id = cells.area_id and dim_area.force_code = 'wiltshire'
        left join intermediate.int_disclosure_suppression as suppression on
            suppression.cell_id = concat_ws('|', cells.cell_key, cells.area_id, cells.segment, cells.period_type, cells.period_end)
        order by all
        """
    ).fetchall():
        found[key, segment].append(tuple(rest))
    return found


def attack_on(rows: list[tuple], told: frozenset[str | None]) -> Attack:
    """All that adds up, and every figure of which `told` has what was decided."""
    attack = Attack()
    # quarters, or days and years of what is not added up over time
    quarters = {(area, end): amount for area, _, kind, end, amount, *_ in rows if kind != "r12m"}
    parts: dict[tuple[str, date], list[str]] = defaultdict(list)
    for area, larger, kind, end, *_ in rows:
        if kind != "r12m" and (larger, end) in quarters:
            parts[larger, end].append(area)
    for (larger, end), areas in parts.items():
        if sum(quarters[area, end] for area in areas) == quarters[larger, end]:
            attack.sums_to([(area, end) for area in areas], 0, less=[(larger, end)])
    for area, _, kind, end, amount, is_protected, suppression, is_rounded in rows:
        window = [(area, one) for one in quarter_ends(end)] if kind == "r12m" else [(area, end)]
        if any(cell not in quarters for cell in window):
            continue
        if not is_protected:
            attack.sums_to(window, amount)
        elif suppression in told and (kind == "r12m" or suppression is not None):
            nearest = 5 * math.floor(amount / 5 + 0.5)
            attack.sums_to(window, *((max(0, nearest - 2), nearest + 2) if is_rounded else (amount,)))
    return attack


def test_the_attack_recovers_nothing_from_the_public_tier(build):
    attacked = 0
    for (key, segment), rows in counts_of(build).items():
        attack = attack_on(rows, frozenset({"none"}))
        totals = {(area, kind, end): amount for area, _, kind, end, amount, *_ in rows}
        for area, larger, kind, end, amount, is_protected, suppression, _ in rows:
            is_small_quarter = kind == "quarter" and is_protected and 1 <= amount <= 4
            if not (is_small_quarter or suppression in ("primary", "secondary")) or segment != "all":
                continue
            window = quarter_ends(end) if kind == "r12m" else [end]
            low, high = attack.range_of([(area, one) for one in window])
            attacked += 1
            assert low < high, f"{key} {area} {kind} to {end} is {low}"
            if suppression is not None:
                assert high - low >= min(WIDTH, totals.get((larger, kind, end), WIDTH)), f"{key} {area} to {end} lies between {low} and {high}"
    assert attacked > 50


def test_without_secondary_suppression_the_attack_recovers_small_counts(build):
    recovered = []
    for (key, segment), rows in counts_of(build).items():
        attack = attack_on(rows, frozenset({"none", "secondary"}))
        for area, _, kind, end, amount, _, suppression, _ in rows:
            if segment == "all" and kind == "r12m" and suppression == "primary":
                low, high = attack.range_of([(area, one) for one in quarter_ends(end)])
                if low == high == amount:
                    recovered.append((key, area, end))
    assert recovered


def test_with_every_quarter_s_twelve_months_the_attack_recovers_quarters(build):
    recovered = []
    for (key, segment), rows in counts_of(build).items():
        attack = attack_on(rows, frozenset({"none", "secondary", "primary", None}))
        for area, _, kind, end, amount, is_protected, *_ in rows:
            if segment == "all" and kind == "quarter" and is_protected and 1 <= amount <= 4 and not recovered:
                low, high = attack.range_of([(area, end)])
                if low == high == amount:
                    recovered.append((key, area, end))
    assert recovered
