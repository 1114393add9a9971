"""XML read with the place of every element and without anything that could harm, and XML written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import escape

from advisor.errors import BadInput, Place

DEEPEST: Final = 200
LARGEST: Final = 64 * 1024 * 1024  # bytes
_RETURN: Final = {"\r": "&#13;"}
_IN_ATTRIBUTES: Final = {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", **_RETURN}
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class Element:
    """An element that was read. Attributes without a namespace have their own name, others `{namespace}name`."""

    namespace: str
    name: str
    attributes: Mapping[str, str]
    line: int
    column: int
    children: list[Element] = field(default_factory=list)
    parts: list[str] = field(default_factory=list, repr=False)

    @property
    def text(self) -> str:
        """The characters directly inside, without the space at both ends."""
        return "".join(self.parts).strip()

    def get(self, name: str) -> str | None:
        """Return an attribute without the space at its ends, or None when it is absent or empty."""
        return (self.attributes.get(name) or "").strip() or None

    def all(self, name: str) -> Iterator[Element]:
        """Yield the children of a name in the element's own namespace."""
        return (child for child in self.children if child.name == name and child.namespace == self.namespace)

    def first(self, *path: str) -> Element | None:
        """Return what a path of names leads to, always by the first child of each name."""
        found: Element | None = self
        for name in path:
            found = next(found.all(name), None) if found else None
        return found

    def everything(self) -> Iterator[Element]:
        """Yield the element and all that is in it, in the order of the file."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


def parse_xml(content: bytes, name: str) -> Element:
    """Read an XML file. Raises BadInput, with the place, for what is no XML and for every document type declaration.

    Without one there are no entities but the five of XML itself, and nothing is ever fetched.
    """
    if not content.strip():
        raise BadInput.one("the file is empty", "name a DMN file", Place(name, 1, 1))
    if len(content) > LARGEST:
        raise BadInput.one("the file is too large", f"keep it below {LARGEST // 2**20} MB", Place(name, 1, 1))
    reader = _Reader(name)
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        place = Place(name, max(error.lineno, 1), error.offset + 1)
        raise BadInput.one(f"not XML: {expat.ErrorString(error.code)}", "save the file as XML", place) from None
    except (LookupError, ValueError):
        mend = "save it in UTF-8"
        raise BadInput.one("the encoding of the file is not known", mend, Place(name, 1, 1)) from None
    assert reader.root is not None
    return reader.root


class _Reader:
    """Gathers elements as the parser meets them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Element | None = None
        self.open: list[Element] = []
        self.parser: Any = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    @property
    def place(self) -> Place:
        return Place(self.name, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def doctype(self, *_: object) -> None:
        mend = "remove it: DMN has none, and it could make a file read others or grow without end"
        raise BadInput.one("a document type declaration is not read here", mend, self.place)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        _, line, column = self.place
        if len(self.open) >= DEEPEST:
            raise BadInput.one("elements nest too deeply", f"nest at most {DEEPEST} deep", self.place)
        element = Element(namespace, name, {_attribute(key): value for key, value in attributes.items()}, line, column)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, tag: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].parts.append(text)


def _attribute(key: str) -> str:
    namespace, _, name = key.rpartition(" ")
    return f"{{{namespace}}}{name}" if namespace else name


@dataclass
class Markup:
    """An element to be written: with text or with children, attributes of None left out."""

    tag: str
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    children: Sequence[Markup] = ()
    text: str | None = None


def written(root: Markup) -> str:
    """Write an XML file, children indented by two spaces. Raises BadInput for a character that XML cannot hold."""
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(_lines(root, "")) + "\n"


def _lines(element: Markup, indent: str) -> Iterator[str]:
    held = ((name, value) for name, value in element.attributes.items() if value is not None)
    opened = indent + " ".join([f"<{element.tag}", *(f"{name}={_quoted(value)}" for name, value in held)])
    if element.text is not None:
        yield f"{opened}>{escape(_sound(element.text), _RETURN)}</{element.tag}>"
    elif not element.children:
        yield f"{opened}/>"
    else:
        yield f"{opened}>"
        for child in element.children:
            yield from _lines(child, f"{indent}  ")
        yield f"{indent}</{element.tag}>"


def _quoted(value: str) -> str:
    return f'"{escape(_sound(value), _IN_ATTRIBUTES)}"'


def _sound(text: str) -> str:
    found = _FORBIDDEN.search(text)
    if found:
        raise BadInput.one(f"the character U+{ord(found[0]):04X} cannot stand in XML", f"remove it from `{text[:40]}`")
    return text
