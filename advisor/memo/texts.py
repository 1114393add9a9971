"""Texts of the rulebook with a project's numbers in them, where a number that nobody answered says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from advisor.quantities import each
from advisor.rulebook.model import Rulebook
from advisor.rulebook.reasons import render_text
from advisor.world import World

MARK: Final = "\ue000"  # stands behind an assumed number until it is known which unit follows
ASSUMED: Final = " (assumed)"


class AssumedWhole(int):
    """An integer that nobody answered."""

    mark: Final = MARK


class AssumedNumber(float):
    """A number that nobody answered."""

    mark: Final = MARK


class Texts:
    """Renders texts over one project."""

    def __init__(self, world: World) -> None:
        self._world = world

    def render(self, template: str | None) -> str:
        """Return a text with the numbers put in, assumed ones marked behind their units; without one, nothing."""
        text = render_text(template, self._names) if template else ""
        return self._marked.sub(rf"\1{ASSUMED}", text) if MARK in text else text

    @cached_property
    def _names(self) -> Mapping[str, object]:
        assumed = {
            name
            for name, known in (*self._world.facts.items(), *self._world.assumptions.items())
            if known.origin == "assumed"
        }
        return {name: _value(value, marked=name in assumed) for name, value in self._world.names.items()}

    @cached_property
    def _marked(self) -> re.Pattern[str]:
        units = "|".join(re.escape(unit) for unit in unit_words(self._world.rulebook))
        return re.compile(rf"{MARK}((?:[ ](?:{units})\b)?)" if units else rf"{MARK}()")


def unit_words(rulebook: Rulebook) -> tuple[str, ...]:
    """Return how units read behind a number, the longest first: `tokens a call`, `tokens`, `a call`, `months`."""
    return tuple(sorted(dict.fromkeys(_unit_words(rulebook)), key=lambda words: (-len(words), words)))


def _unit_words(rulebook: Rulebook) -> Iterable[str]:
    units = [fact.unit for fact in rulebook.facts.values()] + [a.unit for a in rulebook.assumptions.values()]
    for unit in dict.fromkeys(unit for unit in units if unit):
        numerator, _, denominator = unit.partition("/")
        counted = () if numerator in ("USD", "share", "ratio", "") else (numerator, numerator.removesuffix("s"))
        yield from counted
        if denominator:
            yield each(denominator)
            yield from (f"{word} {each(denominator)}" for word in counted)


def _value(value: object, *, marked: bool) -> object:
    """Return a value as texts use it; no text that a user wrote holds the mark."""
    if isinstance(value, str):
        return value.replace(MARK, "")
    if not marked or isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return AssumedWhole(value) if isinstance(value, int) else AssumedNumber(value)
