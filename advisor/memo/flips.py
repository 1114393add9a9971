"""What would change a recommendation: the nearest single changes of what is known, and what the unknown could be.

Every change is one value of one fact or assumption, with which the rules were asked again. A number is looked for
outwards from what it is now, through the thresholds of the rules and a ladder of sizes, and the boundary between two
neighbours is halved until it is found; what is reported is the first readable number beyond it, which changes the
recommendation itself.

How far away a change is, from 0 to 1: for a number the difference as a share of the larger of the two values, for a
choice the steps in the order in which it is declared as a share of all steps there are, 1 for a yes that becomes a no.
An answer that is unknown has no way to go: nothing about the project need change for it, so its distance is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from advisor.answers import Answers
from advisor.errors import ConflictError
from advisor.memo.boundaries import halve, ladder, readable
from advisor.memo.whatif import WhatIf
from advisor.quantities import Number, is_number
from advisor.rulebook.model import Fact, Row, Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import broken_constraints

ANY_TEXT = "any text"


@dataclass(frozen=True)
class Change:
    """One value of one fact or assumption, and what would be recommended with it.

    `before` is None where the answer is unknown. `row`, `option` and `approach` are what the rules conclude then.
    """

    name: str
    before: Value | None
    after: Value
    row: str | None
    option: str | None
    approach: str | None
    moves_approach: bool
    distance: float


@dataclass(frozen=True)
class Stretch:
    """Values of an unknown fact with one outcome: a choice, or the numbers from `start` until below `until`.

    Where arithmetic draws the line, `start` is rounded up to a readable number.
    """

    start: Value
    until: Value | None
    row: str | None
    option: str | None
    approach: str | None
    moves_option: bool
    moves_approach: bool


@dataclass(frozen=True)
class Unknown:
    """A fact that is unknown and all that it could turn out to be; without stretches it decides nothing.

    `quotes` are the facts and assumptions that a price source knows by its name: what they could be cannot be tried.
    """

    fact: str
    stretches: tuple[Stretch, ...]
    quotes: tuple[str, ...] = ()

    @property
    def moves_option(self) -> bool:
        return any(stretch.moves_option for stretch in self.stretches)

    @property
    def moves_approach(self) -> bool:
        return any(stretch.moves_approach for stretch in self.stretches)


@dataclass(frozen=True)
class Range:
    """How far an assumption can move before the option changes, either way; None where nothing was found to change.

    `holds` tells whether the option is the same at both ends of the range that the rulebook gives, `is_assumed` whether
    there is such a range and nobody answered.
    """

    name: str
    below: Change | None
    above: Change | None
    holds: bool
    is_assumed: bool


@dataclass(frozen=True)
class Flips:
    """All that was tried. `changes` holds, nearest first, the nearest of each name to move option and approach."""

    changes: tuple[Change, ...]
    unknowns: tuple[Unknown, ...]
    ranges: tuple[Range, ...]
    runner_up: Change | None


def find_flips(rulebook: Rulebook, answers: Answers) -> Flips:
    """Try every single change. The runner-up is the nearest that moves the approach, or failing that the option.

    Changes of one distance stand in the order of the rulebook.
    """
    search = _Search(WhatIf(rulebook, answers))
    changes: list[Change] = []
    unknowns: list[Unknown] = []
    ranges: list[Range] = []
    for name in search.worlds.matters:
        if search.worlds.known(name) == UNKNOWN:
            quotes = search.worlds.quoted_by(name)
            unknown = Unknown(name, (), quotes) if quotes else search.unknown(rulebook.facts[name])
            unknowns.append(unknown)
            changes.extend(search.changes_of(unknown))
        else:
            found = search.nearest(name)
            changes.extend(_nearest_of_each(found))
            if name in rulebook.assumptions:
                ranges.append(search.range_of(name, found))
    changes.sort(key=lambda change: change.distance)
    decides_nothing = [
        Unknown(fact.id, ())
        for fact in rulebook.asked
        if answers.facts.get(fact.id, UNKNOWN) == UNKNOWN and not fact.default and fact.id not in search.worlds.matters
    ]
    runner_up = next((change for change in changes if change.moves_approach), changes[0] if changes else None)
    return Flips(tuple(changes), (*unknowns, *decides_nothing), tuple(ranges), runner_up)


def _nearest_of_each(found: list[Change]) -> Iterator[Change]:
    """Yield the nearest change and the nearest that moves the approach, which may be one."""
    nearest = min(found, key=lambda change: change.distance, default=None)
    moving = min((c for c in found if c.moves_approach), key=lambda change: change.distance, default=None)
    yield from dict.fromkeys(change for change in (nearest, moving) if change)


class _Search:
    """Looks for changes of one project."""

    def __init__(self, worlds: WhatIf) -> None:
        self.worlds, self.rulebook = worlds, worlds.rulebook
        self.option, self.approach = self._concluded(worlds.row())
        self.constrained = {name for constraint in self.rulebook.constraints for name in constraint.never}
        self.broken = broken_constraints(self.rulebook, worlds.answers)

    def nearest(self, name: str) -> list[Change]:
        """Return the nearest changes of something known: of a number, the nearest on either side."""
        before = self.worlds.known(name)
        if is_number(before):
            return [*self._outwards(name, before, up=False), *self._outwards(name, before, up=True)]  # type: ignore[arg-type]
        fact = self.rulebook.facts[name]
        values = [value for value in _values(fact) if value != before] if fact.kind != "text" else []
        found = [self._change(name, before, value, _steps(fact, before, value)) for value in values]
        return [change for change in found if change is not None and change.option != self.option]

    def unknown(self, fact: Fact) -> Unknown:
        """Return what an unknown fact could turn out to be."""
        if fact.kind in ("integer", "number"):
            return Unknown(fact.id, tuple(self._stretches(fact)))
        stretches = [self._stretch(fact.id, value) for value in _values(fact)]
        return Unknown(fact.id, tuple(stretch for stretch in stretches if stretch is not None))

    def changes_of(self, unknown: Unknown) -> Iterator[Change]:
        """Yield the first value of an unknown fact that moves the option, and the first that moves the approach."""
        first = next((s for s in unknown.stretches if s.moves_option), None)
        moving = next((s for s in unknown.stretches if s.moves_approach), None)
        for s in dict.fromkeys(s for s in (first, moving) if s):
            yield Change(unknown.fact, None, s.start, s.row, s.option, s.approach, s.moves_approach, 0.0)

    def range_of(self, name: str, found: list[Change]) -> Range:
        assumption, now = self.rulebook.assumptions[name], self.worlds.known(name)
        below = next((c for c in found if c.after < now), None)  # type: ignore[operator]
        above = next((c for c in found if c.after > now), None)  # type: ignore[operator]
        holds = [
            value is None or self._concluded(self._row(name, value))[0] == self.option
            for value in (assumption.low, assumption.high)
        ]
        ranged = assumption.low is not None and assumption.high is not None
        is_assumed = ranged and self.worlds.is_assumed(name)
        return Range(name, below, above, all(holds), is_assumed)

    # -- numbers ----------------------------------------------------------------------------------------------------

    def _outwards(self, name: str, before: Number, *, up: bool) -> Iterator[Change]:
        """Yield the nearest change of the option on one side, and the nearest of the approach."""
        ends = self.worlds.thresholds(name)
        points = [v for v in ladder(ends, before, whole=self._whole(name)) if (v > before) == up and v != before]
        moved = False
        near: Number = before
        for value in points if up else reversed(points):
            if not self._allowed(name, value):
                continue
            option, approach = self._concluded(self._row(name, value))
            if option != self.option and not moved:
                moved = True
                yield from self._boundary(name, before, near, value, lambda o, _: o != self.option)
            if approach != self.approach:
                yield from self._boundary(name, before, near, value, lambda _, a: a != self.approach)
                return
            near = value

    def _boundary(
        self, name: str, before: Number, near: Number, far: Number, moves: Callable[[str | None, str | None], bool]
    ) -> Iterator[Change]:
        def moved(value: Number) -> bool:
            return moves(*self._concluded(self._row(name, value)))

        after = self._first_beyond(name, near, far, moved)
        change = self._change(name, before, after, abs(after - before) / max(abs(after), abs(before)))
        if change is not None:
            yield change

    def _first_beyond(self, name: str, near: Number, far: Number, moved: Callable[[Number], bool]) -> Number:
        """Return the first readable number on the way to `far` that has moved as `far` has."""
        ends, whole = self.worlds.thresholds(name), self._whole(name)
        edge, exact = halve(near, far, moved, ends, whole=whole)
        outcome = self._concluded(self._row(name, edge))
        least = 3 if self._unit(name) == "share" else 2

        def same(value: Number) -> bool:
            return self._allowed(name, value) and self._concluded(self._row(name, value)) == outcome

        return edge if exact else readable(edge, same, up=far > near, digits=least, whole=whole)

    def _stretches(self, fact: Fact) -> Iterator[Stretch]:
        """Yield the numbers an unknown fact could be, ascending, grouped by what would be recommended."""
        whole = fact.kind == "integer"
        points = [v for v in ladder(self.worlds.thresholds(fact.id), None, whole=whole) if self._allowed(fact.id, v)]
        starts: list[Number] = points[:1]
        for low, high in pairwise(points):
            while self._concluded(self._row(fact.id, starts[-1])) != self._concluded(self._row(fact.id, high)):
                here = self._concluded(self._row(fact.id, starts[-1]))
                left = max(low, starts[-1])
                starts.append(
                    self._first_beyond(
                        fact.id,
                        left,
                        high,
                        lambda v, was=here: self._concluded(self._row(fact.id, v)) != was,  # type: ignore[misc]
                    )
                )
        for start, until in zip_longest(starts, starts[1:]):
            stretch = self._stretch(fact.id, start, until)
            if stretch is not None:
                yield stretch

    # -- one value --------------------------------------------------------------------------------------------------

    def _row(self, name: str, value: Value) -> Row | None:
        try:
            return self.worlds.row(name, value)
        except ConflictError:
            return None

    def _concluded(self, row: Row | None) -> tuple[str | None, str | None]:
        option = None if row is None or row.then is None else str(row.then)
        known = self.rulebook.options.get(option or "")
        return option, known.approach if known else None

    def _change(self, name: str, before: Value, after: Value, distance: float) -> Change | None:
        if not self._allowed(name, after):
            return None
        row = self._row(name, after)
        if row is None:
            return None
        option, approach = self._concluded(row)
        return Change(name, before, after, row.id, option, approach, approach != self.approach, distance)

    def _stretch(self, name: str, start: Value, until: Value | None = None) -> Stretch | None:
        row = self._row(name, start) if self._allowed(name, start) else None
        if row is None:
            return None
        option, approach = self._concluded(row)
        moves = option != self.option, approach != self.approach
        return Stretch(start, until, row.id, option, approach, *moves)

    def _allowed(self, name: str, value: Value) -> bool:
        """Tell whether a value lies in the domain and breaks no constraint that the answers keep."""
        if name in self.rulebook.assumptions:
            return is_number(value) and self.worlds.takes(name, value)  # type: ignore[arg-type]
        if not self.rulebook.facts[name].domain.contains(value) or not self.worlds.fits(name, value):
            return False
        if name not in self.constrained:
            return True
        broken = broken_constraints(self.rulebook, self.worlds.changed(name, value))
        return all(any(constraint is known for known in self.broken) for constraint in broken)

    def _whole(self, name: str) -> bool:
        return name in self.rulebook.facts and self.rulebook.facts[name].kind == "integer"

    def _unit(self, name: str) -> str | None:
        thing = self.rulebook.facts.get(name) or self.rulebook.assumptions[name]
        return thing.unit


def _values(fact: Fact) -> tuple[Value, ...]:
    """Return all values but `unknown` of a choice or a boolean; of a text, which rules tell from unknown alone, one."""
    return {"boolean": (True, False), "choice": tuple(fact.choices), "text": (ANY_TEXT,)}.get(fact.kind, ())


def _steps(fact: Fact, before: Value, after: Value) -> float:
    values = _values(fact)
    return abs(values.index(after) - values.index(before)) / (len(values) - 1)
