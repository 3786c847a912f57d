"""Loads all contracts and layouts: those of the project, and those that a force adds."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipelines.contracts.feeds import read_feed
from pipelines.contracts.layouts import read_layout
from pipelines.contracts.model import Contracts, Feed, Reading
from pipelines.contracts.properties import AppliesTo, ContractError
from pipelines.contracts.reading import read_yaml

CONTRACTS_DIR = Path(__file__).parent
LAYOUTS_DIR = CONTRACTS_DIR / "layouts"


def _line_of(path: Path, message: str) -> int | None:
    """The line of a layout that a message speaks of: the first that holds a name which it quotes."""
    with suppress(OSError, UnicodeDecodeError):
        lines = path.read_text(encoding="utf-8").splitlines()
        for name in re.findall(r"`([^`]+)`|'([^']+)'|column (\w+)", message):
            word = re.compile(rf"(?<!\w){re.escape(next(filter(None, name)))}(?!\w)")
            if number := next((number for number, line in enumerate(lines, start=1) if word.search(line)), None):
                return number
    return None


def _usable_layout(path: Path, feeds: dict[str, Feed]) -> Feed | str:
    """A layout of the data folder, or what is wrong with it: it is the layout's problem, and stops no other."""
    try:
        return read_layout(path, feeds)
    except ContractError as error:
        line = _line_of(path, str(error))
        return f"{error}{f' (line {line})' if line else ''}"
    except (OSError, UnicodeDecodeError) as error:
        return f"{path.name}: cannot be read ({getattr(error, 'strerror', None) or 'it is no UTF-8'})"
    except Exception as error:  # a document of an unforeseen shape
        return f"{path.name}: is not put together as a layout ({type(error).__name__}); compare it with the example in {LAYOUTS_DIR}"


def _placeholder(path: Path, feeds: dict[str, Feed], problem: str) -> Feed | None:
    """Stands for a layout that cannot be used, if it says by folder or name which files are its own: no other layout may read them."""
    with suppress(Exception):  # of a document of any shape
        said = {str(item["property"]).lower(): item["value"] for item in read_yaml(path)["customProperties"]}
        files = {str(key).lower(): str(pattern) for key, pattern in said["appliesto"].items()}
        if folder_or_name := {name: files[name.lower()] for name in ("folder", "fileName") if name.lower() in files}:
            applies = AppliesTo.model_validate(folder_or_name)
            return replace(feeds[said["extends"]], layout=path.stem, path=path, reading=Reading(applies), problem=problem)
    return None


def load_contracts(directory: Path = CONTRACTS_DIR, extra_layouts: Path | None = None) -> Contracts:
    """All contracts of a directory, with the layouts in `layouts/` and in `extra_layouts`.

    Raises ContractError; a layout of `extra_layouts` that cannot be used is named among the problems, and the others go on.
    """
    read = [read_feed(path) for path in sorted(directory.glob("*.yaml"))]
    feeds = {f.name: f for f in sorted(read, key=lambda f: (f.landing_order, f.name))}
    layouts: dict[str, list[Feed]] = {name: [feed] for name, feed in feeds.items()}
    for path in sorted((directory / "layouts").glob("*.yaml")):
        layout = read_layout(path, feeds)
        layouts[layout.name].append(layout)
    problems = []
    for path in sorted(extra_layouts.glob("*.y*ml")) if extra_layouts else ():
        found = _usable_layout(path, feeds)
        if isinstance(found, str):
            problems.append(found)
            if placeholder := _placeholder(path, feeds, found):
                layouts[placeholder.name].append(placeholder)
        else:
            layouts[found.name].append(found)
    return Contracts(feeds, {name: tuple(found) for name, found in layouts.items()}, tuple(problems))
