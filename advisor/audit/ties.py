"""What moves when a fact is raised: the figures that arithmetic ties to it, as they declare it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from advisor.rulebook.model import Rulebook

Move: TypeAlias = Literal["rises", "falls", "anyhow"]


def moving_with(rulebook: Rulebook, raised: str) -> dict[str, Move]:
    """Return every fact whose value may change as another is raised and all else that is asked stays.

    A figure that declares `rises_with` or `falls_with` moves that way. One that is computed from the raised fact and
    declares neither, and a fact whose default follows it, may move anyhow: to any value, `unknown` among them.
    """
    moved: dict[str, Move] = {}
    for name in _resting_on(rulebook, raised):
        derived = rulebook.facts[name].derived
        if derived and raised in derived.rises_with:
            moved[name] = "rises"
        elif derived and raised in derived.falls_with:
            moved[name] = "falls"
        else:
            moved[name] = "anyhow"
    return moved


def _resting_on(rulebook: Rulebook, raised: str) -> list[str]:
    """Return the facts computed from a fact, or following it by default, at any remove, in the order of the file."""
    found = {raised}
    size = 0
    while len(found) > size:
        size = len(found)
        for fact in rulebook.facts.values():
            if not found.isdisjoint(fact.rests_on):
                found.add(fact.id)
    return [name for name in rulebook.facts if name in found and name != raised]
