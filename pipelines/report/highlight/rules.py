"""How a line of the data summary is made: `shows` of scorecards.report_lines lists tokens, and a rule per token reads the marts.

A token is `period.what`, with `*n` for up to n findings, `:name` for a further argument, and `a|b` for b where a has no result:

    month.value   the value of the latest complete month up to the report's, and so for r12m, quarter, year, snapshot
    before.…      of the month before the report's
    r12m.yoy      the change on the year before, and whether it is more than chance
    month.level   what the findings say (measures.measure_findings, their words), by section or kind
    correlation:pair, profile:event   the sentence of a correlation, of a profile before and after an event

docs/highlight-report.md lists them. A rule without a result adds no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from pipelines.report.formatting import comparator_text
from pipelines.report.highlight.cells import Cell, Part, cell, joined
from pipelines.report.highlight.period import Period, quarter_end
from pipelines.report.marts import Marts, Row

TOKEN = re.compile(
    r"(?:(?P<period>month|before|r12m|quarter|year|snapshot)\.)?(?P<what>[a-z0-9_|]+)(?::(?P<argument>[a-z0-9_]+))?(?:\*(?P<most>\d+))?"
)
# A snapshot is taken a few days after the end of its month.
SNAPSHOT_GRACE = timedelta(days=7)
# An older snapshot is stale.
SNAPSHOT_AGE = timedelta(days=45)
# The most segments that one line names.
MOST_SEGMENTS = 6


class ShowsError(ValueError):
    """A token of `shows` is unknown; the message names the line."""


@dataclass(frozen=True)
class Token:
    period: str | None
    what: str
    argument: str | None = None
    most: int = 1


@dataclass(frozen=True)
class Statement:
    """The result of a rule: the parts to print."""

    parts: tuple[Part, ...]


def tokens(shows: str, where: str) -> list[Token]:
    """The tokens of `shows`. Raises ShowsError."""
    parsed = []
    for word in shows.split():
        match = TOKEN.fullmatch(word)
        names = match["what"].split("|") if match else []
        if not match or any(name not in RULES or (match["period"] is None) != (name in WITHOUT_PERIOD) for name in names):
            raise ShowsError(f"{where}: {word!r} in `shows` is not known; docs/highlight-report.md lists what can be shown")
        parsed.append(Token(match["period"], match["what"], match["argument"], int(match["most"] or 1)))
    return parsed


class Figures:
    """The values, comparisons and findings that a card's report may show, read once."""

    def __init__(self, marts: Marts, lines: list[Row], period: Period) -> None:
        self.marts, self.period = marts, period
        others = {measure for line in lines if line.part != "chart" for measure in _other_measures(line)}
        measures = sorted({line.measure_id for line in lines} | others)
        scope: dict[str, Any] = {
            "measures": measures,
            "areas": sorted({line.area_id for line in lines}),
            "until": period.month_end,
            "snapshots": period.month_end + SNAPSHOT_GRACE,
            "before": period.month_end + relativedelta(months=-1, day=31),
        }
        within = "measure_id in (select unnest($measures)) and area_id in (select unnest($areas))"
        self._values: dict[tuple[str, str, str, str], Row] = {}
        for row in marts.rows(
            f"""
            select * from measures.measure_values
            where {within} and is_complete and value is not null
                and period_end <= case period_type when 'snapshot' then $snapshots::date else $until::date end
            qualify row_number() over (partition by measure_id, area_id, segment, period_type order by period_end desc) = 1
            order by all
            """,
            {key: scope[key] for key in ("measures", "areas", "until", "snapshots")},
        ):
            self._values[row.measure_id, row.area_id, row.segment, row.period_type] = row
        for row in marts.rows(
            f"""
            select * from measures.measure_values
            where {within} and is_complete and value is not null and period_type = 'month' and period_end = $before::date
            """,
            {key: scope[key] for key in ("measures", "areas", "before")},
        ):
            self._values[row.measure_id, row.area_id, row.segment, "before"] = row
        ends = {"ends": sorted({row.period_end for row in self._values.values()})}
        self._findings: dict[SeriesKey, list[Row]] = {}
        for row in marts.rows(
            f"""
            select * from measures.measure_findings
            where {within} and period_end in (select unnest($ends))
            order by measure_id, area_id, segment, period_type, period_end, finding_order
            """,
            {"measures": measures, "areas": scope["areas"]} | ends,
        ):
            self._findings.setdefault(_series_key(row), []).append(row)
        self._narratives: dict[tuple[str, str, str], Row] = {
            (row.measure_id, row.area_id, row.segment): row
            for row in marts.rows(
                f"select * from measures.measure_narratives where {within} and period_end = $until::date",
                {key: scope[key] for key in ("measures", "areas", "until")},
            )
        }
        self._tones: dict[tuple[str, str, str, date], str] = {
            (row.measure_id, row.area_id, row.segment, row.period_end): row.tone
            for row in marts.rows(
                f"select * from measures.measure_tones where {within} and period_end <= last_day($until::date)",
                {"measures": measures, "areas": scope["areas"], "until": scope["snapshots"]},
            )
        }
        self._comparisons: dict[tuple[SeriesKey, str], Row] = {
            (_series_key(row), row.comparison): row
            for row in marts.rows(
                f"""
                select * from measures.measure_comparisons
                where {within} and comparison in ('yoy', 'previous_period') and period_end in (select unnest($ends))
                """,
                {"measures": measures, "areas": scope["areas"]} | ends,
            )
        }

    def value(self, measure_id: str, area_id: str, segment: str, period_type: str) -> Row | None:
        """The latest complete value up to the report's month (of a snapshot: up to a week later)."""
        return self._values.get((measure_id, area_id, segment, period_type))

    def segments(self, measure_id: str, area_id: str, period_type: str) -> list[str]:
        """Segments with a value, the largest first, of the newest period among them."""
        rows = [row for (m, a, s, t), row in self._values.items() if (m, a, t) == (measure_id, area_id, period_type) and s != "all"]
        newest = max((row.period_end for row in rows), default=None)
        return [row.segment for row in sorted((r for r in rows if r.period_end == newest), key=lambda r: (-r.value, r.segment))]

    def findings(self, value: Row) -> list[Row]:
        return self._findings.get(_series_key(value), [])

    def comparison(self, value: Row, comparison: str) -> Row | None:
        return self._comparisons.get((_series_key(value), comparison))

    def narrative(self, line: Row) -> Row | None:
        """The narrative of a line's measure at the report's month."""
        return self._narratives.get((line.measure_id, line.area_id, "all" if line.segment == "*" else line.segment))

    def tone(self, values: Iterable[Row]) -> str:
        """The tone of the series whose figures these are, at the latest of their dates; none where several series differ."""
        latest: dict[tuple[str, str, str], Row] = {}
        for value in values:
            key = (value.measure_id, value.area_id, value.segment)
            if key not in latest or value.period_end > latest[key].period_end:
                latest[key] = value
        tones = {self._tones.get((*key, value.period_end + relativedelta(day=31)), "none") for key, value in latest.items()}
        return tones.pop() if len(tones) == 1 else "none"

    def is_stale(self, value: Row) -> bool:
        """Whether the value is older than expected for the report's month."""
        last = self.period.month_end
        if value.period_type in ("month", "r12m"):
            return bool(value.period_end < last)
        if value.period_type == "quarter":
            return bool(value.period_end < _last_quarter(last))
        if value.period_type == "year":
            return bool(value.period_end.year < last.year - (0 if (last.month, last.day) == (12, 31) else 1))
        return bool(value.period_end < last - SNAPSHOT_AGE)


