"""How many questions the examples take of all there are, and how long the interview thinks after an answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from advisor.answers import Answers, read_answers
from advisor.interview.counting import count, table
from advisor.interview.relevance import outlook
from advisor.prices.quotes import MODEL, ROUTE, with_quotes
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN
from tests.conftest import ROOT

DAY = date(2026, 11, 25)
EXAMPLES = [path for path in sorted((ROOT / "examples").glob("*.yaml")) if path.stem != "case-studies"]
THINKS = 0.05  # seconds after an answer, at most
NAMED = {MODEL: "claude-sonnet-4-5", ROUTE: "amazon/nova-lite"}


def answers_of(name: str, rulebook: Rulebook) -> Answers:
    return read_answers(str(ROOT / "examples" / f"{name}.yaml"), rulebook)


def named(project: Answers) -> Answers:
    """Return a project with a model and a route named."""
    for fact, value in NAMED.items():
        project = project.with_fact(fact, value)
    return project


def nameless(project: Answers) -> Answers:
    for fact in NAMED:
        project = project.with_fact(fact, UNKNOWN)
    return project


def test_the_counts_of_the_examples(rulebook: Rulebook, article: Rulebook, golden: Callable[[str, str], None]) -> None:
    golden("interview/counts.md", table(rulebook, EXAMPLES, DAY))
    golden("interview/counts-article.md", table(article, EXAMPLES, DAY))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.stem))
def test_no_example_takes_every_question(rulebook: Rulebook, path: Path) -> None:
    counted = count(rulebook, read_answers(str(path), rulebook), DAY)
    assert counted.recommendation <= counted.of * 2 // 3
    assert counted.recommendation + counted.notes < counted.of


def test_the_counts_with_and_without_names(rulebook: Rulebook, golden: Callable[[str, str], None]) -> None:
    lines = ["| answers | nothing named | model and route named | of |", "|---|--:|--:|--:|"]
    for path in EXAMPLES:
        project = read_answers(str(path), rulebook)
        many, few = (count(rulebook, by(project), DAY) for by in (nameless, named))
        lines.append(f"| {path.stem} | {many.recommendation} | {few.recommendation} | {many.of} |")
    golden("interview/counts-named.md", "\n".join(lines) + "\n")


@pytest.mark.parametrize("name", ["ticket-triage", "claims-intake", "reply-drafts", "product-descriptions"])
def test_a_named_model_and_route_spare_questions(rulebook: Rulebook, name: str) -> None:
    project = answers_of(name, rulebook)
    few, many = count(rulebook, named(project), DAY), count(rulebook, nameless(project), DAY)
    assert few.recommendation <= many.recommendation - 3
    assert few.quoted >= 4
    assert many.quoted == 0


def test_the_next_question_comes_at_once(rulebook: Rulebook) -> None:
    project = answers_of("reply-drafts", rulebook)
    answers, taken = Answers(), []
    outlook(rulebook, answers)
    while True:
        begun = time.process_time()
        look = outlook(rulebook, answers)
        needs = look.recommendation_needs or look.note_needs
        taken.append(time.process_time() - begun)
        if not needs:
            break
        name = needs[0].id
        answers = with_quotes(rulebook, answers.with_fact(name, project.facts.get(name, UNKNOWN)), DAY)
    assert sorted(taken)[len(taken) // 2] < THINKS
