"""What readers are told: plain, held to the marts, and the same sentence about one figure wherever it stands."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date

import pytest

from pipelines.commands.console import console
from pipelines.commands.explain import print_explanation
from pipelines.report.highlight import html
from pipelines.report.highlight.build import build
from pipelines.report.marts import Marts, Row
from pipelines.report.units import change_text, one_decimal, value_text, whole_text
from pipelines.report.workbooks.cells import code_text
from tests.trace import Page, read_pages
from tests.xlsx import read_workbook

LONGEST_SENTENCE = 25  # words
OLDEST_READER = 14
CARDS = ("scorecards.opcc", "scorecards.csp", "scorecards.wcjb")
RELATIONS = " union all ".join(
    f"select sentence as text from measures.{table} where sentence is not null" for table in ("drivers", "correlations", "profile_changes")
)
SENTENCE_END = re.compile(r"(?<=\.)\s+(?=[A-Z0-9‘])")
# Ways of saying it that no reader is to meet; the left column of the house's table of words.
BANNED = re.compile(
    r"force level|month exceptional|exceptional (?:high|low)|\bR12m\b|\bpts\b|%pts|pounds\b|goes? on missing|which is good|inflated by|"
    r"not reached a normal|\b(?:yoy|mdc7|xmr|p_prime|ucl|lcl)\b| = |n=|\b[A-Z][a-z]{2}-\d\d\b|(?<![\w–])-\d",
    re.IGNORECASE,
)
CODE = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b|\b(?:true|false|null|none_)\b")
ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
# Numbers that are names, dates or parts of a definition.
NAMES = re.compile(
    rf"\b\d{{1,2}} (?:{MONTHS})\b|\b(?:{MONTHS}) \d{{4}}\b|\b12[- ]month(?:s|ly)?\b|\bin 20\d\d\b|\bon 2019\b|"
    r"10 hours|95% limits|90th percentile|per [\d,]+\b"
)
NUMBER = re.compile(r"\d+h \d\dm \d\ds|\d+m \d\ds|\d[\d,]*(?:\.\d+)?(?:st|nd|rd|th|s\b)?")


@pytest.fixture
def marts(published) -> Iterator[Marts]:
    with Marts.open(published.settings.marts_path, published.settings.threads) as opened:
        yield opened


@pytest.fixture(scope="module")
def told(published) -> dict[str, list[str]]:
    """Every published text that the grammar composes, by where it stands."""
    lines = " union all ".join(f"select trend_sentence as text from {table} where trend_sentence is not null" for table in CARDS)
    with Marts.open(published.settings.marts_path, published.settings.threads) as marts:
        return {
            "findings": [row.sentence for row in marts.rows("select distinct sentence from measures.measure_findings where is_said")],
            "paragraphs": [row.paragraph for row in marts.rows("select distinct paragraph from measures.measure_narratives")],
            "cards": [row.text for row in marts.rows(lines)],
            "relations": [row.text for row in marts.rows(RELATIONS)],
            "checks": [row.check_title for row in marts.rows("select distinct check_title from quality.check_results")],
            "summaries": [_summary(row) for row in marts.table("scorecards.summaries")],
        }


def _summary(row: Row) -> str:
    return " ".join(row[f"sentence_{n}"] for n in range(1, 6))


def _sentences(text: str) -> list[str]:
    return SENTENCE_END.split(text)


# ---- one tone


def test_every_table_has_the_tone_of_the_chart_to_be_trusted(marts):
    for table in (*CARDS, "measures.measure_narratives"):
        (wrong,) = marts.rows(
            f"""
            select count(*) as n from {table} as told
            left join measures.measure_tones as tones
                on told.measure_id = tones.measure_id and told.area_id = tones.area_id and told.segment = tones.segment
                and last_day(told.period_end) = tones.period_end
            where told.tone <> coalesce(tones.tone, 'none')
            """
        )
        assert wrong.n == 0, table


def test_an_icon_has_the_tone_of_its_line(marts):
    for table in CARDS:
        rows = marts.rows(f"select line_id, tone, spc_variation from {table} where has_spc_icon")
        kinds = {"common": "none", "neutral": "neutral signal"}
        assert [r for r in rows if kinds.get(r.spc_variation.split("_")[0], r.spc_variation.split("_")[0]) != r.tone] == []


def test_a_tone_has_a_signal_of_the_chart_in_its_words(marts):
    """A tone leads, or stands behind a target missed; without one, no signal is said."""
    rows = marts.rows("select tone, lead_class, headline, paragraph from measures.measure_narratives where is_latest")
    assert {row.lead_class for row in rows if row.tone == "none"} & {2, 5} == set()
    signals = re.compile(r"unusually|average for|above average|below average|trend|has risen|has fallen|having (?:risen|fallen)")
    assert [row.headline for row in rows if row.tone != "none" and not signals.search(row.paragraph)] == []


def test_a_high_or_low_of_a_few_months_is_not_said(told):
    said = [int(k) for text in told["findings"] for k in re.findall(r"the (?:highest|lowest) in (\d+) months", text)]
    assert said == [] or min(said) >= 6


# ---- plain words


@pytest.mark.parametrize("where", ["findings", "paragraphs", "cards", "summaries"])
def test_sentences_are_short(told, where):
    long = {s for text in told[where] for s in _sentences(text) if len(s.split()) > LONGEST_SENTENCE}
    assert long == set()


@pytest.mark.parametrize("where", ["findings", "paragraphs", "cards", "summaries", "relations", "checks"])
def test_no_banned_phrase_and_no_code(told, where):
    found = {(match[0], text) for text in told[where] for match in (*BANNED.finditer(text), *CODE.finditer(text))}
    assert sorted(found)[:5] == []


def test_a_paragraph_has_at_most_four_sentences_and_a_card_five(marts, told):
    headlines = {row.paragraph: row.headline for row in marts.rows("select distinct headline, paragraph from measures.measure_narratives")}
    # a headline of more than 25 words stands as two
    assert {len(_sentences(paragraph)) - len(_sentences(headline)) + 1 for paragraph, headline in headlines.items()} <= {1, 2, 3, 4}
    assert all(row[f"sentence_{n}"].endswith(".") for row in marts.table("scorecards.summaries") for n in range(1, 6))


def _syllables(word: str) -> int:
    letters = re.sub(r"[^a-z]", "", word.lower())
    count = len(re.findall(r"[aeiouy]+", letters))
    silent = (letters.endswith("e") and not letters.endswith("le")) or (letters.endswith("ed") and not letters.endswith(("ted", "ded")))
    return max(count - silent, 1)


def _reading_age(text: str) -> float:
    """The age at which a text can be read: the grade of Flesch and Kincaid, and five years."""
    sentences, words = _sentences(text), text.split()
    return 5 + 0.39 * len(words) / len(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


def test_a_summary_can_be_read_at_fourteen(told):
    assert {text: _reading_age(text) for text in told["summaries"] if _reading_age(text) > OLDEST_READER} == {}
    assert _reading_age("Notwithstanding organisational considerations, operational responsibilities necessitate comprehensive investigation.") > 20


# ---- numbers in sentences are cells


def _held(row: Row) -> set[str]:
    """Every number that a finding's row gives, as it is written."""
    unit = row.unit
    texts = [value_text(v, unit) for v in (row.value, row.base_value, row.limit_value)] + [
        change_text(row.change, row.change_pct, unit, row.value),
        change_text(row.change, None, unit, row.value),
    ]
    counts = [n for n in (row.k, row.k_of, row.change_per_month) if n is not None]
    texts += [whole_text(abs(n)) for n in counts] + [one_decimal(abs(n)) for n in (row.change_pct, row.slope_pct, row.margin) if n is not None]
    texts += [whole_text(n) for n in (row.share_pct, row.base_share_pct) if n is not None]
    held = {number for text in texts if text for number in NUMBER.findall(text)}
    held |= {f"{k}{ending}" for k in counts for ending in ("st", "nd", "rd", "th")}
    return held


