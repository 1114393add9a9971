"""The article's arithmetic: its own figures, numbers and arrays alike, and what is never and what is unknown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import economics
from advisor.figures import FIGURES as ALL_FIGURES
from advisor.figures import INPUTS as ALL_INPUTS
from advisor.figures import figures
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN

FIGURES, INPUTS = ALL_FIGURES["article"], ALL_INPUTS["article"]
ARTICLE: Mapping[str, float] = {
    "system_tokens": 500,
    "few_shot_tokens": 1000,
    "input_tokens": 200,
    "tuned_system_tokens": 100,
    "input_price": 3,
    "tuned_input_price": 3,
    "monthly_calls": 250_000,
    "lifetime_months": 12,
    "tuning_upfront": 500,
}
TOKENS = st.integers(0, 2_000_000)
PRICE = st.just(0.0) | st.floats(1e-30, 10_000)  # less is refused where answers are read
CALLS = st.integers(0, 1_000_000_000)
MONTHS = st.floats(0.01, 600)
UPFRONT = st.floats(1e-30, 1e9)
WORLDS = st.fixed_dictionaries(
    {
        **dict.fromkeys(("system_tokens", "few_shot_tokens", "input_tokens", "tuned_system_tokens"), TOKENS),
        **dict.fromkeys(("input_price", "tuned_input_price"), PRICE),
        "monthly_calls": CALLS,
        "lifetime_months": MONTHS,
        "tuning_upfront": UPFRONT,
    }
)


def defaults(rulebook: Rulebook) -> dict[str, float]:
    """Return what the rulebook assumes of a project that has answered nothing, worked out by hand."""
    values: dict[str, float] = {name: assumption.value for name, assumption in rulebook.assumptions.items()}
    for name, fact in rulebook.facts.items():
        if fact.default and fact.default.value is not None:
            values[name] = fact.default.value
    for name, fact in rulebook.facts.items():
        if fact.default and fact.default.of:
            values[name] = fact.default.times * values[fact.default.of]
    return values


def number(value: object) -> float:
    assert isinstance(value, float)
    return value


@pytest.mark.parametrize(
    ("replaced", "calls"),
    [
        ({}, 119_048),
        ({"tuning_upfront": 200}, 47_619),
        ({"tuning_upfront": 2000}, 476_190),
        ({"prompting_cost_per_call": 0.002}, 454_545),
        ({"tuned_cost_per_call": 0.0003}, 104_167),
    ],
)
def test_the_articles_crossovers_come_out_of_the_shipped_rulebook(
    article: Rulebook, replaced: Mapping[str, float], calls: int
) -> None:
    assert round(number(figures(defaults(article), replaced)["crossover_calls"])) == calls


@pytest.mark.parametrize(("months", "calls_a_month"), [(6, 20_000), (12, 10_000)])
def test_the_articles_monthly_volumes_are_where_the_ratio_passes_1(
    article: Rulebook, months: int, calls_a_month: int
) -> None:
    inputs = {**defaults(article), "lifetime_months": months}
    crossover = number(figures(inputs)["crossover_calls"])
    assert round(crossover / months, -3) == calls_a_month
    for calls in (calls_a_month - 1000, calls_a_month + 1000):
        ratio = number(figures({**inputs, "monthly_calls": calls})["crossover_ratio"])
        assert (ratio > 1) == (calls * months > crossover)


def test_the_scenarios_of_the_shipped_rulebook_give_the_articles_crossovers(article: Rulebook) -> None:
    crossovers = {
        round(number(figures(defaults(article), row.scenario)["crossover_calls"]))
        for row in article.rows
        if row.scenario
    }
    assert crossovers == {47_619, 476_190, 454_545, 104_167}


def test_the_figures_of_the_articles_example() -> None:
    computed = figures(ARTICLE)
    assert tuple(computed) == FIGURES
    assert computed == {
        "prompting_cost_per_call": 0.0051,
        "tuned_cost_per_call": 0.0009,
        "saving_per_call": 0.0042,
        "crossover_calls": pytest.approx(119_047.619),
        "lifetime_calls": 3_000_000,
        "crossover_ratio": 25.2,
        "payback_months": pytest.approx(0.476190476),
    }


def test_calls_that_just_reach_the_crossover_give_a_ratio_of_exactly_1() -> None:
    inputs = {**ARTICLE, "tuning_upfront": 0.0042 * 3_000_000}
    assert figures(inputs)["crossover_ratio"] == 1


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (
            {"tuned_input_price": 17},  # a tuned call costs as much
            {"saving_per_call": 0, "crossover_calls": None, "crossover_ratio": 0, "payback_months": None},
        ),
        (
            {"tuned_input_price": 100, "monthly_calls": UNKNOWN},  # it never saves, whatever the calls
            {"crossover_calls": None, "crossover_ratio": 0, "payback_months": None, "lifetime_calls": UNKNOWN},
        ),
        (
            {"tuned_input_price": 100, "tuning_upfront": UNKNOWN, "lifetime_months": UNKNOWN},
            {"crossover_calls": None, "crossover_ratio": 0, "payback_months": None},
        ),
        (
            {"monthly_calls": UNKNOWN},  # it would save, and the calls are unknown
            {"crossover_ratio": UNKNOWN, "payback_months": UNKNOWN, "lifetime_calls": UNKNOWN},
        ),
        (
            {"monthly_calls": 0},  # it would save, and nothing is called
            {"crossover_ratio": 0, "payback_months": None, "lifetime_calls": 0},
        ),
        (
            {"input_tokens": UNKNOWN},
            dict.fromkeys(set(FIGURES) - {"lifetime_calls"}, UNKNOWN) | {"lifetime_calls": 3_000_000},
        ),
        ({"tuning_upfront": 0}, {"crossover_calls": None, "payback_months": 0, "crossover_ratio": UNKNOWN}),
    ],
)
def test_what_never_comes_and_what_is_unknown(inputs: dict[str, object], expected: dict[str, object]) -> None:
    computed = figures({**ARTICLE, **inputs})
    assert {name: computed[name] for name in expected} == expected


def test_without_any_input_every_figure_is_unknown() -> None:
    assert figures({}) == dict.fromkeys(FIGURES, UNKNOWN)


def test_what_is_replaced_carries_into_the_later_figures() -> None:
    computed = figures(ARTICLE, {"saving_per_call": 0.01, "monthly_calls": 1000})
    assert computed["saving_per_call"] == 0.01
    assert computed["prompting_cost_per_call"] == 0.0051
    assert computed["crossover_calls"] == 50_000
    assert computed["lifetime_calls"] == 12_000
    assert computed["payback_months"] == 50


@given(WORLDS)
def test_figures_are_finite_numbers_or_never(inputs: dict[str, float]) -> None:
    for name, value in figures(inputs).items():
        assert value is None or (isinstance(value, float) and math.isfinite(value)), name


@given(WORLDS)
def test_the_ratio_is_lifetime_calls_over_the_crossover(inputs: dict[str, float]) -> None:
    computed = figures(inputs)
    crossover, ratio = computed["crossover_calls"], number(computed["crossover_ratio"])
    assert ratio == (0 if crossover is None else pytest.approx(number(computed["lifetime_calls"]) / number(crossover)))
    if computed["payback_months"] is not None:
        assert (ratio >= 1) == pytest.approx(number(computed["payback_months"]) <= inputs["lifetime_months"])


@given(
    WORLDS, st.sampled_from(["monthly_calls", "lifetime_months", "few_shot_tokens", "system_tokens"]), st.integers(2, 9)
)
def test_more_calls_time_or_prompt_never_lower_the_ratio(inputs: dict[str, float], name: str, times: int) -> None:
    more = figures({**inputs, name: inputs[name] * times})
    assert number(more["crossover_ratio"]) >= number(figures(inputs)["crossover_ratio"])


@given(WORLDS, st.sampled_from(["tuning_upfront", "tuned_system_tokens", "tuned_input_price"]), st.integers(2, 9))
def test_dearer_tuning_never_raises_the_ratio(inputs: dict[str, float], name: str, times: int) -> None:
    more = figures({**inputs, name: inputs[name] * times})
    assert number(more["crossover_ratio"]) <= number(figures(inputs)["crossover_ratio"])


@given(WORLDS, st.sampled_from([2, 10, 0.5]))
def test_all_money_in_another_currency_changes_no_decision(inputs: dict[str, float], rate: float) -> None:
    money = {name: inputs[name] * rate for name in ("input_price", "tuned_input_price", "tuning_upfront")}
    computed, converted = figures(inputs), figures({**inputs, **money})
    for name in ("crossover_calls", "crossover_ratio", "payback_months", "lifetime_calls"):
        value = computed[name]
        assert converted[name] == (value if value is None else pytest.approx(value, rel=1e-9))


@given(st.lists(WORLDS, min_size=1, max_size=5))
def test_arrays_give_elementwise_what_numbers_give(worlds: list[dict[str, float]]) -> None:
    columns = {name: np.array([float(world[name]) for world in worlds]) for name in INPUTS}
    for i, computed in enumerate(map(by_functions, worlds)):
        for name, column in by_functions(columns).items():
            value = computed[name]
            expected = math.nan if value is None else value
            assert column[i] == pytest.approx(expected, rel=1e-12, nan_ok=True), name


@given(WORLDS)
def test_figures_are_what_the_formulas_give(inputs: dict[str, float]) -> None:
    exact = by_functions({name: Fraction(repr(float(value))) for name, value in inputs.items()})
    assert figures(inputs) == {name: value if value is None else float(value) for name, value in exact.items()}


def by_functions(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures by the public formulas, on numbers, fractions or arrays."""
    prompting = economics.prompting_cost_per_call(
        given["system_tokens"], given["few_shot_tokens"], given["input_tokens"], given["input_price"]
    )
    tuned = economics.tuned_cost_per_call(
        given["tuned_system_tokens"], given["input_tokens"], given["tuned_input_price"]
    )
    saving = economics.saving_per_call(prompting, tuned)
    upfront, monthly = given["tuning_upfront"], economics.monthly_saving(saving, given["monthly_calls"])
    return {
        "prompting_cost_per_call": prompting,
        "tuned_cost_per_call": tuned,
        "saving_per_call": saving,
        "crossover_calls": economics.crossover_calls(upfront, saving),
        "lifetime_calls": economics.lifetime_calls(given["monthly_calls"], given["lifetime_months"]),
        "crossover_ratio": economics.crossover_ratio(given["lifetime_months"], monthly, upfront),
        "payback_months": economics.payback_months(upfront, monthly),
    }


