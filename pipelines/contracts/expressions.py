"""The expressions by which a layout derives a column from a file's columns: SQL in which a closed list of functions may be called.

No code runs and nothing beside the row is read, so that a layout from a stranger is safe. sqlglot parses; what is not on the lists below is
refused by name. A "quoted name" is a header of the file (`"Nature#2"`: the second of that name), always a text; a plain name is a column
of the feed as the layout has it. Kinds: text, number, truth, time (a moment, in UTC). Texts are read as numbers where numbers are needed.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

import polars as pl
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType
from sqlglot.tokens import Tokenizer

from pipelines.contracts.texts import TIMES_OF_NOTHING, clock_and_shift, number_of, problem_of_format, short_september, without_zone

TEXT, NUMBER, TRUTH, TIME = "text", "number", "truth", "time"
MAX_LENGTH = 4_000
MAX_DEPTH = 100
# Words that may stand before a parenthesis and call nothing.
_KEYWORDS = {"and", "or", "not", "in", "when", "then", "else", "case", "like", "ilike", "between", "is"}
_PREFIX = "layout_"
MOMENT_FORMAT = "%Y-%m-%d %H:%M:%S%.6f"
# A clock reading this much before the time it follows is a clock that lags; further back, it is the next day's.
LAG_SECONDS = 1_800
_CLOCK = r"^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s*([AaPp]\.?[Mm]\.?)?$"
_DURATION = r"^(?:(\d+)\s*[d.]\s*)?(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)$"
_SECONDS = r"^\d+(?:\.\d+)?$"


class ExpressionError(ValueError):
    """An expression that cannot be used; the message says what and the way out."""


@dataclass(frozen=True)
class Value:
    """An expression of polars, and what kind of value it gives; a null has every kind."""

    kind: str | None
    expr: pl.Expr


@dataclass
class Scope:
    """What names stand for (headers of the file, columns of the feed that are derived before), whose clock texts show, and the rows.

    Each step of an expression becomes a column of `frame`: in one expression of polars, what a step reads more than once would be worked
    out that often, and nested steps would multiply.
    """

    headers: Callable[[str], Value]
    columns: Mapping[str, Value]
    time_zone: str
    decimal_mark: str | None = None
    frame: pl.DataFrame = field(default_factory=lambda: pl.DataFrame({"row": [0]}))
    known: dict[int, tuple[exp.Expression, Value]] = field(default_factory=dict)  # by the identity of the node, which is kept for that

    def step(self, node: exp.Expression, value: Value) -> Value:
        """The value as a column of the frame, and known from now on."""
        if not value.expr.meta.is_column() and not value.expr.meta.is_literal():
            name = f"step {self.frame.width}"
            self.frame = self.frame.with_columns(value.expr.alias(name))
            value = Value(value.kind, pl.col(name))
        self.known[id(node)] = node, value
        return value


@lru_cache(maxsize=512)
def parse(text: str) -> exp.Expression:
    """The tree of an expression. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"is longer than {MAX_LENGTH:,} characters")
    try:
        trees = sqlglot.parse(_with_own_functions(text))
    except (SqlglotError, RecursionError) as error:
        first = re.sub(r"\x1b\[\d*m", "", str(error)).splitlines()[0]
        raise ExpressionError(f"is no SQL expression ({first})") from error
    if len(trees) != 1 or not isinstance(tree := trees[0], exp.Expression):
        raise ExpressionError("is not one SQL expression")
    nodes: list[exp.Expr] = [tree]
    depth = 0
    while nodes:
        depth += 1
        if depth > MAX_DEPTH:
            raise ExpressionError(f"is nested more than {MAX_DEPTH} deep")
        nodes = [child for node in nodes for child in node.iter_expressions()]
    return tree


