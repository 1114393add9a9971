"""The two exact methods, branching over cells and Z3, against each other and against trying every cell."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

import pytest

from advisor.audit import search as search_module
from advisor.audit import solver as solver_module
from advisor.audit.context import AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.search import Cell
from advisor.audit.solver import Prover
from advisor.deciding.plain import row_matches
from advisor.rulebook.model import Table
from tests.audit_brute import BruteForce
from tests.audit_helpers import auditing, run_check
from tests.audit_random import RandomRules
from tests.rule_texts import build_texts

pytest.importorskip("z3", reason="the extra `audit` is not installed")


def _questions(table: Table, seed: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Gap, rows that never win, and some that no check asks: rows to match, rows to fail."""
    rows = range(len(table.rows))
    random_rows = random.Random(seed)
    more = [
        (tuple(random_rows.sample(rows, min(2, len(rows)))), tuple(random_rows.sample(rows, random_rows.choice(rows))))
        for _ in range(4)
    ]
    return [((), tuple(rows)), *(((row,), tuple(range(row))) for row in rows), *more]


def _by_trying(
    context: AuditContext, table: Table, matching: Sequence[int], failing: Sequence[int], constrained: bool
) -> Cell | None:
    regions = context.regions(table)
    for numbers in product(*(range(size) for size in regions.sizes.values())):
        cell = dict(zip(regions.sizes, numbers, strict=True))
        rows = set(regions.matching(cell))
        if set(matching) <= rows and not rows & set(failing) and (not constrained or regions.possible(cell)):
            return cell
    return None


@pytest.mark.parametrize("start", range(0, 120, 20))
def test_both_methods_find_the_same_cell(start: int) -> None:
    for seed in range(start, start + 20):
        book = RandomRules(seed).build()
        with auditing(book) as context:
            for table in book.tables.values():
                regions = context.regions(table)
                prover = Prover(book, table, regions.columns.values(), context.constraints_of(table))
                for matching, failing in _questions(table, seed):
                    for held in (True, False):
                        expected = _by_trying(context, table, matching, failing, held)
                        where = f"seed {seed}, {table.id}: {matching} without {failing}"
                        assert regions.search.find(matching, failing, constrained=held) == expected, where
                        assert prover.find(matching, failing, constrained=held) == expected, where
                        assert regions.search.exists(matching, failing, constrained=held) == (expected is not None)


@pytest.mark.parametrize("start", range(0, 120, 40))
def test_both_methods_agree_through_the_tables_before(start: int) -> None:
    for seed in range(start, start + 40):
        book = RandomRules(seed, tables=3).build()
        brute = BruteForce(book)
        with auditing(book) as context:
            for table in book.tables.values():
                if not context.reads_conclusions(table):
                    continue
                together = context.whole(table.id)
                prover = Prover(book, table, together.columns, together.constraints)
                decided = [
                    {n for n, row in enumerate(table.rows) if row_matches(row, p)} for p in brute.projects(table)
                ]
                for matching, failing in _questions(table, seed):
                    expected = any(set(matching) <= rows and not rows & set(failing) for rows in decided)
                    assert context.occurs(table, matching, failing) == expected, f"seed {seed}, {table.id}"
                    assert prover.exists(matching, failing) == expected, f"seed {seed}, {table.id}"


@pytest.mark.parametrize("seed", range(8))
def test_findings_are_the_same_when_only_the_solver_is_asked(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = ("gap", "overlap", "impossible", "shadowed", "redundant", "always", "duplicate", "misleading")
    book = RandomRules(seed, facts=4, rows=6).build()
    with auditing(book) as context:
        expected = [run_check(check, context) for check in checks]
    monkeypatch.setattr(search_module, "MOST_WORK", 0)
    monkeypatch.setattr(search_module, "EASY_WORK", 0)
    with auditing(book) as context:
        assert [run_check(check, context) for check in checks] == expected
        assert context.not_checked == []


def test_without_the_solver_what_is_too_large_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "MOST_WORK", 0)
    monkeypatch.setattr(search_module, "EASY_WORK", 0)
    monkeypatch.setattr(solver_module, "find_spec", lambda name: None)
    book = build_texts({"rules.yaml": RandomRules(1).text})
    with auditing(book) as context:
        table = next(iter(book.tables.values()))
        with pytest.raises(TooLargeError, match="with the extra `audit` installed, Z3 may decide it"):
            context.exists(table, (), (0,))
        run_check("impossible", context)
    assert {(n.check, n.table) for n in context.not_checked} >= {("impossible", table.id)}


def test_the_solver_stops_after_a_bounded_number_of_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver_module, "MOST_QUESTIONS", 3)
    book = RandomRules(3).build()
    with auditing(book) as context:
        table = next(iter(book.tables.values()))
        regions = context.regions(table)
        prover = Prover(book, table, regions.columns.values(), ())
        for _ in range(3):
            prover.exists((0,), ())
        with pytest.raises(TooLargeError, match="more than 3 questions to Z3"):
            prover.exists((0,), ())
