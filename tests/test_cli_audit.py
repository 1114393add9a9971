"""`advisor audit` as a command: exit codes, flags, what goes to which stream, and the progress bar."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pexpect
import pytest

from advisor.audit.manual import EVERY_CHECK
from advisor.cli import progress
from advisor.cli.progress import Progress
from advisor.explain import explain
from advisor.rulebook.model import Rulebook
from tests.conftest import ROOT, Advisor

BAD = ROOT / "tests" / "data" / "bad-rules"
FACTS = "facts: [{id: calls, kind: integer, domain: '[0..100]'}]\n"
GOOD = """
tables:
  - id: tier
    hit_policy: unique
    rows:
      - {id: tier.low, when: {calls: "< 10"}, then: low}
      - {id: tier.high, when: {calls: ">= 10"}, then: high}
      - {id: tier.none, when: {calls: unknown}, then: none}
"""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A rulebook without a mistake, its folder named `rules`."""
    return rules(tmp_path / "rules", GOOD)


def rules(folder: Path, tables: str) -> Path:
    folder.mkdir()
    (folder / "facts.yaml").write_text(FACTS, encoding="utf-8")
    (folder / "tables.yaml").write_text(tables, encoding="utf-8")
    return folder


def test_rules_without_a_mistake_end_with_0(advisor: Advisor, good: Path) -> None:
    run = advisor("audit", "--rules", str(good))
    assert (run.returncode, run.stderr) == (0, "")
    assert re.fullmatch(r"3 rows in 1 table; 0 errors, .*; \d+ properties proved", run.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("tables", "codes"),
    [
        (GOOD, (0, 0, 0)),
        (GOOD.replace(">= 10", "> 10"), (1, 1, 1)),  # a gap: an error
        (GOOD.replace('"< 10"', '"< 9.5"').replace(">= 10", "> 9.5"), (0, 1, 1)),  # kind: a warning
    ],
    ids=["nothing", "error", "warning"],
)
def test_the_exit_code_follows_the_fail_level(
    advisor: Advisor, tmp_path: Path, tables: str, codes: tuple[int, ...]
) -> None:
    folder = str(rules(tmp_path / "rules", tables))
    got = [advisor("audit", "--rules", folder, "--fail-level", level).returncode for level in ("error", "warning")]
    assert tuple(got) == codes[:2]


def test_the_shipped_rules_hold(advisor: Advisor) -> None:
    for profile in ("article", "full"):
        run = advisor("audit", "--profile", profile, "--as-of", "2026-11-25")
        assert (run.returncode, run.stderr) == (0, ""), run.stdout


def test_broken_rules_are_told_with_places_and_nothing_else(advisor: Advisor, tmp_path: Path) -> None:
    folder = rules(tmp_path / "rules", GOOD.replace("calls:", "cals:"))
    run = advisor("audit", "--rules", str(folder))
    assert (run.returncode, run.stdout) == (2, "")
    lines = run.stderr.splitlines()
    assert len(lines) == 3
    assert all(re.match(r"tables\.yaml:\d+:\d+: ", line) for line in lines)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--format", "docx"], "docx"),
        (["--fail-level", "fatal"], "fatal"),
        (["--as-of", "yesterday"], "yesterday"),
        (["--against", "no-such-thing"], "neither a folder nor a profile"),
        (["--against", "artcle"], "did you mean `article`?"),
        (["--cases", "no/such/folder"], "no/such/folder"),
        (["--rules", "no/such/folder"], "no/such/folder"),
        (["no-such.dmn"], "no-such.dmn"),
        (["README.md"], "README.md is no DMN file"),
        (["rules"], "write `--rules rules`"),
        (["one.dmn", "--rules", "rules"], "two rulebooks"),
        (["one.dmn", "two.dmn"], "two.dmn"),
        (["-o", "no/such/folder/report.txt"], "no/such/folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_flag_is_one_line(advisor: Advisor, arguments: list[str], says: str) -> None:
    run = advisor("audit", *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert says in run.stderr
    assert len(run.stderr.splitlines()) == 1, run.stderr


def test_a_report_goes_to_a_file(advisor: Advisor, good: Path, tmp_path: Path) -> None:
    printed = advisor("audit", "--rules", str(good), "--format", "json").stdout
    target = tmp_path / "report.json"
    run = advisor("audit", "--rules", str(good), "--format", "json", "-o", str(target))
    assert (run.returncode, run.stdout, run.stderr) == (0, "", f"written: {target}\n")
    assert target.read_text(encoding="utf-8") == printed


def test_a_report_that_fails_is_written_too(advisor: Advisor, tmp_path: Path) -> None:
    target = tmp_path / "report.txt"
    run = advisor("audit", "--rules", str(BAD), "-o", str(target))
    assert (run.returncode, run.stdout) == (1, "")
    assert "gap [error]" in target.read_text(encoding="utf-8")


def test_a_report_never_takes_the_place_of_a_rule_file(advisor: Advisor, good: Path) -> None:
    run = advisor("audit", "--rules", str(good), "-o", str(good / "tables.yaml"))
    assert (run.returncode, run.stdout) == (2, "")
    assert "is one of the files audited" in run.stderr
    assert (good / "tables.yaml").read_text(encoding="utf-8") == GOOD


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "junit"])
def test_every_format_prints_the_report_alone(advisor: Advisor, form: str) -> None:
    run = advisor("audit", "--rules", str(BAD), "--format", form, "--as-of", "2026-11-25")
    assert (run.returncode, run.stderr) == (1, "")
    match form:
        case "json":
            assert json.loads(run.stdout)["summary"]["error"] > 0
        case "sarif":
            held = json.loads(run.stdout)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
            assert (ROOT / held["artifactLocation"]["uri"]).is_file()
        case "junit":
            assert int(ElementTree.fromstring(run.stdout).get("failures", "0")) > 0
        case "markdown":
            assert run.stdout.startswith("# Audit of the rules: ")
        case _:
            assert "properties proved" in run.stdout.splitlines()[-1]


