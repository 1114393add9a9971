"""What an edit changes: two rulebooks compared by the decisions they make, as boxes with an example each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from advisor.audit.answering import answers_for, as_example
from advisor.audit.columns import Column, cut
from advisor.audit.diagrams import Box, Node, TooLargeError
from advisor.audit.functions import LARGEST_WHOLE, Functions, Outcome, tests_below
from advisor.audit.model import BoxText, Example
from advisor.rulebook.model import RECOMMENDATION, Fact, Row, Rulebook
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, NumberSet, PresenceSet, ValueSet

T = TypeVar("T")

MOST_BOXES: Final = 1_000
MOST_ORDERED: Final = 200  # boxes up to which other orders of the columns are tried, to need fewer
MOST_ANSWERED: Final = 30  # changes for which answers are sought


@dataclass(frozen=True)
class Decided:
    """What one rulebook decides, and the row that does."""

    option: str
    strength: str | None
    row: str | None


@dataclass(frozen=True)
class Change:
    """A box of projects on which two rulebooks decide differently; `cells` counts the cells of the box.

    `answers` are facts and assumptions that bring the example about under the second rulebook, None where none do.
    """

    before: Decided
    after: Decided
    box: BoxText
    example: Example
    cells: int
    table: str = RECOMMENDATION
    answers: Example | None = None


@dataclass(frozen=True)
class Difference:
    """All changes between two rulebooks. `cells` counts all that were compared, `changed` those decided differently.

    `same` says that the rules are the same word for word where they decide, so that nothing had to be compared.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    cells: int
    changed: int
    shown: bool
    same: bool = False


def compare(before: Rulebook, after: Rulebook, table: str | None = None) -> Difference:
    """Compare what two rulebooks conclude, strength included, over the cells of both.

    table: by default the recommendation, and where neither has one, every table that no other reads, less `collect`
    tables. A fact that one of the two lacks is free there, and a table that it lacks concludes `unknown`. Projects that
    a constraint of `after` excludes are left out. Raises TooLargeError.
    """
    if before.digest == after.digest:
        return Difference(before.digest, after.digest, (), 0, 0, shown=True, same=True)
    changes: list[Change] = []
    cells = changed = 0
    for name in [table] if table else _ends(before, after):
        found = _fewest_boxes(before, after, name)
        cells += found.cells
        changed += found.changed
        changes += found.changes
    listed = changes[:MOST_BOXES]
    answered = [_answered(after, change) for change in listed[:MOST_ANSWERED]]
    shown = sum(change.cells for change in listed) == changed
    return Difference(before.digest, after.digest, (*answered, *listed[MOST_ANSWERED:]), cells, changed, shown=shown)


def _ends(before: Rulebook, after: Rulebook) -> list[str]:
    """Return the tables whose conclusions are compared."""
    tables = {**after.tables, **before.tables}
    if RECOMMENDATION in tables:
        return [RECOMMENDATION]
    read = {fact for book in (before, after) for table in book.tables.values() for fact in table.inputs}
    return [name for name, table in tables.items() if name not in read and table.hit_policy != "collect"]


# ---- One table over the cells of both ----


@dataclass(frozen=True)
class _Compared:
    changes: tuple[Change, ...]
    cells: int
    changed: int


def _fewest_boxes(before: Rulebook, after: Rulebook, table: str) -> _Compared:
    """Compare with the columns in several orders and return what takes the fewest boxes, the first of those."""
    columns = _columns(before, after, table)
    best = _compared(before, after, table, columns)
    if 1 < len(best.changes) <= MOST_ORDERED:
        for order in _orders(columns):
            other = _compared(before, after, table, order)
            if len(other.changes) < len(best.changes):
                best = other
    names = [column.fact for column in columns]
    changes = [replace(c, box=_in_order(c.box, names), example=_in_order(c.example, names)) for c in best.changes]
    return replace(best, changes=tuple(changes))


def _orders(columns: Sequence[Column]) -> Iterator[list[Column]]:
    yield list(reversed(columns))
    for column in columns:
        rest = [other for other in columns if other is not column]
        yield [column, *rest]
        yield [*rest, column]


def _columns(before: Rulebook, after: Rulebook, table: str) -> list[Column]:
    tests: dict[str, list[ValueSet]] = {}
    for book in (before, after):
        for fact, values in tests_below(book, [table] if table in book.tables else [], None)[0].items():
            tests.setdefault(fact, []).extend(values)
    for fact in tests:
        if fact in before.tables or fact in after.tables:
            raise TooLargeError(f"`{fact}` is a fact on one side and a table on the other")
    known = dict.fromkeys((*after.facts, *before.facts))
    facts = {name: _common(before.facts.get(name), after.facts.get(name)) for name in known if name in tests}
    return [cut(fact, [_widened(test, fact.domain) for test in tests[name]]) for name, fact in facts.items()]


