"""`scorecards digest`: what is new on a scorecard since an earlier publication, as files, and by mail to those who asked for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipelines.atomic_file import atomic_write
from pipelines.commands.console import console
from pipelines.operations.channels import deliver, letter
from pipelines.private import FILE, private_folder
from pipelines.report.digest.build import Digest, DigestError, build, cards_of, cards_of_tier
from pipelines.report.digest.write import render, save
from pipelines.report.marts import Marts, MartsError
from pipelines.settings import Settings

DONE, NOTHING, NOT_DELIVERED = 0, 1, 2
FOLDER, SENT = "digest", "digests.json"


def write_digests(settings: Settings, audiences: Sequence[str], tier: str) -> int:
    """Write the digests of these cards or frameworks, or of every card that goes as far as the tier. Returns 0, or 1 where there is none."""
    try:
        with Marts.open(settings.marts_path, settings.threads) as marts:
            cards = [card for audience in audiences for card in cards_of(marts, audience, tier)] or cards_of_tier(marts, tier)
            for card in cards:
                made = build(marts, card, tier)
                html, plain = save(render(made, settings.digests.url_for(tier)), settings.published_dir / FOLDER, made.name)
                console.print(f"{_told(made)}\n  {html}\n  {plain}", markup=False, soft_wrap=True)
    except (MartsError, DigestError) as error:
        console.print(f"[red]{error}[/red]")
        return NOTHING
    return DONE


def send_digests(settings: Settings) -> int:
    """Mail each recipient the digest of the latest publication, once, with all that is new since the one that was sent before.

    Returns 0, 1 where nobody is to be told, or 2 where a mail could not be delivered; the next call tries again.
    """
    url, recipients = settings.alerting.smtp_url, settings.digests.recipients
    if not (url and recipients):
        console.print("Nobody is sent a digest: set SCORECARDS_SMTP_URL and SCORECARDS_DIGEST_TO (docs/digest.md).")
        return NOTHING
    ledger = private_folder(settings.data_dir / "warehouse") / SENT
    sent = _read(ledger)
    outcome = DONE
    try:
        with Marts.open(settings.marts_path, settings.threads) as marts:
            wanted = [(card, tier, address) for audience, tier, address in recipients for card in cards_of(marts, audience, tier)]
            for card, tier, address in wanted:
                key = f"{card.scorecard_id}-{tier} {address}"
                made = build(marts, card, tier, datetime.fromisoformat(sent[key]) if key in sent else None)
                latest = made.heartbeat.published_at.isoformat()
                if sent.get(key) == latest:
                    console.print(f"{made.name}: {address} has the digest of this publication", markup=False, soft_wrap=True)
                    continue
                written = render(made, settings.digests.url_for(tier))
                try:
                    deliver(url, letter(written.subject, settings.alerting.sender, [address], written.text, written.html))
                except OSError as error:
                    console.print(f"{made.name}: not sent to {address}: {error}; the next call tries again", markup=False, soft_wrap=True)
                    outcome = NOT_DELIVERED
                    continue
                console.print(f"{_told(made)}; sent to {address}", markup=False, soft_wrap=True)
                sent[key] = latest
                _write(ledger, sent)
    except (MartsError, DigestError) as error:
        console.print(f"[red]{error}[/red]")
        return NOTHING
    return outcome


def _told(made: Digest) -> str:
    since = f" since {made.since:%d %b %Y %H:%M} UTC" if made.since else ""
    return f"{made.name}: {', '.join(f'{words} {count}' for words, count in made.news.items())}{since}"


def _read(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):  # lost or damaged: sent once more rather than not at all
        return {}


def _write(path: Path, sent: dict[str, str]) -> None:
    with atomic_write(path, mode=FILE) as part:
        part.write_text(json.dumps(sent, indent=1), encoding="utf-8")
