"""A night that goes wrong reaches a mail server and webhooks: each cause once, with what to do, and without anything personal."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import urlopen

import dagster as dg
import duckdb
import pytest

from pipelines.commands.alert import _handler, alert, metrics, print_json
from pipelines.instance import prepare_home
from pipelines.operations.state import problems, read_state
from pipelines.quality.model import CheckResult
from pipelines.quality.results import store_results
from pipelines.settings import Alerting, Settings, SettingsError, load_settings
from pipelines.warehouse import open_build, run_lock
from tests.handmade import make_warehouse
from tests.landing import HASH_KEY
from tests.mailbox import Mailbox, mail_server

NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)


@dataclass
class Servers:
    mailbox: Mailbox
    posts: list[tuple[str, dict]]
    alerting: Alerting

    @property
    def everything(self) -> str:
        return json.dumps([self.mailbox.letters, self.posts], ensure_ascii=False)


@pytest.fixture
def servers() -> Iterator[Servers]:
    posts: list[tuple[str, dict]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with mail_server() as (smtp_url, mailbox), ThreadingHTTPServer(("127.0.0.1", 0), Hook) as hooks:
        threading.Thread(target=hooks.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{hooks.server_address[1]}"
        yield Servers(
            mailbox,
            posts,
            Alerting(
                smtp_url=smtp_url,
                recipients=("analyst@force.example",),
                webhooks=(("teams", f"{base}/teams"), ("slack", f"{base}/slack")),
                docs_url="https://docs.force.example/",
                # how full the machine is that the tests run on is not their business
                free_gb=0,
            ),
        )
        hooks.shutdown()


@pytest.fixture
def settings(tmp_path, servers, monkeypatch) -> Settings:
    """A warehouse whose last night went well."""
    made, _ = make_warehouse(tmp_path)
    # the environment variable is set by prepare_home; it must not outlive the test
    monkeypatch.setenv("DAGSTER_HOME", str(made.dagster_home))
    made = replace(made, alerting=servers.alerting)
    publish_at(made, NOW)
    checked(made, "night-1", "passed")
    run_of(made, lambda: None)
    return made


def publish_at(settings: Settings, moment: datetime) -> None:
    settings.marts_path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.marts_path)) as marts:
        marts.execute("create schema if not exists quality")
        marts.execute("create or replace table quality.heartbeat (published_at timestamp, data_to date, files bigint, package_version varchar)")
        marts.execute("insert into quality.heartbeat values (?, date '2023-07-31', 4, '1')", [moment])


def checked(settings: Settings, run_id: str, status: str, name: str = "key_is_unique", message: str | None = None) -> None:
    with open_build(settings) as build:
        (count,) = build.execute("select count(distinct run_id) from quality.check_results").fetchone()
        feed = "force_calls"
        at = NOW + timedelta(minutes=count)
        severity = "warn" if name == "fresh" else "error"
        result = CheckResult(
            run_id, at, name, "great_expectations", "raw", "raw.force_calls", feed=feed, status=status, message=message, severity=severity
        )
        store_results(build, [result])


def run_of(settings: Settings, work: Callable[[], None], job: str = "nightly") -> None:
    """A run of a job of this name, in Dagster's own storage."""

    @dg.op
    def publish_marts() -> None:
        work()

    @dg.job(name=job)
    def night() -> None:
        publish_marts()

    prepare_home(settings)
    with dg.DagsterInstance.get() as instance:
        night.execute_in_process(instance=instance, raise_on_error=False)


def fails() -> None:
    raise ValueError("Jane Smith 07700 900123")


def refuses(settings: Settings) -> None:
    with open_build(settings) as build:
        build.execute("""
            insert into ingest.loads (load_id, run_id, feed, file_path, contract_fingerprint, status, message, loaded_at)
            values (999, 'night-1', 'force_calls', 'force_calls/jane.smith 07700900123.csv', 'x', 'refused', 'has no header row', now())
        """)


