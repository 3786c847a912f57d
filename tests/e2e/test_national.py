"""The national view of three forces: what they publish is taken over, set side by side, published and drawn; one that fails stops no other."""

import shutil
from dataclasses import replace

import pytest

from pipelines.national.declared import headline_measures
from pipelines.publish.share import publish_share
from pipelines.settings import Settings
from pipelines.warehouse import share_of
from tests.e2e.force import Force
from tests.postgres import cluster
from tests.shares import as_another_force, as_role, put_in_place, share_in

pytest.importorskip("duckdb_extension_ducklake", reason="the packages of a lake are not installed: `make lake`")
FORCES = ("wiltshire", "dorset", "hampshire")
FUNNEL = {"within expected range", "alert high", "alert low", "alarm high", "alarm low"}
HEADLINES = """
select measure_id, area_id, period_type, period_end, numerator, denominator, value
from {database}measures.measure_values
where area_id = '{force}_force' and segment = 'all' and is_complete and value is not null and list_contains(?, measure_id)
order by all
"""


class Nation:
    """Three forces with a share each, and the national view that reads them."""

    def __init__(self, postgres, published: Settings, national: Settings) -> None:
        self.postgres, self.published, self.view = postgres, published, Force(national)
        folder = national.data_dir.parent
        self.forces = {force: replace(published, data_dir=folder / force) for force in FORCES} | {"wiltshire": published}
        postgres.sql("create role nation login")
        for force, settings in self.forces.items():
            self.forces[force] = replace(settings, share=share_in(postgres, folder / "shares" / force))
            self.share(force).create()
            self.share(force).grant("nation")
        national.data_dir.mkdir(parents=True)
        addresses = "".join(f"  {force}: {as_role(settings.share, 'nation').catalogue}\n" for force, settings in self.forces.items())
        national.shares_path.write_text(f"forces:\n{addresses}")

    def share(self, force: str):
        return share_of(self.forces[force])

    def publish(self, force: str, factor: float = 1, days_ago: int = 0) -> None:
        """Wiltshire publishes what it has; another force a part of that."""
        if force != "wiltshire":
            put_in_place(self.forces[force], lambda marts: as_another_force(marts, self.published, force, factor, days_ago))
        publish_share(self.forces[force], self.share(force))

    def figures_of(self, force: str) -> list[tuple]:
        """The headline figures as the force published them."""
        return Force(self.forces[force]).query(HEADLINES.format(database="", force=force), [headline_measures()])

    def figures_in_view(self, force: str) -> list[tuple]:
        return self.view.query(HEADLINES.format(database="", force=force), [headline_measures()])

    def shares(self) -> dict[str, tuple]:
        rows = self.view.query("select force_code, is_share_read, is_share_old, message, share_problem from quality.shares")
        return {force: rest for force, *rest in rows}


@pytest.fixture(scope="module")
def nation(published, parsed, tmp_path_factory):
    """After its first night, on which Dorset's newest publication is three days old."""
    folder = tmp_path_factory.mktemp("nation")
    settings = replace(published.settings, data_dir=folder / "national")
    with cluster(tmp_path_factory.mktemp("postgres")) as postgres:
        made = Nation(postgres, published.settings, settings)
        made.publish("wiltshire")
        made.publish("dorset", factor=0.6, days_ago=3)
        made.publish("hampshire", factor=0.9, days_ago=1)  # of two figures that were returned at one moment either may count
        shutil.copytree(parsed.dbt_target_dir, settings.dbt_target_dir)
        assert made.view.run(pages=True) == 0
        yield made


def test_the_figures_of_each_force_are_those_that_it_published(nation):
    for force in FORCES:
        figures = nation.figures_of(force)
        assert len(figures) > 500
        assert nation.figures_in_view(force) == figures
    assert nation.view.query("select count(*) from measures.measure_values where measure_id not in (select unnest(?))", [headline_measures()]) == [
        (0,)
    ]


def test_each_force_is_set_beside_all_of_them_with_the_state_of_its_funnel(nation):
    lines = nation.view.query("select scorecard_id, count(*), count(value), count(national_state) from scorecards.national group by all order by all")
    assert [(card, count) for card, count, *_ in lines] == [(f"national_{force}", len(headline_measures())) for force in sorted(FORCES)]
    assert all(with_state >= with_value - 2 > 10 for _, _, with_value, with_state in lines)
    states = nation.view.query(
        "select distinct measure_id, national_state from scorecards.national where unit <> 'seconds' and national_state is not null"
    )
    assert {state for _, state in states} <= FUNNEL
    assert len({state for _, state in states}) > 1
    together = nation.view.query(
        "select count(*), max(abs(v.numerator - c.numerator)), any_value(c.supplied_by) from measures.comparator_values as c inner join ("
        "  select measure_id, period_type, period_end, sum(numerator) as numerator, count(*) as forces from measures.measure_values group by all"
        ") as v using (measure_id, period_type, period_end) where c.comparator_id = 'national' and v.forces = 3"
    )
    ((count, difference, supplied_by),) = together
    assert (count > 500, difference, supplied_by) == (True, 0, "3 forces together")
    assert nation.view.query("select count(*) from measures.funnel_places where peer_group = 'tri_force'") > [(20,)]
    assert nation.view.query("select distinct comparison from measures.measure_comparisons where comparison like 'vs%' order by all") == [
        ("vs_national",),
        ("vs_tri_force",),
    ], "with sets and the nation only: pairs of forces grow with the square"


def test_the_view_is_drawn_like_any_other_and_says_whose_figures_are_old(nation):
    site = nation.view.settings.published_dir / "site"
    assert {path.stem for path in site.glob("cards/*.html")} >= {f"national_{force}" for force in FORCES}
    assert not list(site.glob("cards/opcc*")), "the cards of one force are not the nation's"
    (said,) = [message for force, (*_, message, _) in nation.shares().items() if force == "dorset"]
    assert said.startswith("The figures of Dorset Police are of ")
    assert said in (site / "index.html").read_text(encoding="utf-8")
    assert nation.shares()["hampshire"] == [True, False, None, None]


def test_a_force_whose_share_cannot_be_read_stops_no_other(nation):
    before = nation.figures_in_view("dorset")
    nation.publish("dorset", factor=0.5)
    nation.share("dorset").grant("nation", is_revoked=True)
    nation.publish("hampshire", factor=0.95)
    assert nation.view.run() == 0
    assert nation.figures_in_view("dorset") == before
    assert nation.figures_in_view("hampshire") == nation.figures_of("hampshire")
    is_read, is_old, message, problem = nation.shares()["dorset"]
    assert (is_read, is_old) == (False, True) and "permission denied" in problem and "permission" not in message
