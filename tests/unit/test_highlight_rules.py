"""The rules of the highlight report: its period, what `shows` may say, how a line is made of cells, and when a sign-off ends."""

from __future__ import annotations

import csv
from datetime import date

import duckdb
import pytest

from pipelines.report.highlight.cells import Cell, plain
from pipelines.report.highlight.period import Period, ReportError, choose_period, quarter_of
from pipelines.report.highlight.rules import RULES, Figures, ShowsError, Token, summary_line, tokens
from pipelines.report.marts import Marts
from pipelines.settings import DBT_PROJECT_DIR, PROJECT_DIR

JULY = Period(date(2023, 7, 31), date(2023, 9, 30))
MONTHS = [date(2023, 4, 30), date(2023, 5, 31), date(2023, 6, 30), date(2023, 7, 31)]


# ---- the period


def test_latest_month_without_a_wish():
    period = choose_period(MONTHS, None, None, "Wiltshire Police")
    assert (period.month_end, period.quarter_end, period.name, period.title) == (
        date(2023, 7, 31),
        date(2023, 9, 30),
        "2023-07",
        "July to September 2023",
    )


def test_a_quarter_shows_its_latest_month_with_figures():
    assert choose_period(MONTHS, date(2023, 6, 30), None, "x").month_end == date(2023, 6, 30)
    unfinished = choose_period(MONTHS, date(2023, 9, 30), None, "x")
    assert (unfinished.month_end, unfinished.name) == (date(2023, 7, 31), "2023Q3")


@pytest.mark.parametrize("quarter, month, said", [
    (date(2022, 12, 31), None, "no figures of 2022Q4 for x: its figures run from 2023-04 to 2023-07"),
    (None, date(2024, 1, 1), "no figures of 2024-01 for x: its figures run from 2023-04 to 2023-07"),
    (date(2023, 6, 30), date(2023, 7, 1), "2023-07 with 2023Q2"),
])  # fmt: skip
def test_a_period_without_figures_says_what_there_is(quarter, month, said):
    with pytest.raises(ReportError, match=said):
        choose_period(MONTHS, quarter, month, "x")


def test_no_months_at_all():
    with pytest.raises(ReportError, match="no monthly figures for Dorset"):
        choose_period([], None, None, "Dorset")


@pytest.mark.parametrize("text, end", [("2023Q2", date(2023, 6, 30)), ("2023q4", date(2023, 12, 31)), ("2024-Q1", date(2024, 3, 31))])
def test_quarters_as_people_write_them(text, end):
    assert quarter_of(text) == end


@pytest.mark.parametrize("text", ["2023Q5", "Q2", "2023", "2023-07"])
def test_what_is_no_quarter(text):
    with pytest.raises(ReportError, match="write it as 2023Q2"):
        quarter_of(text)


# ---- what `shows` may say


def test_tokens():
    assert tokens("month.value r12m.stable|yoy month.level*2 month.share:asb_share_of_total correlation:pair", "x") == [
        Token("month", "value"), Token("r12m", "stable|yoy"), Token("month", "level", most=2), Token("month", "share", "asb_share_of_total"),
        Token(None, "correlation", "pair"),
    ]  # fmt: skip


@pytest.mark.parametrize("shows", ["month.wisdom", "value", "week.value", "month.correlation:pair", "month.value|wisdom"])
def test_a_word_that_no_rule_knows_names_the_line(shows):
    with pytest.raises(ShowsError, match="road_safety summary 10"):
        tokens(shows, "road_safety summary 10")


