"""The report as JUnit XML, which build servers show: a test case for each check and table."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from advisor.audit.manual import EVERY_CHECK
from advisor.audit.model import SEVERITIES, Finding, Report, Severity
from advisor.audit.reports.parts import changed, example_text, listed, printable
from advisor.rulebook.model import Rulebook

WHOLE = "the whole rulebook"  # the test case of what is about no table


def render(report: Report, fail_level: Severity = "error") -> str:
    """Return the report as XML. Findings below `fail_level` do not fail a case and stand in its output."""
    grave = SEVERITIES[: SEVERITIES.index(fail_level) + 1]
    checks = dict.fromkeys((*EVERY_CHECK, *(skipped.check for skipped in report.not_checked)))
    suites = [_suite(report, check, grave) for check in checks]
    root = ElementTree.Element("testsuites", {"name": f"advisor audit, profile {report.profile}"})
    for key in ("tests", "failures", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in suites)))
    root.extend(suites)
    ElementTree.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _suite(report: Report, check: str, grave: tuple[str, ...]) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", {"name": check})
    cases = [_case(report, check, table, grave) for table in (*(table.id for table in report.tables), None)]
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
    suite.set("errors", "0")
    suite.extend(cases)
    return suite


def _case(report: Report, check: str, table: str | None, grave: tuple[str, ...]) -> ElementTree.Element:
    findings = [f for f in report.findings if (f.check, f.table) == (check, table)]
    failed = [finding for finding in findings if finding.severity in grave]
    skipped = [n.reason for n in report.not_checked if n.check == check and n.table in (table, None)]
    rows = listed(dict.fromkeys(about for finding in failed for about in (*finding.rows, finding.key)[:1] if about))
    name = f"{check} {table or WHOLE}" + (f": {rows}" if rows else "")
    case = ElementTree.Element("testcase", {"classname": f"audit.{check}", "name": _xml(name)})
    if failed:
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        failure = ElementTree.SubElement(
            case, "failure", {"type": failed[0].severity, "message": _xml(failed[0].message + more)}
        )
        failure.text = _xml("\n\n".join("\n".join(_lines(finding, report.rulebook)) for finding in failed))
    elif skipped:
        ElementTree.SubElement(case, "skipped", {"message": _xml("; ".join(dict.fromkeys(skipped)))})
    said = [line for finding in findings if finding not in failed for line in _lines(finding, report.rulebook)]
    said += [f"not checked: {reason}" for reason in dict.fromkeys(skipped) if failed]
    if said:
        ElementTree.SubElement(case, "system-out").text = _xml("\n".join(said))
    return case


def _lines(finding: Finding, rulebook: Rulebook) -> Iterator[str]:
    yield f"{finding.place}: {finding.check} [{finding.severity}] {finding.message}"
    for row in finding.rows:
        known = rulebook.row(row)
        yield f"row {row}{f' ({known.place})' if known else ''}"
    if finding.example:
        yield f"example {example_text(finding.example)}"
    if finding.pair is not None:
        yield f"then {example_text(changed(finding.example, finding.pair))}, all else equal"
    yield finding.fix


def _xml(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "\n".join(printable(line) for line in text.split("\n"))
