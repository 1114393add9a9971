"""Coverage: what worked cases exercise of rows, conclusions, conditions and thresholds, counted and named."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from advisor.audit.model import Report
from advisor.cases import read_cases
from advisor.rulebook.model import Rulebook
from tests.audits import audited, of, written

RULES = """
    facts:
      - {id: calls, kind: integer, domain: "[0..100]"}
      - {id: share, kind: number, domain: "[0..1]"}
      - {id: broad, kind: boolean}
    options:
      - {id: prompt, approach: prompting}
      - {id: tune, approach: fine_tuning}
    tables:
      - id: tier
        hit_policy: unique
        rows:
          - {id: tier.low, when: {calls: "< 10"}, then: low}
          - {id: tier.high, when: {calls: ">= 10"}, then: high}
      - id: reasons
        hit_policy: count
        rows:
          - {id: reasons.broad, when: {broad: true}}
          - {id: reasons.share, when: {share: "> 50%"}}
      - id: recommendation
        hit_policy: first
        rows:
          - {id: r.tune, when: {tier: high, broad: false}, then: tune}
          - {id: r.prompt, when: {}, then: prompt}
"""
ALL = """
    cases:
      - {name: a, facts: {calls: 9}, expect: {tables: {tier: low}}}
      - {name: b, facts: {calls: 10, broad: no}, expect: {option: tune}}
      - {name: c, facts: {calls: 11, broad: yes}, expect: {option: prompt}}
      - {name: d, facts: {calls: 9, broad: no}, expect: {option: prompt}}
      - {name: e, facts: {share: 51%, broad: yes}, expect: {tables: {reasons: 2}}}
      - {name: f, facts: {share: 50%, broad: yes}, expect: {tables: {reasons: 1}}}
      - {name: g, facts: {share: 49%, broad: no}, expect: {tables: {reasons: 0}}}
      - {name: h, expect: {tables: {tier: unknown}}}
"""


def covered(folder: Path, cases: str) -> Report:
    book = written(folder / "rules", RULES)
    (folder / "cases").mkdir()
    (folder / "cases" / "cases.yaml").write_text(dedent(cases), encoding="utf-8")
    return audited(book, read_cases(folder / "cases", book))


def test_cases_that_try_everything_leave_nothing_and_are_counted(tmp_path: Path) -> None:
    report = covered(tmp_path, ALL)
    assert of(report, "coverage") == of(report, "boundary") == []
    assert [proof.text for proof in report.proved if proof.check in ("coverage", "boundary")] == [
        "they reach 8 of 8 conclusions",
        "6 of 6 conditions are shown to matter by a pair of cases",
        "8 worked cases exercise 6 of 6 rows",
        "worked cases try 2 of 2 thresholds below, at and above",
    ]
    assert report.exercised is not None
    assert report.exercised["r.tune"] == 1


def test_what_no_case_exercises_is_named_and_the_count_is_not_rounded(tmp_path: Path) -> None:
    less = "\n".join(line for line in ALL.splitlines() if "name: e" not in line and "name: h" not in line)
    report = covered(tmp_path, less)
    warnings = [finding for finding in of(report, "coverage") if finding.severity == "warning"]
    assert [finding.message for finding in warnings] == [
        "no worked case makes `tier` conclude `unknown`",
        "no worked case makes `reasons` conclude `2`",
        "no worked case exercises `reasons.share` (5 of 6 rows are exercised)",
    ]
    assert warnings[2].rows == ("reasons.share",)
    (note,) = [finding for finding in of(report, "coverage") if finding.severity == "note"]
    assert note.message.startswith("1 of 2 conditions of `reasons` are not shown to matter by cases: `reasons.share`")
    (side,) = of(report, "boundary")
    assert side.message == "no worked case tries share 0.5 above it (0.6)"
    assert side.example == {"share": 0.6}
    assert side.rows == ("reasons.share",)


def test_a_row_that_matches_beside_the_point_of_a_case_is_not_exercised(tmp_path: Path) -> None:
    report = covered(tmp_path, "cases: [{name: a, facts: {calls: 9}, expect: {tables: {tier: low}}}]")
    missing = {finding.key for finding in of(report, "coverage") if finding.severity == "warning"}
    assert "r.prompt" in missing  # it wins, and nothing that is expected rests on it
    assert "tier.low" not in missing


def test_thresholds_are_tried_where_a_case_lies_between_them(tmp_path: Path) -> None:
    report = covered(tmp_path, "cases: [{name: a, facts: {calls: 2}, expect: {tables: {tier: low}}}]")
    messages = {finding.key: finding.message for finding in of(report, "boundary")}
    assert messages["calls 10"] == "no worked case tries calls 10 at it (10), above it (11)"
    assert messages["share 0.5"] == "no worked case tries share 0.5 below it (0.2), at it (0.5), above it (0.6)"


@pytest.mark.parametrize("check", ["coverage", "boundary"])
def test_without_cases_nothing_is_checked_and_that_is_said(article: Rulebook, check: str) -> None:
    report = audited(article)
    assert of(report, check) == []
    assert [n.reason for n in report.not_checked if n.check == check] == ["there are no worked cases"]
    assert report.exercised is None


def test_the_shipped_cases_leave_nothing(article: Rulebook) -> None:
    cases = read_cases(Path(__file__).parent / "cases", article)
    report = audited(article, cases)
    assert of(report, "coverage") == of(report, "boundary") == []
    rows = len(list(article.rows))
    assert f"{len(cases)} worked cases exercise {rows} of {rows} rows" in [proof.text for proof in report.proved]
