"""The smaller parts of a rulebook: sections, sources and their items, assumptions, options."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from advisor.rulebook.document import BROKEN
from advisor.rulebook.entries import Entry, RuleFiles
from advisor.rulebook.evidence import Source, SourceItem
from advisor.rulebook.model import Assumption, Option, Section
from advisor.rulebook.names import is_reserved
from advisor.rulebook.shapes import OPTION_TEXTS


class Citations:
    """The sources of all packs and their items, and the reader of every `source` that names one."""

    def __init__(self, files: RuleFiles) -> None:
        self.files = files
        self.sources: dict[str, Source] = {}
        self.items: dict[str, SourceItem] = {}
        for entry in files.entries("sources"):
            self._read_source(entry)
        for entry in files.entries("sources"):
            for held in entry.inside("items"):
                self._check_sides(held)

    def _read_source(self, entry: Entry) -> None:
        name, place = entry["id"] or "", entry.place("id")
        source = Source(name, entry["title"] or name, entry["kind"], entry["read"], entry["url"], entry["pack"], place)
        if name:
            self.files.put(self.sources, name, source, place, "source")
        for held in entry.inside("items"):
            if held["id"] is not None:
                locator, says, kind = (held[key] for key in ("locator", "says", "kind"))
                place = held.place("id")
                sides = tuple(tuple(side) for side in held["between"] or () if side is not BROKEN)
                item = SourceItem(held["id"], name, locator, says or "", kind or "statement", place, sides)
                self.files.put(self.items, item.id, item, place, "source item")

    def _check_sides(self, held: Entry) -> None:
        sides = held["between"]
        if sides is not None and len(sides) != 2:
            self.files.refuse(held.place("between"), "a tension is between two sides", "write two lists of items")
        for i, side in enumerate(sides or ()):
            for j, name in enumerate(() if side is BROKEN else side):
                if name is not BROKEN and name not in self.items:
                    place = held.document.place((*held.path, "between", i, j))
                    self.files.refuse_unknown(place, "source item", name, self.items, "add it to sources.yaml")

    def of(self, entry: Entry) -> tuple[str, ...]:
        """Return the items that an entry cites, those in force; each must exist where the rulebook has sources."""
        cited: list[Any] = entry["source"] or []
        for i, name in enumerate(cited):
            if name is not BROKEN and self.sources and name not in self.items:
                place = entry.place("source", i)
                self.files.refuse_unknown(place, "source item", name, self.items, "add it to sources.yaml")
        return tuple(name for name in cited if name is not BROKEN and self._is_in_force(name))

    def sources_in_force(self) -> dict[str, Source]:
        return {name: source for name, source in self.sources.items() if self.files.in_force(source.pack)}

    def items_in_force(self) -> dict[str, SourceItem]:
        return {name: item for name, item in self.items.items() if self._is_in_force(name)}

    def _is_in_force(self, item: str) -> bool:
        source = self.sources.get(self.items[item].source) if item in self.items else None
        return source is None or self.files.in_force(source.pack)


def read_sections(files: RuleFiles) -> dict[str, Section]:
    """Return the sections of all files, in their order."""
    sections: dict[str, Section] = {}
    for entry in files.entries("sections"):
        if entry["id"] is not None:
            section = Section(entry["id"], entry["title"] or entry["id"], entry["intro"])
            files.put(sections, section.id, section, entry.place("id"), "section")
    return sections


def read_assumptions(files: RuleFiles, citations: Citations) -> dict[str, Assumption]:
    """Return the assumptions of all packs, each inside its own range."""
    assumptions: dict[str, Assumption] = {}
    for entry in files.entries("assumptions"):
        name, value, low, high = (entry[key] for key in ("id", "value", "low", "high"))
        if name is None or value is None:
            continue
        if not (value if low is None else low) <= value <= (value if high is None else high):
            what = f"the value of `{name}` lies outside its own range"
            files.refuse(entry.place("value"), what, "let low <= value <= high")
        if is_reserved(name):
            files.refuse(entry.place("id"), f"`{name}` cannot name an assumption", "it means something else")
        assumption = Assumption(
            id=name,
            title=entry["title"] or name.replace("_", " "),
            value=value,
            low=low,
            high=high,
            unit=entry["unit"],
            source=citations.of(entry),
            as_of=entry["as_of"],
            review_by=entry["review_by"],
            because=files.template(entry, "because") if files.in_force(entry["pack"]) else entry["because"],
            pack=entry["pack"],
            place=entry.place("id"),
            quoted_by=quoted_by(files, entry),
            zero=bool(entry["zero"]),
        )
        files.put(assumptions, name, assumption, assumption.place, "assumption")
    return assumptions


def quoted_by(files: RuleFiles, entry: Entry) -> str | None:
    """Return the fact by whose name a price source knows a fact or an assumption, where that is in force."""
    quoted = entry.mapping("quoted")
    if quoted is None or not files.in_force(quoted["pack"]):
        return None
    name: str | None = quoted["by"]
    if name is not None and name not in files.declared("facts"):
        files.refuse_unknown(quoted.place("by"), "fact", name, sorted(files.declared("facts")), "name a fact")
    return name


def read_options(files: RuleFiles, citations: Citations) -> dict[str, Option]:
    """Return the options of all packs."""
    options: dict[str, Option] = {}
    for entry in files.entries("options"):
        if entry["id"] is None or entry["approach"] is None:
            continue
        texts = {key: entry[key] for key in OPTION_TEXTS if entry[key] is not None}
        if files.in_force(entry["pack"]):
            for key in texts:
                files.template(entry, key)
        option = Option(
            id=entry["id"],
            approach=entry["approach"],
            meaning=entry["meaning"],
            texts=MappingProxyType(texts),
            source=citations.of(entry),
            pack=entry["pack"],
            place=entry.place("id"),
        )
        files.put(options, option.id, option, option.place, "option")
    return options
