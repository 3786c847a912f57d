"""The dbt project as Dagster assets: one dbt invocation a run, in this process."""
