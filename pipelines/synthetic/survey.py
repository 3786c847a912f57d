"""Releases of the Crime Survey: each question in Wiltshire, England and Wales, and the most similar group, with margins."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic import draw
from pipelines.synthetic import timeline as tl


def releases() -> list[date]:
    """Last days of the twelve months that each release covers, oldest first."""
    last = tl.first_of_month(cal.survey.LAST)
    return [tl.add_months(last, 1 - 3 * back) - timedelta(days=1) for back in range(cal.survey.RELEASES - 1, -1, -1)]


def released_at(release: date) -> datetime:
    day = release + timedelta(days=cal.survey.RELEASED_AFTER_DAYS)
    return datetime(day.year, day.month, day.day, 9, 30)


def _estimates(question: cal.survey.Question, place: int, seed: int) -> list[float]:
    """The question's estimate in one area, release by release: back from the printed ones in steps that are drawn."""
    rng = draw.generator(seed, f"csew {question.name} {cal.survey.AREAS[place]}")
    estimates = [question.estimates[place], question.estimates[place] - question.changes[place]]
    for _ in range(cal.survey.RELEASES - 2):
        step = cal.survey.DRIFT[place] + cal.survey.STEP[place] * float(np.clip(rng.standard_normal() / 2, -1, 1))
        estimates.append(estimates[-1] - step)
    return [round(value, 1) for value in reversed(estimates)]


def release_rows(seed: int, release: date) -> pl.DataFrame:
    """A release: 7 questions in 3 areas. Estimates and margins in per cent and points; the most similar group has no margin."""
    position = releases().index(release)
    rng = draw.generator(seed, "csew release", release)
    in_words = bool(rng.random() < cal.survey.SPELT_OUT_SHARE)
    rows = []
    for number, question in enumerate(cal.survey.QUESTIONS, start=1):
        for place, area in enumerate(cal.survey.AREAS):
            estimate = _estimates(question, place, seed)[position]
            margin = None
            if place < len(question.margins):
                noise = 0.0 if release == cal.survey.LAST else cal.survey.MARGIN_NOISE * float(np.clip(rng.standard_normal(), -2, 2))
                margin = round(question.margins[place] * (1 + noise), 1)
            sample = None if margin is None else round(estimate * (100 - estimate) * (1.96 / margin) ** 2)
            rows.append((f"{number}. {question.words}" if in_words else question.name, area, release, estimate, margin, sample))
    schema = {
        "question": pl.String,
        "area": pl.String,
        "release_quarter": pl.Date,
        "estimate": pl.Float64,
        "margin": pl.Float64,
        "effective_sample": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
