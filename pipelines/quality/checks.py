"""Which checks there are: those of the suites (suites/*.yaml) and those that every contract implies for its columns.

Cheap on purpose: the definitions call `planned_checks` to declare asset checks, so nothing here imports Great Expectations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any

from pipelines.contracts.model import Column, Contracts, Feed
from pipelines.contracts.reading import read_yaml
from pipelines.quality.model import CheckSpec

SUITES_DIR = Path(__file__).parent / "suites"
# A share of a month's rows, in per cent, up to which odd values are the ordinary faults of extracts.
TOLERATED_PCT = 1.0
# How often a feed is expected, in words, by the days of its cadence.
EXPECTED = {1: "daily", 7: "weekly", 31: "monthly", 92: "each quarter", 366: "each year"}
# Feeds that come weekly or oftener have a weekday pattern.
LONGEST_WEEKDAY_CADENCE_DAYS = 7
LONGEST_MONTHLY_CADENCE_DAYS = 31
FIELDS = {
    "name",
    "title",
    "feeds",
    "each",
    "table",
    "severity",
    "owner",
    "description",
    "runbook",
    "sql",
    "detail",
    "message",
    "months",
    "needs",
    "caveat",
    "ledger",
    "column",
    "by_month",
    "newest_months",
}
# One row of a failing query with the columns _load_id and failed: how many rows, and the first files that brought them.
DETAIL_WITH_FILES = """
    select sum(failed)::bigint as failed, any_value(named) as files
    from ($failing)
    cross join (
        select string_agg(printf('%s: %d', masked(file_path), failed), ', ' order by failed desc, file_path)
            || case when max(file_count) > 3 then printf(' and %d files more', max(file_count) - 3) else '' end as named
        from (
            select loads.file_path, sum(found.failed)::bigint as failed, count(*) over () as file_count,
                row_number() over (order by sum(found.failed) desc, loads.file_path) as position
            from ($failing) as found
            inner join ingest.loads as loads on found._load_id = loads.load_id
            group by loads.file_path
        )
        where position <= 3
    )
"""
# The first files that brought rows of the months of a failing query, in a list of columns.
FILES_OF_MONTHS = """(
    select string_agg(masked(file_path), ', ' order by file_path)
    from (
        select distinct loads.file_path
        from {raw} as of_feed
        inner join ingest.loads as loads on of_feed._load_id = loads.load_id
        where cast(date_trunc('month', of_feed.{event_time}) as date) in (select month from ($failing))
        order by loads.file_path
        limit 3
    )
)"""
# Contract column checks: the first words of their names, and the titles that readers see.
COLUMN_CHECKS = {
    "contract_values": "Cells that break their contract",
    "not_null": "Required values missing",
    "allowed_values": "Values that are not allowed",
    "listed_values": "Values that are not listed",
    "known_values": "Values that are not known",
    "within_range": "Values out of range",
    "pattern": "Values in another form",
    "unique_key": "Keys held more than once",
}


class SuiteError(ValueError):
    """A suite that cannot be used; the message names file, check and way out."""


@lru_cache(maxsize=1)
def _suites() -> tuple[tuple[str, Mapping[str, Any]], ...]:
    read = []
    for path in sorted(SUITES_DIR.glob("*.yaml")):
        document = read_yaml(path)
        for check in document["checks"]:
            unknown = set(check) - FIELDS
            if unknown:
                raise SuiteError(f"{path.name}: check {check.get('name')!r} has unknown fields {', '.join(sorted(unknown))}")
            read.append((path.name, {"dimension": document["dimension"], "runbook": document["runbook"]} | check))
    return tuple(read)


def has_months_only(feed: Feed) -> bool:
    """Whether the feed's events are dated by their month, so that a month's first day stands for all of it."""
    return feed.event_time is not None and feed.by_name[feed.event_time].formats == ("%Y-%m",)


def _has_personal_key(feed: Feed) -> bool:
    """Whether the key holds a (hashed) identifier of a person, which no check reads; dbt tests the key of the fact."""
    return any(feed.by_name[name].is_personal_identifier for name in feed.key)


def _text(value: object) -> str:
    """A text as an SQL literal's inside."""
    return str(value).replace("'", "''")


