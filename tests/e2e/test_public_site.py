"""The site for the public of a real publication: it has the public tier and nothing else, and its files give nothing away."""

from __future__ import annotations

import csv
import json
import math
import posixpath
import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urldefrag

import duckdb
import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.report.marts import Marts
from pipelines.report.site.public.build import build_public_site
from pipelines.report.site.public.open_data import column_words, data_files
from pipelines.report.site.public.tier import DEFINITION, TABLES, open_public_tier
from pipelines.settings import Licence, SettingsError, load_settings
from tests.canaries import FOUND
from tests.disclosure_attack import Attack
from tests.e2e.test_disclosure import Count, counts_of, kinds_of_wholes, structure_of, tell
from tests.landing import HASH_KEY
from tests.trace import Page, problems, read_pages

KINDS = [
    "index.html",
    "cards/index.html",
    "cards/opcc.html",
    "cards/opcc-1.html",
    "cards/csp_swindon.html",
    "measures/index.html",
    "measures/asb_incidents.html",
    "measures/dvpo_authorised.html",
    "data/index.html",
    "methods.html",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "preload": False}
LICENCE = Licence("Test licence", "https://licence.example/")


@pytest.fixture(scope="module")
def site(published, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("public")
    built = build_public_site(folder, published.settings.marts_path, LICENCE)
    assert built.suppressed > 0, "the small force has small numbers"
    return built.index.parent.resolve()


@pytest.fixture(scope="module")
def tier(published, tmp_path_factory) -> Path:
    """A database file that has the tables of the public tier, and no other."""
    path = tmp_path_factory.mktemp("tier") / "public.duckdb"
    with open_public_tier(published.settings.marts_path) as marts, duckdb.connect(str(path)) as alone:
        for name, table in marts.tables.items():
            alone.register("given", marts.frame(f"select * from {name}"))
            alone.execute(f"create schema if not exists {name.partition('.')[0]}")
            alone.execute(f"create table {name} as select * from given")
            alone.execute(f"alter table {name} add primary key ({', '.join(table.key)})")
            alone.unregister("given")
    return path


@pytest.fixture(scope="module")
def pages(site: Path) -> list[Page]:
    return read_pages(sorted(site.rglob("*.html")), site)


# ---- what can be seen


def test_the_connection_sees_the_public_tier_and_nothing_else(published):
    with open_public_tier(published.settings.marts_path) as marts:
        assert set(marts.tables) == set(TABLES)
        assert {row.disclosure_tier for row in marts.table("scorecards.cards")} == {"public"}
        assert set(marts.tables["core.dim_measure"].columns) == set(DEFINITION)
        path = published.settings.marts_path
        for sql in (
            "select * from measures.measure_values",
            "select * from marts.measures.measure_values",
            f"attach '{path}' as again (read_only)",
            f"select * from read_text('{path}')",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                marts.rows(sql)


def test_the_pages_are_drawn_where_the_marts_have_no_other_tables(published, tier, site, tmp_path):
    """Marts of the tables of the tier, and the heartbeat for the date of the demonstration, are enough, and give the same files."""
    path = tmp_path / "marts.duckdb"
    path.write_bytes(tier.read_bytes())
    (day,) = published.query("select max(demonstration_date) from quality.heartbeat")[0]
    with duckdb.connect(str(path)) as marts:
        marts.execute("create schema quality; create table quality.heartbeat (demonstration_date date)")
        marts.execute("insert into quality.heartbeat values (?)", [day])
    again = build_public_site(tmp_path, path, LICENCE).index.parent.resolve()
    files = {file.relative_to(site) for file in site.rglob("*") if file.is_file()}
    assert files == {file.relative_to(again) for file in again.rglob("*") if file.is_file()}
    assert [file for file in files if (site / file).read_bytes() != (again / file).read_bytes()] == []


def test_every_number_is_a_cell_of_the_public_tier(tier, pages):
    words = {" ".join(text.split()) for name, text in column_words().items()} | set(column_words())
    for page in pages:
        page.loose = [text for text in page.loose if not (page.name == "data/index.html" and text in words)]
    assert problems(tier, pages) == []
    assert sum(len(page.cells) for page in pages) > 5_000


def test_every_line_is_on_a_card_and_on_the_page_of_its_measure(published, pages):
    lines = published.query("select scorecard_id || '|' || line_id, measure_id, area_id, segment from scorecards.public")
    on_cards = {cell.key for page in pages if page.name.startswith("cards/") for cell in page.cells if cell.table == "scorecards.public"}
    assert {key for key, *_ in lines} <= on_cards
    on_measures = {page.name: {cell.key for cell in page.cells if cell.table == "scorecards.public"} for page in pages}
    of = {key: series for key, *series in lines}
    for measure, area, segment in {tuple(series) for series in of.values()}:
        assert [measure, area, segment] in [of[key] for key in on_measures[f"measures/{measure}.html"]]


def test_suppression_is_said_in_plain_words(site, pages):
    (methods,) = [page for page in pages if page.name == "methods.html"]
    assert "suppression" in methods.ids
    for page in pages:
        assert any(link.endswith("methods.html#suppression") for link in page.links), page.name
    suppressed = [cell.text for page in pages for cell in page.cells if cell.column == "suppression_reason"]
    assert "a small number, or one that would give a small number away" in suppressed


def test_nothing_internal_and_nothing_personal_is_in_any_file(eventful_night, tmp_path):
    """Of the night on which personal values were planted."""
    force = eventful_night.force
    site = build_public_site(tmp_path, force.settings.marts_path, LICENCE).index.parent.resolve()
    items = {row[0] for row in force.query("select title from governance.risk_register union select title from governance.deliverables")}
    assert items
    for path in site.rglob("*"):
        if path.is_file():
            assert not FOUND.search(path.read_bytes()), path
            text = path.read_text(encoding="utf-8", errors="ignore")
            assert "OFFICIAL" not in text, path
            assert not [title for title in items if title in text], path


# ---- open data


def rows_of(site: Path, form: str, name: str) -> list[dict]:
    """The rows of a file as the public reads them; CSV as texts, where empty is nothing."""
    path = site / "data" / f"{name}.{form}"
    if form == "json":
        return json.loads(path.read_text(encoding="utf-8"))
    if form == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [{column: text or None for column, text in row.items()} for row in csv.DictReader(file)]
    found = duckdb.connect().execute(f"select * from read_parquet('{path}')")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_the_files_are_the_tables(published, site, form):
    for file in data_files():
        with open_public_tier(published.settings.marts_path) as marts:
            wanted = [dict(row) for row in marts.table(file.table)]
        given = rows_of(site, form, file.name)
        assert [list(row) for row in given] == [list(row) for row in wanted]

        def as_read(value: object) -> object:
            if value is None or value == "" or form == "parquet":
                return value
            if form == "json":
                return value.isoformat() if isinstance(value, date) else value
            return str(value).lower() if isinstance(value, bool) else str(value)

        assert [[as_read(v) or None for v in row.values()] for row in wanted] == [[v or None for v in row.values()] for row in given]


def test_dictionary_and_package_describe_every_column_and_name_the_licence(published, site):
    package = json.loads((site / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["licenses"] == [{"title": "Test licence", "path": "https://licence.example/"}]
    dictionary = json.loads((site / "data" / "dictionary.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        with (site / "data" / resource["path"]).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert header == [field["name"] for field in resource["schema"]["fields"]] == [entry["column"] for entry in dictionary[resource["name"]]]
        assert all(field["description"] for field in resource["schema"]["fields"])
        assert set(resource["schema"]["primaryKey"]) <= set(header)
    text = (site / "data" / "index.html").read_text(encoding="utf-8")
    assert "Test licence" in text and 'href="https://licence.example/"' in text


def test_a_licence_without_an_address_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(tmp_path))
    assert load_settings().licence.title == "Open Government Licence v3.0"
    monkeypatch.setenv("SCORECARDS_LICENCE", "Another")
    with pytest.raises(SettingsError, match="SCORECARDS_LICENCE_URL"):
        load_settings()


# ---- the attack on the files


@pytest.fixture(scope="module")
def build(published) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(str(published.settings.build_path), read_only=True)
    yield connection
    connection.close()


def told_by(rows: list[dict], build: duckdb.DuckDBPyConnection) -> dict[tuple, set[float]]:
    """What files say of counts: (key, segment, area, kind of period, end) -> the numbers given for it, this year's and the year before's."""
    keys = {
        measure: (numerator, denominator, whole or None, unit)
        for measure, numerator, denominator, whole, unit in build.execute(
            "select measure_id, numerator_key, denominator_key, denominator_segment, unit from intermediate.int_disclosure_policies"
        ).fetchall()
    }
    told: dict[tuple, set[float]] = {}

    def say(key: str | None, segment: str, row: dict, end: date, number: object) -> None:
        if key is not None and number is not None:
            told.setdefault((key, segment, row["area_id"], row["period_type"], end), set()).add(float(number))

    for row in rows:
        if row["measure_id"] not in keys or row["period_end"] is None:
            continue
        numerator, denominator, whole, unit = keys[row["measure_id"]]
        end = date.fromisoformat(str(row["period_end"]))
        is_count = unit == "count"
        say(numerator, row["segment"], row, end, row["value"] if is_count else row["numerator"])
        say(denominator, whole or row["segment"], row, end, row["denominator"])
        if is_count:
            before = end.replace(year=end.year - 1, day=monthrange(end.year - 1, end.month)[1])
            say(numerator, row["segment"], row, before, row["year_before_value"])
            twelve = dict(row, period_type="r12m")
            say(numerator, row["segment"], twelve, end, row["r12m_value"])
            say(numerator, row["segment"], twelve, before, row["r12m_year_before_value"])
    return told


def attack_by(counts: list[Count], told: dict[tuple, set[float]], build: duckdb.DuckDBPyConnection) -> Attack:
    """All that was told of protected counts, the force's own, and all that adds up. Raises AssertionError where a file says what is not so."""
    attack, quarters = structure_of(counts, kinds_of_wholes(build))
    for count in counts:
        if count.is_protected and count.is_of(quarters):
            for number in told.get(_name(count), ()):
                assert number == (5 * math.floor(count.amount / 5 + 0.5) if count.is_rounded else count.amount), count
                tell(attack, count)
    return attack.starting_from(quarters)


def _name(count: Count) -> tuple:
    return (count.key, count.segment, count.area, count.kind, count.end)


def secrets(counts: list[Count]) -> list[Count]:
    """Protected counts of one to four, and those that are suppressed. A nought may be found out."""
    return [c for c in counts if c.is_protected and c.amount > 0 and c.suppression != "none" and (c.amount <= 4 or c.suppression is not None)]


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_the_attack_recovers_nothing_from_the_files(site, build, form):
    counts = counts_of(build)
    told = told_by(rows_of(site, form, "scorecards"), build)
    protected = [count for count in counts if count.is_protected and told.get(_name(count))]
    assert len(protected) > 20
    assert {count.suppression for count in protected} == {"none"}, "no file tells what was decided to be suppressed"
    attack = attack_by(counts, told, build)
    assert len(secrets(counts)) > 50
    for count in secrets(counts):
        assert attack.leaves_open(count.quarters, 1), f"{count} lies between {attack.range_of(count.quarters)}"


def test_the_attack_would_find_what_careless_files_gave_away(site, build):
    """With what was suppressed in secondary order in them, the files would give small counts away."""
    counts = counts_of(build)
    told = told_by(rows_of(site, "json", "scorecards"), build)
    for count in counts:
        if count.suppression == "secondary":
            told[_name(count)] = {5 * math.floor(count.amount / 5 + 0.5) if count.is_rounded else count.amount}
    attack = attack_by(counts, told, build)
    assert any(not attack.leaves_open(count.quarters, 1) for count in secrets(counts) if count.suppression == "primary")


# ---- how the pages hold together, and who can read them


def test_every_link_leads_somewhere_within_the_site(site, pages):
    names = {page.name: page.ids for page in pages}
    dead = []
    for page in pages:
        for link in {*page.links, *page.resources}:
            if link == LICENCE.url:
                continue
            target, fragment = urldefrag(unquote(link))
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), target)) if target else page.name
            if path.startswith("../") or not (site / path).is_file() or (fragment and path in names and fragment not in names[path]):
                dead.append(f"{page.name}: {link}")
    assert dead == []


def test_nothing_comes_from_elsewhere_and_the_policy_says_so(site, pages):
    assert [(page.name, r) for page in pages for r in page.resources if re.match(r"(?:https?:)?//|data:|/", r)] == []
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert "default-src 'none'" in policy and "script-src 'self'" in policy
        assert not re.search(r"<script(?! src=)|\son\w+=|noindex", text)


def test_the_command_draws_it_and_says_where(published, make_force, monkeypatch, capsys):
    force = make_force(from_published=True)
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(force.settings.data_dir))
    monkeypatch.setenv("SCORECARDS_HASH_KEY", HASH_KEY.decode())
    result = CliRunner().invoke(cli, ["site", "--public"])
    said = " ".join((result.output + capsys.readouterr().out).split())
    assert result.exit_code == 0
    assert "suppressed" in said and "Open Government Licence v3.0" in said
    assert (force.settings.published_dir / "public" / "index.html").is_file()
    with Marts.open(force.settings.marts_path) as marts:
        assert marts.has("scorecards.public")


@pytest.mark.slow
def test_no_rule_of_accessibility_is_broken_and_pages_fit_a_phone(browser, site):
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), []
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.on("request", lambda request: found.append(request.url) if not request.url.startswith("file:") else None)
    page.on("console", lambda message: found.append(message.text))
    for path in KINDS:
        page.goto((site / path).as_uri())
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 320:
            found.append((path, width))
        found += [(path, v["impact"], v["id"], v["nodes"][0]["html"][:120]) for v in axe.run(page, options=RULES).response["violations"]]
        assert page.evaluate("getComputedStyle(document.querySelector('header.top')).backgroundColor") != "rgba(0, 0, 0, 0)", (
            "the style sheet is allowed"
        )
    page.goto((site / "cards/opcc-1.html").as_uri())
    page.fill("#words", "abandonment")
    assert page.locator("table[data-lines] tr[data-signal]:visible").count() > 0, "the script is allowed"
    page.close()
    assert found == []
