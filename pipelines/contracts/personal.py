"""Which columns are personal, as the contracts class them."""

from __future__ import annotations

from pipelines.contracts.model import Column, Contracts


def is_personal(column: Column) -> bool:
    """Whether the column is classed `personal` or `personal_identifier`."""
    return column.classification.startswith("personal")


def personal_columns(contracts: Contracts) -> frozenset[str]:
    """Names of the columns that any contract classes as personal or as a personal identifier: none of them is ever published."""
    return frozenset(c.name.lower() for feed in contracts.feeds.values() for c in feed.columns if is_personal(c))
