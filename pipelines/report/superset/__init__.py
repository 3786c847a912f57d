"""The Superset dashboard of the OPCC scorecard, as an import file."""
