"""Puts the workbooks in place: written aside and switched in one step (pipelines/versioned_folder.py), unchanged ones as they were.

A version holds <scorecard_id>.xlsx, and digests.json: a fingerprint of what each of them shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.report.marts import Marts, Row
from pipelines.report.workbooks import FOLDER
from pipelines.report.workbooks.sheets import SCORECARD_SHEET, Sheet, sheets_of
from pipelines.report.workbooks.summary import read_summary
from pipelines.report.workbooks.workbook import WorkbookContent, write_workbook
from pipelines.settings import Settings
from pipelines.versioned_folder import VersionedFolder, link_or_copy

DIGESTS = "digests.json"
CARDS = "select * from scorecards.cards order by scorecard_id"
HEARTBEAT = "select * from quality.heartbeat"


@dataclass(frozen=True)
class Workbooks:
    """The workbooks written, and those kept as they were."""

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]


def publish_workbooks(settings: Settings, force: bool = False) -> Workbooks:
    """Write <published>/xlsx/<scorecard_id>.xlsx for every card; `force`: unchanged ones too.

    Raises MartsError where nothing is published.
    """
    folder = VersionedFolder(settings.published_dir / FOLDER, settings.published_dir / f".{FOLDER}")
    before = folder.live
    old_digests = _digests(before) if before else {}
    written, kept, digests = [], [], {}
    with Marts.open(settings.marts_path, settings.threads) as marts, folder.staging() as staging:
        (heartbeat,) = marts.rows(HEARTBEAT)
        for card in marts.rows(CARDS):
            sheets = sheets_of(card.table_name)
            rows = {sheet.name: _rows(marts, sheet, card) for sheet in sheets}
            content = WorkbookContent(card, heartbeat, rows, read_summary(marts, card, rows[SCORECARD_SHEET]))
            name = f"{card.scorecard_id}.xlsx"
            digests[name] = _digest(content, sheets)
            if not force and before and old_digests.get(name) == digests[name] and (before / name).exists():
                link_or_copy(before / name, staging / name)
                kept.append(name)
            else:
                write_workbook(staging / name, sheets, content)
                written.append(name)
        if written or set(old_digests) != set(digests):
            (staging / DIGESTS).write_text(json.dumps(digests, indent=1), encoding="utf-8")
            folder.put_in_place(staging)
    return Workbooks(folder.link, tuple(written), tuple(kept))


def _rows(marts: Marts, sheet: Sheet, card: Row) -> list[Row]:
    known = {"card": card.scorecard_id, "framework": card.framework}
    return marts.rows(sheet.sql, {name: value for name, value in known.items() if f"${name}" in sheet.sql})


def _digest(content: WorkbookContent, sheets: Sequence[Sheet]) -> str:
    """A fingerprint of what the workbook shows and of how it is drawn; the publication itself (run, time) does not count."""
    digest = hashlib.sha256()
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    digest.update(repr(list(content.card.items())).encode())
    digest.update(repr((content.summary.sentences, content.summary.late)).encode())
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
