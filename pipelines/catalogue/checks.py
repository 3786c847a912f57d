"""What is wrong with the catalogue beyond the shape of its files: rules between fields, entries, files and the columns of facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pipelines.catalogue.entries import DRIVER_KINDS, RATES, SUMMED, TO_FILL_IN, Catalogue, Measure, sides_of
from pipelines.catalogue.model import Entry, Side
from pipelines.catalogue.reading import Document, Location, Mistakes, did_you_mean, not_one_of
from pipelines.catalogue.statistics import ADDED_UP_BY_DAY, SEGMENTS_OF_THEIR_ROWS, STATISTICS, WITHOUT_SEGMENTS


def check_measures(catalogue: Catalogue, columns: Mapping[str, set[str]], mistakes: Mistakes) -> None:
    by_id: dict[str, Measure] = {}
    for measure in catalogue.measures:
        if first := by_id.get(measure.entry.id):
            line = first.document.line_of((*first.location, "id"))
            _add(measure, "id", f"the id stands twice in the catalogue, first in {first.document.path.name}, line {line}", mistakes)
        by_id.setdefault(measure.entry.id, measure)
    for measure in catalogue.measures:
        for field, text in _wrong(measure.entry, catalogue, by_id):
            _add(measure, field, text, mistakes)
        if columns and measure.entry.statistic in STATISTICS:
            for field, text in _wrong_columns(measure.entry, columns):
                _add(measure, field, text, mistakes)


def _add(measure: Measure, field: str, text: str, mistakes: Mistakes) -> None:
    mistakes.add(measure.document, (*measure.location, field), measure.name, text)


def _wrong(entry: Entry, catalogue: Catalogue, by_id: Mapping[str, Measure]) -> Iterable[tuple[str, str]]:
    """What rules between fields and files an entry breaks: field and sentence."""
    yield from _missing(entry)
    for field, known in (("statistic", STATISTICS), ("unit", catalogue.units), ("fact", catalogue.facts)):
        value = getattr(entry, field)
        if value is not None and value not in known:
            yield field, not_one_of(field, value, known)
    with_cards = [name for name, framework in catalogue.frameworks.items() if framework.card_table]
    for framework in entry.frameworks or []:
        if framework not in with_cards:
            yield "frameworks", not_one_of("frameworks", framework, with_cards)
    for text in (entry.where, entry.of, entry.numerator, *(text for _, side in sides_of(entry) for text in (side.where, side.sum))):
        for name in re.findall(r"\{(\w+)\}", text) if isinstance(text, str) else ():
            if name != "threshold":
                yield "where", f"`{{{name}}}` is no parameter; the parameters are the vars of dbt_project.yml"
    statistic = STATISTICS.get(entry.statistic or "")
    if statistic is not None:
        yield from _wrong_for_statistic(entry, catalogue, by_id)
    for field, side in sides_of(entry):
        if side.measure is None and side.fact not in catalogue.facts:
            yield field, f"fact {not_one_of('fact', side.fact, catalogue.facts)}"


def _missing(entry: Entry) -> Iterable[tuple[str, str]]:
    for field in ("statistic", "population", "direction"):
        if getattr(entry, field) is None:
            yield field, f"`{field}` is missing"
    for field in ("title", "definition", "population"):
        if str(getattr(entry, field)).startswith(TO_FILL_IN):
            yield field, f"`{field}` is still to be filled in"


def _wrong_for_statistic(entry: Entry, catalogue: Catalogue, by_id: Mapping[str, Measure]) -> Iterable[tuple[str, str]]:
    name = entry.statistic or ""
    for field in STATISTICS[name].needs:
        if getattr(entry, field) is None:
            yield field, f"statistic `{name}` needs `{field}`"
    sides = dict(sides_of(entry))
    residents = catalogue.units_per_residents
    # Each rule: the statistics it is for, whether it is broken, the field, and what would be right.
    for statistics, is_broken, field, text in (
        (RATES, len(sides) < 2, "numerator", f"both sides of a {name} are {{fact, where}}, {{fact, sum, where}} or {{measure: id}}"),
        (
            ("population_rate",),
            "numerator" not in sides or not sides["numerator"].measure,
            "numerator",
            "the numerator of a population_rate is {measure: id}",
        ),
        (("population_rate",), entry.per not in residents, "per", not_one_of("per", entry.per, map(str, residents))),
        (("share", "cohort_rate"), "numerator" in sides, "numerator", f"the numerator of a {name} is a condition, such as is_abandoned"),
        (
            ("share",),
            ("{threshold}" in str(entry.numerator)) != (entry.threshold is not None),
            "threshold",
            "`threshold` and `{threshold}` in the numerator go together",
        ),
        (WITHOUT_SEGMENTS, entry.segment_by is not None, "segment_by", f"statistic `{name}` has no segments"),
        (
            SEGMENTS_OF_THEIR_ROWS,
            entry.segment_by is not None,
            "segment_by",
            f"statistic `{name}` has the segments of its rows; leave `segment_by` out",
        ),
        (
            STATISTICS.keys() - {"returned"},
            entry.segments is not None,
            "segments",
            "only a returned measure lists its segments; others have `segment_by`",
        ),
        (
            STATISTICS.keys() - {"returned"},
            entry.not_collected is not None,
            "not_collected",
            "only a returned measure can be `not_collected`; its first return makes it collected",
        ),
        (STATISTICS.keys() - {"count"}, bool(entry.hourly_profile), "hourly_profile", "only a count has a profile by hour and weekday"),
        (
            STATISTICS.keys() - ADDED_UP_BY_DAY,
            bool(entry.operational),
            "operational",
            f"only sums and their quotients are counted by day ({', '.join(sorted(ADDED_UP_BY_DAY))})",
        ),
    ):
        if name in statistics and is_broken:
            yield field, text
    for field, side in sides.items():
        yield from ((field, text) for text in _wrong_reference(entry, side, by_id))


def _wrong_reference(entry: Entry, side: Side, by_id: Mapping[str, Measure]) -> Iterable[str]:
    """What is wrong with a side that names another measure."""
    if side.measure is None:
        return
    other = by_id.get(side.measure)
    if other is None or other.entry.statistic not in SUMMED:
        hint = did_you_mean(side.measure, list(by_id)) if other is None else ""
        yield f"`{{measure: {side.measure}}}` must name a measure that counts or adds up rows ({', '.join(SUMMED)}){hint}"
    elif entry.statistic in RATES and entry.segment_by and other.entry.segment_by != entry.segment_by:
        yield f"`{{measure: {side.measure}}}` has other segments than `{entry.segment_by}`"


def _wrong_columns(entry: Entry, columns: Mapping[str, set[str]]) -> Iterable[tuple[str, str]]:
    """Conditions that cannot be read, or that name a column which their fact has not."""
    statistic = STATISTICS[entry.statistic or ""]
    fact = entry.fact or statistic.fact
    texts = [(fact, field, getattr(entry, field)) for field in ("where", "of", "margin", "segment_by", "numerator")]
    texts += [(side.fact, field, text) for field, side in sides_of(entry) for text in (side.where, side.sum)]
    for of_fact, field, text in texts:
        if isinstance(text, str) and of_fact is not None and of_fact in columns:
            yield from ((field, sentence) for sentence in wrong_columns(text, of_fact, columns[of_fact]))


def wrong_columns(text: str, fact: str, known: set[str]) -> Iterable[str]:
    """Sentences on an expression that is no SQL, or names columns that the fact has not."""
    import sqlglot
    from sqlglot import expressions
    from sqlglot.errors import SqlglotError

    try:
        parsed = sqlglot.parse_one(text.replace("{threshold}", "0"), dialect="duckdb")
    except SqlglotError as error:
        yield f"`{text}` is no SQL expression: {str(error).splitlines()[0].split(' Line ')[0].rstrip('.')}"
        return
    for name in sorted({column.name for column in parsed.find_all(expressions.Column)} - known):
        yield f"{fact} has no column `{name}`{did_you_mean(name, sorted(known))}"


def check_drivers(catalogue: Catalogue, document: Document, mistakes: Mistakes) -> None:
    entries = {measure.entry.id: measure.entry for measure in catalogue.measures}
    for position, drivers in enumerate(catalogue.drivers):
        location: Location = ("drivers", position)
        name = f"drivers of {', '.join(drivers.measures)}"
        if not drivers.dimensions and not drivers.parts:
            mistakes.add(document, location, name, "give one or two `dimensions`, or `parts`")
        first = entries.get(drivers.measures[0])
        for id in [*drivers.measures, *drivers.parts]:
            entry = entries.get(id)
            if entry is None:
                mistakes.add(document, location, name, f"the catalogue has no measure {id}{did_you_mean(id, list(entries))}")
            elif id in drivers.measures and entry.statistic not in DRIVER_KINDS:
                mistakes.add(document, location, name, f"{id} is no {', '.join(DRIVER_KINDS)}")
            elif id in drivers.measures and first and (entry.fact, entry.where, entry.of) != (first.fact, first.where, first.of):
                mistakes.add(document, location, name, f"{id} is of other rows than {first.id}")
