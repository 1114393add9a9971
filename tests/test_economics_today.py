"""Today's arithmetic: output, caches, batches, hosting and retraining; without them it is the article's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import economics
from advisor.figures import FIGURES, INPUTS, figures
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN
from tests.test_economics import ARTICLE, WORLDS

NOTHING_EXTRA: Mapping[str, float] = {name: 0 for name in INPUTS["today"] if name not in INPUTS["article"]} | {
    "route_retires_in": 1_000
}
# 1,700 tokens in and 200 out of Sonnet 4.5 before, 300 and 200 of OpenAI's tuned gpt-4.1-mini after.
SONNET: Mapping[str, float] = {
    **NOTHING_EXTRA,
    **ARTICLE,
    "output_tokens": 200,
    "output_price": 15,
    "cache_read_price": 0.3,
    "cache_write_price": 3.75,
    "batch_discount": 0.5,
    "tuned_input_price": 0.8,
    "tuned_output_price": 3.2,
    "tuned_cache_read_price": 0.2,
    "replicas": 1,
    "tuned_monthly_maintenance": 500,
    "tuning_upfront": 5_000,
    "lifetime_months": 36,
}
UPFRONT: Mapping[str, float] = {
    "training_tokens": 2_000_000,
    "training_epochs": 3,
    "training_price": 5,
    "training_experiments": 4,
    "training_minimum": 0,
    "curation_hours": 30,
    "evaluation_hours": 15,
    "labor_rate": 75,
    "examples_needed": 1_000,
    "training_examples": 400,
    "label_cost": 2,
}


def today(inputs: Mapping[str, object], **changed: object) -> dict[str, Any]:
    return figures({**inputs, **changed}, None, "today")


@given(WORLDS)
def test_with_every_extra_at_zero_it_gives_the_figures_of_the_article(inputs: dict[str, float]) -> None:
    now = today({**NOTHING_EXTRA, **inputs})
    for name, value in figures(inputs).items():
        assert now[name] == (None if name == "crossover_calls" and inputs["tuning_upfront"] == 0 else value), name


def test_the_published_cost_of_a_call() -> None:
    assert today(SONNET)["prompting_cost_per_call"] == pytest.approx(0.0081)
    assert today(SONNET, batch_share=1)["prompting_cost_per_call"] == pytest.approx(0.00405)
    assert today(SONNET, cached_share=1400 / 1700)["prompting_cost_per_call"] == pytest.approx(0.00432)
    assert today(SONNET)["tuned_cost_per_call"] == pytest.approx(0.00088)


def test_a_cache_is_written_at_one_price_and_read_at_another() -> None:
    # 1,700 x (0.5 x $3 + 0.3 x $0.30 + 0.2 x $3.75) / 10^6 + 200 x $15 / 10^6
    cost = today(SONNET, cached_share=0.3, cache_write_share=0.2)["prompting_cost_per_call"]
    assert cost == pytest.approx(1_700 * (1.5 + 0.09 + 0.75) / 1e6 + 0.003)


def test_the_tuned_side_has_a_cache_and_a_batch_of_its_own() -> None:
    # 300 x (0.5 x $0.80 + 0.5 x $0.20) / 10^6 + 200 x $3.20 / 10^6, half of it at half price
    cost = today(SONNET, tuned_cached_share=0.5, batch_share=0.5)["tuned_cost_per_call"]
    assert cost == pytest.approx(0.75 * (300 * 0.5 + 640) / 1e6)


@pytest.mark.parametrize(
    ("changed", "by_calls"),
    [
        ({}, {100_000: 22.5, 500_000: 1.6, 1_000_000: 0.7, 3_000_000: 0.2}),
        (
            {"tuned_input_price": 0.4, "tuned_output_price": 1.6, "hosting_per_hour": 1.7},
            {100_000: None, 500_000: 2.4, 1_000_000: 0.8, 3_000_000: 0.2},
        ),
        ({"cached_share": 1400 / 1700}, {100_000: None, 500_000: 4.1, 1_000_000: 1.7, 3_000_000: 0.5}),
        (
            {
                "cached_share": 1400 / 1700,
                "tuned_input_price": 0.4,
                "tuned_output_price": 1.6,
                "hosting_per_hour": 1.7,
            },
            {100_000: None, 500_000: 25, 1_000_000: 2.3, 3_000_000: 0.5},
        ),
        ({"input_price": 0.1, "output_price": 0.5}, dict.fromkeys((100_000, 500_000, 1_000_000, 3_000_000))),
    ],
)
def test_the_published_months_to_pay_back_5000_usd(
    changed: dict[str, float], by_calls: dict[int, float | None]
) -> None:
    for calls, months in by_calls.items():
        payback = today(SONNET, **changed, monthly_calls=calls)["payback_months"]
        assert payback == (None if months is None else pytest.approx(months, abs=0.06, rel=0.02)), calls


def test_hosting_is_paid_by_the_hour_used_or_not() -> None:
    hosted = today(SONNET, hosting_per_hour=1.7, replicas=2, storage_per_month=10, tuned_monthly_maintenance=0)
    assert hosted["tuned_monthly_fixed"] == pytest.approx(2 * 1_241 + 10)


def test_retraining_spends_a_share_of_the_upfront_again_and_none_when_it_never_comes() -> None:
    again = today(SONNET, retrain_share=0.5, retrain_every_months=4)
    assert again["tuned_monthly_fixed"] == 500 + 0.5 * 5_000 / 4
    assert today(SONNET, retrain_share=0.5, retrain_every_months=0)["tuned_monthly_fixed"] == 500


def test_the_upfront_is_reckoned_from_its_parts_unless_it_is_given() -> None:
    parts = {**SONNET, **UPFRONT, "tuning_upfront": UNKNOWN}
    # 2M x 3 x $5 / 10^6 x 4 = $120; 45 h x $75 = $3,375; 600 labels x $2 = $1,200
    assert today(parts)["upfront"] == 120 + 3_375 + 1_200
    assert today(parts, training_minimum=200)["upfront"] == 200 + 3_375 + 1_200
    assert today(parts, training_minimum=100)["upfront"] == 120 + 3_375 + 1_200
    assert today(parts, training_examples=1_000)["upfront"] == 120 + 3_375
    assert today(parts, training_examples=9_000)["upfront"] == 120 + 3_375
    assert today(parts, training_examples=UNKNOWN)["upfront"] == 120 + 3_375 + 2_000
    assert today(parts, tuning_upfront=700)["upfront"] == 700


def test_the_lifetime_ends_when_the_tuned_model_retires() -> None:
    cut = today(SONNET, route_retires_in=6)
    assert cut["lifetime_calls"] == 6 * 250_000
    assert cut["crossover_ratio"] == pytest.approx(6 * (0.00722 * 250_000 - 500) / 5_000)
    assert today(SONNET, route_retires_in=UNKNOWN)["lifetime_calls"] == 36 * 250_000
    assert today(SONNET, route_retires_in=40)["lifetime_calls"] == 36 * 250_000
    assert today(SONNET, route_retires_in=0)["crossover_ratio"] == 0


def test_fixed_costs_raise_the_crossover_and_a_dear_prompt_can_leave_none() -> None:
    assert today(SONNET)["crossover_calls"] == pytest.approx((5_000 + 500 * 36) / 0.00722)
    cheap = today(SONNET, prompting_monthly_maintenance=2_000, lifetime_months=12)
    assert cheap["crossover_calls"] is None  # it saves more than it costs before the first call
    assert cheap["crossover_ratio"] > 1


def test_what_saves_neither_by_the_call_nor_by_the_month_never_pays_whatever_the_calls() -> None:
    dear = {**SONNET, "tuned_input_price": 100, "monthly_calls": UNKNOWN}
    assert [today(dear)[name] for name in ("crossover_calls", "crossover_ratio", "payback_months")] == [None, 0, None]
    by_month = today(dear, prompting_monthly_maintenance=2_000)
    assert [by_month[name] for name in ("crossover_ratio", "payback_months")] == [UNKNOWN, UNKNOWN]


def test_a_price_that_is_not_read_may_be_unknown_and_one_that_is_read_stops_the_reckoning() -> None:
    without = {**SONNET, "cache_read_price": UNKNOWN, "cache_write_price": UNKNOWN, "tuned_cache_read_price": UNKNOWN}
    assert today(without)["saving_per_call"] == pytest.approx(0.00722)
    assert today(without, cached_share=0.5)["prompting_cost_per_call"] == UNKNOWN
    assert today(without, cache_write_share=0.5)["prompting_cost_per_call"] == UNKNOWN
    assert today(without, tuned_cached_share=0.5)["tuned_cost_per_call"] == UNKNOWN
    assert today(without, tuned_cached_share=UNKNOWN)["tuned_cost_per_call"] == pytest.approx(0.00088)


TODAY = st.fixed_dictionaries(
    {
        name: st.floats(0, 1) if name.endswith(("_share", "_discount")) else st.floats(0.01, 1e5)
        for name in INPUTS["today"]
    }
)


@given(TODAY)
def test_the_ratio_is_what_is_saved_over_the_lifetime_for_each_dollar_spent(inputs: dict[str, float]) -> None:
    now = today(inputs)
    life = min(inputs["lifetime_months"], inputs["route_retires_in"])
    saved = life * now["monthly_saving"] / now["upfront"]
    assert now["crossover_ratio"] == pytest.approx(max(saved, 0), rel=1e-9, abs=1e-12)
    if now["crossover_calls"] is not None and abs(saved - 1) > 1e-6:
        assert (now["lifetime_calls"] > now["crossover_calls"]) == (saved > 1)


@given(st.lists(TODAY, min_size=1, max_size=4))
def test_arrays_give_what_numbers_give(worlds: list[dict[str, float]]) -> None:
    columns = {name: np.array([world[name] for world in worlds]) for name in INPUTS["today"]}
    spent = economics.upfront(*(columns[name] for name in UPFRONT))
    names = ("hosting_per_hour", "replicas", "storage_per_month", "tuned_monthly_maintenance", "retrain_share")
    hosted = [columns[name] for name in names]
    fixed = economics.tuned_monthly_fixed(*hosted, spent, columns["retrain_every_months"])  # type: ignore[call-arg]
    for i, world in enumerate(worlds):
        assert spent[i] == pytest.approx(today(world)["upfront"], rel=1e-9)
        assert fixed[i] == pytest.approx(today(world)["tuned_monthly_fixed"], rel=1e-9)


def test_the_rulebook_derives_todays_figures_from_what_the_arithmetic_reads(rulebook: Rulebook) -> None:
    assert rulebook.economics == "today"
    known = {**SONNET, **UPFRONT, "cached_share": 0.1, "cache_write_share": 0.1, "tuned_cached_share": 0.1}
    for name in FIGURES["today"]:
        roots, waiting = set(), [name]
        while waiting:
            derived = rulebook.facts[waiting[-1]].derived if waiting[-1] in rulebook.facts else None
            one = waiting.pop()
            waiting += derived.inputs if derived else ()
            roots |= set() if derived else {one}
        for root in roots - {"tuning_upfront", "tuning_route"}:
            assert root in INPUTS["today"], (name, root)
        read = {root for root in INPUTS["today"] if today(known, **{root: UNKNOWN})[name] == UNKNOWN}
        assert read <= roots | {"route_retires_in"}, name


def test_the_formulas_of_the_rulebook_give_todays_figures(rulebook: Rulebook) -> None:
    values: dict[str, Any] = {**SONNET, **UPFRONT, "cached_share": 0.5, "batch_share": 0.2, "route_retires_in": 20}
    values |= {"tuned_cached_share": 0.25, "cache_write_share": 0.1, "hosting_per_hour": 0.5, "storage_per_month": 3}
    values |= {"retrain_share": 0.4, "retrain_every_months": 4, "monthly_calls": 900_000}
    del values["tuning_upfront"]
    expected = today(values)
    for name in FIGURES["today"]:
        derived = rulebook.facts[name].derived
        assert derived is not None
        values[name] = eval(derived.formula, {"__builtins__": {"max": max, "min": min}}, values)  # our own shipped text
        assert values[name] == pytest.approx(expected[name]), name
