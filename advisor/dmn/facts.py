"""Facts of a DMN file: what its inputs are called, of what kind they are, and which values they take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from advisor.dmn.cells import NUMBERS, Cell, Words, is_everything, unary_text
from advisor.dmn.extension import Placed, decode
from advisor.dmn.feel import FeelError, Tests, to_cell
from advisor.dmn.markup import Element
from advisor.dmn.naming import Names
from advisor.dmn.types import READ, Allowed, Problems, Type
from advisor.rulebook.model import Kind
from advisor.rulebook.sets import BOOLEANS, EVERY_NUMBER, UNKNOWN, NumberSet, interval

NO_KIND: Final = ""  # of a fact whose kind was refused: its cells are not looked at
OTHER: Final = "other"  # any text that no rule names
OTHER_WORDS: Final = "any text that no rule names"


@dataclass
class Heard:
    """Everything that a file says of one fact. `own` is what an extension element of ours says."""

    id: str
    title: str
    at: Element
    types: list[Type]
    own: Placed | None = None
    columns: list[tuple[Element, Allowed | None]] = field(default_factory=list)
    tests: list[tuple[Element, Tests]] = field(default_factory=list)
    kind: str = "text"
    data: list[Placed] = field(default_factory=list)  # the fact, once it is settled
    never: list[Placed] = field(default_factory=list)  # what its domain cannot say


def own_fact(element: Element | None) -> Placed | None:
    """Return the fact that an extension element of ours holds, if it says at least what it is."""
    held = decode(element) if element else None
    return held if held and held.get("id") and held.get("kind") else None


class FactSettler:
    """Settles the kind and the domain of facts; what is wrong goes to the problems."""

    def __init__(self, names: Names, problems: Problems) -> None:
        self.names, self.problems = names, problems

    def settle(self, heard: Heard) -> None:
        """Fill in the kind and the data of a fact, once all its columns and cells are known."""
        if heard.own is not None:
            heard.kind, heard.data = str(heard.own.get("kind")), [heard.own]
            if heard.kind not in get_args(Kind):
                known = ", ".join(f"`{kind}`" for kind in get_args(Kind))
                self.problems.refuse(heard.own.at, f"`{heard.kind}` is no kind of fact", f"use one of {known}")
                heard.kind = NO_KIND
            return
        heard.kind = self._kind(heard)
        data: dict[str, Any] = {"id": heard.id, "kind": heard.kind, "title": heard.title}
        allowed = self._allowed(heard)
        required = not any(None in tests.parts for _, tests in heard.tests)
        if allowed is not None and None in allowed.tests.parts and not allowed.tests.negated:
            required = False
        data["required"] = required
        if heard.kind == "choice":
            data["choices"] = self._choices(heard, allowed)
        elif allowed is not None:
            self._bound(heard, allowed, data)
        heard.data = [placed(data, heard.at)]

    def _kind(self, heard: Heard) -> str:
        said = next((held.kind for held in heard.types if held.kind is not None), None)
        if said in READ:
            return str(said)
        tested = [(at, tests) for at, tests in heard.tests if tests.kinds]
        if said is not None:
            for at, _ in tested:
                self.problems.refuse(at, f"`{heard.title}` is a {said}, whose values are not read here", "leave it out")
            return NO_KIND if tested else "text"
        kinds: dict[str, Element] = {}
        for at, tests in [*((held.at, held.tests) for _, held in heard.columns if held), *tested]:
            for kind in sorted(tests.kinds):
                kinds.setdefault(kind, at)
        first, *others = [*kinds, "text"]
        for other in others[:-1]:
            what = f"`{heard.title}` is a {first} elsewhere and a {other} here"
            self.problems.refuse(kinds[other], what, "give the input a `typeRef`, and test values of that type")
        return NO_KIND if len(kinds) > 1 else first

    def _allowed(self, heard: Heard) -> Allowed | None:
        """Return which values there are: what the inputs say themselves, or else their type."""
        said: Allowed | None = None
        for _, held in heard.columns:
            if held is not None and said is not None and held.tests != said.tests:
                what = f"the values of `{heard.title}` are stated in two ways, first in line {said.at.line}"
                self.problems.refuse(held.at, what, "state them once, in an item definition")
            said = said or held
        said = said or next((held.allowed for held in heard.types if held.allowed is not None), None)
        return None if said is None or said.tests == Tests((), negated=True) else said

    def _choices(self, heard: Heard, allowed: Allowed | None) -> dict[str, str]:
        open_ended = allowed is None or allowed.tests.negated
        texts = dict.fromkeys(text for _, tests in heard.tests for text in tests.texts)
        if allowed is not None:
            self._cell(heard, allowed)
            left_out = allowed.tests.texts
            texts = {t: None for t in texts if t not in left_out} if open_ended else dict.fromkeys(allowed.tests.texts)
        choices = {self.names.word(text): text or "the empty text" for text in texts}
        if open_ended:
            other = OTHER
            while other in choices:
                other = f"any_{other}"
            choices[other] = OTHER_WORDS
        return choices

    def _bound(self, heard: Heard, allowed: Allowed, data: dict[str, Any]) -> None:
        """State the domain of numbers and booleans; what one interval cannot say becomes a constraint."""
        cell = self._cell(heard, allowed)
        if isinstance(cell, NumberSet) and cell.intervals:
            ends = cell.intervals[0], cell.intervals[-1]
            hull = interval(ends[0].low, ends[1].high, low_closed=ends[0].low_closed, high_closed=ends[1].high_closed)
            if hull is not None and (hull,) != EVERY_NUMBER.intervals:
                data["domain"] = str(NumberSet((hull,)))
            outside = NumberSet(cell.complement().intervals)
            holes = outside.intersection(NumberSet((hull,))) if hull else outside
            if holes.intervals:
                self._exclude(heard, allowed, holes)
        elif isinstance(cell, Words) and not is_everything(cell):
            missing = tuple(word for word in BOOLEANS if (word in cell.values) == cell.negated)
            if missing:
                self._exclude(heard, allowed, Words(missing))

    def _exclude(self, heard: Heard, allowed: Allowed, outside: Cell) -> None:
        data = {"never": {heard.id: unary_text(outside)}, "because": "The file does not allow these values."}
        heard.never.append(placed(data, allowed.at))

    def _cell(self, heard: Heard, allowed: Allowed) -> Cell | None:
        try:
            return to_cell(allowed.tests, heard.kind, self.names.word)
        except FeelError as error:
            self.problems.refuse(allowed.at, f"the values of `{heard.title}`: {error.what}", error.mend)
            return None


def placed(data: Any, at: Element) -> Placed:
    """Return plain data of which every part comes from one element."""
    if isinstance(data, dict):
        return Placed({key: placed(value, at) for key, value in data.items()}, at)
    return Placed([placed(value, at) for value in data] if isinstance(data, list) else data, at)


def words_of(heard: Heard) -> Iterator[str]:
    """Yield the values of a choice or boolean fact, less `unknown`."""
    if heard.kind == "boolean":
        yield from BOOLEANS
    elif heard.kind not in NUMBERS:
        choices = heard.data[0].get("choices") if heard.data else None
        yield from (word for word in choices or () if word != UNKNOWN)
