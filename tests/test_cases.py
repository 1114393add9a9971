"""The worked cases hold, and leave no row, conclusion, threshold or value of the article's rules untried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from advisor.cases import Case, read_cases
from advisor.cases_outcome import differences
from advisor.deciding.engine import EngineEvaluator
from advisor.deciding.plain import row_matches
from advisor.quantities import Number
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import RECOMMENDATION, Row, Rulebook, Table
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, NumberSet, Value
from advisor.world import World, decide_project

FOLDER = Path(__file__).parent / "cases"
CASES = read_cases(FOLDER, load_rulebook(profile="article"))


class Tried:
    """A case with the project it makes."""

    def __init__(self, case: Case, world: World) -> None:
        self.expected, self.world, self.rulebook = case.expected, world, world.rulebook
        self.values: dict[str, Value] = {name: known.for_tables for name, known in world.facts.items()}
        self.values |= {
            name: result.value for name, result in world.decision.results.items() if not isinstance(result.value, tuple)
        }
        self.rests_on = self.expected.depends_on(world.rulebook)

    @property
    def shown(self) -> Iterator[Value | None]:
        """The rows that the case says must match."""
        yield self.expected.row
        yield from self.expected.matches
        for value in self.expected.tables.values():
            yield from value if isinstance(value, tuple) else ()

    def speaks_of(self, row: Row) -> bool:
        """Tell whether the case would fail if the row matched where it does not, or the other way round."""
        expected = self.expected
        return (
            row.id in (expected.row, *expected.matches, *expected.misses)
            or row.table in expected.tables
            or (row.table == RECOMMENDATION and expected.decides)
        )

    def turns(self, row: Row, fact: str, other: Number) -> bool:
        """Tell whether the row would match or not match otherwise if the fact were `other`, and that would show."""
        worlds = (self.values, {**self.values, fact: other})
        table = self.rulebook.tables[row.table]
        above = table.rows[: table.rows.index(row)] if table.hit_policy == "first" else ()
        return row_matches(row, worlds[0]) != row_matches(row, worlds[1]) and not any(
            row_matches(earlier, values) for earlier in above for values in worlds
        )


@pytest.fixture(scope="module")
def tried(article: Rulebook) -> Mapping[str, Tried]:
    """Every case by its place, decided by the engine."""
    with EngineEvaluator(article) as engine:
        return {str(case.place): Tried(case, decide_project(article, case.answers, engine)) for case in CASES}


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
    every = [(table.id, value) for table in article.tables.values() for value in _conclusions(article, table)]
    _nothing([f"{table}: {value}" for table, value in every if (table, value) not in expected])


def test_every_option_is_expected_with_every_strength_it_can_have(
    article: Rulebook, tried: Mapping[str, Tried]
) -> None:
    expected = {(one.expected.option, one.expected.strength) for one in tried.values()}
    every = dict.fromkeys((row.then, row.strength) for row in article.tables[RECOMMENDATION].rows)
    _nothing([f"{option}, {strength}" for option, strength in every if (option, strength) not in expected])


def test_every_threshold_is_tried_below_at_and_above(article: Rulebook, tried: Mapping[str, Tried]) -> None:
    every = {(fact, end): None for row in article.rows for fact, end, _ in _thresholds(row)}
    missing = [
        f"{fact} {side} {end}"
        for fact, end in every
        for side, sign in (("below", -1), ("at", 0), ("above", 1))
        if not any(_stands(article, one, fact, end, sign) for one in tried.values() if fact in one.rests_on)
    ]
    _nothing(missing)


def test_every_row_turns_exactly_at_its_thresholds(article: Rulebook, tried: Mapping[str, Tried]) -> None:
    """At the threshold, and next to it on the side where the outcome is another, nothing else decides the row."""
    missing = []
    for row in article.rows:
        speaking = [one for one in tried.values() if one.speaks_of(row)]
        for fact, end, values in _thresholds(row):
            for sign in (-1, 1):
                beside = end + sign * _least(article, fact, end)
                if values.contains(beside) == values.contains(end):
                    continue
                if not any(_stands(article, one, fact, end, 0) and one.turns(row, fact, beside) for one in speaking):
                    missing.append(f"{row.id}: {fact} at {end}")
                if not any(_stands(article, one, fact, end, sign) and one.turns(row, fact, end) for one in speaking):
                    missing.append(f"{row.id}: {fact} {'above' if sign > 0 else 'below'} {end}")
    _nothing(missing)


def test_every_value_that_rules_tell_apart_is_tried(article: Rulebook, tried: Mapping[str, Tried]) -> None:
    values = {(name, value) for one in tried.values() for name, value in one.values.items() if name in one.rests_on}
    every = {
        (fact, value): None
        for table in article.tables.values()
        for fact in table.inputs
        for value in _told_apart(article, fact)
    }
    _nothing([f"{fact}: {value}" for fact, value in every if (fact, value) not in values])


def _nothing(missing: Sequence[str]) -> None:
    """Fail with all that is missing, which pytest would shorten."""
    if missing:
        pytest.fail("\n".join(["no case tries", *missing]), pytrace=False)


def _conclusions(rulebook: Rulebook, table: Table) -> list[Value]:
    if table.hit_policy == "count":
        return list(range(len(table.rows) + 1))
    gap = table.id in rulebook.concluded and rulebook.concluded[table.id].domain.contains(UNKNOWN)
    stated = [row.then for row in table.rows if row.then is not None]  # elsewhere the rows are the conclusions
    return list(dict.fromkeys([*stated, *([UNKNOWN] if gap else [])]))


def _thresholds(row: Row) -> Iterator[tuple[str, Number, NumberSet]]:
    for fact, test in row.tests():
        if isinstance(test.values, NumberSet):
            yield from ((fact, end, test.values) for end in test.values.endpoints())


def _stands(rulebook: Rulebook, one: Tried, fact: str, end: Number, sign: int) -> bool:
    """Tell whether the case's fact is at a threshold (sign 0), or next to it below (-1) or above (1)."""
    value = one.values[fact]
    if isinstance(value, str):
        return False
    return value == end if sign == 0 else 0 < (value - end) * sign <= _nearby(rulebook, fact, end)


def _least(rulebook: Rulebook, fact: str, end: Number) -> Number:
    return 1 if rulebook.fact(fact).kind == "integer" else max(abs(end), 1) * 1e-9


def _nearby(rulebook: Rulebook, fact: str, end: Number) -> Number:
    """Return how far from a threshold still counts as next to it: 1 for whole numbers, else a twentieth of it."""
    return 1 if rulebook.fact(fact).kind == "integer" else abs(end) / 20 or 0.0001


def _told_apart(rulebook: Rulebook, fact: str) -> Iterator[Value]:
    domain = rulebook.fact(fact).domain
    if isinstance(domain, ChoiceSet):
        boolean = rulebook.fact(fact).kind == "boolean"
        yield from (value == "true" if boolean else value for value in domain.domain)
    if domain.contains(UNKNOWN) and _may_be_unknown(rulebook, fact):
        yield UNKNOWN


def _may_be_unknown(rulebook: Rulebook, name: str) -> bool:
    """Tell whether a fact can be unknown: none that has a default, and no figure of nothing but such facts."""
    fact = rulebook.facts.get(name)
    if fact is None:
        return name in rulebook.concluded
    if fact.derived is not None:
        return any(_may_be_unknown(rulebook, part) for part in fact.derived.inputs)
    return fact.default is None
