"""No legal rule is too large for the engine: many rows, mappings, cells and values, and all of them at once."""

from __future__ import annotations

import random

import pytest

from advisor.deciding.engine import EngineEvaluator
from advisor.deciding.plain import PlainEvaluator
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from tests.agreement import choice, integer, number, rows_found, rulebook_of, table, written

CALLS, STAGE = integer("calls"), choice("stage", "none", "draft", "tried", "optimised")


def matching(rulebook: Rulebook, **facts: Value) -> list[int]:
    """Return the rows of the table `t` that match, on which both evaluators must agree."""
    world = {name: facts.get(name, UNKNOWN) for name in rulebook.facts}
    with EngineEvaluator(rulebook) as engine:
        found = list(engine.matching(("t",), world)["t"])
    assert found == list(PlainEvaluator(rulebook).matching(("t",), world)["t"])
    return found


@pytest.mark.parametrize("rows", [1, 39, 40, 41, 64, 65, 120, 400])
def test_every_row_of_a_table_can_match(rows: int) -> None:
    tests = [written(CALLS, f"> {row}") for row in range(rows)]
    rulebook = rulebook_of([CALLS], table("t", [({"calls": test}, None) for test in tests]))
    assert matching(rulebook, calls=1_000) == list(range(rows))
    assert matching(rulebook, calls=rows // 2) == list(range(rows // 2))
    assert matching(rulebook) == []


@pytest.mark.parametrize("rows", [1, 120])
def test_rows_without_conditions_always_match(rows: int) -> None:
    rulebook = rulebook_of([CALLS], table("t", [({}, None)] * rows))
    assert matching(rulebook) == list(range(rows))


def test_all_of_many_mappings_can_hold() -> None:
    mappings = [{"calls": written(CALLS, f"> {n}")} for n in range(200)]
    rulebook = rulebook_of([CALLS, STAGE], table("t", [({"stage": written(STAGE, "draft")}, mappings), ({}, mappings)]))
    assert matching(rulebook, calls=500, stage="draft") == [0, 1]
    assert matching(rulebook, calls=1, stage="tried") == [1]
    assert matching(rulebook, calls=0, stage="draft") == []


@pytest.mark.parametrize("cells", [14, 15, 16, 50, 220])
def test_rows_of_many_list_cells(cells: int) -> None:
    """Each cell has two gaps, which the engine cannot hold in one rule from 8 cells on."""
    facts = [number(f"n{n}") for n in range(cells)]
    tests = {fact.id: written(fact, "[0..1], (2..3), 5, > 7") for fact in facts}
    rulebook = rulebook_of(facts, table("t", [(tests, None), ({}, None)] * 3))
    inside: dict[str, Value] = {fact.id: (0.5, 2.5, 5, 8)[n % 4] for n, fact in enumerate(facts)}
    assert matching(rulebook, **inside) == [0, 1, 2, 3, 4, 5]
    for fact in (facts[0], facts[cells // 2], facts[-1]):
        for outside in (-1, 1.5, 2, 3, 6, 7, UNKNOWN):
            assert matching(rulebook, **inside | {fact.id: outside}) == [1, 3, 5]


def test_sixty_rows_of_sixteen_list_cells() -> None:
    facts = [choice(f"c{n}", *(f"v{m}" for m in range(9))) for n in range(16)]
    chance = random.Random(7)
    rows = [
        ({f.id: written(f, [v for v in (*f.choices, UNKNOWN) if chance.random() < 0.9] or "v0") for f in facts}, None)
        for _ in range(60)
    ]
    rulebook = rulebook_of(facts, table("t", rows))
    with EngineEvaluator(rulebook) as engine:
        worlds = [{f.id: chance.choice([*f.choices, UNKNOWN]) for f in facts} for _ in range(500)]
        found = rows_found(rulebook, worlds, engine)
    assert found == rows_found(rulebook, worlds, PlainEvaluator(rulebook))
    assert sum(len(rows["t"]) for rows in found) > 1_000


@pytest.mark.parametrize("listed", [range(0, 1000, 2), range(300, 700), [0, 999], range(1, 1000)])
def test_a_choice_of_a_thousand_values(listed: range) -> None:
    wide = choice("wide", *(f"a rather long name of a value, number {n}" for n in range(1000)))
    words = list(wide.choices)
    rulebook = rulebook_of([wide], table("t", [({"wide": written(wide, [words[n] for n in listed])}, None)]))
    for n in (0, 1, 2, 299, 300, 699, 700, 998, 999):
        assert matching(rulebook, wide=words[n]) == [0] * (n in listed)
    assert matching(rulebook) == []


def test_names_and_words_never_reach_the_engine() -> None:
    """Names with one hash, reserved names, quotes, and words that are equal in their first 65,536 bytes."""
    names = ["f6059", "f264602", "id", "sid", "$s", "a.b", 'quo"te', "naïve"]
    words = ["x", "x" * 65_537, "é", "e\u0301", '"', "\\", ""]
    facts = [choice(name, *words) for name in names]
    rows = [({fact.id: written(fact, [word])}, None) for fact in facts for word in words[:-1]]
    rulebook = rulebook_of(facts, table("t", rows))
    for place, fact in enumerate(facts):
        for n, word in enumerate(words[:-1]):
            assert matching(rulebook, **{fact.id: word}) == [place * 6 + n]
