"""The questionnaire in a terminal with cursor keys, by questionary."""

from __future__ import annotations

from typing import Any

import questionary
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import print_formatted_text

from advisor.interview.layout import (
    ANSWER,
    columns,
    explained,
    fits_beside,
    folded,
    in_one_line,
    preface,
    terminal_width,
)
from advisor.interview.phrases import phrase
from advisor.interview.questions import Back, Prompter, Question, Why

_STYLES = {"place": "underline", "question": "bold", "text": ""}
_POINTER = 3  # columns before a choice


class QuestionaryPrompter(Prompter):
    """Prints the question folded to the terminal, has questionary take the answer, and leaves one line of it.

    terminal: `input` and `output` of prompt_toolkit in place of the real ones.
    """

    def __init__(self, **terminal: Any) -> None:
        self._terminal = terminal
        self._output: Output | None = terminal.get("output")

    def ask(self, question: Question) -> str:
        width, keys = self._width(), f"({phrase('keys')})"
        beside = fits_beside(question.label, keys, width, room=0 if question.choices else ANSWER)
        self._print("")
        for kind, text in preface(question, width, question.empty if beside else f"{question.empty}\n{keys}".lstrip()):
            self._print(text, _STYLES[kind])
        ask = self._select if question.choices else self._text
        asked = ask(question, width, keys if beside else " ")
        answer = str(_with_keys(asked, lone_question_mark=bool(question.choices)).unsafe_ask())
        if not question.choices and answer.strip() == "?":
            raise Why
        label = next((choice.label for choice in question.choices if choice.value == answer), answer)
        self._print(folded(f"? {question.label}: {label}", width, hanging="  "))
        return answer

    def show(self, text: str) -> None:
        self._print(folded(text, self._width(), "  "))

    def _select(self, question: Question, width: int, keys: str) -> questionary.Question:
        if question.table:
            titles = columns(question.choices, width - _POINTER)
        else:
            titles = [in_one_line(choice, width - _POINTER) for choice in question.choices]
        if "" in titles:
            self._print(explained(question.choices, width))
            titles = [choice.label for choice in question.choices]
        values = [choice.value for choice in question.choices]
        return questionary.select(
            f"{question.label}:",
            [questionary.Choice(title, value) for title, value in zip(titles, values, strict=True)],
            default=question.default if question.default in values else None,
            instruction=keys,
            erase_when_done=True,
            **self._terminal,
        )

    def _text(self, question: Question, width: int, keys: str) -> questionary.Question:
        return questionary.text(
            f"{question.label}:",
            default=question.default,
            rprompt=keys,
            erase_when_done=True,
            completer=WordCompleter([*question.suggestions], sentence=True, match_middle=True),
            **self._terminal,
        )

    def _width(self) -> int:
        return terminal_width(self._output.get_size().columns if self._output else None)

    def _print(self, text: str, style: str = "") -> None:
        print_formatted_text(FormattedText([(style, text)]), output=self._output)


def _with_keys(question: questionary.Question, *, lone_question_mark: bool) -> questionary.Question:
    """Let Shift+Tab go back and Ctrl-D stop; in a list also `?` ask why, which in a text is typed and read on Enter."""
    keys = KeyBindings()

    def leave(key: str, reason: type[BaseException]) -> None:
        @keys.add(key, eager=True)
        def _(event: KeyPressEvent) -> None:
            event.app.exit(exception=reason())

    leave("s-tab", Back)
    leave("c-d", EOFError)
    if lone_question_mark:
        leave("?", Why)
    application = question.application
    application.key_bindings = merge_key_bindings([k for k in (application.key_bindings, keys) if k])
    return question