# ---- --against, --cases, --as-of ----


def test_against_a_folder_says_what_an_edit_changes(advisor: Advisor, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    shutil.copytree(BAD, before)
    shutil.copytree(BAD, after)
    tables = after / "article" / "tables.yaml"
    tables.write_text(tables.read_text("utf-8").replace("strength: likely", "strength: consider"), "utf-8")
    run = advisor("audit", "--rules", str(after), "--against", str(before), "--format", "json")
    difference = json.loads(run.stdout)["difference"]
    assert difference["changed"] > 0
    assert {change["after"]["strength"] for change in difference["changes"]} == {"consider"}
    same = advisor("audit", "--rules", str(after), "--against", str(after), "--format", "json")
    assert json.loads(same.stdout)["difference"]["changed"] == 0


def test_a_folder_comes_before_a_profile_of_its_name(advisor: Advisor, good: Path) -> None:
    shutil.copytree(BAD, good.parent / "article")
    run = advisor("audit", "--rules", str(BAD), "--against", "article", cwd=good.parent)
    assert re.search(r"^from article to profile full: no decision changes", run.stdout, re.MULTILINE)


def test_problems_of_the_other_rules_say_whose_they_are(advisor: Advisor, good: Path) -> None:
    rules(good.parent / "old", GOOD.replace("calls:", "cals:"))
    run = advisor("audit", "--rules", "rules", "--against", "old", cwd=good.parent)
    assert (run.returncode, run.stdout) == (2, "")
    assert all(line.startswith("old/tables.yaml:") for line in run.stderr.splitlines())


def test_rules_without_a_recommendation_can_be_held_against_others(advisor: Advisor, good: Path) -> None:
    run = advisor("audit", "--rules", str(good), "--against", str(good))
    assert (run.returncode, run.stderr) == (0, "")


def test_a_format_without_room_for_the_difference_says_so(advisor: Advisor, good: Path) -> None:
    run = advisor("audit", "--rules", str(good), "--against", str(good), "--format", "sarif")
    assert "use text, markdown or json" in run.stderr


def test_cases_are_what_coverage_needs(advisor: Advisor) -> None:
    def reasons(*arguments: str) -> list[str]:
        run = advisor("audit", "--rules", str(BAD), "--format", "json", *arguments)
        return [held["check"] for held in json.loads(run.stdout)["not_checked"]]

    assert "coverage" in reasons()
    assert "coverage" not in reasons("--cases", str(BAD.parent / "bad-cases"))


def test_the_day_decides_what_is_stale(advisor: Advisor) -> None:
    def stale(day: str) -> bool:
        run = advisor("audit", "--rules", str(BAD), "--format", "json", "--as-of", day)
        return any(held["check"] == "stale" for held in json.loads(run.stdout)["findings"])

    assert (stale("2026-06-01"), stale("2026-06-02")) == (False, True)


def test_examples_are_saved_for_recommend(advisor: Advisor, tmp_path: Path) -> None:
    folder = tmp_path / "examples"
    run = advisor("audit", "--rules", str(BAD), "--examples", str(folder))
    files = sorted(folder.iterdir())
    assert run.stderr == f"written: {len(files)} answers files in {folder}\n"
    assert any(file.name.startswith("monotone") for file in files)


def test_examples_need_a_folder(advisor: Advisor, good: Path) -> None:
    run = advisor("audit", "--rules", str(good), "--examples", str(good / "facts.yaml"))
    assert (run.returncode, run.stdout) == (2, "")
    assert "cannot be made" in run.stderr


def test_a_dmn_file_is_audited_as_it_is(advisor: Advisor, tmp_path: Path) -> None:
    folder = rules(tmp_path / "rules", GOOD.replace(">= 10", "> 10"))
    file = tmp_path / "tier.dmn"
    file.write_text(advisor("rules", "--rules", str(folder), "--format", "dmn").stdout, encoding="utf-8")
    run = advisor("audit", str(file))
    assert (run.returncode, run.stderr) == (1, "")
    assert re.search(r"^tier\.dmn:\d+:\d+: gap \[error\] tier: no row for calls 10$", run.stdout, re.MULTILINE)
    held = advisor("audit", str(file), "--against", str(folder), "--format", "json")
    assert json.loads(held.stdout)["difference"]["changed"] == 0


# ---- explain ----


@pytest.mark.parametrize("check", EVERY_CHECK)
def test_every_check_can_be_explained(rulebook: Rulebook, check: str) -> None:
    told = explain(rulebook, check)
    assert f"check {check}: " in told
    assert all(re.search(rf"^  {label} ", told, re.MULTILINE) for label in ("finds", "matters", "example", "mend"))


def test_explain_prints_the_page_of_a_check(advisor: Advisor, rulebook: Rulebook) -> None:
    run = advisor("explain", "shadowed")
    assert (run.returncode, run.stdout, run.stderr) == (0, explain(rulebook, "shadowed") + "\n", "")


# ---- Progress ----


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_comes_up_when_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.01)
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with Progress(4, stream) as bar:
        bar("gap")
        bar("overlap")
        time.sleep(0.5)
    sent = stream.getvalue()
    assert "[######------------------] 1/4  overlap" in sent
    assert sent.endswith(f"\r{'':72}\r")
    assert "\x1b" not in sent


