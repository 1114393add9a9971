"""Rule files to one rulebook, with a problem for everything that does not hold together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

from advisor.errors import BadInput, Problem, suggestion
from advisor.rulebook.build_audit import read_acceptances, read_properties
from advisor.rulebook.build_facts import FactReader
from advisor.rulebook.build_parts import Citations, read_assumptions, read_options, read_sections
from advisor.rulebook.build_prices import read_prices
from advisor.rulebook.build_rows import ConditionReader, RowReader, read_constraints
from advisor.rulebook.build_tables import build_tables, concluded_facts, decision_order, gather_tables
from advisor.rulebook.entries import RuleFiles, RuleSource
from advisor.rulebook.model import Assumption, Fact, Option, Rulebook
from advisor.rulebook.reasons import check_text

T = TypeVar("T", Fact, Assumption, Option)

PACK_ORDER: Final = ("article", "field")  # the packs that load first, in this order


def build(
    sources: Sequence[RuleSource], profile: str, packs: tuple[str, ...] | None, unread: Sequence[Problem] = ()
) -> Rulebook:
    """Return the rulebook of one profile. Raises BadInput with every problem found, in the order of the files.

    packs: those in force, or None for all. unread: why other files of the rulebook could not be read.
    """
    files = RuleFiles(sources, packs, unread)
    citations = Citations(files)
    sections = read_sections(files)
    assumptions = read_assumptions(files, citations)
    facts = FactReader(files, sections, assumptions, citations).read()
    options = read_options(files, citations)
    drafts = gather_tables(files, facts, assumptions)
    concluded = concluded_facts(files, drafts)
    collected = {name for name, draft in drafts.items() if draft.hit_policy == "collect"}
    conditions = ConditionReader(files, facts, concluded, collected)
    tables = build_tables(drafts, RowReader(conditions, assumptions, options, citations))
    constraints = read_constraints(conditions)
    order = decision_order(files, tables)
    prices = read_prices(files)
    properties = read_properties(conditions, profile)
    accepted = read_acceptances(files, tables)
    active_facts, active_assumptions = _in_force(files, facts), _in_force(files, assumptions)
    names = {"project", *active_facts, *active_assumptions, *(drafts.keys() - collected)}
    # A name whose declaration was refused is no second problem.
    names |= (files.declared("facts") - facts.keys()) | (files.declared("assumptions") - assumptions.keys())
    for place, text in files.templates:
        for what, mend in check_text(text, names if files.complete else None):
            files.refuse(place, what, mend)
    _check_packs(files)
    if not tables and files.complete and not files.problems:
        files.refuse(None, "the rules hold no decision table", "add a file with `tables:`")
    if files.problems:
        raise BadInput(files.sorted_problems())
    return Rulebook(
        profile=profile,
        packs=tuple(pack for pack in files.folders if files.in_force(pack)),
        sections=MappingProxyType(sections),
        facts=active_facts,
        constraints=constraints,
        options=_in_force(files, options),
        assumptions=active_assumptions,
        sources=MappingProxyType(citations.sources_in_force()),
        items=MappingProxyType(citations.items_in_force()),
        tables=MappingProxyType(tables),
        concluded=MappingProxyType(concluded),
        order=order,
        properties=properties,
        accepted=accepted,
        prices=MappingProxyType(prices),
        dormant=frozenset(facts.keys() - active_facts.keys() | assumptions.keys() - active_assumptions.keys()),
    )


def _in_force(files: RuleFiles, held: Mapping[str, T]) -> Mapping[str, T]:
    return MappingProxyType({name: thing for name, thing in held.items() if files.in_force(thing.pack)})


def _check_packs(files: RuleFiles) -> None:
    """Refuse a pack that has no folder and is nearly the name of one that has."""
    known = (*PACK_ORDER, *files.folders)
    for key in ("facts", "options", "assumptions", "sources"):
        for entry in files.entries(key):
            for held in (entry, entry.mapping("default") if key == "facts" else None):
                pack = held["pack"] if held else None
                near = suggestion(pack, known) if pack and pack not in known else ""
                if held and near:
                    files.refuse(held.place("pack"), f"unknown pack `{pack}`", near)
