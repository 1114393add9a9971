"""The questionnaire's own wording, read from templates/interview.yaml."""

from __future__ import annotations

from functools import cache
from typing import Any

from advisor.data import data_dir
from advisor.rulebook.document import read_document

FILE = "interview.yaml"


def phrase(name: str, **values: object) -> str:
    """Return a phrase by its path (`review.write`) with its blanks filled in. Raises KeyError."""
    held: Any = _phrases()
    for part in name.split("."):
        held = held[part]
    if not isinstance(held, str):
        raise KeyError(name)
    return held.format(**values)


def counted(name: str, count: int, **values: object) -> str:
    """Return a phrase about a number of things, from `name` or, for one thing, `name` with `_one`."""
    return phrase(f"{name}_one" if count == 1 else name, count=count, **values)


@cache
def _phrases() -> dict[str, Any]:
    data = read_document((data_dir("templates") / FILE).read_bytes(), FILE).data
    if not isinstance(data, dict):
        raise KeyError(FILE)
    return data
