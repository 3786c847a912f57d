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
    count = plan.rows("online", cal.online.ONLINE, month, at_least=1)
    submitted = tl.draw_times(rng, month, plan.end, count, "online", even=True)
    names = list(cal.online.ONLINE_FORMS)
    shares = np.array([plan.level(f"online {name}", share, month) for name, share in cal.online.ONLINE_FORMS.items()])
    form = draw.take(names, rng.permutation(np.repeat(np.arange(len(names)), draw.largest_remainders(shares, count))))
    has_ref = form.is_in(list(cal.online.ONLINE_CRIME_FORMS)).to_numpy() & (rng.random(count) < cal.online.ONLINE_CRIME_REF)
    additional = (form == cal.online.ONLINE_ADDITIONAL_FORM).to_numpy().copy()
    others = np.flatnonzero(~additional)
    additional[others] = draw.flags(rng, len(others), plan.level("online additional", cal.online.ONLINE_ADDITIONAL, month))
    frame = pl.DataFrame(
        [
            draw.numbered(f"OCR-{month:%y%m}-", count, 5).alias("report_id"),
            tl.local_column("submitted_at", submitted, unchanged_clock=tl.unchanged_clocks(rng, submitted)),
            form.alias("form_type"),
            crime_refs.gather(rng.integers(0, len(crime_refs), count)).set(pl.Series(~has_ref), None).alias("crime_ref"),
            pl.Series("is_additional_information", additional),
        ]
    )
    first = cal.online.ONLINE_FIRST_FORM
    corrected = draw.flags(rng, count, cal.files.EXTRACTS["online_reports"].corrected, at_least=1) & np.asarray(form != first)
    return Rows(frame, corrected, {"form_type": pl.Series([first], dtype=pl.String).new_from_index(0, count)})
