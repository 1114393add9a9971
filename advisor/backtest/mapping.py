"""How case studies are read: what their facts say of ours, the homework, and the values that are gone through."""

from __future__ import annotations

from collections.abc import Mapping as Held
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias

from advisor.data import data_dir
from advisor.rulebook.document import read_document

Type: TypeAlias = Literal["percent", "count", "flag", "words"]

FILE: Final = "backtest/mapping.yaml"


@dataclass(frozen=True)
class MappingRow:
    """What one fact of a case study says of ours.

    `to` is our fact, or `prompt` or `tuned_prompt` for a sum of tokens. `values` maps `true` and `false` to our values,
    as typed; `words` maps ours to the phrases that stand for it. `quoted_only`: not read where it was inferred.
    """

    source: str
    type: Type
    to: str
    quoted_only: bool
    values: Held[str, tuple[str, ...]]
    words: Held[str, tuple[str, ...]]
    why: str


@dataclass(frozen=True)
class Unread:
    """A fact of a case study that is left unread, and why."""

    source: str
    why: str


@dataclass(frozen=True)
class Representative:
    """The values, as typed, that stand for all of a fact that is not known."""

    fact: str
    values: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Mapping:
    """All of the file. `homework` holds values as typed."""

    rows: tuple[MappingRow, ...]
    unread: tuple[Unread, ...]
    homework: Held[str, str]
    representative: Held[str, Representative]
    most_worlds: int


@cache
def shipped_mapping() -> Mapping:
    """Return the mapping that is shipped."""
    return parse_mapping((data_dir("templates") / FILE).read_bytes())


def parse_mapping(text: str | bytes) -> Mapping:
    """Read a mapping. Raises BadInput for what is no YAML, KeyError and ValueError for what is no mapping."""
    data: Any = read_document(text, FILE).data
    return Mapping(
        rows=tuple(_row(held) for held in data["read"]),
        unread=tuple(Unread(held["from"], held["why"].strip()) for held in data["unread"]),
        homework={name: _typed(value) for name, value in data["homework"].items()},
        representative={
            name: Representative(name, tuple(map(_typed, held["values"])), held["why"].strip())
            for name, held in data["representative"].items()
        },
        most_worlds=int(data["most_worlds"]),
    )


def _row(held: Any) -> MappingRow:
    return MappingRow(
        source=held["from"],
        type=held["type"],
        to=held["to"],
        quoted_only=held.get("only") == "quoted",
        values={said: tuple(map(_typed, ours)) for said, ours in held.get("values", {}).items()},
        words={ours: tuple(phrases) for ours, phrases in held.get("words", {}).items()},
        why=held["why"].strip(),
    )


def _typed(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
