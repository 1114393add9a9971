"""The README shows what is: commands, exit codes, outputs and excerpts. `--update-golden` writes the blocks anew."""

from __future__ import annotations

import re
import shlex
import tomllib
from datetime import date

import pytest

from advisor.backtest.mapping import shipped_mapping
from advisor.backtest.report import backtest
from advisor.backtest.separation import Separation
from advisor.backtest.studies import read_studies
from advisor.cli import COMMANDS, INTERRUPTED
from advisor.cli.audit import FOUND
from advisor.errors import AdvisorError
from advisor.rulebook.model import Rulebook
from tests.conftest import ROOT, Advisor

SCORES = "| cases | tuning, prompting | all facts | quoted facts alone |"
README = ROOT / "README.md"
BLOCK = re.compile(r"<!-- begin: (?P<what>.+?) -->\n```(?P<language>\w+)\n(?P<text>.*?)```\n<!-- end -->", re.DOTALL)
BLOCKS = [match["what"] for match in BLOCK.finditer(README.read_text(encoding="utf-8"))]


def shown(what: str, advisor: Advisor) -> str:
    """Return what a block should hold: the output of a command, or the row of a rule file."""
    if not what.startswith("advisor "):
        return excerpt(*what.split(" "))
    command, _, part = what.partition(" | ")
    run = advisor(*shlex.split(command)[1:])
    assert run.returncode == 0, run.stderr
    if part == "the beginning":
        lines = beginning(run.stdout).splitlines()
    elif part == "difference":
        lines = [f"$ {command}", "    ...", *first_difference(run.stdout.splitlines())]
    else:
        tool, _, count = part.partition(" -")
        output = run.stdout.splitlines()
        lines = [f"$ {what}", *(output[: int(count)] if tool == "head" else output[-int(count) :])]
    return "".join(f"{line}\n" for line in lines)


def beginning(memo: str) -> str:
    """Return a memo from its title to its first section."""
    title = re.search(r"^# ", memo, re.MULTILINE)
    section = re.search(r"^## ", memo, re.MULTILINE)
    assert title is not None
    assert section is not None
    return memo[title.start() : section.start()].rstrip()


def first_difference(lines: list[str]) -> list[str]:
    """Return how much differs, and the first change with its rows, where it lies and an example."""
    start = next(i for i, line in enumerate(lines) if " cells are decided differently" in line)
    change = next(i for i in range(start, len(lines)) if " -> " in lines[i])
    end = next(i for i in range(change + 1, len(lines)) if " -> " in lines[i] or lines[i].startswith("        where"))
    second = next(i for i in range(end + 1, len(lines)) if not lines[i].startswith(" " * 10))
    until = next(i for i in range(second + 1, len(lines)) if not lines[i].startswith(" " * 10))
    return [lines[start], *lines[change:until], "    ...", lines[-1]]


def excerpt(file: str, row: str) -> str:
    """Return the lines of one row of a rule file, less their common indentation."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line.strip() == f"- id: {row}")
    indent = len(lines[first]) - len(lines[first].lstrip())
    end = next(
        (i for i in range(first + 1, len(lines)) if len(lines[i]) - len(lines[i].lstrip()) <= indent), len(lines)
    )
    return "".join(f"{line[indent:]}\n" for line in lines[first:end])


@pytest.mark.parametrize("what", BLOCKS)
def test_a_block_shows_what_is(what: str, advisor: Advisor, request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    match = next(match for match in BLOCK.finditer(text) if match["what"] == what)
    current = shown(what, advisor)
    if request.config.getoption("--update-golden"):
        start, end = match.span("text")
        README.write_text(text[:start] + current + text[end:], encoding="utf-8", newline="\n")
    else:
        assert match["text"] == current


def test_there_are_a_memo_prices_a_rule_its_words_an_audit_and_a_difference() -> None:
    assert len(BLOCKS) == 6


def table(header: str) -> dict[str, str]:
    """Return the rows of a table of two columns by the first."""
    lines = README.read_text(encoding="utf-8").splitlines()
    rows = lines[lines.index(header) + 2 :]
    end = next(i for i, line in enumerate(rows) if not line.startswith("|"))
    cells = [[cell.strip() for cell in row.strip("|").split("|", 1)] for row in rows[:end]]
    return dict(cells)


def test_it_lists_the_commands_there_are() -> None:
    assert table("| command | does |") == {f"`advisor {name}`": line for name, line in COMMANDS.items()}


def test_its_scores_are_those_of_the_back_test(rulebook: Rulebook) -> None:
    mapping = shipped_mapping()
    studies = read_studies(ROOT / "examples" / "case-studies.yaml", mapping)
    shown = {name: [cell.strip() for cell in cells.split("|")] for name, cells in table(SCORES).items()}
    kinds = {
        "papers": "paper",
        "practitioners' blogs": "practitioner_blog",
        "companies on their own work": "primary",
        "summaries by others": "secondary_summary",
        "vendors' case studies": "vendor_case_study",
    }
    for column, facts in ((1, "all"), (2, "quoted")):
        report = backtest(rulebook, mapping, studies, facts=facts, as_of=date(2026, 11, 25))  # type: ignore[arg-type]
        found = {
            "all 57": report.overall,
            "those labelled clear": report.clear,
            "those that state a fact the rules read": report.with_facts,
            **{name: report.by_kind[kind] for name, kind in kinds.items()},
        }
        assert {name: cells[column] for name, cells in shown.items()} == {
            name: _score(one) for name, one in found.items()
        }
        assert next(cells[0] for cells in shown.values()) == f"{report.overall.higher}, {report.overall.lower}"


def _score(one: Separation) -> str:
    assert one.area is not None
    if one.low is None or one.high is None:
        return f"{one.area:.0%}"
    return f"{one.area:.0%} ({one.low:.0%} to {one.high:.0%})"


def test_its_counts_of_questions_are_those_of_the_examples() -> None:
    counts = (ROOT / "tests" / "golden" / "interview" / "counts.md").read_text(encoding="utf-8")
    assert counts in README.read_text(encoding="utf-8")


def test_it_lists_the_exit_codes_there_are() -> None:
    assert list(table("| exit code | means |")) == ["0", str(FOUND), str(AdvisorError.exit_code), str(INTERRUPTED)]


def test_it_lists_the_extras_there_are() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {name.strip("`") for name in table("| extra | adds |")} == set(project["optional-dependencies"])


def test_every_file_it_names_exists() -> None:
    text = README.read_text(encoding="utf-8") + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:examples|rules|templates|advisor|tests|\.ci)/[\w./-]*\w", text))
    missing = {name for name in named if not (ROOT / name).exists()}
    assert missing == set()
    assert all((ROOT / name).is_file() for name in re.findall(r"\]\(([A-Z]+(?:\.md)?)\)", text))


def test_ci_runs_the_test_command_of_the_readme() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    line = re.compile(
        r"^\.venv/bin/pip install -q -e '\.\[test\]' && \.venv/bin/(pytest -q -n auto --dist loadfile)$", re.MULTILINE
    )
    commands = line.findall(README.read_text(encoding="utf-8"))
    assert commands == ["pytest -q -n auto --dist loadfile"]
    assert "\"$bin/pip\" install -q -e '.[test]'" in ci
    assert ci.rstrip().endswith('"$bin/pytest" -q -n auto --dist loadfile')
