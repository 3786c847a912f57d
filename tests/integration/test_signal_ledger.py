"""The signal ledger: what a publication said of the charts can be had again, and only what changed is written down."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import pytest

from pipelines.publish import marts
from pipelines.publish.marts import PublishError, publish
from pipelines.publish.marts import published_keys as keys_of
from pipelines.quality.gate import Gate
from pipelines.transform.manifest import load_manifest
from pipelines.transform.publication import build_publication
from pipelines.warehouse import open_build
from tests.handmade import NOW, PUBLISHED, make_warehouse
from tests.spc_charts import charts, month, month_end

SIGNALS, LIMITS = "measures.spc_signal_ledger", "measures.spc_limit_ledger"
BUILT = {name: f"publication.{name.replace('.', '__')}" for name in (SIGNALS, LIMITS)}
TABLES = {**PUBLISHED, "measures.measure_spc": "measures.measure_spc", **BUILT}
LEVEL = [10.0, 12.0] * 12
SAID = """
select segment, month, value, value_adjusted, phase, n_phase, mean, mr_bar, lpl, upl, lower_2s, upper_2s, rule_outside, rule_shift, rule_trend,
    rule_two_of_three, special_cause, variation, target, assurance, limits_status, is_latest
"""


@pytest.fixture(scope="module")
def manifest(parsed):
    return load_manifest(parsed)


@pytest.fixture
def made(tmp_path, manifest):
    settings, contracts = make_warehouse(tmp_path)

    def build_charts(series, **options):
        """measures.measure_spc of these series, as the transform would have built it; returns what it says."""
        with charts({("m", name): values for name, values in series.items()}, **options) as drawn, open_build(settings) as build:
            build.register("drawn", drawn.execute("select * from measure_spc").to_arrow_table())
            build.execute("create or replace table measures.measure_spc as select * from drawn")
            build.execute("alter table measures.measure_spc add primary key (measure_id, area_id, segment, month)")
            return build.execute(f"{SAID} from measures.measure_spc order by all").fetchall()

    def publish_on(day, **options):
        at, run_id = NOW + timedelta(days=day), f"run-{day}"
        models = [name.partition(".")[2] for name in BUILT.values()]
        built = build_publication(settings, contracts, manifest, run_id, at, select=models, unit_tests=False)
        assert {node.status for node in built.nodes} <= {"success", "pass"}, built.nodes
        publish(settings, run_id, Gate(run_id, True, (), ()), TABLES, at, contracts, keys=keys_of(manifest), **options)
        return at

    def ask(sql, parameters=None):
        with duckdb.connect(str(settings.marts_path), read_only=True) as live:
            return live.execute(sql, parameters).fetchall()

    return build_charts, publish_on, ask


def counts(ask):
    return tuple(ask(f"select count(*) from {table}")[0][0] for table in (SIGNALS, LIMITS))


def test_every_publication_can_be_had_again(made):
    build_charts, publish_on, ask = made
    season = [100.0 * (1 + 0.3 * ((i % 12) > 5)) + i % 5 for i in range(40)]
    nights = [
        {"a": LEVEL, "b": season},
        {"a": [*LEVEL, 30.0], "b": [*season, 101.0]},  # a signal; all limits move
        {"a": [10.5, *LEVEL[1:], 30.0, 31.0], "b": [*season, 101.0]},  # a value corrected
        {"b": season[:38]},  # a series gone, two months taken back
        {"a": LEVEL, "b": season},  # and back again
    ]
    said = {}
    for day, series in enumerate(nights):
        rows = build_charts(series, measures={"m": {"is_seasonal": True}}, targets=[("m", 20, 0, 99)])
        said[publish_on(day)] = rows
    for at, rows in said.items():
        assert ask(f"{SAID} from measures.spc_as_published(?) order by all", [at]) == rows
        assert ask(f"{SAID} from measures.spc_as_published(?) order by all", [at + timedelta(hours=23)]) == rows
    assert ask("select count(*) from measures.spc_as_published(?)", [datetime(2020, 1, 1)]) == [(0,)]


def test_what_did_not_change_is_not_written_again(made):
    build_charts, publish_on, ask = made
    build_charts({"a": LEVEL, "b": [5.0, 7.0, 6.0] * 7})
    publish_on(0)
    first = counts(ask)
    assert first == (24 + 21, 2)
    publish_on(1)
    assert counts(ask) == first
    build_charts({"a": [*LEVEL, 11.0], "b": [5.0, 7.0, 6.0] * 7})
    publish_on(2)
    assert counts(ask) == (first[0] + 1, first[1] + 1), "one point more, one set of limits moved"
    assert ask(f"select distinct run_id, change_no from {LIMITS} where segment = 'a' order by all") == [("run-0", 1), ("run-2", 2)]


def test_a_publication_that_failed_said_nothing(made, monkeypatch):
    build_charts, publish_on, ask = made
    build_charts({"a": LEVEL})
    publish_on(0)
    before = counts(ask)
    build_charts({"a": [*LEVEL, 30.0]})
    with monkeypatch.context() as broken:
        broken.setattr(marts, "verify", lambda *_: (_ for _ in ()).throw(PublishError("does not verify")))
        with pytest.raises(PublishError):
            publish_on(1)
    assert counts(ask) == before
    build_charts({"a": LEVEL})
    publish_on(2)
    assert counts(ask) == before
    assert ask(f"select distinct run_id from {SIGNALS}") == [("run-0",)]


def test_a_publication_killed_after_the_switch_has_spoken(made):
    build_charts, publish_on, ask = made
    build_charts({"a": LEVEL})
    with pytest.raises(KeyboardInterrupt):
        publish_on(0, on_step=lambda step: (_ for _ in ()).throw(KeyboardInterrupt) if step == "clean" else None)
    publish_on(1)
    assert ask(f"select distinct run_id from {SIGNALS}") == [("run-0",)]


def test_the_whole_history_is_in_the_marts_and_as_parquet(made):
    build_charts, publish_on, ask = made
    build_charts({"a": LEVEL})
    publish_on(0)
    assert ask(
        "select table_name, constraint_column_names from duckdb_constraints() where constraint_type = 'PRIMARY KEY' and table_name like 'spc_%'"
    ) == [
        ("spc_limit_ledger", ["measure_id", "area_id", "segment", "phase", "change_no"]),
        ("spc_signal_ledger", ["measure_id", "area_id", "segment", "month", "change_no"]),
    ]


def test_a_ledger_of_older_code_is_carried_on(made, tmp_path):
    """Marts of before limits had windows: what was said stays, without a window, and what is said now has one."""
    build_charts, publish_on, ask = made
    build_charts({"a": LEVEL})
    publish_on(0)
    live = (tmp_path / "published" / "marts.duckdb").resolve()
    with duckdb.connect(str(live)) as marts:
        marts.execute(f"create or replace table {LIMITS} as select * exclude (window_start, window_end) from {LIMITS}")
    build_charts({"a": [*LEVEL, 11.0]})
    publish_on(1)
    assert ask(f"select run_id, change_no, window_start, window_end, n_phase from {LIMITS} order by change_no") == [
        ("run-0", 1, None, None, 24),
        ("run-1", 2, month(0), month_end(24), 25),
    ]


def test_the_ledger_says_which_window_was_in_force(made):
    build_charts, publish_on, ask = made
    build_charts({"a": [10.0, 12.0] * 40}, window_years=3)
    at = publish_on(0)
    found = ask(f"select phase, phase_start, window_start, window_end, n_phase from {LIMITS} order by phase desc limit 2")
    assert found == [
        (6, month(75), month(51), month_end(79), 29),
        (5, month(63), month(39), month_end(74), 36),
    ]
    assert ask("select max(window_start), max(window_end) from measures.spc_as_published(?) where is_latest", [at]) == [(month(51), month_end(79))]
