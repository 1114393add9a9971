"""Decision tables of a DMN file as tables of rule files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from advisor.dmn.cells import Box, Cell, boxes, is_everything, met
from advisor.dmn.extension import Placed, carried, decode
from advisor.dmn.facts import NO_KIND, Heard, placed, words_of
from advisor.dmn.feel import FeelError, Tests, kind_of, parse_tests, parse_value, to_cell
from advisor.dmn.markup import Element
from advisor.dmn.naming import Names
from advisor.dmn.scope import Found, Scope
from advisor.dmn.types import Problems
from advisor.dmn.writing import APART, plain_condition
from advisor.quantities import NumberError, shortened
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.rulebook.unary import TestError

_POLICIES: Final = {"UNIQUE": "unique", "ANY": "any", "FIRST": "first", "COLLECT": "collect", "RULE ORDER": "collect"}
_REFUSED: Final = {
    "PRIORITY": "the order of the output values decides there: order the rules so and make it FIRST",
    "OUTPUT ORDER": "it orders what it collects by the output values: make it COLLECT if the order does not matter",
}


@dataclass
class Rule:
    """One rule: the tests in its cells and what it concludes; None for nothing."""

    element: Element
    tests: list[Tests]
    then: Value | None
    own: Placed | None

    @property
    def row(self) -> str | None:
        """The id of the row of a rule file that it is, or is a part of."""
        return self.own.get("id") if self.own else None


class TableReader:
    """Reads decision tables; what is wrong goes to the problems."""

    def __init__(self, scope: Scope, names: Names, problems: Problems) -> None:
        self.scope, self.names, self.problems = scope, names, problems
        self._rules: dict[str, list[Rule]] = {}
        self._rows: set[str] = set()

    def gather(self, table: Found) -> None:
        """Read the columns and cells of a table, so that its facts know how they are tested."""
        outputs = list(table.element.all("output"))
        table.parts = len(outputs)
        for clause in table.element.all("input"):
            found = self.scope.resolve(table, clause)
            table.inputs.append(found)
            if isinstance(found, Heard):
                found.columns.append((clause, self.scope.types.allowed(clause, "inputValues")))
        rules = [self._rule(table, number, rule, outputs) for number, rule in enumerate(_rules(table), 1)]
        self._rules[table.id] = rules
        policy = self.policy(table)
        values = [rule.then for rule in rules if rule.then not in (None, UNKNOWN)]
        kinds = {kind_of(value) for value in values if value is not None}
        table.kind = "number" if policy == "count" else kinds.pop() if len(kinds) == 1 else "choice"

    def policy(self, table: Found) -> str | None:
        """Return the hit policy of rule files; None for one that they do not have."""
        written = (table.element.get("hitPolicy") or "UNIQUE").upper()
        aggregation = (table.element.get("aggregation") or "").upper()
        if written == "COLLECT" and aggregation:
            return "count" if aggregation == "COUNT" else None
        return _POLICIES.get(written)

    def refuse_policy(self, table: Found) -> None:
        """Say why a hit policy is not read."""
        written = (table.element.get("hitPolicy") or "").upper()
        aggregation = (table.element.get("aggregation") or "").upper()
        if self.policy(table) is None:
            name = f"{written} with {aggregation}" if aggregation else shortened(written)
            mend = _REFUSED.get(written, "use UNIQUE, ANY, FIRST, COLLECT, or COLLECT with COUNT")
            self.problems.refuse(table.element, f"the hit policy {name} of `{table.title}` is not read here", mend)

    def _rule(self, table: Found, number: int, element: Element, outputs: list[Element]) -> Rule:
        own = carried(element, "row")
        entries, concluded = list(element.all("inputEntry")), list(element.all("outputEntry"))
        for held, wanted, what in ((entries, table.inputs, "input"), (concluded, outputs, "output")):
            if len(held) != len(wanted):
                text = f"row {number} of `{table.title}`: {len(wanted)} {what} columns, but entries for {len(held)}"
                self.problems.refuse(element, text, "give each column one entry")
        tests = []
        for entry, column in zip(entries, table.inputs, strict=False):
            test = self._tests(table, number, entry, column)
            tests.append(test)
            if isinstance(column, Heard):
                column.tests.append((entry, test))
        return Rule(element, tests, self._conclusion(table, number, concluded), decode(own) if own else None)

    def _tests(self, table: Found, number: int, entry: Element, column: Heard | Found | None) -> Tests:
        try:
            return parse_tests(_text(entry))
        except FeelError as error:
            title = column.title if column else "?"
            self.problems.refuse(entry, f"row {number} of `{table.title}`, `{title}`: {error.what}", error.mend)
            return Tests((), negated=True)

    def _conclusion(self, table: Found, number: int, entries: list[Element]) -> Value | None:
        values: list[Value | None] = []
        for entry in entries:
            text = _text(entry)
            try:
                values.append(None if text in ("", "-") else _value(text, self.names))
            except FeelError as error:
                self.problems.refuse(entry, f"row {number} of `{table.title}`, output: {error.what}", error.mend)
                values.append(None)
        if len(values) < 2:
            return values[0] if values else None
        return self.names.word(" / ".join("-" if value is None else _plain(value) for value in values))

    # -- once the facts are settled -----------------------------------------------------------------------------------

    def rows(self, table: Found) -> list[Placed]:
        """Return the rows of a table; each holds the pack it is of, where an element of ours says so."""
        policy = self.policy(table)
        rows = []
        grouped: list[list[Rule]] = []
        for rule in [*self._rules[table.id], *self._otherwise(table, policy)]:
            last = grouped[-1][-1] if grouped else None
            if last is not None and rule.row is not None and (rule.row, rule.then) == (last.row, last.then):
                grouped[-1].append(rule)
            else:
                grouped.append([rule])
        number = 0
        for rules in grouped:
            rows.append(self._row(table, policy, rules, number + 1))
            number += len(rules)
        return rows

    def _otherwise(self, table: Found, policy: str | None) -> Iterator[Rule]:
        """Yield the row that a default output is; only where rules are tried in order is it one."""
        for output in table.element.all("output"):
            default = output.first("defaultOutputEntry")
            if default is None or not _text(default):
                continue
            if policy == "first" and table.parts == 1:
                yield Rule(default, [], self._conclusion(table, len(self._rules[table.id]) + 1, [default]), None)
            else:
                mend = "write a rule for it"
                self.problems.refuse(default, f"the default output of `{table.title}` is not read here", mend)

    def _row(self, table: Found, policy: str | None, rules: list[Rule], number: int) -> Placed:
        first = rules[0]
        own = dict(first.own.value) if first.own else {}
        carried_when, concludes = own.pop("when", None), own.pop("concludes", None)
        wanted = first.row or f"{table.id}.r{number}"
        name = wanted
        while name in self._rows:
            name = f"{name}_"
        self._rows.add(name)
        data: dict[str, Placed] = {**own, "id": placed(name, first.element)}
        made = [self._box(table, rule) for rule in rules]
        data["when"] = self._condition(table, policy, rules, made, carried_when)
        then = None if policy == "count" or concludes else first.then
        if then is not None:
            data["then"] = placed(then, next(first.element.all("outputEntry"), first.element))
        data |= self._words(first)
        return Placed(data, first.element)

    def _words(self, rule: Rule) -> dict[str, Placed]:
        label, description = rule.element.get("label"), rule.element.first("description")
        words = {"title": placed(label, rule.element)} if label else {}
        # What others write there is no template of ours; with braces in it, it could be misread as one.
        if description is not None and description.text and (rule.own or "{" not in description.text):
            words["because"] = placed(description.text, description)
        return words

    def _condition(
        self, table: Found, policy: str | None, rules: list[Rule], made: list[Box], held: Placed | None
    ) -> Placed:
        """Return the condition that an element of ours holds if it makes these very rules, or else what they say."""
        if held is not None and isinstance(held.value, dict):
            kinds = {column.id: column.kind for column in table.inputs if column is not None}
            try:
                if boxes(held.plain(), kinds, apart=policy in APART) == made:
                    return self._located(held, table, rules)
            except (KeyError, TypeError, AttributeError, TestError, NumberError):
                pass  # it was changed by hand, or facts were renamed: the rules themselves count
        inputs = list(dict.fromkeys(column.id for column in table.inputs if column is not None))
        domains = {column.id: tuple(words_of(column)) for column in table.inputs if isinstance(column, Heard)}
        return self._located(placed(plain_condition(made, inputs, domains), rules[0].element), table, rules)

    def _located(self, condition: Placed, table: Found, rules: list[Rule]) -> Placed:
        """Return a condition with each test at the cell that says it."""

        def entry(rule: Rule, name: str) -> Element | None:
            for column, element in zip(table.inputs, rule.element.all("inputEntry"), strict=False):
                if column is not None and column.id == name:
                    return element
            return None

        def at(mapping: Placed, rule: Rule) -> Placed:
            tests = {
                name: Placed(test.value, entry(rule, name) or rule.element)
                for name, test in mapping.value.items()
                if name != "any"
            }
            return Placed(tests, rule.element)

        located = at(condition, rules[0])
        alternatives = condition.value.get("any")
        if alternatives is not None:
            inside = alternatives.value if len(alternatives.value) == len(rules) else []
            mappings = [at(mapping, rule) for mapping, rule in zip(inside, rules, strict=False)]
            located.value["any"] = Placed(mappings or alternatives.value, rules[0].element)
        return located

    def _box(self, table: Found, rule: Rule) -> Box:
        box: dict[str, Cell] = {}
        entries = list(rule.element.all("inputEntry"))
        for column, tests, entry in zip(table.inputs, rule.tests, entries, strict=False):
            if column is None or column.kind == NO_KIND or tests == Tests((), negated=True):
                continue
            try:
                cell = to_cell(tests, column.kind, self.names.word)
            except FeelError as error:
                self.problems.refuse(entry, f"`{table.title}`, `{column.title}`: {error.what}", error.mend)
                continue
            if not is_everything(cell):
                box[column.id] = met(box[column.id], cell) if column.id in box else cell
        return box


def _rules(table: Found) -> Iterator[Element]:
    return table.element.all("rule")


def _text(entry: Element) -> str:
    inside = entry.first("text")
    return inside.text if inside else ""


def _value(text: str, names: Names) -> Value:
    value = parse_value(text)
    if value is None:
        return UNKNOWN
    return names.word(value) if isinstance(value, str) else value


def _plain(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
