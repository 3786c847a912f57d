"""What a layout says of the files themselves: quotes, several sheets; and a layout that cannot be used."""

from __future__ import annotations

import json

import pytest

from pipelines.contracts.loading import load_contracts
from tests.faults.bad_files import workbook
from tests.landing import HEADER, Landing, call, calls

LAYOUT = """\
kind: DataContract
apiVersion: v3.2.0
id: layout
customProperties:
  - {{property: extends, value: force_calls}}
  - {{property: appliesTo, value: {{folder: x}}}}
  - {{property: {name}, value: "{value}"}}
schema:
  - name: force_calls
    properties: []
"""


def landing_with(tmp_path, name: str, value: str) -> Landing:
    landing = Landing.at(tmp_path)
    folder = tmp_path / "layouts"
    folder.mkdir()
    (folder / "x.yaml").write_text(LAYOUT.format(name=name, value=value))
    landing.contracts = load_contracts(extra_layouts=folder)
    assert landing.contracts.problems == ()
    return landing


def test_another_quote_holds_delimiters_and_line_ends_and_leaves_the_usual_one_as_text(tmp_path):
    landing = landing_with(tmp_path, "quote", "'")
    rows = calls(call(1, bt_call_ref="'5\" pipe, it''s'"), call(2, bt_call_ref="'two\nlines'"), header=HEADER.replace("call_id", "'call_id'"))
    outcome = landing.take("force_calls/x/a.csv", rows)
    assert (outcome.layout, outcome.rows_read, outcome.rows_accepted) == ("x", 2, 2)
    assert landing.query("select bt_call_ref from raw.force_calls order by call_id") == [("5\" pipe, it's",), ("two\nlines",)]


def test_where_quotes_are_text_none_opens_a_field(tmp_path):
    landing = landing_with(tmp_path, "quote", "none")
    outcome = landing.take("force_calls/x/a.csv", calls(call(1, bt_call_ref='"open'), call(2, bt_call_ref='5" x 3"'), call(3)))
    assert (outcome.rows_read, outcome.rows_accepted) == (3, 3)
    assert landing.query("select bt_call_ref from raw.force_calls order by call_id") == [('"open',), ('5" x 3"',), ("B3",)]


def _sheet(*rows: str) -> list[list[object]]:
    return [line.split(",") for line in calls(*rows).splitlines()]


def test_several_sheets_are_read_as_one_table(tmp_path):
    landing = landing_with(tmp_path, "sheet", "2023-*")
    book = workbook(_sheet(call(1), call(2)), [["notes"]], _sheet(call(3), call(4, offered_at="x")), names=("2023-07", "Notes", "2023-08"))
    outcome = landing.take("force_calls/x/a.xlsx", book)
    assert (outcome.rows_read, outcome.rows_accepted) == (4, 3)
    assert landing.query("select call_id, _file_row from raw.force_calls order by 1") == [("C1", 2), ("C2", 3), ("C3", 10_000_002)]
    assert landing.reasons() == {(10_000_003, "offered_at", "invalid_timestamp")}


def test_a_sheet_of_another_kind_among_several_refuses_the_workbook_by_name(tmp_path):
    landing = landing_with(tmp_path, "sheet", "2023-*")
    outcome = landing.take("force_calls/x/a.xlsx", workbook(_sheet(call(1)), [["notes"]], names=("2023-07", "2023-08")))
    assert outcome.status == "refused"
    assert "(sheet 2023-08)" in outcome.message


