"""Reads a rendered memo and finds numbers of its body without a unit or without an origin.

A number has a unit when a currency sign, a per cent sign or a unit's word stands at it, or at another number of the
same sentence that it is compared with. It has an origin when the same line of a table says one (`answered`, ...), when
it is the value of a fact that is not assumed, so that the tables give its origin, when it was found by trying what
would change the recommendation, or when a rule, an option or a source item that the same block names says it. Where
the origin is a file, what the user wrote about that file is left alone, as are the help of a question, the sources and
notes of the price book, and the factor by which a default follows another fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from advisor.memo.filters import amount, escape
from advisor.memo.result import Memo
from advisor.quantities import dollars, grouped, is_number, percentage, rounded
from advisor.rulebook.model import Rulebook
from tests.memos import body

NUMBER = re.compile(r"(?<![\w.,-])-?\$?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?(?![\w-])(?![.,]\d)")
UNIT = re.compile(
    r"\s(?:\w+ )?(?:a day|adapters|answers?|assumptions?|calls?|cases?|changes?|days?|examples?|hours?|labour|machines?"
    r"|match|more|months?|people|percentage|points?|real requests|requests|rounds?|routes?|source|times|tokens?"
    r"|variants|weeks?|a week|million tokens|person)\b"
)
ORIGIN = re.compile(r"\b(?:answered|measured|assumed|derived)\b")
SENTENCE_END = re.compile(r"(?<=[.;:?!])\s+")
CODE = re.compile(r"`+[^`]*`+")
RATIO = re.compile(r"\bratio\b")
MEASURED = re.compile(r"\| measured: [^|]*\|")
COUNTED = re.compile(
    r" of \d+ match| (?:more )?answers of the appendix| (?:more )?assumptions?\b| more\b| routes? (?:takes?|of)\b"
)
FACTOR = re.compile(r"\b\d+(?:\.\d+)? x (?=\w)")
ORDINAL = re.compile(r"^\d+\. |(?<![\w$.,])\d+, (?=[a-z])")


def blocks(memo: str) -> Iterator[str]:
    """Yield the title, paragraphs, list items and table rows of a memo's body, each in one line."""
    for part in re.split(r"\n\s*\n", body(memo)):
        item = ""
        for line in part.splitlines():
            if line.startswith(("|", "- ", "#", "!")) or re.match(r"\d+\. ", line):
                yield item
                item = line
            else:
                item += f" {line.strip()}"
        yield item


def faults(memo: Memo, text: str, rulebook: Rulebook) -> list[str]:
    """Return what is wrong with the numbers of a memo, a line each."""
    found = []
    values, assumed = _values(memo)
    said = {name: _numbers(texts) for name, texts in _texts(rulebook).items()}
    tried = {amount(c.after, _unit(rulebook, c.name), exact=True) for c in memo.flips.changes}
    for unknown in memo.flips.unknowns:
        ends = [end for stretch in unknown.stretches for end in (stretch.start, stretch.until)]
        tried |= {amount(end, _unit(rulebook, unknown.fact), exact=True) for end in ends}
    helps = {fact.id: fact.help for fact in rulebook.asked if fact.help}
    for block in blocks(text):
        names = {name for name in re.findall(r"[\w.]+", block) if name in said}
        names |= {str(memo.recommendation.option)} if block.startswith(("# ", " **")) else set()
        allowed = set().union(*(said[name] for name in names)) if names else set()
        for price in rulebook.prices.values():
            for said_of_it in filter(None, (price.base_model, price.source, price.note)):
                block = block.replace(escape(said_of_it.removesuffix(".")), "")
        for name in re.findall(r"`(\w+)`", block):
            block = block.replace(escape(helps.get(name, "`")), "")
        block = FACTOR.sub("", MEASURED.sub("| measured |", block))
        bare = re.sub(r"\d{4}-\d\d-\d\d|\]\([^)]*\)", "", CODE.sub("`", ORDINAL.sub("", block)))
        has_origin = bool(ORIGIN.search(bare)) and bare.startswith("|")
        for match in NUMBER.finditer(bare):
            number = match[0]
            if not _has_unit(bare, match):
                found.append(f"{number} has no unit: {block}")
            marked = "(assumed)" in bare[match.end() : match.end() + 40]
            from_fact = number in values or (number in assumed and marked)
            from_trial = any(shown.startswith(number) for shown in tried)
            counted = bool(COUNTED.match(bare[match.end() :]))
            counted = counted or bool(re.search(r"\d of $", bare[: match.start()]))
            if not (has_origin or from_fact or from_trial or counted or number in allowed):
                found.append(f"{number} has no origin: {block}")
    return found


def _has_unit(block: str, match: re.Match[str]) -> bool:
    if match[0].startswith(("$", "-$")) or match[0].endswith("%") or UNIT.match(block, match.end()):
        return True
    if block.startswith("|"):
        cell = block[block.rfind("|", 0, match.start()) : block.find("|", match.end())]
        return bool(UNIT.search(cell))
    start = max((m.end() for m in SENTENCE_END.finditer(block, 0, match.start())), default=0)
    end = next((m.start() for m in SENTENCE_END.finditer(block, match.end())), len(block))
    return bool(UNIT.search(block[start:end]) or RATIO.search(block[start : match.start()]))


def _values(memo: Memo) -> tuple[set[str], set[str]]:
    """Return how the values of facts read, those that are not assumed and those that are."""
    known: set[str] = set()
    assumed: set[str] = set()
    for thing in (*memo.facts, *memo.assumptions, *(memo.band or ())):
        if is_number(thing.value):
            assert isinstance(thing.value, int | float)
            forms = {write(thing.value) for write in (rounded, dollars, grouped, percentage)}
            forms |= {(NUMBER.match(amount(thing.value, thing.unit, exact=e)) or [""])[0] for e in (True, False)}
            (assumed if thing.origin == "assumed" else known).update(forms)
    view = memo.today.article if memo.today else None
    for value in view.figures.values() if view else ():
        if is_number(value):
            known |= {write(value) for write in (rounded, dollars)}  # type: ignore[arg-type]
    for scenario in memo.scenarios:
        for value in (scenario.crossover, scenario.ratio):
            if is_number(value):
                known.add(rounded(value))  # type: ignore[arg-type]
    return known, assumed


def _texts(rulebook: Rulebook) -> dict[str, str]:
    """Return what rules, options, assumptions and source items say, by id."""
    texts = {item.id: item.says for item in rulebook.items.values()}
    for row in rulebook.rows:
        step = " ".join(vars(row.step).values()) if row.step else ""
        own = " ".join(texts[item] for item in row.source if item in texts)
        texts[row.id] = f"{row.title} {row.because} {step} {own}"
    for option in rulebook.options.values():
        own = " ".join(texts[item] for item in option.source if item in texts)
        texts[option.id] = f"{option.meaning} {' '.join(option.texts.values())} {own}"
    for assumption in rulebook.assumptions.values():
        ends = [end for end in (assumption.low, assumption.high) if end is not None]
        texts[assumption.id] = " ".join(amount(end, assumption.unit, exact=True) for end in ends)
    return texts


def _numbers(text: str) -> set[str]:
    return {match[0] for match in NUMBER.finditer(re.sub(r"\{[{%].*?[}%]\}", " ", text))}


def _unit(rulebook: Rulebook, name: str) -> str | None:
    return (rulebook.facts.get(name) or rulebook.assumptions[name]).unit
