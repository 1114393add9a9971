"""The report as a page for a pull request: counts and proofs first, then findings, what changes, and every table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby
from typing import Final

from jinja2 import Environment

from advisor.audit.manual import EVERY_CHECK
from advisor.audit.model import SEVERITIES, BoxText, Report, Tension
from advisor.audit.reports.difference import heading, moves
from advisor.audit.reports.drawing import drawn
from advisor.audit.reports.parts import changed, example_text, plural, shown
from advisor.memo import filters
from advisor.rulebook.model import Rulebook
from advisor.templating import environment

_TICKED = re.compile(r"`([^`]*)`")
# What proofs of a check say of many tables, where a line for each would be too many.
OF_TABLES: Final = {
    "gap": "no gap",
    "overlap": "no two rows match together",
    "impossible": "every row can match",
    "shadowed": "every row wins for some project",
    "unreachable": "every conclusion is reached by some project",
    "engine": "the engine agrees on all cells tried",
}


@dataclass(frozen=True)
class Proof:
    """A line on what was proved: of the whole rulebook, or of the tables named."""

    check: str
    text: str
    tables: tuple[str, ...] = ()


def proofs(report: Report) -> list[Proof]:
    """Return what was proved, in the order of the checks; what holds of several tables is one line."""
    order = {check: n for n, check in enumerate(EVERY_CHECK)}
    found: list[Proof] = []
    for check, held in groupby(sorted(report.proved, key=lambda p: order.get(p.check, len(order))), lambda p: p.check):
        proved = list(held)
        tables = tuple(one.table for one in proved if one.table)
        if len(tables) == len(proved) > 1 and check in OF_TABLES:
            found.append(Proof(check, OF_TABLES[check], tables))
        else:
            found += [Proof(check, one.text) for one in proved]
    return found


def render(report: Report) -> str:
    """Return the report in Markdown."""
    show = shown(report.findings)
    found = [(severity, report.count(severity)) for severity in SEVERITIES]
    tensions: dict[str, list[Tension]] = {}
    for tension in report.tensions:
        tensions.setdefault(tension.id, []).append(tension)
    title = ", ".join(plural(n, severity) for severity, n in found if n) or "nothing found"
    text = (
        _environment()
        .get_template("audit.md.j2")
        .render(
            report=report,
            title=title,
            severities=SEVERITIES,
            plural=plural,
            changed=changed,
            proved=proofs(report),
            by_severity=[(s, [f for f in show.findings if f.severity == s]) for s in SEVERITIES if report.count(s)],
            more=show.more.items(),
            tensions=[(next(iter(held)), held) for held in tensions.values()],
            moves=moves(report.difference) if report.difference else [],
            difference_heading=heading(report.difference) if report.difference else "",
            drawn=drawn(report),
            written=partial(written, report.rulebook),
        )
    )
    return filters.layout(text)


def prose(text: str) -> filters.Raw:
    """Return Markdown that shows a text as it is, what stands between backticks as code."""
    parts = _TICKED.split(str(text))
    return filters.Raw("".join(filters.code(p) if n % 2 else filters.escape(p) for n, p in enumerate(parts)))


def sentence(text: str) -> filters.Raw:
    """Return Markdown that begins with a capital letter and ends with a full stop."""
    return filters.Raw(filters.sentence(text))


def box(held: BoxText) -> filters.Raw:
    """Write a box as conditions in code."""
    parts = [f"{filters.code(fact)} {filters.code(test)}" for fact, test in held.items()]
    return filters.Raw(" and ".join(parts) or "any project")


def written(rulebook: Rulebook, name: str) -> filters.Raw:
    """Say where a row is written."""
    row = rulebook.row(name)
    return filters.Raw(f" ({filters.code(row.place)})" if row else "")


@cache
def _environment() -> Environment:
    named = {
        "code": filters.code,
        "codes": filters.codes,
        "prose": prose,
        "sentence": sentence,
        "box": box,
        "example": example_text,
    }
    return environment(named, finalize=filters.finalize)
