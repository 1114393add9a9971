"""The shape of rule files: what they are checked against first, and what their JSON Schema is made from."""

from __future__ import annotations

from typing import Any, Final

from advisor.errors import Problem
from advisor.rulebook.document import BROKEN, Document
from advisor.rulebook.kinds import (
    CONDITION,
    DAY,
    FACT_NAME,
    FLAG,
    NAME,
    QUANTITY,
    SAMPLE,
    SINGLE,
    TESTS,
    TEXT,
    Key,
    Schema,
    listed,
    mapped,
    one_of,
    one_or_more,
    shape,
)
from advisor.rulebook.price_shape import PRICE
from advisor.rulebook.shaped_file import model_schema, read_shape

_ITEMS: Final = one_or_more(NAME)
_APPROACH: Final = one_of("prompting", "hybrid", "fine_tuning")

_SOURCE: Final = Key(_ITEMS, "The item or items of sources.yaml it rests on.")
_PACK: Final = Key(NAME, "The one pack whose profile it belongs to; without it, it is in force in every profile.")

SECTION: Final = shape(
    "Section",
    "A part of the questionnaire",
    {
        "id": Key(NAME, "What facts call it.", required=True),
        "title": Key(TEXT, "Its heading.", required=True),
        "intro": Key(TEXT, "One line below the heading."),
    },
)

DEFAULT: Final = shape(
    "Default",
    "What an unanswered fact is assumed to be",
    {
        "value": Key(QUANTITY, "The number, where it is always the same."),
        "of": Key(FACT_NAME, "The fact whose value it follows."),
        "times": Key(QUANTITY, "By what that fact's value is multiplied; 1 when absent."),
        "source": _SOURCE,
        "pack": _PACK,
    },
)

QUOTED: Final = shape(
    "Quoted",
    "The named thing of which a price source may know the value",
    {
        "by": Key(FACT_NAME, "The fact that names it: `model` or `tuning_route`.", required=True),
        "pack": _PACK,
    },
)

DERIVED_KEYS: Final = {
    "formula": Key(TEXT, "The formula, for people.", required=True),
    "from": Key(listed(FACT_NAME), "The facts, figures and assumptions it is computed from.", required=True),
    "rises_with": Key(one_or_more(FACT_NAME), "Facts: as one rises, it never falls, and stays known or unknown."),
    "falls_with": Key(one_or_more(FACT_NAME), "Facts: as one rises, it never rises, and stays known or unknown."),
}
DERIVED: Final = shape("Derived", "The arithmetic that gives a figure", DERIVED_KEYS)

REVISED: Final = shape(
    "Revised",
    "The arithmetic of a later pack, where that is in force, in place of `derived`",
    {
        "pack": Key(NAME, "The pack it belongs to.", required=True),
        **DERIVED_KEYS,
    },
)

FACT: Final = shape(
    "Fact",
    "One thing that is asked, measured or computed",
    {
        "id": Key(FACT_NAME, "Its name in tables, templates and answers.", required=True),
        "kind": Key(one_of("boolean", "choice", "integer", "number", "text"), "The kind of its values.", required=True),
        "section": Key(NAME, "The section it is asked in."),
        "title": Key(TEXT, "A noun phrase for tables of the memo."),
        "unit": Key(TEXT, "Its unit: calls/month, USD, share, months, ..."),
        "domain": Key(TEXT, 'The numbers it may be: "[0..1]", "[0..", ">= 0".'),
        "choices": Key(mapped(TEXT, "{value: words}"), "The values of a choice, each in words."),
        "required": Key(FLAG, "Whether it must be known."),
        "question": Key(TEXT, "The question."),
        "help": Key(TEXT, "One line of hint."),
        "why": Key(TEXT, "Why it matters; shown on `?`."),
        "example": Key(SAMPLE, "An answer as one would type it."),
        "source": _SOURCE,
        "pack": _PACK,
        "default": Key(DEFAULT, "What it is assumed to be when it is unknown."),
        "quoted": Key(QUOTED, "What a price source knows it by; comes before the default."),
        "derived": Key(DERIVED, "How it is computed; such a fact is not asked."),
        "revised": Key(REVISED, "How a later pack computes it."),
    },
)

