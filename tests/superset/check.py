"""Proves the dashboard in a real Superset: imports it, lists the tables, runs every query while a publication happens. `make superset-check`.

Not part of `make test`: the installation is large (.venv-superset, tests/superset/requirements.lock). Makes a force of its own in a temporary
folder, publishes it, holds two extracts back, starts Superset, imports the file that `scorecards superset-export` made, and reads without a
pause from three threads while `scorecards run` takes in the two and publishes. Ends with 0 when nothing failed and nothing waited.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import requests

from pipelines.report.superset.export import read_sources

PROJECT = Path(__file__).resolve().parents[2]
CONFIG = Path(__file__).with_name("superset_config.py")
USER, WEB_THREADS, READERS = "check", 6, 3
HELD_BACK = ("force_calls", "incident_logs")
LONGEST_ANSWER_SECONDS = 30
HEARTBEAT = "select run_id, published_at from quality.heartbeat"
FOREIGN_FILE = "select * from read_csv('/etc/passwd')"


class CheckFailed(SystemExit):
    """What did not hold."""


def expect(holds: bool, what: str) -> None:
    print(f"{'ok    ' if holds else 'FAILED'} {what}", flush=True)
    if not holds:
        raise CheckFailed(1)


def said(ended: subprocess.CompletedProcess[str]) -> str:
    """What a command that failed wrote last."""
    return "" if ended.returncode == 0 else f"\n{ended.stdout[-2000:]}{ended.stderr[-4000:]}"


# ---- the warehouse


@dataclass
class Warehouse:
    """A force in a folder of its own, run by the command as a person would."""

    data: Path

    @property
    def marts(self) -> Path:
        return self.data / "published" / "marts.duckdb"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "pipelines.cli", *arguments]

    def environment(self) -> dict[str, str]:
        return os.environ | {"SCORECARDS_DATA_DIR": str(self.data), "SCORECARDS_SETTLE_SECONDS": "0", "PYTHONPATH": str(PROJECT)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*arguments), env=self.environment(), cwd=PROJECT, capture_output=True, text=True, check=False)

    def rows(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.marts), read_only=True) as marts:
            return marts.execute(sql).fetchall()


def make_warehouse(data: Path) -> tuple[Warehouse, list[tuple[Path, Path]]]:
    """Publish once, without the newest extract of two feeds; gives these as (where it waits, where it belongs)."""
    warehouse = Warehouse(data)
    if not (data / "landing").exists():
        expect(warehouse.run("demo", "--months", "26", "--scale", "0.02").returncode == 0, "synthetic extracts written")
    waiting = []
    for feed in HELD_BACK:
        newest = sorted((data / "landing" / feed).iterdir())[-1]
        aside = data / "held_back" / newest.name
        aside.parent.mkdir(exist_ok=True)
        shutil.move(newest, aside)
        waiting.append((aside, newest))
    ended = warehouse.run("run")
    expect(ended.returncode == 0, f"first publication{said(ended)}")
    return warehouse, waiting


# ---- Superset


@dataclass
class Superset:
    """Superset's REST API, signed in."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def sign_in(self, password: str) -> None:
        answer = self.session.post(
            f"{self.url}/api/v1/security/login", json={"username": USER, "password": password, "provider": "db", "refresh": False}, timeout=60
        )
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def get(self, path: str) -> dict[str, Any]:
        answer = self.session.get(f"{self.url}/api/v1/{path}", timeout=LONGEST_ANSWER_SECONDS)
        expect_status(answer)
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> requests.Response:
        return self.session.post(f"{self.url}/api/v1/{path}", json=body, timeout=LONGEST_ANSWER_SECONDS)

    def import_dashboard(self, file: Path) -> requests.Response:
        with file.open("rb") as content:
            return self.session.post(
                f"{self.url}/api/v1/dashboard/import/",
                files={"formData": (file.name, content, "application/zip")},
                data={"overwrite": "true"},
                timeout=120,
            )

    def execute(self, database: int, sql: str) -> requests.Response:
        return self.post("sqllab/execute/", {"database_id": database, "sql": sql, "runAsync": False, "client_id": secrets.token_hex(5)})

    def sql(self, database: int, sql: str) -> list[dict[str, Any]]:
        answer = self.execute(database, sql)
        expect_status(answer)
        return answer.json()["data"]

    def chart_data(self, chart: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows that the saved query of a chart gives, past every cache."""
        answer = self.post("chart/data", chart | {"force": True})
        expect_status(answer)
        return answer.json()["result"][0]["data"]


def expect_status(answer: requests.Response) -> None:
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:600]}")


@contextmanager
def served(environment: Path, home: Path, plain: bool) -> Iterator[Superset]:
    """Superset with a new metadata database, served by one process with several threads."""
    password = secrets.token_hex(12)
    variables = os.environ | {
        "SUPERSET_CONFIG_PATH": str(CONFIG),
        "SUPERSET_CHECK_HOME": str(home),
        "SUPERSET_HOME": str(home),
        "SUPERSET_CHECK_KEY": secrets.token_hex(32),
        "SUPERSET_CHECK_PLAIN": "1" if plain else "0",
        "FLASK_APP": "superset",
    }
    variables.pop("PYTHONPATH", None)
    programs = environment.resolve() / "bin"

    def superset(*arguments: str) -> None:
        ended = subprocess.run([programs / "superset", *arguments], env=variables, cwd=home, capture_output=True, text=True, check=False)
        expect(
            ended.returncode == 0, f"superset {' '.join(arguments[:2])}{'' if ended.returncode == 0 else ended.stdout[-2000:] + ended.stderr[-4000:]}"
        )

    superset("db", "upgrade")
    superset(
        *("fab", "create-admin", "--username", USER, "--firstname", "a", "--lastname", "check"),
        *("--email", "check@example.invalid", "--password", password),
    )
    superset("init")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [
                *(programs / "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--worker-class", "gthread"),
                *("--threads", str(WEB_THREADS), "--timeout", "120", "superset.app:create_app()"),
            ],
            env=variables,
            cwd=home,
            stdout=log,
            stderr=log,
        )
        try:
            api = Superset(f"http://127.0.0.1:{port}")
            for _ in range(240):
                try:
                    if requests.get(f"{api.url}/health", timeout=5).ok:
                        break
                except requests.RequestException:
                    time.sleep(0.5)
            api.sign_in(password)
            yield api
        finally:
            server.terminate()
            server.wait(30)


# ---- reading while a run publishes


@dataclass
class Readings:
    """What the readers met: how long every answer took, every failure, and when the new publication was first seen."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seen: dict[str, float] = field(default_factory=dict)  # run that published -> moment it was first seen


def read_on(api: Superset, database: int, charts: list[dict[str, Any]], stop: threading.Event, readings: Readings) -> None:
    mine = Superset(api.url)
    mine.session.headers.update(api.session.headers)
    while not stop.is_set():
        for chart in [None, *charts]:
            if stop.is_set():
                return
            began = time.monotonic()
            try:
                if chart is None:
                    readings.seen.setdefault(mine.sql(database, HEARTBEAT)[0]["run_id"], time.time())
                else:
                    mine.chart_data(chart)
            except (RuntimeError, requests.RequestException) as error:
                readings.failures.append(str(error))
            readings.seconds.append(time.monotonic() - began)


def publish_beside_readers(
    warehouse: Warehouse, waiting: list[tuple[Path, Path]], api: Superset, database: int, charts: list[dict[str, Any]]
) -> tuple[Readings, float]:
    """Run the nightly job with something new while three readers never pause. Gives what they met, and when the link was switched."""
    readings, stop = Readings(), threading.Event()
    for aside, place in waiting:
        shutil.move(aside, place)
    readers = [threading.Thread(target=read_on, args=(api, database, charts, stop, readings)) for _ in range(READERS)]
    began = time.monotonic()
    for reader in readers:
        reader.start()
    ended = warehouse.run("run")
    took = time.monotonic() - began
    time.sleep(15)
    stop.set()
    for reader in readers:
        reader.join()
    switched = (warehouse.data / "published" / "current").lstat().st_mtime
    expect(
        ended.returncode == 0,
        f"`scorecards run` published beside three readers that never pause, in {took:.0f} s{'' if ended.returncode == 0 else ended.stdout}",
    )
    return readings, switched


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--superset", type=Path, default=PROJECT / ".venv-superset", help="Superset's virtual environment")
    parser.add_argument("--plain", action="store_true", help="without the setting that opens the published version by its own name")
    parser.add_argument("--data", type=Path, help="a data folder with landing/ to work in, instead of a new force; it is changed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scorecards-superset-") as folder:
        home = Path(folder)
        warehouse, waiting = make_warehouse(options.data or home / "data")
        zip_path = home / "opcc.zip"
        expect(warehouse.run("superset-export", "--out", str(zip_path)).returncode == 0, "scorecards superset-export")
        with served(options.superset, home, options.plain) as api:
            check_dashboard(api, warehouse, waiting, zip_path)


def check_dashboard(api: Superset, warehouse: Warehouse, waiting: list[tuple[Path, Path]], zip_path: Path) -> None:
    for time_ in ("first", "second"):
        answer = api.import_dashboard(zip_path)
        expect(answer.status_code == 200, f"{time_} import of {zip_path.name}: {answer.status_code} {answer.text[:1500]}")
    databases = api.get("database/")["result"]
    expect([d["database_name"] for d in databases] == ["scorecards"], "one database after two imports")
    database = databases[0]["id"]
    dashboards = api.get("dashboard/")["result"]
    expect(len(dashboards) == len(read_sources()), f"{len(dashboards)} dashboards after two imports")
    may_be_empty = {chart["title"] for source in read_sources().values() for chart in source["charts"].values() if chart.get("may_be_empty")}
    published = warehouse.rows("select schema_name, table_name from duckdb_tables() where not internal order by all")
    listed = []
    for schema in sorted({schema for schema, _ in published}):
        found = api.get(f"database/{database}/tables/?q=(force:!t,schema_name:{schema})")["result"]
        listed += [(schema, entry["value"]) for entry in found if entry["type"] == "table"]
    expect(sorted(listed) == published, f"Superset lists the {len(published)} published tables, and no others")

    answer = api.post("sqllab/execute/", {"database_id": database, "sql": FOREIGN_FILE, "runAsync": False, "client_id": secrets.token_hex(5)})
    expect(answer.status_code != 200 and "disabled" in answer.text, "a query cannot read another file of the machine")
    answer = api.post(
        "sqllab/execute/", {"database_id": database, "sql": "delete from core.dim_area", "runAsync": False, "client_id": secrets.token_hex(5)}
    )
    expect(answer.status_code != 200, "a query cannot write")

    charts = []
    for entry in (entry for dashboard in dashboards for entry in api.get(f"dashboard/{dashboard['id']}/charts")["result"]):
        saved = api.get(f"chart/{entry['id']}")["result"]
        context = json.loads(saved["query_context"])
        charts.append(context)
        rows = api.chart_data(context)
        expect(len(rows) > 0 or saved["slice_name"] in may_be_empty, f"chart {saved['slice_name']!r}: {len(rows)} rows")
    (calls,) = warehouse.rows(
        "select value from scorecards.opcc where measure_id = 'public_999_calls_offered' and area_id = 'wiltshire_force' and segment = 'all'"
    )
    shown = [row for context in charts for row in api.chart_data(context) if "999 calls offered" in row]
    expect([row["999 calls offered"] for row in shown] == [calls[0]], f"the number on the dashboard is the cell of the mart: {calls[0]:g}")

    before = api.sql(database, HEARTBEAT)[0]["run_id"]
    calls_before = warehouse.rows("select count(*), sum(value) from measures.measure_values where measure_id = 'public_999_calls_offered'")
    readings, switched = publish_beside_readers(warehouse, waiting, api, database, charts)
    after = warehouse.rows(HEARTBEAT)[0][0]
    expect(after != before, "the run published something new")
    expect(
        warehouse.rows("select count(*), sum(value) from measures.measure_values where measure_id = 'public_999_calls_offered'") != calls_before,
        "its figures differ from those before",
    )
    for failure in readings.failures[:3]:
        print(f"       {failure}")
    took = f"median {statistics.median(readings.seconds):.2f} s, slowest {max(readings.seconds):.2f} s"
    expect(not readings.failures, f"{len(readings.seconds)} queries beside the run, {len(readings.failures)} failed; {took}")
    when = f" {readings.seen[after] - switched:.1f} s after the switch" if after in readings.seen else ""
    expect(after in readings.seen, f"readers that never pause see the new publication{when}")
    expect(str(api.sql(database, HEARTBEAT)[0]["run_id"]) == after, "and so does the next query")


if __name__ == "__main__":
    main()
