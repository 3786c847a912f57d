"""Names and numbers planted in every place that people outside can write to are found in nothing that readers get."""

import io
import re
import zipfile

import duckdb
import pytest
import xlsxwriter
from click.testing import CliRunner

from pipelines.cli import cli
from tests.bad_workbook import badly_edited
from tests.landing import HASH_KEY, HEADER, call, calls

pytestmark = pytest.mark.slow

# Every canary begins alike; what follows says where it was planted.
CANARY = "Quillfeather"
NUMBERS = ("07700900987", "7700 900987", "07700 900 987", "447700900987")
MAIL = "quill@example.org"
FOUND = re.compile(rb"quillf\w*|[\w.+-]*quill@[\w.-]*|7700[ ]?900[ ]?987", re.I)


def workbook(**sheets: list[list[str]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name.replace("_", " "))
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return buffer.getvalue()


def plant(landing) -> None:
    """A canary in each place: values, headers, names of files, folders and sheets, keys, owners, what returns are about, and segments."""

    def put(path: str, content: str | bytes) -> None:
        target = landing / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    name = f"{CANARY} Jane"
    good = calls(call(1, call_id=f"{CANARY}Key", cli=NUMBERS[0]), call(2, call_id="Q2", line=f"{CANARY}Value"), call(3, call_id="Q3", is_test=MAIL))
    put(f"force_calls/{CANARY}Folder Doe/{CANARY}File {MAIL} {NUMBERS[2]}.csv", good)
    put("force_calls/header.csv", calls(call(4, call_id="Q4") + ",x,y", header=f"{HEADER},{CANARY}Header Doe,{NUMBERS[0]}"))
    put("force_calls/refused.csv", f"call_id,{CANARY}RefusedHeader Jane,{NUMBERS[0]},{MAIL}\n1,2,3,4\n")
    put(f"force_calls/{CANARY}Pipe.csv.gz", b"no gzip " + CANARY.encode())
    put("force_calls/row.csv", f"{CANARY}First,wiltshire,999,2023-07-01 10:00:00,{NUMBERS[0]}\n" * 2)
    sheet = [HEADER.split(","), call(5).split(",")]
    put("force_calls/sheets.xlsx", workbook(**{f"{CANARY}Sheet_one": sheet, f"{CANARY}Sheet_two": sheet}))
    put(f"{CANARY}Stray/x.csv", "a\n1\n")
    put(
        f"measure_returns/measure_returns_{CANARY}_x20231020T1700.csv",
        "measure_id,area_id,segment,period_type,period_end,numerator,denominator,value,supplied_by,returned_at\n"
        f"{CANARY}_measure,Force,,month,2023-07-31,,,3,{name},2023-08-09 09:00:00\n"
        f"vehicle_stops,{CANARY} Area,{CANARY} Segment,month,2023-07-31,,,3,{CANARY}Supplier,2023-08-09 09:00:00\n"
        f"vehicle_stops,Force,,month,2023-07-31,,,412,{CANARY}Supplier {MAIL},2023-08-09 09:00:00\n",
    )
    put("governance/governance_2023-12-31.xlsx", badly_edited())
    put(
        "governance/actions_2024-01-31.csv",
        "action_id,risk_id,kind,title,owner,due,status\n"
        f"A-1,OPCC-01,treatment,Review the register,{name} {NUMBERS[1]},2023-12-31,open\n"
        f"{CANARY}RowKey,OPCC-01,{CANARY}Kind,,{CANARY}Owner,2023-12-31,open\n",
    )


def texts_of_marts(path) -> dict[str, bytes]:
    found = {}
    with duckdb.connect(str(path), read_only=True) as marts:
        tables = marts.execute("select schema_name || '.' || table_name from duckdb_tables() where not internal").fetchall()
        for (table,) in tables:
            (hits,) = marts.execute(
                f"select string_agg(distinct t::varchar, chr(10)) from {table} as t where t::varchar ~ '(?i).*(quill|900 ?987).*'"
            ).fetchone()
            found[table] = (hits or "").encode()
    return found


def texts_below(folder) -> dict[str, bytes]:
    """Every file's bytes; of an archive (workbook, slides) those of its parts."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found |= {f"{path.name}!{part}": archive.read(part) for part in archive.namelist()}
        elif path.is_file() and path.suffix not in {".parquet", ".duckdb"}:
            found[str(path)] = path.name.encode() + b"\n" + path.read_bytes()
    return found


def test_no_canary_reaches_a_reader(make_force, monkeypatch, capfd):
    force = make_force(from_published=True)
    plant(force.landing)
    assert force.run(pages=True) in (0, 3), "what is refused stops nothing"
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(force.settings.data_dir))
    monkeypatch.setenv("SCORECARDS_HASH_KEY", HASH_KEY.decode())
    commands = [["status"], ["explain", "public_999_calls_offered"], ["explain", "vehicle_stops"], ["report", "--quarter", "2023Q2"], ["doctor"]]
    output = "".join(CliRunner().invoke(cli, command).output for command in commands)
    said = capfd.readouterr()

    places = texts_of_marts(force.settings.marts_path) | texts_below(force.settings.published_dir) | texts_below(force.settings.dagster_home)
    places |= {"output": (output + said.out + said.err).encode()}
    leaks = {place: sorted(set(FOUND.findall(content)))[:5] for place, content in places.items() if FOUND.search(content)}
    assert leaks == {}

    # they were read, and what they stand in is told, masked
    outcomes = dict(force.query("select file_path, status from quality.feed_outcomes where file_path like '%…%' and feed = 'force_calls'"))
    assert set(outcomes.values()) == {"loaded", "refused"}
    assert force.query("select count(*) from quality.feed_outcomes where unexpected_columns = '…, …'") == [(1,)]
    assert force.query("select count(*) from quality.return_issues where value_text like '%…%'") == [(2,)]
    assert force.query("select owner from governance.risk_actions where action_id = 'A-1'") == [("…",)]
    assert "…" in output