def test_no_bar_comes_up_when_it_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 60.0)
    stream = Terminal()
    with Progress(4, stream) as bar:
        bar("gap")
    assert stream.getvalue() == ""


def test_no_bar_comes_up_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    stream = io.StringIO()
    with Progress(4, stream):
        time.sleep(0.1)
    assert stream.getvalue() == ""


def test_a_terminal_without_a_cursor_gets_one_plain_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setenv("TERM", "dumb")
    stream = Terminal()
    with Progress(4, stream):
        time.sleep(0.1)
    assert stream.getvalue() == "auditing the rules; this takes longer than a second ...\n"


@pytest.mark.slow
@pytest.mark.parametrize(("patience", "appears"), [(0.0, True), (600.0, False)])
def test_on_a_terminal_the_bar_goes_to_standard_error_and_away(tmp_path: Path, patience: float, appears: bool) -> None:
    report = tmp_path / "report.txt"
    code = f"import sys, advisor.cli.progress as p; p.PATIENCE = {patience}; sys.argv = ['advisor', 'audit']\n"
    code += "from advisor.cli import main; main()"
    command = f'exec "{sys.executable}" -c "$CODE" > "{report}"'
    child = pexpect.spawn(
        "bash",
        ["-c", command],
        cwd=str(ROOT),
        env={**os.environ, "CODE": code, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "NO_COLOR": "1"},
        encoding="utf-8",
        timeout=60,
    )
    sent = str(child.read())
    child.wait()
    assert child.exitstatus == 0
    assert bool(re.search(r"\[#*-*\] \d+/\d+  \w+", sent)) is appears
    assert "\x1b[" not in sent
    assert sent.split("\r")[-1].strip() == ""
    assert "properties proved" in report.read_text(encoding="utf-8").splitlines()[-1]


def test_the_report_is_folded_to_the_terminal() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "advisor", "audit", "--rules", str(BAD)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "40"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert max(map(len, run.stdout.splitlines())) > 40  # to no terminal it is the same everywhere
