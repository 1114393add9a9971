"""Rows that matched, as arguments: grouped by what they speak for, and each thing said once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from advisor.memo.parts import Reason, Side
from advisor.memo.texts import Texts
from advisor.rulebook.model import RECOMMENDATION, Row, Rulebook
from advisor.world import World

APPROACHES = ("fine_tuning", "hybrid", "prompting")
COSTS = ("hidden_costs", "overlooked_costs")
FIELD = "field"  # the pack of what is known since the article
# How each option is gone about, and what is due whatever the option.
HOW = ("hybrid_shape", "tuning_method", "data_plan", "eval_margin", "eval_sizes", "tuned_model_plan")
# These have a part of the memo to themselves.
APART = (
    RECOMMENDATION,
    *COSTS,
    *HOW,
    "path_step",
    "phases",
    "missing_prerequisites",
    "sensitivity",
    "next_steps",
    "triggers",
)


def reason(row: Row, texts: Texts) -> Reason:
    """Return a row that matched with its text."""
    text = texts.render(row.because)
    return Reason(row.id, row.table, row.title or row.id, text, row.favours, row.then, row.source)


def reasons_of(world: World, table: str) -> tuple[Row, ...]:
    """Return the rows of a table that count, or none where the rulebook has no such table."""
    result = world.decision.results.get(table)
    return result.rows if result else ()


def arguments(rulebook: Rulebook, of_table: Mapping[str, tuple[Reason, ...]]) -> tuple[Side, ...]:
    """Return what speaks for each approach: the counted reasons first, then those of the other tables."""
    tables = [name for name in of_table if name not in APART and not _is_note(rulebook, name)]
    tables.sort(key=lambda name: rulebook.tables[name].hit_policy != "count")
    said = [r for name in tables for r in of_table[name]]
    sides = (Side(a, _each_once(rulebook, (r for r in said if r.favours == a))) for a in APPROACHES)
    return tuple(side for side in sides if side.reasons)


def notes(rulebook: Rulebook, of_table: Mapping[str, tuple[Reason, ...]], approach: str | None) -> tuple[Reason, ...]:
    """Return what is known since the article and applies, each thing once; what speaks against an approach first."""
    found = _each_once(rulebook, (r for name in of_table if _is_note(rulebook, name) for r in of_table[name]))
    return tuple(sorted(found, key=lambda said: said.favours in (None, approach)))


def _is_note(rulebook: Rulebook, table: str) -> bool:
    of = rulebook.tables[table]
    return of.hit_policy == "collect" and of.pack == FIELD and table not in APART


def costs(rulebook: Rulebook, of_table: Mapping[str, tuple[Reason, ...]]) -> tuple[Side, ...]:
    """Return the costs that are easy to miss, by the approach that bears them."""
    said = [r for name in COSTS for r in of_table.get(name, ())]
    bearers = dict.fromkeys(str(r.then) for r in said)
    return tuple(Side(bearer, _each_once(rulebook, (r for r in said if str(r.then) == bearer))) for bearer in bearers)


def _each_once(rulebook: Rulebook, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Join reasons that rest on no other facts than one of the others does: that one says it, and names them."""
    listed = list(reasons)
    facts = [_facts(rulebook, r) for r in listed]
    joined: dict[int, list[str]] = {}
    for number in sorted(range(len(listed)), key=lambda n: -len(facts[n])):
        holder = next((n for n in joined if facts[number] <= facts[n]), None)
        if holder is None or not facts[number]:
            joined[number] = []
        else:
            joined[holder].append(listed[number].row)
    return tuple(replace(listed[n], also=tuple(joined[n])) for n in sorted(joined))


def _facts(rulebook: Rulebook, said: Reason) -> frozenset[str]:
    """Return the facts that a row rests on, through the tables that it tests; in a `first` table also those above."""
    table = rulebook.tables[said.table]
    number = next(n for n, row in enumerate(table.rows) if row.id == said.row)
    rows = table.rows[: number + 1] if table.hit_policy == "first" else table.rows[number : number + 1]
    return frozenset(fact for row in rows for name, _ in row.tests() for fact in _given(rulebook, name))


def _given(rulebook: Rulebook, name: str) -> Iterable[str]:
    table = rulebook.tables.get(name)
    if table is None or name == RECOMMENDATION:
        return (name,)
    return (fact for inner in table.inputs for fact in _given(rulebook, inner))
