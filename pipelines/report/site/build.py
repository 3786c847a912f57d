"""Builds the scorecard site from the published marts: aside, only what has changed, and switched in one step
(pipelines/versioned_folder.py).

Pages fall into groups, one per measure and one per kind of register. A group whose rows, templates and code are as they were is not
drawn again: its files are linked from the version before. Readers of the old site keep a whole one.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

import duckdb

from pipelines.report import staffing
from pipelines.report.marts import Marts, Row
from pipelines.report.site.content import MAPS, Content
from pipelines.report.site.drawing import MEASURE, Place, Step, draw
from pipelines.report.site.pages import demand, said
from pipelines.versioned_folder import VersionedFolder, link_or_copy

REPORT = Path(__file__).parent.parent
MANIFEST = ".manifest.json"  # group -> fingerprint and files; and what the whole rests on

# Rows that repeat in every run under a new run id: only these columns are compared.
OF_THE_RUN = {
    "quality.heartbeat": ("data_to", "files_digest", "warnings"),
    "quality.check_results": ("check_name", "check_title", "table_name", "status", "message"),
}
BY_MEASURE = (
    "measures.measure_values",
    "measures.measure_spc",
    "measures.spc_alternatives",
    "measures.measure_findings",
    "measures.measure_comparisons",
    "measures.funnel_places",
    "measures.funnel_limits",
    "measures.drivers",
    "measures.comparator_values",
    "measures.rebase_candidates",
    "measures.measure_rebases",
    "quality.limit_review_queue",
    "measures.profile_changes",
    "measures.profiles",
    "measures.revisions",
    "core.dim_measure",
)
REGISTERS = (
    "governance.risk_register",
    "governance.deliverables",
    "governance.measure_links",
    "governance.events",
    "governance.commentary",
    "quality.narrative_issues",
    "scorecards.cards",
    "core.dim_area",
)


class Group(TypedDict):
    """The pages that are drawn together: what they rest on, and their files."""

    fingerprint: str
    files: list[str]


class Manifest(TypedDict, total=False):
    """The manifest of a version: its basis and its groups of pages."""

    basis: str
    groups: dict[str, Group]


class SiteError(RuntimeError):
    """No site was put in place; the one before stands. The message says why."""


@dataclass(frozen=True)
class Site:
    """The result of a build."""

    index: Path  # as readers open it
    version: str
    pages: int
    drawn: int  # how many of them were drawn anew
    seconds: float
    problems: Sequence[str] = ()  # with the outlines of areas that the user has given


def build_site(published_dir: Path, marts_path: Path, threads: int = 2, on_step: Step = lambda _: None) -> Site:
    """Bring `<published_dir>/site` up to the published marts. Raises SiteError, or MartsError where nothing is published.

    Nothing is done where the marts, the code and the documents beside the site are those of the site in place.
    """
    began = time.monotonic()
    folder = VersionedFolder(published_dir / "site", published_dir / ".sites")
    before = folder.live
    manifest = _manifest(before) if before else Manifest()
    published = marts_path.stat().st_mtime_ns if marts_path.exists() else 0
    basis = f"{marts_path.resolve()} {published} {code_fingerprint()} {_documents(published_dir)} {_beside(published_dir)}"
    if manifest.get("basis") == basis and before:
        return Site(published_dir / "site" / "index.html", before.name, _count(manifest), 0, time.monotonic() - began)
    try:
        with folder.staging() as staging, Marts.open(marts_path, threads) as marts:
            place = Place(marts_path, published_dir, staging)
            content = Content(marts, published_dir)
            groups, drawn = _write(content, place, threads, before, manifest.get("groups", {}), on_step)
            written = Manifest(basis=basis, groups=groups)
            (staging / MANIFEST).write_text(json.dumps(written), encoding="utf-8")
            on_step("switch")
            version = folder.put_in_place(staging)
    except (OSError, duckdb.Error, BrokenExecutor) as error:
        raise SiteError(f"the site could not be written: {error}. The site before stays in place") from error
    return Site(published_dir / "site" / "index.html", version.name, _count(written), drawn, time.monotonic() - began, content.outlines.problems)


def _write(
    content: Content, place: Place, threads: int, before: Path | None, known: Mapping[str, Group], on_step: Step
) -> tuple[dict[str, Group], int]:
    """Fill the staging folder. Returns the groups with fingerprint and files, and how many pages were drawn."""
    on_step("compare")
    wanted = _fingerprints(content, f"{code_fingerprint()} {_documents(place.published_dir)} {_beside(place.published_dir)} {content.demonstration}")
    groups: dict[str, Group] = {name: {"fingerprint": fingerprint, "files": []} for name, fingerprint in wanted.items()}
    stale = []
    for name, fingerprint in wanted.items():
        old = known.get(name)
        if before is None or old is None or old["fingerprint"] != fingerprint or not _link(before, place.folder, old["files"]):
            stale.append(name)
        else:
            groups[name]["files"] = old["files"]
    drawn = 0
    for name, path in draw(content, place, stale, threads, on_step):
        groups[name]["files"].append(path)
        drawn += path.endswith(".html")
    return groups, drawn


# ---- what each group of pages rests on


def code_fingerprint() -> str:
    """Fingerprint of everything that decides how a page looks: code, templates and assets of the report, and the engine that hashes rows."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    for path in sorted(REPORT.rglob("*")):
        if path.is_file() and path.suffix in {".py", ".j2", ".css", ".js", ".yaml"}:
            digest.update(path.relative_to(REPORT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _documents(published_dir: Path) -> str:
    return ",".join(target for target, *_ in Content.documents_in(published_dir))


def _beside(published_dir: Path) -> str:
    """Fingerprint of what stands beside the site: past days that have been rebuilt, workbooks, and the outlines that the user has given."""
    digest = hashlib.sha256(f"{said.days_rebuilt(published_dir)} {Content.workbooks_in(published_dir)}".encode())
    for path in sorted((published_dir.parent / MAPS).glob("*.geojson")):
        digest.update(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def _fingerprints(content: Content, code: str) -> dict[str, str]:
    """group -> fingerprint of the rows that its pages show."""
    marts = content.marts
    by_measure = _sums_by_measure(content)
    sums = {table: str(list(of_measures.items())) for table, of_measures in by_measure.items()}
    sums |= {
        table: str(marts.value(f"select (count(*), {_hash(table)})::varchar from {table} as t"))
        for table in marts.tables
        if _is_shown(table) and table not in by_measure
    }

    def of(*tables: str) -> str:
        return hashlib.sha256("\n".join([code, *(f"{t} {sums.get(t)}" for t in tables)]).encode()).hexdigest()[:20]

    every = sorted(sums)
    quality_tables = [t for t in every if t.startswith("quality.")]
    lines = content.line_tables
    charts = ("measures.measure_spc", "measures.spc_alternatives")
    # the home page says when the marts were published
    published = str(marts.value("select max(published_at)::varchar from quality.heartbeat")) if marts.has("quality.heartbeat") else ""
    groups = {
        "home": of(*lines, *REGISTERS, *charts, "scorecards.summaries", "measures.measure_findings", *quality_tables) + published,
        "cards": of(*lines, *REGISTERS, *charts, "scorecards.summaries", staffing.TABLE) + _late(content.late_feeds),
        "said": of(*lines, *REGISTERS, *said.TABLES),
        "governance": of("core.dim_measure", *[t for t in every if t.startswith("governance.")], *REGISTERS),
        "quality": of("governance.workbook_messages", "measures.measure_values", "core.dim_measure", *lines, *REGISTERS, *quality_tables),
        "reference": of("core.dim_measure", *[t for t in every if t.startswith("governance.")], *REGISTERS),
        "areas": of("core.dim_measure", "measures.measure_values", "measures.measure_findings", *charts, *REGISTERS),
        "measures": of("core.dim_measure", "measures.measure_values", *lines, *REGISTERS),
        "demand": of("core.dim_measure", "core.dim_area", "scorecards.cards", *demand.TABLES),
        "assets": code,
    }
    return groups | _measure_fingerprints(content, of(*REGISTERS), by_measure)


def _sums_by_measure(content: Content) -> dict[str, dict[str, str]]:
    """By table and measure, the sum of its rows' hashes."""
    marts = content.marts
    return {
        table: {
            row.measure_id: row["rows"]
            for row in marts.rows(f"select measure_id, sum(hash(t))::varchar as rows from {table} as t group by measure_id order by measure_id")
        }
        for table in (*BY_MEASURE, *content.line_tables)
        if marts.has(table)
    }


def _measure_fingerprints(content: Content, shared: str, by_measure: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    marts = content.marts
    rests_on: dict[str, list[str]] = {measure: [shared] for measure in content.measures}
    for table, of_measures in by_measure.items():
        for measure, rows in of_measures.items():
            rests_on.get(measure, []).append(f"{table} {rows}")
    if marts.has("measures.correlations"):
        for side in ("measure_a", "measure_b"):
            for row in marts.rows(
                f"select {side} as measure_id, sum(hash(t))::varchar as rows from measures.correlations as t group by 1 order by 1"
            ):
                rests_on.get(row.measure_id, []).append(f"{side} {row['rows']}")
    files = {row.feed: row["rows"] for row in marts.rows("select feed, sum(hash(t))::varchar as rows from quality.feed_outcomes as t group by feed")}
    for measure, parts in rests_on.items():
        feeds = content.feeds_of(content.measures[measure])
        parts += [f"{feed} {files.get(feed)}" for feed in feeds]
        parts.append(_late(row for row in content.late_feeds if row.feed in feeds))
        if other := content.counterpart(measure):
            parts += [part for part in rests_on[other] if part.startswith("measures.measure_values ")]
    return {f"{MEASURE}{measure}": hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20] for measure, parts in rests_on.items()}


def _late(rows: Iterable[Row]) -> str:
    """What the banner of overdue data says."""
    return "; ".join(row.message for row in rows)


def _is_shown(table: str) -> bool:
    """Tables whose sums are worked out as a whole; those of measures are summed measure by measure as well."""
    small = not table.startswith("measures.")
    return small or table in (
        "measures.measure_spc",
        "measures.spc_alternatives",
        "measures.measure_values",
        "measures.measure_findings",
        *demand.TABLES,
        *said.TABLES,
    )


def _hash(table: str) -> str:
    columns = OF_THE_RUN.get(table)
    return "sum(hash(t))" if columns is None else f"sum(hash(({', '.join(columns)})))"


# ---- files


def _manifest(folder: Path) -> Manifest:
    """The manifest of a version; empty where it cannot be read."""
    with suppress(OSError, ValueError):
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if isinstance(manifest, dict):
            return cast("Manifest", manifest)
    return {}


def _count(manifest: Manifest) -> int:
    return sum(path.endswith(".html") for group in manifest["groups"].values() for path in group["files"])


def _link(before: Path, staging: Path, files: list[str]) -> bool:
    """The files of the version before, under their names; copied where the file system has no links. False where one is missing."""
    for name in files:
        target = staging / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            link_or_copy(before / name, target)
        except FileNotFoundError:
            return False
    return True
