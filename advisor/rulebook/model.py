"""The rulebook: frozen types that deciding, asking, explaining and auditing all read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from advisor.errors import Place
from advisor.quantities import Number
from advisor.rulebook.digest import rulebook_digest
from advisor.rulebook.evidence import Source, SourceItem
from advisor.rulebook.origins import Default, Derived
from advisor.rulebook.sets import Value, ValueSet, intersection

if TYPE_CHECKING:
    from advisor.prices.book import Price
    from advisor.rulebook.declarations import Acceptance, Property

Kind: TypeAlias = Literal["boolean", "choice", "integer", "number", "text"]
HitPolicy: TypeAlias = Literal["unique", "any", "first", "collect", "count"]
Approach: TypeAlias = Literal["prompting", "hybrid", "fine_tuning"]
Strength: TypeAlias = Literal["definite", "likely", "consider"]

RECOMMENDATION = "recommendation"  # the table that concludes an option


@dataclass(frozen=True)
class Fact:
    """One named, typed thing known or unknown about a project.

    `domain` contains `unknown` unless the fact is required. `choices` maps each value of a choice to its words. A
    figure (`derived`) has neither section nor question. `quoted_by` is the fact by whose name a price source knows it.
    """

    id: str
    kind: Kind
    domain: ValueSet
    title: str
    section: str | None = None
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unit: str | None = None
    question: str | None = None
    help: str | None = None
    why: str | None = None
    example: str | None = None
    required: bool = False
    source: tuple[str, ...] = ()
    pack: str | None = None
    default: Default | None = None
    quoted_by: str | None = None
    derived: Derived | None = None
    place: Place | None = field(default=None, compare=False)

    @property
    def rests_on(self) -> tuple[str, ...]:
        """What its value is computed from, follows by default, or is looked up by."""
        inputs = self.derived.inputs if self.derived else ()
        others = (self.default.of if self.default else None, self.quoted_by)
        return (*inputs, *(name for name in others if name))


@dataclass(frozen=True)
class Test:
    """What one row asks of one fact: the text as written and the values it lets through."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    text: str = field(compare=False)
    values: ValueSet
    place: Place = field(compare=False)


When: TypeAlias = Mapping[str, Test]


@dataclass(frozen=True)
class Step:
    """One thing to do next; every text is a template over the facts."""

    action: str
    metric: str
    threshold: str
    time_box: str
    stop: str


@dataclass(frozen=True)
class Row:
    """One rule. All tests of `when` must hold and, where `any_of` is not None, all those of one of its mappings.

    `then` is None in a `count` table, in a `collect` table that concludes row ids, and where a rulebook that is only
    audited leaves it out. `scenario` maps facts, figures and assumptions to what replaces them.
    """

    id: str
    table: str
    when: When
    any_of: tuple[When, ...] | None
    then: Value | None
    because: str | None
    favours: Approach | None
    source: tuple[str, ...]
    strength: Strength | None
    title: str | None
    step: Step | None
    scenario: Mapping[str, Number]
    as_of: date | None
    review_by: date | None
    pack: str | None
    place: Place = field(compare=False)

    def alternatives(self) -> tuple[Mapping[str, ValueSet], ...]:
        """Return the row's condition as mappings of fact to values, of which one must hold as a whole."""
        return self._alternatives

    @cached_property
    def _alternatives(self) -> tuple[Mapping[str, ValueSet], ...]:
        base = {fact: test.values for fact, test in self.when.items()}
        if self.any_of is None:
            return (base,)
        made = []
        for mapping in self.any_of:
            both = dict(base)
            for fact, test in mapping.items():
                both[fact] = intersection(both[fact], test.values) if fact in both else test.values
            made.append(both)
        return tuple(made)

    def tests(self) -> Iterator[tuple[str, Test]]:
        """Yield every fact with each test on it, in the order written."""
        yield from self.when.items()
        for mapping in self.any_of or ():
            yield from mapping.items()