def _with_own_functions(text: str) -> str:
    """The text with a prefix before each function's name, so that the parser takes none for one that it knows: FUNCTIONS says what each does."""
    tokens = Tokenizer().tokenize(text)
    for token, following in reversed(list(itertools.pairwise(tokens))):
        is_name = token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER) and token.text.isidentifier()
        if following.token_type == TokenType.L_PAREN and is_name and token.text.lower() not in _KEYWORDS:
            text = text[: token.start] + _PREFIX + text[token.start :]
    return text


def headers_of(text: str) -> frozenset[str]:
    """The headers that an expression reads, as it writes them."""
    return frozenset(c.name for c in parse(text).find_all(exp.Column) if c.this.quoted)


def columns_of(text: str) -> frozenset[str]:
    """The columns of the feed that an expression reads."""
    return frozenset(c.name.lower() for c in parse(text).find_all(exp.Column) if not c.this.quoted)


def derivation_order(texts: Mapping[str, str]) -> list[str]:
    """The columns so that each stands behind those that it reads. Raises ExpressionError where they read each other."""
    try:
        return list(TopologicalSorter({name: columns_of(text) & set(texts) for name, text in texts.items()}).static_order())
    except CycleError as error:
        raise ExpressionError(f"the columns {', '.join(dict.fromkeys(error.args[1]))} are derived from each other") from error


def _times_read(text: str) -> list[exp.Expression]:
    """The calls of time() in an expression."""
    return [node for node in parse(text).find_all(exp.Anonymous) if str(node.this).lower() == f"{_PREFIX}time"]


@lru_cache(maxsize=512)
def time_formats(text: str) -> tuple[str, ...]:
    """The formats by which an expression reads times."""
    return tuple(str(fmt.this) for call in _times_read(text) for fmt in call.expressions[1:])


def text_of_time(text: str, scope: Scope) -> pl.Expr | None:
    """The text from which an expression reads a time; None where it reads none."""
    texts = [_text(_value(call.expressions[0], scope), "time()") for call in _times_read(text)]
    return pl.coalesce(texts) if texts else None


def compiled(text: str, scope: Scope) -> Value:
    """The expression over the names of the scope, as a column of its frame. Raises ExpressionError, or a PolarsError of types that do not fit."""
    return _value(parse(text), scope)


def unread(text: str, scope: Scope) -> pl.Expr:
    """Whether the expression gives nothing because a text that it reads is no time or number: such a row is at fault, not empty."""
    return _unread(parse(text), scope).fill_null(False)


