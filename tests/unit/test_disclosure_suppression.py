"""Suppression against the attack, on random tables: three areas that make up a force, segments or kinds of a count, four years of quarters.

The models themselves run, on DuckDB; the attack knows everything that could ever be shown, and the quarters of the force.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.settings import DBT_PROJECT_DIR
from tests.disclosure_attack import Attack
from tests.models import model_sql, render

pytestmark = pytest.mark.slow

AREAS = ("county", "town", "elsewhere")
SMALL, WIDTH = 4, 5
Counts = dict[tuple[str, int], int]  # area and quarter -> how many


def quarter_end(index: int) -> date:
    year, quarter = divmod(index, 4)
    first = date(2020 + year + (quarter == 3), 1 if quarter == 3 else 3 * quarter + 4, 1)
    return first - timedelta(days=1)


class Tables:
    """The counts as int_disclosure_cells has them, with the models that follow built on them."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(
            """
            create table int_disclosure_cells (
                cell_key varchar, area_id varchar, segment varchar, period_type varchar, period_end date, parent_area_id varchar,
                group_area_id varchar, upper_group_area_id varchar, is_only_part boolean, amount double, small_to integer,
                is_protected boolean, is_shown boolean
            );
            create table int_disclosure_kinds (whole_key varchar, part_key varchar, family_key varchar);
            """
        )

    def fill(self, rows: list[tuple], kinds: Sequence[str] = ()) -> None:
        """Rows of (count, area, segment, kind of period, end, how many); the areas are parts of `force`, and `kinds` of count `n`."""
        given = pl.DataFrame(
            rows,
            schema={
                "cell_key": pl.String,
                "area_id": pl.String,
                "segment": pl.String,
                "period_type": pl.String,
                "period_end": pl.Date,
                "amount": pl.Float64,
            },
            orient="row",
        )
        self.connection.register("given", given)
        self.connection.execute("truncate int_disclosure_cells; truncate int_disclosure_kinds")
        self.connection.execute(
            """
            insert into int_disclosure_cells by name
            select *, if(area_id = 'force', null, 'force') as parent_area_id, parent_area_id as group_area_id, false as is_only_part,
                $small as small_to, area_id <> 'force' as is_protected, period_type <> 'quarter' as is_shown
            from given
            """,
            {"small": SMALL},
        )
        if kinds:
            self.connection.executemany("insert into int_disclosure_kinds values ('n', ?, ?)", [(kind, min(kinds)) for kind in kinds])
        for model in ("int_disclosure_windows", "int_disclosure_members", "int_disclosure_suppression"):
            self.connection.execute(f"create or replace table {model} as {model_sql(model)}")
        self.connection.unregister("given")

    def suppression(self) -> dict[tuple, str]:
        """What became of each count that may be shown: (count, area, segment, end) -> primary, secondary or none."""
        return {
            tuple(row[:4]): row[4]
            for row in self.connection.execute(
                "select cell_key, area_id, segment, period_end, suppression from int_disclosure_suppression"
            ).fetchall()
        }


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables()


def windows_of(counts: Counts, area: str, quarters: int) -> dict[int, int]:
    """The twelve months to each quarter's end."""
    return {t: sum(counts[area, t - back] for back in range(4)) for t in range(3, quarters)}


def rolling_attack(counts: Counts, quarters: int, is_known: Callable[[str, int], bool]) -> Attack:
    """What is shown of one count over time: the force by quarters, the areas by twelve months, where `is_known`."""
    attack = Attack()
    for t in range(quarters):
        attack.sums_to([(area, t) for area in AREAS], sum(counts[area, t] for area in AREAS))
    for area in AREAS:
        for t, amount in windows_of(counts, area, quarters).items():
            if is_known(area, t):
                attack.sums_to([(area, t - back) for back in range(4)], amount)
    return attack


def rolling_rows(counts: Counts, quarters: int) -> list[tuple]:
    rows: list[tuple] = []
    whole = {("force", t): sum(counts[area, t] for area in AREAS) for t in range(quarters)}
    for area in ("force", *AREAS):
        of_area = whole if area == "force" else counts
        rows += [("n", area, "all", "quarter", quarter_end(t), of_area[area, t]) for t in range(quarters)]
        rows += [("n", area, "all", "r12m", quarter_end(t), amount) for t, amount in windows_of(of_area, area, quarters).items()]
    return rows


