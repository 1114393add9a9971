"""What would change a recommendation: every change that is named is tried again, and none that is nearer is missed."""

from __future__ import annotations

import random
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answers import Answers, apply_settings
from advisor.memo.boundaries import halve, ladder, readable, round_towards
from advisor.memo.filters import amount
from advisor.memo.flips import Change, Flips, find_flips
from advisor.memo.whatif import WhatIf
from advisor.quantities import is_number
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import broken_constraints, known_values, recommend_quickly
from tests.memos import EXAMPLES, answers_of, example, some_answers, value_of
from tests.rule_texts import build_texts


@pytest.fixture(scope="module", params=[*EXAMPLES, *range(40)], ids=str)
def answers(request: pytest.FixtureRequest, rulebook: Rulebook) -> Answers:
    if isinstance(request.param, str):
        return example(request.param, rulebook)
    return some_answers(rulebook, request.param)


@pytest.fixture(scope="module")
def flips(answers: Answers, rulebook: Rulebook) -> Flips:
    return find_flips(rulebook, answers)


def option(rulebook: Rulebook, answers: Answers) -> str | None:
    row = recommend_quickly(rulebook, answers)
    return str(row.then) if row else None


def approach(rulebook: Rulebook, name: str | None) -> str | None:
    return rulebook.options[name].approach if name else None


def setting(rulebook: Rulebook, change: Change) -> str:
    """Return what a reader types who takes the change from the memo."""
    thing = rulebook.facts.get(change.name) or rulebook.assumptions[change.name]
    shown = amount(change.after, thing.unit, exact=True)
    return f"{change.name}={shown.split(' ')[0]}"


def test_what_is_shown_gives_the_option_that_is_named(flips: Flips, answers: Answers, rulebook: Rulebook) -> None:
    now = option(rulebook, answers)
    for change in flips.changes:
        changed = apply_settings(answers, (setting(rulebook, change),), rulebook)
        row = recommend_quickly(rulebook, changed)
        assert row is not None
        assert (row.id, str(row.then)) == (change.row, change.option)
        assert change.option != now
        assert change.moves_approach == (approach(rulebook, change.option) != approach(rulebook, now))


def test_no_readable_number_nearer_changes_it(flips: Flips, answers: Answers, rulebook: Rulebook) -> None:
    now = option(rulebook, answers)
    worlds = WhatIf(rulebook, answers)
    for change in flips.changes:
        if not is_number(change.after) or change.before is None:
            continue
        assert isinstance(change.before, int | float)
        assert isinstance(change.after, int | float)
        unit = (rulebook.facts.get(change.name) or rulebook.assumptions[change.name]).unit
        size = Decimal(repr(change.after)).adjusted() if change.after else 0
        step = float(Decimal(1).scaleb(size - (2 if unit == "share" else 1)))
        nearer = change.after + (step if change.before > change.after else -step)
        whole = change.name in rulebook.facts and rulebook.facts[change.name].kind == "integer"
        if whole:
            nearer = round(nearer)
        if min(change.before, change.after) < nearer < max(change.before, change.after):
            row = worlds.row(change.name, nearer)
            assert row is not None
            kept = approach(rulebook, str(row.then)) if change.moves_approach else str(row.then)
            assert kept == (approach(rulebook, now) if change.moves_approach else now), (change, nearer)


def test_every_choice_that_changes_it_is_found(flips: Flips, answers: Answers, rulebook: Rulebook) -> None:
    now = option(rulebook, answers)
    found = {change.name for change in flips.changes}
    unknown = {u.fact: u for u in flips.unknowns}
    for fact in rulebook.asked:
        before = answers.facts.get(fact.id, UNKNOWN)
        values: tuple[Value, ...] = {"boolean": (True, False), "choice": tuple(fact.choices)}.get(fact.kind, ())
        changing = set()
        for value in values:
            changed = answers.with_fact(fact.id, value)
            if value != before and not broken_constraints(rulebook, changed) and option(rulebook, changed) != now:
                changing.add(value)
        if values:
            assert (fact.id in found) == bool(changing), fact.id
        if values and before == UNKNOWN:
            assert {s.start for s in unknown[fact.id].stretches if s.moves_option} == changing


def test_every_value_of_an_unknown_number_lies_in_a_stretch_that_tells_its_option(
    flips: Flips, answers: Answers, rulebook: Rulebook
) -> None:
    chance = random.Random(1)
    for unknown in flips.unknowns:
        fact = rulebook.facts[unknown.fact]
        stretches = unknown.stretches
        if fact.kind not in ("integer", "number") or not stretches:
            continue
        for _ in range(20):
            value: Value = value_of(fact, chance)
            within = [s for s in stretches if s.start <= value and (s.until is None or value < s.until)]  # type: ignore[operator]
            assert len(within) == 1
            row = recommend_quickly(rulebook, answers.with_fact(fact.id, value))
            assert row is not None
            assert within[0].option == str(row.then)


def test_the_nearest_come_first_and_what_is_unknown_has_no_way_to_go(flips: Flips) -> None:
    distances = [change.distance for change in flips.changes]
    assert distances == sorted(distances)
    assert all(0 <= distance <= 1 for distance in distances)
    assert all((change.distance == 0) == (change.before is None) for change in flips.changes)


def test_the_runner_up_is_the_nearest_that_moves_the_approach(flips: Flips) -> None:
    moving = [change for change in flips.changes if change.moves_approach]
    assert flips.runner_up == next(iter([*moving, *flips.changes]), None)


