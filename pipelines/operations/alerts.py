"""Which problems are news, and telling of them: once per cause and channel, and again only once it was mended and is back.

What each channel was told stands in warehouse/alerts.json. A channel that cannot be reached is tried again by the next evaluation,
and stops no other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.atomic_file import atomic_write
from pipelines.operations.channels import Channel, Note
from pipelines.operations.state import OF_THE_BUILD, Problem, State
from pipelines.private import FILE, private_folder
from pipelines.settings import Settings

LEDGER = "alerts.json"
Told = dict[str, dict[str, str]]  # channel -> cause -> when it was told


@dataclass(frozen=True)
class Outcome:
    """What an evaluation sent: per channel the number of problems told, and what went wrong where one could not be reached."""

    told: Mapping[str, int]
    failures: Mapping[str, str]


def tell(settings: Settings, state: State, found: Sequence[Problem], ways: Sequence[Channel], is_well_too: bool = False) -> Outcome:
    """Send each channel the problems that it was not told of. `is_well_too`: where there is none, say that all is well, once per publication."""
    path = private_folder(settings.data_dir / "warehouse") / LEDGER
    before = _read(path)
    after: Told = {}
    told: dict[str, int] = {}
    failures: dict[str, str] = {}
    for way in ways:
        known = before.get(way.name, {})
        standing = {problem.cause for problem in found}
        kept = {cause: when for cause, when in known.items() if cause in standing or _is_unknown(cause, state)}
        news = [problem for problem in found if problem.cause not in kept]
        well = f"well:{state.published_at}"
        note = None
        if news:
            note = _note(news, settings)
        elif is_well_too and not found and state.build is not None and state.published_at and well not in known:
            note = Note("Scorecards: all is well", [("All is well", _well(state), "")])
        if well in known:
            kept[well] = known[well]
        after[way.name] = kept
        if note is None:
            continue
        try:
            way.send(note)
        except OSError as error:
            failures[way.name] = f"{type(error).__name__}: {error}"
            continue
        told[way.name] = len(news)
        kept |= {problem.cause: state.now.isoformat() for problem in news} or {well: state.now.isoformat()}
    _write(path, after)
    return Outcome(told, failures)


def _is_unknown(cause: str, state: State) -> bool:
    """Whether the cause may still stand, because what tells of it cannot be read at the moment."""
    kind = cause.split(":", 1)[0]
    if kind in OF_THE_BUILD:
        return state.build is None
    return kind == "run_failed" and state.is_working


def _note(news: Sequence[Problem], settings: Settings) -> Note:
    more = f" and {len(news) - 1} more" if len(news) > 1 else ""
    lines = [(problem.title, problem.sentence, f"What to do: {settings.alerting.runbook_url(problem.runbook_path)}") for problem in news]
    return Note(f"Scorecards: {news[0].title[:1].lower()}{news[0].title[1:]}{more}", lines)


def _well(state: State) -> str:
    checks = state.build.checks if state.build else {}
    data_to = f", data to {state.data_to:%d %b %Y}" if state.data_to else ""
    return f"Published {state.published_at:%d %b %Y %H:%M} UTC{data_to}; {checks.get('passed', 0)} checks passed, {checks.get('warned', 0)} warned."


def _read(path: Path) -> Told:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):  # lost or damaged: told once more rather than not at all
        return {}


def _write(path: Path, told: Told) -> None:
    with atomic_write(path, mode=FILE) as part:
        part.write_text(json.dumps(told, indent=1), encoding="utf-8")
