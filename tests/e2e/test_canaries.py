"""Names and numbers planted in every place that people outside can write to are found in nothing that readers get."""

import duckdb
import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from tests.canaries import leaks_in, texts_below
from tests.landing import HASH_KEY

pytestmark = pytest.mark.slow


# What of each table may be a canary: no small number, day or moment is one, and of figures only those of as many digits.
TEXTS = """
select
    schema_name || '.' || table_name,
    string_agg(replace(if(data_type = 'DOUBLE', 'case when "?" > 1e9 then "?"::varchar end', '"?"::varchar'), '?', column_name), ', ')
from duckdb_columns()
where not internal and data_type not in ('INTEGER', 'DATE', 'BOOLEAN', 'TIMESTAMP')
group by all
"""


def texts_of_marts(path) -> dict[str, bytes]:
    found = {}
    with duckdb.connect(str(path), read_only=True) as marts:
        for table, texts in marts.execute(TEXTS).fetchall():
            (hits,) = marts.execute(
                f"select string_agg(distinct said, chr(10)) from (select concat_ws(' ', {texts}) as said from {table})"
                " where contains(lower(said), 'quill') or regexp_matches(said, '900 ?987')"
            ).fetchone()
            found[table] = (hits or "").encode()
    return found


def test_no_canary_reaches_a_reader(eventful_night, monkeypatch, capfd):
    force = eventful_night.force
    assert eventful_night.status in (0, 3), "what is refused stops nothing"
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(force.settings.data_dir))
    monkeypatch.setenv("SCORECARDS_HASH_KEY", HASH_KEY.decode())
    commands = [["status"], ["explain", "public_999_calls_offered"], ["explain", "vehicle_stops"], ["report", "--quarter", "2023Q2"], ["doctor"]]
    output = "".join(CliRunner().invoke(cli, command).output for command in commands)
    said = capfd.readouterr()

    places = texts_of_marts(force.settings.marts_path) | texts_below(force.settings.published_dir) | texts_below(force.settings.dagster_home)
    places |= {"output": (eventful_night.output + output + said.out + said.err).encode()}
    assert leaks_in(places) == {}

    # they were read, and what they stand in is told, masked
    outcomes = dict(force.query("select file_path, status from quality.feed_outcomes where file_path like '%…%' and feed = 'force_calls'"))
    assert set(outcomes.values()) == {"loaded", "refused"}
    assert force.query("select count(*) from quality.feed_outcomes where unexpected_columns = '…, …'") == [(1,)]
    assert force.query("select count(*) from quality.return_issues where value_text like '%…%' and file_path like '%…%'") == [(2,)]
    assert force.query("select owner from governance.risk_actions where action_id = 'A-1'") == [("…",)]
    assert "…" in eventful_night.output + output + said.out
