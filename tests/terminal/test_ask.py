"""`advisor ask` in real terminals, as a person uses it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Self

import pexpect
import pyte
import pytest

from advisor.answers import read_answers
from advisor.interview.wording import labelled
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Rulebook

shipped = cache(load_rulebook)
ROOT = Path(__file__).resolve().parents[2]
DOWN, UP, SHIFT_TAB, CTRL_C, CTRL_D = "\x1b[B", "\x1b[A", "\x1b[Z", "\x03", "\x04"
COLOUR = re.compile(r"\x1b\[[0-9;]*?\b(?:3[0-8]|4[0-8]|9[0-7])(?:;[0-9;]*)?m")

ARTICLE = ("--profile", "article")
SETTINGS = ("NO_COLOR", "ADVISOR_PLAIN", "COLUMNS", "LINES")  # of whoever runs the tests, not of these terminals
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


class Terminal:
    """`advisor ask` on a screen of its own; `raw` is everything it sent."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.raw = ""
        kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "advisor", "ask", *arguments],
            cwd=str(folder),
            env={
                **kept,
                "PYTHONPATH": str(ROOT),
                "PROMPT_TOOLKIT_NO_CPR": "1",
                "TERM": "xterm-256color",
                "LC_ALL": "C.UTF-8",
                **(variables or {}),
            },
            dimensions=(rows, columns),
            encoding="utf-8",
            timeout=30,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def sees(self, *texts: str) -> Terminal:
        """Wait until all of the texts are on the screen."""
        end = time.monotonic() + 30
        while not all(text in self.text for text in texts):
            assert time.monotonic() < end, f"{texts} not seen in:\n{self.text}"
            self._read(0.1)
        return self

    def types(self, keys: str) -> Terminal:
        self.child.send(keys)
        return self

    def answers(self, name: str, keys: str) -> Terminal:
        """Wait for a question by the id of its fact, or the label of another one, then type."""
        fact = shipped().facts.get(name)
        return self.sees(f"? {labelled(fact) if fact else name}:").types(keys)

    def exit_code(self) -> int:
        """Read to the end and return the exit code."""
        while self._read(30):
            pass
        self.child.wait()
        assert self.child.exitstatus is not None
        return int(self.child.exitstatus)

    def _read(self, seconds: float) -> bool:
        try:
            data = self.child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self.stream.feed(data)
        return True


def question(name: str) -> str:
    """Return the beginning of a question, which no width breaks."""
    return (shipped().facts[name].question or "")[:30]


def to_the_review(terminal: Terminal) -> Terminal:
    """Answer a project without a prompt, and leave the notes out."""
    terminal.answers("name", "Ticket triage\r")
    terminal.answers("failure_cause", "\r")
    terminal.answers("task_stability", "\r")
    terminal.answers("knowledge_change", "\r")
    terminal.answers("prompt_maturity", "\r")
    terminal.answers("answer them", DOWN + "\r")
    return terminal.sees("Looks right, write the memo")


