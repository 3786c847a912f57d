"""The expressions of layouts: what they give, and that nothing but the closed list may be used."""

import polars as pl
import pytest

from pipelines.contracts.expressions import TEXT, TIME, ExpressionError, Scope, Value, as_text, compiled, derivation_order, headers_of, unread

ROW = {"Day": "06/07/2023", "Clock": "23:50", "Ms": "1689966780000", "Pri": "2", "Talk": "0:27:15", "Beat": "swi1", "Empty": None, "Sum": "1,234.5"}


def value_of(text: str, zone: str = "Europe/London", mark: str | None = None, **row: str | None) -> str | None:
    """What an expression gives for a row, as a file would hold it; `at` is a column of the feed: 6 July 2023, 23:50 on the clock."""
    frame = pl.DataFrame({**ROW, **row}, schema_overrides=dict.fromkeys({**ROW, **row}, pl.String))

    def header(name: str) -> Value:
        return Value(TEXT, pl.col(name))

    scope = Scope(header, {}, zone, frame=frame)
    at = compiled("time(\"Day\" || ' ' || \"Clock\", '%d/%m/%Y %H:%M')", scope)
    scope = Scope(header, {"at": Value(TIME, at.expr)}, zone, mark, scope.frame)
    value = compiled(text, scope)
    return scope.frame.select(pl.when(unread(text, scope)).then(pl.lit("unread")).otherwise(as_text(value).cast(pl.String))).item()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("at", "2023-07-06 22:50:00.000000Z"),
        ("at + 75", "2023-07-06 22:51:15.000000Z"),
        ("at + seconds(\"Talk\")", "2023-07-06 23:17:15.000000Z"),
        ("at - time('2023-07-06', '%Y-%m-%d')", "85800"),
        ("time('7/6/2023 1:05 PM', '%Y-%m-%d', '%m/%d/%Y %I:%M %p')", "2023-07-06 12:05:00.000000Z"),
        ("time('Jul-23', '%d-%b-%y')", "unread"),
        ("epoch_ms(\"Ms\")", "2023-07-21 19:13:00.000000Z"),
        ("epoch(1689966780)", "2023-07-21 19:13:00.000000Z"),
        ("epoch(\"Ms\")", "unread"),
        ("epoch('0')", None),
        ("excel_time(45113.5)", "2023-07-06 11:00:00.000000Z"),
        ("days(0.25)", "21600"),
        ("seconds('80')", "80"),
        ("seconds('1.02:03:04')", "93784"),
        ("seconds('27:15')", "unread"),
        ("seconds('27:15', 'm:ss')", "1635"),
        ("seconds('27:15', 'h:mm')", "98100"),
        ("case \"Pri\" when 1 then 'Immediate' when 2 then 'Priority' else 'other' end", "Priority"),
        ("case when \"Pri\" in ('1', '2') and not \"Beat\" is null then \"Beat\" end", "swi1"),
        ("lookup(\"Beat\", 'SWI1', 'Swindon', 'SAL1', 'Salisbury')", "Swindon"),
        ("lookup(\"Beat\", 'SAL1', 'Salisbury', 'elsewhere')", "elsewhere"),
        ("coalesce(\"Empty\", \"Pri\")", "2"),
        ("nullif(\"Pri\", '2')", None),
        ("\"Day\" || \"Empty\"", None),
        ("concat(\"Day\", \"Empty\", 'x')", "06/07/2023x"),
        ("\"Sum\" * 2 - 1 / 0.5", "2467"),
        ("\"Pri\" / 0", None),
        ("\"Pri\" between 1 and 3 or false", "true"),
        ("\"Beat\" like 'SWI%'", "false"),
        ("\"Beat\" ilike 'SWI_'", "true"),
        ("upper(left(\"Beat\", 3)) || right(\"Beat\", 1)", "SWI1"),
        ("split_part(\"Day\", '/', 3)", "2023"),
        ("lpad(\"Pri\", 3, '0')", "002"),
        ("extract_text(\"Day\", '/(\\d+)/')", "07"),
        ("greatest(\"Pri\", 7)", "7"),
    ],
)  # fmt: skip
def test_what_expressions_give(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("clock", "moment"),
    [
        ("23:55", "2023-07-06 22:55"), ("00:05", "2023-07-06 23:05"), ("00:05:30", "2023-07-06 23:05:30"), ("12:10 AM", "2023-07-06 23:10"),
        ("23:49", "2023-07-06 22:49"), ("22:00", "2023-07-07 21:00"), ("24:10", "unread"), ("soon", "unread"), ("", None),
    ],
)  # fmt: skip
def test_a_time_of_day_is_the_next_one_and_a_clock_may_lag_some_minutes(clock, moment):
    found = value_of('time_after(at, "At")', At=clock)
    assert (found and found.removesuffix("Z").removesuffix(".000000").removesuffix(":00")) == moment


def test_a_lagging_clock_may_lie_before_midnight():
    assert value_of('time_after(at, "At")', Clock="00:02", At="23:58") == "2023-07-05 22:58:00.000000Z"


