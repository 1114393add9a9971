"""Texts of the questionnaire folded to the width of a terminal."""

from __future__ import annotations

import re
import shutil
import textwrap

from advisor.interview.questions import Choice, Question

WIDEST = 96  # longer lines are hard to read
NARROWEST = 20
ANSWER = 16  # columns to keep free for an answer beside its label

_MARK = re.compile(r"[-=] ")


def terminal_width(columns: int | None = None) -> int:
    """Return the columns to fold texts at, in a terminal of `columns` or the one there is."""
    return max(NARROWEST, min((columns or shutil.get_terminal_size().columns) - 1, WIDEST))


def folded(text: str, width: int, indent: str = "", hanging: str | None = None) -> str:
    """Fold each line of a text.

    indent: before every line. hanging: instead of it before the lines that a line is continued on; by default those of
    a line that begins with `- ` or `= ` stand under its text.
    """
    lines = []
    for line in text.splitlines():
        mark = _MARK.match(line)
        after = indent + " " * len(mark[0] if mark else "") if hanging is None else hanging
        lines.append(textwrap.fill(line, width, initial_indent=indent, subsequent_indent=after, break_on_hyphens=False))
    return "\n".join(lines)


def fits_beside(label: str, keys: str, width: int, *, room: int = ANSWER) -> bool:
    """Tell whether a line holds a label, the keys that help, and `room` for an answer."""
    return len(f"? {label}: {keys}") + room <= width


def preface(question: Question, width: int, empty: str) -> list[tuple[str, str]]:
    """Return what stands above a question's answer: parts (place, question, text), folded, in order.

    empty: what an empty answer means here.
    """
    parts = [
        ("place", question.place),
        ("text", question.intro),
        ("question", question.text),
        ("text", question.help),
        ("text", " ".join(part for part in (question.hint, empty) if part)),
    ]
    return [(kind, folded(text, width)) for kind, text in parts if text]


def explained(choices: tuple[Choice, ...], width: int) -> str:
    """Return the meanings of choices, folded, each under its label."""
    told = [choice for choice in choices if choice.words]
    return "\n".join(folded(f"{choice.label}: {choice.words}", width, "  ", "    ") for choice in told)


def in_one_line(choice: Choice, width: int) -> str:
    """Return a choice with its meaning when a line holds it, else an empty text."""
    line = f"{choice.label}: {choice.words}" if choice.words else choice.label
    return line if len(line) <= width else ""


def columns(choices: tuple[Choice, ...], width: int) -> list[str]:
    """Return choices as lines of two columns, cut where they are wider than the terminal."""
    label = max((len(choice.label) for choice in choices if choice.words), default=0)
    label = min(label, width * 3 // 5)
    lines = [f"{choice.label:{label}}  {choice.words}" if choice.words else choice.label for choice in choices]
    return [line if len(line) <= width else f"{line[: width - 3].rstrip()}..." for line in lines]
