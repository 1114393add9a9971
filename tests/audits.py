"""What tests of the audit share: rulebooks written in a few lines, the shipped rules with an edit, and their audit."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

from hypothesis import strategies as st

from advisor.audit.model import Finding, Report
from advisor.audit.run import audit
from advisor.cases import Case
from advisor.data import data_dir
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import ChoiceSet, NumberSet, Value

DAY = date(2026, 11, 25)


def written(folder: Path, text: str, profile: str = "full") -> Rulebook:
    """Load a rulebook that stands in one text."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rules.yaml").write_text(dedent(text), encoding="utf-8")
    return load_rulebook(folder, profile)


def edited(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """Copy the shipped rules and replace, in each file named, one text by another that stands there once at least."""
    shutil.copytree(data_dir("rules"), folder)
    for name, old, new in edits:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def audited(rulebook: Rulebook, cases: Sequence[Case] | None = None) -> Report:
    """Audit a rulebook as of a fixed day."""
    return audit(rulebook, texts={}, as_of=DAY, cases=cases)


def of(report: Report, check: str) -> list[Finding]:
    """Return the findings of one check."""
    return [finding for finding in report.findings if finding.check == check]


def values_of(fact: Fact) -> st.SearchStrategy[Value]:
    """Return values of a fact, small and large, ends of its domain among them."""
    if isinstance(fact.domain, ChoiceSet):
        return st.sampled_from([v == "true" if fact.kind == "boolean" else v for v in fact.domain.values])
    assert isinstance(fact.domain, NumberSet)
    (part,) = fact.domain.intervals
    low, high = float(part.low), float(part.high)
    if fact.kind == "integer":
        numbers: st.SearchStrategy[Any] = st.integers(int(low), int(high)) | st.integers(int(low), 3_000)
    else:
        numbers = st.floats(low, high) | st.floats(low, min(high, 20))
    return numbers.filter(lambda number: fact.domain.contains(number) and (number == 0 or abs(number) > 1e-9))


def projects(facts: list[Fact]) -> st.SearchStrategy[dict[str, Value]]:
    return st.fixed_dictionaries({}, optional={fact.id: values_of(fact) for fact in facts})
