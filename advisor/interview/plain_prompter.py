"""The questionnaire in plain lines: no cursor movement, numbered choices, for screen readers and simple terminals."""

from __future__ import annotations

from advisor.interview.layout import fits_beside, folded, preface, terminal_width
from advisor.interview.phrases import phrase
from advisor.interview.questions import Back, Choice, Prompter, Question, Why

_WISHES = {"?": Why, "back": Back}


class PlainPrompter(Prompter):
    """Prints each question and its numbered choices, and reads one line. `back` goes back, `?` asks why."""

    def ask(self, question: Question) -> str:
        width, keys = terminal_width(), f"({phrase('plain.keys')})"
        label = phrase("plain.number") if question.choices else question.label
        beside = fits_beside(label, keys, width)
        print()
        for _, text in preface(question, width, _empty(question) if beside else f"{_empty(question)}\n{keys}".lstrip()):
            print(text)
        for number, choice in enumerate(question.choices, start=1):
            print(folded(_line(choice), width, f"{number:>4}  ", " " * 6))
        typed = _read(f"{label} {keys}: " if beside else f"{label}: ").strip()
        if typed.lower() in _WISHES:
            raise _WISHES[typed.lower()]
        return _picked(question, typed or _default(question))

    def show(self, text: str) -> None:
        print(folded(text, terminal_width(), "  "))


def _default(question: Question) -> str:
    """Return what Enter alone answers; in a table the first choice, for nothing shows which line was left off at."""
    return question.choices[0].value if question.table else question.default


def _empty(question: Question) -> str:
    """Say what Enter alone does: here the answer so far is kept, where an editor would show it to be changed."""
    default = _default(question)
    if not default:
        return question.empty
    shown = next((choice.label for choice in question.choices if choice.value == default), default)
    if question.table:
        return phrase("plain.pick", value=shown)
    return phrase("plain.keep_or_unknown" if question.empty else "plain.keep", value=shown)


def _line(choice: Choice) -> str:
    return f"{choice.label}: {choice.words}" if choice.words else choice.label


def _picked(question: Question, typed: str) -> str:
    """Return the value of the choice that was named by its word or number, else what was typed."""
    for choice in question.choices:
        if typed.lower() in (choice.value.lower(), choice.label.lower()):
            return choice.value
    if question.choices and typed.isdecimal() and 1 <= int(typed) <= len(question.choices):
        return question.choices[int(typed) - 1].value
    return typed


def _read(prompt: str) -> str:
    while True:
        try:
            return input(prompt)
        except UnicodeDecodeError:
            print(phrase("plain.unreadable"))
