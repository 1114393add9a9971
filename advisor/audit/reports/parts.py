"""What reports have in common: counts and examples in words, excerpts of rule files, findings too many to show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from advisor.audit.model import SEVERITIES, BoxText, Example, Finding, Report
from advisor.errors import Place
from advisor.quantities import is_number, rule_text
from advisor.rulebook.sets import Value

MOST_SHOWN: Final = 20  # findings of one check in one table that a report for people shows
EXCERPT_LINES: Final = 3
_PLAIN = re.compile(r"[A-Za-z_][\w .-]*\w|[A-Za-z_]")


@dataclass(frozen=True)
class Excerpt:
    """Lines of a rule file from `first` on; `column` (from 0) is the place in the first of them."""

    first: int
    lines: tuple[str, ...]
    column: int


@dataclass(frozen=True)
class Shown:
    """Findings to show, and how many more there are by check and table."""

    findings: tuple[Finding, ...]
    more: Mapping[tuple[str, str | None], int]


def shown(findings: Iterable[Finding]) -> Shown:
    """Return findings less those past the first MOST_SHOWN of one check in one table."""
    count: dict[tuple[str, str | None], int] = {}
    kept = []
    for finding in findings:
        key = (finding.check, finding.table)
        count[key] = count.get(key, 0) + 1
        if count[key] <= MOST_SHOWN:
            kept.append(finding)
    return Shown(tuple(kept), {key: n - MOST_SHOWN for key, n in count.items() if n > MOST_SHOWN})


def excerpt(texts: Mapping[str, str], place: Place) -> Excerpt | None:
    """Return the line at a place and those after it that stand deeper; None of a file whose text is not at hand.

    Tabs become single spaces, so that a column is what it says.
    """
    lines = texts.get(place.file, "").split("\n")
    if not 0 < place.line <= len(lines):
        return None
    held = [printable(line.rstrip("\r").replace("\t", " ")) for line in lines[place.line - 1 :][:EXCERPT_LINES]]
    depth = len(held[0]) - len(held[0].lstrip(" "))
    below = [line for line in held[1:] if line.strip()]
    inside = [line for n, line in enumerate(below) if all(_depth(above) > depth for above in below[: n + 1])]
    return Excerpt(place.line, (held[0], *inside), place.column - 1)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def printable(text: str) -> str:
    """Return a text whose control characters are written out, so that a terminal shows them and does nothing else."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}" for c in text)


def value_text(value: Value) -> str:
    """Write one value of an example as an answers file takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        assert isinstance(value, int | float)
        return rule_text(value)
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def example_text(example: Example) -> str:
    """Write an example as the `facts` of an answers file in one line."""
    return f"{{{', '.join(f'{fact}: {value_text(value)}' for fact, value in example.items())}}}"


def changed(before: Example | None, after: Example) -> Example:
    """Return what differs in the second project of a pair."""
    return {fact: value for fact, value in after.items() if (before or {}).get(fact) != value}


def box_text(box: BoxText) -> str:
    """Write a box as one condition."""
    return " and ".join(f"{fact} {test}" for fact, test in box.items()) or "any project"


def plural(count: int, word: str) -> str:
    """Write a count of things: `1 row`, `2 rows`, `3 boxes`."""
    ending = "es" if word.endswith("x") else "s"
    return f"{count:,} {word}{'' if count == 1 else ending}"


def summary(report: Report) -> str:
    """Return the line that ends a report: rows and tables, findings by severity, what was proved."""
    counted = {severity: report.count(severity) for severity in SEVERITIES}
    found = [plural(n, severity) for severity, n in counted.items() if n or severity != "note"]
    rows = f"{plural(report.rows, 'row')} in {plural(len(report.tables), 'table')}"
    return f"{rows}; {', '.join(found)}; {_proved(report)}"


def _proved(report: Report) -> str:
    count = len(report.proved)
    return f"{count:,} {'property' if count == 1 else 'properties'} proved"


def listed(names: Iterable[str], most: int = 5) -> str:
    """Write names with commas, of many the first ones and how many more there are."""
    known = list(names)
    first = list(islice(known, most))
    return ", ".join(first) + (f" and {len(known) - most} more" if len(known) > most else "")
