"""Every number on a page leads to a cell of the marts: the attributes that say which one.

    data-from="schema.table"  on the element or an ancestor
    data-key="k1|k2|…"        primary key of the row, dates as ISO; one that begins with | continues the key beside the data-from above it
    data-col="column"         on the element that shows the cell; in a table it may stand on the <th> of the column instead
    data-as="form"            beside data-col where the text is not the column's own form (pipelines/report/formatting.py: FORMS)
    data-sql="select …"       instead of all these: the text is the one cell of this query (counts, above all)

A test opens every generated page, looks each of them up in the marts and compares; a digit anywhere else fails it (tests/trace.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from pipelines.report.formatting import NO_VALUE, cell_text
from pipelines.report.marts import Marts, Row


class TraceError(ValueError):
    """The row of a cell has no table and key."""


# f-strings of escaped texts, not Markup.format: a site has a million of these.


def origin(row: Row) -> Markup:
    """The attributes of an element whose descendants show cells of this row. Raises TraceError where it has no one table."""
    if row.table is None:
        raise TraceError(f"a row of no one published table cannot be traced: select its primary key, from one table ({list(row)})")
    return Markup(f'data-from="{row.table}" data-key="{escape(row.key)}"')


def table_origin(row: Row, parts: int) -> Markup:
    """The attributes of an element around many rows that share the first `parts` columns of their key; they carry `row_origin(row, parts)`."""
    if row.table is None or row.key is None:
        raise TraceError(f"a row of no one published table cannot be traced ({list(row)})")
    return Markup(f'data-from="{row.table}" data-key="{escape("|".join(row.key.split("|")[:parts]))}"')


def row_origin(row: Row, parts: int) -> Markup:
    """The rest of a row's key, after that of the element around it."""
    return Markup(f'data-key="|{escape("|".join((row.key or "").split("|")[parts:]))}"')


def column(name: str, form: str | None = None) -> Markup:
    """The attributes of an element (or a <th>) that shows a column."""
    return Markup(f'data-col="{name}" data-as="{form}"' if form else f'data-col="{name}"')


def text(row: Mapping[str, Any], name: str, form: str | None = None) -> str:
    """The text of a cell, for an element that carries its attributes itself (or whose <th> does)."""
    return cell_text(row[name], row, form)


def cell(
    row: Row, name: str, form: str | None = None, tag: str = "span", css: str = "", with_origin: bool = False, empty: str | None = NO_VALUE
) -> Markup:
    """An element with the cell of a row; with its origin where no ancestor has it. For null a dash, or `empty` as it is."""
    if row[name] is None and empty != NO_VALUE:
        return escape(empty or "")
    attributes = column(name, form)
    if with_origin:
        attributes = Markup(f"{attributes} {origin(row)}")
    if css:
        attributes = Markup(f'{attributes} class="{css}"')
    return Markup(f"<{tag} {attributes}>{escape(cell_text(row[name], row, form))}</{tag}>")


def query(marts: Marts, sql: str, form: str | None = None, tag: str = "span", css: str = "") -> Markup:
    """An element with the one cell of a query, which the page carries."""
    attributes = Markup('data-sql="{}"').format(" ".join(sql.split()))
    if form:
        attributes += Markup(' data-as="{}"').format(form)
    if css:
        attributes += Markup(' class="{}"').format(css)
    return Markup("<{} {}>{}</{}>").format(Markup(tag), attributes, cell_text(marts.value(sql), {}, form), Markup(tag))


def helpers(marts: Marts) -> dict[str, Any]:
    """The functions above, by their names in templates."""

    def count(sql: str, form: str | None = None, css: str = "") -> Markup:
        return query(marts, sql, form, css=css)

    return {
        "origin": origin,
        "table_origin": table_origin,
        "row_origin": row_origin,
        "column": column,
        "text": text,
        "cell": cell,
        "query": count,
        "escape": escape,
    }
