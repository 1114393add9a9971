"""Facts of the rule files: kinds, domains, choices, defaults and how figures are derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from advisor.errors import Place
from advisor.rulebook.build_parts import Citations, quoted_by
from advisor.rulebook.entries import Entry, RuleFiles
from advisor.rulebook.model import Assumption, Fact, Section
from advisor.rulebook.names import is_choice, is_reserved
from advisor.rulebook.origins import Default, Derived
from advisor.rulebook.sets import BOOLEANS, EVERY_NUMBER, ChoiceSet, NumberSet, PresenceSet, ValueSet
from advisor.rulebook.unary import TestError, parse_domain

_NUMBERS: Final = ("integer", "number")


class FactReader:
    """Reads `facts`; what is wrong goes to the files."""

    def __init__(
        self,
        files: RuleFiles,
        sections: Mapping[str, Section],
        assumptions: Mapping[str, Assumption],
        citations: Citations,
    ) -> None:
        self.files, self.sections, self.assumptions, self.citations = files, sections, assumptions, citations

    def read(self) -> dict[str, Fact]:
        """Return the facts of all packs, in the order of the files."""
        facts: dict[str, Fact] = {}
        entries: dict[str, Entry] = {}
        for entry in self.files.entries("facts"):
            if entry["id"] is None or entry["kind"] is None:
                continue
            fact, place = self._fact(entry), entry.place("id")
            if is_reserved(fact.id):
                self.files.refuse(place, f"`{fact.id}` cannot name a fact", "it means something else; choose another")
            if fact.id in self.assumptions:
                self.files.refuse(place, f"`{fact.id}` is an assumption too", "give one of the two another id")
            if fact.kind != "choice" or fact.choices:  # without its values, every test on it would be a second problem
                self.files.put(facts, fact.id, fact, place, "fact")
                entries.setdefault(fact.id, entry)
        for name, entry in entries.items():
            self._check_default(facts[name], entry, facts)
        return facts

    def _fact(self, entry: Entry) -> Fact:
        section = entry["section"]
        if section is not None and self.sections and section not in self.files.declared("sections"):
            otherwise = f"use one of {', '.join(self.sections)}"
            self.files.refuse_unknown(entry.place("section"), "section", section, self.sections, otherwise)
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
            example=entry.typed("example"),
            required=bool(entry["required"]),
            source=self.citations.of(entry),
            pack=entry["pack"],
            default=self._default(entry),
            quoted_by=quoted_by(self.files, entry),
            derived=self._derived(entry),
            place=entry.place("id"),
        )

    def _domain(self, entry: Entry) -> ValueSet:
        kind, unknown = entry["kind"], not entry["required"]
        if entry["choices"] is not None and kind != "choice":
            self.files.refuse(entry.place("choices", of_key=True), f"a {kind} has no choices", "make it `kind: choice`")
        if entry["domain"] is not None and kind not in _NUMBERS:
            self.files.refuse(entry.place("domain", of_key=True), f"a {kind} has no domain", "leave it out")
        match kind:
            case "boolean":
                return ChoiceSet(BOOLEANS, unknown, BOOLEANS)
            case "choice":
                values = tuple(entry["choices"] or ())
                if not entry.is_broken("choices"):
                    self._check_choices(entry, values)
                return ChoiceSet(values, unknown, values)
            case "text":
                return PresenceSet(True, unknown)
        try:
            intervals = parse_domain(entry["domain"]).intervals if entry["domain"] else EVERY_NUMBER.intervals
        except TestError as error:
            self.files.refuse(entry.place("domain"), error.what, error.mend)
            intervals = EVERY_NUMBER.intervals
        return NumberSet(intervals, unknown)

    def _check_choices(self, entry: Entry, values: tuple[str, ...]) -> None:
        if not values:
            what = f"the choice `{entry['id']}` has no choices"
            self.files.refuse(entry.place("id"), what, "add `choices: {value: words}`")
        for value in values:
            if not is_choice(value):
                place = entry.place("choices", value, of_key=True)
                mend = "write letters, digits and `_`; `unknown` is always a value"
                self.files.refuse(place, f"`{value}` cannot be a choice", mend)

    def _default(self, entry: Entry) -> Default | None:
        default = entry.mapping("default")
        if default is None or not self.files.in_force(default["pack"]):
            return None
        return Default(
            value=default["value"],
            of=default["of"],
            times=1 if default["times"] is None else default["times"],
            source=self.citations.of(default),
            pack=default["pack"],
        )

    def _check_default(self, fact: Fact, entry: Entry, facts: Mapping[str, Fact]) -> None:
        default, held = fact.default, entry.mapping("default")
        if default is None or held is None or held.is_broken("value") or held.is_broken("of"):
            return
        place = entry.place("default")
        if fact.derived is not None or fact.kind not in _NUMBERS:
            kind = "computed fact" if fact.derived is not None else fact.kind
            self.files.refuse(place, f"a {kind} has no default", "only numbers that are asked are ever assumed")
        elif (default.value is None) == (default.of is None):
            self.files.refuse(place, "a default has either `value` or `of`", "keep one of the two")
        elif default.value is not None and not fact.domain.contains(default.value):
            what = f"the default of `{fact.id}` lies outside its domain"
            self.files.refuse(held.place("value"), what, f"choose one in {entry['domain']}")
        elif default.of is not None:
            self._check_followed(fact, default.of, held, facts)

    def _check_followed(self, fact: Fact, followed: str, held: Entry, facts: Mapping[str, Fact]) -> None:
        place, other = held.place("of"), facts.get(followed)
        if other is None:
            if followed not in self.files.declared("facts"):
                self.files.refuse_unknown(place, "fact", followed, facts, "name another fact")
        elif other.kind not in _NUMBERS or other.derived is not None:
            self.files.refuse(place, f"`{followed}` is no number that is asked", "follow a number that is")
        elif self._is_assumed(fact, held) and not self.files.in_force(other.pack):
            what = f"`{followed}` is of the pack `{other.pack}`, which is not in force here"
            self.files.refuse(place, what, f"add `pack: {other.pack}` to the default")
        else:
            self._check_circle(fact.id, place, facts)

    def _check_circle(self, name: str, place: Place, facts: Mapping[str, Fact]) -> None:
        """Refuse defaults that follow one another in a circle, once, at the first of them."""
        trail = [name]
        while (held := facts.get(trail[-1])) and held.default and held.default.of and held.default.of not in trail[1:]:
            trail.append(held.default.of)
            if trail[-1] == name:
                break
        if len(trail) > 1 and trail[-1] == name and name == min(trail, key=list(facts).index):
            what = f"defaults follow one another in a circle: {' -> '.join(trail)}"
            self.files.refuse(place, what, "give one of them a value")

    def _is_assumed(self, fact: Fact, default: Entry) -> bool:
        return self.files.in_force(fact.pack) and self.files.in_force(default["pack"])

    def _derived(self, entry: Entry) -> Derived | None:
        derived, revised = entry.mapping("derived"), self._revised(entry)
        if derived is None and entry["revised"] is not None:
            self.files.refuse(entry.place("revised"), "`revised` stands without `derived`", "write what it revises")
        if derived is None:
            return None
        if entry["kind"] == "text":
            self.files.refuse(entry.place("kind"), "a text cannot be computed", "make it another kind, as `number`")
        first = self._arithmetic(derived)
        return replace(self._arithmetic(revised), revises=first) if revised else first

    def _revised(self, entry: Entry) -> Entry | None:
        """Return the arithmetic of a later pack where that is in force."""
        revised = entry.mapping("revised")
        return revised if revised is not None and self.files.in_force(revised["pack"]) else None

    def _arithmetic(self, derived: Entry) -> Derived:
        known = self.files.declared("facts") | self.files.declared("assumptions")
        for key in ("from", "rises_with", "falls_with"):
            for i, name in enumerate(derived[key] or ()):
                if isinstance(name, str) and name not in known:
                    place = derived.place(key, i)
                    self.files.refuse_unknown(place, "fact", name, sorted(known), "name a fact or an assumption")
        rises, falls = (tuple(derived[key] or ()) for key in ("rises_with", "falls_with"))
        return Derived(derived["formula"], tuple(derived["from"] or ()), rises, falls, derived.data.get("pack"))