def as_text(value: Value) -> pl.Expr:
    """The value as a file would hold it."""
    if value.kind == TIME:
        return value.expr.dt.strftime(MOMENT_FORMAT) + "Z"
    if value.kind == NUMBER:
        number = value.expr.cast(pl.Float64)
        is_whole = (number == number.round(0)) & (number.abs() < 2**53)
        return pl.when(is_whole).then(number.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(number.cast(pl.String))
    return value.expr.cast(pl.String)


# --- kinds -----------------------------------------------------------------------------------------------------------


def _number(value: Value, place: str, scope: Scope) -> pl.Expr:
    if value.kind == TEXT:
        return number_of(value.expr, scope.decimal_mark)
    return _of(value, NUMBER, place).cast(pl.Float64)


def _of(value: Value, kind: str, place: str) -> pl.Expr:
    if value.kind not in (kind, None):
        raise ExpressionError(f"{place} needs a {kind}, not a {value.kind}")
    return value.expr


def _moment(value: Value, place: str) -> pl.Expr:
    if value.kind == TEXT:
        raise ExpressionError(f"{place} needs a time; read the text with time(…, '%d/%m/%Y %H:%M')")
    return _of(value, TIME, place).cast(pl.Datetime("us"))


def _text(value: Value, place: str) -> pl.Expr:
    if value.kind == TIME:
        raise ExpressionError(f"{place} needs a text, not a time")
    return as_text(value)


def _common(values: list[Value], place: str) -> list[Value]:
    """The values in one kind: numbers beside texts are texts."""
    kinds = {v.kind for v in values} - {None}
    if len(kinds) <= 1:
        return values
    if kinds == {TEXT, NUMBER}:
        return [Value(TEXT, as_text(v)) for v in values]
    raise ExpressionError(f"{place} mixes {' and '.join(sorted(str(k) for k in kinds))}; its values need one kind")


def _kind(values: list[Value]) -> str | None:
    return next((v.kind for v in values if v.kind), None)


# --- functions -------------------------------------------------------------------------------------------------------


def _literal(node: exp.Expression, place: str) -> str:
    if not isinstance(node, exp.Literal):
        raise ExpressionError(f"{place} needs a text or number written out at this place")
    return str(node.this)


def _format(node: exp.Expression, place: str) -> str:
    fmt = _literal(node, place)
    if problem := problem_of_format(fmt):
        raise ExpressionError(f"{place}: {problem}")
    return fmt


def _pattern(node: exp.Expression, place: str) -> str:
    pattern = _literal(node, place)
    try:
        pl.select(pl.lit("").str.contains(pattern))
    except pl.exceptions.PolarsError as error:
        raise ExpressionError(f"{place}: {pattern!r} is no regular expression") from error
    return pattern


def _to_utc(local: pl.Expr, zone: str) -> pl.Expr:
    """A clock reading as a moment: the first where there are two, an hour on where there is none."""

    def zoned(time: pl.Expr) -> pl.Expr:
        return time.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC").dt.replace_time_zone(None)

    return pl.coalesce(zoned(local), zoned(local.dt.offset_by("1h")))


def to_local(moment: pl.Expr, zone: str) -> pl.Expr:
    """A moment as the zone's clock shows it."""
    return moment.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)


def _time(args: list[exp.Expression], scope: Scope) -> Value:
    text = _text(_value(args[0], scope), "time()")
    text = pl.when(~text.str.strip_chars().str.to_lowercase().is_in(TIMES_OF_NOTHING)).then(text)
    moments = [_moment_by(short_september(text, fmt), fmt, scope.time_zone) for fmt in (_format(a, "time()") for a in args[1:])]
    return Value(TIME, pl.coalesce([pl.when(t.dt.year().is_between(1900, 2100)).then(t) for t in moments]))


def _moment_by(text: pl.Expr, fmt: str, zone: str) -> pl.Expr:
    """The moment that a text names by one format: on the zone's clock, unless the text itself names an offset or zone."""
    if "%z" in fmt:
        return text.str.to_datetime(fmt, strict=False, time_unit="us").dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    plain = without_zone(fmt)
    clock, ahead = clock_and_shift(text)
    named = clock.str.to_datetime(plain, strict=False, time_unit="us") - pl.duration(minutes=ahead)
    return pl.coalesce(_to_utc(text.str.to_datetime(plain, strict=False, time_unit="us"), zone), named)


