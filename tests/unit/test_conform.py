"""Text to typed values, and every reason why a value cannot be taken."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts.model import Column, Feed
from pipelines.ingest.conform import FAULT, ROW, Conformed, conform, strip_pattern
from tests.landing import contracts


def feed_of(*columns: Column) -> Feed:
    return Feed("f", "F", "1", Path("f.yaml"), "d", "", "o", "rows", "s", columns[0].name, columns)


def conformed(
    columns: Column | tuple[Column, ...], typed: bool = False, fault: list[str | None] | None = None, **values: list[str | None]
) -> Conformed:
    columns = columns if isinstance(columns, tuple) else (columns,)
    rows = len(next(iter(values.values())))
    frame = pl.DataFrame(values, schema=dict.fromkeys(values, pl.String)).with_columns(
        pl.Series(ROW, range(2, rows + 2)), pl.Series(FAULT, fault or [None] * rows, dtype=pl.String)
    )
    return conform(frame, feed_of(*columns), typed)


def values_of(column: Column, *texts: str | None, typed: bool = False) -> list[object]:
    """Each text's value, or the rule by which it was rejected."""
    result = conformed(column, typed, **{column.name: list(texts)})
    by_row = dict(result.accepted.select(ROW, column.name).iter_rows())
    rules = {row: rule for row, _, rule in result.rejects.iter_rows()}
    return [by_row[n] if n in by_row else rules[n] for n in range(2, len(texts) + 2)]


TEXT = Column("x", "string", "")


def test_text_is_trimmed_and_null_tokens_of_contract_and_column_are_nothing():
    column = replace(TEXT, null_values=("unknown",))
    assert values_of(column, "  a b\t", "", "  ", "NULL", "n/a", "#DIV/0!", "Unknown", "-", "--", None) == [
        "a b", None, None, None, None, None, None, None, "--", None,
    ]  # fmt: skip


def test_null_tokens_and_yes_and_no_are_read_in_any_letter_case():
    column = replace(TEXT, null_values=("not recorded", "ok", "né"))
    assert values_of(column, "nULL", "#Value!", "NOT Recorded", "o\N{KELVIN SIGN}", "NÉ", "nulls", "ko") == [None] * 5 + ["nulls", "ko"]
    assert values_of(Column("x", "boolean", ""), "TRUE", "fAlSe", "Y", "nO", "1.0") == [True, False, True, False, True]


def test_letter_case():
    assert values_of(replace(TEXT, letter_case="lower"), "AbÉ") == ["abé"]
    assert values_of(replace(TEXT, letter_case="upper"), "c1") == ["C1"]


def test_value_map_normalises_and_an_enum_restricts():
    spellings = {"immediate": "Immediate", "grade 1": "Immediate", "i": "Immediate"}
    assert values_of(replace(TEXT, value_map=spellings), "GRADE 1", "Immediate", "other") == ["Immediate", "Immediate", "other"]
    assert values_of(replace(TEXT, value_map=spellings, enum=("Immediate",)), "I", "other", "") == ["Immediate", "not_allowed", None]


def test_strip_prefix_goes_before_pattern_and_repeats_until_nothing_more_goes():
    column = replace(TEXT, strip_prefix=r"(?i)^outcome\s*|^0+(?=[0-9])|\.0$", pattern="^[0-9]{1,2}[A-Z]?$", letter_case="upper")
    assert values_of(column, "Outcome 01a", "16.0", "0", "00", "x1", "123") == ["1A", "16", "0", "0", "pattern", "pattern"]
    assert values_of(replace(TEXT, strip_prefix=r"(?i)^ref\s*"), "Ref REF 7", "ref", None) == ["7", "", None]
    assert values_of(replace(TEXT, strip_prefix=r"(a+)+$"), "a" * 40 + "b") == ["a" * 40 + "b"]  # within a lifetime
    assert strip_pattern("outcome 0016.0", column.strip_prefix or "") == "16"


def test_formula_nul_byte_and_length_are_reasons_of_their_own():
    assert values_of(replace(TEXT, max_length=4), "=A1", " =1", "a\0b", "abcde", "abcd", "+44", "-1") == [
        "formula", "formula", "nul_byte", "too_long", "abcd", "+44", "-1",
    ]  # fmt: skip