def dies(settings: Settings) -> None:
    @dg.job(name="nightly")
    def nightly() -> None: ...

    prepare_home(settings)
    with dg.DagsterInstance.get() as instance:
        run = instance.create_run_for_job(nightly)
        instance.handle_new_event(dg.EventLogEntry(
            error_info=None, user_message="", level=20, run_id=run.run_id, timestamp=NOW.replace(tzinfo=UTC).timestamp(), job_name="nightly",
            dagster_event=dg.DagsterEvent(event_type_value="PIPELINE_START", job_name="nightly"),
        ))  # fmt: skip


CAUSES = {
    "a run that failed": (lambda settings: run_of(settings, fails), "The nightly run failed", "run_failed"),
    "a demand run that failed": (lambda settings: run_of(settings, fails, "demand"), "The demand run failed", "run_failed"),
    "a run that was killed": (dies, "The nightly run died", "run_failed"),
    "a closed gate": (lambda settings: checked(settings, "night-2", "failed", message="2 keys twice"), "The gate is closed", "gate_closed"),
    "a refused file": (refuses, "A file of force_calls was refused", "schema"),
    "an overdue feed": (
        lambda settings: checked(settings, "night-2", "warned", "fresh", "force_calls is late"),
        "force_calls is overdue",
        "freshness",
    ),
    "no run": (lambda settings: publish_at(settings, NOW - timedelta(hours=27)), "No new publication", "no_run"),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_is_told_once_by_every_channel_with_its_runbook(cause, settings, servers):
    happens, title, runbook = CAUSES[cause]
    assert alert(settings) == 0 and not servers.mailbox.letters and not servers.posts, "a night that went well"
    happens(settings)
    assert alert(settings) == 1
    assert alert(settings) == 1, "it stands"
    ((subject, text),) = servers.mailbox.letters
    assert subject.lower() == f"scorecards: {title}".lower()
    assert title in text and f"https://docs.force.example/runbooks/{runbook}.md" in text
    assert [path for path, _ in servers.posts] == ["/teams", "/slack"], "once each"
    teams, slack = (body for _, body in servers.posts)
    card = teams["attachments"][0]["content"]
    assert (teams["type"], card["type"]) == ("message", "AdaptiveCard") and title in json.dumps(card)
    assert title in slack["blocks"][1]["text"]["text"]
    assert "jane" not in servers.everything.lower() and "smith" not in servers.everything.lower() and "900123" not in servers.everything


def test_a_run_that_fails_after_a_closed_gate_is_told_as_well(settings, servers):
    checked(settings, "night-2", "failed")
    alert(settings)
    run_of(settings, fails)
    alert(settings)
    assert [subject for subject, _ in servers.mailbox.letters] == ["Scorecards: the gate is closed", "Scorecards: the nightly run failed"]


def test_a_demand_run_hides_neither_a_failed_night_nor_a_missing_one(settings, servers):
    run_of(settings, fails)
    run_of(settings, lambda: None, "demand")
    later = NOW + timedelta(hours=27)
    publish_at(settings, later)
    found = {problem.title for problem in problems(read_state(settings, later.replace(tzinfo=UTC)), settings)}
    assert found == {"The nightly run failed", "No nightly run"}


def test_a_full_disk(settings, servers):
    full = replace(settings, alerting=replace(servers.alerting, free_gb=1e9))
    assert alert(full) == 1
    assert "GB are free" in servers.mailbox.letters[0][1] and "runbooks/disk_full.md" in servers.mailbox.letters[0][1]


def test_a_warehouse_that_never_ran(tmp_path, servers, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    empty = Settings(data_dir=tmp_path, hash_key=HASH_KEY, alerting=servers.alerting)
    assert alert(empty) == 1
    assert [subject for subject, _ in servers.mailbox.letters] == ["Scorecards: no run at all"]


def test_what_is_mended_and_comes_back_is_told_again_and_two_at_once_are_one_message(settings, servers):
    checked(settings, "night-2", "failed")
    alert(settings)
    checked(settings, "night-3", "passed")
    assert alert(settings) == 0
    refuses(settings)
    checked(settings, "night-4", "failed")
    alert(settings)
    subjects = [subject for subject, _ in servers.mailbox.letters]
    assert subjects == ["Scorecards: the gate is closed", "Scorecards: the gate is closed and 1 more"]


def test_while_a_run_is_at_work_nothing_is_told_twice(settings, servers):
    refuses(settings)
    alert(settings)
    with run_lock(settings):
        assert alert(settings) == 0, "what the build database tells is not known at the moment"
    alert(settings)
    assert len(servers.mailbox.letters) == 1


def test_a_channel_that_cannot_be_reached_stops_no_other_and_is_tried_again(settings, servers, capsys):
    refuses(settings)
    broken = replace(settings, alerting=replace(servers.alerting, smtp_url="smtp://127.0.0.1:9"))
    assert alert(broken) == 2
    assert len(servers.posts) == 2
    assert "not told: mail by 127.0.0.1" in capsys.readouterr().out
    assert alert(settings) == 1
    assert len(servers.mailbox.letters) == 1 and len(servers.posts) == 2


def test_all_is_well_is_said_once_a_publication_where_it_is_wanted(settings, servers):
    for moment in (NOW, NOW, NOW + timedelta(minutes=5)):
        publish_at(settings, moment)
        assert alert(settings, is_well_too=True) == 0
    assert [subject for subject, _ in servers.mailbox.letters] == ["Scorecards: all is well"] * 2


def test_status_as_json_and_metrics(settings, capsys, tmp_path):
    refuses(settings)
    assert print_json(settings) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["is_healthy"], found["last_run"]["status"], found["checks"]) == (False, "success", {"passed": 1})
    assert [problem["kind"] for problem in found["problems"]] == ["file_refused"]
    metrics(settings, tmp_path / "scorecards.prom", None)
    lines = (tmp_path / "scorecards.prom").read_text().splitlines()
    assert 'scorecards_problems{kind="file_refused"} 1.0' in lines and 'scorecards_checks{status="passed"} 1.0' in lines
    assert f"scorecards_published_timestamp_seconds {NOW.replace(tzinfo=UTC).timestamp()}" in [
        f"{name} {float(value)}" for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))
    ]


