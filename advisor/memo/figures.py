"""A memo's numbers: every fact with its origin, the arithmetic with the numbers put in, bands and scenarios."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from advisor.answers import Answers
from advisor.deciding.decision import decide
from advisor.deciding.plain import PlainEvaluator
from advisor.memo.parts import AssumptionLine, Quantity, Reason, ScenarioLine
from advisor.memo.texts import Texts
from advisor.quantities import Number, grouped, is_number, significant
from advisor.rulebook.model import RECOMMENDATION, Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import Known, World, assumption_values, fact_values

FORMULA_DIGITS = 6
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def quantities(world: World) -> tuple[Quantity, ...]:
    """Return every fact in force, in the order of the rulebook."""
    rulebook = world.rulebook
    values = {name: known.value for name, known in (*world.facts.items(), *world.assumptions.items())}
    assumed = [n for n, k in (*world.facts.items(), *world.assumptions.items()) if k.origin == "assumed"]
    return tuple(
        replace(
            _quantity(fact, world.facts[fact.id]),
            formula=_put_in(rulebook, fact, values) if fact.derived else None,
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
        lines.append(
            AssumptionLine(
                name,
                assumption.title,
                assumption.unit,
                known.for_tables,
                known.origin,
                assumption.low,
                assumption.high,
                assumption.source,
                assumption.as_of,
                assumption.review_by,
                " ".join((assumption.because or "").split()),
            )
        )
    return tuple(lines)


def cost_band(rulebook: Rulebook, answers: Answers) -> tuple[Quantity, Quantity] | None:
    """Return the crossover with every assumption at its low and at its high, where that makes two figures.

    Assumptions that the answers give are left as they are.
    """
    fact = rulebook.facts.get("crossover_calls")
    if fact is None:
        return None
    ends = []
    for end in ("low", "high"):
        values = {
            name: getattr(assumption, end)
            for name, assumption in rulebook.assumptions.items()
            if name not in answers.assumptions and getattr(assumption, end) is not None
        }
        changed = replace(answers, assumptions={**answers.assumptions, **values})
        known = fact_values(rulebook, changed, assumption_values(rulebook, changed))
        ends.append(_quantity(fact, known[fact.id]))
    low, high = ends
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
    known = fact_values(rulebook, answers, assumption_values(rulebook, answers), figures)
    values = {fact: value.for_tables for fact, value in known.items()}
    tables = rulebook.ancestors(RECOMMENDATION) if RECOMMENDATION in rulebook.tables else ()
    row = decide(rulebook, values, PlainEvaluator(rulebook), tables).deciding_row
    crossover, ratio = (known[n].value if n in known else UNKNOWN for n in ("crossover_calls", "crossover_ratio"))
    return crossover, ratio, str(row.then) if row else None


def _roots(rulebook: Rulebook, fact: Fact) -> frozenset[str]:
    """Return the facts and assumptions that a figure rests on."""
    inputs = fact.derived.inputs if fact.derived else ()
    found = {name for name in inputs if name not in rulebook.facts or not rulebook.facts[name].derived}
    for name in inputs:
        if name in rulebook.facts and rulebook.facts[name].derived:
            found |= _roots(rulebook, rulebook.facts[name])
    return frozenset(found)


def _put_in(rulebook: Rulebook, fact: Fact, values: Mapping[str, Value | None]) -> str | None:
    """Return a figure's formula with numbers for names, or None while one of them is unknown.

    A figure of figures alone, as the saving is, is written out in brackets: 500 / (0.0051 - 0.0009).
    """
    assert fact.derived is not None
    if not all(is_number(values.get(name)) for name in fact.derived.inputs):
        return None

    def number(match: re.Match[str]) -> str:
        name = match[0]
        inner = rulebook.facts.get(name)
        if inner is not None and inner.derived and _is_of_figures(rulebook, inner):
            return f"({_put_in(rulebook, inner, values)})"
        value = values.get(name)
        if not is_number(value):
            return name
        return grouped(value if isinstance(value, int) else significant(value, FORMULA_DIGITS))  # type: ignore[arg-type]

    return _NAME.sub(number, fact.derived.formula.replace("_000", ",000"))


def _is_of_figures(rulebook: Rulebook, fact: Fact) -> bool:
    assert fact.derived is not None
    return all(name in rulebook.facts and rulebook.facts[name].derived for name in fact.derived.inputs)