@pytest.mark.parametrize("last", [11, 28])
def test_days_and_months_are_not_guessed_where_an_expression_reads_them(tmp_path, last):
    landing = landing_with(tmp_path, "delimiter", ";")
    read = "time(\"Date\" || ' ' || \"Time\", '%d/%m/%Y %H:%M')"
    (tmp_path / "layouts" / "x.yaml").write_text(
        LAYOUT.format(name="delimiter", value=";").replace("[]", f"\n      - {{name: offered_at, transformLogic: {json.dumps(read)}}}")
    )
    landing.contracts = load_contracts(extra_layouts=tmp_path / "layouts")
    rows = "\n".join(f"C{day};wiltshire;101;07/{day:02}/2023;10:00" for day in range(1, last + 1))
    outcome = landing.take("force_calls/x/a.csv", f"call_id;force_code;line;Date;Time\n{rows}\n")
    assert (outcome.layout, outcome.rows_read, outcome.rows_accepted) == ("x", last, 1)
    assert {rule for _, _, rule in landing.reasons()} == {"month_or_day_first"} | ({"invalid_timestamp"} if last > 12 else set())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LAYOUT.format(name="quoot", value="'"), "x.yaml: unknown property `quoot`; did you mean `quote`? (line 7)"),
        (LAYOUT.format(name="quote", value="''"), "x.yaml: `quote`: \"''\" is no quote: one character of ASCII, or none (line 7)"),
        ("kind: DataContract\nschema: [\n", "line 3"),
        ("kind: DataContract\nschema: text\ncustomProperties:\n  - {property: extends, value: force_calls}\n", "`schema` is a list of one table"),
        ("kind: DataContract\nschema: [{name: force_calls}]\ncustomProperties: [7]\n", "customProperties is a list of"),
        ("- a list\n", "not an Open Data Contract Standard v3 document"),
        (b"\xff\xfe\x00", "x.yaml"),
    ],
)
def test_a_layout_that_cannot_be_used_is_named_by_line_and_field_and_stops_no_other(tmp_path, text, told):
    (tmp_path / "x.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    (tmp_path / "y.yaml").write_text(LAYOUT.format(name="quote", value="'"))
    contracts = load_contracts(extra_layouts=tmp_path)
    (problem,) = contracts.problems
    assert problem.startswith("x.yaml")
    assert told in problem
    assert "y" in {layout.layout for layout in contracts.layouts["force_calls"]}


@pytest.mark.parametrize(
    ("name", "names"), [("appliesTo", "{fileName: 'telephony*'}"), ("appliesto", "{filename: 'TELEPHONY*'}"), ("appliesTo", "{folder: x}")]
)
def test_no_other_layout_reads_the_files_of_one_that_cannot_be_used(tmp_path, name, names):
    landing = Landing.at(tmp_path)
    layout = tmp_path / "layouts" / "utc.yaml"
    layout.parent.mkdir()
    text = LAYOUT.format(name="timezone", value="UTC").replace("{folder: x}", names).replace("appliesTo", name)
    layout.write_text(text)
    landing.contracts = load_contracts(extra_layouts=layout.parent)
    landing.write("force_calls/other.csv", calls(call(2)))
    outcome = landing.take("force_calls/x/telephony_2023-07.csv", calls(call(1)))
    assert outcome.status == "refused"
    assert "utc.yaml: unknown property `" in outcome.message
    assert landing.query("select call_id from raw.force_calls") == [("C2",)]

    layout.write_text(text.replace("timezone", "timeZone").replace("appliesto", "appliesTo").replace("filename", "fileName"))
    landing.contracts = load_contracts(extra_layouts=layout.parent)
    assert landing.contracts.problems == ()
    (mended,) = landing.run(run_id="run-2").files
    assert (mended.layout, mended.rows_accepted) == ("utc", 1)


def test_a_file_of_which_no_row_was_accepted_is_read_again_under_another_layout(tmp_path):
    landing = Landing.at(tmp_path)
    rows = calls(call(1, offered_at="1 July 2023 10:00"), call(2, offered_at="2 July 2023 10:00"))
    assert landing.take("force_calls/a.csv", rows).rows_accepted == 0
    assert landing.run(run_id="run-2").files == ()
    folder = tmp_path / "layouts"
    folder.mkdir()
    (folder / "x.yaml").write_text(
        LAYOUT.format(name="timestampFormats", value="").replace('""', "['%d %B %Y %H:%M', '%Y-%m-%d %H:%M:%S']").replace("folder: x", "fileName: a*")
    )
    landing.contracts = load_contracts(extra_layouts=folder)
    assert landing.contracts.problems == ()
    (outcome,) = landing.run(run_id="run-3").files
    assert (outcome.layout, outcome.rows_read, outcome.rows_accepted) == ("x", 2, 2)
    assert landing.run(run_id="run-4").files == ()


def test_a_header_that_a_layout_names_and_the_file_lacks_is_noted(tmp_path):
    landing = landing_with(tmp_path, "delimiter", ",")
    text = LAYOUT.format(name="delimiter", value=",").replace(
        "[]", "\n      - {name: answered_at, physicalName: Anwsered}\n      - {name: cli, physicalName: Caller}"
    )
    (tmp_path / "layouts" / "x.yaml").write_text(text)
    landing.contracts = load_contracts(extra_layouts=tmp_path / "layouts")
    header = HEADER.replace("answered_at", "Answered").replace("cli", "Caller")
    assert landing.take("force_calls/x/a.csv", calls(call(1), header=header)).rows_accepted == 1
    assert landing.query("select column_name, rule from ingest.notes") == [("answered_at", "header_not_found")]


WIDE = """\
kind: DataContract
customProperties:
  - {property: extends, value: measure_returns}
  - {property: appliesTo, value: {fileName: "hub*"}}
  - {property: wide, value: {keep: [Indicator], headings: [Area, Month], value: Figure}}
  - {property: leftOut, value: [{where: "\\"Indicator\\" like 'Note%'"}]}
schema:
  - name: measure_returns
    properties:
      - {name: measure_id, physicalName: Indicator, customProperties: [{property: valueMap, value: {marac_cases: [MARAC cases]}}]}
      - {name: area_id, physicalName: Area}
      - {name: period_type, customProperties: [{property: constant, value: month}]}
      - {name: period_end, physicalName: Month}
      - {name: value, physicalName: Figure}
      - {name: supplied_by, customProperties: [{property: constant, value: CSP}]}
      - {name: returned_at, customProperties: [{property: constant, value: "2023-07-15"}]}
"""
FIGURES = [("swindon", "2023-04", 41.0), ("swindon", "2023-05", 38.0), ("wiltshire", "2023-04", 3.0), ("wiltshire", "2023-05", None)]


@pytest.mark.parametrize(
    "headings",
    [
        "Indicator,Swindon,,Wiltshire,\n,Apr-23,May-23,Apr-23,May-23",  # the header merged down over both rows
        ",Swindon,,Wiltshire,\nIndicator,Apr-23,May-23,Apr-23,May-23",
        "Indicator,Swindon,,Wiltshire,\nIndicator,Apr-23,May-23,Apr-23,May-23",
    ],
)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_headings_of_a_wide_table_may_stand_in_one_or_two_rows(tmp_path, headings, ending):
    landing = Landing.at(tmp_path)
    layout = tmp_path / "layouts" / "hub.yaml"
    layout.parent.mkdir()
    layout.write_text(WIDE)
    landing.contracts = load_contracts(extra_layouts=layout.parent)
    assert landing.contracts.problems == ()
    text = f"Return of the hub\n\n{headings}\nMARAC cases,41,38,3,<5\n\nNote: provisional\n"
    content = text if ending == "csv" else workbook([line.split(",") for line in text.splitlines()])
    outcome = landing.take(f"measure_returns/hub_2023.{ending}", content)
    assert (outcome.layout, outcome.rows_read, outcome.rows_accepted) == ("hub", 5, 4)
    assert landing.query("select area_id, strftime(period_end, '%Y-%m'), value from raw.measure_returns order by all") == FIGURES


def test_a_declared_header_row_is_the_header_even_where_another_row_would_do(tmp_path):
    landing = landing_with(tmp_path, "headerRow", "3")
    layout = tmp_path / "layouts" / "x.yaml"
    layout.write_text(layout.read_text().replace('"3"', "3"))
    landing.contracts = load_contracts(extra_layouts=layout.parent)
    rows = f"{HEADER}\nexample,row\n" + calls(call(1), call(2))
    assert landing.take("force_calls/x/a.csv", rows).rows_read == 2
    assert landing.take("force_calls/x/b.csv", calls(call(3))).status == "refused"