def _alive_at(feed: Feed) -> str:
    """What proves that the feed is alive: an event or, for a register with few of them, an extract, be it one that brought nothing new.

    A plan for days to come proves nothing.
    """
    if not feed.is_sparse:
        return "max(event_at)"
    proofs = ["max(coalesce(_extracted_at, _loaded_at))"] + ([] if feed.is_dated_ahead else [f"max({feed.event_time})"])
    if feed.file_time_pattern:
        taken = f"try_strptime(regexp_extract(file_path, '{_text(feed.file_time_pattern)}', 1), '%Y%m%dT%H%M')"
        proofs.append(f"(select max({taken}) from ingest.file_stats where feed = '{feed.name}')")
    return f"greatest({', '.join(proofs)})"


def _local(feed: Feed, moment: str) -> str:
    """A moment of the feed's events on the clock of Europe/London."""
    is_date = feed.event_time is not None and feed.by_name[feed.event_time].type == "date"
    return moment if is_date else f"timezone('Europe/London', timezone('UTC', {moment}))"


def _listed_columns(feed: Feed) -> list[str]:
    """The columns of few values that are known: listed ones, and yes or no."""
    return [c.name for c in feed.columns if (c.listed or c.type == "boolean") and not c.classification.startswith("personal")]


def key_hash(feed: Feed) -> str:
    """The hash by which staging.int_repeated_keys names a key: macro key_hash of the dbt project."""
    return f"cast(hash({', '.join(feed.key_without_force)}) >> 1 as bigint)"


def _variables(feed: Feed) -> dict[str, str]:
    """What a suite may say of a feed, by name. The sheets of a workbook have no event: what dates their rows is the version."""
    event_time = feed.event_time or "coalesce(_extracted_at, _loaded_at)"
    return {
        "feed": feed.name,
        "title": feed.title,
        "owner": feed.owner,
        "raw": f"raw.{feed.name}",
        "staging": feed.staging_table,
        "fact": feed.fact_table or "",
        "by": ", ".join(feed.volume_by),
        "event_time": event_time,
        "local_hour": _local(feed, "event_hour"),
        "detail_with_files": DETAIL_WITH_FILES,
        "files_of_months": FILES_OF_MONTHS.format(raw=f"raw.{feed.name}", event_time=event_time),
        "event_at": f"last_day({event_time})" if has_months_only(feed) else f"cast({event_time} as timestamp)",
        "alive_at": _alive_at(feed),
        "key": ", ".join(feed.key),
        "key_hash": key_hash(feed),
        "cadence": str(feed.cadence_days),
        "expected": EXPECTED.get(feed.cadence_days, f"every {feed.cadence_days} days"),
        "latency": str(feed.latency_days),
        "allowed_days": str(feed.allowed_days),
        "tolerated_pct": str(TOLERATED_PCT),
        "listed_columns": ", ".join(f"coalesce(cast({name} as varchar), 'nothing') as {name}" for name in _listed_columns(feed)),
        "listed_counts": " union all ".join(
            f"select month, '{name}' as column_name, {name} as value, sum(row_count) as row_count from cells group by all"
            for name in _listed_columns(feed)
        ),
        "columns": ", ".join(f"('{_text(name)}', '{type_}')" for name, type_ in feed.raw_columns.items()),
    }


