"""The shape of the catalogue's files: what an analyst may write, field by field. JSON Schema and documentation come from these models."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Period = Literal["month", "r12m", "quarter", "year", "snapshot"]
Level = Literal["force", "district", "cpt"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"give a number, not {value!r}")
    return value


def _as_text(value: object) -> object:
    """A condition that is only true or false is a boolean to YAML."""
    return str(value).lower() if isinstance(value, bool) else value


Number = Annotated[int | float, BeforeValidator(_number)]
Expression = Annotated[str, BeforeValidator(_as_text)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Target(_Strict):
    """A level to be reached. Without `from` it always holds; without `area`, everywhere. It holds until the next one of its area."""

    value: Number
    type: Literal["SLA", "statutory", "ambition"]
    valid_from: date | None = Field(None, alias="from")
    area: str | None = None


class ThresholdStep(_Strict):
    """A threshold in the numerator of a share, from a date on; without `from`, from the beginning."""

    value: Number
    valid_from: date | None = Field(None, alias="from")


class Side(_Strict):
    """One side of a rate: rows counted ({fact, where}), a column added up ({fact, sum, where}), or what another measure counts ({measure})."""

    measure: Identifier | None = None
    fact: str | None = None
    sum: str | None = None
    where: Expression | None = None


class SharedFields(_Strict):
    """Fields that a measure may take from its family, or from the defaults of its file."""

    statistic: str | None = Field(None, description="what is made of the rows; see the table in docs/adding-a-measure.md")
    fact: str | None = Field(None, description="the table its rows stand in (facts.yaml)")
    population: str | None = Field(None, description="which rows, in words")
    where: Expression | None = Field(None, description="which rows, as a condition on the fact's columns; excluded rows are out already")
    of: str | None = Field(None, description="sum, mean, median, p90: the column; rows without it are not counted. snapshot: what is counted once")
    margin: str | None = Field(None, description="estimate: the column that holds the margin of error")
    numerator: Side | Expression | None = Field(None, description="share, cohort_rate: a condition. Rates: the side above")
    denominator: Side | Expression | None = Field(None, description="rate, ratio: the side below")
    per: Number | None = Field(None, description="population_rate: per 1000, 10000 or 100000 residents")
    threshold: list[ThresholdStep] | None = Field(None, description="put where the numerator of a share says {threshold}")
    segment_by: str | None = Field(None, description="a column of the fact: one more row for each of its values")
    segments: list[str] | None = Field(
        None, description="returned: the parts that may be returned beside the whole; any other is published as `other`"
    )
    levels: list[Level] | None = Field(None, description="only these of the fact's levels of area")
    unit: str | None = Field(None, description="unit of the value (units.yaml); most statistics have one of their own")
    rolls_up: Literal["sum", "ratio", "none"] | None = Field(None, description="returned: how whole months or quarters make longer periods")
    direction: Literal["increase", "decrease", "neutral"] | None = Field(None, description="which way is better")
    headline_period: Period | None = Field(None, description="the period whose value stands on a card; month where it is not given")
    yoy_basis: Period | None = Field(None, description="the period whose change is quoted; r12m, or month for seconds, where it is not given")
    targets: list[Target] | None = None
    sla_grade: str | None = Field(None, description="takes the dated response standards of seed sla for that grade as targets")
    seasonal: bool | None = None
    sensitive: bool | None = Field(None, description="small numbers are suppressed with more care")
    hourly_profile: bool | None = Field(None, description="count: keeps the profile by hour and weekday")
    operational: bool | None = Field(None, description="counted by day as well, for those who run the service")
    basis: str | None = Field(None, description="whose clock or count it is: force, BT, open data, return, survey")
    owner: str | None = None
    frameworks: list[str] | None = Field(None, description="whose business it is (frameworks.yaml)")
    plan_priority: int | None = None
    themes: list[str] | None = Field(None, description="themes that run across domains")
    process: Identifier | None = Field(None, description="what is counted: measures of one process share series breaks and rebases")
    lag_months: int | None = Field(None, description="months until a figure is to be had")
    exclusions: str | None = Field(None, description="what else is left out, in words")
    not_collected: str | None = Field(None, description="returned: why there is no figure yet; the first return makes it collected")


class Entry(SharedFields):
    """One measure as it stands in a file."""

    id: Identifier
    title: str = Field(description="what readers see")
    definition: str = Field(description="one plain sentence")
    in_words: str | None = Field(
        None, pattern=r"^[^{}]*\{value\}[^{}]*$", description="how a sentence says the figure: {value} of 999 calls were abandoned"
    )
    family: str | None = Field(None, description="a family of this file whose fields it shares")


class MeasureFile(_Strict):
    """measures/<name>.yaml: the measures of one domain. A field of an entry counts before that of its family, that before the defaults."""

    domain: Identifier
    defaults: SharedFields = SharedFields()
    families: dict[str, SharedFields] = {}
    measures: list[Entry]


class Fact(_Strict):
    """What a measure can be counted in. It is covered for the months that all its feeds cover."""

    feeds: list[str]
    levels: list[Level]
    dated_events: bool = Field(False, description="its counts may be so rare that charts need the days between them")


class Unit(_Strict):
    """A unit of values, and how they are written."""

    factor: int = Field(1, description="what a quotient is multiplied by to stand in the unit")
    per_residents: bool = Field(False, description="the unit of a rate per number of residents")
    heading: str = Field(description="beside an axis or in the heading of a column")
    prefix: str = Field("", description="before the number: £103,000")
    suffix: str = Field("", description="after the number: 40.0%, 12 kg")
    decimals: Literal[0, 1] = 1
    small_unit: str | None = Field(None, description="the unit that a value below 1 is written in")
    is_in_cells: bool = Field(True, description="prefix and suffix also stand in cells and labels; else the heading says the unit")
    change_suffix: str | None = Field(None, description="a change is absolute and ends with this; without it, its per cent comes first")
    is_duration: bool = Field(False, description="seconds, written as 2h 17m 32s")
    can_be_negative: bool = Field(False, description="a value below 0 is possible")
    grows_with_area: bool = Field(False, description="values follow the size of an area, so that areas are not compared by them")

    @property
    def is_percentage(self) -> bool:
        return self.suffix == "%"


class DriverSet(_Strict):
    """Measures of one population, and by which columns of their fact a change of theirs is taken apart."""

    measures: list[Identifier] = Field(min_length=1)
    dimensions: list[str] = Field([], max_length=2, description="columns of the fact; cpt and district are its areas")
    parts: list[Identifier] = Field([], description="what a count is partly made of, where no column of its fact says so")
    words: str = Field(description="how the first dimension is spoken of; {1} is its value")


class Framework(_Strict):
    """A body's scorecard framework."""

    title: str
    body: str = Field(description="who is accountable")
    card_table: str | None = Field(None, description="the published table of its cards, without its schema")
    shows_items_of: list[str] = Field(description="the frameworks whose risks, deliverables and commentary its cards show")


