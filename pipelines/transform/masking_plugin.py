"""The function masked(text) for dbt's connection: profiles.yml names this module."""

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from pipelines.masking import masked_in_sql


class Plugin(BasePlugin):
    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        masked_in_sql(conn)