def _chosen(wanted: object, contracts: Contracts, where: str) -> Iterator[Feed]:
    """The feeds that a check is for: a list of names, or a kind.

    Of `counted` feeds every month has rows; `listed` feeds have columns of few values; `dated` feeds say the day of their events, `timed` feeds
    the time. `events` are keyed feeds whose key does not hold the event's time. `past` is without those that may speak of days to come,
    `extracts` without the sheets of a workbook.
    """
    for feed in contracts.feeds.values():
        is_dated = feed.fact is not None and not (feed.is_snapshot or feed.is_sparse or feed.is_dated_ahead or has_months_only(feed))
        is_dated = is_dated and feed.cadence_days <= LONGEST_MONTHLY_CADENCE_DAYS
        is_daily = feed.cadence_days <= LONGEST_WEEKDAY_CADENCE_DAYS
        kinds = {
            "all": True,
            "daily": is_daily and bool(feed.volume_by),
            "monthly": not is_daily and bool(feed.volume_by) and not feed.is_snapshot and not feed.is_sparse,
            "dated": is_dated,
            "timed": is_dated and feed.by_name[str(feed.event_time)].type == "timestamp",
            "counted": feed.fact is not None and not feed.is_snapshot and not feed.is_sparse and feed.cadence_days <= LONGEST_MONTHLY_CADENCE_DAYS,
            "listed": feed.fact is not None and not feed.is_snapshot and not feed.is_sparse and bool(_listed_columns(feed)),
            "snapshots": feed.fact is not None and feed.is_snapshot,
            "past": not feed.is_dated_ahead and not feed.is_whole,
            "events": feed.row_identity == "key" and not _has_personal_key(feed) and not feed.is_whole and feed.event_time not in feed.key,
            "keyed": feed.row_identity == "key" and not _has_personal_key(feed) and not feed.is_whole,
            "extracts": not feed.is_whole,
        }
        if isinstance(wanted, str) and wanted not in kinds:
            raise SuiteError(f"{where}: feeds must be a list, or one of {', '.join(kinds)}")
        if kinds[wanted] if isinstance(wanted, str) else feed.name in wanted:  # type: ignore[operator]
            yield feed


def _spec(check: Mapping[str, Any], variables: Mapping[str, str], where: str) -> CheckSpec:
    def fill(key: str) -> str | None:
        return Template(check[key]).safe_substitute(variables).strip() if check.get(key) else None

    name, title, table = fill("name"), fill("title"), fill("table")
    if (
        not name
        or not title
        or not table
        or not re.fullmatch(r"[a-z0-9_]+", name)
        or "$" in table
        or check["severity"] not in {"warn", "error"}
        or not check.get("sql")
    ):
        raise SuiteError(f"{where}: a check needs a name of small letters, a title, a table, a severity (warn or error) and sql")
    return CheckSpec(
        name=name,
        title=title,
        table=table,
        dimension=check["dimension"],
        severity=check["severity"],
        owner=fill("owner") or variables.get("owner", ""),
        description=fill("description") or "",
        runbook=check["runbook"],
        feed=variables.get("feed"),
        column=fill("column"),
        sql=fill("sql"),
        detail=fill("detail"),
        message=fill("message") or "",
        months=fill("months"),
        needs=tuple(dict.fromkeys([*([variables["feed"]] if "feed" in variables else []), *check.get("needs", ())])),
        has_caveat=check.get("caveat", True),
        reads_ledger=check.get("ledger", False),
        by_month=check.get("by_month", False),
        newest_months=check.get("newest_months"),
    )


def _named(item: Mapping[str, Any]) -> dict[str, str]:
    """What a check says of one of its columns or numbers: as it is, and in words (`${later}`, `${later_words}`)."""
    values = {key: str(value) for key, value in item.items()}
    return values | {f"{key}_words": value.removesuffix("_at").removesuffix("_date").replace("_", " ") for key, value in values.items()}


def _suite_checks(contracts: Contracts) -> Iterator[CheckSpec]:
    for file, check in _suites():
        where = f"suites/{file}: {check.get('name')}"
        if "each" in check:
            for item in check["each"]:
                feed = contracts.feeds.get(item["feed"])
                if feed is not None:
                    yield _spec(check, _variables(feed) | _named(item), where)
        elif "feeds" in check:
            for feed in _chosen(check["feeds"], contracts, where):
                yield _spec(check, _variables(feed), where)
        else:
            yield _spec(check, {}, where)


def _column_spec(feed: Feed, column: Column, name: str, severity: str, description: str, **rest: Any) -> CheckSpec:
    return CheckSpec(
        name=f"{name}_{column.name}",
        title=COLUMN_CHECKS[name],
        table=f"raw.{feed.name}",
        dimension="schema",
        severity=severity,
        owner=feed.owner,
        description=description,
        runbook="schema",
        feed=feed.name,
        column=column.name,
        needs=(feed.name,),
        by_month=True,
        **rest,
    )


