"""Decision tables drawn in Markdown, a line for each row, with what the audit knows of it beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from advisor.audit.model import Report
from advisor.memo.filters import Raw, code, escape
from advisor.rulebook.model import Row, Table, When

MOST_COLUMNS: Final = 8  # inputs that have a column each; of more, a row's tests stand in one


@dataclass(frozen=True)
class Drawn:
    """One table as Markdown; `idle` are the rows that no case exercises."""

    id: str
    title: str
    policy: str
    count: int
    idle: tuple[str, ...]
    text: Raw


def drawn(report: Report) -> list[Drawn]:
    """Return every table, its rows with what they ask, conclude, how many cases exercise them, and what was found."""
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        for row in finding.rows:
            if finding.check not in found.setdefault(row, []):
                found[row].append(finding.check)
    return [_drawn(table, report, found) for table in report.rulebook.tables.values()]


def _drawn(table: Table, report: Report, found: dict[str, list[str]]) -> Drawn:
    wide = len(table.inputs) > MOST_COLUMNS
    heads = ["row", *(["when"] if wide else [code(fact) for fact in table.inputs])]
    concludes = any(row.then is not None for row in table.rows)
    cases = report.exercised
    marked = any(row.id in found for row in table.rows)
    heads += [*(["then"] if concludes else []), *(["cases"] if cases is not None else [])]
    heads += ["findings"] if marked else []
    lines = [_line(heads), _line(["---"] * len(heads))]
    for row in table.rows:
        tail = [_then(row)] if concludes else []
        tail += [str(cases.get(row.id, 0))] if cases is not None else []
        tail += [", ".join(code(check) for check in found.get(row.id, ()))] if marked else []
        for n, mapping in enumerate(_mappings(row)):
            asked = [_tests(mapping)] if wide else [_test(mapping, fact) for fact in table.inputs]
            lines.append(
                _line([code(row.id) if n == 0 else Raw("or"), *asked, *(tail if n == 0 else [""] * len(tail))])
            )
    idle = [row.id for row in table.rows if cases is not None and not cases.get(row.id)]
    return Drawn(table.id, table.title, table.hit_policy, len(table.rows), tuple(idle), Raw("\n".join(lines)))


def _mappings(row: Row) -> Iterator[dict[str, list[str]]]:
    """Yield what a row asks of each fact, once for each mapping of its `any`."""
    for more in row.any_of if row.any_of is not None else ({},):
        yield _together(row.when, more)


def _together(when: When, more: When) -> dict[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for mapping in (when, more):
        for fact, test in mapping.items():
            asked.setdefault(fact, []).append(test.text)
    return asked


def _test(mapping: dict[str, list[str]], fact: str) -> str:
    return " and ".join(code(text) for text in mapping.get(fact, ()))


def _tests(mapping: dict[str, list[str]]) -> str:
    return ", ".join(f"{code(fact)} {_test(mapping, fact)}" for fact in mapping) or "always"


def _then(row: Row) -> str:
    if row.then is None:
        return ""
    value = str(row.then).lower() if isinstance(row.then, bool) else str(row.then)
    return code(value) + (f" {escape(row.strength)}" if row.strength else "")


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
