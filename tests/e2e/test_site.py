"""The scorecard site of a real nightly run: every number is a cell of the marts, every link leads somewhere, and everybody can read it."""

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
from pipelines.report.palette import GRID
from pipelines.report.site.content import Content
from pipelines.report.site.pages import areas, cards, demand, said
from tests.trace import Page, problems, read_pages

LARGEST_PAGE, LARGEST_HOME = 500_000, 300_000  # bytes
# One page of each kind; the rules for accessibility are tried on these, at the width of a screen and of a phone.
KINDS = [
    "index.html",
    "cards/index.html",
    "said/index.html",
    "cards/opcc.html",
    "cards/opcc-1.html",
    "cards/csp_swindon.html",
    "measures/index.html",
    "areas/index.html",
    "areas/swindon.html",
    "areas/salisbury_cpt.html",
    "measures/asb_incidents.html",
    "measures/asb_incidents/swindon.html",
    "measures/da_arrest_rate.html",
    "measures/bt_999_abandonment_rate.html",
    "measures/csew_overall_confidence.html",
    "risks/index.html",
    "risks/opcc.html",
    "deliverables.html",
    "governance.html",
    "roles.html",
    "yesterday.html",
    "demand.html",
    "quality/index.html",
    "quality/feeds.html",
    "quality/rejects.html",
    "quality/checks.html",
    "quality/limits.html",
    "quality/bt.html",
    "glossary.html",
    "methods.html",
    "search.html",
]
CHARTED = ["index.html", "cards/opcc-1.html", "measures/da_arrest_rate.html", "measures/bt_999_abandonment_rate.html"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Pages of single areas and segments are many, and of one kind: this many of them are read, others every time the site changes.
SERIES_READ = 250


@pytest.fixture(scope="session")
def site(published) -> Path:
    return (published.settings.published_dir / "site").resolve()


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


# ---- how everybody can read them


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "rules"), [("light", RULES), ("dark", {"runOnly": {"type": "rule", "values": ["color-contrast"]}})])
def test_no_rule_of_accessibility_is_broken(browser, site, scheme, rules):
    from axe_playwright_python.sync_playwright import Axe

    page, axe, found = browser.new_context(color_scheme=scheme).new_page(), Axe(), []
    for path in KINDS:
        page.goto((site / path).as_uri())
        violations = axe.run(page, options=rules).response["violations"]
        found += [(path, v["impact"], v["id"], v["nodes"][0]["html"][:120]) for v in violations if v["impact"] in ("serious", "critical")]
    page.close()
    assert found == []


@pytest.mark.slow
def test_pages_fit_a_phone_and_ask_nothing_of_a_network(browser, site):
    page, asked = browser.new_page(viewport={"width": 320, "height": 700}), []
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith("file:") else None)
    wide = []
    for path in KINDS:
        page.goto((site / path).as_uri())
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 320:
            wide.append((path, width))
    page.close()
    assert wide == []
    assert asked == []