def _epoch(per_second: int) -> Callable[[list[exp.Expression], Scope], Value]:
    def read(args: list[exp.Expression], scope: Scope) -> Value:
        value = _value(args[0], scope)
        if value.kind == TEXT:  # 1.69E+12 has lost its seconds
            value = Value(TEXT, pl.when(~value.expr.str.contains("[eE]")).then(value.expr))
        microseconds = (_number(value, "epoch()", scope) * (1_000_000 // per_second)).round(0)
        moment = microseconds.cast(pl.Int64, strict=False).cast(pl.Datetime("us"))
        moment = pl.when(microseconds != 0).then(moment)  # nought is how it says "never"
        return Value(TIME, pl.when(moment.dt.year().is_between(1900, 2100)).then(moment))

    return read


def _seconds(args: list[exp.Expression], scope: Scope) -> Value:
    """`80`, `0:27:15`, `1.02:03:04` (days) as seconds; with 'm:ss' or 'h:mm', two numbers too."""
    text = _text(_value(args[0], scope), "seconds()")
    parts = [text.str.extract(_DURATION, n).cast(pl.Float64, strict=False) for n in (1, 2, 3, 4)]
    long = parts[0].fill_null(0) * 86_400 + parts[1] * 3_600 + parts[2] * 60 + parts[3]
    plain = pl.when(text.str.contains(_SECONDS)).then(text.cast(pl.Float64, strict=False))
    readings = [long, plain]
    if len(args) > 1:
        unit = {"m:ss": 1, "h:mm": 60}.get(_literal(args[1], "seconds()"))
        if unit is None:
            raise ExpressionError("seconds(): the second place says how two numbers are meant: 'm:ss' or 'h:mm'")
        short = r"^(\d+):([0-5]\d)$"
        readings.append((text.str.extract(short, 1).cast(pl.Float64) * 60 + text.str.extract(short, 2).cast(pl.Float64)) * unit)
    return Value(NUMBER, pl.coalesce(readings))


def _days(args: list[exp.Expression], scope: Scope) -> Value:
    """A fraction of a day, as spreadsheets keep durations, in seconds."""
    return Value(NUMBER, (_number(_value(args[0], scope), "days()", scope) * 86_400).round(3))


def _excel_time(args: list[exp.Expression], scope: Scope) -> Value:
    """Days since 30 December 1899 on the layout's clock, as spreadsheets keep times."""
    seconds = (_number(_value(args[0], scope), "excel_time()", scope) * 86_400).round(0)
    local = pl.datetime(1899, 12, 30) + pl.duration(seconds=seconds.cast(pl.Int64, strict=False))
    return Value(TIME, _to_utc(pl.when(local.dt.year().is_between(1900, 2100)).then(local.cast(pl.Datetime("us"))), scope.time_zone))


def _time_after(args: list[exp.Expression], scope: Scope) -> Value:
    """The first moment, not before the given one, at which the clock shows this time of day (so that it wraps at midnight)."""
    start = to_local(_moment(_value(args[0], scope), "time_after()"), scope.time_zone)
    clock = _text(_value(args[1], scope), "time_after()")
    hour, minute = (clock.str.extract(_CLOCK, n).cast(pl.Int64, strict=False) for n in (1, 2))
    second = clock.str.extract(_CLOCK, 3).cast(pl.Float64, strict=False)
    half = clock.str.extract(_CLOCK, 4).str.to_lowercase().str.slice(0, 1)
    hour = pl.when(half.is_null()).then(hour).when(hour.is_between(1, 12)).then(hour % 12 + pl.when(half == "p").then(12).otherwise(0))
    hour = pl.when((hour < 24) & (minute < 60)).then(hour)
    milliseconds = ((hour * 3_600 + minute * 60) * 1_000 + (second.fill_null(0) * 1_000).cast(pl.Int64)).cast(pl.Int64)
    same_day = start.dt.truncate("1d") + pl.duration(milliseconds=milliseconds)
    lag = pl.duration(seconds=LAG_SECONDS)
    local = pl.when(same_day >= start.dt.truncate("1m") - lag).then(same_day).otherwise(same_day + pl.duration(days=1))
    # Shortly after midnight the clock of a minute earlier shows the evening before.
    local = pl.when(same_day - pl.duration(days=1) >= start.dt.truncate("1m") - lag).then(same_day - pl.duration(days=1)).otherwise(local)
    return Value(TIME, _to_utc(local.cast(pl.Datetime("us")), scope.time_zone))


def _lookup(args: list[exp.Expression], scope: Scope) -> Value:
    """`lookup("Beat", 'SWI1', 'Swindon', …, 'otherwise')`: pairs of a text and what it stands for, and what all others do."""
    text = _text(_value(args[0], scope), "lookup()")
    pairs = args[1:]
    other = _value(pairs[-1], scope) if len(pairs) % 2 else Value(None, pl.lit(None))
    known = {_literal(pairs[i], "lookup()").lower(): _value(pairs[i + 1], scope) for i in range(0, len(pairs) - 1, 2)}
    values = _common([*known.values(), other], "lookup()")
    result = values[-1].expr
    for word, value in zip(known, values[:-1], strict=True):
        result = pl.when(text.str.to_lowercase() == word).then(value.expr).otherwise(result)
    return Value(_kind(values), result)


def _coalesce(args: list[exp.Expression], scope: Scope) -> Value:
    values = _common([_value(a, scope) for a in args], "coalesce()")
    return Value(_kind(values), pl.coalesce([v.expr for v in values]))


def _nullif(args: list[exp.Expression], scope: Scope) -> Value:
    value, other = _value(args[0], scope), _value(args[1], scope)
    same = _compared(value, other, "nullif()", scope, lambda a, b: a == b)
    return Value(value.kind, pl.when(~same.fill_null(False)).then(value.expr))


def _concat(args: list[exp.Expression], scope: Scope) -> Value:
    return Value(TEXT, pl.concat_str([_text(_value(a, scope), "concat()") for a in args], ignore_nulls=True))


def _of_text(function: Callable[..., pl.Expr], kind: str = TEXT, read: Callable[[exp.Expression, str], Any] = _literal) -> Any:
    """A function of a text and of places written out."""

    def call(args: list[exp.Expression], scope: Scope) -> Value:
        return Value(kind, function(_text(_value(args[0], scope), "the function"), *(read(a, "the function") for a in args[1:])))

    return call


def _of_numbers(function: Callable[..., pl.Expr]) -> Any:
    def call(args: list[exp.Expression], scope: Scope) -> Value:
        return Value(NUMBER, function(*(_number(_value(a, scope), "the function", scope) for a in args)))

    return call


def _as(kind: str) -> Any:
    def call(args: list[exp.Expression], scope: Scope) -> Value:
        value = _value(args[0], scope)
        return Value(kind, _text(value, "text()") if kind == TEXT else _number(value, "number()", scope))

    return call


def _extreme(function: Callable[..., pl.Expr], name: str) -> Any:
    def call(args: list[exp.Expression], scope: Scope) -> Value:
        values = _common([_value(a, scope) for a in args], name)
        if _kind(values) == TEXT:
            values = [Value(NUMBER, _number(v, name, scope)) for v in values]
        return Value(_kind(values), function([v.expr for v in values]))

    return call


def _substring(text: pl.Expr, start: str, length: str | None = None) -> pl.Expr:
    return text.str.slice(max(int(start) - 1, 0), None if length is None else int(length))


# name: (least and greatest number of places, the function)
FUNCTIONS: dict[str, tuple[int, int, Callable[[list[exp.Expression], Scope], Value]]] = {
    "time": (2, 9, _time),
    "time_after": (2, 2, _time_after),
    "epoch": (1, 1, _epoch(1)),
    "epoch_ms": (1, 1, _epoch(1_000)),
    "excel_time": (1, 1, _excel_time),
    "seconds": (1, 2, _seconds),
    "days": (1, 1, _days),
    "lookup": (3, 999, _lookup),
    "coalesce": (1, 99, _coalesce),
    "nullif": (2, 2, _nullif),
    "concat": (1, 99, _concat),
    "text": (1, 1, _as(TEXT)),
    "number": (1, 1, _as(NUMBER)),
    "upper": (1, 1, _of_text(lambda t: t.str.to_uppercase())),
    "lower": (1, 1, _of_text(lambda t: t.str.to_lowercase())),
    "trim": (1, 1, _of_text(lambda t: t.str.strip_chars())),
    "length": (1, 1, _of_text(lambda t: t.str.len_chars(), NUMBER)),
    "left": (2, 2, _of_text(lambda t, n: t.str.slice(0, int(n)))),
    "right": (2, 2, _of_text(lambda t, n: t.str.tail(int(n)))),
    "substring": (2, 3, _of_text(_substring)),
    "replace": (3, 3, _of_text(lambda t, old, new: t.str.replace_all(old, new, literal=True))),
    "split_part": (3, 3, _of_text(lambda t, mark, n: t.str.split(mark).list.get(int(n) - 1, null_on_oob=True))),
    "lpad": (3, 3, _of_text(lambda t, n, fill: t.str.pad_start(int(n), fill))),
    "matches": (2, 2, _of_text(lambda t, p: t.str.contains(p), TRUTH, _pattern)),
    "extract_text": (2, 2, _of_text(lambda t, p: t.str.extract(p, 1), TEXT, _pattern)),
    "abs": (1, 1, _of_numbers(lambda x: x.abs())),
    "round": (1, 1, _of_numbers(lambda x: x.round(0))),
    "floor": (1, 1, _of_numbers(lambda x: x.floor())),
    "greatest": (2, 99, _extreme(pl.max_horizontal, "greatest()")),
    "least": (2, 99, _extreme(pl.min_horizontal, "least()")),
}


# The functions that read a text, and at which place it stands.
_READERS = {"time": 0, "time_after": 1, "epoch": 0, "epoch_ms": 0, "excel_time": 0, "seconds": 0, "days": 0, "number": 0}


def _unread(node: exp.Expression, scope: Scope) -> pl.Expr:
    if isinstance(node, exp.Case):
        default = node.args.get("default")
        result = _unread(default, scope) if default else pl.lit(False)
        for hit, branch in reversed(list(zip(_hits(node, scope), node.args["ifs"], strict=True))):
            result = pl.when(hit).then(_unread(branch.args["true"], scope)).otherwise(result)
        return result
    found = [_unread(child, scope) for child in node.iter_expressions()]
    name = str(node.this).lower().removeprefix(_PREFIX) if isinstance(node, exp.Anonymous) else None
    if name in _READERS:
        others = [_value(arg, scope).expr.is_not_null() for arg in node.expressions[: _READERS[name]]]
        read = _value(node.expressions[_READERS[name]], scope)
        found.append(pl.all_horizontal(_says_something(read), *others) & _value(node, scope).expr.is_null())
    elif isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div, *_COMPARISONS)):
        sides = [_value(side, scope) for side in (node.this, node.expression)]
        if not isinstance(node, tuple(_COMPARISONS)) or NUMBER in (side.kind for side in sides):
            found += [_is_given(side.expr) & number_of(side.expr, scope.decimal_mark).is_null() for side in sides if side.kind == TEXT]
    any_unread = pl.any_horizontal(found) if found else pl.lit(False)
    return any_unread & _value(node, scope).expr.is_null() if name == "coalesce" else any_unread


