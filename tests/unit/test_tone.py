"""One place decides what has which colour: measures.measure_tones, from the chart that is to be trusted."""

from __future__ import annotations

import re

from pipelines.report import palette
from pipelines.settings import DBT_PROJECT_DIR, PROJECT_DIR

TONE = re.compile(r"'(?:improvement|concern|neutral signal)(?:_high|_low)?'")
# What is compared with a tone reads one; anything else would make one.
READ = re.compile(r"\b(?:\w+\.)?tone (?:=|in) \(?(?:'[a-z ]+'(?:, )?)+")
DECIDES = {"measure_tones.sql", "xmr.sql"}  # the tone, and the variation of a point that it rests on


def test_no_model_but_that_of_the_tones_makes_a_tone():
    paths = [*DBT_PROJECT_DIR.glob("models/**/*.sql"), *DBT_PROJECT_DIR.glob("macros/**/*.sql")]
    found = {path.name for path in paths if not path.name.startswith("_") and TONE.search(READ.sub("", path.read_text(encoding="utf-8")))}
    assert found == DECIDES


def test_no_page_slide_or_workbook_weighs_a_change_against_the_better_way():
    """The direction of a measure is a cell to be shown, and nothing in the report's code asks for it."""
    files = [*(PROJECT_DIR / "pipelines/report").rglob("*.py"), *(PROJECT_DIR / "pipelines/report").rglob("*.j2")]
    asking = re.compile(r"\.direction\b|\[['\"]direction['\"]\]|\bdirection\s*(?:==|!=|=|in)")
    assert [path.name for path in files if asking.search(path.read_text(encoding="utf-8"))] == []


def test_every_tone_has_a_colour_a_mark_and_words():
    assert list(palette.TONES) == ["improvement", "concern", "neutral signal", "none"]
    marks = [mark for _, _, mark, _ in palette.TONES.values()]
    assert len(set(marks)) == len(marks), "told apart in black and white"
