"""Forecasts of each line by the model of days, from each Monday of two years and from the newest day. Made are those of which something is new."""

from pipelines.demand.origin_table import NONE, origin_table


def model(dbt, session):
    demand = dbt.ref("interval_demand").select("area_id, line, local_date, interval_start_local, offered_count").pl()
    earlier = dbt.ref("int_earlier_calls").pl()
    holidays = dbt.ref("bank_holidays").select("cast(date as date)").pl().to_series().to_list()
    kept = session.sql(f"from {dbt.this}").pl() if dbt.is_incremental else NONE
    return origin_table(demand, earlier, holidays, kept).to_arrow()
