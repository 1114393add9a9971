"""What the item definitions of a DMN file say of values: their kind, and which of them are allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from advisor.dmn.feel import FeelError, Tests, parse_tests
from advisor.dmn.markup import Element
from advisor.dmn.naming import named
from advisor.errors import Place, Problem

# Names of types in FEEL, and those that some editors write in their place.
_KINDS: Final[Mapping[str, str]] = {
    "number": "number",
    "double": "number",
    "float": "number",
    "decimal": "number",
    "integer": "integer",
    "int": "integer",
    "long": "integer",
    "string": "choice",
    "boolean": "boolean",
}
READ: Final = frozenset(_KINDS.values())  # the kinds whose values are read
_OTHERS: Final = frozenset(
    [
        "date",
        "time",
        "datetime",
        "date and time",
        "daytimeduration",
        "yearmonthduration",
        "days and time duration",
        "years and months duration",
        "duration",
        "context",
        "list",
        "function",
        "range",
    ]
)


class Problems:
    """What is wrong with a file, each with its place, until everything was looked at."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []

    def place(self, element: Element) -> Place:
        return Place(self.file, element.line, element.column)

    def refuse(self, element: Element, what: str, mend: str) -> None:
        self.found.append(Problem(self.place(element), what, mend))


@dataclass(frozen=True)
class Allowed:
    """The unary tests that say which values there are, and the element that says it."""

    tests: Tests
    at: Element


@dataclass(frozen=True)
class Type:
    """What is known of a value. `kind` is that of a fact, None where it is not said, or a type that is not read."""

    kind: str | None = None
    allowed: Allowed | None = None
    parts: Mapping[str, Type] = field(default_factory=dict)


ANYTHING: Final = Type()


class Types:
    """The item definitions of one file; each is read when something refers to it."""

    def __init__(self, definitions: Element, problems: Problems) -> None:
        self.problems = problems
        self._found: dict[str, Type] = {}
        self._elements: dict[str, Element] = {}
        for element in definitions.all("itemDefinition"):
            self._elements.setdefault(named(element.get("name") or ""), element)

    def of(self, element: Element | None) -> Type:
        """Return the type of a variable, an input expression or an item definition.

        DMN names it by an attribute, in item definitions by an element inside.
        """
        inside = element.first("typeRef") if element else None
        return self._named(inside.text if inside else (element.get("typeRef") if element else None))

    def allowed(self, element: Element, *names: str) -> Allowed | None:
        """Return which values an element allows, from the first of the named children that says so."""
        for name in names:
            held = element.first(name)
            text = held.first("text") if held else None
            if held is None or text is None or not text.text:
                continue
            try:
                return Allowed(parse_tests(text.text), held)
            except FeelError as error:
                self.problems.refuse(held, f"the allowed values: {error.what}", error.mend)
        return None

    def _named(self, reference: str | None) -> Type:
        name = named(reference or "")
        plain = name.rpartition("}")[2].rpartition(":")[2]
        for candidate in (name, name.rpartition("}")[2], plain):
            if candidate in self._elements:
                return self._defined(candidate)
        if plain in _KINDS:
            return Type(_KINDS[plain])
        return Type(plain) if plain.lower() in _OTHERS else ANYTHING

    def _defined(self, name: str) -> Type:
        if name not in self._found:
            self._found[name] = ANYTHING  # what refers to itself says nothing of its values
            self._found[name] = self._read(self._elements[name])
        return self._found[name]

    def _read(self, element: Element) -> Type:
        if element.get("isCollection") == "true":
            return Type("list")
        parts = {named(part.get("name") or ""): self._read(part) for part in element.all("itemComponent")}
        if parts:
            return Type("context", None, parts)
        base = self.of(element)
        return Type(base.kind, self.allowed(element, "typeConstraint", "allowedValues") or base.allowed, base.parts)
