"""The audit against every combination of values, on hundreds of small random rulebooks."""

from __future__ import annotations

import pytest

from advisor.audit.context import WITH_CONCLUSION, AuditContext
from advisor.deciding.plain import row_matches
from advisor.rulebook.model import Rulebook, Table
from tests.audit_brute import BruteForce
from tests.audit_helpers import auditing, lies_in, rows_found, run_check
from tests.audit_random import RandomRules, permuted
from tests.rule_texts import build_texts

SEEDS = range(0, 400, 40)


def _books(start: int) -> list[tuple[int, Rulebook]]:
    return [(seed, RandomRules(seed).build()) for seed in range(start, start + 40)]


@pytest.mark.parametrize("start", SEEDS)
def test_gaps_and_overlaps_are_those_of_brute_force(start: int) -> None:
    for seed, book in _books(start):
        brute = BruteForce(book)
        with auditing(book) as context:
            for table in book.tables.values():
                _check_regions(context, brute, table, f"seed {seed}, {table.id}")


def _check_regions(context: AuditContext, brute: BruteForce, table: Table, where: str) -> None:
    alone, regions, book = brute.alone(table), context.regions(table), context.rulebook
    gaps = context.gaps(table) if table.hit_policy in WITH_CONCLUSION else None
    overlaps = context.overlaps(table).regions if table.hit_policy in ("unique", "any") else ()
    written = [(regions.box(region), [table.rows[n] for n in region.rows]) for region in overlaps]
    for cell, rows in zip(alone.cells, alone.matching, strict=True):
        if gaps:
            holding = sum(lies_in(book, regions.box(region), cell) for region in gaps.regions)
            assert holding == (not rows), f"{where}: {cell} lies in {holding} gaps"
        if table.hit_policy in ("unique", "any"):
            found = [tuple(matched) for box, matched in written if lies_in(book, box, cell)]
            expected = [tuple(table.rows[n] for n in rows)] if len(rows) > 1 else []
            assert found == expected, f"{where}: {cell}"
    for region in (*(gaps.regions if gaps else ()), *overlaps):
        example = regions.example(region)
        assert tuple(example) == table.inputs, where
        assert lies_in(book, regions.box(region), example), where
        assert tuple(n for n, row in enumerate(table.rows) if row_matches(row, example)) == region.rows, where
        assert all(len(cells) < regions.sizes[fact] for fact, cells in region.cells.items()), where


@pytest.mark.parametrize("start", SEEDS)
def test_rows_without_effect_are_those_of_brute_force(start: int) -> None:
    for seed, book in _books(start):
        brute = BruteForce(book)
        with auditing(book) as context:
            found = {
                check: run_check(check, context)
                for check in ("impossible", "shadowed", "duplicate", "redundant", "irrelevant", "unreachable")
            }
            for table in book.tables.values():
                where = f"seed {seed}, {table.id}"
                names = {
                    check: {n for n, row in enumerate(table.rows) if row.id in rows_found(findings, table.id)}
                    for check, findings in found.items()
                }
                alone = brute.alone(table)
                impossible, shadowed = alone.impossible, alone.shadowed
                if context.reads_conclusions(table):
                    matching = [
                        [n for n, row in enumerate(table.rows) if row_matches(row, project)]
                        for project in brute.projects(table)
                    ]
                    impossible = impossible | set(range(len(table.rows))) - {n for rows in matching for n in rows}
                    shadowed = shadowed | ({n for rows in matching for n in rows[1:]} - {r[0] for r in matching if r})
                shadowed = shadowed - impossible if table.hit_policy == "first" else set()
                assert names["impossible"] == impossible, where
                assert names["shadowed"] == shadowed, where
                later = {n for n in alone.repeated if any(m < n for m in alone.repeated)}
                assert names["duplicate"] <= later, where
                assert bool(names["duplicate"]) == bool(alone.repeated), where
                if table.hit_policy in WITH_CONCLUSION:
                    expected = alone.redundant - impossible - alone.repeated
                    expected -= alone.shadowed if table.hit_policy == "first" else set()
                    assert names["redundant"] == expected, where
                if table.hit_policy in WITH_CONCLUSION:
                    thens = {row.id: repr(row.then) for row in table.rows if row.then is not None}
                    unreached = {thens[f.rows[0]] for f in found["unreachable"] if f.table == table.id}
                    assert unreached == {*thens.values()} - _reached(brute, table), where
                without = {f.key for f in found["irrelevant"] if f.table == table.id and "depends" in f.message}
                assert without == alone.irrelevant, where


def _reached(brute: BruteForce, table: Table) -> set[str]:
    """Return the conclusions of rows that some project gets through all tables before."""
    reached: set[str] = set()
    for project in brute.projects(table):
        rows = [row for row in table.rows if row_matches(row, project)]
        reached.update(repr(row.then) for row in (rows[:1] if table.hit_policy == "first" else rows))
    return reached


@pytest.mark.parametrize("start", SEEDS[:5])
def test_the_order_of_rows_moves_no_gap_and_no_overlap(start: int) -> None:
    for seed in range(start, start + 40):
        text = RandomRules(seed).text
        books = [RandomRules(seed).build(), build_texts({"rules.yaml": permuted(text, seed)})]
        described = []
        for book in books:
            with auditing(book) as context:
                described.append({name: _described(context, table) for name, table in book.tables.items()})
        assert described[0] == described[1], f"seed {seed}"


def _described(context: AuditContext, table: Table) -> object:
    """The cells in which no row matches, and those with several and which: by values, in no order."""
    alone = BruteForce(context.rulebook).alone(table)
    gaps = context.gaps(table).regions if table.hit_policy in WITH_CONCLUSION else ()
    overlaps = context.overlaps(table).regions if table.hit_policy in ("unique", "any") else ()
    regions, found = context.regions(table), set()
    for cell in alone.cells:
        for region in (*gaps, *overlaps):
            if lies_in(context.rulebook, regions.box(region), cell):
                names = frozenset(table.rows[n].id for n in region.rows)
                found.add((frozenset(cell.items()), names))
    return found
