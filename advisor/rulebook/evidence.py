"""What rules rest on: sources and their statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from advisor.errors import Place


@dataclass(frozen=True)
class SourceItem:
    """One statement of a source.

    Citing an item of kind `tension` says that the citing row resolves it; `between` holds the items of its two sides.
    """

    id: str
    source: str
    locator: str | None
    says: str
    kind: Literal["statement", "tension", "judgement"]
    place: Place = field(compare=False)
    between: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Source:
    id: str
    title: str
    kind: str | None
    read: date | None
    url: str | None
    pack: str | None
    place: Place = field(compare=False)
