"""Every counterexample through the real engine before it is reported, and end to end where answers bring it about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, TypeAlias

from advisor.answers import Answers
from advisor.audit.answering import answers_for, as_example, table_facts
from advisor.audit.checks.engine import sampled_cells
from advisor.audit.context import AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Example, Finding, Tension
from advisor.audit.properties import APPROACHES
from advisor.deciding.decision import Decision, decide
from advisor.deciding.plain import row_matches
from advisor.errors import ConflictError, EngineError, Place
from advisor.rulebook.declarations import Property
from advisor.rulebook.model import RECOMMENDATION, Rulebook, Table, When
from advisor.rulebook.sets import UNKNOWN, Value

ID = "engine"  # the check under which a disagreement is reported
WHOLE: Final = ("implies", "monotone", "unknowns")  # checks whose examples are of all tables together
DEAD: Final = ("impossible", "shadowed")  # checks that say something of every cell of a table
MOST_SAMPLED = 200  # cells of a table that are decided for a finding of those
MOST_ANSWERED = 200  # examples of one audit for which answers are sought

Facts: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True)
class Replay:
    """One example as the engine decides it: of one table the rows that match, or all conclusions.

    `read` are the rows that match as the audit reads them.
    """

    rulebook: Rulebook
    facts: Facts
    rows: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    decision: Decision | None = None

    def holds(self, when: When) -> bool:
        """Tell whether a condition over facts and conclusions holds."""
        known = dict(self.facts)
        if self.decision:
            known |= {n: r.value for n, r in self.decision.results.items() if not isinstance(r.value, tuple)}
        return all(test.values.contains(known.get(fact, UNKNOWN)) for fact, test in when.items())

    @property
    def approach(self) -> int | None:
        """How heavy a commitment the recommendation is; None where there is none."""
        option = self.decision.option(self.rulebook) if self.decision else None
        return APPROACHES.index(option.approach) if option else None

    @property
    def definite(self) -> str | None:
        """The option that is recommended definitely, or None."""
        row = self.decision.deciding_row if self.decision else None
        return str(row.then) if row and row.strength == "definite" else None


class Replayer:
    """Replays the findings of one audit."""

    def __init__(self, context: AuditContext) -> None:
        self.context, self.book, self.answered = context, context.rulebook, 0

    def finding(self, finding: Finding) -> Finding:
        """Return a finding whose example the engine has confirmed, with answers that bring it about where some do.

        One that the engine decides otherwise becomes a finding of the check `engine`.
        """
        if finding.check in DEAD and (cell := self._read_otherwise(finding)):
            return _disagreement(finding.place, finding.message, replace(finding, example=cell))
        examples = [example for example in (finding.example, finding.pair) if example]
        if not examples or not self._decidable(finding):
            return finding
        claim = _claim(self.book, finding)
        if not self._shown(finding, examples, claim):
            return _disagreement(finding.place, finding.message, finding)
        answers = self._answers(examples)
        if not answers or not self._shown(finding, [table_facts(self.book, one) for one in answers], claim):
            return finding
        first, *rest = map(as_example, answers)
        return replace(finding, answers=first, pair_answers=rest[0] if rest else None)

    def tension(self, tension: Tension) -> tuple[Tension, Finding | None]:
        """Return a tension with answers that bring its example about; and a finding where the engine denies it."""
        rows = [row for name in tension.rows if (row := self.book.row(name))]
        if not rows:
            return tension, None

        def shown(facts: Facts) -> bool:
            decision = self._decision(facts, [RECOMMENDATION, *(row.table for row in rows)])
            if decision is None or not all(row in decision.results[row.table].matching for row in rows):
                return False
            deciding = decision.deciding_row
            return not tension.resolved_by or (deciding is not None and deciding.id in tension.resolved_by)

        if not shown(tension.example):
            named = Finding("tension", "error", "", "", rows[0].place, rows[0].table, tension.rows, tension.example)
            return tension, _disagreement(rows[0].place, f"the tension `{tension.id}`", named)
        answers = self._answers([tension.example])
        if not answers or not shown(table_facts(self.book, answers[0])):
            return tension, None
        return replace(tension, answers=as_example(answers[0])), None

    def _read_otherwise(self, finding: Finding) -> Facts | None:
        """Return a cell of a sample in which the engine matches other rows than the audit reads, which it relies on."""
        try:
            table = self.book.tables[finding.table or ""]
            cells = list(islice(sampled_cells(self.context, table), MOST_SAMPLED))
        except TooLargeError:
            return None
        replays = ((cell, self._replay(finding, cell)) for cell in cells)
        return next((cell for cell, replay in replays if replay.rows != replay.read), None)

    def _decidable(self, finding: Finding) -> bool:
        """Tell whether examples say enough: every input of the finding's table, or facts at the bottom."""
        if finding.check in WHOLE:
            return RECOMMENDATION in self.book.tables
        table = self.book.tables.get(finding.table or "")
        return table is not None and all(name in finding.example for name in table.inputs)

    def _shown(self, finding: Finding, examples: Sequence[Facts], claim: Claim) -> bool:
        try:
            return claim([self._replay(finding, facts) for facts in _worlds(finding, examples)])
        except EngineError:
            return False

    def _replay(self, finding: Finding, facts: Facts) -> Replay:
        if finding.check in WHOLE:
            prop = _property(self.book, finding)
            named = [*(prop.when or {}), *(prop.then or {})] if prop else []
            return Replay(self.book, facts, decision=self._decision(facts, [RECOMMENDATION, *named]))
        table = self.book.tables[finding.table or ""]
        known = self._inputs(table, facts)
        numbers = self.context.evaluator.matching((table.id,), known)[table.id]
        read = tuple(row.id for row in table.rows if row_matches(row, known))
        return Replay(self.book, facts, tuple(table.rows[n].id for n in numbers), read)

    def _inputs(self, table: Table, facts: Facts) -> dict[str, Value]:
        """Return a value for each input of a table; earlier tables are decided where the facts do not say."""
        missing = [name for name in table.inputs if name in self.book.tables and name not in facts]
        decision = self._decision(facts, missing) if missing else None
        known = {name: facts.get(name, UNKNOWN) for name in table.inputs}
        for name in missing:
            value = decision.value(name) if decision else UNKNOWN
            assert not isinstance(value, tuple)
            known[name] = value
        return known

    def _decision(self, facts: Facts, tables: Sequence[str]) -> Decision | None:
        """Decide tables with all they depend on; None where rows of one contradict each other."""
        needed = {ancestor for name in tables if name in self.book.tables for ancestor in self.book.ancestors(name)}
        order = [name for name in self.book.order if name in needed]
        try:
            return decide(self.book, facts, self.context.evaluator, order)
        except ConflictError:
            return None

    def _answers(self, examples: Sequence[Example]) -> list[Answers] | None:
        if self.answered == MOST_ANSWERED:
            return None
        self.answered += 1
        try:
            return answers_for(self.book, examples)
        except TooLargeError:
            return None


