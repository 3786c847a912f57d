"""`scorecards lake`: make a lake and a share, bring a build database over, let others read the share, and keep the folders small."""

from __future__ import annotations

from pipelines.commands.console import console, print_table
from pipelines.commands.run import BUSY
from pipelines.settings import Settings
from pipelines.warehouse import FileTarget, LakeTarget, Target, WarehouseBusy, WarehouseUnavailable, share_of, target_of


def _lake(settings: Settings) -> LakeTarget:
    target = target_of(settings)
    if not isinstance(target, LakeTarget):
        raise WarehouseUnavailable("there is no lake: set SCORECARDS_TARGET=ducklake, and what it needs besides (docs/lake.md)")
    return target


def _share(settings: Settings) -> LakeTarget:
    share = share_of(settings)
    if share is None:
        raise WarehouseUnavailable("there is no share: set SCORECARDS_SHARE_CATALOGUE and SCORECARDS_SHARE_DATA (docs/lake.md)")
    return share


def _lakes(settings: Settings) -> dict[str, LakeTarget]:
    """The lakes of these settings by what they are; at least one. Raises WarehouseUnavailable."""
    share = share_of(settings)
    lakes = {"lake": _lake(settings)} if settings.lake or share is None else {}
    return lakes | ({"share": share} if share else {})


def init(settings: Settings) -> int:
    """Returns 0. Raises WarehouseUnavailable."""
    for what, lake in _lakes(settings).items():
        made = lake.create()
        console.print(f"{'Made a' if made else 'There already is a'} {what}: catalogue {lake.lake.address}, data {lake.lake.data}.", soft_wrap=True)
    return 0


def grant(settings: Settings, role: str, is_revoked: bool = False) -> int:
    """Returns 0. Raises WarehouseUnavailable."""
    share = _share(settings)
    share.grant(role, is_revoked)
    console.print(f"Role {role} {'no longer reads' if is_revoked else 'reads'} the share ({share.lake.address}).", soft_wrap=True)
    return 0


def list_publications(settings: Settings) -> int:
    """Print what the share holds, the newest last. Returns 0, or 1 where it holds nothing. Raises WarehouseUnavailable."""
    from pipelines.publish.share import publications

    found = publications(settings, _share(settings).lake)
    if not found:
        console.print("Nothing has been published to the share yet: `scorecards run` does.")
        return 1
    rows = [[str(each.snapshot), f"{each.published_at:%d %b %Y %H:%M}", f"{each.rows_written:,}", each.version] for each in found]
    print_table("Publications in the share", ["state", "published (UTC)", "rows written", "version"], rows)
    console.print("To read one: `select … from share.measures.measure_values at (version => STATE)`.")
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


def maintain(settings: Settings, keep_days: int, keep_published_days: int) -> int:
    """Returns 0, or BUSY. Raises WarehouseUnavailable."""
    for what, lake in _lakes(settings).items():
        try:
            with lake.hold() if what == "share" else lake.lock():
                files, size = lake.contents()
                lake.maintain(keep_published_days if what == "share" else keep_days)
        except WarehouseBusy as error:
            console.print(f"[red]{error}[/red]")
            return BUSY
        left, left_size = lake.contents()
        console.print(f"The {what}: {files:,} files ({size / 1e6:,.0f} MB) before, {left:,} ({left_size / 1e6:,.0f} MB) now.")
    return 0
