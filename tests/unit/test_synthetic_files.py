"""The files of a scaled-down set: every kind of fault, late and corrected rows, the same bytes for the same seed."""

import csv
import gzip
import hashlib
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipelines.contracts.loading import load_contracts
from pipelines.contracts.model import normalise_header
from pipelines.settings import PROJECT_DIR
from pipelines.synthetic import calibration as cal
from pipelines.synthetic import data_faults
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.generate import write_extracts, write_samples
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.writer import WrittenFile

FEEDS = load_contracts().feeds
SCALE = 0.02
MONTHS = 36
NAME = re.compile(r"^(\w+)_(\d{4}-\d{2})_x(\d{8}T\d{4})\.(csv|csv\.gz|xlsx|parquet)$")
# Months of extracts after the period: dated ones, and the rota of the weeks to come.
AFTERMATH = {"ccc_operator_rota": [date(2023, 8, 1)], "suspects": [date(2023, 8, 1)], "speed_enforcement": [date(2023, 8, 1), date(2023, 9, 1)]}
# What others count comes when it is returned: not each month, and for some weeks after the period's end.
RETURNED = {"measure_returns", "csew_estimates", "force_comparators"}
EXTRA = {normalise_header(cal.files.EXTRA_COLUMN[0]), normalise_header(cal.files.REMARKS_COLUMN[0])}


