"""The README shows what is: commands, exit codes, outputs and excerpts. `--update-golden` writes the blocks anew."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest

from advisor.cli import COMMANDS, INTERRUPTED
from advisor.cli.audit import FOUND
from advisor.errors import AdvisorError
from tests.conftest import ROOT, Advisor

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


def test_there_are_a_memo_a_rule_its_words_and_an_audit() -> None:
    assert len(BLOCKS) == 4


def table(header: str) -> dict[str, str]:
    """Return the rows of a table of two columns by the first."""
    lines = README.read_text(encoding="utf-8").splitlines()
    rows = lines[lines.index(header) + 2 :]
    end = next(i for i, line in enumerate(rows) if not line.startswith("|"))
    cells = [[cell.strip() for cell in row.strip("|").split("|", 1)] for row in rows[:end]]
    return dict(cells)


def test_it_lists_the_commands_there_are() -> None:
    assert table("| command | does |") == {f"`advisor {name}`": line for name, line in COMMANDS.items()}


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
    line = re.compile(r"^\.venv/bin/pip install -q -e '\.\[test\]' && \.venv/bin/(pytest -q -n auto)$", re.MULTILINE)
    commands = line.findall(README.read_text(encoding="utf-8"))
    assert commands == ["pytest -q -n auto"]
    assert "\"$bin/pip\" install -q -e '.[test]'" in ci
    assert ci.rstrip().endswith('"$bin/pytest" -q -n auto')
