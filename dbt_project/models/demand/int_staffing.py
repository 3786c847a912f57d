"""Operators needed by half hour, by Erlang A and Erlang C, and what to expect with those who are rostered (pipelines/demand/staffing.py)."""

from pipelines.demand.staffing import Rules, staffing


def model(dbt, session):
    # dbt finds what a model reads of its configuration where each call stands by itself
    max_occupancy_pct = dbt.config.get("max_occupancy_pct")
    shrinkage_pct = dbt.config.get("shrinkage_pct")
    return staffing(dbt.ref("int_staffing_inputs").pl(), Rules(float(max_occupancy_pct) / 100, float(shrinkage_pct) / 100)).to_arrow()
