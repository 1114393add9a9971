"""Every number in a memo's body has a unit and an origin."""

from __future__ import annotations

import pytest

from advisor.answers import apply_settings
from advisor.memo.rendering import markdown
from advisor.rulebook.model import Rulebook
from tests.memo_numbers import faults
from tests.memos import EXAMPLES, answers_of, example, memo_of, some_answers

SPARSE: tuple[dict[str, object], ...] = (
    {},
    {"prompt_maturity": "optimised"},
    {"prompt_maturity": "optimised", "prompting_quality": "88%"},
    {"prompt_maturity": "optimised", "prompting_quality": "88%", "monthly_calls": "5k", "months_measured": 3},
    {"prompt_maturity": "optimised", "prompting_quality": "97%", "monthly_calls": "2M", "months_measured": 3},
    {"prompt_maturity": "optimised", "prompting_quality": "97%", "monthly_calls": "2k", "tuned_input_price": 40},
)
PRICED = (
    ("model=claude-sonnet-4-5", "tuning_route=azure/gpt-4.1-mini"),
    ("tuning_route=openai/gpt-4.1", "existing_tuning_customer=no"),
    ("tuning_route=openai/gpt-4.1", "existing_tuning_customer=yes"),
    ("tuning_route=amazon/nova-pro",),
    ("model=claude-sonnet-4-5", "failure_cause=cost", "cheaper_levers=not_tried"),
    ("tuned_model_today=retiring", "request_context=yes"),
    ("eval_examples=10",),
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_in_the_examples(name: str, rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, example(name, rulebook))
    assert faults(memo, markdown(memo), rulebook) == []


@pytest.mark.parametrize("facts", SPARSE)
def test_where_little_is_known(facts: dict[str, object], rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, answers_of(rulebook, **facts))
    assert faults(memo, markdown(memo), rulebook) == []


@pytest.mark.parametrize("settings", PRICED, ids=" ".join)
@pytest.mark.parametrize("name", ["ticket-triage"])
def test_where_prices_are_quoted(name: str, settings: tuple[str, ...], rulebook: Rulebook, article: Rulebook) -> None:
    answers = apply_settings(example(name, rulebook), settings, rulebook)
    memo = memo_of(rulebook, answers, article=article)
    assert faults(memo, markdown(memo), rulebook) == []


@pytest.mark.parametrize("seed", range(8))
def test_in_memos_of_any_answers(seed: int, rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, some_answers(rulebook, seed))
    assert faults(memo, markdown(memo), rulebook) == []


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("It takes 731 calls.", "731 has no origin"),
        ("It costs $731.", "$731 has no origin"),
        ("It is 250,000.", "250,000 has no unit"),
        ("A call costs $0.0051 (`fit.tuning.stable`).", "$0.0051 has no origin"),
        ("At 24 months, of 900 tokens.", ""),
        ("At 90% (`quality.85_95`).", "90% has no origin"),
        ("At 85% (`quality.85_95`).", ""),
    ],
)
def test_the_check_finds_what_is_wrong(sentence: str, fault: str, rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, example("ticket-triage", rulebook))
    text = markdown(memo).replace("\n## Options compared\n", f"\n{sentence}\n\n## Options compared\n")
    assert [line.partition(":")[0] for line in faults(memo, text, rulebook)] == ([fault] if fault else [])