@pytest.fixture(scope="module")
def landing(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("landing")


@pytest.fixture(scope="module")
def files(landing) -> list[WrittenFile]:
    return write_extracts(landing, months=MONTHS, scale=SCALE)


def digests(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def records(path: Path) -> list[list[str]]:
    """Every record of a csv or csv.gz, the header first, read by Python's own csv module."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(keepends=True)))


def text_frame(path: Path, feed: str) -> pl.DataFrame:
    """Any file as texts under canonical names, without unknown columns and repeated headers."""
    by_header = {h: c.name for c in FEEDS[feed].columns for h in c.headers}
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
        frame = frame.with_columns((pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M:%S"),)).cast(pl.String)
    elif path.suffix == ".xlsx":
        frame = pl.DataFrame(fastexcel.read_excel(path).load_sheet(0, dtypes="string"))
    else:
        header, *rows = records(path)
        frame = pl.DataFrame([r for r in rows if r != header], schema=header, orient="row")
    names = {h: by_header[normalise_header(h)] for h in frame.columns if normalise_header(h) in by_header}
    return frame.select(list(names)).rename(names)


def whole_feed(files: list[WrittenFile], feed: str) -> pl.DataFrame:
    """All files of a feed as texts, with the extract time of the file's name."""
    frames = [text_frame(f.path, feed).with_columns(pl.lit(NAME.match(f.path.name).group(3)).alias("_x")) for f in files if f.feed == feed]
    return pl.concat(frames, how="diagonal")


def latest(frame: pl.DataFrame, feed: str) -> pl.DataFrame:
    return frame.sort("_x").unique(FEEDS[feed].key[0] if feed != "force_calls" else ["call_id", "line"], keep="last", maintain_order=True)


def base_files(files: list[WrittenFile], feed: str, month: date) -> list[Path]:
    mine = sorted(f.path for f in files if f.feed == feed and f"_{month:%Y-%m}_" in f.path.name)
    return mine[:1]


def test_every_feed_is_written_a_month_a_file(files):
    by_feed: dict[str, list[WrittenFile]] = {}
    for file in files:
        by_feed.setdefault(file.feed, []).append(file)
    sheets = [feed for feed in FEEDS if FEEDS[feed].is_whole]
    assert list(by_feed) == [*(feed for feed in FEEDS if feed in cal.files.FIRST_MONTHS), *sheets]
    for feed, mine in by_feed.items():
        if feed in sheets:
            assert [f.path.name for f in mine] == ["governance_2023-06-30.xlsx", "governance_2023-09-30.xlsx"]
            continue
        months = {re.search(r"\d{4}-\d{2}", f.path.name).group() for f in mine}
        wanted = [m for m in tl.months_until(date(2023, 7, 31), MONTHS) if m >= cal.files.FIRST_MONTHS[feed]] + AFTERMATH.get(feed, [])
        if feed in RETURNED:
            wanted_and_late = {f"{m:%Y-%m}" for m in [*wanted, *(tl.add_months(wanted[-1], ahead) for ahead in (1, 2, 3))]}
            assert months <= wanted_and_late
        else:
            assert months == {f"{m:%Y-%m}" for m in wanted if feed != "bt_incidents" or m.month in cal.telephony.BT_REGISTER_MONTHS}
        assert all(f.path.parent.name == feed and f.path.is_file() and (f.rows > 0 or feed == "section_60") for f in mine)
    assert {f.path.name.split(".", 1)[1] for f in files} == {"csv", "csv.gz", "xlsx", "parquet"}


def test_the_whole_history_begins_with_the_calls_of_2017(tmp_path):
    written = write_extracts(tmp_path, scale=0.005)
    first = {feed: min(re.search(r"\d{4}-\d{2}", f.path.name).group() for f in written if f.feed == feed) for feed in cal.files.FIRST_MONTHS}
    assert first["force_calls"] == "2017-01"
    assert first == {feed: f"{month:%Y-%m}" for feed, month in cal.files.FIRST_MONTHS.items()}


def test_a_feed_that_begins_later_has_no_files_before(tmp_path):
    written = write_extracts(tmp_path, months=2, end=date(2018, 2, 28), scale=0.005)
    assert {f.feed for f in written} == {feed for feed, month in cal.files.FIRST_MONTHS.items() if month <= date(2018, 1, 1)}


def test_same_seed_same_bytes_and_other_seed_others(files, landing, tmp_path):
    write_extracts(tmp_path / "again", months=MONTHS, scale=SCALE)
    assert digests(tmp_path / "again") == digests(landing)
    write_extracts(tmp_path / "other", months=1, scale=SCALE, seed=7)
    other = digests(tmp_path / "other")
    assert {n: h for n, h in digests(landing).items() if n in other} != other


def test_headers_are_the_contract_s(files):
    for file in files:
        feed = FEEDS[file.feed]
        headers = records(file.path)[0] if ".csv" in file.path.name else []
        known = {h for c in feed.columns for h in c.headers}
        unknown = {normalise_header(h) for h in headers} - known
        assert unknown <= EXTRA, file.path.name
        if headers:
            present = {normalise_header(h) for h in headers}
            assert all(feed.by_name[c].headers & present for c in feed.required), file.path.name


def test_no_extract_is_later_than_the_tenth_and_knows_the_future(files):
    for file in files:
        found = NAME.match(file.path.name)
        if not found:
            continue
        taken = datetime.strptime(found.group(3), "%Y%m%dT%H%M")
        latest = (
            datetime(2023, 10, 10) if file.feed in RETURNED else datetime(2023, 9, 8) if file.feed == "speed_enforcement" else datetime(2023, 8, 10)
        )
        assert taken < latest
        clean = file.feed in ("incident_logs", "crimes") and taken.day == 9
        if clean:  # correction files have no faults
            frame = text_frame(file.path, file.feed)
            for column in FEEDS[file.feed].columns:
                if column.type == "timestamp" and not column.is_extract_time:
                    assert (frame[column.name].filter(frame[column.name] != "").max() or "") <= f"{taken:%Y-%m-%d %H:%M:%S}"
            assert set(frame["extracted_at"]) == {f"{taken:%Y-%m-%d %H:%M:%S}"}


@pytest.mark.parametrize("entry", cal.files.DATA_FAULTS, ids=lambda d: f"{d.kind}-{d.feed}")
def test_declared_dirt_is_in_the_files(entry, files):
    for month in entry.months:
        (path,) = base_files(files, entry.feed, month)
        assert _shows(entry, path), path.name


def _shows(entry: cal.files.DataFault, path: Path) -> bool:
    """Whether the file has the fault, told from its bytes and texts alone."""
    feed = FEEDS[entry.feed]
    header, *rows = records(path)
    cells = {cell for row in rows for cell in row}
    names = {h: c.name for c in feed.columns for h in c.headers}
    column = {names[normalise_header(h)]: i for i, h in enumerate(header) if normalise_header(h) in names}
    key, event = column[feed.key[0]], column[feed.event_time]
    canonical = [c.name for c in feed.columns]
    return {
        "bom": lambda: path.read_bytes().startswith(b"\xef\xbb\xbf"),
        "header_upper": lambda: all(h == h.upper() for h in header),
        "header_spaces": lambda: any(h != h.strip() for h in header),
        "header_aliases": lambda: len({normalise_header(h) for h in header} - set(canonical)) > 3,
        "column_order": lambda: (order := [names[normalise_header(h)] for h in header]) != sorted(order, key=canonical.index),
        "uk_times": lambda: all(re.match(r"\d{2}/\d{2}/\d{4}", r[event]) for r in rows),
        "booleans_words": lambda: "True" in cells,
        "booleans_digits": lambda: {r[column["is_test"]] for r in rows} <= {"1", "0", ""},
        "extra_column": lambda: normalise_header(cal.files.EXTRA_COLUMN[0]) in {normalise_header(h) for h in header},
        "quoted_newline": lambda: any("\n" in c and "," in c for c in cells),
        "blank_column": lambda: {r[column[entry.column]] for r in rows} == {""},
        "null_texts": lambda: bool(cells & set(cal.files.NULL_TEXTS)),
        "blank_texts": lambda: bool(cells & set(cal.files.BLANK_TEXTS)),
        "zero_times": lambda: cal.files.ZERO_TIME in cells,
        "padded": lambda: any(r[key] != r[key].strip() for r in rows),
        "code_spellings": lambda: bool({r[column[entry.column]] for r in rows} & set(cal.files.CODE_SPELLINGS[entry.column].values())),
        "repeated_header": lambda: header in rows,
        "exact_duplicates": lambda: len({tuple(r) for r in rows}) < len(rows),
        "invalid_times": lambda: any(r[event] in cal.files.INVALID_TIMES for r in rows),
        "missing_keys": lambda: any(r[key] == "" for r in rows),
        "invalid_values": lambda: any(r[column[entry.column]] in cal.files.INVALID_VALUES[entry.column] for r in rows),
    }[entry.kind]()


def test_every_kind_of_dirt_is_declared_and_survives_a_short_period():
    assert {d.kind for d in cal.files.DATA_FAULTS} >= set(data_faults._KINDS)
    months = [date(2023, 6, 1), date(2023, 7, 1)]
    styles = [data_faults.style_of(feed, m, months, False) for feed in FEEDS for m in months]
    assert {d.kind for s in styles for d in s.faults} == set(data_faults._KINDS)
    assert any(s.bom for s in styles) and {s.header for s in styles} >= {"upper", "spaces", "aliases"}


def test_rejectable_rows_are_few(files):
    total = sum(f.rows for f in files)
    rejectable = sum(
        any(cell in cal.files.INVALID_TIMES for cell in row) or row[0] == ""
        for f in files
        if ".csv" in f.path.name and f.feed != "police_uk_street"
        for row in records(f.path)[1:]
    )
    assert 10 < rejectable < 0.005 * total


def test_corrections_repeat_keys_with_other_values_and_bring_late_rows(files):
    for feed in ("incident_logs", "crimes", "crime_outcomes", "bt_999_calls"):
        frame = whole_feed(files, feed)
        key = FEEDS[feed].key[0]
        corrections = frame.filter(pl.col("_x").str.slice(6, 2) == "09")
        base = frame.filter(pl.col("_x").str.slice(6, 2) != "09")
        repeated = corrections.join(base, on=key, suffix="_was")
        assert repeated.height and corrections.join(base, on=key, how="anti").height, feed
        column = {"incident_logs": "final_grade", "crimes": "da_risk", "crime_outcomes": "outcome_code", "bt_999_calls": "outcome"}[feed]
        assert (repeated[column] != repeated[f"{column}_was"]).any(), feed


def test_cancellations_come_with_later_extracts(files):
    crimes = whole_feed(files, "crimes").filter(pl.col("crime_ref") != "")
    cancelled = crimes.filter(pl.col("cancel_code").str.strip_chars().str.starts_with("C"))
    assert cancelled.height > 10
    before = crimes.join(cancelled, on="crime_ref", how="semi").filter(pl.col("cancel_code").str.strip_chars() == "")
    assert before.height


def test_latest_versions_hold_the_planned_rows(files):
    logs = latest(whole_feed(files, "incident_logs"), "incident_logs")
    real = logs.filter(
        (pl.col("log_number") != "") & ~pl.col("log_number").str.contains("-E") & (pl.col("duplicate_of").fill_null("").str.len_chars() < 10)
    )
    real = real.filter(~pl.col("is_test").str.to_lowercase().is_in(["y", "true", "1"]))
    plan = Plan(tl.months_until(date(2023, 7, 31), MONTHS), date(2023, 7, 31), 20230731, SCALE)
    planned = sum(plan.rows(f"logs {kind}", volume, month, at_least=1) for kind, volume in cal.logs.LOGS.items() for month in plan.months)
    assert real.height == planned


def test_outcomes_have_few_orphans(files):
    crimes = set(whole_feed(files, "crimes")["crime_ref"].str.strip_chars())
    refs = whole_feed(files, "crime_outcomes")["crime_ref"]
    orphans = [r for r in refs if r not in crimes]
    assert 0 < len(orphans) < 0.01 * len(refs)


def test_clock_change_nights_are_in_the_files(files):
    for feed, event in (("force_calls", "offered_at"), ("incident_logs", "created_at")):
        times = whole_feed(files, feed)[event]
        assert (times.str.starts_with("2022-03-27 01:")).any(), feed  # did not exist
        assert (times.str.starts_with("2022-10-30 01:")).sum() >= 2, feed  # happened twice


def test_callers_numbers_are_the_ones_kept_for_drama(files):
    calls = whole_feed(files, "force_calls")["cli"].unique().to_list()
    numbers = [n for n in calls if n and n[0] == "0" and n != cal.files.ZERO_TIME]
    allowed = re.compile(r"07700 9\d{5}|01632 96\d{4}|03069 99\d{4}|020 7946 0\d{3}|0117 496 0\d{3}")
    assert len(numbers) > 500 and all(allowed.fullmatch(n) for n in numbers)


def test_team_names_are_spelt_in_several_ways(files):
    names = set(whole_feed(files, "incident_logs")["cpt"])
    assert {"Swindon", "Swindon CPT", "SWINDON", "Royal Wootton Bassett", "Salisbury", "Unknown", ""} <= names
    assert {"wiltshire", "Wiltshire"} <= set(whole_feed(files, "force_calls")["force_code"])


def test_incident_registers_are_cumulative_and_one_awaits_approval(files):
    register = [text_frame(f.path, "bt_incidents") for f in files if f.feed == "bt_incidents"]
    assert [r.height for r in register] == sorted(r.height for r in register)
    assert (register[-1]["approved_by"] == "").sum() == 1


def test_one_street_month_stands_in_two_files(landing, files):
    month = f"{cal.street.STREET_REDOWNLOADED:%Y-%m}"
    first, again = (landing / "police_uk_street" / f"{month}-wiltshire-street{s}.csv" for s in ("", "-again"))
    assert first.read_bytes() != again.read_bytes()
    assert sorted(map(tuple, records(first))) == sorted(map(tuple, records(again)))


def test_other_files_are_left_alone_and_names_are_stable(tmp_path):
    kept = tmp_path / "crimes" / "mine.csv"
    kept.parent.mkdir()
    kept.write_text("a,b\n1,2\n")
    seen: list[tuple[str, int]] = []
    written = write_extracts(tmp_path, months=1, scale=0.005, progress=lambda feed, rows: seen.append((feed, rows)))
    before = digests(tmp_path)
    write_extracts(tmp_path, months=1, scale=0.005)
    assert digests(tmp_path) == before and kept.read_text() == "a,b\n1,2\n"
    assert sorted(seen) == sorted((f.feed, f.rows) for f in written)
    assert not list(tmp_path.rglob("*.part"))


def test_rows_are_counted_as_written(files):
    for file in files[::17]:
        if ".csv" in file.path.name:
            assert len(records(file.path)) - 1 == file.rows


@pytest.mark.parametrize(("months", "scale"), [(0, 1.0), (1, 0.0)])
def test_a_period_or_scale_without_sense_is_refused(tmp_path, months, scale):
    with pytest.raises(ValueError, match="at least one month"):
        write_extracts(tmp_path, months=months, scale=scale)


def test_samples_are_what_the_generator_writes(tmp_path):
    write_samples(tmp_path)
    samples = PROJECT_DIR / "data" / "samples"
    committed = {n: h for n, h in digests(samples).items() if not n.endswith(".md")}
    assert digests(tmp_path) == committed
    assert sum(p.stat().st_size for p in samples.rglob("*") if p.is_file()) < 300_000


def test_a_month_ended_early_is_extracted_two_days_later(tmp_path):
    end = date(2023, 7, 10)
    written = write_extracts(tmp_path, months=1, scale=0.005, end=end)
    names = [f.path.name for f in written if f.feed == "force_calls"]
    assert names[0] == f"force_calls_2023-07_x{end + timedelta(days=cal.files.EXTRACTS['force_calls'].days):%Y%m%d}T0105.csv"
