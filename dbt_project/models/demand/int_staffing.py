"""Operators needed by half hour, by Erlang A and Erlang C, and what to expect with those who are rostered (pipelines/demand/staffing.py)."""

from pipelines.demand.staffing import Rules, staffing


def model(dbt, session):
    half_hours = dbt.ref("int_staffing_inputs").pl()
    rules = Rules(float(dbt.config.get("max_occupancy_pct")) / 100, float(dbt.config.get("shrinkage_pct")) / 100)
    return staffing(half_hours, rules).to_arrow()
