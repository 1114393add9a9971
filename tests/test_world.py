"""One project as the rules see it: where every value is from, what is assumed, what is decided."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answers import Answers, parse_answers
from advisor.deciding.plain import PlainEvaluator
from advisor.errors import BadInput, ConflictError
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import (
    World,
    broken_constraints,
    decide_project,
    known_values,
    missing_facts,
    recommend_quickly,
)
from tests.rule_texts import RULEBOOKS, build_texts, table

FACTS = """
facts:
  - {id: price, kind: number, domain: "[0..100]", default: {value: 3}}
  - {id: tuned_price, kind: number, domain: "[0..100]", default: {of: price, times: 0.1}}
  - {id: dear_price, kind: number, domain: "[0..100]", default: {of: tuned_price, times: 100}}
  - {id: tokens, kind: integer, default: {of: price, times: 1.5}}
  - {id: same, kind: number, default: {of: open}}
  - {id: open, kind: number}
  - {id: stage, kind: choice, choices: {none: not begun, draft: begun}}
constraints:
  - {never: {stage: none, open: known}}
  - {never: {stage: unknown, price: "> 50"}}
assumptions:
  - {id: upfront, value: 500, unit: USD}
"""
TABLES = """
tables:
  - id: recommendation
    hit_policy: first
    rows:
      - {id: r.draft, when: {tier: dear}, then: wait, because: "At {{ price | usd }} {{ project }} waits; {{ tier }}."}
      - {id: r.none, when: {stage: none}, then: begin}
  - id: tier
    hit_policy: unique
    rows:
      - {id: t.dear, when: {price: "> 50"}, then: dear}
      - {id: t.cheap, when: {price: "<= 50"}, then: cheap}
  - id: listed
    hit_policy: collect
    rows:
      - {id: l.one, when: {open: unknown}}
"""


@pytest.fixture(scope="module")
def small() -> Rulebook:
    return build_texts({"facts.yaml": FACTS, "t.yaml": TABLES})


def decided(rulebook: Rulebook, text: str) -> World:
    return decide_project(rulebook, parse_answers(text, "a.yaml", rulebook), PlainEvaluator(rulebook))


def values(rulebook: Rulebook, text: str) -> dict[str, tuple[object, str, str | None]]:
    answers = parse_answers(text, "a.yaml", rulebook)
    facts = known_values(rulebook, answers).facts
    return {name: (known.value, known.origin, known.detail) for name, known in facts.items()}


def test_unanswered_facts_are_assumed_where_they_have_a_default(small: Rulebook) -> None:
    assert values(small, "facts: {}") == {
        "price": (3, "assumed", None),
        "tuned_price": (0.3, "assumed", "0.1 x price"),
        "dear_price": (30, "assumed", "100 x tuned_price"),
        "tokens": (4, "assumed", "1.5 x price"),
        "same": (UNKNOWN, "unknown", None),
        "open": (UNKNOWN, "unknown", None),
        "stage": (UNKNOWN, "unknown", None),
    }


def test_a_default_follows_the_answer_of_the_fact_it_is_of(small: Rulebook) -> None:
    found = values(small, "facts: {price: 20, open: 7}")
    assert found["tuned_price"] == (2, "assumed", "0.1 x price")
    assert found["same"] == (7, "assumed", "the same as open")


def test_a_default_outside_the_domain_is_none(small: Rulebook) -> None:
    assert values(small, "facts: {price: 90}")["dear_price"] == (UNKNOWN, "unknown", None)


def test_i_do_not_know_is_assumed_like_what_was_not_asked(small: Rulebook) -> None:
    assert values(small, "facts: {price: unknown, stage: unknown}") == values(small, "facts: {}")


def test_an_answer_says_whether_it_was_measured(small: Rulebook) -> None:
    text = "facts: {price: 5, open: 7}\nmeasured: {price: {file: usage.csv, window: October, n: 31}}"
    found = values(small, text)
    assert found["price"] == (5, "measured", "usage.csv, window October, n 31")
    assert found["open"] == (7, "answered", None)


def test_parked_answers_are_not_read(small: Rulebook) -> None:
    assert values(small, "parked: {price: 5}") == values(small, "facts: {}")


def test_assumptions_are_answered_or_assumed(small: Rulebook) -> None:
    answers = parse_answers("assumptions: {upfront: 7}", "a.yaml", small)
    assert known_values(small, answers).assumptions["upfront"].value == 7
    assert known_values(small, answers).assumptions["upfront"].origin == "answered"
    assert known_values(small, Answers()).assumptions["upfront"].value == 500
    assert known_values(small, Answers()).assumptions["upfront"].origin == "assumed"


def test_the_whole_decision_of_a_project(small: Rulebook) -> None:
    world = decided(small, "project: Triage\nfacts: {price: 60}")
    assert {name: result.value for name, result in world.decision.results.items()} == {
        "recommendation": "wait",
        "tier": "dear",
        "listed": ("l.one",),
    }
    row = world.decision.deciding_row
    assert row is not None
    assert world.because(row) == "At $60 Triage waits; dear."
    assert world.because(small.tables["tier"].rows[0]) == ""
    assert world.text("{{ upfront | usd }}, {{ open | number }}") == "$500, unknown"
    assert "listed" not in world.names


def test_a_table_without_a_matching_row_concludes_unknown(small: Rulebook) -> None:
    world = decided(small, "facts: {stage: draft}")
    assert world.decision.value("recommendation") == UNKNOWN
    assert world.decision.deciding_row is None


def test_the_quick_recommendation_is_that_of_the_whole_decision(small: Rulebook) -> None:
    for text in ("facts: {price: 60}", "facts: {stage: none}", "facts: {stage: draft}"):
        answers = parse_answers(text, "a.yaml", small)
        assert recommend_quickly(small, answers) == decided(small, text).decision.deciding_row


def test_rows_that_must_not_match_together_are_a_conflict_with_their_place() -> None:
    tables = "tables: [{id: t, hit_policy: unique, rows: [{id: a, when: {}, then: x}, {id: b, when: {}, then: x}]}]"
    with pytest.raises(ConflictError, match=r"^t.yaml:1:50: rows `a`, `b` of `t` match together"):
        decided(build_texts({"facts.yaml": FACTS, "t.yaml": tables}), "facts: {}")


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("facts: {stage: none, open: 5}", [0]),
        ("facts: {stage: none, open: unknown}", []),
        ("facts: {stage: none}", []),
        ("facts: {open: 5}", []),
        ("facts: {price: 60}", []),
        ("facts: {price: 60, stage: unknown}", [1]),
        ("facts: {stage: none, price: 60, open: 5}", [0]),
    ],
)
def test_only_answers_break_constraints(small: Rulebook, text: str, broken: list[int]) -> None:
    answers = parse_answers(text, "a.yaml", small)
    assert broken_constraints(small, answers) == tuple(small.constraints[number] for number in broken)


def test_a_required_fact_must_be_known_to_decide() -> None:
    facts = "facts: [{id: a, kind: number, required: true}, {id: b, kind: text, required: true}, {id: c, kind: text}]"
    rulebook = build_texts({"facts.yaml": facts, "t.yaml": table("{}")})
    assert [fact.id for fact in missing_facts(rulebook, Answers())] == ["a", "b"]
    with pytest.raises(BadInput) as caught:
        decided(rulebook, "facts: {b: x}")
    assert str(caught.value) == "`a` must be known; answer it under `facts:`"
    assert decided(rulebook, "facts: {a: 5, b: x}").decision.value("t") == "low"


def test_defaults_of_a_pack_are_assumed_only_in_its_profile() -> None:
    packs = RULEBOOKS / "packs"
    assert values(load_rulebook(packs), "facts: {}")["output_tokens"] == (200, "assumed", None)
    assert values(load_rulebook(packs, "article"), "facts: {}")["output_tokens"] == (UNKNOWN, "unknown", None)


def test_a_fact_of_another_kind_under_the_name_of_an_input_gives_no_figure(tmp_path: Path) -> None:
    facts = """
