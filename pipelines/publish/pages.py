"""Documents as pages that a browser opens from a folder: Markdown to HTML, and the first page that links them all. Nothing is fetched."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
STYLE = """\
body { font: 16px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 0 auto; padding: 1rem; color: #1d2733; background: #fff }
a { color: #0b5394 } a:focus-visible { outline: 3px solid #e46c0a }
h1 { font-size: 1.7rem } h2 { font-size: 1.3rem; margin-top: 2rem } h3 { font-size: 1.1rem; margin-top: 1.5rem }
.scroll { overflow-x: auto } table { border-collapse: collapse; margin: .5rem 0 1rem }
th, td { border: 1px solid #c9d1da; padding: .3rem .6rem; text-align: left; vertical-align: top }
th { background: #eef2f6 } code { font-size: .9em; overflow-wrap: anywhere } pre { overflow-x: auto; background: #f4f6f8; padding: .6rem }
@media print { a { color: inherit; text-decoration: none } }"""


class Entry(NamedTuple):
    """A line of the first page."""

    title: str
    href: str
    what: str


def slug(text: str) -> str:
    """The name by which a heading is linked: `measures.measure_values` -> measures-measure_values."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")


def page(title: str, markdown: str, home: str | None = "index.html") -> str:
    """Markdown as a whole page. Raw HTML in it is shown, not obeyed: names and descriptions are written by many hands."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(COMMENT.sub("", markdown))
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slug(inline.content))
    body = reader.renderer.render(list(_scrolling(tokens)), reader.options, {})
    back = f'<nav><a href="{home}">All documents</a></nav>' if home else ""
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body>{back}<main>{body}</main></body></html>\n"
    )


def _scrolling(tokens: Iterable[Token]) -> Iterable[Token]:
    """Tables in a box of their own, so that a wide one scrolls by itself; one can reach it with the keyboard."""
    for token in tokens:
        if token.type == "table_open":
            yield Token("html_block", "", 0, content='<div class="scroll" tabindex="0" role="region" aria-label="table">')
        yield token
        if token.type == "table_close":
            yield Token("html_block", "", 0, content="</div>")


def index_page(entries: Iterable[Entry], now: datetime) -> str:
    """The first page."""
    items = "\n".join(f"- [{entry.title}]({entry.href}): {entry.what}" for entry in entries)
    text = f"# Documents\n\nOFFICIAL – internal. Written {now:%d %B %Y %H:%M} UTC by `scorecards docs`.\n\n{items}\n"
    return page("Documents of the scorecard warehouse", text, home=None)
