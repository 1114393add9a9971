"""Runs every check on a rulebook and gathers what they say into one report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from advisor.audit.acceptance import split_accepted
from advisor.audit.checks import CHECKS
from advisor.audit.checks.overlap import conflict
from advisor.audit.context import WITH_CONCLUSION, AuditContext
from advisor.audit.coverage import exercised as cases_by_row
from advisor.audit.model import SEVERITIES, Finding, Gap, Overlap, Report, TableReport
from advisor.audit.regions import Listed, Region, TableRegions
from advisor.audit.replay import Replayer
from advisor.deciding.engine import EngineEvaluator
from advisor.rulebook.model import Rulebook, Table

if TYPE_CHECKING:
    from advisor.cases import Case

Progress = Callable[[str], None]


def audit(
    rulebook: Rulebook,
    *,
    texts: Mapping[str, str],
    as_of: date,
    cases: Sequence[Case] | None = None,
    progress: Progress = lambda check: None,
) -> Report:
    """Return everything that the checks find in a rulebook, the same on every run.

    texts: the rule files by name. as_of: the day on which figures are judged to be stale. cases: worked cases, or None.
    progress: called with each check before it runs.
    """
    with EngineEvaluator(rulebook) as engine:
        context = AuditContext(rulebook, texts, as_of, engine, cases)
        replayer = Replayer(context)
        findings: list[Finding] = []
        for name in CHECKS:
            progress(name)
            findings.extend(replayer.finding(finding) for finding in check_module(name).check(context))
        tensions = [replayer.tension(tension) for tension in context.tensions]
        findings.extend(finding for _, finding in tensions if finding)
        open_findings, accepted, unmatched = split_accepted(rulebook, findings)
        exercised = {row: len(held) for row, held in cases_by_row(rulebook, context.tried).items()}
        tables = tuple(_table(context, table) for table in rulebook.tables.values())
    return Report(
        rulebook=rulebook,
        texts=texts,
        profile=rulebook.profile,
        digest=rulebook.digest,
        rows=sum(len(table.rows) for table in rulebook.tables.values()),
        tables=tables,
        findings=tuple(sorted((*open_findings, *unmatched), key=_order)),
        accepted=tuple(sorted(accepted, key=_order)),
        not_checked=tuple(dict.fromkeys(context.not_checked)),
        proved=tuple(dict.fromkeys(context.proved)),
        tensions=tuple(tension for tension, _ in tensions),
        exercised=exercised if cases else None,
    )


def check_module(name: str) -> ModuleType:
    """Return the module of a check: ID, SEVERITY, `check`, and a docstring that is its manual page."""
    return import_module(f"advisor.audit.checks.{name}")


def _order(finding: Finding) -> tuple[int, str, int, int, str, str]:
    file, line, column = finding.place
    return (SEVERITIES.index(finding.severity), file, line, column, finding.check, finding.key)


def _table(context: AuditContext, table: Table) -> TableReport:
    regions = context.regions(table)
    gaps = context.gaps(table) if table.hit_policy in WITH_CONCLUSION else Listed((), decided=False)
    overlaps = context.overlaps(table).regions if table.hit_policy in ("unique", "any") else ()
    return TableReport(
        id=table.id,
        hit_policy=table.hit_policy,
        rows=len(table.rows),
        inputs=table.inputs,
        complete=not gaps.regions if gaps.decided else None,
        gaps=tuple(Gap(regions.box(region), regions.example(region)) for region in gaps.regions),
        overlaps=tuple(_overlap(table, regions, region) for region in overlaps),
        place=table.place,
    )


def _overlap(table: Table, regions: TableRegions, region: Region) -> Overlap:
    rows = [table.rows[number] for number in region.rows]
    return Overlap(tuple(row.id for row in rows), regions.box(region), conflict(rows), regions.example(region))
