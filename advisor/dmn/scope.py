"""What the names in a DMN file stand for: facts, and the tables of other decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from advisor.dmn.extension import carried
from advisor.dmn.facts import Heard, own_fact
from advisor.dmn.markup import Element
from advisor.dmn.naming import Names, named
from advisor.dmn.types import ANYTHING, Problems, Type, Types
from advisor.quantities import shortened

_PATH: Final = re.compile(r"[^\W\d]\w*(?:(?: ?[.'] ?| )\w+)*")
_KEYWORDS: Final = frozenset(
    [
        "and",
        "between",
        "else",
        "every",
        "false",
        "for",
        "function",
        "if",
        "in",
        "instance",
        "not",
        "null",
        "of",
        "or",
        "return",
        "satisfies",
        "some",
        "then",
        "true",
    ]
)


@dataclass
class Found:
    """A decision table of the file. `owner` is the decision or business knowledge model in which it stands.

    `inner` names what it is within its owner; `inputs` are facts or other tables, one for each column.
    """

    id: str
    title: str
    element: Element
    owner: Element
    inner: tuple[str, ...]
    inputs: list[Heard | Found | None] = field(default_factory=list)
    kind: str = "choice"
    parts: int = 1  # how many outputs its conclusion is made of

    @property
    def is_local(self) -> bool:
        """Whether its inputs are parameters of a business knowledge model."""
        return self.owner.name == "businessKnowledgeModel"


class Scope:
    """Resolves the inputs of tables."""

    def __init__(self, root: Element, names: Names, problems: Problems) -> None:
        self.root, self.names, self.problems = root, names, problems
        self.types = Types(root, problems)
        self.facts: dict[tuple[str, ...], Heard] = {}
        self._decisions: dict[str, Found | Element] = {}
        self._inputs: dict[str, Element] = {}
        for element in root.all("inputData"):
            self._inputs.setdefault(_name(element), element)
            own = own_fact(carried(element, "fact"))
            if own is not None:
                name = str(own.get("id"))
                names.taken.add(name)
                self.facts[(_name(element),)] = Heard(name, str(own.get("title") or name), element, [], own)
        self.tables = list(self._find_tables())

    def _find_tables(self) -> Iterator[Found]:
        for owner in self.root.children:
            if owner.namespace != self.root.namespace or owner.name not in ("decision", "businessKnowledgeModel"):
                continue
            name = _name(owner)
            if owner.name == "decision":
                self._decisions.setdefault(name, owner)
            for inner, element in _tables(owner, ()):
                found = self._found(owner, inner, element)
                if owner.name == "decision" and not inner:
                    self._decisions[name] = found
                yield found

    def _found(self, owner: Element, inner: tuple[str, ...], element: Element) -> Found:
        title = " ".join((_name(owner), *inner))
        own = carried(owner, "table") if not inner else None
        wanted = own.get("id") if own else None
        made = self.names.id(wanted or title, "table")
        return Found(made, (own and own.get("title")) or title, element, owner, inner)

    def resolve(self, table: Found, clause: Element) -> Heard | Found | None:
        """Return what an input of a table tests; None when that is not read, which is then a problem."""
        expression = clause.first("inputExpression")
        text = expression.first("text") if expression else None
        name = named(text.text if text else "")
        if not name or expression is None:
            self.problems.refuse(clause, "an input has no expression", "name the input data that it tests")
            return None
        said = self.types.of(expression)
        decision = self._decisions.get(name)
        if table.is_local or name in self._inputs or decision is None or decision is table:
            return self._fact(table, name, clause, said)
        if isinstance(decision, Element):  # its result is whatever the expression makes of it
            return self._heard((name,), name, decision, [self.types.of(decision.first("variable")), said])
        if decision.parts > 1 or len(list(decision.element.all("output"))) > 1:
            what = f"`{name}` concludes several values at once, and one input cannot test them here"
            self.problems.refuse(clause, what, "give the decision one output, or one decision to each output")
            return None
        return decision

    def _fact(self, table: Found, name: str, clause: Element, said: Type) -> Heard | None:
        parameters = {named(held.get("name") or ""): held for held in _parameters(table.owner)}
        head, *path = [part.strip() for part in name.split(".")]
        if table.is_local:
            declared, local = parameters.get(name) or parameters.get(head), [_name(table.owner)]
        else:
            declared, local = self._inputs.get(name) or self._inputs.get(head), []
            decision = self._decisions.get(head)
            if declared is None and path and isinstance(decision, Found):
                what = f"`{name}` is a part of what a table concludes, which cannot be tested here"
                self.problems.refuse(clause, what, "give each output a decision of its own")
                return None
        whole = declared is not None and _name(declared) == name
        if not whole and (not _PATH.fullmatch(name) or _KEYWORDS & set(name.split())):
            what = f"the input `{shortened(name)}` is an expression, which is not read here"
            self.problems.refuse(clause, what, "let it name one input; work the value out in a decision before")
            return None
        types = [said] if declared is None else [self._type(declared, [] if whole else path), said]
        return self._heard((*local, name), name, declared if whole and declared is not None else clause, types)

    def _type(self, declared: Element, path: list[str]) -> Type:
        found = self.types.of(declared.first("variable") or declared)
        for part in path:
            found = found.parts.get(part, ANYTHING)
        return found

    def _heard(self, key: tuple[str, ...], title: str, at: Element, types: list[Type]) -> Heard:
        if key not in self.facts:
            self.facts[key] = Heard(self.names.id(" ".join(key), "fact"), title, at, types)
        elif self.facts[key].own is None:
            self.facts[key].types.extend(types)
        return self.facts[key]


def _tables(element: Element, inner: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Element]]:
    """Yield the tables in an element, each with the names of the context entries in which it stands."""
    for child in element.children:
        if child.namespace != element.namespace:
            continue
        if child.name == "decisionTable":
            yield inner, child
        elif child.name == "contextEntry":
            variable = child.first("variable")
            yield from _tables(child, (*inner, named((variable.get("name") if variable else None) or "result")))
        else:
            yield from _tables(child, inner)


def _parameters(owner: Element) -> Iterator[Element]:
    logic = owner.first("encapsulatedLogic")
    return logic.all("formalParameter") if logic else iter(())


def _name(element: Element) -> str:
    """Return the name by which expressions refer to an element."""
    variable = element.first("variable")
    return named((variable.get("name") if variable else None) or element.get("name") or element.get("id") or "")
