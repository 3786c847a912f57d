"""Contracts: valid Open Data Contract Standard documents, read into what ingest, dbt and the checks use."""

import json
from pathlib import Path

import polars as pl
import pytest
import yaml
from jsonschema import Draft201909Validator, Draft202012Validator
from open_data_contract_standard.model import OpenDataContractStandard

from pipelines.contracts import reference
from pipelines.contracts.expressions import FUNCTIONS, Scope, Value, compiled
from pipelines.contracts.feeds import read_feed
from pipelines.contracts.layouts import read_layout
from pipelines.contracts.loading import CONTRACTS_DIR, LAYOUTS_DIR, load_contracts
from pipelines.contracts.model import normalise_header
from pipelines.contracts.properties import ContractError, LayoutColumnProperties, LayoutProperties

CASES = Path(__file__).parents[1] / "cases"

CANONICAL = {  # DESIGN section 5, keys first, optional columns behind
    "force_calls": "call_id force_code line offered_at answered_at abandoned_at ended_at cli bt_call_ref is_test",
    "bt_999_calls": "bt_leg_id bt_call_ref force_code presented_at answered_at cleared_at outcome cli bt_centre is_test",
    "bt_incidents": "bt_incident_id started_at ended_at kind reference approved_by",
    "ccc_operator_rota": "line starts_at scheduled_count present_count",
    "incident_logs": "log_number force_code created_at source initial_grade final_grade graded_at opening_type closing_type cpt deployed "
    "first_dispatched_at first_arrived_at scene_cleared_at closed_at appointment_requested duplicate_of is_test asb_type lsoa_code extracted_at",
    "online_reports": "report_id submitted_at form_type crime_ref is_additional_information",
    "crimes": "crime_ref force_code recorded_at committed_from offence_code offence_group cpt is_domestic_abuse da_risk is_csa is_hate is_knife "
    "is_exploitation is_rural victim_age cancelled_at cancel_code extracted_at",
    "crime_outcomes": "outcome_id crime_ref force_code outcome_code outcome_date",
    "arrests": "arrest_id crime_ref force_code arrested_at disposal",
    "police_uk_street": "crime_id month reported_by falls_within longitude latitude location lsoa_code lsoa_name crime_type "
    "last_outcome_category context",
    "suspects": "snapshot_date suspect_id crime_ref force_code status since_date",
    "protection_orders": "order_id kind applied_at authorised_at expires_at status cpt",
    "speedwatch_sessions": "session_id session_date location speedwatch_group checks vehicles_observed vehicles_speeding cpt",
    "speed_enforcement": "visit_id visit_date location courses_issued fines_and_points_issued court_appearances cpt",
    "collisions": "collision_index date time collision_severity number_of_vehicles number_of_casualties fatal_casualties serious_casualties "
    "longitude latitude local_authority_ons_district lsoa_of_collision_location speed_limit",
    "section_60": "authority_id area from_at to_at",
    "measure_returns": "measure_id area_id segment period_type period_end numerator denominator value supplied_by returned_at",
    "csew_estimates": "question area release_quarter estimate margin effective_sample",
    "force_comparators": "measure_id comparator segment period_type period_end numerator denominator value margin supplied_by returned_at",
}


@pytest.fixture(scope="module")
def contracts():
    return load_contracts()


@pytest.mark.parametrize("path", sorted(CONTRACTS_DIR.glob("*.yaml")), ids=lambda p: p.stem)
def test_contract_is_valid_odcs(path: Path):
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    errors = [f"{list(e.path)}: {e.message}" for e in Draft201909Validator(json.loads(OpenDataContractStandard.json_schema())).iter_errors(document)]
    assert errors == []


@pytest.mark.parametrize("path", sorted(LAYOUTS_DIR.glob("*.yaml")), ids=lambda p: p.stem)
def test_layout_is_readable_as_odcs(path: Path):
    OpenDataContractStandard.from_file(str(path))


def test_feeds_have_the_canonical_columns(contracts):
    assert {name for name, feed in contracts.feeds.items() if not feed.is_whole} == set(CANONICAL)
    for name, columns in CANONICAL.items():
        have = [c.name for c in contracts.feeds[name].columns]
        assert [c for c in have if c in columns.split()] == columns.split()
        assert set(have) - set(columns.split()) <= {"extracted_at", "force_code", "margin", "is_suppressed"}


