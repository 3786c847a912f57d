"""The result of a feed's module: a month's final rows, and the differing values of their first extract."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Rows:
    """A month's rows in the order of their events.

    final      canonical columns (`force_code` only where it is not the home force throughout); times are local wall times
    corrected  rows whose first extract shows other values, which a later extract corrects
    first      those other values, by column (whole columns; only the corrected rows' values are used)
    follows    columns that are blank as long as the time beside them is not yet known, e.g. {"cancelled_at": "cancel_code"}
    """

    final: pl.DataFrame
    corrected: np.ndarray
    first: dict[str, pl.Series] = field(default_factory=dict)
    follows: dict[str, str] = field(default_factory=dict)
