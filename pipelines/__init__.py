"""The scorecard warehouse: raw police extracts in, trusted measures and scorecards out."""

__version__ = "0.1.0"