def _other_measures(line: Row) -> Iterator[str]:
    """The measures that a line refers to beside its own."""
    return (t.argument for t in tokens(line.shows, f"{line.topic_id} {line.part} {line.line_order}") if t.what in ("share", "highest") and t.argument)


SeriesKey = tuple[str, str, str, str, date]


def _series_key(row: Row) -> SeriesKey:
    return row.measure_id, row.area_id, row.segment, row.period_type, row.period_end


def _last_quarter(day: date) -> date:
    """The end of the last whole calendar quarter up to a day."""
    return day if day == quarter_end(day) else quarter_end(day + relativedelta(months=-3))


# ---- rules: (figures, line, value, token) -> statements

Rule = Callable[[Figures, Row, "Row | None", Token], list[Statement]]


def _value(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    if value is None:
        return []
    parts: list[Part] = [cell(value, "value", value.unit)]
    if value.margin is not None:
        parts += [" (±", cell(value, "margin", "decimal"), " percentage points)" if value.unit == "pct" else ")"]
    return [Statement(tuple(parts))]


def _parts(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    if value is None or value.numerator is None or value.denominator is None:
        return []
    return [Statement((cell(value, "numerator", "whole"), " of ", cell(value, "denominator", "whole")))]


def _yoy(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    return _compared(figures, line, value, "yoy", " year on year")


def _change(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    before = {"month": " on the month before", "quarter": " on the quarter before", "r12m": " on the twelve months before"}
    return _compared(figures, line, value, "previous_period", before.get(token.period or "", " on the period before"))


def _compared(figures: Figures, line: Row, value: Row | None, comparison: str, words: str) -> list[Statement]:
    change = figures.comparison(value, comparison) if value is not None else None
    if change is None or (change.change is None and not change.reason):
        return []
    if change.change is None:
        return [Statement(("not comparable: ", cell(change, "reason")))]
    test = {True: ", significant", False: ", not significant", None: ""}[change.is_significant]
    return [Statement((cell(change, "change", f"change {line.unit}"), words + test))]


def _per_month(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    change = figures.comparison(value, "yoy") if value is not None else None
    return [] if change is None or change.change_per_month is None else [Statement((cell(change, "change_per_month", "signed"), " a month"))]


def _findings(wanted: Callable[[Row], bool], prefer: Callable[[Row], bool] | None = None) -> Rule:
    def rule(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
        rows = [row for row in figures.findings(value) if wanted(row)] if value is not None else []
        if prefer:
            rows.sort(key=lambda row: not prefer(row))
        return [Statement((cell(row, "words"),)) for row in rows[: token.most]]

    return rule


def _section(name: str) -> Rule:
    return _findings(lambda row: row.section == name)


def _kinds(*kinds: str) -> Rule:
    return _findings(lambda row: row.kind in kinds)


def _is_sized(row: Row) -> bool:
    kind = str(row.kind)
    return kind.endswith(("_slightly", "_moderately", "_significantly")) or kind.startswith(("slight_", "moderate_", "significant_"))


def _share(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    share = figures.value(token.argument or "", line.area_id, value.segment, value.period_type) if value is not None else None
    return [] if share is None else [Statement((cell(share, "value", share.unit),))]


def _comparators(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    parts_by_comparator: dict[str, list[Part]] = {}
    for row in comparator_rows(figures, line, token.period or "month", token.most):
        if row.comparator_id in parts_by_comparator:
            parts_by_comparator[row.comparator_id] += [" after ", cell(row, "value", row.unit), " in ", cell(row, "period_end", "period")]
            continue
        parts: list[Part] = [comparator_text(row.comparator_id), " "]
        if value is None or row.period_end != value.period_end:
            parts += ["in ", cell(row, "period_end", "period"), " "]
        parts.append(cell(row, "value", row.unit))
        if row.margin is not None:
            parts += [" (±", cell(row, "margin", "decimal"), " percentage points)"]
        parts_by_comparator[row.comparator_id] = parts
    return [Statement(tuple(parts)) for parts in parts_by_comparator.values()]


def comparator_rows(figures: Figures, line: Row, period_type: str, most: int = 1) -> list[Row]:
    """The newest values of each comparator up to the report's month, the newest first: those of one measure, without segments."""
    return figures.marts.rows(
        """
        select * from measures.comparator_values
        where measure_id = $measure and segment = 'all' and period_type = $period_type and period_end <= $until::date and value is not null
        qualify row_number() over (partition by comparator_id order by period_end desc) <= $most
        order by comparator_id, period_end desc
        """,
        {"measure": line.measure_id, "period_type": period_type, "until": figures.period.month_end, "most": most},
    )


def _drivers(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    if value is None:
        return []
    rows = figures.marts.rows(
        """
        select * from measures.drivers
        where measure_id = $measure and area_id = $area and period_type = $period_type and period_end = $period_end::date
            and sentence is not null and rank <= $most
        order by rank, set_id, value_1, value_2
        limit $most
        """,
        {"measure": line.measure_id, "area": line.area_id, "period_type": value.period_type, "period_end": value.period_end, "most": token.most},
    )
    return [Statement((cell(row, "sentence"),)) for row in rows]


def _correlation(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    rows = figures.marts.rows(
        """
        select * from measures.correlations
        where pair_id = $pair and area_id = $area and period_end <= $until::date
        order by period_end desc
        limit 1
        """,
        {"pair": token.argument, "area": line.area_id, "until": figures.period.month_end},
    )
    return [Statement((cell(row, "sentence"),)) for row in rows]


def _profile(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    rows = figures.marts.rows(
        "select * from measures.profile_changes where event_id = $event and measure_id = $measure and area_id = $area and after_end <= $until::date",
        {"event": token.argument, "measure": line.measure_id, "area": line.area_id, "until": figures.period.month_end},
    )
    return [Statement((cell(row, "sentence"),)) for row in rows]


def _highest(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    """The segment with the highest value, beside how many of another measure it rests on; the small ones do not count (20 or more do)."""
    best: tuple[float, str, Row, Row] | None = None
    for segment in figures.segments(line.measure_id, line.area_id, token.period or "month"):
        row = figures.value(line.measure_id, line.area_id, segment, token.period or "month")
        base = figures.value(token.argument or "", line.area_id, segment, token.period or "month")
        if row is None or base is None or base.value < RANK_MIN or base.period_end != row.period_end:
            continue
        if best is None or (-row.value, segment) < (-best[0], best[1]):
            best = (row.value, segment, row, base)
    if best is None:
        return []
    _, _, row, base = best
    return [Statement(("highest in ", cell(row, "segment"), " ", cell(row, "value", row.unit), " of ", cell(base, "value", base.unit)))]


RANK_MIN = 20

RULES: dict[str, Rule] = {
    "value": _value,
    "parts": _parts,
    "yoy": _yoy,
    "change": _change,
    "per_month": _per_month,
    "level": _section("level"),
    "trend": _section("trend"),
    "movement": _findings(lambda row: row.section == "movement" and row.kind != "similar_to_previous", prefer=_is_sized),
    "target": _section("target"),
    "year": _section("year"),
    "baseline": _findings(lambda row: row.section == "baseline", prefer=lambda row: row.kind == "not_back_to_2019"),
    "data": _section("data"),
    "similar": _kinds("similar_to_previous"),
    "exceptional": _kinds("exceptional_high", "exceptional_low"),
    "stable": _kinds("stable"),
    "improvement": _kinds("significant_improvement_12m", "significant_worsening_12m"),
    "disproportionate": _kinds("disproportionate"),
    "falling": _kinds("falling", "rising"),
    "share": _share,
    "comparators": _comparators,
    "drivers": _drivers,
    "correlation": _correlation,
    "profile": _profile,
    "highest": _highest,
}
WITHOUT_PERIOD = {"correlation", "profile"}
# Whole sentences with their own subject: the line does not begin with the measure's title.
SENTENCES = {"correlation", "profile", "drivers"}


def apply(figures: Figures, line: Row, value: Row | None, token: Token) -> list[Statement]:
    """The statements of a token; of alternatives, those of the first with a result."""
    for name in token.what.split("|"):
        if statements := RULES[name](figures, line, value, token):
            return statements
    return []


@dataclass(frozen=True)
class Line:
    """One line of a data summary: a measure, the statements about it, and its caveats.

    lead       the measure, and the area or segment where it is not the whole; empty for whole sentences
    statement  the clauses, period by period
    tone       that of measures.measure_tones at the figure's date
    caveats    letters of the notes at the foot of the page
    is_stale   the figure is older than expected for the report's month
    """

    lead: tuple[Part, ...]
    statement: tuple[Part, ...]
    tone: str
    measure_id: str
    area_id: str
    segments: tuple[str, ...]
    values: tuple[Row, ...]
    is_stale: bool = False
    caveats: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.lead, " – ", *self.statement) if self.lead else self.statement

    @property
    def cells(self) -> list[Cell]:
        return [part for part in self.parts if isinstance(part, Cell)]


def summary_line(figures: Figures, line: Row) -> Line | None:
    """The line of a data summary for one row of scorecards.report_lines; None where a line over segments finds nothing to say."""
    words = tokens(line.shows, f"{line.topic_id} {line.part} {line.line_order}")
    if line.segment == "*" and words[0].what != "highest":
        return _segments_line(figures, line, words)
    clauses, values = _clauses(figures, line, "all" if line.segment == "*" else line.segment, words)
    is_sentence = all(word.what in SENTENCES for word in words)
    if not clauses:
        if line.segment == "*" or is_sentence:
            return None
        why: tuple[Part, ...] = (
            ("not collected: ", cell(line, "status_reason")) if line.status_reason else ("no figure up to the month of this report",)
        )
        return Line(_lead(line), why, "none", line.measure_id, line.area_id, ("all",), ())
    return Line(
        () if is_sentence else _lead(line),
        joined(clauses, ". " if is_sentence else "; "),
        figures.tone(values),
        line.measure_id,
        line.area_id,
        (line.segment,),
        tuple(values),
        any(figures.is_stale(value) for value in values if value is not figures.value(line.measure_id, line.area_id, value.segment, "before")),
    )


def _clauses(figures: Figures, line: Row, segment: str, words: list[Token]) -> tuple[list[tuple[Part, ...]], list[Row]]:
    """The results of the tokens, one clause per period: its name, then the statements."""
    clauses: list[tuple[Part, ...]] = []
    values: list[Row] = []
    open_period: str | None = None
    for word in words:
        value = figures.value(line.measure_id, line.area_id, segment, word.period or "month")
        statements = apply(figures, line, value, word)
        if not statements:
            continue
        pieces = joined([statement.parts for statement in statements], ". " if word.what in SENTENCES else ", ")
        if word.what in SENTENCES or value is None:
            clauses.append(pieces)
            open_period = None
            continue
        if value not in values:
            values.append(value)
        if word.period == open_period:
            clauses[-1] = joined([clauses[-1], pieces], ", ")
        else:
            clauses.append((cell(value, "period_end", "period"), ": ", *pieces))
        open_period = word.period
    return clauses, values


def _segments_line(figures: Figures, line: Row, words: list[Token]) -> Line | None:
    """One line with the statements about each segment; segments without any are left out."""
    clauses: list[tuple[Part, ...]] = []
    values: list[Row] = []
    segments: list[str] = []
    for segment in figures.segments(line.measure_id, line.area_id, words[0].period or "month"):
        value = figures.value(line.measure_id, line.area_id, segment, words[0].period or "month")
        statements = [statement for word in words for statement in apply(figures, line, value, word)]
        if value is None or not statements or len(clauses) == MOST_SEGMENTS:
            continue
        clauses.append((cell(value, "segment"), " ", *joined([statement.parts for statement in statements], ", ")))
        values.append(value)
        segments.append(segment)
    if not clauses:
        return None
    return Line(
        _lead(line),
        (cell(values[0], "period_end", "period"), ": ", *joined(clauses, "; ")),
        figures.tone(values),
        line.measure_id,
        line.area_id,
        tuple(segments),
        tuple(values),
        any(figures.is_stale(value) for value in values),
    )


def _lead(line: Row) -> tuple[Part, ...]:
    lead: list[Part] = [cell(line, "title")]
    if not line.is_card_area:
        lead += [", ", cell(line, "area_name")]
    if line.segment not in ("all", "*"):
        lead += [" (", cell(line, "segment"), ")"]
    return tuple(lead)
