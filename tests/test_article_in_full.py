"""Where the field pack's gates are passed and nothing costs more than the article reckons, both profiles agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.answers import Answers
from advisor.cases import Case, read_cases
from advisor.deciding.plain import PlainEvaluator
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import decide_project, recommend_quickly

ARTICLE, FULL = load_rulebook(profile="article"), load_rulebook()
FOLDER = Path(__file__).parent / "cases"
CASES = [case for case in read_cases(FOLDER, ARTICLE) if case.expected.decides]
# What the gates ask for; a case's own answer stands where it is one that passes them.
PASSED: dict[str, Value] = {
    "eval_examples": 200,
    "cheaper_levers": "tried",
    "structured_outputs": "tried",
    "knowledge_change": "rarely",
    "failure_cause": "house_judgement",
    "iteration_need": "weekly",
    "training_examples": 500,
    "output_tokens": 0,
    "cached_share": 0,
    "batch_share": 0,
}
NO_EXTRAS = {"tuned_monthly_maintenance": 0, "prompting_monthly_maintenance": 0, "retrain_every_months": 0}


def passed(case: Case) -> Answers:
    answers = case.answers
    facts: dict[str, Value] = {**answers.facts, **PASSED}
    facts = {name: value for name, value in facts.items() if name not in ("tuning_route", "upfront_budget", "model")}
    if facts.get("training_data_quality") == "none":
        del facts["training_examples"]
    return replace(answers, facts=facts, assumptions={"tuning_upfront": 500, **answers.assumptions, **NO_EXTRAS})


def test_there_are_cases_of_every_row() -> None:
    assert len({case.expected.row for case in CASES}) > 19


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{Path(case.place.file).stem}: {case.name}")
def test_the_article_decides_once_the_gates_are_passed(case: Case) -> None:
    row, articles = recommend_quickly(FULL, passed(case)), recommend_quickly(ARTICLE, case.answers)
    assert (row and row.id) == (articles and articles.id)
    figures = ("saving_per_call", "crossover_calls", "crossover_ratio", "payback_months", "lifetime_calls")
    today = decide_project(FULL, passed(case), PlainEvaluator(FULL)).facts
    then = decide_project(ARTICLE, case.answers, PlainEvaluator(ARTICLE)).facts
    assert {name: today[name].value for name in figures} == {name: then[name].value for name in figures}
    assert today["monthly_saving"].value != UNKNOWN or then["monthly_calls"].value == UNKNOWN
