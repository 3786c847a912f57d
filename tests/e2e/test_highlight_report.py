"""The highlight report of a published force: traced to the marts, readable as PDF, editable as slides, a draft until signed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import duckdb
import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Inches, Pt
from pypdf import PdfReader

from pipelines.commands.console import console
from pipelines.commands.report import build_report
from pipelines.report.highlight import html, pptx
from pipelines.report.highlight.build import build
from pipelines.report.highlight.cells import plain
from pipelines.report.highlight.model import Issue, Report
from pipelines.report.highlight.period import ReportError
from pipelines.report.highlight.sign_off import SignOffError, as_kept, sign
from pipelines.report.highlight.slide_text import BOTTOM
from pipelines.report.marts import Marts
from pipelines.report.site.content import Content
from pipelines.settings import Settings
from tests.trace import Page, problems

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def settings(published, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data directory that holds the published marts and nothing else: the report needs no more."""
    own = replace(published.settings, data_dir=tmp_path_factory.mktemp("report"))
    own.published_dir.mkdir()
    shutil.copy(published.settings.marts_path, own.marts_path)
    return own


@pytest.fixture(scope="module")
def written(settings: Settings) -> tuple[Path, str]:
    """The folder of the report that `scorecards report` wrote, and what it said."""
    with console.capture() as said:
        assert build_report(settings, quarter=None, month=None, force=None, sign_off=None) == 0
    return settings.published_dir / "report" / "2023-07", said.get()


@pytest.fixture(scope="module")
def marts(settings: Settings) -> Iterator[Marts]:
    with Marts.open(settings.marts_path, settings.threads) as opened:
        yield opened


@pytest.fixture(scope="module")
def report(marts: Marts) -> Report:
    return build(marts, month=date(2023, 7, 1))


def test_the_command_says_what_it_wrote_and_what_to_know(written):
    folder, said = written
    assert "Highlight report, Wiltshire Police, July to September 2023: 4 priorities, 10 topics" in " ".join(said.split())
    for ending in ("html", "pptx"):
        assert (folder / f"highlight-report.{ending}").stat().st_size > 10_000
        assert f"highlight-report.{ending}" in said
    assert "A draft" in said and "--sign-off" in said
    assert not list(folder.glob(".*")), "no half-written file is left"


def test_every_number_of_the_page_is_a_cell_of_the_marts(settings, written):
    folder, _ = written
    page = folder / "highlight-report.html"
    assert problems(settings.marts_path, [page]) == []
    read = Page(page.name, page.read_text(encoding="utf-8"))
    assert len(read.cells) > 1_000
    assert read.resources == [], "nothing is fetched"
    assert {link[1:] for link in read.links} <= read.ids, "every link leads somewhere on the page"


def test_each_topic_has_its_four_parts_in_reading_order(written):
    page = (written[0] / "highlight-report.html").read_text(encoding="utf-8")
    slides = page.split('<section class="page topic')[1:]
    assert len(slides) == 10
    for slide in slides:
        assert 0 < slide.index("What?") < slide.index("Data summary") < slide.index("So what?") < slide.index("Now what?")
        assert "<svg" in slide and "OFFICIAL – internal" in slide


def test_the_data_summary_has_figures_and_commentary_its_author_and_evidence(report):
    for topic in report.topics:
        assert topic.summary and topic.charts and topic.tiles, topic.topic_id
    said = {topic.topic_id: [plain(line.parts) for line in topic.summary] for topic in report.topics}
    assert any(line.startswith("Public 999 calls offered – 12 months to July 2023: ") for line in said["calls_999"])
    assert any("Domestic abuse, victim voice – not collected: " in line for line in said["domestic_abuse"])
    remarks = [remark for topic in report.topics for remark in (*topic.so_what, *topic.now_what)]
    assert any(remark.is_untested and remark.type.text == "hypothesis" for remark in remarks)
    assert any(remark.owner for remark in remarks)


def test_the_opening_page_has_the_workbook_of_the_quarter(report):
    first = report.priorities[0]
    assert (first.number, len(first.outcomes), len(first.deliverables)) == (1, 7, 3)
    melksham = first.deliverables[0]
    assert (melksham.due.text, melksham.progress.text, melksham.state) == ("May 23", "40%", "overdue")
    assert {risk.risk_id.text for risk in first.risks} >= {"OPCC-01", "FORCE-02"}


