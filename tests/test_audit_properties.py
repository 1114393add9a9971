"""Declared properties: proved of the shipped rules, refuted with two projects where they do not hold; and the declared
ties between figures and facts, tried on the arithmetic itself."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.answers import Answers
from advisor.audit.properties import APPROACHES, refute_direction, refute_implication
from advisor.errors import BadInput
from advisor.rulebook.declarations import Property
from advisor.rulebook.loading import PROFILES, load_rulebook
from advisor.rulebook.model import RECOMMENDATION, Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import recommend_quickly
from tests.audits import audited, edited, of, projects, values_of, written

BOOKS = {profile: load_rulebook(profile=profile) for profile in PROFILES}
ARTICLE = BOOKS["article"]
DIRECTIONS = [(profile, prop) for profile, book in BOOKS.items() for prop in book.properties if prop.raising]
ASKED = [fact for fact in ARTICLE.asked if fact.kind != "text"]


# ---- Properties of the shipped rules ----


@pytest.mark.parametrize("profile", PROFILES)
def test_all_declared_properties_are_proved(profile: str) -> None:
    book = BOOKS[profile]
    assert len(book.properties) >= 20
    assert all(prop.because for prop in book.properties)
    report = audited(book)
    assert of(report, "implies") == of(report, "monotone") == []
    proved = [proof for proof in report.proved if proof.check in ("implies", "monotone")]
    assert len(proved) == len(book.properties)
    assert not [n for n in report.not_checked if n.check in ("implies", "monotone")]


def test_a_proof_says_which_declared_tie_it_rests_on() -> None:
    proved = [proof.text for proof in audited(ARTICLE).proved if proof.check == "monotone"]
    assert (
        "raising monthly_calls never moves the approach towards prompting (with crossover_ratio never falling, "
        "as declared)" in proved
    )
    assert "raising task_stability never moves the approach towards prompting" in proved


@pytest.mark.parametrize(("profile", "prop"), DIRECTIONS, ids=lambda part: getattr(part, "id", str(part)))
@settings(max_examples=10)
@given(data=st.data())
def test_no_two_projects_that_differ_in_one_answer_break_a_direction(
    profile: str, prop: Property, data: st.DataObject
) -> None:
    """The same, end to end: answers, arithmetic and all, one answer raised."""
    book = BOOKS[profile]
    raised = book.facts[prop.raising or ""]
    if raised.derived:
        return
    facts: dict[str, Value] = {"prompt_maturity": "optimised", "task_stability": "stable", "months_measured": 2}
    facts |= {"training_data_quality": "curated", "ml_expertise": "some"}
    facts |= data.draw(projects(ASKED))
    order = [*raised.choices] if raised.kind == "choice" else None
    values = [data.draw(values_of(raised)) for _ in range(2)]
    low, high = sorted(values, key=order.index if order else float)  # type: ignore[arg-type]
    before, after = (approach(book, {**facts, raised.id: value}) for value in (low, high))
    assert before <= after if prop.never_towards == "prompting" else before >= after


def approach(book: Rulebook, facts: Mapping[str, Value]) -> int:
    row = recommend_quickly(book, Answers(facts=facts))
    assert row is not None
    return APPROACHES.index(book.options[str(row.then)].approach)


# ---- Properties that do not hold ----


def test_a_direction_is_refuted_by_two_projects_and_by_answers_for_both(tmp_path: Path) -> None:
    """Past the crossover twice over, the rules now prompt again."""
    row = '          volume_tier: high\n          crossover_ratio: "> 1"\n          task_stability: stable\n'
    twice = row.replace('"> 1"', '"(1..2]"')
    moved = ("article/recommendation.yaml", row, twice)
    rules = edited(tmp_path / "rules", moved, moved)
    report = audited(load_rulebook(rules, "article"))
    found = {finding.key: finding for finding in of(report, "monotone")}
    assert set(found) == {"property.more_calls", "property.longer_life", "property.higher_ratio"}
    finding = found["property.longer_life"]
    assert finding.pair is not None
    assert finding.example["crossover_ratio"] != finding.pair["crossover_ratio"]
    assert finding.example["lifetime_months"] < finding.pair["lifetime_months"]  # type: ignore[operator]
    assert "never falling, as declared" in finding.message
    calls = found["property.more_calls"]
    assert calls.pair is not None
    assert calls.example["monthly_calls"] < calls.pair["monthly_calls"]  # type: ignore[operator]
    assert calls.answers is not None
    assert calls.pair_answers is not None
    differing = {name for name in calls.answers if calls.answers[name] != calls.pair_answers[name]}
    assert differing == {"monthly_calls"}
    book = load_rulebook(rules, "article")
    before, after = (approach_of(book, answers) for answers in (calls.answers, calls.pair_answers))
    assert after < before


def approach_of(book: Rulebook, answers: Mapping[str, Value]) -> int:
    facts = {name: value for name, value in answers.items() if name in book.facts}
    assumptions: Any = {name: value for name, value in answers.items() if name in book.assumptions}
    row = recommend_quickly(book, Answers(facts=facts, assumptions=assumptions))
    assert row is not None
    return APPROACHES.index(book.options[str(row.then)].approach)


def test_an_implication_is_refuted_by_a_project(tmp_path: Path) -> None:
    loose = (
        "article/readiness.yaml",
        'when: {training_data_quality: "none, raw, unknown"}\n        then: no_data',
        'when: {training_data_quality: "none, raw"}\n        then: no_data',
    )
    report = audited(load_rulebook(edited(tmp_path / "rules", loose), "article"))
    (finding,) = of(report, "implies")
    assert finding.key == "property.no_data_no_tuning"
    assert finding.example["training_data_quality"] == UNKNOWN
    assert finding.answers is not None
    assert "training_data_quality" not in finding.answers


SMALL = """
    facts:
      - {id: calls, kind: integer, domain: "[0..100]"}
      - {id: broad, kind: boolean}
      - {id: size, kind: choice, choices: {small: s, large: l}}
    constraints:
      - never: {calls: "> 50", size: small}
        because: they cannot
    options:
      - {id: prompt, approach: prompting}
      - {id: tune, approach: fine_tuning}
    tables:
      - id: recommendation
        hit_policy: first
        rows:
          - {id: a, when: {WHEN}, then: tune}
          - {id: b, when: {}, then: prompt}
    properties:
      - {id: p, raising: RAISED, never_towards: TOWARDS, because: it does}
