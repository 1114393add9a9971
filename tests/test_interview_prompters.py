"""The two front ends: what they show at two widths, and what their keys and words do."""

from __future__ import annotations

import builtins
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from os import terminal_size

import pyte
import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.output.vt100 import Vt100_Output

from advisor.answers import Answers
from advisor.interview.core import Interview
from advisor.interview.layout import folded
from advisor.interview.plain_prompter import PlainPrompter
from advisor.interview.questionary_prompter import QuestionaryPrompter
from advisor.interview.questions import NOTES, PROJECT, REVIEW, WRITE, Back, Choice, Question, Why
from advisor.interview.relevance import outlook
from advisor.interview.wording import (
    fact_question,
    notes_question,
    project_question,
    review_question,
    why_asked,
)
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import Value

pytestmark = pytest.mark.timeout(60)  # a script that is too short would wait for ever

DAY = date(2026, 11, 25)
DOWN, SHIFT_TAB, ENTER, CTRL_C, CTRL_D = "\x1b[B", "\x1b[Z", "\r", "\x03", "\x04"
PICK = Question(
    "pick", "Which?", "pick", choices=(Choice("a", "first"), Choice("b", "second"), Choice("unknown", "don't know"))
)
TYPE = Question("type", "How many?", "number", empty="Leave it empty.")


# ---- questionary ----


def asked(question: Question, keys: str) -> str:
    with create_pipe_input() as pipe:
        pipe.send_text(keys)
        return QuestionaryPrompter(input=pipe, output=DummyOutput()).ask(question)


@pytest.mark.parametrize(
    ("question", "keys", "answer"),
    [
        (PICK, ENTER, "a"),
        (PICK, DOWN + ENTER, "b"),
        (PICK, DOWN + DOWN + ENTER, "unknown"),
        (Question("pick", "Which?", "pick", choices=PICK.choices, default="b"), ENTER, "b"),
        (Question("pick", "Which?", "pick", choices=PICK.choices, default="gone"), ENTER, "a"),
        (TYPE, "250k" + ENTER, "250k"),
        (TYPE, ENTER, ""),
        (TYPE, "what?" + ENTER, "what?"),
        (Question("type", "How many?", "number", default="91"), "%" + ENTER, "91%"),
        (Question("type", "How many?", "number", default="91"), "\x7f\x7f" + ENTER, ""),
    ],
)
def test_keys_answer(question: Question, keys: str, answer: str) -> None:
    assert asked(question, keys) == answer


@pytest.mark.parametrize("question", [PICK, TYPE])
@pytest.mark.parametrize(
    ("keys", "wish"), [(SHIFT_TAB, Back), (CTRL_D, EOFError), (CTRL_C, KeyboardInterrupt), ("?" + ENTER, Why)]
)
def test_keys_wish(question: Question, keys: str, wish: type[BaseException]) -> None:
    with pytest.raises(wish):
        asked(question, keys)


def test_half_an_answer_does_not_keep_from_going_back_or_stopping() -> None:
    for keys, wish in ((SHIFT_TAB, Back), (CTRL_D, EOFError)):
        with pytest.raises(wish):
            asked(TYPE, "25" + keys)


def test_a_whole_sitting_by_keys(article: Rulebook) -> None:
    keys = ["Triage\r", DOWN, DOWN, ENTER, "?", DOWN, ENTER, SHIFT_TAB, ENTER, ENTER, ENTER, DOWN, ENTER, ENTER]
    with create_pipe_input() as pipe:
        pipe.send_text("".join(keys))
        prompter = QuestionaryPrompter(input=pipe, output=DummyOutput())
        interview = Interview(article, prompter, Answers(), save=lambda _: None, file="a.yaml", as_of=DAY)
        answers = interview.run()
    assert answers.project == "Triage"
    assert answers.facts == {
        "task_stability": "stable",
        "broad_capabilities": False,
        "request_context": True,
        "prompt_maturity": "none",
    }


# ---- plain lines ----


@contextmanager
def typing(monkeypatch: pytest.MonkeyPatch, *lines: object) -> Iterator[None]:
    left = list(lines)

    def read(prompt: str) -> str:
        print(prompt, end="")
        line = left.pop(0)
        if isinstance(line, BaseException):
            print()
            raise line
        print(line)
        return str(line)

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "input", read)
        yield
    assert not left


@pytest.mark.parametrize(
    ("question", "line", "answer"),
    [
        (PICK, "2", "b"),
        (PICK, " SECOND ", "b"),
        (PICK, "a", "a"),
        (PICK, "", ""),
        (PICK, "4", "4"),
        (PICK, "unknown", "unknown"),
        (Question("pick", "Which?", "pick", choices=PICK.choices, default="b"), "", "b"),
        (Question("pick", "?", "?", choices=(Choice("2", "two"), Choice("1", "one"))), "1", "1"),
        (TYPE, "250k", "250k"),
        (TYPE, "", ""),
        (Question("type", "How many?", "number", default="91%"), "", "91%"),
    ],
)
def test_lines_answer(monkeypatch: pytest.MonkeyPatch, question: Question, line: str, answer: str) -> None:
    with typing(monkeypatch, line):
        assert PlainPrompter().ask(question) == answer