def test_the_quarter_before_has_the_workbook_of_that_quarter(marts):
    before = build(marts, quarter=date(2023, 6, 30))
    assert (before.period.name, before.period.month_end) == ("2023Q2", date(2023, 6, 30))
    melksham = before.priorities[0].deliverables[0]
    assert (melksham.due.text, melksham.progress.text, melksham.state) == ("May 23", "35%", "overdue")
    assert [item.title.text for item in before.priorities[0].outcomes] == ["Quarterly performance meeting with the force held and minuted"]
    assert all("July 2023" not in plain(line.parts) for topic in before.topics for line in topic.summary)


def test_any_month_is_traced_too(settings, marts):
    earlier = build(marts, month=date(2022, 12, 1))
    assert earlier.period.month_end == date(2022, 12, 31)
    assert problems(settings.marts_path, {"2022-12": html.render(earlier)}) == []
    assert any("of another quarter than this report" in plain(notice.text) for notice in earlier.notices)


def test_old_figures_are_said_to_be_old(report):
    survey = next(topic for topic in report.topics if topic.topic_id == "csew")
    assert all(line.is_stale for line in survey.summary)
    assert "older than this report's month" in html.render(report)
    assert any("older than the month of this report" in plain(notice.text) for notice in report.notices)


def test_bt_errors_stand_beside_the_figures(marts):
    june = build(marts, month=date(2023, 6, 1))
    calls = next(topic for topic in june.topics if topic.topic_id == "calls_999")
    letters = {caveat.letter for caveat in calls.caveats if "BT errors inflate abandonment" in caveat.text.text}
    assert letters
    assert any(letters & set(line.caveats) for line in calls.summary if line.measure_id == "bt_999_abandonment_rate")


# ---- PDF and slides


def _white_over_text(page) -> float:
    """The area of the largest white rectangle that is painted after the first text of a page, in CSS pixels."""
    drawn = page.get_contents().get_data().decode("latin1")
    rectangles = re.findall(r"1 1 1 rg\s+(?:[\d.]+ [\d.]+ [\d.]+ [\d.]+ re\s+W\s+n\s+)?[\d.]+ [\d.]+ ([\d.]+) ([\d.]+) re", drawn[drawn.find("BT") :])
    return max((float(width) * float(height) for width, height in rectangles), default=0.0)