# ---- What each check says of its examples ----

Claim: TypeAlias = Callable[[list[Replay]], bool]


def _claim(rulebook: Rulebook, finding: Finding) -> Claim:
    """Return what must be so of a finding's examples when the engine decides them."""
    prop = _property(rulebook, finding)
    if finding.check == "gap":
        return lambda replays: not replays[0].rows
    if finding.check == "overlap":
        return lambda replays: set(finding.rows) == set(replays[0].rows)
    if finding.check == "shadowed":
        return lambda replays: finding.rows[0] in replays[0].rows[1:]
    if finding.check == "implies" and prop and prop.when is not None and prop.then is not None:
        when, then = prop.when, prop.then
        return lambda replays: replays[0].holds(when) and not replays[0].holds(then)
    if finding.check == "monotone" and prop:
        return lambda replays: _moves(prop, replays)
    if finding.check == "unknowns":
        return lambda replays: None not in _definite(replays) and len(set(_definite(replays))) > 1
    return lambda replays: replays[0].rows == replays[0].read


def _property(rulebook: Rulebook, finding: Finding) -> Property | None:
    return next((prop for prop in rulebook.properties if prop.id == finding.key), None)


def _moves(prop: Property, replays: Sequence[Replay]) -> bool:
    before, after = (replay.approach for replay in replays)
    if before is None or after is None:
        return False
    return after < before if prop.never_towards == "prompting" else after > before


def _definite(replays: Sequence[Replay]) -> list[str | None]:
    return [replay.definite for replay in replays]


def _worlds(finding: Finding, examples: Sequence[Facts]) -> list[Facts]:
    """Return what is decided of examples: for an unknown that turns a recommendation, also the project without it."""
    if finding.check == "unknowns":
        return [examples[0], {**examples[0], finding.key: UNKNOWN}]
    return list(examples)


def _disagreement(place: Place, what: str, finding: Finding) -> Finding:
    return Finding(
        check=ID,
        severity="error",
        message=f"the engine does not confirm a finding of `{finding.check}`: {what}",
        fix="report it with this example: it is a fault of the program",
        place=place,
        table=finding.table,
        rows=finding.rows,
        example=finding.example,
        pair=finding.pair,
        key=f"{finding.check} {finding.key}".strip(),
    )