def test_every_number_of_a_finding_is_in_its_row(marts):
    rows = marts.rows(
        """
        select findings.*, estimates.margin, measure.in_words, measure.title, areas.area_name, months.target, months.target_months_running
        from (
            -- drawn before anything is looked up beside them
            select * from measures.measure_findings
            where is_said and kind not in ('not_comparable', 'not_back_to_2019', 'above_baseline_2019_in_every_segment')
            order by hash(measure_id, area_id, segment, period_type, period_end, kind, 7)
            limit 6000
        ) as findings
        inner join core.dim_measure as measure using (measure_id)
        inner join core.dim_area as areas using (area_id)
        left join measures.measure_values as estimates
            on findings.measure_id = estimates.measure_id and findings.area_id = estimates.area_id and findings.segment = estimates.segment
            and findings.period_type = estimates.period_type and findings.period_end = estimates.period_end
        left join measures.measure_spc as months
            on findings.measure_id = months.measure_id and findings.area_id = months.area_id and findings.segment = months.segment
            and findings.period_type = 'month' and findings.period_end = last_day(months.month)
        """
    )
    loose = []
    for row in rows:
        said = row.sentence
        for name in (row.in_words, row.title, row.area_name, f"({row.segment.replace('_', ' ')})"):
            for part in (name or "").split("{value}"):
                said = said.replace(part, " ") if part.strip() else said
        held = _held(row) | {n for n in NUMBER.findall(value_text(row.target, row.unit) or "")}
        held |= {f"{row.target_months_running}{ending}" for ending in ("st", "nd", "rd", "th")}
        loose += [(number, row.sentence) for number in NUMBER.findall(NAMES.sub(" ", said)) if number not in held]
    assert len(rows) > 3_000
    assert loose[:5] == []


