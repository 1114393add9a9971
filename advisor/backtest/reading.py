"""What a case study says of the facts of a rulebook: for each the values that it leaves possible."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from advisor.answers import BadAnswer, parse_fact
from advisor.backtest.mapping import Mapping as StudyMapping
from advisor.backtest.mapping import MappingRow
from advisor.backtest.studies import Stated, Study
from advisor.quantities import Number
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import NumberSet, Value

Possible: TypeAlias = Mapping[str, tuple[Value, ...]]

PROMPT, TUNED_PROMPT = "prompt", "tuned_prompt"  # sums of tokens in the mapping, and no facts
SYSTEM, EXAMPLES, REQUEST, TUNED_SYSTEM = "system_tokens", "few_shot_tokens", "input_tokens", "tuned_system_tokens"
_PERCENT: Final = 100


def read_study(rulebook: Rulebook, mapping: StudyMapping, study: Study, *, inferred: bool) -> dict[str, Possible]:
    """Return what each readable fact of a study, by its own name, says of the rulebook's facts.

    inferred: whether facts that the source does not state itself are read, but for those read from quotes alone. What
    says nothing of a fact in force is left out. Sums of tokens are one: they stand together under either name.
    """
    said: dict[str, Possible] = {}
    sums: dict[str, tuple[str, Number]] = {}
    for row in mapping.rows:
        stated = study.facts.get(row.source)
        if stated is None or not (row.source in study.quoted or (inferred and not row.quoted_only)):
            continue
        if row.to in (PROMPT, TUNED_PROMPT):
            sums[row.to] = (row.source, _number(stated))
        elif row.to in rulebook.facts and (values := _values(rulebook.facts[row.to], row, stated)):
            said[row.source] = {row.to: values}
    tokens = _tokens(rulebook, **{name: number for name, (_, number) in sums.items()})
    if tokens:
        said |= {source: tokens for source, _ in sums.values()}
    return said


def typed_values(fact: Fact, typed: Sequence[str]) -> tuple[Value, ...]:
    """Return values of a fact as they are typed, without those that it cannot have."""
    return tuple(_parsed(fact, typed))


def _parsed(fact: Fact, typed: Sequence[str]) -> Iterator[Value]:
    for text in typed:
        try:
            yield parse_fact(fact, text)
        except BadAnswer:  # another rulebook has other choices
            continue


def _values(fact: Fact, row: MappingRow, stated: Stated) -> tuple[Value, ...]:
    match row.type:
        case "percent":
            return _held(fact, _number(stated) / _PERCENT)
        case "count":
            return _held(fact, _number(stated))
        case "flag":
            return typed_values(fact, row.values.get(str(stated).lower(), ()))
        case "words":
            return typed_values(fact, _worded(row, str(stated)))


def _number(stated: Stated) -> Number:
    if isinstance(stated, str):
        raise TypeError(f"{stated!r} was read as a number")
    return stated


def _worded(row: MappingRow, text: str) -> tuple[str, ...]:
    """Return the value of the first list of which a phrase stands in the text."""
    for value, phrases in row.words.items():
        if any(re.search(rf"(?<![\w-]){re.escape(phrase)}(?!\w)", text, re.IGNORECASE) for phrase in phrases):
            return (value,)
    return ()


def _held(fact: Fact, number: Number) -> tuple[Value, ...]:
    """Return a number as the fact holds it: at most its most, and whole where the fact is."""
    if not isinstance(fact.domain, NumberSet) or not fact.domain.intervals:
        return ()
    most = fact.domain.intervals[-1].high
    value = min(number, most)
    value = round(value) if fact.kind == "integer" else value
    return (value,) if fact.domain.contains(value) else ()


def _tokens(rulebook: Rulebook, prompt: Number | None = None, tuned_prompt: Number | None = None) -> Possible:
    """Divide sums of input tokens among the facts of which they are the sum; see the mapping for how."""
    facts = rulebook.facts
    if not {SYSTEM, EXAMPLES, REQUEST, TUNED_SYSTEM} <= facts.keys() or (prompt is None and tuned_prompt is None):
        return {}
    default = facts[REQUEST].default
    usual = default.value if default and default.value is not None else 0
    request = min(number for number in (prompt, tuned_prompt) if number is not None)
    if prompt is None or tuned_prompt is None:
        request = min(request, usual)
    parts: dict[str, Number] = {REQUEST: request}
    if prompt is not None:
        parts |= {SYSTEM: prompt - request, EXAMPLES: 0}
    if tuned_prompt is not None:
        parts[TUNED_SYSTEM] = tuned_prompt - request
    return {name: held for name, number in parts.items() if (held := _held(facts[name], number))}
