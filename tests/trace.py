"""Holds pages against the marts: each number on a page must be the cell that the page says it is (pipelines/report/trace.py)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb

from pipelines.report.formatting import cell_text

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSEEN = {"script", "style"}

# Numbers that no data gives: names of standards and the words of the methods. Everything else is a cell.
ALLOWED = re.compile(r"WCAG 2\.2|Open Government Licence v3\.0|12 months|R12m|\b(?:24|36) months|999|101|\(?MDC 7\)?")


@dataclass
class Cell:
    """What a page shows, and the cell it says it shows."""

    page: str
    text: str
    table: str = ""
    key: str = ""
    column: str = ""
    form: str | None = None
    sql: str | None = None


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str]
    cell: Cell | None = None
    columns: list[tuple[str, str | None] | None] = field(default_factory=list)  # of a table: what the <th> of each column says
    position: int = 0  # of a row: the next cell


class Page(HTMLParser):
    """The cells and the other texts of one page. Raises ValueError where elements are not nested as they should be."""

    def __init__(self, name: str, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.cells, self.loose = name, list[Cell](), list[str]()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.resources: list[str] = []
        self._open: list[_Element] = []
        self.feed(html)
        self.close()
        if self._open:
            raise ValueError(f"{name}: <{self._open[-1].tag}> is not closed")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {k: v or "" for k, v in attrs}
        if "id" in attributes:
            if attributes["id"] in self.ids:
                raise ValueError(f"{self.name}: id {attributes['id']} twice")
            self.ids.add(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        elif {"src", "href"} & set(attributes) and tag not in ("a", "use"):
            self.resources.append(attributes.get("src") or attributes.get("href", ""))
        element = _Element(tag, attributes)
        self._place(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            raise ValueError(f"{self.name}: </{tag}> closes <{self._open[-1].tag if self._open else 'nothing'}> at line {self.getpos()[0]}")
        element = self._open.pop()
        if element.cell is not None:
            element.cell.text = " ".join(element.cell.text.split())

    def handle_data(self, data: str) -> None:
        if not data.strip() or any(e.tag in UNSEEN for e in self._open):
            return
        holder = next((e.cell for e in reversed(self._open) if e.cell is not None), None)
        if holder is not None:
            holder.text += data
        elif not self._is_axis() and re.search(r"\d", ALLOWED.sub("", data)):
            self.loose.append(" ".join(data.split()))

    def _is_axis(self) -> bool:
        names = {e.tag for e in self._open}
        if {"head", "title"} <= names:  # the name of the page, as its heading says it, where it is a cell
            return True
        classes = {c for e in self._open for c in e.attributes.get("class", "").split()}
        return ("svg" in names and "axis" in classes) or any(e.tag == "time" and "datetime" in e.attributes for e in self._open)

    def _place(self, element: _Element) -> None:
        """Give the element its cell: from its own attributes, or from the heading of its column."""
        own = element.attributes
        if "data-sql" in own:
            self._add(element, Cell(self.name, "", sql=own["data-sql"], form=own.get("data-as")))
            return
        described = (own["data-col"], own.get("data-as")) if "data-col" in own else None
        table = next((e for e in reversed(self._open) if e.tag == "table"), None)
        row = self._open[-1] if self._open and self._open[-1].tag == "tr" else None
        if table is not None and row is not None and element.tag in ("td", "th"):
            heading = any(e.tag == "thead" for e in self._open)
            if heading:
                table.columns.append(described)
                return
            described = described or (table.columns[row.position] if row.position < len(table.columns) else None)
            row.position += int(own.get("colspan") or 1)
            if "data-free" in own:  # a cell of the column that holds words of its own, or elements with their own cells
                return
        if described is not None:
            name, key = self._origin(element)
            self._add(element, Cell(self.name, "", name, key, *described))

    def _origin(self, element: _Element) -> tuple[str, str]:
        key = ""
        for e in (element, *reversed(self._open)):
            own = e.attributes
            if "data-key" in own and not (key and not key.startswith("|")):
                key = own["data-key"] + key
            if "data-from" in own:
                return own["data-from"], key
        raise ValueError(f"{self.name}: a data-col {element.attributes} of no data-from, line {self.getpos()[0]}")

    def _add(self, element: _Element, cell: Cell) -> None:
        element.cell = cell
        self.cells.append(cell)


def read_pages(paths: Iterable[Path], root: Path | None = None) -> list[Page]:
    """The pages in these files, by their path below `root`. Raises ValueError where one is not well formed."""
    return [Page(path.relative_to(root).as_posix() if root else str(path), path.read_text(encoding="utf-8")) for path in paths]


def problems(marts_path: Path, pages: Mapping[str, str] | Iterable[Path] | Sequence[Page]) -> list[str]:
    """What is wrong with pages: texts that are not the cells they say they are, and digits that say nothing.

    Pages by name, files, or pages already read.
    """
    if isinstance(pages, Mapping):
        read = [Page(name, html) for name, html in pages.items()]
    else:
        read = [page if isinstance(page, Page) else Page(str(page), page.read_text(encoding="utf-8")) for page in pages]
    found = [f"{page.name}: a number of no cell: {text!r}" for page in read for text in page.loose]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{marts_path}' as marts (read_only)")
        connection.execute("use marts")
        found += _wrong_queries(connection, [c for page in read for c in page.cells if c.sql])
        by_table: dict[str, list[Cell]] = defaultdict(list)
        for page in read:
            for cell in page.cells:
                if not cell.sql:
                    by_table[cell.table].append(cell)
        for table, cells in by_table.items():
            found += _wrong_cells(connection, table, cells)
    return found


def _wrong_queries(connection: duckdb.DuckDBPyConnection, cells: list[Cell]) -> list[str]:
    answers: dict[str, Any] = {}
    for cell in cells:
        if cell.sql not in answers:
            answers[str(cell.sql)] = (connection.execute(str(cell.sql)).fetchone() or (None,))[0]
    shown = [(cell, cell_text(answers[str(cell.sql)], {}, cell.form)) for cell in cells]
    return [f"{cell.page}: {cell.text!r} should be {text!r}: {cell.sql}" for cell, text in shown if cell.text != text]


def _wrong_cells(connection: duckdb.DuckDBPyConnection, table: str, cells: list[Cell]) -> list[str]:
    schema, _, bare = table.partition(".")
    key = connection.execute(
        """
        select constraint_column_names from duckdb_constraints()
        where database_name = 'marts' and schema_name = ? and table_name = ? and constraint_type = 'PRIMARY KEY'
        """,
        [schema, bare],
    ).fetchone()
    if key is None:
        return [f"{cells[0].page}: no table {table} with a primary key"]
    joined = " || '|' || ".join(f'"{column}"::varchar' for column in key[0])
    connection.execute("create or replace temp table wanted as select distinct unnest($keys::varchar[]) as key", {"keys": [c.key for c in cells]})
    wanted = {*key[0], *(c.column for c in cells)}
    columns = [
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() where database_name = 'marts' and schema_name = ? and table_name = ?", [schema, bare]
        ).fetchall()
    ]
    wanted |= {"unit", "period_type", "change_pct", "measure_id"} & set(columns)
    if unknown := wanted - set(columns):
        return [f"{cells[0].page}: {table} has no column {sorted(unknown)}"]
    names = sorted(wanted)
    listed = ", ".join(f'"{name}"' for name in names)
    rows = connection.execute(f"select {joined}, {listed} from {table} where {joined} in (select key from wanted)").fetchall()
    known = {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
    found = []
    for cell in cells:
        row = known.get(cell.key)
        if row is None:
            found.append(f"{cell.page}: {table} has no row {cell.key!r}")
            continue
        text = " ".join(cell_text(row[cell.column], row, cell.form).split())
        if cell.text != text:
            found.append(f"{cell.page}: {cell.text!r} should be {text!r}: {table} {cell.key} {cell.column}")
    return found
