"""Puts the workbooks in place: written aside and switched in one step, those in which nothing has changed as they were.

published/
  xlsx -> .xlsx/<version>     what people open; a publication replaces this link by a rename
  .xlsx/<version>/            <scorecard_id>.xlsx, and digests.json: what each of them shows, as a fingerprint
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.report.marts import Marts, Row
from pipelines.report.workbooks.sheets import Sheet, sheets_of
from pipelines.report.workbooks.workbook import Content, write_workbook
from pipelines.settings import Settings

FOLDER = "xlsx"
DIGESTS = "digests.json"
CARDS = "select * from scorecards.cards order by scorecard_id"
HEARTBEAT = "select * from quality.heartbeat"


@dataclass(frozen=True)
class Written:
    """What came of it: names of the workbooks, each written anew or kept."""

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]


def publish_workbooks(settings: Settings, force: bool = False) -> Written:
    """Write <published>/xlsx/<scorecard_id>.xlsx for every card; `force`: also those that show what they showed.

    Raises MartsError where nothing is published.
    """
    root = settings.published_dir
    live = root / FOLDER
    before = _digests(live)
    written, kept = [], []
    with Marts.open(settings.marts_path, settings.threads) as marts:
        (heartbeat,) = marts.rows(HEARTBEAT)
        version = root / f".{FOLDER}" / f"{heartbeat.published_at:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
        version.mkdir(parents=True)
        try:
            digests = {}
            for card in marts.rows(CARDS):
                sheets = sheets_of(card.table_name)
                content = Content(card, heartbeat, {sheet.name: _rows(marts, sheet, card) for sheet in sheets})
                name = f"{card.scorecard_id}.xlsx"
                digests[name] = _digest(content, sheets)
                if not force and before.get(name) == digests[name] and (live / name).exists():
                    os.link((live / name).resolve(), version / name)
                    kept.append(name)
                else:
                    write_workbook(version / name, sheets, content)
                    written.append(name)
            if not written and set(before) == set(digests):
                shutil.rmtree(version)
                return Written(live, (), tuple(kept))
            (version / DIGESTS).write_text(json.dumps(digests, indent=1), encoding="utf-8")
            _switch(live, version)
        except BaseException:
            shutil.rmtree(version, ignore_errors=True)
            raise
    return Written(live, tuple(written), tuple(kept))


def _rows(marts: Marts, sheet: Sheet, card: Row) -> list[Row]:
    known = {"card": card.scorecard_id, "framework": card.framework}
    return marts.rows(sheet.sql, {name: value for name, value in known.items() if f"${name}" in sheet.sql})


def _digest(content: Content, sheets: Sequence[Sheet]) -> str:
    """A fingerprint of what the workbook shows and of how it is drawn; the publication itself (run, time) does not count."""
    digest = hashlib.sha256()
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    digest.update(repr(list(content.card.items())).encode())
    for sheet in sheets:
        for row in content.rows[sheet.name]:
            digest.update(repr(list(row.values())).encode())
    return digest.hexdigest()


def _digests(folder: Path) -> Mapping[str, str]:
    try:
        digests: dict[str, str] = json.loads((folder / DIGESTS).read_text(encoding="utf-8"))
        return digests
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def _switch(live: Path, version: Path) -> None:
    """Point the link at the new version by one rename; the version before stays for those who have it open, older ones go."""
    before = live.resolve().name if live.is_symlink() else None
    fresh = version.parent / "link"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(f".{FOLDER}/{version.name}")
    fresh.replace(live)
    for path in version.parent.iterdir():
        if path.name not in {version.name, before}:
            shutil.rmtree(path, ignore_errors=True)
