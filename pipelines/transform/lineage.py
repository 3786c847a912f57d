"""Which source columns reach which columns of the models as values, worked out from the models' compiled SQL.

A value is carried by whatever hands it on or computes with it: a column, an expression (`upper(x)`, `x || y`), a branch of CASE, a star,
a union, a subquery, min, max, sum, a window. It is not carried by what only decides which rows or branches count: WHERE, JOIN, GROUP BY,
HAVING, FILTER, ORDER BY, PARTITION BY, the tests of CASE, IS NULL, IN, EXISTS. Nor is it by a count of rows or of different values.

Where the SQL leaves it open (a column without its table's name, a pivot, a function of unknown shape), more is taken to be carried rather
than less. Columns that hold nothing of interest are not followed, so no schema is needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

import sqlglot
from sqlglot import exp

# Source column -> the columns of models through which it came, the first one first.
Origins = dict[str, tuple[str, ...]]

# In `Relation.carried`: whatever column is asked for.
ANY = "*"

# Each gives a number of rows, or of different values.
COUNTS = (exp.Count, exp.CountIf, exp.ApproxDistinct, exp.Exists)
# The argument of an expression that it hands on, where the others only decide which row counts or in what order.
HANDED_ON = (exp.Filter, exp.Window, exp.Order, exp.Ordered, exp.ArgMax, exp.ArgMin, exp.IgnoreNulls, exp.RespectNulls, exp.HavingMax)


class LineageError(ValueError):
    """SQL that cannot be followed; the message names the model."""


@dataclass(frozen=True)
class Relation:
    """A table or query as those that read it see it.

    columns  its columns in order, None where only the database knows them
    carried  by column, which source columns reach it
    """

    columns: tuple[str, ...] | None = None
    carried: Mapping[str, Origins] = field(default_factory=dict)

    def reaching(self, column: str) -> Origins:
        return _together(self.carried.get(column, {}), self.carried.get(ANY, {}))

    def all_carried(self) -> Origins:
        return _together(*self.carried.values())

    def signature(self) -> tuple[tuple[str, ...] | None, set[tuple[str, str]]]:
        """What it is but for the paths."""
        return self.columns, {(column, source) for column, origins in self.carried.items() for source in origins}

    def renamed(self, names: list[str]) -> Relation:
        """The same with other names for its first columns, as `t(a, b)` gives them."""
        if not names:
            return self
        if self.columns is None:  # which of them is which is not known
            return Relation(None, {ANY: self.all_carried()})
        columns = (*names, *self.columns[len(names) :])
        return Relation(columns, {new: self.reaching(old) for new, old in zip(columns, self.columns, strict=False) if self.reaching(old)})


@dataclass(frozen=True)
class Scope:
    """What a name can mean at a place of a query: tables by their names, tables of FROM by their aliases, and the query around."""

    tables: Mapping[str, Relation]
    read: Mapping[str, Relation] = field(default_factory=dict)
    around: Scope | None = None

    def reaching(self, table: str, column: str) -> Origins:
        if table and table in self.read:
            return self.read[table].reaching(column)
        found = [self.around.reaching(table, column)] if self.around else []
        name = table or column  # of a column `table` that is a struct, a field; or the name alone
        found += [relation.reaching(name) for relation in self.read.values()]
        if column in self.read and not table:  # a whole row as one value
            found.append(self.read[column].all_carried())
        return _together(*found)


@dataclass(frozen=True)
class Lineage:
    """What reaches each column of each model, and which of the places were met where an origin ends."""

    relations: Mapping[str, Relation]
    ended: frozenset[tuple[str, str]]


def model_lineage(sql: Mapping[str, str], sources: Mapping[str, Relation], ends: Collection[tuple[str, str]] = ()) -> Lineage:
    """For each model, what reaches each of its columns. Raises LineageError.

    sql      compiled SQL by `schema.model`, each after those it reads
    sources  by `schema.table`, the tables that are no models; a table that stands nowhere carries nothing
    ends     (source column, `schema.model.column`): from there on the source column is not followed
    """
    known = dict(sources)
    ended = set()
    for model, text in sql.items():
        try:
            (query,) = sqlglot.parse(text, dialect="duckdb")
        except (sqlglot.errors.SqlglotError, ValueError) as error:
            raise LineageError(f"the SQL of {model} cannot be read to follow its columns: {error}") from error
        if not isinstance(query, exp.Query):
            raise LineageError(f"the SQL of {model} is no query, so its columns cannot be followed")
        relation = _query(query, Scope(known))
        carried: dict[str, Origins] = {}
        for column, origins in relation.carried.items():
            place = f"{model}.{column}"
            ended |= {(source, place) for source in origins if (source, place) in ends}
            if going_on := {source: (*path, place) for source, path in origins.items() if (source, place) not in ends}:
                carried[column] = going_on
        known[model] = replace(relation, carried=carried)
    return Lineage({model: known[model] for model in sql}, frozenset(ended))


def _together(*origins: Origins) -> Origins:
    return reduce(lambda all_, more: {**more, **all_}, origins, {})


def _query(query: exp.Expr, scope: Scope) -> Relation:
    scope = _with_common_tables(query, scope)
    if isinstance(query, exp.Subquery):
        return _pivoted(query, _query(query.this, scope), scope)
    if isinstance(query, exp.SetOperation):
        return _set_operation(query, scope)
    if isinstance(query, exp.Select):
        return _select(query, scope)
    if isinstance(query, exp.Values):
        return Relation(None, {ANY: _together(*(_value(row, scope) for row in query.expressions))})
    if isinstance(query, exp.Table):  # FROM x, without SELECT
        return _read(query, scope)
    return Relation(None, {ANY: _value(query, scope)})


def _with_common_tables(query: exp.Expr, scope: Scope) -> Scope:
    common = query.args.get("with_")
    tables = dict(scope.tables)
    is_recursive = bool(common and common.recursive)
    for table in common.expressions if common else ():
        name, names = table.alias.lower(), [column.name.lower() for column in table.args["alias"].columns]
        if is_recursive:
            tables[name] = Relation()  # as long as it reads itself, what it hands on may grow
        while True:
            found = _query(table.this, replace(scope, tables=dict(tables))).renamed(names)
            is_final = not is_recursive or found.signature() == tables[name].signature()
            tables[name] = found
            if is_final:
                break
    return replace(scope, tables=tables)


def _set_operation(query: exp.SetOperation, scope: Scope) -> Relation:
    left, right = _query(query.left, scope), _query(query.right, scope)
    if isinstance(query, exp.Except):  # the right side takes rows away
        return left
    if query.args.get("by_name"):
        columns = None if left.columns is None or right.columns is None else tuple(dict.fromkeys((*left.columns, *right.columns)))
        return Relation(columns, {c: _together(left.carried.get(c, {}), right.carried.get(c, {})) for c in {**left.carried, **right.carried}})
    if left.columns is None or right.columns is None or len(left.columns) != len(right.columns):
        # which column of the right meets which of the left is not known
        return Relation(left.columns, {**left.carried, ANY: _together(left.carried.get(ANY, {}), right.all_carried())})
    pairs = zip(left.columns, right.columns, strict=True)
    return Relation(left.columns, {a: both for a, b in pairs if (both := _together(left.reaching(a), right.reaching(b)))})


def _select(query: exp.Select, scope: Scope) -> Relation:
    inner = Scope(scope.tables, {}, scope)
    from_ = query.args.get("from_")
    items = [from_.this] if from_ else []
    items += [join.this for join in query.args.get("joins") or ()]
    items += query.args.get("laterals") or []
    for item in items:
        for name, relation in _tables_of(item, inner):
            inner = replace(inner, read={**inner.read, name or f"?{len(inner.read)}": relation})
    columns: list[str] | None = []
    carried: dict[str, Origins] = {}
    for expression in query.expressions:
        names, found = _projection(expression, inner, Relation(None, carried))
        columns = None if columns is None or names is None else [*columns, *names]
        for name, origins in found.items():
            carried[name] = _together(carried.get(name, {}), origins)
    return Relation(None if columns is None else tuple(columns), {name: origins for name, origins in carried.items() if origins})


def _projection(expression: exp.Expr, scope: Scope, earlier: Relation) -> tuple[list[str] | None, dict[str, Origins]]:
    """(columns in order, what each carries) of one item of a SELECT list. `earlier` are those before it, whose aliases it may use."""
    star = expression.this if isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star) else expression
    if isinstance(star, exp.Star):
        table = expression.table.lower() if isinstance(expression, exp.Column) else ""
        return _star(star, [scope.read[table]] if table in scope.read else list(scope.read.values()), scope)
    if expression.find(exp.Columns):
        return None, {ANY: _together(*(relation.all_carried() for relation in scope.read.values()))}
    if isinstance(expression, exp.Aliases):  # one value, several names
        names = [name.name.lower() for name in expression.expressions]
        return names, dict.fromkeys(names, _value(expression.this, scope, earlier))
    name = (expression.alias or expression.output_name or expression.sql(dialect="duckdb")).lower()
    return [name], {name: _value(expression.unalias(), scope, earlier)}


def _star(star: exp.Star, relations: list[Relation], scope: Scope) -> tuple[list[str] | None, dict[str, Origins]]:
    left_out = {column.name.lower() for column in star.args.get("except_") or ()}
    renamed = {item.this.name.lower(): item.alias.lower() for item in star.args.get("rename") or ()}
    replaced = {item.alias.lower(): _value(item.this, scope) for item in star.args.get("replace") or ()}
    columns: list[str] | None = []
    carried: dict[str, Origins] = {}
    for relation in relations:
        known = relation.columns
        columns = None if columns is None or known is None else [*columns, *(renamed.get(c, c) for c in known if c not in left_out)]
        for column, origins in relation.carried.items():
            if column not in left_out and column not in replaced:
                name = renamed.get(column, column)
                carried[name] = _together(carried.get(name, {}), origins)
    return columns, carried | replaced


def _tables_of(item: exp.Expr, scope: Scope) -> Iterator[tuple[str, Relation]]:
    """(alias, relation) of one item of FROM, and of the joins within it."""
    if isinstance(item, exp.Paren):
        yield from _tables_of(item.this, scope)
        return
    yield item.alias_or_name.lower(), _read(item, scope)
    for join in item.args.get("joins") or ():
        yield from _tables_of(join.this, scope)


def _read(item: exp.Expr, scope: Scope) -> Relation:
    alias = item.args.get("alias")
    names = [column.name.lower() for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
    if isinstance(item, exp.Table) and isinstance(item.this, exp.Identifier):
        name = f"{item.db}.{item.name}".lower() if item.db else item.name.lower()
        return _pivoted(item, scope.tables.get(name, Relation()), scope).renamed(names)
    if isinstance(item, exp.Subquery | exp.Query):
        return _query(item, scope).renamed(names)
    if isinstance(item, exp.Lateral) and isinstance(item.this, exp.Subquery):
        return _query(item.this, scope).renamed(names)
    # a function over tables or lists: what goes in may come out in any column
    origins = _value(item.this if isinstance(item, exp.Table) else item, scope)
    return Relation(tuple(names) or None, {ANY: origins} if origins else {})


def _pivoted(item: exp.Expr, relation: Relation, scope: Scope) -> Relation:
    """The relation after its PIVOT or UNPIVOT: columns it groups by keep their names, and any other may hold what it computes with."""
    for pivot in item.args.get("pivots") or ():
        inner = Scope(scope.tables, {"": relation}, scope)
        moved = _together(*(_value(e, inner) for e in (*pivot.expressions, *(pivot.args.get("fields") or ()))))
        # UNPIVOT lists its columns without a table; their names say what is moved
        named = [relation.carried.get(c.name.lower(), {}) for c in pivot.find_all(exp.Identifier)]
        kept = dict(relation.carried)
        if both := _together(moved, *(named if pivot.unpivot else ())):
            kept[ANY] = _together(kept.get(ANY, {}), both)
        relation = Relation(None, kept)
    return relation


def _value(expression: exp.Expr, scope: Scope, earlier: Relation | None = None) -> Origins:
    """What reaches the value of an expression."""
    if isinstance(expression, exp.Column):
        table, column = expression.table.lower(), expression.name.lower()
        found = scope.reaching(table, column)
        return found if table or earlier is None else _together(found, earlier.carried.get(column, {}))
    if isinstance(expression, COUNTS):
        return {}
    if isinstance(expression, exp.Query):
        return _query(expression, scope).all_carried()
    if isinstance(expression, exp.Table):
        return _read(expression, scope).all_carried()
    return _together(*(_value(part, scope, earlier) for part in _parts(expression)))


def _parts(expression: exp.Expr) -> Iterable[exp.Expr]:
    """The parts of an expression of which its value is made: not the tests of CASE, and not what only orders or selects."""
    if isinstance(expression, exp.Case):
        branches = [branch.args["true"] for branch in expression.args["ifs"]]
        return [*branches, expression.args["default"]] if expression.args.get("default") else branches
    if isinstance(expression, exp.If):
        return [part for key in ("true", "false") if (part := expression.args.get(key))]
    if isinstance(expression, exp.In) or (isinstance(expression, exp.Is) and isinstance(expression.expression, exp.Null)):
        return []
    if isinstance(expression, exp.WithinGroup):  # a quantile is one of the values that it orders
        return [expression.this, *(ordered.this for ordered in expression.expression.expressions)]
    if isinstance(expression, HANDED_ON):
        return [expression.this] if expression.this else []
    return list(expression.iter_expressions())
