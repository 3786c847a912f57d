"""The digest of a scorecard: what is new since a publication, in the words of the marts, for one tier, and by mail where it is wanted."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import duckdb
import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.commands.digest import send_digests, write_digests
from pipelines.report.digest.build import DigestError, build, cards_of
from pipelines.report.digest.write import render
from pipelines.report.marts import Marts
from pipelines.settings import Digests
from tests.canaries import FOUND
from tests.landing import HASH_KEY
from tests.mailbox import Mailbox, mail_server
from tests.trace import Page, problems

TABLES = {"internal": "opcc", "partner": "partner", "public": "public"}


@pytest.fixture(scope="module")
def marts(eventful_night) -> Iterator[Marts]:
    with Marts.open(eventful_night.force.settings.marts_path) as opened:
        yield opened


def digest_of(marts: Marts, card: str, tier: str, since: datetime | None = None):
    (row,) = cards_of(marts, card, tier)
    return build(marts, row, tier, since)


def text_of(page: str) -> str:
    """What a reader of the HTML sees."""
    body = page[page.index("<body>") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("tier", TABLES)
def test_every_number_is_a_cell_of_its_tier(tier, marts, eventful_night):
    written = render(digest_of(marts, "opcc", tier), "https://scorecards.example/")
    assert not FOUND.search((written.html + written.text).encode()), "personal values were planted on this night"
    page = Page("digest", written.html)
    assert problems(eventful_night.force.settings.marts_path, [page]) == []
    tables = {cell.table for cell in page.cells}
    allowed = {f"scorecards.{TABLES[tier]}", "scorecards.cards"}
    if tier == "internal":
        assert tables - allowed <= {
            "scorecards.summaries", "quality.check_results", "measures.revisions", "measures.staffing_shortfalls",
            "core.dim_measure", "core.dim_area",
        }  # fmt: skip
        assert "scorecards.summaries" in tables
    else:
        assert tables <= allowed | {"scorecards.tier_summaries"}
    assert page.links and all(link.startswith("https://scorecards.example/") for link in page.links)
    assert page.resources == []


def test_plain_text_and_html_say_the_same(marts):
    made = digest_of(marts, "opcc", "internal")
    written = render(made)
    seen = text_of(written.html)
    for line in (*made.signals[:10], *made.missed[:10], *made.met[:10]):
        assert line.trend_sentence in written.text
    told = [
        re.sub(r"^- (?:concern|improvement|signal, neither way is better): ", "", line).rstrip(".")
        for line in written.text.splitlines()
        if line.startswith("- ")
    ]
    squeezed = re.sub(r"\W", "", seen)
    assert told
    assert [line for line in told if re.sub(r"\W", "", line) not in squeezed] == []
    assert "<a" not in written.html, "nothing is linked where no address is known"


def test_revisions_since_the_publication_before_are_told_and_older_ones_are_not(marts):
    """300 ghost legs of May came in on the second night: BT's abandonment of May moved."""
    made = digest_of(marts, "opcc", "internal")
    moved = {(row.measure_id, row.period_end.isoformat()) for row in made.revisions}
    assert any(measure.startswith("bt_999") and end == "2023-05-31" for measure, end in moved)
    latest = marts.value("select max(published_at) from quality.publications")
    assert digest_of(marts, "opcc", "internal", latest).revisions == []
    on_card = {tuple(row.values()) for row in marts.rows("select measure_id, area_id, segment from scorecards.opcc where scorecard_id = 'opcc'")}
    assert {(row.measure_id, row.area_id, row.segment) for row in made.revisions} <= on_card


def test_nothing_that_was_known_is_a_new_signal(marts):
    """Both nights know the same months, so what signals did so before, but where a figure moved; to who knew nothing, the latest month is news."""
    again, ever = digest_of(marts, "opcc", "internal"), digest_of(marts, "opcc", "internal", datetime(2000, 1, 1))
    changed = {row.measure_id for row in marts.rows("select distinct measure_id from measures.spc_signal_ledger where change_no > 1")}
    assert {line.measure_id for line in again.signals} <= changed
    assert len(ever.signals) > len(again.signals)
    assert all(line.has_spc_icon and line.tone != "none" for line in ever.signals)
    assert not {line.line_id for line in ever.missed} & {line.line_id for line in ever.met}
    for line in (*ever.missed, *ever.met):
        assert line.is_target_met == (line in ever.met)


def test_a_target_is_newly_missed_in_the_first_month_of_the_run_that_was_not_known(make_force):
    force = make_force(from_published=True)
    path = force.settings.marts_path.resolve()
    path.chmod(0o644)
    with duckdb.connect(str(path)) as marts:
        measure, month = marts.execute(
            """
            select lines.measure_id, lines.spc_month
            from scorecards.opcc as lines inner join measures.measure_spc as spc
                on lines.measure_id = spc.measure_id and lines.area_id = spc.area_id and lines.segment = spc.segment and lines.spc_month = spc.month
            where lines.scorecard_id = 'opcc' and not lines.is_target_met and lines.period_type = 'month' and not spc.is_target_met
            order by all limit 1
            """
        ).fetchone()
        at = marts.execute("select max(published_at) from quality.publications").fetchone()[0]
        # two publications ago the latest three months were not known; the run of misses is two months long
        marts.execute(
            "insert into quality.publications select 'before', published_at - interval 1 day, max_load_id, code_version from quality.publications"
        )
        marts.execute(
            "update measures.spc_signal_ledger set published_at = ? where month < ?::date - interval 2 month", [at - timedelta(days=1), month]
        )
        marts.execute("update measures.measure_spc set target_months_running = 2 where measure_id = ? and month = ?", [measure, month])
    with Marts.open(path) as opened:
        assert measure in {line.measure_id for line in digest_of(opened, "opcc", "internal").missed}
    with duckdb.connect(str(path)) as marts:
        marts.execute("update measures.measure_spc set target_months_running = 4 where measure_id = ? and month = ?", [measure, month])
    with Marts.open(path) as opened:
        assert measure not in {line.measure_id for line in digest_of(opened, "opcc", "internal").missed}


