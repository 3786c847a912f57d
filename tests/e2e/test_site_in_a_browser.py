"""The scorecard site in a browser: everybody can read it, by pointer, keys, phone and paper, and what it answers are cells of its tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.report.palette import GRID
from tests.e2e.site_pages import KINDS

pytestmark = pytest.mark.slow

CHARTED = ["index.html", "cards/opcc-1.html", "measures/da_arrest_rate.html", "measures/bt_999_abandonment_rate.html"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


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
