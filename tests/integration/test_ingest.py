"""One feed's run on a real warehouse: the ledger, the raw rows, the identifiers, the layouts."""

import gzip
import hashlib
import hmac
import io
import itertools
import os
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import duckdb
import phonenumbers
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts.loading import load_contracts
from pipelines.ingest import csv_records, load
from pipelines.ingest import feed as feed_module
from pipelines.ingest.identifiers import one_spelling
from pipelines.warehouse import create_tables, open_build
from tests.faults.bad_files import parquet, workbook
from tests.landing import CLI, HASH_KEY, HEADER, NOW, Landing, call, calls, contracts, raw_content


@pytest.fixture
def landing(tmp_path):
    return Landing.at(tmp_path)


# --- rows and provenance ---------------------------------------------------------------------------------------------


def test_a_row_arrives_typed_in_utc_with_its_provenance(landing):
    content = calls(call(1), call(2, line="Emergency", is_test="yes", answered_at="", ended_at=""))
    outcome = landing.take("force_calls/2023/force_calls_x20230801T0200.csv", content)
    assert (outcome.status, outcome.rows_read, outcome.rows_accepted, outcome.layout) == ("loaded", 2, 2, "canonical")
    first, second = landing.query("select * exclude (cli, _file_hash, _modified_at) from raw.force_calls order by call_id")
    assert first == (
        "C1", "wiltshire", "999", datetime(2023, 7, 1, 9), datetime(2023, 7, 1, 9, 0, 5), None, datetime(2023, 7, 1, 9, 3), "B1", False, None,
        2, datetime(2023, 8, 1, 1), NOW, outcome.load_id, None, None, datetime(2023, 8, 1, 23, 59, 59),
    )  # fmt: skip
    assert second[:3] == ("C2", "wiltshire", "999")
    assert second[8] is True
    assert second[10] == 3
    assert landing.query("select distinct _file_hash from raw.force_calls") == [(hashlib.sha256(content.encode()).hexdigest(),)]


def test_the_rows_own_extract_time_wins_over_the_file_names(landing):
    landing.take("force_calls/force_calls_x20230801T0200.csv", calls(call(1) + ",2023-07-20 12:00:00", header=HEADER + ",extracted_at"))
    landing.take("force_calls/plain.csv", calls(call(2)))
    assert landing.query("select call_id, _extracted_at from raw.force_calls order by 1") == [("C1", datetime(2023, 7, 20, 11)), ("C2", None)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("logs/logs_to_2023-07-15.csv", datetime(2023, 7, 15, 23, 59, 59)),
        ("street/2023-08/2023-05-wiltshire-street.csv", datetime(2023, 8, 31, 23, 59, 59)),
        ("street/download 20230714/2023-05.csv", datetime(2023, 7, 14, 23, 59, 59)),
        ("logs/logs 15-07-2023.csv", datetime(2023, 7, 15, 23, 59, 59)),
        ("logs/logs_2023-02-31.csv", None),
        ("logs/logs_2031-07.csv", None),  # later than the run
        ("logs/ref 120230714999.csv", None),
        ("logs/logs.csv", None),
    ],
)
def test_the_latest_day_in_a_path(path, expected):
    assert feed_module.latest_day_in(path, NOW) == expected


def test_the_load_time_is_kept_in_utc(landing):
    landing.write("force_calls/a.csv", calls(call(1)))
    landing.run(now=datetime(2023, 8, 1, 3, 0, tzinfo=timezone(timedelta(hours=1))))
    assert landing.query("select distinct _loaded_at from raw.force_calls") == [(NOW,)]
    assert landing.query("select loaded_at from ingest.loads") == [(NOW,)]


