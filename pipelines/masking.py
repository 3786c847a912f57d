"""Texts that people outside wrote, as readers may see them: file names, headers, names of sheets, keys of rejected rows, owners.

Any of them may hold a person's name or number. Words stay if they are on the list of known words (what contracts, catalogue and seeds call
things, and the usual words of file names, headers and roles); dates since 2000 and numbers of up to three digits stay; everything else is a
mask. The build database keeps names of files as they are, beside the number of the load, by which an operator finds the file.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

import duckdb
from duckdb.sqltypes import VARCHAR

from pipelines.settings import DBT_PROJECT_DIR, PROJECT_DIR

MASK = "…"
# Raise it when less is let through than before: stored texts that an older version let through are then purged.
VERSION = 1

_EMAIL = r"[^\s,;:<>()\[\]\"']+@[^\s,;:<>()\[\]\"']+"
_DAY = r"20\d\d(?:[-_./ ]?(?:0[1-9]|1[0-2])(?:[-_./ ]?(?:0[1-9]|[12]\d|3[01])(?:[T _-]?[0-2]\d:?[0-5]\d(?::?[0-5]\d)?)?)?)?"
_DAY_FIRST = r"(?:0?[1-9]|[12]\d|3[01])[-_./](?:0?[1-9]|1[0-2])[-_./]20\d\d"
_NUMBER = r"\+?\d(?:[ ().\-/]*\d)*"
_TOKENS = re.compile(rf"(?P<email>{_EMAIL})|(?P<day>(?<!\d)(?:{_DAY}|{_DAY_FIRST})(?!\d))|(?P<number>{_NUMBER})|(?P<word>[^\W\d_]+)")
_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MASKS = re.compile(rf"{MASK}(?:[\s_.'’-]*{MASK})+")
_PHONE = re.compile(r"(?<![\d.])(?:\+|0)\d(?:[ ()-]?\d){8,13}(?!\d)")

# usual.txt: words of file names, headers and roles; also_names.txt: words of the other sources that are names of people, too.
_WORDS = PROJECT_DIR / "pipelines" / "words"
_further: frozenset[str] = frozenset()


def use_words(path: Path) -> None:
    """Show the words of this file, too, from now on; it need not exist."""
    global _further  # noqa: PLW0603 - texts are masked wherever they leave, and a force has one list
    words = _words_of(path) if path.exists() else frozenset()
    if words != _further:
        _further = words
        masked.cache_clear()


def words_in(text: str) -> frozenset[str]:
    """Its words in lower case."""
    return frozenset(re.findall(r"[^\W\d_]+", text.lower()))


def _words_of(path: Path) -> frozenset[str]:
    return words_in(path.read_text(encoding="utf-8"))


@cache
def known_words() -> frozenset[str]:
    """The words that may be shown wherever the project runs, in lower case."""
    sources = [
        *(PROJECT_DIR / "pipelines" / "contracts").rglob("*.yaml"),
        *(PROJECT_DIR / "pipelines" / "catalogue").rglob("*.yaml"),
        *(DBT_PROJECT_DIR / "seeds").glob("*.csv"),
    ]
    return frozenset().union(*map(_words_of, sources)) - _words_of(_WORDS / "also_names.txt") | _words_of(_WORDS / "usual.txt")


@lru_cache(maxsize=65_536)
def masked(text: str, also: frozenset[str] = frozenset()) -> str:
    """The text as readers may see it; `also` are further words to show, in lower case."""
    known = known_words() | _further | also

    def shown(found: re.Match[str]) -> str:
        token = found.group()
        if found.lastgroup == "day":
            return token
        if found.lastgroup == "number":
            return token if sum(c.isdigit() for c in token) <= 3 else MASK
        if found.lastgroup == "word" and (len(token) == 1 or token.lower() in known):
            return token
        pieces = _PIECES.findall(token) if found.lastgroup == "word" else []
        return token if len(pieces) > 1 and all(len(piece) > 1 and piece.lower() in known for piece in pieces) else MASK

    return _MASKS.sub(MASK, _TOKENS.sub(shown, text))


def _masked(text: str) -> str:  # DuckDB takes functions of one parameter, and no cached ones
    return masked(text)


def masked_in_sql(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the connection the function masked(text)."""
    with suppress(duckdb.CatalogException):  # another connection of this process has given it to the same database
        connection.create_function("masked", _masked, [VARCHAR], VARCHAR)


def without_contacts(text: str) -> str:
    """A sentence of our own that may quote data, without e-mail addresses and phone numbers."""
    return _PHONE.sub(MASK, re.sub(_EMAIL, MASK, text))


# These speak of names in the database only; the texts of other errors may hold values of the data.
_ERRORS_WITHOUT_VALUES = ("Binder Error", "Catalog Error", "Parser Error", "Compilation Error")


def without_values(error: str) -> str:
    """The text of an error of the database or of dbt, as far as it can hold no value: the line that says what is wrong, or only its kind."""
    for kind in _ERRORS_WITHOUT_VALUES:
        if kind in error:
            return " ".join(error[error.index(kind) :].split("\n", 1)[0].split())
    found = re.search(r"[A-Z][a-z]+ Error", error.replace("Runtime Error", "").replace("Database Error", ""))
    return found.group() if found else "an error"
