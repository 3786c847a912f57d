"""A digest as HTML and as plain text. In the HTML every number says which cell it is (pipelines/report/trace.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from pipelines.atomic_file import atomic_write
from pipelines.report.digest.build import MOST, Digest
from pipelines.report.formatting import MARKING, date_text, moment_text
from pipelines.report.marts import Row
from pipelines.report.palette import TONES, css_variables
from pipelines.report.staffing import MOST_SHORT
from pipelines.report.trace import cell, origin, text

MARKINGS = {"internal": MARKING, "partner": "OFFICIAL – for the partners named in the sharing agreement", "public": None}
FOOTINGS = {
    "internal": "For use inside the force: small numbers are not suppressed.",
    "partner": "Small numbers of sensitive topics are suppressed.",
    "public": "Small numbers, and those that would give them away, are suppressed; such figures are not among the signals above.",
}


@dataclass(frozen=True)
class Written:
    """A digest ready for a mail."""

    subject: str
    html: str
    text: str


def render(digest: Digest, site_url: str | None = None) -> Written:
    """`site_url`: where the site of the tier is reached, so that names link to its pages; without it nothing is linked."""
    subject = f"{digest.card.title}: what is new"
    base = site_url.rstrip("/") if site_url else None
    demonstration: datetime | None = digest.heartbeat.get("demonstration_date")
    given = {
        "digest": digest,
        "subject": subject,
        "marking": MARKINGS[digest.tier],
        "footing": FOOTINGS[digest.tier],
        "demonstration": demonstration,
        "card_url": f"{base}/cards/{digest.card.scorecard_id}.html" if base else None,
        "sections": [
            ("New signals", digest.signals, "No chart of this scorecard began to signal."),
            ("Targets newly missed", digest.missed, "None."),
            ("Targets newly met", digest.met, "None."),
        ],
    }

    def link(words: Markup, measure_id: str) -> Markup:
        return Markup(f'<a href="{escape(base)}/measures/{escape(measure_id)}.html">{words}</a>') if base else words

    def linked(line: Row) -> Markup:
        return link(cell(line, "title"), line.measure_id) + Markup("").join(Markup(", ") + cell(line, part) for part in _place(digest, line))

    def name(line: Row) -> str:
        return ", ".join([line.title, *(line[part] for part in _place(digest, line))])

    helpers: dict[str, Any] = {
        "most": MOST,
        "most_short": MOST_SHORT,
        "tones": TONES,
        "tone_class": lambda tone: tone.partition(" ")[0],
        "colours": Markup(css_variables()),
        "cell": cell,
        "origin": origin,
        "text": text,
        "date_text": date_text,
        "moment_text": moment_text,
        "link": link,
        "linked": linked,
        "name": name,
    }
    pages = [_environment(escaped).get_template(template).render(**helpers, **given) for escaped, template in TEMPLATES]
    return Written(subject, *pages)


TEMPLATES = ((True, "digest.html.j2"), (False, "digest.txt.j2"))


def _environment(escaped: bool) -> Environment:
    return Environment(
        loader=PackageLoader("pipelines.report.digest"),
        autoescape=escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _place(digest: Digest, line: Row) -> list[str]:
    """The columns that say more than the card's title does: another area, a segment."""
    area = ["area_name"] if line.area_id != digest.card.area_id else []
    return area + (["segment"] if line.segment != "all" else [])


def save(written: Written, folder: Path, name: str) -> tuple[Path, Path]:
    """<folder>/<name>.html and .txt, each replaced whole."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = (folder / f"{name}.html", folder / f"{name}.txt")
    for path, content in zip(paths, (written.html, written.text), strict=True):
        with atomic_write(path) as part:
            part.write_text(content, encoding="utf-8", newline="\n")
    return paths