def _seed(name: str) -> list[dict[str, str]]:
    with (DBT_PROJECT_DIR / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_line_of_the_seed_can_be_shown():
    for row in _seed("highlight_lines"):
        where = f"{row['topic_id']} {row['part']} {row['line_order']}"
        if row["part"] == "chart":
            assert row["shows"].partition(":")[0] in {"spc", "lines", "bars", "comparators"}, where
        else:
            assert tokens(row["shows"], where)


def test_the_change_of_a_tile_is_of_the_period_of_its_value():
    tiles = [row for row in _seed("highlight_lines") if row["part"] == "tile"]
    assert tiles
    for row in tiles:
        assert len({word.period for word in tokens(row["shows"], "")}) == 1, (row["topic_id"], row["line_order"], row["shows"])


def test_every_topic_has_charts_tiles_and_a_data_summary():
    parts = {row["topic_id"]: set() for row in _seed("highlight_topics")}
    for row in _seed("highlight_lines"):
        parts[row["topic_id"]].add(row["part"])
    assert set(map(frozenset, parts.values())) == {frozenset({"tile", "chart", "summary"})}


def test_the_guide_lists_every_rule():
    guide = (PROJECT_DIR / "docs" / "highlight-report.md").read_text(encoding="utf-8")
    assert [name for name in RULES if f"`{name}`" not in guide] == []


# ---- a line, made of cells

TABLES = """
create schema measures; create schema scorecards;
create table measures.measure_values (
    measure_id varchar, area_id varchar, segment varchar, period_type varchar, period_end date, numerator double, denominator double, value double,
    margin double, unit varchar, is_complete boolean, caveat varchar, primary key (measure_id, area_id, segment, period_type, period_end));
create table measures.measure_comparisons (
    measure_id varchar, area_id varchar, segment varchar, period_type varchar, period_end date, comparison varchar, change double, change_pct double,
    change_per_month double, is_significant boolean, reason varchar, primary key (measure_id, area_id, segment, period_type, period_end, comparison));
create table measures.measure_findings (
    measure_id varchar, area_id varchar, segment varchar, period_type varchar, period_end date, kind varchar, section varchar, finding_order integer,
    words varchar, primary key (measure_id, area_id, segment, period_type, period_end, kind));
create table measures.measure_narratives (
    measure_id varchar, area_id varchar, segment varchar, period_end date, headline varchar,
    primary key (measure_id, area_id, segment, period_end));
create table measures.measure_tones (
    measure_id varchar, area_id varchar, segment varchar, period_end date, tone varchar, primary key (measure_id, area_id, segment, period_end));
create table measures.comparator_values (
    measure_id varchar, comparator_id varchar, segment varchar, period_type varchar, period_end date, value double, margin double, unit varchar,
    primary key (measure_id, comparator_id, segment, period_type, period_end));
create table scorecards.report_lines (
    scorecard_id varchar, topic_id varchar, part varchar, line_order integer, area_id varchar, area_name varchar, is_card_area boolean,
    measure_id varchar, title varchar, unit varchar, direction varchar, segment varchar, shows varchar, status varchar, status_reason varchar,
    primary key (scorecard_id, topic_id, part, line_order, area_id));
insert into measures.measure_values values
    ('calls', 'force', 'all', 'month', '2023-07-31', null, null, 9853, null, 'count', true, 'BT errors'),
    ('calls', 'force', 'all', 'month', '2023-06-30', null, null, 9000, null, 'count', true, null),
    ('calls', 'force', 'all', 'month', '2023-08-31', null, null, 1, null, 'count', true, null),
    ('calls', 'force', 'all', 'r12m', '2023-07-31', null, null, 104000, null, 'count', true, null),
    ('calls', 'swindon', 'all', 'month', '2023-07-31', null, null, 5, null, 'count', true, null),
    ('calls', 'force', 'silent', 'month', '2023-07-31', null, null, 40, null, 'count', true, null),
    ('calls', 'force', 'other', 'month', '2023-07-31', null, null, 60, null, 'count', true, null),
    ('speeding', 'force', 'A', 'month', '2023-07-31', null, null, 50, null, 'pct', true, null),
    ('speeding', 'force', 'B', 'month', '2023-07-31', null, null, 25.5, null, 'pct', true, null),
    ('checks', 'force', 'A', 'month', '2023-07-31', null, null, 4, null, 'count', true, null),
    ('checks', 'force', 'B', 'month', '2023-07-31', null, null, 48, null, 'count', true, null),
    ('within', 'force', 'all', 'month', '2023-07-31', 679, 1955, 34.7315, null, 'pct', true, null),
    ('survey', 'force', 'all', 'quarter', '2023-03-31', null, null, 76.9, 3.6, 'pct', true, null),
    ('suspects', 'force', 'all', 'snapshot', '2023-08-02', null, null, 380, null, 'count', true, null),
    ('suspects', 'force', 'all', 'snapshot', '2023-08-20', null, null, 400, null, 'count', true, null);
insert into measures.measure_comparisons values
    ('calls', 'force', 'all', 'r12m', '2023-07-31', 'yoy', 11039, 11.84, 919.9, true, null),
    ('calls', 'force', 'all', 'month', '2023-07-31', 'yoy', 700, 7.6, null, false, null),
    ('within', 'force', 'all', 'month', '2023-07-31', 'yoy', null, null, null, null, 'series break in Nov 2022'),
    ('survey', 'force', 'all', 'quarter', '2023-03-31', 'previous_period', -3.9, null, null, false, null);
insert into measures.measure_tones values
    ('calls', 'force', 'all', '2023-07-31', 'improvement'),
    ('calls', 'force', 'all', '2023-06-30', 'concern'),
    ('calls', 'force', 'silent', '2023-07-31', 'concern');
insert into measures.measure_findings values
    ('calls', 'force', 'all', 'month', '2023-07-31', 'exceptional_high', 'level', 1, '3 month exceptional high'),
    ('calls', 'force', 'all', 'month', '2023-07-31', 'above_ucl', 'level', 2, '3 months above the upper control limit'),
    ('calls', 'force', 'all', 'month', '2023-07-31', 'increase', 'movement', 3, 'up on Jun-23 (+9.5%, n=+853)'),
    ('calls', 'force', 'all', 'month', '2023-07-31', 'worsened_slightly', 'movement', 4, 'worsened slightly on Jun-23 (9,000)'),
    ('calls', 'force', 'silent', 'month', '2023-07-31', 'exceptional_high', 'level', 1, '2 month exceptional high'),
    ('calls', 'force', 'all', 'month', '2023-06-30', 'exceptional_high', 'level', 1, '2 month exceptional high');
insert into measures.comparator_values values
    ('survey', 'england_wales', 'all', 'quarter', '2023-03-31', 67.7, 0.7, 'pct'),
    ('survey', 'msg', 'all', 'quarter', '2022-12-31', 73, null, 'pct'),
    ('survey', 'msg', 'all', 'quarter', '2022-09-30', 74, null, 'pct');
"""


def line_of(
    shows: str,
    measure: str = "calls",
    segment: str = "all",
    direction: str = "decrease",
    unit: str = "count",
    area: str = "force",
    reason: str | None = None,
):
    """The line of a data summary for one row of report_lines."""
    connection = duckdb.connect()
    connection.execute(TABLES)
    connection.execute(
        """
        insert into scorecards.report_lines values
            ('opcc', 'topic', 'summary', 10, $area, 'Swindon', $area = 'force', $measure, 'Title', $unit, $direction, $segment, $shows, 'collected',
            $reason)
        """,
        {"area": area, "measure": measure, "unit": unit, "direction": direction, "segment": segment, "shows": shows, "reason": reason},
    )
    with Marts(connection) as marts:
        lines = marts.rows("select * from scorecards.report_lines")
        return summary_line(Figures(marts, lines, JULY), lines[0])


def test_a_line_says_the_measure_then_each_period_once():
    line = line_of("r12m.yoy month.value month.level")
    assert (
        plain(line.parts) == "Title – 12 months to July 2023: +11.8% (+11,039) year on year, significant; July 2023: 9,853, 3 month exceptional high"
    )
    assert line.tone == "improvement", "that of the series at the date, whatever the change on the year"
    assert [v.period_end for v in line.values] == [date(2023, 7, 31)] * 2


def test_every_number_of_a_line_is_a_cell():
    line = line_of("r12m.yoy month.value month.level")
    assert [(cell.table, cell.key, cell.column, cell.form) for cell in line.cells] == [
        ("scorecards.report_lines", "opcc|topic|summary|10|force", "title", None),
        ("measures.measure_values", "calls|force|all|r12m|2023-07-31", "period_end", "period"),
        ("measures.measure_comparisons", "calls|force|all|r12m|2023-07-31|yoy", "change", "change count"),
        ("measures.measure_values", "calls|force|all|month|2023-07-31", "period_end", "period"),
        ("measures.measure_values", "calls|force|all|month|2023-07-31", "value", "count"),
        ("measures.measure_findings", "calls|force|all|month|2023-07-31|exceptional_high", "words", None),
    ]
    words = "".join(part for part in line.parts if not isinstance(part, Cell))
    assert not any(c.isdigit() for c in words)


def test_up_to_so_many_findings_and_the_one_with_a_size_first():
    assert plain(line_of("month.level*2").statement) == "July 2023: 3 month exceptional high, 3 months above the upper control limit"
    assert plain(line_of("month.movement").statement) == "July 2023: worsened slightly on Jun-23 (9,000)"


def test_an_alternative_is_said_where_the_first_finds_nothing():
    assert plain(line_of("r12m.stable|yoy").statement) == "12 months to July 2023: +11.8% (+11,039) year on year, significant"


def test_the_month_before_does_not_make_a_line_old():
    line = line_of("month.value before.level")
    assert plain(line.statement) == "July 2023: 9,853; June 2023: 2 month exceptional high"
    assert not line.is_stale


def test_a_part_of_the_whole_and_why_it_cannot_be_compared():
    assert plain(line_of("month.value month.parts month.yoy", "within", unit="pct").statement) == (
        "July 2023: 34.7%, 679 of 1,955, not comparable: series break in Nov 2022"
    )


def test_an_estimate_with_its_margin_beside_others_older_ones_named_and_marked():
    line = line_of("quarter.value quarter.change quarter.comparators*2", "survey", unit="pct", direction="increase")
    assert plain(line.statement) == (
        "January to March 2023: 76.9% (±3.6 percentage points), −3.9 percentage points on the quarter before, not significant, "
        "England and Wales 67.7% (±0.7 percentage points), "
        "most similar group in October to December 2022 73.0% after 74.0% in July to September 2022"
    )
    assert line.is_stale, "a quarter has ended since"
    assert line.tone == "none", "nothing is known of its tone"


def test_a_snapshot_may_be_taken_a_few_days_after_the_month():
    line = line_of("snapshot.value", "suspects")
    assert plain(line.statement) == "2 August 2023: 380"
    assert not line.is_stale


def test_segments_of_which_something_is_said():
    assert plain(line_of("month.exceptional", segment="*").statement) == "July 2023: silent 2 month exceptional high"
    assert plain(line_of("month.value", segment="*").statement) == "July 2023: other 60; silent 40"
    assert line_of("month.trend", segment="*") is None


def test_the_highest_segment_that_rests_on_enough():
    assert plain(line_of("month.highest:checks", "speeding", segment="*", unit="pct").statement) == "highest in B 25.5% of 48"


def test_an_area_below_the_card_is_named():
    assert plain(line_of("month.value", area="swindon").parts) == "Title, Swindon – July 2023: 5"


def test_without_a_figure_the_line_stays_and_says_why():
    assert plain(line_of("month.value", "nothing").statement) == "no figure up to the month of this report"
    assert (
        plain(line_of("month.value", "nothing", reason="the survey has no results yet").statement) == "not collected: the survey has no results yet"
    )