def test_the_pdf_has_text_an_outline_and_the_watermark(written):
    folder, said = written
    if "no PDF: WeasyPrint finds no Pango" in said:
        pytest.skip("Pango is not installed: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
    printed = PdfReader(folder / "highlight-report.pdf")
    texts = [page.extract_text() for page in printed.pages]
    assert 18 <= len(texts) <= 24
    assert any("Contact centre: 999" in text and "Data summary" in text for text in texts)
    assert all("DRAFT" in text for text in texts), "also on the second page of a topic"
    assert max(map(_white_over_text, printed.pages)) < 10_000, "nothing as large as a column is painted over text"
    titles = [item.title for item in _flat(printed.outline)]
    assert "Contact centre: 999" in titles and "Priority 1: A police service that meets the needs of its community" in titles
    assert printed.metadata is not None and "Quarterly highlight report" in (printed.metadata.title or "")


def test_a_screen_reader_finds_structure_language_titles_and_words_for_every_chart(written, report):
    folder, said = written
    if "no PDF" in said:
        pytest.skip("Pango is not installed: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
    printed = PdfReader(folder / "highlight-report.pdf")
    catalogue = printed.trailer["/Root"]
    assert catalogue["/Lang"] == "en-GB" and catalogue["/MarkInfo"]["/Marked"] and catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in catalogue["/Metadata"].get_object().get_data(), "it says that it is PDF/UA"
    elements = list(_elements(catalogue["/StructTreeRoot"]))
    kinds = [element["/S"] for element in elements]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") >= len(list(report.topics)) + len(report.priorities)
    assert {"/Table", "/TH", "/TD", "/L", "/LI", "/Link"} <= set(kinds)
    figures = [element.get("/Alt") for element in elements if element["/S"] == "/Figure"]
    assert len(figures) > sum(len(topic.charts) for topic in report.topics), "the governance map as well"
    assert all(figures)
    assert all(page.get("/StructParents") is not None for page in printed.pages)


def _elements(node):
    """The elements of a PDF's structure tree."""
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from _elements(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from _elements(node["/K"])


def test_no_sheet_holds_the_rest_of_another_alone(written, report):
    folder, said = written
    if "no PDF" in said:
        pytest.skip("Pango is not installed: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
    sheets = [sheet.extract_text() for sheet in PdfReader(folder / "highlight-report.pdf").pages]
    own = 1 + len(report.priorities) + len(list(report.topics)) + 3
    assert own <= len(sheets) <= own + 2, "page one, the priorities, their topics, and three of reference; another machine's font may be wider"
    assert min(map(len, sheets)) > 500


def _flat(outline):
    for item in outline:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def test_the_slides_have_titles_native_charts_tables_and_sources(written):
    deck = Presentation(str(written[0] / "highlight-report.pptx"))
    slides = list(deck.slides)
    assert all(slide.shapes.title is not None and slide.shapes.title.text.strip() for slide in slides)
    charts = [shape for slide in slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) >= 30
    calls = next(shape.chart for shape in charts if shape.name == "Chart: Public 999 calls offered")
    assert [series.name for series in calls.plots[0].series if series.name != "season removed"][:4] == [
        "published",
        "mean",
        "upper limit",
        "lower limit",
    ]
    assert calls.part.chart_workbook.xlsx_part is not None, "its data can be opened"
    tables = {shape.name for slide in slides for shape in slide.shapes if shape.has_table}
    assert {"Deliverables", "Risks and issues", "Terminology"} <= tables
    assert not any(shape.shape_type == 13 for slide in slides for shape in slide.shapes), "no pictures"
    notes = next(slide.notes_slide.notes_text_frame.text for slide in slides if slide.shapes.title.text == "Contact centre: 999")
    assert "measures.measure_values[public_999_calls_offered|wiltshire_force|all|month|2023-07-31].value" in notes
    assert len(deck.slide_masters) == 1 and len(deck.slide_layouts) == 2
    assert "Watermark" in {shape.name for shape in deck.slide_master.shapes}


# What is told in words; the values of charts and tables are held by the tests above.
TOLD = {"headline", "words", "change", "sentence", *(f"sentence_{number}" for number in range(1, 6))}


def _texts(shapes) -> Iterator[str]:
    for shape in shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            yield from (cell.text_frame.text for row in shape.table.rows for cell in row.cells)


def _without_spaces(texts) -> str:
    return re.sub(r"\s+", "", "".join(texts))


def test_the_pdf_and_the_slides_say_what_the_page_says(written):
    folder, said = written
    page = Page("report", (folder / "highlight-report.html").read_text(encoding="utf-8"))
    told = {cell.text for cell in page.cells if cell.column in TOLD}
    assert len(told) > 100
    slides = list(Presentation(str(folder / "highlight-report.pptx")).slides)
    shown = {"slides": _without_spaces([text for slide in slides for text in _texts(slide.shapes)])}
    if "no PDF" not in said:
        shown["PDF"] = _without_spaces([sheet.extract_text() for sheet in PdfReader(folder / "highlight-report.pdf").pages])
    missing = [(where, text) for where, everything in shown.items() for text in sorted(told) if _without_spaces([text]) not in everything]
    assert missing == []


def test_nothing_lies_outside_a_slide(written):
    deck = Presentation(str(written[0] / "highlight-report.pptx"))
    for slide in deck.slides:
        for shape in slide.shapes:
            where = f"{slide.shapes.title.text}: {shape.name}"
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width, where
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height, where


def test_no_shape_lies_over_another(written):
    deck = Presentation(str(written[0] / "highlight-report.pptx"))
    over = []
    for slide in deck.slides:
        # lines join boxes; the edge of a tile is a part of it
        shapes = [shape for shape in slide.shapes if not shape.name.startswith("Tone: ") and shape.shape_type != MSO_SHAPE_TYPE.LINE]
        for one, other in combinations(shapes, 2):
            across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
            down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
            if min(across, down) > Pt(1.5):
                over.append(
                    f"{slide.shapes.title.text}: {one.name} ({one.has_text_frame and one.text_frame.text[:30]}), {other.name} ({down / Pt(1):.0f} pt)"
                )
        foot = max(shape.top + shape.height for shape in slide.shapes)
        if foot > Inches(BOTTOM) + Pt(4):
            over.append(f"{slide.shapes.title.text}: {(foot - Inches(BOTTOM)) / Pt(1):.0f} pt over the foot")
    assert over == []


def test_what_is_stated_stands_beside_what_the_rule_has(written, report):
    page = (written[0] / "highlight-report.html").read_text(encoding="utf-8")
    otherwise = [d for d in report.deliverables_to_watch if d.is_stated_otherwise]
    assert otherwise and all(d.stated.text != d.rag.text for d in otherwise)
    assert page.count("stated otherwise") >= len(otherwise)
    tables = [
        shape.table
        for slide in Presentation(str(written[0] / "highlight-report.pptx")).slides
        for shape in slide.shapes
        if shape.name == "Deliverables"
    ]
    assert tables and all([cell.text for cell in table.rows[0].cells][-2:] == ["Stated", "By rule"] for table in tables)


def test_an_action_has_an_owner_and_a_due_date_or_says_that_it_has_none(written, report):
    actions = [remark for topic in report.topics for remark in topic.now_what if remark.type.text == "action"]
    assert actions and all(remark.owner is not None for remark in actions)
    page = (written[0] / "highlight-report.html").read_text(encoding="utf-8")
    undated = sum(remark.lacks_due_date for remark in actions)
    assert 0 < undated < len(actions) and page.count("no due date") == undated


def test_estimates_carry_their_intervals(written, report):
    bars = [bar for topic in report.topics for chart in topic.charts for bar in chart.bars if bar.margin]
    assert len(bars) >= 8
    deck = Presentation(str(written[0] / "highlight-report.pptx"))
    drawn = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart and shape.chart._chartSpace.xpath(".//c:errBars")]
    assert len(drawn) == sum(any(bar.margin for bar in chart.bars) for topic in report.topics for chart in topic.charts)


def test_the_slides_open_in_libreoffice(written, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(written[0] / "highlight-report.pptx")], check=True, capture_output=True, timeout=120)
    slides = len(Presentation(str(written[0] / "highlight-report.pptx")).slides)
    assert len(PdfReader(tmp_path / "highlight-report.pdf").pages) == slides


# ---- signed or a draft


def without_objections(report: Report) -> Report:
    """The report without the remarks that the marts contradict: at a fiftieth of the size, no printed count holds."""
    remark = next(r for topic in report.topics for r in topic.now_what if not r.issues)

    def cleared(topic):
        parts = {part: tuple(r for r in getattr(topic, part) if not r.issues) or (remark,) for part in ("so_what", "now_what")}
        return replace(topic, **parts)

    return replace(report, priorities=tuple(replace(p, topics=tuple(map(cleared, p.topics))) for p in report.priorities))


def test_a_contradicted_report_is_not_signed_and_says_where_to_put_it_right(settings, report, tmp_path):
    contradicted = [issue for topic in report.topics for remark in (*topic.so_what, *topic.now_what) for issue in remark.issues]
    assert contradicted
    page = html.render(report)
    assert page.count("Against the figures: ") == len(contradicted)
    with pytest.raises(SignOffError, match=r"not signed off: \d+ to put right first.*\n- sheet commentary, row \d+: the marts hold no "):
        sign(report, tmp_path, "A. N. Officer", date(2023, 10, 9))
    assert not list(tmp_path.iterdir())
    with console.capture() as out:
        assert build_report(settings, quarter=None, month=None, force=None, sign_off="A. N. Officer") == 2
    assert "not signed off" in out.get()


def test_a_report_with_an_empty_part_or_words_to_be_written_is_not_signed(report, tmp_path):
    clean = without_objections(report)
    first, *others = clean.priorities
    topic, *topics = first.topics
    empty = replace(clean, priorities=(replace(first, topics=(replace(topic, so_what=()), *topics)), *others))
    assert empty.objections == [f'"So what?" of {topic.title.text} is empty; write it in sheet commentary']
    words = Issue(first.outcomes[0].title, first.outcomes[0].title, None)
    outcomes = (replace(first.outcomes[0], issues=(words,)), *first.outcomes[1:])
    assert len(replace(clean, priorities=(replace(first, outcomes=outcomes), *others)).objections) == 1
    with pytest.raises(SignOffError, match="1 to put right"):
        sign(empty, tmp_path, "A. N. Officer", date(2023, 10, 9))


def test_a_draft_until_signed_and_again_when_the_figures_change(marts, report, tmp_path):
    assert report.is_draft and "Draft" in html.render(report)
    report = without_objections(report)
    signed = sign(report, tmp_path, "A. N. Officer", date(2023, 10, 9))
    page = html.render(signed)
    assert "Signed off by <strong>A. N. Officer</strong>" in page and 'class="draft"' not in page and "Draft" not in page
    pptx.write(signed, tmp_path / "signed.pptx")
    assert "Watermark" not in {shape.name for shape in Presentation(str(tmp_path / "signed.pptx")).slide_master.shapes}
    again, why = as_kept(without_objections(build(marts, month=date(2023, 7, 1))), tmp_path)
    assert (again.signed_by, why) == ("A. N. Officer", None)
    other, why = as_kept(build(marts, month=date(2023, 6, 1)), tmp_path)
    assert other.is_draft and "have changed since A. N. Officer signed" in (why or "")


# ---- what there is not


def test_a_period_without_figures_and_an_unknown_force_say_what_there_is(settings):
    for wish, said in (
        ({"month": date(2031, 1, 1)}, "there are no figures of 2031-01 for Wiltshire Police: its figures run from 2021-06 to 2023-07"),
        ({"quarter": date(2019, 3, 31)}, "there are no figures of 2019Q1 for Wiltshire Police"),
        ({"force": "kent"}, "no report for the force 'kent': forces with a card of a plan are wiltshire (Wiltshire Police)"),
    ):
        with console.capture() as out:
            assert build_report(settings, **({"quarter": None, "month": None, "force": None, "sign_off": None} | wish)) == 2
        assert said in " ".join(out.get().split())


def test_nothing_published(settings, tmp_path):
    with console.capture() as out:
        assert build_report(replace(settings, data_dir=tmp_path), None, None, None, None) == 1
    assert "nothing is published" in out.get()


def test_a_demonstration_says_so_and_of_which_day(settings, report, tmp_path):
    assert "Demonstration data" not in html.render(report)
    path = tmp_path / "marts.duckdb"
    shutil.copy(settings.marts_path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update quality.heartbeat set demonstration_date = date '2023-10-02'")
    with Marts.open(path) as marts:
        shown = build(marts, month=date(2023, 7, 1))
        banner = Content(marts, tmp_path).page("search.html.j2", "search.html", section="search")[1]
    for page in (html.render(shown), banner):
        assert 'Demonstration data, as at <time datetime="2023-10-02">2 October 2023</time>' in page


def test_a_second_force_is_asked_for_by_name_and_says_when_it_has_no_figures(settings, tmp_path):
    path = tmp_path / "marts.duckdb"
    shutil.copy(settings.marts_path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("""
            insert into scorecards.cards by name
            select * replace ('dorset' as scorecard_id, 'dorset' as force_code, 'dorset_force' as area_id, 'Dorset Police' as area_name)
            from scorecards.cards where scorecard_id = 'opcc'
        """)
        connection.execute(
            "insert into scorecards.report_topics select * replace ('dorset' as scorecard_id, 'dorset' as force_code) from scorecards.report_topics"
        )
    with Marts.open(path) as marts:
        with pytest.raises(ReportError, match=r"which force\? Name it with --force: dorset \(Dorset Police\), wiltshire \(Wiltshire Police\)"):
            build(marts)
        with pytest.raises(ReportError, match="no monthly figures for Dorset Police"):
            build(marts, force="Dorset")
        assert build(marts, force="wiltshire").force.text == "Wiltshire Police"
