"""How the time of an audit grows with rows and facts, beside every cell alone and Z3 alone, on random tables."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib.util import find_spec
from itertools import combinations, product
from math import prod
from typing import TypeVar

from advisor.audit import solver
from advisor.audit.context import AuditContext
from advisor.audit.run import audit
from advisor.deciding.plain import PlainEvaluator
from advisor.rulebook.document import compose
from advisor.rulebook.entries import RuleSource
from advisor.rulebook.loading import build_rulebook
from advisor.rulebook.model import Rulebook, Table

ROWS = (10, 20, 50, 100, 200)
FACTS = (3, 6, 12, 30)
MOST_CELLS = 200_000  # more are not tried one by one
MOST_SECONDS = 5.0  # after which a method is stopped
DAY = date(2026, 11, 25)
T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """Whether there is a gap, which pairs of rows match together, and which rows never come first."""

    gap: bool
    pairs: frozenset[tuple[int, int]]
    beaten: frozenset[int]


class StoppedError(Exception):
    """The time is over."""


def measure_audit_growth() -> str:
    """Return a table in Markdown of seconds by rows and facts."""
    solver.MOST_QUESTIONS = 10**9  # type: ignore[misc]
    lines = [
        "| rows | facts | cells | advisor | every cell alone | Z3 alone | the whole audit |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for facts in FACTS:
        for rows in ROWS:
            lines.append(_line(rows, facts))
    return "\n".join(lines)


def random_rules(rows: int, facts: int) -> Rulebook:
    """Return a rulebook of one `unique` table with random rows of two to four conditions."""
    source = random.Random(1000 * facts + rows)
    kinds = [("boolean", "choice", "integer")[n % 3] for n in range(facts)]
    more = {"choice": ", choices: {a: A, b: B, c: C}", "integer": ', domain: "[0..100]"', "boolean": ""}
    lines = ["facts:", *(f"  - {{id: f{n}, kind: {kind}{more[kind]}}}" for n, kind in enumerate(kinds))]
    lines += ["tables:", "  - id: t", "    hit_policy: unique", "    rows:"]
    for row in range(rows):
        tested = source.sample(range(facts), source.randint(2, min(4, facts)))
        when = ", ".join(f'f{n}: "{_test(kinds[n], source)}"' for n in tested)
        lines.append(f"      - {{id: r{row}, when: {{{when}}}, then: v{row % 4}}}")
    return build_rulebook([RuleSource(compose("\n".join(lines), "rules.yaml"), None)], "full")


def _test(kind: str, source: random.Random) -> str:
    low, high = sorted(source.sample(range(0, 100, 10), 2))
    tests = {
        "boolean": ["true", "false", "unknown"],
        "choice": ["a", "b, c", "not(c)", "unknown"],
        "integer": [f"< {high}", f">= {low}", f"[{low}..{high})", "unknown"],
    }
    return source.choice(tests[kind])


def _line(rows: int, facts: int) -> str:
    book = random_rules(rows, facts)
    table = book.tables["t"]
    cells = prod(_context(book).regions(table).sizes.values())
    ours, seconds = _timed(lambda: _by_audit(book, table))
    shown = []
    for method in (_by_cells if cells <= MOST_CELLS else None, _by_solver if find_spec("z3") else None):
        try:
            found, taken = _timed(partial(method, book, table)) if method else (ours, None)
        except StoppedError:
            shown.append(f"> {MOST_SECONDS:g}")
            continue
        if found != ours:
            raise AssertionError(f"the methods differ on {rows} rows and {facts} facts")
        shown.append("-" if taken is None else f"{taken:.2f}")
    _, whole = _timed(lambda: audit(book, texts={}, as_of=DAY))
    written = f"{cells:,}" if cells < 10**9 else f"10^{len(str(cells)) - 1}"
    return f"| {rows} | {facts} | {written} | {seconds:.2f} | {shown[0]} | {shown[1]} | {whole:.2f} |"


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.process_time()
    return work(), time.process_time() - started


def _context(book: Rulebook) -> AuditContext:
    return AuditContext(book, {}, DAY, PlainEvaluator(book))


def _by_audit(book: Rulebook, table: Table) -> Found:
    context = _context(book)
    context.gaps(table)
    context.overlaps(table)
    return _asked(table, lambda matching, failing: context.exists(table, matching, failing))


def _by_solver(book: Rulebook, table: Table) -> Found:
    regions = _context(book).regions(table)
    prover = solver.Prover(book, table, regions.columns.values(), ())
    stop = time.process_time() + MOST_SECONDS

    def exists(matching: tuple[int, ...], failing: range) -> bool:
        if time.process_time() > stop:
            raise StoppedError
        return prover.exists(matching, failing)

    return _asked(table, exists)


def _asked(table: Table, exists: Callable[[tuple[int, ...], range], bool]) -> Found:
    rows = range(len(table.rows))
    return Found(
        gap=exists((), rows),
        pairs=frozenset(pair for pair in combinations(rows, 2) if exists(pair, range(0))),
        beaten=frozenset(row for row in rows if not exists((row,), range(row))),
    )


def _by_cells(book: Rulebook, table: Table) -> Found:
    regions = _context(book).regions(table)
    stop = time.process_time() + MOST_SECONDS
    gap = False
    pairs: set[tuple[int, int]] = set()
    first: set[int] = set()
    for matching in _every_cell(regions.sizes, regions.matching):
        if time.process_time() > stop:
            raise StoppedError
        gap = gap or not matching
        first.update(matching[:1])
        pairs.update(combinations(matching, 2))
    return Found(gap, frozenset(pairs), frozenset(range(len(table.rows))) - first)


def _every_cell(
    sizes: dict[str, int], matching: Callable[[dict[str, int]], tuple[int, ...]]
) -> Iterator[tuple[int, ...]]:
    for cell in product(*(range(size) for size in sizes.values())):
        yield matching(dict(zip(sizes, cell, strict=True)))
