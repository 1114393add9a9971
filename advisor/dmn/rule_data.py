"""Parts of a rulebook as the plain data of rule files, from which the loader makes the same parts again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any, TypeAlias

from advisor.prices.book import Price
from advisor.quantities import is_number, rule_text
from advisor.rulebook.declarations import Acceptance, Property
from advisor.rulebook.evidence import Source, SourceItem
from advisor.rulebook.model import Assumption, Constraint, Fact, Option, Row, Rulebook, Section, Step, Table, When
from advisor.rulebook.origins import Default, Derived
from advisor.rulebook.sets import EVERY_NUMBER, NumberSet

Data: TypeAlias = dict[str, Any]


def fact_data(fact: Fact) -> Data:
    intervals = fact.domain.intervals if isinstance(fact.domain, NumberSet) else ()
    unbounded = not intervals or intervals == EVERY_NUMBER.intervals
    return _given(
        id=fact.id,
        kind=fact.kind,
        section=fact.section,
        title=fact.title,
        unit=fact.unit,
        domain=None if unbounded else str(NumberSet(intervals)),
        choices=dict(fact.choices),
        required=fact.required or None,
        question=fact.question,
        help=fact.help,
        why=fact.why,
        example=fact.example,
        source=fact.source,
        pack=fact.pack,
        default=fact.default and _default(fact.default),
        quoted=fact.quoted_by and {"by": fact.quoted_by},
        derived=fact.derived and _derived(fact.derived.revises or fact.derived),
        revised=fact.derived and fact.derived.revises and {"pack": fact.derived.pack, **_derived(fact.derived)},
    )


def _default(default: Default) -> Data:
    times = None if default.of is None and default.times == 1 else default.times
    return _given(value=default.value, of=default.of, times=times, source=default.source, pack=default.pack)


def _derived(derived: Derived) -> Data:
    data = _given(formula=derived.formula, rises_with=derived.rises_with, falls_with=derived.falls_with)
    return {**data, "from": derived.inputs}


def table_data(table: Table) -> Data:
    """Return a table without its hit policy, purpose and rows."""
    return _given(id=table.id, title=table.title, pack=table.pack)


def row_data(row: Row) -> Data:
    """Return a row without its condition, conclusion and reason."""
    return _given(
        id=row.id,
        favours=row.favours,
        source=row.source,
        strength=row.strength,
        pack=row.pack,
        step=row.step and _step(row.step),
        scenario={name: rule_text(value) for name, value in row.scenario.items()},
        as_of=row.as_of,
        review_by=row.review_by,
    )


def _step(step: Step) -> Data:
    return {name: getattr(step, name) for name in ("action", "metric", "threshold", "time_box", "stop")}


def condition_data(row: Row) -> Data:
    """Return a row's condition, each test as its text."""
    when: Data = tests_data(row.when)
    if row.any_of is not None:
        when["any"] = [tests_data(mapping) for mapping in row.any_of]
    return when


def tests_data(when: When) -> Data:
    return {name: test.text for name, test in when.items()}


def surroundings(rulebook: Rulebook) -> dict[str, list[Data]]:
    """Return everything but facts and tables, by the key of rule files under which it stands."""
    held = {
        "sections": [_section(section) for section in rulebook.sections.values()],
        "constraints": [_constraint(constraint) for constraint in rulebook.constraints],
        "options": [_option(option) for option in rulebook.options.values()],
        "assumptions": [_assumption(assumption) for assumption in rulebook.assumptions.values()],
        "sources": [_source(rulebook, source) for source in rulebook.sources.values()],
        "prices": [_price(price) for price in rulebook.prices.values()],
        "properties": [_property(declared) for declared in rulebook.properties],
        "accepted": [_acceptance(accepted) for accepted in rulebook.accepted],
    }
    return {key: entries for key, entries in held.items() if entries}


def _section(section: Section) -> Data:
    return _given(id=section.id, title=section.title, intro=section.intro)


def _constraint(constraint: Constraint) -> Data:
    return _given(never=tests_data(constraint.never), because=constraint.because)


def _option(option: Option) -> Data:
    return _given(
        id=option.id,
        approach=option.approach,
        meaning=option.meaning,
        **option.texts,
        source=option.source,
        pack=option.pack,
    )


def _assumption(held: Assumption) -> Data:
    names = ("id", "title", "value", "low", "high", "unit", "source", "as_of", "review_by", "because", "pack")
    quoted = held.quoted_by and {"by": held.quoted_by}
    return _given(**{name: getattr(held, name) for name in names}, quoted=quoted, zero=held.zero or None)


def _price(price: Price) -> Data:
    names = [field.name for field in fields(price) if field.compare]
    return _given(**{name: getattr(price, name) for name in names})


def _source(rulebook: Rulebook, source: Source) -> Data:
    items = [_item(item) for item in rulebook.items.values() if item.source == source.id]
    names = ("id", "title", "kind", "read", "url", "pack")
    return _given(**{name: getattr(source, name) for name in names}, items=items)


def _item(item: SourceItem) -> Data:
    kind = None if item.kind == "statement" else item.kind
    between = [list(side) for side in item.between]
    return _given(id=item.id, locator=item.locator, kind=kind, says=item.says, between=between)


def _property(held: Property) -> Data:
    return _given(
        id=held.id,
        raising=held.raising,
        never_towards=held.never_towards,
        when=None if held.when is None else tests_data(held.when),
        then=None if held.then is None else tests_data(held.then),
        because=held.because,
        profiles=held.profiles,
    )


def _acceptance(held: Acceptance) -> Data:
    names = ("check", "table", "rows", "about", "profile", "date", "reason")
    return _given(**{name: getattr(held, name) for name in names})


def _given(**data: Any) -> Data:
    """Leave out what is absent or empty, and write numbers and dates as rule files do."""
    return {key: _plain(value) for key, value in data.items() if value is not None and value not in ((), [], {})}


def _plain(value: Any) -> Any:
    if is_number(value):
        return rule_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value
