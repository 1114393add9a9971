"""The worked cases hold, and leave no row, conclusion, threshold or value of the rules untried."""

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
from advisor.rulebook.loading import PROFILES, load_rulebook
from advisor.rulebook.model import RECOMMENDATION, Row, Rulebook

FOLDER = Path(__file__).parent / "cases"
BOOKS = {profile: load_rulebook(profile=profile) for profile in PROFILES}
CASES = {profile: read_cases(FOLDER, book) for profile, book in BOOKS.items()}
DECIDING = {"article": 19, "full": 8}  # rows of the recommendation that a profile adds


@pytest.fixture(scope="module", params=PROFILES)
def book(request: pytest.FixtureRequest) -> Rulebook:
    return BOOKS[request.param]


@pytest.fixture(scope="module")
def added(book: Rulebook) -> tuple[Row, ...]:
    """The rows that the profile adds: the article's own, then those of the field pack."""
    pack = "article" if book.profile == "article" else "field"
    return tuple(row for row in book.rows if row.pack == pack)


@pytest.fixture(scope="module")
def tried(book: Rulebook) -> Mapping[str, Tried]:
    """Every case by its place, decided by the engine."""
    with EngineEvaluator(book) as engine:
        return {str(one.case.place): one for one in try_cases(book, CASES[book.profile], engine)}


def _ids(value: str | Case) -> str:
    return value if isinstance(value, str) else f"{Path(value.place.file).stem}: {value.name}"


@pytest.mark.parametrize(
    ("book", "case"),
    [(profile, case) for profile, cases in CASES.items() for case in cases],
    indirect=["book"],
    ids=_ids,
    scope="module",
)
def test_the_rules_conclude_what_the_case_says(case: Case, tried: Mapping[str, Tried]) -> None:
    assert list(differences(case.expected, tried[str(case.place)].world)) == []


# ---- Coverage, by the rules' own measure: lists of what no case tries ----


def test_every_row_is_shown_by_a_case(added: Sequence[Row], tried: Mapping[str, Tried]) -> None:
    shown = {row for one in tried.values() for row in one.shown}
    _nothing([row.id for row in added if row.id not in shown])


def test_every_row_of_the_recommendation_decides_a_case(
    book: Rulebook, added: Sequence[Row], tried: Mapping[str, Tried]
) -> None:
    deciding = {one.expected.row for one in tried.values()}
    rows = [row for row in added if row.table == RECOMMENDATION]
    assert len(rows) == DECIDING[book.profile]
    _nothing([row.id for row in rows if row.id not in deciding])


def test_every_conclusion_of_every_table_is_expected_by_a_case(
    book: Rulebook, added: Sequence[Row], tried: Mapping[str, Tried]
) -> None:
    expected: set[tuple[str, object]] = set()
    for one in tried.values():
        expected.add((RECOMMENDATION, one.expected.option))
        for table, value in one.expected.tables.items():
            expected |= {(table, part) for part in (value if isinstance(value, tuple) else (value,))}
    every = [(table.id, value) for table in book.tables.values() for value in conclusions(book, table)]
    if book.profile != "article":
        stated = {(row.table, row.then) for row in added}
        every = [one for one in every if one in stated]
    _nothing([f"{table}: {value}" for table, value in every if (table, value) not in expected])


def test_every_option_is_expected_with_every_strength_it_can_have(
    added: Sequence[Row], tried: Mapping[str, Tried]
) -> None:
    expected = {(one.expected.option, one.expected.strength) for one in tried.values()}
    every = dict.fromkeys((row.then, row.strength) for row in added if row.table == RECOMMENDATION)
    _nothing([f"{option}, {strength}" for option, strength in every if (option, strength) not in expected])


def test_every_threshold_is_tried_below_at_and_above(
    book: Rulebook, added: Sequence[Row], tried: Mapping[str, Tried]
) -> None:
    missing = [
        f"{one.fact} {side} {one.number}"
        for one in thresholds(book)
        if any(row in added for row in one.rows)
        for side, sign in SIDES.items()
        if book.fact(one.fact).domain.contains(one.number + sign * least_step(book, one.fact, one.number))
        if not any(
            stands(book, case, one.fact, one.number, sign) for case in tried.values() if one.fact in case.rests_on
        )
    ]
    _nothing(missing)


def test_every_row_turns_exactly_at_its_thresholds(
    book: Rulebook, added: Sequence[Row], tried: Mapping[str, Tried]
) -> None:
    """At the threshold, and next to it on the side where the outcome is another, nothing else decides the row."""
    missing = []
    for row in added:
        speaking = [one for one in tried.values() if one.speaks_of(row)]
        for fact, end, values in thresholds_of(row):
            for sign in (-1, 1):
                beside = end + sign * least_step(book, fact, end)
                if values.contains(beside) == values.contains(end):
                    continue
                if not any(stands(book, one, fact, end, 0) and one.turns(row, fact, beside) for one in speaking):
                    missing.append(f"{row.id}: {fact} at {end}")
                if not any(stands(book, one, fact, end, sign) and one.turns(row, fact, end) for one in speaking):
                    missing.append(f"{row.id}: {fact} {'above' if sign > 0 else 'below'} {end}")
    _nothing(missing)


def test_every_value_that_rules_tell_apart_is_tried(
    book: Rulebook, added: Sequence[Row], tried: Mapping[str, Tried]
) -> None:
    values = {(name, value) for one in tried.values() for name, value in one.values.items() if name in one.rests_on}
    every = {(fact, value): None for row in added for fact, _ in row.tests() for value in told_apart(book, fact)}
    _nothing([f"{fact}: {value}" for fact, value in every if (fact, value) not in values])


def _nothing(missing: Sequence[str]) -> None:
    """Fail with all that is missing, which pytest would shorten."""
    if missing:
        pytest.fail("\n".join(["no case tries", *missing]), pytrace=False)
