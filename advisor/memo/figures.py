"""A memo's numbers: every fact with its origin, the arithmetic with the numbers put in, bands and scenarios."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from advisor.answers import Answers
from advisor.deciding.decision import decide
from advisor.deciding.plain import PlainEvaluator
from advisor.memo.formulas import put_in
from advisor.memo.parts import AssumptionLine, Quantity, Reason, ScenarioLine
from advisor.memo.swings import Swing, crossover_band
from advisor.memo.texts import Texts
from advisor.quantities import Number, is_number
from advisor.rulebook.model import RECOMMENDATION, Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import Known, World, known_values


def quantities(world: World, moving: Collection[str] | None = None) -> tuple[Quantity, ...]:
    """Return every fact in force, in the order of the rulebook.

    moving: the assumptions that move a result; None counts all of them among the inputs of figures.
    """
    rulebook = world.rulebook
    values = {name: known.value for name, known in (*world.facts.items(), *world.assumptions.items())}
    assumed = [name for name, known in world.facts.items() if known.origin == "assumed"]
    assumed += [n for n, k in world.assumptions.items() if k.origin == "assumed" and (moving is None or n in moving)]
    return tuple(
        replace(
            _quantity(fact, world.facts[fact.id]),
            formula=put_in(rulebook, fact, values) if fact.derived else None,
            assumed_inputs=tuple(n for n in assumed if n in _roots(rulebook, fact)) if fact.derived else (),
        )
        for fact in rulebook.facts.values()
    )


def _quantity(fact: Fact, known: Known) -> Quantity:
    return Quantity(
        id=fact.id,
        title=fact.title,
        kind=fact.kind,
        unit=fact.unit,
        value=known.value,
        origin=known.origin,
        detail=known.detail,
        source=fact.default.source if fact.default and known.origin == "assumed" else fact.source,
        question=fact.question,
        help=fact.help,
        is_asked=fact.derived is None,
    )


def economics(rulebook: Rulebook, facts: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """Return the figures that arithmetic gives."""
    return tuple(quantity for quantity in facts if rulebook.facts[quantity.id].derived)


def assumption_lines(world: World, texts: Texts) -> tuple[AssumptionLine, ...]:
    """Return every assumption in force."""
    lines = []
    for name, assumption in world.rulebook.assumptions.items():
        known = world.assumptions[name]
        ranged = known.origin != "derived"  # the range is of what is assumed, not of what is quoted or reckoned
        lines.append(
            AssumptionLine(
                name,
                assumption.title,
                assumption.unit,
                known.for_tables,
                known.origin,
                assumption.low if ranged else None,
                assumption.high if ranged else None,
                assumption.source,
                assumption.as_of,
                assumption.review_by,
                " ".join((assumption.because or "").split()),
                known.detail,
            )
        )
    return tuple(lines)


def cost_band(rulebook: Rulebook, answers: Answers, moving: tuple[Swing, ...] = ()) -> tuple[Quantity, Quantity] | None:
    """Return the crossover with every assumption at its low and at its high, where that makes two figures.

    moving: what advisor.memo.swings found; in today's arithmetic each of them stands at whichever end lowers the
    crossover, and then at whichever raises it. Assumptions that are given, quoted or reckoned are left as they are.
    """
    fact = rulebook.facts.get("crossover_calls")
    if fact is None:
        return None
    if rulebook.economics == "today":
        ends = crossover_band(rulebook, answers, moving)
        return (
            (_quantity(fact, Known(ends[0], "derived")), _quantity(fact, Known(ends[1], "derived"))) if ends else None
        )
    found, assumed = [], known_values(rulebook, answers).assumptions
    for end in ("low", "high"):
        values = {
            name: getattr(assumption, end)
            for name, assumption in rulebook.assumptions.items()
            if assumed[name].origin == "assumed" and getattr(assumption, end) is not None
        }
        changed = replace(answers, assumptions={**answers.assumptions, **values})
        found.append(_quantity(fact, known_values(rulebook, changed).facts[fact.id]))
    low, high = found
    return (low, high) if is_number(low.value) and is_number(high.value) and low.value != high.value else None


def scenarios(world: World, reasons: Sequence[Reason]) -> tuple[ScenarioLine, ...]:
    """Return the sensitivity rows that matched, each with the crossover and the recommendation that it gives."""
    rulebook = world.rulebook
    rows = {row.id: row for table in rulebook.tables.values() for row in table.rows if row.scenario}
    lines = []
    for said in reasons:
        if said.row in rows:
            crossover, ratio, option = _scenario(world, rows[said.row].scenario)
            lines.append(ScenarioLine(said.row, said.title, said.text, crossover, ratio, option, said.source))
    return tuple(lines)


def _scenario(world: World, scenario: Mapping[str, Number]) -> tuple[Value | None, Value | None, str | None]:
    rulebook, answers = world.rulebook, world.answers
    figures = {}
    for name, value in scenario.items():
        if name in rulebook.assumptions:
            answers = replace(answers, assumptions={**answers.assumptions, name: value})
        elif rulebook.facts[name].derived:
            figures[name] = value
        else:
            answers = answers.with_fact(name, value)
    known = known_values(rulebook, answers, figures)
    tables = rulebook.ancestors(RECOMMENDATION) if RECOMMENDATION in rulebook.tables else ()
    row = decide(rulebook, known.for_tables, PlainEvaluator(rulebook), tables).deciding_row
    names, facts = ("crossover_calls", "crossover_ratio"), known.facts
    crossover, ratio = (facts[name].value if name in facts else UNKNOWN for name in names)
    return crossover, ratio, str(row.then) if row else None


def _roots(rulebook: Rulebook, fact: Fact) -> frozenset[str]:
    """Return the facts and assumptions that a figure rests on."""
    inputs = fact.derived.inputs if fact.derived else ()
    found = {name for name in inputs if name not in rulebook.facts or not rulebook.facts[name].derived}
    for name in inputs:
        if name in rulebook.facts and rulebook.facts[name].derived:
            found |= _roots(rulebook, rulebook.facts[name])
    return frozenset(found)