CONSTRAINT: Final = shape(
    "Constraint",
    "A combination of facts that cannot occur",
    {
        "never": Key(TESTS, "Tests that cannot all hold at once.", required=True),
        "because": Key(TEXT, "Why."),
    },
)

OPTION_TEXTS: Final = {
    "title": "The decision as one sentence",
    "ask": "What is asked of the reader",
    "one_off": "What it costs once",
    "running": "What it costs to run",
    "first_result": "How soon there is a result",
    "reversibility": "What undoing it takes",
    "why_not": "Said when another option won",
    "case_for": "The strongest argument for it",
    "confirmation": "How we shall know that it was right",
}

OPTION: Final = shape(
    "Option",
    "Something that can be recommended",
    {
        "id": Key(NAME, "What rows of the recommendation conclude.", required=True),
        "approach": Key(_APPROACH, "The approach it belongs to.", required=True),
        "meaning": Key(TEXT, "It in one sentence."),
        **{name: Key(TEXT, f"{words}; a template.") for name, words in OPTION_TEXTS.items()},
        "source": _SOURCE,
        "pack": _PACK,
    },
)

ASSUMPTION: Final = shape(
    "Assumption",
    "A number that nobody answered",
    {
        "id": Key(FACT_NAME, "Its name in templates and answers.", required=True),
        "value": Key(QUANTITY, "What is assumed.", required=True),
        "title": Key(TEXT, "A noun phrase."),
        "low": Key(QUANTITY, "The low end of its plausible range."),
        "high": Key(QUANTITY, "The high end of its plausible range."),
        "zero": Key(FLAG, "Whether 0 may be given although its range begins above it."),
        "quoted": Key(QUOTED, "What a price source knows it by; comes before the value."),
        "unit": Key(TEXT, "Its unit."),
        "source": _SOURCE,
        "as_of": Key(DAY, "The day it was true."),
        "review_by": Key(DAY, "The day by which it must be looked at again."),
        "because": Key(TEXT, "Why this value; a template."),
        "pack": _PACK,
    },
)

ITEM: Final = shape(
    "SourceItem",
    "One statement of a source, in our own words",
    {
        "id": Key(NAME, "What `source` names; unique across all sources.", required=True),
        "says": Key(TEXT, "Our own summary.", required=True),
        "locator": Key(TEXT, "Where in the source."),
        "kind": Key(one_of("statement", "tension", "judgement"), "A row that cites a tension resolves it."),
        "between": Key(listed(one_or_more(NAME)), "The items of the two sides of a tension."),
    },
)

SOURCE: Final = shape(
    "Source",
    "Something that rules rest on",
    {
        "id": Key(NAME, "Its name.", required=True),
        "title": Key(TEXT, "Its title.", required=True),
        "kind": Key(TEXT, "What it is: article, paper, judgement, ..."),
        "read": Key(DAY, "The day it was read."),
        "url": Key(TEXT, "Its address."),
        "pack": _PACK,
        "items": Key(listed(ITEM), "Its statements."),
    },
)

STEP: Final = shape(
    "Step",
    "One thing to do next",
    {
        "action": Key(TEXT, "What to do; a template.", required=True),
        "metric": Key(TEXT, "What to watch; a template.", required=True),
        "threshold": Key(TEXT, "When it is done; a template.", required=True),
        "time_box": Key(TEXT, "How long at most; a template.", required=True),
        "stop": Key(TEXT, "When to give up; a template.", required=True),
    },
)

