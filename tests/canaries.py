"""Names and numbers planted in every place that people outside can write to, and how they are looked for."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from tests.bad_workbook import badly_edited
from tests.faults.bad_files import workbook
from tests.landing import HEADER, call, calls

# Every canary begins alike; what follows says where it was planted.
CANARY = "Quillfeather"
NUMBERS = ("07700900987", "7700 900987", "07700 900 987", "447700900987")
MAIL = "quill@example.org"
NUMBER = rb"7700[ ]?900[ ]?987"
FOUND = re.compile(rb"quillf\w*|[\w.+-]*quill@[\w.-]*|" + NUMBER, re.I)


def plant(landing: Path) -> None:
    """A canary in each place: values, headers, names of files, folders and sheets, keys, owners, what returns are about, and segments."""

    def put(path: str, content: str | bytes) -> None:
        target = landing / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    name = f"{CANARY} Jane"
    good = calls(call(1, call_id=f"{CANARY}Key", cli=NUMBERS[0]), call(2, call_id="Q2", line=f"{CANARY}Value"), call(3, call_id="Q3", is_test=MAIL))
    put(f"force_calls/{CANARY}Folder Doe/{CANARY}File {MAIL} {NUMBERS[2]}.csv", good)
    many = [call(number, call_id=f"Q{number}") + ",x,y" for number in range(4, 12)]  # so that most of the new rows are good
    put("force_calls/header.csv", calls(*many, header=f"{HEADER},{CANARY}Header Doe,{NUMBERS[0]}"))
    put("force_calls/refused.csv", f"call_id,{CANARY}RefusedHeader Jane,{NUMBERS[0]},{MAIL}\n1,2,3,4\n")
    put(f"force_calls/{CANARY}Pipe.csv.gz", b"no gzip " + CANARY.encode())
    put("force_calls/row.csv", f"{CANARY}First,wiltshire,999,2023-07-01 10:00:00,{NUMBERS[0]}\n" * 2)
    sheet = [HEADER.split(","), call(5).split(",")]
    put("force_calls/sheets.xlsx", workbook(sheet, sheet, names=(f"{CANARY}Sheet one", f"{CANARY}Sheet two")))
    put(f"{CANARY}Stray/x.csv", "a\n1\n")
    put(
        f"measure_returns/measure_returns_{CANARY}_x20231020T1700.csv",
        "measure_id,area_id,segment,period_type,period_end,numerator,denominator,value,supplied_by,returned_at\n"
        f"{CANARY}_measure,Force,,month,2023-07-31,,,3,{name},2023-08-09 09:00:00\n"
        f"vehicle_stops,{CANARY} Area,{CANARY} Segment,month,2023-07-31,,,3,{CANARY}Supplier,2023-08-09 09:00:00\n"
        f"vehicle_stops,Force,,month,2023-07-31,,,412,{CANARY}Supplier {MAIL},2023-08-09 09:00:00\n",
    )
    put(
        "arrests/arrests_x20230811T0345.csv",
        f"arrest_id,crime_ref,force_code,arrested_at,disposal\n{CANARY}1,{CANARY}2,wiltshire,2023-04-07 15:28:01,{CANARY} Smith\n",
    )
    put(
        "crimes/crimes_x20230811T0315.csv",
        "crime_ref,force_code,recorded_at,offence_code,offence_group,crime_group,cpt,is_domestic_abuse,extracted_at\n"
        f"{CANARY}3,wiltshire,2023-04-01 10:12:23,8R,{CANARY}Offence,{CANARY}Group Jane,Swindon,N,2023-08-11 03:15:00\n"
        f"{CANARY}4,wiltshire,2023-04-01 10:12:23,8R,stalking and harassment,{CANARY}Crime,{CANARY}Team,N,2023-08-11 03:15:00\n",
    )
    put("governance/governance_2023-12-31.xlsx", badly_edited())
    put(
        "governance/actions_2024-01-31.csv",
        "action_id,risk_id,kind,title,owner,due,status\n"
        f"A-1,OPCC-01,treatment,Review the register,{name} {NUMBERS[1]},2023-12-31,open\n"
        f"{CANARY}RowKey,OPCC-01,{CANARY}Kind,,{CANARY}Owner,2023-12-31,open\n",
    )


def texts_below(folder: Path) -> dict[str, bytes]:
    """Every file's bytes; of an archive (workbook, slides) those of its parts."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found |= {f"{path.name}!{part}": archive.read(part) for part in archive.namelist()}
        elif path.is_file() and path.suffix not in {".parquet", ".duckdb"}:
            found[str(path)] = path.name.encode() + b"\n" + path.read_bytes()
    return found


def leaks_in(places: dict[str, bytes]) -> dict[str, list[bytes]]:
    """The canaries found, by place."""
    # most places hold none: what a canary begins with is found thirty times as fast as all that it may be
    suspected = {place: content for place, content in places.items() if b"quill" in content.lower() or re.search(NUMBER, content)}
    return {place: sorted(set(FOUND.findall(content)))[:5] for place, content in suspected.items() if FOUND.search(content)}
