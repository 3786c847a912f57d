"""The dbt project as Dagster assets: one dbt invocation per run, in this process."""