class FindingRule(_Strict):
    """When a finding is said of a figure, and in which words. Fields that are numbers of the finding are SQL expressions of its relation."""

    kind: Identifier
    section: str = Field(description="where on a card it stands")
    relation: str = Field(alias="from", description="the relation of measure_findings.sql that the rule reads")
    any_chart: bool = Field(False, description="said of charts with too few months or counts as well")
    sign: Literal[-2, -1, 0, 1, 2] = Field(description="1 up, -1 down, 0 neither; 2 an improvement and -2 a concern whichever way")
    when: Expression = Field(description="SQL condition")
    says: str = Field(description="SQL text: the clause after the figure")
    term: str | None = Field(None, description="SQL text: the printed report's term for it, where it differs")
    leads: str | None = Field(None, description="the class of lead sentences that it may begin")
    leads_when: Expression = Field("true", description="SQL condition under which it may lead")
    special_causes: list[Literal["outside", "two_of_three", "trend", "shift"]] = Field(
        [], description="the rules of the chart that a signal speaks for"
    )
    because: str = Field(description="the rule in words, kept as evidence")
    k: str | None = None
    k_of: str | None = None
    base_period_end: str | None = None
    base_value: str | None = None
    change: str | None = None
    change_pct: str | None = None
    change_per_month: str | None = None
    limit_value: str | None = None
    z: str | None = None
    p: str | None = None
    slope_pct: str | None = None
    share_pct: str | None = None
    base_share_pct: str | None = None
    ratio: str | None = None


class FindingsFile(_Strict):
    """findings.yaml"""

    sections: dict[Identifier, str] = Field({}, description="sections of a card in their order, each with its heading")
    leads: list[Identifier] = Field([], description="the classes of lead sentences in their order")
    numbers: dict[str, Literal["integer", "date", "double"]] = Field({}, description="the numbers of a finding with their types")
    relations: dict[Identifier, list[str]] = Field({}, description="the numbers that each relation brings along")
    rules: list[FindingRule] = []


class FactsFile(_Strict):
    """facts.yaml"""

    facts: dict[str, Fact] = {}


class UnitsFile(_Strict):
    """units.yaml"""

    units: dict[str, Unit] = {}


class DriversFile(_Strict):
    """drivers.yaml"""

    drivers: list[DriverSet] = []


class FrameworksFile(_Strict):
    """frameworks.yaml"""

    frameworks: dict[str, Framework] = {}
