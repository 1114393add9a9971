"""What a rulebook says about one of its ids, in words: what the thing is, where it is from, and what reads it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TypeAlias

from jinja2 import Environment

from advisor.audit.manual import Manual, manuals
from advisor.errors import BadInput, suggestion
from advisor.explain_words import condition_in_words, range_in_words, values_in_words
from advisor.labelled import WIDTH, laid_out
from advisor.prices.book import Price
from advisor.quantities import exact_dollars, with_unit
from advisor.rulebook.evidence import Source, SourceItem
from advisor.rulebook.model import RECOMMENDATION, Assumption, Fact, Option, Row, Rulebook, Section, Table
from advisor.rulebook.origins import Default
from advisor.templating import environment

__all__ = ["WIDTH", "Thing", "catalogue", "condition_in_words", "explain", "readers", "things"]

Named: TypeAlias = Section | Fact | Assumption | Table | Row | Option | Source | SourceItem | Price | Manual

_BLOCK = re.compile(r"\{%-?\s*(if|elif|else|endif)\b.*?%\}", re.DOTALL)
_BLOCKS = {"if": "(", "elif": " | ", "else": " | ", "endif": ")"}
_VALUE = re.compile(r"\{\{-?\s*(\w+).*?\}\}", re.DOTALL)


@dataclass(frozen=True)
class Thing:
    """An entry of the rulebook or a check of the audit under its id; `kind` is also the template that words it."""

    kind: str
    id: str
    title: str
    held: Named


def things(rulebook: Rulebook) -> Iterator[Thing]:
    """Yield everything in a rulebook that has an id, kind by kind in the order of the files, then the checks."""
    for section in rulebook.sections.values():
        yield Thing("section", section.id, section.title, section)
    for fact in rulebook.facts.values():
        yield Thing("figure" if fact.derived else "fact", fact.id, fact.title, fact)
    for assumption in rulebook.assumptions.values():
        yield Thing("assumption", assumption.id, assumption.title, assumption)
    for table in rulebook.tables.values():
        yield Thing("table", table.id, table.title, table)
    for row in rulebook.rows:
        yield Thing("row", row.id, row.title or ", ".join(condition_in_words(rulebook, row)), row)
    for option in rulebook.options.values():
        yield Thing("option", option.id, option.meaning or option.approach, option)
    for source in rulebook.sources.values():
        yield Thing("source", source.id, source.title, source)
    for item in rulebook.items.values():
        yield Thing("item", item.id, item.says, item)
    for price in rulebook.prices.values():
        yield Thing("price", price.id, f"{price.base_model} at {price.provider}", price)
    for page in manuals():
        yield Thing("check", page.id, page.short, page)


def catalogue(rulebook: Rulebook, width: int = WIDTH) -> str:
    """Return one line for each thing: kind, id and title, in columns."""
    listed = list(things(rulebook))
    kind = max((len(thing.kind) for thing in listed), default=0)
    name = max((len(thing.id) for thing in listed), default=0)
    room = max(width - kind - name - 4, 20)
    return "\n".join(
        f"{t.kind:{kind}}  {t.id:{name}}  {textwrap.shorten(t.title, room, placeholder=' ...')}" for t in listed
    )


def explain(rulebook: Rulebook, name: str, width: int = WIDTH) -> str:
    """Return what there is to say about everything that has an id, a few lines for each kind of thing.

    width: columns to fold at. Raises BadInput when nothing has that id.
    """
    found = [thing for thing in things(rulebook) if thing.id == name]
    if not found:
        raise _unknown(rulebook, name)
    return "\n\n".join(laid_out(_rendered(rulebook, thing), width) for thing in found)


def readers(rulebook: Rulebook, fact: str) -> tuple[tuple[Row, str], ...]:
    """Return the rows that test a fact, each with the values it wants in words, in file order."""
    wanted = rulebook.fact(fact)
    return tuple(
        (row, " or ".join(dict.fromkeys(values_in_words(wanted, test.values) for f, test in row.tests() if f == fact)))
        for row in rulebook.rows
        if any(name == fact for name, _ in row.tests())
    )


def text_in_words(template: str) -> str:
    """Return a text of the rulebook without its markup: `[id]` where a value goes, `(this | that)` where it depends."""
    text = _BLOCK.sub(lambda block: _BLOCKS[block[1]], template)
    return " ".join(_VALUE.sub(r"[\1]", text).split())


def _unknown(rulebook: Rulebook, name: str) -> BadInput:
    if name in rulebook.dormant:
        return BadInput.one(f"`{name}` is not in force in profile `{rulebook.profile}`", "use `--profile full`")
    near = suggestion(name, dict.fromkeys(thing.id for thing in things(rulebook)))
    return BadInput.one(f"nothing is called `{name}`", near or "`advisor explain` lists everything there is")


def _rendered(rulebook: Rulebook, thing: Thing) -> str:
    return _environment().get_template(f"explain/{thing.kind}.txt.j2").render(thing=thing.held, about=_About(rulebook))


class _About:
    """What the templates may ask of the rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    def condition(self, row: Row) -> list[str]:
        return condition_in_words(self.rulebook, row)

    def readers(self, fact: str) -> list[tuple[str, list[tuple[Row, str]]]]:
        """The rows that test a fact, by table."""
        return [(table, list(rows)) for table, rows in groupby(readers(self.rulebook, fact), lambda r: r[0].table)]

    def figures(self, name: str) -> list[str]:
        """The figures, defaults and looked-up prices that rest on a fact, figure or assumption."""
        return [fact.id for fact in self.rulebook.facts.values() if name in fact.rests_on]

    def scenarios(self, name: str) -> list[str]:
        return [row.id for row in self.rulebook.rows if name in row.scenario]

    def constraints(self, fact: str) -> list[str]:
        return [rule.because for rule in self.rulebook.constraints if fact in rule.never and rule.because]

    def concluding(self, option: str) -> list[Row]:
        table = self.rulebook.tables.get(RECOMMENDATION)
        return [row for row in table.rows if row.then == option] if table else []

    def facts_of(self, section: str) -> list[str]:
        return [fact.id for fact in self.rulebook.facts.values() if fact.section == section]

    def items_of(self, source: str) -> list[tuple[str, list[str]]]:
        """The ids of a source's items by what stands before their first dot."""
        names = [item.id for item in self.rulebook.items.values() if item.source == source]
        return [(prefix, list(held)) for prefix, held in groupby(names, lambda name: name.partition(".")[0])]

    def item(self, name: str) -> SourceItem | None:
        return self.rulebook.items.get(name)

    def citing(self, item: str) -> list[tuple[str, list[str]]]:
        """What cites a source item: the ids by kind."""
        found = [thing for thing in things(self.rulebook) if item in _cited(thing.held)]
        return [(kind, [thing.id for thing in held]) for kind, held in groupby(found, lambda thing: thing.kind)]


def _cited(held: Named) -> tuple[str, ...]:
    match held:
        case Fact(default=Default(source=more)):
            return (*held.source, *more)
        case Fact() | Assumption() | Row() | Option():
            return held.source
    return ()


@cache
def _environment() -> Environment:
    made = environment({"in_words": text_in_words, "range": range_in_words, "usd": exact_dollars})
    made.globals |= {"with_unit": with_unit}
    return made