ROW: Final = shape(
    "Row",
    "One rule of a decision table",
    {
        "id": Key(NAME, "Its name, unique across all tables.", required=True),
        "when": Key(CONDITION, "The condition: facts and tests that must all hold.", required=True),
        "then": Key(SINGLE, "The conclusion; absent in a `count` table."),
        "because": Key(TEXT, "The reason, with the facts in it; a template."),
        "favours": Key(_APPROACH, "The approach it speaks for."),
        "source": _SOURCE,
        "strength": Key(one_of("definite", "likely", "consider"), "How firm it is; only in the recommendation."),
        "title": Key(TEXT, "A short label."),
        "step": Key(STEP, "The step that a row of `next_steps` stands for."),
        "scenario": Key(mapped(QUANTITY, "{tuning_upfront: 200}"), "What is replaced to work the figures out again."),
        "as_of": Key(DAY, "The day its source said so."),
        "review_by": Key(DAY, "The day by which it must be looked at again."),
    },
)

TABLE: Final = shape(
    "Table",
    "A decision table, or with `extend` rows that go before those of another one",
    {
        "id": Key(FACT_NAME, "The fact it concludes."),
        "extend": Key(FACT_NAME, "The table of an earlier pack before whose rows these go."),
        "title": Key(TEXT, "Its name for people."),
        "hit_policy": Key(
            one_of("unique", "any", "first", "collect", "count"), "What it means when several rows match."
        ),
        "purpose": Key(TEXT, "What it is for, in one line."),
        "rows": Key(listed(ROW), "The rules, in order.", required=True),
    },
)

PROPERTY: Final = shape(
    "Property",
    "Something that must hold of every project",
    {
        "id": Key(NAME, "Its name.", required=True),
        "raising": Key(FACT_NAME, "The fact that is raised."),
        "never_towards": Key(one_of("prompting", "tuning"), "Where raising it never moves the approach."),
        "when": Key(TESTS, "Tests that hold of the projects it is about."),
        "then": Key(TESTS, "Tests that must then hold."),
        "because": Key(TEXT, "Why it must hold."),
        "profiles": Key(one_or_more(NAME), "The profiles in which it holds; without it, all."),
    },
)

ACCEPTANCE: Final = shape(
    "Acceptance",
    "A finding of the audit that is accepted",
    {
        "check": Key(NAME, "The check.", required=True),
        "reason": Key(TEXT, "Why it is accepted.", required=True),
        "date": Key(DAY, "Since when.", required=True),
        "table": Key(FACT_NAME, "The table it is about."),
        "rows": Key(one_or_more(NAME), "The rows it is about, all of them."),
        "about": Key(
            one_or_more(TEXT), "What else tells it apart, as the report names it; a list for several findings."
        ),
        "profile": Key(NAME, "The one profile in which it counts."),
    },
)

RULE_FILE: Final = shape(
    "RuleFile",
    "A rule file",
    {
        "sections": Key(listed(SECTION), "The parts of the questionnaire, in the order in which they are asked."),
        "facts": Key(listed(FACT), "What can be known about a project."),
        "constraints": Key(listed(CONSTRAINT), "Combinations of facts that cannot occur."),
        "options": Key(listed(OPTION), "What can be recommended."),
        "assumptions": Key(listed(ASSUMPTION), "Numbers that nobody answered."),
        "sources": Key(listed(SOURCE), "What the rules rest on."),
        "prices": Key(listed(PRICE), "What tuning costs, where, and until when."),
        "tables": Key(listed(TABLE), "Decision tables."),
        "properties": Key(listed(PROPERTY), "What must hold of every project; the audit proves it."),
        "accepted": Key(listed(ACCEPTANCE), "Findings of the audit that are accepted."),
    },
)


def read_shapes(document: Document) -> tuple[dict[str, Any], list[Problem]]:
    """Return what a rule file holds, as far as it has the right shape, and every problem of shape.

    Numbers, dates and lists of ids are read; what is wrong stands as BROKEN.
    """
    read, problems = read_shape(RULE_FILE, document)
    return {} if read is BROKEN else read, problems


def rule_file_schema() -> Schema:
    """Return the JSON Schema of rule files."""
    return model_schema(RULE_FILE, "Rules of advisor")