def test_the_sheets_of_a_workbook_share_a_folder_and_have_one_key_each(contracts):
    sheets = contracts.folders["governance"]
    assert {feed.name for feed in sheets} == {name for name, feed in contracts.feeds.items() if feed.is_whole}
    assert {str(feed.sheet) for feed in sheets} == {
        *("outcomes", "focus", "deliverables", "risks", "actions", "commentary", "events", "series_breaks", "rebases"),
        *("statutory_items", "nodes", "links", "engagements", "glossary"),
    }
    assert all(feed.name == f"governance_{feed.sheet}" and len(feed.key) == 1 for feed in sheets)
    names = [name for feed in sheets for name in feed.sheet_names]
    assert len(names) == len(set(names)), "a sheet's name belongs to one feed"


def test_every_column_is_described_and_classified(contracts):
    classes = {"public", "internal", "personal", "personal_identifier"}
    for feed in contracts.feeds.values():
        assert feed.owner and feed.description and feed.cadence_days > 0
        for column in feed.columns:
            assert column.description, f"{feed.name}.{column.name}"
            assert column.classification in classes, f"{feed.name}.{column.name}"


def test_callers_numbers_and_suspects_are_personal_identifiers(contracts):
    hashed = {(f.name, c.name) for f in contracts.feeds.values() for c in f.columns if c.is_personal_identifier}
    assert hashed == {("force_calls", "cli"), ("bt_999_calls", "cli"), ("suspects", "suspect_id")}


def test_no_header_means_two_columns(contracts):
    for layouts in contracts.layouts.values():
        for layout in layouts:
            headers = [h for c in layout.columns for h in c.headers]
            assert len(headers) == len(set(headers)), layout.layout


def test_header_case_spaces_and_bom_do_not_matter():
    assert normalise_header("\ufeff  Offered At ") == normalise_header("offered_at") == normalise_header("OFFERED-AT") == "offered_at"


def test_layout_spells_headers_dates_and_codes_otherwise(contracts):
    layout = next(f for f in contracts.layouts["force_calls"] if f.layout == "force_calls_example_supplier")
    assert layout.delimiter == "|"
    assert layout.by_name["offered_at"].formats == ("%d-%b-%Y %H:%M:%S",)
    assert layout.by_name["offered_at"].headers == {"offered_at", "segstart"}
    assert layout.by_name["line"].value_map["c1"] == "cch"
    assert layout.key == contracts.feeds["force_calls"].key
    assert layout.by_name["is_test"] == contracts.feeds["force_calls"].by_name["is_test"]


NAMED = [{"property": "system", "value": "visits"}, {"property": "entity", "value": "visits"}]


def _document(**changes):
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "schema": [{"name": "visits", "properties": [{"name": "visit_id", "logicalType": "string", "primaryKey": True, "primaryKeyPosition": 1}]}],
        "customProperties": [*NAMED, {"property": "eventTime", "value": "visit_id"}],
    }
    return document | changes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "Other"}, "not an Open Data Contract Standard v3 document"),
        ({"customProperties": NAMED}, "needs `eventTime`"),
        ({"customProperties": NAMED[:1]}, "needs `entity`"),
        ({"customProperties": [*NAMED, {"property": "eventTime", "value": "at"}]}, "'at'"),
        ({"schema": [{"name": "visits", "properties": [{"name": "visit_id", "logicalType": "text"}]}]}, "column visit_id"),
        ({"schema": [{"name": "visits", "properties": [{"name": "visit_id", "logicalType": "string"}]}]}, "primaryKey"),
    ],
)
def test_an_unusable_contract_says_file_and_reason(tmp_path, changes, words):
    path = tmp_path / "visits.yaml"
    path.write_text(yaml.safe_dump(_document(**changes)), encoding="utf-8")
    with pytest.raises(ContractError, match=r"visits\.yaml") as caught:
        read_feed(path)
    assert words in str(caught.value)


