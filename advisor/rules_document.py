"""A rulebook as a document: every table drawn, with reasons, sources, the worked cases of each row, and all facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment

from advisor.audit.coverage import exercised, try_cases
from advisor.deciding.plain import PlainEvaluator
from advisor.dmn.layout import Drawing, drawing
from advisor.memo import filters
from advisor.quantities import grouped, with_unit
from advisor.rulebook.evidence import SourceItem
from advisor.rulebook.model import Assumption, Fact, Option, Row, Rulebook, Table
from advisor.rulebook.origins import Default
from advisor.rulebook.sets import EVERY_NUMBER, NumberSet, Value
from advisor.templating import environment

if TYPE_CHECKING:
    from advisor.cases import Case

NOT_TESTED = "-"


@dataclass(frozen=True)
class DrawnRow:
    """A row with a cell for each column of its table, on several lines where it has alternatives.

    `cases` names the worked cases that exercise it; None where none were given.
    """

    row: Row
    lines: tuple[tuple[str, ...], ...]
    concludes: str
    sources: tuple[SourceItem, ...]
    cases: tuple[str, ...] | None


@dataclass(frozen=True)
class DrawnTable:
    """A table; `reads` and `read_by` are other tables."""

    table: Table
    columns: tuple[Fact, ...]
    rows: tuple[DrawnRow, ...]
    reads: tuple[str, ...]
    read_by: tuple[str, ...]

    @property
    def has_strength(self) -> bool:
        return any(row.row.strength for row in self.rows)


@dataclass(frozen=True)
class DrawnFact:
    """A fact with its values as rule files write them, its default in words, and the tables that test it."""

    fact: Fact
    domain: str
    default: str
    read_by: tuple[str, ...]


@dataclass(frozen=True)
class RulesDocument:
    """Everything that the document says."""

    rulebook: Rulebook
    tables: tuple[DrawnTable, ...]
    facts: tuple[DrawnFact, ...]
    options: tuple[Option, ...]
    assumptions: tuple[Assumption, ...]
    cases: int | None  # how many were given
    drawing: Drawing  # which table reads which

    @property
    def exercised(self) -> int:
        """How many rows some worked case exercises."""
        return sum(bool(row.cases) for table in self.tables for row in table.rows)

    @property
    def rows(self) -> int:
        return sum(len(table.rows) for table in self.tables)


def rules_document(rulebook: Rulebook, cases: Sequence[Case] | None = None) -> RulesDocument:
    """Gather what the document says. cases: worked cases, to be named beside the rows that they exercise."""
    by_row = None if cases is None else cases_by_row(rulebook, cases)
    tables = [_table(rulebook, table, by_row) for table in rulebook.tables.values()]
    return RulesDocument(
        rulebook=rulebook,
        tables=tuple(tables),
        facts=tuple(_fact(rulebook, fact) for fact in rulebook.facts.values()),
        options=tuple(rulebook.options.values()),
        assumptions=tuple(rulebook.assumptions.values()),
        cases=None if cases is None else len(cases),
        drawing=drawing(rulebook, facts=False),
    )


def cases_by_row(rulebook: Rulebook, cases: Sequence[Case]) -> dict[str, tuple[str, ...]]:
    """Return the names of the cases that exercise each row."""
    held = exercised(rulebook, try_cases(rulebook, cases, PlainEvaluator(rulebook)))
    return {row: tuple(case.name for case in found) for row, found in held.items()}


def markdown(document: RulesDocument) -> str:
    """Return the document in Markdown."""
    return filters.layout(_markdown_environment().get_template("rules.md.j2").render(document=document))


def html(document: RulesDocument) -> str:
    """Return the document as one HTML file that needs no other."""
    return _html_environment().get_template("rules.html.j2").render(document=document) + "\n"


def _table(rulebook: Rulebook, table: Table, by_row: Mapping[str, tuple[str, ...]] | None) -> DrawnTable:
    return DrawnTable(
        table=table,
        columns=tuple(rulebook.fact(name) for name in table.inputs),
        rows=tuple(_row(rulebook, table, row, by_row) for row in table.rows),
        reads=tuple(name for name in table.inputs if name in rulebook.tables),
        read_by=tuple(other.id for other in rulebook.tables.values() if table.id in other.inputs),
    )


def _row(rulebook: Rulebook, table: Table, row: Row, by_row: Mapping[str, tuple[str, ...]] | None) -> DrawnRow:
    lines = []
    for mapping in row.any_of if row.any_of is not None else ({},):
        tests = [[held[fact].text for held in (row.when, mapping) if fact in held] for fact in table.inputs]
        lines.append(tuple(" and ".join(texts) or NOT_TESTED for texts in tests))
    return DrawnRow(
        row=row,
        lines=tuple(lines),
        concludes=_conclusion(table, row),
        sources=tuple(rulebook.items[name] for name in row.source if name in rulebook.items),
        cases=None if by_row is None else by_row.get(row.id, ()),
    )


def _conclusion(table: Table, row: Row) -> str:
    if table.hit_policy == "count":
        return "+1"
    if row.then is None:
        return row.id if table.hit_policy == "collect" else ""
    return _written(row.then)


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else grouped(value)


def _fact(rulebook: Rulebook, fact: Fact) -> DrawnFact:
    domain = ""
    if isinstance(fact.domain, NumberSet) and fact.domain.intervals != EVERY_NUMBER.intervals:
        domain = str(NumberSet(fact.domain.intervals))
    return DrawnFact(
        fact=fact,
        domain=domain,
        default="" if fact.default is None else _default(fact, fact.default),
        read_by=tuple(table.id for table in rulebook.tables.values() if fact.id in table.inputs),
    )


def _default(fact: Fact, default: Default) -> str:
    if default.value is not None:
        return with_unit(default.value, fact.unit)
    return f"{default.of}" if default.times == 1 else f"{grouped(default.times)} x {default.of}"


@cache
def _markdown_environment() -> Environment:
    return environment(_FILTERS, finalize=filters.finalize)


@cache
def _html_environment() -> Environment:
    return environment(_FILTERS, autoescape=True)


_FILTERS = {"code": filters.code, "codes": filters.codes, "sentence": filters.sentence, "with_unit": with_unit}
