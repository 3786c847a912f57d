"""The dictionary of columns: every model refers to it, and a mistake in it says how to mend it."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from pipelines.catalogue.columns import COLUMNS_FILE, grammar_breach, read_columns
from pipelines.catalogue.reading import CatalogueError
from pipelines.settings import DBT_PROJECT_DIR

# The ledger of limits keeps what readers of 0.1.0 have: the twelve indices of a series in one column.
OTHER_TYPES = {"measures__spc_limit_ledger.seasonal_index"}
STAGING = DBT_PROJECT_DIR / "models/staging/_sources.yml"


def _columns() -> Iterator[tuple[str, bool, dict[str, Any]]]:
    """Model, whether it is a staging model (its feed's contract describes the feed's columns), and column, of every model."""
    for path in sorted((DBT_PROJECT_DIR / "models").rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            yield from ((model["name"], path == STAGING, column) for column in model.get("columns", []))


def test_every_column_of_every_model_is_an_entry_with_the_same_type():
    known = read_columns()
    missing = [f"{model}.{c['name']}" for model, is_staging, c in _columns() if c["name"] not in known and not is_staging]
    assert missing == [], "add them to pipelines/catalogue/columns.yaml"
    others = [
        f"{model}.{c['name']} is {c['data_type']}, the dictionary says {known[c['name']].type}"
        for model, _, c in _columns()
        if c["name"] in known and c["data_type"] != known[c["name"]].type and f"{model}.{c['name']}" not in OTHER_TYPES
    ]
    assert others == [], "one name has one type: change the model, or rename the column"


def test_every_column_of_every_model_takes_its_words_from_the_dictionary():
    own_words = [
        f"{model}.{c['name']}"
        for model, is_staging, c in _columns()
        if not is_staging and not c["description"].startswith(f"{{{{ doc('{c['name']}') }}}}")
    ]
    assert own_words == [], "begin the description with {{ doc('<its name>') }}; what is special to the model follows"


def test_no_entry_is_unused():
    used = {c["name"] for _, _, c in _columns()}
    assert [name for name in read_columns() if name not in used] == []


def test_exceptions_to_the_grammar_stay_few():
    """A new one is added here on purpose; its reason stands in the dictionary."""
    workbook = {"achieved_on", "completed_on", "date_raised", "engaged_on", "last_published", "last_review", "next_due", "next_review"}
    parameters = {"mr_screen", "two_of_three", "two_of_three_counts_beyond_3sigma"}
    calendar = {"change_per_month", "as_at", "covered_to", "data_to", "date", "month", "narrow_from", "quarter", "valid_from", "valid_to"}
    assert {name for name, column in read_columns().items() if column.exception} == workbook | parameters | calendar


@pytest.mark.parametrize(
    ("name", "type_", "part"),
    [
        ("call_code", "integer", "ends in _code is varchar"),
        ("due_date", "timestamp", "ends in _date is date"),
        ("offered_at", "varchar", "ends in _at is timestamp"),
        ("offered", "timestamp", "ends in _at (UTC) or _local"),
        ("reviewed", "date", "the name of a date ends in"),
        ("rate_pct", "bigint", "ends in _pct is double"),
        ("call_count", "double", "ends in _count"),
        ("deployed", "boolean", "begins with is_ or has_"),
        ("is_late", "integer", "begins with is_ or has_"),
    ],
)
def test_the_grammar_of_names(name, type_, part):
    assert part in grammar_breach(name, type_)


@pytest.mark.parametrize(
    ("name", "type_"),
    [("wait_seconds", "decimal(18,3)"), ("is_due_in_month", "boolean"), ("as_of", "date"), ("listed_as_of", "date"), ("period_end", "date")],
)
def test_names_that_follow_the_grammar(name, type_):
    assert grammar_breach(name, type_) == ""


MISTAKES = """\
keys:
  - {name: measure_id, type: varchar, words: The measure.}
  - {name: area_id, type: text, words: The area.}
  - {name: area_name, type: varchar, words: the name}
times:
  - {name: measure_id, type: varchar, words: The measure again.}
  - {name: presented, type: timestamp, words: When BT presented the call.}
  - {name: value, type: double, words: The value.}
  - {name: wait_seconds, type: double, unit: seconds, words: The wait.}
  - {name: zone, type: varchar, word: The zone.}
notes: none
"""


def test_every_mistake_is_in_one_message_with_its_line_and_the_way_out(tmp_path):
    (tmp_path / COLUMNS_FILE).write_text(MISTAKES, encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        read_columns(tmp_path)
    message = str(refused.value)
    for place, way_out in (
        ("line 3, column area_id", "`type: text` is not one of varchar"),
        ("line 4, column area_name", "begin with a capital letter and end with a full stop"),
        ("line 6, column measure_id", "stands in the file twice; one name has one meaning"),
        ("line 7, column presented", "rename the column, or say why not under `exception`"),
        ("line 8, column value", "`unit` is missing: say in what the number is measured"),
        ("line 9, column wait_seconds", "the name says the unit (seconds) already; take `unit` out"),
        ("line 10, column zone", "`words` is missing"),
        ("line 10, column zone", "field `word` is not known"),
        ("line 11, theme notes", "write each column as `- {name: …"),
    ):
        assert any(place in line and way_out in line for line in message.splitlines()), f"{place}: {way_out}\n{message}"


def test_columns_of_a_theme_stand_in_order(tmp_path):
    (tmp_path / COLUMNS_FILE).write_text(
        "keys:\n  - {name: level, type: varchar, words: The level.}\n  - {name: area_id, type: varchar, words: The area.}\n", encoding="utf-8"
    )
    with pytest.raises(CatalogueError, match=r"line 3, column area_id: stands after level"):
        read_columns(tmp_path)