def test_the_ledger_row_of_a_load(landing):
    row = call(3, offered_at="2022-10-30 01:30:00", answered_at="", ended_at="") + ",x"
    landing.take("force_calls/a.csv", calls(call(1) + ",x", call(2, line="moon") + ",x", row, header=HEADER + ",Operator"))
    assert landing.query("select * exclude (load_id, file_hash, size_bytes, contract_fingerprint) from ingest.loads") == [
        ("run-1", "force_calls", "force_calls/a.csv", "canonical", "loaded", 3, 2, 1, 1, "Operator", None, NOW, None, None)
    ]
    assert landing.reasons() == {(3, "line", "not_allowed")}


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "xlsx", "parquet", "CSV", "Csv.GZ"])
def test_every_format_gives_the_same_rows(landing, ending):
    texts = calls(call(1), call(2, answered_at="", ended_at="", abandoned_at="2023-07-01 10:00:30", is_test="Y"))
    rows = [line.split(",") for line in texts.splitlines()]
    frame = pl.DataFrame(rows[1:], schema=rows[0], orient="row")
    moments = [pl.col(c).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False) for c in rows[0] if c.endswith("_at")]
    typed = frame.with_columns(*moments, pl.col("line").cast(pl.Int64), pl.col("is_test") == "Y")
    content = {
        "csv": texts.encode(),
        "csv.gz": gzip.compress(texts.encode()),
        "parquet": parquet(**typed.to_dict(as_series=False)),
        "xlsx": workbook([rows[0], *typed.rows()]),
    }[ending.lower()]
    assert landing.take(f"force_calls/a.{ending}", content).rows_accepted == 2
    assert landing.query("select call_id, line, offered_at, answered_at, abandoned_at, is_test, _file_row from raw.force_calls order by 1") == [
        ("C1", "999", datetime(2023, 7, 1, 9), datetime(2023, 7, 1, 9, 0, 5), None, False, 2),
        ("C2", "999", datetime(2023, 7, 1, 9), None, datetime(2023, 7, 1, 9, 0, 30), True, 3),
    ]


def test_parquet_headers_may_hold_dots(landing):
    names = {"Call.ID": ["C1"], "Force": ["w"], "Line.Name": ["999"], "Offered": ["2023-07-01 10:00:00"]}
    assert landing.take("force_calls/a.parquet", parquet(**names)).rows_accepted == 1


def test_parquet_times_with_a_zone_are_utc_already(landing):
    moment = datetime(2022, 10, 30, 1, 30, tzinfo=UTC)
    landing.take("force_calls/a.parquet", parquet(call_id=["C1"], force_code=["w"], line=["999"], offered_at=[moment]))
    assert landing.query("select offered_at, _clock_flags from raw.force_calls") == [(moment.replace(tzinfo=None), None)]


# --- the ledger ------------------------------------------------------------------------------------------------------


def test_the_same_file_twice_is_loaded_once_and_not_read_again(landing, monkeypatch):
    landing.take("force_calls/a.csv", calls(call(1)))
    monkeypatch.setattr(feed_module, "fingerprint", lambda *_: pytest.fail("an unchanged file was read"))
    outcome = landing.run(run_id="run-2")
    assert (outcome.files_seen, outcome.files_known, outcome.files_new, outcome.files) == (1, 1, 0, ())
    assert landing.query("select count(*) from raw.force_calls") == [(1,)]
    assert landing.query("select count(*) from ingest.loads") == [(1,)]


def test_a_touched_file_is_read_but_not_loaded_again(landing):
    landing.take("force_calls/a.csv", calls(call(1)))
    os.utime(landing.settings.landing_dir / "force_calls/a.csv", (0, 0))
    assert landing.run().files_known == 1
    assert landing.query("select count(*) from raw.force_calls") == [(1,)]


def test_the_same_content_under_another_name_is_loaded_once(landing):
    landing.write("force_calls/a.csv", calls(call(1)))
    landing.write("force_calls/b.csv", calls(call(1)))
    outcome = landing.run()
    assert (outcome.files_loaded, outcome.files_known) == (1, 1)
    landing.write("force_calls/deeper/c.csv", calls(call(1)))
    assert landing.run().files_known == 3
    assert landing.query("select count(*) from raw.force_calls") == [(1,)]


def test_the_same_content_in_another_feed_is_that_feeds_own(landing):
    content = "force_code,call_id,line,offered_at\nwiltshire,C1,999,2023-07-01 10:00:00\n"
    landing.write("force_calls/a.csv", content)
    landing.write("crimes/a.csv", content)
    assert landing.run().files_loaded == 1
    assert landing.run("crimes").files_refused == 1


