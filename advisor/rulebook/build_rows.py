"""Rows of decision tables, and the conditions of rows and constraints."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from advisor.errors import Place
from advisor.quantities import Number
from advisor.rulebook.build_parts import Citations
from advisor.rulebook.document import BROKEN, Document, Path
from advisor.rulebook.entries import Entry, RuleFiles
from advisor.rulebook.model import RECOMMENDATION, Assumption, Constraint, Fact, Option, Row, Step, Test, When
from advisor.rulebook.shapes import STEP
from advisor.rulebook.unary import TestError, parse_test


class ConditionReader:
    """Reads mappings of facts to unary tests; what is wrong goes to the files."""

    def __init__(
        self,
        files: RuleFiles,
        facts: Mapping[str, Fact],
        concluded: Mapping[str, Fact],
        collected: Collection[str],
    ) -> None:
        """facts: of all packs. concluded: of the tables in force. collected: tables that conclude a list."""
        self.files, self.facts, self.concluded, self.collected = files, facts, concluded, collected

    def read(self, document: Document, path: Path, mapping: Mapping[str, Any]) -> When:
        """Return the tests of a mapping, less those that were refused."""
        tests: dict[str, Test] = {}
        before: Any = None
        for name, written in mapping.items():
            fact = self.facts.get(name) or self.concluded.get(name)
            if written is None and fact is None:
                self._refuse_torn(before, name, document.place((*path, name), of_key=True))
            elif fact is None or not self.files.in_force(fact.pack):
                self._refuse_fact(name, fact, document.place((*path, name), of_key=True))
            elif not _is_broken(written):
                place = document.place((*path, name))
                try:
                    tests[name] = Test(_as_text(written), parse_test(written, fact.domain), place)
                except TestError as error:
                    self.files.refuse(place, f"{name}: {error.what}", error.mend)
            before = written
        return MappingProxyType(tests)

    def alternatives(self, document: Document, path: Path, written: Any) -> tuple[When, ...]:
        """Return the mappings of an `any`."""
        if written is BROKEN:
            return ()
        if not isinstance(written, list) or not written:
            what = "`any` is a list of mappings, at least one"
            self.files.refuse(document.place(path), what, "write `any: [{fact: test}, ...]`")
            return ()
        mappings = []
        for i, mapping in enumerate(written):
            inside = (*path, i)
            if isinstance(mapping, dict) and "any" in mapping:
                place = document.place((*inside, "any"), of_key=True)
                self.files.refuse(place, "an `any` cannot stand within an `any`", "list the mappings side by side")
            elif isinstance(mapping, dict):
                mappings.append(self.read(document, inside, mapping))
            elif mapping is not BROKEN:
                what = "`any` holds mappings of facts to tests"
                self.files.refuse(document.place(inside), what, "write `{fact: test}`")
        return tuple(mappings)

    def _refuse_torn(self, before: Any, name: str, place: Place) -> None:
        """Refuse a key without a test: most often the rest of what a comma inside {} has cut off."""
        if isinstance(before, str) and ("(" in before) != (")" in before):
            return  # the part before the comma was refused already
        what = f"`{name}` stands without a test"
        self.files.refuse(place, what, "quote what holds a comma inside {}, and write `1_200` for thousands")

    def _refuse_fact(self, name: str, fact: Fact | None, place: Place) -> None:
        if fact is not None:
            what = f"the fact `{name}` is of the pack `{fact.pack}`, which is not in force here"
            self.files.refuse(place, what, "test a fact of this pack, or move the rule to that one")
        elif name in self.collected:
            what = f"`{name}` collects a list, which no test can read"
            self.files.refuse(place, what, "test the facts that its rows test")
        elif name not in self.files.declared("facts") | self.files.declared("tables"):
            known = [name for name, fact in self.facts.items() if self.files.in_force(fact.pack)]
            self.files.refuse_unknown(place, "fact", name, [*known, *self.concluded], "declare it in facts.yaml")


class RowReader:
    """Reads the rows of tables; what is wrong goes to the files."""

    def __init__(
        self,
        conditions: ConditionReader,
        assumptions: Mapping[str, Assumption],
        options: Mapping[str, Option],
        citations: Citations,
    ) -> None:
        self.conditions, self.files = conditions, conditions.files
        self.assumptions, self.options, self.citations = assumptions, options, citations

    def read(self, entry: Entry, table: str, hit_policy: str | None) -> Row:
        """Return one row, less what of it was refused."""
        self._check_conclusion(entry, table, hit_policy)
        when = entry["when"] or {}
        path = (*entry.path, "when")
        tests = {name: test for name, test in when.items() if name != "any"}
        alternatives = (
            self.conditions.alternatives(entry.document, (*path, "any"), when["any"]) if "any" in when else None
        )
        return Row(
            id=entry["id"] or "",
            table=table,
            when=self.conditions.read(entry.document, path, tests),
            any_of=alternatives,
            then=entry["then"],
            because=self.files.template(entry, "because"),
            favours=entry["favours"],
            source=self.citations.of(entry),
            strength=entry["strength"],
            title=entry["title"],
            step=self._step(entry),
            scenario=self._scenario(entry),
            as_of=entry["as_of"],
            review_by=entry["review_by"],
            pack=entry.pack,
            place=entry.place("id"),
        )

    def _check_conclusion(self, entry: Entry, table: str, hit_policy: str | None) -> None:
        then = entry["then"]
        if hit_policy == "count" and then is not None:
            self.files.refuse(entry.place("then"), "a row of a `count` table concludes nothing", "leave `then` out")
        if entry["strength"] is not None and table != RECOMMENDATION:
            what = f"rows of `{table}` have no strength"
            self.files.refuse(entry.place("strength"), what, f"only those of `{RECOMMENDATION}` do")
        if table != RECOMMENDATION or then is None or not self.files.declared("options"):
            return
        option = self.options.get(str(then))
        if option is None:
            if then not in self.files.declared("options"):
                otherwise = f"use one of {', '.join(self.options)}"
                self.files.refuse_unknown(entry.place("then"), "option", str(then), self.options, otherwise)
        elif not self.files.in_force(option.pack):
            what = f"the option `{then}` is of the pack `{option.pack}`, which is not in force here"
            self.files.refuse(entry.place("then"), what, "conclude an option of this pack")

    def _step(self, entry: Entry) -> Step | None:
        held = entry.mapping("step")
        return (
            None if held is None else Step(**{key: self.files.template(held, key) or "" for key in STEP.model_fields})
        )

    def _scenario(self, entry: Entry) -> Mapping[str, Number]:
        scenario: dict[str, Number] = entry["scenario"] or {}
        facts = self.conditions.facts
        numbers = [*(name for name, fact in facts.items() if fact.kind in ("integer", "number")), *self.assumptions]
        for name in scenario:
            place, held = entry.place("scenario", name, of_key=True), facts.get(name) or self.assumptions.get(name)
            if held is None:
                if name not in self.files.declared("facts") | self.files.declared("assumptions"):
                    self.files.refuse_unknown(place, "fact", name, numbers, "name a fact, a figure or an assumption")
            elif name not in numbers:
                self.files.refuse(place, f"`{name}` is no number", "name a fact, a figure or an assumption that is")
            elif not self.files.in_force(held.pack):
                what = f"`{name}` is of the pack `{held.pack}`, which is not in force here"
                self.files.refuse(place, what, "leave it out, or move the row to that pack")
        return MappingProxyType(dict(scenario))


def read_constraints(conditions: ConditionReader) -> tuple[Constraint, ...]:
    """Return the constraints in force: those of which every fact is."""
    files, constraints = conditions.files, []
    for entry in files.entries("constraints"):
        never = entry["never"]
        if never is None or not files.in_force(entry.pack):
            continue
        if not never:
            files.refuse(entry.place("never"), "`never` names no fact", "write `{fact: test}`")
        facts = [conditions.facts[name] for name in never if name in conditions.facts]
        if all(files.in_force(fact.pack) for fact in facts):
            tests = conditions.read(entry.document, (*entry.path, "never"), never)
            constraints.append(Constraint(tests, files.template(entry, "because"), entry.place("never")))
    return tuple(constraints)


def _is_broken(written: Any) -> bool:
    return written is BROKEN or (isinstance(written, list) and BROKEN in written)


def _as_text(value: Any) -> str:
    """Return a test as one would write it in a line."""
    if isinstance(value, list):
        return ", ".join(_as_text(part) for part in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
