"""Everything that can go wrong, each with the exit code the command line ends with."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

SIMILAR_ENOUGH = 0.75


class Place(NamedTuple):
    """Where something stands: a file and, from 1, a line and a column."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with what a user wrote, and how to mend it."""

    place: Place | None
    what: str
    mend: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.what}; {self.mend}" if self.mend else f"{where}{self.what}"


class AdvisorError(Exception):
    """Anything that is told to the user in one line a problem, without a traceback."""

    exit_code: ClassVar[int] = 2


class BadInput(AdvisorError):
    """Problems in a file, a flag or an answer: all of them at once, in the order of their places."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def one(cls, what: str, mend: str = "", place: Place | None = None) -> BadInput:
        return cls([Problem(place, what, mend)])


class ConflictError(AdvisorError):
    """Rows of one table that must not match together did: a fault of the rulebook that the audit reports beforehand."""


class EngineError(Exception):
    """A fault of the engine or of what was compiled for it, never of a user's data; it may show a traceback."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return "did you mean `x`?" for the nearest known word, or an empty string when none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=SIMILAR_ENOUGH)
    return f"did you mean `{near[0]}`?" if near else ""
