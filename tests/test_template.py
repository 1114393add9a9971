"""`advisor template`: an answers file that can be read as it is, and line by line with the `#` taken off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answers import Answers, parse_answers, parse_fact
from advisor.answers_template import empty_answers, sample_answer
from advisor.rulebook.document import read_document
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, NumberSet
from advisor.rulebook.unary import parse_domain
from tests.conftest import Advisor

COMMENTED = re.compile(r"^( *)# (\w+: )")  # a line that is an answer once its `# ` is gone


def uncommented(text: str) -> str:
    return "".join(COMMENTED.sub(r"\1\2", line) for line in text.splitlines(keepends=True))


def read(text: str, rulebook: Rulebook) -> Answers:
    return parse_answers(text, "answers.yaml", rulebook)


def test_as_printed_it_is_an_answers_file_that_knows_nothing(rulebook: Rulebook, article: Rulebook) -> None:
    for held in (rulebook, article):
        answers = read(empty_answers(held), held)
        assert set(answers.facts.values()) == {UNKNOWN}
        assert len(answers.facts) == 1
        assert not answers.assumptions


def test_the_line_that_stands_answers_a_fact_that_decides_nothing(rulebook: Rulebook) -> None:
    (standing,) = read(empty_answers(rulebook), rulebook).facts
    assert not any(name == standing for row in rulebook.rows for name, _ in row.tests())


def test_with_every_line_uncommented_it_answers_every_question(rulebook: Rulebook, article: Rulebook) -> None:
    for held in (rulebook, article):
        answers = read(uncommented(empty_answers(held)), held)
        assert list(answers.facts) == [fact.id for fact in held.asked]
        assert answers.assumptions
        assert answers.assumptions.items() <= {name: a.value for name, a in held.assumptions.items()}.items()


def test_an_upfront_that_is_reckoned_is_no_sample(rulebook: Rulebook, article: Rulebook) -> None:
    assert read(uncommented(empty_answers(article)), article).assumptions == {"tuning_upfront": 500}
    assert "tuning_upfront" not in read(uncommented(empty_answers(rulebook)), rulebook).assumptions
    assert "tuning_upfront: upfront cost of tuning, reckoned" in empty_answers(rulebook)


def test_every_assumption_is_in_it(rulebook: Rulebook, article: Rulebook) -> None:
    for held in (rulebook, article):
        text = empty_answers(held)
        assert all(f"\n## {name}: " in text for name in held.assumptions)


def test_what_is_looked_up_says_by_what(rulebook: Rulebook) -> None:
    parts = empty_answers(rulebook).split("\n\n")
    quoted = [fact for fact in rulebook.asked if fact.quoted_by]
    assert quoted
    for fact in quoted:
        (part,) = (part for part in parts if re.search(rf"^  (# )?{fact.id}: ", part, re.MULTILINE))
        assert f"it is looked up once {fact.quoted_by} is answered" in part


def test_each_line_can_be_uncommented_alone(rulebook: Rulebook) -> None:
    lines = empty_answers(rulebook).splitlines(keepends=True)
    numbers = [i for i, line in enumerate(lines) if COMMENTED.match(line)]
    assert len(numbers) == len(list(rulebook.asked))  # one of the facts stands; the assumptions are one line more
    for i in numbers:
        alone = "".join(uncommented(line) if i == number else line for number, line in enumerate(lines))
        answers = read(alone, rulebook)
        assert len(answers.facts) + bool(answers.assumptions) == 2


def test_every_question_choice_and_unit_is_in_it(rulebook: Rulebook) -> None:
    text = " ".join(empty_answers(rulebook).replace("##", "").split())
    for fact in rulebook.asked:
        assert fact.question in text if fact.question else fact.title in text
        assert all(f"- {value}: {' '.join(words.split())}" in text for value, words in fact.choices.items())
        if fact.unit:
            assert fact.unit.replace("/", " a ") in text


def test_the_first_line_names_the_schema_that_editors_read(rulebook: Rulebook, tmp_path: Path) -> None:
    first = empty_answers(rulebook).splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=file://")
    assert first.endswith("/rules/answers.schema.json")
    assert "$schema" not in empty_answers(rulebook, tmp_path)


def test_lines_are_no_wider_than_a_screen(rulebook: Rulebook) -> None:
    assert all(len(line) <= 100 for line in empty_answers(rulebook).splitlines()[1:])


OTHER_RULES = """
facts:
  - {id: calls, kind: integer, domain: "(5..", required: true}
  - {id: share, kind: number, domain: "(0..1)", question: "What share, # roughly: all?"}
  - {id: ready, kind: boolean}
  - {id: colour, kind: choice, choices: {"1": one, red: "the red, warm one"}}
  - {id: name, kind: text, example: "no: this # that"}
  - {id: price, kind: number, unit: USD, default: {value: 3}}
tables:
  - {id: verdict, hit_policy: first, rows: [{id: a, when: {ready: true, name: known}, then: b}]}
"""


@pytest.fixture
def other(tmp_path: Path) -> Rulebook:
    (tmp_path / "rules.yaml").write_text(OTHER_RULES, encoding="utf-8")
    return load_rulebook(tmp_path)


def test_it_is_made_for_any_rulebook(other: Rulebook) -> None:
    text = empty_answers(other)
    assert set(read(text, other).facts.values()) == {UNKNOWN}
    answers = read(uncommented(text).replace("price: unknown", "price: 4"), other)
    assert answers.facts == {
        "calls": 6,
        "share": 0.5,
        "ready": True,
        "colour": "1",
        "name": "no: this # that",
        "price": 4,
    }


def test_a_rulebook_without_questions_has_a_template_too(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("tables: [{id: t, hit_policy: count, rows: [{id: a, when: {}}]}]", "utf-8")
    rulebook = load_rulebook(tmp_path)
    assert read(empty_answers(rulebook), rulebook).facts == {}


bounds = st.integers(-1000, 1000)


@given(bounds, bounds, st.sampled_from("[("), st.sampled_from("])"), st.sampled_from(["integer", "number"]))
def test_a_sample_answer_lies_in_the_domain(low: int, width: int, left: str, right: str, kind: str) -> None:
    high = low + abs(width) + 2
    domain = parse_domain(f"{left}{low}..{high}{right}")
    fact = Fact("x", "integer" if kind == "integer" else "number", domain, "x")
    written = read_document(f"x: {sample_answer(fact)}", "x").data["x"]
    assert fact.domain.contains(parse_fact(fact, written))


def test_a_domain_without_ends_has_a_sample_answer() -> None:
    for domain in (NumberSet(parse_domain(">= 7").intervals, True), parse_domain("< -3"), parse_domain("(0..1)")):
        fact = Fact("x", "number", domain, "x")
        assert domain.contains(parse_fact(fact, sample_answer(fact)))


# ---- The command ----


def test_what_the_command_prints_can_be_recommended_on(advisor: Advisor, tmp_path: Path) -> None:
    printed = advisor("template", "--profile", "article")
    assert (printed.returncode, printed.stderr) == (0, "")
    (tmp_path / "answers.yaml").write_text(printed.stdout, encoding="utf-8")
    run = advisor("recommend", "answers.yaml", "--format", "json", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert '"option": "optimise_prompt"' in run.stdout


def test_the_command_prints_the_template_of_another_rulebook(advisor: Advisor, other: Rulebook, tmp_path: Path) -> None:
    run = advisor("template", "--rules", str(tmp_path))
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == empty_answers(other, tmp_path)