def test_a_changed_file_under_the_same_name_is_loaded_beside_the_old_rows(landing):
    landing.take("force_calls/a.csv", calls(call(1)))
    landing.take("force_calls/a.csv", calls(call(1, is_test="Y"), call(2)))
    assert landing.query("select call_id, is_test from raw.force_calls order by _load_id, _file_row") == [("C1", False), ("C1", True), ("C2", False)]


def test_load_ids_grow_with_the_file_names_order(landing):
    for name in ("c", "a", "b"):
        landing.write(f"force_calls/{name}.csv", calls(call(1, bt_call_ref=name)))
    landing.run()
    assert landing.query("select file_path from ingest.loads order by load_id") == [(f"force_calls/{n}.csv",) for n in "abc"]


def test_any_order_of_arrival_gives_the_same_raw_content(tmp_path):
    files = {"a.csv": calls(call(1), call(2)), "b.csv": calls(call(2, is_test="Y"), call(3, line="x")), "c.csv": calls(call(1), call(4))}
    found = []
    for number, order in enumerate(itertools.permutations(files)):
        landing = Landing.at(tmp_path / str(number))
        for name in order:
            landing.take(f"force_calls/{name}", files[name])
        found.append((raw_content(landing), landing.reasons()))
    assert all(one == found[0] for one in found)
    assert len(found[0][0]) == 5


def test_a_refused_file_is_tried_again_when_its_content_or_the_contract_changes(landing, tmp_path):
    bad = "call_id,force_code,line,when\nC1,wiltshire,999,2023-07-01 10:00:00\n"
    assert landing.take("force_calls/a.csv", bad).status == "refused"
    assert landing.run(run_id="run-2").files[0].is_standing
    assert landing.query("select count(*) from ingest.loads") == [(1,)]

    folder = tmp_path / "layouts"
    folder.mkdir()
    (folder / "calls_when.yaml").write_text(
        "kind: DataContract\ncustomProperties: [{property: extends, value: force_calls}]\n"
        "schema: [{name: force_calls, properties: [{name: offered_at, physicalName: when}]}]\n"
    )
    landing.contracts = load_contracts(extra_layouts=folder)
    (outcome,) = landing.run(run_id="run-3").files
    assert (outcome.status, outcome.layout, outcome.rows_accepted) == ("loaded", "calls_when", 1)

    assert landing.take("force_calls/b.csv", bad.replace("when", "quand")).status == "refused"
    assert landing.take("force_calls/b.csv", calls(call(9))).status == "loaded"


def test_a_run_with_nothing_new_over_many_files_is_quick(landing):
    for number in range(400):
        landing.write(f"force_calls/{number:03}.csv", calls(call(number)))
    assert landing.run().files_loaded == 400
    with open_build(landing.settings) as connection:
        create_tables(connection, landing.contracts)
        begun = time.perf_counter()
        outcome = feed_module.ingest_feed(connection, "force_calls", landing.contracts, landing.settings, "run-2", NOW)
        assert time.perf_counter() - begun < 0.5
    assert outcome.files_known == 400


# --- what is no finished file ----------------------------------------------------------------------------------------


def test_temporary_and_foreign_names_are_left_alone(landing):
    for name in (".a.csv", "~$a.xlsx", "a.csv.tmp", "a.csv.part", ".hidden/a.csv"):
        landing.write(f"force_calls/{name}", calls(call(1)))
    landing.write("force_calls/readme.txt", "hello")
    outcome = landing.run()
    assert (outcome.files_seen, outcome.ignored) == (0, ("force_calls/readme.txt",))


def test_a_feed_without_a_folder_has_no_files(landing):
    assert landing.run().files_seen == 0