def test_times_are_read_on_the_layouts_clock():
    assert value_of("at", "UTC") == "2023-07-06 23:50:00.000000Z"
    assert value_of("time('2023-03-26 01:30', '%Y-%m-%d %H:%M')") == "2023-03-26 01:30:00.000000Z"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("select 1", "may not use select"),
        ("(select \"Pri\" from x)", "may not use subquery"),
        ("\"Pri\"; drop table x", "not one SQL expression"),
        ("read_csv('/etc/passwd')", "unknown function read_csv()"),
        ("getenv('KEY')", "unknown function getenv()"),
        ("__import__('os')", "unknown function __import__()"),
        ("epochms(\"Ms\")", "did you mean epoch_ms()?"),
        ("current_timestamp", "may not use"),
        ("x.y", "no table before it"),
        ("att", "did you mean at?"),
        ("at || 'x'", "needs a text, not a time"),
        ("at * 2", "only seconds are added"),
        ("at = 'x'", "compares a time with a text"),
        ("case when \"Pri\" then 1 end", "needs a truth, not a text"),
        ("coalesce(at, 'x')", "mixes text and time"),
        ("matches(\"Pri\", '(')", "no regular expression"),
        ("matches(\"Pri\", \"Day\")", "written out"),
        ("time(\"Day\", 'dd/mm/yyyy')", "no format"),
        ("left(\"Day\")", "takes 2 values, not 1"),
        ("1 1", "no SQL expression"),
        ("", "not one SQL expression"),
        ("(" * 500 + "1" + ")" * 500, "SQL expression"),
        ("+".join("1" * 500), "nested more than 100 deep"),
        ("'" + "x" * 5_000 + "'", "longer than"),
    ],
)  # fmt: skip
def test_what_is_not_on_the_list_is_refused(text, words):
    with pytest.raises(ExpressionError) as caught:
        value_of(text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "fmt", "moment"),
    [
        ("2023-07-01T00:00:00+0100", "%Y-%m-%dT%H:%M:%S%z", "2023-06-30 23:00"),
        ("2023-07-01T00:00:00Z", "%Y-%m-%dT%H:%M:%SZ", "2023-07-01 00:00"),
        ("2023-07-01T00:00:00Z", "%Y-%m-%dT%H:%M:%S", "2023-07-01 00:00"),
        ("01/07/2023 00:00 GMT", "%d/%m/%Y %H:%M %Z", "2023-07-01 00:00"),
        ("01/07/2023 00:00 GMT", "%d/%m/%Y %H:%M GMT", "2023-07-01 00:00"),
        ("01/07/2023 00:00 BST", "%d/%m/%Y %H:%M %Z", "2023-06-30 23:00"),
        ("01/07/2023 00:00", "%d/%m/%Y %H:%M %Z", "2023-06-30 23:00"),
        ("01/07/2023 00:00 XST", "%d/%m/%Y %H:%M %Z", None),
        ("1 Sept 2023", "%d %b %Y", "2023-08-31 23:00"),
    ],
)
def test_a_zone_that_a_text_names_is_never_dropped(text, fmt, moment):
    assert value_of(f"time(\"At\", '{fmt}')", At=text) == (f"{moment}:00.000000Z" if moment else "unread")
    assert value_of(f"time(\"At\", '%Y', '{fmt}')".replace("'%Y', ", "'%Y-%m-%d', '%H:%M %z %d/%m/%Y', "), At=text) == (
        f"{moment}:00.000000Z" if moment else "unread"
    )


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("171,25", ",", "171.25"), ("1.234,5", ",", "1234.5"), ("1 234,5", ",", "1234.5"), ("85,5 %", ",", "85.5"), ("171.25", ",", "unread"),
        ("1,234.5", None, "1234.5"), ("171,25", None, "unread"), ("1.234,5", None, "unread"), ("1 234", ".", "1234"), ("x", None, "unread"),
        ("", None, None),
    ],
)  # fmt: skip
def test_numbers_are_read_by_the_layouts_decimal_mark(text, mark, value):
    assert value_of('number("N")', mark=mark, N=text) == value
    assert value_of('"N" + 0', mark=mark, N=text) == value


def test_what_cannot_be_read_is_a_fault_where_it_is_needed_and_no_other_reading_serves():
    assert value_of('case when "Handled" = \'Y\' then at + "Ring" end', Handled="N", Ring="none") is None
    assert value_of('case when "Handled" = \'Y\' then at + "Ring" end', Handled="Y", Ring="none") == "unread"
    assert value_of('coalesce(seconds("Talk"), number("Ring"))', Talk="12m", Ring="7") == "7"
    assert value_of('coalesce(seconds("Talk"), number("Ring"))', Talk="12m", Ring="x") == "unread"
    assert value_of('time_after(time("Never", \'%Y-%m-%d\'), "Clock")', Never="0000-00-00") is None
    assert value_of('epoch_ms("Ms")', Ms="1.68817E+12") == "unread"
    assert [value_of(f'{read}("N")', N="0") for read in ("epoch", "epoch_ms", "excel_time")] == [None] * 3


def test_nested_steps_do_not_multiply():
    text = "at"
    for _ in range(30):
        text = f"time_after(nullif({text}, null), '10:00')"
    assert value_of(text) == "2023-07-07 09:00:00.000000Z"


def test_names_of_headers_may_hold_anything():
    assert headers_of('"Nature#2" || "Start (epoch ms)" || \'"no header"\'') == {"Nature#2", "Start (epoch ms)"}
    assert value_of('"lower(x)" || upper("and (")', **{"lower(x)": "a", "and (": "b"}) == "aB"


def test_columns_derived_from_each_other_are_refused():
    assert derivation_order({"b": "a + 1", "a": '"Pri" + 1'}) == ["a", "b"]
    with pytest.raises(ExpressionError, match="derived from each other"):
        derivation_order({"a": "b", "b": "a"})
