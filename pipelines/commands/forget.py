"""`scorecards lake forget-force`: what there is of a force goes, and what lies elsewhere is named (docs/lake.md, docs/runbooks/national.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from glob import escape
from pathlib import Path
from stat import S_IMODE

import yaml

from pipelines import hash_key
from pipelines.atomic_file import atomic_write
from pipelines.commands.console import console
from pipelines.commands.run import BUSY
from pipelines.instance import prepare_home
from pipelines.national.declared import declared_shares, is_national
from pipelines.national.reading import FEED
from pipelines.publish.backup import MANIFEST
from pipelines.settings import Settings
from pipelines.warehouse import LakeTarget, WarehouseBusy, WarehouseUnavailable, forgetting, run_lock, share_of, target_of
from pipelines.warehouse.forgetting import Remains

FORGOTTEN, REFUSED = 0, 2


def forget_force(settings: Settings, force: str, confirmed: str | None, admin: str | None, backups: Sequence[Path]) -> int:
    """List what would go, or with the force's name as confirmation remove it. Returns 0, 2 where the confirmation is another name, or BUSY.

    Raises WarehouseUnavailable where it is not this force's, or cannot be removed.
    """
    if confirmed not in (None, force):
        console.print(f"[red]The confirmation names {confirmed}, and what would go is {force}: nothing was removed.[/red]")
        return REFUSED
    try:
        if is_national(settings):
            _forget_in_view(settings, force, is_to_go=confirmed is not None)
        else:
            _forget_own(settings, force, is_to_go=confirmed is not None, admin=admin, backups=backups)
    except WarehouseBusy as error:
        console.print(f"[red]{error}[/red]")
        return BUSY
    if confirmed is None:
        console.print(f"\nNothing was removed. To remove it: the same command with --confirm {force}. It cannot be undone.", soft_wrap=True)
    return FORGOTTEN


def _say(line: str) -> None:
    console.print(f"  {line}", soft_wrap=True)


# --- in the data directory of the force itself


def _forget_own(settings: Settings, force: str, is_to_go: bool, admin: str | None, backups: Sequence[Path]) -> None:
    target, share = target_of(settings), share_of(settings)
    lakes = {"lake": target} if isinstance(target, LakeTarget) else {}
    lakes |= {"share": share} if share else {}
    if not lakes:
        raise WarehouseUnavailable("there is neither a lake nor a share in these settings: run this with the settings of the force (docs/lake.md)")
    found = {what: forgetting.remains(lake, admin) for what, lake in lakes.items()}
    with forgetting.held(settings, lakes, found):
        forgetting.require_own(force, lakes, found, forgetting.noted(settings))
        console.print(f"Of {force} {'goes' if is_to_go else 'would go'}:")
        for there in found.values():
            for line in _listed(there, lakes[there.what]):
                _say(line)
        roles = sorted({there.owner for there in found.values()})
        _say(f"role {', '.join(roles)}" if admin else _by_superuser(roles))
        if is_to_go:
            forgetting.write_note(settings, force, found)
            for what, lake in lakes.items():
                forgetting.remove_objects(lake, found[what])
                forgetting.close_database(lake, found[what], admin)
                forgetting.drop_database(lake, found[what], admin)
                forgetting.remove_files(found[what])
                console.print(f"The {what} is gone.")
            for role in roles if admin else []:
                console.print(forgetting.drop_role(next(iter(lakes.values())), role, admin or ""), soft_wrap=True)
            forgetting.note_path(settings).unlink()
    console.print(f"\nOf {force} {'is' if is_to_go else 'would be'} left, to be removed by hand:")
    for line in _left(settings, force, backups):
        _say(line)


def _listed(there: Remains, lake: LakeTarget) -> Iterator[str]:
    if there.is_gone:
        yield f"the {there.what}: gone already ({there.address}, {there.folder})"
        return
    yield f"database {there.database} ({there.address}), " + ("gone already" if there.size is None else f"{there.size / 1e6:,.0f} MB")
    if there.is_open or not lake.lake.is_remote:
        files, size = lake.contents()
        yield f"{files:,} data files of the {there.what} in {there.folder}, {size / 1e6:,.0f} MB"
    if there.readers:
        yield f"what {', '.join(there.readers)} could read of it"
    if there.others:
        yield f"not: {len(there.others)} files in {there.folder} that are no lake's, such as {there.others[0].name}"


def _by_superuser(roles: Sequence[str]) -> str:
    return f"not: role {', '.join(roles)}, which only a superuser drops (`drop role`, or this command with --admin postgresql://postgres@HOST)"


def _left(settings: Settings, force: str, backups: Sequence[Path]) -> Iterator[str]:
    yield f"{settings.data_dir}: extracts, hash key, Dagster's history, and what was published"
    fingerprint = hash_key.fingerprint(settings.hash_key)
    for manifest in sorted(path for folder in backups for path in folder.glob(f"*/{MANIFEST}")):
        if json.loads(manifest.read_text(encoding="utf-8")).get("key_fingerprint") == fingerprint:
            yield f"backup {manifest.parent}"
    if not backups:
        yield "its backups: with --backups FOLDER they are named"
    yield f"what the national view has of it: `scorecards lake forget-force {force}` there"


# --- in the data directory of the national view


def _forget_in_view(settings: Settings, force: str, is_to_go: bool) -> None:
    # <force>_<version>_…: the code of another force may begin with this one's
    taken = (settings.landing_dir / FEED, f"{escape(force)}_[0-9]*.csv"), (settings.data_dir / "warehouse" / "shares", f"{escape(force)}.*")
    files = [path for folder, pattern in taken for path in sorted(folder.glob(pattern))]
    is_declared = force in declared_shares(settings)
    with run_lock(settings):
        console.print(f"Of {force} {'goes' if is_to_go else 'would go'} from the national view:")
        _say(f"its entry in {settings.shares_path}" + ("" if is_declared else ": gone already"))
        _say(f"{len(files)} files with its figures in {settings.landing_dir / FEED} and {settings.data_dir / 'warehouse' / 'shares'}")
        _say(f"its partition in Dagster{'' if _has_partition(settings, force) else ': gone already'}")
        if is_to_go:
            if is_declared and not take_out(settings.shares_path, force):
                console.print(f"[red]{settings.shares_path}: take the entry of {force} out by hand, it shares its line with others[/red]")
            for path in files:
                path.unlink(missing_ok=True)
            _delete_partition(settings, force)
    left = "steps 2 to 4 of “A force is to be forgotten” in docs/runbooks/national.md"
    verb = "are" if is_to_go else "would be"
    console.print(f"\nIts figures {verb} left in the build, in what was published, and in their backups: {left}.", soft_wrap=True)


def take_out(path: Path, force: str) -> bool:
    """Take the lines of a force out of shares.yaml, and leave every other line as it stands. Whether that could be done."""
    text = path.read_text(encoding="utf-8")
    before = yaml.safe_load(text)
    root = yaml.compose(text)
    assert isinstance(root, yaml.MappingNode)
    (forces,) = (value for key, value in root.value if key.value == "forces")
    (entry,) = ((key, value) for key, value in forces.value if key.value == force)
    lines = text.splitlines(keepends=True)
    kept = "".join(lines[: entry[0].start_mark.line] + lines[entry[1].end_mark.line + (entry[1].end_mark.column > 0) :])
    try:
        after = yaml.safe_load(kept)
    except yaml.YAMLError:
        return False
    expected: Mapping[str, object] = {**before, "forces": {name: at for name, at in before["forces"].items() if name != force} or None}
    if after != expected:
        return False
    with atomic_write(path, mode=S_IMODE(path.stat().st_mode)) as part:
        part.write_text(kept, encoding="utf-8")
    return True


def _has_partition(settings: Settings, force: str) -> bool:
    if not (settings.dagster_home / "dagster.yaml").exists():
        return False
    import dagster as dg

    from pipelines.national.assets import FORCES

    prepare_home(settings)
    with dg.DagsterInstance.get() as instance:
        return instance.has_dynamic_partition(str(FORCES.name), force)


def _delete_partition(settings: Settings, force: str) -> None:
    if _has_partition(settings, force):
        import dagster as dg

        from pipelines.national.assets import FORCES

        with dg.DagsterInstance.get() as instance:
            instance.delete_dynamic_partition(str(FORCES.name), force)