@st.composite
def histories(draw: st.DrawFn) -> tuple[Counts, int]:
    """Quarters of three areas, from those with hardly anything to those with plenty."""
    quarters = draw(st.integers(4, 13))
    counts: Counts = {}
    for area in AREAS:
        highest = draw(st.sampled_from([0, 1, 3, 8, 30]))
        lowest = draw(st.integers(0, highest))
        for t in range(quarters):
            counts[area, t] = draw(st.integers(lowest, highest))
    return counts, quarters


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(history=histories())
def test_no_suppressed_count_and_no_small_quarter_is_recovered_over_time(tables: Tables, history: tuple[Counts, int]):
    counts, quarters = history
    tables.fill(rolling_rows(counts, quarters))
    suppression = tables.suppression()

    def outcome(area: str, t: int) -> str | None:
        return suppression.get(("n", area, "all", quarter_end(t)))

    attack = rolling_attack(counts, quarters, lambda area, t: outcome(area, t) == "none")
    for area in AREAS:
        for t, amount in windows_of(counts, area, quarters).items():
            if outcome(area, t) in ("primary", "secondary"):
                low, high = attack.range_of([(area, t - back) for back in range(4)])
                total = sum(windows_of(counts, a, quarters)[t] for a in AREAS)
                assert high - low >= min(WIDTH, total), (area, t, amount, low, high)
        for t in range(quarters):
            # a quarter of which the force itself, by policy, shows less than that is open to all that the force shows
            if 1 <= counts[area, t] <= SMALL:
                low, high = attack.range_of([(area, t)])
                assert low < high, (area, t, counts[area, t])


def test_the_attack_recovers_quarters_where_every_window_is_shown(tables: Tables):
    """The town's twelve months are 5, 7 and 9 after a year without anything: each step is a quarter."""
    counts = {("county", t): 20 + t for t in range(8)} | {("elsewhere", t): 9 for t in range(8)}
    counts |= {("town", t): amount for t, amount in enumerate([0, 0, 0, 0, 5, 2, 2, 7])}
    attack = rolling_attack(counts, 8, lambda *_: True)
    assert attack.range_of([("town", 5)]) == (2, 2)
    tables.fill(rolling_rows(counts, 8))
    shown = {end for (_, area, _, end), kind in tables.suppression().items() if area == "town" and kind == "none"}
    assert shown == {quarter_end(4)}, "the series is shown once a year, to the end of March"


Parts = dict[tuple[str, str, int], int]  # area, part of the count and quarter -> how many


class Breakdown:
    """A count of three areas over time by parts, its segments or the kinds of a whole; part `all` is their sum, area `force` that of the areas."""

    def __init__(self, counts: Parts, parts: Sequence[str], quarters: int, along: str) -> None:
        self.cells, self.parts, self.quarters, self.along = counts, parts, quarters, along
        self.counts = {
            (area, part, t): sum(counts[cell] for cell in self.places(area, part, t))
            for area in ("force", *AREAS)
            for part in ("all", *parts)
            for t in range(quarters)
        }
        self.windows = {(*key, t): amount for key in self.series for t, amount in windows_of(self.of_series(*key), "n", quarters).items()}

    @property
    def series(self) -> list[tuple[str, str]]:
        return [(area, part) for area in ("force", *AREAS) for part in ("all", *self.parts)]

    def of_series(self, area: str, part: str) -> Counts:
        return {("n", t): self.counts[area, part, t] for t in range(self.quarters)}

    def places(self, area: str, part: str, *quarters: int) -> list[tuple[str, str, int]]:
        """What the count is the sum of: one area and part each."""
        return [
            (one, piece, t) for one in (AREAS if area == "force" else [area]) for piece in (self.parts if part == "all" else [part]) for t in quarters
        ]

    def name(self, part: str) -> tuple[str, str]:
        """Key and segment under which the tables have a part."""
        return ("n", part) if self.along == "segments" or part == "all" else (part, "all")

    @property
    def kinds(self) -> Sequence[str]:
        return self.parts if self.along == "kinds" else ()

    def outcomes(self, tables: Tables) -> dict[tuple[str, str, int], str]:
        """What became of each twelve months that may be shown: (area, part, last quarter) -> primary, secondary or none."""
        suppression = tables.suppression()
        named = {(key, area, segment, quarter_end(t)): (area, part, t) for area, part, t in self.windows for key, segment in [self.name(part)]}
        return {named[cell]: became for cell, became in suppression.items() if cell in named}

    def rows(self) -> list[tuple]:
        by_quarter, by_year = (
            [(self.name(part)[0], area, self.name(part)[1], period, quarter_end(t), amount) for (area, part, t), amount in amounts.items()]
            for period, amounts in (("quarter", self.counts), ("r12m", self.windows))
        )
        return by_quarter + by_year

    def attack(self, is_known: Callable[[str, str, int], bool]) -> Attack:
        """What is shown over time: the force by quarters, the areas by twelve months, where `is_known`."""
        attack = Attack()
        for part in self.parts:
            for t in range(self.quarters):
                attack.sums_to(self.places("force", part, t), self.counts["force", part, t])
        for (area, part, t), amount in self.windows.items():
            if area != "force" and is_known(area, part, t):
                attack.sums_to(self.places(area, part, t, t - 1, t - 2, t - 3), amount)
        return attack.starting_from(self.cells)

    def width(self, part: str, t: int) -> int:
        """How far a suppressed twelve months must be open: as far as the force, which shows all of its own, leaves them."""
        of_part, of_all = self.windows["force", part, t], self.windows["force", "all", t]
        return min(WIDTH, of_part, of_all if part == "all" else of_all - of_part)


