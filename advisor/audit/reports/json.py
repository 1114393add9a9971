"""The report as JSON, in the shape that other programs rely on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from advisor.audit.model import SEVERITIES, Finding, Report, TableReport, Tension
from advisor.audit.reports import difference
from advisor.rulebook.sets import UNKNOWN


def render(report: Report) -> str:
    """Return the report as JSON text."""
    return json.dumps(as_data(report), ensure_ascii=False, indent=1) + "\n"


def as_data(report: Report) -> dict[str, Any]:
    """Return the report as plain data; what is unknown in an example is None.

    A finding has `box`, `pair` (the second project of a direction), `answers`, `pair_answers` and `about` only where
    there are any.
    """
    compared = {"difference": difference.as_data(report.difference)} if report.difference is not None else {}
    return {
        "tables": [_table(table) for table in report.tables],
        "findings": [_finding(finding) for finding in report.findings],
        "accepted": [{**_finding(finding), "reason": finding.accepted_because} for finding in report.accepted],
        "tensions": [_tension(tension) for tension in report.tensions],
        "not_checked": [{"check": n.check, "table": n.table, "reason": n.reason} for n in report.not_checked],
        "summary": {
            **{severity: report.count(severity) for severity in SEVERITIES},
            "rows": report.rows,
            "proved": [proved.text for proved in report.proved],
        },
        **compared,
    }


def example_data(example: Mapping[str, Any]) -> dict[str, Any]:
    """Return an example with None for what is unknown."""
    return {fact: None if value == UNKNOWN else value for fact, value in example.items()}


def _table(table: TableReport) -> dict[str, Any]:
    return {
        "id": table.id,
        "hit_policy": table.hit_policy,
        "rows": table.rows,
        "inputs": list(table.inputs),
        "complete": table.complete,
        "gaps": [{"box": dict(gap.box), "example": example_data(gap.example)} for gap in table.gaps],
        "overlaps": [
            {
                "rows": list(overlap.rows),
                "box": dict(overlap.box),
                "conflict": overlap.conflict,
                "example": example_data(overlap.example),
            }
            for overlap in table.overlaps
        ],
    }


def _tension(tension: Tension) -> dict[str, Any]:
    return {
        "id": tension.id,
        "says": tension.says,
        "kind": tension.kind,
        "rows": list(tension.rows),
        "resolved_by": list(tension.resolved_by),
        "example": example_data(tension.example),
        "answers": None if tension.answers is None else example_data(tension.answers),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    file, line, column = finding.place
    return {
        "check": finding.check,
        "severity": finding.severity,
        "table": finding.table,
        "rows": list(finding.rows),
        "message": finding.message,
        "location": {"file": file, "line": line, "column": column},
        "example": example_data(finding.example),
        "fix": finding.fix,
        **_more(finding),
    }


def _more(finding: Finding) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "box": None if finding.box is None else dict(finding.box),
        "pair": None if finding.pair is None else example_data(finding.pair),
        "answers": None if finding.answers is None else example_data(finding.answers),
        "pair_answers": None if finding.pair_answers is None else example_data(finding.pair_answers),
        "about": finding.key or None,
    }
    return {name: part for name, part in parts.items() if part is not None}
