"""What DMN has no place for, in elements of our own: the plain data of rule files, as XML and back.

A mapping with known keys is an element: short values are attributes, the others children named by their key. Lists of
ids are one attribute with spaces between them. A list of anything else holds `entry` elements, a mapping with free keys
`entry` elements with a `name`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from advisor.dmn.markup import Element, Markup
from advisor.rulebook.document import Document, Path

NAMESPACE: Final = "urn:llm-tuning-advisor:rulebook:1"
PREFIX: Final = "advisor"
_LISTS: Final = ("source", "from", "rises_with", "falls_with", "rows", "profiles", "packs")  # of ids
_FLAGS: Final = ("required", "zero")
_FREE: Final = ("choices", "when", "then", "never", "scenario")  # mappings with free keys
_FREE_LISTS: Final = ("any",)  # lists of such mappings
_EMPTY: Final = "empty"  # marks a mapping without entries
_LONG: Final = 60  # characters; what is longer is easier to read in an element of its own


@dataclass
class Placed:
    """Plain data with the element from which each of its values comes."""

    value: Any  # a single value, a list of Placed, or a mapping of keys to Placed
    at: Element

    def get(self, key: str) -> Any:
        """Return the plain value at a key, None when it is absent."""
        held = self.value.get(key) if isinstance(self.value, dict) else None
        return held.plain() if held else None

    def plain(self) -> Any:
        """Return the data without places."""
        if isinstance(self.value, dict):
            return {key: held.plain() for key, held in self.value.items()}
        return [held.plain() for held in self.value] if isinstance(self.value, list) else self.value


def document_of(name: str, root: Placed) -> Document:
    """Return data as that of a rule file, each place in the file from which it comes."""
    places: dict[Path, tuple[int, int]] = {}

    def read(held: Placed, path: Path) -> Any:
        places[path] = (held.at.line, held.at.column)
        if isinstance(held.value, dict):
            return {key: read(inner, (*path, key)) for key, inner in held.value.items()}
        if isinstance(held.value, list):
            return [read(inner, (*path, number)) for number, inner in enumerate(held.value)]
        return held.value

    data = read(root, ())
    return Document(name, data, places, dict(places), {})


def encode(tag: str, data: Mapping[str, Any]) -> Markup:
    """Write a mapping with known keys as an element."""
    attributes: dict[str, str | None] = {}
    children: list[Markup] = []
    for key, value in data.items():
        if key in _LISTS and not isinstance(value, str):
            attributes[key] = " ".join(value)
        elif key in _LISTS or isinstance(value, Mapping | list | tuple) or len(str(value)) > _LONG:
            children.append(_held(f"{PREFIX}:{key}", value, free=key in _FREE))
        else:
            attributes[key] = str(value).lower() if isinstance(value, bool) else str(value)
    return Markup(f"{PREFIX}:{tag}", attributes, children)


def _held(tag: str, value: Any, name: str | None = None, *, free: bool = False) -> Markup:
    attributes = {"name": name}
    if isinstance(value, Mapping) and not value:
        return Markup(tag, {**attributes, _EMPTY: "true"})
    if isinstance(value, Mapping) and free:
        entries = [_held(f"{PREFIX}:entry", held, key, free=key in _FREE_LISTS) for key, held in value.items()]
        return Markup(tag, attributes, entries)
    if isinstance(value, Mapping):
        return encode(tag.removeprefix(f"{PREFIX}:"), value)
    if isinstance(value, list | tuple):
        return Markup(tag, attributes, [_held(f"{PREFIX}:entry", held, free=free) for held in value])
    return Markup(tag, attributes, text=str(value))


def decode(element: Element) -> Placed:
    """Read a mapping with known keys back; unknown ones stay, and are refused where rule files are read."""
    data: dict[str, Placed] = {}
    for key, text in element.attributes.items():
        if key in _LISTS:
            data[key] = Placed([Placed(part, element) for part in text.split()], element)
        elif not key.startswith("{"):
            data[key] = Placed(_flag(text) if key in _FLAGS else text, element)
    for child in element.children:
        data[child.name] = _inside(child)
    return Placed(data, element)


def _inside(element: Element) -> Placed:
    if _EMPTY in element.attributes:
        return Placed({}, element)
    entries = list(element.all("entry"))
    if entries and len(entries) == len(element.children):
        if all("name" in entry.attributes for entry in entries):
            return Placed({entry.attributes["name"]: _inside(entry) for entry in entries}, element)
        return Placed([_inside(entry) for entry in entries], element)
    if element.children or element.attributes.keys() - {"name"}:
        return decode(element)
    return Placed(element.text, element)


def _flag(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text, text)


def carried(element: Element | None, name: str) -> Element | None:
    """Return an element of ours among the extensions of a DMN element."""
    for extensions in element.all("extensionElements") if element else ():
        for child in extensions.children:
            if child.namespace == NAMESPACE and child.name == name:
                return child
    return None
