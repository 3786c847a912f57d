"""`scorecards key rotate`: another hash key, and every personal identifier hashed anew with it."""

from __future__ import annotations

import os
import shutil

from pipelines import hash_key
from pipelines.commands.console import TerminalReporter, console
from pipelines.commands.run import BUSY
from pipelines.contracts.loading import load_contracts
from pipelines.ingest.rehash import rehash
from pipelines.settings import Settings
from pipelines.warehouse import WarehouseBusy, create_tables, has_build, open_build, run_lock


def rotate(settings: Settings, unlink: bool) -> int:
    """Hash the identifiers anew: with the present key where the warehouse knows another, else with a new one. Returns 0, 2 or BUSY.

    Raises RehashError where files that hold identifiers are gone from the landing folder and `unlink` is not set.
    """
    if not has_build(settings):
        console.print("The warehouse is empty: nothing is hashed yet, and the next run takes the present key.")
        return 0
    reporter = TerminalReporter()
    contracts = load_contracts(extra_layouts=settings.layouts_dir)
    try:
        with run_lock(settings), open_build(settings) as connection:
            create_tables(connection, contracts)
            key = settings.hash_key
            is_changed = hash_key.recorded(connection) not in (None, hash_key.fingerprint(key))
            if not is_changed and os.environ.get(hash_key.VARIABLE):
                console.print(f"{hash_key.VARIABLE} is the key in use. Set it to another one (`openssl rand -hex 32`), then run this again.")
                return 2
            if not is_changed:
                key = hash_key.new_key()
            reporter.step("hash personal identifiers anew")
            done = rehash(connection, contracts, settings, key, unlink, reporter.detail)
            reporter.finish()
            if not is_changed:
                hash_key.keep(settings.data_dir / "warehouse", key)
            # Copies of raw rows as known on past days hold the former hashes; each is made again when it is asked for.
            shutil.rmtree(settings.data_dir / "warehouse" / "as_at", ignore_errors=True)
    except WarehouseBusy as error:
        console.print(f"[red]{error}[/red]")
        return BUSY
    lost = f", {done.unlinked:,} unlinked because their files are gone" if done.unlinked else ""
    console.print(
        f"{done.rows:,} rows hashed anew{lost}; the key's fingerprint is {hash_key.fingerprint(key)}. The next run builds every model again."
    )
    console.print("Backups made before hold the former hashes: keep the former key as long as them, or remove them.")
    return 0
