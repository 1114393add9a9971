"""No small wrong edit of the shipped rules goes unnoticed: a worked case fails, the audit reports it, or it changes no
decision, which is proved."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from advisor.audit.coverage import Tried, try_cases
from advisor.cases import read_cases
from advisor.deciding.plain import PlainEvaluator
from advisor.rulebook.model import Rulebook
from tests.mutants import Mutant, caught_by, changes_nothing, mutants, reported

CASES = Path(__file__).parent / "cases"
KINDS = ("delete", "duplicate", "swap", "conclusion", "strength", "any to all", "drop", "shift", "flip", "widen")


@pytest.fixture(scope="module")
def tried(article: Rulebook) -> tuple[Tried, ...]:
    return try_cases(article, read_cases(CASES, article), PlainEvaluator(article))


@pytest.fixture(scope="module")
def every(article: Rulebook) -> list[Mutant]:
    return list(mutants(article))


@pytest.fixture(scope="module")
def passed_by_cases(every: list[Mutant], tried: tuple[Tried, ...]) -> list[Mutant]:
    """The mutants with which every worked case still holds."""
    return [mutant for mutant in every if caught_by(mutant, tried) is None]


def test_the_mutants_are_of_every_kind_and_of_every_row(article: Rulebook, every: list[Mutant]) -> None:
    assert set(Counter(mutant.kind for mutant in every)) == set(KINDS)
    assert {mutant.row for mutant in every} == {row.id for row in article.rows}


def test_the_rules_as_they_are_pass_every_case(article: Rulebook, tried: tuple[Tried, ...]) -> None:
    """Else a mutant could be caught by a case that fails anyway."""
    table = next(iter(article.tables.values()))
    same = Mutant("none", "as it is", table.id, table.rows[0].id, table.place, article)
    assert caught_by(same, tried) is None
    assert changes_nothing(article, same)


def test_every_mutant_is_caught_by_a_case_or_reported_by_the_audit_or_changes_no_decision(
    article: Rulebook, every: list[Mutant], passed_by_cases: list[Mutant]
) -> None:
    left = [mutant for mutant in passed_by_cases if not changes_nothing(article, mutant)]
    before = reported(article)
    unnoticed = [mutant for mutant in left if not reported(mutant.rulebook) - before]
    if unnoticed:
        count = f"{len(unnoticed)} of {len(every)} mutants are noticed by nothing"
        pytest.fail("\n".join([count, *map(str, unnoticed)]), pytrace=False)


def test_the_proof_that_a_mutant_changes_nothing_can_tell_the_two_apart(
    article: Rulebook, every: list[Mutant], passed_by_cases: list[Mutant]
) -> None:
    """Of the mutants that a case catches, none is said to change nothing: each hundredth is asked."""
    passed = {id(mutant) for mutant in passed_by_cases}
    caught = [mutant for mutant in every if id(mutant) not in passed]
    assert [str(mutant) for mutant in caught[::100] if changes_nothing(article, mutant)] == []
