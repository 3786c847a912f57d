"""Draws the pages of changed groups into a folder; the pages of many measures by several processes, each with its own connection."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from pipelines.garbage_collection import rare_collections
from pipelines.report.marts import Marts
from pipelines.report.palette import css_dark, css_variables
from pipelines.report.site.content import Content
from pipelines.report.site.pages import areas, cards, demand, governance, home, measures, quality, reference, said

ASSETS = Path(__file__).parent / "assets"
MEASURE = "measure:"  # what the name of a measure's group begins with
# Fewer measures than this are drawn before a second process has started.
WORTH_PROCESSES = 80
# Shares of the measures for each process: some measures have a hundred times the pages of others.
SHARES = 3

Step = Callable[[str], None]
Drawn = tuple[str, str]  # group, path within the folder


def asset_files() -> Iterator[tuple[str, str]]:
    """(path, text) of the style sheet and the scripts."""
    for path in sorted(ASSETS.iterdir()):
        text = path.read_text(encoding="utf-8")
        yield f"assets/{path.name}", css_variables() + text + css_dark() if path.suffix == ".css" else text


GROUPS: dict[str, Callable[[Content], Iterator[tuple[str, str]]]] = {
    "home": home.pages,
    "cards": cards.pages,
    "said": said.pages,
    "governance": governance.pages,
    "quality": quality.pages,
    "reference": reference.pages,
    "areas": areas.pages,
    "measures": lambda content: iter([measures.index_page(content)]),
    "demand": demand.pages,
    "assets": lambda _: asset_files(),
}


@dataclass(frozen=True)
class Place:
    """Where pages are drawn from and to; passed to each process."""

    marts_path: Path
    published_dir: Path
    folder: Path

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


def draw(content: Content, place: Place, stale: list[str], processes: int, on_step: Step) -> Iterator[Drawn]:
    """Write every file of these groups, and yield their paths. Raises OSError, or BrokenProcessPool where a process was killed."""
    changed = [name.removeprefix(MEASURE) for name in stale if name.startswith(MEASURE)]
    if processes < 2 or len(changed) < WORTH_PROCESSES:
        yield from _groups(content, place, stale, on_step)
        for done, drawn in enumerate(_measures(content, place, changed)):
            if done % 100 == 0:
                on_step(f"measures, {done} pages")
            yield drawn
        return
    # Started afresh and not forked: a fork would have copies of DuckDB's and Dagster's locks without their threads.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        shares = [pool.submit(_share, place, changed[n :: processes * SHARES]) for n in range(processes * SHARES)]
        try:
            yield from _groups(content, place, stale, on_step)
            for done, share in enumerate(as_completed(shares), start=1):
                on_step(f"measures, {done} of {len(shares)} parts")
                yield from share.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _groups(content: Content, place: Place, stale: list[str], on_step: Step) -> Iterator[Drawn]:
    for name, pages in GROUPS.items():
        if name in stale:
            on_step(name)
            for path, text in pages(content):
                place.write(path, text)
                yield name, path


def _measures(content: Content, place: Place, chosen: list[str]) -> Iterator[Drawn]:
    for measure, path, text in measures.pages(content, chosen):
        place.write(path, text)
        yield f"{MEASURE}{measure}", path


def _share(place: Place, chosen: list[str]) -> list[Drawn]:
    """Run in a process: draw the pages of some measures, over a connection of its own."""
    with rare_collections(), Marts.open(place.marts_path, threads=1) as marts:
        return list(_measures(Content(marts, place.published_dir), place, chosen))
