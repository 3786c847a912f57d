"""Data Docs on demand: a page per table, in words, with counts only, and nothing fetched from outside."""

import re

from pipelines.quality.docs import build_data_docs
from pipelines.warehouse import open_build
from tests.handmade import NOW, PERSONAL_VALUE, make_warehouse


def test_data_docs_hold_no_value_and_fetch_nothing(tmp_path):
    settings, contracts = make_warehouse(tmp_path)
    with open_build(settings) as connection:
        connection.execute(f"update raw.force_calls set line = '{PERSONAL_VALUE}', call_id = '{PERSONAL_VALUE}' where _file_row < 10")
    index = build_data_docs(settings, contracts, tmp_path / "docs", NOW)
    pages = {p.relative_to(index.parent).as_posix(): p.read_text(encoding="utf-8") for p in index.parent.rglob("*.html")}
    assert any(name.startswith("validations/") and "force_calls" in name for name in pages)
    text = " ".join(pages.values())
    assert PERSONAL_VALUE not in text
    assert "The newest data of force_calls are no older than its cadence (1 days) and latency (1 days)." in text
    assert "docs/runbooks/freshness.md" in text
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=.https?:", text)
    with open_build(settings) as connection:
        assert connection.execute("select count(*) from quality.check_results").fetchone() == (0,)
