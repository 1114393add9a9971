"""The command line: help without heavy imports, exit codes, and one line on standard error for every misuse."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from advisor.cli import COMMANDS
from advisor.cli.completion import complete_setting
from tests.conftest import ROOT, Advisor

HEAVY = ("pydantic", "jinja2", "questionary", "rich", "durable_rules_engine", "yaml", "duckdb")
LOADED_AFTER = f"""
import sys
from advisor.cli import main
sys.argv[0] = "advisor"
try:
    main()
except SystemExit as end:
    print([name for name in {HEAVY} if name in sys.modules], end.code, file=sys.stderr)
"""


def one_line(run: subprocess.CompletedProcess[str]) -> str:
    """Return the only line on standard error of a run that failed as the contract says."""
    assert run.returncode == 2, run.stderr
    assert run.stdout == ""
    lines = run.stderr.splitlines()
    assert len(lines) == 1, run.stderr
    return lines[0]


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"], *([name, "--help"] for name in COMMANDS)])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOADED_AFTER, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stderr.strip() == "[] 0"
    assert run.stdout


def test_help_lists_every_command(advisor: Advisor) -> None:
    run = advisor("--help")
    assert run.returncode == 0
    assert all(f"  {name} " in run.stdout and line in run.stdout for name, line in COMMANDS.items())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_ends_with_an_example(advisor: Advisor, name: str) -> None:
    run = advisor(name, "--help")
    assert run.returncode == 0
    assert run.stdout.split("\n\n")[-1].strip().startswith(f"Example: advisor {name} ")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_another_rulebook_and_a_profile(advisor: Advisor, name: str) -> None:
    text = advisor(name, "--help").stdout
    assert "--rules DIR" in text
    assert "--profile [article|full]" in text


def test_version_is_that_of_the_package(advisor: Advisor) -> None:
    run = advisor("--version")
    assert (run.returncode, run.stdout) == (0, f"advisor {version('llm-tuning-advisor')}\n")


def test_without_a_command_it_says_what_to_do(advisor: Advisor) -> None:
    assert "advisor --help" in one_line(advisor())


@pytest.mark.parametrize(("written", "meant"), [("explian", "explain"), ("recomend", "recommend"), ("asks", "ask")])
def test_a_misspelt_command_gets_a_suggestion(advisor: Advisor, written: str, meant: str) -> None:
    assert f"there is no command `{written}`; did you mean `{meant}`?" in one_line(advisor(written))


def test_a_command_like_none_names_those_there_are(advisor: Advisor) -> None:
    assert ", ".join(COMMANDS) in one_line(advisor("xyzzy"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        *([name, "--nonsense"] for name in COMMANDS),
        *([name, "--profile", "half", *(["x"] if name == "recommend" else [])] for name in COMMANDS),
        *([name, "--rules"] for name in COMMANDS),
        ["explain", "--rules", "no/such/folder"],
        ["template", "--rules", "README.md"],
        ["explain", "one", "two"],
        ["template", "one"],
        ["recommend"],
        ["recommend", "one.yaml", "two.yaml"],
        ["recommend", "no/such/file.yaml"],
        ["recommend", "-", "--format", "docx"],
        ["recommend", "-", "--as-of", "yesterday"],
        ["recommend", "-", "--set"],
    ],
    ids=" ".join,
)
def test_a_wrong_flag_or_argument_is_one_line(advisor: Advisor, arguments: list[str]) -> None:
    line = one_line(advisor(*arguments, stdin="project: x\n"))
    assert "Traceback" not in line


def test_problems_of_answers_are_told_at_once_one_line_each(advisor: Advisor) -> None:
    run = advisor("recommend", "-", stdin="facts: {montly_calls: 5, prompting_quality: 91}\nextra: 1\n")
    assert (run.returncode, run.stdout) == (2, "")
    places = [line.split(": ")[0] for line in run.stderr.splitlines()]
    assert places == ["standard input:1:9", "standard input:1:45", "standard input:2:1"]


def test_a_reader_that_stops_early_is_no_failure() -> None:
    command = f"{sys.executable} -m advisor explain | head -1"
    run = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("section")
    assert run.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way there")
def test_an_interrupt_ends_with_130_and_no_traceback() -> None:
    code = """
