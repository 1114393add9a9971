"""What a rulebook says of itself: properties that must hold, and findings of the audit that are accepted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from advisor.errors import Place
from advisor.rulebook.model import When


@dataclass(frozen=True)
class Property:
    """Something that must hold of every project: a direction, or an implication.

    A direction says that raising the fact `raising` never moves the approach towards `never_towards`: `prompting` or
    `tuning`. An implication says that what `when` asks for brings what `then` asks for. `profiles` are those in which
    it holds, all where it is empty.
    """

    id: str
    raising: str | None
    never_towards: Literal["prompting", "tuning"] | None
    when: When | None
    then: When | None
    because: str | None
    profiles: tuple[str, ...]
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Acceptance:
    """Findings of the audit that are accepted, since `date`, for a reason. What it leaves out may be anything.

    `about` names the keys of the findings, where it is not empty.
    """

    check: str
    reason: str
    date: date
    table: str | None
    rows: tuple[str, ...]
    about: tuple[str, ...]
    profile: str | None
    place: Place = field(compare=False)