def test_health_is_an_endpoint(settings):
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(settings)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_address[1]}"
        with urlopen(f"{base}/health") as answer:
            assert answer.status == 200 and json.load(answer)["is_healthy"]
        refuses(settings)
        with pytest.raises(HTTPError, match="503"):
            urlopen(f"{base}/health")
        with urlopen(f"{base}/metrics") as answer:
            assert b"scorecards_problems" in answer.read()
        server.shutdown()


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SCORECARDS_ALERT_WEBHOOKS": "https://x"}, "neither teams="),
        ({"SCORECARDS_SMTP_URL": "smtp://mail"}, "SCORECARDS_ALERT_TO"),
        ({"SCORECARDS_SMTP_URL": "mail", "SCORECARDS_ALERT_TO": "a@b"}, "begins with smtp"),
        ({"SCORECARDS_ALERT_FREE_GB": "much"}, "are numbers"),
        ({"SCORECARDS_SMTP_URL": "smtp://mail", "SCORECARDS_DIGEST_TO": "opcc:everybody=a@b"}, "SCORECARD:TIER=ADDRESS"),
        ({"SCORECARDS_SMTP_URL": "smtp://mail", "SCORECARDS_DIGEST_TO": "a@b"}, "SCORECARD:TIER=ADDRESS"),
    ],
)
def test_a_setting_that_cannot_be_used_says_which(variables, said, monkeypatch, tmp_path):
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(tmp_path))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        load_settings()
