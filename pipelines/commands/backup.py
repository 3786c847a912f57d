"""`scorecards backup` and `scorecards restore`."""

from __future__ import annotations

from pathlib import Path

from pipelines.commands.console import console
from pipelines.commands.run import BUSY
from pipelines.publish.backup import back_up, restore
from pipelines.settings import Settings
from pipelines.warehouse import WarehouseBusy


def make_backup(settings: Settings, folder: Path) -> int:
    """Returns 0, or BUSY. Raises BackupError."""
    try:
        target = back_up(settings, folder)
    except WarehouseBusy as error:
        console.print(f"[red]{error}[/red]")
        return BUSY
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) / 1e6
    console.print(f"Wrote {target} ({size:,.0f} MB): build database, published marts, layouts, and the fingerprint of the hash key.", soft_wrap=True)
    console.print("The hash key and the landing files are not in it: keep the key in another place, and back up the landing folder as files.")
    return 0


def restore_backup(settings: Settings, backup: Path, with_another_key: bool) -> int:
    """Returns 0, or BUSY. Raises BackupError."""
    try:
        manifest = restore(settings, backup, with_another_key)
    except WarehouseBusy as error:
        console.print(f"[red]{error}[/red]")
        return BUSY
    console.print(f"Restored the backup of {manifest['made_at']} to {settings.data_dir}.", soft_wrap=True)
    console.print("Put the landing files in place, then `scorecards run`: it takes in what is new, and draws the site and the workbooks.")
    return 0
