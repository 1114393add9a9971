"""What it finds: facts that nothing reads, choices that no test tells apart from `unknown` or from one another, and
assumptions that nothing uses.

Why it matters: a question whose answer changes nothing costs everybody a minute and gives false comfort.

Example: a choice `none` that every test treats as it treats `unknown`.

How to mend it: let a row read it, delete it, or accept the finding with the reason it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.columns import cut
from advisor.audit.context import AuditContext
from advisor.audit.model import Finding
from advisor.rulebook.model import Assumption, Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, ValueSet

ID = "unused"
SEVERITY = "warning"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each fact, choice and assumption in force that nothing reads."""
    book = context.rulebook
    tests: dict[str, list[ValueSet]] = {}
    for row in book.rows:
        for name, test in row.tests():
            tests.setdefault(name, []).append(test.values)
    computed = _read_by_arithmetic(book, set(tests))
    for fact in book.facts.values():
        if fact.id not in tests and fact.id not in computed:
            yield _finding(fact, f"no row and no arithmetic reads `{fact.id}`", fact.id)
        elif fact.id in tests and fact.kind == "choice":
            yield from _choices(fact, tests[fact.id])
    for assumption in book.assumptions.values():
        if assumption.id not in computed:
            yield Finding(
                check=ID,
                severity="warning",
                message=f"no arithmetic reads the assumption `{assumption.id}`",
                fix="use it or delete it",
                place=assumption.place,
                key=assumption.id,
            )


def _read_by_arithmetic(book: Rulebook, tested: set[str]) -> set[str]:
    """Return what figures are computed from, and figures that the memo shows although no row tests them."""
    read = {name for fact in book.facts.values() if fact.derived for name in fact.derived.inputs}
    read |= {fact.id for fact in book.facts.values() if fact.derived}
    held: list[Fact | Assumption] = [*book.facts.values(), *book.assumptions.values()]
    read |= {one.quoted_by for one in held if one.quoted_by}
    return read | {fact.default.of for fact in book.facts.values() if fact.default and fact.default.of} - tested


def _choices(fact: Fact, tests: list[ValueSet]) -> Iterator[Finding]:
    """A choice is told apart when some test treats it in another way than every other value."""
    column = cut(fact, tests)
    assert isinstance(fact.domain, ChoiceSet)
    signature = {value: tuple(test.contains(value) for test in tests) for value in (*fact.domain.values, UNKNOWN)}
    for cell in column.cells:
        if isinstance(cell.values, ChoiceSet) and len(cell.values.values) > 1:
            names = ", ".join(f"`{value}`" for value in cell.values.values)
            yield _finding(fact, f"no test of `{fact.id}` tells {names} apart", f"{fact.id}: {names}")
    for value in fact.domain.values:
        if not fact.required and signature[value] == signature[UNKNOWN] and not any(signature[value]):
            yield _finding(
                fact, f"no row reads `{value}` of `{fact.id}`: it is treated as unknown", f"{fact.id}: {value}"
            )


def _finding(fact: Fact, message: str, key: str) -> Finding:
    assert fact.place is not None
    return Finding(
        ID, "warning", message, "let a row read it, delete it, or accept it with a reason", fact.place, key=key
    )
