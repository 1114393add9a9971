"""What passes between the interview and a terminal: one question out, one text or a wish back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Choice:
    """One thing to pick: the text it answers with, what the list calls it, and what it means."""

    value: str
    label: str
    words: str = ""


@dataclass(frozen=True)
class Question:
    """One question, worded; a prompter adds nothing but layout.

    `id` is a fact's, or one of PROJECT, NOTES and REVIEW. `intro` opens a section. `label` stands beside the
    answer and carries the unit. `default` is the text taken when nothing else is given; `empty` says what it means
    to give none. `suggestions` are texts that a prompter may offer while one is typed. A question with choices is
    answered by the `value` of one of them; a `table` of them is shown in columns.
    """

    id: str
    text: str
    label: str
    place: str = ""
    intro: str = ""
    help: str = ""
    hint: str = ""
    empty: str = ""
    choices: tuple[Choice, ...] = ()
    default: str = ""
    suggestions: tuple[str, ...] = ()
    table: bool = False


PROJECT, NOTES, REVIEW = ":project", ":notes", ":review"  # no fact has a colon in its id
WRITE = ":write"  # the choice of the review that ends the interview


class Wish(Exception):
    """Something other than an answer: what the person asked for instead."""


class Back(Wish):
    """The question before, please."""


class Why(Wish):
    """Why is this asked?"""


class Prompter(Protocol):
    """A terminal, or what stands for one."""

    def ask(self, question: Question) -> str:
        """Return what was typed or picked, unchecked.

        Raises Back and Why, KeyboardInterrupt for Ctrl-C, and EOFError for Ctrl-D and closed input.
        """
        ...

    def show(self, text: str) -> None:
        """Print a text of one or more paragraphs, folded to the width there is."""
        ...