"""


@pytest.mark.parametrize(
    ("when", "raised", "towards", "pair"),
    [
        ('calls: "[10..20]"', "calls", "prompting", (10, 0)),
        ('calls: "[10..20]"', "calls", "tuning", (0, 10)),
        ('calls: ">= 10"', "calls", "prompting", None),
        ("calls: unknown", "calls", "tuning", None),
        ("broad: true", "broad", "prompting", None),
        ("broad: true", "broad", "tuning", (False, True)),
        ("size: small, calls: '[60..70]'", "size", "prompting", None),
        ("size: small, calls: '[40..70]'", "size", "prompting", ("small", "large")),
    ],
)
def test_a_direction_follows_the_order_of_values_and_the_constraints(
    tmp_path: Path, when: str, raised: str, towards: str, pair: tuple[Value, Value] | None
) -> None:
    text = SMALL.replace("WHEN", when).replace("RAISED", raised).replace("TOWARDS", towards)
    book = written(tmp_path, text)
    refutation = refute_direction(book, book.properties[0])
    if pair is None:
        assert refutation is None
    else:
        assert refutation is not None
        before, after = (project[raised] for project in refutation.projects)
        assert isinstance(before, type(pair[0]))
        rows = ["tune" if tuned else "prompt" for tuned in ((True, False) if towards == "prompting" else (False, True))]
        assert list(refutation.conclusions) == rows
        assert before != after


CELLS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=6
)


@settings(max_examples=25)
@given(rows=CELLS, towards=st.sampled_from(["prompting", "tuning"]))
def test_directions_and_implications_agree_with_brute_force(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int, int]], towards: str
) -> None:
    lines = []
    for n, (option, low, high) in enumerate([*rows, ("c", 0, 0)]):
        test = f'"[{min(low, high)}..{max(low, high)}]"'
        lines.append(f"  - {{id: r{n}, when: {{x: {test}, y: {'true' if n % 2 else '-'}}}, then: {option}}}")
    text = "\n".join(
        [
            "facts: [{id: x, kind: integer, domain: '[0..6]'}, {id: y, kind: boolean}]",
            "options: [{id: a, approach: prompting}, {id: b, approach: hybrid}, {id: c, approach: fine_tuning}]",
            "tables: [{id: recommendation, hit_policy: first, rows: [",
            ",\n".join(line[4:] for line in lines),
            "]}]",
            f"properties: [{{id: d, raising: x, never_towards: {towards}}},",
            "  {id: i, when: {x: '>= 3'}, then: {recommendation: not(c)}}]",
        ]
    )
    book = written(tmp_path_factory.mktemp("rules"), text)
    direction, implication = book.properties
    options: dict[tuple[int, Value], str | None] = {}
    for x in range(7):
        for y in (True, False, UNKNOWN):
            row = recommend_quickly(book, Answers(facts={"x": x, "y": y}))
            options[x, y] = str(row.then) if row else None
    rank = {"a": 0, "b": 1, "c": 2}
    sign = -1 if towards == "prompting" else 1
    broken = any(
        (rank[after] - rank[before]) * sign > 0
        for y in (True, False, UNKNOWN)
        for x in range(7)
        for z in range(x + 1, 7)
        if (before := options[x, y]) is not None and (after := options[z, y]) is not None
    )
    assert (refute_direction(book, direction) is not None) == broken
    violated = any(option == "c" and x >= 3 for (x, _), option in options.items())
    assert (refute_implication(book, implication) is not None) == violated


def test_a_raised_fact_that_no_row_reads_differs_in_the_pair_all_the_same(tmp_path: Path) -> None:
    text = """
        facts:
          - {id: monthly_calls, kind: integer, domain: "[0..1_000_000]"}
          - {id: lifetime_months, kind: number, domain: "(0..600]"}
          - id: lifetime_calls
            kind: number
            domain: ">= 0"
            derived: {formula: calls x months, from: [monthly_calls, lifetime_months], rises_with: [lifetime_months]}
        options:
          - {id: prompt, approach: prompting}
          - {id: tune, approach: fine_tuning}
        tables:
          - id: recommendation
            hit_policy: first
            rows:
              - {id: a, when: {lifetime_calls: "<= 500"}, then: tune}
              - {id: b, when: {}, then: prompt}
        properties:
          - {id: p, raising: lifetime_months, never_towards: prompting}
    """
    (finding,) = of(audited(written(tmp_path, text)), "monotone")
    assert finding.pair is not None
    assert finding.example["lifetime_months"] < finding.pair["lifetime_months"]  # type: ignore[operator]
    assert finding.example["lifetime_calls"] <= 500 < finding.pair["lifetime_calls"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{id: p, raising: nothing, never_towards: prompting}", "unknown fact `nothing`"),
        ("{id: p, raising: name, never_towards: prompting}", "the texts of `name` have no order"),
        ("{id: p, raising: calls}", "`p` is neither a direction nor an implication"),
        ("{id: p, when: {calls: '> 5'}}", "`p` is neither a direction nor an implication"),
        ("{id: p, when: {}, then: {calls: '> 5'}}", "`when` names no fact"),
        ("{id: p, when: {calls: '> 5'}, then: {recommendation: nowhere}}", "nowhere"),
    ],
)
def test_a_property_that_means_nothing_is_refused(tmp_path: Path, line: str, what: str) -> None:
    text = SMALL.replace("WHEN", "").replace("{id: p, raising: RAISED, never_towards: TOWARDS, because: it does}", line)
    text = text.replace("- {id: broad, kind: boolean}", "- {id: broad, kind: boolean}\n      - {id: name, kind: text}")
    with pytest.raises(BadInput) as refused:
        written(tmp_path, text)
    assert any(what in problem.what for problem in refused.value.problems), refused.value.problems


def test_every_property_of_the_rules_is_needed() -> None:
    """No two say the same."""
    said = [(p.raising, p.never_towards, str(p.when), str(p.then)) for p in ARTICLE.properties]
    assert all(a != b for a, b in pairwise(sorted(map(str, said))))
    assert RECOMMENDATION in ARTICLE.tables
