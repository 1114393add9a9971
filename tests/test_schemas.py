"""The schemas for editors: current, true to what the program reads, and named where editors look."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answers import BadAnswer, parse_answers, parse_fact
from advisor.answers_template import empty_answers
from advisor.data import data_dir
from advisor.errors import BadInput
from advisor.quantities import NumberError, parse_answer
from advisor.rulebook.document import read_document
from advisor.rulebook.loading import rule_files
from advisor.rulebook.model import Rulebook
from advisor.schemas import ANSWERS_SCHEMA, RULES_SCHEMA, main, schemas, stale
from tests.conftest import ROOT
from tests.test_template import uncommented

RULES = data_dir("rules")
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.yaml") if path.stem != "case-studies")
Validator = jsonschema.Draft202012Validator


def validator(name: str) -> Any:
    schema = json.loads((RULES / name).read_text(encoding="utf-8"))
    Validator.check_schema(schema)
    return Validator(schema)


def problems(name: str, text: str) -> list[str]:
    return [error.message for error in validator(name).iter_errors(read_document(text, "x").data)]


def test_the_schemas_in_the_repository_are_current() -> None:
    assert stale(RULES, schemas()) == [], "run `python -m advisor.schemas`"


@pytest.mark.parametrize("file", rule_files(RULES), ids=lambda file: str(file.name))
def test_every_rule_file_names_the_schema_and_fits_it(file: Any) -> None:
    text = file.path.read_text(encoding="utf-8")
    up = "../" * file.name.count("/")
    assert text.splitlines()[0] == f"# yaml-language-server: $schema={up}{RULES_SCHEMA}"
    assert problems(RULES_SCHEMA, text) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.name))
def test_every_example_names_the_schema_and_fits_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0] == f"# yaml-language-server: $schema=../rules/{ANSWERS_SCHEMA}"
    assert problems(ANSWERS_SCHEMA, text) == []


def test_the_template_fits_the_schema(rulebook: Rulebook) -> None:
    text = empty_answers(rulebook)
    assert problems(ANSWERS_SCHEMA, text) == []
    assert problems(ANSWERS_SCHEMA, uncommented(text)) == []


def test_editors_are_offered_every_fact_choice_and_assumption(rulebook: Rulebook) -> None:
    schema = json.loads((RULES / ANSWERS_SCHEMA).read_text(encoding="utf-8"))
    facts = schema["$defs"]["facts"]["properties"]
    assert list(facts) == [fact.id for fact in rulebook.asked]
    assert list(schema["properties"]["assumptions"]["properties"]) == list(rulebook.assumptions)
    stability = facts["task_stability"]["oneOf"]
    assert [choice["const"] for choice in stability] == ["exploring", "evolving", "stable", "unknown"]
    assert all(choice["description"] for choice in stability)
    assert rulebook.facts["monthly_calls"].question in facts["monthly_calls"]["description"]


@pytest.mark.parametrize(
    "text",
    [
        "facts: {monthly_calls: 250k, prompting_quality: 91%, task_stability: stable, latency_critical: unknown}",
        "{project: Ticket triage, facts: {latency_critical: yes, model: 4, upfront_budget: '$2,000'}}",
        "facts: {monthly_calls: ~1.2M, prompting_quality: 0.91, ml_infrastructure: false}",
        "assumptions: {tuning_upfront: 2000}",
        "facts: {}\nmeasured: {monthly_calls: {file: log.csv, window: June, n: 3, low: 1, high: 5}}",
        "parked: {task_stability: stable}",
    ],
)
def test_what_the_program_reads_fits_the_schema(text: str, rulebook: Rulebook) -> None:
    parse_answers(text, "answers.yaml", rulebook)
    assert problems(ANSWERS_SCHEMA, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "facts: {montly_calls: 5}",
        "facts: {monthly_calls: lots}",
        "facts: {monthly_calls: -1}",
        "facts: {monthly_calls: 2.5}",
        "facts: {prompting_quality: 91}",
        "facts: {task_stability: fluid}",
        "facts: {latency_critical: perhaps}",
        "facts: {crossover_calls: 5}",
        "facts:",
        "assumptions: {tuning_upfront: 0}",
        "assumptions: {nothing: 1}",
        "measured: {monthly_calls: {files: log.csv}}",
        "extra: 1",
        "[]",
    ],
)
def test_editors_mark_what_the_program_refuses(text: str, rulebook: Rulebook) -> None:
    assert problems(ANSWERS_SCHEMA, text)
    with pytest.raises(BadInput):
        parse_answers(text, "answers.yaml", rulebook)


numbers = st.from_regex(r"[~$+-]{0,2} ?[0-9]{1,3}([,_][0-9]{3})?(\.[0-9]{1,3})?(e[0-9])? ?[kKM%]?", fullmatch=True)


@given(st.one_of(numbers, st.text("0123456789,._$~%kKMe+- ", max_size=12)))
def test_every_number_that_is_read_fits_the_schema(text: str) -> None:
    try:
        parse_answer(text)
    except NumberError:
        return
    schema = {"facts": {"monthly_calls": text}}
    assert not list(validator(ANSWERS_SCHEMA).iter_errors(schema)), text


def test_the_examples_of_facts_are_answers(rulebook: Rulebook) -> None:
    for fact in rulebook.asked:
        assert fact.example is not None, fact.id
        try:
            parse_fact(fact, fact.example)
        except BadAnswer as error:
            pytest.fail(f"{fact.id}: {error}")


# ---- Writing them anew ----


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "facts.yaml").write_text("facts: [{id: ready, kind: boolean}]", encoding="utf-8")
    (tmp_path / "tables.yaml").write_text("tables: [{id: t, hit_policy: count, rows: [{id: a, when: {}}]}]", "utf-8")
    return tmp_path


def test_they_are_written_for_any_folder_of_rules_and_checked(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(small), "--check"]) == 2
    assert "not current: schema.json, answers.schema.json" in capsys.readouterr().err
    assert main([str(small)]) == 0
    assert "ready" in (small / ANSWERS_SCHEMA).read_text(encoding="utf-8")
    assert main([str(small), "--check"]) == 0
    (small / "facts.yaml").write_text("facts: [{id: done, kind: boolean}]", encoding="utf-8")
    assert main([str(small), "--check"]) == 2
    assert "not current: answers.schema.json" in capsys.readouterr().err


def test_a_broken_rulebook_is_told_line_by_line(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "facts.yaml").write_text("facts: [{id: ready, kind: bool}]", encoding="utf-8")
    assert main([str(small)]) == 2
    assert capsys.readouterr().err.startswith("facts.yaml:1:")