import os, signal, sys, time
from advisor.cli import main
class Waiting:
    def read(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(30)
class Input:
    buffer = Waiting()
sys.stdin = Input()
main()
"""
    run = subprocess.run(
        [sys.executable, "-c", code, "recommend", "-"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr.strip()) == (130, "", "interrupted")


# ---- Shell completion ----


def _bash_has_completion() -> bool:
    try:
        run = subprocess.run(["bash", "-c", "echo ${BASH_VERSINFO[0]}"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return int(run.stdout) >= 4


def completed(words: str, number: int) -> list[str]:
    """Return what bash would be offered for the word with a number in a line."""
    run = subprocess.run(
        [sys.executable, "-c", "import sys\nfrom advisor.cli import main\nsys.argv[0] = 'advisor'\nmain()"],
        cwd=ROOT,
        env={**os.environ, "COMP_WORDS": words, "COMP_CWORD": str(number), "_ADVISOR_COMPLETE": "bash_complete"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
    return [line.partition(",")[2] for line in run.stdout.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_it_prints_a_completion_script(shell: str) -> None:
    if shell == "bash" and not _bash_has_completion():
        pytest.skip("bash is missing or too old")
    run = subprocess.run(
        [sys.executable, "-c", "import sys\nfrom advisor.cli import main\nsys.argv[0] = 'advisor'\nmain()"],
        cwd=ROOT,
        env={**os.environ, "_ADVISOR_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_ADVISOR_COMPLETE" in run.stdout


@pytest.mark.skipif(not _bash_has_completion(), reason="bash is missing or too old")
def test_bash_completes_with_the_line_of_the_readme() -> None:
    line = 'eval "$(_ADVISOR_COMPLETE=bash_source advisor)"'
    assert line in (ROOT / "README.md").read_text(encoding="utf-8")
    script = f"{line}; COMP_WORDS=(advisor explain volume.u); COMP_CWORD=2; _advisor_completion advisor"
    script += '; echo "${COMPREPLY[@]}"'
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    )
    assert (run.stdout, run.stderr) == ("volume.under_10k volume.unknown\n", "")


def test_commands_are_completed() -> None:
    assert completed("advisor e", 1) == ["explain"]
    assert completed("advisor ", 1) == list(COMMANDS)


def test_explain_completes_ids_of_every_kind() -> None:
    assert completed("advisor explain volume.u", 2) == ["volume.under_10k", "volume.unknown"]
    assert {"monthly_calls", "measured.one_month"} <= set(completed("advisor explain m", 2))
    assert completed("advisor explain tension.up", 2) == ["tension.upfront"]


@pytest.mark.parametrize(
    ("incomplete", "offered"),
    [
        ("monthly", ["monthly_calls="]),
        ("task_stab", ["task_stability=exploring", "task_stability=evolving", "task_stability=stable"]),
        ("latency", ["latency_critical=yes", "latency_critical=no"]),
        ("tuning_up", ["tuning_upfront="]),
        ("crossover", []),
    ],
)
def test_settings_complete_facts_assumptions_and_choices(incomplete: str, offered: list[str]) -> None:
    command = click.Command("any")
    assert complete_setting(click.Context(command), click.Argument(["x"]), incomplete) == offered


def test_completion_imports_no_rules_checker() -> None:
    env = {**os.environ, "COMP_WORDS": "advisor explain v", "COMP_CWORD": "2", "_ADVISOR_COMPLETE": "bash_complete"}
    run = subprocess.run(
        [sys.executable, "-c", LOADED_AFTER], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert run.stderr.strip() == "['yaml'] 0"
