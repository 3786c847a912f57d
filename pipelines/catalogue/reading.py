"""YAML of the catalogue with the line that each field stands on, and mistakes collected so that one message names them all."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Location = tuple[str | int, ...]
# pydantic adds the branch of a union that it tried to a location.
UNION_TAGS = {"str", "int", "float"}


class CatalogueError(ValueError):
    """The catalogue cannot be used; the message names every mistake with file, line, entry, field and way out."""


@dataclass(frozen=True)
class Document:
    """One YAML file: its content, and the line of every mapping value and list item by its path of keys and positions."""

    path: Path
    content: Any
    lines: dict[Location, int]

    def line_of(self, location: Location) -> int:
        """The line of a field, or of the nearest thing around it that stands in the file."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


@dataclass
class Mistakes:
    """What is wrong, in the order found."""

    root: Path
    messages: list[str] = field(default_factory=list)

    def add(self, document: Document, location: Location, entry: str, text: str) -> None:
        """A mistake at a place; `entry` names the entry, such as "measure asb_incidents", or is empty."""
        name = document.path.relative_to(self.root) if document.path.is_relative_to(self.root) else document.path.name
        place = f"{name}, line {document.line_of(location)}" + (f", {entry}" if entry else "")
        message = f"{place}: {text}"
        if message not in self.messages:
            self.messages.append(message)

    def add_validation(self, document: Document, error: ValidationError, entry: str = "", prefix: Location = ()) -> None:
        """Every mistake that pydantic found, in our own words."""
        for one in error.errors():
            location = prefix + tuple(
                part for part in one["loc"] if isinstance(part, int) or (re.fullmatch(r"[a-z_]+", part) and part not in UNION_TAGS)
            )
            self.add(document, location, entry or _entry_of(document, location), _sentence(location if one["loc"] else (), one))

    def refuse(self) -> None:
        """Raises CatalogueError where anything is wrong."""
        if self.messages:
            count = "one mistake" if len(self.messages) == 1 else f"{len(self.messages)} mistakes"
            raise CatalogueError(f"the catalogue has {count}, so nothing is built:\n" + "\n".join(f"- {message}" for message in self.messages))


def read_yaml(path: Path) -> Any:
    """The document of a file that is not the analyst's. Raises yaml.YAMLError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)


def read_document(path: Path, mistakes: Mistakes) -> Document:
    """Read a file. A syntax error is added to `mistakes` and leaves the content empty."""
    text = path.read_text(encoding="utf-8")
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        content = None if node is None else loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        document = Document(path, {}, {(): mark.line + 1 if mark else 1})
        problem = getattr(error, "problem", None) or str(error)
        mistakes.add(document, (), "", f"not readable YAML: {problem}; check the indentation, and quote texts that hold a colon")
        return document
    lines: dict[Location, int] = {}
    if node is not None:
        _collect_lines(node, (), lines)
    return Document(path, content if content is not None else {}, lines)


def _collect_lines(node: yaml.Node, location: Location, lines: dict[Location, int]) -> None:
    lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[(*location, key.value)] = key.start_mark.line + 1
            _collect_lines(value, (*location, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            _collect_lines(value, (*location, position), lines)


def _entry_of(document: Document, location: Location) -> str:
    """The name of the list entry or family that a location lies in."""
    if len(location) >= 2 and isinstance(document.content, dict):
        kind, key = location[0], location[1]
        entries = document.content.get(kind)
        if isinstance(entries, list) and isinstance(key, int) and key < len(entries) and isinstance(entries[key], dict):
            return f"{str(kind).removesuffix('s')} {entries[key].get('id') or entries[key].get('kind') or repr(entries[key].get('title', key + 1))}"
        if isinstance(entries, dict):
            return f"{str(kind).removesuffix('s')} {key}" if kind != "defaults" else "defaults"
    return ""


def _sentence(location: Location, error: Any) -> str:
    name = next((str(part) for part in reversed(location) if isinstance(part, str)), "")
    value = error.get("input")
    match error["type"]:
        case "missing":
            return f"`{name}` is missing"
        case "extra_forbidden":
            return f"field `{name}` is not known"
        case "literal_error":
            allowed = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            return not_one_of(name, value, allowed)
        case "string_pattern_mismatch":
            return f"`{name}: {value}` may only hold lower-case letters, digits and underscores"
        case "value_error":
            return f"`{name}`: {error['ctx']['error']}" if name else str(error["ctx"]["error"])
        case _:
            return f"`{name}`: {error['msg'][0].lower()}{error['msg'][1:]}, not {value!r}"


def with_parameters(value: Any, parameters: Mapping[str, Any]) -> Any:
    """A text, or the texts of a mapping or list, with {name} replaced by the variable of that name, {name per cent} by a hundred times that.

    A name that is no variable is left as it stands.
    """
    if isinstance(value, str):
        return re.sub(r"\{(\w+)( per cent)?\}", lambda match: _parameter(match, parameters), value)
    if isinstance(value, dict):
        return {key: with_parameters(item, parameters) for key, item in value.items()}
    if isinstance(value, list):
        return [with_parameters(item, parameters) for item in value]
    return value


def _parameter(match: re.Match[str], parameters: Mapping[str, Any]) -> str:
    value = parameters.get(match[1])
    if value is None:
        return match[0]
    return str(round(100 * value) if match[2] else value)


def not_one_of(name: str, value: object, allowed: Iterable[str]) -> str:
    """A sentence for a value outside a list, with what was probably meant."""
    known = list(allowed)
    return f"`{name}: {value}` is not one of {', '.join(known)}{did_you_mean(str(value), known)}"


def did_you_mean(value: str, known: Sequence[str]) -> str:
    """The nearest known word as a question, or nothing."""
    near = difflib.get_close_matches(value, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
