"""Gaps and overlaps of tables of the Apache KIE project, as that project states them (see tests/data/dmn/README.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from advisor.audit.model import Report, TableReport
from advisor.audit.run import audit
from advisor.errors import BadInput
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import NumberSet, ValueSet
from advisor.rulebook.unary import parse_test
from tests.audit_brute import Project, values_of
from tests.audit_helpers import TODAY, lies_in, rows_found
from tests.conftest import Advisor

FOLDER = Path(__file__).parent / "data" / "dmn"
EXPECTED: Mapping[str, Any] = {
    folder.name: json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for folder in sorted(FOLDER.iterdir())
    if folder.is_dir()
}
TABLES = [(name, table) for name, expected in EXPECTED.items() for table in expected.get("tables", {})]
REFUSED = [name for name, expected in EXPECTED.items() if "refusal" in expected]


@pytest.fixture(scope="module")
def reports() -> Mapping[str, tuple[Rulebook, Report]]:
    books = {name: load_rulebook(FOLDER / name) for name in EXPECTED if name not in REFUSED}
    return {name: (book, audit(book, texts={}, as_of=TODAY)) for name, book in books.items()}


def _points(book: Rulebook, table: TableReport, boxes: Sequence[Mapping[str, str]]) -> list[Project]:
    """Return all combinations of values, cut at every end in a row, a domain or a box."""
    tests: dict[str, list[ValueSet]] = {fact: [] for fact in table.inputs}
    for row in book.tables[table.id].rows:
        for fact, test in row.tests():
            tests[fact].append(test.values)
    for box in boxes:
        for fact, text in box.items():
            tests[fact].append(parse_test(text, book.fact(fact).domain))
    columns = [values_of(book.fact(fact), values, unknown=False) for fact, values in tests.items()]
    return [dict(zip(tests, cell, strict=True)) for cell in product(*columns)]


@pytest.mark.parametrize(("name", "table"), TABLES)
def test_gaps_are_the_stated_regions(reports: Mapping[str, tuple[Rulebook, Report]], name: str, table: str) -> None:
    book, report = reports[name]
    expected = EXPECTED[name]["tables"][table]["gaps"]
    found = next(one for one in report.tables if one.id == table)
    assert found.complete is (expected == [])
    for cell in _points(book, found, [*expected, *(gap.box for gap in found.gaps)]):
        inside = sum(lies_in(book, gap.box, cell) for gap in found.gaps)
        assert inside == any(lies_in(book, box, cell) for box in expected)
    for gap in found.gaps:
        assert lies_in(book, gap.box, gap.example)
        assert tuple(gap.example) == found.inputs


@pytest.mark.parametrize(("name", "table"), TABLES)
def test_overlaps_are_the_stated_regions(reports: Mapping[str, tuple[Rulebook, Report]], name: str, table: str) -> None:
    book, report = reports[name]
    expected = EXPECTED[name]["tables"][table]["overlaps"]
    found = next(one for one in report.tables if one.id == table)
    if expected is None:
        assert found.overlaps == ()
        return
    boxes = [*(overlap["box"] for overlap in expected), *(overlap.box for overlap in found.overlaps)]
    for cell in _points(book, found, boxes):
        assert {o.rows for o in found.overlaps if lies_in(book, o.box, cell)} == {
            tuple(o["rows"]) for o in expected if lies_in(book, o["box"], cell)
        }
    assert all(lies_in(book, overlap.box, overlap.example) for overlap in found.overlaps)


@pytest.mark.parametrize(("name", "table"), TABLES)
def test_shadowed_rows_are_the_stated_ones(
    reports: Mapping[str, tuple[Rulebook, Report]], name: str, table: str
) -> None:
    stated = EXPECTED[name]["tables"][table].get("shadowed", [])
    found = [finding for finding in reports[name][1].findings if finding.check == "shadowed"]
    assert rows_found(found, table) == set(stated)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_unary_test_is_refused(name: str, advisor: Advisor) -> None:
    with pytest.raises(BadInput, match=r"table\.yaml:\d+:\d+: x: "):
        load_rulebook(FOLDER / name)
    answer = advisor("audit", "--rules", str(FOLDER / name))
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert "table.yaml:" in answer.stderr


def test_every_number_is_dense() -> None:
    book = load_rulebook(FOLDER / "gaps_cube3")
    assert isinstance(book.facts["input1"].domain, NumberSet)
    assert {fact.kind for fact in book.facts.values()} == {"number"}
