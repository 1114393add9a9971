"""Where the value of a fact that nobody answered is from: a default, or arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.quantities import Number


@dataclass(frozen=True)
class Default:
    """What an unanswered fact is assumed to be: a value, or `times` the value of another fact."""

    value: Number | None
    of: str | None
    times: Number
    source: tuple[str, ...]
    pack: str | None


@dataclass(frozen=True)
class Derived:
    """How arithmetic gives a figure, and from which facts, figures and assumptions.

    All else equal, it never falls as a fact of `rises_with` rises from one number to another, never rises as one of
    `falls_with` does, and is unknown on both sides or on neither. `pack` is the one that revised the arithmetic which
    is kept in `revises`.
    """

    formula: str
    inputs: tuple[str, ...]
    rises_with: tuple[str, ...] = ()
    falls_with: tuple[str, ...] = ()
    pack: str | None = None
    revises: Derived | None = None
