"""A rulebook as DMN 1.3: a decision with a table for each table, its facts as input data.

What DMN has no place for stands in extension elements of our own, so that reading the file gives the same rulebook.
`unknown` is null. A row with `any` is several rules; where a DMN engine would count or collect those that hold (or
forbid it), they are cut so that no two hold together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from advisor.dmn.cells import Box, boxes, unary_text
from advisor.dmn.extension import NAMESPACE, PREFIX, encode
from advisor.dmn.feel import feel_of, feel_value
from advisor.dmn.layout import drawing
from advisor.dmn.markup import Markup, written
from advisor.dmn.rule_data import condition_data, fact_data, row_data, surroundings, table_data
from advisor.quantities import is_number
from advisor.rulebook.model import Fact, Row, Rulebook, Table
from advisor.rulebook.sets import EVERY_NUMBER, ChoiceSet, NumberSet

MODEL: Final = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_NAMESPACES: Final = {
    "xmlns": MODEL,
    "xmlns:dmndi": "https://www.omg.org/spec/DMN/20191111/DMNDI/",
    "xmlns:dc": "http://www.omg.org/spec/DMN/20180521/DC/",
    "xmlns:di": "http://www.omg.org/spec/DMN/20180521/DI/",
    f"xmlns:{PREFIX}": NAMESPACE,
}
_POLICIES: Final = {"unique": "UNIQUE", "any": "ANY", "first": "FIRST", "collect": "COLLECT", "count": "COLLECT"}
APART: Final = ("unique", "collect", "count")  # policies under which two rules of one row must not hold together
_TYPES: Final = {"boolean": "boolean", "choice": "string", "text": "string", "integer": "number", "number": "number"}


def dmn(rulebook: Rulebook) -> str:
    """Return a rulebook as the text of a DMN file. Raises BadInput for what XML cannot hold."""
    return written(_Writer(rulebook).definitions())


class _Writer:
    """Writes one rulebook; every id of XML is given once."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.ids: set[str] = set()
        # Facts and tables keep their own ids, which XML can have as they are.
        self.ids.update([*rulebook.facts, *rulebook.tables])
        self.ids.update(_requirement(name, fact) for name, table in rulebook.tables.items() for fact in table.inputs)

    def definitions(self) -> Markup:
        book = self.rulebook
        attributes = _NAMESPACES | {
            "id": self.id("definitions"),
            "name": "rulebook",
            "namespace": "urn:llm-tuning-advisor:rules",
            "exporter": "advisor",
        }
        children = [
            _extensions(self.surroundings()),
            *(item for fact in book.facts.values() for item in self.item(fact)),
            *(self.input_data(fact) for fact in book.facts.values()),
            *(self.decision(table) for table in book.tables.values()),
            self.diagram(),
        ]
        return Markup("definitions", attributes, children)

    def surroundings(self) -> Markup:
        held = surroundings(self.rulebook)
        children = [
            Markup(f"{PREFIX}:{key}", children=[encode("entry", entry) for entry in entries])
            for key, entries in held.items()
        ]
        packs = " ".join(self.rulebook.packs)
        return Markup(f"{PREFIX}:rulebook", {"profile": self.rulebook.profile, "packs": packs}, children)

    def item(self, fact: Fact) -> Iterator[Markup]:
        allowed = _allowed(fact)
        if allowed:
            name = _type_name(fact)
            yield Markup(
                "itemDefinition",
                {"id": self.id(f"type_{fact.id}"), "name": name},
                [Markup("typeRef", text=_TYPES[fact.kind]), self.unary("allowedValues", f"{name}_values", allowed)],
            )

    def input_data(self, fact: Fact) -> Markup:
        kind = _type_name(fact) if _allowed(fact) else _TYPES[fact.kind]
        return Markup(
            "inputData",
            {"id": fact.id, "name": fact.id, "label": fact.title},
            [
                _extensions(encode("fact", fact_data(fact))),
                Markup("variable", {"id": self.id(f"{fact.id}_variable"), "name": fact.id, "typeRef": kind}),
            ],
        )

    def decision(self, table: Table) -> Markup:
        concluded = self.rulebook.concluded.get(table.id)
        kind = _TYPES[concluded.kind] if concluded else "Any"
        children = [
            *([Markup("description", text=table.purpose)] if table.purpose else []),
            _extensions(encode("table", table_data(table))),
            Markup("variable", {"id": self.id(f"{table.id}_variable"), "name": table.id, "typeRef": kind}),
            *(self.requirement(table, fact) for fact in table.inputs),
            self.table(table, concluded),
        ]
        return Markup("decision", {"id": table.id, "name": table.id, "label": table.title}, children)

    def requirement(self, table: Table, fact: str) -> Markup:
        required = "requiredDecision" if fact in self.rulebook.tables else "requiredInput"
        return Markup(
            "informationRequirement",
            {"id": _requirement(table.id, fact)},
            [Markup(required, {"href": f"#{fact}"})],
        )

    def table(self, table: Table, concluded: Fact | None) -> Markup:
        attributes = {
            "id": self.id(f"{table.id}_table"),
            "hitPolicy": _POLICIES[table.hit_policy],
            "aggregation": "COUNT" if table.hit_policy == "count" else None,
            "outputLabel": table.title,
        }
        collected = table.hit_policy in ("collect", "count")
        output: dict[str, str | None] = {
            "id": self.id(f"{table.id}_output"),
            "name": table.id,
            "typeRef": _collected_type(table) if collected or concluded is None else _TYPES[concluded.kind],
        }
        words = [] if collected or concluded is None else _words(concluded)
        values = [self.unary("outputValues", f"{table.id}_values", ", ".join(words))] if words else []
        children = [
            *(self.input(table, self.rulebook.fact(fact)) for fact in table.inputs),
            Markup("output", output, values),
            *(rule for row in table.rows for rule in self.rules(table, row)),
        ]
        return Markup("decisionTable", attributes, children)

    def input(self, table: Table, fact: Fact) -> Markup:
        name = f"{table.id}_{fact.id}"
        expression = {"id": self.id(f"{name}_expression"), "typeRef": _TYPES[fact.kind]}
        allowed = _allowed(fact) if fact.kind != "boolean" else ""  # the fact's type says it; editors know booleans
        children = [
            Markup("inputExpression", expression, [Markup("text", text=fact.id)]),
            *([self.unary("inputValues", f"{name}_values", allowed)] if allowed else []),
        ]
        return Markup("input", {"id": self.id(f"{name}_input"), "label": fact.title}, children)

    def rules(self, table: Table, row: Row) -> Iterator[Markup]:
        kinds = {fact: self.rulebook.fact(fact).kind for fact in table.inputs}
        condition = condition_data(row)
        made = boxes(condition, kinds, apart=table.hit_policy in APART)
        data = row_data(row)
        if row.then is None and table.hit_policy != "count":
            data["concludes"] = "itself" if table.hit_policy == "collect" else "nothing"
        if _differs(plain_condition(made, table.inputs), condition):
            data["when"] = condition
        for number, box in enumerate(made):
            name = self.id(f"rule_{row.id}")
            children = [
                *([Markup("description", text=row.because)] if row.because else []),
                _extensions(encode("row", data if number == 0 else {"id": row.id})),
                *(self.cell(f"{name}_{fact}", box, fact, kinds[fact]) for fact in table.inputs),
                _entry("outputEntry", self.id(f"{name}_output"), self.conclusion(table, row)),
            ]
            yield Markup("rule", {"id": name, "label": row.title}, children)

    def cell(self, name: str, box: Box, fact: str, kind: str) -> Markup:
        return _entry("inputEntry", self.id(name), feel_of(box[fact], kind) if fact in box else "-")

    def conclusion(self, table: Table, row: Row) -> str:
        if row.then is None:
            return feel_value(row.id) if table.hit_policy in ("collect", "count") else ""
        return feel_value(row.then)

    def unary(self, tag: str, name: str, text: str) -> Markup:
        return _entry(tag, self.id(name), text)

    def diagram(self) -> Markup:
        drawn = drawing(self.rulebook)
        shapes = [
            Markup(
                "dmndi:DMNShape",
                {"id": self.id(f"shape_{box.id}"), "dmnElementRef": box.id},
                [
                    Markup(
                        "dc:Bounds",
                        {"height": str(box.height), "width": str(box.width), "x": str(box.x), "y": str(box.y)},
                    )
                ],
            )
            for box in drawn.boxes
        ]
        edges = [
            Markup(
                "dmndi:DMNEdge",
                {
                    "id": self.id(f"edge_{line.reader}.{line.read}"),
                    "dmnElementRef": _requirement(line.reader, line.read),
                },
                [Markup("di:waypoint", {"x": str(x), "y": str(y)}) for x, y in line.points],
            )
            for line in drawn.lines
        ]
        return Markup("dmndi:DMNDI", children=[Markup("dmndi:DMNDiagram", {"id": self.id("diagram")}, shapes + edges)])

    def id(self, wanted: str) -> str:
        """Return a name that no other element has."""
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", wanted)
        number = 1
        while (name if number == 1 else f"{name}_{number}") in self.ids:
            number += 1
        name = name if number == 1 else f"{name}_{number}"
        self.ids.add(name)
        return name