facts:
  - {id: monthly_calls, kind: choice, choices: {low: few, high: many}}
  - {id: lifetime_months, kind: integer}
  - {id: lifetime_calls, kind: number, derived: {formula: calls x months, from: [monthly_calls, lifetime_months]}}
"""
    rulebook = build_texts({"facts.yaml": facts, "t.yaml": table("{lifetime_calls: unknown}")})
    assert values(rulebook, "facts: {monthly_calls: low, lifetime_months: 5}")["lifetime_calls"][0] == UNKNOWN


def test_the_shipped_defaults_are_the_articles_example(article: Rulebook) -> None:
    found = values(article, "facts: {}")
    assumed = {name: value for name, (value, origin, _) in found.items() if origin == "assumed"}
    assert assumed == {
        "system_tokens": 500,
        "few_shot_tokens": 1000,
        "input_tokens": 200,
        "tuned_system_tokens": 100,
        "input_price": 3,
        "tuned_input_price": 3,
        "lifetime_months": 12,
    }
    assert found["crossover_calls"][:2] == (pytest.approx(119_047.619), "derived")
    assert found["crossover_ratio"] == (UNKNOWN, "unknown", None)
    assert known_values(article, Answers()).assumptions["tuning_upfront"].value == 500


def test_a_figure_that_never_comes_is_none_and_unknown_to_tables(article: Rulebook) -> None:
    world = decided(article, "facts: {tuned_input_price: 100, monthly_calls: 2M}")
    assert (world.facts["crossover_calls"].value, world.facts["crossover_calls"].origin) == (None, "derived")
    assert world.facts["crossover_calls"].for_tables == UNKNOWN
    assert (world.facts["crossover_ratio"].value, world.facts["payback_months"].value) == (0, None)
    assert world.text("{{ crossover_calls | quantity }}") == "never"


@given(st.data())
def test_every_reason_of_any_project_can_be_said(article: Rulebook, data: st.DataObject) -> None:
    facts = {
        fact.id: data.draw(st.sampled_from([UNKNOWN, *some_values(fact)]), label=fact.id) for fact in article.asked
    }
    answers = Answers(facts=facts)
    world = decide_project(article, answers, PlainEvaluator(article))
    assert world.decision.deciding_row == recommend_quickly(article, answers)
    assert world.decision.deciding_row is not None
    for result in world.decision.results.values():
        for row in result.rows:
            assert world.because(row)
            assert "{" not in world.because(row)
    for option in article.options.values():
        for text in option.texts.values():
            assert world.text(text)


def some_values(fact: Fact) -> list[Value]:
    """Return values of a fact's domain, on both sides of many thresholds."""
    match fact.kind:
        case "boolean":
            return [True, False]
        case "choice":
            return list(fact.choices)
        case "text":
            return ["x"]
    numbers = [0, 1, 5, 0.5, 0.9, 0.99, 20_000, 250_000, 600_000, 2_000_000]
    return [
        value for value in numbers if fact.domain.contains(value) and (fact.kind == "number" or value == int(value))
    ]
