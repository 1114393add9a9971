"""What tests of the audit share: one check on one rulebook, and regions compared value by value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from advisor.audit.context import AuditContext
from advisor.audit.model import Finding
from advisor.audit.run import check_module
from advisor.deciding.engine import EngineEvaluator
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import Value
from advisor.rulebook.unary import parse_test

TODAY = date(2026, 11, 25)


@contextmanager
def auditing(book: Rulebook, as_of: date = TODAY) -> Iterator[AuditContext]:
    """Give what checks take."""
    with EngineEvaluator(book) as engine:
        yield AuditContext(book, {}, as_of, engine)


def run_check(name: str, context: AuditContext) -> list[Finding]:
    """Return what one check finds."""
    return list(check_module(name).check(context))


def rows_found(findings: Sequence[Finding], table: str) -> set[str]:
    """Return the rows that findings on one table are about: the first of each."""
    return {finding.rows[0] for finding in findings if finding.table == table}


def lies_in(book: Rulebook, box: Mapping[str, str], project: Mapping[str, Value]) -> bool:
    """Tell whether a project lies in a box that is written as unary tests."""
    return all(parse_test(test, book.fact(fact).domain).contains(project[fact]) for fact, test in box.items())