def plain_condition(
    made: Iterable[Box], inputs: Iterable[str], domains: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Any]:
    """Return the condition of rule files that rules say by themselves, facts in the order of their columns.

    domains: the values of choices, needed only for cells that nothing passes.
    """
    columns, known = list(inputs), domains or {}
    told = [{name: unary_text(box[name], known.get(name, ())) for name in columns if name in box} for box in made]
    return told[0] if len(told) == 1 else {"any": told}


def _differs(plain: dict[str, Any], condition: dict[str, Any]) -> bool:
    """Tell whether two conditions differ in anything, the order of facts and the spelling of tests included."""
    return repr(plain) != repr(condition)


def _allowed(fact: Fact) -> str:
    """Return the values of a fact as unary tests of FEEL; nothing where there is no need to say."""
    domain = fact.domain
    null = ["null"] if domain.unknown else []
    if isinstance(domain, NumberSet):
        if domain.intervals == EVERY_NUMBER.intervals:
            return ""
        return ", ".join([feel_of(NumberSet(domain.intervals), fact.kind), *null])
    if fact.kind == "boolean":
        return "true, false, null" if null else ""
    return ", ".join([*_words(fact), *null]) if fact.kind == "choice" else ""


def _words(fact: Fact) -> list[str]:
    if not isinstance(fact.domain, ChoiceSet) or fact.kind == "boolean":
        return []
    return [feel_value(word) for word in fact.domain.values]


def _collected_type(table: Table) -> str:
    """Return the type of what rows conclude, of which a table makes a list or a number."""
    values = [row.then for row in table.rows]
    if values and all(isinstance(value, bool) for value in values):
        return "boolean"
    return "number" if values and all(is_number(value) for value in values) else "string"


def _requirement(reader: str, read: str) -> str:
    return f"requirement_{reader}.{read}"


def _type_name(fact: Fact) -> str:
    return f"t_{fact.id}"


def _extensions(child: Markup) -> Markup:
    return Markup("extensionElements", children=[child])


def _entry(tag: str, name: str, text: str) -> Markup:
    return Markup(tag, {"id": name}, [Markup("text", text=text)])