def test_a_layout_of_an_unknown_feed_or_column_is_refused(tmp_path, contracts):
    path = tmp_path / "other.yaml"
    path.write_text(yaml.safe_dump(_document(customProperties=[{"property": "extends", "value": "visits"}])), encoding="utf-8")
    with pytest.raises(ContractError, match="extends"):
        read_layout(path, contracts.feeds)
    path.write_text(yaml.safe_dump(_document(customProperties=[{"property": "extends", "value": "crimes"}])), encoding="utf-8")
    with pytest.raises(ContractError, match="the table is called 'visits', and `extends` names crimes"):
        read_layout(path, contracts.feeds)
    path.write_text(path.read_text(encoding="utf-8").replace("name: visits", "name: crimes"), encoding="utf-8")
    with pytest.raises(ContractError, match="visit_id"):
        read_layout(path, contracts.feeds)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("schema:", "schemas:", "unknown property `schemas`; did you mean `schema`?"),
        ("    properties:", "    propertys:", "`schema`: unknown property `propertys`; did you mean `properties`?"),
        ("    properties:", "    customProperties: [{property: timeZone, value: UTC}]\n    properties:", "move them to the top of the file"),
        ("physicalName: Contact No", "physicalName: Contact No, physicalName: Reference", "the key 'physicalName' stands twice"),
        ("customProperties:\n", "customProperties: []\ncustomProperties:\n", "the key 'customProperties' stands twice"),
    ],
)
def test_a_key_that_nobody_reads_is_refused_at_every_level_of_a_layout(tmp_path, contracts, before, after, words):
    text = (
        "kind: DataContract\ncustomProperties:\n  - {property: extends, value: force_calls}\n"
        "schema:\n  - name: force_calls\n    properties:\n      - {name: call_id, physicalName: Contact No}\n"
    )
    path = tmp_path / "other.yaml"
    path.write_text(text, encoding="utf-8")
    assert read_layout(path, contracts.feeds).layout == "other"
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        read_layout(path, contracts.feeds)
    assert words in str(caught.value)


def _layout(tmp_path, contracts, column=None, **custom):
    properties = [{"property": name, "value": value} for name, value in {"extends": "incident_logs", **custom}.items()]
    column = {"name": "deployed", **(column or {"physicalName": "Deployed?"})}
    path = tmp_path / "other.yaml"
    feed = custom.get("extends", "incident_logs")
    table = {"name": feed if feed in contracts.feeds else "incident_logs", "properties": [column]}
    path.write_text(yaml.safe_dump(_document(customProperties=properties, schema=[table])))
    return read_layout(path, contracts.feeds)


def _own(**properties):
    return {"customProperties": [{"property": name, "value": value} for name, value in properties.items()]}