def test_a_file_still_being_written_is_deferred_and_taken_in_the_next_run(tmp_path):
    landing = Landing.at(tmp_path, settle_seconds=0.3)
    path = landing.write("force_calls/a.csv", calls(call(1)))
    old = landing.write("force_calls/b.csv", calls(call(2)))
    os.utime(old, (1_600_000_000, 1_600_000_000))
    stop = threading.Event()

    def keep_writing():
        with path.open("a") as file:
            while not stop.is_set():
                file.write(call(3) + "\n")
                file.flush()
                time.sleep(0.02)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    outcomes = {f.file_path: f for f in landing.run().files}
    stop.set()
    writer.join()
    assert outcomes["force_calls/a.csv"].status == "deferred"
    assert "still being written" in outcomes["force_calls/a.csv"].message
    assert outcomes["force_calls/b.csv"].status == "loaded"
    os.utime(path, (1_600_000_000, 1_600_000_000))
    assert [f.status for f in landing.run(run_id="run-2").files] == ["loaded"]


def test_young_files_that_stand_still_are_loaded_after_one_wait(tmp_path):
    landing = Landing.at(tmp_path, settle_seconds=0.4)
    for number in range(5):
        landing.write(f"force_calls/{number}.csv", calls(call(number)))
    begun = time.perf_counter()
    assert landing.run().files_loaded == 5
    assert 0.2 < time.perf_counter() - begun < 5


def test_a_file_that_changes_while_it_is_read_is_rolled_back_and_deferred(landing, monkeypatch):
    path = landing.write("force_calls/a.csv", calls(call(1)))
    conform = feed_module.conform

    def conform_and_touch(*arguments):
        os.utime(path, (0, 0))
        return conform(*arguments)

    monkeypatch.setattr(feed_module, "conform", conform_and_touch)
    (outcome,) = landing.run().files
    assert (outcome.status, landing.query("select count(*) from raw.force_calls")) == ("deferred", [(0,)])
    monkeypatch.undo()
    assert landing.run().files_loaded == 1


def test_a_failing_warehouse_raises_and_leaves_nothing_of_the_file(landing, monkeypatch):
    landing.write("force_calls/a.csv", calls(call(1)))

    def fail(*_):
        raise duckdb.IOException("disk full")

    monkeypatch.setattr(load, "write_ledger", fail)
    with pytest.raises(duckdb.IOException):
        landing.run()
    monkeypatch.undo()
    assert landing.query("select count(*) from raw.force_calls") == [(0,)]
    assert landing.run().files_loaded == 1


def test_a_long_file_that_turns_out_bad_takes_no_other_with_it(landing, monkeypatch):
    monkeypatch.setattr(feed_module, "INSERT_ROWS", 50)
    monkeypatch.setattr(load, "INSERT_ROWS", 50)
    monkeypatch.setattr(csv_records, "BLOCK_BYTES", 4_096)
    monkeypatch.setattr(csv_records, "CHUNK_BYTES", 4_096)
    landing.write("force_calls/a.csv", calls(call(1)))
    landing.write("force_calls/b.csv", calls(*(call(n) for n in range(2_000))))
    landing.write("force_calls/c.csv", calls(*(call(n) for n in range(3_000, 3_200))))
    landing.write("force_calls/d.csv", calls(call(4)))
    conform = feed_module.conform

    def stumble(block, *arguments):
        if "C1900" in block["call_id"]:
            raise RuntimeError("late in the file")
        return conform(block, *arguments)

    monkeypatch.setattr(feed_module, "conform", stumble)
    assert [f.status for f in landing.run().files] == ["loaded", "refused", "loaded", "loaded"]
    assert landing.query("select count(*), count(distinct _load_id) from raw.force_calls") == [(202, 3)]
    assert landing.query("select count(*) from ingest.file_stats") == [(4,)]


def test_what_cannot_be_written_ends_the_feed_and_leaves_nothing_of_the_batch(landing, monkeypatch):
    landing.write("force_calls/a.csv", calls(call(1)))
    landing.write("force_calls/b.csv", calls(call(2)))

    def stumble(*_):
        raise RuntimeError(f"cannot write {CLI}")

    monkeypatch.setattr(load, "write_stats", stumble)
    with pytest.raises(load.BatchLost, match="RuntimeError"):
        landing.run()
    monkeypatch.undo()
    assert landing.query("select count(*) from raw.force_calls") == landing.query("select count(*) from ingest.loads") == [(0,)]
    assert landing.run().files_loaded == 2


