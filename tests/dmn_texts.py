"""What tests of DMN share: a small rulebook with a bit of everything, and DMN files written in a few lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from xml.sax.saxutils import escape

from advisor.dmn.reading import DmnFile, parse_dmn
from advisor.rulebook.loading import build_rulebook
from advisor.rulebook.model import Rulebook

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
SMALL = {
    "facts.yaml": """
sections:
  - {id: volume, title: Volume, intro: How much there is.}
facts:
  - id: calls
    kind: integer
    section: volume
    title: calls a month
    unit: calls/month
    domain: "[0..1_000_000]"
    question: How many calls are there?
    help: Count them.
    why: They decide & more.
    example: 10k
    source: count
    default: {value: 500, source: count}
  - {id: stage, kind: choice, choices: {none: not begun, draft: "begun, \\"nearly\\"", optimised: done}, required: true}
  - {id: quality, kind: number, unit: share, domain: "[0..1]", default: {of: share, times: 1.5}}
  - {id: share, kind: number}
  - {id: broad, kind: boolean}
  - {id: model, kind: text}
  - {id: price, kind: number, quoted: {by: model}}
  - id: cost
    kind: number
    unit: USD
    derived: {formula: calls x upfront, from: [calls, upfront], rises_with: calls}
    revised: {pack: field, formula: calls x price + upfront, from: [calls, price, upfront]}
  - {id: open, kind: boolean, derived: {formula: what the book says, from: [model]}}
  - {id: late, kind: number, pack: field}
constraints:
  - {never: {stage: none, quality: known}, because: There is nothing to measure.}
options:
  - {id: wait, approach: prompting, meaning: Do nothing., title: "Wait with {{ project }}"}
  - {id: tune, approach: fine_tuning, source: two}
assumptions:
  - {id: upfront, title: cost of a start, value: 500, low: 200, high: 2000, unit: USD, as_of: 2026-11-23, source: count,
     zero: true, review_by: 2027-01-01, quoted: {by: model}}
prices:
  - {id: a/b-1.5, provider: a, base_model: b, method: sft, train_usd_per_mtok: 0, open_to: everyone, closes: 2027-01-06,
     source: A page, as_of: 2026-11-23, review_by: 2027-01-05, confidence: primary, note: "Look twice."}
sources:
  - id: paper
    title: A paper
    kind: paper
    read: 2026-11-23
    items:
      - {id: count, says: Counting helps., locator: page 2}
      - {id: two, says: Two things disagree., kind: tension, between: [count, [count, mine]]}
      - {id: mine, says: So we chose., kind: judgement}
properties:
  - {id: more, raising: calls, never_towards: prompting, because: It pays., profiles: [full]}
  - {id: never, when: {stage: none}, then: {recommendation: wait}}
accepted:
  - {check: overlap, table: tier, rows: [tier.low], about: [this, that], reason: So be it., date: 2026-11-24}
""",
    "article/tables.yaml": """
tables:
  - id: tier
    title: Volume tiers
    hit_policy: unique
    purpose: Says how much it is.
    rows:
      - {id: tier.low, when: {calls: "< 10k"}, then: low, because: "{{ calls | quantity }} < 10,000", source: count}
      - {id: tier.high, title: much, when: {calls: ">= 10_000"}, then: high, favours: hybrid, source: [count, mine]}
      - id: tier.unknown
        when: {any: [{calls: unknown}, {calls: unknown, broad: "-"}]}
        then: unknown
        source: mine
  - id: reasons
    hit_policy: count
    rows:
      - id: reasons.either
        when: {any: [{broad: false}, {quality: "< 50%", stage: not(none)}, {model: known}]}
        source: mine
      - {id: reasons.late, when: {quality: "[85%..95%), 1, unknown", stage: "optimised"}, source: count}
  - id: notes
    hit_policy: collect
    rows:
      - {id: notes.first, when: {broad: "true, unknown", tier: not(low)}, source: count}
      - {id: notes.second, when: {}, source: count, scenario: {upfront: 200, share: 0.5}}
      - id: notes.third
        when: {tier: high}
        then: 3
        source: count
        step: {action: Go, metric: "{{ calls }}", threshold: 5, time_box: a day, stop: never}
  - id: recommendation
    hit_policy: first
    rows:
      - {id: go.wait, when: {tier: "low, unknown", reasons: "0, 1"}, then: wait, strength: likely, source: two}
      - {id: go.tune, when: {reasons: "> 0", tier: "-"}, then: tune, strength: definite, source: count}
      - {id: go.rest, when: {}, then: wait, strength: consider, source: mine}
""".replace("threshold: 5", 'threshold: "5"'),
    "field/more.yaml": """
tables:
  - extend: recommendation
    rows:
      - {id: go.late, when: {late: "> 5"}, then: wait, strength: consider, source: mine}
  - id: extra
    hit_policy: any
    rows:
      - {id: extra.yes, when: {late: "< 0"}, then: true, source: mine}
      - {id: extra.no, when: {late: ">= 0, unknown"}, then: false, source: mine}
""",
}


def read(text: str, name: str = "rules.dmn") -> DmnFile:
    return parse_dmn(text.encode(), name)


def rulebook_of(text: str, profile: str | None = None) -> Rulebook:
    """Read the text of a DMN file as a rulebook."""
    file = read(text)
    return build_rulebook(file.sources, profile or file.profile)


def differing(one: Rulebook, other: Rulebook) -> list[str]:
    """Return which parts of two rulebooks differ, places aside."""
    return [part.name for part in fields(one) if getattr(one, part.name) != getattr(other, part.name)]


def without_extensions(text: str) -> str:
    """Return a file that we wrote as another program might have written it."""
    return re.sub(r"\s*<extensionElements>.*?</extensionElements>", "", text, flags=re.DOTALL)


def decision(
    name: str,
    inputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    *,
    policy: str = 'hitPolicy="UNIQUE"',
    types: Sequence[str] = (),
    values: Sequence[str] = (),
    output: str = "<output/>",
) -> str:
    """Return a decision with a table. rules: the cells of each, conclusion last, in FEEL."""
    columns = "".join(
        f"<input><inputExpression{_type(types, i)}><text>{escape(text)}</text></inputExpression>"
        f"{_values(values, i)}</input>"
        for i, text in enumerate(inputs)
    )
    rows = "\n".join(_rule(cells, len(inputs)) for cells in rules)
    table = f"<decisionTable {policy}>\n{columns}{output}\n{rows}\n</decisionTable>"
    return f'<decision name="{escape(name)}">{table}</decision>'


def definitions(*parts: str, namespace: str = NAMESPACE) -> str:
    """Return a DMN file; its first part begins in line 3."""
    inside = "\n".join(parts)
    start = f'<definitions xmlns="{namespace}" name="d" namespace="n">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{start}\n{inside}\n</definitions>\n'


def _rule(cells: Sequence[str], inputs: int) -> str:
    entries = [
        f"<{tag}><text>{escape(cell)}</text></{tag}>"
        for number, cell in enumerate(cells)
        for tag in ["inputEntry" if number < inputs else "outputEntry"]
    ]
    return f"<rule>{''.join(entries)}</rule>"


def _type(types: Sequence[str], i: int) -> str:
    return f' typeRef="{types[i]}"' if i < len(types) and types[i] else ""


def _values(values: Sequence[str], i: int) -> str:
    return f"<inputValues><text>{escape(values[i])}</text></inputValues>" if i < len(values) and values[i] else ""