@pytest.mark.parametrize(
    ("column", "custom", "words"),
    [
        (None, {"timezone": "UTC"}, "unknown property `timezone`; did you mean `timeZone`?"),
        (None, {"timeZone": "Europe/Lundon"}, "did you mean Europe/London?"),
        *(
            (None, {"timestampFormats": [fmt]}, f"{fmt!r} is no format of dates: day, month and year are written %d, %m and %Y")
            for fmt in ("dd/mm/yyyy", "%H:%M", "%d/%m/%Y %Hh", "%d/%m/%Y %I:%M", "%d.%m", "%Y", "%Q", "%G-W%V")
        ),
        (_own(nullValues=["x"]), {"timeZone": "UTC"}, "no file would be read by it"),
        (None, {"decimalMark": ";"}, "`decimalMark`"),
        (None, {"extends": "incident_log"}, "`extends` must name one of the feeds"),
        ({"name": "deployd"}, {}, "did you mean deployed?"),
        ({"phisicalName": "X"}, {}, "column deployed: unknown property `phisicalName`; did you mean `physicalName`?"),
        ({"required": False}, {}, "`required` belongs to the feed's contract"),
        ({"transformLogic": "\"A\" = 1 and read_csv('x') is null"}, {}, "column deployed: transformLogic: unknown function read_csv()"),
        ({"transformLogic": "true"} | _own(constant="true"), {}, "has more than one of a header, `transformLogic` and `constant`"),
        ({"transformLogic": "is_test"} | _own(), {"leftOut": [{"wher": "true"}]}, "did you mean `where`?"),
        (None, {"leftOut": [{"where": "\"A\" || 'x'"}]}, "leftOut: gives a text, not a truth"),
        (None, {"appliesTo": {"filename": "x*"}}, "did you mean `fileName`?"),
        (None, {"wide": {"keep": [], "headings": ["M"], "value": "F"}}, "`wide.keep`"),
        *((None, {"encoding": name}, f"{name!r} is no encoding of text") for name in ("klingon", "base64", "rot13", "idna", "undefined")),
        (None, {"fileTimePattern": "_x20"}, "has no group"),
        (None, {"fileTimePattern": r"(?<=_x)(\d{8})"}, "looks ahead, back or refers to a group"),
        ({"name": "source"} | _own(stripPrefix="^0+(?=[0-9])"), {}, "looks ahead, back or refers to a group"),
        (_own(valuemap={"true": ["-1"]}), {}, "did you mean `valueMap`?"),
        (_own(valueMap={"yes": ["-1"]}), {}, "maps to true and false"),
        (_own(valueMap={"true": ["ja", "JA"], "false": ["ja"]}), {}, "'ja' means both 'false' and 'true'"),
        (_own(formats=["%d/%m/%Y"]), {}, "`formats` has no effect on a boolean"),
        ({"name": "line"} | _own(valueMap={"Urgent": ["1"]}), {"extends": "force_calls"}, "'Urgent' is no value of the column"),
    ],
)
def test_what_a_layout_cannot_say_is_refused_with_a_suggestion(tmp_path, contracts, column, custom, words):
    with pytest.raises(ContractError, match=r"^other\.yaml: ") as caught:
        _layout(tmp_path, contracts, column, **custom)
    assert words in str(caught.value)


def test_words_that_yaml_takes_for_numbers_or_truths_are_texts(tmp_path, contracts):
    layout = _layout(tmp_path, contracts, _own(valueMap={True: [-1, "ja"], False: [0]}, nullValues=[9]), appliesTo={"folder": "access"})
    deployed = layout.by_name["deployed"]
    assert (deployed.value_map, deployed.null_values) == ({"true": "true", "-1": "true", "ja": "true", "false": "false", "0": "false"}, ("9",))


def test_codes_may_be_exchanged(tmp_path, contracts):
    layout = _layout(tmp_path, contracts, {"name": "line"} | _own(valueMap={"999": ["101"], "101": ["999"]}), extends="force_calls", delimiter=";")
    assert {code: layout.by_name["line"].value_map[code] for code in ("999", "101")} == {"999": "101", "101": "999"}


def test_the_list_of_properties_and_the_schema_of_layouts_are_what_the_models_say():
    text = reference.DOCS.read_text(encoding="utf-8")
    assert reference.docs_text(text) == text, "run `python -m pipelines.contracts.reference`"
    assert reference.layout_schema() == reference.SCHEMA.read_text(encoding="utf-8"), "run `python -m pipelines.contracts.reference`"
    assert set(reference.FUNCTION_WORDS) == set(FUNCTIONS)


@pytest.mark.parametrize("path", sorted((*LAYOUTS_DIR.glob("*.yaml"), *CASES.glob("*/layouts/*.yaml"))), ids=lambda p: p.stem)
def test_the_schema_takes_every_layout_and_refuses_what_layouts_cannot_say(path):
    schema = Draft202012Validator(json.loads(reference.layout_schema()))
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [e.message for e in schema.iter_errors(document)] == []
    document["customProperties"].append({"property": "timezone", "value": "UTC"})
    assert list(schema.iter_errors(document))


def test_every_example_of_a_property_and_function_can_be_used(tmp_path, contracts):
    for model in (LayoutProperties, LayoutColumnProperties):
        for key, field in model.model_fields.items():
            for example in field.examples or ():
                required = {"extends": "force_calls"} if model is LayoutProperties else {}
                model.model_validate({**required, field.alias or key: example})
    columns = {name: Value("time", pl.lit(None)) for name in ("created_at", "first_arrived_at")}
    for _, example in reference.FUNCTION_WORDS.values():
        compiled(example, Scope(lambda header: Value("text", pl.lit("")), columns, "UTC"))