@pytest.mark.slow
def test_search_filter_and_keyboard(browser, site):
    page = browser.new_page()
    page.goto((site / "search.html").as_uri())
    page.fill("#search", "abandonment rate 999")
    assert page.locator("#results li").count() >= 2
    page.locator("#results a").first.click()
    assert "/measures/" in page.url
    # places, roles, words, registers and boards, as a reader would write them
    for wanted, kind, target in [
        ("swindon", "District", "areas/swindon.html"),
        ("salisbury cpt", "Community policing team", "areas/salisbury_cpt.html"),
        ("head of commissioning", "Role", "roles.html#head-of-commissioning"),
        ("community remedy", "Statutory item", "deliverables.html#statutory"),
        ("yesterday", "Page", "yesterday.html"),
    ]:
        page.goto((site / "search.html").as_uri())
        page.fill("#search", wanted)
        found = page.locator("#results li", has_text=f"{kind}:").locator("a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
        assert target in found, wanted
    page.goto((site / "roles.html").as_uri() + "#head-of-commissioning")
    assert page.locator("#head-of-commissioning").inner_text() == "Head of commissioning"
    page.goto((site / "cards/opcc-1.html").as_uri())
    assert page.locator("table[data-lines] tbody tr:visible").count() == 10
    every, rows = page.locator("table[data-lines] tr[data-signal]"), page.locator("table[data-lines] tr[data-signal]:visible")
    page.fill("#words", "abandonment")  # the folded rest opens
    assert 0 < rows.count() < every.count()
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()


@pytest.mark.slow
def test_a_chart_answers_by_pointer_and_keys_with_the_cells_of_its_table(browser, site):
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto((site / "measures/public_999_abandonment_rate.html").as_uri())
    rows = page.locator("figure[data-chart] ~ details table.figures tbody tr")

    def cells(n: int) -> list[str]:
        return [text for text in rows.nth(n).locator("th, td").all_text_contents() if text != "–"]

    chart, tip = page.locator("figure[data-chart] .scroll").first, page.locator(".tip:visible")
    chart.focus()
    for n in range(3):  # the newest month first
        page.keyboard.press("ArrowLeft")
        assert tip.locator("b").all_text_contents() == cells(n)
    page.keyboard.press("Escape")
    assert tip.count() == 0
    box = chart.locator("svg").bounding_box()
    places = [float(pair.split(",")[0]) for pair in chart.locator("svg").get_attribute("data-points").split(" ")]
    page.mouse.move(box["x"] + places[0] / 1080 * box["width"], box["y"] + box["height"] / 2)
    assert tip.locator("b").all_text_contents() == cells(len(places) - 1)
    with page.expect_download() as file:
        page.get_by_role("button", name="Chart as PNG").first.click()
    assert Path(file.value.path()).read_bytes().startswith(b"\x89PNG")
    page.close()


@pytest.mark.slow
def test_a_funnel_answers_with_the_cells_of_its_table_and_names_every_place(browser, published, site):
    """From the smallest place to the largest by keys; the pointer finds a place by both its size and its value."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto((site / "measures/da_arrest_rate.html").as_uri())
    places = published.query(
        """
        select area_name from measures.funnel_places inner join core.dim_area using (area_id)
        where measure_id = 'da_arrest_rate' and peer_group = 'wiltshire_cpt' order by denominator, area_id
        """
    )
    section = page.locator("section.chart", has=page.locator("#f-wiltshire_cpt"))
    chart, tip = section.locator(".scroll").first, section.locator(".tip:visible")
    assert {name for (name,) in places} <= set(chart.locator("text").all_text_contents())
    rows = section.locator("table.figures tbody tr")
    chart.focus()
    page.keyboard.press("Home")
    for n, (name,) in enumerate(places):
        said = tip.locator("b").all_text_contents()
        assert said[0] == name
        assert said == rows.nth(len(places) - 1 - n).locator("th, td").all_text_contents()
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    svg = chart.locator("svg")
    spots = [tuple(map(float, pair.split(","))) for pair in svg.get_attribute("data-points").split(" ")]
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    for (name,), (x, y) in zip(places, spots, strict=True):
        page.mouse.move(box["x"] + x / 1080 * box["width"], box["y"] + y / 1080 * box["width"])
        assert tip.locator("b").first.text_content() == name
    page.close()


@pytest.mark.slow
def test_figures_adjusted_stand_beside_those_as_supplied_until_a_reader_hides_them(browser, site):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((site / "measures/bt_999_abandonment_rate.html").as_uri())
    line = page.locator("svg.chart:visible .other").locator("visible=true")
    assert line.all_text_contents() == ["", "adjusted"]
    page.get_by_label("Adjusted figures beside").uncheck()
    assert line.count() == 0
    page.close()


# The texts and lines of charts that do not stand out from what lies behind them: less than 4 to 1, and 3 to 1. The letter of an event is white
# on its box.
UNREADABLE = """() => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/^rgba.*, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const stands_out = (element, colour, least) => {
    const [a, b] = [light(colour), light(behind(element))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05) >= least;
  };
  const parts = (name) => ["chart", "small", "spark", "map"].flatMap((kind) => [...document.querySelectorAll(`svg.${kind} ${name}`)])
    .filter((part) => part.checkVisibility());
  const texts = parts("text").filter((text) => getComputedStyle(text).fill !== "rgb(255, 255, 255)" || !text.previousElementSibling?.matches("rect"));
  const lines = parts("path[stroke]").filter((line) => line.getAttribute("stroke") !== "GRID");
  const faint = texts.filter((text) => !stands_out(text, getComputedStyle(text).fill, 4));
  return [...faint, ...lines.filter((line) => !stands_out(line, getComputedStyle(line).stroke, 3))].map((part) => part.outerHTML.slice(0, 120));
}""".replace("GRID", GRID)


@pytest.mark.slow
@pytest.mark.parametrize("reader", [{"forced_colors": "active", "color_scheme": "dark"}, {"color_scheme": "dark"}], ids=["forced colours", "dark"])
def test_charts_can_be_read_in_a_readers_own_colours(browser, site, reader):
    page = browser.new_context(**reader).new_page()
    for path in CHARTED:
        page.goto((site / path).as_uri())
        assert page.evaluate(UNREADABLE) == [], path
    if "forced_colors" not in reader:
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != "rgb(255, 255, 255)", (
            "dark pages for who has chosen them"
        )
    page.close()


@pytest.mark.slow
def test_pages_hold_at_twice_the_size_and_on_paper(browser, site):
    """A window of 1280 at 200 % is 640 wide; on paper there is nothing to press, and no chart is cut off."""
    zoomed, paper = browser.new_page(viewport={"width": 640, "height": 450}), browser.new_page(viewport={"width": 1032, "height": 700})
    paper.emulate_media(media="print")
    wide, pressed, cut = [], [], []
    for path in KINDS:
        zoomed.goto((site / path).as_uri())
        if zoomed.evaluate("document.documentElement.scrollWidth") > 640:
            wide.append(path)
        paper.goto((site / path).as_uri())
        if paper.locator(".top nav, form.filter, .downloads, main input").locator("visible=true").count():
            pressed.append(path)
        if paper.evaluate("[...document.querySelectorAll('svg.chart')].some((svg) => svg.getBoundingClientRect().right > 1033)"):
            cut.append(path)
    assert (wide, pressed, cut) == ([], [], [])
    zoomed.close()
    paper.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", ["index.html", "cards/opcc-1.html", "measures/bt_999_abandonment_rate.html", "measures/da_arrest_rate.html", "search.html"]
)
def test_everything_is_reached_by_the_tab_key_and_shows_that_it_is(browser, site, path):
    page = browser.new_page()
    page.goto((site / path).as_uri())
    count = page.evaluate(
        """() => {
          const wanted = [...document.querySelectorAll("a[href], button, summary, input:not([type=radio]), input:checked, [tabindex='0']")]
            .filter((element) => element.checkVisibility({ contentVisibilityAuto: true }));
          wanted.forEach((element, n) => { element.dataset.n = n; });
          return wanted.length;
        }"""
    )
    reached = set()
    for _ in range(count):
        page.keyboard.press("Tab")
        n, outline = page.evaluate("[document.activeElement.dataset.n, getComputedStyle(document.activeElement).outlineStyle]")
        reached.add(n)
        assert outline != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    assert {str(n) for n in range(count)} - reached == set()
    page.close()


@pytest.mark.slow
def test_a_page_without_script_shows_its_chart_table_and_rest(browser, site):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((site / "measures/public_999_abandonment_rate.html").as_uri())
    assert page.locator("figure svg.chart:visible").count() == 1
    page.locator("summary", has_text="Table behind the chart").click()
    assert page.locator("table.figures:visible").count() >= 1
    page.goto((site / "cards/opcc-1.html").as_uri())
    shown = page.locator("tr[data-signal]:visible").count()
    page.locator("details.rest summary").first.click()
    assert shown == 10 < page.locator("tr[data-signal]:visible").count()
    page.close()


# What a reader wants, the links and folds clicked from the home page on, and what is then on the screen.
TASKS = {
    "the worst trend in Swindon": (
        ["a:text-is('Areas')", "main a:has(:text-is('Swindon'))", "main tbody tr:first-child th a"],
        "figure.main .finding",
    ),
    "why priority response got slower": (["main a:has-text('Priority response time, average')"], "#drivers"),
    "last quarter's page as it was": (
        ["a:text-is('Scorecards')", "main a:has-text('As past publications said them')"],
        "h1:has-text('as they were said')",
    ),
    "two teams compared": (["main a:has-text('Domestic abuse crimes')"], "svg.map a:has-text('Swindon CPT')"),
    "the figures in Excel": (["main a:has-text('Public 999 abandonment rate')"], ".downloads a[download]"),
}


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_what_readers_want_is_at_most_three_clicks_from_home(browser, site, task):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((site / "index.html").as_uri())
    clicks, goal = TASKS[task]
    assert len(clicks) <= 3
    for click in clicks:
        page.locator(click).first.click()
    assert page.locator(goal).first.is_visible()
    page.close()


@pytest.mark.slow
def test_a_map_of_tiles_leads_to_every_area_by_keyboard(browser, published, site):
    page = browser.new_page()
    page.goto((site / "measures/asb_incidents.html").as_uri())
    teams = {name for (name,) in published.query("select area_name from core.dim_area where level = 'cpt' and not is_unallocated")}
    on_map = page.locator("svg.map a")
    assert {" ".join(text.split()) for text in on_map.locator("text:first-of-type").all_text_contents()} == teams
    on_map.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/measures/asb_incidents/*_cpt.html")
    page.close()


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
