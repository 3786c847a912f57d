"""`scorecards lake`: make a lake, bring a build database into it or out of it, and keep its folder small."""

from __future__ import annotations

from pipelines.commands.console import console
from pipelines.commands.run import BUSY
from pipelines.settings import Settings
from pipelines.warehouse import FileTarget, LakeTarget, Target, WarehouseBusy, WarehouseUnavailable, target_of


def _lake(settings: Settings) -> LakeTarget:
    target = target_of(settings)
    if not isinstance(target, LakeTarget):
        raise WarehouseUnavailable("there is no lake: set SCORECARDS_TARGET=ducklake, and what it needs besides (docs/lake.md)")
    return target


def init(settings: Settings) -> int:
    """Returns 0. Raises WarehouseUnavailable."""
    lake = _lake(settings)
    made = lake.create()
    console.print(f"{'Made a lake' if made else 'There is a lake already'}: catalogue {lake.lake.address}, data {lake.lake.data}.", soft_wrap=True)
    return 0


def bring_in(settings: Settings) -> int:
    """Copy this data directory's build file into an empty lake. Returns 0, or BUSY. Raises WarehouseUnavailable."""
    return _bring(FileTarget(settings), _lake(settings), settings, f"{settings.build_path} stays as it is")


def bring_out(settings: Settings) -> int:
    """Copy the lake into a build file where this data directory has none. Returns 0, or BUSY. Raises WarehouseUnavailable."""
    return _bring(_lake(settings), FileTarget(settings), settings, "unset SCORECARDS_TARGET to build there; the lake stays as it is")


def _bring(source: Target, target: Target, settings: Settings, and_then: str) -> int:
    try:
        with _lake(settings).lock():
            if not source.exists():
                raise WarehouseUnavailable("there is nothing to bring over: no run has taken anything in there")
            if target.exists():
                raise WarehouseUnavailable("there is a build database already where this one would go: nothing was changed")
            if isinstance(source, FileTarget):
                target.restore(settings.build_path)
            else:
                source.save(settings.build_path)
    except WarehouseBusy as error:
        console.print(f"[red]{error}[/red]")
        return BUSY
    console.print(f"Every row, the ledger and the results of checks are over; {and_then}. The next run builds every model again.", soft_wrap=True)
    return 0


def maintain(settings: Settings, keep_days: int) -> int:
    """Returns 0, or BUSY. Raises WarehouseUnavailable."""
    lake = _lake(settings)
    try:
        with lake.lock():
            files, size = lake.contents()
            lake.maintain(keep_days)
    except WarehouseBusy as error:
        console.print(f"[red]{error}[/red]")
        return BUSY
    left, left_size = lake.contents()
    console.print(f"{files:,} files ({size / 1e6:,.0f} MB) before, {left:,} ({left_size / 1e6:,.0f} MB) now.")
    return 0
