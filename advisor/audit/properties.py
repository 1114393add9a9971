"""Declared properties of a rulebook, proved over all cells or refuted with concrete projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from advisor.audit.columns import Column, cut, two_values
from advisor.audit.diagrams import Box, Node
from advisor.audit.functions import LARGEST_WHOLE, Functions, Outcome, tests_below
from advisor.audit.model import Example
from advisor.audit.ties import Move, moving_with
from advisor.rulebook.declarations import Property
from advisor.rulebook.model import RECOMMENDATION, Rulebook
from advisor.rulebook.sets import UNKNOWN, ValueSet

APPROACHES = ("prompting", "hybrid", "fine_tuning")  # from the lightest commitment to the heaviest


@dataclass(frozen=True)
class Refutation:
    """Projects that a property does not hold of: one, or for a direction the one before and the one after."""

    projects: tuple[Example, ...]
    conclusions: tuple[str, ...]


def refute_implication(rulebook: Rulebook, prop: Property) -> Refutation | None:
    """Return a project for which `when` holds and `then` does not, or None: then it is proved. Raises TooLargeError."""
    assert prop.when is not None
    assert prop.then is not None
    functions = _functions(rulebook, prop, apart=frozenset())
    diagrams = functions.diagrams
    premise = [functions.tested(fact, test.values) for fact, test in prop.when.items()]
    claim = diagrams.all_of([functions.tested(fact, test.values) for fact, test in prop.then.items()])
    broken = diagrams.all_of([*premise, functions.possible, diagrams.negated(claim)])
    for _, box in diagrams.boxes(broken, bool):
        return Refutation((functions.example(box),), (_option_at(functions, box),))
    return None


def refute_direction(rulebook: Rulebook, prop: Property) -> Refutation | None:
    """Return two projects that differ in the raised fact, and in what moves with it, of which the second is nearer.

    Nearer, that is, to the approach that raising the fact is said never to move towards; None when there is no such
    pair: then the property is proved. `unknown` is neither below nor above a value, `false` is below `true`, and a
    project without a recommendation is near nothing. Raises TooLargeError.
    """
    assert prop.raising is not None
    partners = moving_with(rulebook, prop.raising)
    functions = _functions(rulebook, prop, apart=frozenset({prop.raising, *partners}))
    diagrams = functions.diagrams
    approach = functions.within(
        diagrams.apply(lambda outcome: _rank(rulebook, outcome), functions.outcome(RECOMMENDATION))
    )
    sign = -1 if prop.never_towards == "prompting" else 1

    def nearer(before: object, after: object) -> bool:
        return isinstance(before, int) and isinstance(after, int) and (after - before) * sign > 0

    moving = [prop.raising, *(name for name in partners if name in functions.level)]
    held = _Held(functions, approach, moving)
    ways = [raised_steps(functions.columns[functions.level[prop.raising]])]
    ways += [partner_steps(functions.columns[functions.level[name]], partners[name]) for name in moving[1:]]
    for steps in product(*ways):
        low, high = held.at(tuple(a for a, _ in steps)), held.at(tuple(b for _, b in steps))
        if low == high:
            continue
        for _, box in diagrams.boxes(diagrams.apply(nearer, low, high), bool):
            return _pair(functions, box, moving, steps)
    return None


def read_partners(rulebook: Rulebook, raised: str) -> dict[str, Move]:
    """Return what moves with a fact and is read on the way to the recommendation: what a proof rests on."""
    read = tests_below(rulebook, [RECOMMENDATION])[0]
    return {name: move for name, move in moving_with(rulebook, raised).items() if name in read}


def raised_steps(column: Column) -> list[tuple[int, int]]:
    """Return pairs of cells of which the second holds a greater value than the first, known both."""
    cells = _ascending(column)
    several = [(n, n) for n in cells if two_values(column, n)]
    return [*several, *((a, b) for i, a in enumerate(cells) for b in cells[i + 1 :])]


def partner_steps(column: Column, move: Move) -> list[tuple[int, int]]:
    """Return pairs of cells of what moves along: level, up or down as declared, or any two."""
    every = range(len(column.cells))
    if move == "anyhow":
        return [*((n, n) for n in every), *((a, b) for a in every for b in every if a != b)]
    cells = _ascending(column)
    pairs = [(a, b) for i, a in enumerate(cells) for b in cells[i + 1 :]]
    return [*((n, n) for n in every), *(pairs if move == "rises" else [(b, a) for a, b in pairs])]


def _ascending(column: Column) -> list[int]:
    """Return the cells with known values, the least first; a boolean's are `false`, `true`."""
    known = [n for n, cell in enumerate(column.cells) if cell.example != UNKNOWN]
    return sorted(known, key=lambda n: column.cells[n].example is True) if column.kind == "boolean" else known


@dataclass
class _Held:
    """A function with some of its facts held in cells; each combination is worked out once."""

    functions: Functions
    node: Node
    moving: Sequence[str]

    def __post_init__(self) -> None:
        self._known: dict[tuple[int, ...], Node] = {(): self.node}

    def at(self, cells: tuple[int, ...]) -> Node:
        if cells not in self._known:
            level = self.functions.level[self.moving[len(cells) - 1]]
            self._known[cells] = self.functions.diagrams.fixed(self.at(cells[:-1]), level, cells[-1])
        return self._known[cells]


def _functions(rulebook: Rulebook, prop: Property, apart: frozenset[str]) -> Functions:
    extra: dict[str, list[ValueSet]] = {prop.raising: []} if prop.raising else {}
    for fact, test in (*(prop.when or {}).items(), *(prop.then or {}).items()):
        if fact not in rulebook.tables:
            extra.setdefault(fact, []).append(test.values)
    goals = [f for f in (RECOMMENDATION, *(prop.when or {}), *(prop.then or {})) if f in rulebook.tables]
    tests, constraints = tests_below(rulebook, goals, extra)
    columns = [cut(rulebook.facts[fact], values, apart=fact in apart) for fact, values in tests.items()]
    return Functions(rulebook, columns, constraints, LARGEST_WHOLE)


def _rank(rulebook: Rulebook, outcome: Outcome) -> int | None:
    option = rulebook.options.get(str(outcome.value))
    return APPROACHES.index(option.approach) if option else None


def _pair(functions: Functions, box: Box, moving: Sequence[str], steps: Sequence[tuple[int, int]]) -> Refutation:
    projects: list[Example] = []
    conclusions: list[str] = []
    raised = moving[0]
    within = two_values(functions.columns[functions.level[raised]], steps[0][0]) if steps[0][0] == steps[0][1] else None
    for side in (0, 1):
        held: Mapping[int, frozenset[int]] = {
            functions.level[name]: frozenset([step[side]]) for name, step in zip(moving, steps, strict=True)
        }
        project = functions.example({**box, **held})
        projects.append({**project, raised: within[side]} if within else project)
        conclusions.append(_option_at(functions, {**box, **held}))
    return Refutation(tuple(projects), tuple(conclusions))


def _option_at(functions: Functions, box: Box) -> str:
    if RECOMMENDATION not in functions.rulebook.tables:
        return UNKNOWN
    node: Node = functions.outcome(RECOMMENDATION)
    for level in range(len(functions.columns)):
        node = functions.diagrams.fixed(node, level, min(box[level]) if level in box else 0)
    (outcome,) = functions.diagrams.values(node)
    assert isinstance(outcome, Outcome)
    return str(outcome.value)
