"""The audit's reports: one golden file a format, and what must hold of each whatever was found."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from advisor.audit.inputs import compared, read_rules
from advisor.audit.manual import EVERY_CHECK, manual
from advisor.audit.model import Example, Finding, NotChecked, Related, Report
from advisor.audit.reports import json as json_report
from advisor.audit.reports import junit, markdown, sarif, text
from advisor.audit.reports.parts import MOST_SHOWN, box_text, changed, example_text, excerpt, plural, summary
from advisor.audit.run import audit
from advisor.cases import read_cases
from advisor.errors import Place
from advisor.rulebook.model import Rulebook
from tests.conftest import ROOT

DATA = ROOT / "tests" / "data"
BAD = DATA / "bad-rules"
DAY = date(2026, 11, 25)
HOSTILE = "a `b` | <b>x</b> \x1b[31m & **c** ]]>"
FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text.render,
    "json": json_report.render,
    "markdown": markdown.render,
    "sarif": lambda report: sarif.render(report, "0.0.0", "rules"),
    "junit": junit.render,
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What the audit says of a rulebook with many mistakes, its cases, and an earlier state of it."""
    rules = read_rules(BAD, "full")
    folder = tmp_path_factory.mktemp("before") / "rules"
    shutil.copytree(BAD, folder)
    tables = folder / "article" / "tables.yaml"
    tables.write_text(tables.read_text("utf-8").replace('"<= 100"', '"<= 10"').replace('">= 100"', '"> 10"'), "utf-8")
    cases = read_cases(DATA / "bad-cases", rules.rulebook)
    report = audit(rules.rulebook, texts=rules.texts, as_of=DAY, cases=cases)
    return compared(report, replace(read_rules(folder, "full"), name="before"), replace(rules, name="after"))


@pytest.fixture(scope="module")
def clean(rulebook: Rulebook) -> Report:
    """A report that found nothing, of the shipped rulebook."""
    return Report(rulebook, {}, "full", "sha256:0", 0, (), (), (), (), ())


def finding(number: int = 1, **changes: Any) -> Finding:
    made = Finding("gap", "error", f"no row for x {number}", "add one", Place("t.yaml", 3, 5), "t", key=f"x {number}")
    return replace(made, **changes)


# ---- Golden files ----


@pytest.mark.parametrize(
    ("form", "file"),
    [
        ("text", "bad.txt"),
        ("json", "bad.json"),
        ("markdown", "bad.md"),
        ("sarif", "bad.sarif"),
        ("junit", "bad-junit.xml"),
    ],
)
def test_each_format_says_what_it_should(bad: Report, golden: Callable[[str, str], None], form: str, file: str) -> None:
    golden(f"audit/{file}", FORMATS[form](bad))


def test_the_shipped_rules_in_one_line(golden: Callable[[str, str], None]) -> None:
    lines = []
    for profile in ("article", "full"):
        rules = read_rules(None, profile)
        cases = read_cases(ROOT / "tests" / "cases", rules.rulebook)
        report = audit(rules.rulebook, texts=rules.texts, as_of=DAY, cases=cases)
        lines.append(f"{profile}: {text.render(report).splitlines()[-1]}\n")
        assert markdown.render(report).startswith("# Audit of the rules: ")
        assert len(markdown.render(report)) < 65_536  # what a comment on a code host may hold
    golden("audit/shipped.txt", "".join(lines))


def test_reports_are_the_same_bytes_in_every_process() -> None:
    code = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from advisor.audit.inputs import read_rules\n"
        "from advisor.audit.run import audit\n"
        "from tests.test_audit_reports import FORMATS, BAD, DAY\n"
        "rules = read_rules(BAD, 'full')\n"
        "report = audit(rules.rulebook, texts=rules.texts, as_of=DAY)\n"
        "sys.stdout.write(''.join(render(report) for render in FORMATS.values()))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(printed) == 1


# ---- Every format ----


@pytest.mark.parametrize("form", FORMATS)
def test_a_clean_rulebook_has_a_report_too(clean: Report, form: str) -> None:
    assert FORMATS[form](clean).endswith("\n")