@st.composite
def breakdowns(draw: st.DrawFn) -> Breakdown:
    """Quarters of three areas by two to four parts, from those with hardly anything to those with plenty."""
    quarters = draw(st.integers(4, 13))
    parts = "wxyz"[: draw(st.integers(2, 4))]
    counts: Parts = {}
    for area in AREAS:
        for part in parts:
            highest = draw(st.sampled_from([0, 1, 2, 3, 8, 30]))
            lowest = draw(st.integers(0, highest))
            seed = draw(st.randoms(use_true_random=False))
            counts |= {(area, part, t): seed.randint(lowest, highest) for t in range(quarters)}
    return Breakdown(counts, parts, quarters, draw(st.sampled_from(["segments", "kinds"])))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(breakdown=breakdowns())
def test_no_suppressed_count_of_a_segment_or_kind_is_recovered_over_time(tables: Tables, breakdown: Breakdown):
    tables.fill(breakdown.rows(), breakdown.kinds)
    outcome = breakdown.outcomes(tables)
    attack = breakdown.attack(lambda *cell: outcome.get(cell) == "none")
    for (area, part, t), amount in breakdown.counts.items():
        if area != "force" and 1 <= amount <= SMALL:
            assert attack.leaves_open(breakdown.places(area, part, t), 1), ("quarter", area, part, t, amount)
    for (area, part, t), amount in breakdown.windows.items():
        became = outcome.get((area, part, t))
        if area == "force" or became == "none" or amount == 0:
            continue
        # also of ends that are not shown no small count may be known
        width = max(breakdown.width(part, t) if became else 0, 1 <= amount <= SMALL)
        window = breakdown.places(area, part, t, t - 1, t - 2, t - 3)
        assert attack.leaves_open(window, width), (became, area, part, t, amount, attack.range_of(window))


@pytest.mark.parametrize("along", ["segments", "kinds"])
def test_the_attack_recovers_a_part_that_is_shown_less_often_than_the_others(tables: Tables, along: str):
    """The town has one `x` a year and plenty of the rest: `x` is shown once a year, and so must the others be, or it is all less `y` and `z`."""
    parts = {"x": {"town": 1, "county": 9, "elsewhere": 9}, "y": dict.fromkeys(AREAS, 20), "z": dict.fromkeys(AREAS, 30)}
    counts = {
        (area, part, t): n if part != "x" or area != "town" or t % 4 == 1 else 0
        for part, of in parts.items()
        for area, n in of.items()
        for t in range(9)
    }
    breakdown = Breakdown(counts, "xyz", 9, along)
    tables.fill(breakdown.rows(), "xyz" if along == "kinds" else ())
    suppression = tables.suppression()
    assert {end for (key, _, segment, end) in suppression if breakdown.name("y") == (key, segment) and _ != "force"} == {
        quarter_end(4),
        quarter_end(8),
    }
    assert {end for (key, area, segment, end) in suppression if breakdown.name("all") == (key, segment) and area != "force"} == {
        quarter_end(t) for t in range(3, 9)
    }
    window = breakdown.places("town", "x", 6, 5, 4, 3)
    assert breakdown.attack(lambda _, part, t: part != "x").range_of(window) == (1, 1)
    careful = breakdown.attack(
        lambda area, part, t: suppression.get((breakdown.name(part)[0], area, breakdown.name(part)[1], quarter_end(t))) == "none"
    )
    assert careful.leaves_open(window, WIDTH)


@st.composite
def cross_tables(draw: st.DrawFn) -> dict[tuple[str, str], int]:
    """Counts of three areas by two segments on one day."""
    highest = draw(st.sampled_from([2, 6, 12, 40]))
    return {(area, segment): draw(st.integers(0, highest)) for area in AREAS for segment in ("x", "y")}


