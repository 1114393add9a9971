"""Which questions can still matter: every table with what is known, where an unasked fact may take any value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property

from jinja2 import Environment, nodes

from advisor.answers import Answers
from advisor.interview.possible import seen_by_tables, still_given
from advisor.interview.reach import open_facts, reach
from advisor.interview.sets import only_unknown, single
from advisor.rulebook.model import RECOMMENDATION, Fact, Row, Rulebook, Table
from advisor.rulebook.sets import UNKNOWN, NumberSet, ValueSet, intersection, interval, is_subset, union


class Status(Enum):
    """What is known of a row or a test: it cannot hold any more, it may, or it does."""

    IMPOSSIBLE = 0
    OPEN = 1
    CERTAIN = 2


@dataclass(frozen=True)
class Outlook:
    """What answers so far leave open.

    `given` holds the answers that each fact may still get, constraints heeded; `possible` the values that tables may
    still see for each fact, figure and table, where defaults stand in for `unknown`; `read` what each figure can still
    change with; `rows` the status of every row.
    """

    rulebook: Rulebook
    answers: Answers
    given: Mapping[str, ValueSet]
    possible: Mapping[str, ValueSet]
    read: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, Status]

    @cached_property
    def recommendation_needs(self) -> tuple[Fact, ...]:
        """The facts to ask, in authored order, while they can change the deciding row of the recommendation."""
        return self.needed((RECOMMENDATION,))

    @cached_property
    def note_needs(self) -> tuple[Fact, ...]:
        """The facts to ask, in authored order, for everything else that a memo tells: the other tables, the texts of
        the rows that may match, and the figures."""
        tables = [table for table in self.rulebook.tables if table != RECOMMENDATION]
        read = {fact.id for fact in self.needed(tables)}
        read |= self._askable(name for row in self.live_rows() for name in _spoken_of(row))
        read |= self._askable(fact.id for fact in self.rulebook.facts.values() if fact.derived is not None)
        wanted = read - {fact.id for fact in self.recommendation_needs}
        return tuple(fact for fact in self.rulebook.asked if fact.id in wanted)

    def needed(self, tables: Iterable[str]) -> tuple[Fact, ...]:
        """Return the facts to ask, in authored order, while they can change what these tables conclude."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [table for table in tables if table in self.rulebook.tables]
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for fact in self._open_inputs(self.rulebook.tables[name]):
                if fact in self.rulebook.tables:
                    waiting.append(fact)
                else:
                    found |= self._askable((fact,))
        return tuple(fact for fact in self.rulebook.asked if fact.id in found)

    def is_applicable(self, fact: Fact) -> bool:
        """Tell whether a fact can be anything but unknown beside the other answers."""
        return self.given[fact.id] != only_unknown(fact.domain)

    def live_rows(self) -> Iterable[Row]:
        """Yield the rows that match or may still match, in file order."""
        return (row for table in self.rulebook.tables.values() for row in _live(table, self.rows))

    def _open_inputs(self, table: Table) -> Iterable[str]:
        if _is_settled(table, self.rows):
            return
        for row in _live(table, self.rows):
            if self.rows[row.id] is not Status.OPEN:
                continue
            for tests in row.alternatives():
                states = {fact: _status(self.possible[fact], values) for fact, values in tests.items()}
                if Status.IMPOSSIBLE not in states.values():
                    yield from (fact for fact, state in states.items() if state is Status.OPEN)

    def _askable(self, names: Iterable[str]) -> set[str]:
        """Return the facts without an answer that some of these facts and figures still depend on."""
        return {fact for name in names for fact in self._found(name)}

    def _found(self, name: str) -> tuple[str, ...]:
        if name not in self._open:
            found = open_facts(self.rulebook, self.answers, name, self.read)
            self._open[name] = tuple(fact for fact in found if self.is_applicable(self.rulebook.facts[fact]))
        return self._open[name]

    @cached_property
    def _open(self) -> dict[str, tuple[str, ...]]:
        return {}


def outlook(rulebook: Rulebook, answers: Answers) -> Outlook:
    """Work out what answers leave open; only facts that the answers hold count as known."""
    given = still_given(rulebook, answers)
    seen = seen_by_tables(rulebook, answers, given)
    reached = reach(rulebook, answers, given, seen)
    possible = {**seen, **reached.values}
    rows: dict[str, Status] = {}
    for name in rulebook.order:
        table = rulebook.tables[name]
        rows |= {row.id: _row_status(row, possible) for row in table.rows}
        if name in rulebook.concluded:
            possible[name] = _conclusions(table, rows, rulebook.concluded[name])
    return Outlook(rulebook, answers, given, possible, reached.read, rows)


def _conclusions(table: Table, rows: Mapping[str, Status], fact: Fact) -> ValueSet:
    live: Sequence[Row] = _live(table, rows)
    certain = [row for row in live if rows[row.id] is Status.CERTAIN]
    if table.hit_policy == "count":
        counted = interval(len(certain), len(live), low_closed=True, high_closed=True)
        return NumberSet((counted,) if counted else ())
    if table.hit_policy != "first" and certain:
        live = certain
    values = only_unknown(fact.domain) if not certain else None
    for row in live:
        one = single(fact, UNKNOWN if row.then is None else row.then)
        values = one if values is None else union(values, one)
    return only_unknown(fact.domain) if values is None else values


def _live(table: Table, rows: Mapping[str, Status]) -> tuple[Row, ...]:
    """Return the rows that may match; of a `first` table none below one that does."""
    live: list[Row] = []
    for row in table.rows:
        if rows[row.id] is Status.IMPOSSIBLE:
            continue
        live.append(row)
        if table.hit_policy == "first" and rows[row.id] is Status.CERTAIN:
            break
    return tuple(live)


def _is_settled(table: Table, rows: Mapping[str, Status]) -> bool:
    """Tell whether nothing can change which row a table concludes by."""
    live = _live(table, rows)
    if table.hit_policy == "first":
        return not live or rows[live[0].id] is Status.CERTAIN
    certain = any(rows[row.id] is Status.CERTAIN for row in live)
    return table.hit_policy in ("unique", "any") and certain


def _row_status(row: Row, possible: Mapping[str, ValueSet]) -> Status:
    alternatives = [
        min((_status(possible[fact], values) for fact, values in tests.items()), key=_rank, default=Status.CERTAIN)
        for tests in row.alternatives()
    ]
    return max(alternatives, key=_rank, default=Status.IMPOSSIBLE)


def _rank(status: Status) -> int:
    return status.value


def _status(possible: ValueSet, wanted: ValueSet) -> Status:
    if intersection(possible, wanted).is_empty():
        return Status.IMPOSSIBLE
    return Status.CERTAIN if is_subset(possible, wanted) else Status.OPEN


def _spoken_of(row: Row) -> frozenset[str]:
    """Return the facts, figures and tables that the texts of a row name."""
    step = row.step
    texts = (row.because, *((step.action, step.metric, step.threshold, step.time_box, step.stop) if step else ()))
    return frozenset().union(*(_names_in(text) for text in texts if text))


@cache
def _names_in(text: str) -> frozenset[str]:
    tree = Environment().parse(text)  # parsed, never rendered
    return frozenset(node.name for node in tree.find_all(nodes.Name))
