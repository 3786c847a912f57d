"""A lake and a share whose data are objects of a store (moto's server): the same rows, encrypted, maintained, forgotten to the last object."""

import urllib.request
from dataclasses import replace
from xml.etree import ElementTree

import duckdb
import pytest

from pipelines.commands import lake as commands
from pipelines.commands.doctor import findings
from pipelines.commands.forget import forget_force
from pipelines.publish.share import publications, publish_share
from pipelines.resources import held_warehouse
from pipelines.settings import Lake, ObjectStore, SettingsError, load_settings
from pipelines.warehouse import lake as lakes
from pipelines.warehouse import open_build, share_of
from tests.landing import CLI, Landing, call, calls, raw_content
from tests.postgres import cluster
from tests.shares import put_in_place, reader

pytest.importorskip("duckdb_extension_ducklake", reason="the packages of a lake are not installed: `make lake`")
moto = pytest.importorskip("moto.server")
SECRET = "a secret that no message shows"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("postgres")) as running:
        running.sql("create role board login")
        yield running


@pytest.fixture(scope="module")
def store():
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/lakes", method="PUT")).close()
    yield ObjectStore("key", SECRET, endpoint=endpoint)
    server.stop()


@pytest.fixture
def landing(postgres, store, tmp_path, request) -> Landing:
    name = f"s{abs(hash(request.node.nodeid)) % 10**9}"
    lake = Lake(postgres.new_database(name), f"s3://lakes/{name}/build", store=store)
    share = Lake(postgres.new_database(f"{name}_share"), f"s3://lakes/{name}/share", is_share=True, store=store)
    landing = Landing.at(tmp_path / "data", lake=lake, share=share)
    assert commands.init(landing.settings) == 0
    return landing


def objects(store: ObjectStore, lake: Lake) -> list[str]:
    prefix = lake.data.removeprefix("s3://lakes/")
    with urllib.request.urlopen(f"{store.endpoint}/lakes?list-type=2&prefix={prefix}/") as answer:
        return [key.text for key in ElementTree.fromstring(answer.read()).iter("{http://s3.amazonaws.com/doc/2006-03-01/}Key")]


def take(landing: Landing) -> None:
    for number in range(1, 4):
        landing.write(f"force_calls/{number}.csv", calls(call(number), call(number + 10, line="none")))
        with held_warehouse(landing.settings, landing.contracts):
            landing.run(run_id=f"run-{number}")


def published(marts: duckdb.DuckDBPyConnection) -> None:
    marts.execute(
        "create schema quality; create table quality.heartbeat (run_id varchar primary key, published_at timestamp); "
        "insert into quality.heartbeat values ('night', timestamp '2023-08-01 03:00:00')"
    )


def test_what_a_folder_takes_an_object_store_takes(landing, store, tmp_path, monkeypatch, capsys):
    on_a_file = Landing.at(tmp_path / "on_a_file")
    for each in (landing, on_a_file):
        take(each)
    before = raw_content(landing)
    assert before == raw_content(on_a_file)
    keys = objects(store, landing.settings.lake)
    assert keys and all(key.endswith(".parquet") for key in keys)
    with duckdb.connect() as connection:
        lakes.load_extensions(connection, landing.settings.lake)
        for (content,) in connection.execute(f"select content from read_blob('{landing.settings.lake.data}/**/*.parquet')").fetchall():
            assert content.startswith(b"PARE") and CLI.encode() not in content, "an encrypted Parquet file"
    assert [line for well, line in findings(landing.settings) if not well and not line.startswith("landing folder")] == []
    monkeypatch.setattr(lakes, "GRACE_DAYS", 0)
    assert commands.maintain(landing.settings, keep_days=0, keep_published_days=0) == 0
    assert len(objects(store, landing.settings.lake)) < len(keys)
    assert raw_content(landing) == before
    assert list(landing.settings.data_dir.parent.rglob("*.parquet")) == [], "nothing lies on this machine"


def test_a_share_is_read_and_a_force_is_forgotten_to_the_last_object(landing, store, postgres):
    settings = landing.settings
    take(landing)
    put_in_place(settings, published)
    share_of(settings).grant("board")
    publish_share(settings, share_of(settings))
    with reader(settings.share, "board") as connection:
        assert connection.execute("select run_id from share.quality.heartbeat").fetchall() == [("night",)]
    assert len(publications(settings, settings.share)) == 1
    assert objects(store, settings.share)
    assert forget_force(settings, "wiltshire", "wiltshire", postgres.url(), ()) == 0
    assert objects(store, settings.lake) == objects(store, settings.share) == []


def test_a_store_that_is_away_is_told_without_its_secret(landing, store):
    take(landing)
    away = replace(landing.settings, lake=replace(landing.settings.lake, store=replace(store, endpoint="http://127.0.0.1:1")))
    wrong = [line for well, line in findings(away) if not well and "s3://lakes" in line]
    assert wrong and all(SECRET not in line for line in wrong)
    with open_build(away) as connection, pytest.raises(duckdb.Error) as raised:
        connection.execute("from raw.force_calls").fetchall()
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"SCORECARDS_LAKE_DATA": "s3://bucket"}, r"s3://bucket/prefix: a lake has a prefix of its own"),
        ({"SCORECARDS_LAKE_DATA": "gs://bucket/x"}, "neither a folder nor"),
        ({}, "set AWS_ACCESS_KEY_ID"),
        ({"AWS_ACCESS_KEY_ID": "a"}, "set the one that is missing"),
        ({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL": "minio:9000"}, "no address of a server"),
    ],
)
def test_settings_say_what_an_object_store_needs(environment, message, monkeypatch, tmp_path):
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "ENDPOINT_URL", "SESSION_TOKEN", "REGION"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    given = {"TARGET": "ducklake", "DATA_DIR": str(tmp_path), "LAKE_CATALOGUE": "postgresql://a@b/c", "LAKE_DATA": "s3://bucket/force_a"}
    for name, value in {f"SCORECARDS_{name}": value for name, value in given.items()}.items():
        monkeypatch.setenv(name, value)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message):
        load_settings()


def test_a_lake_in_an_object_store_is_configured_by_the_usual_variables(monkeypatch, tmp_path):
    store = ObjectStore("a", "b", "c", "https://minio.example:9000", "eu-west-1")
    for name, value in store.environment().items():
        monkeypatch.setenv(name, value)
    for name, value in {
        "TARGET": "ducklake",
        "DATA_DIR": str(tmp_path),
        "LAKE_CATALOGUE": "postgresql://a@b/c",
        "LAKE_DATA": "s3://x/force_a/",
    }.items():
        monkeypatch.setenv(f"SCORECARDS_{name}", value)
    assert load_settings().lake == Lake("postgresql://a@b/c", "s3://x/force_a", store=store)
    assert "'b'" not in repr(store) and "'c'" not in repr(store)
