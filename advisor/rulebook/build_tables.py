"""Decision tables of the rule files: rows, tests, what they conclude, and the order in which tables are decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from advisor.errors import Place, suggestion
from advisor.quantities import Number, NumberError, is_number, parse_number
from advisor.rulebook.document import Document, Path
from advisor.rulebook.model import RECOMMENDATION, Fact, Row, Step, Table, Test, When
from advisor.rulebook.sets import BOOLEANS, UNKNOWN, ChoiceSet, NumberSet, Value, ValueSet, point
from advisor.rulebook.unary import TestError, parse_test

if TYPE_CHECKING:
    from advisor.rulebook.build import Builder, Entry


@dataclass
class _Draft:
    """A table while its parts are gathered from files: the entry that declares it and all rows, last pack first."""

    entry: Entry
    rows: list[Entry]


class TableBuilder:
    """Reads `tables` of the packs in force; problems go to the builder."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.tables: dict[str, Table] = {}
        self.concluded: dict[str, Fact] = {}
        self.order: tuple[str, ...] = ()
        self.row_places: list[tuple[Document, Path, Row]] = []

    def read(self) -> None:
        drafts = self._drafts()
        for name, draft in drafts.items():
            domain = self._concluded_domain(draft)
            if domain is not None:
                self.concluded[name] = Fact(
                    name, _kind(domain), domain, draft.entry["title"] or name, place=draft.entry.place("id")
                )
        self.collect = {name for name, draft in drafts.items() if draft.entry["hit_policy"] == "collect"}
        seen: dict[str, Row] = {}
        for name, draft in drafts.items():
            rows = [row for entry in draft.rows if (row := self._row(entry, draft)) is not None]
            for row in rows:
                self.builder.put(seen, row.id, row, row.place, "row")
            entry = draft.entry
            self.tables[name] = Table(
                name,
                entry["title"] or name,
                entry["hit_policy"],
                entry["purpose"],
                tuple(rows),
                entry.pack,
                entry.place("id"),
            )
        self.order = self._decision_order()

    # -- gathering --------------------------------------------------------------------------------------------------

    def _drafts(self) -> dict[str, _Draft]:
        drafts: dict[str, _Draft] = {}
        for number, file in enumerate(self.builder.files):
            listed = file.document.data.get("tables") if isinstance(file.document.data, dict) else None
            if not self.builder.in_force(file.pack) or not isinstance(listed, list):
                continue
            for i, data in enumerate(listed):
                if isinstance(data, dict):
                    self._gather(number, ("tables", i), data, drafts)
        return drafts

    def _gather(self, number: int, path: Path, data: dict[str, Any], drafts: dict[str, _Draft]) -> None:
        from advisor.rulebook.build import Entry

        file = self.builder.files[number]
        entry = Entry(file.document, path, data, file.pack)
        if not isinstance(data.get("rows"), list) or any(
            bad[:2] == path and bad[2:3] != ("rows",) for bad in self.builder.malformed[number]
        ):
            return
        rows = [
            Entry(file.document, (*path, "rows", i), row, file.pack)
            for i, row in enumerate(data["rows"])
            if not self.builder.is_malformed(number, (*path, "rows", i))
        ]
        name, extended = data.get("id"), data.get("extend")
        if (name is None) == (extended is None):
            self.builder.refuse(
                entry.place(), "a table has either `id` or `extend`", "name a new table or one to extend"
            )
        elif extended is not None:
            self._extend(entry, extended, rows, drafts)
        elif name in self.builder.facts:
            self.builder.refuse(
                entry.place("id"), f"`{name}` is a fact already", "a table concludes the fact with its own id"
            )
        elif data.get("hit_policy") is None:
            self.builder.refuse(
                entry.place("id"), f"`hit_policy` of `{name}` is missing", "add `hit_policy: first`, for example"
            )
        elif name is None or name in self.builder.assumptions or name == "any":
            self.builder.refuse(entry.place("id"), f"`{name}` cannot name a table", "choose another id")
        else:
            self.builder.put(drafts, name, _Draft(entry, rows), entry.place("id"), "table")

    def _extend(self, entry: Entry, name: str, rows: list[Entry], drafts: dict[str, _Draft]) -> None:
        if name not in drafts:
            mend = suggestion(name, drafts) or "extend a table of an earlier pack"
            self.builder.refuse(entry.place("extend"), f"unknown table `{name}`", mend)
            return
        policy = drafts[name].entry["hit_policy"]
        if entry["hit_policy"] not in (None, policy):
            self.builder.refuse(
                entry.place("hit_policy"), f"`{name}` has the hit policy `{policy}`", "leave it out here"
            )
        drafts[name].rows[:0] = rows

    def _concluded_domain(self, draft: _Draft) -> ValueSet | None:
        """Return what the rows can conclude, `unknown` included when a row says so; None for `collect`."""
        policy = draft.entry["hit_policy"]
        if policy == "collect":
            return None
        if policy == "count":
            return NumberSet.of(point(n) for n in range(len(draft.rows) + 1))
        values = [entry["then"] for entry in draft.rows if entry["then"] not in (None, UNKNOWN)]
        unknown = any(entry["then"] == UNKNOWN for entry in draft.rows)
        if values and all(isinstance(value, bool) for value in values):
            return (
                ChoiceSet(BOOLEANS, True, BOOLEANS)
                if unknown
                else ChoiceSet.of((str(v).lower() for v in values), BOOLEANS)
            )
        if values and all(is_number(value) for value in values):
            return NumberSet.of((point(value) for value in values), unknown=unknown)
        for entry in draft.rows:
            value = entry["then"]
            if value is not None and not isinstance(value, str):
                mend = "let all rows conclude words, booleans or numbers; quote a word that looks like a number"
                self.builder.refuse(
                    entry.place("then"), f"`{value}` is of another kind than what other rows conclude", mend
                )
        words = tuple(dict.fromkeys(value for value in values if isinstance(value, str)))
        return ChoiceSet(words, unknown, words)

    # -- rows -------------------------------------------------------------------------------------------------------

    def _row(self, entry: Entry, draft: _Draft) -> Row | None:
        table = draft.entry["id"]
        when = entry["when"]
        if not isinstance(when, dict):
            self.builder.refuse(
                entry.place("when"),
                "`when` must be a mapping of facts to tests",
                "write `{}` for a row that always holds",
            )
            return None
        self._check_conclusion(entry, draft)
        path = (*entry.path, "when")
        base = self.read_when(entry.document, path, {fact: test for fact, test in when.items() if fact != "any"})
        any_of = self._any(entry, when["any"]) if "any" in when else None
        step = entry["step"]
        row = Row(
            id=entry["id"],
            table=table,
            when=base or MappingProxyType({}),
            any_of=any_of,
            then=entry["then"],
            because=entry["because"],
            favours=entry["favours"],
            source=self.builder.source_items(entry, "source"),
            strength=entry["strength"],
            title=entry["title"],
            step=Step(**step) if step else None,
            scenario=self._scenario(entry),
            pack=entry.pack,
            place=entry.place("id"),
        )
        self.row_places.append((entry.document, entry.path, row))
        return row

    def _check_conclusion(self, entry: Entry, draft: _Draft) -> None:
        table, then = draft.entry, entry["then"]
        if table["hit_policy"] == "count" and then is not None:
            self.builder.refuse(entry.place("then"), "a row of a `count` table concludes nothing", "leave `then` out")
        if isinstance(then, list | dict):
            self.builder.refuse(entry.place("then"), "`then` is one value", "write a word, a boolean or a number")
        if entry["strength"] is not None and table["id"] != RECOMMENDATION:
            self.builder.refuse(
                entry.place("strength"),
                f"rows of `{table['id']}` have no strength",
                f"only those of `{RECOMMENDATION}` do",
            )
        options = self.builder.options
        if table["id"] != RECOMMENDATION or not options or not isinstance(then, str):
            return
        if then not in options:
            if then not in self.builder.declared_ids("options"):
                mend = suggestion(then, options) or f"use one of {', '.join(options)}"
                self.builder.refuse(entry.place("then"), f"unknown option `{then}`", mend)
        elif not self.builder.in_force(options[then].pack):
            self.builder.refuse(
                entry.place("then"),
                f"the option `{then}` is of the pack `{options[then].pack}`",
                "which is not in force here",
            )

    def _any(self, entry: Entry, written: Any) -> tuple[When, ...]:
        path = (*entry.path, "when", "any")
        if not isinstance(written, list) or not written:
            self.builder.refuse(
                entry.document.place(path),
                "`any` is a list of mappings, at least one",
                "write `any: [{fact: test}, ...]`",
            )
            return ()
        mappings = []
        for i, mapping in enumerate(written):
            if not isinstance(mapping, dict):
                self.builder.refuse(
                    entry.document.place((*path, i)), "`any` holds mappings of facts to tests", "write `{fact: test}`"
                )
            elif "any" in mapping:
                place = entry.document.place((*path, i, "any"), of_key=True)
                self.builder.refuse(place, "an `any` cannot stand within an `any`", "list the mappings side by side")
            else:
                read = self.read_when(entry.document, (*path, i), mapping)
                if read is not None:
                    mappings.append(read)
        return tuple(mappings)

    def read_when(self, document: Document, path: Path, when: Mapping[str, Any]) -> When | None:
        """Read a mapping of fact to unary test; None when any of it was refused."""
        tests: dict[str, Test] = {}
        for name, written in when.items():
            place = document.place((*path, name))
            fact = self.builder.facts.get(name) or self.concluded.get(name)
            if fact is None:
                self._refuse_fact(name, document.place((*path, name), of_key=True))
            elif not self.builder.in_force(fact.pack):
                key = document.place((*path, name), of_key=True)
                self.builder.refuse(
                    key, f"the fact `{name}` is of the pack `{fact.pack}`", "which is not in force here"
                )
            else:
                try:
                    tests[name] = Test(_written(written), parse_test(written, fact.domain), place)
                except TestError as error:
                    self.builder.refuse(place, f"{name}: {error.what}", error.mend)
        return MappingProxyType(tests) if len(tests) == len(when) else None

    def _refuse_fact(self, name: str, place: Place) -> None:
        if name in self.collect:
            self.builder.refuse(
                place, f"`{name}` collects a list, which no test can read", "test the facts that its rows test"
            )
            return
        if name in self.builder.declared_ids("facts") | self.builder.declared_ids("tables"):
            return  # declared, but malformed: that was said already
        known = self.builder.facts.keys() | self.concluded.keys()
        self.builder.refuse(place, f"unknown fact `{name}`", suggestion(name, known) or "declare it in facts.yaml")

    def _scenario(self, entry: Entry) -> Mapping[str, Number]:
        scenario: dict[str, Number] = {}
        data = entry["scenario"]
        if data is not None and not isinstance(data, dict):
            self.builder.refuse(
                entry.place("scenario"), "`scenario` maps ids to numbers", "write `{tuning_upfront: 200}`"
            )
            data = None
        known = self.builder.facts.keys() | self.builder.assumptions.keys()
        for name, written in (data or {}).items():
            if name not in known:
                mend = suggestion(name, known) or "name a fact, a figure or an assumption"
                self.builder.refuse(entry.place("scenario", name, of_key=True), f"unknown fact `{name}`", mend)
                continue
            try:
                scenario[name] = written if is_number(written) else parse_number(str(written))
            except NumberError as error:
                self.builder.refuse(entry.place("scenario", name), str(error), "write a number")
        return MappingProxyType(scenario)

    # -- order ------------------------------------------------------------------------------------------------------

    def _decision_order(self) -> tuple[str, ...]:
        """Return the tables so that each follows those it tests; refuse circles, each named as a path."""
        done: dict[str, None] = {}
        said: set[frozenset[str]] = set()

        def visit(name: str, trail: tuple[str, ...]) -> None:
            if name in trail:
                circle = trail[trail.index(name) :]
                if frozenset(circle) not in said:
                    said.add(frozenset(circle))
                    path = " -> ".join((*circle, name))
                    self.builder.refuse(
                        self.tables[name].place, f"tables depend on each other in a circle: {path}", "break it"
                    )
                return
            if name in done:
                return
            for fact in self.tables[name].inputs:
                if fact in self.tables:
                    visit(fact, (*trail, name))
            done[name] = None

        for name in self.tables:
            visit(name, ())
        return tuple(done)


def _kind(domain: ValueSet) -> Any:
    if isinstance(domain, NumberSet):
        return "integer" if all(isinstance(end, int) for end in domain.endpoints()) else "number"
    return "boolean" if isinstance(domain, ChoiceSet) and domain.domain == BOOLEANS else "choice"


def _written(value: Any) -> str:
    """Return a test as one would write it in a line."""
    if isinstance(value, list):
        return ", ".join(_written(part) for part in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def value_text(value: Value | None) -> str:
    """Write a conclusion as it stands in a rule file."""
    return "" if value is None else _written(value)
