"""Every check on a rulebook without what it finds and on one with it, as the folders under tests/audit hold them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.audit.acceptance import split_accepted
from advisor.audit.checks import CHECKS
from advisor.audit.context import AuditContext
from advisor.audit.model import Finding
from advisor.audit.run import audit, check_module
from advisor.cases import read_cases
from advisor.deciding.engine import EngineEvaluator
from advisor.rulebook.model import Rulebook
from tests.audit_helpers import TODAY, auditing
from tests.rule_texts import build_texts

FOLDER = Path(__file__).parent / "audit"
WITHOUT_FIXTURES = {"engine"}  # no rules bring about that the engine is wrong
CHECKED = [name for name in (*CHECKS, "accepted") if name not in WITHOUT_FIXTURES]


def _book(check: str, name: str) -> Rulebook:
    return build_texts({f"{name}.yaml": (FOLDER / check / f"{name}.yaml").read_text(encoding="utf-8")})


def _findings(check: str, name: str) -> list[Finding]:
    book = _book(check, name)
    folder = FOLDER / check / f"{name}_cases"
    with EngineEvaluator(book) as engine:
        cases = read_cases(folder, book) if folder.is_dir() else None
        context = AuditContext(book, {}, TODAY, engine, cases)
        if check != "accepted":
            return list(check_module(check).check(context))
        found = [finding for other in ("always",) for finding in check_module(other).check(context)]
        return split_accepted(book, found)[2]


@pytest.mark.parametrize("check", CHECKED)
def test_a_check_is_silent_on_good_rules(check: str) -> None:
    assert [finding.message for finding in _findings(check, "good")] == []


@pytest.mark.parametrize("check", CHECKED)
def test_a_check_finds_exactly_what_is_expected(check: str) -> None:
    expected: list[dict[str, Any]] = yaml.safe_load((FOLDER / check / "expected.yaml").read_text(encoding="utf-8"))
    found = _findings(check, "bad")
    assert [(f.severity, f.table, list(f.rows)) for f in found] == [
        (e["severity"], e["table"], e["rows"]) for e in expected
    ]
    for finding, wanted in zip(found, expected, strict=True):
        assert finding.check == check
        assert wanted["says"] in finding.message
        assert finding.fix
        assert wanted.get("fix", finding.fix) == finding.fix
        assert wanted.get("example", finding.example) == dict(finding.example)
        assert wanted.get("box", finding.box) == finding.box
        assert bool(wanted.get("pair")) == (finding.pair is not None)


@pytest.mark.parametrize("check", CHECKED)
def test_a_finding_stands_at_the_id_of_its_first_row(check: str) -> None:
    lines = (FOLDER / check / "bad.yaml").read_text(encoding="utf-8").splitlines()
    for finding in _findings(check, "bad"):
        line = lines[finding.place.line - 1]
        if finding.rows and check != "accepted":
            assert f"id: {finding.rows[0]}," in line
        elif finding.table:
            assert f"id: {finding.table}" in line


def test_every_check_has_fixtures() -> None:
    assert {folder.name for folder in FOLDER.iterdir()} == set(CHECKED)


def _manuals() -> Iterator[tuple[str, str]]:
    yield from ((name, check_module(name).__doc__ or "") for name in CHECKS)


@pytest.mark.parametrize(("check", "manual"), list(_manuals()))
def test_a_check_says_what_it_finds_why_and_how_to_mend_it(check: str, manual: str) -> None:
    module = check_module(check)
    assert check == module.ID
    assert module.SEVERITY in ("error", "warning", "note")
    for part in ("What it finds:", "Why it matters:", "Example:", "How to mend it:"):
        assert part in manual


def test_the_engine_check_reports_what_the_engine_gets_wrong(rulebook: Rulebook) -> None:
    class Wrong(EngineEvaluator):
        def matching(self, tables: Any, facts: Any) -> Any:
            found = super().matching(tables, facts)
            return {name: rows[1:] if name == "volume_tier" else rows for name, rows in found.items()}

    with Wrong(rulebook) as engine:
        found = list(check_module("engine").check(AuditContext(rulebook, {}, TODAY, engine)))
    assert {finding.table for finding in found} == {"volume_tier"}
    assert found[0].rows == ("volume.under_10k",)
    assert "matches no row where `volume.under_10k` should match" in found[0].message


def test_the_audit_is_the_same_on_every_run(rulebook: Rulebook) -> None:
    reports = [audit(rulebook, texts={}, as_of=TODAY) for _ in range(2)]
    assert reports[0] == reports[1]


def test_what_cannot_be_checked_is_listed_with_the_reason() -> None:
    book = _book("gap", "good")
    with auditing(book) as context:
        for name in CHECKS:
            list(check_module(name).check(context))
    assert {(n.check, n.reason) for n in context.not_checked} == {
        ("provenance", "the rulebook has no sources"),
        ("coverage", "there are no worked cases"),
        ("boundary", "there are no worked cases"),
    }
