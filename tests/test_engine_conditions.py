"""What rows and facts become for the engine: comparisons of numbers, written so that it reads them exactly."""

from __future__ import annotations

import math

import pytest

from advisor.deciding.conditions import (
    MOST_EITHERS,
    MOST_INPUTS,
    MOST_RULES,
    UNKNOWN_NUMBER,
    alternatives,
    condition_text,
    encoder,
    number_text,
    plan,
    terms_of,
)
from advisor.errors import EngineError
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from tests.agreement import boolean, choice, integer, number, table, text, written

CALLS, SHARE, STAGE = integer("calls"), number("share"), choice("stage", "none", "draft", "tried", "optimised")
READY, MODEL = boolean("ready"), text("model")
TOP = UNKNOWN_NUMBER


@pytest.mark.parametrize(
    ("fact", "test", "terms"),
    [
        (CALLS, "-", []),
        (CALLS, "unknown", [[(">=", TOP)]]),
        (CALLS, "known", [[("<", TOP)]]),
        (CALLS, "< 10_000", [[("<", 10_000)]]),
        (CALLS, "> 1M", [[(">", 1_000_000)], [("<", TOP)]]),
        (SHARE, "[85%..95%)", [[(">=", 0.85)], [("<", 0.95)]]),
        (CALLS, 5, [[("==", 5)]]),
        (CALLS, "not(5)", [[("!=", 5)]]),
        (CALLS, "not(5, unknown)", [[("<", TOP)], [("!=", 5)]]),
        (CALLS, "<= 1, unknown", [[("<=", 1), (">=", TOP)]]),
        (CALLS, "< 1, (3..4], >= 9", [[("<", TOP)], [("<", 1), (">", 3)], [("<=", 4), (">=", 9)]]),
        (STAGE, "-", []),
        (STAGE, "none", [[("<", 1)]]),
        (STAGE, "draft", [[("==", 1)]]),
        (STAGE, "unknown", [[(">=", 4)]]),
        (STAGE, "known", [[("<", 4)]]),
        (STAGE, "draft, tried", [[(">=", 1)], [("<", 3)]]),
        (STAGE, "not(tried)", [[("!=", 2)]]),
        (STAGE, "none, optimised", [[("<", 4)], [("<", 1), (">=", 3)]]),
        (READY, "true", [[("<", 1)]]),
        (READY, "not(true)", [[(">=", 1)]]),
        (MODEL, "known", [[("<", 1)]]),
        (MODEL, "unknown", [[(">=", 1)]]),
    ],
)
def test_a_test_is_a_few_comparisons(fact: Fact, test: object, terms: list[list[tuple[str, float]]]) -> None:
    assert [list(term.either) for term in terms_of(fact.id, written(fact, test))] == terms


def test_what_can_never_hold_becomes_nothing_and_what_always_holds_has_no_terms() -> None:
    empty = written(STAGE, "unknown").intersection(written(STAGE, "known"))  # type: ignore[arg-type]
    rows = table("t", [({"stage": empty}, None), ({}, None), ({"stage": written(STAGE, "-")}, None)]).rows
    assert [alternatives(row) for row in rows] == [[], [()], [()]]


def test_mappings_of_an_any_are_alternatives_and_equal_ones_are_one() -> None:
    cells = {"calls": written(CALLS, "> 5")}
    mappings = [{"stage": written(STAGE, word)} for word in ("draft", "unknown", "draft")]
    row = table("t", [(cells, [*mappings, {"calls": written(CALLS, "< 5")}])]).rows[0]
    found = [[term.either for term in terms] for terms in alternatives(row)]
    above = [((">", 5),), (("<", TOP),)]
    assert found == [[*above, (("==", 1),)], [*above, ((">=", 4),)]]


def test_a_condition_has_one_key_an_object() -> None:
    terms = [*terms_of("stage", written(STAGE, "none, optimised")), *terms_of("share", written(SHARE, "0.00002"))]
    assert condition_text(terms, {"stage": "p0", "share": "p1"}, "a") == (
        '{"$and":[{"$lt":{"p0":4}},{"$or":[{"$lt":{"p0":1}},{"$gte":{"p0":3}}]},{"p1":2.0e-05}]}'
    )
    assert condition_text([], {}, "a") == '{"a":1}'


@pytest.mark.parametrize(
    ("value", "as_text"),
    [
        (250_000, "250000"),
        (0.85, "0.85"),
        (2e-05, "2.0e-05"),
        (1e16, "1.0e+16"),
        (1.5e-7, "1.5e-07"),
        (-0.0, "-0.0"),
        (5e-324, "5.0e-324"),
        (2**53 - 1, "9007199254740991"),
        (TOP, "1.0e+308"),
    ],
)
def test_numbers_are_written_with_a_dot_before_the_exponent(value: float, as_text: str) -> None:
    assert number_text(value) == as_text
    assert float(as_text) == value


def test_values_are_written_as_numbers() -> None:
    assert [encoder(STAGE, "p7")(value) for value in ("none", "optimised", UNKNOWN)] == [
        '"p7":0,',
        '"p7":3,',
        '"p7":4,',
    ]
    assert [encoder(READY, "p7")(value) for value in (True, False, UNKNOWN)] == ['"p7":0,', '"p7":1,', '"p7":2,']
    assert [encoder(MODEL, "p7")(value) for value in ('a "model"', UNKNOWN)] == ['"p7":0,', '"p7":1,']
    assert [encoder(SHARE, "p7")(value) for value in (0.91, 1, UNKNOWN)] == ['"p7":0.91,', '"p7":1,', '"p7":1.0e+308,']


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        (CALLS, True),
        (CALLS, 2**53),
        (CALLS, -(2**53)),
        (CALLS, 10**400),
        (CALLS, "12"),
        (SHARE, math.nan),
        (SHARE, math.inf),
        (SHARE, -math.inf),
        (SHARE, TOP),
        (STAGE, "drafted"),
        (STAGE, 1),
        (STAGE, True),
        (READY, 1),
        (READY, "yes"),
    ],
)
def test_a_value_that_would_be_compared_wrongly_is_refused(fact: Fact, value: Value) -> None:
    with pytest.raises(EngineError, match=fact.id):
        encoder(fact, "p")(value)


def test_numpys_floats_are_numbers_too() -> None:
    numpy = pytest.importorskip("numpy")
    assert encoder(SHARE, "p")(numpy.float64(0.5)) == '"p":0.5,'


def test_the_engines_names_have_hashes_of_their_own() -> None:
    """The engine tells properties apart by a hash of 32 bits alone."""
    names = ["a", "bb", "id", "sid", "$s", "$forward", *(f"p{number}" for number in range(10_000))]
    assert len({_fnv_1a(name) for name in names}) == len(names)


def _fnv_1a(name: str) -> int:
    digest = 0x811C9DC5
    for byte in name.encode():
        digest = (digest ^ byte) * 16777619 & 0xFFFFFFFF
    return digest


def test_the_shipped_rulebook_keeps_within_the_limits(rulebook: Rulebook) -> None:
    made = plan(rulebook, rulebook.order)
    assert made.parts == {}
    for shard in made.shards:
        assert len(shard.rules) <= MOST_RULES
        assert len(shard.inputs) <= MOST_INPUTS
        assert all(sum(len(term.either) > 1 for term in rule.terms) <= MOST_EITHERS for rule in shard.rules)