def test_an_unforeseen_error_in_one_file_refuses_it_without_its_values(landing, monkeypatch):
    landing.write("force_calls/a.csv", calls(call(1)))
    landing.write("force_calls/b.csv", calls(call(2)))
    conform = feed_module.conform

    def stumble(block, *arguments):
        if "C1" in block["call_id"]:
            raise RuntimeError(f"cannot read {CLI}")
        return conform(block, *arguments)

    monkeypatch.setattr(feed_module, "conform", stumble)
    first, second = landing.run().files
    assert (first.status, second.status) == ("refused", "loaded")
    assert "RuntimeError" in first.message
    assert CLI not in first.message


# --- personal identifiers --------------------------------------------------------------------------------------------


def test_identifiers_are_hmacs_and_nowhere_in_clear(landing):
    outcome = landing.take("force_calls/a.csv", calls(call(1), call(2, cli="07700 900 123"), call(3, cli=""), call(4, cli=CLI, line="bad")))
    expected = hmac.new(HASH_KEY, b"+447700900123", "sha256").hexdigest()
    assert landing.query("select cli from raw.force_calls order by call_id") == [(expected,), (expected,), (None,)]
    assert outcome.rows_rejected == 1
    assert CLI.encode() not in landing.database_bytes()
    assert not any(CLI in said for said in landing.said)


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("07700 900 123", "+447700900123"),
        ("(01632) 960-001", "+441632960001"),
        ("0044 7700 900123", "+447700900123"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("7700900123", "+447700900123"),  # a spreadsheet took the nought away
        ("+1 202 555 0123", "+12025550123"),
        ("999", "999"),
        ("withheld", "withheld"),
        ("077009001231111", "077009001231111"),
    ],
)
def test_a_phone_number_has_one_spelling(written, spelt):
    assert one_spelling(pl.Series([None, written, "07700900123"]), "GB").to_list() == [None, spelt, "+447700900123"]


@given(st.from_regex(r"0[1-37]\d{9}", fullmatch=True))
def test_the_usual_spelling_of_a_number_is_read_as_the_library_reads_it(number):
    assert one_spelling(pl.Series([number]), "GB").item() == phonenumbers.format_number(
        phonenumbers.parse(number, "GB"), phonenumbers.PhoneNumberFormat.E164
    )


def test_a_layout_says_of_which_region_its_numbers_are(landing):
    landing.settings.data_dir.joinpath("layouts").mkdir()
    landing.settings.data_dir.joinpath("layouts", "ie.yaml").write_text(
        "apiVersion: v3.2.0\nkind: DataContract\nid: scorecards:layout:ie\nname: x\nversion: 1.0.0\nstatus: active\n"
        "customProperties: [{property: extends, value: force_calls}, {property: appliesTo, value: {fileName: 'ie_*.csv'}}]\n"
        "schema: [{name: force_calls, properties: [{name: cli, physicalName: cli, customProperties: [{property: phoneRegion, value: IE}]}]}]\n"
    )
    landing.contracts = load_contracts(extra_layouts=landing.settings.data_dir / "layouts")
    landing.write("force_calls/ie_a.csv", calls(call(1, cli="01 234 5678")))
    landing.run()
    assert landing.query("select cli from raw.force_calls") == [(hmac.new(HASH_KEY, b"+35312345678", "sha256").hexdigest(),)]


@pytest.mark.parametrize("key", [b"k", b"k" * 64, b"k" * 200])
def test_the_key_decides_the_hash_whatever_its_length(tmp_path, key):
    landing = Landing.at(tmp_path, hash_key=key)
    landing.take("force_calls/a.csv", calls(call(1, cli="n°7")))
    assert landing.query("select cli from raw.force_calls") == [(hmac.new(key, "n°7".encode(), "sha256").hexdigest(),)]


# --- content identity, layouts ---------------------------------------------------------------------------------------

STREET = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context"