def test_required_values_may_not_be_null_tokens_and_get_no_other_reason():
    column = Column("x", "integer", "", required=True)
    assert values_of(column, "1", "", "NULL", None) == [1, "required", "required", "required"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("17", 17), ("+17", 17), ("-17", -17), ("17.0", 17), ("1,234", 1234), ("1,234,567.00", 1234567)]
    + [(text, "invalid_integer") for text in ("17.5", "1,23", "12,34,567", "1e3", "abc", "1 234", "9223372036854775808", "--1", "1.0.0", "½")],
)
def test_integers(text, value):
    assert values_of(Column("x", "integer", ""), text) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", 1.5), (".5", 0.5), ("-1,234.5", -1234.5), ("1e3", 1000.0), ("3", 3.0)]
    + [(text, "invalid_number") for text in ("1,5", "inf", "infinity", "1e999x", "0x10", "1.2.3", "1/2", ".", "e5")],
)
def test_numbers(text, value):
    assert values_of(Column("x", "number", ""), text) == [value]


@pytest.mark.parametrize("texts", [("171,250", "71,5"), ("171,250", "1.234,5"), ("0,125", "171,250"), ("1.234", "71,5")])
def test_a_comma_or_point_is_not_guessed_where_another_number_shows_a_decimal_comma(texts):
    assert values_of(Column("x", "number", ""), *texts) == ["invalid_number"] * 2


def test_in_a_file_with_semicolons_a_comma_alone_groups_nothing():
    frame = pl.DataFrame({"x": ["171,250", "1,234.5", "17"], ROW: [2, 3, 4], FAULT: pl.Series([None] * 3, dtype=pl.String)})
    result = conform(frame, feed_of(Column("x", "number", "")), is_comma_doubtful=True)
    assert result.accepted["x"].to_list() == [1234.5, 17]
    assert conform(frame, feed_of(Column("x", "number", ""))).accepted["x"].to_list() == [171250, 1234.5, 17]


def test_a_declared_decimal_comma_settles_it():
    column = Column("x", "number", "", decimal_mark=",")
    assert values_of(column, "171,250", "1.234,5", "1 234", "12.345.678", "1.5", "7", "1,2,3", "62,5 %") == [
        171.25, 1234.5, 1234, 12345678, "invalid_number", 7, "invalid_number", 62.5,
    ]  # fmt: skip


def test_where_the_decimal_mark_is_declared_spaces_and_apostrophes_group_thousands():
    texts = ("1 234.5", "1\N{NO-BREAK SPACE}234", "1'234\N{RIGHT SINGLE QUOTATION MARK}567", "12 34", "1 2345", "1,234.5 %", "1 234,5")
    point = [1234.5, 1234, 1234567, "invalid_number", "invalid_number", 1234.5, "invalid_number"]
    assert values_of(Column("x", "number", "", decimal_mark="."), *texts) == point
    assert values_of(Column("x", "number", ""), *texts[:3]) == ["invalid_number"] * 3


def test_per_cents_are_read_as_they_are_shown():
    assert values_of(Column("x", "number", ""), "75%", "48.5 %", "-1.5%", "%", "5%5") == [75, 48.5, -1.5, "invalid_number", "invalid_number"]


def test_a_layouts_words_for_true_and_false_win_over_the_usual_ones():
    column = Column("x", "boolean", "", value_map={"true": "true", "-1": "true", "ja": "true", "1": "false", "false": "false"})
    assert values_of(column, "-1", "JA", "1", "0", "nein") == [True, True, False, False, "invalid_boolean"]


FIGURE = Column("value", "number", "", required=True, suppressed_into="is_suppressed")
WITHHELD = Column("is_suppressed", "boolean", "")


@pytest.mark.parametrize("mark", ["<5", "< 10", "*", "**", "[c]", "Suppressed"])
def test_a_withheld_figure_is_a_row_without_a_value(mark):
    result = conformed((FIGURE, WITHHELD), value=[mark, "5", "", "<five"])
    assert result.accepted.select("value", "is_suppressed").rows() == [(None, True), (5, None)]
    assert result.rejects.select("file_row", "rule").rows() == [(4, "required"), (5, "invalid_number")]


