"""The lake for dbt's connection: profiles.yml names this module, and the pipeline sets the environment."""

import os

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from pipelines.settings import Lake, object_store
from pipelines.warehouse.lake import NAME, open_lake


class Plugin(BasePlugin):
    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        open_lake(conn, Lake(os.environ["SCORECARDS_LAKE_CATALOGUE"], os.environ["SCORECARDS_LAKE_DATA"], store=object_store()), NAME)
