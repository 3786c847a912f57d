"""Dagster's own storage: SQLite in the data directory by default, a real PostgreSQL server where the environment names one."""

from dataclasses import replace
from datetime import timedelta

import dagster as dg
import pytest
import yaml
from dagster import DagsterRunStatus
from dagster._core.op_concurrency_limits_counter import GlobalOpConcurrencyLimitsCounter

from pipelines.event_log import KEPT_DATABASES
from pipelines.instance import prepare_home, purge_history
from pipelines.settings import PROJECT_DIR, Lake, Settings
from pipelines.warehouse import pool_of
from tests.landing import HASH_KEY
from tests.postgres import cluster


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")  # prepare_home sets it; the test gives it back
    return Settings(data_dir=tmp_path / "data", hash_key=HASH_KEY)


@pytest.fixture
def postgres_url(tmp_path_factory, monkeypatch):
    with cluster(tmp_path_factory.mktemp("postgres")) as postgres:
        monkeypatch.setenv("SCORECARDS_DAGSTER_POSTGRES_URL", postgres.url())
        yield postgres.url()


@dg.asset
def figure() -> None:
    pass


def _materialised_runs(settings: Settings) -> tuple[str, int]:
    """The kind of storage that the prepared home gives, and the runs it holds after one run."""
    prepare_home(settings)
    with dg.DagsterInstance.get() as instance:
        assert dg.materialize([figure], instance=instance).success
    with dg.DagsterInstance.get() as instance:
        return type(instance.run_storage).__module__, len(instance.get_runs())


def test_storage_is_sqlite_in_the_data_directory_by_default(settings):
    module, runs = _materialised_runs(settings)
    assert runs == 1
    assert "sqlite" in module or "legacy" in module
    assert list(settings.dagster_home.rglob("*.db"))


def test_the_sqlite_event_log_keeps_its_connections_and_every_event(settings):
    prepare_home(settings)
    with dg.DagsterInstance.get() as instance:
        log = instance.event_log_storage
        assert type(log).__name__ == "KeptSqliteEventLogStorage"
        runs = [dg.materialize([figure], instance=instance).run_id for _ in range(KEPT_DATABASES + 2)]
        assert len(log._engines) == KEPT_DATABASES, "runs not looked at for longest are let go of"
        for run_id in runs:
            assert any(r.dagster_event and r.dagster_event.is_step_materialization for r in instance.all_logs(run_id))
        log.wipe()
        assert not instance.all_logs(runs[0])


def test_storage_is_postgresql_where_the_environment_names_it(settings, postgres_url):
    module, runs = _materialised_runs(replace(settings, postgres_url=postgres_url))
    assert runs == 1
    assert not list(settings.dagster_home.rglob("*.db")), "nothing is kept in SQLite"
    assert "dagster_postgres" in module or "legacy" in module
    assert postgres_url not in (settings.dagster_home / "dagster.yaml").read_text(), "the address stays in the environment"


def test_of_each_lake_one_run_works_however_many_wait(settings, postgres_url):
    """As the daemon decides it: two forces with two runs each, of which one works."""
    forces = [replace(settings, lake=Lake(f"postgresql://{force}@db/{force}", f"/lakes/{force}")) for force in ("wiltshire", "dorset")]
    assert len({pool_of(each) for each in (*forces, settings)}) == 3
    prepare_home(replace(settings, postgres_url=postgres_url))

    def job_of(force: Settings) -> dg.JobDefinition:
        @dg.op(name="dbt_build", pool=pool_of(force))
        def build() -> None:
            pass

        return dg.GraphDefinition(name=pool_of(force), node_defs=[build]).to_job()

    with dg.DagsterInstance.get() as instance:
        working, *waiting = (
            instance.create_run_for_job(job_of(force), status=status)
            for force, status in zip(forces[:1] + forces, [DagsterRunStatus.STARTED] + [DagsterRunStatus.NOT_STARTED] * 2, strict=True)
        )
        storage, pools = instance.event_log_storage, instance.get_concurrency_config().pool_config
        counter = GlobalOpConcurrencyLimitsCounter(
            instance,
            waiting,
            [instance.get_run_record_by_id(working.run_id)],
            concurrency_keys=storage.get_concurrency_keys() | {pool_of(force) for force in forces},
            pool_limits=storage.get_pool_limits(),
            pool_granularity=pools.pool_granularity,
        )
        assert [counter.is_blocked(run) for run in waiting] == [True, False], "of the force that works, and of the other"
        counter.update_counters_with_launched_item(waiting[1])
        assert counter.is_blocked(waiting[1]), "one place each"


def test_one_run_at_a_time_with_monitoring_and_retention():
    config = yaml.safe_load((PROJECT_DIR / "dagster.yaml").read_text())
    assert config["concurrency"]["runs"]["max_concurrent_runs"] == 1
    assert config["run_monitoring"]["enabled"] is True
    assert config["retention"]["schedule"]["purge_after_days"] > 0
    assert config["telemetry"]["enabled"] is False


def test_history_is_kept_for_so_many_days(settings):
    prepare_home(settings)
    with dg.DagsterInstance.get() as instance:
        purge_history(settings, instance)
        old, new = (dg.materialize([figure], instance=instance).run_id for _ in range(2))
        run_files = settings.dagster_home / "history" / "runs"
        assert {f"{old}.db", f"{new}.db"} <= {path.name for path in run_files.iterdir()}
        created = instance.get_run_record_by_id(new).create_timestamp
        assert purge_history(settings, instance, created + timedelta(days=settings.history_days)) == 1, "the one before it"
        assert [run.run_id for run in instance.get_runs()] == [new]
        assert not [path for path in run_files.iterdir() if path.name.startswith(old)]
        assert not instance.all_logs(old)
        assert instance.get_latest_materialization_event(figure.key).run_id == new
        # what an older version noted, which masked less, goes whatever its age
        (settings.dagster_home / "masking_version").write_text("0")
        assert purge_history(settings, instance) == 1
        assert not instance.get_runs()