def test_from_the_first_question_to_the_memo(rulebook: Rulebook, tmp_path: Path) -> None:
    with Terminal(tmp_path, "-o", "memo.md", *ARTICLE, "--as-of", "2026-11-25", rows=40) as terminal:
        terminal.answers("name", "Ticket triage\r")
        terminal.answers("task_stability", DOWN + DOWN + "\r")
        terminal.answers("broad_capabilities", DOWN + "\r")
        terminal.answers("request_context", "?")
        terminal.sees("Where this is from:")
        terminal.answers("request_context", "\r")
        terminal.answers("prompt_maturity", DOWN + DOWN + "\r")
        terminal.answers("prompting_quality", "71\r")
        terminal.sees("did you mean `71%`?").types("%\r")
        terminal.sees("= 71%", "at most 2 questions left for")
        terminal.answers("ml_expertise", DOWN + "\r")
        terminal.answers("training_data_quality", DOWN + DOWN + "\r")
        terminal.answers("answer them", DOWN + "\r")
        terminal.sees("Looks right, write the memo", "71%")
        terminal.types(UP + "\r")  # the last answer of the list
        terminal.answers("training_data_quality", DOWN + "\r")
        terminal.sees("? answer:", "curated").types(DOWN)
        terminal.sees("» Looks right, write the memo").types("\r")
        assert terminal.exit_code() == 0
    answers = read_answers(str(tmp_path / "answers.yaml"), rulebook)
    assert answers.project == "Ticket triage"
    assert answers.facts["training_data_quality"] == "curated"
    memo = (tmp_path / "memo.md").read_text()
    assert "Ticket triage" in memo
    (tmp_path / "again").mkdir()
    command = re.search(r"^advisor recommend .*$", memo, re.MULTILINE)[0]  # type: ignore[index]
    again = [sys.executable, "-m", *shlex.split(command), "-o", "again/memo.md"]
    subprocess.run(again, cwd=tmp_path, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert (tmp_path / "again" / "memo.md").read_text() == memo
    printed = terminal.raw
    title = next(line for line in memo.splitlines() if line.startswith("# "))
    assert "".join(title.removeprefix("# ").split()) in "".join(printed.split())
    assert "Answers: answers.yaml" in printed
    assert "Memo: memo.md" in printed


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_stopping_saves_and_says_how_to_go_on(rulebook: Rulebook, tmp_path: Path, key: str) -> None:
    flags = ["--answers", "my answers.yaml", "--profile", "article", "--as-of", "2026-11-25", "-o", "memo.md"]
    with Terminal(tmp_path, *flags, columns=200) as terminal:
        terminal.answers("name", "Ticket triage\r")
        terminal.answers("task_stability", DOWN + DOWN + "\r")
        terminal.answers("broad_capabilities", key)
        assert terminal.exit_code() == 130
    assert "Traceback" not in terminal.raw
    assert read_answers(str(tmp_path / "my answers.yaml"), rulebook).facts == {"task_stability": "stable"}
    said = " ".join(terminal.text.split())
    again = shlex.split(re.search(r"go on with: (advisor ask .*)", said)[1])  # type: ignore[index]
    assert sorted(again[2:]) == sorted(flags)
    with Terminal(tmp_path, *again[2:]) as terminal:
        terminal.sees("Going on with Ticket triage", "1 answer so far")
        terminal.answers("broad_capabilities", CTRL_C)
        assert terminal.exit_code() == 130


def test_stopping_before_the_first_answer_leaves_no_file(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.answers("name", CTRL_C)
        assert terminal.exit_code() == 130
    assert "nothing was answered yet" in terminal.text
    assert not list(tmp_path.iterdir())


def test_shift_tab_goes_back_with_the_old_answer(tmp_path: Path) -> None:
    with Terminal(tmp_path, *ARTICLE) as terminal:
        terminal.answers("name", "Ticket triage\r")
        terminal.answers("task_stability", DOWN + "\r")
        terminal.answers("prompt_maturity", SHIFT_TAB)
        terminal.sees("» evolving").types(SHIFT_TAB)
        terminal.sees("? name: Ticket triage").types(" 2\r")
        terminal.sees("? name: Ticket triage 2", "» evolving").types("\r")
        terminal.answers("prompt_maturity", CTRL_C)
        assert terminal.exit_code() == 130
    assert (tmp_path / "answers.yaml").read_text() == "project: Ticket triage 2\nfacts:\n  task_stability: evolving\n"


def test_sixty_columns_are_enough(tmp_path: Path) -> None:
    with Terminal(tmp_path, columns=60, rows=40) as terminal:
        terminal.answers("name", "T\r")
        terminal.sees("» none", "I don't know yet")
        assert max(map(len, terminal.text.splitlines())) < 60  # a line that was cut or broken would be full
        terminal.types(CTRL_C)
        assert terminal.exit_code() == 130
    with Terminal(tmp_path, columns=60, rows=40) as terminal:
        for name in ("failure_cause", "task_stability", "knowledge_change", "prompt_maturity"):
            terminal.answers(name, "\r")
        terminal.answers("answer them", DOWN + "\r")
        terminal.sees("Looks right").types("\r")
        assert terminal.exit_code() == 0
    memo = terminal.raw.partition("# ")[2].splitlines()
    assert [line for line in memo if len(line) > 60 and not line.startswith("advisor recommend ")] == []


@pytest.mark.parametrize(
    ("arguments", "variables"), [((), {"TERM": "dumb"}), (("--plain",), {}), ((), {"ADVISOR_PLAIN": "1"})]
)
def test_plain_lines_send_no_control_codes(
    tmp_path: Path, arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    with Terminal(tmp_path, *ARTICLE, *arguments, variables=variables) as terminal:
        terminal.sees("name (? why, back):").types("Ticket triage\r")
        terminal.sees("3  stable: ").types("3\r")
        terminal.sees(question("broad_capabilities")).types("back\r")
        terminal.sees("Enter keeps stable.").types("\r")
        terminal.sees(question("broad_capabilities")).types("?\r")
        terminal.sees("Where this is from:").types("no\r")
        terminal.sees(question("request_context")).types("3\r")
        terminal.sees(question("prompt_maturity")).types("nine\r")
        terminal.sees("`nine` is none of the choices").types("1\r")
        terminal.sees("1  yes: ").types("2\r")
        terminal.sees("Enter: Looks right, write the memo.").types("\r")
        assert terminal.exit_code() == 0
    assert "\x1b" not in terminal.raw
    assert terminal.raw.isascii()
    assert "Answers: answers.yaml" in terminal.raw


def test_no_color_takes_the_colours_away(tmp_path: Path) -> None:
    cases: list[tuple[dict[str, str], bool]] = [({}, True), ({"NO_COLOR": "1"}, False)]
    for variables, coloured in cases:
        with Terminal(tmp_path, variables=variables) as terminal:
            terminal.answers("name", CTRL_C)
            assert terminal.exit_code() == 130
        assert bool(COLOUR.search(terminal.raw)) is coloured


def test_a_complete_file_needs_one_key(tmp_path: Path) -> None:
    with Terminal(tmp_path, rows=40) as terminal:
        to_the_review(terminal).types("\r")
        assert terminal.exit_code() == 0
    before = (tmp_path / "answers.yaml").read_bytes()
    with Terminal(tmp_path, rows=40) as terminal:
        terminal.sees("Going on with Ticket triage").answers("answer them", DOWN + "\r")
        terminal.sees("Looks right, write the memo").types("\r")
        assert terminal.exit_code() == 0
    assert (tmp_path / "answers.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("answers", "arguments", "problem"),
    [
        ("facts: {montly_calls: 3}", (), "did you mean `monthly_calls`?"),
        ("", (), "the file is empty"),
        (None, ("--answers", "missing/a.yaml"), "cannot be written"),
        (None, ("-o", "missing/memo.md"), "cannot be written"),
        (None, ("-o", "answers.yaml"), "would overwrite the answers"),
        (None, ("--answers", "-"), "name a file with `--answers`"),
        (None, ("--set", "monthly_calls=many"), "--set monthly_calls=many"),
        (None, ("--rules", "missing"), "is no folder"),
        (
            "facts: {model: claude-sonet-4-5}",
            (),
            "there is no price of a model `claude-sonet-4-5`; did you mean `claude-sonnet-4-5`?",
        ),
        ("facts: {tuning_route: openai/gpt-4.1-mimi}", (), "`openai/gpt-4.1-mimi` is no route of the price book"),
        ("facts: {cached_share: 80%, cache_write_share: 30%}", (), "let them be at most 100%"),
    ],
)
def test_what_is_wrong_is_said_before_the_first_question(
    tmp_path: Path, answers: str | None, arguments: tuple[str, ...], problem: str
) -> None:
    if answers is not None:
        (tmp_path / "answers.yaml").write_text(answers)
    with Terminal(tmp_path, *arguments, columns=200) as terminal:
        assert terminal.exit_code() == 2
    assert problem in terminal.text
    assert "? name" not in terminal.raw
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == (
        {} if answers is None else {"answers.yaml": answers}
    )


def test_settings_are_answers_that_are_not_asked(rulebook: Rulebook, tmp_path: Path) -> None:
    settings = ["--set", "task_stability=evolving", "--set", "tuning_upfront=2k"]
    with Terminal(tmp_path, *ARTICLE, *settings) as terminal:
        terminal.answers("name", "T\r")
        terminal.answers("prompt_maturity", CTRL_C)
        assert terminal.exit_code() == 130
    answers = read_answers(str(tmp_path / "answers.yaml"), rulebook)
    assert answers.facts == {"task_stability": "evolving"}
    assert answers.assumptions == {"tuning_upfront": 2000}


# ---- A model and a route that are named ----


def all_but(*names: str) -> str:
    """Return an answers file in which the crossover still depends on a few questions alone."""
    known = {
        **{fact.id: "unknown" for fact in shipped().asked},
        "failure_cause": "house_judgement",
        "task_stability": "stable",
        "prompt_maturity": "optimised",
        "prompting_quality": "91%",
        "eval_examples": "200",
        "monthly_calls": "250k",
        "months_measured": "2",
        "ml_expertise": "some",
        "training_data_quality": "reviewed",
        "training_examples": "2000",
    }
    lines = [f"  {name}: {value}" for name, value in known.items() if name not in names]
    return "\n".join(["project: Ticket triage", "facts:", *lines, ""])


@pytest.mark.parametrize("columns", [60, 80])
def test_a_named_model_answers_its_prices(rulebook: Rulebook, tmp_path: Path, columns: int) -> None:
    prices = ("input_price", "output_price", "cache_read_price", "cache_write_price")
    (tmp_path / "answers.yaml").write_text(all_but("model", *prices))
    with Terminal(tmp_path, "--as-of", "2026-11-25", columns=columns, rows=60) as terminal:
        terminal.answers("model", "claude-sonet-4-5\r")
        terminal.sees("there is no price of a model", "claude-sonnet-4-5`?", "leave the name empty")
        terminal.sees("? model in use: claude-sonet-4-5").types("\x7f" * 20 + "claude-sonnet-4-5\r")
        terminal.sees("= input price $3 a million tokens", "Looks right, write the memo")
        assert max(map(len, terminal.text.splitlines())) < columns
        terminal.types("\r")
        assert terminal.exit_code() == 0
    facts = read_answers(str(tmp_path / "answers.yaml"), rulebook).facts
    assert facts["model"] == "claude-sonnet-4-5"
    assert not facts.keys() & set(prices)
    assert "genai-prices" in terminal.raw


def test_the_routes_of_the_day_are_listed_and_a_wrong_one_refused(rulebook: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(all_but("tuning_route"))
    with Terminal(tmp_path, "--plain", "--as-of", "2026-11-25", rows=60) as terminal:
        terminal.sees("route of tuning (? why, back):").types("?\r")
        terminal.sees("Open on 2026-11-25: ", "to those who have tuned there before").types("together/up-to-17b\r")
        terminal.sees("is no route of the price book", "`together/up-to-16b`?").types("unknown\r")
        terminal.sees("Enter: Looks right, write the memo.").types("\r")
        assert terminal.exit_code() == 0
    assert read_answers(str(tmp_path / "answers.yaml"), rulebook).facts["tuning_route"] == "unknown"
    listed = terminal.raw.partition("Open on 2026-11-25: ")[2].partition("Open on 2026-11-25 to")[0]
    assert "amazon/nova-lite" in listed
    assert "mistral/hosted" not in terminal.raw


def test_the_id_of_a_route_is_completed_and_saved_at_once(rulebook: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(all_but("tuning_route"))
    with Terminal(tmp_path, "--as-of", "2026-11-25", columns=60, rows=60) as terminal:
        terminal.answers("tuning_route", "17b")
        terminal.sees("together/17b-69b").types("\t")
        terminal.sees("? route of tuning: together/17b-69b").types("\r")
        terminal.sees("Looks right, write the memo").types(CTRL_C)
        assert terminal.exit_code() == 130
    assert read_answers(str(tmp_path / "answers.yaml"), rulebook).facts["tuning_route"] == "together/17b-69b"