def _is_given(text: pl.Expr) -> pl.Expr:
    return (text.str.strip_chars() != "").fill_null(False)


def _says_something(value: Value) -> pl.Expr:
    """Whether there is something to read: nought and the times of nothing say that there was no such moment."""
    text = as_text(value).str.strip_chars()
    return _is_given(text) & ~text.str.to_lowercase().is_in(TIMES_OF_NOTHING) & ~text.str.contains(r"^0+(\.0+)?$")


# --- the tree --------------------------------------------------------------------------------------------------------


def _compared(left: Value, right: Value, place: str, scope: Scope, compare: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> pl.Expr:
    kinds = {left.kind, right.kind} - {None}
    if kinds == {TEXT, NUMBER}:
        return compare(_number(left, place, scope), _number(right, place, scope))
    if len(kinds) > 1:
        raise ExpressionError(f"{place} compares a {left.kind} with a {right.kind}")
    return compare(left.expr, right.expr)


_COMPARISONS: dict[type[exp.Expression], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    exp.EQ: lambda a, b: a == b,
    exp.NEQ: lambda a, b: a != b,
    exp.LT: lambda a, b: a < b,
    exp.LTE: lambda a, b: a <= b,
    exp.GT: lambda a, b: a > b,
    exp.GTE: lambda a, b: a >= b,
}


def _value(node: exp.Expression, scope: Scope) -> Value:
    if (known := scope.known.get(id(node))) is not None:
        return known[1]
    rule = next((rule for kind, rule in _RULES if isinstance(node, kind)), None)
    if rule is None:
        shown = node.sql().replace(_PREFIX.upper(), "")[:40]
        raise ExpressionError(f"may not use {type(node).__name__.lower()} ({shown}); docs/adding-a-feed.md lists what may be used")
    return scope.step(node, rule(node, scope))


def _name(node: exp.Expression, scope: Scope) -> Value:
    if node.args.get("table"):
        raise ExpressionError(f"{node.sql()}: a name has no table before it")
    if node.this.quoted:
        return scope.headers(node.name)
    name = node.name.lower()
    if name not in scope.columns:
        near = difflib.get_close_matches(name, scope.columns, 1, 0.5)
        raise ExpressionError(
            f"{node.name} is no column of the feed that this layout has{f'; did you mean {near[0]}?' if near else ''} "
            f"(a header of the file is written \"{node.name}\", a text '{node.name}')"
        )
    return scope.columns[name]


def _written_out(node: exp.Expression, scope: Scope) -> Value:
    return Value(TEXT, pl.lit(node.this)) if node.is_string else Value(NUMBER, pl.lit(float(node.this)))


def _call(node: exp.Expression, scope: Scope) -> Value:
    name = str(node.this).lower().removeprefix(_PREFIX)
    if name not in FUNCTIONS:
        near = difflib.get_close_matches(name, FUNCTIONS, 1, 0.5)
        raise ExpressionError(
            f"unknown function {name}(){f'; did you mean {near[0]}()?' if near else f'; known are {chr(44).join(sorted(FUNCTIONS))}'}"
        )
    least, most, function = FUNCTIONS[name]
    if not least <= len(node.expressions) <= most:
        raise ExpressionError(f"{name}() takes {least if least == most else f'{least} to {most}'} values, not {len(node.expressions)}")
    try:
        return function(node.expressions, scope)
    except ExpressionError as error:
        raise ExpressionError(str(error).replace("the function", f"{name}()")) from error
    except ValueError as error:
        raise ExpressionError(f"{name}(): {error}") from error


def _arithmetic(node: exp.Expression, scope: Scope) -> Value:
    left, right = _value(node.this, scope), _value(node.expression, scope)
    place = node.sql()[:60]
    if TIME in (left.kind, right.kind):
        if isinstance(node, exp.Sub) and left.kind == right.kind:
            return Value(NUMBER, (left.expr - right.expr).dt.total_milliseconds() / 1_000)
        moment, number = (left, right) if left.kind == TIME else (right, left)
        sign = -1 if isinstance(node, exp.Sub) else 1
        if isinstance(node, (exp.Mul, exp.Div)) or (sign < 0 and left.kind != TIME):
            raise ExpressionError(f"{place}: to a time only seconds are added, or taken from it")
        milliseconds = (_number(number, place, scope) * 1_000 * sign).round(0).cast(pl.Int64, strict=False)
        return Value(TIME, moment.expr + pl.duration(milliseconds=milliseconds, time_unit="us"))
    a, b = _number(left, place, scope), _number(right, place, scope)
    if isinstance(node, exp.Div):
        return Value(NUMBER, pl.when(b != 0).then(a / b))
    return Value(NUMBER, a + b if isinstance(node, exp.Add) else a - b if isinstance(node, exp.Sub) else a * b)


def _comparison(node: exp.Expression, scope: Scope) -> Value:
    return Value(TRUTH, _compared(_value(node.this, scope), _value(node.expression, scope), node.sql()[:60], scope, _COMPARISONS[type(node)]))


def _logic(node: exp.Expression, scope: Scope) -> Value:
    left, right = (_of(_value(side, scope), TRUTH, node.sql()[:60]) for side in (node.this, node.expression))
    return Value(TRUTH, left & right if isinstance(node, exp.And) else left | right)


def _case(node: exp.Case, scope: Scope) -> Value:
    branches = node.args["ifs"]
    default = node.args.get("default")
    results = _common(
        [*(_value(branch.args["true"], scope) for branch in branches), _value(default, scope) if default else Value(None, pl.lit(None))], "case"
    )
    result = results[-1].expr
    for hit, value in reversed(list(zip(_hits(node, scope), results[:-1], strict=True))):
        result = pl.when(hit).then(value.expr).otherwise(result)
    return Value(_kind(results), result)


def _hits(node: exp.Case, scope: Scope) -> list[pl.Expr]:
    """For each branch of a case, whether a row meets its condition."""
    subject = node.args.get("this")
    if subject is None:
        return [_of(_value(branch.this, scope), TRUTH, "case when").cast(pl.Boolean) for branch in node.args["ifs"]]
    return [_compared(_value(subject, scope), _value(branch.this, scope), "case", scope, _COMPARISONS[exp.EQ]) for branch in node.args["ifs"]]


def _in(node: exp.Expression, scope: Scope) -> Value:
    if not node.expressions:
        raise ExpressionError(f"{node.sql()[:60]}: `in` needs a list of values")
    value = _value(node.this, scope)
    hits = [_compared(value, _value(item, scope), "in", scope, _COMPARISONS[exp.EQ]) for item in node.expressions]
    return Value(TRUTH, pl.any_horizontal(hits))


def _like(node: exp.Expression, scope: Scope) -> Value:
    shape = re.escape(_literal(node.expression, "like")).replace("%", ".*").replace("_", ".")
    flags = "(?is)" if isinstance(node, exp.ILike) else "(?s)"
    return Value(TRUTH, _text(_value(node.this, scope), "like").str.contains(f"{flags}^{shape}$"))


def _between(node: exp.Expression, scope: Scope) -> Value:
    value, low, high = (_value(part, scope) for part in (node.this, node.args["low"], node.args["high"]))
    return Value(TRUTH, _compared(value, low, "between", scope, lambda a, b: a >= b) & _compared(value, high, "between", scope, lambda a, b: a <= b))


def _is(node: exp.Expression, scope: Scope) -> Value:
    if not isinstance(node.expression, exp.Null):
        raise ExpressionError(f"{node.sql()[:60]}: `is` is followed by null or not null")
    return Value(TRUTH, _value(node.this, scope).expr.is_null())


def _joined(node: exp.Expression, scope: Scope) -> Value:
    return Value(TEXT, _text(_value(node.this, scope), "||") + _text(_value(node.expression, scope), "||"))


_RULES: tuple[tuple[Any, Callable[[Any, Scope], Value]], ...] = (
    (exp.Paren, lambda node, scope: _value(node.this, scope)),
    (exp.Column, _name),
    (exp.Literal, _written_out),
    (exp.Null, lambda node, scope: Value(None, pl.lit(None))),
    (exp.Boolean, lambda node, scope: Value(TRUTH, pl.lit(bool(node.this)))),
    (exp.DPipe, _joined),
    (tuple(_COMPARISONS), _comparison),
    ((exp.Add, exp.Sub, exp.Mul, exp.Div), _arithmetic),
    ((exp.And, exp.Or), _logic),
    (exp.Not, lambda node, scope: Value(TRUTH, ~_of(_value(node.this, scope), TRUTH, "not"))),
    (exp.Neg, lambda node, scope: Value(NUMBER, -_number(_value(node.this, scope), "-", scope))),
    (exp.Case, _case),
    (exp.In, _in),
    ((exp.Like, exp.ILike), _like),
    (exp.Between, _between),
    (exp.Is, _is),
    (exp.Anonymous, _call),
)