@pytest.mark.parametrize("form", FORMATS)
def test_texts_of_a_rulebook_are_shown_and_do_nothing_else(clean: Report, form: str) -> None:
    hostile = finding(
        message=HOSTILE,
        fix=HOSTILE,
        rows=(HOSTILE,),
        table=HOSTILE,
        key=HOSTILE,
        example={HOSTILE: HOSTILE},
        box={HOSTILE: HOSTILE},
        related=(Related(Place(HOSTILE, 1, 1), HOSTILE),),
        accepted_because=HOSTILE,
    )
    report = replace(
        clean,
        texts={"t.yaml": f"1\n2\n    {HOSTILE}\n"},
        findings=(hostile,),
        accepted=(hostile,),
        not_checked=(NotChecked("gap", HOSTILE, HOSTILE),),
    )
    shown = FORMATS[form](report)
    assert "\x1b" not in shown
    if form == "markdown":
        outside_code = re.sub(r"`[^`\n]*`", "", shown.replace("``", "`"))
        assert "<b>" not in outside_code
    if form == "junit":
        ElementTree.fromstring(shown)
    if form in ("json", "sarif"):
        json.loads(shown)


def test_of_very_many_findings_people_see_some_and_programs_all(clean: Report) -> None:
    report = replace(clean, findings=tuple(finding(number) for number in range(MOST_SHOWN + 7)))
    assert text.render(report).count("gap [error]") == MOST_SHOWN
    assert "and 7 more findings of `gap` of `t`: --format json lists all" in text.render(report)
    assert markdown.render(report).count("### `gap` in `t`") == MOST_SHOWN
    assert "And 7 more findings of `gap` in `t`, which `--format json` lists." in markdown.render(report)
    assert len(json.loads(json_report.render(report))["findings"]) == MOST_SHOWN + 7
    assert len(_results(report, "fail")) == MOST_SHOWN + 7


# ---- Text ----


def test_text_ends_with_a_summary(clean: Report) -> None:
    assert text.render(clean) == "0 rows in 0 tables; 0 errors, 0 warnings; 0 properties proved\n"
    counted = replace(clean, rows=1, findings=(finding(), finding(severity="note")))
    assert summary(counted) == "1 row in 0 tables; 1 error, 0 warnings, 1 note; 0 properties proved"


def test_text_marks_the_place_in_an_excerpt(clean: Report) -> None:
    source = "tables:\n  - id: t\n    - id: row\n      when: {}\n    - id: next\n"
    report = replace(clean, texts={"t.yaml": source}, findings=(finding(place=Place("t.yaml", 3, 11)),))
    lines = text.render(report).splitlines()
    assert lines[1:4] == ["    3 |     - id: row", "      |           ^", "    4 |       when: {}"]
    assert "next" not in text.render(report)


def test_the_place_stays_in_sight_in_a_line_too_long_to_show(clean: Report) -> None:
    source = "x" * 300 + "HERE" + "y" * 300
    report = replace(clean, texts={"t.yaml": source}, findings=(finding(place=Place("t.yaml", 1, 301)),))
    _, line, mark, *_ = text.render(report, 60).splitlines()
    assert len(line) <= 60
    assert line[mark.index("^") :].startswith("HERE")


def test_a_finding_without_text_of_its_file_has_no_excerpt() -> None:
    assert excerpt({}, Place("t.yaml", 3, 5)) is None
    assert excerpt({"t.yaml": "one line"}, Place("t.yaml", 3, 5)) is None


@pytest.mark.parametrize("width", [40, 72, 100])
def test_text_keeps_to_the_width(bad: Report, width: int) -> None:
    long = [line for line in text.render(bad, width).splitlines()[:-1] if len(line) > width]
    assert all(len(line.split()) <= 2 for line in long)  # a word that is longer than the line


def test_text_is_ascii_where_the_rules_are(bad: Report) -> None:
    assert text.render(bad).isascii()


