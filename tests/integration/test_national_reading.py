"""What the national view takes from a force's share, and what it says of a share that it cannot read."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from pipelines.national.declared import SharesError, declared_peers, declared_shares, headline_measures
from pipelines.national.reading import PEERS, last_reading, note_readings, read_share
from pipelines.publish.share import publish_share
from pipelines.resources import held_warehouse
from pipelines.settings import Lake, Settings
from pipelines.warehouse import open_build, share_of
from tests.landing import Landing
from tests.postgres import cluster
from tests.shares import as_role, put_in_place, share_in

pytest.importorskip("duckdb_extension_ducklake", reason="the packages of a lake are not installed: `make lake`")
PUBLISHED = datetime(2023, 8, 1, 3)
NOW = PUBLISHED.replace(tzinfo=UTC) + timedelta(hours=3)
MEASURE = "recorded_crime_charge_rate"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("postgres")) as running:
        running.sql("create role nation login")
        yield running


@pytest.fixture
def force(postgres, tmp_path) -> Settings:
    settings = Settings(tmp_path / "dorset", b"k" * 32, share=share_in(postgres, tmp_path / "share"))
    share_of(settings).create()
    share_of(settings).grant("nation")
    return settings


@pytest.fixture
def national(tmp_path) -> Landing:
    return Landing.at(tmp_path / "national")


def publish(force: Settings, night: int, rates: dict[int, int], also: str = "") -> None:
    """The publication of a night with the charge rate of some months, and with figures that the national view has no business with."""

    def write(marts: duckdb.DuckDBPyConnection) -> None:
        marts.execute(
            f"""
            create schema core; create schema measures; create schema quality;
            create table core.dim_area (area_id varchar primary key, force_code varchar, level varchar);
            insert into core.dim_area values
                ('dorset_force', 'dorset', 'force'), ('dorset_county', 'dorset', 'district'), ('kent_force', 'kent', 'force');
            create table measures.measure_values (
                measure_id varchar, area_id varchar, segment varchar, period_type varchar, period_end date, numerator double, denominator double,
                value double, margin double, is_complete boolean, primary key (measure_id, area_id, segment, period_end)
            );
            insert into measures.measure_values values
                ('{MEASURE}', 'dorset_county', 'all', 'r12m', '2023-06-30', 1, 2, 50, null, true),
                ('{MEASURE}', 'kent_force', 'all', 'r12m', '2023-06-30', 1, 2, 50, null, true),
                ('{MEASURE}', 'dorset_force', 'young', 'r12m', '2023-06-30', 1, 2, 50, null, true),
                ('{MEASURE}', 'dorset_force', 'all', 'r12m', '2023-07-31', 1, 2, 50, null, false),
                ('sickness_rate', 'dorset_force', 'all', 'r12m', '2023-06-30', 1, 2, 50, null, true);
            create table quality.heartbeat (run_id varchar primary key, published_at timestamp, data_to date);
            insert into quality.heartbeat values ('night {night}', timestamp '{PUBLISHED + timedelta(days=night)}', '2023-07-31');
            """
        )
        for month, rate in rates.items():
            figure = f"'{MEASURE}', 'dorset_force', 'all', 'r12m', '2023-{month:02}-28', {rate}, 100, {rate}, null, true"
            marts.execute(f"insert into measures.measure_values values ({figure})")
        marts.execute(also)

    put_in_place(force, write)
    publish_share(force, share_of(force))


def take(national: Landing, force: Settings, night: int):
    return read_share(national.settings, "dorset", as_role(force.share, "nation"), NOW + timedelta(days=night))


def taken(national: Landing, run_id: str) -> list[tuple]:
    """What stands in the warehouse of the national view, of each figure as it came last."""
    with held_warehouse(national.settings, national.contracts):
        pass
    outcome = national.run("force_comparators", run_id=run_id)
    assert [file.status for file in outcome.files if file.status != "loaded"] == []
    return national.query(
        "select comparator, period_end::varchar, numerator, value, is_suppressed from raw.force_comparators "
        "qualify row_number() over (partition by comparator, period_end order by _extracted_at desc) = 1 order by all"
    )


def test_the_headline_figures_of_the_force_are_taken_and_later_only_what_differs(national, force):
    publish(force, 1, {1: 10, 2: 20, 3: 30})
    first = take(national, force, 1)
    assert (first.rows, first.published_at, str(first.data_to), first.message) == (3, PUBLISHED + timedelta(days=1), "2023-07-31", None)
    assert taken(national, "run-1") == [("dorset", f"2023-0{n}-28", 10.0 * n, 10.0 * n, None) for n in (1, 2, 3)]
    again = take(national, force, 1)
    assert (again.rows, again.version) == (0, first.version), "a publication is taken once"
    publish(force, 2, {1: 10, 2: 21})
    second = take(national, force, 2)
    assert second.rows == 2
    assert taken(national, "run-2") == [
        ("dorset", "2023-01-28", 10.0, 10.0, None),
        ("dorset", "2023-02-28", 21.0, 21.0, None),
        ("dorset", "2023-03-28", None, None, True),  # withdrawn
    ]
    assert len(list(national.settings.landing_dir.rglob("*.csv"))) == 2


def test_a_force_takes_every_force_and_the_nation_from_the_national_view(national, force):
    nation = (
        "create table measures.comparator_values as select measure_id, comparator_id, segment, period_type, period_end, numerator, denominator, "
        f"value, margin from measures.measure_values, (values ('national'), ('msg')) as t (comparator_id) where measure_id = '{MEASURE}' "
        "and area_id = 'dorset_force' and is_complete and segment = 'all'; "
        "alter table measures.comparator_values add primary key (measure_id, comparator_id, segment, period_type, period_end)"
    )
    publish(force, 1, {1: 10}, also=nation)
    assert read_share(national.settings, PEERS, as_role(force.share, "nation"), NOW + timedelta(days=1)).rows == 3
    assert [(comparator, value) for comparator, _, _, value, _ in taken(national, "run-1")] == [("dorset", 10.0), ("kent", 50.0), ("national", 10.0)]


def test_what_a_reading_did_not_come_to_note_is_taken_again(national, force, monkeypatch):
    publish(force, 1, {1: 10})
    monkeypatch.setattr("pipelines.national.reading.Reading", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take(national, force, 1)
    monkeypatch.undo()
    assert last_reading(national.settings, "dorset") is None
    assert take(national, force, 1).version
    assert taken(national, "run-1") == [("dorset", "2023-01-28", 10.0, 10.0, None)]


def test_a_share_that_cannot_be_read_leaves_the_figures_and_says_why(national, force, postgres):
    publish(force, 1, {1: 10})
    first = take(national, force, 1)
    away = Lake("postgresql://nation:very-secret@127.0.0.1:1/share", "", is_share=True)
    second = read_share(national.settings, "dorset", away, NOW + timedelta(days=3))
    assert (second.version, second.published_at) == (first.version, first.published_at)
    assert "could not be read" in second.message and "very-secret" not in second.message
    other = Lake(force.share.catalogue.replace(f"//{force.share.catalogue.rpartition('/')[2]}@", "//nobody_here@"), "", is_share=True)
    never = read_share(national.settings, "wiltshire", other, NOW)
    assert never.version is None and "nobody_here" in never.message
    with held_warehouse(national.settings, national.contracts), open_build(national.settings) as connection:
        note_readings(connection, national.settings, ["dorset", "wiltshire"])
        rows = "select force_code, published_at, message is null from ingest.shares order by 1"
        assert connection.execute(rows).fetchall() == [("dorset", first.published_at, False), ("wiltshire", None, False)]
        note_readings(connection, national.settings, ["dorset"])
        assert connection.execute(rows).fetchall() == [("dorset", first.published_at, False)], "a force that is no longer declared goes"
    assert take(national, force, 4).message is None


def test_a_share_without_a_publication_is_told(national, force):
    assert take(national, force, 1).message == "nothing has been published to the share yet"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no share"),
        ("peers: nowhere", "the share of peers is no address of PostgreSQL"),
        ("forces: [dorset]", "write each force's code and the address"),
        ("forces: {atlantis: postgresql://a@b/c}", "'atlantis' is no force of seed forces, which has dorset, hampshire, wiltshire"),
        ("forces: {dorset: somewhere}", "the share of dorset is no address of PostgreSQL"),
        ("forces: [", r"shares\.yaml cannot be read"),
    ],
)
def test_a_declaration_that_cannot_be_used_says_what_is_wrong(national, text, message):
    national.settings.data_dir.mkdir(parents=True, exist_ok=True)
    national.settings.shares_path.write_text(text)
    with pytest.raises(SharesError, match=message):
        (declared_peers if text.startswith("peers") else declared_shares)(national.settings)


def test_a_data_directory_without_a_declaration_is_a_forces(national):
    assert declared_shares(national.settings) == {} and declared_peers(national.settings) is None
    assert MEASURE in headline_measures()
