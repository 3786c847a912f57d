"""The partner and public tiers of a real publication, and the attack on them: every figure that could ever have been shown, and all that adds up."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

import duckdb
import pytest

from tests.disclosure_attack import Attack, Cell
from tests.models import model_sql

pytestmark = pytest.mark.slow

WIDTH = 5
NUMBERS = (
    "numerator", "denominator", "value", "previous_value", "year_before_value", "yoy_change", "yoy_change_pct", "r12m_value",
    "r12m_year_before_value", "r12m_change", "r12m_change_pct",
    "national_value", "msg_value", "england_wales_value",
)  # fmt: skip
TEXTS = (
    "value_text",
    "previous_text",
    "year_before_text",
    "yoy_text",
    "r12m_text",
    "r12m_change_text",
    "trend_sentence",
    "so_what",
    "now_what",
    "spc_note",
)


@pytest.fixture(scope="module")
def build(published) -> Iterator[duckdb.DuckDBPyConnection]:
    """The build database: what was decided, and the counts that the attack must not find."""
    connection = duckdb.connect(str(published.settings.build_path), read_only=True)
    yield connection
    connection.close()


@cache
def quarter_ends(window_end: date) -> list[date]:
    """The four quarters of the twelve months to a day."""
    months = [window_end.year * 12 + window_end.month - 1 - back for back in (0, 3, 6, 9)]
    return sorted(duckdb.connect().execute("select last_day(make_date(?, ?, 1))", [m // 12, m % 12 + 1]).fetchone()[0] for m in months)


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


@pytest.mark.parametrize("tier", ["partner", "public"])
def test_the_five_sentences_of_a_tier_say_what_its_rows_say(published, tier):
    """Each count is one of rows that are shown, and each sentence on a measure stands in such a row: there is nothing else to be learnt from them."""
    columns = ("scorecard_id", "title", "value", "tone", "is_target_met", "suppression", "trend_sentence")
    lines = [dict(zip(columns, row, strict=True)) for row in published.query(f"select {', '.join(columns)} from scorecards.{tier}")]
    said = published.query(
        f"select scorecard_id, {', '.join(f'sentence_{n}' for n in range(1, 6))} from scorecards.tier_summaries where tier = '{tier}'"
    )
    assert {card for card, *_ in said} == {line["scorecard_id"] for line in lines}
    for card, *sentences in said:
        of = [line for line in lines if line["scorecard_id"] == card]
        counts = [
            len([line for line in of if line["value"] is not None]),
            len([line for line in of if line["tone"] == "concern"]),
            len([line for line in of if line["tone"] == "improvement"]),
            len([line for line in of if line["is_target_met"]]),
            len([line for line in of if line["is_target_met"] is not None]),
            len([line for line in of if line["suppression"] == "suppressed"]),
        ]
        named = [title for line in of if (title := line["title"]) and f"‘{title}’" in sentences[1] and line["is_target_met"] is False]
        rest = re.sub("|".join(map(re.escape, named)) or "$^", "", " ".join((sentences[0], sentences[1], sentences[4])))
        assert {int(number) for number in re.findall(r"\d+", rest)} <= set(counts), sentences
        shown = {line["trend_sentence"] for line in of if line["suppression"] == "none"}
        assert all(sentence in shown or not re.search(r"\d", sentence) for sentence in sentences[2:4]), sentences


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


class Count(NamedTuple):
    """One count of the force and period: what became of it, and whether the public sees it rounded."""

    key: str
    segment: str
    area: str
    larger: str | None
    kind: str  # of period
    end: date
    amount: float
    is_protected: bool
    suppression: str | None  # nothing where the period is not shown
    is_rounded: bool

    @property
    def cell_id(self) -> str:
        """Its name in the models."""
        return "|".join([self.key, self.area, self.segment, self.kind, self.end.isoformat()])

    @property
    def quarters(self) -> list[Cell]:
        """The counts that it is the sum of: of twelve months four quarters, else itself."""
        ends = quarter_ends(self.end) if self.kind == "r12m" else [self.end]
        return [(self.key, self.segment, self.area, end) for end in ends]

    def is_of(self, quarters: Mapping[Cell, float]) -> bool:
        """Whether all that it is the sum of is known to be there."""
        return all(cell in quarters for cell in self.quarters)


def kinds_of_wholes(build: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Key of a whole -> keys of its kinds."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for whole, part in build.execute(
        """
        select wholes.numerator_key, parts.numerator_key
        from seeds.parts_of_wholes as pairs
        inner join intermediate.int_disclosure_policies as wholes on pairs.whole_measure_id = wholes.measure_id
        inner join intermediate.int_disclosure_policies as parts on pairs.part_measure_id = parts.measure_id
        """
    ).fetchall():
        kinds[whole].add(part)
    return kinds


def counts_of(build: duckdb.DuckDBPyConnection) -> list[Count]:
    """The counts of the force, of every key, segment, area and period, with what was decided on them."""
    return [
        Count(*row)
        for row in build.execute(
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
        ).fetchall()
    ]


def what_adds_up(counts: list[Count], kinds: dict[str, set[str]]) -> dict[tuple[str, Cell], list[Cell]]:
    """Along what, and the whole -> its parts: an area of its parts, all of its segments, a whole of its kinds."""
    sums: dict[tuple[str, Cell], list[Cell]] = defaultdict(list)
    for count in counts:
        if count.kind == "r12m":
            continue
        (cell,) = count.quarters
        if count.larger is not None:
            sums["areas", (count.key, count.segment, count.larger, count.end)].append(cell)
        if count.segment != "all":
            sums["segments", (count.key, "all", count.area, count.end)].append(cell)
        for whole, parts in kinds.items():
            if count.key in parts:
                sums["kinds", (whole, *cell[1:])].append(cell)
    return sums


def structure_of(counts: list[Count], kinds: dict[str, set[str]]) -> tuple[Attack, dict[Cell, float]]:
    """One system of equations over all keys, segments, areas and periods: what adds up, and every count of the force itself. With it the true counts.

    Twelve months are sums of quarters; kinds may be less than the whole.
    """
    attack = Attack()
    quarters = {count.quarters[0]: count.amount for count in counts if count.kind != "r12m"}
    for (along, whole), parts in what_adds_up(counts, kinds).items():
        rest = quarters.get(whole, -math.inf) - sum(quarters[part] for part in parts)
        if rest == 0:
            attack.sums_to(parts, 0, less=[whole])
        elif along == "kinds" and rest > 0:
            attack.sums_to(parts, -math.inf, 0, less=[whole])
    for count in counts:
        if not count.is_protected and count.is_of(quarters):
            attack.sums_to(count.quarters, count.amount)
    return attack, quarters


def tell(attack: Attack, count: Count) -> None:
    """The public is told a protected count: as it is, or rounded."""
    nearest = 5 * math.floor(count.amount / 5 + 0.5)
    attack.sums_to(count.quarters, *((max(0, nearest - 2), nearest + 2) if count.is_rounded else (count.amount,)))


def attack_on(counts: list[Count], kinds: dict[str, set[str]], told: frozenset[str | None]) -> Attack:
    """What adds up, and every figure of which `told` has what was decided."""
    attack, quarters = structure_of(counts, kinds)
    for count in counts:
        is_told = count.is_protected and count.suppression in told and (count.kind == "r12m" or count.suppression is not None)
        if is_told and count.is_of(quarters):
            tell(attack, count)
    return attack.starting_from(quarters)


@pytest.fixture(scope="module")
def counts(build) -> list[Count]:
    return counts_of(build)


@pytest.fixture(scope="module")
def kinds(build) -> dict[str, set[str]]:
    return kinds_of_wholes(build)


def whole_and_segments(counts: list[Count]) -> Iterator[list[Count]]:
    for is_whole in (True, False):
        yield [count for count in counts if (count.segment == "all") == is_whole]


def widths_of(counts: list[Count]) -> dict[Count, float]:
    """Every count that is suppressed, or small and of a period that is not shown, and how far it must be open.

    What is suppressed: by five, or by what the larger area shows of it and of the rest. A nought is no secret.
    """
    known = {(count.key, count.segment, count.area, count.kind, count.end): count.amount for count in counts}
    widths: dict[Count, float] = {}
    for count in counts:
        is_small = 1 <= count.amount <= 4
        if not count.is_protected or count.amount == 0 or count.suppression == "none" or not (is_small or count.suppression):
            continue
        width = 0.0
        if count.suppression:
            period = (count.larger, count.kind, count.end)
            of_all, of_larger = (known.get((count.key, segment, *period), math.inf) for segment in ("all", count.segment))
            width = min(WIDTH, of_larger, of_all if count.segment == "all" else of_all - of_larger)
        widths[count] = max(width, is_small)
    return widths


def recovered_by(attack: Attack, counts: list[Count]) -> Iterator[Count]:
    """The small counts that the attack finds out."""
    small = (count for count in counts if count.is_protected and 1 <= count.amount <= 4 and count.suppression != "none")
    return (count for count in small if not attack.leaves_open(count.quarters, 1))


def test_the_attack_recovers_nothing_from_the_public_tier(counts, kinds):
    attack = attack_on(counts, kinds, frozenset({"none"}))
    widths = widths_of(counts)
    for count, width in widths.items():
        assert attack.leaves_open(count.quarters, width), f"{count} lies between {attack.range_of(count.quarters)}"
    for some in whole_and_segments(list(widths)):
        assert len(some) > 50


def test_without_secondary_suppression_the_attack_recovers_small_counts(counts, kinds):
    attack = attack_on(counts, kinds, frozenset({"none", "secondary"}))
    for some in whole_and_segments(counts):
        assert any(count.suppression == "primary" for count in recovered_by(attack, some))


def test_with_segments_suppressed_one_by_one_the_attack_recovers_small_counts(build, counts, kinds):
    """Every segment by itself is safe across areas and periods; the whole less the others gives it away."""
    members = build.execute("from intermediate.int_disclosure_members").pl()
    with duckdb.connect() as alone:
        alone.register("members", members)
        alone.execute(
            """
            create table int_disclosure_members as
            select distinct on (equation_id, cell_id)
                * replace (if(block_id is null, equation_id, 'alone|' || cell_id) as equation_id, cast(null as varchar) as block_id)
            from members
            """
        )
        suppression = dict(alone.execute(f"select cell_id, suppression from ({model_sql('int_disclosure_suppression')})").fetchall())
    careless = [count._replace(suppression=suppression.get(count.cell_id)) for count in counts]
    for segment in {count.segment for count in counts}:
        by_itself = [count for count in careless if count.segment == segment]
        assert not any(count.suppression for count in recovered_by(attack_on(by_itself, kinds, frozenset({"none"})), by_itself))
    _, of_segments = whole_and_segments(careless)
    assert any(count.suppression for count in recovered_by(attack_on(careless, kinds, frozenset({"none"})), of_segments))


def test_with_every_quarter_s_twelve_months_the_attack_recovers_quarters(counts, kinds):
    attack = attack_on(counts, kinds, frozenset({"none", "secondary", "primary", None}))
    for some in whole_and_segments(counts):
        assert any(count.kind == "quarter" for count in recovered_by(attack, some))