def test_a_layouts_own_marks_replace_the_usual_ones():
    result = conformed((replace(FIGURE, suppressed_marks=("low",)), WITHHELD), value=["Low", "<5"], is_suppressed=[None, None])
    assert (result.accepted["is_suppressed"].to_list(), result.rejects["rule"].to_list()) == ([True], ["invalid_number"])


def test_bounds():
    column = Column("x", "integer", "", minimum=0, maximum=120)
    assert values_of(column, "0", "120", "-1", "121") == [0, 120, "below_minimum", "above_maximum"]


def test_booleans():
    column = Column("x", "boolean", "")
    assert values_of(column, "Y", "yes", "TRUE", "t", "1", "1.0") == [True] * 6
    assert values_of(column, "n", "No", "false", "F", "0", "0.0") == [False] * 6
    assert values_of(column, "maybe", "2", "") == ["invalid_boolean", "invalid_boolean", None]


def test_dates_by_the_first_format_that_fits():
    column = Column("x", "date", "", formats=("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%Y %H:%M"))
    day = date(2023, 7, 1)
    assert values_of(column, "2023-07-01", "01/07/2023", "1/7/2023", "01/07/2023 23:59", "0000-00-00", "") == [day] * 4 + [None] * 2
    assert values_of(column, "2023-02-31", "31/06/2023", "07/13/2023", "01/07/23", "1899-12-01", "2101-01-01", "20230701") == ["invalid_date"] * 7


def test_a_month_is_its_first_day():
    column = Column("x", "date", "", formats=("%Y-%m",))
    assert values_of(column, "2025-01", "2025-13", "2025") == [date(2025, 1, 1), "invalid_date", "invalid_date"]


def test_a_format_whose_year_is_absurd_leaves_the_text_to_the_formats_after_it():
    column = Column("x", "date", "", formats=("%b %Y", "%d/%m/%Y", "%B-%y", "%B %y", "%d/%m/%y", "%d-%b-%y"))
    assert values_of(column, "Jul-23", "June 23", "01/07/23", "1-Sept-23", "Sep 0023", "Sept 2023") == [
        date(2023, 7, 1), date(2023, 6, 1), date(2023, 7, 1), date(2023, 9, 1), "invalid_date", date(2023, 9, 1),
    ]  # fmt: skip


def test_every_declared_format_of_every_contract_gets_its_turn():
    day = date(2023, 6, 30)
    for feed in contracts().feeds.values():
        for column in feed.columns:
            for fmt in column.formats if column.type == "date" else ():
                text = day.strftime(fmt)
                read = values_of(replace(column, name="x", required=False, enum=()), text)
                assert read == [day if "%d" in fmt else day.replace(day=1)], f"{feed.name}.{column.name} {fmt}: {text}"


DAY_FIRST = ("%d/%m/%Y", "%d/%m/%Y %H:%M")


def test_a_date_with_an_offset_is_of_the_day_that_londons_clock_shows():
    column = Column("x", "date", "", formats=("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"))
    texts = ("2023-07-31T00:00:00+01:00", "2023-07-30T23:00:00Z", "2023-07-31T00:00:00Z", "2023-12-31T00:00:00+00:00", "2023-07-31 BST")
    assert values_of(column, *texts) == [date(2023, 7, 31)] * 3 + [date(2023, 12, 31), "invalid_date"]


def dates_of(column_type: str, *texts: str) -> list[object]:
    """Each text's day, or the rule by which it was rejected."""
    read = values_of(Column("x", column_type, "", formats=DAY_FIRST), *texts)
    return [f"{value:%d %b}" if isinstance(value, date) else value for value in read]


@pytest.mark.parametrize("kind", ["date", "timestamp"])
def test_days_and_months_are_not_guessed_where_other_dates_show_that_the_month_comes_first(kind):
    assert dates_of(kind, "07/13/2023", "07/04/2023", "07/07/2023", "07/31/2023") == [
        f"invalid_{kind}", "month_or_day_first", "07 Jul" if kind == "date" else "06 Jul", f"invalid_{kind}",
    ]  # fmt: skip


def test_one_wrong_month_among_many_dates_that_are_day_first_puts_none_in_doubt():
    days = [f"{day}/07/2023" for day in range(13, 32)] * 2
    assert dates_of("date", *days, "07/13/2023", "04/07/2023")[-2:] == ["invalid_date", "04 Jul"]