def test_ranges_are_those_of_the_changes(flips: Flips, answers: Answers, rulebook: Rulebook) -> None:
    now, known = option(rulebook, answers), known_values(rulebook, answers).assumptions
    for range_ in flips.ranges:
        assumption = rulebook.assumptions[range_.name]
        ends = [end for end in (assumption.low, assumption.high) if end is not None]
        kept = [option(rulebook, apply_settings(answers, (f"{range_.name}={end}",), rulebook)) == now for end in ends]
        assert range_.holds == all(kept)
        assert range_.is_assumed == (known[range_.name].origin == "assumed")


def test_what_if_decides_as_the_rules_do(answers: Answers, rulebook: Rulebook) -> None:
    worlds = WhatIf(rulebook, answers)
    chance = random.Random(2)
    assert worlds.row() == recommend_quickly(rulebook, answers)
    for fact in rulebook.asked:
        if fact.kind != "text":
            value = value_of(fact, chance)
            assert worlds.row(fact.id, value) == recommend_quickly(rulebook, answers.with_fact(fact.id, value))


def test_it_is_quick(rulebook: Rulebook) -> None:
    spent = []
    for name in EXAMPLES:
        answers = example(name, rulebook)
        start = time.process_time()
        find_flips(rulebook, answers)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.15
    assert sum(spent) < 0.3 * len(spent)


def test_an_impossible_answer_is_not_proposed(rulebook: Rulebook) -> None:
    answers = answers_of(rulebook, prompt_maturity="draft", prompting_quality="80%", eval_examples=200)
    changes = find_flips(rulebook, answers).changes
    assert {c.after for c in changes if c.name == "prompt_maturity"} == {"optimised"}


def test_a_threshold_of_the_rules_is_named_as_it_is_written(rulebook: Rulebook) -> None:
    changes = {c.name: c.after for c in find_flips(rulebook, example("ticket-triage", rulebook)).changes}
    assert changes["prompting_quality"] == 0.95
    assert changes["monthly_calls"] == 99_999


def test_a_number_below_a_threshold_is_the_first_readable_one(rulebook: Rulebook) -> None:
    changes = find_flips(rulebook, example("policy-assistant", rulebook)).changes
    below = [c.after for c in changes if c.name in ("prompting_quality", "months_measured")]
    assert below == [0.849, 0.99]


def test_what_does_not_matter_is_unknown_without_stretches(rulebook: Rulebook) -> None:
    unknowns = {u.fact: u for u in find_flips(rulebook, answers_of(rulebook)).unknowns}
    assert unknowns["latency_critical"].stretches == ()
    assert not unknowns["latency_critical"].moves_option
    assert unknowns["prompt_maturity"].moves_option


def test_a_rulebook_without_a_recommendation_has_no_flips() -> None:
    table = 'tables: [{id: t, hit_policy: first, rows: [{id: r, when: {a: "true"}, then: x}]}]'
    rulebook = build_texts({"rules.yaml": f"facts: [{{id: a, kind: boolean}}]\n{table}"})
    flips = find_flips(rulebook, answers_of(rulebook, a="yes"))
    assert flips.changes == ()
    assert flips.runner_up is None


def test_a_text_that_is_unknown_can_become_known() -> None:
    table = "tables: [{id: recommendation, hit_policy: first, rows: [{id: r, when: {a: known}, then: x}]}]"
    rulebook = build_texts({"rules.yaml": f"facts: [{{id: a, kind: text}}]\n{table}"})
    assert [change.option for change in find_flips(rulebook, answers_of(rulebook)).changes] == ["x"]
    assert find_flips(rulebook, answers_of(rulebook, a="some")).changes == ()


def test_rows_that_conflict_are_no_change() -> None:
    rulebook = build_texts({"rules.yaml": CONFLICT})
    flips = find_flips(rulebook, answers_of(rulebook, a="yes", b="no"))
    assert [(change.name, change.after) for change in flips.changes] == [("a", False)]


CONFLICT = """
facts: [{id: a, kind: boolean}, {id: b, kind: boolean}]
tables:
  - id: recommendation
    hit_policy: unique
    rows:
      - {id: r1, when: {a: "true"}, then: x}
      - {id: r2, when: {b: "true"}, then: y}
      - {id: r3, when: {a: "false", b: "false"}, then: z}
"""


@given(
    edge=st.floats(1e-6, 1e9),
    near=st.floats(1e-6, 1e9),
    whole=st.booleans(),
)
def test_a_boundary_is_found_from_either_side(edge: float, near: float, whole: bool) -> None:
    up = near < edge
    points = ladder((), near, whole=whole)
    start = round(near) if whole else near

    def moved(value: float) -> bool:
        return value >= edge if up else value <= edge

    if moved(start):
        return
    far = next((v for v in (points if up else reversed(points)) if moved(v)), None)
    if far is None:
        return
    found, exact = halve(start, far, moved, (), whole=whole)
    assert moved(found)
    assert not exact
    value = readable(found, moved, up=up, digits=2, whole=whole)
    assert moved(value)
    assert abs(value - edge) <= (0.12 * edge if not whole else 0.12 * edge + 1)


@given(value=st.floats(1e-9, 1e12), digits=st.integers(1, 6))
def test_rounding_goes_the_way_it_is_told(value: float, digits: int) -> None:
    up, down = (round_towards(value, digits, up=way) for way in (True, False))
    assert down <= value <= up
    assert up - down <= 10.0 ** (Decimal(repr(value)).adjusted() - digits + 1) * 1.0000001
