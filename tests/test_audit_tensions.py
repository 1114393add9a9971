"""Tensions between the items of a source, and acceptances of findings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from advisor.audit.model import Report
from advisor.errors import BadInput
from tests.audits import audited, of, written

RULES = """
    facts:
      - {id: calls, kind: integer, domain: "[0..100]", source: fewer}
      - {id: share, kind: number, domain: "[0..1]", source: worse}
    options:
      - {id: prompt, approach: prompting, source: fewer}
      - {id: tune, approach: fine_tuning, source: worse}
    sources:
      - id: book
        title: Book
        items:
          - {id: fewer, says: few calls prompt}
          - {id: worse, says: bad quality tunes}
          - {id: tight, kind: tension, says: both, between: BETWEEN}
    tables:
      - id: signs
        hit_policy: collect
        rows:
          - {id: s.few, when: {calls: "< 10"}, favours: prompting, source: fewer}
          - {id: s.bad, when: {share: "< 85%"}, favours: fine_tuning, source: worse}
      - id: recommendation
        hit_policy: first
        rows:
          - {id: r.bad, when: {share: "< 85%"}, then: tune, source: [worseTIGHT]}
          - {id: r.rest, when: {}, then: prompt, source: [fewerOTHER]}
"""


def about(folder: Path, between: str = "[[fewer], [worse]]", tight: str = ", tight", other: str = "") -> Report:
    text = RULES.replace("BETWEEN", between).replace("TIGHT", tight).replace("OTHER", other)
    return audited(written(folder, text))


def test_a_tension_is_shown_where_rows_contradict_each_other_and_a_row_resolves_it(tmp_path: Path) -> None:
    report = about(tmp_path)
    assert of(report, "tension") == []
    (tension,) = report.tensions
    assert (tension.kind, tension.rows, tension.resolved_by) == ("rows", ("s.few", "s.bad"), ("r.bad",))
    assert tension.answers == {name: tension.example[name] for name in ("calls", "share")}
    assert tension.example["calls"] < 10  # type: ignore[operator]
    assert tension.example["share"] < 0.85  # type: ignore[operator]


def test_a_tension_that_nothing_cites_is_an_error(tmp_path: Path) -> None:
    (finding,) = of(about(tmp_path, tight=""), "tension")
    assert (finding.severity, finding.key) == ("error", "tight")
    assert "nothing resolves" in finding.message


def test_a_tension_that_is_cited_where_it_does_not_arise_is_an_error_with_a_project(tmp_path: Path) -> None:
    (finding,) = of(about(tmp_path, tight="", other=", tight"), "tension")
    assert finding.severity == "error"
    assert finding.rows == ("s.few", "s.bad")
    assert finding.answers is None or set(finding.answers) == {"calls", "share"}
    assert set(finding.example) == {"calls", "share"}


def test_sides_that_never_contradict_each_other_are_a_warning(tmp_path: Path) -> None:
    (finding,) = of(about(tmp_path, "[[worse], [worse]]"), "tension")
    assert (finding.severity, finding.key) == ("warning", "tight")


@pytest.mark.parametrize(
    ("between", "what"),
    [("[[fewer]]", "a tension is between two sides"), ("[[fewer], [worst]]", "unknown source item `worst`")],
)
def test_sides_are_two_lists_of_items_that_exist(tmp_path: Path, between: str, what: str) -> None:
    with pytest.raises(BadInput, match=what):
        about(tmp_path, between)


# ---- Acceptances ----

UNREAD = """
    facts:
      - {id: calls, kind: integer, domain: "[0..100]"}
      - {id: first, kind: boolean}
      - {id: second, kind: boolean}
    tables:
      - id: tier
        hit_policy: first
        rows:
          - {id: low, when: {calls: "< 10"}, then: low}
          - {id: rest, when: {}, then: high}
    accepted:
"""


def accepting(folder: Path, *lines: str) -> Report:
    text = UNREAD + "".join(f"      - {{{line}, reason: it is meant, date: 2026-11-25}}\n" for line in lines)
    return audited(written(folder, text, "full"))


def test_one_acceptance_covers_several_findings_that_it_names(tmp_path: Path) -> None:
    report = accepting(tmp_path, "check: unused, about: [first, second]")
    assert of(report, "unused") == of(report, "accepted") == []
    assert [(finding.key, finding.accepted_because) for finding in report.accepted] == [
        ("first", "it is meant"),
        ("second", "it is meant"),
    ]


def test_what_an_acceptance_names_in_vain_is_a_finding(tmp_path: Path) -> None:
    report = accepting(tmp_path, "check: unused, about: [first, third]")
    assert [finding.key for finding in of(report, "unused")] == ["second"]
    (finding,) = of(report, "accepted")
    assert (finding.severity, finding.key) == ("warning", "third")
    assert finding.message == "the acceptance of `unused` about `third` matches no finding"


def test_an_acceptance_of_one_profile_counts_in_that_one(tmp_path: Path) -> None:
    report = accepting(tmp_path, "check: unused, profile: article", "check: unused, about: second")
    assert [finding.key for finding in of(report, "unused")] == ["first"]
    assert of(report, "accepted") == []


def test_an_acceptance_needs_a_reason_and_a_date(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="date"):
        written(tmp_path, UNREAD + "      - {check: unused, reason: it is meant}\n")
    assert (
        date(2026, 11, 25)
        == written(tmp_path, UNREAD + "      - {check: unused, reason: it is, date: 2026-11-25}\n").accepted[0].date
    )