def test_an_example_is_what_an_answers_file_takes() -> None:
    example: Example = {"calls": 10_000, "share": 0.5, "ready": True, "task": "old", "x": "unknown", "odd": "a: b, c"}
    assert example_text(example) == ('{calls: 10_000, share: 0.5, ready: true, task: old, x: unknown, odd: "a: b, c"}')
    assert changed({"a": 1, "b": 2}, {"a": 1, "b": 3}) == {"b": 3}
    assert box_text({}) == "any project"
    assert [plural(n, "box") for n in (1, 2_000)] == ["1 box", "2,000 boxes"]


# ---- JSON ----


def test_json_has_the_shape_that_scripts_rely_on(bad: Report) -> None:
    data = json.loads(json_report.render(bad))
    assert list(data) == ["tables", "findings", "accepted", "tensions", "not_checked", "summary", "difference"]
    assert set(data["summary"]) == {"error", "warning", "note", "rows", "proved"}
    first = {"check", "severity", "table", "rows", "message", "location", "example", "fix"}
    assert all(first <= set(held) for held in data["findings"])
    assert {held["check"] for held in data["findings"] if "pair" in held} == {"monotone"}
    tier = next(table for table in data["tables"] if table["id"] == "tier")
    assert tier["gaps"] == [{"box": {"calls": "unknown"}, "example": {"calls": None}}]
    assert [held["reason"] for held in data["accepted"]] == ["Kept for the next edition."]


def test_the_difference_says_what_is_decided_otherwise_and_by_which_rows(bad: Report) -> None:
    held = json.loads(json_report.render(bad))["difference"]
    assert (held["before"], held["after"]) == ("before", "after")
    assert 0 < held["changed"] <= held["cells"]
    assert sum(change["cells"] for change in held["changes"]) == held["changed"]
    assert "is decided" in text.render(bad) or "are decided" in text.render(bad)
    assert "## What changes" in markdown.render(bad)


# ---- SARIF ----