def _column_checks(feed: Feed) -> Iterator[CheckSpec]:
    """What the contract says of its columns. Ingest rejects the rows that break it, so a failure here is a fault of ours: an error."""
    if feed.is_whole:
        yield _sheet_check(feed)
        return
    for column in feed.columns:
        if column.is_personal_identifier:
            continue
        if column.is_never_empty:
            yield _column_spec(
                feed,
                column,
                "not_null",
                "error",
                f"{column.name} is required by the contract",
                expectation="ExpectColumnValuesToNotBeNull",
                kwargs={"column": column.name},
                message=f"{feed.name}.{column.name} is empty in {{failed:,}} of {{checked:,}} rows",
            )
        if column.otherwise:
            yield _listed_values(feed, column)
        elif column.enum:
            yield _column_spec(
                feed,
                column,
                "allowed_values",
                "error",
                f"{column.name} is one of {', '.join(column.enum)}",
                expectation="ExpectColumnValuesToBeInSet",
                kwargs={"column": column.name, "value_set": list(column.enum)},
                message=f"{feed.name}.{column.name} is none of {', '.join(column.enum)} in {{failed:,}} of {{checked:,}} rows",
            )
        elif column.value_map:
            yield _known_values(feed, column)
        if column.minimum is not None or column.maximum is not None:
            yield _column_spec(
                feed,
                column,
                "within_range",
                "error",
                f"{column.name} lies between {column.minimum} and {column.maximum}",
                expectation="ExpectColumnValuesToBeBetween",
                kwargs={"column": column.name, "min_value": column.minimum, "max_value": column.maximum},
                message=f"{feed.name}.{column.name} lies outside {column.minimum} to {column.maximum} in {{failed:,}} of {{checked:,}} rows",
            )
        if column.pattern:
            yield _column_spec(
                feed,
                column,
                "pattern",
                "error",
                f"{column.name} has the form {column.pattern}",
                sql=f"select count(*) as failed from $table where not regexp_matches({column.name}, '{_text(column.pattern)}') having count(*) > 0",
                detail="select max(failed) as failed from ($failing)",
                message=f"{feed.name}.{column.name} has another form than the contract's in {{failed:,}} rows",
            )


def _sheet_check(feed: Feed) -> CheckSpec:
    """What the contract says of the columns of a workbook's sheet, in one check: a sheet is small, and there are many."""
    broken = {}
    for column in feed.columns:
        if column.is_never_empty:
            broken[f"{column.name} empty"] = f"{column.name} is null"
        if column.enum:
            broken[f"{column.name} not allowed"] = f"{column.name} not in ({', '.join(repr(v) for v in column.enum)})"
        if column.minimum is not None and column.maximum is not None:
            broken[f"{column.name} out of range"] = f"{column.name} not between {column.minimum} and {column.maximum}"
    counts = " union all ".join(
        f"select '{what}' as what, count(*) as failed from $table where {condition} having count(*) > 0" for what, condition in broken.items()
    )
    return CheckSpec(
        name="contract_values",
        title=COLUMN_CHECKS["contract_values"],
        table=f"raw.{feed.name}",
        dimension="schema",
        severity="error",
        owner=feed.owner,
        description=f"Every column of sheet {feed.sheet} holds what the contract allows",
        runbook="schema",
        feed=feed.name,
        sql=counts,
        detail="select sum(failed)::bigint as failed, string_agg(what, ', ' order by what) as found from ($failing)",
        message=f"{feed.name} breaks its contract in {{failed:,}} cells: {{found}}",
        needs=(feed.name,),
    )


