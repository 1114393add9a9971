"""What figures declare to move with a fact, tried on the arithmetic itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from advisor.answers import Answers
from advisor.audit.ties import moving_with
from advisor.errors import BadInput
from advisor.rulebook.loading import PROFILES, load_rulebook
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import known_values
from tests.audits import edited, projects, values_of
from tests.mutants import MAY_NEVER_COME, inputs_without_default

BOOKS = {profile: load_rulebook(profile=profile) for profile in PROFILES}
ARTICLE = BOOKS["article"]
TIES = [
    (profile, fact.id, of_fact, rises)
    for profile, book in BOOKS.items()
    for fact in book.facts.values()
    if fact.derived
    for rises, names in ((True, fact.derived.rises_with), (False, fact.derived.falls_with))
    for of_fact in names
]


def figure(book: Rulebook, name: str, facts: Mapping[str, Value], upfront: float) -> Value:
    answers = Answers(facts=facts, assumptions={"tuning_upfront": upfront})
    return known_values(book, answers).facts[name].for_tables


@pytest.mark.parametrize(("profile", "name", "of_fact", "rises"), TIES, ids=lambda part: str(part))
@settings(max_examples=6)
@given(data=st.data(), upfront=st.floats(0.01, 1e6))
def test_a_figure_moves_with_a_fact_as_it_declares(
    profile: str, name: str, of_fact: str, rises: bool, data: st.DataObject, upfront: float
) -> None:
    book = BOOKS[profile]
    facts = data.draw(projects([fact for fact in book.asked if fact.kind in ("integer", "number")]))
    one, other = (data.draw(values_of(book.facts[of_fact])) for _ in range(2))
    low, high = sorted((one, other), key=float)
    assume(low != high)
    before, after = (figure(book, name, {**facts, of_fact: value}, upfront) for value in (low, high))
    assert (before == UNKNOWN) == (after == UNKNOWN)
    if not isinstance(before, str) and not isinstance(after, str):
        assert before <= after if rises else before >= after


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=25)
@given(data=st.data(), upfront=st.floats(0.01, 1e6))
def test_a_figure_is_known_when_what_it_rests_on_is(profile: str, data: st.DataObject, upfront: float) -> None:
    """The proofs that mutants change nothing rest on this; figures that may never come are apart."""
    book = BOOKS[profile]
    facts = data.draw(projects([fact for fact in book.asked if fact.kind in ("integer", "number")]))
    for fact in book.facts.values():
        if fact.derived and fact.id not in MAY_NEVER_COME and inputs_without_default(book, fact.id) <= facts.keys():
            assert figure(book, fact.id, facts, upfront) != UNKNOWN


def test_what_declares_no_tie_may_move_anyhow() -> None:
    assert moving_with(ARTICLE, "monthly_calls") == {
        "lifetime_calls": "rises",
        "crossover_ratio": "rises",
        "payback_months": "anyhow",
    }
    moved = moving_with(ARTICLE, "input_price")
    assert moved["tuned_input_price"] == "anyhow"  # its default follows
    assert moved["tuned_cost_per_call"] == "rises"
    assert moved["crossover_ratio"] == "anyhow"
    assert moving_with(ARTICLE, "task_stability") == {}


def test_ties_name_facts_that_exist(tmp_path: Path) -> None:
    wrong = ("facts.yaml", "rises_with: [monthly_calls, lifetime_months]", "rises_with: [monthly_call]")
    with pytest.raises(BadInput, match="monthly_call"):
        load_rulebook(edited(tmp_path / "rules", wrong))
