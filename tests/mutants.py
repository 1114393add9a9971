"""Small wrong edits of a rulebook, one at a time, and what notices them: a worked case, the audit, or a proof that
they change no decision."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from math import isfinite
from types import MappingProxyType

from advisor.audit.answering import single
from advisor.audit.checks import CHECKS
from advisor.audit.columns import cut
from advisor.audit.context import AuditContext
from advisor.audit.coverage import Tried
from advisor.audit.functions import LARGEST_WHOLE, Functions, Outcome, tests_below
from advisor.audit.run import check_module
from advisor.cases_outcome import differences
from advisor.deciding.decision import Decision, TableResult, conclude
from advisor.deciding.plain import PlainEvaluator, row_matches
from advisor.errors import ConflictError, Place
from advisor.quantities import Number
from advisor.rulebook.model import Constraint, Row, Rulebook, Table, Test
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, Interval, NumberSet, Value, ValueSet, union
from advisor.rulebook.unary import parse_test

STRENGTHS = ("definite", "likely", "consider")
MAY_NEVER_COME = ("crossover_calls", "payback_months")  # unknown to tables, although all they rest on is known
ONLY_OF_RULES = tuple(name for name in CHECKS if name not in ("engine", "coverage", "boundary", "unknowns"))


@dataclass(frozen=True)
class Mutant:
    """A rulebook with one table edited: the kind of edit, what it did, and where."""

    kind: str
    what: str
    table: str
    row: str
    place: Place
    rulebook: Rulebook

    def __str__(self) -> str:
        file, line, column = self.place
        return f"{file}:{line}:{column}: {self.kind}: {self.what}"


def mutants(book: Rulebook) -> Iterator[Mutant]:
    """Yield every mutant of a rulebook, table by table and row by row."""
    for table in book.tables.values():
        for number, row in enumerate(table.rows):
            for kind, what, rows in _edits(table, number, row):
                changed = replace(table, rows=tuple(rows))
                tables = MappingProxyType({**book.tables, table.id: changed})
                yield Mutant(kind, f"`{row.id}` {what}", table.id, row.id, row.place, replace(book, tables=tables))


def _edits(table: Table, number: int, row: Row) -> Iterator[tuple[str, str, Sequence[Row]]]:
    before, after = table.rows[:number], table.rows[number + 1 :]
    yield "delete", "deleted", [*before, *after]
    yield "duplicate", "stands twice", [*before, row, replace(row, id=f"{row.id}.copy"), *after]
    if after and table.hit_policy == "first":
        yield "swap", f"below `{after[0].id}`", [*before, after[0], row, *after[1:]]
    for kind, what, changed in (*_conclusions(table, row), *_conditions(row)):
        yield kind, what, [*before, changed, *after]


def _conclusions(table: Table, row: Row) -> Iterator[tuple[str, str, Row]]:
    others = [other.then for other in table.rows if other.then not in (None, row.then)]
    if row.then is not None and others:
        yield "conclusion", f"concludes {others[0]}", replace(row, then=others[0])
    if row.strength is not None:
        other = STRENGTHS[(STRENGTHS.index(row.strength) + 1) % 3]
        yield "strength", f"is {other}", replace(row, strength=other)  # type: ignore[arg-type]


def _conditions(row: Row) -> Iterator[tuple[str, str, Row]]:
    if row.any_of is not None and len(row.any_of) > 1:
        joined: dict[str, Test] = {**row.when}
        for mapping in row.any_of:
            joined |= mapping
        yield "any to all", "asks for all", replace(row, when=joined, any_of=None)
    for fact, test in row.when.items():
        yield "drop", f"without {fact}", replace(row, when={f: t for f, t in row.when.items() if f != fact})
        for kind, what, values in _tests(test.values):
            changed = Test(str(values), values, test.place)
            yield kind, f"{fact} {what}", replace(row, when={**row.when, fact: changed})
    for n, mapping in enumerate(row.any_of or ()):
        assert row.any_of is not None
        for fact, test in mapping.items():
            for kind, what, values in _tests(test.values):
                other = {**mapping, fact: Test(str(values), values, test.place)}
                yield kind, f"{fact} {what}", replace(row, any_of=(*row.any_of[:n], other, *row.any_of[n + 1 :]))


def _tests(values: ValueSet) -> Iterator[tuple[str, str, ValueSet]]:
    """Yield tests that are nearly the same: a threshold moved or turned, a value more."""
    if isinstance(values, NumberSet):
        for n, part in enumerate(values.intervals):
            for kind, other in _intervals(part):
                changed = NumberSet((*values.intervals[:n], other, *values.intervals[n + 1 :]), values.unknown)
                yield kind, f"{values} to {changed}", changed
        if not values.unknown:
            yield "widen", "or unknown", NumberSet(values.intervals, unknown=True)
    elif isinstance(values, ChoiceSet):
        for value in values.domain:
            if value not in values.values:
                yield "widen", f"or {value}", union(values, ChoiceSet.of([value], values.domain))
        if not values.unknown:
            yield "widen", "or unknown", ChoiceSet.of(values.values, values.domain, unknown=True)


def _intervals(part: Interval) -> Iterator[tuple[str, Interval]]:
    """Yield an interval with an end moved up or down by a tenth, or open instead of closed."""
    if isfinite(part.low):
        yield "flip", replace(part, low_closed=not part.low_closed)
        moved = [replace(part, low=_moved(part.low, factor)) for factor in (1.1, 0.9)]
        yield from (("shift", other) for other in moved if other.low < other.high and other != part)
    if isfinite(part.high):
        yield "flip", replace(part, high_closed=not part.high_closed)
        moved = [replace(part, high=_moved(part.high, factor)) for factor in (1.1, 0.9)]
        yield from (("shift", other) for other in moved if other.low < other.high and other != part)


def _moved(end: Number, factor: float) -> Number:
    value = float(f"{end * factor:.6g}")
    return int(value) if value == int(value) else value


# ---- What notices a mutant ----


def caught_by(mutant: Mutant, tried: Sequence[Tried]) -> str | None:
    """Return a worked case that fails on a mutant, decided by the plain evaluator; those of its row are tried first."""
    book = mutant.rulebook
    affected = [name for name in book.order if mutant.table in book.ancestors(name)]
    about = [one for one in tried if one.rests_on & set(affected) or _names(one, mutant)]
    for one in sorted(about, key=lambda one: not _names(one, mutant)):
        known = dict(one.values)
        results: dict[str, TableResult] = dict(one.world.decision.results)
        try:
            for name in affected:
                table = book.tables[name]
                matching = [n for n, row in enumerate(table.rows) if row_matches(row, known)]
                results[name] = conclude(table, matching)
                value = results[name].value
                if not isinstance(value, tuple):
                    known[name] = value
        except ConflictError:
            return one.case.name
        if any(differences(one.expected, replace(one.world, rulebook=book, decision=Decision(results)))):
            return one.case.name
    return None


def _names(one: Tried, mutant: Mutant) -> bool:
    return mutant.row in (one.expected.row, *one.expected.matches, *one.expected.misses)


def reported(book: Rulebook, checks: Sequence[str] = ONLY_OF_RULES) -> frozenset[tuple[str, ...]]:
    """Return the errors and warnings of a rulebook as what tells them apart; the engine and cases are left out."""
    context = AuditContext(book, {}, date(2026, 11, 25), PlainEvaluator(book))
    findings = (finding for name in checks for finding in check_module(name).check(context))
    return frozenset(
        (finding.check, finding.table or "", finding.key, *finding.rows)
        for finding in findings
        if finding.severity != "note"
    )


def changes_nothing(book: Rulebook, mutant: Mutant) -> bool:
    """Prove that an edited table decides as before on every project, given what earlier tables conclude."""
    other = mutant.rulebook
    tests: dict[str, list[ValueSet]] = {}
    for side in (book, other):
        for fact, values in tests_below(side, [mutant.table], None)[0].items():
            tests.setdefault(fact, []).extend(values)
    columns = [cut(book.facts[fact], values) for fact, values in tests.items()]
    constraints = [*tests_below(book, [mutant.table], None)[1], *known_by_arithmetic(book, set(tests))]
    old = Functions(book, columns, constraints, LARGEST_WHOLE)
    new = Functions(other, columns, constraints, LARGEST_WHOLE, old.diagrams)
    return _decided(old, mutant.table) == _decided(new, mutant.table)


def known_by_arithmetic(book: Rulebook, facts: Collection[str]) -> Iterator[Constraint]:
    """Yield what defaults and arithmetic exclude: a fact with a default is never unknown, nor a figure of known facts.

    What tests/test_audit_properties.py tries of the arithmetic, for all figures but those that may never come.
    """
    for name in facts:
        fact = book.facts[name]
        open_inputs = inputs_without_default(book, name)
        if name not in MAY_NEVER_COME and name not in open_inputs and open_inputs <= set(facts):
            unknown = Test("unknown", single(book, name, UNKNOWN), fact.place or Place("", 0, 0))
            known = {
                other: Test("known", parse_test("known", book.facts[other].domain), unknown.place)
                for other in open_inputs
            }
            yield Constraint({name: unknown, **known}, None, unknown.place)


def inputs_without_default(book: Rulebook, name: str) -> set[str]:
    """Return what has to be answered for a fact to be known: itself, or what it is computed from, without default."""
    fact = book.facts.get(name)
    if fact is None:
        return set()  # an assumption
    if fact.derived is None:
        return set() if fact.default else {name}
    return set().union(*(inputs_without_default(book, part) for part in fact.derived.inputs))


def _decided(functions: Functions, name: str) -> Mapping[object, int]:
    """What a table decides as functions: its conclusion, or of a `collect` table where each value is concluded."""
    table = functions.rulebook.tables[name]
    if table.hit_policy != "collect":
        conflicts = functions.within(functions.diagrams.any_of(list(_conflicts(functions, table))))
        return {"conclusion": functions.within(_concluded(functions, table)), "conflict": conflicts}
    held: dict[object, list[int]] = {}
    for row in table.rows:
        held.setdefault(row.id if row.then is None else (row.then, row.id), []).append(functions.matches(row))
    return {value: functions.within(functions.diagrams.any_of(nodes)) for value, nodes in held.items()}


def _conflicts(functions: Functions, table: Table) -> Iterator[int]:
    """Yield where two rows match that must not: any two of a `unique` table, two that differ of an `any` table."""
    for a, b in combinations(table.rows, 2) if table.hit_policy in ("unique", "any") else ():
        if table.hit_policy == "unique" or _value(a) != _value(b):
            yield functions.diagrams.all_of([functions.matches(a), functions.matches(b)])


def _concluded(functions: Functions, table: Table) -> int:
    if table.hit_policy == "count":
        return functions.outcome(table.id)
    result = functions.diagrams.constant(Outcome(UNKNOWN))
    for row in reversed(table.rows):
        outcome = Outcome(_value(row), row.strength)
        result = functions.diagrams.choose(functions.matches(row), functions.diagrams.constant(outcome), result)
    return result


def _value(row: Row) -> Value:
    return UNKNOWN if row.then is None else row.then
