"""The worked cases hold, and leave no row, conclusion, threshold or value of the article's rules untried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from advisor.audit.coverage import (
    SIDES,
    Tried,
    conclusions,
    least_step,
    stands,
    thresholds,
    thresholds_of,
    told_apart,
    try_cases,
)
from advisor.cases import Case, read_cases
from advisor.cases_outcome import differences
from advisor.deciding.engine import EngineEvaluator
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import RECOMMENDATION, Rulebook

FOLDER = Path(__file__).parent / "cases"
CASES = read_cases(FOLDER, load_rulebook(profile="article"))


@pytest.fixture(scope="module")
def tried(article: Rulebook) -> Mapping[str, Tried]:
    """Every case by its place, decided by the engine."""
    with EngineEvaluator(article) as engine:
        return {str(one.case.place): one for one in try_cases(article, CASES, engine)}


def _id(case: Case) -> str:
    return f"{Path(case.place.file).stem}: {case.name}"


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_the_rules_conclude_what_the_case_says(case: Case, tried: Mapping[str, Tried]) -> None:
    assert list(differences(case.expected, tried[str(case.place)].world)) == []


# ---- Coverage, by the rules' own measure: lists of what no case tries ----


def test_every_row_is_shown_by_a_case(article: Rulebook, tried: Mapping[str, Tried]) -> None:
    shown = {row for one in tried.values() for row in one.shown}
    _nothing([row.id for row in article.rows if row.id not in shown])


def test_every_row_of_the_recommendation_decides_a_case(article: Rulebook, tried: Mapping[str, Tried]) -> None:
    deciding = {one.expected.row for one in tried.values()}
    rows = article.tables[RECOMMENDATION].rows
    assert len(rows) == 19
    _nothing([row.id for row in rows if row.id not in deciding])


def test_every_conclusion_of_every_table_is_expected_by_a_case(article: Rulebook, tried: Mapping[str, Tried]) -> None:
    expected: set[tuple[str, object]] = set()
    for one in tried.values():
        expected.add((RECOMMENDATION, one.expected.option))
        for table, value in one.expected.tables.items():
            expected |= {(table, part) for part in (value if isinstance(value, tuple) else (value,))}
    every = [(table.id, value) for table in article.tables.values() for value in conclusions(article, table)]
    _nothing([f"{table}: {value}" for table, value in every if (table, value) not in expected])


def test_every_option_is_expected_with_every_strength_it_can_have(
    article: Rulebook, tried: Mapping[str, Tried]
) -> None:
    expected = {(one.expected.option, one.expected.strength) for one in tried.values()}
    every = dict.fromkeys((row.then, row.strength) for row in article.tables[RECOMMENDATION].rows)
    _nothing([f"{option}, {strength}" for option, strength in every if (option, strength) not in expected])


def test_every_threshold_is_tried_below_at_and_above(article: Rulebook, tried: Mapping[str, Tried]) -> None:
    missing = [
        f"{one.fact} {side} {one.number}"
        for one in thresholds(article)
        for side, sign in SIDES.items()
        if not any(
            stands(article, case, one.fact, one.number, sign) for case in tried.values() if one.fact in case.rests_on
        )
    ]
    _nothing(missing)


def test_every_row_turns_exactly_at_its_thresholds(article: Rulebook, tried: Mapping[str, Tried]) -> None:
    """At the threshold, and next to it on the side where the outcome is another, nothing else decides the row."""
    missing = []
    for row in article.rows:
        speaking = [one for one in tried.values() if one.speaks_of(row)]
        for fact, end, values in thresholds_of(row):
            for sign in (-1, 1):
                beside = end + sign * least_step(article, fact, end)
                if values.contains(beside) == values.contains(end):
                    continue
                if not any(stands(article, one, fact, end, 0) and one.turns(row, fact, beside) for one in speaking):
                    missing.append(f"{row.id}: {fact} at {end}")
                if not any(stands(article, one, fact, end, sign) and one.turns(row, fact, end) for one in speaking):
                    missing.append(f"{row.id}: {fact} {'above' if sign > 0 else 'below'} {end}")
    _nothing(missing)


def test_every_value_that_rules_tell_apart_is_tried(article: Rulebook, tried: Mapping[str, Tried]) -> None:
    values = {(name, value) for one in tried.values() for name, value in one.values.items() if name in one.rests_on}
    every = {
        (fact, value): None
        for table in article.tables.values()
        for fact in table.inputs
        for value in told_apart(article, fact)
    }
    _nothing([f"{fact}: {value}" for fact, value in every if (fact, value) not in values])


def _nothing(missing: Sequence[str]) -> None:
    """Fail with all that is missing, which pytest would shorten."""
    if missing:
        pytest.fail("\n".join(["no case tries", *missing]), pytrace=False)
