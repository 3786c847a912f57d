"""`make bench-national`: a year of 43 forces, each of its own size, 74 million rows, on one machine: some forces alone, and all as one build.

Every force has the extracts that Wiltshire has of calls, logs, crimes and what follows from them, as many as its residents say; their districts and
policing teams are Wiltshire's, under names of their own, so that one build has 43 times the series. Only marts are built. What counts is the largest
process, which is to stay below 8 GB, and seconds per million rows beside those of a force alone; `/ floor` is processor time and the clock beside the
floor of the same files (tests/benchmarks/floor.py).

`--share 0.1` takes a tenth of the rows. `--forces wiltshire,metropolitan` names the forces that are also built by themselves.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Collection
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pipelines.settings import PROJECT_DIR
from pipelines.synthetic.generate import write_extracts
from tests.landing import HASH_KEY

HOME = "wiltshire"
MONTHS = 12
END = date(2023, 7, 31)
# Residents in thousands, by police force area: Census 2021 (ONS), rounded. They only say how large a force is beside Wiltshire.
RESIDENTS = {
    "avon_and_somerset": 1719, "bedfordshire": 705, "cambridgeshire": 895, "cheshire": 1095, "city_of_london": 9, "cleveland": 568, "cumbria": 500,
    "derbyshire": 1056, "devon_and_cornwall": 1780, "dorset": 773, "durham": 630, "dyfed_powys": 515, "essex": 1832, "gloucestershire": 645,
    "greater_manchester": 2868, "gwent": 587, "hampshire": 1999, "hertfordshire": 1199, "humberside": 933, "kent": 1856, "lancashire": 1531,
    "leicestershire": 1122, "lincolnshire": 768, "merseyside": 1423, "metropolitan": 8790, "norfolk": 916, "north_wales": 687, "north_yorkshire": 818,
    "northamptonshire": 785, "northumbria": 1459, "nottinghamshire": 1149, "south_wales": 1336, "south_yorkshire": 1375, "staffordshire": 1134,
    "suffolk": 760, "surrey": 1203, "sussex": 1706, "thames_valley": 2493, "warwickshire": 597, "west_mercia": 1297, "west_midlands": 2919,
    "west_yorkshire": 2352, HOME: 743,
}  # fmt: skip
# Seeds that say what forces and areas there are; the columns in which Wiltshire's names become those of another force.
SEEDS = {
    "forces": ("force_code", "force_name"),
    "areas": ("area_id", "force_code", "parent_area_id", "csp_id"),
    "area_aliases": ("force_code", "target"),
    "populations": ("area_id",),
    "csps": ("csp_id", "force_code", "area_id"),
}


def write_forces(folder: Path, share: float, forces: Collection[str] = RESIDENTS.keys()) -> dict[str, int]:
    """The extracts of each of these forces in a folder of its own, and the rows of each."""
    rows = {}
    for number, force in enumerate(RESIDENTS):
        if force not in forces:
            continue
        scale = RESIDENTS[force] / RESIDENTS[HOME] * share
        written = write_extracts(folder / force, months=MONTHS, end=END, seed=20230731 + number, scale=scale, force_code=force)
        rows[force] = sum(file.rows for file in written)
        print(f"  {force} {rows[force]:,} rows", flush=True)
    return rows


def place(files: Path, force: str, landing: Path) -> None:
    """A force's files in a landing folder, in a folder of the force's within each feed's."""
    for path in sorted(path for path in (files / force).rglob("*") if path.is_file()):
        feed, *rest = path.relative_to(files / force).parts
        target = landing.joinpath(feed, force, *rest)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)