@dataclass(frozen=True)
class Table:
    """Rows and the policy that makes one conclusion of those that match. It concludes the fact that has its id."""

    id: str
    title: str
    hit_policy: HitPolicy
    purpose: str | None
    rows: tuple[Row, ...]
    pack: str | None
    place: Place = field(compare=False)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The facts that some row tests, in the order in which rows name them."""
        return tuple(dict.fromkeys(fact for row in self.rows for fact, _ in row.tests()))


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    intro: str | None


@dataclass(frozen=True)
class Constraint:
    """A combination that cannot occur; `because` says why."""

    never: When
    because: str | None
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Option:
    """Something that can be recommended. Every text but `id` and `meaning` is a template over the facts."""

    id: str
    approach: Approach
    meaning: str | None
    texts: Mapping[str, str]
    source: tuple[str, ...]
    pack: str | None
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Assumption:
    """A number nobody answered: value and range in `unit`, where it is from and as of when.

    `zero` says that 0 may be given although the range begins above it.
    """

    id: str
    title: str
    value: Number
    low: Number | None
    high: Number | None
    unit: str | None
    source: tuple[str, ...]
    as_of: date | None
    review_by: date | None
    because: str | None
    pack: str | None
    place: Place = field(compare=False)
    quoted_by: str | None = None
    zero: bool = False

    @property
    def takes_zero(self) -> bool:
        """Whether 0 may be given: its range begins there, or `zero` says so."""
        return self.zero or (self.value if self.low is None else self.low) <= 0


@dataclass(frozen=True)
class Rulebook:
    """All rules in force in one profile, loaded and checked once.

    `facts` holds what is asked and what arithmetic gives, in the order of the files; `concluded` one fact for each
    table but `collect` ones. `tables` is in file order, `order` in an order in which each table follows those it tests.
    `dormant` names facts and assumptions of packs that are not in force.
    """

    profile: str
    packs: tuple[str, ...]
    sections: Mapping[str, Section]
    facts: Mapping[str, Fact]
    constraints: tuple[Constraint, ...]
    options: Mapping[str, Option]
    assumptions: Mapping[str, Assumption]
    sources: Mapping[str, Source]
    items: Mapping[str, SourceItem]
    tables: Mapping[str, Table]
    concluded: Mapping[str, Fact]
    order: tuple[str, ...]
    dormant: frozenset[str]
    properties: tuple[Property, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    prices: Mapping[str, Price] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def economics(self) -> Literal["article", "today"]:
        """Whose arithmetic gives the figures: the article's, or that of a pack which revised it."""
        return "today" if any(fact.derived and fact.derived.pack for fact in self.facts.values()) else "article"

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the hash of everything in force that decides or is said: of the content, not of the text."""
        return rulebook_digest(self)

    def fact(self, name: str) -> Fact:
        """Return a fact that is asked, derived or concluded. Raises KeyError."""
        return self.facts[name] if name in self.facts else self.concluded[name]

    def rests_on(self, name: str) -> tuple[str, ...]:
        """Return what the value of a fact, a figure or an assumption directly rests on; nothing for other names."""
        if name in self.facts:
            return self.facts[name].rests_on
        assumption = self.assumptions.get(name)
        return (assumption.quoted_by,) if assumption and assumption.quoted_by else ()

    @property
    def rows(self) -> Iterator[Row]:
        """Every row of every table, in file order."""
        return (row for table in self.tables.values() for row in table.rows)

    @cached_property
    def _rows_by_id(self) -> Mapping[str, Row]:
        return {row.id: row for row in self.rows}

    def row(self, name: str) -> Row | None:
        return self._rows_by_id.get(name)

    @property
    def asked(self) -> Iterator[Fact]:
        """The facts that a person or a file can give, in the order in which they are asked."""
        return (fact for fact in self.facts.values() if fact.derived is None)

    @cached_property
    def layers(self) -> tuple[tuple[str, ...], ...]:
        """All tables in groups of which none depends on another of its group, each as early as can be."""
        return self.layered(self.order)

    def layered(self, tables: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """Group tables, given in an order of deciding, as `layers` does."""
        level: dict[str, int] = {}
        for name in tables:
            level[name] = 1 + max((level[fact] for fact in self.tables[name].inputs if fact in level), default=-1)
        depths = range(max(level.values(), default=-1) + 1)
        return tuple(tuple(name for name in tables if level[name] == depth) for depth in depths)

    def ancestors(self, table: str) -> tuple[str, ...]:
        """Return the tables that a table's conclusion depends on, itself included, in the order of deciding."""
        needed = {table}
        for name in reversed(self.order):
            if name in needed:
                needed.update(fact for fact in self.tables[name].inputs if fact in self.tables)
        return tuple(name for name in self.order if name in needed)
