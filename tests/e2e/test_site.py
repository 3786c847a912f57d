"""The scorecard site of a real nightly run: every number is a cell of the marts, and every link leads somewhere."""

from __future__ import annotations

import html
import json
import posixpath
import random
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urldefrag

import duckdb
import pytest

from pipelines.report.digest.build import build as build_digest
from pipelines.report.digest.write import render
from pipelines.report.marts import Marts
from pipelines.report.site.content import Content
from pipelines.report.site.pages import areas, cards, demand, said
from tests.e2e.site_pages import KINDS
from tests.trace import Page, problems, read_pages

LARGEST_PAGE, LARGEST_HOME = 500_000, 300_000  # bytes
# Pages of single areas and segments are many, and of one kind: this many of them are read, others every time the site changes.
SERIES_READ = 250


@pytest.fixture(scope="session")
def files(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


@pytest.fixture(scope="session")
def pages(site: Path, files: list[Path]) -> list[Page]:
    """Every page that is not of a single area or segment, and many of those."""
    single = [path for path in files if path.parent.parent.name == "measures"]
    chosen = set(random.Random(len(files)).sample(single, min(SERIES_READ, len(single))))
    return read_pages([path for path in files if path not in set(single) or path in chosen], site)


# ---- what the pages say


def test_every_kind_of_page_is_there(site):
    assert [path for path in KINDS if not (site / path).is_file()] == []


def test_every_number_is_a_cell_of_the_marts(published, pages):
    assert problems(published.settings.marts_path, pages) == []
    assert sum(len(page.cells) for page in pages) > 20_000


def test_what_a_chart_draws_are_the_cells_of_the_marts(published, site):
    """A drawing has no text to look up: its points lie where the values of the marts put them, on one scale from the lowest to the highest."""
    wrong, drawn = [], 0
    for path in sorted((site / "measures").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        for points in re.findall(r'<svg class="chart"[^>]*data-points="([^"]+)"', text.partition("<figcaption>")[0]):
            measure, area, segment = re.findall(r'class="figures" data-from="measures.\w+" data-key="([^"]+)"', text)[0].split("|")[:3]
            values = published.query(
                f"""
                select value from measures.measure_spc where measure_id = '{measure}' and area_id = '{area}' and segment = '{html.unescape(segment)}'
                and value is not null order by month
                """
            )
            places = [float(pair.split(",")[1]) for pair in points.split(" ")]
            drawn += 1
            if not _on_one_scale([value for (value,) in values][-len(places) :], places):
                wrong.append(path.name)
        for group, points in re.findall(r'id="f-(\w+)".*?<svg class="chart funnel"[^>]*data-points="([^"]+)"', text, re.DOTALL):
            rows = published.query(
                f"""
                select denominator, value from measures.funnel_places where measure_id = '{path.stem}' and peer_group = '{group}'
                order by denominator, area_id
                """
            )
            places_of = [tuple(map(float, pair.split(","))) for pair in points.split(" ")]
            drawn += 1
            if not all(_on_one_scale([row[axis] for row in rows], [place[axis] for place in places_of]) for axis in (0, 1)):
                wrong.append(f"{path.name} {group}")
    assert wrong == []
    assert drawn > 100


def _on_one_scale(values: list[float], places: list[float]) -> bool:
    """Whether each place is as far between the outermost two as its value is; to the nearest unit of the drawing."""
    if len(values) != len(places):
        return False
    low, high = min(range(len(values)), key=values.__getitem__), max(range(len(values)), key=values.__getitem__)
    span = values[high] - values[low]
    if not span:
        return max(places) - min(places) <= 1
    return all(
        abs(places[low] + (places[high] - places[low]) * (value - values[low]) / span - place) <= 1.1
        for value, place in zip(values, places, strict=True)
    )


def test_every_line_of_every_card_is_on_a_page(published, pages):
    shown = {(cell.table, cell.key) for page in pages if page.name.startswith("cards/") for cell in page.cells}
    for table in ("scorecards.opcc", "scorecards.csp", "scorecards.wcjb"):
        wanted = {(table, f"{card}|{line}") for card, line in published.query(f"select scorecard_id, line_id from {table}")}
        assert wanted <= shown


def test_every_measure_has_a_page_and_its_figures_a_file(published, site):
    measures = {row[0] for row in published.query("select measure_id from core.dim_measure")}
    assert {path.stem for path in (site / "measures").glob("*.html")} - {"index"} == measures
    with_figures = {row[0] for row in published.query("select distinct measure_id from measures.measure_values")}
    assert {path.stem for path in (site / "measures").glob("*.csv")} == with_figures
    measure = "asb_incidents"
    (rows,) = published.query(f"select count(*) from measures.measure_values where measure_id = '{measure}'")[0]
    (in_file,) = duckdb.connect().execute(f"select count(*) from read_csv('{site}/measures/{measure}.csv')").fetchone()
    assert in_file == rows


def test_every_area_has_a_page_that_leads_with_its_concerns(published, pages):
    """The same sentences as everywhere; the areas of what could be given to none have no page."""
    told_of = {page.name: page for page in pages if page.name.startswith("areas/") and page.name != "areas/index.html"}
    told = published.query(
        """
        select area_id, count(*) from measures.measure_narratives inner join core.dim_area using (area_id)
        where is_latest and segment = 'all' and not is_unallocated group by area_id
        """
    )
    assert {f"areas/{area}.html": n for area, n in told} == {name: sum(c.column == "headline" for c in page.cells) for name, page in told_of.items()}
    order = ["concern", "improvement", "neutral signal", "none"]
    gravity = {
        f"{m}|{a}|all|{end}": (order.index(tone), 99 if lead_class is None else lead_class)
        for m, a, end, tone, lead_class in published.query(
            "select measure_id, area_id, period_end, tone, lead_class from measures.measure_narratives where segment = 'all'"
        )
    }
    for page in told_of.values():
        shown = [gravity[cell.key] for cell in page.cells if cell.column == "headline"]
        assert shown == sorted(shown), page.name


def test_a_card_leads_to_its_workbook(published, pages):
    """From the first publication on: workbooks are written before the site is drawn."""
    links = {page.name: page.links for page in pages}
    for (card,) in published.query("select scorecard_id from scorecards.cards"):
        assert f"../../xlsx/{card}.xlsx" in links[f"cards/{card}.html"], card


def test_every_series_with_figures_has_a_page(published, files, site):
    (series,) = published.query(
        "select count(*) from (select distinct measure_id, area_id, segment from measures.measure_values where is_complete or period_type = 'month')"
    )[0]
    shown = [path for path in files if path.parent.parent.name == "measures"]
    headlines = len(list((site / "measures").glob("*.csv")))
    assert series * 0.95 <= len(shown) + headlines <= series * 1.05


def test_the_home_page_leads_with_the_sentences_of_the_card(published, site):
    """Beside each icon stands the sentence of the card's line, and the icon has the tone of the marts."""
    text = (site / "index.html").read_text(encoding="utf-8")
    entries = [entry for entry in text[text.index('id="new"') : text.index('id="targets"')].split("</li>") if "#icon-" in entry]
    assert entries
    lines = {
        (f"scorecards.{table}", f"{card}|{line}"): (sentence, tone)
        for table in ("opcc", "csp", "wcjb")
        for card, line, sentence, tone in published.query(f"select scorecard_id, line_id, trend_sentence, tone from scorecards.{table}")
    }
    for entry in entries:
        (origin,) = re.findall(r'data-from="([^"]*)" data-key="([^"]*)"[^>]*>(?=.*#icon)', entry, re.DOTALL)
        (kind,) = re.findall(r"#icon-(improvement|concern|neutral)_(?:high|low)", entry)
        said = re.search(r'class="said"[^>]*>([^<]*)<', entry)
        sentence, tone = lines[origin]
        assert said is not None and html.unescape(said[1]) == sentence
        assert tone.startswith(kind)


def test_the_counts_of_the_home_page_are_those_of_its_sentences(published, pages):
    """One count, one definition: the tile says the number of the sentence."""
    (home,) = [page for page in pages if page.name == "index.html"]
    tiles = {cell.column: cell.text for cell in home.cells if cell.table == "scorecards.summaries" and cell.key == "opcc"}
    concerns, improvements = re.findall(r"(\d+|none|one) (?:gives?|shows?)", tiles["sentence_1"])
    assert (tiles["concern_count"], tiles["improvement_count"]) == (concerns, improvements.replace("none", "0"))
    ((counted,),) = published.query("select count(*) from scorecards.opcc where scorecard_id = 'opcc' and tone = 'concern'")
    assert str(counted) == tiles["concern_count"]


def test_home_has_ten_headline_measures_with_their_charts_and_is_small(site):
    text = (site / "index.html").read_text(encoding="utf-8")
    assert text.count('class="small"') == 10
    assert (site / "index.html").stat().st_size <= LARGEST_HOME


def test_a_card_leads_with_ten_lines_and_shows_no_empty_column(site):
    for path in (site / "cards").glob("*.html"):
        tables = re.findall(r'<table class="card".*?</table>', path.read_text(encoding="utf-8"), re.DOTALL)
        if tables:
            assert len(re.findall(r"<tr data-from", tables[0])) <= 10
            page = "".join(tables)
            for name in re.findall(r'<th scope="col" class="(?:number )?(\w+)"', tables[0]):
                cells = re.findall(rf'<td class="(?:number )?{name}">(.*?)</td>', page, re.DOTALL)
                assert any(cell.strip() for cell in cells), f"{path.name}: {name}"


def test_overdue_data_are_said_once_and_on_no_row(published, site):
    late = [row[0] for row in published.query("select message from quality.check_results where check_name = 'fresh' and status = 'warned'")]
    for page in ("index.html", "cards/opcc.html"):
        text = html.unescape((site / page).read_text(encoding="utf-8"))
        assert [message for message in late if text.count(message) != 1] == []


# ---- how the pages hold together


def test_every_link_leads_somewhere(published, site, pages, files):
    known = {path.relative_to(site).as_posix() for path in files}
    names = {page.name: page.ids for page in pages}
    dead = []
    for page in pages:
        for link in {*page.links, *page.resources}:
            target, fragment = urldefrag(unquote(link))
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), target)) if target else page.name
            # what stands beside the site is reached as readers do, through the link that the site is
            there = path in known or (site / path).is_file() or (path.startswith("../") and (published.settings.published_dir / path[3:]).exists())
            if not there or (fragment and path in names and fragment not in names[path]):
                dead.append(f"{page.name}: {link}")
    assert dead == []


