"""An empty answers file: every question as a comment, ready to be filled in by hand."""

from __future__ import annotations

import json
import math
import re
import textwrap
from itertools import accumulate
from pathlib import Path
from typing import Final

from advisor.answers import DEFAULT_PROJECT
from advisor.data import data_dir
from advisor.explain_words import range_in_words
from advisor.quantities import rule_text, with_unit
from advisor.rulebook.model import Fact, Rulebook, Section
from advisor.rulebook.sets import Interval, NumberSet
from advisor.schemas import ANSWERS_SCHEMA
from advisor.templating import environment
from advisor.world import UPFRONT

_WIDTH: Final = 100
_PLAIN = re.compile(r"^(?!null$)[$~-]?[A-Za-z0-9][A-Za-z0-9_./%+-]*$", re.IGNORECASE)  # what needs no quotes in YAML
_OTHER = Section("", "Other", None)


def empty_answers(rulebook: Rulebook, rules: Path | None = None) -> str:
    """Return the text of an answers file in which nothing is answered yet.

    rules: the folder whose schema of answers the first line names, if there is one. A mapping of comments alone would
    be empty, which no answers file may hold, so one line stands: `unknown` for the fact that the fewest rows read.
    """
    schema = (rules or data_dir("rules")) / ANSWERS_SCHEMA
    named = {"prose": _prose, "range": range_in_words, "sample": sample_answer}
    return (
        environment(named, keep_trailing_newline=True)
        .get_template("answers.yaml.j2")
        .render(
            schema=schema.resolve().as_uri() if schema.is_file() else None,
            project=DEFAULT_PROJECT,
            sections=_sections(rulebook),
            standing=_standing(rulebook),
            assumptions=list(rulebook.assumptions.values()),
            reckoned=_reckoned(rulebook),
            sample_assumptions=_sample_assumptions(rulebook),
            with_unit=with_unit,
        )
    )


def sample_answer(fact: Fact) -> str:
    """Return an answer that a fact takes, as it is written in YAML: its own example, or one made from its domain."""
    text = fact.example
    if text is None and fact.choices:
        text = next(iter(fact.choices))
    if text is None:
        text = {"boolean": "yes", "text": "name"}.get(fact.kind) or _number(fact)
    return text if _PLAIN.match(text) else json.dumps(text, ensure_ascii=False)


def _number(fact: Fact) -> str:
    assert isinstance(fact.domain, NumberSet)
    if fact.default is not None and fact.default.value is not None:
        return rule_text(fact.default.value)
    part = fact.domain.intervals[0]
    return rule_text(next(value for value in _candidates(part) if part.contains(value)))


def _candidates(part: Interval) -> list[int | float]:
    """Return numbers of which at least one lies in an interval, whole ones first."""
    ends = [end for end in (part.low, part.high) if math.isfinite(end)]
    return [0, *ends, *(math.floor(end) + 1 for end in ends), *(math.ceil(end) - 1 for end in ends), sum(ends) / 2]


def _sections(rulebook: Rulebook) -> list[tuple[Section, list[Fact]]]:
    """Return the sections with their facts, and last those that belong to none."""
    asked = list(rulebook.asked)
    grouped = [(section, [f for f in asked if f.section == section.id]) for section in rulebook.sections.values()]
    grouped.append((_OTHER, [fact for fact in asked if fact.section not in rulebook.sections]))
    return [(section, facts) for section, facts in grouped if facts]


def _standing(rulebook: Rulebook) -> str | None:
    """Return the fact whose line is no comment: the last of those that the fewest rows read."""
    read = [name for row in rulebook.rows for name in {fact for fact, _ in row.tests()}]
    candidates = [fact.id for fact in rulebook.asked if not fact.required]
    return min(reversed(candidates), key=read.count, default=None)


def _reckoned(rulebook: Rulebook) -> frozenset[str]:
    """Return the assumptions that arithmetic gives unless they are answered."""
    return frozenset({UPFRONT} if rulebook.economics == "today" else ())


def _sample_assumptions(rulebook: Rulebook) -> list[str]:
    """Return entries of a mapping of assumptions at their values, as many as a line holds, at least one."""
    assumed = [one for one in rulebook.assumptions.values() if one.id not in _reckoned(rulebook)]
    entries = [f"{one.id}: {rule_text(one.value)}" for one in assumed or rulebook.assumptions.values()]
    room = _WIDTH - len("# assumptions: {}")
    lengths = accumulate(len(entry) + len(", ") for entry in entries)
    return [entry for entry, length in zip(entries, lengths, strict=True) if length <= room] or entries[:1]


def _prose(text: str, indent: int = 0) -> str:
    """Fold a text into comment lines, `##` each, so that a line with one `#` is an answer."""
    start = " " * indent + "## "
    return textwrap.fill(" ".join(text.split()), _WIDTH, initial_indent=start, subsequent_indent=start)