def _results(report: Report, kind: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = json.loads(sarif.render(report, "1.2.3"))["runs"][0]["results"]
    return [result for result in results if result["kind"] == kind]


def test_sarif_is_valid(bad: Report, clean: Report) -> None:
    schema = json.loads((DATA / "sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    for report in (bad, clean):
        assert list(validator.iter_errors(json.loads(sarif.render(report, "1.2.3", "my rules")))) == []


def test_sarif_says_what_failed_passed_and_was_accepted(bad: Report) -> None:
    run = json.loads(sarif.render(bad, "1.2.3"))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(EVERY_CHECK)
    for result in run["results"]:
        assert EVERY_CHECK[result["ruleIndex"]] == result["ruleId"]
    assert len(_results(bad, "pass")) == len(bad.proved)
    assert all(result["level"] == "none" for result in _results(bad, "pass"))
    suppressed = [result for result in _results(bad, "fail") if "suppressions" in result]
    assert [s["justification"] for result in suppressed for s in result["suppressions"]] == [
        "Kept for the next edition."
    ]
    overlap = next(result for result in _results(bad, "fail") if result["ruleId"] == "overlap")
    assert "tier.high" in overlap["relatedLocations"][0]["message"]["text"]


def test_a_file_lies_below_the_rules_folder_for_code_hosts(clean: Report) -> None:
    report = replace(clean, findings=(finding(place=Place("my pack/t.yaml", 1, 1)),))
    for root, uri in (("", "my%20pack/t.yaml"), ("rules", "rules/my%20pack/t.yaml")):
        result = json.loads(sarif.render(report, "1.2.3", root))["runs"][0]["results"][0]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_fingerprint_survives_moved_lines_and_tells_findings_apart(clean: Report) -> None:
    def prints(*findings: Finding) -> list[str]:
        return [r["partialFingerprints"]["advisor/v1"] for r in _results(replace(clean, findings=findings), "fail")]

    here, there = finding(rows=("a", "b")), finding(rows=("b", "a"), place=Place("t.yaml", 90, 1), message="anew")
    assert prints(here) == prints(there)
    others = (finding(2), finding(check="overlap"), finding(table="u"), finding(rows=("a",)))
    assert len({*prints(here, *others)}) == 5


def test_the_fingerprints_of_one_report_are_all_different(bad: Report) -> None:
    found = [r["partialFingerprints"]["advisor/v1"] for kind in ("fail", "pass") for r in _results(bad, kind)]
    assert len(found) == len(set(found))


# ---- JUnit ----


def _cases(report: Report, **settings: Any) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(junit.render(report, **settings))
    return {case.get("name", ""): case for case in root.iter("testcase")}


def test_junit_has_a_case_for_each_check_and_table(bad: Report) -> None:
    names = list(_cases(bad))
    for check in EVERY_CHECK:
        for table in (*(table.id for table in bad.tables), junit.WHOLE):
            assert any(re.match(rf"{check} {table}(:|$)", name) for name in names), (check, table)


def test_a_failure_tells_the_row_and_the_example(bad: Report) -> None:
    case = _cases(bad)["overlap tier: tier.low"]
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "error"
    assert "tier.high (article/tables.yaml:11:13)" in (failure.text or "")
    assert "example {calls: 100}" in (failure.text or "")


def test_what_is_below_the_fail_level_does_not_fail(clean: Report) -> None:
    report = replace(clean, findings=(finding(severity="warning", table=None),))
    case = _cases(report)[f"gap {junit.WHOLE}"]
    assert case.find("failure") is None
    assert "no row for x 1" in (case.findtext("system-out") or "")
    failing = _cases(report, fail_level="warning")[f"gap {junit.WHOLE}: x 1"]
    assert failing.find("failure") is not None


def test_what_was_not_checked_is_skipped(clean: Report) -> None:
    report = replace(clean, not_checked=(NotChecked("coverage", None, "no cases"), NotChecked("difference", None, "y")))
    cases = _cases(report)
    for name, reason in (("coverage", "no cases"), ("difference", "y")):
        skipped = cases[f"{name} {junit.WHOLE}"].find("skipped")
        assert skipped is not None
        assert skipped.get("message") == reason


def test_junit_counts_add_up(bad: Report) -> None:
    root = ElementTree.fromstring(junit.render(bad))
    for element in (root, *root.findall("testsuite")):
        cases = list(element.iter("testcase"))
        assert int(element.get("tests", "")) == len(cases)
        assert int(element.get("failures", "")) == sum(case.find("failure") is not None for case in cases)
        assert int(element.get("skipped", "")) == sum(case.find("skipped") is not None for case in cases)


# ---- Markdown ----


def test_markdown_draws_each_table_with_its_cases_and_findings(bad: Report) -> None:
    page = markdown.render(replace(bad, exercised={"route.low": 3}))
    assert "| row | `tier` | `ready` | `task` | `share` | then | cases | findings |" in page
    assert "| `route.low` | `low` |  |  |  | `stay` likely | 3 |" in page
    assert "| `route.rest` |  |  |  |  | `tune` definite | 0 |" in page
    assert "Without a case: `tier.low`, `tier.high`." in page
    assert "| or |  | `old` | `> 50%` |" in page
    assert "cases" not in markdown.render(replace(bad, exercised=None)).partition("## Tables")[2]


def test_markdown_says_first_how_many_there_are_and_what_was_proved(bad: Report) -> None:
    headings = [line for line in markdown.render(bad).splitlines() if line.startswith(("# ", "## "))]
    assert headings[0].startswith(f"# Audit of the rules: {bad.count('error')} errors, ")
    assert headings[1:4] == ["## Proved", "## Errors", "## Warnings"]
    assert headings[-1] == "## Tables"


# ---- Manual pages ----


@pytest.mark.parametrize("check", EVERY_CHECK)
def test_every_check_has_a_manual_page(check: str) -> None:
    page = manual(check)
    assert all((page.finds, page.matters, page.example, page.mend))
    assert page.severity in ("error", "warning", "note")
    assert len(page.short) < 140


def test_manual_pages_are_read_without_the_checks() -> None:
    code = (
        "import sys; from advisor.audit.manual import manuals; list(manuals());"
        "print([m for m in sys.modules if m.startswith('advisor.audit.checks.') or m == 'durable_rules_engine'])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_the_schema_is_the_one_that_was_published() -> None:
    assert json.loads((DATA / "sarif-2.1.0.schema.json").read_text(encoding="utf-8"))["title"].startswith("Static Anal")
    assert not (Path(DATA) / "sarif-2.1.0.schema.json").is_symlink()