def test_the_figure_of_a_headline_is_the_cell(marts):
    rows = marts.rows(
        """
        select narratives.headline, narratives.is_latest, figures.value, figures.unit
        from measures.measure_narratives as narratives
        inner join measures.measure_values as figures using (measure_id, area_id, segment, period_type, period_end)
        """
    )
    assert len(rows) > 10_000
    assert [row.headline for row in rows if (value_text(row.value, row.unit) or "") not in row.headline][:5] == []


# ---- one figure, everywhere


def _texts(pages: list[Page], table: str, column: str) -> dict[str, set[str]]:
    """key -> what pages show of a column."""
    found: dict[str, set[str]] = {}
    for page in pages:
        for cell in page.cells:
            if cell.table == table and cell.column == column:
                found.setdefault(cell.key, set()).add(cell.text)
    return found


def test_one_figure_everywhere(published, site):
    """The same headline, tone, change and target on card, home page, measure page, report, workbook and `explain` as in the marts."""
    # closed before `explain` opens the same file in another way
    with Marts.open(published.settings.marts_path, published.settings.threads) as marts:
        narratives = {(r.measure_id, r.area_id, r.segment, r.period_end): r for r in marts.table("measures.measure_narratives")}
        lines = [(table, row) for table in CARDS for row in marts.rows(f"select * from {table} where trend_sentence is not null order by all")]
    chosen = random.Random(14).sample(lines, min(200, len(lines)))
    home_pages, card_pages = read_pages([site / "index.html"], site), read_pages(sorted((site / "cards").glob("*.html")), site)
    pages = {site / "measures" / f"{row.measure_id}.html" for _, row in chosen}
    pages |= {page for _, row in chosen for page in (site / "measures" / row.measure_id).glob(f"{row.area_id}*.html")}
    paragraphs = _texts(read_pages(sorted(pages), site), "measures.measure_narratives", "paragraph")
    headlines = {table: _texts(card_pages, table, "trend_sentence") for table in CARDS}
    folder, cards = published.settings.published_dir / "xlsx", {row.scorecard_id for _, row in chosen}
    sheets = {card: read_workbook(folder / f"{card}.xlsx")["Scorecard"] for card in cards}
    differing, compared = [], {"home": 0, "page": 0, "workbook": 0, "explain": 0}
    for column in ("trend_sentence", "value_text"):
        for table in CARDS:
            listed = _texts(home_pages, table, column)
            told = {f"{line.scorecard_id}|{line.line_id}": line[column] for of_table, line in lines if of_table == table}
            compared["home"] += len(listed)
            differing += [(key, "home", texts) for key, texts in listed.items() if texts != {told[key]}]
    for table, line in chosen:
        narrative = narratives[line.measure_id, line.area_id, line.segment, line.period_end]
        key = f"{line.scorecard_id}|{line.line_id}"
        if (line.trend_sentence, line.tone, line.paragraph) != (narrative.headline, narrative.tone, narrative.paragraph):
            differing.append((key, "marts"))
        run = re.search(r" for (\d+) \w+ running", line.rag_text or "")
        if run and f"{_ordinal(int(run[1]))} " not in narrative.paragraph:
            differing.append((key, "run of the target"))
        change = (line.value or 0) - (line.year_before_value or 0) - (line.yoy_change or 0)
        if None not in (line.value, line.year_before_value, line.yoy_change) and abs(change) > 1e-6:
            differing.append((key, "change"))
        shown = headlines[table].get(key, set())
        compared["page"] += len(shown)
        differing += [(key, "card page", text) for text in shown if text != line.trend_sentence]
        shown = paragraphs.get(f"{line.measure_id}|{line.area_id}|{line.segment}|{line.period_end}", set())
        compared["page"] += len(shown)
        differing += [(key, "measure page", text) for text in shown if text != narrative.paragraph]
        rows = sheets[line.scorecard_id].rows
        heads = next(row for row in rows.values() if "Headline" in row)
        found = [row for row in rows.values() if len(row) == len(heads) and row[heads.index("line_id")] == line.line_id]
        compared["workbook"] += len(found)
        differing += [
            (key, "workbook")
            for row in found
            if (row[heads.index("Headline")], row[heads.index("Tone")], row[heads.index("In words")])
            != (narrative.headline, code_text("tone", narrative.tone), narrative.paragraph)
        ]
        if line.segment == "all":
            with console.capture() as out:
                assert print_explanation(published.settings, line.measure_id, line.area_id, line.period_end) == 0
            compared["explain"] += 1
            if " ".join(narrative.paragraph.split()) not in " ".join(out.get().split()):
                differing.append((key, "explain"))
    assert differing == []
    assert len(chosen) == 200
    assert compared["workbook"] == 200 and compared["page"] > 300 and compared["explain"] > 100 and compared["home"] > 10