def _compared(before: Rulebook, after: Rulebook, table: str, columns: Sequence[Column]) -> _Compared:
    old = _functions(before, columns, table, None)
    new = _functions(after, columns, table, old)
    diagrams = old.diagrams
    pair = new.within(diagrams.apply(lambda a, b: (a, b), _decided(old, table), _decided(new, table)))

    def changed(value: object) -> bool:
        return isinstance(value, tuple) and (value[0].option, value[0].strength) != (value[1].option, value[1].strength)

    held: dict[tuple[Decided, Decided], list[Box]] = {}
    for value, box in diagrams.boxes(pair, changed):
        assert isinstance(value, tuple)
        held.setdefault((value[0], value[1]), []).append(box)
        if sum(map(len, held.values())) > 10 * MOST_BOXES:
            break
    changes = [
        Change(a, b, new.box(box), new.example(box), _cells(diagrams.sizes, box), table)
        for (a, b), boxes in held.items()
        for box in _merged(boxes, diagrams.sizes)
    ]
    cells = diagrams.count(pair, lambda value: value is not None)
    return _Compared(tuple(changes), cells, diagrams.count(pair, changed))


def _functions(book: Rulebook, columns: Sequence[Column], table: str, shared: Functions | None) -> Functions:
    constraints = tests_below(book, [table] if table in book.tables else [], None)[1]
    return Functions(book, columns, constraints, LARGEST_WHOLE, shared.diagrams if shared else None)


def _decided(functions: Functions, name: str) -> Node:
    """Return the function that says what is decided and by which row."""
    diagrams = functions.diagrams
    table = functions.rulebook.tables.get(name)
    if table is not None and table.hit_policy == "count":
        return diagrams.apply(_counted, functions.outcome(name))
    result = diagrams.constant(Decided(UNKNOWN, None, None))
    for row in reversed(table.rows if table else ()):
        result = diagrams.choose(functions.matches(row), diagrams.constant(_of(row)), result)
    return result


def _counted(outcome: Outcome) -> Decided:
    return Decided(str(outcome.value), None, None)


def _of(row: Row) -> Decided:
    return Decided(UNKNOWN if row.then is None else str(row.then), row.strength, row.id)


def _in_order(held: Mapping[str, T], names: Sequence[str]) -> dict[str, T]:
    return {name: held[name] for name in names if name in held}


def _merged(boxes: Sequence[Box], sizes: Sequence[int]) -> list[Box]:
    """Join boxes that differ in one level alone, as long as there are any; a level with all its cells is left out."""
    left = list(boxes)
    size = len(left) + 1
    while len(left) < size:
        size = len(left)
        for level in sorted({level for box in left for level in box}):
            rest: dict[frozenset[tuple[int, frozenset[int]]], set[int]] = {}
            free: list[Box] = []
            for box in left:
                if level in box:
                    key = frozenset((other, cells) for other, cells in box.items() if other != level)
                    rest.setdefault(key, set()).update(box[level])
                else:
                    free.append(box)
            left = [*free, *(_with(dict(key), level, cells, sizes) for key, cells in rest.items())]
    return left


def _with(box: dict[int, frozenset[int]], level: int, cells: set[int], sizes: Sequence[int]) -> Box:
    return box if len(cells) == sizes[level] else {**box, level: frozenset(cells)}


def _cells(sizes: tuple[int, ...], box: Box) -> int:
    total = 1
    for level, size in enumerate(sizes):
        total *= len(box[level]) if level in box else size
    return total


def _answered(rulebook: Rulebook, change: Change) -> Change:
    """Return a change with answers that bring its example about, as far as the rulebook has the facts."""
    known = {name: value for name, value in change.example.items() if name in rulebook.facts}
    try:
        answers = answers_for(rulebook, [known])
    except TooLargeError:
        answers = None
    return change if answers is None else replace(change, answers=as_example(answers[0]))


# ---- Facts of both ----


def _common(old: Fact | None, new: Fact | None) -> Fact:
    """Return a fact with the values of both sides, of which one may be missing."""
    if old is None or new is None:
        found = new or old
        assert found is not None
        return found
    match old.domain, new.domain:
        case NumberSet() as a, NumberSet() as b:
            return replace(new, domain=a.union(b), kind=new.kind if old.kind == new.kind else "number")
        case ChoiceSet() as a, ChoiceSet() as b:
            values = tuple(dict.fromkeys((*b.domain, *a.domain)))
            return replace(new, domain=ChoiceSet.of((*a.values, *b.values), values, unknown=a.unknown or b.unknown))
        case PresenceSet() as a, PresenceSet() as b:
            return replace(new, domain=a.union(b))
    raise TooLargeError(f"`{new.id}` is of another kind on either side")


def _widened(test: ValueSet, domain: ValueSet) -> ValueSet:
    """Return a test on a choice as one over the values of both sides."""
    if isinstance(test, ChoiceSet) and isinstance(domain, ChoiceSet):
        return ChoiceSet.of(test.values, domain.domain, unknown=test.unknown)
    return test
