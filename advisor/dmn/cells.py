"""What one cell of a DMN table lets through, without knowing the whole domain of its fact.

A number's cell is a set of numbers. Every other cell is some words or all but some: `unknown` is one of the words, and
booleans are the words `true` and `false`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from advisor.rulebook.sets import EVERY_NUMBER, UNKNOWN, NumberSet
from advisor.rulebook.unary import parse_test

NUMBERS: Final = ("integer", "number")
NOTHING: Final = "(0..0)"  # a test that no value passes, in rule files and in FEEL


@dataclass(frozen=True)
class Words:
    """Some words, or where `negated` all but these; in the order written."""

    values: tuple[str, ...]
    negated: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and (set(self.values), self.negated) == (set(other.values), other.negated)

    def __hash__(self) -> int:
        return hash((frozenset(self.values), self.negated))

    def complement(self) -> Words:
        return Words(self.values, not self.negated)

    def intersection(self, other: Words) -> Words:
        if self.negated and other.negated:
            return Words(tuple(dict.fromkeys((*self.values, *other.values))), True)
        if self.negated:
            return other.intersection(self)
        return Words(tuple(word for word in self.values if (word in other.values) != other.negated))

    def is_empty(self) -> bool:
        return not self.values and not self.negated


Cell: TypeAlias = NumberSet | Words
Box: TypeAlias = Mapping[str, Cell]  # a cell for each fact that is tested; all must hold

EVERYTHING: Final = Words((), True)
_ALL_NUMBERS: Final = NumberSet(EVERY_NUMBER.intervals, True)


def is_everything(cell: Cell) -> bool:
    """Tell whether a cell asks for nothing."""
    return cell in (EVERYTHING, _ALL_NUMBERS)


def cell_of(text: str, kind: str) -> Cell:
    """Read a unary test of a rule file, which must be right."""
    written = text.strip()
    if kind in NUMBERS:
        numbers = parse_test(written, EVERY_NUMBER)
        assert isinstance(numbers, NumberSet)
        return numbers
    if written == "-":
        return EVERYTHING
    if written == "known":
        return Words((UNKNOWN,), True)
    negated = written.startswith("not") and written[3:].lstrip().startswith("(") and written.endswith(")")
    inside = written[written.index("(") + 1 : -1] if negated else written
    return Words(tuple(dict.fromkeys(part.strip() for part in inside.split(","))), negated)


def unary_text(cell: Cell, domain: Iterable[str] = ()) -> str:
    """Write a cell as a unary test of a rule file. domain: the values of its fact, where no word may pass."""
    if isinstance(cell, NumberSet):
        return str(cell) or NOTHING
    if cell.is_empty():
        return f"not({', '.join((*domain, UNKNOWN))})"
    if not cell.negated:
        return ", ".join(cell.values)
    if not cell.values:
        return "-"
    return "known" if cell.values == (UNKNOWN,) else f"not({', '.join(cell.values)})"


def met(a: Cell, b: Cell) -> Cell:
    """Return what passes both cells of one fact."""
    if isinstance(a, NumberSet) and isinstance(b, NumberSet):
        return a.intersection(b)
    if isinstance(a, Words) and isinstance(b, Words):
        return a.intersection(b)
    raise TypeError(f"cells of different kinds: {a}, {b}")


def boxes(when: Mapping[str, Any], kinds: Mapping[str, str], *, apart: bool) -> list[Box]:
    """Return the rules that a row's condition makes: one box for each mapping of `any`, what always holds left out.

    when: as in a rule file, every test as text. kinds: of the facts. apart: whether no two rules may hold together, as
    where a DMN engine counts or collects those that do.
    """
    base = {name: cell_of(test, kinds[name]) for name, test in when.items() if name != "any"}
    alternatives: list[Box] = []
    for mapping in when.get("any", ({},)):
        both = dict(base)
        for name, test in mapping.items():
            cell = cell_of(test, kinds[name])
            both[name] = met(both[name], cell) if name in both else cell
        alternatives.append({name: cell for name, cell in both.items() if not is_everything(cell)})
    return _apart(alternatives) if apart else alternatives


def _apart(alternatives: Sequence[Box]) -> list[Box]:
    made: list[Box] = []
    for number, alternative in enumerate(alternatives):
        pieces = [alternative]
        for earlier in alternatives[:number]:
            pieces = [rest for piece in pieces for rest in _less(piece, earlier)]
        made.extend(pieces)
    return made


def _less(box: Box, other: Box) -> list[Box]:
    """Return what of a box lies outside another, as boxes of which no two meet."""
    if any((met(box[name], cell) if name in box else cell).is_empty() for name, cell in other.items()):
        return [box]
    rest = dict(box)
    pieces: list[Box] = []
    for name, cell in other.items():
        outside = met(rest[name], cell.complement()) if name in rest else cell.complement()
        if not outside.is_empty():
            pieces.append({**rest, name: outside})
        rest[name] = met(rest[name], cell) if name in rest else cell
    return pieces
