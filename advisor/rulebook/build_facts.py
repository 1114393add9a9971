"""Facts of the rule files: kinds, domains, choices, defaults and how figures are derived."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from advisor.errors import suggestion
from advisor.rulebook.model import Default, Derived, Fact
from advisor.rulebook.sets import BOOLEANS, EVERY_NUMBER, UNKNOWN, ChoiceSet, NumberSet, PresenceSet, ValueSet
from advisor.rulebook.unary import TestError, parse_domain

if TYPE_CHECKING:
    from advisor.rulebook.build import Builder, Entry

# What a choice may be: never a test (`-`, `< 5`, `[1..2]`, `not(...)`), never a word with a meaning of its own.
_CHOICE = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_ .:/+-]{0,199}$", re.ASCII)
_RESERVED = {
    "any",
    "project",
    "and",
    "or",
    "not",
    "is",
    "in",
    "if",
    "else",
    "elif",
    "true",
    "false",
    "none",
    UNKNOWN,
    "known",
}


class FactBuilder:
    """Reads `facts`; problems go to the builder."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    def read(self) -> dict[str, Fact]:
        facts: dict[str, Fact] = {}
        entries = list(self.builder.entries("facts"))
        declared = self.builder.declared_ids("facts")
        for entry in entries:
            fact = self._fact(entry, declared)
            place = entry.place("id")
            if fact.id in _RESERVED:
                self.builder.refuse(
                    place, f"`{fact.id}` cannot name a fact", "it has a meaning of its own; choose another id"
                )
            if fact.id in self.builder.assumptions:
                self.builder.refuse(place, f"`{fact.id}` is an assumption too", "give one of the two another id")
            self.builder.put(facts, fact.id, fact, place, "fact")
        for entry in entries:
            self._check_default(entry, facts)
        return facts

    def _fact(self, entry: Entry, declared: set[str]) -> Fact:
        section = entry["section"]
        sections = self.builder.sections
        if section is not None and sections and section not in sections:
            mend = suggestion(section, sections) or f"use one of {', '.join(sections)}"
            self.builder.refuse(entry.place("section"), f"unknown section `{section}`", mend)
        name = entry["id"]
        return Fact(
            id=name,
            kind=entry["kind"],
            domain=self._domain(entry),
            title=entry["title"] or name.replace("_", " "),
            section=section,
            choices=MappingProxyType(dict(entry["choices"] or {})),
            unit=entry["unit"],
            question=entry["question"],
            help=entry["help"],
            why=entry["why"],
            example=None if entry["example"] is None else str(entry["example"]),
            required=bool(entry["required"]),
            source=self.builder.source_items(entry, "source"),
            pack=entry["pack"],
            default=self._default(entry),
            derived=self._derived(entry, declared),
            place=entry.place("id"),
        )

    def _domain(self, entry: Entry) -> ValueSet:
        kind, unknown = entry["kind"], not entry["required"]
        if entry["choices"] is not None and kind != "choice":
            self.builder.refuse(
                entry.place("choices", of_key=True), f"a {kind} has no choices", "make it `kind: choice`"
            )
        if entry["domain"] is not None and kind not in ("integer", "number"):
            self.builder.refuse(entry.place("domain", of_key=True), f"a {kind} has no domain", "leave it out")
        match kind:
            case "boolean":
                return ChoiceSet(BOOLEANS, unknown, BOOLEANS)
            case "choice":
                values = tuple(entry["choices"] or ())
                self._check_choices(entry, values)
                return ChoiceSet(values, unknown, values)
            case "text":
                return PresenceSet(True, unknown)
        if entry["domain"] is None:
            return NumberSet(EVERY_NUMBER.intervals, unknown)
        try:
            return NumberSet(parse_domain(entry["domain"]).intervals, unknown)
        except TestError as error:
            self.builder.refuse(entry.place("domain"), error.what, error.mend)
            return NumberSet(EVERY_NUMBER.intervals, unknown)

    def _check_choices(self, entry: Entry, values: tuple[str, ...]) -> None:
        if not values:
            self.builder.refuse(
                entry.place("id"), f"the choice `{entry['id']}` has no choices", "add `choices: {value: words}`"
            )
        for value in values:
            if not _CHOICE.match(value) or value in ("known", UNKNOWN):
                place = entry.place("choices", value, of_key=True)
                self.builder.refuse(
                    place, f"`{value}` cannot be a choice", "write plain ASCII words; `unknown` is always there"
                )

    def _default(self, entry: Entry) -> Default | None:
        data = entry["default"]
        if data is None:
            return None
        times = self.builder.number(entry, "default", "times")
        return Default(
            value=self.builder.number(entry, "default", "value"),
            of=data.get("of"),
            times=1 if times is None else times,
            source=self.builder.source_items(entry, "default", "source"),
            pack=data.get("pack"),
        )

    def _check_default(self, entry: Entry, facts: dict[str, Fact]) -> None:
        fact = facts.get(entry["id"])
        if fact is None or fact.default is None:
            return
        default, place = fact.default, entry.place("default")
        if fact.kind not in ("integer", "number"):
            self.builder.refuse(place, f"a {fact.kind} has no default", "only numbers are ever assumed")
        elif (default.value is None) == (default.of is None):
            self.builder.refuse(place, "a default has either `value` or `of`", "keep one of the two")
        elif default.value is not None and not fact.domain.contains(default.value):
            self.builder.refuse(
                place, f"the default of `{fact.id}` lies outside its domain", f"choose one in {fact.domain}"
            )
        elif default.of is not None and (default.of not in facts or default.of == fact.id):
            mend = suggestion(default.of, facts) or "name another fact"
            self.builder.refuse(entry.place("default", "of"), f"unknown fact `{default.of}`", mend)

    def _derived(self, entry: Entry, declared: set[str]) -> Derived | None:
        data = entry["derived"]
        if data is None:
            return None
        known = declared | self.builder.assumptions.keys()
        for i, name in enumerate(data["from"]):
            if name not in known:
                mend = suggestion(name, known) or "name a fact or an assumption"
                self.builder.refuse(entry.place("derived", "from", i), f"unknown fact `{name}`", mend)
        return Derived(data["formula"], tuple(data["from"]))