@pytest.mark.parametrize("question", [PICK, TYPE])
@pytest.mark.parametrize(("line", "wish"), [("?", Why), ("back", Back), (" Back ", Back)])
def test_lines_wish(monkeypatch: pytest.MonkeyPatch, question: Question, line: str, wish: type[BaseException]) -> None:
    with typing(monkeypatch, line), pytest.raises(wish):
        PlainPrompter().ask(question)


def test_what_is_no_text_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with typing(monkeypatch, UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), "7"):
        assert PlainPrompter().ask(TYPE) == "7"
    assert "type it again" in capsys.readouterr().out


# ---- what they look like ----

Shown = Callable[[Question, int], str]


def on_a_screen(question: Question, columns: int) -> str:
    """Return the screen that questionary draws, before anything is answered."""
    screen = pyte.Screen(columns, 60)
    stream = pyte.Stream(screen)
    drawn: list[str] = []

    class Terminal(io.StringIO):
        def write(self, data: str) -> int:
            stream.feed(data.replace("\n", "\r\n") if "\r" not in data else data)
            drawn.append("\n".join(line.rstrip() for line in screen.display).rstrip() + "\n")
            return len(data)

    output = Vt100_Output(Terminal(), lambda: Size(rows=60, columns=columns), enable_cpr=False)
    with create_pipe_input() as pipe:
        pipe.send_text(CTRL_C)
        with pytest.raises(KeyboardInterrupt):
            QuestionaryPrompter(input=pipe, output=output).ask(question)
    return next(text for text in drawn if f"\n? {question.label[:20]}" in text).lstrip("\n")


def in_lines(question: Question, columns: int) -> str:
    """Return what plain lines show of a question."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "get_terminal_size", lambda: terminal_size((columns, 24)))
        out = io.StringIO()
        patch.setattr("sys.stdout", out)
        with typing(patch, EOFError()), pytest.raises(EOFError):
            PlainPrompter().ask(question)
    return out.getvalue().lstrip("\n")


def every_question(rulebook: Rulebook) -> dict[str, list[Question]]:
    """Return the questions of a rulebook as they are first asked, by section."""
    look = outlook(rulebook, Answers())
    questions: dict[str, list[Question]] = {}
    for fact in rulebook.asked:
        held = questions.setdefault(fact.section or "none", [])
        held.append(fact_question(look, look.answers, fact, opens_section=not held))
    return questions


@pytest.mark.parametrize("shown", [on_a_screen, in_lines])
@pytest.mark.parametrize("columns", [60, 100])
@pytest.mark.parametrize("section", ["task", "progress", "volume", "calls", "team"])
def test_every_question_is_readable(
    rulebook: Rulebook, golden: Callable[[str, str], None], section: str, columns: int, shown: Shown
) -> None:
    texts = [shown(question, columns) for question in every_question(rulebook)[section]]
    text = "\n".join(texts)
    assert max(map(len, text.splitlines())) <= columns
    golden(f"interview/{section}-{'screen' if shown is on_a_screen else 'plain'}-{columns}.txt", text)


@pytest.mark.parametrize("shown", [on_a_screen, in_lines])
@pytest.mark.parametrize("columns", [60, 100])
def test_name_notes_and_review_are_readable(
    article: Rulebook, golden: Callable[[str, str], None], columns: int, shown: Shown
) -> None:
    facts: dict[str, Value] = {
        "task_stability": "stable",
        "latency_critical": False,
        "monthly_calls": 250_000,
        "few_shot_tokens": "unknown",
    }
    answers = Answers("A feature with quite a long name, as they do have", facts, written=facts)
    look = outlook(article, answers)
    questions = (project_question(answers, named=True), notes_question(look), review_question(look))
    text = "\n".join(shown(question, columns) for question in questions)
    assert max(map(len, text.splitlines())) <= columns
    golden(f"interview/frame-{'screen' if shown is on_a_screen else 'plain'}-{columns}.txt", text)


def test_plain_lines_are_ascii_and_move_no_cursor(rulebook: Rulebook) -> None:
    questions = [question for held in every_question(rulebook).values() for question in held]
    text = "".join(in_lines(question, 80) for question in questions)
    text += "".join(folded(why_asked(rulebook, fact), 80) for fact in rulebook.asked)
    assert text.isascii()
    assert "\x1b" not in text
    assert "\r" not in text


def test_the_review_is_told_as_choices_of_ids(article: Rulebook) -> None:
    facts: dict[str, Value] = {"monthly_calls": 250_000}
    question = review_question(outlook(article, Answers("X", facts, written=facts)))
    assert [choice.value for choice in question.choices] == [WRITE, NOTES, PROJECT, "monthly_calls"]
    assert question.id == REVIEW
