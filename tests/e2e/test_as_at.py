"""`run --as-at DATE`: what was known on a past day is exactly what a warehouse that stopped on that day published."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.commands.as_at import run_as_at
from pipelines.commands.summary import print_status
from pipelines.transform.as_at import AsAtError
from pipelines.warehouse import run_lock
from tests.bad_workbook import badly_edited
from tests.e2e.force import Force
from tests.landing import Landing

DAY = date(2023, 8, 2)

CALLS = "call_id,force_code,line,offered_at,answered_at,abandoned_at,cli,bt_call_ref\n"
CRIMES = "crime_ref,force_code,recorded_at,offence_code,offence_group,cpt,is_domestic_abuse,cancelled_at,extracted_at\n"
RETURNS = "measure_id,area_id,segment,period_type,period_end,numerator,denominator,value,supplied_by,returned_at\n"


def arrive_later(force: Force, taken: datetime) -> None:
    """What was extracted after the first night: late calls, a crime that is cancelled, a return and a newer workbook, each with the time that its
    name or its rows give; and two months of street-level crime, which name none: one supplied again, one for the first time."""
    name = f"x{taken:%Y%m%dT%H%M}"
    force.file("force_calls", f"force_calls_{name}.csv", CALLS + "late-1,wiltshire,999,2022-03-05 10:00:00,2022-03-05 10:00:07,,,\n")
    with duckdb.connect(str(force.settings.build_path), read_only=True) as build:
        crime, code, at = build.execute(
            "select crime_ref, force_code, recorded_at from raw.crimes where is_domestic_abuse and cancelled_at is null order by 1 limit 1"
        ).fetchone()
    cancelled = f"{crime},{code},{at:%Y-%m-%d %H:%M:%S},8N,violence with injury,Swindon,Y,{taken},{taken}\n"
    force.file("crimes", f"crimes_{name}.csv", CRIMES + cancelled)
    force.file("measure_returns", f"measure_returns_{name}.csv", f"{RETURNS}vehicle_stops,Force,,month,2023-05-31,,,412,roads,{taken}\n")
    (force.landing / "governance" / f"governance_{taken:%Y-%m-%d}.xlsx").write_bytes(badly_edited())
    street = force.landing / "police_uk_street" / "2023-05-wiltshire-street.csv"
    months = street.read_text(encoding="utf-8")
    street.write_text(months.replace("Unable to prosecute suspect", "Offender given a caution"), encoding="utf-8")
    force.file("police_uk_street", "2023-08-wiltshire-street.csv", months.replace(",2023-05,", ",2023-08,"))


def test_a_past_day_is_what_a_warehouse_stopped_on_it_published(published, make_force, capsys):
    stopped, going_on = published, make_force(from_published=True)
    ((made,),) = stopped.query("select published_at from quality.heartbeat")
    day = made.replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/London")).date()
    arrive_later(going_on, (made + timedelta(days=1)).replace(microsecond=0))
    landing = Landing(going_on.settings)
    for feed in landing.contracts.feeds:
        landing.run(feed, "later", made + timedelta(days=2))
    brought = landing.query("select feed, status from ingest.loads where run_id = 'later' and feed not like 'governance%' order by all")
    assert brought == [(feed, "loaded") for feed in ("crimes", "force_calls", "measure_returns", "police_uk_street", "police_uk_street")]
    build = hashlib.sha256(going_on.settings.build_path.read_bytes()).hexdigest()

    assert run_as_at(going_on.settings, day) == 0
    then = Force(going_on.settings.known_on(day))
    assert then.settings.marts_path == going_on.settings.published_dir / "as_at" / str(day) / "marts.duckdb"
    assert then.fingerprint() == stopped.fingerprint()
    assert then.query("select as_at, data_to from quality.heartbeat") == [(str(day), *stopped.query("select data_to from quality.heartbeat")[0])]
    parquet = {path.stem for path in (then.settings.published_dir / "parquet").glob("*.parquet")}
    assert "measures.measure_values" in parquet

    print_status(going_on.settings)
    (made,) = then.query("select strftime(published_at, '%d %b %Y %H:%M UTC') from quality.heartbeat")[0]
    assert re.search(rf"{day}\W+{made}\W.*published/as_at/{day}", capsys.readouterr().out)

    assert going_on.fingerprint() == stopped.fingerprint(), "the published marts are as they were"
    assert hashlib.sha256(going_on.settings.build_path.read_bytes()).hexdigest() == build, "and so is the build database"
    assert not then.settings.warehouse_dir.exists(), "no second copy of the records is kept"


def test_a_day_before_everything_says_since_when_something_is_known(published, make_force):
    force = make_force(from_published=True)
    with pytest.raises(AsAtError, match="nothing was known on 2015-01-01: the first rows are known since 20"):
        run_as_at(force.settings, date(2015, 1, 1))
    assert force.fingerprint() == published.fingerprint()


def test_an_empty_warehouse_says_so(make_force):
    with pytest.raises(AsAtError, match="the warehouse is empty"):
        run_as_at(make_force().settings, DAY)


def test_a_run_that_holds_the_warehouse_is_waited_for_by_nobody(make_force, capsys):
    force = make_force()
    with run_lock(force.settings):
        assert run_as_at(force.settings, DAY) == 4
    assert "another run holds the warehouse" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(("day", "said"), [("2999-01-01", "lies ahead"), ("August", "write it as 2023-08-02"), ("2023-02-30", "is not a day")])
def test_a_day_that_cannot_be_is_refused_by_the_command_line(day, said):
    result = CliRunner().invoke(cli, ["run", "--as-at", day])
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