def project_of_all_forces(folder: Path) -> Path:
    """A copy of the project whose seeds know all forces, with Wiltshire's districts and teams in each that they do not know yet."""
    for name in ("pipelines", "dbt_project"):
        shutil.copytree(PROJECT_DIR / name, folder / name, ignore=shutil.ignore_patterns("target", "logs", "__pycache__"))
    shutil.copyfile(PROJECT_DIR / "dagster.yaml", folder / "dagster.yaml")
    seeds = {name: _rows_of(folder, name) for name in SEEDS}
    areas = {row["area_id"] for row in seeds["areas"] if row["force_code"] == HOME}
    added = sorted(RESIDENTS.keys() - {row["force_code"] for row in seeds["forces"]})
    for name, rows in seeds.items():
        ours = [row for row in rows if (row["force_code"] == HOME if "force_code" in row else row["area_id"] in areas)]
        if name == "area_aliases":
            ours = [row for row in ours if row["kind"] != "force_name"]
            rows += [{"force_code": force, "kind": "force_name", "alias": force, "target": force} for force in added]
        for force in added:
            rows += [{column: _renamed(text, force) if column in SEEDS[name] else text for column, text in row.items()} for row in ours]
        with _path_of(folder, name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _path_of(project: Path, seed: str) -> Path:
    return project / "dbt_project" / "seeds" / f"{seed}.csv"


def _rows_of(project: Path, seed: str) -> list[dict[str, str]]:
    with _path_of(project, seed).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _renamed(name: str, force: str) -> str:
    """A name of Wiltshire's as one of another force: `wiltshire_force` is `kent_force`, and `swindon` is `kent_swindon`."""
    return f"{force}{name[len(HOME) :]}" if name.lower().startswith(HOME) else f"{force}_{name}" if name else name


class Took(NamedTuple):
    """What a process took by itself."""

    seconds: float
    processor: float
    gigabytes: float


def process_of(arguments: list[str], project: Path, environment: dict[str, str], output: Path, allowed: tuple[int, ...] = (0,)) -> Took:
    """A process and what it took. Ends the command where the process ends with another status than those allowed."""
    began = time.monotonic()
    with output.open("w", encoding="utf-8") as file:
        process = subprocess.Popen([sys.executable, "-m", *arguments], cwd=project, env=environment, stdout=file, stderr=file)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        sys.exit(f"{' '.join(arguments)} ended with {process.returncode}:\n{output.read_text(encoding='utf-8')[-4000:]}")
    return Took(time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6)


def build(project: Path, data_dir: Path, memory_limit: str) -> Took:
    """The marts of what lies in the landing folder of `data_dir`. 3: published, and a file stands refused."""
    environment = os.environ | {
        "SCORECARDS_DATA_DIR": str(data_dir),
        "SCORECARDS_HASH_KEY": HASH_KEY.decode(),
        "SCORECARDS_SETTLE_SECONDS": "0",
        "SCORECARDS_MEMORY_LIMIT": memory_limit,
        "PYTHONPATH": str(project),
    }
    return process_of(["pipelines.cli", "run", "--marts-only"], project, environment, data_dir / "output.txt", allowed=(0, 3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="of the rows of a year (default: all)")
    parser.add_argument("--forces", default=f"{HOME},metropolitan", help="built by themselves, too")
    parser.add_argument("--memory-limit", default="5GB", help="DuckDB's, of all as one; a force alone has what a force has (default: 5GB)")
    parser.add_argument("--folder", type=Path, help="where to write (default: a temporary folder, which goes at the end)")
    options = parser.parse_args()
    with TemporaryDirectory(dir=options.folder) as temporary:
        folder = Path(temporary)
        print(f"Writing a year of {len(RESIDENTS)} forces", flush=True)
        rows = write_forces(folder / "files", options.share)
        project = project_of_all_forces(folder / "project")
        prepared = os.environ | {"SCORECARDS_DATA_DIR": str(folder / "prepared"), "PYTHONPATH": str(project)}
        subprocess.run([sys.executable, "-m", "pipelines.cli", "prepare"], cwd=project, env=prepared, check=True, stdout=subprocess.DEVNULL)
        print(f"\n{'':<16}{'rows':>12}{'seconds':>9}{'processor':>11}{'GB':>7}{'s per million':>15}{'/ floor':>9}{'clock':>7}", flush=True)
        for name in (*options.forces.split(","), "all as one"):
            forces = [*RESIDENTS] if name == "all as one" else [name]
            data_dir = folder / name.replace(" ", "_")
            for force in forces:
                place(folder / "files", force, data_dir / "landing")
            floor = process_of(
                ["tests.benchmarks.floor", *(str(folder / "files" / force) for force in forces)], PROJECT_DIR, dict(os.environ), folder / "floor.txt"
            )
            shutil.copytree(folder / "prepared" / "warehouse", data_dir / "warehouse", symlinks=True)
            took = build(project, data_dir, options.memory_limit if len(forces) > 1 else "2GB")
            count = sum(rows[force] for force in forces)
            print(
                f"{name:<16}{count:>12,}{took.seconds:>9.0f}{took.processor:>11.0f}{took.gigabytes:>7.2f}{took.seconds / count * 1e6:>15.1f}"
                f"{took.processor / floor.processor:>9.1f}{took.seconds / floor.seconds:>7.1f}",
                flush=True,
            )
            shutil.rmtree(data_dir)


if __name__ == "__main__":
    main()
