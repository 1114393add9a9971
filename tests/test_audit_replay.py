"""Examples of findings: confirmed by the engine, brought about by answers, and saved as answers files that work."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from advisor.answers import Answers, read_answers
from advisor.audit.answering import answers_for, table_facts
from advisor.audit.context import AuditContext
from advisor.audit.examples import answers_text, save_examples
from advisor.audit.model import Finding, Report
from advisor.audit.replay import Replayer
from advisor.deciding.decision import Facts
from advisor.deciding.engine import EngineEvaluator
from advisor.deciding.plain import PlainEvaluator
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import RECOMMENDATION, Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import recommend_quickly
from tests.audits import DAY, audited, edited, of
from tests.conftest import Advisor

GAP = ("article/volume.yaml", '"[10_000..100_000)"', '"[10_000..90_000)"')
OVERLAP = ("article/volume.yaml", '"[10_000..100_000)"', '"[10_000..100_000]"')


@pytest.fixture(scope="module")
def report(article: Rulebook) -> Report:
    return audited(article)


class Liar:
    """An evaluator that never finds a row."""

    def matching(self, tables: Sequence[str], facts: Facts) -> Mapping[str, Sequence[int]]:
        del facts
        return {name: [] for name in tables}


# ---- Replayed ----


def test_the_examples_of_a_gap_and_an_overlap_are_confirmed_and_answered(tmp_path: Path) -> None:
    book = load_rulebook(edited(tmp_path / "gap", GAP), "article")
    (gap,) = of(audited(book), "gap")
    assert gap.example == gap.answers == {"monthly_calls": 90_000}
    book = load_rulebook(edited(tmp_path / "overlap", OVERLAP), "article")
    (overlap,) = of(audited(book), "overlap")
    assert overlap.example == overlap.answers == {"monthly_calls": 100_000}


def test_what_the_engine_denies_becomes_a_finding_about_the_engine(tmp_path: Path) -> None:
    book = load_rulebook(edited(tmp_path / "overlap", OVERLAP), "article")
    (overlap,) = of(audited(book), "overlap")
    context = AuditContext(book, {}, DAY, Liar())
    denied = Replayer(context).finding(overlap)
    assert (denied.check, denied.severity, denied.table) == ("engine", "error", "volume_tier")
    assert "does not confirm a finding of `overlap`" in denied.message
    assert denied.example == overlap.example


@pytest.mark.parametrize("check", ["gap", "overlap", "implies", "monotone", "unknowns", "kind"])
def test_a_finding_that_is_not_true_is_not_confirmed(article: Rulebook, report: Report, check: str) -> None:
    """Whatever a check may get wrong, its example is decided before it is shown."""
    unknown = of(report, "unknowns")[0]
    known = {"monthly_calls": 5}
    table = RECOMMENDATION if check in ("implies", "monotone", "unknowns") else "volume_tier"
    example: Mapping[str, Value] = unknown.example if table == RECOMMENDATION else known
    key = {"implies": "property.no_data_no_tuning", "monotone": "property.more_calls", "unknowns": "months_measured"}
    pair = unknown.example if check == "monotone" else None
    wrong = Finding(check, "error", "wrong", "", ("x.yaml", 1, 1), table, (), example, pair, key=key.get(check, ""))  # type: ignore[arg-type]
    with EngineEvaluator(article) as engine:
        found = Replayer(AuditContext(article, {}, DAY, engine)).finding(wrong)
    # the last says nothing of rows but that the engine matches the same
    assert found.check == ("kind" if check == "kind" else "engine")


def test_rows_that_are_dead_are_tried_on_a_sample_of_cells(tmp_path: Path) -> None:
    row = 'when: {ml_expertise: "none, unknown"}\n        then: no_expertise'
    covered = row.replace("{ml_expertise", "{training_data_quality: raw, ml_expertise")
    book = load_rulebook(edited(tmp_path / "rules", ("article/readiness.yaml", row, covered)), "article")
    (dead,) = [finding for finding in of(audited(book), "shadowed") if finding.table == "tuning_readiness"]
    assert dead.rows[0] == "ready.no_expertise"
    assert dead.answers is not None
    found = Replayer(AuditContext(book, {}, DAY, Liar())).finding(dead)
    assert found.check == "engine"
    assert set(found.example) == {"training_data_quality", "ml_expertise"}


def test_tensions_are_shown_by_projects_that_the_engine_decides_by_a_row_that_resolves_them(
    article: Rulebook, report: Report
) -> None:
    by_kind = {
        kind: [t for t in report.tensions if t.kind == kind] for kind in ("rows", "silence", "figure", "reading")
    }
    assert {t.id for t in by_kind["rows"]} == {
        "tension.under_85_vs_low_volume",
        "tension.under_85_vs_path",
        "tension.over_1m_vs_95",
        "tension.evolving_vs_under_85",
        "tension.always_start",
    }
    assert [t.id for t in by_kind["silence"]] == ["tension.100k_500k"]
    assert [(t.id, t.resolved_by) for t in by_kind["figure"]] == [("tension.upfront", ("tuning_upfront",))]
    assert [t.id for t in by_kind["reading"]] == ["tension.boundaries"]
    for tension in (*by_kind["rows"], *by_kind["silence"]):
        assert tension.answers is not None
        assert decided(article, tension.answers) in tension.resolved_by
    assert len({tension.id for tension in report.tensions}) == 8


def test_a_tension_that_the_engine_denies_is_a_finding(article: Rulebook, report: Report) -> None:
    tension = next(t for t in report.tensions if t.kind == "rows")
    replayer = Replayer(AuditContext(article, {}, DAY, PlainEvaluator(article)))
    assert replayer.tension(tension)[1] is None
    _, finding = replayer.tension(replace(tension, resolved_by=("route.no_prompt",)))
    assert finding is not None
    assert finding.check == "engine"


def decided(book: Rulebook, answers: Mapping[str, Value]) -> str:
    parts: Any = [{n: v for n, v in answers.items() if n in held} for held in (book.facts, book.assumptions)]
    row = recommend_quickly(book, Answers(facts=parts[0], assumptions=parts[1]))
    assert row is not None
    return row.id


# ---- Answers ----


@pytest.mark.parametrize(
    "example",
    [
        {"crossover_ratio": 0, "monthly_calls": 250_000},
        {"crossover_ratio": 0},
        {"crossover_ratio": 1, "monthly_calls": 250_000},
        {"crossover_ratio": 0.5, "monthly_calls": 250_000},
        {"crossover_ratio": 2, "monthly_calls": 9},
        {"crossover_ratio": 2},
        {"crossover_ratio": UNKNOWN, "monthly_calls": UNKNOWN},
        {"crossover_ratio": 0, "monthly_calls": UNKNOWN},
        {"volume_tier": "huge", "quality_tier": "near"},
        {"volume_tier": "moderate", "crossover_ratio": 0.5, "quality_tier": "near", "prompt_maturity": "optimised"},
        {"tuned_shape": "hybrid", "tuning_readiness": "ready"},
        {"volume_measured": False, "volume_tier": "unmeasured"},
        {"prompting_fit": 6, "tuning_fit": 0},
        {"few_shot_tokens": UNKNOWN},  # assumed, and no row tells the assumed number from an unknown one
    ],
    ids=str,
)
def test_answers_bring_an_example_about(article: Rulebook, example: Mapping[str, Value]) -> None:
    answers = answers_for(article, [example])
    assert answers is not None
    facts = table_facts(article, answers[0])
    for name, value in example.items():
        if name in article.facts:
            tests = [test.values for row in article.rows for fact, test in row.tests() if fact == name]
            assert [test.contains(facts[name]) for test in tests] == [test.contains(value) for test in tests]
    assert answers == answers_for(article, [example]), "the same on every run"


@pytest.mark.parametrize(
    "example",
    [
        {"crossover_ratio": UNKNOWN, "monthly_calls": 250_000},  # known calls always give a ratio
        {"crossover_ratio": 2, "monthly_calls": 0},
        {"crossover_ratio": 2, "monthly_calls": UNKNOWN},
        {"prompting_fit": 6, "tuning_fit": 6},
    ],
    ids=str,
)
def test_what_no_answers_bring_about_is_left_without(article: Rulebook, example: Mapping[str, Value]) -> None:
    assert answers_for(article, [example]) is None


# ---- Saved ----


def test_saved_examples_are_answers_files_that_recommend_takes(
    article: Rulebook, report: Report, tmp_path: Path, advisor: Advisor
) -> None:
    saved = save_examples(report, tmp_path / "made" / "here")
    assert [path.name for path in saved if path.name.startswith("unknowns")] == [
        f"unknowns-recommendation-{n}.yaml" for n in range(1, 7)
    ]
    assert len(saved) == len({*saved}) == 6 + sum(tension.answers is not None for tension in report.tensions)
    for path in saved:
        assert read_answers(str(path), article).facts
    tension = next(t for t in report.tensions if t.id == "tension.over_1m_vs_95")
    path = tmp_path / "made" / "here" / "tension.over_1m_vs_95-1.yaml"
    done = advisor("recommend", str(path), "--profile", "article", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["recommendation"]["row"] in tension.resolved_by


def test_the_two_projects_of_a_direction_are_saved_and_recommend_moves_the_wrong_way(
    tmp_path: Path, advisor: Advisor
) -> None:
    row = 'volume_tier: huge\n          crossover_ratio: "> 1"\n          task_stability: stable\n'
    wrong = row.replace("huge", "moderate")
    rules = edited(tmp_path / "rules", *[("article/recommendation.yaml", row, wrong)] * 2)
    report = audited(load_rulebook(rules, "article"))
    saved = {path.name: path for path in save_examples(report, tmp_path / "examples")}
    approaches = []
    for side in ("before", "after"):
        done = advisor(
            "recommend",
            str(saved[f"monotone-1-{side}.yaml"]),
            *("--rules", str(rules), "--profile", "article", "--format", "json"),
        )
        assert done.returncode == 0, done.stderr
        approaches.append(json.loads(done.stdout)["recommendation"]["approach"])
    assert approaches[1] == "prompting" != approaches[0]


def test_texts_of_answers_read_back_as_they_were(article: Rulebook, tmp_path: Path) -> None:
    answers: Mapping[str, Value] = {
        "model": "null",
        "tuning_route": "a: b # c",
        "failure_cause": "none",
        "broad_capabilities": False,
        "months_measured": 0.1,
        "monthly_calls": 1_000_000,
        "tuning_upfront": 2520.5,
    }
    path = tmp_path / "a.yaml"
    path.write_text(answers_text(article, "what\nit shows", answers), encoding="utf-8")
    read = read_answers(str(path), article)
    assert {**read.facts, **read.assumptions} == answers
