"""Which layout a header row fits, and what is said where none does."""

import yaml

from pipelines.contracts.layouts import read_layout
from pipelines.ingest.headers import best_match, layouts_for, match_headers, unexpected_text, why_not
from tests.landing import HEADER, contracts

CALLS = contracts().feeds["force_calls"]
LAYOUTS = contracts().layouts["force_calls"]


def test_canonical_names_aliases_case_and_spaces():
    match = match_headers(CALLS, ["\ufeffCall ID", "FORCE", " Line-Name ", "Offered Time", "Operator", ""])
    assert match.fits
    assert match.positions == {"call_id": 0, "force_code": 1, "line": 2, "offered_at": 3}
    assert unexpected_text(match) == "Operator"


def test_the_layout_with_most_columns_wins_and_the_canonical_one_on_ties():
    assert best_match(LAYOUTS, [HEADER.split(",")]).layout.layout == "canonical"
    supplier = best_match(LAYOUTS, [["SegmentKey", "Site", "VDN", "SegStart"]])
    assert supplier.layout.layout == "force_calls_example_supplier"
    assert supplier.fits


def test_a_columns_own_name_wins_over_another_columns_alias():
    # `call ref` means call_id in force_calls, but BT's legs have a column bt_call_ref with that alias and a key of its own
    legs = contracts().feeds["bt_999_calls"]
    assert match_headers(legs, ["bt_call_ref"]).positions == {"bt_call_ref": 0}
    assert match_headers(legs, ["call ref"]).positions == {"bt_call_ref": 0}


def test_two_headers_for_one_column_do_not_fit():
    match = best_match(LAYOUTS, [[*HEADER.split(","), "Offered", "Answer Time"]])
    assert not match.fits
    assert "two headers for offered_at (offered_at and Offered)" in why_not(match)
    assert "two headers for answered_at (answered_at and Answer Time)" in why_not(match)


def test_what_looks_like_a_value_is_not_shown():
    match = best_match(LAYOUTS, [["call_id", "07700900123", "x" * 41, "Operator"]])
    assert "its headers are: call_id, …, …, Operator." in why_not(match)
    assert "lacks the required columns force_code, line, offered_at" in why_not(match)


def test_a_row_without_any_known_header_shows_nothing_of_it():
    message = why_not(best_match(LAYOUTS, [["Jane Doe", "Swindon"]]))
    assert "no header that force_calls.yaml knows" in message
    assert "Jane" not in message


def layout(tmp_path, name="other", columns=(), **custom):
    """A layout of incident_logs with these columns and properties."""
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "customProperties": [{"property": key, "value": value} for key, value in {"extends": "incident_logs", **custom}.items()],
        "schema": [{"name": "incident_logs", "properties": list(columns)}],
    }
    path = tmp_path / f"{name}.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return read_layout(path, contracts().feeds)


def constant(name, value="x"):
    return {"name": name, "customProperties": [{"property": "constant", "value": value}]}


def test_one_header_may_be_the_source_of_several_columns_and_the_second_of_a_name_of_another(tmp_path):
    columns = [
        {"name": "initial_grade", "physicalName": "Pri"},
        {"name": "final_grade", "physicalName": "Pri"},
        {"name": "opening_type", "physicalName": "Nature#2"},
    ]
    match = match_headers(layout(tmp_path, columns=columns), ["Pri", "Nature", "Nature"])
    assert match.positions == {"initial_grade": 0, "final_grade": 0, "opening_type": 2}
    assert (match.repeated, match.unexpected) == ((), ("Nature",))


def test_a_header_that_stands_twice_is_refused_where_an_expression_does_not_say_which(tmp_path):
    match = match_headers(layout(tmp_path, columns=[{"name": "source", "transformLogic": 'lower("Nature")'}]), ["Nature", "Nature"])
    assert "Nature#1 or Nature#2" in why_not(match)


def test_a_header_that_an_expression_reads_and_the_file_lacks_is_named(tmp_path):
    columns = [{"name": "source", "transformLogic": 'lower("Origin code")'}, *(constant(name) for name in ("log_number", "force_code"))]
    match = match_headers(layout(tmp_path, columns=columns), ["Created", "Nature"])
    assert "force_code" not in match.missing and "created_at" not in match.missing
    assert "lacks Origin code, from which the layout derives columns" in why_not(match)


def test_files_are_given_to_the_layouts_that_name_them(tmp_path):
    canonical = contracts().feeds["incident_logs"]
    cad = layout(tmp_path, "cad", appliesTo={"fileName": "cad_*.csv"})
    north = layout(tmp_path, "north", appliesTo={"folder": "north*"})
    layouts = (canonical, cad, north)
    names = {name: [x.layout for x in layouts_for(layouts, name)] for name in ("CAD_july.csv", "logs.csv", "north/2023/logs.csv", "south/cad_1.csv")}
    assert names == {
        "CAD_july.csv": ["cad"], "logs.csv": ["canonical"], "north/2023/logs.csv": ["north"], "south/cad_1.csv": ["cad"],
    }  # fmt: skip


def test_a_layout_may_be_told_by_headers_that_its_files_have(tmp_path):
    canonical = contracts().feeds["incident_logs"]
    required = [name for name in canonical.required if name != "log_number"]
    other = layout(tmp_path, columns=[constant(name) for name in required if name != "created_at"], appliesTo={"headers": ["Unit"]}, timeZone="UTC")
    row = ["log number", "created", "unit"]
    assert [best_match((canonical, other), [[*row[:n]]]).layout.layout for n in (3, 2)] == ["other", "canonical"]