def _known_values(feed: Feed, column: Column) -> CheckSpec:
    """A value map normalises and does not restrict, so other values are ordinary faults until they are more than a few in a month."""
    values = sorted(set(column.value_map.values()))
    event = feed.event_time
    return _column_spec(
        feed,
        column,
        "known_values",
        "warn",
        f"{column.name} is one of {', '.join(values)} in all but {TOLERATED_PCT:g} % of each month's rows",
        sql=f"""
            select cast(date_trunc('month', {event}) as date) as month,
                   count(*) filter (where {column.name} not in ({", ".join(f"'{_text(v)}'" for v in values)})) as failed,
                   count(*) as checked
            from $table
            where {column.name} is not null
            group by 1
            having failed > count(*) * {TOLERATED_PCT} / 100
        """,
        detail="select sum(failed) as failed, sum(checked) as checked, 100.0 * sum(failed) / sum(checked) as observed from ($failing)",
        months="select month from ($failing)",
        message=f"{feed.name}.{column.name} holds values that the contract does not know in {{failed:,}} rows ({{observed:.1f}}%) of {{months}}",
    )


def _listed_values(feed: Feed, column: Column) -> CheckSpec:
    """A text that is not listed is published under the contract's other value, so that none reaches readers unseen; each is reported."""
    values = ", ".join(f"'{_text(v.lower())}'" for v in column.listed)
    return _column_spec(
        feed,
        column,
        "listed_values",
        "warn",
        f"{column.name} is one of the values that the contract lists; others are published as {column.otherwise}",
        sql=f"""
            select _load_id, cast(date_trunc('month', {feed.event_time}) as date) as month, count(*) as failed
            from $table
            where lower({column.name}) not in ({values}) and $as_at
            group by all
        """,
        detail=DETAIL_WITH_FILES,
        months="select month from ($failing)",
        message=f"{feed.name}.{column.name}: {{failed:,}} rows hold values that the contract does not list, published as {column.otherwise} "
        f"({{files}}); have the supplier correct them, or add them in {feed.path.name}",
    )


def _key_checks(feed: Feed) -> Iterator[CheckSpec]:
    if feed.row_identity == "key" and not _has_personal_key(feed):
        key = ", ".join((*feed.key, "as_of") if feed.is_whole else feed.key)
        yield CheckSpec(
            name="unique_key",
            title=COLUMN_CHECKS["unique_key"],
            table=feed.staging_table,
            dimension="schema",
            severity="error",
            owner=feed.owner,
            description=f"({key}) is unique among the {'versions' if feed.is_whole else 'latest versions'}",
            runbook="schema",
            feed=feed.name,
            sql=f"select count(*) as failed from (select 1 from $table group by {key} having count(*) > 1) having count(*) > 0",
            detail="select max(failed) as failed from ($failing)",
            message=f"{feed.staging_table} holds {{failed:,}} keys ({key}) more than once",
            needs=(feed.name,),
            by_month=True,  # of a key with new rows every version is looked at
        )


def planned_checks(contracts: Contracts) -> list[CheckSpec]:
    """Every check there is for these contracts. Raises SuiteError."""
    specs = [
        *(spec for feed in contracts.feeds.values() for spec in (*_column_checks(feed), *_key_checks(feed))),
        *_suite_checks(contracts),
    ]
    seen: set[tuple[str, str]] = set()
    for spec in specs:
        if (spec.table, spec.name) in seen:
            raise SuiteError(f"two checks of {spec.table} are named {spec.name}; rename one")
        seen.add((spec.table, spec.name))
    return specs


def runbook_for(check_name: str, engine: str = "great_expectations") -> str:
    """The runbook of a check, as a path in the project; failures of dbt tests have the gate's."""
    if engine == "great_expectations":
        for _, check in _suites():
            if re.fullmatch(re.sub(r"\$\{\w+\}", r"\\w+", check["name"]), check_name):
                return f"docs/runbooks/{check['runbook']}.md"
        if check_name.startswith(tuple(COLUMN_CHECKS)):
            return "docs/runbooks/schema.md"
    return "docs/runbooks/gate_closed.md"


def by_key(specs: Iterable[CheckSpec]) -> dict[tuple[str, str], CheckSpec]:
    """(table, check name) -> plan."""
    return {(spec.table, spec.name): spec for spec in specs}