def test_nothing_comes_from_elsewhere(site, pages):
    assert [(page.name, r) for page in pages for r in page.resources if re.match(r"(?:https?:)?//|data:", r)] == []
    for path in (site / "assets").iterdir():
        assert not re.search(r"https?://(?!www\.w3\.org)|@import|fetch\(|XMLHttpRequest|url\(", path.read_text(encoding="utf-8"))


def test_no_page_is_large(files):
    assert [(path.name, path.stat().st_size) for path in files if path.stat().st_size >= LARGEST_PAGE] == []


def test_every_page_has_one_main_heading_a_language_and_a_name(site, files):
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert text.count("<h1") == 1, path
        assert '<html lang="en-GB">' in text
        assert re.search(r"<title>[^<]+</title>", text), path
        assert "OFFICIAL – internal" in text
    assert len({path.read_text(encoding="utf-8").partition("<title>")[2].partition("</title>")[0] for path in files}) > 0.9 * len(files)


def test_outlines_that_a_user_drops_in_replace_the_tiles_and_what_is_wrong_is_said(published, tmp_path):
    (tmp_path / "maps").mkdir()
    teams = [area for (area,) in published.query("select area_id from core.dim_area where level = 'cpt' and not is_unallocated order by area_id")]
    squares = [[[n, 51], [n + 1, 51], [n + 1, 52], [n, 52], [n, 51]] for n in range(len(teams))]
    features = [
        {"type": "Feature", "properties": {"area_id": area}, "geometry": {"type": "Polygon", "coordinates": [square]}}
        for area, square in zip([*teams, "atlantis"], [*squares, squares[0]], strict=True)
    ]
    (tmp_path / "maps" / "teams.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    with Marts.open(published.settings.marts_path) as marts:
        drawn = dict(areas.pages(Content(marts, tmp_path / "published")))
    index, page = drawn["areas/index.html"], drawn[f"areas/{teams[0]}.html"]
    assert f"teams.geojson, feature {len(teams) + 1}, property area_id: &#39;atlantis&#39; is no area" in index
    for text in (index, page):
        assert len(re.findall(r'<a href="\w+_cpt.html"[^>]*><path d="M[\d. L]+Z"', text)) == len(teams)
    assert page.count('aria-current="true"') == 1 + 1  # the section of the site, and the area itself


# ---- what was said before


def test_a_past_publication_is_shown_as_it_was_said_beside_what_has_been_revised_since(published, tmp_path):
    path = tmp_path / "marts.duckdb"
    shutil.copy(published.settings.marts_path, path)
    path.chmod(0o644)
    newest = "measure_id = 'asb_incidents' and area_id = 'wiltshire_force' and segment = 'all' and period_type = 'month'"
    newest += f" and period_end = (select max(period_end) from measures.value_ledger where {newest})"
    with duckdb.connect(str(path)) as marts:
        marts.execute("delete from quality.publications where published_at < (select max(published_at) from quality.publications)")
        marts.execute("delete from measures.value_ledger where change_no > 1")
        for table in ("measures.value_ledger", "measures.spc_signal_ledger"):
            marts.execute(f"update {table} set published_at = timestamp '2023-09-30 03:00:00', run_id = 'before'")
        with_one = _said(path, tmp_path)
        assert list(with_one) == ["said/index.html"]
        assert "There has been one publication so far" in with_one["said/index.html"]
        for day in ("2023-08-30", "2023-09-29", "2023-09-30", "2023-10-01"):
            marts.execute(f"insert into quality.publications select 'run {day}', timestamp '{day} 03:00:00', 1, '' from range(1)")
        marts.execute(
            f"""
            insert into measures.value_ledger
            select * replace (2 as change_no, value + 1 as value, timestamp '2023-10-01 03:00:00' as published_at)
            from measures.value_ledger where {newest}
            """
        )
        ((before, after),) = marts.execute(f"select min(value)::integer, max(value)::integer from measures.value_ledger where {newest}").fetchall()
    drawn = _said(path, tmp_path)
    # the last of each month, and the one before the newest; the newest is the site itself
    assert {name.split("/")[1] for name in drawn if name != "said/index.html"} == {"2023-08-30", "2023-09-30", "2023-10-01"}
    assert problems(path, drawn) == []
    (line,) = [row for row in drawn["said/2023-09-30/opcc.html"].split("<tr ") if '"asb_incidents|wiltshire_force|all|month' in row]
    assert re.findall(r'data-col="value"[^>]*>([^<]*)<', line) == [f"{before:,}", f"{after:,}"]
    (line,) = [row for row in drawn["said/2023-10-01/opcc.html"].split("<tr ") if '"asb_incidents|wiltshire_force|all|month' in row]
    assert re.findall(r'data-col="value"[^>]*>([^<]*)<', line) == [f"{after:,}"]
    assert "not revised" in line
    assert "Nothing had been said" in drawn["said/2023-08-30/opcc.html"]
    assert "As it was known" not in drawn["said/index.html"]
    (tmp_path / "published" / "as_at" / "2023-08-02").mkdir(parents=True)
    (tmp_path / "published" / "as_at" / "2023-08-02" / "marts.duckdb").touch()
    index = _said(path, tmp_path)["said/index.html"]
    assert '<a href="../../as_at/2023-08-02/marts.duckdb"><time datetime="2023-08-02">2 August 2023</time></a>' in index
    assert problems(path, {"said/index.html": index}) == []


def _said(path: Path, folder: Path) -> dict[str, str]:
    with duckdb.connect(str(path)) as connection:
        return dict(said.pages(Content(Marts(connection), folder / "published")))


def test_where_operators_are_short_is_a_finding_of_the_cards_whose_measures_suffer(published, tmp_path):
    path = tmp_path / "marts.duckdb"
    shutil.copy(published.settings.marts_path, path)
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        connection.execute("delete from measures.staffing_shortfalls")
        for line, measure, order in [
            ("101", "line_101_wait_time_mean", 2),
            ("999", "public_999_answered_within_10s_rate", 1),
            ("cch", "cch_answered_within_sla_rate", None),
        ]:
            connection.execute(
                """
                insert into measures.staffing_shortfalls by name
                select
                    'wiltshire_force' as area_id, $line as line, timestamp '2023-08-04 17:00:00' as interval_start_at,
                    date '2023-08-04' as local_date, timestamp '2023-08-04 18:00:00' as from_local, timestamp '2023-08-04 22:00:00' as to_local,
                    $measure as measure_id, 3 as shortfall_count, 12 as short_operator_hours, 71 as expected_in_time_pct, 10 as within_seconds,
                    90 as target_pct, $order is not null as is_material, $order as finding_order, 'a rule' as evidence, 'cells' as evidence_cells,
                    concat('Friday 4 August, 18:00–22:00, needs 3 more ', upper($line), ' operators than rostered.') as sentence
                """,
                {"line": line, "measure": measure, "order": order},
            )
        content = Content(Marts(connection), tmp_path / "published")
        drawn = dict([*cards.pages(content), *demand.pages(content)])
        digest = render(build_digest(content.marts, content.cards[0], "internal"))
    told = {name: re.findall(r"18:00–22:00, needs 3 more (\w+) operators", text) for name, text in drawn.items()}
    assert told["demand.html"] == ["999", "101", "CCH"]
    assert told["cards/opcc.html"] == told["cards/opcc-1.html"] == ["999", "101"], (
        "the most operator hours first; what is not material stands on Demand"
    )
    assert {name for name, lines in told.items() if lines} == {"demand.html", "cards/opcc.html", "cards/opcc-1.html"}
    assert problems(path, drawn | {"digest": digest.html}) == []
    for form in (digest.html, digest.text):
        assert re.findall(r"18:00–22:00, needs 3 more (\w+) operators", form) == ["999", "101"]