def test_the_rulebook_derives_its_figures_from_what_the_arithmetic_reads(article: Rulebook) -> None:
    derived = {name: fact.derived for name, fact in article.facts.items() if fact.derived}
    assert set(derived) == set(FIGURES)

    def roots(name: str) -> set[str]:
        found = derived.get(name)
        return {name} if found is None else set().union(*(roots(of) for of in found.inputs))

    for name in FIGURES:
        assert roots(name) == {of for of in INPUTS if figures({**ARTICLE, of: UNKNOWN})[name] == UNKNOWN}, name


def test_every_figure_of_the_rulebook_has_a_formula_over_its_inputs(article: Rulebook) -> None:
    for name in FIGURES:
        derived = article.facts[name].derived
        assert derived is not None
        assert [of for of in derived.inputs if of not in derived.formula] == []


def test_the_formulas_of_the_rulebook_give_the_figures(article: Rulebook) -> None:
    values: dict[str, object] = dict(ARTICLE)
    for name in FIGURES:
        derived = article.facts[name].derived
        assert derived is not None
        values[name] = eval(derived.formula, {"__builtins__": {}}, values)  # our own shipped text
        assert values[name] == pytest.approx(figures(ARTICLE)[name]), name


def test_every_formula_says_its_unit_and_source() -> None:
    for name in (*FIGURES, "tokens_cost", "monthly_saving"):
        text = getattr(economics, name).__doc__
        assert "Source:" in text
        assert "USD" in text or "calls" in text or "months" in text