def test_the_public_digest_says_nothing_of_suppressed_lines_and_nothing_internal(marts):
    made = digest_of(marts, "csp_swindon", "public", datetime(2000, 1, 1))
    assert made.summary.tier == "public" and not made.revisions and not made.late and not made.short
    assert {line.suppression for line in (*made.signals, *made.missed, *made.met)} <= {"none"}
    written = render(made)
    assert "OFFICIAL" not in written.html + written.text


def test_a_card_goes_no_further_than_its_tier(marts):
    with pytest.raises(DigestError, match="goes no further than the tier partner"):
        cards_of(marts, "WCJB", "public")
    with pytest.raises(DigestError, match="the marts have CSP, OPCC, WCJB, csp_swindon"):
        cards_of(marts, "nobody", "internal")
    assert [card.scorecard_id for card in cards_of(marts, "csp", "public")] == ["csp_swindon", "csp_wiltshire"]


def test_files_are_written_and_the_command_says_where(eventful_night, monkeypatch, capsys):
    settings = eventful_night.force.settings
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SCORECARDS_HASH_KEY", HASH_KEY.decode())
    result = CliRunner().invoke(cli, ["digest", "CSP", "--tier", "public"])
    said = result.output + capsys.readouterr().out
    assert result.exit_code == 0, said
    for card in ("csp_swindon", "csp_wiltshire"):
        for ending in ("html", "txt"):
            path = settings.published_dir / "digest" / f"{card}-public.{ending}"
            assert path.is_file() and str(path) in said
    assert CliRunner().invoke(cli, ["digest", "CSP", "--send"]).exit_code == 2, "recipients are a setting"


@pytest.fixture
def server() -> Iterator[tuple[str, Mailbox]]:
    with mail_server() as opened:
        yield opened


def test_each_recipient_gets_the_digest_of_a_publication_once(make_force, server, capsys):
    url, mailbox = server
    force = make_force(from_published=True)
    recipients = (("OPCC", "internal", "board@force.example"), ("CSP", "public", "residents@town.example"))
    settings = replace(
        force.settings,
        alerting=replace(force.settings.alerting, smtp_url=url, sender="scorecards@force.example"),
        digests=Digests(recipients, site_url="https://inside.example", public_site_url="https://outside.example"),
    )
    unreachable = replace(settings, alerting=replace(settings.alerting, smtp_url="smtp://127.0.0.1:9"))
    assert send_digests(unreachable) == 2
    assert "the next call tries again" in capsys.readouterr().out
    assert send_digests(settings) == 0
    assert [(message["to"], message["from"]) for message in mailbox.messages] == [
        ("board@force.example", "scorecards@force.example"),
        ("residents@town.example", "scorecards@force.example"),
        ("residents@town.example", "scorecards@force.example"),
    ]
    internal, public, _ = mailbox.messages
    assert (
        "five sentences" in internal.get_body(("html",)).get_content()
        and "https://inside.example/cards/opcc.html" in internal.get_body(("plain",)).get_content()
    )
    assert "https://outside.example/cards/csp_swindon.html" in public.get_body(("html",)).get_content()
    assert send_digests(settings) == 0
    assert len(mailbox.messages) == 3, "the same publication is not told twice"
    sent = settings.data_dir / "warehouse" / "digests.json"
    assert sent.stat().st_mode & 0o077 == 0
    # a later publication is told with what is new since the one that was sent
    path = settings.marts_path.resolve()
    path.chmod(0o644)
    with duckdb.connect(str(path)) as marts:
        marts.execute("update quality.heartbeat set published_at = published_at + interval 1 day")
    assert send_digests(settings) == 0
    assert len(mailbox.messages) == 6
    assert "Since the publication of" in mailbox.messages[-1].get_body(("plain",)).get_content()


@pytest.mark.parametrize(("outcome", "options", "is_sent"), [(0, [], True), (5, [], True), (1, [], False), (0, ["--marts-only"], False)])
def test_a_run_that_published_the_pages_sends_them_where_that_is_wanted(outcome, options, is_sent, tmp_path, server, monkeypatch):
    url, _ = server
    sent = []
    monkeypatch.setattr("pipelines.commands.run.run_nightly", lambda *_, **__: outcome)
    monkeypatch.setattr("pipelines.commands.digest.send_digests", sent.append)
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SCORECARDS_SMTP_URL", url)
    monkeypatch.setenv("SCORECARDS_DIGEST_TO", "opcc:internal=board@force.example,CSP=residents@town.example")
    assert CliRunner().invoke(cli, ["run", *options]).exit_code == outcome
    assert sent == [], "unless it is wanted"
    monkeypatch.setenv("SCORECARDS_DIGEST_AFTER_RUN", "on")
    assert CliRunner().invoke(cli, ["run", *options]).exit_code == outcome
    assert [settings.digests.recipients for settings in sent] == [
        (("opcc", "internal", "board@force.example"), ("CSP", "public", "residents@town.example"))
    ] * is_sent


def test_without_recipients_or_marts_it_says_so(published, tmp_path, capsys):
    assert send_digests(published.settings) == 1
    assert "SCORECARDS_DIGEST_TO" in capsys.readouterr().out
    assert write_digests(replace(published.settings, data_dir=tmp_path), (), "internal") == 1
    assert "nothing is published" in " ".join(capsys.readouterr().out.split())