def test_events_on_one_day_of_month_after_month_are_the_days_of_one_month():
    assert dates_of("timestamp", *(f"03/{day:02}/2023 10:{day}" for day in range(1, 6))) == [
        *["month_or_day_first"] * 2, "03 Mar", *["month_or_day_first"] * 2,
    ]  # fmt: skip
    firsts = [f"01/{month:02}/2023" for month in range(2, 7)]
    assert "month_or_day_first" not in dates_of("date", *firsts) + dates_of("timestamp", *firsts)
    assert "month_or_day_first" in dates_of("timestamp", *(f"{first} 10:30" for first in firsts))


def test_typed_files_may_hold_dates_whatever_formats_the_layout_has():
    column = Column("x", "date", "", formats=("%d.%m.%Y",))
    assert values_of(column, "2023-07-01", typed=True) == [date(2023, 7, 1)]
    assert values_of(column, "2023-07-01") == ["invalid_date"]


def test_every_reason_of_a_row_is_recorded():
    columns = (
        Column("a", "string", "", required=True),
        Column("b", "integer", ""),
        Column("c", "string", "", enum=("x",), value_map={"x": "x"}, max_length=3),
    )
    result = conformed(columns, a=["", "ok"], b=["1x", "2"], c=["yyyy", "X"], fault=["too_many_fields", None])
    assert result.rejects.sort("column_name", "rule").rows() == [
        (2, "_row", "too_many_fields"), (2, "a", "required"), (2, "b", "invalid_integer"), (2, "c", "not_allowed"), (2, "c", "too_long"),
    ]  # fmt: skip
    assert (result.rows_read, result.rows_accepted, result.rows_rejected) == (2, 1, 1)


@pytest.mark.parametrize("fault", ["broken_quotes", "repeated_header"])
def test_of_an_unreadable_row_nothing_is_said_about_its_columns(fault):
    result = conformed(Column("a", "string", "", required=True), a=[None], fault=[fault])
    assert result.rejects.rows() == [(2, "_row", fault)]


def test_optional_columns_that_are_absent_come_out_null_with_their_type():
    result = conformed((TEXT, Column("t", "timestamp", ""), Column("n", "number", "")), x=["a"])
    assert result.accepted.schema == pl.Schema(
        {"x": pl.String, "t": pl.Datetime("us"), "n": pl.Float64, "_file_row": pl.Int64, "_clock_flags": pl.String}
    )
    assert result.accepted.rows() == [("a", None, None, 2, None)]


def test_a_block_without_rows():
    result = conformed(TEXT, x=[])
    assert (result.rows_read, result.rejects.height, result.accepted.height) == (0, 0, 0)


@pytest.mark.parametrize("name", list(contracts().feeds))
def test_every_layout_conforms_a_block_of_nothing_but_nulls(name):
    for layout in contracts().layouts[name]:
        frame = pl.DataFrame({c.name: [None] for c in layout.columns}, schema={c.name: pl.String for c in layout.columns})
        result = conform(frame.with_columns(pl.lit(2).alias(ROW), pl.lit(None, pl.String).alias(FAULT)), layout)
        assert set(result.rejects.select("column_name", "rule").iter_rows()) == {(name, "required") for name in layout.required}


def test_an_identifier_of_which_a_spreadsheet_has_lost_digits_is_none():
    column = Column("x", "string", "", key_position=1)
    lost = ("2.02354E+12", "1,23E+11", "2E+10", "1.23E11", "1.23e+011", "########")
    assert values_of(column, *lost) == ["scientific_notation"] * len(lost)
    assert values_of(column, "12E03", "1E5", "INC-1E+5", "00123", "1.5", "#1") == ["12E03", "1E5", "INC-1E+5", "00123", "1.5", "#1"]


def test_an_identifier_that_a_program_took_for_a_decimal_is_the_whole_number():
    key = Column("x", "string", "", key_position=1)
    assert values_of(key, "20230700.0", "20230700", "7.10", "A1.0", "1234567890123456.0", None) == [
        "20230700",
        "20230700",
        "7.10",
        "A1.0",
        "1234567890123456.0",
        None,
    ]
    assert values_of(TEXT, "20230700.0") == ["20230700.0"]
