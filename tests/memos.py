"""Memos for tests: of the shipped examples, of answers written in a test, and of rulebooks that are bent."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from advisor.answers import Answers, parse_answers, read_answers
from advisor.deciding.plain import PlainEvaluator
from advisor.memo.rendering import markdown
from advisor.memo.result import Memo, build_memo
from advisor.rulebook.model import RECOMMENDATION, Approach, Fact, Row, Rulebook, Strength
from advisor.rulebook.sets import Value
from advisor.world import broken_constraints
from tests.conftest import ROOT

EXAMPLES = sorted(
    path.stem for path in (ROOT / "examples").glob("*.yaml") if "\nfacts:" in path.read_text(encoding="utf-8")
)
DAY = date(2026, 11, 25)


def example(name: str, rulebook: Rulebook) -> Answers:
    """Return the answers of a shipped example."""
    return read_answers(str(ROOT / "examples" / f"{name}.yaml"), rulebook)


def answers_of(rulebook: Rulebook, **facts: object) -> Answers:
    """Return answers given as keywords."""
    written = "facts: {" + ", ".join(f"{name}: {value}" for name, value in facts.items()) + "}"
    return parse_answers(written, "answers.yaml", rulebook)


def memo_of(
    rulebook: Rulebook,
    answers: Answers,
    command: str = "advisor recommend answers.yaml",
    *,
    article: Rulebook | None = None,
    as_of: date = DAY,
) -> Memo:
    """Return the result for answers, decided by the plain evaluator; the same ones are worked out once a process."""
    key = (rulebook.digest, article and article.digest, repr(answers), command, as_of)
    if key not in _MADE:
        plain = PlainEvaluator(rulebook)
        _MADE[key] = build_memo(rulebook, answers, plain, as_of=as_of, command=command, article=article)
    return _MADE[key]


_MADE: dict[tuple[object, ...], Memo] = {}


def markdown_of(rulebook: Rulebook, answers: Answers, *, article: Rulebook | None = None, as_of: date = DAY) -> str:
    """Return the memo for answers."""
    return markdown(memo_of(rulebook, answers, article=article, as_of=as_of))


def concluding(rulebook: Rulebook, option: str, strength: Strength | None) -> Rulebook:
    """Return the rulebook with a recommendation that is always the same."""
    table = rulebook.tables[RECOMMENDATION]
    row: Row = replace(table.rows[0], when=MappingProxyType({}), any_of=None, then=option, strength=strength)
    tables: Mapping[str, object] = {**rulebook.tables, RECOMMENDATION: replace(table, rows=(row,))}
    return replace(rulebook, tables=MappingProxyType(tables))  # type: ignore[arg-type]


def approach_of(rulebook: Rulebook, option: str) -> Approach:
    return rulebook.options[option].approach


def body(memo: str) -> str:
    """Return a memo without its front matter and its appendix."""
    return memo.split("\n---\n", 1)[1].split("\n## Appendix\n", 1)[0]


_CALLS = (0, 9_999, 10_000, 60_000, 99_999, 100_000, 250_000, 1_000_000, 1_000_001, 40_000_000)
_QUALITY = (0, 0.5, 0.8499, 0.85, 0.9, 0.9499, 0.95, 1)
_OTHERS = (0.4, 1, 2, 30, 900, 12_000)


def value_of(fact: Fact, chance: random.Random) -> Value:
    """Return some value of a fact's domain, often one at or beside a threshold."""
    if fact.kind == "boolean":
        return chance.random() < 0.5
    if fact.kind == "choice":
        return chance.choice(tuple(fact.choices))
    numbers = {"monthly_calls": _CALLS, "prompting_quality": _QUALITY}.get(fact.id, _OTHERS)
    values = [v for v in numbers if fact.domain.contains(v) and (fact.kind == "number" or v == int(v))]
    return chance.choice(values)


def some_answers(rulebook: Rulebook, seed: int) -> Answers:
    """Return answers in which a third is unknown and that could occur; a prompt at its best more often than not."""
    chance = random.Random(seed)
    while True:
        answers = Answers()
        for fact in rulebook.asked:
            if fact.kind != "text" and chance.random() < 0.67:
                answers = answers.with_fact(fact.id, value_of(fact, chance))
        if chance.random() < 0.7:
            answers = answers.with_fact("prompt_maturity", "optimised")
        if not broken_constraints(rulebook, answers) and _is_whole(answers):
            return answers


def _is_whole(answers: Answers) -> bool:
    """Tell whether no token is both read from the cache and written to it."""
    shares = [answers.facts.get(name, 0) for name in ("cached_share", "cache_write_share")]
    return sum(share for share in shares if isinstance(share, int | float)) <= 1