def test_identical_content_has_the_same_row_hash_whatever_the_header_order(landing):
    landing.write("police_uk_street/a.csv", f"{STREET}\n,2025-01,W,W,-1.80,51.5,On or near X,E1,Swindon 001A,ASB,,\n,2025-01,W,W,,,,,,ASB,,\n")
    landing.write("police_uk_street/b.csv", "Month,Crime type,Falls within,Reported by\n2025-01,ASB,W,W\n2025-01,ASBW,,W\n2025-01,ASBW,W,x\n")
    landing.run("police_uk_street")
    hashes = landing.query("select _row_hash, count(*) from raw.police_uk_street group by all order by 2 desc")
    assert [count for _, count in hashes] == [2, 1, 1]
    assert landing.reasons() == {(3, "falls_within", "required")}
    assert landing.query("select month, longitude from raw.police_uk_street where longitude is not null") == [(datetime(2025, 1, 1).date(), -1.8)]


def test_the_row_hash_tells_neighbouring_columns_apart(landing):
    landing.take(
        "police_uk_street/a.csv", "Month,Crime type,Falls within,Reported by,Location\n2025-01,ab,W,W,c\n2025-01,a,W,W,bc\n2025-01,abc,W,W,\n"
    )
    assert landing.query("select count(distinct _row_hash) from raw.police_uk_street") == [(3,)]


def test_another_suppliers_layout_needs_no_code(landing):
    content = (
        "SegmentKey|Site|VDN|SegStart|SegAnswer|SegAbandon|SegStop|CallingPty|BTRef\n"
        f"K1|wiltshire|E1|01-Jul-2023 10:00:00|01-Jul-2023 10:00:05||01-Jul-2023 10:03:00|{CLI}|B1\n"
        "K2|wiltshire|Z9|2023-07-01 10:00:00|||||\n"
    )
    outcome = landing.take("force_calls/segments.csv", content)
    assert (outcome.layout, outcome.rows_accepted) == ("force_calls_example_supplier", 1)
    assert landing.reasons() == {(3, "line", "not_allowed"), (3, "offered_at", "invalid_timestamp")}
    assert landing.query("select call_id, line, offered_at, answered_at from raw.force_calls") == [
        ("K1", "999", datetime(2023, 7, 1, 9), datetime(2023, 7, 1, 9, 0, 5))
    ]


def test_a_sheet_named_by_the_contract_is_the_one_that_is_read(landing):
    rows = [["call_id", "force_code", "line", "offered_at"], ["C1", "w", "999", datetime(2023, 7, 1, 10)]]
    other = [rows[0], ["C2", "w", "999", datetime(2023, 7, 1, 10)]]
    base = contracts()
    layouts = tuple(replace(layout, sheet="Calls") for layout in base.layouts["force_calls"])
    landing.contracts = replace(base, layouts=base.layouts | {"force_calls": layouts})
    assert landing.take("force_calls/a.xlsx", workbook(other, rows, names=("Old", "Calls"))).status == "loaded"
    assert landing.query("select call_id from raw.force_calls") == [("C1",)]


def returned(formula: str) -> bytes:
    """A workbook with one figure of measure_returns, worked out by a formula whose kept result is 126."""
    row = {"measure_id": "marac_cases", "area_id": "wiltshire", "period_type": "month", "period_end": "2023-06-30", "value": ""}
    row |= {"supplied_by": "council", "returned_at": "2023-07-05"}
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, row)
        sheet.write_row(1, 0, row.values())
        sheet.write_formula(1, list(row).index("value"), formula, None, 126)
    return buffer.getvalue()


def test_a_formulas_kept_result_is_no_figure_unless_the_layout_says_so(landing, tmp_path):
    assert landing.take("measure_returns/a.xlsx", returned("=SUM(A5:A9)")).rows_rejected == 1
    assert landing.reasons() == {(2, "value", "formula")}
    layout = tmp_path / "extra" / "sums.yaml"
    layout.parent.mkdir()
    layout.write_text(
        "kind: DataContract\ncustomProperties:\n- {property: extends, value: measure_returns}\n- {property: appliesTo, value: {fileName: b*}}\n"
        "- {property: formulas, value: values}\nschema: [{name: measure_returns}]\n"
    )
    landing.contracts = load_contracts(extra_layouts=layout.parent)
    assert landing.take("measure_returns/b.xlsx", returned("=SUM(A5:A8)")).rows_accepted == 1
    assert landing.query("select value from raw.measure_returns") == [(126,)]
