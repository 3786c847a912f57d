"""The register of section 60 authorities as it stood at the end of a month; with no row, where there was none."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import timeline as tl


def section_60_register(month: date, months: list[date]) -> pl.DataFrame:
    """Every authority of the period so far; canonical columns of `section_60`."""
    known = [a for a in cal.operations.SECTION_60 if months[0] <= tl.first_of_month(a.day) <= month]
    starts = np.array([tl.from_local(a.day, a.start) for a in known], dtype=np.int64)
    return pl.DataFrame(
        [
            pl.Series("authority_id", [f"S60-{a.day:%Y%m%d}" for a in known], dtype=pl.String),
            pl.Series("area", [a.area for a in known], dtype=pl.String),
            tl.local_column("from_at", starts),
            tl.local_column("to_at", starts + np.array([a.hours for a in known], dtype=np.int64) * tl.HOUR),
        ]
    )
