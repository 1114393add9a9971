"""The report as SARIF 2.1.0, which code hosts and editors show beside the lines it is about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from advisor.audit.manual import EVERY_CHECK, Manual, manual
from advisor.audit.model import Finding, Proved, Report
from advisor.audit.reports.json import example_data
from advisor.audit.reports.parts import changed, example_text
from advisor.errors import Place

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT: Final = "advisor/v1"


def render(report: Report, version: str, root: str = "") -> str:
    """Return the report as SARIF.

    version: of this program. root: the rules folder as a path from where code hosts look for files, or nothing.
    """
    return json.dumps(_Log(root).log(report, version), ensure_ascii=False, indent=1) + "\n"


class _Log:
    def __init__(self, root: str) -> None:
        self.root = f"{root}/" if root else ""

    def log(self, report: Report, version: str) -> dict[str, Any]:
        skipped = [
            {
                "descriptor": {"id": skipped.check},
                "level": "note",
                "message": {"text": f"not checked{f' in {skipped.table}' if skipped.table else ''}: {skipped.reason}"},
            }
            for skipped in report.not_checked
        ]
        rules = [_rule(manual(name)) for name in EVERY_CHECK]
        run: dict[str, Any] = {
            "tool": {"driver": {"name": "advisor audit", "version": version, "rules": rules}},
            "automationDetails": {"id": f"advisor-audit/{report.profile}/"},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": skipped}],
            "results": [*map(self.failed, report.findings), *map(self.accepted, report.accepted)],
            "properties": {"profile": report.profile, "digest": report.digest},
        }
        first = report.tables[0].place if report.tables else None
        run["results"] += [self.passed(proved, proved.place or first) for proved in report.proved]
        return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}

    def failed(self, finding: Finding) -> dict[str, Any]:
        related = [self.location(r.place, id=n, message=r.message) for n, r in enumerate(finding.related, 1)]
        return {
            **_identity(finding.check, [finding.table or "", *sorted(finding.rows), finding.key]),
            "kind": "fail",
            "level": finding.severity,
            "message": {"text": " ".join(_sentences(finding))},
            "locations": [self.location(finding.place)],
            **({"relatedLocations": related} if related else {}),
            "properties": _properties(finding),
        }

    def accepted(self, finding: Finding) -> dict[str, Any]:
        reason = finding.accepted_because or ""
        suppression = {"kind": "external", "status": "accepted", "justification": reason}
        return {**self.failed(finding), "suppressions": [suppression]}

    def passed(self, proved: Proved, place: Place | None) -> dict[str, Any]:
        """place: where it is shown; code hosts want one of every result."""
        return {
            **_identity(proved.check, [proved.text]),
            "kind": "pass",
            "level": "none",
            "message": {"text": proved.text},
            **({"locations": [self.location(place)]} if place else {}),
        }

    def location(self, place: Place, *, id: int | None = None, message: str | None = None) -> dict[str, Any]:
        return {
            **({"id": id} if id is not None else {}),
            "physicalLocation": {
                "artifactLocation": {"uri": quote(f"{self.root}{place.file}")},
                "region": {"startLine": place.line, "startColumn": place.column},
            },
            **({"message": {"text": message}} if message else {}),
        }


def _rule(page: Manual) -> dict[str, Any]:
    parts = {
        "What it finds": page.finds,
        "Why it matters": page.matters,
        "Example": page.example,
        "How to mend it": page.mend,
    }
    return {
        "id": page.id,
        "shortDescription": {"text": f"{page.short}."},
        "fullDescription": {
            "text": f"{page.finds[:1].upper()}{page.finds[1:]} {page.matters[:1].upper()}{page.matters[1:]}"
        },
        "help": {
            "text": "\n\n".join(f"{label}: {text}" for label, text in parts.items()),
            "markdown": "\n\n".join(f"**{label}**: {text}" for label, text in parts.items()),
        },
        "defaultConfiguration": {"level": page.severity},
    }


def _identity(check: str, parts: Sequence[str]) -> dict[str, Any]:
    """What a result is of, and a print of it that stays when lines move."""
    print_of = sha256("\0".join([check, *parts]).encode("utf-8", "backslashreplace")).hexdigest()
    return {"ruleId": check, "ruleIndex": EVERY_CHECK.index(check), "partialFingerprints": {FINGERPRINT: print_of}}


def _sentences(finding: Finding) -> Iterator[str]:
    where = f"{finding.table}: " if finding.table else ""
    yield f"{where}{finding.message}."
    if finding.example:
        yield f"Example: {example_text(finding.example)}."
    if finding.pair is not None:
        yield f"Then: {example_text(changed(finding.example, finding.pair))}, all else equal."
    yield f"{finding.fix[:1].upper()}{finding.fix[1:]}."


def _properties(finding: Finding) -> dict[str, Any]:
    held: dict[str, Any] = {"table": finding.table, "rows": list(finding.rows)}
    if finding.example:
        held["example"] = example_data(finding.example)
    if finding.pair is not None:
        held["pair"] = example_data(finding.pair)
    if finding.box is not None:
        held["box"] = dict(finding.box)
    return held
