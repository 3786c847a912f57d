"""Calls of each line to come, by day and half hour, with the backtest of such forecasts. Lines of which nothing is new keep their rows."""

from pipelines.demand.forecast_table import call_forecasts


def model(dbt, session):
    demand = dbt.ref("interval_demand").select("area_id, line, local_date, interval_start_local, offered_count").pl()
    earlier = dbt.ref("int_earlier_calls").pl()
    holidays = dbt.ref("bank_holidays").select("cast(date as date)").pl().to_series().to_list()
    origins = dbt.ref("int_origin_forecasts").pl()
    known: list[str] = []
    if dbt.is_incremental:
        known = session.sql(f"select distinct inputs_hash from {dbt.this}").pl()["inputs_hash"].to_list()
    return call_forecasts(demand, earlier, holidays, origins, known).to_arrow()
