"""What readers may see of texts that people outside wrote."""

import csv

import pytest

from pipelines import masking
from pipelines.catalogue.catalogue import read_catalogue
from pipelines.contracts.loading import load_contracts
from pipelines.masking import masked, without_contacts, without_values
from pipelines.settings import DBT_PROJECT_DIR


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("force_calls/2023/Jane Doe calls 07700900123.csv", "force_calls/2023/… calls ….csv"),
        ("street/2023-08/2023-05-wiltshire-street.csv", "street/2023-08/2023-05-wiltshire-street.csv"),
        ("logs/logs_x20230811T0315.csv", "logs/logs_x20230811T0315.csv"),
        ("logs 15-07-2023 (2).csv", "logs 15-07-2023 (2).csv"),
        ("jane.smith@example.police.uk export v2.csv", "… export v2.csv"),
        ("part 01632 960 001", "part …"),
        ("born 12/05/1984", "…"),
        ("CallStart", "CallStart"),
        ("JohnSmith", "…"),
        ("O'Brien", "O'…"),
        ("Détective Müller", "…"),
        ("NI QQ123456C", "…C"),
        ("ACC Smith", "ACC …"),
        ("Head of Contact", "Head of Contact"),
        ("R-07", "R-07"),
        ("WCJB-0142", "WCJB-…"),
        ("", ""),
    ],
)
def test_what_is_not_known_is_masked(text, shown):
    assert masked(text) == shown
    assert masked(masked(text)) == masked(text)


def test_what_the_project_itself_calls_things_is_shown():
    contracts = load_contracts()
    names = {name for feed in contracts.feeds.values() for name in (feed.name, feed.folder, feed.owner, feed.sheet or feed.name, *feed.by_name)}
    names |= {alias for feed in contracts.feeds.values() for column in feed.columns for alias in column.headers}
    for seed in ("areas", "forces", "csps", "plan_priorities"):
        with (DBT_PROJECT_DIR / "seeds" / f"{seed}.csv").open(encoding="utf-8") as file:
            names |= {value for row in csv.DictReader(file) for name, value in row.items() if name.endswith(("_id", "name", "priority"))}
    names |= {entry["owner"] for entry in read_catalogue().entries() if entry.get("owner")}
    assert {name for name in names if masking.MASK in masked(name)} == set()


def test_a_force_may_list_words_of_its_own(tmp_path):
    assert masked("Splitz_return.csv") == "…_return.csv"
    words = tmp_path / "known_words.txt"
    words.write_text("Splitz FearFree\n", encoding="utf-8")
    try:
        masking.use_words(words)
        assert masked("Splitz_return.csv") == "Splitz_return.csv"
        assert masked("Jane FearFree") == "… FearFree"
    finally:
        masking.use_words(tmp_path / "none.txt")
    assert masked("Splitz_return.csv") == "…_return.csv"


def test_sentences_of_our_own_lose_contacts_and_keep_figures():
    sentence = "BT: 12,345 of 2023-07 rows 0.12345678901, 1234567890; call 07700 900123 or +44 7700 900123, mail jane@example.org"
    assert without_contacts(sentence) == "BT: 12,345 of 2023-07 rows 0.12345678901, 1234567890; call … or …, mail …"


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("Runtime Error in model x (models/x.sql)\n  Conversion Error: Could not convert string 'Jane' to INT32", "Conversion Error"),
        ('Runtime Error in model x\n  Binder Error: Referenced column "y" not found\nLINE 1: …', 'Binder Error: Referenced column "y" not found'),
        ("Jane", "an error"),
    ],
)
def test_an_error_is_told_without_values(error, shown):
    assert without_values(error) == shown
