"""Online reports of a month; some carry the reference of a crime of the month."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import Plan
from pipelines.synthetic.rows import Rows


def month_rows(plan: Plan, month: date, crime_refs: pl.Series) -> Rows:
    """The month's rows of `online_reports`."""
    rng = draw.generator(plan.seed, "online", month)
    count = plan.rows("online", cal.ONLINE, month, at_least=1)
    submitted = tl.draw_times(rng, month, plan.end, count, "online")
    form = draw.texts(rng, cal.ONLINE_FORMS, count)
    has_ref = form.is_in(list(cal.ONLINE_CRIME_FORMS)).to_numpy() & (rng.random(count) < cal.ONLINE_CRIME_REF)
    additional = (form == cal.ONLINE_ADDITIONAL_FORM).to_numpy() | (rng.random(count) < cal.ONLINE_ADDITIONAL)
    frame = pl.DataFrame(
        [
            draw.numbered(f"OCR-{month:%y%m}-", count, 5).alias("report_id"),
            tl.local_column("submitted_at", submitted, unchanged_clock=tl.unchanged_clocks(rng, submitted)),
            form.alias("form_type"),
            crime_refs.gather(rng.integers(0, len(crime_refs), count)).set(pl.Series(~has_ref), None).alias("crime_ref"),
            pl.Series("is_additional_information", additional),
        ]
    )
    corrected = draw.flags(rng, count, cal.EXTRACTS["online_reports"].corrected, at_least=1) & np.asarray(form != "report something else")
    return Rows(frame, corrected, {"form_type": pl.Series(["report something else"], dtype=pl.String).new_from_index(0, count)})
