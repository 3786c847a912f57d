"""Half hours, and what was to be expected of them, after nights with new, late and corrected calls: as a full refresh has them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.contracts.loading import load_contracts
from pipelines.warehouse import create_tables
from tests.building import Dbt

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("parsed")]

TABLES = ("measures.interval_demand", "measures.int_window_expectations", "measures.int_daily_components", "measures.daily_values")
# So many months' days are kept. The first night begins the fifth month, and on the last night one month more is asked for.
KEPT_MONTHS, MORE = 4, "days of more months"
# A hundred and twenty days of 160 calls, over the change of the clocks in spring; a third of them talk over the half hour's end.
CALLS = """
select 'c' || n as call_id, case hash(n, 1) % 3 when 0 then '101' else '999' end as line,
    timestamp '2023-02-01' + to_seconds(cast(n * 540 + hash(n, 2) % 540 as bigint)) as offered_at,
    1 + hash(n, 3) % 20 as wait, hash(n, 4) % 2400 as talk
from range(19190) as calls (n)
"""
ROW = "select '{call}' as call_id, '999' as line, timestamp '{at}' as offered_at, {wait} as wait, {talk} as talk"
NIGHTS = {
    "a new month": "select replace(call_id, 'c', 'new') as call_id, line, offered_at + interval 120 day as offered_at, wait, talk "
    f"from ({CALLS}) where offered_at < timestamp '2023-02-02'",
    "a new day": "select replace(call_id, 'c', 'newer') as call_id, line, offered_at + interval 121 day as offered_at, wait, talk "
    f"from ({CALLS}) where offered_at < timestamp '2023-02-02'",
    # one late call of three days, one moved to a later day, one answered before it was offered
    "late and wrong": " union all ".join(
        (
            ROW.format(call="late", at="2023-04-20 23:10:00", wait=5, talk=3 * 86_400),
            ROW.format(call="c8000", at="2023-05-10 10:00:00", wait=5, talk=900),
            ROW.format(call="c16000", at="2023-05-12 10:00:00", wait=-30 * 3600, talk=900),
        )
    ),
    "put right": ROW.format(call="c16000", at="2023-05-12 10:00:00", wait=5, talk=900),
    MORE: ROW.format(call="more", at="2023-06-02 10:00:00", wait=5, talk=900),
}


@dataclass
class Night:
    tables: dict[str, list[tuple[Any, ...]]]
    full: dict[str, list[tuple[Any, ...]]]
    counted_again_from: date | None


def load(path: Path, load_id: int, rows: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"""
            insert into raw.force_calls by name
            select call_id, 'wiltshire' as force_code, line, offered_at, offered_at + to_seconds(cast(wait as bigint)) as answered_at,
                answered_at + to_seconds(cast(talk as bigint)) as ended_at, false as is_test,
                'f{load_id}' as _file_hash, row_number() over () as _file_row, {load_id} as _load_id, md5(call_id || {load_id}) as _row_hash,
                timestamp '2023-05-31' + to_days({load_id}) as _loaded_at, _loaded_at as _extracted_at
            from ({rows})
            """
        )


def kept_months(night: str) -> tuple[str, str]:
    return "--vars", f"{{daily_months: {KEPT_MONTHS + (night == MORE)}}}"


def complete(path: Path, load_id: int) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"insert into ingest.builds values ('run', timestamp '2023-05-31' + to_days({load_id}), {load_id}, false, 'code')")


def snapshot(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(path)) as connection:
        return {table: connection.execute(f"select * from {table} order by all").fetchall() for table in TABLES}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Night]:
    folder = tmp_path_factory.mktemp("nights")
    path, copied = folder / "build.duckdb", folder / "full" / "build.duckdb"
    copied.parent.mkdir()
    dbt = Dbt(folder / "target", [table.split(".")[1] for table in TABLES])
    with duckdb.connect(str(path)) as connection:
        create_tables(connection, load_contracts())
    load(path, 1, CALLS)
    dbt.build(path, *kept_months("the first"))
    complete(path, 1)
    found = {}
    for load_id, (night, rows) in enumerate(NIGHTS.items(), start=2):
        load(path, load_id, rows)
        dbt.build(path, *kept_months(night))
        with duckdb.connect(str(path)) as connection:
            (first,) = connection.execute("select min(local_date) from measures.int_call_days where is_changed").fetchone() or (None,)
        complete(path, load_id)
        shutil.copy(path, copied)
        dbt.build(copied, "--full-refresh", *kept_months(night))
        found[night] = Night(snapshot(path), snapshot(copied), first)
    return found


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("table", TABLES)
def test_a_night_gives_what_a_full_refresh_gives(nights: dict[str, Night], night: str, table: str):
    assert nights[night].tables[table] == nights[night].full[table]
    assert nights[night].full[table], "an empty table proves nothing"


def test_days_are_kept_of_so_many_months_whichever_they_are(nights: dict[str, Night]):
    days = {night: [row[4] for row in found.tables["measures.int_daily_components"]] for night, found in nights.items()}
    assert {night: min(of_night).month for night, of_night in days.items()} == dict.fromkeys(NIGHTS, 3) | {MORE: 2}


def test_half_hours_are_counted_again_from_the_first_day_on_that_a_call_has_changed(nights: dict[str, Night]):
    first = {night: found.counted_again_from for night, found in nights.items()}
    assert first["a new month"] == date(2023, 1, 31), "all of them: the month that was the first is no longer kept"
    # the day before it: in summer the first hour of a day is in UTC the last of the day before
    assert first["a new day"] == date(2023, 6, 1)
    assert first["late and wrong"] == date(2023, 3, 22), "where the call that was moved was before"
    assert first["put right"] == date(2023, 5, 10), "where the call was at work before"


def test_what_was_at_work_before_it_was_offered_leaves_those_half_hours(nights: dict[str, Night]):
    assert nights["late and wrong"].tables["measures.interval_demand"] != nights["put right"].tables["measures.interval_demand"]
