"""Which layout a header row fits, and what is said where none does."""

from pipelines.ingest.headers import best_match, match_headers, unexpected_text, why_not
from tests.landing import HEADER, contracts

CALLS = contracts().feeds["force_calls"]
LAYOUTS = contracts().layouts["force_calls"]


def test_canonical_names_aliases_case_and_spaces():
    match = match_headers(CALLS, ["\ufeffCall ID", "FORCE", " Line-Name ", "Offered Time", "Operator", ""])
    assert match.fits
    assert match.positions == {"call_id": 0, "force_code": 1, "line": 2, "offered_at": 3}
    assert unexpected_text(match) == "Operator"


def test_the_layout_with_most_columns_wins_and_the_canonical_one_on_ties():
    assert best_match(LAYOUTS, HEADER.split(",")).layout.layout == "canonical"
    supplier = best_match(LAYOUTS, ["SegmentKey", "Site", "VDN", "SegStart"])
    assert supplier.layout.layout == "force_calls_example_supplier"
    assert supplier.fits


def test_a_columns_own_name_wins_over_another_columns_alias():
    # `call ref` means call_id in force_calls, but BT's legs have a column bt_call_ref with that alias and a key of its own
    legs = contracts().feeds["bt_999_calls"]
    assert match_headers(legs, ["bt_call_ref"]).positions == {"bt_call_ref": 0}
    assert match_headers(legs, ["call ref"]).positions == {"bt_call_ref": 0}


def test_two_headers_for_one_column_do_not_fit():
    match = best_match(LAYOUTS, [*HEADER.split(","), "Offered", "Answer Time"])
    assert not match.fits
    assert "two headers for offered_at (offered_at and Offered)" in why_not(match)
    assert "two headers for answered_at (answered_at and Answer Time)" in why_not(match)


def test_what_looks_like_a_value_is_not_shown():
    match = best_match(LAYOUTS, ["call_id", "07700900123", "x" * 41, "Operator"])
    assert "its headers are: call_id, …, …, Operator." in why_not(match)
    assert "lacks the required columns force_code, line, offered_at" in why_not(match)


def test_a_row_without_any_known_header_shows_nothing_of_it():
    message = why_not(best_match(LAYOUTS, ["Jane Doe", "Swindon"]))
    assert "no header that force_calls.yaml knows" in message
    assert "Jane" not in message
