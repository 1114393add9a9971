"""Data of rule files to the types of the model, with a problem for everything that does not hold together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from advisor.errors import BadInput, Place, Problem, suggestion
from advisor.quantities import Number, NumberError, is_number, parse_number
from advisor.rulebook.build_facts import FactBuilder
from advisor.rulebook.build_tables import TableBuilder
from advisor.rulebook.digest import digest_of
from advisor.rulebook.document import Document, Path
from advisor.rulebook.model import Assumption, Constraint, Fact, Option, Rulebook, Section, Source, SourceItem
from advisor.rulebook.shapes import shape_problems

T = TypeVar("T")

OPTION_TEXTS = (
    "title",
    "ask",
    "one_off",
    "running",
    "first_result",
    "reversibility",
    "why_not",
    "case_for",
    "confirmation",
)


@dataclass(frozen=True)
class RuleSource:
    """A rule file that was read, and the pack whose folder it lies in."""

    document: Document
    pack: str | None


@dataclass(frozen=True)
class Entry:
    """One entry of a list in a rule file: its data, its path in the document, and the pack of the file."""

    document: Document
    path: Path
    data: Any
    pack: str | None

    def place(self, *path: str | int, of_key: bool = False) -> Place:
        return self.document.place((*self.path, *path), of_key=of_key)

    def __getitem__(self, key: str) -> Any:
        return self.data.get(key)


class Builder:
    """Builds one rulebook; `problems` collects what is wrong until everything was looked at."""

    def __init__(self, files: Sequence[RuleSource], profile: str, packs: tuple[str, ...] | None) -> None:
        """packs: those in force, or None for all."""
        self.files, self.profile, self.packs = files, profile, packs
        self.problems: list[Problem] = []
        self.malformed: dict[int, list[Path]] = {}
        for number, file in enumerate(files):
            found = list(shape_problems(file.document))
            self.problems.extend(problem for _, problem in found)
            self.malformed[number] = [path for path, _ in found]

    # -- what the parts share ---------------------------------------------------------------------------------------

    def in_force(self, pack: str | None) -> bool:
        return pack is None or self.packs is None or pack in self.packs

    def refuse(self, place: Place | None, what: str, mend: str = "") -> None:
        self.problems.append(Problem(place, what, mend))

    def entries(self, key: str) -> Iterator[Entry]:
        """Yield the entries of a top-level list in all files; those without the right shape are left out."""
        for number, file in enumerate(self.files):
            listed = file.document.data.get(key) if isinstance(file.document.data, dict) else None
            for i, data in enumerate(listed if isinstance(listed, list) else []):
                if not self.is_malformed(number, (key, i)):
                    yield Entry(file.document, (key, i), data, file.pack)

    def is_malformed(self, number: int, path: Path) -> bool:
        return any(bad[: len(path)] == path or path[: len(bad)] == bad for bad in self.malformed[number])

    def declared_ids(self, key: str) -> set[str]:
        """Return the ids of all entries of a list, malformed ones too: naming them is no second problem."""
        found = set()
        for file in self.files:
            listed = file.document.data.get(key) if isinstance(file.document.data, dict) else None
            for data in listed if isinstance(listed, list) else []:
                if isinstance(data, dict) and isinstance(data.get("id"), str):
                    found.add(data["id"])
        return found

    def put(self, into: dict[str, T], name: str, value: T, place: Place, what: str) -> None:
        """Add under an id, or refuse the second use of one."""
        if name in into:
            self.refuse(place, f"the {what} `{name}` stands twice", "give one of the two another id")
        else:
            into[name] = value

    def number(self, entry: Entry, *path: str) -> Number | None:
        """Read a number that may be written as text with a suffix; None when it is absent or refused."""
        value: Any = entry.data
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            return None
        if is_number(value):
            return value  # type: ignore[no-any-return]
        try:
            return parse_number(str(value))
        except NumberError as error:
            self.refuse(entry.place(*path), f"`{path[-1]}`: {error}", "write it as `10_000`, `10k`, `1.5M` or `85%`")
            return None

    def source_items(self, entry: Entry, *path: str) -> tuple[str, ...]:
        """Read a `source`: the ids of one or several items, each of which must exist where the rulebook has sources."""
        value: Any = entry.data
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        listed = [] if value is None else value if isinstance(value, list) else [value]
        for i, name in enumerate(listed):
            place = entry.place(*path, i) if isinstance(value, list) else entry.place(*path)
            if not isinstance(name, str):
                self.refuse(place, f"`{name}` is no source item", "write the id of an item of sources.yaml")
            elif self.items and name not in self.items:
                self.refuse(
                    place, f"unknown source item `{name}`", suggestion(name, self.items) or "add it to sources.yaml"
                )
        return tuple(name for name in listed if isinstance(name, str))

    # -- the parts, in the order in which they need one another -----------------------------------------------------

    def rulebook(self) -> Rulebook:
        """Return the rulebook, or raise BadInput with every problem found."""
        self.sources: dict[str, Source] = {}
        self.items: dict[str, SourceItem] = {}
        self._read_sources()
        self.sections = self._read_sections()
        self.assumptions = self._read_assumptions()
        facts = FactBuilder(self)
        self.facts: dict[str, Fact] = facts.read()
        self.options = self._read_options()
        tables = TableBuilder(self)
        tables.read()
        constraints = self._read_constraints(tables)
        self._check_texts(tables)
        if self.problems:
            raise BadInput(self._in_file_order())
        active_facts = {name: fact for name, fact in self.facts.items() if self.in_force(fact.pack)}
        active_assumptions = {name: a for name, a in self.assumptions.items() if self.in_force(a.pack)}
        options = {name: option for name, option in self.options.items() if self.in_force(option.pack)}
        dormant = frozenset(
            self.facts.keys() - active_facts.keys() | self.assumptions.keys() - active_assumptions.keys()
        )
        packs = tuple(dict.fromkeys(file.pack for file in self.files if file.pack and self.in_force(file.pack)))
        return Rulebook(
            profile=self.profile,
            packs=packs,
            sections=MappingProxyType(self.sections),
            facts=MappingProxyType(active_facts),
            constraints=constraints,
            options=MappingProxyType(options),
            assumptions=MappingProxyType(active_assumptions),
            sources=MappingProxyType({n: s for n, s in self.sources.items() if self.in_force(s.pack)}),
            items=MappingProxyType({n: i for n, i in self.items.items() if self.in_force(self.sources[i.source].pack)}),
            tables=MappingProxyType(tables.tables),
            concluded=MappingProxyType(tables.concluded),
            order=tables.order,
            dormant=dormant,
            digest=digest_of(active_facts, constraints, options, active_assumptions, self.items, tables.tables),
        )

    def _in_file_order(self) -> list[Problem]:
        order = {file.document.name: number for number, file in enumerate(self.files)}
        place = {
            p: (order.get(p.place.file, 0), p.place.line, p.place.column) if p.place else (-1, 0, 0)
            for p in self.problems
        }
        return sorted(dict.fromkeys(self.problems), key=lambda problem: place[problem])

    def _read_sources(self) -> None:
        for entry in self.entries("sources"):
            source = Source(
                entry["id"],
                entry["title"],
                entry["kind"],
                _date(entry["read"]),
                entry["url"],
                entry["pack"],
                entry.place("id"),
            )
            self.put(self.sources, source.id, source, source.place, "source")
            for i, data in enumerate(entry["items"] or []):
                place = entry.place("items", i, "id")
                item = SourceItem(
                    data["id"], source.id, data.get("locator"), data["says"], data.get("kind", "statement"), place
                )
                self.put(self.items, item.id, item, place, "source item")

    def _read_sections(self) -> dict[str, Section]:
        sections: dict[str, Section] = {}
        for entry in self.entries("sections"):
            section = Section(entry["id"], entry["title"], entry["intro"])
            self.put(sections, section.id, section, entry.place("id"), "section")
        return sections

    def _read_assumptions(self) -> dict[str, Assumption]:
        assumptions: dict[str, Assumption] = {}
        for entry in self.entries("assumptions"):
            value, low, high = (self.number(entry, key) for key in ("value", "low", "high"))
            if value is None:
                if entry["value"] is None:
                    self.refuse(entry.place("value"), f"`value` of `{entry['id']}` is empty", "write a number")
                continue
            if not (low if low is not None else value) <= value <= (high if high is not None else value):
                self.refuse(
                    entry.place("value"), f"`{entry['id']}` lies outside its own range", "let low <= value <= high"
                )
            assumption = Assumption(
                id=entry["id"],
                title=entry["title"] or entry["id"].replace("_", " "),
                value=value,
                low=low,
                high=high,
                unit=entry["unit"],
                source=self.source_items(entry, "source"),
                as_of=_date(entry["as_of"]),
                review_by=_date(entry["review_by"]),
                because=entry["because"],
                pack=entry["pack"],
                place=entry.place("id"),
            )
            self.put(assumptions, assumption.id, assumption, assumption.place, "assumption")
        return assumptions

    def _read_options(self) -> dict[str, Option]:
        options: dict[str, Option] = {}
        self._option_entries: list[tuple[Entry, Option]] = []
        for entry in self.entries("options"):
            texts = {key: entry[key] for key in OPTION_TEXTS if entry[key] is not None}
            option = Option(
                id=entry["id"],
                approach=entry["approach"],
                meaning=entry["meaning"],
                texts=MappingProxyType(texts),
                source=self.source_items(entry, "source"),
                pack=entry["pack"],
                place=entry.place("id"),
            )
            self.put(options, option.id, option, option.place, "option")
            self._option_entries.append((entry, option))
        return options

    def _read_constraints(self, tables: TableBuilder) -> tuple[Constraint, ...]:
        constraints = []
        for entry in self.entries("constraints"):
            if not isinstance(entry["never"], dict) or not entry["never"]:
                self.refuse(entry.place("never"), "`never` must be a mapping of facts to tests", "write `{fact: test}`")
                continue
            dormant = [n for n in entry["never"] if n in self.facts and not self.in_force(self.facts[n].pack)]
            never = tables.read_when(entry.document, (*entry.path, "never"), entry["never"]) if not dormant else None
            if never is not None:
                constraints.append(Constraint(never, entry["because"], entry.place("never")))
        return tuple(constraints)

    def _check_texts(self, tables: TableBuilder) -> None:
        from advisor.rulebook.reasons import check_text

        active = {name for name, fact in self.facts.items() if self.in_force(fact.pack)}
        active |= {name for name, assumption in self.assumptions.items() if self.in_force(assumption.pack)}
        names = frozenset(active | tables.concluded.keys() | {"project"})

        def check(text: object, place: Place) -> None:
            for line, what, mend in check_text(str(text), names):
                self.refuse(Place(place.file, place.line + line - 1, place.column), what, mend)

        for entry, option in self._option_entries:
            if self.in_force(option.pack):
                for key, text in option.texts.items():
                    check(text, entry.place(key))
        for document, path, row in tables.row_places:
            if row.because is not None:
                check(row.because, document.place((*path, "because")))
            for key, text in _step_texts(row.step):
                check(text, document.place((*path, "step", key)))


def _step_texts(step: Any) -> Iterator[tuple[str, str]]:
    if step is not None:
        yield from ((key, getattr(step, key)) for key in ("action", "metric", "threshold", "time_box", "stop"))


def _date(value: object) -> date | None:
    """Read a date whose shape was checked."""
    if isinstance(value, str):
        return date.fromisoformat(value)
    return value if isinstance(value, date) else None


def frozen(mapping: Mapping[str, T]) -> Mapping[str, T]:
    return MappingProxyType(dict(mapping))
