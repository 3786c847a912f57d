"""The outcome of each line's fortnight with more or fewer calls, longer or shorter ones, more or fewer operators (pipelines/demand/what_if.py)."""

from pipelines.demand.what_if import what_ifs


def model(dbt, session):
    return what_ifs(dbt.ref("int_staffing").pl()).to_arrow()
