"""Small random rulebooks of every kind of fact, test and hit policy, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Mapping

from advisor.rulebook.model import Rulebook
from tests.rule_texts import build_texts

KINDS = ("choice", "boolean", "integer", "number", "text")
DOMAINS = (None, '"[0..10]"', '"(0..10)"', '">= 2"', '"< 8"')
POLICIES = ("unique", "any", "first", "first", "count", "collect")
CONCLUSIONS: Mapping[str, tuple[str, ...]] = {
    "choice": ("a", "b", "c"),
    "boolean": ("true", "false"),
    "integer": ("1", "5", "7"),
}


class RandomRules:
    """Writes one rulebook. Tests ask of a fact what its kind allows; `tested` maps what can be tested to its kind."""

    def __init__(self, seed: int, facts: int = 3, rows: int = 4, tables: int = 2) -> None:
        self.random = random.Random(seed)
        self.tested: dict[str, str] = {}
        parts = ["facts:", *(self._fact(n) for n in range(self.random.randint(1, facts)))]
        constraints = [self._when() for _ in range(self.random.choice((0, 0, 1, 2)))]
        parts += ["constraints:"] if any(when != "{}" for when in constraints) else []
        parts += [f"  - {{never: {when}}}" for when in constraints if when != "{}"]
        parts += ["tables:", *(self._table(n, rows) for n in range(self.random.randint(1, tables)))]
        self.text = "\n".join(parts) + "\n"

    def build(self) -> Rulebook:
        return build_texts({"rules.yaml": self.text})

    def _fact(self, number: int) -> str:
        kind = self.random.choice(KINDS)
        more = ", choices: {a: A, b: B, c: C}" if kind == "choice" else ""
        domain = self.random.choice(DOMAINS) if kind in ("integer", "number") else None
        more += f", domain: {domain}" if domain else ""
        more += ", required: true" if self.random.random() < 0.3 else ""
        self.tested[f"f{number}"] = kind
        return f"  - {{id: f{number}, kind: {kind}{more}}}"

    def _table(self, number: int, rows: int) -> str:
        policy = self.random.choice(POLICIES)
        kind = self.random.choice(tuple(CONCLUSIONS))
        silent = policy == "count" or (policy == "collect" and kind == "choice")
        name, written, concluded = f"t{number}", [], set()
        for row in range(self.random.randint(1, rows)):
            then = self.random.choice(CONCLUSIONS[kind])
            says = not silent and self.random.random() < 0.97
            concluded |= {then} if says else set()
            written.append(
                f"      - {{id: {name}.r{row}, when: {self._condition()}{f', then: {then}' if says else ''}}}"
            )
        if policy == "count":
            self.tested[name] = "integer"
        elif policy != "collect" and concluded:
            # A test may name only words that are concluded; `text` is tested for known and unknown.
            whole = kind != "choice" or len(concluded) == len(CONCLUSIONS["choice"])
            self.tested[name] = kind if whole else "text"
        return "\n".join([f"  - id: {name}", f"    hit_policy: {policy}", "    rows:", *written])

    def _condition(self) -> str:
        when = self._when()
        if self.random.random() > 0.2:
            return when
        start = when[:-1] + (", " if when != "{}" else "")
        return f"{start}any: [{self._when()}, {self._when()}]}}"

    def _when(self) -> str:
        most = min(len(self.tested), self.random.randint(0 if self.random.random() < 0.2 else 1, 2))
        facts = self.random.sample(sorted(self.tested), most)
        return "{" + ", ".join(f'{fact}: "{self._test(self.tested[fact])}"' for fact in facts) + "}"

    def _test(self, kind: str) -> str:
        if kind == "text" or self.random.random() < 0.12:
            words = ["unknown", "known"] if kind == "text" else ["unknown", "known", "-"]
            return self.random.choice(words)
        if kind in ("choice", "boolean"):
            values = [*CONCLUSIONS[kind], "unknown"]
            listed = ", ".join(self.random.sample(values, self.random.randint(1, len(values) - 1)))
        else:
            listed = ", ".join(self._numbers(kind) for _ in range(self.random.choice((1, 1, 1, 2))))
            listed += ", unknown" if self.random.random() < 0.15 else ""
        return f"not({listed})" if self.random.random() < 0.25 else listed

    def _numbers(self, kind: str) -> str:
        low, high = sorted(self.random.sample(range(11), 2))
        end = f"{low}.5" if kind == "number" and self.random.random() < 0.3 else str(low)
        form = self.random.random()
        if form < 0.4:
            return f"{self.random.choice(('<', '<=', '>', '>='))} {end}"
        if form < 0.6:
            return end
        return f"{self.random.choice('[(')}{end}..{high}{self.random.choice('])')}"


def permuted(text: str, seed: int) -> str:
    """Return a rulebook with the rows of every table in another order."""
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines) if line == "    rows:"]
    for start in starts:
        end = start + 1
        while end < len(lines) and lines[end].startswith("      - "):
            end += 1
        rows = lines[start + 1 : end]
        random.Random(seed).shuffle(rows)
        lines[start + 1 : end] = rows
    return "\n".join(lines) + "\n"