def _ordinal(k: int) -> str:
    if k < 10:
        return ORDINALS[k - 1]
    return f"{k}{'th' if 11 <= k % 100 <= 13 else {1: 'st', 2: 'nd', 3: 'rd'}.get(k % 10, 'th')}"


@pytest.mark.parametrize("month", [date(2023, 7, 1), date(2023, 6, 1), date(2023, 3, 1)])
def test_the_report_leads_with_the_sentences_and_tones_of_the_marts(marts, month):
    report = build(marts, month=month)
    page = Page("report", html.render(report))
    narratives = {r.key: r.headline for r in marts.table("measures.measure_narratives")}
    leads = [topic.headline for topic in report.topics if topic.headline is not None]
    assert len(leads) >= 6
    assert {narratives[lead.key] for lead in leads} == {cell.text for cell in page.cells if cell.column == "headline"}
    tones = {(r.measure_id, r.area_id, r.segment, r.period_end): r.tone for r in marts.table("measures.measure_tones")}
    for topic in report.topics:
        for line in topic.summary:
            if len(line.segments) == 1 and line.values:
                latest = max(line.values, key=lambda value: value.period_end)
                end = marts.value("select last_day(?::date)", [latest.period_end])
                assert line.tone == tones.get((latest.measure_id, latest.area_id, latest.segment, end), "none")
    if month == date(2023, 7, 1):
        (summary,) = [row for row in marts.table("scorecards.summaries") if row.scorecard_id == report.card.scorecard_id]
        assert " ".join(sentence.text for sentence in report.summary) == _summary(summary)
