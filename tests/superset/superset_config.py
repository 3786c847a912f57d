"""Superset's settings for tests/superset/check.py: a metadata database of its own, no browser protection in the way of a script."""

import os

SECRET_KEY = os.environ["SUPERSET_CHECK_KEY"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{os.environ['SUPERSET_CHECK_HOME']}/metadata.db"
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
RATELIMIT_ENABLED = False


def DB_CONNECTION_MUTATOR(uri, params, username, security_manager, source):
    """Open the version that is published now, by its own name.

    Connections of one process to the same path share one open file: with DuckDB before 1.5, under steady use,
    none of them would see a new publication.
    """
    if uri.drivername == "duckdb" and uri.database and os.environ.get("SUPERSET_CHECK_PLAIN") != "1":
        uri = uri.set(database=os.path.realpath(uri.database))
    return uri, params