def cross_rows(counts: dict[tuple[str, str], int]) -> list[tuple]:
    day = date(2023, 6, 30)
    cells = dict(counts)
    for area in AREAS:
        cells[area, "all"] = counts[area, "x"] + counts[area, "y"]
    for segment in ("x", "y", "all"):
        cells["force", segment] = sum(cells[area, segment] for area in AREAS)
    return [("n", area, segment, "snapshot", day, amount) for (area, segment), amount in cells.items()]


def cross_attack(counts: dict[tuple[str, str], int], is_known: Callable[[str, str], bool]) -> Attack:
    """Segments of areas; the force's are known, and so are the sums and counts that are shown."""
    attack = Attack()
    for segment in ("x", "y"):
        attack.sums_to([(area, segment) for area in AREAS], sum(counts[area, segment] for area in AREAS))
        for area in AREAS:
            if is_known(area, segment):
                attack.sums_to([(area, segment)], counts[area, segment])
    for area in AREAS:
        if is_known(area, "all"):
            attack.sums_to([(area, "x"), (area, "y")], counts[area, "x"] + counts[area, "y"])
    return attack


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(counts=cross_tables())
def test_no_small_count_is_recovered_across_areas_and_segments(tables: Tables, counts: dict[tuple[str, str], int]):
    tables.fill(cross_rows(counts))
    suppression = {(area, segment): kind for (_, area, segment, _), kind in tables.suppression().items()}
    assert all(kind != "secondary" or counts.get(cell, 99) == 0 or counts.get(cell, 99) > SMALL for cell, kind in suppression.items())
    attack = cross_attack(counts, lambda *cell: suppression[cell] == "none")
    for area in AREAS:
        for segment, cells in (("x", ["x"]), ("y", ["y"]), ("all", ["x", "y"])):
            if suppression[area, segment] == "primary":
                low, high = attack.range_of([(area, one) for one in cells])
                assert low < high, (area, segment, low)


def test_without_secondary_suppression_the_attack_recovers_what_was_suppressed(tables: Tables):
    counts = {("county", "x"): 30, ("county", "y"): 20, ("town", "x"): 3, ("town", "y"): 11, ("elsewhere", "x"): 7, ("elsewhere", "y"): 0}
    tables.fill(cross_rows(counts))
    suppression = {(area, segment): kind for (_, area, segment, _), kind in tables.suppression().items()}
    assert {cell for cell, kind in suppression.items() if kind == "primary"} == {("town", "x")}
    careless = cross_attack(counts, lambda *cell: suppression[cell] != "primary")
    assert careless.range_of([("town", "x")]) == (3, 3)
    careful = cross_attack(counts, lambda *cell: suppression[cell] == "none")
    low, high = careful.range_of([("town", "x")])
    assert high - low >= WIDTH


def test_force_counts_and_noughts_stay(tables: Tables):
    """Four orders in the force are shown, by policy; nought is shown; a small area's four are not."""
    counts = {("county", "x"): 0, ("county", "y"): 60, ("town", "x"): 4, ("town", "y"): 41, ("elsewhere", "x"): 0, ("elsewhere", "y"): 0}
    tables.fill(cross_rows(counts))
    suppression = {(area, segment): kind for (_, area, segment, _), kind in tables.suppression().items()}
    assert suppression["force", "x"] == "none"
    assert suppression["town", "x"] == "primary"
    counts = {("county", "x"): 0, ("county", "y"): 60, ("town", "x"): 0, ("town", "y"): 41, ("elsewhere", "x"): 0, ("elsewhere", "y"): 0}
    tables.fill(cross_rows(counts))
    assert set(tables.suppression().values()) == {"none"}


def test_kinds_that_have_segments_of_their_own_are_refused(tables: Tables):
    """Areas by kinds by segments: no rule is proved for a table of three dimensions, so the data test names each kind and segment."""
    day = date(2023, 6, 30)
    by_kind = [(key, area, "all", "snapshot", day, 40) for key in ("n", "x", "y") for area in ("force", *AREAS)]
    segments = [("x", area, segment, "snapshot", day, 20) for segment in ("young", "old") for area in ("force", *AREAS)]
    refused = render((DBT_PROJECT_DIR / "tests" / "kinds_of_a_whole_have_no_segments.sql").read_text(encoding="utf-8"))
    of_whole = [("n", area, "young", "snapshot", day, 20) for area in ("force", *AREAS)]
    tables.fill(by_kind + of_whole, "xy")
    assert tables.connection.execute(refused).fetchall() == [], "segments of the whole stand in a table of their own"
    tables.fill(by_kind + segments, "xy")
    assert sorted(tables.connection.execute(refused).fetchall()) == [("x", "old"), ("x", "young")]
